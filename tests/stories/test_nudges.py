"""Reminders of action items: in the owner's own conversation, at their working hour, once, until it is done."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.slackd.people import Person
from tests.slackd.records import Message
from tests.stage import Stage


def reminders(stage: Stage, person: Person) -> list[Message]:
    """What Scribe has sent this person directly, the oldest first."""
    return stage.bot_posts(person.dm)


def shown(message: Message) -> str:
    """The words of a message, blocks and all."""
    return "\n".join(_texts(message.blocks))


def _texts(part: object) -> list[str]:
    if isinstance(part, list):
        return [text for each in part for text in _texts(each)]
    if not isinstance(part, dict):
        return []
    own = part.get("text")
    mine = [own] if isinstance(own, str) else []
    return mine + [text for name, each in part.items() if name != "text" or not mine for text in _texts(each)]


async def until(stage: Stage, text: str) -> None:
    await stage.slack.run_until(datetime.fromisoformat(text).replace(tzinfo=UTC))
    await stage.settle()


async def test_the_owner_hears_of_an_item_before_and_on_its_day_and_while_it_is_overdue(stage: Stage) -> None:
    channel = await stage.declared()
    await stage.alice.types("/incident action add Add alert on replica lag @bob due 2026-03-18 p1", channel)
    await until(stage, "2026-03-16T12:59:00")
    assert reminders(stage, stage.bob) == []
    await until(stage, "2026-03-16T13:01:00")  # 09:00 in New York, which had changed its clocks
    (first,) = reminders(stage, stage.bob)
    assert "A1" in shown(first) and "Due soon" in shown(first)
    await until(stage, "2026-03-18T13:01:00")
    assert "Due today" in shown(reminders(stage, stage.bob)[1])
    await until(stage, "2026-03-23T13:01:00")  # three days later is a Saturday and waits for Monday
    assert len(reminders(stage, stage.bob)) == 3
    assert "5 days overdue" in shown(reminders(stage, stage.bob)[2])
    assert reminders(stage, stage.alice) == []
