"""The whole workspace in memory. Every mutation goes through here and is told to the subscribers."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from tests.slackd import shapes
from tests.slackd.clock import VirtualClock
from tests.slackd.records import (
    JSON,
    Canvas,
    Change,
    Channel,
    ChannelKind,
    Ephemeral,
    File,
    Message,
    Note,
    Plan,
    SlackError,
    User,
    UserGroup,
    View,
)

Listener = Callable[[Change], None]


class World:
    """One team with one app installed. Ids come from names and counts, never from chance or from the order of calls."""

    team_id = "T0ACME"
    team_name = "Acme"
    team_domain = "acme"
    app_id = "A0SCRIBE"
    bot_id = "B0SCRIBE"
    bot_user_id = "U0SCRIBE"
    workspace_url = "https://acme.slack.com/"
    base_url = "http://127.0.0.1/"  # the server writes its own address here

    def __init__(self, clock: VirtualClock, bot_name: str = "scribe") -> None:
        self.clock = clock
        self.users: dict[str, User] = {}
        self.usergroups: dict[str, UserGroup] = {}
        self.channels: dict[str, Channel] = {}
        self.files: dict[str, File] = {}
        self.canvases: dict[str, Canvas] = {}
        self.views: dict[str, View] = {}
        self.modals: dict[str, list[View]] = {}  # each person's stack of open modals, the visible one last
        self.homes: dict[str, View] = {}
        self.plan: Plan = "paid"
        self.canvases_disabled = False  # by the workspace's administrators
        self.apps: dict[str, str] = {self.bot_id: self.app_id}  # bot id -> app id
        self.changes: list[Change] = []
        self._listeners: list[Listener] = []
        self._counts: Counter[str] = Counter()
        self._add_bot(bot_name)

    def now(self) -> float:
        return self.clock.now()

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with each change from now on, in order; returns what ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def record(
        self, kind: str, subject: Any, channel: str | None = None, actor: str | None = None, **data: Any
    ) -> None:
        change = Change(len(self.changes), self.now(), kind, subject, channel, actor, data)
        self.changes.append(change)
        for listener in list(self._listeners):
            listener(change)

    def ident(self, prefix: str, name: str) -> str:
        """The next id for a thing of this name: the same in each run, in whatever order other things were made."""
        self._counts[prefix + name] += 1
        digest = hashlib.sha256(f"{name}#{self._counts[prefix + name]}".encode()).hexdigest()[:8]
        return f"{prefix}0{digest.upper()}"

    def count(self, name: str) -> int:
        self._counts[name] += 1
        return self._counts[name]

    def identified(self, block: JSON) -> JSON:
        """A block as Slack keeps it: one without `block_id` gets one."""
        if "type" not in block or block.get("block_id"):
            return block
        return block | {"block_id": f"slackd{self.count('block')}"}

    # ---- people

    def _add_bot(self, name: str) -> None:
        bot = User(self.bot_user_id, name, name, "Etc/UTC", self.team_id, is_bot=True, bot_id=self.bot_id)
        self.users[bot.id] = bot

    def add_user(self, handle: str, **attributes: Any) -> User:
        letters = "".join(c for c in handle.upper() if c.isascii() and c.isalnum())[:10]
        user_id = f"U0{letters}"
        if not letters or user_id in self.users:
            user_id = self.ident("U", handle)
        person = User(id=user_id, name=handle, **{"team_id": self.team_id} | attributes)
        person.updated = int(self.now())
        self.users[user_id] = person
        self.record("user_joined", person)
        return person

    def change_user(self, user_id: str, **attributes: Any) -> None:
        person = self.users[user_id]
        for name, value in attributes.items():
            setattr(person, name, value)
        person.updated = int(self.now())
        self.record("user_changed", person)

    def add_usergroup(self, handle: str, users: Iterable[str], name: str = "") -> UserGroup:
        group = UserGroup(self.ident("S", handle), handle, name or handle, list(users))
        self.usergroups[group.id] = group
        return group

    def user(self, user_id: str) -> User:
        if user_id not in self.users:
            raise SlackError("user_not_found")
        return self.users[user_id]

    # ---- channels

    def channel(self, channel_id: str) -> Channel:
        if channel_id not in self.channels:
            raise SlackError("channel_not_found")
        return self.channels[channel_id]

    def channel_named(self, name: str) -> Channel | None:
        return next((c for c in self.channels.values() if c.name == name and c.kind != "im"), None)

    def create_channel(self, name: str, creator: str, *, private: bool = False, ext_shared: bool = False) -> Channel:
        if self.channel_named(name):
            raise SlackError("name_taken")
        kind: ChannelKind = "group" if private else "channel"
        channel = Channel(self.ident("C", name), name, kind, int(self.now()), creator, is_ext_shared=ext_shared)
        self.channels[channel.id] = channel
        self.record("channel_created", channel, channel.id, creator)
        self.join(channel, creator)
        return channel

    def direct_message(self, *people: str) -> Channel:
        """The conversation of exactly these people, opened when there is none."""
        members = sorted(set(people))
        kind: ChannelKind = "im" if len(members) < 3 else "mpim"
        for channel in self.channels.values():
            if channel.kind == kind and sorted(channel.members) == members:
                return channel
        label = "-".join(members)
        opened = Channel(
            self.ident("D" if kind == "im" else "C", label), label.lower(), kind, int(self.now()), people[0]
        )
        opened.members = members
        self.channels[opened.id] = opened
        return opened

    def join(self, channel: Channel, user_id: str, inviter: str | None = None) -> bool:
        """Make the person a member; False when they were one already."""
        if user_id in channel.members:
            return False
        channel.members.append(user_id)
        self.record("member_joined", channel, channel.id, user_id, inviter=inviter)
        extra = {"inviter": inviter} if inviter else {}
        self.system_message(channel, user_id, "channel_join", f"<@{user_id}> has joined the channel", **extra)
        return True

    def leave(self, channel: Channel, user_id: str, remover: str | None = None) -> None:
        if user_id not in channel.members:
            raise SlackError("not_in_channel")
        self.system_message(channel, user_id, "channel_leave", f"<@{user_id}> has left the channel")
        self.record("member_left", channel, channel.id, user_id, remover=remover)
        channel.members.remove(user_id)

    def rename_channel(self, channel: Channel, name: str, actor: str) -> None:
        taken = self.channel_named(name)
        if taken and taken is not channel:
            raise SlackError("name_taken")
        old, channel.name = channel.name, name
        channel.previous_names.insert(0, old)
        self.record("channel_renamed", channel, channel.id, actor)
        text = f'has renamed the channel from "{old}" to "{name}"'
        self.system_message(channel, actor, "channel_name", text, old_name=old, name=name)

    def set_topic(self, channel: Channel, value: str, actor: str) -> None:
        channel.topic = Note(value, actor, int(self.now()))
        self.system_message(channel, actor, "channel_topic", f"set the channel topic: {value}", topic=value)

    def set_purpose(self, channel: Channel, value: str, actor: str) -> None:
        channel.purpose = Note(value, actor, int(self.now()))
        self.system_message(channel, actor, "channel_purpose", f"set the channel description: {value}", purpose=value)

    def archive(self, channel: Channel, actor: str) -> None:
        """Close the channel; every bot in it is put out."""
        if channel.is_archived:
            raise SlackError("already_archived")
        self.system_message(channel, actor, "channel_archive", f"<@{actor}> archived the channel")
        channel.is_archived = True
        self.record("channel_archived", channel, channel.id, actor)
        channel.members = [member for member in channel.members if not self.users[member].is_bot]

    def unarchive(self, channel: Channel, actor: str) -> None:
        if not channel.is_archived:
            raise SlackError("not_archived")
        channel.is_archived = False
        self.record("channel_unarchived", channel, channel.id, actor)
        self.system_message(channel, actor, "channel_unarchive", f"<@{actor}> un-archived the channel")

    def delete_channel(self, channel: Channel, actor: str) -> None:
        self.record("channel_deleted", channel, channel.id, actor)
        del self.channels[channel.id]

    def delete_canvas(self, canvas: Canvas, actor: str) -> None:
        if canvas.channel is not None:
            self.channels[canvas.channel].canvas_id = None
        del self.canvases[canvas.id]
        self.record("canvas_deleted", canvas, canvas.channel or canvas.tab, actor)

    # ---- messages

    def post(self, channel: Channel, user: str | None, text: str, **attributes: Any) -> Message:
        """Store a message; a reply's `thread_ts` must name an existing parent, not another reply."""
        thread_ts = attributes.get("thread_ts")
        parent = channel.messages.get(thread_ts) if thread_ts else None
        before = shapes.message(self, parent) if parent else None
        message = Message(channel.id, channel.next_ts(self.now()), user, text, **attributes)
        channel.messages[message.ts] = message
        if thread_ts:
            channel.threads.setdefault(thread_ts, []).append(message.ts)
        self.record("message_posted", message, channel.id, user)
        if parent:
            self.record("message_changed", parent, channel.id, None, before=before)
        return message

    def system_message(self, channel: Channel, actor: str, subtype: str, text: str, **extra: Any) -> None:
        if channel.kind in ("channel", "group"):
            self.post(channel, actor, text, subtype=subtype, extra=extra)

    def message(self, channel_id: str, ts: str) -> Message:
        found = self.channel(channel_id).messages.get(ts)
        if found is None or found.subtype == "tombstone":
            raise SlackError("message_not_found")
        return found

    def change_message(self, message: Message, editor: str | None = None, **attributes: Any) -> None:
        """Replace parts of a message. With an `editor` it is marked as edited, to the whole second as Slack does it;
        without one (an unfurl) it is not.
        """
        before = shapes.message(self, message)
        for name, value in attributes.items():
            setattr(message, name, value)
        if editor:
            message.edited = {"user": editor, "ts": f"{int(self.now())}.000000"}
        self.record("message_changed", message, message.channel, editor, before=before)

    def delete_message(self, message: Message, actor: str) -> None:
        """Take a message away; a parent with replies leaves a tombstone."""
        channel, before = self.channels[message.channel], shapes.message(self, message)
        if channel.threads.get(message.ts):
            self._leave_tombstone(message, before, actor)
            return
        parent = channel.messages.get(message.thread_ts or "") if message.is_reply else None
        parent_before = shapes.message(self, parent) if parent else None
        del channel.messages[message.ts]
        if message.is_reply:
            channel.threads[message.thread_ts or ""].remove(message.ts)
        self.record("message_deleted", message, channel.id, actor, before=before)
        if parent:
            self.record("message_changed", parent, channel.id, None, before=parent_before)

    def _leave_tombstone(self, message: Message, before: JSON, actor: str) -> None:
        fresh = Message(message.channel, message.ts, "USLACKBOT", "This message was deleted.", subtype="tombstone")
        for name in vars(fresh):
            setattr(message, name, getattr(fresh, name))
        message.extra = {"hidden": True}
        self.record("message_changed", message, message.channel, actor, before=before)

    def react(self, message: Message, user: str, name: str) -> None:
        who = message.reactions.setdefault(name, [])
        if user in who:
            raise SlackError("already_reacted")
        who.append(user)
        self.record("reaction_added", message, message.channel, user, reaction=name)

    def unreact(self, message: Message, user: str, name: str) -> None:
        if user not in message.reactions.get(name, []):
            raise SlackError("no_reaction")
        message.reactions[name].remove(user)
        if not message.reactions[name]:
            del message.reactions[name]
        self.record("reaction_removed", message, message.channel, user, reaction=name)

    def pin(self, message: Message, user: str) -> None:
        if message.pinned:
            raise SlackError("already_pinned")
        message.pinned = {"by": user, "at": int(self.now())}
        self.record("pin_added", message, message.channel, user)

    def unpin(self, message: Message, user: str) -> None:
        if not message.pinned:
            raise SlackError("no_pin")
        item = shapes.pin_item(self, message)
        message.pinned = None
        self.record("pin_removed", message, message.channel, user, item=item)

    def pins(self, channel: Channel) -> list[Message]:
        return [message for message in channel.messages.values() if message.pinned]

    # ---- what one person sees

    def post_ephemeral(self, channel: Channel, user: str, text: str, **attributes: Any) -> Ephemeral:
        whisper = Ephemeral(channel.id, channel.next_ts(self.now()), user, text, **attributes)
        channel.ephemerals.append(whisper)
        self.record("ephemeral_posted", whisper, channel.id, user)
        return whisper

    def change_ephemeral(self, whisper: Ephemeral, **attributes: Any) -> None:
        for name, value in attributes.items():
            setattr(whisper, name, value)
        self.record("ephemeral_changed", whisper, whisper.channel, whisper.user)

    def delete_ephemeral(self, whisper: Ephemeral) -> None:
        self.channels[whisper.channel].ephemerals.remove(whisper)
        self.record("ephemeral_deleted", whisper, whisper.channel, whisper.user)

    def open_view(self, user: str, content: JSON, *, trigger_id: str, push: bool = False) -> View:
        """Show a modal: alone, or on top of the person's others when `push`."""
        stack = self.modals.setdefault(user, [])
        if push and len(stack) >= 3:
            raise SlackError("push_limit_reached")
        self._check_external_id(content)
        view_id = f"V0{user[2:]}{self.count('view' + user):04d}"
        below = stack[-1] if stack and push else None
        view = View(
            view_id, user, content, below.root_id if below else view_id, below.id if below else None, trigger_id
        )
        stack[:] = [*(stack if push else []), view]
        self.views[view.id] = view
        self.record("view_opened", view, None, user)
        return view

    def _check_external_id(self, content: JSON, but: View | None = None) -> None:
        wanted = content.get("external_id")
        open_views = (view for stack in self.modals.values() for view in stack if view is not but)
        if wanted and any(view.content.get("external_id") == wanted for view in open_views):
            raise SlackError("duplicate_external_id")

    def change_view(self, view: View, content: JSON) -> None:
        """Replace a view's content; what was typed stays where block_id and action_id stay."""
        self._check_external_id(content, but=view)
        kept = {(block.get("block_id"), (block.get("element") or {}).get("action_id")) for block in content["blocks"]}
        view.content = content
        view.revision += 1
        view.state = {
            block: {action: leaf for action, leaf in leaves.items() if (block, action) in kept}
            for block, leaves in view.state.items()
        }
        self.record("view_changed", view, None, view.user)

    def close_view(self, view: View, *, all_of_them: bool = False) -> None:
        stack = self.modals.get(view.user, [])
        stack[:] = [] if all_of_them else [other for other in stack if other is not view]
        self.record("view_closed", view, None, view.user)

    def publish_home(self, user: str, content: JSON) -> View:
        view = self.homes.get(user)
        if view is None:
            view = self.homes[user] = View(f"V0HOME{user[2:]}", user, content, f"V0HOME{user[2:]}")
            self.views[view.id] = view
        else:
            view.content, view.revision = content, view.revision + 1
        self.record("home_published", view, None, user)
        return view
