"""The one aiohttp server: Slack's signed requests in HTTP mode, and in both modes those who watch over the program."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final
from urllib.parse import parse_qsl

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_sdk.signature import SignatureVerifier

from handlers.desk import Desk
from handlers.gate import Gate

LARGEST: Final = 2 * 1024 * 1024
"""Bytes of a body; Slack's own are far smaller. More is answered with 413."""
READING_SECONDS: Final = 10
"""How long a body may take to arrive; Slack itself gives up after three."""


@asynccontextmanager
async def listening(host: str, port: int, routes: list[web.RouteDef]) -> AsyncIterator[None]:
    """Serve these routes for as long as the block lasts."""
    server = web.Application(client_max_size=LARGEST)
    server.router.add_routes(routes)
    runner = web.AppRunner(server, access_log=None, shutdown_timeout=5)
    await runner.setup()
    await web.TCPSite(runner, host, port).start()
    try:
        yield
    finally:
        await runner.cleanup()


def slack_events(gate: Gate, desk: Desk, signing_secret: str) -> web.RouteDef:
    """`POST /slack/events`: events, commands and interactions.

    The signature is checked on the bytes as they came, before anything is read from them, and a request signed more
    than five minutes ago is refused. What was signed goes on as in Socket Mode, where Bolt neither parses nor verifies.
    """
    verifier = SignatureVerifier(signing_secret)

    async def answer(request: web.Request) -> web.Response:
        if desk.draining:
            return web.Response(status=503, text="stopping\n")
        try:
            async with asyncio.timeout(READING_SECONDS):
                raw = await request.read()
        except TimeoutError:
            return web.Response(status=408, text="too slow\n")
        if raw.startswith(b"ssl_check=1&") and b"command=" not in raw:  # Slack looks at the certificate, unsigned
            return web.Response()
        if not _signed(verifier, raw, request):
            return web.json_response({"error": "invalid request"}, status=401)
        body = read(raw, request.content_type)
        if body is None:
            return web.json_response({"error": "invalid body"}, status=400)
        if body.get("type") == "url_verification":  # whoever saves the Request URL in the app's settings
            return web.json_response({"challenge": body.get("challenge")})
        return await to_aiohttp_response(await gate.receive(body))

    return web.post("/slack/events", answer)


def _signed(verifier: SignatureVerifier, raw: bytes, request: web.Request) -> bool:
    """slack_sdk raises where the body is not UTF-8, the timestamp is no number, or the signature is not ASCII."""
    timestamp = request.headers.get("X-Slack-Request-Timestamp", "")
    signature = request.headers.get("X-Slack-Signature", "")
    try:
        return signature.isascii() and verifier.is_valid(raw, timestamp, signature)
    except ValueError:
        return False


def read(raw: bytes, content_type: str) -> dict[str, Any] | None:
    """An event is JSON, a command is a form, an interaction is a form with JSON in its field `payload`; else None.

    Bolt 1.30 takes every form that contains the word `payload` anywhere for an interaction and finds nothing in it.
    """
    try:
        text = raw.decode()
        if content_type == "application/json":
            body = json.loads(text)
        else:
            body = dict(parse_qsl(text, keep_blank_values=True))
            if "payload" in body and "command" not in body:
                body = json.loads(body["payload"])
    except ValueError:
        return None
    return body if isinstance(body, dict) and body else None
