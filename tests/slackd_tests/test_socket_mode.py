"""Socket Mode: hello, acks, redelivery, several sockets, and sockets that fail."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from tests.slackd import Channel, Person, Slackd
from tests.slackd_tests.app import TrialApp


def room(slack: Slackd) -> tuple[Person, Channel]:
    alice = slack.person("alice")
    channel = slack.channel("incident-db", alice)
    slack.invite_bot(channel)
    return alice, channel


def texts(app: TrialApp) -> list[str]:
    return [body["event"].get("text", "") for body in app.events if body["event"]["type"] == "message"]


async def open_socket(slack: Slackd, client: AsyncWebClient) -> aiohttp.ClientWebSocketResponse:
    opened = await client.apps_connections_open(app_token=slack.app_token)
    assert client.session is not None
    return await client.session.ws_connect(str(opened["url"]))


async def test_hello_counts_the_connections(slack: Slackd, client: AsyncWebClient) -> None:
    async with await open_socket(slack, client) as first, await open_socket(slack, client) as second:
        assert (await first.receive_json())["num_connections"] == 1
        hello = await second.receive_json()
    assert hello["type"] == "hello"
    assert hello["num_connections"] == 2
    assert hello["connection_info"] == {"app_id": slack.world.app_id}
    assert hello["debug_info"]["approximate_connection_time"] == 18060


async def test_a_ticket_opens_one_socket_only(slack: Slackd, client: AsyncWebClient) -> None:
    opened = await client.apps_connections_open(app_token=slack.app_token)
    assert client.session is not None
    async with client.session.ws_connect(str(opened["url"])):
        answer = await client.session.get(str(opened["url"]).replace("ws", "http", 1))
        assert answer.status == 403


async def test_the_eleventh_socket_is_turned_away(slack: Slackd, client: AsyncWebClient) -> None:
    sockets = [await open_socket(slack, client) for _ in range(11)]
    frame = await sockets[-1].receive_json()
    assert (frame["type"], frame["reason"]) == ("disconnect", "too_many_websockets")
    for socket in sockets:
        await socket.close()


async def test_an_event_is_acknowledged_by_its_envelope_id_and_not_sent_again(
    slack: Slackd, client: AsyncWebClient
) -> None:
    alice, channel = room(slack)
    async with await open_socket(slack, client) as socket:
        await socket.receive_json()
        await alice.says(channel, "hello")
        envelope = await socket.receive_json()
        assert (envelope["type"], envelope["retry_attempt"], envelope["retry_reason"]) == ("events_api", 0, "")
        assert envelope["accepts_response_payload"] is False
        await socket.send_json({"envelope_id": envelope["envelope_id"]})
        await slack.settle()
        await slack.clock.jump(600)
        assert sum(sent.payload == envelope["payload"] for sent in slack.envelopes) == 1


async def test_an_event_without_ack_comes_again_with_the_same_event_id(slack: Slackd, app: TrialApp) -> None:
    alice, channel = room(slack)
    await slack.settle()
    app.deaf = True
    await alice.says(channel, "hello")
    await app.gets(lambda body: body["event"].get("text") == "hello")
    app.deaf = False
    await slack.clock.jump(3)
    await slack.settle()
    attempts = [e for e in slack.envelopes if e.payload["event"].get("text") == "hello"]
    assert [(e.attempt, e.reason) for e in attempts] == [(0, ""), (1, "timeout")]
    assert len({e.payload["event_id"] for e in attempts}) == 1
    assert len({e.envelope_id for e in attempts}) == 2
    assert texts(app) == ["hello"]


async def test_what_nobody_takes_is_tried_after_a_minute_and_five_and_then_lost(slack: Slackd) -> None:
    alice, channel = room(slack)
    message = await alice.says(channel, "into the void")
    for seconds in (0, 60, 300):
        await slack.clock.jump(seconds)
        await slack.settle()
    attempts = [e for e in slack.envelopes if e.payload["event"].get("ts") == message.ts]
    assert [e.attempt for e in attempts] == [0, 1, 2, 3]
    assert message.ts in [lost["event"].get("ts") for lost in slack.courier.lost]


async def test_an_app_that_returns_within_the_minute_gets_what_it_missed(slack: Slackd, app: TrialApp) -> None:
    alice, channel = room(slack)
    await slack.settle()
    slack.faults.offline = True
    await alice.says(channel, "missed")
    await slack.settle()
    slack.faults.offline = False
    await slack.run_for(60)
    assert texts(app) == ["missed"]


async def test_two_sockets_share_the_events(slack: Slackd, app: TrialApp) -> None:
    await app.connect()
    await slack.socket.connected(2)
    alice, channel = room(slack)
    for number in range(6):
        await alice.says(channel, f"message {number}")
    await slack.settle()
    assert sorted(texts(app)) == [f"message {number}" for number in range(6)]
    assert len(slack.socket.connections) == 2


async def test_a_refresh_makes_the_client_open_a_new_socket(slack: Slackd, app: TrialApp) -> None:
    await slack.socket.refresh()
    await slack.socket.connected(opened=2)
    alice, channel = room(slack)
    await alice.says(channel, "still here")
    await slack.settle()
    assert texts(app) == ["still here"]


async def test_a_cut_socket_leaves_its_events_to_the_redelivery(slack: Slackd, app: TrialApp) -> None:
    alice, channel = room(slack)
    await slack.settle()
    slack.socket.silence()
    await alice.says(channel, "swallowed")
    await slack.settle()
    slack.socket.cut()
    await slack.socket.connected(opened=2)
    assert texts(app) == []
    await slack.clock.jump(3)
    await slack.settle()
    assert texts(app) == ["swallowed"]


async def test_a_command_nobody_can_take_fails_at_once_and_is_not_sent_again(slack: Slackd) -> None:
    alice, channel = room(slack)
    answer = await alice.types("/try hello", channel)
    assert answer.error == "dispatch_failed"
    await slack.clock.jump(600)
    assert [e.attempt for e in slack.envelopes if e.kind == "slash_commands"] == [0]


async def test_a_command_without_ack_times_out_after_three_seconds_of_the_clock(slack: Slackd, app: TrialApp) -> None:
    alice, channel = room(slack)
    await slack.settle()
    app.deaf = True
    typing = asyncio.create_task(alice.types("/try hello", channel))
    await app.gets(lambda body: "command" in body)
    await slack.clock.jump(3)
    assert (await typing).error == "operation_timeout"


async def test_an_event_delivered_twice_has_one_id(slack: Slackd, app: TrialApp) -> None:
    alice, channel = room(slack)
    await slack.settle()
    slack.faults.duplicate_events()
    await alice.says(channel, "twice")
    await slack.settle()
    heard = [body for body in app.events if body["event"].get("text") == "twice"]
    assert len(heard) == 2
    assert heard[0]["event_id"] == heard[1]["event_id"]


async def test_events_can_arrive_in_reverse(slack: Slackd, app: TrialApp) -> None:
    alice, channel = room(slack)
    await slack.settle()
    slack.faults.reorder_events(2)
    message = await alice.says(channel, "first")
    await alice.reacts(message, "pushpin")
    await slack.settle()
    assert app.kinds()[-2:] == ["reaction_added", "message"]


async def test_what_is_held_back_can_be_released(slack: Slackd, app: TrialApp) -> None:
    alice, channel = room(slack)
    await slack.settle()
    slack.faults.reorder_events(5)
    await alice.says(channel, "one")
    await slack.settle()
    assert texts(app) == []
    slack.release_held_events()
    await slack.settle()
    assert texts(app) == ["one"]


async def test_an_app_token_is_needed_for_a_socket(slack: Slackd, session: aiohttp.ClientSession) -> None:
    headers = {"Authorization": f"Bearer {slack.bot_token}"}
    async with session.post(f"{slack.url}apps.connections.open", headers=headers) as answer:
        body: dict[str, Any] = await answer.json()
    assert body == {"ok": False, "error": "not_allowed_token_type"}
