"""The program's only clock: the machine's own, or in a rehearsal the pretend Slack's."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Protocol

import aiohttp


class Clock(Protocol):
    """Whoever needs the time asks one of these."""

    def now(self) -> datetime:
        """The present moment, aware, UTC."""
        ...

    async def wait(self, event: asyncio.Event, until: datetime | None) -> None:
        """Return when the event is set, or at `until`; None waits for the event alone."""
        ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    async def wait(self, event: asyncio.Event, until: datetime | None) -> None:
        seconds = None if until is None else max(0.0, (until - self.now()).total_seconds())
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(event.wait(), seconds)


class BorrowedClock:
    """Time as the pretend Slack tells it over a WebSocket: standing still between its jumps, or running."""

    def __init__(self) -> None:
        self._base = 0.0
        self._rate = 0.0
        self._read_at = 0.0
        self._moved = asyncio.Event()

    @classmethod
    @asynccontextmanager
    async def reading(cls, url: str) -> AsyncIterator[BorrowedClock]:
        """Follow the clock at `url` until the block ends; the first reading is in before it begins."""
        clock = cls()
        async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
            await clock._take(socket, await socket.receive_json())
            reader = asyncio.create_task(clock._follow(socket))
            try:
                yield clock
            finally:
                reader.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await reader

    async def _follow(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for message in socket:
            await self._take(socket, json.loads(message.data))

    async def _take(self, socket: aiohttp.ClientWebSocketResponse, reading: dict[str, float]) -> None:
        self._base, self._rate, self._read_at = reading["now"], reading["rate"], time.monotonic()
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()
        await socket.send_json({"seen": reading["now"]})

    def now(self) -> datetime:
        elapsed = (time.monotonic() - self._read_at) * self._rate
        return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=round((self._base + elapsed) * 1e6))

    async def wait(self, event: asyncio.Event, until: datetime | None) -> None:
        while not event.is_set() and (until is None or self.now() < until):
            await self._moment(event, until)

    async def _moment(self, event: asyncio.Event, until: datetime | None) -> None:
        """Wait for the event, for the clock to move, or for the running clock to reach `until`."""
        running = self._rate > 0 and until is not None
        seconds = max(0.0, (until - self.now()).total_seconds() / self._rate) if running and until else None
        waiting = [asyncio.ensure_future(event.wait()), asyncio.ensure_future(self._moved.wait())]
        try:
            await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waiting:
                task.cancel()
