"""What is said in incident channels: kept in the transcript as it arrives, edits and deletions followed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from bot.commands import AttachChannel, Command, NoteDeletion, NoteEdit, Request, SeenMessage
from bot.facts import Evidence
from bot.incident import entries_of
from bot.stamps import instant_of, stamp_of
from bot.words import Wire
from handlers.act import act
from handlers.desk import Desk
from handlers.inbox import Heard
from handlers.people import incident_here
from handlers.readable import author, file_links, readable
from storage import Message

SPOKEN: Final = frozenset({None, "thread_broadcast", "file_share", "bot_message", "me_message"})
"""Subtypes that are somebody saying something; joins, topics and the like are Slack talking."""

Event = Mapping[str, Any]


def is_ours(desk: Desk, message: Event) -> bool:
    """Scribe's own words are never captured."""
    return message.get("bot_id") == desk.me.bot_id or message.get("user") == desk.me.user_id


def is_said(event: Event) -> bool:
    """Somebody says something; no edit, no deletion, and not Slack talking."""
    return event.get("type") == "message" and event.get("subtype") in SPOKEN


def transcribed(channel: str, message: Event, now: datetime, as_of: str = "") -> Message | None:
    """The message as the transcript keeps it; None when nobody said it. `as_of` is Slack's stamp of the event that
    showed it so; without one it was seen `now`.
    """
    if message.get("subtype") not in SPOKEN:
        return None
    who, kind = author(message)
    thread = message.get("thread_ts")
    return Message(
        channel=channel,
        ts=message["ts"],
        thread_ts=thread if thread != message["ts"] else None,
        author=who,
        author_kind="bot" if kind == "bot" else "person",
        text=readable(message),
        files=file_links(message),
        edited_ts=_edited_ts(message, as_of or stamp_of(now)),
        deleted=False,
        seen_at=now,
        subtype=message.get("subtype"),
    )


def _edited_ts(message: Event, as_of: str) -> str | None:
    """Slack says of an edit only the second it was in. Of several in one second that counts which was seen last, and
    none of them counts as newer than an edit of the next.
    """
    stamp: str | None = (message.get("edited") or {}).get("ts")
    if stamp is None:
        return None
    second = stamp.partition(".")[0]
    return min(max(stamp, as_of), f"{second}.999999")


def seen(message: Message, place: Evidence | None = None) -> SeenMessage:
    """The message as a rule sees it."""
    where = place or Evidence(message.channel, message.ts, message.thread_ts)
    return SeenMessage(where, message.author, Wire(message.text), message.files)


async def hear(desk: Desk, heard: Heard, event: Event) -> None:
    """One `message` event. What is merely said was remembered when it was kept, unless an earlier version kept it."""
    subtype = event.get("subtype")
    if is_said(event):
        await _said(desk, heard, event)
    elif subtype == "message_changed":
        await _changed(desk, heard, event)
    elif subtype == "channel_convert_to_private":
        await _made_private(desk, heard, event["channel"])
    elif subtype == "message_deleted":
        await _deleted(desk, heard, event["channel"], event["deleted_ts"], event.get("previous_message") or {})


async def _said(desk: Desk, heard: Heard, event: Event) -> None:
    message = transcribed(event["channel"], event, heard.at)
    if message is not None and await incident_here(desk, message.channel) is not None:
        await desk.store.remember(message)


async def _made_private(desk: Desk, heard: Heard, channel: str) -> None:
    """From now on nothing of the incident is shown to anybody outside."""
    incident = await desk.store.incident_at(channel)
    if incident is not None:
        name = (await desk.store.incident(incident)).channel_name
        request = Request(heard.key, "scribe", "system", heard.at)
        await act(desk, incident, AttachChannel(channel, name, private=True), request)


async def _changed(desk: Desk, heard: Heard, event: Event) -> None:
    """An edit; Slack also sends this for unfurls and reply counts, which change no word."""
    channel, message = event["channel"], event["message"]
    if message.get("subtype") == "tombstone":
        return await _deleted(desk, heard, channel, message["ts"], event.get("previous_message") or {})
    now_reads = None if is_ours(desk, message) else transcribed(channel, message, heard.at, event.get("event_ts", ""))
    if now_reads is None or not (concerned := await _concerned(desk, channel, message["ts"])):
        return None
    before = await desk.store.remember(now_reads)
    if heard.replayed or before is None or (before.text, before.files) != (now_reads.text, now_reads.files):
        await _note_edit(desk, heard, concerned, now_reads)
    return None


async def _concerned(desk: Desk, channel: str, ts: str) -> list[int]:
    """The incidents a message may have a line in: its channel's own, and any that captured it from there."""
    here = await incident_here(desk, channel)
    others = await desk.store.incidents_with(entries_of(Evidence(channel, ts)))
    return [*([here] if here is not None else []), *(other for other in others if other != here)]


async def _note_edit(desk: Desk, heard: Heard, concerned: list[int], message: Message) -> None:
    """Tell the incidents what the transcript now holds, which a late, older edit cannot turn back."""
    newest = await desk.store.message(message.channel, message.ts)
    if newest is not None and not newest.deleted:
        edit = NoteEdit(seen(newest), instant_of(newest.edited_ts or newest.ts))
        await _tell_all(desk, heard, concerned, edit, newest.author)


async def _tell_all(desk: Desk, heard: Heard, concerned: list[int], command: Command, by: str) -> None:
    """One after the other; only the last one finishes the envelope, so that a death between them leaves none out."""
    for number, incident in enumerate(reversed(concerned), 1 - len(concerned)):
        key = heard.key if number == 0 else f"{heard.key}:{incident}"
        await act(desk, incident, command, Request(key, by, "message", heard.at))


async def _deleted(desk: Desk, heard: Heard, channel: str, ts: str, previous: Event) -> None:
    concerned = [] if is_ours(desk, previous) else await _concerned(desk, channel, ts)
    if not concerned:
        return
    place = Evidence(channel, ts, previous.get("thread_ts"))
    await desk.store.remember(_gone(place, heard.at))
    await _tell_all(desk, heard, concerned, NoteDeletion(place), str(previous.get("user") or "unknown"))


def _gone(place: Evidence, now: datetime) -> Message:
    return Message(
        channel=place.channel,
        ts=place.ts,
        thread_ts=place.thread_ts,
        author="unknown",
        author_kind="person",
        text="",
        files=(),
        edited_ts=None,
        deleted=True,
        seen_at=now,
        subtype=None,
    )
