"""TTD, TTA, TTM, TTR: a clock is a value with the two facts it came from, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from bot.incident import Incident
from bot.milestones import Assertion, assumed, counting, earliest
from bot.words import Milestone


@dataclass(frozen=True, slots=True)
class ClockDefinition:
    """What a clock measures; a family brings its own as data.

    `to_earliest` measures to the first standing assertion instead of the one that counts; `target` is the family's own,
    for a severity for which the team has set none.
    """

    key: str
    label: str
    start: Milestone
    end: Milestone
    to_earliest: bool = False
    target: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """Elapsed time between two stated moments, never negative."""

    definition: ClockDefinition
    elapsed: timedelta
    start: Assertion
    end: Assertion
    state: Literal["measured"] = "measured"

    @property
    def approximate(self) -> bool:
        return self.start.approximate or self.end.approximate


@dataclass(frozen=True, slots=True)
class Unknown:
    definition: ClockDefinition
    why: str
    state: Literal["unknown"] = "unknown"


@dataclass(frozen=True, slots=True)
class Inconsistent:
    """The end is said to lie before the start; the difference is kept for machines and never shown as a duration."""

    definition: ClockDefinition
    elapsed: timedelta
    start: Assertion
    end: Assertion
    why: str
    state: Literal["inconsistent"] = "inconsistent"


Clock = Measured | Unknown | Inconsistent

STANDARD: tuple[ClockDefinition, ...] = (
    ClockDefinition("ttd", "Time to detect", Milestone.STARTED, Milestone.DETECTED),
    ClockDefinition("tta", "Time to acknowledge", Milestone.DETECTED, Milestone.ACKNOWLEDGED),
    ClockDefinition("ttm", "Time to mitigate", Milestone.STARTED, Milestone.MITIGATED),
    ClockDefinition("ttr", "Time to resolve", Milestone.STARTED, Milestone.RESOLVED),
)
"""The definitions of the incident itself, whatever a family prints."""


def label(milestone: Milestone) -> str:
    return str(milestone).replace("_", " ")


def _why_unknown(incident: Incident, milestone: Milestone) -> str:
    guess = assumed(incident, milestone)
    if guess is not None:
        return f"no {label(milestone)} milestone (assumed only: {guess.why})"
    if milestone is Milestone.RESOLVED and incident.recoveries:
        return "re-opened and not resolved again"
    return f"no {label(milestone)} milestone"


def measure(incident: Incident, definition: ClockDefinition) -> Clock:
    """Read one clock from the standing milestones. Durations are differences of UTC moments."""
    if incident.cancelled is not None:
        return Unknown(definition, "cancelled as a false alarm")
    start = counting(incident, definition.start)
    if start is None:
        return Unknown(definition, _why_unknown(incident, definition.start))
    end = (earliest if definition.to_earliest else counting)(incident, definition.end)
    if end is None:
        return Unknown(definition, _why_unknown(incident, definition.end))
    elapsed = end.at - start.at
    if elapsed < timedelta(0):
        why = f"{label(definition.end)} is stated before {label(definition.start)}"
        return Inconsistent(definition, elapsed, start, end, why)
    return Measured(definition, elapsed, start, end)


def degraded(incident: Incident) -> timedelta | None:
    """Time with degraded service, every window counted, the healthy time between resolution and re-opening left out.

    None when a window lacks an end or a beginning, or ends before it begins: no partial sum passes for the whole.
    """
    if incident.cancelled is not None:
        return None
    start, end = counting(incident, Milestone.STARTED), counting(incident, Milestone.RESOLVED)
    if start is None or end is None:
        return None
    windows, begin = [], start.at
    for recovery in incident.recoveries:
        if recovery.resolved_at is None:
            continue  # re-opened before it was ever resolved: the window goes on
        windows.append(recovery.resolved_at - begin)
        begin = recovery.reopened_at
    windows.append(end.at - begin)
    return sum(windows, timedelta(0)) if min(windows) >= timedelta(0) else None
