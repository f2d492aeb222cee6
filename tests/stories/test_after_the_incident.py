"""What is pressed in what follows an incident: its report, meeting, checklists, reviews and digest, also when stale."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.words import ActionStatus, DocumentStatus
from tests.databases import fresh_sqlite
from tests.slackd.records import Channel, Message
from tests.stage import Stage, staged
from tests.stories.reminders import QUIET, about, buttons, fills_in, presses, reminders, shown, until


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """One database is enough: the other stories have shown that both keep alike."""
    async with staged(fresh_sqlite(tmp_path), config=QUIET, folder=tmp_path) as made:
        yield made


async def resolved(stage: Stage) -> Channel:
    channel = await stage.declared("Checkout is failing sev2 --commander @alice")
    await until(stage, "2026-03-10T14:00:00")
    await stage.alice.types("/incident resolve rolled back", channel)
    return channel


async def test_every_button_of_what_follows_the_incident_works(stage: Stage) -> None:
    channel = await resolved(stage)
    await until(stage, "2026-03-12T08:00:30")
    message = about(stage, stage.alice, "1 draft")
    await stage.alice.presses(message, "1 draft/advance")
    await stage.settle()
    assert (await stage.incident(channel)).document_status("slo") is DocumentStatus.IN_REVIEW
    assert "dealt with" in shown(message)
    await until(stage, "2026-03-17T08:00:30")
    message = about(stage, stage.alice, "1 meeting")
    await stage.alice.presses(message, "1 meeting/nudge_held")
    await stage.settle()
    assert (await stage.incident(channel)).value("meeting_held") is not None
    await until(stage, "2026-03-24T08:00:30")
    message = about(stage, stage.alice, "1 steps:distribution")
    await stage.alice.presses(message, "1 steps:distribution/fields_form")
    assert stage.alice.modal is not None
    await stage.alice.closes(stage.alice.modal)
    await stage.alice.presses(message, "1 steps:distribution/nudge_settle")
    await until(stage, "2026-04-09T07:00:30")
    message = about(stage, stage.alice, "1 metrics")
    await stage.alice.presses(message, "1 metrics/fields_form")
    assert stage.alice.modal is not None
    await stage.alice.closes(stage.alice.modal)
    await stage.alice.presses(message, "1 metrics/nudge_settle")
    await stage.settle()
    await until(stage, "2026-09-10T07:00:30")
    message = about(stage, stage.alice, "1 review:0")
    assert "Next Review: Look again at what was decided" in shown(message)
    await stage.alice.presses(message, "1 review:0/nudge_settle")
    await stage.settle()
    assert "dealt with" in shown(message)


async def test_a_sign_off_that_is_missing_is_asked_of_the_one_named_and_signed_there(stage: Stage) -> None:
    channel = await resolved(stage)
    await stage.alice.types("/incident set technical_reviewer @carol", channel)
    await stage.alice.types("/incident review", channel)
    await until(stage, "2026-03-13T01:00:00")
    message = about(stage, stage.carol, "1 sign_off:technical_reviewer")
    await stage.carol.presses(message, "1 sign_off:technical_reviewer/sign_off")
    await stage.settle()
    assert "dealt with" in shown(message)


async def test_the_report_is_seen_and_put_off_and_the_meetings_date_set_where_they_are_asked_for(stage: Stage) -> None:
    channel = await resolved(stage)
    await until(stage, "2026-03-12T08:00:30")
    message = about(stage, stage.alice, "1 draft")
    answer = await stage.alice.presses(message, "1 draft/report")
    assert "Checkout is failing" in shown(answer.whispers[-1])
    await presses(stage.alice, message, "1 draft", "nudge_snooze", "In a week")
    await stage.settle()
    assert "put off until Thu 2026-03-19" in shown(message)
    await until(stage, "2026-03-17T08:00:30")
    message = about(stage, stage.alice, "1 meeting")
    await stage.alice.presses(message, "1 meeting/fields_form")
    assert (await fills_in(stage.alice, {"meeting_date": "2026-03-24 15:00"})).closed
    await stage.settle()
    assert "due Tue 2026-03-24 now" in shown(message)
    await stage.alice.types("/incident review", channel)
    await until(stage, "2026-03-20T08:00:30")
    message = about(stage, stage.alice, "1 sign_off:author")
    answer = await stage.alice.presses(message, "1 sign_off:author/report")
    assert "Checkout is failing" in shown(answer.whispers[-1])


async def test_what_follows_an_incident_says_so_when_it_was_dealt_with_meanwhile(stage: Stage) -> None:
    channel = await resolved(stage)
    await until(stage, "2026-03-12T08:00:30")
    draft = replace(about(stage, stage.alice, "1 draft"))
    await stage.alice.types("/incident review", channel)
    await stage.settle()
    answer = await stage.alice.presses(draft, "1 draft/advance")
    assert "in review" in answer.text
    await until(stage, "2026-03-17T08:00:30")
    meeting = replace(about(stage, stage.alice, "1 meeting"))
    await stage.alice.types("/incident set meeting_held yes", channel)
    await stage.settle()
    answer = await stage.alice.presses(meeting, "1 meeting/nudge_held")
    assert "Nothing was changed: Hold the review meeting: dealt with." in answer.text
    await until(stage, "2026-03-24T08:00:30")
    steps = replace(about(stage, stage.alice, "1 steps:distribution"))
    await stage.alice.presses(steps, "1 steps:distribution/nudge_settle")
    await stage.settle()
    answer = await stage.alice.presses(steps, "1 steps:distribution/nudge_settle")
    assert "Nothing was changed" in answer.text and "dealt with" in answer.text
    before = len((await stage.incident(channel)).settled)
    answer = await stage.alice.presses(steps, "1 steps:distribution/nudge_snooze", "Tomorrow")
    assert "Nothing was changed" in answer.text
    assert len((await stage.incident(channel)).settled) == before


async def test_in_the_channel_the_digest_leads_to_the_items_and_what_is_long_overdue_is_done_there(
    stage: Stage,
) -> None:
    channel = await stage.declared("Checkout is failing sev2 --commander @alice")
    await stage.alice.types("/incident action add Add alert on replica lag @bob due 2026-03-12", channel)
    await until(stage, "2026-03-30T09:00:30")
    told = _last(stage, channel)
    assert "Long overdue" in shown(told) and "*1 open item* · 1 overdue" in shown(told)
    assert {"1 digest/actions", "1 told:A1/nudge_done"} <= set(buttons(told))
    answer = await stage.carol.presses(told, "1 digest/actions")
    assert "Add alert on replica lag" in shown(answer.whispers[-1])
    old = replace(told)
    await stage.carol.presses(told, "1 told:A1/nudge_done")
    assert (await fills_in(stage.carol, {"verification": "It fired in staging"})).closed
    await stage.settle()
    assert (await stage.incident(channel)).actions["A1"].status is ActionStatus.DONE
    assert "~✅ *A1* Add alert on replica lag~ done" in shown(told)
    answer = await stage.carol.presses(old, "1 told:A1/nudge_owner")
    assert answer.view is None and "Nothing was changed: A1: done." in answer.text
    assert "~✅ *A1* Add alert on replica lag~ done" in shown(reminders(stage, stage.alice)[-1])


def _last(stage: Stage, channel: Channel) -> Message:
    """The newest message of the channel with something to press about an item."""
    posts = [post for post in stage.bot_posts(channel) if any("told:A1" in button for button in buttons(post))]
    return posts[-1]
