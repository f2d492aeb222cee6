"""Scenario 26: five thousand messages are read back page by page, through rate limits and a restart."""

from __future__ import annotations

import pytest

from tests.slackd.records import Channel, Message
from tests.stage import Stage
from tests.stories.reading import texts

MESSAGES = 5_000
EACH = 50  # one of so many is marked


async def a_busy_channel(stage: Stage, channel: Channel) -> list[Message]:
    """Five thousand messages; every fiftieth is marked, and every five hundredth has a thread with a mark in it."""
    marked = []
    for number in range(MESSAGES):
        message = await stage.bob.says(channel, f"line {number}")
        if number % EACH == 0:
            marked.append(message)
            await stage.alice.reacts(message, "pushpin")
        if number % 500 == 0:
            for reply in range(5):
                replied = await stage.carol.says(channel, f"reply {number}.{reply}", thread=message)
            await stage.alice.reacts(replied, "mag")
    return marked


def steps(stage: Stage) -> int:
    return len(stage.slack.calls_of("conversations.history")) + len(stage.slack.calls_of("conversations.replies"))


@pytest.mark.timeout(300)
async def test_scenario_26_five_thousand_messages_are_read_back_through_rate_limits_and_a_restart(stage: Stage) -> None:
    """Complete and exact, no page asked for twice but the one that was under way, and no step carries more than a page.

    Meanwhile a command is answered within Slack's three seconds.
    """
    channel = await stage.declared()
    await stage.minutes(5)
    await stage.leaves()
    await stage.minutes(5)
    await a_busy_channel(stage, channel)
    await stage.minutes(35)
    for method in ("conversations.history", "conversations.replies"):
        stage.slack.faults.rate_limit(method, retry_after=30, times=3)
    before = steps(stage)
    stage.desk = await stage.program.start() if stage.program else stage.desk
    await stage.minutes(1.2)
    answer = await stage.alice.types("/incident event typed while it is read back", channel)
    assert "Recorded" in answer.text
    command = next(e for e in reversed(stage.slack.envelopes) if e.kind == "slash_commands")
    assert command.took is not None and command.took < 3
    assert len(texts(await stage.incident(channel))) < 100, "it is not over yet"
    await stage.leaves()
    await stage.returns()
    await stage.minutes(3.5)
    found = texts(await stage.incident(channel))
    assert found.count("typed while it is read back") == 1
    wanted = [f"line {n}" for n in range(0, MESSAGES, EACH)] + [f"reply {n}.4" for n in range(0, MESSAGES, 500)]
    assert sorted(text for text in found if text[:4] in ("line", "repl")) == sorted(wanted)
    (told,) = [post.text for post in stage.bot_posts(channel) if "Scribe was away" in post.text]
    assert "5000 messages, 50 thread replies, 110 reactions" in told
    history = [call for call in stage.slack.calls_of("conversations.history") if call.ok]
    assert all(int(call.args["limit"]) <= 200 and len(call.result["messages"]) <= 200 for call in history)
    assert steps(stage) - before < 60, "the restart went on where it was"
    await stage.alice.types("/incident catchup", channel)
    await stage.minutes(2)
    assert "nobody had heard: nothing" in stage.last_whisper(stage.alice).text
    assert texts(await stage.incident(channel)) == found
