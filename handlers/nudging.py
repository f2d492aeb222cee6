"""Reminders as messages: composed from what stands when they go out, and edited as things are done."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from slack_sdk.errors import SlackApiError

from bot.followups import DATED, Followup, followup_of, is_person
from bot.nudging import Line, lines, present
from bot.occasions import Nudge
from bot.wire import mentions
from handlers.desk import Desk
from handlers.homes import HOME
from handlers.slack_errors import DEPARTED, code_of
from storage import NudgeRow
from templates.blocks.nudges import nudges_message

Message = dict[str, Any]


async def lines_of(desk: Desk, to: str, day: str) -> list[Line]:
    """What was told them that day, as it stands now; for the Home tab, what is followed up with them now."""
    if day == HOME:
        return await _present(desk, to)
    told: dict[int, list[NudgeRow]] = defaultdict(list)
    for row in await desk.store.nudges(to, day):
        told[row.incident].append(row)
    found: list[Line] = []
    for id, rows in told.items():
        incident = await desk.store.incident(id)
        family = desk.families.get(incident.family)
        found += lines(incident, [_nudge(row) for row in rows], desk.policy, family)
    await desk.directory.meet({who for line in found for who in _named(line)}, desk.clock.now())
    return found


async def _present(desk: Desk, to: str) -> list[Line]:
    now, zone = desk.clock.now(), ZoneInfo(await _zone(desk, to))
    rows: dict[int, list[Followup]] = defaultdict(list)
    for row in await desk.store.followups_of(to):
        if row.topic in DATED:
            rows[row.incident].append(followup_of(row.key, row.topic, row.person, row.body))
    found: list[Line] = []
    for id, followups in rows.items():
        incident = await desk.store.incident(id)
        family = desk.families.get(incident.family)
        found += present(incident, followups, to, now, now.astimezone(zone).date(), HOME, family)
    await desk.directory.meet({who for line in found for who in _named(line)}, now)
    return found


def _nudge(row: NudgeRow) -> Nudge:
    day, due = date.fromisoformat(row.day), date.fromisoformat(row.due)
    return Nudge(row.to, day, row.incident, row.key, row.person, due, row.meant, row.late)


def _named(line: Line) -> list[str]:
    items = [*line.items, *([line.item] if line.item else [])]
    told = [line.followup.person] if line.followup else []
    return [*told, *(who for item in items for who in (item.owner or "", *mentions(item.text)))]


async def told(desk: Desk, lines: Sequence[Line], page: int) -> Message | None:
    """A page of what was told somebody on one day, as it stands now; None: nothing was."""
    return nudges_message(lines, desk.look, await _zone(desk, lines[0].nudge.to), page) if lines else None


async def message_of(desk: Desk, to: str, day: str, *, posted: bool) -> Message | None:
    """The reminder of that day; before it is posted, what was done meanwhile is left out, and None if that is all."""
    found = [line for line in await lines_of(desk, to, day) if posted or line.stands]
    return await told(desk, found, 1)


async def _zone(desk: Desk, to: str) -> str:
    return (await desk.directory.person(to, desk.clock.now())).tz if is_person(to) else desk.policy.follow_ups.zone


async def place_for(desk: Desk, to: str) -> str | None:
    """The channel in which they are told: their own with Scribe, or the channel itself. None: they are gone."""
    if not is_person(to):
        return to
    try:
        return str((await desk.courier.conversations_open(users=to))["channel"]["id"])
    except SlackApiError as error:
        if code_of(error) not in DEPARTED:
            raise
        await desk.directory.depart(to, desk.clock.now())
        return None
