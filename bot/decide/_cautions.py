"""What the asker is told when a time that looks wrong is kept: nothing is mended in silence, and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from bot import facts as f
from bot.commands import Request
from bot.decide._common import after, meaning_word
from bot.decision import Span, Text, Time
from bot.durations import duration
from bot.facts import AnyFact
from bot.incident import Incident
from bot.milestones import counting, out_of_order
from bot.words import Milestone

FAR: Final = timedelta(hours=6)
"""A time this long before all that is known of an incident may be a slip, such as 12:26pm for 00:26."""


def cautions(incident: Incident, facts: Sequence[AnyFact], request: Request) -> Text:
    """Sentences on what these facts make doubtful, to follow a reply; empty when nothing is."""
    ahead = after(incident, facts, request.now)
    return (*_order(incident, ahead), *_too_early(ahead), *_far_back(incident, facts))


def _order(incident: Incident, ahead: Incident) -> Iterator[Span]:
    pairs = [pair for pair in out_of_order(ahead) if any(_moved(incident, ahead, m) for m in pair)]
    told = [f"{meaning_word(second)} now lies before {meaning_word(first)}" for first, second in pairs]
    if told:
        yield f" Note that {' and '.join(told)}; until one is corrected, the clocks between them are inconsistent."


def _moved(incident: Incident, ahead: Incident, milestone: Milestone) -> bool:
    return counting(incident, milestone) != counting(ahead, milestone)


def _too_early(ahead: Incident) -> Iterator[Span]:
    """After a re-opening only a resolution that follows it makes sense."""
    resolved = counting(ahead, Milestone.RESOLVED)
    if resolved and ahead.recoveries and resolved.at < ahead.recoveries[-1].reopened_at:
        yield from (
            " Note that resolved now lies before the re-opening at ",
            Time(ahead.recoveries[-1].reopened_at),
            ".",
        )


def _far_back(incident: Incident, facts: Sequence[AnyFact]) -> Iterator[Span]:
    started = counting(incident, Milestone.STARTED)
    known = [at for at in (incident.declared_at, started.at if started else None) if at]
    stated = [at for fact in facts if (at := _stated(fact)) is not None]
    if known and stated and min(known) - min(stated) > FAR:
        word = "started" if started and started.at == min(known) else "was declared"
        ago = duration(min(known) - min(stated))
        yield from (" Note that ", Time(min(stated)), f" is {ago} before the incident {word}.")


def _stated(fact: AnyFact) -> datetime | None:
    if isinstance(fact, f.Captured):
        return fact.at
    return fact.moment if isinstance(fact, f.MilestoneSet | f.Amended) else None
