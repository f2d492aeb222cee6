"""What a handler may use, in one place; whoever needs more asks for it here."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.family import Family
from bot.policy import Policy
from handlers.clock import Clock
from handlers.directory import Directory
from handlers.metrics import Metrics
from storage import Store
from templates.blocks.text import Look


@dataclass(frozen=True, slots=True)
class Identity:
    """Who we are in this workspace, as `auth.test` said at the start."""

    team_id: str
    team_url: str  # ends in a slash
    user_id: str
    bot_id: str


@dataclass(slots=True)
class Desk:
    """`slack` reads, with every retry handler; `courier` delivers, with none (a repeated post is a doubled post)."""

    store: Store
    slack: AsyncWebClient
    courier: AsyncWebClient
    session: aiohttp.ClientSession
    clock: Clock
    policy: Policy
    me: Identity
    directory: Directory
    families: Mapping[str, Family]
    metrics: Metrics = field(default_factory=Metrics)
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    draining: bool = False
    _occupied: dict[object, asyncio.Task[Any] | None] = field(default_factory=dict)
    _stirred: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def look(self) -> Look:
        """How names and links are shown, as far as known now."""
        return Look(self.directory.names, self.me.team_url, self.families, self.me.team_id)

    @property
    def busy(self) -> bool:
        return bool(self._occupied)

    @property
    def under_way(self) -> set[asyncio.Task[Any]]:
        """The tasks that keep the program busy."""
        return {task for task in self._occupied.values() if task is not None}

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """While inside, the program is not quiet; afterwards somebody looks for what became due."""
        with self.occupied():
            try:
                yield
            finally:
                self.wake.set()

    @contextmanager
    def occupied(self) -> Iterator[None]:
        """As `at_work`, for what says by itself whether anything became due (`wake`)."""
        here = object()
        self._occupied[here] = asyncio.current_task()
        try:
            yield
        finally:
            del self._occupied[here]
            self.stir()

    def drain(self) -> None:
        """From now on nothing new is taken up."""
        self.draining = True
        self.wake.set()

    def stir(self) -> None:
        """Something ended; whoever waits for quiet looks again."""
        stirred, self._stirred = self._stirred, asyncio.Event()
        stirred.set()

    async def stirred(self) -> None:
        await self._stirred.wait()
