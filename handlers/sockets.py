"""Socket Mode: two connections, so that one may be refreshed or lost, and a watch for a socket that fell silent."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from handlers.desk import Desk
from handlers.mistakes import Misconfigured, Mistake

log = logging.getLogger("scribe.sockets")

CONNECTIONS: Final = 2


@asynccontextmanager
async def connected(
    app: AsyncApp, desk: Desk, app_token: str, ping_seconds: float
) -> AsyncIterator[list[AsyncSocketModeHandler]]:
    """Two sockets for as long as the block lasts; one that is silent for four pings is replaced (by slack_sdk).

    Raises:
        Misconfigured: Slack refuses the app-level token.
    """
    await _try_token(desk.slack, app_token)
    handlers = [
        AsyncSocketModeHandler(app, app_token, web_client=desk.slack, ping_interval=ping_seconds)
        for _ in range(CONNECTIONS)
    ]
    for handler in handlers:
        await handler.connect_async()  # type: ignore[no-untyped-call]
    watch = asyncio.create_task(_watch(handlers, ping_seconds))
    try:
        yield handlers
    finally:
        watch.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watch
        for handler in handlers:
            await handler.close_async()  # type: ignore[no-untyped-call]


async def _try_token(slack: AsyncWebClient, app_token: str) -> None:
    """slack_sdk would retry a wrong token for ever without a word."""
    try:
        await slack.apps_connections_open(app_token=app_token)
    except SlackApiError as error:
        code = error.response.get("error") if isinstance(error.response.data, dict) else None
        if code in ("invalid_auth", "not_authed", "token_revoked", "not_allowed_token_type"):
            raise Misconfigured([Mistake("SLACK_APP_TOKEN", f"is refused by Slack ({code})")]) from error
        log.warning("Slack did not open a connection at once (%s); going on trying", code)


async def open_among(handlers: list[AsyncSocketModeHandler]) -> int:
    """How many of them are connected and not silent."""
    return sum([await handler.client.is_connected() for handler in handlers])


async def _watch(handlers: list[AsyncSocketModeHandler], seconds: float) -> None:
    """Reconnect a socket that is neither connected nor reconnecting; what fell into the gap Slack delivers again."""
    while True:
        await asyncio.sleep(seconds)
        for number, handler in enumerate(handlers):
            try:
                if not await handler.client.is_connected():
                    log.warning("socket %s is silent or closed; reconnecting", number)
                    await handler.client.connect_to_new_endpoint()
            except Exception:
                log.exception("socket %s could not be reconnected; trying again", number)
