"""A page of Slack's history beside what is known: what nobody heard of, as the commands it would have been. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from bot.commands import NoteDeletion, NoteEdit, React, Unreact
from bot.facts import Evidence, Via
from bot.incident import Incident, Mark, message_entry
from bot.policy import Policy
from bot.stamps import instant_of, stamp_of
from handlers.messages import seen
from storage import Message

SETTLED: Final = timedelta(minutes=1)
"""What was heard more recently is not judged by its absence: Slack's history may be a moment behind its events."""

TICK: Final = timedelta(microseconds=1)

Raw = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Missed:
    """One thing nobody heard of, on the message `ts`: the command it would have been, and who did it.

    `kind` is one of `bot.decide.listening.FOUND`.
    """

    kind: str
    ts: str
    command: React | Unreact | NoteEdit | NoteDeletion
    by: str

    @property
    def via(self) -> Via:
        return "reaction" if isinstance(self.command, React | Unreact) else "message"


def reworded(before: Message | None, message: Message) -> bool:
    """Does this page hold a newer wording than the one known?"""
    if before is None or before.deleted or (message.edited_ts or "") < (before.edited_ts or ""):
        return False
    return (before.text, before.files) != (message.text, message.files)


def edit(message: Message) -> Missed:
    return Missed(
        "edits", message.ts, NoteEdit(seen(message), instant_of(message.edited_ts or message.ts)), message.author
    )


def deletion(message: Message) -> Missed:
    place = Evidence(message.channel, message.ts, message.thread_ts)
    return Missed("deletions", message.ts, NoteDeletion(place), message.author)


def reactions(
    raw: Raw, message: Message, before: Incident, now: Incident, policy: Policy, asked_at: datetime
) -> Iterator[Missed]:
    """The reactions put on, then those taken back, that are news to the incident.

    `before` is the incident as it stood before Slack was asked, `now` as it stands. Nobody knows when it happened:
    whatever is heard live of a later moment is newer than the stamps given here, whichever clock is ahead.
    """
    entry = message_entry(Evidence(message.channel, message.ts))
    marks = now.marks.get(entry, ())
    newest = max([message.ts, *(mark.stamp for mark in marks)], key=instant_of)
    on = list(_on(raw))
    for emoji, user in on:
        meaning = policy.meaning(emoji)
        if meaning is not None and _is_news(marks, emoji, user):
            newest = _after(newest)
            yield Missed("reactions", message.ts, React(seen(message), emoji, meaning, newest, found=True), user)
    shown = _shown_whole(raw)
    for mark in marks:
        taken = (mark.name, mark.by) not in on and shown(mark.name)
        if taken and _stood(mark, before.marks.get(entry, ()), asked_at):
            place = Evidence(message.channel, message.ts, message.thread_ts)
            off = Unreact(place, mark.name, _after(mark.stamp), found=True)
            yield Missed("taken_back", message.ts, off, mark.by)


def _on(raw: Raw) -> Iterator[tuple[str, str]]:
    """(emoji, who) of each reaction, in the order in which the emoji came."""
    for reaction in raw.get("reactions") or []:
        yield from ((reaction["name"], user) for user in reaction["users"])


def _shown_whole(raw: Raw) -> Any:
    """Of an emoji with many reactors Slack names only some; whoever is not named may have it on still."""
    cut = {r["name"] for r in raw.get("reactions") or [] if r.get("count", 0) > len(r["users"])}
    return lambda emoji: emoji not in cut


def _is_news(marks: Sequence[Mark], emoji: str, user: str) -> bool:
    """Nobody heard of it, or it was put on again; what its owner took back by a command stays taken back."""
    known = next((mark for mark in marks if (mark.name, mark.by) == (emoji, user)), None)
    return known is None or (not known.standing and known.source.via == "reaction")


def _stood(mark: Mark, before: Sequence[Mark], asked_at: datetime) -> bool:
    """A reaction of which we knew well before we asked."""
    return mark.standing and mark.source.via == "reaction" and mark in before and mark.at <= asked_at - SETTLED


def _after(stamp: str) -> str:
    return stamp_of(instant_of(stamp) + TICK)
