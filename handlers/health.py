"""Whether this process lives, whether it can take work, and its numbers, for whoever watches over it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web

from handlers.desk import Desk
from handlers.metrics import CONTENT_TYPE

PATIENCE: Final = 2
"""Seconds for the database; a probe of Kubernetes waits one second by default, and a slow answer is no answer."""


class Health:
    """`working` says whether the program's own loop still turns; `sockets` counts the open ones in Socket Mode."""

    def __init__(self, desk: Desk, working: Callable[[], bool]) -> None:
        self._desk = desk
        self._working = working
        self.sockets: Callable[[], Awaitable[int]] | None = None

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/healthz", self._healthz),
            web.get("/readyz", self._readyz),
            web.get("/metrics", self._metrics),
        ]

    async def why_not_ready(self) -> str | None:
        """None while envelopes can be heard and kept; else the reason, in a sentence."""
        if self._desk.draining:
            return "Scribe is stopping."
        if await self._depth() is None:
            return "The database does not answer."
        if self.sockets is not None and not await self.sockets():
            return "No socket to Slack is open."
        return None

    async def _healthz(self, request: web.Request) -> web.Response:
        """Nothing here depends on others: to start the program anew would mend neither the database nor Slack."""
        if self._working():
            return web.Response(text="ok\n")
        return web.Response(status=503, text="The program's loop has ended.\n")

    async def _readyz(self, request: web.Request) -> web.Response:
        reason = await self.why_not_ready()
        return web.Response(text="ready\n") if reason is None else web.Response(status=503, text=f"{reason}\n")

    async def _metrics(self, request: web.Request) -> web.Response:
        sockets = None if self.sockets is None else await self.sockets()
        text = self._desk.metrics.exposition(await self._depth(), sockets)
        return web.Response(body=text, headers={"Content-Type": CONTENT_TYPE})

    async def _depth(self) -> dict[str, int | float] | None:
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._desk.store.depth(self._desk.clock.now())
        except Exception:  # whatever it is, the answer to the probe is the same, and the work itself logs it
            return None
