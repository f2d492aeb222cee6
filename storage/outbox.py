"""Finished Slack calls, each delivered once: in order within a lane, leased to one process at a time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Row,
    Select,
    Subquery,
    UpdateBase,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
    update,
)

from storage.engine import Database
from storage.tables import insert_new, outbox, upsert
from storage.values import Call, Leased

_WAITING: Final = outbox.c.done_at.is_(None) & outbox.c.aside_at.is_(None)
_UNTRIED: Final = _WAITING & (outbox.c.attempt == 0)
_HOLDS_LANE: Final = or_(outbox.c.attempt > 0, outbox.c.not_before.is_(None))
_PLACE: Final = ("channel", "ts", "file_id", "canvas_id")
_LEASED: Final = (
    outbox.c.id,
    outbox.c.attempt,
    outbox.c.key,
    outbox.c.lane,
    outbox.c.method,
    outbox.c.args,
    outbox.c.incident,
    outbox.c.purpose,
    outbox.c.replaces,
    outbox.c.not_before,
)
_MINE: Final = update(outbox).where(outbox.c.id == bindparam("mine"), outbox.c.lease_by == bindparam("me"), _WAITING)


class Outbox:
    """The part of the store that holds Slack calls."""

    _db: Database
    me: str

    async def lease_calls(self, now: datetime, limit: int, lease: timedelta) -> list[Leased]:
        """Lease the calls that are due: of each lane only the first that is unfinished."""
        mine = {"now": now, "limit": limit, "lease_by": self.me, "lease_until": now + lease}
        rows = await self._db.once(lambda connection: connection.execute(_claim(), mine).all())
        return sorted((_leased(row) for row in rows), key=lambda call: call.id)

    async def give_back_calls(self, in_hand: Collection[int]) -> None:
        """Of the calls that are leased to me only these are in hand; nobody has begun to deliver the others."""
        unknown = update(outbox).where(outbox.c.lease_by == self.me, outbox.c.id.not_in(in_hand), _WAITING)
        untried = unknown.values(attempt=outbox.c.attempt - 1, lease_by=None, lease_until=None)
        await self._db.once(lambda connection: connection.execute(untried))

    async def delivered(self, id: int, result: dict[str, Any], now: datetime) -> bool:
        """Slack took it; of the result the place is kept. False: the lease went to somebody else meanwhile."""
        return await self._db.once(delivered, self.me, id, result, now)

    async def retry(self, id: int, error: str, not_before: datetime) -> bool:
        """Try again from then on; the lane waits. False: the lease went to somebody else meanwhile."""
        return await self._db.once(_settle, self.me, id, {"error": error, "not_before": not_before})

    async def put_off(self, id: int, error: str, not_before: datetime) -> bool:
        """As `retry`, for a call of which Slack has taken nothing: it counts as untried, and its lane goes on."""
        return await self._db.once(_settle, self.me, id, {"error": error, "not_before": not_before, "attempt": 0})

    async def set_aside(self, id: int, error: str, now: datetime) -> bool:
        """Give up on it, keep it for inspection, and let its lane go on."""
        return await self._db.once(_settle, self.me, id, {"error": error, "aside_at": now})


@cache
def _claim() -> UpdateBase:
    """What a replica has leased since we looked is passed over; it is judged anew under the lock."""
    now = bindparam("now", type_=outbox.c.not_before.type)
    front = _front(_HOLDS_LANE | (outbox.c.not_before <= now))
    first = select(front.c.id).where(_leasable(front, now)).order_by(front.c.id).limit(bindparam("limit")).cte("first")
    due = (
        select(outbox.c.id)
        .where(outbox.c.id.in_(select(first.c.id)), _WAITING, _leasable(outbox, now))
        .with_for_update(skip_locked=True, of=outbox)
        .cte("due")
    )
    return (
        update(outbox).where(outbox.c.id.in_(select(due.c.id))).values(attempt=outbox.c.attempt + 1).returning(*_LEASED)
    )


def _leased(row: Row[Any]) -> Leased:
    return Leased(**row._mapping)


def _front(holds: ColumnElement[bool]) -> Subquery:
    """The calls that stand behind none that holds their lane; found in one pass over what waits. Asked of each call by
    itself (NOT EXISTS), PostgreSQL compared each with each of its lane, or went through all that was ever delivered.
    """
    before = func.count(case((holds, 1))).over(partition_by=outbox.c.lane, order_by=outbox.c.id, rows=(None, -1))
    columns = (outbox.c.id, outbox.c.lease_until, outbox.c.not_before, outbox.c.queued_at)
    waiting = select(*columns, before.label("before")).where(_WAITING).subquery("waiting")
    return select(waiting).where(waiting.c.before == 0).subquery("front")


def _leasable(calls: FromClause, now: datetime | ColumnElement[datetime]) -> ColumnElement[bool]:
    """Of those that stand in front: due, and not leased."""
    free = or_(calls.c.lease_until.is_(None), calls.c.lease_until <= now)
    return free & or_(calls.c.not_before.is_(None), calls.c.not_before <= now)


def at_work(me: str, now: datetime) -> ColumnElement[bool]:
    """Is there a call I hold or could lease now?"""
    front = _front(_HOLDS_LANE | (outbox.c.not_before <= now))
    return exists().where(_leasable(front, now)) | exists().where(_WAITING, outbox.c.lease_by == me)


def next_due() -> Select[datetime | None]:
    """The earliest moment at which a call that does not stand behind another becomes due."""
    front = _front(_HOLDS_LANE)
    due = func.coalesce(front.c.lease_until, front.c.not_before, front.c.queued_at)
    return select(func.min(due, type_=outbox.c.queued_at.type))


def put(connection: Connection, queued: Sequence[tuple[Call, datetime]]) -> None:
    """Within a transaction: queue the calls whose key is not known yet, in this order, each with when it was put."""
    when = {call.key: now for call, now in reversed(queued)}
    calls = _newest(_unknown(connection, [call for call, _ in queued]))
    waiting = _waiting(connection, {call.replaces for call in calls if call.replaces is not None})
    fresh = [call for call in calls if call.replaces not in waiting]
    if fresh:
        connection.execute(
            insert_new(connection.dialect.name, outbox, "key"), [_fresh(call, when[call.key]) for call in fresh]
        )
    if len(fresh) < len(calls):
        changes = [_in_place_of(waiting[call.replaces], call) for call in calls if call.replaces in waiting]
        connection.execute(update(outbox).where(outbox.c.id == bindparam("waiting")), changes)


def put_new(connection: Connection, calls: Sequence[Call], now: datetime) -> set[str]:
    """As `put`, for calls that replace none; the keys that nobody had put before."""
    if not calls:
        return set()
    statement = upsert(connection.dialect.name, outbox).on_conflict_do_nothing(index_elements=["key"])
    return set(connection.scalars(statement.returning(outbox.c.key), [_fresh(call, now) for call in calls]))


def _unknown(connection: Connection, calls: Sequence[Call]) -> list[Call]:
    """A call that would take another's place must be new; of the others the database knows best."""
    keys = [call.key for call in calls if call.replaces is not None]
    known = set(connection.scalars(select(outbox.c.key).where(outbox.c.key.in_(keys)))) if keys else set()
    return [call for call in calls if call.key not in known]


