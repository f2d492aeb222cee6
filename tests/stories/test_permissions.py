"""Slack refuses us in mid-incident, or for a while: said once, nothing lost, and made good when it is mended."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest

from tests.slackd.records import Channel, Message
from tests.stage import Stage
from tests.stories.reading import confirmed, texts

REFUSED = "Slack refuses us"
PATIENCE = 6
"""Minutes after which a call that was refused has been tried again."""


async def marked(stage: Stage, channel: Channel, text: str) -> Message:
    message = await stage.bob.says(channel, text)
    await stage.settle()
    await stage.alice.reacts(message, "pushpin")
    await stage.settle()
    return message


def complaints(log: pytest.LogCaptureFixture) -> list[str]:
    return [line for line in log.messages if line.startswith(REFUSED)]


def withdraw_scope(stage: Stage, scope: str) -> None:
    manifest = stage.slack.manifest
    stage.slack.manifest = replace(manifest, scopes=manifest.scopes - {scope})


async def test_scenario_28_a_token_revoked_in_mid_incident_is_said_once_and_nothing_is_lost(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    """What people do is recorded all the same; with the app installed again everything is told, once."""
    channel = await stage.declared()
    with caplog.at_level(logging.ERROR):
        stage.slack.revoke_tokens()
        message = await marked(stage, channel, "db failover")
        answer = await stage.alice.types("/incident event cache flushed", channel)
        await stage.minutes(2 * PATIENCE)
    assert "cache flushed" in answer.text
    assert complaints(caplog) == [f"{REFUSED}: token_revoked. Run `scribe check` to see what to mend."]
    assert texts(await stage.incident(channel)) == ["db failover", "cache flushed"]
    assert not confirmed(stage, channel, message.ts)
    stage.slack.return_tokens()
    await stage.minutes(PATIENCE)
    assert confirmed(stage, channel, message.ts)
    assert sum("cache flushed" in line for line in stage.log_lines(channel)) == 1


async def test_scenario_28_a_scope_missing_for_one_thing_holds_up_nothing_else(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    """Said once with its name; the channel's posts go on, and what was refused is done once it is granted."""
    granted = stage.slack.manifest
    channel = await stage.declared()
    withdraw_scope(stage, "channels:manage")
    with caplog.at_level(logging.ERROR):
        await stage.alice.types("/incident severity critical", channel)
        await stage.alice.types("/incident event db failover", channel)
        await stage.minutes(1)
        assert any("db failover" in line for line in stage.log_lines(channel)), "though the topic was first"
        await stage.minutes(2 * PATIENCE)
    (complaint,) = complaints(caplog)
    assert "missing_scope" in complaint and "channels:manage" in complaint
    before = channel.topic.value
    stage.slack.manifest = granted
    await stage.minutes(PATIENCE)
    assert channel.topic.value != before


async def test_scenario_28_a_permission_lost_again_is_said_again(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    granted = stage.slack.manifest
    channel = await stage.declared()
    with caplog.at_level(logging.ERROR):
        for text in ("db failover", "cache flushed"):
            withdraw_scope(stage, "reactions:write")
            message = await marked(stage, channel, text)
            await stage.minutes(2 * PATIENCE)
            stage.slack.manifest = granted
            await stage.minutes(PATIENCE)
            assert confirmed(stage, channel, message.ts)
    assert len(complaints(caplog)) == 2


async def test_a_limit_of_a_method_is_kept_for_every_channel_and_of_posts_for_its_own(stage: Stage) -> None:
    """Slack counts posts by their channel and every other method for the whole workspace."""
    one, other = await stage.declared("Checkout fails"), await stage.declared("Search is slow", by=stage.bob)
    limited = stage.slack.faults.rate_limit("reactions.add", retry_after=30, times=50)
    first = await marked(stage, one, "db failover")
    second = await marked(stage, other, "cache flushed")
    await stage.minutes(0.4)
    assert limited.met == 1, "nobody asks again before the time is over"
    limited.times = limited.met
    await stage.minutes(1)
    assert confirmed(stage, one, first.ts) and confirmed(stage, other, second.ts)
    stage.slack.faults.rate_limit("chat.postMessage", retry_after=30, channel=one.id)
    await stage.alice.types("/incident event here it waits", one)
    await stage.alice.types("/incident event there it does not", other)
    await stage.settle()
    assert not any("waits" in line for line in stage.log_lines(one))
    assert any("does not" in line for line in stage.log_lines(other))


async def test_a_whisper_to_somebody_who_has_left_is_no_trouble(stage: Stage) -> None:
    """Nobody can see it, so it is neither tried again nor set aside."""
    channel = await stage.declared()
    stage.slack.faults.error("chat.postEphemeral", "user_not_in_channel", times=9)
    await stage.carol.says(channel, "logging in with password=hunter2hunter2")
    message = stage.slack.messages(channel)[-1]
    await stage.settle()
    await stage.alice.reacts(message, "pushpin")
    await stage.minutes(5)
    assert len(stage.slack.calls_of("chat.postEphemeral")) >= 1
    depth = await stage.desk.store.depth(stage.desk.clock.now())
    assert (depth["outbox_aside"], depth["outbox_waiting"]) == (0, 0)


async def recorded_by_mention(stage: Stage, channel: Channel, log: pytest.LogCaptureFixture) -> None:
    """A mention is carried out, its envelope is finished, and nothing of it reaches the log as an error."""
    with log.at_level(logging.WARNING):
        await stage.alice.mentions(channel, "event db failover")
        await stage.minutes(5)
    assert [record.message for record in log.records if record.levelno >= logging.ERROR] == []
    assert texts(await stage.incident(channel)) == ["db failover"]
    assert (await stage.desk.store.depth(stage.desk.clock.now()))["inbox_waiting"] == 0


@pytest.mark.parametrize("code", ["user_not_in_channel", "not_in_channel", "channel_not_found", "is_archived"])
async def test_an_answer_to_who_is_not_in_the_channel_any_more_is_given_directly(
    stage: Stage, caplog: pytest.LogCaptureFixture, code: str
) -> None:
    channel = await stage.declared()
    stage.slack.faults.error("chat.postEphemeral", code, times=9)
    await recorded_by_mention(stage, channel, caplog)
    (told,) = stage.alice.dm.messages.values()
    assert "db failover" in told.text


async def test_an_answer_that_can_be_shown_nowhere_is_given_up_at_once(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    """The line stands; nobody can see that it does, and trying again would not change that."""
    channel = await stage.declared()
    asked = len(stage.slack.calls_of("chat.postEphemeral"))
    stage.slack.faults.error("chat.postEphemeral", "channel_not_found", times=9)
    stage.slack.faults.error("chat.postMessage", "messages_tab_disabled", times=9, channel=stage.alice.id)
    await recorded_by_mention(stage, channel, caplog)
    assert len(stage.slack.calls_of("chat.postEphemeral")) == asked + 1
    assert "an answer could not be shown" in caplog.text and not stage.alice.dm.messages


@pytest.mark.parametrize("page", ["text/html", "text/plain", "application/json"])
async def test_an_answer_that_meets_a_passing_failure_is_given_a_little_later(stage: Stage, page: str) -> None:
    """Whatever a proxy says in Slack's place."""
    channel = await stage.declared()
    stage.slack.faults.server_error("chat.postEphemeral", page=page, times=2)
    await stage.alice.mentions(channel, "event db failover")
    await stage.minutes(5)
    assert texts(await stage.incident(channel)) == ["db failover"]
    assert "db failover" in stage.last_whisper(stage.alice).text and not stage.alice.dm.messages
