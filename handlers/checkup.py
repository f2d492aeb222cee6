"""`scribe check`: is everything in place, and what is to be mended."""

from __future__ import annotations

from collections.abc import AsyncIterator
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
from storage import StorageRefused, Store, schema_state

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
    async with Store.open(url, me="check", read_only=True) as store:
        depth = await store.depth(datetime.now(UTC))
    aside = int(depth["inbox_aside"] + depth["outbox_aside"])
    said = f"{aside} set aside; the log names each with an error id." if aside else "nothing set aside."
    yield Finding("queues", not aside, f"{int(depth['outbox_waiting'])} calls waiting, {said}")


async def _slack(slack: AsyncWebClient, settings: Settings) -> AsyncIterator[Finding]:
    try:
        me = await slack.auth_test()
    except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
        yield Finding("bot token", False, f"auth.test failed ({_code(error)}); check SLACK_BOT_TOKEN and the network.")
        return
    yield Finding("bot token", True, f"{me['user']} in {me['team']} ({me['url']}).")
    yield _scopes(me)
    yield _skew(me)
    if settings.transport == "socket":
        yield await _app_token(slack, settings.app_token.get_secret_value())


def _scopes(me: AsyncSlackResponse) -> Finding:
    granted = {scope.strip() for scope in str(me.headers.get("x-oauth-scopes", "")).split(",")}
    lacking = sorted(SCOPES - granted)
    if lacking:
        return Finding("scopes", False, f"Reinstall the app from manifest.yml; it lacks {', '.join(lacking)}.")
    return Finding("scopes", True, "all of manifest.yml granted.")


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
