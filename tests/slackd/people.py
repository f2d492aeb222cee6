"""Persons as actors: what they type, press and read in Slack's own client."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from tests.slackd import typed
from tests.slackd.api.canvases import fill, reaches
from tests.slackd.api.files import share_files
from tests.slackd.desk import Answer, Desk, Submission
from tests.slackd.records import Canvas, Channel, Ephemeral, File, Message, SlackError, User, View

if TYPE_CHECKING:
    from tests.slackd.server import Slackd

Upload = tuple[str, bytes]
Filled = TypeVar("Filled", View, Message, Ephemeral)

__all__ = ["AlertBot", "Answer", "Person", "Submission"]


class Person:
    """Someone in the workspace. What Slack's client would not let them do raises SlackError."""

    def __init__(self, slack: Slackd, user: User) -> None:
        self._slack = slack
        self._desk = Desk(slack, user.id)
        self.user = user

    def __repr__(self) -> str:
        return f"Person({self.user.name})"

    @property
    def id(self) -> str:
        return self.user.id

    @property
    def mention(self) -> str:
        """What others type to mention this person."""
        return f"@{self.user.name}"

    # ---- messages

    async def says(
        self,
        channel: Channel,
        text: str = "",
        *,
        thread: Message | None = None,
        broadcast: bool = False,
        files: Sequence[Upload] = (),
    ) -> Message:
        """Post a message as typed, with files if any."""
        self._be_member(channel)
        if thread is not None and (thread.thread_ts or thread.ts) not in channel.messages:
            raise SlackError("thread_not_found")
        content = self._typed(channel, text) | self._place(thread, broadcast)
        if files:
            share_files(self._slack, channel, [self._file(*upload) for upload in files], self.id, **content)
            return next(reversed(channel.messages.values()))
        return self._slack.world.post(channel, self.id, **content)

    async def mentions(self, channel: Channel, text: str, *, thread: Message | None = None) -> Message:
        """`@bot text`."""
        bot = self._slack.world.users[self._slack.world.bot_user_id]
        return await self.says(channel, f"@{bot.name} {text}", thread=thread)

    async def emotes(self, channel: Channel, text: str) -> Message:
        """`/me text`."""
        self._be_member(channel)
        return self._slack.world.post(channel, self.id, typed.escape(text), subtype="me_message")

    async def edits(self, message: Message, text: str) -> None:
        self._be_author(message)
        fresh = self._typed(self._slack.world.channels[message.channel], text)
        self._slack.world.change_message(message, self.id, text=fresh["text"], blocks=fresh["blocks"])

    async def deletes(self, message: Message) -> None:
        self._be_author(message)
        self._slack.world.delete_message(message, self.id)

    async def reacts(self, message: Message, emoji: str) -> None:
        """Add an emoji, named without colons, a skin tone as suffix (`wave::skin-tone-3`)."""
        self._be_member(self._slack.world.channels[message.channel])
        self._slack.world.react(message, self.id, emoji)

    async def unreacts(self, message: Message, emoji: str) -> None:
        self._slack.world.unreact(message, self.id, emoji)

    async def pins(self, message: Message) -> None:
        self._slack.world.pin(message, self.id)

    async def unpins(self, message: Message) -> None:
        self._slack.world.unpin(message, self.id)

    async def writes_in(self, canvas: Canvas, markdown: str) -> None:
        """Leave the canvas with this content, as somebody does who edits it on the screen."""
        if not reaches(self._slack.world, canvas, self.id):
            raise SlackError("canvas_not_found")
        fill(canvas, markdown)
        self._slack.world.record("canvas_changed", canvas, canvas.channel or canvas.tab, self.id)

    async def deletes_canvas(self, canvas: Canvas) -> None:
        self._slack.world.delete_canvas(canvas, self.id)

    def _typed(self, channel: Channel, text: str) -> dict[str, Any]:
        number = self._slack.world.count(f"typed {channel.id}")
        block = typed.rich_text(self._slack.world, text, f"typed{number}")
        stored = typed.typed_text(self._slack.world, text)
        message_id = f"{channel.id.lower()}-{self.id.lower()}-{number}"
        return {"text": stored, "blocks": [block] if text else [], "client_msg_id": message_id}

    def _place(self, thread: Message | None, broadcast: bool) -> dict[str, Any]:
        if thread is None:
            return {}
        place = {"thread_ts": thread.thread_ts or thread.ts}
        return place | ({"subtype": "thread_broadcast"} if broadcast else {})

    def _file(self, name: str, content: bytes) -> File:
        world = self._slack.world
        file = File(world.ident("F", f"{name} {len(content)}"), name, name, self.id, int(world.now()), len(content))
        file.content, file.done = content, True
        world.files[file.id] = file
        return file

    def _be_member(self, channel: Channel) -> None:
        if channel.is_archived:
            raise SlackError("is_archived")
        if self.id not in channel.members:
            raise SlackError("not_in_channel")

    def _be_author(self, message: Message) -> None:
        if message.user != self.id:
            raise SlackError("cant_update_message")

    # ---- the app

    async def types(self, command: str, channel: Channel) -> Answer:
        """Type a slash command, and wait for what the typist gets to see. Not possible in threads."""
        return await self._desk.command(command, channel)

    async def presses(
        self, place: Message | Ephemeral | View, name: str | None = None, value: Any = None, **by: str
    ) -> Answer:
        """Use an element outside the inputs, called by `action_id=` or by what stands on it (`text=`).

        `value` is what is chosen in a select, a picker or an overflow menu.
        """
        return await self._desk.press(place, name or by.get("action_id") or by["text"], value)

    async def uses_shortcut(self, callback_id: str, message: Message) -> Answer:
        """A message shortcut."""
        return await self._desk.message_shortcut(callback_id, message)

    async def uses_global_shortcut(self, callback_id: str) -> Answer:
        return await self._desk.global_shortcut(callback_id)

    async def fills(self, place: Filled, values: dict[str, Any]) -> Filled:
        """Fill in inputs, called by label, block_id or action_id. Options go by text or value; None clears."""
        await self._desk.fill(place, values)
        return place

    async def submits(self, view: View) -> Submission:
        return await self._desk.submit(view)

    async def closes(self, view: View) -> None:
        """Close the modal with its X."""
        await self._desk.close(view)

    async def opens_home(self, tab: str = "home") -> View | None:
        """Open the app's Home; returns what is shown there."""
        return await self._desk.open_home(tab)

    # ---- what they see

    def sees(self, channel: Channel) -> list[Message | Ephemeral]:
        """The channel as this person reads it, replies and ephemeral messages to them included, in order."""
        if channel.is_private and self.id not in channel.members:
            return []
        whispers = [whisper for whisper in channel.ephemerals if whisper.user == self.id]
        return sorted([*channel.messages.values(), *whispers], key=lambda post: post.ts)

    @property
    def inbox(self) -> list[Ephemeral]:
        """Every ephemeral message this person was shown and that still stands, the oldest first."""
        found = [e for c in self._slack.world.channels.values() for e in c.ephemerals if e.user == self.id]
        return sorted(found, key=lambda whisper: whisper.ts)

    @property
    def dm(self) -> Channel:
        """The conversation between this person and the bot."""
        return self._slack.world.direct_message(self.id, self._slack.world.bot_user_id)

    @property
    def modal(self) -> View | None:
        """The modal this person has in front of them."""
        stack = self._slack.world.modals.get(self.id)
        return stack[-1] if stack else None

    @property
    def home(self) -> View | None:
        return self._slack.world.homes.get(self.id)

    # ---- channels and membership

    async def creates_channel(self, name: str, *, private: bool = False) -> Channel:
        return self._slack.world.create_channel(name, self.id, private=private)

    async def joins(self, channel: Channel) -> None:
        self._slack.world.join(channel, self.id)

    async def leaves(self, channel: Channel) -> None:
        self._slack.world.leave(channel, self.id)

    async def invites(self, channel: Channel, *people: Person) -> None:
        """Bring people in; nobody named means the bot."""
        self._be_member(channel)
        for user_id in [person.id for person in people] or [self._slack.world.bot_user_id]:
            self._slack.world.join(channel, user_id, inviter=self.id)

    async def removes(self, channel: Channel, person: Person | None = None) -> None:
        """Put someone out of the channel; nobody named means the bot."""
        user_id = person.id if person else self._slack.world.bot_user_id
        self._slack.world.leave(channel, user_id, remover=self.id)

    async def renames(self, channel: Channel, name: str) -> None:
        self._slack.world.rename_channel(channel, name, self.id)

    async def sets_topic(self, channel: Channel, topic: str) -> None:
        self._slack.world.set_topic(channel, topic, self.id)

    async def archives(self, channel: Channel) -> None:
        self._slack.world.archive(channel, self.id)

    async def unarchives(self, channel: Channel) -> None:
        self._slack.world.unarchive(channel, self.id)

    async def deletes_channel(self, channel: Channel) -> None:
        self._slack.world.delete_channel(channel, self.id)

    async def makes_private(self, channel: Channel) -> None:
        channel.kind = "group"
        self._slack.world.system_message(channel, self.id, "channel_convert_to_private", "made this channel private")

    async def becomes(self, **attributes: Any) -> None:
        """Change what Slack knows of this person: `real_name=`, `display_name=`, `tz=`, `deleted=True`, …"""
        self._slack.world.change_user(self.id, **attributes)


