"""`chat.*`: posting, changing and deleting messages."""

from __future__ import annotations

from typing import Any

from tests.slackd import shapes
from tests.slackd.api.call import Call, method, refuse
from tests.slackd.limits import TEXT_KEPT, check_message
from tests.slackd.records import JSON, Channel, Message, SlackError

_CONTENT: dict[str, Any] = {
    "text": "text",
    "blocks": "json",
    "attachments": "json",
    "markdown_text": "text",
    "metadata": "json",
    "unfurl_links": "flag",
    "unfurl_media": "flag",
    "mrkdwn": "flag",
    "parse": "text",
    "link_names": "flag",
}
_LOOKS: dict[str, Any] = {"username": "text", "icon_emoji": "text", "icon_url": "text", "as_user": "flag"}


@method(
    "chat.postMessage",
    "chat:write",
    required="channel",
    channel="text",
    thread_ts="text",
    reply_broadcast="flag",
    **_CONTENT,
    **_LOOKS,
)
def post_message(call: Call) -> JSON:
    channel = _postable(call)
    refuse(check_message(call.args))
    message = call.world.post(channel, call.me, _text(call), **_content(call), **_place(call, channel), **_author(call))
    shape = shapes.message(call.world, message, metadata="all")
    return {"channel": channel.id, "ts": message.ts, "message": shape}


@method(
    "chat.update",
    "chat:write",
    required="channel ts",
    channel="text",
    ts="text",
    file_ids="ids",
    reply_broadcast="flag",
    as_user="flag",
    **_CONTENT,
)
def update(call: Call) -> JSON:
    message = _own(call, "cant_update_message")
    refuse(check_message(call.args, update=True))
    changes = _content(call)
    if "text" in call.args or "markdown_text" in call.args:
        changes |= {"text": _text(call)} | ({} if "blocks" in call.args else {"blocks": []})
    spoke = call.args.get("text") not in (None, message.text)
    call.world.change_message(message, call.me if spoke else None, **changes)
    shape = shapes.message(call.world, message, metadata="all")
    return {"channel": message.channel, "ts": message.ts, "text": message.text, "message": shape}


@method("chat.delete", "chat:write", required="channel ts", channel="text", ts="text", as_user="flag")
def delete(call: Call) -> JSON:
    message = _own(call, "cant_delete_message")
    call.world.delete_message(message, call.me)
    return {"channel": message.channel, "ts": message.ts}


@method(
    "chat.postEphemeral",
    "chat:write",
    required="channel user",
    channel="text",
    user="text",
    thread_ts="text",
    **_CONTENT,
    **_LOOKS,
)
def post_ephemeral(call: Call) -> JSON:
    channel = call.open_membership()
    user = str(call.args["user"])
    if user not in channel.members or call.world.users[user].deleted:
        raise SlackError("user_not_in_channel")
    refuse(check_message(call.args))
    content = {k: v for k, v in _content(call).items() if k != "metadata"}
    whisper = call.world.post_ephemeral(channel, user, _text(call), **content, thread_ts=call.args.get("thread_ts"))
    return {"message_ts": whisper.ts}


@method("chat.getPermalink", required="channel message_ts", channel="text", message_ts="text")
def get_permalink(call: Call) -> JSON:
    channel = call.channel()
    message = call.world.message(channel.id, str(call.args["message_ts"]))
    return {"channel": channel.id, "permalink": shapes.permalink(call.world, message)}


# ---- parts


def _postable(call: Call) -> Channel:
    """Where the bot may post: its channels, any public one with `chat:write.public`, a person's DM by user id."""
    target = str(call.args["channel"])
    if target in call.world.users:
        channel = call.world.direct_message(target, call.me)
    else:
        named = call.world.channel_named(target.removeprefix("#"))
        call.args["channel"] = named.id if named else target
        channel = call.channel()
    _check_open(call, channel)
    if call.me not in channel.members and "chat:write.public" not in call.slackd.manifest.scopes:
        raise SlackError("not_in_channel")
    return channel


def _check_open(call: Call, channel: Channel) -> None:
    if channel.is_archived:
        raise SlackError("is_archived")
    if channel.kind == "im" and not call.slackd.manifest.messages_tab:
        raise SlackError("messages_tab_disabled")


def _own(call: Call, refused: str) -> Message:
    channel = call.channel()
    message = call.world.message(channel.id, str(call.args["ts"]))
    if message.bot_id != call.world.bot_id:
        raise SlackError(refused)
    if channel.is_archived:
        raise SlackError("is_archived")
    return message


def _text(call: Call) -> str:
    return str(call.args.get("text") or call.args.get("markdown_text") or "")[:TEXT_KEPT]


def _content(call: Call) -> JSON:
    """The parts that were sent; an empty list or `{}` takes a part away."""
    content: JSON = {}
    for name in ("blocks", "attachments"):
        if name in call.args:
            content[name] = [call.world.identified(part) for part in call.args[name] or []]
    if "metadata" in call.args:
        content["metadata"] = call.args["metadata"] or None
    return content


def _place(call: Call, channel: Channel) -> JSON:
    thread_ts = call.args.get("thread_ts")
    if not thread_ts:
        return {}
    parent = channel.messages.get(thread_ts)
    if parent is None:
        raise SlackError("thread_not_found")
    place = {"thread_ts": parent.thread_ts or parent.ts}
    return place | ({"subtype": "thread_broadcast"} if call.args.get("reply_broadcast") else {})


def _author(call: Call) -> JSON:
    if not any(call.args.get(name) for name in ("username", "icon_emoji", "icon_url")):
        return {"bot_id": call.world.bot_id}
    call.need("chat:write.customize")
    icons = {"emoji": call.args["icon_emoji"]} if call.args.get("icon_emoji") else None
    return {"bot_id": call.world.bot_id, "username": call.args.get("username"), "icons": icons}
