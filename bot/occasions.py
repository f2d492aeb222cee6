"""When somebody hears of what is followed up: on which days, at which hour of their own, and what was missed.

Between the plan and the clock stands a row of the database (`Watch`), kept in step with the facts, so that the clock
needs to look at nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.calendars import Calendar
from bot.followups import Followup, Topic
from bot.policy import FollowUps

LATE_AFTER: Final = timedelta(hours=1)
"""A reminder that comes this long after its hour says so."""
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Watch:
    """A follow-up of an incident as it is remembered. Occasions up to `after` are accounted for; `next_at` is when to
    look at it again, None: never.
    """

    incident: int
    followup: Followup
    after: datetime
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class Occasion:
    """A day on which somebody is to hear of it, and the moment (UTC) of that day."""

    day: date
    at: datetime


def calendar(zone: str, policy: FollowUps) -> Calendar:
    return Calendar(ZoneInfo(zone), policy.hour, policy.until, policy.workdays, policy.holidays)


def occasions(followup: Followup, policy: FollowUps, hours: Calendar, since: date) -> Iterator[Occasion]:
    """The days on which somebody is to hear of it, from `since` on, in order: without end where it repeats.

    What should come before or on a free day comes on the last working day before it; what repeats, and what was put
    off, on the next one. What repeats does so on the same weekdays for all things, so that they come together.
    """
    floor = max(since, followup.snoozed) if followup.snoozed else since
    dated = sorted(_dated(followup, policy, hours))
    days = {day for day in dated if day >= floor}
    if followup.snoozed and followup.snoozed >= since and _put_off(followup, dated):
        days.add(hours.working_day(followup.snoozed))
    for day in _merged(sorted(days), _repeated(followup, policy, hours, floor)):
        yield Occasion(day, hours.opening(day))


def _put_off(followup: Followup, dated: Sequence[date]) -> bool:
    """Would something have been said before the day until which it was put off?"""
    return followup.snoozed is not None and bool(dated) and dated[0] < followup.snoozed


def _merged(days: Sequence[date], repeated: Iterator[date]) -> Iterator[date]:
    """Both in order, each day once."""
    ahead = next(repeated, None)
    for day in days:
        while ahead is not None and ahead < day:
            yield ahead
            ahead = next(repeated, None)
        if ahead == day:
            ahead = next(repeated, None)
        yield day
    while ahead is not None:
        yield ahead
        ahead = next(repeated, None)


def _dated(followup: Followup, policy: FollowUps, hours: Calendar) -> Iterator[date]:
    if followup.topic in _WEEKLY:
        return
    for ahead in policy.before if followup.topic in _ANNOUNCED else ():
        yield hours.working_day(followup.due - timedelta(days=ahead), -1)
    if policy.on_the_day or followup.topic not in _ANNOUNCED:
        yield hours.working_day(followup.due, -1)


def _repeated(followup: Followup, policy: FollowUps, hours: Calendar, floor: date) -> Iterator[date]:
    """Each such weekday while it is overdue; what is told to others, once a week from its day on."""
    weekly = followup.topic in _WEEKLY
    weekdays = frozenset({policy.weekly_on}) if weekly else policy.overdue_on
    begin = followup.due if weekly else followup.due + _GRACE
    day, last = max(begin, floor - _LONGEST_HOLIDAY), None
    while weekdays:
        told = hours.working_day(day)
        if day.weekday() in weekdays and told >= floor and told != last:
            yield told
            last = told
            if followup.topic is Topic.TOLD:
                return
        day += _DAY


_ANNOUNCED: Final = frozenset({Topic.ITEM, Topic.MEETING, Topic.REVIEW, Topic.METRICS, Topic.STEPS})
"""Heard of before the day."""
_WEEKLY: Final = frozenset({Topic.LATE, Topic.TOLD, Topic.DIGEST})
"""Told to others than those who have to do it, all together."""
_GRACE: Final = timedelta(days=2)
"""Not on the very day after the day itself."""
_LONGEST_HOLIDAY: Final = timedelta(days=14)


def following(followup: Followup, after: datetime, policy: FollowUps, hours: Calendar) -> datetime | None:
    """The moment of the first occasion after that moment; None: there is none any more."""
    ahead = occasions(followup, policy, hours, hours.day(after))
    return next((occasion.at for occasion in ahead if occasion.at > after), None)


def missed(followup: Followup, after: datetime, now: datetime, policy: FollowUps, hours: Calendar) -> Occasion | None:
    """The last occasion after `after` that has come by now: of several only that one."""
    last = None
    for occasion in occasions(followup, policy, hours, hours.day(after)):
        if occasion.at > now:
            break
        if occasion.at > after:
            last = occasion
    return last


def watched(
    followup: Followup, before: Watch | None, incident: int, now: datetime, zone: str | None, policy: FollowUps
) -> Watch:
    """The row of what is followed up from now on. As long as the thing, its date and its person stay the same, what
    was said of it stays said; a zone of None is not known yet, so it is looked at once, when somebody can be asked.
    """
    if before is not None and before.followup == followup:
        return before
    same = before is not None and (before.followup.person, before.followup.due, before.followup.snoozed) == (
        followup.person,
        followup.due,
        followup.snoozed,
    )
    after = before.after if before is not None and same else now
    next_at = following(followup, after, policy, calendar(zone, policy)) if zone else now
    return Watch(incident, followup, after, next_at)


@dataclass(frozen=True, slots=True)
class Address:
    """Somebody who can be reached, and the zone of their day."""

    id: str
    zone: str


@dataclass(frozen=True, slots=True)
class Nudge:
    """Somebody is to hear of something today: `to` of what concerned `person` and was due then. `late`: it should have
    been at `meant`.
    """

    to: str
    day: date
    incident: int
    key: str
    person: str
    due: date
    meant: datetime
    late: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """What becomes of a row whose moment has come."""

    watch: Watch
    nudge: Nudge | None


def judge(watch: Watch, now: datetime, to: Address | None, policy: FollowUps) -> Judged:
    """Nudge, wait for the working day, or find that the moment has not come where that person is.

    Nobody to be told: look again tomorrow.
    """
    if to is None:
        return Judged(_again(watch, now + _DAY), None)
    hours, followup = calendar(to.zone, policy), watch.followup
    occasion = missed(followup, watch.after, now, policy, hours)
    if occasion is None:
        return Judged(_again(watch, following(followup, watch.after, policy, hours)), None)
    if not hours.is_open(now):
        return Judged(_again(watch, hours.next_opening(now)), None)
    nudge = Nudge(
        to=to.id,
        day=hours.day(now),
        incident=watch.incident,
        key=followup.key,
        person=followup.person,
        due=followup.due,
        meant=occasion.at,
        late=now - occasion.at > LATE_AFTER,
    )
    return Judged(Watch(watch.incident, followup, now, following(followup, now, policy, hours)), nudge)


def _again(watch: Watch, at: datetime | None) -> Watch:
    return Watch(watch.incident, watch.followup, watch.after, at)
