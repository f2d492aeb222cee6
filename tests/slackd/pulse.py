"""Asking the program under test whether it has anything left to do now."""

from __future__ import annotations

from dataclasses import dataclass

import aiohttp


@dataclass
class Pulse:
    """A long poll at `url`, answered `{"quiet": true, "next": epoch | null}` once nothing is due."""

    url: str | None = None

    async def quiet(self, session: aiohttp.ClientSession) -> float | None:
        """Wait for the program to be quiet; returns its next wake-up. A program that is not there is quiet."""
        if self.url is None:
            return None
        try:
            async with session.get(self.url) as answer:
                beat = await answer.json()
        except aiohttp.ClientError:
            return None
        return None if beat["next"] is None else float(beat["next"])
