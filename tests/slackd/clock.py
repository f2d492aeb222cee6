"""One clock for the whole workspace: frozen or running, moved only on request, and told to every program that asks."""

from __future__ import annotations

import asyncio
import contextlib
import heapq
import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web


@dataclass(order=True)
class Timer:
    """Something of Slack's own that is due at `when` (epoch seconds)."""

    when: float
    order: int
    action: Callable[[], None] = field(compare=False)
    cancelled: bool = field(default=False, compare=False)

    def cancel(self) -> None:
        self.cancelled = True


@dataclass(eq=False)
class _Reader:
    """A program that reads this clock over `GET /clock`."""

    socket: web.WebSocketResponse
    awaited: float = 0.0
    seen: asyncio.Future[None] | None = None

    def answered(self, now: float) -> None:
        if self.seen is not None and not self.seen.done() and now >= self.awaited:
            self.seen.set_result(None)

    def gone(self) -> None:
        self.answered(float("inf"))


CLOSING = 0.2  # real seconds a reader has to say goodbye


async def _let_tasks_go_on() -> None:
    for _ in range(10):  # what a timer woke may set the next timer, a few steps of the loop later
        await asyncio.sleep(0)


class VirtualClock:
    """Epoch seconds that stand still or run at rate 1. `advance_to` fires Slack's timers in their order."""

    def __init__(self, now: float, *, running: bool = False) -> None:
        self._loop = asyncio.get_running_loop()
        self._base = now
        self._rate = 0
        self._origin = 0.0
        self._timers: list[Timer] = []
        self._order = itertools.count()
        self._alarm: asyncio.TimerHandle | None = None
        self._readers: set[_Reader] = set()
        self._moving = asyncio.Lock()
        if running:
            self._start()

    def now(self) -> float:
        return self._base + self._rate * (self._loop.time() - self._origin) if self._rate else self._base

    @property
    def rate(self) -> int:
        return self._rate

    async def freeze(self) -> None:
        async with self._moving:
            self._base, self._rate = self.now(), 0
            await self._tell()

    async def run(self) -> None:
        async with self._moving:
            self._start()
            await self._tell()

    def _start(self) -> None:
        self._origin, self._rate = self._loop.time(), 1
        self._set_alarm()

    async def jump(self, seconds: float) -> None:
        """Move ahead by `seconds`; returns when every connected program has seen it."""
        await self.advance_to(self.now() + seconds)

    async def advance_to(self, when: float) -> None:
        """Move ahead to `when`, firing the timers on the way; a time already past changes nothing."""
        async with self._moving:
            while (due := self.next_timer()) is not None and due <= when:
                await self._set(due)  # programs see the time before they see what it brings
                self._fire()
                await _let_tasks_go_on()
            await self._set(when)

    async def _set(self, when: float) -> None:
        if when > self.now():
            self._base, self._origin = when, self._loop.time()
            await self._tell()

    # ---- timers

    def call_at(self, when: float, action: Callable[[], None]) -> Timer:
        timer = Timer(when, next(self._order), action)
        heapq.heappush(self._timers, timer)
        self._set_alarm()
        return timer

    def call_later(self, seconds: float, action: Callable[[], None]) -> Timer:
        return self.call_at(self.now() + seconds, action)

    def next_timer(self) -> float | None:
        """When the next of Slack's own timers is due, or None."""
        while self._timers and self._timers[0].cancelled:
            heapq.heappop(self._timers)
        return self._timers[0].when if self._timers else None

    async def sleep(self, seconds: float) -> None:
        done = self._loop.create_future()
        timer = self.call_later(seconds, lambda: None if done.done() else done.set_result(None))
        try:
            await done
        finally:
            timer.cancel()

    async def within(self, seconds: float, future: asyncio.Future[Any]) -> bool:
        """Wait for `future` up to `seconds` of this clock; says whether it came."""
        late = asyncio.ensure_future(self.sleep(seconds))
        try:
            await asyncio.wait({future, late}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            late.cancel()
        return future.done()

    def _fire(self) -> None:
        while (due := self.next_timer()) is not None and due <= self.now():
            heapq.heappop(self._timers).action()

    def _set_alarm(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        due = self.next_timer()
        if due is not None and (self._rate or due <= self.now()):
            self._alarm = self._loop.call_later(max(0.0, due - self.now()), self._rung)

    def _rung(self) -> None:
        self._alarm = None
        self._fire()
        self._set_alarm()

    # ---- programs that read it

    async def _tell(self) -> None:
        now = self.now()
        await asyncio.gather(*(self._show(reader, now) for reader in list(self._readers)))
        self._set_alarm()

    async def _show(self, reader: _Reader, now: float) -> None:
        reader.awaited, reader.seen = now, self._loop.create_future()
        with contextlib.suppress(ConnectionError):
            await reader.socket.send_json({"now": now, "rate": self._rate})
            await reader.seen

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """`GET /clock`: sends `{"now", "rate"}` at once and at each change, expects `{"seen": now}` back."""
        socket = web.WebSocketResponse(timeout=CLOSING)
        await socket.prepare(request)
        reader = _Reader(socket)
        self._readers.add(reader)
        try:
            await socket.send_json({"now": self.now(), "rate": self._rate})
            await self._listen(reader)
        finally:
            self._readers.discard(reader)
            reader.gone()
        return socket

    async def _listen(self, reader: _Reader) -> None:
        async for frame in reader.socket:
            if frame.type is WSMsgType.TEXT:
                reader.answered(float(json.loads(frame.data)["seen"]))

    async def close(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        self._timers.clear()
        await asyncio.gather(*(reader.socket.close() for reader in list(self._readers)), return_exceptions=True)
