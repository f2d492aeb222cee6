"""Times as people type them, understood as one moment or refused in a sentence; and times written for people.

The rule for a bare time of day: it means the last time the clock showed it, so `23:58` typed at 00:10 is yesterday's,
and `23:50` typed at 15:30 too. But a time that the clock will show within the next three hours is refused as not
having happened yet: nobody speaks of 22 hours ago like that. With a weekday the same holds, a week for a day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from bot.commands import Moment
from bot.dates import MONTH, ORDINAL, WEEKDAY, day_number, month_number, parse_due, real_date, weekday_number
from bot.decision import Refused
from bot.durations import DURATION, duration, parse_duration, read_duration
from bot.wire import one_line, shorten
from bot.zones import NAMES, Abbreviated, Ambiguous, instants, named, neighbours, readings, zone_label, zone_of

__all__ = ["clock", "duration", "leading_moment", "parse_due", "parse_duration", "parse_moment"]

SKEW: Final = timedelta(seconds=60)
"""How far a typist's clock may be ahead of ours; such a moment counts as now."""
AHEAD: Final = timedelta(hours=3)
"""A bare time this close ahead is a slip, not yesterday's."""
OLDEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
LONGEST: Final = 80
"""Characters; no time that a person writes is longer."""
EXAMPLE: Final = "14:02, 2:02pm, -20m, yesterday 23:50 or 2026-03-08 02:30 UTC"

_SAME: Final = str.maketrans(
    "−–—‐‑\u00a0\u2007\u2009\u202f\u3000０１２３４５６７８９：～",
    "-----     0123456789:~",
)
"""What keyboards put in for a plain character, one for one so that positions stay."""


def _day(year: int, month: int, day: int) -> date:
    return real_date(year, month, day, EXAMPLE)


def _day_pattern(n: str) -> str:
    year = rf"(?P<worded_year{n}>[0-9]{{4,6}})(?!:)"
    return (
        rf"(?:(?P<near{n}>today|yesterday)\b|(?:(?P<last{n}>last)\s|on\s)?(?P<weekday{n}>{WEEKDAY})"
        rf"|(?P<year{n}>[0-9]{{4,6}})-(?P<month{n}>[0-9]{{1,2}})-(?P<day{n}>[0-9]{{1,2}})(?![0-9])"
        rf"|(?:(?P<d{n}>{ORDINAL})\.?\s(?P<dm{n}>{MONTH})|(?P<md{n}>{MONTH})\s(?P<dd{n}>{ORDINAL})\b(?!:))"
        rf"(?:,?\s{year})?)"
    )


_ABOUT: Final = r"(?:at\s)?(?P<about>(?:(?:about|around|approximately|approx|roughly|circa|ca)\b\.?|~|≈)\s?)?(?:at\s)?"
_CLOCK: Final = (
    r"(?:(?P<h12>0?[0-9]|1[0-2])(?::(?P<m12>[0-9]{2})(?::(?P<s12>[0-9]{2}))?)?\s?(?P<half>[ap])\.?m\b\.?"
    r"|(?P<h24>[0-9]{1,2}):(?P<m24>[0-9]{2})(?::(?P<s24>[0-9]{2})(?:[.,][0-9]{1,9})?)?(?![0-9]|:[0-9]))"
    r"(?P<ish>\s?-?ish\b|\sor\sso\b)?"
)
_PLACE: Final = r"[A-Za-z_]+(?:/[A-Za-z0-9_+-]+){1,2}"
_ZONE: Final = rf"(?P<zone>(?:UTC|GMT)?[+-][0-9]{{1,2}}(?::?[0-9]{{2}})?(?![0-9:])|{_PLACE}|(?:{NAMES})\b)"
_HEAD_ZONE: Final = (
    r"(?P<zone>(?:(?-i:UTC|GMT)[+-][0-9]{1,2}(?::?[0-9]{2})?|[+-][0-9]{2}:?[0-9]{2})(?![0-9:])"
    rf"|{_PLACE}|(?-i:{NAMES})\b)"
)
_AGO: Final = (
    rf"(?:-\s?(?P<minus>{DURATION})|(?:(?P<back>{DURATION})|(?P<one>an?\s(?:minute|hour|day)|half\san\shour))\sago\b)"
)
_ABSOLUTE: Final = rf"(?:{_day_pattern('')}(?:T|,?\s(?:at\s)?))?{_CLOCK}"
_NOW: Final = re.compile(r"(?P<just>just\s)?(?:right\s)?now\b", re.IGNORECASE)
_WHOLE: Final = re.compile(
    rf"{_ABOUT}(?:{_AGO}|{_ABSOLUTE}(?:\s?{_ZONE})?(?:,?\s(?:on\s)?{_day_pattern('2')})?)", re.IGNORECASE
)
_HEAD: Final = re.compile(rf"{_ABOUT}(?:{_AGO}|{_ABSOLUTE}(?:\s?{_HEAD_ZONE})?)", re.IGNORECASE)
"""At the head of a sentence nothing is a part of the time that could be the sentence's first word."""
_PARTED: Final = re.compile(r"(?:\s?[:,;]|\s-)?(?=\s|$)")


