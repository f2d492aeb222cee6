"""A channel read back page by page. Each step is a call in the outbox: its page, what follows from it and where the
next step goes on are one commit, so a crash costs one page at most and nothing is told twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from slack_sdk.errors import SlackApiError

from bot.commands import AttachChannel, Command, NoteReading, Request
from bot.facts import Evidence
from bot.incident import Incident, entries_of, mention_key
from bot.stamps import instant_of, stamp_of
from handlers import comparing
from handlers.act import Asked, carry_out_all
from handlers.comparing import Missed, Raw
from handlers.desk import Desk
from handlers.history import PAGE, Page, Reading, missing, next_page
from handlers.looking import RECENT
from handlers.messages import is_ours, transcribed
from handlers.people import incident_here
from handlers.slack_calls import Args
from handlers.slack_errors import OUTSIDE, code_of
from storage import Absence, Call, Leased, Message, Visit

AT_ONCE: Final = 20
"""Pages read without a pause; Slack tolerates bursts."""
PACE: Final = timedelta(seconds=1.2)
"""Between the pages after these: 50 a minute, the rate of Slack's tier 3."""
LEAD: Final = timedelta(days=1)
"""How long before an incident's first trace people still mark messages in hindsight."""
REDELIVERED: Final = timedelta(minutes=10)
"""Slack tries an event again for some five minutes; what fell before an absence may have been lost in it as well."""
MENTIONS: Final = 500


class Unreadable(Exception):
    """The channel cannot be read by us; Slack's word for why."""


async def step(desk: Desk, call: Leased, args: Args) -> None:
    """Read one page and commit what follows, the next step included."""
    incident = await incident_here(desk, args["channel"])
    if incident is None:
        await desk.store.delivered(call.id, {}, desk.clock.now())
        return
    reading = Reading.of(args)
    try:
        asked, reading = await _begun(desk, reading, incident)
        before = await desk.store.incident(incident)
        page = await next_page(desk, reading)
        gone = await missing(desk, reading, page)
    except Unreadable as why:
        await _give_up(desk, call, reading, incident, str(why))
    except SlackApiError as error:
        code = code_of(error)
        if code in OUTSIDE:
            await _give_up(desk, call, reading, incident, code)
        elif code == "invalid_cursor":
            await _start_over(desk, call, reading, incident)
        else:
            raise
    else:
        await _commit(desk, call, reading, before, page, gone, asked)


# ---- beginning


async def _begun(desk: Desk, reading: Reading, incident: int) -> tuple[list[Asked], Reading]:
    """What is news of the channel itself, and the reading with its bounds."""
    if reading.began:
        return [], reading
    now = desk.clock.now()
    top = await desk.store.last_heard(reading.channel) or ""
    state = await desk.store.incident(incident)
    floor = reading.floor or await _floor(desk, reading, state, now)
    threads = () if reading.whole else await desk.store.active_threads(reading.channel, floor, PAGE)
    begun = replace(reading, began=stamp_of(now), top=top, floor=floor, threads=tuple(threads))
    return await _of_the_channel(desk, reading, state), begun


async def _floor(desk: Desk, reading: Reading, state: Incident, now: datetime) -> str:
    if not reading.whole:
        return stamp_of(now - RECENT)
    mark = f"m:{reading.channel}:"
    captured = [entry.at for key, entry in state.entries.items() if key.startswith(mark)]
    begun = min([*captured, *([state.declared_at] if state.declared_at else [])], default=now)
    kept = desk.policy.transcript_kept
    forgotten = now - kept if kept is not None and not state.is_open else begun - LEAD
    return max(stamp_of(max(begun - LEAD, forgotten)), await earlier_incident_ended(desk, reading.channel, state.id))


async def earlier_incident_ended(desk: Desk, channel: str, before: int | None = None) -> str:
    """When the newest incident that had this channel (before that one) ended; what was marked till then is its own."""
    rows = await desk.store.incidents(channel=channel, before=before, limit=1)
    turns = (await desk.store.incident(rows[0].id)).turns if rows else ()
    return stamp_of(turns[-1].at) if turns else "0"


async def _of_the_channel(desk: Desk, reading: Reading, state: Incident) -> list[Asked]:
    """Renamed or made private while nobody listened."""
    if not reading.whole or state.channel != reading.channel:
        return []
    info = (await desk.courier.conversations_info(channel=reading.channel))["channel"]
    if info.get("is_archived"):
        raise Unreadable("is_archived")
    found = AttachChannel(reading.channel, info["name"], private=bool(info.get("is_private")))
    return [Asked(state.id, found, _request(reading, "scribe", desk.clock.now()))]


def _request(reading: Reading, by: str, at: datetime) -> Request:
    return Request(f"{reading.root}:{reading.step}", by, "system", at)


