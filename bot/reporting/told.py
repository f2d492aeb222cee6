"""What was said of an incident, each statement with its source: what all parts of a report are made of.

All texts are plain (no wire form, no markup): a medium escapes them. All moments are aware, UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from bot.clocks import ClockDefinition
from bot.facts import Value, Via
from bot.field import Field
from bot.words import Milestone


@dataclass(frozen=True, slots=True)
class Citation:
    """Who said it, how, when, and where in Slack it can be read; `url` is None where no message shows it."""

    by: str
    via: Via
    at: datetime
    url: str | None


@dataclass(frozen=True, slots=True)
class Statement:
    """A line of somebody's words, whole."""

    text: str
    cite: Citation
    at: datetime
    author: str
    approximate: bool = False


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence composed by rule, or a person's own that stands in its place, with the facts behind it."""

    text: str
    cites: tuple[Citation, ...]
    composed: bool = True


@dataclass(frozen=True, slots=True)
class Question:
    """What a machine cannot know, whom to ask, and how they answer."""

    key: str
    label: str
    who: str
    how: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One value of a field; `text` is how it is shown."""

    text: str
    value: Value
    cite: Citation
    approximate: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What was answered, else the question."""

    answers: tuple[Answer, ...]
    question: Question

    @property
    def known(self) -> bool:
        return bool(self.answers)

    @property
    def first(self) -> Answer | None:
        return self.answers[0] if self.answers else None


@dataclass(frozen=True, slots=True)
class FieldView(Asked):
    """A field with what was said of it; `label` is the family's."""

    field: Field

    @property
    def label(self) -> str:
        return self.question.label


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement of when a milestone was; `why` says what made it count or not."""

    at: datetime
    cite: Citation
    counts: bool
    why: str
    approximate: bool = False


@dataclass(frozen=True, slots=True)
class Point:
    """A stated moment."""

    milestone: Milestone
    word: str
    at: datetime
    cite: Citation
    approximate: bool = False


@dataclass(frozen=True, slots=True)
class MilestoneView:
    """One milestone: stated (`point`), assumed (`assumed_at`, with the reason in `why`), or unknown.

    `said` is the line that states it, or what was typed with the change of status, empty where neither is; `actor` is
    whose words they are.
    """

    milestone: Milestone
    word: str
    point: Point | None
    assumed_at: datetime | None
    why: str
    history: tuple[Claim, ...]
    said: str = ""
    actor: str = ""

    @property
    def label(self) -> str:
        """The field's own word, whatever the family calls it."""
        return str(self.milestone).replace("_", " ").capitalize()

    @property
    def derived(self) -> bool:
        """Does the statement speak of another milestone, from which this one follows?"""
        return self.point is not None and self.point.milestone is not self.milestone

    @property
    def state(self) -> Literal["stated", "assumed", "unknown"]:
        if self.point:
            return "stated"
        return "assumed" if self.assumed_at else "unknown"


@dataclass(frozen=True, slots=True)
class Target:
    """What the team promised itself for this severity; without a severity it is the family's own, for all of them."""

    within: timedelta
    severity: str  # empty: the family's own
    met: bool | None  # None: nothing was measured


@dataclass(frozen=True, slots=True)
class Measurement:
    """Elapsed time with the two facts it came from."""

    definition: ClockDefinition
    elapsed: timedelta
    start: Point
    end: Point
    target: Target | None
    state: Literal["measured"] = "measured"


@dataclass(frozen=True, slots=True)
class NoMeasurement:
    definition: ClockDefinition
    why: str
    target: Target | None
    state: Literal["unknown"] = "unknown"


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two facts in an impossible order; the negative difference is for machines and never shown as a duration."""

    definition: ClockDefinition
    elapsed: timedelta
    start: Point
    end: Point
    why: str
    target: Target | None
    state: Literal["inconsistent"] = "inconsistent"


ClockView = Measurement | NoMeasurement | Contradiction