def parse_moment(text: str, now: datetime, zone: str) -> Moment:
    """The moment that a person of the IANA `zone` means by `text`, at `now` (aware). Whole seconds, never after `now`.

    Raises:
        Refused: not understood, or not yet.
        Ambiguous: a local time that a clock change or a wrong zone name makes doubtful; it holds the real choices.
    """
    written = one_line(text.translate(_SAME))
    found = _WHOLE.fullmatch(written) if len(written) <= LONGEST else None
    present = now.astimezone(UTC).replace(microsecond=0)
    if found:
        return _Reading(found, present, zone).moment()
    if len(written) <= LONGEST and (at_once := _NOW.fullmatch(written)):
        return Moment(present, approximate=bool(at_once["just"]))
    raise _not_understood(written)


def leading_moment(text: str, *, asked: bool = False) -> tuple[str, int]:
    """The time at the very head of a line, and where what follows begins; `("", 0)` if there is none.

    With `asked` (after `--at`) also `now` and `just now`, which otherwise begin a sentence.
    """
    head = text[: LONGEST + 1].translate(_SAME)
    found = (asked and _NOW.match(head)) or _HEAD.match(head)
    parted = found and _PARTED.match(head, found.end())
    if not found or not parted:
        return "", 0
    end = parted.end()
    return found[0], end + len(text[end:]) - len(text[end:].lstrip())


def clock(at: datetime, zone: str, *, day: bool = False) -> str:
    """For people: `14:02 EDT`, with seconds where they are not zero, with `day` as `2026-03-08 14:02 EDT`.

    A zone unknown here is shown in UTC, and says so.
    """
    local = at.astimezone(named(zone) or UTC)
    return f"{local:%Y-%m-%d} {_o_clock(local)}" if day else _o_clock(local)


def _o_clock(local: datetime) -> str:
    return f"{local:%H:%M:%S} {zone_label(local)}" if local.second else f"{local:%H:%M} {zone_label(local)}"


def _not_understood(written: str) -> Refused:
    shown = shorten(written, 40)
    for pattern, sentence in _HINTS:
        if pattern.fullmatch(written[:LONGEST]):
            return Refused(f"“{shown}” {sentence}", EXAMPLE)
    return Refused(f"“{shown}” is not a time that I can read.", EXAMPLE)


_HINTS: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), sentence)
    for pattern, sentence in (
        (r".*\b(?:later|after|earlier|before)\b.*", "does not say what it is counted from: write a time of day."),
        (r"(?:in\s|\+).*|tomorrow.*", "has not happened yet; only what has happened can be recorded."),
        (r"[0-9]{3,4}", "could be several things: write hours and minutes with a colon."),
        (r"-?\s?[0-9]{1,2}", "has no unit: write minutes as -20m, a time of day as 14:00 or 2pm."),
        (r"[0-9]{1,4}[./][0-9]{1,2}[./][0-9]{1,4}.*", "can be read in two orders: write the date as 2026-03-08."),
        (rf"{_day_pattern('')}", "has no time of day: write the time beside it."),
        (r"(?:1[3-9]|2[0-4]|00):[0-9]{2}\s?[ap]m", "mixes the two clocks: write 14:02 or 2:02pm."),
    )
)


