"""`scribe check`: is everything in place, and what is to be mended."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from handlers.scopes import SCOPES
from handlers.settings import Settings
from storage import Aside, StorageRefused, Store, is_sqlite, schema_state

LISTED: Final = 10
"""Of what was set aside; more would be read by nobody."""
WAL_RESET_MENDED: Final = (3, 51, 3)

SKEW_MOST: Final = 60.0
"""Seconds; beyond 300 Slack's signatures are refused, and captured times would be off."""


@dataclass(frozen=True, slots=True)
class Finding:
    what: str
    ok: bool
    sentence: str


async def examine(settings: Settings) -> list[Finding]:
    """Every finding, in the order in which one would mend things."""
    findings = [finding async for finding in _database(settings)]
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=15)) as session:
        token = settings.bot_token.get_secret_value()
        slack = AsyncWebClient(token=token, base_url=settings.api_url, session=session)
        findings += [finding async for finding in _slack(slack, settings)]
    return findings


async def _database(settings: Settings) -> AsyncIterator[Finding]:
    url = settings.database_url.get_secret_value()
    try:
        state = schema_state(url)
    except StorageRefused as refused:
        yield Finding("database", False, str(refused))
        return
    yield Finding("database", state.up_to_date, str(state))
    if not state.up_to_date:
        return
    yield _sqlite(url)
    async with Store.open(url, me="check", read_only=True) as store:
        depth = await store.depth(datetime.now(UTC))
        aside = await store.set_aside_so_far(LISTED)
    yield _queues(depth, aside)


def _sqlite(url: str) -> Finding:
    """A word on the library where it matters; the program's single writer keeps its old fault from happening."""
    if not is_sqlite(url):
        return Finding("server", True, "PostgreSQL.")
    version = ".".join(map(str, sqlite3.sqlite_version_info))
    if sqlite3.sqlite_version_info >= WAL_RESET_MENDED:
        return Finding("SQLite", True, f"{version}.")
    return Finding(
        "SQLite",
        True,
        f"{version} can damage a file that two processes write (mended in 3.51.3). Scribe lets only one; let no other "
        "program write this file.",
    )


def _queues(depth: Mapping[str, int | float], aside: list[Aside]) -> Finding:
    """What waits, and what was given up, each with its reason."""
    waiting = f"{int(depth['inbox_waiting'])} envelopes and {int(depth['outbox_waiting'])} calls waiting"
    count = int(depth["inbox_aside"] + depth["outbox_aside"])
    if not count:
        return Finding("queues", True, f"{waiting}, nothing set aside.")
    listed = "".join(f"\n       {each.at:%Y-%m-%d %H:%M} UTC {each.key} ({each.what}): {each.error}" for each in aside)
    more = f"\n       and {count - len(aside)} more" if count > len(aside) else ""
    return Finding("queues", False, f"{waiting}, {count} set aside; once mended, run `scribe retry`.{listed}{more}")


async def _slack(slack: AsyncWebClient, settings: Settings) -> AsyncIterator[Finding]:
    try:
        me = await slack.auth_test()
    except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
        yield Finding("bot token", False, f"auth.test failed ({_code(error)}); check SLACK_BOT_TOKEN and the network.")
        return
    yield Finding("bot token", True, f"{me['user']} in {me['team']} ({me['url']}).")
    yield _scopes(me)
    yield _canvas(settings)
    yield _skew(me)
    if settings.transport == "socket":
        yield await _app_token(slack, settings.app_token.get_secret_value())


def _scopes(me: AsyncSlackResponse) -> Finding:
    granted = {scope.strip() for scope in str(me.headers.get("x-oauth-scopes", "")).split(",")}
    lacking = sorted(SCOPES - granted)
    if lacking:
        return Finding("scopes", False, f"Reinstall the app from manifest.yml; it lacks {', '.join(lacking)}.")
    return Finding("scopes", True, "all of manifest.yml granted.")


def _canvas(settings: Settings) -> Finding:
    """Whether Slack takes one is known only when it is asked: its answer depends on the plan and the settings."""
    if not settings.policy.canvas:
        return Finding("canvas", True, "off in scribe.toml; the report comes as a file.")
    return Finding(
        "canvas", True, "kept in each incident's channel; where Slack refuses it, the report comes as a file."
    )


def _skew(me: AsyncSlackResponse) -> Finding:
    said = me.headers.get("Date")
    if said is None:
        return Finding("clock", True, "Slack did not say the time.")
    skew = (datetime.now(UTC) - parsedate_to_datetime(str(said))).total_seconds()
    sentence = f"{abs(skew):.0f} s {'ahead of' if skew > 0 else 'behind'} Slack's."
    return Finding("clock", abs(skew) <= SKEW_MOST, sentence)


async def _app_token(slack: AsyncWebClient, token: str) -> Finding:
    try:
        await slack.apps_connections_open(app_token=token)
    except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
        advice = "make one with connections:write under Basic Information and switch Socket Mode on"
        return Finding("Socket Mode", False, f"apps.connections.open failed ({_code(error)}); {advice}.")
    return Finding("Socket Mode", True, "a connection can be opened.")


def _code(error: Exception) -> str:
    if isinstance(error, SlackApiError) and isinstance(error.response.data, dict):
        return str(error.response.data.get("error"))
    return type(error).__name__
