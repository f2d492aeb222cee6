"""Working days and hours where somebody is: when a reminder may come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

_DAY: Final = timedelta(days=1)
_FURTHEST: Final = 400
"""Days looked through for a working one; where holidays fill more, the day itself has to do."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """The working hours of one zone. `workdays` counts from Monday, 0."""

    zone: ZoneInfo
    opens: time
    closes: time
    workdays: frozenset[int]
    holidays: frozenset[date]

    def works_on(self, day: date) -> bool:
        return day.weekday() in self.workdays and day not in self.holidays

    def working_day(self, day: date, step: int = 1) -> date:
        """The day itself if it is a working one, else the next (`step` 1) or the last before it (-1)."""
        near = (day + timedelta(days=step * n) for n in range(_FURTHEST))
        return next((d for d in near if self.works_on(d)), day)

    def opening(self, day: date) -> datetime:
        """The moment (UTC) when that day's work begins, also where a clock change skips or repeats the hour."""
        return datetime.combine(day, self.opens, self.zone).astimezone(UTC)

    def day(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def is_open(self, at: datetime) -> bool:
        local = at.astimezone(self.zone)
        return self.works_on(local.date()) and self.opening(local.date()) <= at and local.time() < self.closes

    def next_opening(self, at: datetime) -> datetime:
        """The first beginning of a working day after that moment (UTC)."""
        day = self.working_day(self.day(at))
        return self.opening(day) if self.opening(day) > at else self.opening(self.working_day(day + _DAY))
