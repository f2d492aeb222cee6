"""HTTP mode: one aiohttp server for Slack's signed requests and for those who watch over the program."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from urllib.parse import parse_qsl

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_internals import build_async_context
from slack_bolt.request.async_request import AsyncBoltRequest

from handlers.desk import Desk

LARGEST: Final = 2 * 1024 * 1024
FORM: Final = "application/x-www-form-urlencoded"


@asynccontextmanager
async def served(app: AsyncApp, desk: Desk, host: str, port: int) -> AsyncIterator[None]:
    """Serve `/slack/events` (events, commands, interactions; Bolt checks the signature) and `/healthz`."""

    async def slack_events(request: web.Request) -> web.Response:
        bolt = with_command(await to_bolt_request(request))
        return await to_aiohttp_response(await app.async_dispatch(bolt))

    async def healthz(request: web.Request) -> web.Response:
        await desk.store.next_due()
        return web.Response(text="ok\n")

    server = web.Application(client_max_size=LARGEST)
    server.router.add_post("/slack/events", slack_events)
    server.router.add_get("/healthz", healthz)
    runner = web.AppRunner(server, access_log=None, shutdown_timeout=5)
    await runner.setup()
    await web.TCPSite(runner, host, port).start()
    try:
        yield
    finally:
        await runner.cleanup()


def with_command(request: AsyncBoltRequest) -> AsyncBoltRequest:
    """Bolt 1.30 reads a form that contains the word `payload` anywhere as an interaction and finds nothing in it."""
    if not request.body and (request.content_type or "").startswith(FORM):
        form = dict(parse_qsl(request.raw_body, keep_blank_values=True))
        if "command" in form:
            request.body = form
            build_async_context(request.context, form)
    return request
