"""What Slack still has of a channel, page by page, and which of the messages we know it has no more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Final, Self

from slack_sdk.errors import SlackApiError

from handlers.comparing import SETTLED, Raw
from handlers.desk import Desk
from handlers.slack_calls import Args
from handlers.slack_errors import GONE, code_of
from storage import Call, Message

PAGE: Final = 200
DOUBTED: Final = 20
"""Messages at the end of a page of which Slack is asked by name; more are left to the next reading."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How far a channel is read back, as it stands in the arguments of the next step.

    `root` begins the keys of its calls, `lane` is where they wait. `whole` goes back to the beginning of the incident
    (or to `floor`), else the last hour is read. `then` is done at the end; `asker` is told what was found.
    """

    channel: str
    root: str
    lane: str = ""
    whole: bool = True
    floor: str = ""
    then: str = ""
    asker: str = ""
    step: int = 0
    began: str = ""  # our clock when it began
    top: str = ""  # the newest message known before Slack was first asked
    cursor: str = ""
    below: str = ""  # from this ts up the channel is read
    read: bool = False  # the channel is, of its threads some may be left
    threads: tuple[str, ...] = ()
    thread_cursor: str = ""
    above: str = ""  # up to this reply the first of the threads is read
    tally: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, args: Args) -> Self:
        return cls(**{**args, "threads": tuple(args.get("threads", ()))})

    def call(self, incident: int, not_before: datetime | None = None) -> Call:
        """The next step."""
        said = {f.name: getattr(self, f.name) for f in fields(self)}
        lane = self.lane or f"readback:{self.channel}"
        return Call(f"{self.root}:{self.step}", lane, "scribe.readback", said, incident, "", self.name, not_before)

    @property
    def name(self) -> str | None:
        """Of the one reading of a channel that goes on by itself, and that a newer one takes the place of."""
        return None if self.lane or self.asker else f"readback:{self.channel}"

    def afresh(self, root: str) -> Self:
        """Again from the newest message, with what was found so far."""
        return type(self)(self.channel, root, self.lane, floor=self.floor, then=self.then, tally=self.tally)

    @property
    def done(self) -> bool:
        return self.read and not self.threads

    @property
    def thread(self) -> str | None:
        return self.threads[0] if self.threads else None


@dataclass(frozen=True, slots=True)
class Page:
    """What Slack answered. Of the messages known between `after` and `upto`, those missing here are deleted."""

    asked_at: datetime
    messages: Sequence[Raw]
    cursor: str
    after: str
    upto: str
    sure: str  # up to here something present stands above what is missing


async def next_page(desk: Desk, reading: Reading) -> Page:
    return await (_replies(desk, reading, reading.thread) if reading.thread else _history(desk, reading))


async def _history(desk: Desk, reading: Reading) -> Page:
    """The newest page not read yet. What is missing is judged between two messages that are there."""
    now = desk.clock.now()
    answer = await desk.courier.conversations_history(
        channel=reading.channel, limit=PAGE, oldest=reading.floor, cursor=reading.cursor or None
    )
    present = [m["ts"] for m in answer["messages"]]
    after, upto = (min(present), reading.below or reading.top) if present else ("", "")
    return Page(now, answer["messages"], _next(answer), after, upto, reading.below or max(present, default=""))


async def _replies(desk: Desk, reading: Reading, parent: str) -> Page:
    """The next page of a thread, the oldest first; a thread that is gone has no replies left."""
    now = desk.clock.now()
    try:
        answer = await desk.courier.conversations_replies(
            channel=reading.channel, ts=parent, limit=PAGE, cursor=reading.thread_cursor or None
        )
    except SlackApiError as error:
        if code_of(error) not in GONE:
            raise
        return Page(now, (), "", reading.above or parent, reading.top, "")
    replies = [m for m in answer["messages"] if m["ts"] != parent]
    cursor, last = _next(answer), max((m["ts"] for m in replies), default="")
    return Page(now, replies, cursor, reading.above or parent, last if cursor else max(last, reading.top), last)


def _next(answer: Any) -> str:
    return str((answer.get("response_metadata") or {}).get("next_cursor") or "")


async def missing(desk: Desk, reading: Reading, page: Page) -> list[Message]:
    """The known messages that are not there any more. With nothing present above it, Slack is asked by name, because
    erasing cannot be taken back.
    """
    known = await desk.store.standing(reading.channel, reading.thread, page.after, page.upto, PAGE * 2)
    present = {m["ts"] for m in page.messages if m.get("subtype") != "tombstone"} | {reading.below}
    absent = [m for m in known if m.ts not in present and m.seen_at <= page.asked_at - SETTLED]
    sure = [m for m in absent if m.ts <= page.sure]
    doubted = [m for m in absent if m.ts > page.sure][:DOUBTED]
    return [*sure, *[m for m in doubted if await _is_gone(desk, m)]]


async def _is_gone(desk: Desk, message: Message) -> bool:
    try:
        answer = await desk.courier.conversations_replies(
            channel=message.channel, ts=message.ts, oldest=message.ts, latest=message.ts, inclusive=True
        )
    except SlackApiError as error:
        if code_of(error) not in GONE:
            raise
        return True
    found = next((m for m in answer["messages"] if m["ts"] == message.ts), None)
    return found is None or found.get("subtype") == "tombstone"
