"""Stretches of the calendar as people type them after `/incident metrics`: `30d`, `2026-01`, `last month`, `all`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from bot.decision import Refused

EXAMPLE: Final = "/incident metrics 30d, 2026-01, last quarter, or a service's name"

_YEARS: Final = (1970, 9998)
_COUNTED: Final = re.compile(
    r"(?:(?:the )?(?:last|past) )?(\d{1,4}) ?(d|days?|w|weeks?|m|mo|months?|q|quarters?|y|years?)(?![\w-])",
    re.IGNORECASE,
)
_NAMED: Final = re.compile(r"(this|last|previous|current) (week|month|quarter|year)(?![\w-])", re.IGNORECASE)
_DATE: Final = r"(\d{4})(?:-(?:q([1-4])|(\d{2})(?:-(\d{2}))?))?"
_DATES: Final = re.compile(
    rf"(?:from )?{_DATE}(?: ?(?:\.\.+|–|—|to|until) ?{_DATE})?(?![\w-])".replace(" ?", r"\s*"), re.IGNORECASE
)
_WORDS: Final = re.compile(r"(all time|all|ever|today|yesterday)(?![\w-])", re.IGNORECASE)
_MONTHS: Final = {"m": 1, "q": 3, "y": 12}


@dataclass(frozen=True, slots=True)
class Period:
    """All moments in [since, until), aware, UTC; None: without a beginning, or without an end. `label` says it."""

    label: str
    since: datetime | None = None
    until: datetime | None = None


ALL: Final = Period("all time")


def read_period(text: str, now: datetime) -> tuple[Period | None, str]:
    """The period at the head or at the end of the text, if there is one, and what else stands there.

    Days and months are those of UTC.

    Raises:
        Refused: the calendar has no such month or day.
    """
    words = text.split()
    for start in range(len(words)):
        period, rest = _leading(" ".join(words[start:]), now.astimezone(UTC))
        if period is not None and (start == 0 or not rest):
            return period, rest or " ".join(words[:start])
    return None, " ".join(words)


def _leading(text: str, now: datetime) -> tuple[Period | None, str]:
    for pattern, read in ((_DATES, _dates), (_COUNTED, _counted), (_NAMED, _named), (_WORDS, _word)):
        if found := pattern.match(text):
            return read(found, now), text[found.end() :].strip(" ,")
    return None, text


def _dates(found: re.Match[str], now: datetime) -> Period:
    first, last = found.groups()[:4], found.groups()[4:]
    since, until = _stretch(first)
    if last[0]:
        until = _stretch(last)[1]
    if until <= since:
        raise Refused(f"“{found[0]}” ends before it begins.", EXAMPLE)
    return Period(found[0], since, until)


def _stretch(parts: tuple[str | None, ...]) -> tuple[datetime, datetime]:
    """A year, a quarter, a month or a day."""
    year, quarter, month, day = (int(part) if part else None for part in parts)
    nth = (quarter - 1) * 3 + 1 if quarter else month or 1
    try:
        since = datetime(year or 0, nth, day or 1, tzinfo=UTC)
        if not _YEARS[0] <= since.year <= _YEARS[1]:
            raise ValueError
    except ValueError:
        raise Refused("The calendar has no such day.", EXAMPLE) from None
    if day:
        return since, since + timedelta(days=1)
    return since, _later(since, 3 if quarter else 1 if month else 12)


def _counted(found: re.Match[str], now: datetime) -> Period:
    count, unit = int(found[1]), found[2][0].lower()
    if unit in _MONTHS:
        since = _later(_midnight(now), -count * _MONTHS[unit])
    else:
        since = now - timedelta(days=count * (7 if unit == "w" else 1))
    word = {"d": "day", "w": "week", "m": "month", "q": "quarter", "y": "year"}[unit]
    return Period(f"the last {count} {word}{'' if count == 1 else 's'}", since)


def _named(found: re.Match[str], now: datetime) -> Period:
    day, unit = _midnight(now), found[2].lower()
    if unit == "week":
        since, until = (since := day - timedelta(days=day.weekday())), since + timedelta(days=7)
    else:
        length = _MONTHS[unit[0]]
        since = day.replace(day=1, month=(day.month - 1) // length * length + 1)
        until = _later(since, length)
    if found[1].lower() in ("last", "previous"):
        until = since
        since = since - timedelta(days=7) if unit == "week" else _later(since, -_MONTHS[unit[0]])
    return Period(f"{found[1].lower()} {unit}", since, until)


def _word(found: re.Match[str], now: datetime) -> Period:
    day, word = _midnight(now), found[1].lower()
    if word == "today":
        return Period(word, day, day + timedelta(days=1))
    return Period(word, day - timedelta(days=1), day) if word == "yesterday" else ALL


def _midnight(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0)


def _later(at: datetime, months: int) -> datetime:
    """So many months later or earlier; the last day of a shorter month stands for one that it lacks."""
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    if not _YEARS[0] <= year <= _YEARS[1]:
        raise Refused("That is further than the calendar goes.", EXAMPLE)
    for day in range(at.day, 27, -1):
        try:
            return at.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    return at.replace(year=year, month=month + 1)
