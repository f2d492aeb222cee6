"""What the page shows, as one person sees it: plain JSON made from the world, read and never written."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import Any

from tests.slackd import shapes
from tests.slackd.manifest import Manifest
from tests.slackd.records import JSON, Channel, Ephemeral, Message, SlackError, User
from tests.slackd.world import World


@dataclass
class Glance:
    """What only the page knows of a person: how far they have read, which whispers they have waved away."""

    read: dict[tuple[str, str], str] = field(default_factory=dict)
    dismissed: set[tuple[str, str]] = field(default_factory=set)


def may_see(channel: Channel, viewer: str) -> bool:
    return channel.kind == "channel" or viewer in channel.members


def humans(world: World) -> list[User]:
    """The people one can be: members of this workspace who are still here."""
    return [u for u in world.users.values() if not u.is_bot and not u.deleted and u.team_id == world.team_id]


def seen_channel(world: World, viewer: str, channel_id: str) -> Channel:
    """The channel, or SlackError when there is none that this person may see."""
    channel = world.channel(channel_id)
    if not may_see(channel, viewer):
        raise SlackError("channel_not_found")
    return channel


# ---- around the conversation


def shell(world: World, manifest: Manifest, glance: Glance, viewer: str) -> JSON:
    """Everything but messages: people, channels, the app, the clock, and what stands in front of this person."""
    stack = world.modals.get(viewer, [])
    home = world.homes.get(viewer)
    return {
        "me": viewer,
        "people": [person.id for person in humans(world)],
        "users": {person.id: _user(world, person) for person in world.users.values()},
        "groups": {group.id: group.handle for group in world.usergroups.values()},
        "team": {"id": world.team_id, "name": world.team_name, "url": world.workspace_url},
        "app": _app(world, manifest),
        "commands": [_command(entry) for entry in manifest.features.get("slash_commands", [])],
        "shortcuts": {kind: _shortcuts(manifest, kind) for kind in ("message", "global")},
        "clock": {"now": world.now(), "rate": world.clock.rate},
        "channels": [_entry(world, glance, c, viewer) for c in world.channels.values() if may_see(c, viewer)],
        "modal": shapes.view(world, stack[-1]) if stack else None,
        "modal_depth": len(stack),
        "home": shapes.view(world, home) if home else None,
    }


def _user(world: World, person: User) -> JSON:
    return {
        "id": person.id,
        "name": person.name,
        "real_name": person.real_name,
        "display": person.display_name or person.real_name or person.name,
        "tz": person.tz,
        "is_bot": person.is_bot,
        "is_app": person.id == world.bot_user_id,
        "deleted": person.deleted,
        "hue": zlib.crc32(person.name.encode()) % 360,
    }


def _app(world: World, manifest: Manifest) -> JSON:
    return {
        "name": manifest.name,
        "user_id": world.bot_user_id,
        "home_tab": manifest.home_tab,
        "messages_tab": manifest.messages_tab,
    }


def _command(entry: JSON) -> JSON:
    return {
        "command": entry["command"],
        "hint": entry.get("usage_hint", ""),
        "description": entry.get("description", ""),
    }


def _shortcuts(manifest: Manifest, kind: str) -> list[JSON]:
    return [
        {"callback_id": s["callback_id"], "name": s["name"], "description": s.get("description", "")}
        for s in manifest.features.get("shortcuts", [])
        if s["type"] == kind
    ]


def _entry(world: World, glance: Glance, channel: Channel, viewer: str) -> JSON:
    """A channel as the sidebar lists it."""
    unread = _unread(glance, channel, viewer)
    return {
        "id": channel.id,
        "name": channel.name if channel.kind in ("channel", "group") else "",
        "kind": channel.kind,
        "with": _other(channel, viewer),
        "topic": channel.topic.value,
        "members": list(channel.members),
        "is_member": viewer in channel.members,
        "is_archived": channel.is_archived,
        "unread": len(unread),
        "mentions": sum(_calls(post, viewer) for post in unread),
    }


def _other(channel: Channel, viewer: str) -> str | None:
    if channel.kind != "im":
        return None
    return next((member for member in channel.members if member != viewer), viewer)


def _unread(glance: Glance, channel: Channel, viewer: str) -> list[Message]:
    if viewer not in channel.members:
        return []
    read = glance.read.get((viewer, channel.id), "")
    return [p for p in channel.messages.values() if p.ts > read and p.user != viewer and _in_channel(p) and _speaks(p)]


def _in_channel(post: Message) -> bool:
    return not post.is_reply or post.subtype == "thread_broadcast"


def _speaks(post: Message) -> bool:
    """Whether a post is somebody speaking, not a notice of Slack's."""
    return post.subtype in (None, "thread_broadcast", "file_share", "bot_message", "me_message")


