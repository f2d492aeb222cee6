"""Scribe against an independent stand-in for Slack, `emulate` 0.12.2 of npm: `make emulate`.

It was written by others from Slack's documentation, so it finds what our own pretend Slack has wrong. It has the Web
API and signed events, but no commands (they are posted here as Slack posts them), no canvases and no user groups. Slack
reads a call's arguments from the query too and answers a method it does not know with `unknown_method`; here
the `door` in between does that.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode

import aiohttp
import pytest
from aiohttp import web

from bot.incident import Incident
from handlers.desk import Desk
from handlers.running import at_work
from handlers.settings import load
from tests.databases import fresh_sqlite
from tests.stage import free_port

FOLDER = Path(__file__).resolve().parents[2] / ".emulate" / "node_modules"
SECRET = "an-emulated-signing-secret"
BOT, ALICE = "xoxb-emulated-scribe", "xoxp-emulated-alice"
SEED = {
    "team": {"name": "Emulated", "domain": "emulated"},
    "users": [{"name": "alice", "real_name": "Alice Adams"}],
    "channels": [{"name": "ops"}],
    "oauth_apps": [
        {"client_id": "1.2", "client_secret": "-", "app_id": "A0SCRIBE", "name": "Scribe", "redirect_uris": []}
        | {"scopes": ["chat:write"], "bot_name": "scribe", "bot_id": "B0SCRIBE", "bot_user_id": "U0SCRIBE"}
    ],
    "tokens": [
        {"token": BOT, "type": "bot", "user_id": "U0SCRIBE", "bot_id": "B0SCRIBE", "bot_user_id": "U0SCRIBE"},
        {"token": ALICE, "type": "user", "user": "alice"},
    ],
    "signing_secret": SECRET,
}
Json = dict[str, Any]
T = TypeVar("T")


@dataclass
class Emulated:
    """The stand-in, Scribe at work on it, and Alice."""

    api: str
    events: str
    http: aiohttp.ClientSession
    desk: Desk
    alice: str

    async def call(self, method: str, token: str = ALICE, **args: str) -> Json:
        headers = {"Authorization": f"Bearer {token}"}
        async with self.http.post(f"{self.api}{method}", data=args, headers=headers) as answer:
            said: Json = await answer.json()
        assert said["ok"], (method, said)
        return said

    async def types(self, text: str, channel: str) -> None:
        """A command, signed and posted as Slack does it."""
        form = {
            "command": "/incident", "text": text, "user_id": self.alice, "user_name": "alice", "channel_id": channel,
            "channel_name": "-", "team_id": self.desk.me.team_id, "team_domain": "emulated", "api_app_id": "A0SCRIBE",
            "trigger_id": f"1.2.{time.time_ns()}", "response_url": f"{self.api}nowhere", "token": "-",
        }  # fmt: skip
        raw, stamp = urlencode(form).encode(), str(int(time.time()))
        digest = hmac.new(SECRET.encode(), f"v0:{stamp}:".encode() + raw, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": f"v0={digest}",
        }
        async with self.http.post(self.events, data=raw, headers=headers) as answer:
            assert answer.status == 200

    async def declared(self, title: str) -> str:
        """Declare an incident from #ops; its channel."""
        channels = (await self.call("conversations.list"))["channels"]
        await self.types(f"declare {title} sev2", next(c["id"] for c in channels if c["name"] == "ops"))

        async def channel() -> str | None:
            rows = await self.desk.store.incidents(limit=1)
            return rows[0].channel if rows else None

        return await seen(channel)

    async def incident(self, channel: str) -> Incident:
        found = await self.desk.store.incident_at(channel)
        assert found is not None
        return await self.desk.store.incident(found)

    async def history(self, channel: str) -> list[Json]:
        messages: list[Json] = (await self.call("conversations.history", channel=channel))["messages"]
        return messages


async def seen(look: Callable[[], Awaitable[T | None]], seconds: float = 20) -> T:
    """What `look` finds, once it finds something: nobody here tells when the program is quiet."""
    async with asyncio.timeout(seconds):
        while (found := await look()) is None:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    return found


