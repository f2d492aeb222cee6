"""Days as people type them: the words of the calendar, and due dates."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from datetime import date, timedelta
from typing import Final

from bot.decision import Refused
from bot.wire import one_line, shorten

MONTH: Final = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
WEEKDAY: Final = (
    r"(?:mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)\b"
)
ORDINAL: Final = r"[0-9]{1,2}(?:st|nd|rd|th)?"
"""Patterns, to be used ignoring case."""

DUE_EXAMPLE: Final = "friday, 2026-12-24, +3d, in 2 weeks, 5 business days or 24 dec"

_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FURTHEST: Final = 3660
"""Days; nothing is due later than ten years from now."""


def month_number(word: str) -> int:
    return _MONTHS.index(word[:3].lower()) + 1


def weekday_number(word: str) -> int:
    """Monday is 0."""
    return _WEEKDAYS.index(word[:3].lower())


def day_number(ordinal: str) -> int:
    return int(ordinal.rstrip("stndrhSTNDRH"))


def real_date(year: int, month: int, day: int, example: str = "2026-03-08") -> date:
    """That day; `example` is what the asker could have written in its place.

    Raises:
        Refused: the calendar has no such day.
    """
    try:
        return date(year, month, day)
    except ValueError:
        raise Refused(f"There is no {year}-{month:02d}-{day:02d} in the calendar.", example) from None


def parse_due(text: str, today: date, holidays: Collection[date] = frozenset()) -> date:
    """The day that a due date means; `today` is the typist's. A past day is kept as it is.

    `friday` is the next Friday after today, `next friday` the Friday of next week (weeks begin on Monday),
    `this friday` that of this week; `eod` is today, `eow` the coming Friday, `eom` the last day of the month;
    `24 dec` the next 24 December, today included; business days leave out Saturdays, Sundays and `holidays`.
    Say the day back: readers differ on `next friday`.

    Raises:
        Refused: not understood, no such day, or more than ten years ahead.
    """
    written = one_line(text).lower()
    if len(written) <= 60:
        for pattern, read in _WAYS:
            if found := pattern.fullmatch(written):
                return _within_reason(read(found, today, holidays), today, written)
    raise Refused(f"“{shorten(written, 40)}” is not a day that I can read.", DUE_EXAMPLE)


def _within_reason(due: date | None, today: date, written: str) -> date:
    if due is None or (due - today).days > _FURTHEST:
        raise Refused(f"“{shorten(written, 40)}” is more than ten years ahead.", DUE_EXAMPLE)
    return due


_Read = Callable[[re.Match[str], date, Collection[date]], date | None]


def _named_day(found: re.Match[str], today: date, holidays: Collection[date]) -> date:
    if found[0] == "eom":
        return (today.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    if found[0] == "eow":
        return today + timedelta(days=(4 - today.weekday()) % 7)
    return today + timedelta(days=found[0] == "tomorrow")


def _weekday(found: re.Match[str], today: date, holidays: Collection[date]) -> date:
    wanted = weekday_number(found["weekday"])
    monday = today - timedelta(days=today.weekday())
    if found["which"] == "next":
        return monday + timedelta(days=7 + wanted)
    if found["which"] == "this":
        return monday + timedelta(days=wanted)
    return today + timedelta(days=(wanted - today.weekday() - 1) % 7 + 1)


def _iso(found: re.Match[str], today: date, holidays: Collection[date]) -> date | None:
    year = int(found["year"])
    return real_date(year, int(found["month"]), int(found["day"])) if year <= 9999 else None


def _day_of_month(found: re.Match[str], today: date, holidays: Collection[date]) -> date | None:
    month, day = month_number(found["name"]), day_number(found["number"])
    if found["of"]:
        return real_date(int(found["of"]), month, day)
    this_year = real_date(today.year, month, day)
    return this_year if this_year >= today else real_date(today.year + 1, month, day)


def _from_now(found: re.Match[str], today: date, holidays: Collection[date]) -> date | None:
    number = 1 if found["number"] in ("a", "an", "one") else int(found["number"])
    unit = found["unit"]
    if number > _FURTHEST:
        return None
    if unit.startswith("m"):
        return _months_on(today, number)
    if unit.startswith(("b", "work")):
        return _business_days_on(today, number, holidays)
    return today + timedelta(days=number * (7 if unit.startswith("w") else 1))


def _months_on(today: date, number: int) -> date | None:
    """The same day of a later month, or its last day where the month is shorter."""
    index = today.year * 12 + today.month - 1 + number
    if index // 12 > 9999:
        return None
    for day in range(today.day, 27, -1):
        try:
            return date(index // 12, index % 12 + 1, day)
        except ValueError:
            continue
    return date(index // 12, index % 12 + 1, min(today.day, 28))


def _business_days_on(today: date, number: int, holidays: Collection[date]) -> date:
    day, left = today, number
    while left > 0:
        day += timedelta(days=1)
        left -= day.weekday() < 5 and day not in holidays
    return day


def _ways() -> tuple[tuple[re.Pattern[str], _Read], ...]:
    year = r"(?:,?\s(?P<of>[0-9]{4}))?"
    units = r"(?P<unit>business\sdays?|working\sdays?|workdays?|bd|days?|d|weeks?|w|months?|mo)"
    return (
        (re.compile(r"today|tomorrow|eod|eow|eom"), _named_day),
        (re.compile(rf"(?:on\s|by\s)?(?:(?P<which>next|this)\s)?(?P<weekday>{WEEKDAY})"), _weekday),
        (re.compile(r"(?P<year>[0-9]{4,6})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})"), _iso),
        (re.compile(rf"(?P<number>{ORDINAL})\.?\s(?P<name>{MONTH}){year}"), _day_of_month),
        (re.compile(rf"(?P<name>{MONTH})\s(?P<number>{ORDINAL}){year}"), _day_of_month),
        (re.compile(rf"(?:in\s|\+\s?)?(?P<number>[0-9]{{1,5}}|an?|one)\s?{units}"), _from_now),
    )


_WAYS: Final = _ways()
