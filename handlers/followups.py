"""Rows of follow-ups: kept in step with the facts in their own commit, and turned into messages when they come due."""

from __future__ import annotations

import hashlib
import logging
import uuid
from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Final

import aiohttp
from slack_sdk.errors import SlackApiError

from bot import followups as fu
from bot import occasions as oc
from bot.facts import Recorded
from bot.incident import Incident
from bot.reminding import LIVE
from handlers import reminding
from handlers.desk import Desk
from handlers.homes import publishing
from storage import Call, FollowupRow, NudgeRow, Visit
from storage.followups import Round

log = logging.getLogger("scribe.followups")

AT_ONCE: Final = 500
"""Rows looked at in one transaction."""
SHORTLY: Final = timedelta(minutes=2)
PATIENCE: Final = timedelta(hours=1)
"""After which a row that could not be judged is looked at again."""


# ---- kept in step


async def keep_in_step(desk: Desk, visit: Visit, incident: Incident, recorded: Sequence[Recorded]) -> None:
    """Within the visit that recorded these facts: follow up what the incident asks for now, and nothing else of it."""
    await reminding.keep_in_step(desk, visit, incident, recorded)
    keys = fu.touched(incident, [each.fact for each in recorded])
    if keys is None or keys:
        await follow(desk, visit, incident, keys)


async def follow(
    desk: Desk, visit: Visit, incident: Incident, keys: frozenset[str] | None, *, edited: bool = True
) -> None:
    """Bring the rows under these keys (None: all of the incident's) to what the incident asks for now, and so the
    messages that show them, unless nothing was said about them.
    """
    now, policy = desk.clock.now(), desk.policy.follow_ups
    planned = fu.plan(incident, desk.policy, desk.families.get(incident.family), keys)
    wanted = {f.key: f for f in planned if keys is None or f.key in keys}
    await desk.directory.recall({f.person for f in wanted.values()})
    zones = {f.person: _zone(desk, f.person) for f in wanted.values()}

    concerned: set[str] = set()

    def revise(rows: Sequence[FollowupRow]) -> tuple[list[FollowupRow], list[str]]:
        standing = {row.key: row for row in rows if row.topic in fu.DATED}
        changed = []
        for key, followup in wanted.items():
            old = standing.get(key)
            before = _watch(old) if old else None
            row = _row(oc.watched(followup, before, incident.id, now, zones[followup.person], policy))
            changed += [row] if row != old else []
        gone = standing.keys() - wanted.keys()
        concerned.update(row.person for row in changed)
        concerned.update(row.person for key, row in standing.items() if key in gone or wanted[key].person != row.person)
        return changed, sorted(gone)

    shown = await visit.follow(incident.id, keys, revise)
    if edited:
        homes = await visit.homes(concerned | {f.person for f in wanted.values() if keys is not None})
        again = [publishing(person, f"{incident.id}:{incident.seq}") for person in sorted(homes)]
        await visit.put([*(editing(to, day, now) for to, day in sorted(shown)), *again], now)


async def plan_anew(desk: Desk) -> None:
    """At the start: where the rules have changed since everything was planned, or nothing was, plan it all again."""
    rules = _rules(desk)
    if await desk.store.rules_followed() == rules:
        return
    before = None
    while rows := await desk.store.incidents(before=before, limit=AT_ONCE):
        for row in rows:
            async with desk.store.visit(row.id) as visit:
                await follow(desk, visit, visit.incident, None, edited=False)
                await reminding.plan(desk, visit, visit.incident)
        before = rows[-1].id
    await desk.store.follow_rules(rules, desk.clock.now())


def _rules(desk: Desk) -> str:
    """What the plan depends on beside the facts; equal where nothing of it was changed."""
    policy = desk.policy.follow_ups
    said = {field.name: getattr(policy, field.name) for field in fields(policy)}
    plain = {name: sorted(value) if isinstance(value, frozenset) else value for name, value in said.items()}
    families = sorted(
        (key, str(family.reviews), str([horizon.within for horizon in family.horizons]), family.zone)
        for key, family in desk.families.items()
    )
    return hashlib.sha256(f"{plain} {families} {desk.policy.reminders}".encode()).hexdigest()


def _zone(desk: Desk, person: str) -> str | None:
    """Where this person is, as far as known; a channel is where the configuration says."""
    if not fu.is_person(person):
        return desk.policy.follow_ups.zone
    known = desk.directory.known(person)
    return known.tz if known else None


def _watch(row: FollowupRow) -> oc.Watch:
    followup = fu.followup_of(row.key, row.topic, row.person, row.body)
    return oc.Watch(row.incident, followup, row.after, row.next_at)