class _Reading:
    """One written time against the clock: `now` in whole seconds UTC, the typist's zone as Slack names it."""

    def __init__(self, found: re.Match[str], now: datetime, zone: str) -> None:
        self.found = found
        self.now = now
        self.own = named(zone)
        self.own_name = zone
        self.written = shorten(found[0].strip(), 40)

    def moment(self) -> Moment:
        ago = self._ago()
        at = self.now - ago if ago is not None else self._absolute()
        if at < OLDEST:
            raise Refused(f"“{self.written}” would be in {at.year}; that is too long ago to be meant.", EXAMPLE)
        part = self.found.groupdict()
        return Moment(min(at, self.now).replace(microsecond=0), bool(part["about"] or part["ish"]))

    def _ago(self) -> timedelta | None:
        part = self.found
        if part["one"]:
            words = part["one"].lower()
            return timedelta(minutes=30) if words.startswith("half") else read_duration("1 " + words.split()[-1])
        length = part["minus"] or part["back"]
        if not length:
            return None
        return min(read_duration(length), self.now - datetime(1970, 1, 1, tzinfo=UTC))

    def _absolute(self) -> datetime:
        zone = self._zone()
        place = timezone(zone.offset) if isinstance(zone, Abbreviated) else zone
        wall = self._wall(place)
        if isinstance(zone, Abbreviated):
            return self._by_name(wall, zone)
        return self._by_calendar(wall, zone)

    def _zone(self) -> tzinfo | Abbreviated:
        written = self.found["zone"]
        if written:
            return zone_of(written, self.own or ZoneInfo("UTC"), self.now)
        if self.own is None:
            raise Refused(f"Your zone “{self.own_name}” is unknown here: name one with the time.", "14:02 UTC")
        return self.own

    # -- which day ----------------------------------------------------------------------------------------------

    def _wall(self, place: tzinfo) -> datetime:
        """The wall time meant, on the clocks of the place."""
        at = self._time()
        today = self.now.astimezone(place).date()
        part = self._day_parts()
        if part["year"] or part["dm"] or part["md"]:
            return self._dated(part, at, today)
        if part["near"]:
            self._one_today(place, at, part["near"])
            return datetime.combine(today - timedelta(days=part["near"].lower() == "yesterday"), at)
        return self._last_time(part, at, today, place)

    def _day_parts(self) -> dict[str, str]:
        """The date, wherever it stands: before the time of day or after it."""
        every = self.found.groupdict()
        names = ("near", "last", "weekday", "year", "month", "day", "d", "dm", "md", "dd", "worded_year")
        before = {name: every[name] or "" for name in names}
        after = {name: every.get(f"{name}2") or "" for name in names}
        if any(before.values()) and any(after.values()):
            raise Refused(f"“{self.written}” names two days.", EXAMPLE)
        return before if any(before.values()) else after

    def _time(self) -> time:
        part = self.found
        hour, minute, second = part["h24"] or part["h12"], part["m24"] or part["m12"], part["s24"] or part["s12"]
        return self._real_time(int(hour), int(minute or 0), int(second or 0), (part["half"] or "").lower())

    def _real_time(self, hour: int, minute: int, second: int, half: str) -> time:
        if half and not hour:
            raise Refused(f"“{self.written}” mixes the two clocks: midnight is 12am or 00:00.", EXAMPLE)
        if half:
            hour = hour % 12 + 12 * (half == "p")
        if hour > 23 or minute > 59 or second > 59:
            raise Refused(f"“{self.written}” is no time of day: they go from 00:00 to 23:59:59.", EXAMPLE)
        return time(hour, minute, second)

    def _dated(self, part: dict[str, str], at: time, today: date) -> datetime:
        if part["year"]:
            self._sane(int(part["year"]), today)
            return datetime.combine(_day(int(part["year"]), int(part["month"]), int(part["day"])), at)
        month, day = month_number(part["dm"] or part["md"]), day_number(part["d"] or part["dd"])
        if part["worded_year"]:
            self._sane(int(part["worded_year"]), today)
            return datetime.combine(_day(int(part["worded_year"]), month, day), at)
        this_year = datetime.combine(_day(today.year, month, day), at)
        if this_year.date() > today and (this_year.date() - today).days > 183:
            return datetime.combine(_day(today.year - 1, month, day), at)
        return this_year

    def _sane(self, year: int, today: date) -> None:
        if year > today.year + 1:
            raise Refused(f"“{self.written}” is in the year {year}, which has not come yet.", EXAMPLE)
        if year < OLDEST.year:
            raise Refused(f"“{self.written}” is in the year {year}; that is too long ago to be meant.", EXAMPLE)

    def _one_today(self, place: tzinfo, at: time, word: str) -> None:
        """Where the written zone has another date than the typist's, `today` and `yesterday` have two meanings."""
        dates = {
            self.now.astimezone(z).date() - timedelta(days=word.lower() == "yesterday") for z in self._zones(place)
        }
        if len(dates) > 1:
            choices = tuple(t for d in sorted(dates) for t in instants(datetime.combine(d, at), place))
            raise Ambiguous(
                f"“{word}” is another date in that zone than in yours: write the date.",
                f"{min(dates)} {at:%H:%M} {self.found['zone']}",
                readings(self._past(choices), place, day=True),
            )

    def _zones(self, place: tzinfo) -> Iterator[tzinfo]:
        yield place
        if self.own:
            yield self.own

    def _last_time(self, part: dict[str, str], at: time, today: date, place: tzinfo) -> datetime:
        """The rule of the module's docstring, over the days on which the clock showed the time."""
        days = list(_days(part["weekday"], today, before_today=bool(part["last"])))
        last = next(d for d in days if self._has_come(datetime.combine(d, at, place)))
        following = datetime.combine(last + (days[0] - days[1]), at, place)
        if not part["last"] and following.astimezone(UTC) - self.now <= AHEAD:
            raise self._not_yet(
                "A time within the next three hours is not taken for the one before.", f"{last} {at:%H:%M}"
            )
        return datetime.combine(last, at)

    # -- which moment -------------------------------------------------------------------------------------------

    def _has_come(self, at: datetime) -> bool:
        return at.astimezone(UTC) <= self.now + SKEW

    def _past(self, moments: tuple[datetime, ...]) -> tuple[datetime, ...]:
        return tuple(at for at in moments if self._has_come(at))

    def _by_calendar(self, wall: datetime, zone: tzinfo) -> datetime:
        real = instants(wall, zone)
        past = self._past(real)
        if len(past) == 1:
            return past[0]
        if real and not past:
            raise self._not_yet()
        choices = past or self._past(neighbours(wall, zone))
        if not choices:
            raise self._not_yet()
        name = getattr(zone, "key", "that zone")
        what = "was shown twice" if past else "was skipped"
        raise Ambiguous(
            f"{wall:%H:%M} on {wall:%Y-%m-%d} {what} in {name}, because the clocks changed. Which moment is meant?",
            _either(choices, zone),
            readings(choices, zone),
        )

    def _by_name(self, wall: datetime, zone: Abbreviated) -> datetime:
        """A zone's name must be the one in force on that day: PST in July is a slip with two readings."""
        at = wall.replace(tzinfo=timezone(zone.offset)).astimezone(UTC)
        local = at.astimezone(zone.home)
        if local.tzname() == zone.name:
            if not self._has_come(at):
                raise self._not_yet()
            return at
        choices = self._past(tuple(sorted({at, *instants(wall, zone.home)})))
        if not choices:
            raise self._not_yet()
        raise Ambiguous(
            f"{zone.name} is not in force on {wall:%Y-%m-%d}: {zone.home.key} keeps {zone_label(local)} then. "
            "Which moment is meant?",
            _either(choices, zone.home),
            readings(choices, zone.home),
        )

    def _not_yet(self, rule: str = "", example: str = EXAMPLE) -> Refused:
        present = clock(self.now, self.own_name, day=True)
        return Refused(f"“{self.written}” has not happened yet: it is {present} now. {rule}".strip(), example)


def _either(choices: tuple[datetime, ...], zone: tzinfo) -> str:
    return " or ".join(reading.text for reading in readings(choices, zone))


def _days(weekday: str, today: date, *, before_today: bool) -> Iterator[date]:
    """The days meant by a bare time or a weekday, the latest first, from the one that may be just ahead."""
    step, start = 1, today + timedelta(days=1)
    if weekday:
        step = 7
        start -= timedelta(days=(start.weekday() - weekday_number(weekday)) % 7)
    if before_today and start >= today:
        start -= timedelta(days=step)
    for back in range(4):
        yield start - timedelta(days=back * step)
