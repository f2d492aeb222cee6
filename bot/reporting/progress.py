"""Milestones with their history, and the clocks measured between them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from bot import clocks
from bot.clocks import STANDARD, ClockDefinition
from bot.milestones import Assertion, assertions, assumed, cleared, counting, earliest, ended, settings
from bot.reporting.reader import Reader
from bot.reporting.told import Claim, ClockView, Contradiction, Measurement, MilestoneView, NoMeasurement, Point, Target
from bot.words import ENDINGS, Milestone, Severity

_REACHED: Final = {
    Milestone.STARTED: "it started",
    Milestone.INVESTIGATING: "the investigation began",
    Milestone.ROOT_CAUSE: "the root cause was identified",
    Milestone.MITIGATION_STARTED: "mitigation started",
    Milestone.AWARE: "the team became aware",
}


def milestones(reader: Reader) -> Mapping[Milestone, MilestoneView]:
    return {milestone: milestone_view(reader, milestone) for milestone in Milestone}


def milestone_view(reader: Reader, milestone: Milestone) -> MilestoneView:
    """What counts, what else was said, and the reason when nothing counts."""
    found, guess = counting(reader.incident, milestone), assumed(reader.incident, milestone)
    if found:
        why = _why_it_counts(milestone, found)
    else:
        why = guess.why if guess else _why_unknown(reader, milestone)
    return MilestoneView(
        milestone=milestone,
        word=reader.family.milestones[milestone],
        point=reader.point(found) if found else None,
        assumed_at=guess.at if guess else None,
        why=why,
        history=_history(reader, milestone, found),
        said=reader.said(found) if found else "",
        actor=reader.actor(found) if found else "",
    )


def _why_unknown(reader: Reader, milestone: Milestone) -> str:
    if milestone in (Milestone.RESOLVED, Milestone.CLOSED) and reader.incident.recoveries:
        return f"re-opened and not {milestone} again"
    return f"nobody said when {reached(milestone)}"


def reached(milestone: Milestone) -> str:
    """A milestone as the end of a sentence that begins with "when"."""
    return _REACHED.get(milestone) or f"it was {str(milestone).replace('_', ' ')}"


def _why_it_counts(milestone: Milestone, found: Assertion) -> str:
    if milestone is Milestone.AWARE and found.milestone is Milestone.DETECTED:
        return "nobody set another moment, so it is when it was detected"
    if found.was_set:
        return "the newest time set by hand"
    if milestone is Milestone.DECLARED:
        return "the declaration itself"
    return "the latest that stands" if milestone in ENDINGS else "the earliest that stands"


def _history(reader: Reader, milestone: Milestone, found: Assertion | None) -> tuple[Claim, ...]:
    """Every assertion standing and every time set, in the order in which they were said."""
    claims = [
        *assertions(reader.incident, milestone),
        *settings(reader.incident, milestone),
        *ended(reader.incident, milestone),
    ]
    claims += (taken := cleared(reader.incident, milestone))
    claims.sort(key=lambda claim: claim.said_at)
    return tuple(_claim(reader, milestone, claim, found, claim in taken) for claim in claims)


def _claim(reader: Reader, milestone: Milestone, claim: Assertion, found: Assertion | None, taken: bool) -> Claim:
    counts = claim == found and not taken
    if counts:
        why = _why_it_counts(milestone, claim)
    elif taken:
        why = "taken back"
    elif claim.ended or found is None:
        why = "ended by the re-opening"
    else:
        why = _why_another(milestone, claim, found)
    return Claim(claim.at, reader.cite(claim.source, claim.said_at), counts, why, claim.approximate)


def _why_another(milestone: Milestone, claim: Assertion, found: Assertion) -> str:
    if found.was_set:
        return "a newer time set by hand counts" if claim.was_set else "a time set by hand counts before it"
    if milestone is Milestone.ESCALATED:
        return "a further escalation"
    return "the latest counts" if milestone in ENDINGS else "the earliest counts"


def standard_clocks(reader: Reader) -> tuple[ClockView, ...]:
    """The incident's own, whatever a family prints."""
    return tuple(clock_view(reader, definition) for definition in STANDARD)


def family_clocks(reader: Reader) -> tuple[ClockView, ...]:
    return tuple(clock_view(reader, definition) for definition in reader.family.clocks)


def clock_view(reader: Reader, definition: ClockDefinition) -> ClockView:
    clock = clocks.measure(reader.incident, definition)
    if isinstance(clock, clocks.Unknown):
        return NoMeasurement(definition, clock.why, _target(reader, definition, None))
    start, end = reader.point(clock.start), reader.point(clock.end)
    if isinstance(clock, clocks.Inconsistent):
        return Contradiction(definition, clock.elapsed, start, end, clock.why, _target(reader, definition, None))
    return Measurement(definition, clock.elapsed, start, end, _target(reader, definition, clock.elapsed))


def highest(reader: Reader) -> Severity:
    """The gravest severity that it ever had; targets are the ones promised for that."""
    order = list(Severity)
    return min((grade.severity for grade in reader.incident.grades), key=order.index, default=reader.incident.severity)


def _target(reader: Reader, definition: ClockDefinition, elapsed: timedelta | None) -> Target | None:
    """The team's for this severity, else the family's own."""
    severity = highest(reader)
    promised = reader.view.policy.targets.get(definition.key, {}).get(severity)
    within = promised or definition.target
    if within is None:
        return None
    whose = reader.family.severity(severity).name if promised else ""
    return Target(within, whose, None if elapsed is None else elapsed <= within)


def opening(reader: Reader, among: tuple[Milestone, ...]) -> Point | None:
    """The first of these milestones that somebody stated; of an ending the first time, as it may not have held."""
    found = ((earliest if m in ENDINGS else counting)(reader.incident, m) for m in among)
    return next((reader.point(one) for one in found if one), None)
