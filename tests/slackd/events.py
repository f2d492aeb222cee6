"""Which change becomes which event for the app: only what its manifest subscribes to and what it may see."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.slackd import shapes
from tests.slackd.manifest import Manifest
from tests.slackd.records import JSON, Change, Channel, Message, User
from tests.slackd.world import World

_MESSAGES = {"channel": "message.channels", "group": "message.groups", "im": "message.im", "mpim": "message.mpim"}
_SCOPES = {
    "message.channels": ("channels:history",),
    "message.groups": ("groups:history",),
    "message.im": ("im:history",),
    "message.mpim": ("mpim:history",),
    "reaction_added": ("reactions:read",),
    "reaction_removed": ("reactions:read",),
    "app_mention": ("app_mentions:read",),
    "pin_added": ("pins:read",),
    "pin_removed": ("pins:read",),
    "file_shared": ("files:read",),
    "user_change": ("users:read",),
    "team_join": ("users:read",),
    "channel_created": ("channels:read",),
    "channel_rename": ("channels:read",),
    "channel_archive": ("channels:read",),
    "channel_unarchive": ("channels:read",),
    "channel_deleted": ("channels:read",),
    "channel_left": ("channels:read",),
    "group_rename": ("groups:read",),
    "group_archive": ("groups:read",),
    "group_unarchive": ("groups:read",),
    "group_deleted": ("groups:read",),
    "group_left": ("groups:read",),
    "member_joined_channel": ("channels:read", "groups:read"),
    "member_left_channel": ("channels:read", "groups:read"),
}


class Events:
    """Turns changes into `event_callback` payloads and hands each to `send`."""

    def __init__(self, world: World, manifest: Manifest, send: Callable[[JSON], None]) -> None:
        self._world = world
        self._manifest = manifest
        self._send = send
        world.subscribe(self.heard)

    def heard(self, change: Change) -> None:
        channel = self._world.channels.get(change.channel or "")
        for name, event in self._of(change, channel):
            if self.subscribed(name):
                self._send(self._callback(event, channel, change))

    def subscribed(self, name: str) -> bool:
        wanted = _SCOPES.get(name)
        allowed = wanted is None or any(scope in self._manifest.scopes for scope in wanted)
        return name in self._manifest.bot_events and allowed

    def _callback(self, event: JSON, channel: Channel | None, change: Change) -> JSON:
        world = self._world
        about = channel.id if channel else (change.actor or world.team_id)
        number = world.count(f"event {about}")
        who = {"team_id": world.team_id, "user_id": world.bot_user_id, "is_bot": True, "is_enterprise_install": False}
        return {
            "token": "deprecated",
            "team_id": world.team_id,
            "context_team_id": world.team_id,
            "context_enterprise_id": None,
            "api_app_id": world.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": f"Ev{about}{number:06d}",
            "event_time": int(change.at),
            "authorizations": [{"enterprise_id": None, **who}],
            "is_ext_shared_channel": bool(channel and channel.is_ext_shared),
            "event_context": f"4-{about}-{number}",
        }

    # ---- one change, the events it may cause

    def _of(self, change: Change, channel: Channel | None) -> Iterator[tuple[str, JSON]]:
        match change.kind:
            case "message_posted" | "message_changed" | "message_deleted" if channel:
                yield from self._message(change, channel)
            case "reaction_added" | "reaction_removed" if channel:
                yield from self._reaction(change, channel)
            case "pin_added" | "pin_removed" if channel:
                yield from self._pin(change, channel)
            case "member_joined" | "member_left" if channel:
                yield from self._membership(change, channel)
            case "channel_created" | "channel_renamed" | "channel_archived" | "channel_unarchived" | "channel_deleted":
                yield from self._channel(change, change.subject)
            case _:
                yield from self._elsewhere(change)

    def _sees(self, channel: Channel) -> bool:
        return self._world.bot_user_id in channel.members

    def _stamp(self, channel: Channel) -> str:
        return channel.next_event_ts(self._world.now())

    def _message(self, change: Change, channel: Channel) -> Iterator[tuple[str, JSON]]:
        if not self._sees(channel):
            return
        message: Message = change.subject
        inner = shapes.message(self._world, message)
        event: JSON = {"channel": channel.id, "channel_type": channel.kind}
        if change.kind == "message_posted":
            event = inner | event | {"event_ts": message.ts}
            yield from self._mention(message, event)
        else:
            stamp = self._stamp(channel)
            event |= {"type": "message", "subtype": change.kind, "hidden": True, "ts": stamp, "event_ts": stamp}
            event |= {"message": inner} if change.kind == "message_changed" else {"deleted_ts": message.ts}
            event |= {"previous_message": change.data["before"]}
        yield _MESSAGES[channel.kind], event
        yield from self._shared_files(message, change, channel)

    def _mention(self, message: Message, event: JSON) -> Iterator[tuple[str, JSON]]:
        spoken = message.subtype in (None, "thread_broadcast", "file_share")
        if spoken and f"<@{self._world.bot_user_id}>" in message.text and event["channel_type"] != "im":
            hidden = ("channel_type", "subtype", "parent_user_id", "root", "upload", "display_as_bot")
            yield "app_mention", {k: v for k, v in event.items() if k not in hidden} | {"type": "app_mention"}

    def _shared_files(self, message: Message, change: Change, channel: Channel) -> Iterator[tuple[str, JSON]]:
        for file_id in message.files if change.kind == "message_posted" else ():
            who = {"file_id": file_id, "user_id": message.user, "channel_id": channel.id}
            yield "file_shared", {"type": "file_shared", **who, "file": {"id": file_id}, "event_ts": message.ts}

    def _reaction(self, change: Change, channel: Channel) -> Iterator[tuple[str, JSON]]:
        if not self._sees(channel):
            return
        message: Message = change.subject
        event = {"type": change.kind, "user": change.actor, "reaction": change.data["reaction"]}
        event |= {"item_user": message.user} if message.user else {}
        item = {"type": "message", "channel": channel.id, "ts": message.ts}
        yield change.kind, event | {"item": item, "event_ts": self._stamp(channel)}

    def _pin(self, change: Change, channel: Channel) -> Iterator[tuple[str, JSON]]:
        if not self._sees(channel):
            return
        message: Message = change.subject
        added = change.kind == "pin_added"
        item = shapes.pin_item(self._world, message) if added else change.data["item"]
        pins = self._world.pins(channel)
        event: JSON = {"type": change.kind, "user": change.actor, "channel_id": channel.id, "item": item}
        event |= {"item_user": message.user, "pin_count": len(pins), "event_ts": self._stamp(channel)}
        pinned = {"channel": channel.id, "pinned_by": item["created_by"], "pinned_ts": item["created"]}
        yield change.kind, event | {"pinned_info": pinned} | ({} if added else {"has_pins": bool(pins)})

    def _membership(self, change: Change, channel: Channel) -> Iterator[tuple[str, JSON]]:
        if not self._sees(channel):
            return
        user = self._world.users[change.actor or ""]
        name = f"{change.kind}_channel"
        letter = "C" if channel.kind == "channel" else "G"
        event = {"type": name, "user": user.id, "channel": channel.id, "channel_type": letter, "team": user.team_id}
        event |= {"inviter": change.data["inviter"]} if change.data.get("inviter") else {}
        stamp = self._stamp(channel)
        yield name, event | {"event_ts": stamp}
        if change.kind == "member_left" and user.id == self._world.bot_user_id:
            left = f"{'channel' if letter == 'C' else 'group'}_left"
            yield left, {"type": left, "channel": channel.id, "actor_id": change.data["remover"], "event_ts": stamp}

    def _channel(self, change: Change, channel: Channel) -> Iterator[tuple[str, JSON]]:
        public = channel.kind == "channel"
        if not public and (change.kind == "channel_created" or not self._sees(channel)):
            return
        verb = {"renamed": "rename", "archived": "archive", "unarchived": "unarchive"}
        what = change.kind.removeprefix("channel_")
        name = f"{'channel' if public else 'group'}_{verb.get(what, what)}"
        event: JSON = {"type": name, "event_ts": self._stamp(channel)}
        yield name, event | self._channel_part(what, channel, change.actor)

    def _channel_part(self, what: str, channel: Channel, actor: str | None) -> JSON:
        match what:
            case "created":
                shape = shapes.channel(self._world, channel, self._world.bot_user_id)
                return {"channel": {k: v for k, v in shape.items() if k not in ("is_member", "properties")}}
            case "renamed":
                kept = ("id", "is_channel", "is_mpim", "name", "name_normalized", "created")
                shape = shapes.channel(self._world, channel, self._world.bot_user_id)
                return {"channel": {k: shape[k] for k in kept}}
            case "deleted":
                return {"channel": channel.id, "actor_id": actor}
        return {"channel": channel.id, "user": actor} | ({"is_moved": 0} if what == "archived" else {})

    def _elsewhere(self, change: Change) -> Iterator[tuple[str, JSON]]:
        stamp = f"{int(change.at)}.{change.seq:06d}"
        match change.kind:
            case "user_changed" | "user_joined":
                name = "user_change" if change.kind == "user_changed" else "team_join"
                person: User = change.subject
                yield name, {"type": name, "user": shapes.user(self._world, person), "event_ts": stamp}
            case "home_opened":
                yield "app_home_opened", self._home(change) | {"event_ts": stamp}
            case "tokens_revoked":
                tokens = {"oauth": [], "bot": [self._world.bot_user_id]}
                yield "tokens_revoked", {"type": "tokens_revoked", "tokens": tokens, "event_ts": stamp}
            case "app_uninstalled":
                yield "app_uninstalled", {"type": "app_uninstalled", "event_ts": stamp}

    def _home(self, change: Change) -> JSON:
        home = self._world.homes.get(change.actor or "")
        event = {"type": "app_home_opened", "user": change.actor, "channel": change.channel, "tab": change.data["tab"]}
        return event | ({"view": shapes.view(self._world, home)} if home else {})
