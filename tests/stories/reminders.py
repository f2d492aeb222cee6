"""Reminders as people read them, and what they do with them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from bot.facts import ActionAdded, Source
from bot.words import Wire
from handlers.followups import keep_in_step
from tests.slackd.people import Answer, Person, Submission
from tests.slackd.records import JSON, Channel, Ephemeral, Message, View
from tests.slackd.server import Slackd
from tests.stage import MORNING, Stage

QUIET: Final = 'catch_up_every = "90d"\n'
"""For stories that take weeks: the channel is not read back every few minutes of them."""


async def given(stage: Stage, channel: Channel, owner: Person, due: Mapping[int, date]) -> None:
    """Action items of this person, by number with their dates: as facts, for to type so many takes too long."""
    source = Source("command", stage.alice.id)
    items = [
        ActionAdded(
            key=f"item{n}",
            at=MORNING,
            source=source,
            action=f"A{n}",
            text=Wire(f"Item number {n:03}"),
            owner=owner.id,
            due=day,
        )
        for n, day in due.items()
    ]
    async with stage.desk.store.visit((await stage.incident(channel)).id) as visit:
        await keep_in_step(stage.desk, visit, visit.incident, await visit.record(items, MORNING))


def reminders(stage: Stage, person: Person) -> list[Message]:
    """What Scribe has sent this person directly, the oldest first."""
    return stage.bot_posts(person.dm)


def about(stage: Stage, person: Person, what: str) -> Message:
    """The newest reminder in which this thing (`1 item:A3`) can be pressed."""
    return next(m for m in reversed(reminders(stage, person)) if any(b.startswith(f"{what}/") for b in buttons(m)))


def shown(message: Message | Ephemeral) -> str:
    """The words of a message, blocks and all, without its buttons."""
    return "\n".join(_texts([block for block in message.blocks if block["type"] != "actions"]))


def buttons(message: Message | Ephemeral) -> list[str]:
    """The addresses of everything that can be pressed."""
    rows = [block for block in message.blocks if block["type"] == "actions"]
    return [f"{row['block_id']}/{element['action_id']}" for row in rows for element in row["elements"]]


def _texts(part: object) -> list[str]:
    if isinstance(part, list):
        return [text for each in part for text in _texts(each)]
    if not isinstance(part, dict):
        return []
    own = part.get("text")
    mine = [own] if isinstance(own, str) else []
    return mine + [text for name, each in part.items() if name != "text" or not mine for text in _texts(each)]


async def until(stage: Stage, text: str) -> None:
    """Let time pass until that moment, UTC."""
    await stage.slack.run_until(datetime.fromisoformat(text).replace(tzinfo=UTC))
    await stage.settle()


async def presses(person: Person, message: Message, what: str, action: str, choice: str | None = None) -> Answer:
    """Press the button of one thing (`1 item:A3`) in a reminder."""
    return await person.presses(message, f"{what}/{action}", choice)


async def fills_in(person: Person, values: JSON) -> Submission:
    """Fill in the form that has just opened, and send it."""
    view = person.modal
    assert isinstance(view, View)
    await person.fills(view, values)
    return await person.submits(view)


class Diary:
    """Everything Scribe posted to people and channels, as it read when it was posted."""

    def __init__(self, slack: Slackd) -> None:
        self.entries: list[tuple[float, str, str, str]] = []
        self._slack = slack
        slack.world.subscribe(self._note)

    def _note(self, change: object) -> None:
        kind, message = getattr(change, "kind", ""), getattr(change, "subject", None)
        if kind != "message_posted" or not isinstance(message, Message):
            return
        key = ((message.metadata or {}).get("event_payload") or {}).get("key", "")
        if message.user == self._slack.world.bot_user_id and key.startswith("nudges:"):
            _, to, day = key.split(":")
            self.entries.append((float(message.ts), to, day, shown(message)))

    def written(self) -> str:
        """Who got what, in the order of time, at the hour of their own clock; of one minute by whom it was for."""
        ordered = sorted(self.entries, key=lambda entry: (entry[0] // 60, entry[1]))
        return "\n\n".join(self._entry(*entry) for entry in ordered) + "\n"

    def _entry(self, ts: float, to: str, day: str, text: str) -> str:
        user = self._slack.world.users.get(to)
        zone = user.tz if user else "UTC"
        at = datetime.fromtimestamp(ts, UTC).astimezone(ZoneInfo(zone))
        name = user.real_name if user else f"#{self._slack.world.channels[to].name}"
        assert f"{at:%Y-%m-%d}" == day
        words = re.sub(r"<#(\w+)>", lambda found: f"#{self._slack.world.channels[found[1]].name}", text)
        return "\n".join((f"== {at:%a %Y-%m-%d %H:%M} {at:%Z}, {name}", *words.splitlines()))