def _calls(post: Message, viewer: str) -> bool:
    return any(token in post.text for token in (f"<@{viewer}", "<!channel", "<!here", "<!everyone"))


# ---- the conversation


def conversation(world: World, glance: Glance, channel: Channel, viewer: str, limit: int) -> JSON:
    """The channel's latest `limit` messages and what stands in its header; it counts as read from now on."""
    posts = [post for post in channel.messages.values() if _in_channel(post)]
    if posts:
        glance.read[viewer, channel.id] = posts[-1].ts
    shown = posts[-limit:]
    return _entry(world, glance, channel, viewer) | {
        "purpose": channel.purpose.value,
        "bookmarks": [bookmark.to_json() for bookmark in channel.bookmarks],
        "pins": [_message(world, post) for post in world.pins(channel)],
        "canvases": [
            {"id": canvas.id, "title": canvas.title, "markdown": canvas.markdown}
            for canvas in world.canvases.values()
            if channel.id in (canvas.channel, canvas.tab)
        ],
        "more": len(posts) > len(shown),
        "messages": _with_whispers(world, glance, channel, viewer, shown, None),
    }


def thread(world: World, glance: Glance, channel: Channel, viewer: str, ts: str) -> JSON:
    """A message and its replies."""
    if ts not in channel.messages:
        raise SlackError("thread_not_found")
    posts = [channel.messages[each] for each in [ts, *channel.threads.get(ts, [])]]
    return {"messages": _with_whispers(world, glance, channel, viewer, posts, ts)}


def _with_whispers(
    world: World, glance: Glance, channel: Channel, viewer: str, posts: list[Message], thread_ts: str | None
) -> list[JSON]:
    first = posts[0].ts if posts else ""
    whispers = [
        _whisper(world, whisper)
        for whisper in channel.ephemerals
        if whisper.user == viewer and whisper.thread_ts == thread_ts and whisper.ts >= first
        if (channel.id, whisper.ts) not in glance.dismissed
    ]
    return sorted([*(_message(world, post) for post in posts), *whispers], key=lambda shape: str(shape["ts"]))


def _message(world: World, post: Message) -> JSON:
    shape = shapes.message(world, post, metadata="none")
    return shape | {"channel": post.channel, "permalink": shapes.permalink(world, post)}


def _whisper(world: World, whisper: Ephemeral) -> JSON:
    return {
        "type": "message",
        "user": world.bot_user_id,
        "bot_id": world.bot_id,
        "text": whisper.text,
        "ts": whisper.ts,
        "channel": whisper.channel,
        "blocks": whisper.blocks,
        "attachments": whisper.attachments,
        "only_you": True,
    }


def whisper_to(channel: Channel, viewer: str, ts: str) -> Ephemeral:
    """The ephemeral message with this ts, or SlackError."""
    for whisper in channel.ephemerals:
        if whisper.ts == ts and whisper.user == viewer:
            return whisper
    raise SlackError("message_not_found")


def problem(refused: SlackError) -> str:
    """A refusal in the words a person at the screen can use."""
    extra: Any = refused.extra.get("response_metadata", {}).get("messages", [])
    return " ".join([refused.code, *map(str, extra)])
