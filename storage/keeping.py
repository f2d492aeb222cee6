"""Envelopes that come at the same moment are committed together: one sync of the disk for all of them."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from functools import cache
from typing import Any, Final

from sqlalchemy import Connection, Executable

from storage.engine import Database
from storage.tables import inbox, upsert
from storage.transcript import remember_where_followed
from storage.values import Message

TOGETHER: Final = 200
"""Rows of one commit; the more, the longer the first of them waits for its ack."""
FEW: Final = 5
"""Rows of a commit that is brief."""

PAUSE: Final = 0.001
"""Seconds without an envelope after which what was kept may be worked on."""
STREAM: Final = 10
WITHIN: Final = 0.1
"""So many envelopes within so many seconds are a stream: the next one is about to come, and would have to wait."""
PATIENCE: Final = 0.1
"""Seconds. What is kept must not wait for ever to be worked on, however much comes. The longer it waits, the more is
worked on in one commit: less is done in all, above all where replicas wait for each other, but an ack that meets it
waits longer.
"""

Row = dict[str, Any]
Asked = tuple[Row, Message | None, asyncio.Future[bool]]


class Keeper:
    """Queues what is to be kept and commits it in turns. Nobody is told "kept" before the commit."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._waiting: list[Asked] = []
        self._turn: asyncio.Task[None] | None = None
        self._came = deque([0.0] * STREAM, maxlen=STREAM)

    async def keep(self, row: Row, said: Message | None) -> bool:
        """True: kept now and committed, with what was said. False: its key was known already. A failed commit fails
        everybody in it.
        """
        kept: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((row, said, kept))
        self._came.append(time.monotonic())
        if self._turn is None:
            self._turn = asyncio.create_task(self._take_turns())
        return await kept

    async def stop(self) -> None:
        """Break off a commit that does not end, when nobody waits for it any more."""
        if self._turn is not None:
            self._turn.cancel()
            await asyncio.wait([self._turn])

    async def rest(self) -> None:
        """Return when nothing has come for `PAUSE` and nothing waits, and after `PATIENCE` in any case."""
        until = time.monotonic() + PATIENCE
        while self._busy(now := time.monotonic()) and now < until:  # noqa: ASYNC110 - waits for nothing
            await asyncio.sleep(PATIENCE / 4 if self._streams(now) else PAUSE / 2)

    def _busy(self, now: float) -> bool:
        return self._turn is not None or now < self._came[-1] + PAUSE or self._streams(now)

    def _streams(self, now: float) -> bool:
        return now < self._came[0] + WITHIN

    async def _take_turns(self) -> None:
        while self._waiting:
            together, self._waiting = self._waiting[:TOGETHER], self._waiting[TOGETHER:]
            write = self._db.briefly if len(together) <= FEW else self._db.write
            try:
                new = await write(_insert, [(row, said) for row, said, _ in together])
            except Exception as error:
                _tell(together, error)
            else:
                _tell(together, new)
        self._turn = None


def _insert(connection: Connection, together: list[tuple[Row, Message | None]]) -> set[str]:
    """The keys that were new."""
    new = set(connection.scalars(_new(connection.dialect.name), [row for row, _ in together]))
    remember_where_followed(connection, [said for row, said in together if said is not None and row["key"] in new])
    return new


@cache
def _new(dialect: str) -> Executable:
    return upsert(dialect, inbox).on_conflict_do_nothing(index_elements=["key"]).returning(inbox.c.key)


def _tell(together: list[Asked], outcome: set[str] | Exception) -> None:
    """Of two with one key in the same commit the first one was kept."""
    for row, _, kept in together:
        if kept.done():  # whoever asked has gone
            continue
        if isinstance(outcome, Exception):
            kept.set_exception(outcome)
        else:
            kept.set_result(row["key"] in outcome)
            outcome.discard(row["key"])
