"""Reminders of action items: in the owner's own conversation, at their working hour, once, until it is done."""

from __future__ import annotations

from tests.stage import Stage
from tests.stories.reminders import reminders, shown, until


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
    await until(stage, "2026-03-24T13:01:00")  # and again on Thursday and on Monday
    assert [m.text for m in reminders(stage, stage.bob)] == ["1 thing waits for you"] * 4
    assert "5 days overdue" in shown(reminders(stage, stage.bob)[3])
    assert reminders(stage, stage.alice) == []
