"""A desk without Slack behind it, for what is measured inside the program."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.policy import Policy
from handlers.desk import Desk, Identity
from handlers.directory import Directory
from storage import Store


class StandingClock:
    """Stands where it is put."""

    def __init__(self, now: datetime) -> None:
        self.at = now

    def now(self) -> datetime:
        return self.at

    async def wait(self, event: asyncio.Event, until: datetime | None) -> None:
        await event.wait()


@asynccontextmanager
async def desk_over(store: Store, now: datetime) -> AsyncIterator[Desk]:
    """Nobody is asked, as everybody is known."""
    slack = AsyncWebClient()
    async with aiohttp.ClientSession() as session:
        yield Desk(
            store=store,
            slack=slack,
            courier=slack,
            session=session,
            clock=StandingClock(now),
            policy=Policy(),
            me=Identity("T1", "https://acme.slack.com/", "U0SCRIBE", "B1"),
            directory=Directory(store, slack, "T1"),
            families={},
        )
