"""The things a workspace is made of, as plain values without behaviour of their own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

JSON = dict[str, Any]
ChannelKind = Literal["channel", "group", "im", "mpim"]
Plan = Literal["paid", "free"]


class SlackError(Exception):
    """Slack refuses: `code` is the API's error code, `extra` what else stands in the answer."""

    def __init__(self, code: str, **extra: Any) -> None:
        super().__init__(code)
        self.code = code
        self.extra = extra


@dataclass
class User:
    """A person or a bot; `name` is the handle people type after @."""

    id: str
    name: str
    real_name: str
    tz: str
    team_id: str
    display_name: str = ""
    email: str = ""
    is_bot: bool = False
    bot_id: str | None = None
    deleted: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    updated: int = 0


@dataclass
class UserGroup:
    id: str
    handle: str
    name: str
    users: list[str]


@dataclass
class Note:
    """A channel's topic or purpose."""

    value: str = ""
    creator: str = ""
    last_set: int = 0

    def to_json(self) -> JSON:
        return {"value": self.value, "creator": self.creator, "last_set": self.last_set}


@dataclass
class Message:
    """One message, a tombstone included (`subtype="tombstone"`); `text` is as Slack stores it: escaped."""

    channel: str
    ts: str
    user: str | None
    text: str
    thread_ts: str | None = None
    subtype: str | None = None
    blocks: list[JSON] = field(default_factory=list)
    attachments: list[JSON] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    bot_id: str | None = None
    username: str | None = None
    icons: JSON | None = None
    client_msg_id: str | None = None
    metadata: JSON | None = None
    edited: JSON | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)
    pinned: JSON | None = None
    extra: JSON = field(default_factory=dict)

    @property
    def is_reply(self) -> bool:
        return self.thread_ts is not None and self.thread_ts != self.ts


@dataclass
class Ephemeral:
    """What only `user` sees; `origin` names the interaction it answers, "" when chat.postEphemeral made it."""

    channel: str
    ts: str
    user: str
    text: str
    blocks: list[JSON] = field(default_factory=list)
    attachments: list[JSON] = field(default_factory=list)
    thread_ts: str | None = None
    origin: str = ""


@dataclass
class Bookmark:
    id: str
    channel: str
    title: str
    link: str
    emoji: str
    created: int
    updated: int
    updated_by: str

    def to_json(self) -> JSON:
        return {
            "id": self.id,
            "channel_id": self.channel,
            "title": self.title,
            "link": self.link,
            "emoji": self.emoji,
            "icon_url": None,
            "entity_id": None,
            "type": "link",
            "date_created": self.created,
            "date_updated": self.updated,
            "rank": "",
            "last_updated_by_user_id": self.updated_by,
        }


@dataclass
class Channel:
    """A conversation of any kind. `messages` stands in the order of ts, which only ever grows."""

    id: str
    name: str
    kind: ChannelKind
    created: int
    creator: str
    members: list[str] = field(default_factory=list)
    is_archived: bool = False
    is_ext_shared: bool = False
    topic: Note = field(default_factory=Note)
    purpose: Note = field(default_factory=Note)
    previous_names: list[str] = field(default_factory=list)
    messages: dict[str, Message] = field(default_factory=dict)
    threads: dict[str, list[str]] = field(default_factory=dict)
    ephemerals: list[Ephemeral] = field(default_factory=list)
    bookmarks: list[Bookmark] = field(default_factory=list)
    canvas_id: str | None = None
    counter: int = 0
    event_counter: int = 500_000  # no message of one second has the stamp of an event in it

    @property
    def is_private(self) -> bool:
        return self.kind != "channel"

    def next_ts(self, now: float) -> str:
        """The next message's ts: whole seconds of the clock and this channel's own count."""
        self.counter += 1
        return f"{int(now)}.{self.counter:06d}"

    def next_event_ts(self, now: float) -> str:
        self.event_counter += 1
        return f"{int(now)}.{self.event_counter:06d}"


@dataclass
class File:
    """An uploaded file, or a canvas's face in files.info; `done` once completeUploadExternal was called."""

    id: str
    name: str
    title: str
    user: str
    created: int
    size: int
    content: bytes = b""
    alt_txt: str = ""
    snippet_type: str = ""
    done: bool = False
    deleted: bool = False
    shares: dict[str, list[str]] = field(default_factory=dict)


@dataclass
class Section:
    """One block of a canvas; its id holds until the next edit only."""

    id: str
    markdown: str


@dataclass
class Canvas:
    """`channel` has it as its own canvas, `tab` is where a standalone one stands as a tab."""

    id: str
    title: str
    owner: str
    created: int
    channel: str | None = None
    tab: str | None = None
    sections: list[Section] = field(default_factory=list)
    access: dict[str, str] = field(default_factory=dict)
    edits: int = 0

    @property
    def markdown(self) -> str:
        return "\n\n".join(section.markdown for section in self.sections)


@dataclass
class View:
    """A modal or a Home tab; `state` is what its user has filled in so far, by block and action."""

    id: str
    user: str
    content: JSON
    root_id: str
    previous_id: str | None = None
    trigger_id: str = ""
    revision: int = 1
    state: dict[str, dict[str, JSON]] = field(default_factory=dict)

    @property
    def hash(self) -> str:
        return f"{self.revision}.{self.id.lower()}"

    @property
    def blocks(self) -> list[JSON]:
        return list(self.content.get("blocks", []))

    @property
    def title(self) -> str:
        return str(self.content.get("title", {}).get("text", ""))


@dataclass(frozen=True)
class Change:
    """One thing that happened in the world; `kind` names it, `subject` is the record it happened to."""

    seq: int
    at: float
    kind: str
    subject: Any
    channel: str | None = None
    actor: str | None = None
    data: JSON = field(default_factory=dict)
