"""Logs: one JSON line per happening, carrying the incident, and no token or person's words in it."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from aiohttp import ClientResponseError, RequestInfo
from multidict import CIMultiDict, CIMultiDictProxy
from structlog.contextvars import bound_contextvars
from yarl import URL

from handlers.logs import configure
from handlers.settings import Settings, load

JSON = {"SCRIBE_LOG": "json"}


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield
    root.handlers[:] = before
    root.setLevel(level)


def settings(**environ: str) -> Settings:
    return load(environ, connecting=False)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_our_lines_and_the_libraries_carry_what_is_bound_to_the_work() -> None:
    stream = io.StringIO()
    configure(settings(**JSON), stream)
    with bound_contextvars(incident="INC-7"):
        logging.getLogger("scribe.inbox").info("%s facts recorded", 2)
        logging.getLogger("slack_bolt.AsyncApp").warning("a library speaks")
    ours, theirs = lines(stream)
    assert (ours["event"], ours["incident"], ours["level"]) == ("2 facts recorded", "INC-7", "info")
    assert (theirs["event"], theirs["incident"], theirs["logger"]) == (
        "a library speaks",
        "INC-7",
        "slack_bolt.AsyncApp",
    )
    assert ours["timestamp"].endswith("Z")


def test_an_exceptions_text_its_tokens_and_local_variables_stay_out() -> None:
    stream = io.StringIO()
    configure(settings(**JSON, SLACK_SIGNING_SECRET="an-odd-signing-secret"), stream)

    def fails() -> None:
        local = "local words"
        raise ValueError(f"bad token xoxb-12-34-abc of {len(local)} at postgresql://scribe:hidden@db/scribe")

    try:
        fails()
    except ValueError:
        logging.getLogger("scribe").exception("failed: %s %s", "an-odd-signing-secret", "xapp-1-A1-2-ff")
    text = stream.getvalue()
    assert text.count("[redacted]") == 2
    assert "ValueError" in text
    for secret in ("xoxb", "xapp", "hidden", "odd-signing", "local words", "bad token"):
        assert secret not in text


def test_an_address_that_lets_in_whoever_knows_it_is_told_by_its_host_alone() -> None:
    """Slack's address for an upload, or its socket's with a ticket, in the text of aiohttp's error."""
    url = URL("https://files.slack.com/upload/v1/CwABAAAAXAoA?ticket=1234-5678")
    info = RequestInfo(url, "POST", CIMultiDictProxy(CIMultiDict()), url)
    stream = io.StringIO()
    configure(settings(**JSON), stream)
    try:
        raise ClientResponseError(info, (), status=503, message="Unavailable")
    except ClientResponseError:
        logging.getLogger("x").exception("not uploaded")
    assert "503 from files.slack.com" in stream.getvalue()
    assert "CwABAAAAXAoA" not in stream.getvalue() and "ticket" not in stream.getvalue()


def test_a_response_url_and_a_rotated_token_are_cut_out() -> None:
    stream = io.StringIO()
    configure(settings(**JSON), stream)
    logging.getLogger("x").warning("https://hooks.slack.com/commands/T1/22/abc answered xoxe.xoxb-1-abc")
    assert lines(stream)[0]["event"] == "[redacted] answered [redacted]"


@pytest.mark.parametrize(
    "name", ["slack_bolt.AsyncApp", "slack_sdk.web.async_client", "aiohttp.access", "sqlalchemy.engine"]
)
def test_libraries_that_log_bodies_are_heard_from_warning_on(name: str) -> None:
    stream = io.StringIO()
    configure(settings(**JSON, SCRIBE_LOG_LEVEL="debug"), stream)
    logging.getLogger(name).info("a whole body")
    logging.getLogger(name).warning("trouble")
    assert [line["event"] for line in lines(stream)] == ["trouble"]


def test_the_level_is_the_one_that_was_set() -> None:
    stream = io.StringIO()
    configure(settings(**JSON, SCRIBE_LOG_LEVEL="error"), stream)
    logging.getLogger("scribe").warning("not so bad")
    logging.getLogger("scribe").error("bad")
    assert [line["event"] for line in lines(stream)] == ["bad"]


def test_a_terminal_gets_readable_lines_and_a_pipe_gets_json() -> None:
    terminal, pipe = Terminal(), io.StringIO()
    for stream in (terminal, pipe):
        configure(settings(), stream)
        logging.getLogger("scribe").info("started")
    assert "started" in terminal.getvalue()
    assert not terminal.getvalue().startswith("{")
    assert lines(pipe)[0]["event"] == "started"
