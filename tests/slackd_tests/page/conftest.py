"""A browser for all tests of the page, and a room with a small app in it for each."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser

from tests.browsing import browser
from tests.slackd.server import Slackd
from tests.slackd_tests.page.room import Room
from tests.slackd_tests.page.tiny_app import MANIFEST, running

__all__ = ["browser"]


@pytest.fixture
async def room(browser: Browser) -> AsyncIterator[Room]:
    problems: list[str] = []
    async with Slackd(MANIFEST) as slack, running(slack):
        alice = slack.person("alice", name="Alice Meyer", tz="Europe/Zurich")
        bob = slack.person("bob", name="Bob O'Neil", tz="America/New_York")
        carol = slack.person("carol", name="Carol", tz="Asia/Tokyo")
        slack.channel("general", alice, bob, carol)
        ops = slack.channel("incident-checkout", alice, bob)
        slack.invite_bot(ops)
        page = await browser.new_page(viewport={"width": 1360, "height": 860})
        page.set_default_timeout(8000)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda line: problems.append(line.text) if line.type == "error" else None)
        yield Room(slack, page, alice, bob, carol, ops)
        await page.close()
    unexpected = [problem for problem in problems if "status of 400" not in problem]
    assert unexpected == []
