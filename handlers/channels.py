"""Channels come, get names and ids, and go: Scribe offers to adopt an incident channel and follows its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from slack_sdk.errors import SlackApiError

from bot.commands import AttachChannel, NoteReach, Request
from handlers import catchup
from handlers.act import act
from handlers.desk import Desk
from handlers.inbox import Heard
from handlers.slack_errors import code_of
from storage import Call
from templates.blocks.offers import adoption_offer

Event = Mapping[str, Any]

LOST: Final = {
    **dict.fromkeys(("channel_archive", "group_archive"), "is_archived"),
    **dict.fromkeys(("channel_left", "group_left"), "not_in_channel"),
    **dict.fromkeys(("channel_deleted", "group_deleted"), "channel_not_found"),
}
"""The events after which Scribe cannot read a channel, and what Slack says when it tries."""


async def joined(desk: Desk, heard: Heard, event: Event) -> None:
    """Somebody invited Scribe: into a channel named like an incident it offers to adopt it, and an incident's own
    channel it reads back.
    """
    if event["user"] != desk.me.user_id:
        return
    if await desk.store.incident_at(event["channel"]) is not None:
        await catchup.read_one(desk, event["channel"])
        return
    info = await _info(desk, event["channel"])
    if info is not None:
        await _offer(desk, info["id"], info["name"], event.get("inviter") or info.get("creator"), inside=True)


async def created(desk: Desk, heard: Heard, event: Event) -> None:
    channel = event["channel"]
    await _offer(desk, channel["id"], channel["name"], channel.get("creator"), inside=False)


async def renamed(desk: Desk, heard: Heard, event: Event) -> None:
    """An incident's channel keeps its incident; another one may have become an incident's by its name."""
    channel = event["channel"]
    incident = await desk.store.incident_at(channel["id"])
    if incident is not None:
        request = Request(heard.key, "scribe", "system", heard.at)
        await act(desk, incident, AttachChannel(channel["id"], channel["name"]), request)
        return
    info = await _info(desk, channel["id"])
    if info is not None:
        await _offer(desk, channel["id"], channel["name"], info.get("creator"), inside=bool(info.get("is_member")))


async def changed_id(desk: Desk, heard: Heard, event: Event) -> None:
    """Slack gave the channel another id, as it does when a private channel is shared."""
    incident = await desk.store.incident_at(event["old_channel_id"])
    if incident is not None:
        name = (await desk.store.incident(incident)).channel_name
        request = Request(heard.key, "scribe", "system", heard.at)
        await act(desk, incident, AttachChannel(event["new_channel_id"], name), request)


async def lost(desk: Desk, heard: Heard, event: Event) -> None:
    """Archived, deleted, or Scribe was put out of it: whoever answers for the incident is told."""
    incident = await desk.store.incident_at(event["channel"])
    if incident is not None:
        await act(desk, incident, NoteReach(LOST[event["type"]]), Request(heard.key, "scribe", "system", heard.at))


async def _info(desk: Desk, channel: str) -> Mapping[str, Any] | None:
    """Slack's channel object; None for a channel that is hidden from us by now."""
    try:
        answer = await desk.slack.conversations_info(channel=channel)
    except SlackApiError as error:
        if code_of(error) == "channel_not_found":
            return None
        raise
    channel_object: Mapping[str, Any] = answer["channel"]
    return channel_object


async def _offer(desk: Desk, channel: str, name: str, asker: str | None, *, inside: bool) -> None:
    made = await offer(desk, channel, name, asker, inside=inside)
    if made is not None:
        async with desk.store.visit(None) as visit:
            await visit.put([made], desk.clock.now())


async def offer(desk: Desk, channel: str, name: str, asker: str | None, *, inside: bool) -> Call | None:
    """One quiet offer for each channel and name; in the channel where Scribe is in it, else to its creator."""
    wanted = name.startswith(desk.policy.channel_prefix) and asker not in (None, desk.me.user_id)
    if not wanted or asker is None or await desk.store.incident_at(channel) is not None:
        return None
    message = adoption_offer(channel, name)
    if inside:
        method, lane, args = "chat.postEphemeral", channel, {"channel": channel, "user": asker, **message}
    else:
        method, lane, args = "chat.postMessage", asker, {"channel": asker, **message}
    return Call(f"adopt:{channel}:{name}", lane, method, args, None, "")
