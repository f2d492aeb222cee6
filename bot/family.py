"""A report family is data: what differs between the five seeds is a value here and never a branch in code."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TypeVar

from bot.clocks import ClockDefinition
from bot.numbering import Numbering
from bot.words import (
    ActionStatus,
    ActionType,
    DocumentStatus,
    IncidentType,
    Kind,
    Milestone,
    Priority,
    Role,
    Severity,
    Status,
)

Level = TypeVar("Level", Severity, Priority)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the calendar: whole months, then days."""

    months: int = 0
    days: int = 0

    def after(self, day: date) -> date:
        """The day this long after `day`; the last of a shorter month stands for a day that month lacks."""
        year, month = divmod(day.year * 12 + day.month - 1 + self.months, 12)
        last = calendar.monthrange(year, month + 1)[1]
        return date(year, month + 1, min(day.day, last)) + timedelta(days=self.days)

    def __str__(self) -> str:
        """As people say it: `6 months`, `1 month 2 days`; nothing at all is `0 days`."""
        parts = [f"{count} {name}{'' if count == 1 else 's'}" for count, name in self._parts() if count]
        return " ".join(parts) or "0 days"

    def _parts(self) -> tuple[tuple[int, str], ...]:
        return (self.months, "month"), (self.days, "day")


@dataclass(frozen=True, slots=True)
class Phase:
    """A part of the timeline, opened by the first of these milestones that is known."""

    key: str
    title: str
    opens: tuple[Milestone, ...]


class PlacedBy(StrEnum):
    """What decides in which window an action item stands."""

    DUE = "due"
    PRIORITY = "priority"


@dataclass(frozen=True, slots=True)
class Horizon:
    """A table of action items: one stands in the first window that holds its due date, or in that of its priority."""

    key: str
    title: str
    within: Span
    priorities: frozenset[Priority]  # without a due date of its own, an item of these is due at the window's end


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs: the holder of `role`, else the person in a field; `day` is the field of the date, and `approved` that
    of the approval, where the family asks for it apart.

    Without severities, whatever the severity.
    """

    label: str
    person: str
    day: str
    role: Role | None = None
    severities: frozenset[Severity] = frozenset()
    approved: str = ""

    @property
    def key(self) -> str:
        return str(self.role) if self.role else self.person

    def applies(self, severity: Severity) -> bool:
        return not self.severities or severity in self.severities


@dataclass(frozen=True, slots=True)
class Tick:
    """One line of a checklist; `field` is the yesno that ticks it. Without severities it is always asked.

    `after`: counted like a review, the day by which it is to be done.
    """

    field: str
    label: str
    severities: frozenset[Severity]
    after: Span | None = None

    def applies(self, severity: Severity) -> bool:
        return not self.severities or severity in self.severities


@dataclass(frozen=True, slots=True)
class Review:
    """A day on which somebody looks at it again, and what for."""

    label: str
    what: str
    after: Span


@dataclass(frozen=True, slots=True)
class Category:
    """What a family calls the action items of these types together."""

    key: str
    label: str
    types: frozenset[ActionType]


@dataclass(frozen=True, slots=True)
class Regime:
    """A law or standard that may ask for a notice; `field` is the yesno whether it applies.

    `within` counts from the milestone `since`, zero meaning at once; None where the term varies.
    """

    key: str
    label: str
    field: str
    term: str
    since: Milestone
    within: timedelta | None


@dataclass(frozen=True, slots=True)
class TypeLine:
    """A box of the family's list of incident types, ticked for these of ours."""

    label: str
    types: frozenset[IncidentType]


@dataclass(frozen=True, slots=True)
class Named:
    """A level as the family calls it; `note` says when the nearest one stands in."""

    name: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Everything a report family decides by data.

    `related` numbers the documents beside the report, by name; `labels` are the fields that it calls otherwise than
    the catalogue, by key; `checklists` have names of the family's own choice.
    """

    key: str
    title: str
    number: Numbering
    related: Mapping[str, Numbering]
    zone: str  # IANA
    zone_name: str  # as a time names it: UTC
    zone_title: str  # in full
    severities: Mapping[Severity, str]
    priorities: Mapping[Priority, str]
    statuses: Mapping[Status, str]
    document_statuses: Mapping[DocumentStatus, str]
    action_statuses: Mapping[ActionStatus, str]
    types: tuple[TypeLine, ...]
    milestones: Mapping[Milestone, str]
    kinds: Mapping[Kind, str]
    lead_up: str
    phases: tuple[Phase, ...]
    clocks: tuple[ClockDefinition, ...]
    horizons: tuple[Horizon, ...]
    horizons_by: PlacedBy
    signers: tuple[Signer, ...]
    checklists: Mapping[str, tuple[Tick, ...]]
    categories: tuple[Category, ...]
    labels: Mapping[str, str]
    reviews: tuple[Review, ...]
    regimes: tuple[Regime, ...]
    costs: tuple[str, ...]  # fields whose amounts are added; what is a part of another one is left out
    follow_up_after: Span
    asks: str  # whose fields of the catalogue it asks for: its own, or those of the family it is based on
    template: str  # the source of a team's own template, empty for a family that comes with Scribe
    budget_window: timedelta  # the month of the family's error-budget section, for an objective that names no window

    def numberings(self) -> dict[str, Numbering]:
        """What gets a number at a declaration, under the key by which `Incident.numbers` knows it."""
        beside = {f"{self.key}.{name}": numbering for name, numbering in self.related.items()}
        return {self.key: self.number, **beside}

    def severity(self, level: Severity) -> Named:
        return _nearest(self.severities, level)

    def priority(self, level: Priority) -> Named:
        return _nearest(self.priorities, level)

    def horizon(self, base: date, due: date) -> Horizon:
        """The first window, counted from `base`, that holds the date; the last one holds all that is later."""
        fitting = (h for h in self.horizons if due <= h.within.after(base))
        return next(fitting, self.horizons[-1])

    def default_due(self, base: date, priority: Priority | None) -> date:
        """The due date of an item that nobody gave one: the end of its priority's window."""
        level = priority or Priority.MEDIUM
        window = next((h for h in self.horizons if level in h.priorities), self.horizons[-1])
        return window.within.after(base)


def _nearest(names: Mapping[Level, str], level: Level) -> Named:
    """The level's own name, else the nearest level's, the graver of two equally near."""
    if level in names:
        return Named(names[level])
    order = list(type(level))
    nearest = min(names, key=lambda known: (abs(order.index(known) - order.index(level)), order.index(known)))
    return Named(names[nearest], f"recorded as {level.value}; this scale has no such level, the nearest is shown")