@asynccontextmanager
async def door(http: aiohttp.ClientSession, behind: str) -> AsyncIterator[str]:
    """The address of a Web API that takes what Slack takes and passes it on."""

    async def passed_on(request: web.Request) -> web.Response:
        headers = {"Authorization": request.headers.get("Authorization", "")}
        raw, kind = await request.read(), request.content_type
        if request.query:
            raw, kind = urlencode(dict(request.query)).encode(), "application/x-www-form-urlencoded"
        headers["Content-Type"] = kind
        async with http.post(f"{behind}{request.match_info['method']}", data=raw, headers=headers) as answer:
            if answer.status == 404:
                return web.json_response({"ok": False, "error": "unknown_method"})
            return web.json_response(await answer.json(), status=answer.status)

    app = web.Application()
    app.router.add_route("*", "/api/{method}", passed_on)
    runner, port = web.AppRunner(app, access_log=None), free_port()
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield f"http://127.0.0.1:{port}/api/"
    finally:
        await runner.cleanup()


@pytest.fixture
async def emulated(tmp_path: Path) -> AsyncIterator[Emulated]:
    port, mine = free_port(), free_port()
    events = f"http://127.0.0.1:{mine}/slack/events"
    launch = [FOLDER / "node/bin/node", Path(__file__).with_name("launch.mjs"), FOLDER / "emulate/dist/api.js"]
    arguments = [str(port), json.dumps({"slack": SEED}), events]
    process = await asyncio.create_subprocess_exec(*launch, *arguments, stdout=asyncio.subprocess.PIPE)
    try:
        assert process.stdout is not None
        assert b"listening" in await asyncio.wait_for(process.stdout.readline(), 30)
        async with aiohttp.ClientSession() as http, door(http, f"http://127.0.0.1:{port}/api/") as api:
            settings = load(
                {
                    "SLACK_BOT_TOKEN": BOT,
                    "SLACK_SIGNING_SECRET": SECRET,
                    "SLACK_API_URL": api,
                    "SCRIBE_DATABASE_URL": fresh_sqlite(tmp_path),
                    "SCRIBE_TRANSPORT": "http",
                    "SCRIBE_PORT": str(mine),
                },
                connecting=True,
            )
            async with at_work(settings, "emulated") as desk:
                made = Emulated(api, events, http, desk, "")
                made.alice = (await made.call("auth.test"))["user_id"]
                yield made
    finally:
        process.kill()
        await process.wait()


async def test_an_incident_is_declared_told_and_resolved(emulated: Emulated) -> None:
    """Channel, people, topic, card, pin and bookmark; lines; the draft as a file; all by the Web API."""
    channel = await emulated.declared("Checkout is failing")
    await emulated.types("event --as detected The pager fired", channel)
    await emulated.types("event Rolled back the coupon service", channel)
    await emulated.types("resolve Rolled back", channel)

    async def draft() -> Json | None:
        files = (await emulated.call("files.list", BOT, channel=channel))["files"]
        return next((file for file in files if file["name"].endswith(".md")), None)

    assert (await seen(draft))["size"] > 1000
    info = (await emulated.call("conversations.info", channel=channel))["channel"]
    assert info["name"].startswith("incident-") and "Checkout is failing" in info["topic"]["value"]
    assert emulated.alice in (await emulated.call("conversations.members", channel=channel))["members"]
    assert any("Checkout is failing" in json.dumps(said) for said in await emulated.history(channel))
    assert (await emulated.call("pins.list", BOT, channel=channel))["items"]
    texts = [str(line.text) for line in (await emulated.incident(channel)).timeline()]
    assert texts[:2] == ["The pager fired", "Rolled back the coupon service"]


async def test_a_message_and_a_reaction_become_a_line(emulated: Emulated) -> None:
    """The message comes as a signed event. The reaction's event has no `event_ts` here, which Slack always sends, so it
    is not read; reading the channel back finds the reaction all the same.
    """
    channel = await emulated.declared("Search is down")
    said = await emulated.call("chat.postMessage", channel=channel, text="errors <b>everywhere</b> & more")

    async def heard() -> Any:
        return await emulated.desk.store.message(channel, said["ts"])

    assert (await seen(heard)).author == emulated.alice
    await emulated.call("reactions.add", channel=channel, timestamp=said["ts"], name="pushpin")
    await emulated.types("catchup", channel)

    async def line() -> Any:
        return next(iter((await emulated.incident(channel)).timeline()), None)

    captured = await seen(line)
    assert (await emulated.incident(channel)).witnesses(captured.id) == (emulated.alice,)