# ---- what follows from a page


async def _commit(
    desk: Desk,
    call: Leased,
    reading: Reading,
    before: Incident,
    page: Page,
    gone: Sequence[Message],
    asked: list[Asked],
) -> None:
    kept = _spoken(desk, reading.channel, page)
    known = await desk.store.known(reading.channel, [message.ts for _, message in kept])
    changed = [m for _, m in kept if comparing.reworded(known.get(m.ts), m)]
    elsewhere = await _elsewhere(desk, before.id, [*changed, *gone])
    following = await _following(desk, reading, page)
    absences = await _absences(desk, following, before) if following.done else []
    async with desk.store.visit(before.id, also=sorted(set().union(*elsewhere.values()))) as visit:
        if not await visit.delivered(call.id, {}, desk.clock.now()):
            return
        found = await _found(desk, visit, before, page, kept, gone)
        asked += _asked(reading, found, elsewhere, before.id, page.asked_at)
        following = replace(following, tally=_counted(following.tally, found))
        if following.done:
            following = await _with_mentions(desk, visit, following, absences)
            asked.append(Asked(before.id, _noted(following, absences), _request(following, "scribe", page.asked_at)))
        await carry_out_all(desk, visit, asked)
        following = await _unless_overtaken(visit, following)
        await visit.put(_next_calls(following, before.id, desk.clock.now()), desk.clock.now())
    mentions = following.tally.get("mentions", 0) if following.done else 0
    desk.metrics.read_back({**_counted({}, found), "mentions": mentions})


def _spoken(desk: Desk, channel: str, page: Page) -> list[tuple[Raw, Message]]:
    said = [(m, transcribed(channel, m, page.asked_at)) for m in page.messages if not is_ours(desk, m)]
    return [(raw, message) for raw, message in said if message is not None]


async def _elsewhere(desk: Desk, here: int, messages: Sequence[Message]) -> dict[str, set[int]]:
    """The other incidents that have a line of these messages, by ts."""
    found: dict[str, set[int]] = {}
    for message in messages:
        lines = entries_of(Evidence(message.channel, message.ts))
        found[message.ts] = set(await desk.store.incidents_with(lines)) - {here}
    return found


async def _found(
    desk: Desk,
    visit: Visit,
    before: Incident,
    page: Page,
    kept: Sequence[tuple[Raw, Message]],
    gone: Sequence[Message],
) -> list[Missed | str]:
    """Remember the page and say what nobody had heard of; a bare word is a message or a reply."""
    found: list[Missed | str] = []
    stood = await visit.remember_all([message for _, message in kept])
    for (raw, message), known in zip(kept, stood, strict=True):
        if known is not None and known.deleted:
            continue
        if known is None:
            found.append("replies" if message.thread_ts else "messages")
        elif comparing.reworded(known, message):
            found.append(comparing.edit(message))
        newest = message if known is None or not (known.edited_ts or "") > (message.edited_ts or "") else known
        found += comparing.reactions(raw, newest, before, visit.incident, desk.policy, page.asked_at)
    return [*found, *map(comparing.deletion, gone)]


def _asked(
    reading: Reading, found: Sequence[Missed | str], elsewhere: Mapping[str, set[int]], here: int, at: datetime
) -> list[Asked]:
    """The commands; an edit or a deletion for every incident that has the line, a reaction for the channel's own."""
    asked: list[Asked] = []
    for number, missed in enumerate(found):
        if isinstance(missed, Missed):
            request = Request(f"{reading.root}:{reading.step}:{number}", missed.by, missed.via, at)
            others = sorted(elsewhere.get(missed.ts, ())) if missed.via == "message" else []
            asked += [Asked(id, missed.command, request) for id in (here, *others)]
    return asked


def _counted(tally: Mapping[str, int], found: Sequence[Missed | str]) -> dict[str, int]:
    counts = dict(tally)
    for missed in found:
        kind = missed if isinstance(missed, str) else missed.kind
        counts[kind] = counts.get(kind, 0) + 1
    return counts


# ---- going on


async def _following(desk: Desk, reading: Reading, page: Page) -> Reading:
    """Where the next step goes on."""
    on = replace(reading, step=reading.step + 1)
    if reading.thread is not None:
        if page.cursor:
            return replace(on, thread_cursor=page.cursor, above=page.sure or reading.above)
        return replace(on, threads=reading.threads[1:], thread_cursor="", above="")
    lowest = min((m["ts"] for m in page.messages), default=reading.below)
    threads = await _threads(desk, reading, page)
    return replace(on, cursor=page.cursor, below=lowest, read=not page.cursor, threads=threads)


