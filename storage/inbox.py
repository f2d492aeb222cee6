"""What was heard is kept before it is acknowledged, and dispatched again until somebody finishes it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Executable, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engine import Database
from storage.keeping import Keeper
from storage.tables import inbox
from storage.values import Envelope

ATTEMPTS: Final = 8
"""Dispatches before an envelope is set aside; with the pauses between them some ten minutes."""

_FIRST_PAUSE: Final = timedelta(seconds=5)

_WAITING: Final = inbox.c.done_at.is_(None) & inbox.c.aside_at.is_(None)
_ENVELOPE: Final = (
    inbox.c.key,
    inbox.c.kind,
    inbox.c.body,
    inbox.c.received_at,
    inbox.c.attempt,
    inbox.c.answer,
)


class Inbox:
    """The part of the store that holds envelopes."""

    _db: Database
    _keeper: Keeper
    _finished: set[str]  # by visits of this process, until somebody else says so too
    me: str
    lease: timedelta

    async def keep(self, envelope_key: str, kind: str, body: dict[str, Any], now: datetime) -> bool:
        """Keep an envelope, leased to me. True: kept now and committed; False: it was known already."""
        row = {
            "key": envelope_key,
            "kind": kind,
            "body": body,
            "received_at": now,
            "attempt": 1,
            "lease_by": self.me,
            "lease_until": now + self.lease,
        }
        return await self._keeper.keep(row)

    async def finish(self, key: str, now: datetime) -> None:
        """Nobody needs to dispatch this envelope again. Costs nothing where a visit has finished it already."""
        if key in self._finished:
            self._finished.discard(key)
            return
        async with self._db.once() as connection:
            await finish(connection, key, now)

    async def forget(self, key: str) -> None:
        """Nothing came of this envelope, and the same may be said again: a form sent back for correction."""
        async with self._db.once() as connection:
            await connection.execute(delete(inbox).where(inbox.c.key == key, inbox.c.done_at.is_(None)))

    async def failed(self, key: str, error: str, now: datetime) -> bool:
        """Dispatch it again after a pause that doubles. True: it has failed too often and was set aside."""
        async with self._db.writing() as connection:
            attempt = await connection.scalar(select(inbox.c.attempt).where(inbox.c.key == key, _WAITING))
            if attempt is None:
                return False
            done_trying: bool = attempt >= ATTEMPTS
            await connection.execute(
                update(inbox).where(inbox.c.key == key),
                {
                    "error": error,
                    "lease_by": None,
                    "lease_until": now + _FIRST_PAUSE * 2 ** (attempt - 1),
                    "aside_at": now if done_trying else None,
                },
            )
        return done_trying

    async def unfinished(self, now: datetime, limit: int) -> list[Envelope]:
        """Lease the envelopes that nobody finished and nobody is at work on, the oldest first.

        One that was leased too often without a word (it takes the process down) is set aside instead.
        """
        lease = {"lease_by": self.me, "lease_until": now + self.lease}
        async with self._db.writing() as connection:
            rows = (await connection.execute(_claim(now, limit), lease)).all()
            worn = [row.key for row in rows if row.attempt > ATTEMPTS]
            if worn:
                await connection.execute(
                    update(inbox).where(inbox.c.key.in_(worn)),
                    {"lease_by": None, "aside_at": now, "error": f"given up after {ATTEMPTS} dispatches"},
                )
        return [_envelope(row) for row in sorted(rows, key=lambda row: row.id) if row.attempt <= ATTEMPTS]

    async def envelope(self, key: str) -> Envelope | None:
        """An envelope in whatever state it is, also set aside; None when it is unknown, purged or erased."""
        async with self._db.reading() as connection:
            row = (await connection.execute(select(*_ENVELOPE).where(inbox.c.key == key))).first()
        return _envelope(row) if row and row.body else None


def _claim(now: datetime, limit: int) -> Executable:
    free = or_(inbox.c.lease_until.is_(None), inbox.c.lease_until <= now)
    due = (
        select(inbox.c.id)
        .where(_WAITING, free)
        .order_by(inbox.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    return (
        update(inbox)
        .where(inbox.c.id.in_(select(due.c.id)))
        .values(attempt=inbox.c.attempt + 1)
        .returning(inbox.c.id, *_ENVELOPE)
    )


def _envelope(row: Any) -> Envelope:
    return Envelope(row.key, row.kind, row.body, row.received_at, row.attempt, row.answer)


async def finish(connection: AsyncConnection, key: str, now: datetime) -> bool:
    """Within a transaction: nobody needs to dispatch this envelope again, nor its answer, which may quote others.

    False: there is no such envelope, or it was finished before.
    """
    done = await connection.execute(
        update(inbox).where(inbox.c.key == key, inbox.c.done_at.is_(None)),
        {"done_at": now, "lease_by": None, "lease_until": None, "answer": None},
    )
    return done.rowcount == 1


async def answer(connection: AsyncConnection, key: str, what: dict[str, Any]) -> None:
    """Within a transaction: remember what was answered, for as long as the envelope is not finished."""
    await connection.execute(update(inbox).where(inbox.c.key == key, inbox.c.done_at.is_(None)), {"answer": what})


def at_work(me: str, now: datetime) -> ColumnElement[bool]:
    """An envelope I hold or could lease now."""
    free = or_(inbox.c.lease_until.is_(None), inbox.c.lease_until <= now)
    return _WAITING & (free | (inbox.c.lease_by == me))


def next_due() -> Executable:
    """The earliest moment at which an envelope can be dispatched again."""
    due = func.coalesce(inbox.c.lease_until, inbox.c.received_at)
    return select(func.min(due, type_=inbox.c.received_at.type)).where(_WAITING)
