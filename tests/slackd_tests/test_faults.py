"""API trouble on demand, as often as asked for and no more."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from tests.slackd import Channel, Slackd
from tests.slackd.faults import RESPONSE_URL
from tests.slackd_tests.app import TrialApp


@pytest.fixture
def room(slack: Slackd) -> Channel:
    channel = slack.channel("ops", slack.person("alice"))
    slack.invite_bot(channel)
    return channel


def said(slack: Slackd, channel: Channel) -> list[str]:
    return [message.text for message in slack.messages(channel) if message.bot_id == slack.world.bot_id]


async def test_a_rate_limit_names_its_seconds_and_the_call_has_no_effect(
    slack: Slackd, room: Channel, client: AsyncWebClient
) -> None:
    slack.faults.rate_limit("chat.postMessage", retry_after=7, channel=room.id)
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel=room.id, text="x")
    assert (caught.value.response.status_code, caught.value.response.headers["Retry-After"]) == (429, "7")
    await client.chat_postMessage(channel=room.id, text="y")
    assert said(slack, room) == ["y"]


async def test_the_sdk_waits_out_a_rate_limit(slack: Slackd, room: Channel, client: AsyncWebClient) -> None:
    client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=1))
    slack.faults.rate_limit("chat.postMessage", retry_after=0)
    await client.chat_postMessage(channel=room.id, text="x")
    assert [call.status for call in slack.calls] == [429, 200]


async def test_other_channels_and_methods_are_spared(slack: Slackd, room: Channel, client: AsyncWebClient) -> None:
    slack.faults.server_error("chat.postMessage", channel="C0OTHER")
    slack.faults.error("chat.update", "message_not_found")
    await client.chat_postMessage(channel=room.id, text="x")
    assert said(slack, room) == ["x"]


async def test_a_server_error_is_a_page_of_html(slack: Slackd, client: AsyncWebClient) -> None:
    slack.faults.server_error("auth.test", status=502)
    with pytest.raises(SlackApiError):
        await client.auth_test()
    assert (await client.auth_test())["ok"]


async def test_a_lost_answer_has_taken_effect(slack: Slackd, room: Channel, client: AsyncWebClient) -> None:
    slack.faults.answer_lost("chat.postMessage")
    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel=room.id, text="posted all the same")
    assert said(slack, room) == ["posted all the same"]
    assert slack.calls_of("chat.postMessage")[0].status == 0


async def test_a_slow_answer_waits_for_the_clock(slack: Slackd, room: Channel, client: AsyncWebClient) -> None:
    slack.faults.slow("chat.postMessage", 20)
    calling = asyncio.create_task(client.chat_postMessage(channel=room.id, text="x"))
    await slack.until(lambda: said(slack, room) == ["x"])
    assert not calling.done()
    await slack.clock.jump(20)
    assert (await calling)["ok"]


async def test_response_urls_can_fail_too(
    slack: Slackd, room: Channel, app: TrialApp, session: aiohttp.ClientSession
) -> None:
    alice = slack.person("alice")

    async def listener(ack: Any) -> None:
        await ack("ok")

    app.bolt.command("/try")(listener)
    await alice.types("/try", room)
    url = str(app.bodies[-1]["response_url"])
    slack.faults.server_error()
    slack.faults.server_error(RESPONSE_URL)
    slack.faults.answer_lost(RESPONSE_URL)
    assert (await session.post(url, json={"text": "refused"})).status == 503
    with pytest.raises(aiohttp.ClientError):
        await session.post(url, json={"text": "shown, but who knows"})
    assert [whisper.text for whisper in alice.inbox] == ["ok", "shown, but who knows"]


async def test_any_call_can_be_refused_by_code(slack: Slackd, client: AsyncWebClient) -> None:
    slack.faults.error("*", "fatal_error", times=2)
    for _ in range(2):
        with pytest.raises(SlackApiError, match="fatal_error"):
            await client.users_list()
    assert (await client.users_list())["ok"]
