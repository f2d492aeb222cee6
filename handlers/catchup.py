"""Read back what was said and marked before anybody listened; it meets the same keys as live delivery."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.commands import React, Request
from bot.facts import Evidence
from bot.incident import Incident, message_entry
from bot.stamps import stamp_of
from bot.words import Meaning
from handlers.act import act
from handlers.desk import Desk
from handlers.messages import is_ours, seen, transcribed
from handlers.slack_calls import Args, Result
from storage import Leased, Message

PAGE: Final = 200


async def read_back(desk: Desk, call: Leased, args: Args) -> Result:
    """Every message, thread reply and standing reaction of a channel, newest page first; safe to repeat."""
    incident, channel = call.incident or 0, args["channel"]
    async for page in _history(desk, channel):
        await _take(desk, incident, channel, page)
        for parent in page.messages:
            if parent.get("reply_count"):
                async for replies in _replies(desk, channel, parent["ts"]):
                    await _take(desk, incident, channel, replies)
    return {}


@dataclass(frozen=True, slots=True)
class Page:
    """What stood in Slack when it was asked for: what is heard live of later moments is newer."""

    asked_at: datetime
    messages: Sequence[Mapping[str, Any]]


async def _history(desk: Desk, channel: str) -> AsyncIterator[Page]:
    cursor = None
    while True:
        now = desk.clock.now()
        page = await desk.slack.conversations_history(channel=channel, limit=PAGE, cursor=cursor)
        yield Page(now, page["messages"])
        if not (cursor := _next(page)):
            return


async def _replies(desk: Desk, channel: str, ts: str) -> AsyncIterator[Page]:
    cursor = None
    while True:
        now = desk.clock.now()
        page = await desk.slack.conversations_replies(channel=channel, ts=ts, limit=PAGE, cursor=cursor)
        yield Page(now, [message for message in page["messages"] if message["ts"] != ts])
        if not (cursor := _next(page)):
            return


def _next(page: AsyncSlackResponse) -> str:
    return str((page.get("response_metadata") or {}).get("next_cursor") or "")


async def _take(desk: Desk, incident: int, channel: str, page: Page) -> None:
    """Remember a page in one transaction, then let each standing reaction on it that is news speak."""
    spoken = [m for m in page.messages if not is_ours(desk, m)]
    said = [(m, kept) for m in spoken if (kept := transcribed(channel, m, page.asked_at)) is not None]
    await desk.store.remember_all([kept for _, kept in said])
    state = await desk.store.incident(incident)
    for message, kept in said:
        for number, (emoji, meaning, user) in enumerate(_standing(desk, message)):
            if _is_news(state, kept, emoji, user):
                stamp = stamp_of(page.asked_at + timedelta(microseconds=number))  # history keeps order, not times
                request = Request(f"readback:{channel}:{kept.ts}:{emoji}:{user}", user, "reaction", page.asked_at)
                await act(desk, incident, React(seen(kept), emoji, meaning, stamp), request)


def _standing(desk: Desk, message: Mapping[str, Any]) -> Iterator[tuple[str, Meaning, str]]:
    """(emoji, meaning, who) of each reaction that means something, in the order in which the emoji came."""
    for reaction in message.get("reactions") or []:
        if (meaning := desk.policy.meaning(reaction["name"])) is not None:
            yield from ((reaction["name"], meaning, user) for user in reaction["users"])


def _is_news(incident: Incident, message: Message, emoji: str, user: str) -> bool:
    """Nobody heard of it, or it was put on again; what its owner took back by a command stays taken back."""
    marks = incident.marks.get(message_entry(Evidence(message.channel, message.ts)), ())
    known = next((mark for mark in marks if (mark.name, mark.by) == (emoji, user)), None)
    return known is None or (not known.standing and known.source.via == "reaction")
