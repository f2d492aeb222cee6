"""Lengths of time: as people type them, and as people read them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

from bot.decision import Refused
from bot.wire import one_line, shorten

_UNITS: Final[dict[str, timedelta]] = {
    "ms": timedelta(milliseconds=1),
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
_PART: Final = (
    r"[0-9]{1,6}(?:[.,][0-9]{1,3})?\s?(?:milliseconds?|msecs?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h"
    r"|days?|d|weeks?|w)"
)
DURATION: Final = rf"(?:[0-9]{{1,4}}h[0-9]{{1,2}}|{_PART}(?:(?:\s?,\s?|\s(?:and\s)?)?{_PART}){{0,4}})(?![a-z0-9])"
"""A pattern of `1h30`, or of one to five numbers each with its unit; to be used ignoring case."""

_WHOLE: Final = re.compile(DURATION, re.IGNORECASE)
_NUMBER_UNIT: Final = re.compile(r"([0-9]+(?:[.,][0-9]+)?)\s?([a-z]*)", re.IGNORECASE)


def parse_duration(text: str) -> timedelta:
    """The length that `90m`, `1h30m`, `2 d` or `1.5 hours` means; never negative.

    Raises:
        Refused: not a length of time.
    """
    written = one_line(text)
    if len(written) > 80 or not _WHOLE.fullmatch(written):
        raise Refused(
            f"“{shorten(written, 40)}” is not a length of time: a number needs its unit.", "90m, 1h30m or 2 d"
        )
    return read_duration(written)


def read_duration(written: str) -> timedelta:
    """What a match of `DURATION` means; minutes may stand without a unit after hours."""
    return sum((_length(n, unit) for n, unit in _NUMBER_UNIT.findall(written)), timedelta(0))


def _length(number: str, unit: str) -> timedelta:
    letters = unit.lower()
    name = "ms" if letters.startswith(("ms", "mil")) else letters[:1] or "m"
    return float(number.replace(",", ".")) * _UNITS[name]


def duration(length: timedelta) -> str:
    """For people: `1 h 07 min`, `26 h 05 min`, `11 min 20 s`, `0 min`. Hours are never folded into days.

    Seconds are shown when they are not whole minutes; fractions of a second are cut off. Negative with a minus sign.
    """
    seconds = int(abs(length).total_seconds())
    hours, minutes, rest = seconds // 3600, seconds % 3600 // 60, seconds % 60
    parts = [f"{hours} h"] if hours else []
    if minutes or (hours and rest) or not seconds:
        parts.append(f"{minutes:02d} min" if hours else f"{minutes} min")
    if rest:
        parts.append(f"{rest:02d} s" if parts else f"{rest} s")
    return ("−" if length < timedelta(0) and seconds else "") + " ".join(parts)
