"""What was kept is worked off in order, together where it concerns one channel; what is still to be kept goes first."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Coroutine
from typing import Any, Final

from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from structlog.contextvars import unbind_contextvars

from handlers import events
from handlers.desk import Desk
from handlers.inbox import Heard, Inbox
from handlers.together import REACTIONS, Item, take
from storage import Envelope, LeaseInDoubt

log = logging.getLogger("scribe.line")

TOGETHER: Final = 200
"""Reactions of one commit; the more, the longer an ack may have to wait for it."""
CHANNELS_AT_ONCE: Final = 4
HELD_MOST: Final = 5_000
"""Envelopes that wait in memory; when so many do, the next one is kept only when there is room again."""
SWEPT: Final = 200
PATIENCE: Final = 0.25
"""Seconds for which Slack is not told what was decided while more is being decided."""
IN_ORDER: Final = REACTIONS | {"message", "app_mention"}


class Line:
    """Envelopes on their way from the inbox to whoever understands them. Those of one channel keep their order."""

    def __init__(self, desk: Desk, inbox: Inbox, app: AsyncApp) -> None:
        self._desk = desk
        self._inbox = inbox
        self._app = app
        self._lanes: dict[str, deque[Envelope]] = {}
        self._held: set[str] = set()
        self._hands = asyncio.Semaphore(CHANNELS_AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()
        self._shorter = asyncio.Event()

    async def room(self) -> None:
        """Return when another envelope may be kept."""
        while len(self._held) >= HELD_MOST:
            self._shorter.clear()
            await self._shorter.wait()

    async def rest(self) -> None:
        """Return when no channel waits to be worked off, and after `PATIENCE` in any case: facts go before courtesy."""
        working = [task for task in self._tasks if task.get_name() in self._lanes]
        if working:
            await asyncio.wait(working, timeout=PATIENCE)

    def put(self, envelope: Envelope) -> None:
        """Take up an envelope that is kept and leased to us; a program that stops leaves it to whoever is next."""
        if envelope.key in self._held or self._desk.draining:
            return
        self._held.add(envelope.key)
        lane = _lane(envelope.body)
        if lane is None:
            self._begin(self._alone(envelope))
        elif lane in self._lanes:
            self._lanes[lane].append(envelope)
        else:
            self._lanes[lane] = deque([envelope])
            self._begin(self._work_off(lane), lane)

    async def sweep(self) -> None:
        """Take up again what nobody finished: a process that died, or a failure whose pause is over."""
        try:
            unfinished = await self._desk.store.unfinished(self._desk.clock.now(), SWEPT)
        except LeaseInDoubt as doubt:
            for key in set(doubt.keys) - self._held:
                self._inbox.broken_off(key)
            raise
        for envelope in unfinished:
            self._desk.metrics.heard(envelope.kind, "replayed")
            self.put(envelope)

    def _begin(self, work: Coroutine[Any, Any, None], name: str | None = None) -> asyncio.Task[None]:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("an envelope could not be worked on; it will be taken up again", exc_info=task.exception())

    async def _work_off(self, lane: str) -> None:
        waiting = self._lanes[lane]
        with self._desk.occupied():
            try:
                while waiting and not self._desk.draining:
                    await self._desk.store.nothing_to_keep()
                    async with self._hands:
                        await self._turn(lane, waiting)
            finally:
                for envelope in self._lanes.pop(lane):
                    self._let_go(envelope)

    async def _turn(self, lane: str, waiting: deque[Envelope]) -> None:
        """As many batches as what waits now may need; what comes meanwhile is for the next turn."""
        for _ in range(0, len(waiting), TOGETHER):
            if waiting and not self._desk.draining:
                await self._together(lane, waiting)

    async def _together(self, lane: str, waiting: deque[Envelope]) -> None:
        """The first of those that wait, with what can be taken up together with it."""
        first = waiting.popleft()
        if not _is_reaction(first):
            await self._alone(first)
            return
        batch = [first]
        _join(batch, waiting)
        try:
            alone = await self._taken(lane, batch, waiting)
        except Exception:
            log.warning("%s envelopes failed together; trying again", len(batch), exc_info=True)
            await self._once_more(lane, batch, waiting)
        else:
            for envelope in alone:  # which may have to ask Slack; that keeps nobody else waiting
                self._begin(self._alone(envelope))

    async def _once_more(self, lane: str, batch: list[Envelope], waiting: deque[Envelope]) -> None:
        """Others may only have held the incident for too long. If not, what cannot be done together is done one after
        the other, and there each failure is its own; all at a time they would wait for each other.
        """
        try:
            alone = await self._taken(lane, batch, waiting)
        except Exception:
            log.warning("%s envelopes failed together; going on one by one", len(batch), exc_info=True)
            alone = batch
        for envelope in alone:
            await asyncio.wait([self._begin(self._alone(envelope))])

    async def _taken(self, lane: str, batch: list[Envelope], waiting: deque[Envelope]) -> list[Envelope]:
        """Take up the batch and, once the incident is ours, what has come to its lane in the meantime: the longer
        others had it, the more is done in one turn. Returns what was left alone.
        """
        unbind_contextvars("incident")  # of those before, which may have belonged to another

        def more() -> list[Item]:
            before = len(batch)
            _join(batch, waiting)
            return [_item(envelope) for envelope in batch[before:]]

        left = {item.heard.key for item in await take(self._desk, lane, [_item(e) for e in batch], more)}
        for envelope in batch:
            if envelope.key not in left:
                self._let_go(envelope)
        return [envelope for envelope in batch if envelope.key in left]

    async def _alone(self, envelope: Envelope) -> None:
        try:
            await self._dispatch(envelope)
        except Exception:
            self._inbox.broken_off(envelope.key)
            raise
        finally:
            self._let_go(envelope)

    async def _dispatch(self, envelope: Envelope) -> None:
        heard = _heard(envelope)
        if envelope.kind == "event_callback":
            await events.hear(self._desk, self._inbox, heard, envelope.body.get("event") or {})
        else:
            request = AsyncBoltRequest(body=envelope.body, mode="socket_mode", context={"heard": heard})
            await self._app.async_dispatch(request)

    def _let_go(self, envelope: Envelope) -> None:
        self._held.discard(envelope.key)
        self._shorter.set()


def _heard(envelope: Envelope) -> Heard:
    return Heard(envelope.key, envelope.received_at, envelope.attempt > 1, envelope.answer)


def _lane(body: dict[str, Any]) -> str | None:
    """The channel in whose order it belongs; None for what waits for nobody, such as a command."""
    event = body.get("event")
    if not isinstance(event, dict):
        return None
    where = event.get("item") if event.get("type") in REACTIONS else event
    channel = where.get("channel") if isinstance(where, dict) and event.get("type") in IN_ORDER else None
    return channel if isinstance(channel, str) else None


def _item(envelope: Envelope) -> Item:
    return Item(_heard(envelope), envelope.body["event"])


def _join(batch: list[Envelope], waiting: deque[Envelope]) -> None:
    """Add the reactions at the head of the lane."""
    while waiting and len(batch) < TOGETHER and _is_reaction(waiting[0]):
        batch.append(waiting.popleft())


def _is_reaction(envelope: Envelope) -> bool:
    return envelope.body["event"].get("type") in REACTIONS
