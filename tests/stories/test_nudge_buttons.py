"""What is pressed in a reminder: done, put off, changed, declined; also on a stale message, and while it is sent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.words import ActionStatus
from tests.databases import fresh_sqlite
from tests.slackd.records import Channel, Message
from tests.stage import Stage, staged
from tests.stories.reminders import QUIET, buttons, fills_in, given, presses, reminders, shown, until

A1 = "1 item:A1"


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """One database is enough: the other stories have shown that both keep alike."""
    async with staged(fresh_sqlite(tmp_path), config=QUIET, folder=tmp_path) as made:
        yield made


@pytest.fixture
async def channel(stage: Stage) -> Channel:
    """An incident with two items of Bob's, due on Thursday the 12th; he hears of them at 13:00 UTC."""
    channel = await stage.declared()
    await stage.alice.types("/incident action add Add alert on replica lag @bob due 2026-03-12", channel)
    await stage.alice.types("/incident action add Drop the old index @bob due 2026-03-12", channel)
    return channel


async def with_items(stage: Stage, channel: Channel, many: int) -> None:
    """So many more of Bob's, due on that day too."""
    await given(stage, channel, stage.bob, {n: date(2026, 3, 12) for n in range(3, many + 3)})


async def reminded(stage: Stage) -> Message:
    await until(stage, "2026-03-12T13:00:30")
    (message,) = reminders(stage, stage.bob)
    return message


async def test_done_asks_how_it_was_verified_and_the_message_shows_it(stage: Stage, channel: Channel) -> None:
    message = await reminded(stage)
    await presses(stage.bob, message, A1, "nudge_done")
    assert (await fills_in(stage.bob, {"verification": "It fired in staging"})).closed
    await stage.settle()
    item = (await stage.incident(channel)).actions["A1"]
    assert (item.status, item.verification) == (ActionStatus.DONE, "It fired in staging")
    assert "~✅ *A1* Add alert on replica lag~ done" in shown(message)
    assert message.text == "1 thing waits for you"
    assert not any(button.startswith(A1) for button in buttons(message))


async def test_a_new_date_stands_in_the_message_and_brings_the_next_reminder(stage: Stage, channel: Channel) -> None:
    message = await reminded(stage)
    await presses(stage.bob, message, A1, "nudge_due")
    assert (await fills_in(stage.bob, {"due": "2026-03-20"})).closed
    await stage.settle()
    assert "due Fri 2026-03-20 now" in shown(message)
    await until(stage, "2026-03-18T13:00:30")
    assert "A1" in shown(reminders(stage, stage.bob)[-1])


async def test_reassigned_it_is_the_others_and_reminds_the_other(stage: Stage, channel: Channel) -> None:
    message = await reminded(stage)
    await presses(stage.bob, message, A1, "nudge_owner")
    assert (await fills_in(stage.bob, {"owner": stage.carol.id})).closed
    await stage.settle()
    assert "now with Carol Chen" in shown(message)
    await until(stage, "2026-03-16T13:00:30")
    assert "A1" in shown(reminders(stage, stage.carol)[-1])
    assert "A1" not in shown(reminders(stage, stage.bob)[-1])


async def test_declining_needs_the_reason_and_ends_it(stage: Stage, channel: Channel) -> None:
    message = await reminded(stage)
    await presses(stage.bob, message, A1, "nudge_decline")
    assert (await fills_in(stage.bob, {"reason": "  "})).errors
    assert (await fills_in(stage.bob, {"reason": "Superseded by the new cluster"})).closed
    await stage.settle()
    assert "declined: Superseded by the new cluster" in shown(message)
    await until(stage, "2026-03-17T13:00:30")
    assert "A1" not in shown(reminders(stage, stage.bob)[-1])


async def test_put_off_it_comes_on_that_day_and_no_sooner(stage: Stage, channel: Channel) -> None:
    message = await reminded(stage)
    await presses(stage.bob, message, A1, "nudge_snooze", "In 2 weeks")
    assert "again on Thu 2026-03-26" in stage.bob.inbox[-1].text
    await stage.settle()
    assert "put off until Thu 2026-03-26" in shown(message)
    await until(stage, "2026-03-25T20:00:00")
    assert not any("A1" in shown(m) for m in reminders(stage, stage.bob)[1:])
    await until(stage, "2026-03-26T13:00:30")
    assert "A1" in shown(reminders(stage, stage.bob)[-1])


