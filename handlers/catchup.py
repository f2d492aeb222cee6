"""Read back what was said and marked before anybody listened; it meets the same keys as live delivery."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.commands import React, Request
from bot.facts import Evidence
from handlers.act import act
from handlers.desk import Desk
from handlers.messages import is_ours, seen, transcribed
from handlers.slack_calls import Args, Result
from storage import Leased

PAGE: Final = 200


async def read_back(desk: Desk, call: Leased, args: Args) -> Result:
    """Every message, thread reply and standing reaction of a channel, oldest page last; safe to repeat."""
    channel = args["channel"]
    async for message in _history(desk, channel):
        await _take(desk, call.incident or 0, channel, message)
        if message.get("reply_count"):
            async for reply in _replies(desk, channel, message["ts"]):
                await _take(desk, call.incident or 0, channel, reply)
    return {}


async def _history(desk: Desk, channel: str) -> AsyncIterator[Mapping[str, Any]]:
    cursor = None
    while True:
        page = await desk.slack.conversations_history(channel=channel, limit=PAGE, cursor=cursor)
        for message in page["messages"]:
            yield message
        if not (cursor := _next(page)):
            return


async def _replies(desk: Desk, channel: str, ts: str) -> AsyncIterator[Mapping[str, Any]]:
    cursor = None
    while True:
        page = await desk.slack.conversations_replies(channel=channel, ts=ts, limit=PAGE, cursor=cursor)
        for message in page["messages"]:
            if message["ts"] != ts:
                yield message
        if not (cursor := _next(page)):
            return


def _next(page: AsyncSlackResponse) -> str:
    return str((page.get("response_metadata") or {}).get("next_cursor") or "")


async def _take(desk: Desk, incident: int, channel: str, message: Mapping[str, Any]) -> None:
    """Remember one message, and let each standing reaction speak."""
    now = desk.clock.now()
    if is_ours(desk, message):
        return
    kept = transcribed(channel, message, now)
    if kept is None:
        return
    await desk.store.remember(kept)
    for reaction in message.get("reactions") or []:
        meaning = desk.policy.meaning(reaction["name"])
        if meaning is not None:
            emoji = reaction["name"]
            for user in reaction["users"]:
                stamp = f"{int(now.timestamp())}.{now.microsecond:06d}"
                request = Request(f"readback:{channel}:{kept.ts}:{emoji}:{user}", user, "reaction", now)
                place = Evidence(channel, kept.ts, kept.thread_ts)
                await act(desk, incident, React(seen(kept, place), emoji, meaning, stamp), request)
