"""Scenario 43: action items that nobody, two people or somebody gone own, that are late, double or done already."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.incident import Incident
from bot.words import ActionStatus
from tests.slackd.records import Channel
from tests.stage import Stage, Transport, staged
from tests.stories.reminders import QUIET, reminders, shown, until

DECEMBER = datetime(2026, 12, 30, 10, 0, tzinfo=UTC)  # a Wednesday


@pytest.fixture
async def stage(database: str, transport: Transport, tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(database, transport, now=DECEMBER, config=QUIET, folder=tmp_path) as made:
        yield made


@pytest.fixture
async def channel(stage: Stage) -> Channel:
    return await stage.declared("Checkout is failing sev2 --commander @alice")


async def said(stage: Stage, channel: Channel, line: str) -> str:
    """What the typist reads back."""
    await stage.bob.types(f"/incident action {line}", channel)
    await stage.settle()
    return stage.bob.inbox[-1].text


async def test_an_item_without_a_date_is_given_the_familys_and_everybody_is_told_so(
    stage: Stage, channel: Channel
) -> None:
    told = await said(stage, channel, "add Add alert @carol")
    assert "due Sat 2027-01-30 (assumed, as none was given)" in told
    assert any("due Sat 2027-01-30 (assumed" in line for line in stage.log_lines(channel))
    assert (await stage.incident(channel)).actions["A1"].due is None
    await stage.bob.types("/incident actions", channel)
    assert "due 2027-01-30 (assumed)" in shown(stage.bob.inbox[-1])
    assert "due Wed 2027-01-06 (assumed" in await said(stage, channel, "add Page fewer people @carol p1")


@pytest.mark.parametrize(
    ("due", "day"),
    [
        ("friday", "Fri 2027-01-01"),
        ("next friday", "Fri 2027-01-08"),
        ("in 2 weeks", "Wed 2027-01-13"),
        ("+3d", "Sat 2027-01-02"),
        ("eod", "Wed 2026-12-30"),
        ("24 dec", "Fri 2027-12-24"),
    ],
)
async def test_scenario_43_a_day_is_said_back_as_a_date_also_over_the_year(
    stage: Stage, channel: Channel, due: str, day: str
) -> None:
    assert f"due {day}" in await said(stage, channel, f"add Add alert @carol due {due}")
    assert f"due {day}" in await said(stage, channel, f"due A1 {due}")


async def test_scenario_43_a_day_already_past_is_kept_said_back_and_flagged(stage: Stage, channel: Channel) -> None:
    assert "due Thu 2026-12-24 (already past)" in await said(stage, channel, "add Add alert @carol due 2026-12-24")
    item = (await stage.incident(channel)).actions["A1"]
    assert (item.due, item.owner) == (date(2026, 12, 24), stage.carol.id)
    await stage.bob.types("/incident missing", channel)
    assert "due before it was written" in str(stage.bob.inbox[-1].blocks)
    await until(stage, "2026-12-31T00:01:00")  # a Thursday, on which what is overdue comes
    assert "6 days overdue" not in shown(reminders(stage, stage.carol)[-1])
    assert "7 days overdue" in shown(reminders(stage, stage.carol)[-1])


async def test_scenario_43_nobodys_item_is_kept_without_inventing_an_owner_and_goes_to_the_commander(
    stage: Stage, channel: Channel
) -> None:
    assert "nobody owns it yet" in await said(stage, channel, "add Add alert due 2027-01-04")
    assert (await stage.incident(channel)).actions["A1"].owner is None
    await until(stage, "2027-01-04T08:00:30")
    assert "nobody owns it" in shown(reminders(stage, stage.alice)[-1])


async def test_scenario_43_of_two_owners_the_first_is_reminded_and_the_other_stays_in_the_words(
    stage: Stage, channel: Channel
) -> None:
    told = await said(stage, channel, "add Add alert on lag @carol and @alice due 2027-01-04")
    assert "An item has one owner: I remind Carol Chen; Alice Adams stands in its words." in told
    item = (await stage.incident(channel)).actions["A1"]
    assert (item.owner, item.text) == (stage.carol.id, f"Add alert on lag <@{stage.alice.id}|alice>")
    await until(stage, "2027-01-04T08:00:30")
    assert "Add alert on lag @Alice Adams" in shown(reminders(stage, stage.carol)[-1])
    assert reminders(stage, stage.alice) == []


async def test_an_item_given_to_two_is_asked_about_and_nothing_typed_is_lost(stage: Stage, channel: Channel) -> None:
    await said(stage, channel, "add Add alert on lag @bob")
    await stage.bob.types("/incident action assign A1 @carol @alice", channel)
    whisper = str(stage.bob.inbox[-1].blocks)
    assert "An action item has one owner; this line names several." in whisper
    assert "assign A1" in whisper
    assert (await stage.incident(channel)).actions["A1"].owner == stage.bob.id


async def test_scenario_43_an_owner_who_has_left_stays_the_owner_and_the_commander_hears_of_it(
    stage: Stage, channel: Channel
) -> None:
    await said(stage, channel, "add Add alert @carol due 2027-01-04")
    await stage.carol.becomes(deleted=True)
    await until(stage, "2027-01-04T08:00:30")
    assert (await stage.incident(channel)).actions["A1"].owner == stage.carol.id
    assert "Carol Chen cannot be reached any more" in shown(reminders(stage, stage.alice)[-1])
    assert reminders(stage, stage.carol) == []


async def test_scenario_43_the_same_words_twice_are_kept_twice_and_flagged(stage: Stage, channel: Channel) -> None:
    await said(stage, channel, "add Add alert @carol")
    assert "A1 says the same and is open" in await said(stage, channel, "add add  alert @bob")
    assert set((await stage.incident(channel)).actions) == {"A1", "A2"}


async def test_scenario_43_what_is_done_already_is_said_to_be_so(stage: Stage, channel: Channel) -> None:
    await said(stage, channel, "add Add alert @carol")
    await said(stage, channel, "done A1 it fired in staging")
    assert "A1 is done already" in await said(stage, channel, "done A1")
    assert (await stage.incident(channel)).actions["A1"].status is ActionStatus.DONE


async def test_an_item_is_put_off_in_a_line_too(stage: Stage, channel: Channel) -> None:
    await said(stage, channel, "add Add alert @bob due 2026-12-31")
    assert "You will hear of A1 again on Fri 2027-01-08." in await said(stage, channel, "snooze A1 until next friday")
    await until(stage, "2027-01-07T20:00:00")
    assert reminders(stage, stage.bob) == []
    await until(stage, "2027-01-08T14:00:30")
    assert "8 days overdue" in shown(reminders(stage, stage.bob)[-1])


async def merged(stage: Stage, channel: Channel, into: Channel) -> Incident:
    """The incident that goes on, with what it took over."""
    await stage.bob.types(f"/incident merge {(await stage.incident(into)).number}", channel)
    await stage.settle()
    return await stage.incident(into)


async def test_what_was_done_declined_put_off_or_blocked_stays_so_in_the_incident_it_is_merged_into(
    stage: Stage, channel: Channel
) -> None:
    kept = await stage.declared("Payments are slow")
    for words in ("Add alert", "Drop the index", "Write the runbook", "Page the team", "Tell the vendor"):
        await said(stage, channel, f"add {words} @bob due 2027-01-04")
    await said(stage, channel, "done A1 it fired in staging")
    await said(stage, channel, "decline A2 superseded by the new cluster")
    await said(stage, channel, "snooze A3 until 2027-01-20")
    await said(stage, channel, "blocked A4 waiting for the vendor")
    before = await stage.incident(channel)
    after = await merged(stage, channel, kept)
    for id, item in before.actions.items():
        carried = after.actions[f"{before.number}/{id}"]
        assert (carried.status, carried.reason, carried.verification, carried.changed_at) == (
            item.status,
            item.reason,
            item.verification,
            item.changed_at,
        )
    await until(stage, "2027-01-19T20:00:00")
    told = "\n".join(shown(message) for message in reminders(stage, stage.bob))
    assert "Page the team" in told and "Tell the vendor" in told
    assert not any(words in told for words in ("Add alert", "Drop the index", "Write the runbook"))
    await until(stage, "2027-01-20T14:00:30")
    assert "Write the runbook" in shown(reminders(stage, stage.bob)[-1])


async def test_an_item_that_came_with_a_merged_incident_is_changed_by_its_whole_name(
    stage: Stage, channel: Channel
) -> None:
    kept = await stage.declared("Payments are slow")
    await said(stage, channel, "add Add alert @bob due 2027-01-04")
    number = (await stage.incident(channel)).number
    await merged(stage, channel, kept)
    refused = await stage.bob.types("/incident action snooze A1 until monday", kept)
    assert f"There is no action item A1 here; there are: {number}/A1." in refused.text
    answer = await stage.bob.types(f"/incident action snooze {number.lower()}/a1 until monday", kept)
    assert f"You will hear of {number}/A1 again on Mon 2027-01-04." in answer.text
    await said(stage, kept, f"done {number.lower()}/a1 it fired in staging")
    assert (await stage.incident(kept)).actions[f"{number}/A1"].status is ActionStatus.DONE


async def test_a_reminder_sent_before_the_merge_says_where_its_items_went(stage: Stage, channel: Channel) -> None:
    kept = await stage.declared("Payments are slow")
    await said(stage, channel, "add Add alert @bob due 2027-01-04")
    await until(stage, "2027-01-04T14:00:30")
    message = reminders(stage, stage.bob)[-1]
    number = (await stage.incident(kept)).number
    await stage.bob.types(f"/incident merge {number}", channel)
    await stage.settle()
    assert f"goes on in {number}" in shown(message)