def _newest(calls: Sequence[Call]) -> list[Call]:
    """Of those that replace each other the last one stands where the first one stood."""
    newest: dict[str, Call] = {}
    for call in calls:
        name = call.key if call.replaces is None else f"replaces {call.replaces}"
        older = newest.setdefault(name, call)
        if older is not call and older.key != call.key:
            newest[name] = replace(call, not_before=_sooner(older.not_before, call.not_before))
    return list(newest.values())


def unfinished(connection: Connection, replaces: str) -> list[tuple[dict[str, Any], bool]]:
    """Within a transaction: the arguments of the calls of this name that wait or are tried; True: it is untried."""
    wanted = select(outbox.c.args, outbox.c.attempt).where(outbox.c.replaces == replaces, _WAITING)
    rows = connection.execute(wanted.order_by(outbox.c.id).with_for_update())
    return [(row.args, row.attempt == 0) for row in rows]


def _waiting(connection: Connection, replaced: set[str]) -> dict[str | None, Any]:
    """The calls that wait untried, by what a newer one replaces them under; locked, or they would be leased meanwhile.

    Of several the oldest one, which stands first in its lane.
    """
    if not replaced:
        return {}
    waiting = (
        select(outbox.c.id, outbox.c.replaces, outbox.c.not_before)
        .where(outbox.c.replaces.in_(replaced), _UNTRIED)
        .order_by(outbox.c.id.desc())
        .with_for_update()
    )
    return {row.replaces: row for row in connection.execute(waiting)}


def _fresh(call: Call, now: datetime) -> dict[str, Any]:
    return {**_columns(call), "replaces": call.replaces, "queued_at": now, "attempt": 0}


def _in_place_of(older: Any, call: Call) -> dict[str, Any]:
    """The newer call waits no longer than the older one would have, or a busy card would never go out."""
    return {**_columns(call), "waiting": older.id, "not_before": _sooner(older.not_before, call.not_before)}


def _sooner(older: datetime | None, newer: datetime | None) -> datetime | None:
    return None if older is None or newer is None else min(older, newer)


def _columns(call: Call) -> dict[str, Any]:
    return {
        "key": call.key,
        "lane": call.lane,
        "method": call.method,
        "args": call.args,
        "incident": call.incident,
        "purpose": call.purpose,
        "not_before": call.not_before,
    }


def delivered(connection: Connection, me: str, id: int, result: dict[str, Any], now: datetime) -> bool:
    """Within a transaction: Slack took it. Neither what was said nor Slack's echo of it is kept a second time."""
    place = {name: result[name] for name in _PLACE if isinstance(result.get(name), str)}
    return _settle(connection, me, id, {"done_at": now, "result": place, "args": {}})


def _settle(connection: Connection, me: str, id: int, values: dict[str, Any]) -> bool:
    settled = connection.execute(_MINE, {**values, "mine": id, "me": me, "lease_by": None, "lease_until": None})
    return settled.rowcount == 1
