"""Incident channels that were made, or that invited Scribe, while nobody listened: offered to be adopted, late."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from slack_sdk.errors import SlackApiError

from bot.stamps import instant_of, stamp_of
from handlers.channels import offer
from handlers.desk import Desk
from handlers.slack_calls import Args
from handlers.slack_errors import OUTSIDE, code_of
from storage import Absence, Call, Leased

PAGE = 200
JOINED = 100  # messages of a channel in which its newest name or our own coming is looked for


def looking_round(absence: Absence) -> Call:
    """The errand of going through the channels once, page by page."""
    args = {"since": stamp_of(absence.since), "cursor": "", "step": 0}
    return _call(stamp_of(absence.until), args)


def _call(root: str, args: Args) -> Call:
    return Call(f"round:{root}:{args['step']}", "round", "scribe.round", args | {"root": root}, None, "")


async def look_round(desk: Desk, call: Leased, args: Args) -> None:
    """One page of the channels. An offer that was made before is not made again."""
    page = await desk.courier.conversations_list(
        types="public_channel,private_channel", exclude_archived=True, limit=PAGE, cursor=args["cursor"] or None
    )
    offers = [found async for found in _offers(desk, page["channels"], instant_of(args["since"]))]
    cursor = str((page.get("response_metadata") or {}).get("next_cursor") or "")
    if cursor:
        offers.append(_call(args["root"], {"since": args["since"], "cursor": cursor, "step": args["step"] + 1}))
    async with desk.store.visit(None) as visit:
        if await visit.delivered(call.id, {}, desk.clock.now()):
            await visit.put(offers, desk.clock.now())


async def _offers(desk: Desk, channels: list[dict[str, Any]], since: datetime) -> AsyncIterator[Call]:
    for channel in channels:
        if not channel["name"].startswith(desk.policy.channel_prefix):
            continue
        inside = bool(channel.get("is_member"))
        asker = channel.get("creator") if channel["created"] >= int(since.timestamp()) else None
        if asker is None and inside:
            asker = await _who_brought_it(desk, channel["id"], since)
        made = await offer(desk, channel["id"], channel["name"], asker, inside=inside)
        if made is not None:
            yield made


async def _who_brought_it(desk: Desk, channel: str, since: datetime) -> str | None:
    """Whoever invited Scribe, or gave the channel its name, since then."""
    try:
        page = await desk.courier.conversations_history(channel=channel, oldest=stamp_of(since), limit=JOINED)
    except SlackApiError as error:
        if code_of(error) in OUTSIDE:
            return None
        raise
    for message in page["messages"]:
        if message.get("subtype") == "channel_join" and message.get("user") == desk.me.user_id:
            return str(message["inviter"]) if message.get("inviter") else None
        if message.get("subtype") == "channel_name":
            return str(message["user"])
    return None