async def test_who_goes_away_puts_off_everything_at_once_in_every_incident(stage: Stage, channel: Channel) -> None:
    other = await stage.declared("Search is slow")
    await stage.alice.types("/incident action add Reindex @bob due 2026-03-18", other)
    message = await reminded(stage)
    await presses(stage.bob, message, "everything", "nudge_snooze", "In 4 weeks")
    assert "3 things put off" in stage.bob.inbox[-1].text
    await until(stage, "2026-04-08T13:00:30")
    assert len(reminders(stage, stage.bob)) == 1
    await until(stage, "2026-04-09T13:00:30")
    assert reminders(stage, stage.bob)[-1].text == "3 things wait for you"


async def test_what_one_message_does_not_hold_is_a_page_away_with_its_buttons(stage: Stage, channel: Channel) -> None:
    await with_items(stage, channel, 30)
    message = await reminded(stage)
    assert message.text == "32 things wait for you"
    assert "page 1 of 2" in shown(message)
    first = {button.split("/")[0] for button in buttons(message) if "item:" in button}
    assert f"… and {32 - len(first)} more" in shown(message)
    answer = await stage.bob.presses(message, text="More")
    (rest,) = answer.whispers
    second = {button.split("/")[0] for button in buttons(rest) if "item:" in button}
    assert not first & second and len(first | second) == 32
    assert "1 item:A32" in second
    answer = await stage.bob.presses(rest, "1 item:A32/nudge_done")
    assert (await fills_in(stage.bob, {"verification": "It fired in staging"})).closed
    await stage.settle()
    assert (await stage.incident(channel)).actions["A32"].status is ActionStatus.DONE
    assert message.text == "31 things wait for you"
    await stage.bob.presses(rest, text="Back")
    assert any("page 1 of 2" in shown(whisper) for whisper in stage.bob.inbox)


@pytest.mark.parametrize("action", ["nudge_done", "nudge_due", "nudge_owner", "nudge_decline", "nudge_snooze"])
async def test_a_press_on_a_stale_message_changes_nothing_and_shows_what_stands(
    stage: Stage, channel: Channel, action: str
) -> None:
    message = await reminded(stage)
    old = replace(message)  # as a client shows it that was away
    await stage.alice.types("/incident action done A1 it fired in staging", channel)
    await stage.settle()
    await presses(stage.bob, old, A1, action, "Tomorrow" if action == "nudge_snooze" else None)
    assert stage.bob.modal is None
    assert "Nothing was changed: A1: done." in stage.bob.inbox[-1].text
    assert (await stage.incident(channel)).actions["A1"].status is ActionStatus.DONE
    assert "~✅ *A1*" in shown(message)


async def test_what_is_done_while_the_reminder_is_being_sent_is_not_asked_for(stage: Stage, channel: Channel) -> None:
    await stage.alice.types("/incident action add Rename the pool @bob due 2026-03-12", channel)
    stage.slack.faults.rate_limit("conversations.open", retry_after=300)
    await until(stage, "2026-03-12T13:00:05")
    assert reminders(stage, stage.bob) == []
    await stage.alice.types("/incident action done A1 it fired in staging", channel)
    await stage.alice.types("/incident action assign A2 @carol", channel)
    await stage.bob.types("/incident action snooze A3 until 2026-03-20", channel)
    await stage.alice.types("/incident action add Page the owner @bob due 2026-03-13", channel)
    await until(stage, "2026-03-12T14:00:00")
    assert reminders(stage, stage.bob) == []  # nothing of it was left


async def test_a_reminder_whose_answer_was_lost_is_found_by_its_mark_and_not_sent_twice(
    stage: Stage, channel: Channel
) -> None:
    stage.slack.faults.answer_lost("chat.postMessage")
    await until(stage, "2026-03-12T14:00:00")
    (message,) = reminders(stage, stage.bob)
    await presses(stage.bob, message, A1, "nudge_snooze", "Tomorrow")
    await stage.settle()
    assert "put off" in shown(message)  # its place is known, so it can be edited


async def test_an_account_that_was_deactivated_unheard_has_its_reminder_go_to_the_commander(
    stage: Stage, channel: Channel
) -> None:
    stage.slack.world.users[stage.bob.id].deleted = True  # and no event says so
    await until(stage, "2026-03-12T14:00:00")
    (message,) = reminders(stage, stage.alice)
    assert "A1" in shown(message) and "Bob Brown cannot be reached any more" in shown(message)
    await presses(stage.alice, message, A1, "nudge_owner")
    assert (await fills_in(stage.alice, {"owner": stage.carol.id})).closed
    await stage.settle()
    assert "now with Carol Chen" in shown(message)
