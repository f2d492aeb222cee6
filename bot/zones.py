"""Zones as people name them, and local times that a clock change makes ambiguous or impossible."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from bot.decision import Refused

_ABBREVIATIONS: Final[dict[str, tuple[float, str]]] = {
    "PST": (-8, "America/Los_Angeles"),
    "PDT": (-7, "America/Los_Angeles"),
    "MST": (-7, "America/Denver"),
    "MDT": (-6, "America/Denver"),
    "CDT": (-5, "America/Chicago"),
    "EST": (-5, "America/New_York"),
    "EDT": (-4, "America/New_York"),
    "AKST": (-9, "America/Anchorage"),
    "AKDT": (-8, "America/Anchorage"),
    "HST": (-10, "Pacific/Honolulu"),
    "WET": (0, "Europe/Lisbon"),
    "WEST": (1, "Europe/Lisbon"),
    "CET": (1, "Europe/Berlin"),
    "CEST": (2, "Europe/Berlin"),
    "EET": (2, "Europe/Helsinki"),
    "EEST": (3, "Europe/Helsinki"),
    "MSK": (3, "Europe/Moscow"),
    "JST": (9, "Asia/Tokyo"),
    "KST": (9, "Asia/Seoul"),
    "HKT": (8, "Asia/Hong_Kong"),
    "AEST": (10, "Australia/Sydney"),
    "AEDT": (11, "Australia/Sydney"),
    "ACDT": (10.5, "Australia/Adelaide"),
    "AWST": (8, "Australia/Perth"),
    "NZST": (12, "Pacific/Auckland"),
    "NZDT": (13, "Pacific/Auckland"),
}
"""Names of one offset everywhere they are used, with the zone whose calendar says when they are in force."""

_SEVERAL: Final[dict[str, tuple[str, ...]]] = {
    "IST": ("Asia/Kolkata", "Asia/Jerusalem", "Europe/Dublin"),
    "CST": ("America/Chicago", "Asia/Shanghai", "America/Havana"),
    "BST": ("Europe/London", "Asia/Dhaka"),
    "AST": ("America/Halifax", "Asia/Riyadh"),
    "ACST": ("Australia/Adelaide", "America/Rio_Branco"),
}
"""Names that mean different offsets to different people: only the typist's own zone can settle one."""

_FIXED: Final = frozenset({"UTC", "GMT", "Z"})

NAMES: Final = "|".join(sorted((*_ABBREVIATIONS, *_SEVERAL, *_FIXED), key=len, reverse=True))
"""A pattern of the names known, longest first."""

_OFFSET: Final = re.compile(r"(?:UTC|GMT)?([+-])([0-9]{1,2})(?::?([0-9]{2}))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Abbreviated:
    """A zone written as letters: it holds only where `home` keeps that name."""

    name: str
    offset: timedelta
    home: ZoneInfo


@lru_cache(maxsize=1)
def _known() -> dict[str, str]:
    return {name.lower(): name for name in available_timezones()}


def named(name: str) -> ZoneInfo | None:
    """The IANA zone of that name, in whatever case; None if there is none."""
    known = _known().get(name.lower())
    return ZoneInfo(known) if known else None


def zone_of(written: str, own: ZoneInfo, around: datetime) -> tzinfo | Abbreviated:
    """The zone that a person of zone `own` wrote, about the moment `around` (aware).

    Raises:
        Refused: no such zone, or a name that means several.
    """
    offset = _OFFSET.fullmatch(written)
    if offset:
        return _fixed(written, offset)
    if "/" in written:
        zone = named(written)
        if zone is None:
            raise Refused(f"There is no time zone “{written}”.", "14:02 America/New_York")
        return zone
    return _abbreviated(written.upper(), own, around)


def _fixed(written: str, offset: re.Match[str]) -> tzinfo:
    shift = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
    if shift > timedelta(hours=14) or int(offset[3] or 0) > 59:
        raise Refused(f"“{written}” is no offset from UTC; they go from -12:00 to +14:00.", "14:02 +02:00")
    return timezone(-shift if offset[1] == "-" else shift)


def _abbreviated(name: str, own: ZoneInfo, around: datetime) -> tzinfo | Abbreviated:
    """The typist's own zone settles what a name means; then the names that mean one thing everywhere."""
    if name == "UTC" or name == "Z":
        return UTC
    for day in range(0, 366, 61):
        local = (around - timedelta(days=day)).astimezone(own)
        if local.tzname() == name:
            return Abbreviated(name, local.utcoffset() or timedelta(0), own)
    if name == "GMT":
        return UTC
    if name in _SEVERAL:
        zones = _SEVERAL[name]
        raise Refused(
            f"{name} means different times in different places ({', '.join(zones)}): name the place or the offset.",
            f"14:02 {zones[0]}",
        )
    hours, home = _ABBREVIATIONS[name]
    return Abbreviated(name, timedelta(hours=hours), ZoneInfo(home))


def instants(wall: datetime, zone: tzinfo) -> tuple[datetime, ...]:
    """The moments (UTC, in order) when clocks of the zone show that wall time: one, two, or none."""
    readings = {wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return tuple(sorted(t for t in readings if t.astimezone(zone).replace(tzinfo=None, fold=0) == wall))


def neighbours(wall: datetime, zone: tzinfo) -> tuple[datetime, ...]:
    """The two moments that a wall time skipped by a clock change may stand for: by the clock after it, and before."""
    return tuple(sorted({wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}))


def zone_label(at: datetime) -> str:
    """How the zone of an aware local time is named: `EDT`, `UTC`, or `UTC-05:00` where it has no letters."""
    name = at.tzname() or ""
    if name[:1].isalpha() and not name.startswith("UTC"):
        return name
    shift = at.strftime("%z")
    return "UTC" if not at.utcoffset() else f"UTC{shift[:3]}:{shift[3:5]}"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a doubtful time may mean: `label` in the zone's own words, `text` which means that moment and no other."""

    label: str
    text: str


class Ambiguous(Refused):
    """A time that a clock change or a zone's name makes doubtful; `readings` are the real choices."""

    def __init__(self, sentence: str, example: str, readings: tuple[Reading, ...]) -> None:
        super().__init__(sentence, example)
        self.readings = readings


def readings(moments: tuple[datetime, ...], zone: tzinfo, *, day: bool = False) -> tuple[Reading, ...]:
    return tuple(_reading(at.astimezone(zone), day) for at in moments)


def _reading(local: datetime, day: bool) -> Reading:
    shift = local.strftime("%z")
    shown = f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"
    label = f"{local:%Y-%m-%d} {shown}" if day else shown
    return Reading(f"{label} {zone_label(local)}", f"{local:%Y-%m-%d} {shown} {shift[:3]}:{shift[3:5]}")
