"""Socket Mode: two connections, so that one may be refreshed or lost, and a watch for a socket that fell silent."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from slack_bolt.adapter.socket_mode.async_internals import send_async_response
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from handlers.desk import Desk
from handlers.gate import Gate
from handlers.mistakes import Misconfigured, Mistake

log = logging.getLogger("scribe.sockets")

CONNECTIONS: Final = 2


@asynccontextmanager
async def connected(
    gate: Gate, desk: Desk, app_token: str, ping_seconds: float
) -> AsyncIterator[list[SocketModeClient]]:
    """Two sockets for as long as the block lasts; one that is silent for four pings is replaced (by slack_sdk).

    Raises:
        Misconfigured: Slack refuses the app-level token.
    """
    await _try_token(desk.slack, app_token)

    async def hear(client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        await send_async_response(client, request, await gate.receive(request.payload), time.time())

    clients = []
    for _ in range(CONNECTIONS):
        client = SocketModeClient(app_token, web_client=desk.slack, ping_interval=ping_seconds)
        clients.append(client)
        client.socket_mode_request_listeners.append(hear)
        await client.connect()  # type: ignore[no-untyped-call]
    watch = asyncio.create_task(_watch(clients, ping_seconds))
    try:
        yield clients
    finally:
        watch.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watch
        for client in clients:
            await client.close()  # type: ignore[no-untyped-call]


async def _try_token(slack: AsyncWebClient, app_token: str) -> None:
    """slack_sdk would retry a wrong token for ever without a word."""
    try:
        await slack.apps_connections_open(app_token=app_token)
    except SlackApiError as error:
        code = error.response.get("error") if isinstance(error.response.data, dict) else None
        if code in ("invalid_auth", "not_authed", "token_revoked", "not_allowed_token_type"):
            raise Misconfigured([Mistake("SLACK_APP_TOKEN", f"is refused by Slack ({code})")]) from error
        log.warning("Slack did not open a connection at once (%s); going on trying", code)


async def open_among(clients: list[SocketModeClient]) -> int:
    """How many of them are connected and not silent."""
    return sum([await client.is_connected() for client in clients])


async def _watch(clients: list[SocketModeClient], seconds: float) -> None:
    """Reconnect a socket that is neither connected nor reconnecting; what fell into the gap Slack delivers again."""
    while True:
        await asyncio.sleep(seconds)
        for number, client in enumerate(clients):
            try:
                if not await client.is_connected():
                    log.warning("socket %s is silent or closed; reconnecting", number)
                    await client.connect_to_new_endpoint()
            except Exception:
                log.exception("socket %s could not be reconnected; trying again", number)
