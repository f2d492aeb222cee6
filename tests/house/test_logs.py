"""Logs: one JSON line per happening, carrying the incident, and no token or person's words in it."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from handlers import logs


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = before, level
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_our_lines_and_the_libraries_carry_the_incident() -> None:
    stream = io.StringIO()
    logs.configure("json", stream=stream)
    with structlog.contextvars.bound_contextvars(incident="INC-7"):
        logs.get("handlers.act").info("recorded", facts=2)
        logging.getLogger("slack_bolt.AsyncApp").warning("a library speaks")
    ours, theirs = lines(stream)
    assert (ours["event"], ours["facts"], ours["incident"], ours["level"]) == ("recorded", 2, "INC-7", "info")
    assert (theirs["event"], theirs["incident"], theirs["logger"]) == (
        "a library speaks",
        "INC-7",
        "slack_bolt.AsyncApp",
    )
    assert ours["timestamp"].endswith("Z")


def test_an_exceptions_token_and_local_variables_stay_out() -> None:
    stream = io.StringIO()
    logs.configure("json", stream=stream, secrets=["an-odd-signing-secret"])

    def fails() -> None:
        local = "local words"
        raise ValueError(f"bad token xoxb-12-34-abc of {len(local)} at postgresql://scribe:hidden@db/scribe")

    try:
        fails()
    except ValueError:
        logs.get("handlers.delivery").exception("failed", secret="an-odd-signing-secret", app="xapp-1-A1-2-ff")
    text = stream.getvalue()
    assert text.count("[redacted]") == 4
    assert "ValueError" in text
    for secret in ("xoxb", "xapp", "hidden", "odd-signing", "local words"):
        assert secret not in text


def test_a_response_url_and_a_rotated_token_are_cut_out() -> None:
    stream = io.StringIO()
    logs.configure("json", stream=stream)
    logs.get("x").warning("https://hooks.slack.com/commands/T1/22/abc answered", token="xoxe.xoxb-1-abc")
    assert lines(stream)[0]["event"] == "[redacted] answered"
    assert lines(stream)[0]["token"] == "[redacted]"


def test_what_people_wrote_is_shown_to_a_debugger_only() -> None:
    stream = io.StringIO()
    logs.configure("json", "debug", stream=stream)
    logs.get("x").info("captured", text="the database is on fire")
    logs.get("x").debug("captured", text="the database is on fire")
    quiet, loud = lines(stream)
    assert (quiet["text"], loud["text"]) == ("[23 characters]", "the database is on fire")


@pytest.mark.parametrize(
    "name", ["slack_bolt.AsyncApp", "slack_sdk.web.async_client", "aiohttp.access", "sqlalchemy.engine"]
)
def test_libraries_that_log_bodies_are_heard_from_warning_on(name: str) -> None:
    stream = io.StringIO()
    logs.configure("json", "debug", stream=stream)
    logging.getLogger(name).info("a whole body")
    logging.getLogger(name).warning("trouble")
    assert [line["event"] for line in lines(stream)] == ["trouble"]


def test_a_terminal_gets_readable_lines_and_a_pipe_gets_json() -> None:
    terminal, pipe = Terminal(), io.StringIO()
    for stream in (terminal, pipe):
        logs.configure("auto", stream=stream)
        logs.get("x").info("started", port=3000)
    assert "started" in terminal.getvalue()
    assert not terminal.getvalue().startswith("{")
    assert lines(pipe)[0]["port"] == 3000
