"""Which moment counts for a milestone, and why: every assertion is kept, one counts, nothing is a silent default."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from bot.facts import Source
from bot.incident import Entry, Incident, SetMoment
from bot.words import ENDINGS, Kind, Milestone, Status

ORDER: Final = (
    (Milestone.STARTED, Milestone.DETECTED),
    (Milestone.STARTED, Milestone.MITIGATED),
    (Milestone.STARTED, Milestone.RESOLVED),
    (Milestone.DETECTED, Milestone.ACKNOWLEDGED),
    (Milestone.DETECTED, Milestone.RESOLVED),
    (Milestone.ACKNOWLEDGED, Milestone.RESOLVED),
    (Milestone.MITIGATION_STARTED, Milestone.MITIGATED),
    (Milestone.RESOLVED, Milestone.CLOSED),
)
"""Pairs in which the second cannot come before the first."""

_OF_A_ROUND: Final = frozenset({Milestone.RESOLVED, Milestone.CLOSED})
"""What a re-opening makes unknown until it is reached again."""


@dataclass(frozen=True, slots=True)
class Assertion:
    """One statement of when a milestone was reached; `entry` is the timeline line that carries it, if any."""

    milestone: Milestone
    at: datetime
    said_at: datetime
    source: Source
    was_set: bool
    approximate: bool = False
    entry: str | None = None
    ended: datetime | None = None  # the re-opening after which a time set by hand counts no longer


@dataclass(frozen=True, slots=True)
class Assumed:
    """What follows from something else: shown, never counted."""

    milestone: Milestone
    at: datetime
    why: str


def _located(incident: Incident, source: Source, entry: Entry | None = None) -> Source:
    """The same source with the message that shows it, where there is one by now."""
    return replace(source, evidence=(entry.evidence if entry else None) or incident.evidence(source))


def _of_entries(incident: Incident, milestone: Milestone) -> Iterator[Assertion]:
    for key in incident.claimed.get(milestone, ()):
        if not incident.stands(key):
            continue
        entry = incident.entries[key]
        for mark in incident.asserting(key):
            if mark.meaning is milestone:
                yield Assertion(
                    milestone, entry.at, mark.at, _located(incident, mark.source, entry), False, entry.approximate, key
                )


def _first_action(incident: Incident) -> Iterator[Assertion]:
    """The first action taken is where mitigation began (PRODUCT 1.2, :hammer_and_wrench:)."""
    claimed = incident.claimed.get(Kind.ACTION, ())
    actions = [key for key in claimed if incident.stands(key) and incident.kind(key) is Kind.ACTION]
    if actions:
        first = min((incident.entries[key] for key in actions), key=lambda e: (e.at, e.id))
        mark = incident.standing_marks(first.id)[0]
        yield Assertion(
            Milestone.MITIGATION_STARTED,
            first.at,
            mark.at,
            _located(incident, mark.source, first),
            False,
            first.approximate,
            first.id,
        )


def _of_turns(incident: Incident, milestone: Milestone) -> Iterator[Assertion]:
    for turn in incident.turns:
        if turn.asserts is milestone:
            yield Assertion(milestone, turn.at, turn.at, _located(incident, turn.source), False)


def _of_declaration(incident: Incident, milestone: Milestone) -> Iterator[Assertion]:
    if milestone is Milestone.DECLARED and incident.declared_at and incident.declaration:
        source = _located(incident, incident.declaration)
        yield Assertion(milestone, incident.declared_at, incident.declared_at, source, False)


def assertions(incident: Incident, milestone: Milestone) -> list[Assertion]:
    """What the lines and status changes still standing say of it, in the order of the moments."""
    found = [
        *_of_declaration(incident, milestone),
        *_of_entries(incident, milestone),
        *_of_turns(incident, milestone),
    ]
    if milestone is Milestone.MITIGATION_STARTED:
        known = {a.entry for a in found}
        found += [a for a in _first_action(incident) if a.entry not in known]
    return sorted(found, key=lambda a: (a.at, a.said_at))


def settings(incident: Incident, milestone: Milestone) -> list[Assertion]:
    """The times set by hand and not ended by a re-opening, the oldest first; a clearing ends those before it."""
    return [a for a in _by_hand(incident, milestone)[0] if a.ended is None]


def ended(incident: Incident, milestone: Milestone) -> list[Assertion]:
    """The times set by hand that a re-opening ended, the oldest first: kept and shown, never counted."""
    return [a for a in _by_hand(incident, milestone)[0] if a.ended is not None]


def cleared(incident: Incident, milestone: Milestone) -> list[Assertion]:
    """The times set by hand that somebody took back."""
    return _by_hand(incident, milestone)[1]


def _by_hand(incident: Incident, milestone: Milestone) -> tuple[list[Assertion], list[Assertion]]:
    """(kept, taken back); a clearing takes back those before it in its round, a line withdrawn what its form set."""
    kept: list[Assertion] = []
    gone: list[Assertion] = []
    for m in incident.moments:
        if m.milestone is milestone and m.moment is None:
            gone += [a for a in kept if a.ended == m.ended]
            kept = [a for a in kept if a.ended != m.ended]
        elif m.milestone is milestone and m.moment is not None:
            (kept if _vouched(incident, m) else gone).append(_set(incident, m, m.moment))
    return kept, gone


def _set(incident: Incident, m: SetMoment, moment: datetime) -> Assertion:
    line = incident.entries.get(m.entry) if m.entry else None
    at = line.at if line else moment
    source = _located(incident, m.source)
    return Assertion(m.milestone, at, m.said_at, source, True, m.approximate, m.entry, m.ended)


def _vouched(incident: Incident, m: SetMoment) -> bool:
    """What was set in a line's form counts while the line stands and still says so."""
    if m.entry is None:
        return True
    return incident.stands(m.entry) and any(mark.meaning is m.milestone for mark in incident.asserting(m.entry))


