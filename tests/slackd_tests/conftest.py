"""A pretend Slack for each test, and a small Bolt app that talks to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.slackd import Slackd
from tests.slackd_tests.app import TrialApp

MANIFEST = Path(__file__).parent / "manifest.yml"


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
async def slack() -> AsyncIterator[Slackd]:
    async with Slackd(MANIFEST) as slack:
        yield slack


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
async def client(slack: Slackd, session: aiohttp.ClientSession) -> AsyncWebClient:
    return AsyncWebClient(slack.bot_token, base_url=slack.url, session=session, retry_handlers=[])


@pytest.fixture
async def app(slack: Slackd, client: AsyncWebClient) -> AsyncIterator[TrialApp]:
    async with TrialApp(slack, client) as app:
        yield app
