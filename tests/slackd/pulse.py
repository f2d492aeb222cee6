"""Asking the program under test whether it has anything left to do now."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import aiohttp


@dataclass
class Pulse:
    """Long polls, one for each process, answered `{"quiet": true, "next": epoch | null}` once nothing is due."""

    urls: list[str] = field(default_factory=list)

    async def quiet(self, session: aiohttp.ClientSession) -> float | None:
        """Wait for all processes to be quiet; returns the earliest wake-up. One that is not there is quiet."""
        wakes = await asyncio.gather(*(self._ask(session, url) for url in self.urls))
        return min((wake for wake in wakes if wake is not None), default=None)

    async def _ask(self, session: aiohttp.ClientSession, url: str) -> float | None:
        try:
            async with session.get(url) as answer:
                beat = await answer.json()
        except aiohttp.ClientError:
            return None
        return None if beat["next"] is None else float(beat["next"])