def since_reopening(incident: Incident, found: list[Assertion]) -> list[Assertion]:
    """Only those of the present round: at or after the last re-opening."""
    if not incident.recoveries:
        return found
    reopened = incident.recoveries[-1].reopened_at
    return [a for a in found if a.at >= reopened]


def counting(incident: Incident, milestone: Milestone) -> Assertion | None:
    """The one that counts. The newest time set by hand; else the earliest standing assertion of a beginning, the
    latest of an ending. After a re-opening no resolution and no closing from before it counts. None: unknown.
    """
    by_hand = settings(incident, milestone)
    if by_hand:
        return by_hand[-1]
    found = assertions(incident, milestone)
    if milestone in _OF_A_ROUND:
        found = since_reopening(incident, found)
    if not found:
        return _aware(incident) if milestone is Milestone.AWARE else None
    return found[-1] if milestone in ENDINGS else found[0]


def _aware(incident: Incident) -> Assertion | None:
    """For the regulatory clocks one is aware when it was detected, unless somebody set another moment."""
    return counting(incident, Milestone.DETECTED)


def earliest(incident: Incident, milestone: Milestone) -> Assertion | None:
    """The first standing assertion, whatever counts: some families measure to the first mitigation."""
    found = assertions(incident, milestone) or settings(incident, milestone)
    return min(found, key=lambda a: a.at, default=None)


def assumed(incident: Incident, milestone: Milestone) -> Assumed | None:
    """What can be inferred of a milestone nobody stated; None where nothing can or where it is known."""
    if counting(incident, milestone) is not None or incident.declared_at is None:
        return None
    if milestone in (Milestone.DETECTED, Milestone.AWARE):
        return Assumed(milestone, incident.declared_at, "declared then, so detected at the latest then")
    return None


def missing(incident: Incident) -> list[Milestone]:
    """The milestones a report needs and nobody has stated, in their order."""
    needed = [Milestone.STARTED, Milestone.DETECTED, Milestone.ACKNOWLEDGED]
    if incident.status in (Status.MITIGATED, Status.RESOLVED, Status.CLOSED):
        needed += [Milestone.MITIGATION_STARTED, Milestone.MITIGATED]
    if incident.status in (Status.RESOLVED, Status.CLOSED):
        needed += [Milestone.ROOT_CAUSE, Milestone.RESOLVED]
    return [m for m in Milestone if m in needed and counting(incident, m) is None]


def out_of_order(incident: Incident) -> list[tuple[Milestone, Milestone]]:
    """The pairs of `ORDER` that are stated the wrong way round, each (first, second) as it should be."""
    known = {milestone: counting(incident, milestone) for pair in ORDER for milestone in pair}
    return [
        (first, second)
        for first, second in ORDER
        if (early := known[first]) and (late := known[second]) and late.at < early.at
    ]


def base_day(incident: Incident, zone: str) -> date:
    """The day, in that zone, from which windows and reviews count: of the resolution, else of the declaration.

    Raises:
        ValueError: the incident was never declared.
    """
    resolved = counting(incident, Milestone.RESOLVED)
    at = resolved.at if resolved else incident.declared_at
    if at is None:
        raise ValueError("an incident that was never declared has no dates")
    return at.astimezone(ZoneInfo(zone)).date()
