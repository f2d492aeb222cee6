"""`reactions.*`, `pins.*` and `bookmarks.*`: what is put on a message or at a channel's head."""

from __future__ import annotations

from tests.slackd import shapes
from tests.slackd.api.call import Call, method, refuse
from tests.slackd.limits import check_reaction_name
from tests.slackd.records import JSON, Bookmark, Message, SlackError

MOST_PINS = 100  # per channel; SLACK.md 4.2


def _message(call: Call, argument: str = "timestamp") -> Message:
    channel = call.open_membership()
    return call.world.message(channel.id, str(call.args[argument]))


@method(
    "reactions.add",
    "reactions:write",
    required="channel timestamp name",
    channel="text",
    timestamp="text",
    name="text",
)
def reactions_add(call: Call) -> JSON:
    refuse(check_reaction_name(call.args["name"]))
    call.world.react(_message(call), call.me, str(call.args["name"]))
    return {}


@method(
    "reactions.remove",
    "reactions:write",
    required="channel timestamp name",
    channel="text",
    timestamp="text",
    name="text",
)
def reactions_remove(call: Call) -> JSON:
    call.world.unreact(_message(call), call.me, str(call.args["name"]))
    return {}


@method("reactions.get", "reactions:read", required="channel timestamp", channel="text", timestamp="text", full="flag")
def reactions_get(call: Call) -> JSON:
    channel = call.channel()
    message = call.world.message(channel.id, str(call.args["timestamp"]))
    link = {"permalink": shapes.permalink(call.world, message)}
    return {"type": "message", "channel": channel.id, "message": shapes.message(call.world, message) | link}


@method("pins.add", "pins:write", required="channel timestamp", channel="text", timestamp="text")
def pins_add(call: Call) -> JSON:
    message = _message(call)
    if len(call.world.pins(call.channel())) >= MOST_PINS:
        raise SlackError("too_many_pins")
    call.world.pin(message, call.me)
    return {}


@method("pins.remove", "pins:write", required="channel timestamp", channel="text", timestamp="text")
def pins_remove(call: Call) -> JSON:
    call.world.unpin(_message(call), call.me)
    return {}


@method("pins.list", "pins:read", required="channel", channel="text")
def pins_list(call: Call) -> JSON:
    channel = call.channel()
    call.be_member(channel)
    return {"items": [shapes.pin_item(call.world, message) for message in call.world.pins(channel)]}


@method(
    "bookmarks.add",
    "bookmarks:write",
    required="channel_id title type",
    channel_id="text",
    title="text",
    type="text",
    link="text",
    emoji="text",
    entity_id="text",
    parent_id="text",
)
def bookmarks_add(call: Call) -> JSON:
    channel = call.open_membership("channel_id")
    if call.args["type"] != "link" or not str(call.args.get("link", "")).startswith(("http://", "https://")):
        raise SlackError("invalid_link")
    world, now = call.world, int(call.world.now())
    title, link, emoji = (str(call.args.get(name) or "") for name in ("title", "link", "emoji"))
    bookmark = Bookmark(world.ident("Bk", channel.id + title), channel.id, title, link, emoji, now, 0, call.me)
    channel.bookmarks.append(bookmark)
    world.record("bookmark_added", bookmark, channel.id, call.me)
    return {"bookmark": bookmark.to_json()}


@method("bookmarks.list", "bookmarks:read", required="channel_id", channel_id="text")
def bookmarks_list(call: Call) -> JSON:
    channel = call.channel("channel_id")
    call.be_member(channel)
    return {"bookmarks": [bookmark.to_json() for bookmark in channel.bookmarks]}


@method(
    "bookmarks.edit",
    "bookmarks:write",
    required="channel_id bookmark_id",
    channel_id="text",
    bookmark_id="text",
    title="text",
    link="text",
    emoji="text",
)
def bookmarks_edit(call: Call) -> JSON:
    bookmark = _bookmark(call)
    for name in ("title", "link", "emoji"):
        if name in call.args:
            setattr(bookmark, name, call.args[name])
    bookmark.updated = int(call.world.now())
    call.world.record("bookmark_changed", bookmark, bookmark.channel, call.me)
    return {"bookmark": bookmark.to_json()}


@method(
    "bookmarks.remove",
    "bookmarks:write",
    required="channel_id bookmark_id",
    channel_id="text",
    bookmark_id="text",
    quip_section_id="text",
)
def bookmarks_remove(call: Call) -> JSON:
    bookmark = _bookmark(call)
    call.world.channels[bookmark.channel].bookmarks.remove(bookmark)
    call.world.record("bookmark_removed", bookmark, bookmark.channel, call.me)
    return {}


def _bookmark(call: Call) -> Bookmark:
    for bookmark in call.open_membership("channel_id").bookmarks:
        if bookmark.id == call.args["bookmark_id"]:
            return bookmark
    raise SlackError("not_found")
