"""Waiting for the world to change, without polling."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tests.slackd.world import World


class Watcher:
    """Wakes those who wait whenever anything changes in the world."""

    def __init__(self, world: World) -> None:
        self._waiting: set[asyncio.Event] = set()
        world.subscribe(lambda _: self._wake())

    def _wake(self) -> None:
        for event in self._waiting:
            event.set()

    async def until(self, holds: Callable[[], bool], patience: float) -> bool:
        """Return True once `holds()`, looked at now and after each change; False after `patience` real seconds."""
        event = asyncio.Event()
        self._waiting.add(event)
        try:
            async with asyncio.timeout(patience):
                while not holds():
                    event.clear()
                    await event.wait()
            return True
        except TimeoutError:
            return holds()
        finally:
            self._waiting.discard(event)
