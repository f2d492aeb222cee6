"""Socket Mode: two connections, so that one may be refreshed or lost, and a watch for a socket that fell silent."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

from slack_bolt.adapter.socket_mode.async_internals import send_async_response
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from handlers.desk import Desk
from handlers.gate import Gate
from handlers.mistakes import Misconfigured, Mistake
from handlers.slack_errors import code_of

log = logging.getLogger("scribe.sockets")

CONNECTIONS: Final = 2


class Sockets:
    """The connections of this process. `greeted` is called at each `hello`, with which Slack begins one."""

    def __init__(
        self, gate: Gate, slack: AsyncWebClient, app_token: str, ping_seconds: float, greeted: Callable[[], None]
    ) -> None:
        self._gate = gate
        self._ping_seconds = ping_seconds
        self._greeted = greeted
        self.clients = [
            SocketModeClient(app_token, web_client=slack, ping_interval=ping_seconds) for _ in range(CONNECTIONS)
        ]
        for client in self.clients:
            client.socket_mode_request_listeners.append(self._hear)
            client.message_listeners.append(self._greet)

    async def _hear(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        answer = await self._gate.receive(request.payload)
        with contextlib.suppress(ConnectionError):  # it is kept; Slack delivers it again and learns that
            await send_async_response(client, request, answer, time.time())

    async def _greet(self, client: AsyncBaseSocketModeClient, frame: dict[str, Any], raw: str | None) -> None:
        if frame.get("type") == "hello":
            self._greeted()

    async def open(self) -> int:
        """How many are connected and not silent."""
        return sum([await client.is_connected() for client in self.clients])

    async def any_alive(self) -> bool:
        """Did any of them answer lately? One that fell silent counts as open until it is replaced, but not here."""
        return any([await self._alive(client) for client in self.clients])

    async def _alive(self, client: SocketModeClient) -> bool:
        answered = client.last_ping_pong_time
        lately = answered is None or time.time() - answered <= 2 * self._ping_seconds
        return lately and await client.is_connected()

    async def watch(self) -> None:
        """Reconnect a socket that is neither connected nor reconnecting; what fell into the gap is read back."""
        while True:
            await asyncio.sleep(self._ping_seconds)
            for number, client in enumerate(self.clients):
                try:
                    if not await client.is_connected():
                        log.warning("socket %s is silent or closed; reconnecting", number)
                        await client.connect_to_new_endpoint()
                except Exception:
                    log.exception("socket %s could not be reconnected; trying again", number)


@asynccontextmanager
async def connected(
    gate: Gate, desk: Desk, app_token: str, ping_seconds: float, greeted: Callable[[], None]
) -> AsyncIterator[Sockets]:
    """Two sockets for as long as the block lasts; one that is silent for four pings is replaced (by slack_sdk).

    Raises:
        Misconfigured: Slack refuses the app-level token.
    """
    await _try_token(desk.slack, app_token)
    sockets = Sockets(gate, desk.slack, app_token, ping_seconds, greeted)
    for client in sockets.clients:
        await client.connect()  # type: ignore[no-untyped-call]
    watch = asyncio.create_task(sockets.watch())
    try:
        yield sockets
    finally:
        watch.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watch
        for client in sockets.clients:
            await client.close()  # type: ignore[no-untyped-call]


async def _try_token(slack: AsyncWebClient, app_token: str) -> None:
    """slack_sdk would retry a wrong token for ever without a word."""
    try:
        await slack.apps_connections_open(app_token=app_token)
    except SlackApiError as error:
        code = code_of(error)
        if code in ("invalid_auth", "not_authed", "token_revoked", "not_allowed_token_type"):
            raise Misconfigured([Mistake("SLACK_APP_TOKEN", f"is refused by Slack ({code})")]) from error
        log.warning("Slack did not open a connection at once (%s); going on trying", code)
