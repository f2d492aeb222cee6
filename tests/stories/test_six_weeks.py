"""Six weeks after an incident, lived through by five people in four zones, over weekends and a clock change."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from tests.databases import fresh_sqlite
from tests.stage import staged
from tests.stories.reminders import QUIET, Diary, about, fills_in, presses, reminders, until
from tests.voice.golden import same_as

GOLDENS: Final = Path(__file__).parent / "goldens"
ITEMS: Final = (
    # Alice, Zurich, commands the incident and does what she has promised.
    "Add an alert on replica lag @alice due 2026-03-13 p1 type detect",
    "Page the owner of the pool, not everybody @alice due 2026-03-20 type process",
    "Write the runbook for a failover @alice due 2026-03-27",
    "Rehearse the failover @alice due 2026-04-03 type training",
    "Review the alerts of checkout @alice due 2026-04-17",
    "Describe the pool in the handbook @alice due 2026-04-20",
    # Bob, New York, ignores everything.
    "Limit connections per pod @bob due 2026-03-12 p1 type prevent",
    "Retry with a pause in the payment client @bob due 2026-03-16 type prevent",
    "Drop the unused index @bob due 2026-03-23",
    "Alert on pool exhaustion @bob due 2026-03-29 type detect",
    "Load-test checkout each week @bob due 2026-04-06 type detect",
    "Remove the old payment path @bob due 2026-05-29",
    # Carol, Tokyo, declines what is not hers.
    "Move the cron jobs off the primary @carol due 2026-03-13",
    "Tune autovacuum @carol due 2026-03-18",
    "Upgrade the driver @carol due 2026-03-31",
    "Write down who owns the queue @carol due 2026-04-01",
    "Test the restore @carol due 2026-04-10",
    "Ask the provider about the limits @carol due 2026-04-13",
    # Dave, Zurich, leaves the company in the second week.
    "Split the reporting queries off @dave due 2026-03-17",
    "Cache the exchange rates @dave due 2026-03-25",
    "Rotate the database password @dave due 2026-04-08",
    "Delete the staging dump @dave due 2026-04-15",
    "Document the cache @dave due 2026-04-22",
    # Erin, Kolkata, goes on leave on 13 March.
    "Show the pool on the dashboard @erin due 2026-03-16",
    "Name the on-call of payments @erin due 2026-03-19",
    "Raise the client's timeout @erin due 2026-03-24",
    "Log the pool's waiters @erin due 2026-04-09",
    "Check the timeouts in mobile @erin due 2026-04-16",
    # Nobody.
    "Decide who watches the replicas due 2026-03-30",
    "Thank the support team due 2026-03-12",
)


@pytest.mark.timeout(240)
async def test_six_weeks_of_thirty_items_tell_each_person_what_they_need_and_no_more(tmp_path: Path) -> None:
    async with staged(fresh_sqlite(tmp_path), config=QUIET, folder=tmp_path) as stage:
        slack, alice, carol = stage.slack, stage.alice, stage.carol
        dave = slack.person("dave", name="Dave Dubois", tz="Europe/Zurich")
        erin = slack.person("erin", name="Erin Eapen", tz="Asia/Kolkata")
        diary = Diary(slack)
        channel = await stage.declared("Checkout is failing sev2 --started 13:40Z --commander @alice")
        for line in ITEMS:
            await alice.types(f"/incident action add {line}", channel)
        await until(stage, "2026-03-10T14:30:00")
        await alice.types("/incident resolve --at 14:20Z rolled back", channel)

        await until(stage, "2026-03-11T10:00:00")  # Carol's first reminder came at midnight UTC
        (first,) = reminders(stage, carol)
        await presses(carol, first, "1 item:A13", "nudge_decline")
        assert (await fills_in(carol, {"reason": "The primary is replaced in April anyway"})).closed
        (alices,) = reminders(stage, alice)
        await presses(alice, alices, "1 item:A1", "nudge_done")
        assert (await fills_in(alice, {"verification": "It fired in staging"})).closed

        await until(stage, "2026-03-13T10:00:00")
        (erins,) = reminders(stage, erin)
        await presses(erin, erins, "everything", "nudge_snooze", "In 2 weeks")

        await until(stage, "2026-03-17T12:00:00")
        await dave.becomes(deleted=True)
        await until(stage, "2026-03-19T12:00:00")
        await presses(alice, about(stage, alice, "1 item:A2"), "1 item:A2", "nudge_due")
        assert (await fills_in(alice, {"due": "2026-03-26"})).closed

        await until(stage, "2026-03-25T12:00:00")
        await alice.types("/incident action assign A20 @bob", channel)
        await alice.types("/incident action done A3 the runbook is in the wiki", channel)
        await until(stage, "2026-04-02T12:00:00")
        await alice.types("/incident action done A2", channel)
        await alice.types("/incident action done A4 rehearsed on Thursday", channel)
        await until(stage, "2026-04-21T12:00:00")
        same_as("six_weeks.txt", diary.written(), GOLDENS)
