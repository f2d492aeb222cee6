"""A Bolt app that keeps what it is told, answers as a test wants, and connects over Socket Mode."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from tests.slackd import Slackd

JSON = dict[str, Any]
logging.getLogger("slack_bolt").setLevel(logging.CRITICAL)


class TrialApp:
    """`events` and `bodies` are what arrived; `deaf`: nothing is acknowledged."""

    def __init__(self, slack: Slackd, client: AsyncWebClient) -> None:
        self.slack = slack
        self.client = client
        self.events: list[JSON] = []
        self.bodies: list[JSON] = []
        self.deaf = False
        self._arrived = asyncio.Event()
        self.bolt = AsyncApp(client=client, authorize=_authorizer(slack), signing_secret=slack.signing_secret)
        self.handlers: list[AsyncSocketModeHandler] = []
        self._listen()

    def _listen(self) -> None:
        async def keep(body: JSON, next: Any) -> None:
            self.bodies.append(body)
            self._arrived.set()
            if self.deaf:
                raise RuntimeError("deaf")
            if body.get("type") == "event_callback":
                self.events.append(body)
            await next()

        async def nothing() -> None:
            pass

        self.bolt.middleware(keep)
        self.bolt.event(re.compile(".*"))(nothing)

    async def connect(self) -> AsyncSocketModeHandler:
        handler = AsyncSocketModeHandler(self.bolt, self.slack.app_token, web_client=self.client, ping_interval=0.25)
        self.handlers.append(handler)
        await handler.connect_async()  # type: ignore[no-untyped-call]
        return handler

    async def __aenter__(self) -> TrialApp:
        await self.connect()
        await self.slack.socket.connected()
        return self

    async def __aexit__(self, *_: object) -> None:
        for handler in self.handlers:
            await handler.close_async()  # type: ignore[no-untyped-call]

    async def gets(self, wanted: Callable[[JSON], bool]) -> None:
        """Return once such a payload has arrived, acknowledged or not."""
        while not any(wanted(body) for body in self.bodies):
            self._arrived.clear()
            await self._arrived.wait()

    def kinds(self) -> list[str]:
        """The types of the events heard, with their subtypes."""
        heard = [body["event"] for body in self.events]
        return [f"{e['type']}/{e['subtype']}" if e.get("subtype") else e["type"] for e in heard]


def _authorizer(slack: Slackd) -> Callable[..., Awaitable[AuthorizeResult]]:
    world = slack.world

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        who = {"bot_token": slack.bot_token, "bot_id": world.bot_id, "bot_user_id": world.bot_user_id}
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, **who)

    return authorize
