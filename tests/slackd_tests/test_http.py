"""The same deliveries as signed requests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_sdk.web.async_client import AsyncWebClient

from tests.slackd import Channel, Person, Slackd
from tests.slackd_tests.app import TrialApp

JSON = dict[str, Any]


class HttpApp(TrialApp):
    """The trial app behind a Request URL; `status` other than 0 is answered instead of asking Bolt."""

    status = 0

    async def __aenter__(self) -> HttpApp:
        self.requests: list[web.Request] = []
        server = web.Application()
        server.router.add_post("/slack/events", self._receive)
        self._runner = web.AppRunner(server, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/slack/events"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def _receive(self, request: web.Request) -> web.Response:
        self.requests.append(request)
        if self.status:
            return web.Response(status=self.status)
        return await to_aiohttp_response(await self.bolt.async_dispatch(await to_bolt_request(request)))


@pytest.fixture
async def web_app(slack: Slackd, client: AsyncWebClient) -> AsyncIterator[HttpApp]:
    app = HttpApp(slack, client)
    async with app:
        slack.use_http(app.url)
        yield app


@pytest.fixture
async def alice(slack: Slackd) -> Person:
    return slack.person("alice")


@pytest.fixture
async def room(slack: Slackd, web_app: HttpApp, alice: Person) -> Channel:
    channel = slack.channel("ops", alice)
    slack.invite_bot(channel)
    await slack.settle()
    web_app.events.clear()
    web_app.requests.clear()
    return channel


async def test_the_request_url_proves_itself(slack: Slackd, web_app: HttpApp) -> None:
    assert await slack.use_http(web_app.url).verify()


async def test_a_wrong_secret_is_noticed(slack: Slackd, web_app: HttpApp) -> None:
    slack.signing_secret = "another"
    assert not await slack.use_http(web_app.url).verify()


async def test_events_arrive_signed_as_json(slack: Slackd, web_app: HttpApp, alice: Person, room: Channel) -> None:
    await alice.says(room, "over http")
    await slack.settle()
    assert [body["event"]["text"] for body in web_app.events] == ["over http"]
    assert "x-slack-retry-num" not in web_app.requests[0].headers


async def test_a_failing_url_is_asked_again_with_numbers_and_reasons(
    slack: Slackd, web_app: HttpApp, alice: Person, room: Channel
) -> None:
    web_app.status = 500
    await alice.says(room, "patience")
    await slack.settle()
    await slack.run_for(60)
    web_app.status = 0
    await slack.run_for(300)
    retries = [request.headers.get("x-slack-retry-num") for request in web_app.requests]
    assert retries == [None, "1", "2", "3"]
    assert web_app.requests[1].headers["x-slack-retry-reason"] == "http_error"
    assert len(web_app.events) == 1


async def test_a_command_comes_as_a_form_and_its_body_answers(web_app: HttpApp, alice: Person, room: Channel) -> None:
    async def listener(ack: Any, command: JSON) -> None:
        await ack(f"heard {command['text']}")

    web_app.bolt.command("/try")(listener)
    assert (await alice.types("/try a & b", room)).text == "heard a &amp; b"
    assert web_app.requests[-1].content_type == "application/x-www-form-urlencoded"


async def test_a_form_is_submitted_as_a_payload(web_app: HttpApp, alice: Person, room: Channel) -> None:
    element = {"type": "plain_text_input", "action_id": "t"}
    label = {"type": "plain_text", "text": "Title"}
    frame: JSON = {"type": "modal", "callback_id": "form", "title": label, "submit": label}
    view = frame | {"blocks": [{"type": "input", "block_id": "title", "label": label, "element": element}]}

    async def command(ack: Any, body: JSON, client: AsyncWebClient) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=view)
        await ack()

    async def submitted(ack: Any) -> None:
        await ack(response_action="errors", errors={"title": "no"})

    web_app.bolt.command("/try")(command)
    web_app.bolt.view("form")(submitted)
    shown = (await alice.types("/try", room)).view
    assert shown is not None
    await alice.fills(shown, {"Title": "x"})
    assert (await alice.submits(shown)).errors == {"title": "no"}


async def test_the_known_trap_of_bolt_stays_visible(web_app: HttpApp, alice: Person, room: Channel) -> None:
    """Bolt 1.30 loses a command whose text contains "payload"; an app must mend that itself."""

    async def listener(ack: Any) -> None:
        await ack("heard")

    web_app.bolt.command("/try")(listener)
    assert (await alice.types("/try bad payload", room)).error == "dispatch_failed"
