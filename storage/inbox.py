"""What was heard is kept before it is acknowledged, and dispatched again until somebody finishes it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, Select, UpdateBase, bindparam, delete, func, or_, select, update

from storage.engine import Database
from storage.keeping import Keeper
from storage.tables import inbox, insert_new
from storage.values import Envelope, Message

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
_FINISH: Final = (
    update(inbox)
    .where(inbox.c.key.in_(bindparam("keys", expanding=True)), inbox.c.done_at.is_(None))
    .values(done_at=bindparam("now"), lease_by=None, lease_until=None, answer=None)
    .returning(inbox.c.key)
)


class LeaseInDoubt(Exception):
    """The database failed while it leased; the envelopes with these keys may be leased to me all the same."""

    def __init__(self, keys: Collection[str]) -> None:
        super().__init__(f"{len(keys)} envelopes may be leased or not")
        self.keys = keys


class Inbox:
    """The part of the store that holds envelopes."""

    _db: Database
    _keeper: Keeper
    _finished: set[str]  # by visits of this process, until somebody else says so too
    me: str
    lease: timedelta

    async def keep(
        self, envelope_key: str, kind: str, body: dict[str, Any], now: datetime, said: Message | None = None
    ) -> bool:
        """Keep an envelope, leased to me. True: kept now and committed; False: it was known already.

        One that tells no more than that this was `said` is finished in the same commit: the message is in the
        transcript, where its channel has an incident, and nobody dispatches anything.
        """
        merely_said = said is not None
        row = {
            "key": envelope_key,
            "kind": kind,
            "body": body,
            "received_at": now,
            "attempt": 1,
            "lease_by": None if merely_said else self.me,
            "lease_until": None if merely_said else now + self.lease,
            "done_at": now if merely_said else None,
        }
        return await self._keeper.keep(row, said)

    async def finish(self, key: str, now: datetime) -> None:
        """Nobody needs to dispatch this envelope again. Costs nothing where a visit has finished it already."""
        await self.finish_all([key], now)

    async def finish_all(self, keys: Collection[str], now: datetime) -> None:
        """`finish` for several, in one commit."""
        unfinished = [key for key in keys if key not in self._finished]
        self._finished.difference_update(keys)
        if unfinished:
            await self._db.once(finish, unfinished, now)

    async def nothing_to_keep(self) -> None:
        """Return when no envelope waits to be kept, after a tenth of a second in any case: acks go first."""
        await self._keeper.rest()

    async def forget(self, key: str) -> None:
        """Nothing came of this envelope, and the same may be said again: a form sent back for correction."""
        unfinished = delete(inbox).where(inbox.c.key == key, inbox.c.done_at.is_(None))
        await self._db.once(lambda connection: connection.execute(unfinished))

    async def failed(self, key: str, error: str, now: datetime) -> bool:
        """Dispatch it again after a pause that doubles. True: it has failed too often and was set aside."""
        return await self._db.write(_fail, key, error, now)

    async def give_back(self, keys: Collection[str], now: datetime) -> None:
        """Nobody is at work on these. What of them is kept and leased to me is dispatched again: at once, and after a
        pause where it was dispatched again already.
        """
        await self._db.write(_give_back, keys, self.me, now)

    async def unfinished(self, now: datetime, limit: int) -> list[Envelope]:
        """Lease the envelopes that nobody finished and nobody is at work on, the oldest first.

        One that was leased too often without a word (it takes the process down) is set aside instead.

        Raises:
            LeaseInDoubt: the database failed before it said whether they are mine now.
        """
        due = await self._db.read(lambda connection: connection.execute(_due(now, limit)).all())
        keys = [row.key for row in due]
        try:
            rows = await self._db.write(_lease, keys, now, {"lease_by": self.me, "lease_until": now + self.lease})
        except Exception as problem:
            raise LeaseInDoubt(keys) from problem
        return [_envelope(row) for row in sorted(rows, key=lambda row: row.id) if row.attempt <= ATTEMPTS]

    async def envelope(self, key: str) -> Envelope | None:
        """An envelope in whatever state it is, also set aside; None when it is unknown, purged or erased."""
        wanted = select(*_ENVELOPE).where(inbox.c.key == key)
        row = await self._db.read(lambda connection: connection.execute(wanted).first())
        return _envelope(row) if row and row.body else None


def _fail(connection: Connection, key: str, error: str, now: datetime) -> bool:
    attempt = connection.scalar(select(inbox.c.attempt).where(inbox.c.key == key, _WAITING))
    if attempt is None:
        return False
    done_trying: bool = attempt >= ATTEMPTS
    connection.execute(
        update(inbox).where(inbox.c.key == key),
        {
            "error": error,
            "lease_by": None,
            "lease_until": now + _pause(attempt),
            "aside_at": now if done_trying else None,
        },
    )
    return done_trying


def _pause(attempt: int) -> timedelta:
    doubled: int = 2 ** (attempt - 1)
    return _FIRST_PAUSE * doubled


def _give_back(connection: Connection, keys: Collection[str], me: str, now: datetime) -> None:
    mine = select(inbox.c.key, inbox.c.attempt).where(inbox.c.key.in_(keys), inbox.c.lease_by == me, _WAITING)
    for key, attempt in connection.execute(mine).all():
        due = now if attempt <= 1 else now + _pause(attempt - 1)
        given_back = update(inbox).where(inbox.c.key == key, inbox.c.lease_by == me, _WAITING)
        connection.execute(given_back, {"lease_by": None, "lease_until": due})


def _lease(
    connection: Connection, keys: Sequence[str], now: datetime, lease: dict[str, Any]
) -> Sequence[Row[*tuple[Any, ...]]]:
    rows = connection.execute(_claim(keys, now), lease).all()
    worn = [row.key for row in rows if row.attempt > ATTEMPTS]
    if worn:
        connection.execute(
            update(inbox).where(inbox.c.key.in_(worn)),
            {"lease_by": None, "aside_at": now, "error": f"given up after {ATTEMPTS} dispatches"},
        )
    return rows


def _due(now: datetime, limit: int) -> Select[int, str]:
    free = or_(inbox.c.lease_until.is_(None), inbox.c.lease_until <= now)
    return select(inbox.c.id, inbox.c.key).where(_WAITING, free).order_by(inbox.c.id).limit(limit)


def _claim(keys: Sequence[str], now: datetime) -> UpdateBase:
    """What a replica has leased since we looked is passed over."""
    due = _due(now, len(keys)).where(inbox.c.key.in_(keys)).with_for_update(skip_locked=True).cte("due")
    return (
        update(inbox)
        .where(inbox.c.id.in_(select(due.c.id)))
        .values(attempt=inbox.c.attempt + 1)
        .returning(inbox.c.id, *_ENVELOPE)
    )


def _envelope(row: Any) -> Envelope:
    return Envelope(row.key, row.kind, row.body, row.received_at, row.attempt, row.answer)


def keep(connection: Connection, key: str, kind: str, body: dict[str, Any], at: datetime) -> bool:
    """Within a transaction: an envelope nobody has dispatched yet. False: its key is known."""
    row = {"key": key, "kind": kind, "body": body, "received_at": at, "attempt": 0}
    return connection.execute(insert_new(connection.dialect.name, inbox, "key"), row).rowcount == 1


def finish(connection: Connection, keys: Collection[str], now: datetime) -> set[str]:
    """Within a transaction: nobody needs to dispatch these again, nor their answers, which may quote others.

    Returns those that were not finished before.
    """
    return set(connection.scalars(_FINISH, {"keys": list(keys), "now": now}))


def answer(connection: Connection, key: str, what: dict[str, Any]) -> None:
    """Within a transaction: remember what was answered, for as long as the envelope is not finished."""
    connection.execute(update(inbox).where(inbox.c.key == key, inbox.c.done_at.is_(None)), {"answer": what})


def at_work(me: str, now: datetime) -> ColumnElement[bool]:
    """An envelope I hold or could lease now."""
    free = or_(inbox.c.lease_until.is_(None), inbox.c.lease_until <= now)
    return _WAITING & (free | (inbox.c.lease_by == me))


def next_due() -> Select[datetime | None]:
    """The earliest moment at which an envelope can be dispatched again."""
    due = func.coalesce(inbox.c.lease_until, inbox.c.received_at)
    return select(func.min(due, type_=inbox.c.received_at.type)).where(_WAITING)
