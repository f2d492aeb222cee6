"""When channels are read back: at the start, after an absence, at a reconnect, on a slow tick, and when asked to."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from bot.commands import Request
from bot.decision import Refused, say
from bot.incident import Incident
from bot.stamps import stamp_of
from handlers import readback
from handlers.act import Message
from handlers.desk import Desk
from handlers.history import Reading
from handlers.looking import next_look
from handlers.slack_calls import Args
from storage import Call, Leased, Visit
from templates.blocks.replies import reply_message

FOLLOWED: Final = timedelta(days=7)
"""How long after the last word of it an incident that is over is still read back."""


async def read_all(desk: Desk, *, whole: bool, anew: bool) -> None:
    """Have every followed channel read back: `whole`, or the last hour; `anew` even where that is under way."""
    now = desk.clock.now()
    followed = {channel: incident for incident, channel in await desk.store.followed(now - FOLLOWED)}
    async with desk.store.visit(None) as visit:
        for channel, incident in followed.items():
            await _put(desk, visit, channel, incident, whole=whole, anew=anew)


async def read_one(desk: Desk, channel: str) -> None:
    """Have one channel read back whole, because Scribe is in it again."""
    incident = await desk.store.incident_at(channel)
    if incident is not None:
        async with desk.store.visit(None) as visit:
            await _put(desk, visit, channel, incident, whole=True, anew=True)


async def _put(desk: Desk, visit: Visit, channel: str, incident: int, *, whole: bool, anew: bool = False) -> None:
    """One reading of a channel at a time goes on by itself. One that is under way is enough, unless what happened since
    calls for a reading of the whole `anew`: that begins again at the newest message, with what was found so far.
    """
    now = desk.clock.now()
    reading = Reading(channel, f"readback:{channel}:{'whole' if whole else 'recent'}:{stamp_of(now)}", whole=whole)
    under_way = await visit.unfinished(reading.name or "")
    untried = [Reading.of(args) for args, is_untried in under_way if is_untried]
    enough = any(args["whole"] or not whole for args, _ in under_way) and not anew
    if not enough:
        begun = untried[0].afresh(reading.root) if whole and untried else reading
        await visit.put([begun.call(incident)], now)


def adopting(incident: Incident, channel: str, floor: str) -> Call:
    """The errand of reading an adopted channel's earlier messages; it waits in the outbox, so it is not forgotten."""
    return Reading(channel, f"readback:{incident.id}:{channel}", floor=floor).call(incident.id)


def archiving(incident: Incident, channel: str, request: Request) -> Call:
    """Read back, then archive: in the channel's own lane, so that whatever is still to be posted is posted before."""
    return Reading(channel, f"readback:{request.key}", lane=channel, then="archive").call(incident.id)


async def asked(desk: Desk, incident: int, request: Request) -> Message:
    """`/incident catchup`: read the channel back now and tell the asker what nobody had heard.

    Raises:
        Refused: the incident has no channel yet.
    """
    state = await desk.store.incident(incident)
    if state.channel is None:
        raise Refused(f"{state.number} has no channel yet.", "/incident list")
    reading = Reading(state.channel, f"readback:{request.key}", asker=request.by)
    async with desk.store.visit(incident) as visit:
        await visit.put([reading.call(incident)], desk.clock.now())
        answer = reply_message(say("The channel is being read back; you are told what nobody had heard."), desk.look)
        await visit.answer(request.key, answer)
    return answer


async def look(desk: Desk, call: Leased, args: Args) -> None:
    """The slow tick of one open incident: read the last hour, and look again after a while; over, it ends.

    While nobody listens it reads nothing: what is missed is counted by the reading that ends the absence.
    """
    attended = await desk.store.attended(desk.clock.now())
    heard = await desk.store.last_heard_of(call.incident) if call.incident is not None else None
    async with desk.store.visit(call.incident) as visit:
        if not await visit.delivered(call.id, {}, desk.clock.now()) or not visit.incident.is_open:
            return
        channel, now = visit.incident.channel, desk.clock.now()
        if channel is not None and attended and not visit.incident.unreachable:
            await _put(desk, visit, channel, visit.incident.id, whole=False)
        await visit.put([next_look(desk, visit.incident, heard)], now)


ERRANDS: Final = {"scribe.readback": readback.step, "scribe.look": look}
