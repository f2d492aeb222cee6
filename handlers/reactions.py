"""Reactions are typed: each one of the vocabulary says something of the message it is on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_sdk.errors import SlackApiError

from bot.commands import React, Request, Unreact
from bot.facts import Evidence
from bot.words import Meaning
from handlers.act import act
from handlers.desk import Desk
from handlers.inbox import Heard
from handlers.messages import is_ours, seen, transcribed
from handlers.people import incident_here
from storage import Message


async def hear(desk: Desk, heard: Heard, event: Mapping[str, Any]) -> None:
    """One `reaction_added` or `reaction_removed` event. No call to Slack for a message in the transcript."""
    item = event["item"]
    meaning = desk.policy.meaning(event["reaction"])
    if item.get("type") != "message" or meaning is None or event["user"] == desk.me.user_id:
        return
    incident = await incident_here(desk, item["channel"])
    if incident is None:
        return
    request = Request(heard.key, event["user"], "reaction", heard.at)
    if event["type"] == "reaction_removed":
        await _removed(desk, incident, item, event, request)
    else:
        await _added(desk, incident, item, event, meaning, request)


async def _added(
    desk: Desk, incident: int, item: Mapping[str, str], event: Mapping[str, Any], meaning: Meaning, request: Request
) -> None:
    message = await desk.store.message(item["channel"], item["ts"]) or await fetched(desk, item["channel"], item["ts"])
    if message is None or message.deleted:
        return
    await act(desk, incident, React(seen(message), event["reaction"], meaning, event["event_ts"]), request)


async def _removed(
    desk: Desk, incident: int, item: Mapping[str, str], event: Mapping[str, Any], request: Request
) -> None:
    message = await desk.store.message(item["channel"], item["ts"])
    place = Evidence(item["channel"], item["ts"], message.thread_ts if message else None)
    await act(desk, incident, Unreact(place, event["reaction"], event["event_ts"]), request)


async def fetched(desk: Desk, channel: str, ts: str) -> Message | None:
    """A message older than the transcript, as Slack has it. `replies` finds thread replies too, `history` does not."""
    try:
        page = await desk.slack.conversations_replies(channel=channel, ts=ts, oldest=ts, latest=ts, inclusive=True)
    except SlackApiError as error:
        if error.response.get("error") in ("thread_not_found", "message_not_found"):
            return None
        raise
    found = next((m for m in page["messages"] if m["ts"] == ts), None)
    if found is None or is_ours(desk, found):
        return None
    message = transcribed(channel, found, desk.clock.now())
    if message is not None:
        await desk.store.remember(message)
    return message