def _row(watch: oc.Watch) -> FollowupRow:
    followup = watch.followup
    return FollowupRow(
        incident=watch.incident,
        key=followup.key,
        topic=followup.topic,
        person=followup.person,
        body=fu.body_of(followup),
        after=watch.after,
        next_at=watch.next_at,
    )


# ---- when they come due


async def tick(desk: Desk) -> None:
    """Judge what is due, and put a message for each person and day; with nothing due this reads no row."""
    while True:
        now = desk.clock.now()
        due = await desk.store.followups_due(now, AT_ONCE)
        if not due:
            return
        asked = await _acquaint(desk, due, now)
        async with desk.store.round(now, AT_ONCE) as round:
            for topics, judge in JUDGES:
                await judge(desk, round, [row for row in round.rows if row.topic in topics], now, asked)
        if not round.rows or len(due) < AT_ONCE:
            return


async def _acquaint(desk: Desk, rows: Sequence[FollowupRow], now: datetime) -> bool:
    """Learn who they are and in which zone; False: Slack cannot say now."""
    named = (who for row in rows for who in (row.person, *row.body.get("instead", ()), row.body.get("unless", "")))
    people = {who for who in named if fu.is_person(who)}
    try:
        await desk.directory.meet(people, now)
    except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
        log.warning("Slack does not say who is to be reminded (%s); trying again", error)
        return False
    return True


async def _remind(desk: Desk, round: Round, rows: Sequence[FollowupRow], now: datetime, asked: bool) -> None:
    """What has a date: one message for each person and day, whatever it is about."""
    judged = [_judged(desk, row, now, asked) for row in rows]
    nudges = [each.nudge for each in judged if each.nudge]
    await round.settle([_row(each.watch) for each in judged], [_told(nudge) for nudge in nudges])
    messages = sorted({(nudge.to, nudge.day.isoformat()) for nudge in nudges})
    new = await round.put_new([posting(to, day) for to, day in messages], now)
    known = [(to, day) for to, day in messages if key_of(to, day) not in new]
    await round.put([editing(to, day, now) for to, day in known], now)


def _judged(desk: Desk, row: FollowupRow, now: datetime, asked: bool) -> oc.Judged:
    """A row that cannot be judged keeps nobody else waiting."""
    watch = _watch(row)
    if not asked and any(fu.is_person(who) and not desk.directory.known(who) for who in _whom(watch.followup)):
        return oc.Judged(oc.Watch(watch.incident, watch.followup, watch.after, now + SHORTLY), None)
    try:
        return oc.judge(watch, now, _address(desk, watch.followup), desk.policy.follow_ups)
    except Exception:
        log.exception("error %s: follow-up %s of incident %s", uuid.uuid4().hex[:8], row.key, row.incident)
        return oc.Judged(oc.Watch(watch.incident, watch.followup, watch.after, now + PATIENCE), None)


def _whom(followup: fu.Followup) -> list[str]:
    """Everybody on whom it depends."""
    return [who for who in (followup.person, *followup.instead) if who]


def _address(desk: Desk, followup: fu.Followup) -> oc.Address | None:
    """The first who can be reached; a channel always can."""
    if followup.unless and _gone(desk, followup.unless):
        return None
    for who in _whom(followup):
        if not fu.is_person(who):
            return oc.Address(who, desk.policy.follow_ups.zone)
        known = desk.directory.known(who)
        if known is not None and not _gone(desk, who):
            return oc.Address(who, known.tz)
    return None


def _gone(desk: Desk, who: str) -> bool:
    """Slack knows nobody by this who could read a message."""
    known = desk.directory.known(who)
    return known is None or known.deleted or known.bot


def _told(nudge: oc.Nudge) -> NudgeRow:
    return NudgeRow(
        to=nudge.to,
        day=nudge.day.isoformat(),
        incident=nudge.incident,
        key=nudge.key,
        person=nudge.person,
        due=nudge.due.isoformat(),
        meant=nudge.meant,
        late=nudge.late,
    )


def key_of(to: str, day: str) -> str:
    """One message for each person and day of theirs: by this key alone, whichever process puts it."""
    return f"nudges:{to}:{day}"


def posting(to: str, day: str) -> Call:
    """The message of that day, composed when it goes out."""
    return Call(key_of(to, day), f"nudges:{to}", "scribe.nudges", {"to": to, "day": day}, None, "")


def editing(to: str, day: str, now: datetime) -> Call:
    """The message of that day as things stand when this goes out; one that is not posted yet needs no edit."""
    key = key_of(to, day)
    return Call(
        key=f"{key}:{now.timestamp():.6f}",
        lane=f"nudges:{to}",
        method="scribe.nudged",
        args={"to": to, "day": day},
        incident=None,
        purpose="",
        replaces=f"{key}:edit",
    )


JUDGES: Final = ((fu.DATED, _remind), (frozenset({LIVE}), reminding.judge))
"""Which topics of rows are judged by whom."""
