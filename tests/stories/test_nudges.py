"""Reminders of action items: in the owner's own conversation, at their working hour, once, until it is done."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.databases import fresh_sqlite
from tests.slackd.server import Slackd
from tests.stage import MANIFEST, MORNING, Stage, Transport, scribe_at_work, settings_for, staged
from tests.stories.reminders import QUIET, reminders, shown, until


@pytest.fixture
async def stage(database: str, transport: Transport, tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(database, transport, config=QUIET, folder=tmp_path) as made:
        yield made


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
    await until(stage, "2026-03-24T13:01:00")  # on Monday; the Thursday was the day after
    assert [m.text for m in reminders(stage, stage.bob)] == ["1 thing waits for you"] * 3
    assert "5 days overdue" in shown(reminders(stage, stage.bob)[2])
    assert reminders(stage, stage.alice) == []


async def test_after_a_week_away_each_person_gets_one_message_late_and_said_so(database: str) -> None:
    async with Slackd(MANIFEST, now=MORNING) as slack:
        settings = settings_for(slack, database)
        alice = slack.person("alice", name="Alice Adams", tz="Europe/Zurich")
        bob = slack.person("bob", name="Bob Brown", tz="America/New_York")
        general = slack.channel("general", alice, bob)
        async with scribe_at_work(slack, settings, "before"):
            await alice.types("/incident declare Checkout is failing sev2", general)
            await slack.settle()
            channel = next(c for c in slack.world.channels.values() if c.name.startswith("incident-"))
            for day in (12, 13, 16, 17, 18):
                await alice.types(f"/incident action add Item of the {day}th @bob due 2026-03-{day}", channel)
            await slack.settle()
        slack.pulse.urls.clear()
        await slack.clock.advance_to(datetime(2026, 3, 19, 22, 0, tzinfo=UTC).timestamp())  # 18:00 in New York
        async with scribe_at_work(slack, settings_for(slack, database), "after"):
            await slack.settle()
            assert bob.dm.messages == {}
            await slack.run_until(datetime(2026, 3, 20, 13, 0, 30, tzinfo=UTC))
            (message,) = bob.dm.messages.values()
        assert message.text == "5 things wait for you"
        assert "This comes late: it was meant for Wed 2026-03-18 at 09:00" in shown(message)


async def test_scenario_25_a_reminder_that_falls_into_forty_minutes_offline_comes_once_and_nothing_else_is_lost(
    stage: Stage,
) -> None:
    channel = await stage.declared()
    await stage.alice.types("/incident action add Add alert @bob due 2026-03-12", channel)
    await until(stage, "2026-03-12T12:50:00")
    stage.slack.faults.server_error("conversations.open", times=8)
    stage.slack.faults.server_error("chat.postMessage", times=8)
    await until(stage, "2026-03-12T14:30:00")
    (message,) = reminders(stage, stage.bob)
    assert "A1" in shown(message)


async def test_a_schedule_changed_in_the_configuration_holds_from_the_next_start(tmp_path: Path) -> None:
    database = fresh_sqlite(tmp_path)
    async with Slackd(MANIFEST, now=MORNING) as slack:
        alice = slack.person("alice", name="Alice Adams", tz="Europe/Zurich")
        general = slack.channel("general", alice)
        async with scribe_at_work(slack, settings_for(slack, database), "before"):
            await alice.types("/incident declare Checkout is failing sev2", general)
            await slack.settle()
            channel = next(c for c in slack.world.channels.values() if c.name.startswith("incident-"))
            await alice.types("/incident action add Add alert @alice due 2026-03-20", channel)
            await slack.settle()
        slack.pulse.urls.clear()
        (tmp_path / "scribe.toml").write_text(
            'catch_up_every = "90d"\n[follow_ups]\nhour = "07:30"\nbefore = [9]\n', encoding="utf-8"
        )
        changed = settings_for(slack, database, SCRIBE_CONFIG=str(tmp_path / "scribe.toml"))
        async with scribe_at_work(slack, changed, "after"):
            await slack.run_until(datetime(2026, 3, 11, 6, 29, tzinfo=UTC))
            assert alice.dm.messages == {}
            await slack.run_until(datetime(2026, 3, 11, 6, 30, 30, tzinfo=UTC))
            assert len(alice.dm.messages) == 1
