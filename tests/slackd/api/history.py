"""Reading messages back: `conversations.history` and `conversations.replies`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from tests.slackd import shapes
from tests.slackd.api.call import Call, method
from tests.slackd.api.pages import asked_limit, metadata, opened
from tests.slackd.records import JSON, Channel, Message, SlackError

_WINDOW: dict[str, Any] = {
    "channel": "text",
    "limit": "number",
    "cursor": "text",
    "oldest": "text",
    "latest": "text",
    "inclusive": "flag",
    "include_all_metadata": "flag",
}
Stamp = tuple[int, int]


@method("conversations.history", required="channel", **_WINDOW)
def history(call: Call) -> JSON:
    """Newest first, without replies; a cursor goes on towards the past."""
    channel = call.history()
    limit = asked_limit(call.args, 100, 999)
    found = [m for m in _window(call.args, reversed(channel.messages.values())) if _in_history(m)]
    if call.args.get("cursor"):
        before = _asked(opened(str(call.args["cursor"]), "next_ts"), "invalid_cursor")
        found = [message for message in found if _stamp(message.ts) <= before]
    more = len(found) > limit
    answer = {"messages": _shaped(call, found[:limit]), "has_more": more}
    pins = {"pin_count": len(call.world.pins(channel))}
    return answer | pins | metadata("next_ts", found[limit].ts if more else "")


@method("conversations.replies", required="channel ts", ts="text", **_WINDOW)
def replies(call: Call) -> JSON:
    """Oldest first; the parent leads every page, so a reader meets it again and again."""
    channel = call.history()
    parent, thread = _thread(channel, str(call.args["ts"]))
    limit = asked_limit(call.args, 1000, 1000)
    found = list(_window(call.args, thread))
    if call.args.get("cursor"):
        after = _asked(opened(str(call.args["cursor"]), "next_ts"), "invalid_cursor")
        found = [message for message in found if _stamp(message.ts) >= after]
    room = max(1, limit - 1)
    more = len(found) > room
    shown = _shaped(call, [parent, *found[:room]])
    return {"messages": shown, "has_more": more} | metadata("next_ts", found[room].ts if more else "")


def _thread(channel: Channel, ts: str) -> tuple[Message, list[Message]]:
    asked = channel.messages.get(ts)
    if asked is None or asked.subtype in ("channel_join", "channel_leave"):
        raise SlackError("thread_not_found")
    parent = channel.messages[asked.thread_ts] if asked.is_reply and asked.thread_ts else asked
    return parent, [channel.messages[reply] for reply in channel.threads.get(parent.ts, [])]


def _in_history(message: Message) -> bool:
    return not message.is_reply or message.subtype == "thread_broadcast"


def _window(args: JSON, messages: Iterable[Message]) -> Iterator[Message]:
    """The messages between `oldest` and `latest`, these two themselves only when `inclusive`."""
    oldest = _asked(str(args.get("oldest") or "0"), "invalid_ts_oldest")
    latest = _asked(str(args.get("latest") or "99999999999"), "invalid_ts_latest")
    inclusive = bool(args.get("inclusive"))
    for message in messages:
        at = _stamp(message.ts)
        if oldest < at < latest or (inclusive and at in (oldest, latest)):
            yield message


def _asked(ts: str, wrong: str) -> Stamp:
    if not re.fullmatch(r"\d{1,11}(\.\d{1,6})?", ts):
        raise SlackError(wrong)
    return _stamp(ts)


def _stamp(ts: str) -> Stamp:
    seconds, _, fraction = ts.partition(".")
    return int(seconds), int(fraction.ljust(6, "0"))


def _shaped(call: Call, messages: list[Message]) -> list[JSON]:
    detail: shapes.Metadata = "all" if call.args.get("include_all_metadata") else "type"
    return [shapes.message(call.world, message, metadata=detail) for message in messages]
