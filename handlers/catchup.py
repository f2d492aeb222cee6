"""Read back what was said and marked before anybody listened; it meets the same keys as live delivery."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.commands import React, Request
from handlers.act import act
from handlers.desk import Desk
from handlers.messages import is_ours, seen, transcribed
from handlers.slack_calls import Args, Result
from storage import Leased, Message

PAGE: Final = 200


async def read_back(desk: Desk, call: Leased, args: Args) -> Result:
    """Every message, thread reply and standing reaction of a channel, oldest page last; safe to repeat."""
    channel = args["channel"]
    async for page in _history(desk, channel):
        await _take(desk, call.incident or 0, channel, page)
        for parent in page:
            if parent.get("reply_count"):
                async for replies in _replies(desk, channel, parent["ts"]):
                    await _take(desk, call.incident or 0, channel, replies)
    return {}


Page = Sequence[Mapping[str, Any]]


async def _history(desk: Desk, channel: str) -> AsyncIterator[Page]:
    cursor = None
    while True:
        page = await desk.slack.conversations_history(channel=channel, limit=PAGE, cursor=cursor)
        yield page["messages"]
        if not (cursor := _next(page)):
            return


async def _replies(desk: Desk, channel: str, ts: str) -> AsyncIterator[Page]:
    cursor = None
    while True:
        page = await desk.slack.conversations_replies(channel=channel, ts=ts, limit=PAGE, cursor=cursor)
        yield [message for message in page["messages"] if message["ts"] != ts]
        if not (cursor := _next(page)):
            return


def _next(page: AsyncSlackResponse) -> str:
    return str((page.get("response_metadata") or {}).get("next_cursor") or "")


async def _take(desk: Desk, incident: int, channel: str, page: Page) -> None:
    """Remember a page in one transaction, then let each standing reaction on it speak."""
    now = desk.clock.now()
    said = [(m, kept) for m in page if not is_ours(desk, m) and (kept := transcribed(channel, m, now)) is not None]
    await desk.store.remember_all([kept for _, kept in said])
    for message, kept in said:
        for reaction in message.get("reactions") or []:
            await _speak(desk, incident, kept, reaction, now)


async def _speak(desk: Desk, incident: int, message: Message, reaction: Mapping[str, Any], now: datetime) -> None:
    """History does not say when somebody reacted; that it stands now is all there is to know."""
    emoji = reaction["name"]
    meaning = desk.policy.meaning(emoji)
    if meaning is None:
        return
    stamp = f"{int(now.timestamp())}.{now.microsecond:06d}"
    for user in reaction["users"]:
        request = Request(f"readback:{message.channel}:{message.ts}:{emoji}:{user}", user, "reaction", now)
        await act(desk, incident, React(seen(message), emoji, meaning, stamp), request)
