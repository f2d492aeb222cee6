"""People speak, the app hears; the app speaks, people see."""

from __future__ import annotations

import time
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from tests.slackd import Slackd
from tests.slackd_tests.app import TrialApp
from tests.slackd_tests.conftest import MANIFEST


async def test_what_a_member_says_arrives_once_with_the_message_ts_as_event_ts(slack: Slackd, app: TrialApp) -> None:
    alice = slack.person("alice", name="Alice Adams", tz="Europe/Zurich")
    channel = slack.channel("incident-db", alice)
    slack.invite_bot(channel, alice)
    message = await alice.says(channel, "db at 100% & <rising> @alice")
    await slack.settle()
    event = app.events[-1]["event"]
    assert event["text"] == f"db at 100% &amp; &lt;rising&gt; <@{alice.id}>"
    assert event["ts"] == event["event_ts"] == message.ts
    assert app.kinds() == ["channel_created", "member_joined_channel", "message"]


async def test_a_command_is_answered_through_the_ack(slack: Slackd, app: TrialApp) -> None:
    alice, bob = slack.person("alice"), slack.person("bob")
    channel = slack.channel("ops", alice, bob)

    async def answer(ack: Any, command: dict[str, Any]) -> None:
        await ack(f"heard {command['text']}")

    app.bolt.command("/try")(answer)
    answered = await alice.types("/try ask @bob & co", channel)
    assert answered.text == f"heard ask <@{bob.id}|bob> &amp; co"
    assert alice.inbox[-1].text == answered.text
    assert bob.inbox == []


async def test_the_app_posts_and_people_see_it(slack: Slackd, client: AsyncWebClient) -> None:
    alice = slack.person("alice")
    channel = slack.channel("ops", alice)
    slack.invite_bot(channel)
    posted = await client.chat_postMessage(channel=channel.id, text="hello")
    assert posted["ts"] in [seen.ts for seen in alice.sees(channel)]


async def test_starting_and_stopping_is_quick() -> None:
    begun = time.perf_counter()
    for _ in range(10):
        async with Slackd(MANIFEST):
            pass
    assert time.perf_counter() - begun < 1.0
