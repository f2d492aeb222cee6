"""An incident's own reminders: their row kept in step with the facts, and their one message posted and edited."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot import reminding as rm
from bot.facts import Recorded
from bot.incident import Incident
from handlers.desk import Desk
from storage import Call, FollowupRow, Visit
from storage.followups import Round
from templates.blocks.parts import Message
from templates.blocks.reminders import reminder_message

log = logging.getLogger("scribe.reminding")

ANCHOR: Final = "remind"
PATIENCE: Final = timedelta(hours=1)


async def keep_in_step(desk: Desk, visit: Visit, incident: Incident, recorded: Sequence[Recorded]) -> None:
    """Within the visit that recorded these facts: look at what is outstanding when it next changes."""
    if rm.changes([each.fact for each in recorded]):
        await plan(desk, visit, incident)


async def plan(desk: Desk, visit: Visit, incident: Incident) -> None:
    """Within a visit: the row as the incident asks for it now, and the message, if there is one, made anew."""
    now = desk.clock.now()
    posted = ANCHOR in incident.anchors
    at = now if _outstanding(desk, incident, now) and not posted else _next(desk, incident, now)
    row = FollowupRow(incident.id, rm.LIVE, rm.LIVE, incident.channel or "", {}, now, at)
    await visit.follow(incident.id, frozenset({rm.LIVE}), lambda rows: ([row], []))
    if posted:
        await visit.put([saying(incident, f"{incident.seq}")], now)


async def judge(desk: Desk, round: Round, rows: Sequence[FollowupRow], now: datetime, asked: bool) -> None:
    """The moment of these rows has come; one that cannot be judged keeps no other waiting."""
    for row in rows:
        try:
            incident = await desk.store.incident(row.incident)
            again = _next(desk, incident, now)
            told = [saying(incident, f"{now.timestamp():.6f}")] if _is_told(desk, incident, now) else []
        except Exception:
            log.exception("error %s: reminders of incident %s", uuid.uuid4().hex[:8], row.incident)
            again, told = now + PATIENCE, []
        await round.settle([replace(row, after=now, next_at=again)], [])
        await round.put(told, now)


def _is_told(desk: Desk, incident: Incident, now: datetime) -> bool:
    return ANCHOR in incident.anchors or bool(_outstanding(desk, incident, now))


def _outstanding(desk: Desk, incident: Incident, now: datetime) -> list[rm.Reminder]:
    return rm.reminders(incident, desk.policy, desk.families.get(incident.family), now)


def _next(desk: Desk, incident: Incident, now: datetime) -> datetime | None:
    return rm.next_look(incident, desk.policy, desk.families.get(incident.family), now)


def saying(incident: Incident, because: str) -> Call:
    """Post the message, or edit it; of several that wait only the last is done."""
    channel = incident.channel or ""
    key = f"remind:{incident.id}"
    return Call(f"{key}:{because}", channel, "scribe.remind", {"channel": channel}, incident.id, ANCHOR, replaces=key)


def message_of(desk: Desk, incident: Incident) -> Message:
    """What is outstanding as of now."""
    now = desk.clock.now()
    goes_on = rm.goes_on(incident, desk.families.get(incident.family))
    return reminder_message(incident, _outstanding(desk, incident, now), goes_on, desk.look, now)


def anything(desk: Desk, incident: Incident) -> bool:
    """Is anything outstanding as of now?"""
    return bool(_outstanding(desk, incident, desk.clock.now()))
