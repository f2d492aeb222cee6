"""Reactions are typed: each one of the vocabulary says something of the message it is on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_sdk.errors import SlackApiError

from handlers.desk import Desk
from handlers.inbox import Heard
from handlers.messages import is_ours, transcribed
from handlers.slack_errors import GONE, OUTSIDE, code_of
from handlers.together import Item, take
from storage import Message


async def hear(desk: Desk, heard: Heard, event: Mapping[str, Any]) -> None:
    """One `reaction_added` or `reaction_removed` event. No call to Slack for a message in the transcript."""
    item = Item(heard, event)
    if await take(desk, item.place[0], [item]) and await fetched(desk, *item.place) is not None:
        await take(desk, item.place[0], [item])


async def fetched(desk: Desk, channel: str, ts: str) -> Message | None:
    """A message older than the transcript, as Slack has it; None where it is not there, or Scribe is not.

    `replies` finds thread replies too, `history` does not.
    """
    try:
        page = await desk.slack.conversations_replies(channel=channel, ts=ts, oldest=ts, latest=ts, inclusive=True)
    except SlackApiError as error:
        if code_of(error) in GONE | OUTSIDE:
            return None
        raise
    found = next((m for m in page["messages"] if m["ts"] == ts), None)
    if found is None or is_ours(desk, found):
        return None
    message = transcribed(channel, found, desk.clock.now())
    if message is not None:
        await desk.store.remember(message)
    return message
