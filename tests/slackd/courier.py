"""Delivery with Slack's promises: events are tried again on a schedule, commands and clicks are tried once."""

from __future__ import annotations

import asyncio
import itertools
import uuid
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from tests.slackd.clock import VirtualClock
from tests.slackd.faults import Faults
from tests.slackd.records import JSON

ACK_WITHIN = 3.0  # SLACK.md 1.2, 2.2
RETRY_AFTER = (0.0, 60.0, 300.0)  # SLACK.md 2.2: almost at once, after a minute, after five
GONE = "gone"
"""The socket an envelope went out on was given up (`SocketMode.despair`)."""
STUCK = 10.0  # real seconds: while the clock stands still, Slack's three never pass
_numbers = itertools.count(1)
Kind = Literal["events_api", "slash_commands", "interactive"]


@dataclass(eq=False)
class Envelope:
    """One attempt to deliver one payload. `hopeless`: no ack can come any more, only its timer is still running."""

    kind: Kind
    payload: JSON
    attempt: int = 0
    reason: str = ""
    envelope_id: str = field(default_factory=lambda: str(uuid.UUID(int=next(_numbers))))
    hopeless: bool = False
    ack: Ack | None = None
    took: float | None = None  # real seconds from sending to its ack


@dataclass(frozen=True)
class Ack:
    """What came back: `error` is "" when the app acknowledged, else Slack's word for the failure."""

    body: Any = None
    error: str = ""


class Transport(Protocol):
    """One way to bring an envelope to the app."""

    async def send(self, envelope: Envelope) -> Ack: ...


class Courier:
    """Sends through one transport, keeps count of what is under way, and of what was given up."""

    def __init__(self, clock: VirtualClock, faults: Faults, transport: Transport) -> None:
        self._loop = asyncio.get_running_loop()
        self._clock = clock
        self._faults = faults
        self.transport = transport
        self.sent: list[Envelope] = []
        self.lost: list[JSON] = []
        self.activity = 0
        self._under_way: set[Envelope] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._changed = asyncio.Event()

    def event(self, payload: JSON) -> None:
        """Deliver an event in the background, again and again as Slack would."""
        for copy in self._faults.deliveries(payload):
            first = self._attempt("events_api", copy)
            self._run(self._event(first))

    async def request(self, kind: Kind, payload: JSON) -> Ack:
        """Deliver a command or a click once, and bring back the app's answer."""
        trying = asyncio.ensure_future(self._try(self._attempt(kind, payload)))
        done, _ = await asyncio.wait({trying}, timeout=STUCK)
        if not done:
            trying.cancel()
        return trying.result() if done else Ack(error="timeout")

    def _attempt(self, kind: Kind, payload: JSON, attempt: int = 0, reason: str = "") -> Envelope:
        envelope = Envelope(kind, payload, attempt, reason)
        self.activity += 1
        self.sent.append(envelope)
        self._under_way.add(envelope)
        return envelope

    async def _event(self, envelope: Envelope) -> None:
        ack = await self._persist(envelope)
        for number, delay in enumerate(RETRY_AFTER, 1):
            if not ack.error or ack.body == "no-retry":
                return
            if delay:
                await self._clock.sleep(delay)
            ack = await self._persist(self._attempt("events_api", envelope.payload, number, ack.error))
        if ack.error:
            self.lost.append(envelope.payload)

    async def _persist(self, envelope: Envelope) -> Ack:
        """One attempt; that a socket went away under it is not counted against it."""
        ack = await self._try(envelope)
        while ack.error == GONE:
            ack = await self._try(self._attempt("events_api", envelope.payload, envelope.attempt, envelope.reason))
        return ack

    async def _try(self, envelope: Envelope) -> Ack:
        try:
            sent = self._loop.time()
            envelope.ack = await self._send(envelope)
            envelope.took = self._loop.time() - sent
            return envelope.ack
        finally:
            self._under_way.discard(envelope)
            self.noticed()

    async def _send(self, envelope: Envelope) -> Ack:
        if self._faults.offline:
            return Ack(error="dispatch_failed")
        return await self.transport.send(envelope)

    def noticed(self) -> None:
        self._changed.set()

    @property
    def awaited(self) -> int:
        """How many envelopes may still be acknowledged."""
        return sum(not envelope.hopeless for envelope in self._under_way)

    async def quiet(self, patience: float) -> None:
        """Return when nothing is awaited any more, or after `patience` real seconds without any ack."""
        while self.awaited:
            self._changed.clear()
            try:
                await asyncio.wait_for(self._changed.wait(), patience)
            except TimeoutError:
                return

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def release(self, payloads: list[JSON]) -> None:
        """Deliver what a fault had held back."""
        for payload in payloads:
            self._run(self._event(self._attempt("events_api", payload)))

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
