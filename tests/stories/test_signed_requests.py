"""HTTP mode takes what Slack signed, as Slack signed it and within five minutes, and nothing else."""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import logging
import time
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlencode

import aiohttp
import pytest

from handlers.logs import configure
from tests.databases import fresh_sqlite
from tests.stage import Stage, staged

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
HELLO = json.dumps({"type": "url_verification", "challenge": "hello"}).encode()


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(fresh_sqlite(tmp_path), "http") as made:
        yield made


def signed(stage: Stage, body: bytes, at: float) -> dict[str, str]:
    stamp = str(int(at))
    digest = hmac.new(stage.slack.signing_secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256)
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest.hexdigest()}"}


async def post(stage: Stage, body: bytes, headers: dict[str, str], kind: str = JSON) -> int:
    address = f"http://{stage.settings.host}:{stage.settings.port}/slack/events"
    sent = {"Content-Type": kind, **headers}
    async with aiohttp.ClientSession() as session, session.post(address, data=io.BytesIO(body), headers=sent) as answer:
        return answer.status


@pytest.mark.parametrize(("age", "status"), [(0, 200), (290, 200), (310, 401), (-310, 401)])
async def test_a_request_is_taken_for_five_minutes_after_it_was_signed(stage: Stage, age: float, status: int) -> None:
    """A recorded request cannot be played again later."""
    assert await post(stage, HELLO, signed(stage, HELLO, time.time() - age)) == status


@pytest.mark.parametrize(
    "spoilt",
    [
        {"X-Slack-Signature": ""},
        {"X-Slack-Signature": "v0=0"},
        {"X-Slack-Signature": "v0=é"},
        {"X-Slack-Request-Timestamp": ""},
        {"X-Slack-Request-Timestamp": "soon"},
        {"X-Slack-Request-Timestamp": "1e99"},
        {"X-Slack-Request-Timestamp": "²"},
    ],
    ids=str,
)
async def test_a_spoilt_signature_is_refused_and_nothing_is_kept(stage: Stage, spoilt: dict[str, str]) -> None:
    assert await post(stage, HELLO, {**signed(stage, HELLO, time.time()), **spoilt}) == 401


async def test_the_signature_holds_for_the_bytes_as_they_came(stage: Stage) -> None:
    """One more space in the JSON means the same and is refused; so is a body in another character set."""
    headers = signed(stage, HELLO, time.time())
    assert await post(stage, HELLO + b" ", headers) == 401
    assert await post(stage, HELLO.decode().encode("utf-16"), headers, f"{JSON}; charset=utf-16") == 401
    assert await post(stage, HELLO, headers, f"{JSON}; charset=no-such-thing") == 200


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"payload={", b"", b"null", b"[]"])
@pytest.mark.parametrize("kind", [JSON, FORM])
async def test_what_nobody_signed_is_not_even_read(stage: Stage, body: bytes, kind: str) -> None:
    """Whatever it is, the answer is 401 and the log stays silent: anybody may send anything."""
    stream, root = io.StringIO(), logging.getLogger()
    before, level = root.handlers[:], root.level
    configure(stage.settings, stream)
    try:
        assert await post(stage, body, {}, kind) == 401
    finally:
        root.handlers[:] = before
        root.setLevel(level)
    assert stream.getvalue() == ""


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"payload={", b"", b"null", b"[]"])
@pytest.mark.parametrize("kind", [JSON, FORM])
async def test_nonsense_that_is_signed_is_refused_without_harm(stage: Stage, body: bytes, kind: str) -> None:
    """What is no JSON may still be a form, in which nobody finds anything."""
    harmless = (400, 401) if kind == JSON else (200, 400, 401)
    assert await post(stage, body, signed(stage, body, time.time()), kind) in harmless
    assert await post(stage, HELLO, signed(stage, HELLO, time.time())) == 200


async def test_slack_may_look_at_the_certificate_without_a_signature(stage: Stage) -> None:
    """Nothing is done about it; whatever pretends to be such a look and says more is refused."""
    assert await post(stage, b"ssl_check=1&token=deprecated", {}, FORM) == 200
    command = b"ssl_check=1&command=%2Fincident&text=list&trigger_id=1.2.3"
    assert await post(stage, command, {}, FORM) == 401


async def test_a_body_over_two_megabytes_is_refused(stage: Stage) -> None:
    large = b" " * (2 * 1024 * 1024 + 1)
    assert await post(stage, large, signed(stage, large, time.time())) == 413


async def test_a_recorded_request_played_again_within_the_five_minutes_does_nothing(stage: Stage) -> None:
    """Its trigger is known already."""
    channel = await stage.declared()
    form = {
        "command": "/incident", "text": "event said once", "user_id": stage.alice.id, "channel_id": channel.id,
        "team_id": stage.slack.world.team_id, "trigger_id": "1.2.3",
        "response_url": f"{stage.slack.address}commands/x/1/x",
    }  # fmt: skip
    body = urlencode(form).encode()
    headers = signed(stage, body, time.time())
    assert [await post(stage, body, headers, FORM) for _ in range(3)] == [200, 200, 200]
    assert [entry.text for entry in (await stage.incident(channel)).timeline()] == ["said once"]


@pytest.mark.parametrize(
    "words", ["payload", "payload=1", "payload={}", "a payload=%7B%7D & more", 'payload={"type":"x"}']
)
async def test_scenario_45_a_signed_command_may_speak_of_a_payload(stage: Stage, words: str) -> None:
    channel = await stage.declared()
    await stage.alice.types(f"/incident event {words}", channel)
    [entry] = (await stage.incident(channel)).timeline()
    assert entry.text.replace("&amp;", "&") == words


@pytest.mark.parametrize("path", ["/", "/slack/events", "/slack", "/admin"])
async def test_nothing_else_is_served(stage: Stage, path: str) -> None:
    address = f"http://{stage.settings.host}:{stage.settings.port}{path}"
    async with aiohttp.ClientSession() as session, session.get(address) as answer:
        assert answer.status in (404, 405)