class AlertBot:
    """A monitoring integration: classic webhook posts by default, a modern app with its own bot user on request."""

    def __init__(self, slack: Slackd, name: str, *, modern: bool = False) -> None:
        self._slack = slack
        self.name = name
        world = slack.world
        self.bot_id = world.ident("B", name)
        self.user: User | None = None
        if modern:
            self.user = world.add_user(name, real_name=name, tz="Etc/UTC", is_bot=True, bot_id=self.bot_id)
            world.apps[self.bot_id] = world.ident("A", name)

    async def alerts(self, channel: Channel, title: str, text: str = "", *, color: str = "danger") -> Message:
        """Post an alert that has an attachment and no text of its own."""
        part = {"id": 1, "color": color, "title": title, "text": text, "fallback": title, "mrkdwn_in": ["text"]}
        return await self.posts(channel, attachments=[part])

    async def posts(self, channel: Channel, text: str = "", **content: Any) -> Message:
        """Post `text`, `blocks` or `attachments`, in a thread with `thread_ts`."""
        who: dict[str, Any] = {"bot_id": self.bot_id}
        if self.user is None:
            who |= {"subtype": "bot_message", "username": self.name, "icons": {"emoji": ":rotating_light:"}}
        return self._slack.world.post(channel, self.user.id if self.user else None, text, **content, **who)
