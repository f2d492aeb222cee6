"""What can be counted over many incidents: the clocks with median and 90th percentile, and how action items fare.

No mean stands alone here, and nothing assumed is counted: what is left out is counted as left out.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal

from bot.clocks import STANDARD, Clock, ClockDefinition, Inconsistent, Measured, measure
from bot.incident import Incident
from bot.milestones import assumed, counting
from bot.words import OPEN, OVER, ActionStatus, Milestone, Severity, Status

State = Literal["measured", "assumed", "unknown", "inconsistent"]

FINISHED: Final = frozenset({ActionStatus.DONE, ActionStatus.DECLINED})
"""Nothing more is to be done about it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One clock of one incident; `assumed` means that a milestone is only inferred, so that nothing was measured."""

    state: State
    elapsed: timedelta | None = None
    approximate: bool = False

    def stored(self) -> list[Any]:
        return [self.state, self.elapsed.total_seconds() if self.elapsed is not None else None, self.approximate]

    @classmethod
    def read(cls, stored: Sequence[Any]) -> Reading:
        state, seconds, approximate = stored
        return cls(state, None if seconds is None else timedelta(seconds=seconds), approximate)


def readings(incident: Incident) -> dict[str, Reading]:
    """The incident's own clocks, whatever its report family prints, by their keys."""
    return {definition.key: _reading(incident, measure(incident, definition)) for definition in STANDARD}


def _reading(incident: Incident, clock: Clock) -> Reading:
    if isinstance(clock, Measured):
        return Reading("measured", clock.elapsed, clock.approximate)
    if isinstance(clock, Inconsistent):
        return Reading("inconsistent")
    return Reading("assumed" if _is_inferred(incident, clock.definition) else "unknown")


def _is_inferred(incident: Incident, definition: ClockDefinition) -> bool:
    """Both ends are there once what is assumed is taken for stated."""
    ends = (definition.start, definition.end)
    return all(counting(incident, end) or assumed(incident, end) for end in ends)


def began(incident: Incident) -> datetime | None:
    """By which moment an incident falls into a period: its start, or the declaration where nobody stated one."""
    start = counting(incident, Milestone.STARTED)
    return start.at if start else incident.declared_at


# ---- over many


@dataclass(frozen=True, slots=True)
class Measures:
    """What one incident gives to the statistics."""

    severity: Severity
    status: Status
    services: tuple[str, ...]
    drill: bool
    private: bool
    began_at: datetime | None
    clocks: Mapping[str, Reading]


@dataclass(frozen=True, slots=True)
class Item:
    """What one action item gives to the statistics."""

    status: ActionStatus
    added_at: datetime
    due: date | None
    drill: bool
    over: bool  # of a cancelled or merged incident


@dataclass(frozen=True, slots=True)
class Spread:
    """`n` values: the middle one (or half way between the two in the middle), and the 90th percentile by nearest
    rank, which is the smallest of the values that at least 90 % of them do not exceed. Both are None for no value.
    """

    n: int
    median: timedelta | None
    p90: timedelta | None


@dataclass(frozen=True, slots=True)
class ClockMetric:
    """One clock over all incidents counted, and why so many of them gave no value."""

    definition: ClockDefinition
    spread: Spread
    approximate: int  # of the values
    assumed: int
    unknown: int
    inconsistent: int


@dataclass(frozen=True, slots=True)
class ItemMetric:
    """`age` is of those not finished, `overdue` counts those of them whose day has passed."""

    total: int
    done: int
    declined: int
    overdue: int
    age: Spread

    @property
    def unfinished(self) -> int:
        return self.total - self.done - self.declined


@dataclass(frozen=True, slots=True)
class Metrics:
    """`counted` incidents by severity, service and month; `left_out` says how many were not counted, by the reason."""

    counted: int
    still_open: int
    first: datetime | None
    last: datetime | None
    severities: Mapping[Severity, int]
    services: Mapping[str, int]  # the most frequent first; "" stands for those that name none
    months: Mapping[str, Mapping[Severity, int]]  # by `2026-03`, every month from the first to the last
    clocks: tuple[ClockMetric, ...]
    items: ItemMetric
    left_out: Mapping[str, int]


def spread(values: Iterable[timedelta]) -> Spread:
    """Median and 90th percentile of the values."""
    ordered = sorted(values)
    n = len(ordered)
    if not n:
        return Spread(0, None, None)
    median = (ordered[(n - 1) // 2] + ordered[n // 2]) / 2
    return Spread(n, median, ordered[math.ceil(0.9 * n) - 1])


def metrics(incidents: Iterable[Measures], items: Iterable[Item], now: datetime) -> Metrics:
    """The statistics of these incidents and their action items, as of now."""
    told = list(incidents)
    counted = [one for one in told if not one.drill and one.status not in OVER]
    moments = sorted(one.began_at for one in counted if one.began_at)
    names = Counter(name for one in counted for name in dict.fromkeys(one.services) or ("",))
    grades = Counter(one.severity for one in counted)
    return Metrics(
        counted=len(counted),
        still_open=sum(one.status in OPEN for one in counted),
        first=moments[0] if moments else None,
        last=moments[-1] if moments else None,
        severities={level: grades[level] for level in Severity if grades[level]},
        services=dict(sorted(names.items(), key=lambda named: (not named[0], -named[1], named[0]))),
        months=_months(counted, moments),
        clocks=tuple(_clock(definition, counted) for definition in STANDARD),
        items=_items(list(items), now),
        left_out=_left_out(told),
    )


def _left_out(told: Sequence[Measures]) -> dict[str, int]:
    """A cancelled drill counts once, as a drill."""
    reasons = Counter("drill" if one.drill else one.status.value for one in told if one.drill or one.status in OVER)
    return {reason: reasons[reason] for reason in ("drill", "cancelled", "merged") if reasons[reason]}


def _clock(definition: ClockDefinition, counted: Sequence[Measures]) -> ClockMetric:
    found = [one.clocks.get(definition.key, Reading("unknown")) for one in counted]
    states = Counter(reading.state for reading in found)
    return ClockMetric(
        definition,
        spread(reading.elapsed for reading in found if reading.elapsed is not None),
        approximate=sum(reading.approximate for reading in found),
        assumed=states["assumed"],
        unknown=states["unknown"],
        inconsistent=states["inconsistent"],
    )


def _items(told: Sequence[Item], now: datetime) -> ItemMetric:
    items = [item for item in told if not item.drill and not item.over]
    unfinished = [item for item in items if item.status not in FINISHED]
    return ItemMetric(
        total=len(items),
        done=sum(item.status is ActionStatus.DONE for item in items),
        declined=sum(item.status is ActionStatus.DECLINED for item in items),
        overdue=sum(item.due is not None and item.due < now.date() for item in unfinished),
        age=spread(now - item.added_at for item in unfinished),
    )


def _months(counted: Sequence[Measures], moments: Sequence[datetime]) -> dict[str, dict[Severity, int]]:
    if not moments:
        return {}
    first, last = (moment.year * 12 + moment.month - 1 for moment in (moments[0], moments[-1]))
    months: dict[str, dict[Severity, int]] = {_month(*divmod(n, 12)): {} for n in range(first, last + 1)}
    for one in counted:
        if one.began_at:
            there = months[_month(one.began_at.year, one.began_at.month - 1)]
            there[one.severity] = there.get(one.severity, 0) + 1
    return months


def _month(year: int, nth: int) -> str:
    return f"{year}-{nth + 1:02}"