async def _threads(desk: Desk, reading: Reading, page: Page) -> tuple[str, ...]:
    """The messages of the page whose replies are to be read; in the last hour's reading those that moved."""
    parents = {m["ts"]: m for m in page.messages}
    known = await desk.store.threads(reading.channel, list(parents))
    return tuple(
        ts
        for ts, parent in parents.items()
        if (parent.get("reply_count") or ts in known)
        and (reading.whole or _moved(parent, known.get(ts), reading.floor))
    )


def _moved(parent: Raw, known: tuple[int, str] | None, floor: str) -> bool:
    latest = str(parent.get("latest_reply") or "")
    return latest >= floor or (int(parent.get("reply_count") or 0), latest) != (known or (0, ""))


async def _unless_overtaken(visit: Visit, reading: Reading) -> Reading:
    """A newer reading of the whole channel waits already: it begins instead, with what this one has found."""
    if reading.done or reading.name is None:
        return reading
    newer = [args for args, is_untried in await visit.unfinished(reading.name) if is_untried and args["whole"]]
    return reading.afresh(f"{newer[0]['root']}/{reading.step}") if newer else reading


def _next_calls(reading: Reading, incident: int, now: datetime) -> list[Call]:
    if not reading.done:
        return [reading.call(incident, now + PACE if reading.step > AT_ONCE else None)]
    if reading.then == "archive":
        args = {"channel": reading.channel}
        return [Call(f"archive:{reading.root}", reading.channel, "conversations.archive", args, incident, "")]
    return []


async def _absences(desk: Desk, reading: Reading, state: Incident) -> list[Absence]:
    """Those during the incident that were over when the reading began, and so are made good by it."""
    if state.declared_at is None or not reading.whole:
        return []
    known = {away.since for away in state.absences}
    began = instant_of(reading.began)
    found = await desk.store.absences(state.declared_at, began)
    return [absence for absence in found if absence.until <= began and absence.since not in known]


async def _with_mentions(desk: Desk, visit: Visit, reading: Reading, absences: Sequence[Absence]) -> Reading:
    """What people said to @Scribe and nobody heard goes into the inbox, as of when it was said, in its order."""
    began, begun = instant_of(reading.began), visit.incident.declared_at
    first = await desk.store.first_attended()
    if begun is None or first is None:
        return reading
    since = max(begun, first, min([began - RECENT, *(absence.since - REDELIVERED for absence in absences)]))
    new = 0
    for message in await visit.mentions(reading.channel, desk.me.user_id, stamp_of(since), MENTIONS):
        body = mention(desk, message)
        said = min(instant_of(message.ts), desk.clock.now())  # their clock may be ahead of ours
        new += await visit.keep(body["event_id"], "event_callback", body, said)
    return replace(reading, tally={**reading.tally, "mentions": new}) if new else reading


def mention(desk: Desk, message: Message) -> dict[str, Any]:
    """The envelope that Slack would have sent for a message that mentions Scribe."""
    event = {
        "type": "app_mention",
        "user": message.author,
        "text": message.text,
        "ts": message.ts,
        "event_ts": message.ts,
        "channel": message.channel,
        **({"thread_ts": message.thread_ts} if message.thread_ts else {}),
    }
    key = mention_key(message.channel, message.ts)
    return {"type": "event_callback", "team_id": desk.me.team_id, "event_id": key, "event": event}


def _noted(reading: Reading, absences: Sequence[Absence]) -> NoteReading:
    spans = tuple((absence.since, absence.until) for absence in absences)
    return NoteReading(spans, tuple(sorted(reading.tally.items())), asker=reading.asker)


async def _give_up(desk: Desk, call: Leased, reading: Reading, incident: int, code: str) -> None:
    """The channel cannot be read, whoever tries; that is said once, and nothing else fails by it."""
    now = desk.clock.now()
    reading = replace(reading, began=reading.began or stamp_of(now))
    state = await desk.store.incident(incident)
    absences = await _absences(desk, reading, state)
    spans = tuple((absence.since, absence.until) for absence in absences)
    command: Command = NoteReading(spans, unread=code, asker=reading.asker)
    async with desk.store.visit(incident) as visit:
        if await visit.delivered(call.id, {}, now):
            await carry_out_all(desk, visit, [Asked(incident, command, _request(reading, "scribe", now))])


async def _start_over(desk: Desk, call: Leased, reading: Reading, incident: int) -> None:
    """Slack does not know its cursor any more."""
    fresh = replace(reading, began="", cursor="", below="", read=False, threads=(), thread_cursor="", above="")
    async with desk.store.visit(None) as visit:
        if await visit.delivered(call.id, {}, desk.clock.now()):
            await visit.put([replace(fresh, step=reading.step + 1).call(incident)], desk.clock.now())
