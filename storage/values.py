"""What goes into the memory and comes out of it, apart from facts. All moments are aware, UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from bot.incident import Incident
from bot.words import Severity, Status


@dataclass(frozen=True, slots=True)
class Envelope:
    """Something that was heard and not yet finished. `attempt` is 1 at the first dispatch.

    `answer` is what was decided already: a replay says it instead of deciding again.
    """

    key: str
    kind: str
    body: dict[str, Any]
    received_at: datetime
    attempt: int
    answer: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Absence:
    """Nobody listened: from the last sign of life until somebody did again."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Due:
    """When the next of each kind becomes due; None where nothing waits."""

    envelope: datetime | None
    call: datetime | None
    followup: datetime | None

    @property
    def first(self) -> datetime | None:
        return min((at for at in (self.envelope, self.call, self.followup) if at is not None), default=None)


@dataclass(frozen=True, slots=True)
class Call:
    """One finished Slack call for the outbox.

    `key` is unique for good: a second call with it is ignored. Calls of one `lane` go out in the order in which they
    were put; a call that asks for a later moment (`not_before`) lets the others pass until then, a call that is being
    tried again does not. While a call with the same `replaces` waits untried, a newer one takes its place.
    `purpose` and `incident` are handed back with the result.
    """

    key: str
    lane: str
    method: str
    args: dict[str, Any]
    incident: int | None
    purpose: str
    replaces: str | None = None
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Leased(Call):
    """A call that is mine to deliver until the lease runs out. `attempt` is 1 at the first try."""

    id: int
    attempt: int


@dataclass(frozen=True, slots=True)
class Attempt:
    """Somebody asked for something that left no fact: it was refused, or only shown."""

    key: str
    at: datetime
    who: str
    via: str
    what: str
    channel: str
    incident: int | None
    outcome: str


@dataclass(frozen=True, slots=True)
class Deed:
    """One line of the audit log; `incident` is its number, `seq` the fact's place in it (0: no fact)."""

    at: datetime
    seq: int
    who: str
    via: str
    what: str
    incident: str | None
    channel: str | None
    outcome: str


Purged = dict[str, int]
"""How much of what was purged, or would be: messages, lines, envelopes, calls, mentions, names."""


@dataclass(frozen=True, slots=True)
class Aside:
    """An envelope (`where` is inbox) or a call (outbox) that was given up at that moment, and why."""

    where: str
    key: str
    what: str  # the kind of the envelope, the method of the call
    error: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Written:
    """What was last written in an incident's canvas, as marks and digests: no word of it is kept here.

    `content` is None while a write is under way or its outcome unknown: then `lines` holds those of before and those
    being written. `title` is None where the canvas is not ours to name.
    """

    lines: dict[str, int]
    content: str | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the transcript; `text` is in wire form, with what blocks and attachments say."""

    channel: str
    ts: str
    thread_ts: str | None
    author: str
    author_kind: Literal["person", "bot"]
    text: str
    files: tuple[str, ...]
    edited_ts: str | None
    deleted: bool
    seen_at: datetime
    subtype: str | None


@dataclass(frozen=True, slots=True)
class Past:
    """An incident as it was at an earlier fact; `rewrites`: how often facts had been blanked when it was read."""

    incident: Incident
    rewrites: int


@dataclass(frozen=True, slots=True)
class Kept:
    """The bytes of a published version in one form; `seq` is that of the fact which made the version."""

    incident: int
    family: str
    number: str
    form: str
    seq: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Person:
    """What Slack said of a person at `fetched_at`. `name` is the display name, `tz` an IANA zone."""

    id: str
    name: str
    real_name: str
    tz: str
    deleted: bool
    guest: bool
    stranger: bool  # of another workspace
    bot: bool
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class Row:
    """One incident in a list; `number` and `declared_at` are missing only before its declaration is recorded."""

    id: int
    number: str | None
    title: str
    severity: Severity
    family: str  # of the report; it names the severity
    status: Status
    channel: str | None
    private: bool
    drill: bool
    declared_at: datetime | None
    services: tuple[str, ...]
    type: str  # one of `bot.words.IncidentType`


@dataclass(frozen=True, slots=True)
class Sight:
    """Which incidents somebody may see: the public ones or not, and those of these channels."""

    public: bool
    channels: frozenset[str]


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing of an incident (`bot.lookup.Findable`) and which of the words asked for it says."""

    thing: str
    words: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """An incident that was found; `weights` says for each word asked for how weighty the best thing is that says it
    (0: none does), `things` how many say one at least, and `hits` are the best of those.
    """

    row: Row
    weights: tuple[int, ...]
    things: int
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Owned:
    """An unfinished action item: of which incident, which one, whose, and until when (an ISO date)."""

    incident: int
    action: str
    owner: str | None
    due: str | None


@dataclass(frozen=True, slots=True)
class FollowupRow:
    """Something to look at again at `next_at`. The store reads `person` and `next_at` and leaves the rest alone."""

    incident: int
    key: str
    topic: str
    person: str
    body: dict[str, Any]
    after: datetime
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class NudgeRow:
    """`to` is told of this on that day of theirs: for good, whatever becomes of the thing. It was `person`'s then, and
    due on that day; it should have been said at `meant`.
    """

    to: str
    day: str
    incident: int
    key: str
    person: str
    due: str
    meant: datetime
    late: bool
