"""Forms and buttons that another version of Scribe left in Slack: a sentence, nothing done, and nothing typed lost."""

from __future__ import annotations

import asyncio
import copy
import json
import logging

import pytest

from templates.blocks import actions
from tests.slackd.records import View
from tests.stage import Stage
from tests.stories.reading import texts

TOO_OLD = "too old to be understood"
UNSEEN = "an incident that you cannot see"
VALUES = ("", "1 x y", "1 slo 9.9 x", "999999 A1", "9" * 30, "x 1 A1 U1 today")
AT_ONCE = 10
IDS = ("channel", "ts", "author")


async def capturing(stage: Stage) -> View:
    """The form with which Carol adds a message to the timeline."""
    channel = await stage.declared()
    message = await stage.bob.says(channel, "db is slow")
    await stage.settle()
    form = (await stage.carol.uses_shortcut("add_to_timeline", message)).view
    assert form is not None
    return form


def left_by_another(form: View, without: str = "", **changed: object) -> None:
    """Let the form be one that names other things."""
    ids = {**json.loads(form.content["private_metadata"]), **changed}
    form.content["private_metadata"] = json.dumps({name: value for name, value in ids.items() if name != without})


@pytest.mark.parametrize("missing", IDS)
async def test_a_form_that_does_not_name_what_it_is_about_says_so_and_stays_open(stage: Stage, missing: str) -> None:
    form = await capturing(stage)
    left_by_another(form, without=missing)
    answer = await stage.carol.submits(form)
    assert [TOO_OLD in sentence for sentence in answer.errors.values()] == [True] and not answer.closed
    assert (await stage.desk.store.depth(stage.desk.clock.now()))["inbox_waiting"] == 0


async def test_a_form_of_an_unknown_kind_says_so_and_stays_open(stage: Stage) -> None:
    form = await capturing(stage)
    form.content["callback_id"] = "of_next_year"
    answer = await stage.carol.submits(form)
    assert [TOO_OLD in sentence for sentence in answer.errors.values()] == [True] and not answer.closed


async def test_a_form_about_no_incident_there_is_says_so_and_stays_open(stage: Stage) -> None:
    form = await capturing(stage)
    left_by_another(form, incident=999_999)
    answer = await stage.carol.submits(form)
    assert [UNSEEN in sentence for sentence in answer.errors.values()] == [True] and not answer.closed


@pytest.mark.parametrize("incident", ["1", 0, -1, 2**31, True, [1]])
async def test_a_form_that_no_version_makes_is_acknowledged_and_not_read(
    stage: Stage, caplog: pytest.LogCaptureFixture, incident: object
) -> None:
    form = await capturing(stage)
    left_by_another(form, incident=incident)
    await sent_in_vain(stage, form, caplog)
    assert "private_metadata" in caplog.text


async def test_a_form_without_a_name_is_acknowledged_and_not_kept(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    """Bolt would find nobody who wants it, and it would be taken up again and again."""
    form = await capturing(stage)
    del form.content["callback_id"]
    await sent_in_vain(stage, form, caplog)


async def sent_in_vain(stage: Stage, form: View, log: pytest.LogCaptureFixture) -> None:
    """Carol sends the form; that is said in the log, and nothing comes of it."""
    with log.at_level(logging.WARNING):
        await stage.carol.submits(form)
    assert [record.levelname for record in log.records] == ["WARNING"]
    assert (await stage.desk.store.depth(stage.desk.clock.now()))["inbox_waiting"] == 0
    (channel,) = (c for c in stage.slack.world.channels.values() if c.name.startswith("incident-"))
    assert texts(await stage.incident(channel)) == []


async def test_no_button_whatever_it_carries_does_more_than_say_a_sentence(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    """Every button there is, with values that this version never gave it."""
    channel = await stage.declared()
    await stage.alice.types("/incident action add Add an alert", channel)
    await stage.alice.presses(stage.card(channel), action_id=actions.TIMELINE)
    pressed = [e.payload for e in stage.slack.envelopes if e.payload.get("type") == "block_actions"][-1]
    before = (await stage.incident(channel)).seq
    known = {value for name, value in vars(actions).items() if name.isupper() and isinstance(value, str)}
    names = sorted(known - {actions.ARCHIVE})  # after which nothing can be told in the channel
    with caplog.at_level(logging.ERROR):
        for value in VALUES:
            presses = [copy.deepcopy(pressed) | {"trigger_id": f"{name} {value}"} for name in names]
            for body, name in zip(presses, names, strict=True):
                body["actions"][0] |= {"action_id": name, "value": value}
            for start in range(0, len(presses), AT_ONCE):
                some = presses[start : start + AT_ONCE]
                await asyncio.gather(*(stage.slack.courier.request("interactive", body) for body in some))
                await stage.settle()
    assert [record.getMessage() for record in caplog.records] == []
    assert not any(entry.text for entry in (await stage.incident(channel)).entries.values())
    assert (await stage.incident(channel)).seq >= before
