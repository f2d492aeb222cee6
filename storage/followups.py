"""What is to be looked at again and when, and who was told what on which day; a tick costs what is due."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Executable, Select, bindparam, delete, exists, func, select, update

from storage import engine, outbox
from storage.engine import Database
from storage.tables import followups, nudges, upsert, workspace
from storage.tables import outbox as calls
from storage.values import Call, FollowupRow, NudgeRow

_DAY: Final = timedelta(days=1)
_RULES: Final = "follow_ups"

Revise = Callable[[Sequence[FollowupRow]], tuple[Sequence[FollowupRow], Collection[str]]]
"""Makes of the rows that stand those that changed or are new, and the keys that are followed up no more."""


class Followups:
    """The part of the store that follows things up."""

    _db: Database

    async def followups_due(self, now: datetime, limit: int) -> list[FollowupRow]:
        """What is due, the longest due first; nothing is taken."""
        return await self._db.read(_read, _due(now, limit))

    @asynccontextmanager
    async def round(self, now: datetime, limit: int) -> AsyncIterator[Round]:
        """One transaction with what is due in it locked; what another process is looking at is left to that one."""
        async with self._db.writing() as connection:
            rows = await connection.run(_read, _due(now, limit).with_for_update(skip_locked=True))
            yield Round(connection, rows)

    async def followups_of(self, person: str) -> list[FollowupRow]:
        """Everything this person (or channel) is reminded of, the next first."""
        query = select(followups).where(followups.c.person == person).order_by(followups.c.next_at)
        return await self._db.read(_read, query)

    async def nudges(self, to: str, day: str) -> list[NudgeRow]:
        """What somebody is told on that day of theirs."""
        query = select(nudges).where(nudges.c.to == to, nudges.c.day == day)
        ordered = query.order_by(nudges.c.incident, nudges.c.key)
        rows = await self._db.read(lambda connection: connection.execute(ordered).all())
        return [NudgeRow(**row._mapping) for row in rows]

    async def place_of(self, key: str) -> dict[str, Any] | None:
        """Where the call with this key has put its message; None while it has not."""
        query = select(calls.c.result).where(calls.c.key == key)
        found = await self._db.read(lambda connection: connection.scalar(query))
        return found if found and found.get("ts") else None

    async def look_again(self, person: str, now: datetime) -> None:
        """Whatever this person is reminded of is looked at now: they moved, or are not there any more."""
        await self._db.once(_look_again, person, now)

    async def rules_followed(self) -> str:
        """By which rules everything was last planned; empty: never."""
        known = select(workspace.c.value).where(workspace.c.name == _RULES)
        return str(await self._db.read(lambda connection: connection.scalar(known)) or "")

    async def follow_rules(self, rules: str, now: datetime) -> None:
        """Everything is planned by these rules now; when each thing is due is looked at anew."""
        await self._db.write(_follow_rules, rules, now)

    async def untell(self, to: str, day: str, now: datetime) -> None:
        """Nobody could be told that day: it is looked at again, as if nothing had been said since the day before."""
        await self._db.write(_untell, to, day, now)


class Round:
    """The rows that came due, locked until the block ends."""

    def __init__(self, connection: engine.Connection, rows: list[FollowupRow]) -> None:
        self._connection = connection
        self.rows = rows

    async def settle(self, rows: Sequence[FollowupRow], told: Sequence[NudgeRow]) -> None:
        """Note what is accounted for and when to look again, and who is told what; what was told before stays so."""
        await self._connection.run(_settle, rows, told)

    async def put_new(self, wanted: Sequence[Call], now: datetime) -> set[str]:
        """Queue these calls; the keys that nobody had put before, another process that is just doing so included."""
        return await self._connection.run(outbox.put_new, wanted, now)

    async def put(self, wanted: Sequence[Call], now: datetime) -> None:
        """As `Visit.put`."""
        await self._connection.run(outbox.put, [(call, now) for call in wanted])


def follow(connection: Connection, incident: int, keys: Collection[str] | None, revise: Revise) -> set[tuple[str, str]]:
    """Within a transaction: as `Visit.follow`."""
    query = select(followups).where(followups.c.incident == incident)
    rows = _read(connection, query if keys is None else query.where(followups.c.key.in_(keys)))
    changed, gone = revise(rows)
    if changed:
        connection.execute(_keep(connection.dialect.name), [asdict(row) for row in changed])
    if gone:
        connection.execute(
            delete(followups).where(followups.c.incident == incident, followups.c.key.in_(gone)),
        )
    return _told_of(connection, incident, keys or {row.key for row in (*rows, *changed)})


def _told_of(connection: Connection, incident: int, keys: Collection[str]) -> set[tuple[str, str]]:
    wanted = (nudges.c.incident == incident) & nudges.c.key.in_(keys)
    newest = select(nudges.c.to, func.max(nudges.c.day)).where(wanted).group_by(nudges.c.to, nudges.c.key)
    return {(row[0], row[1]) for row in connection.execute(newest)}


def _settle(connection: Connection, rows: Sequence[FollowupRow], told: Sequence[NudgeRow]) -> None:
    if rows:
        changed = [{"i": r.incident, "k": r.key, "a": r.after, "n": r.next_at} for r in rows]
        connection.execute(_ADVANCE, changed)
    if told:
        connection.execute(_tell(connection.dialect.name), [asdict(row) for row in told])


def _follow_rules(connection: Connection, rules: str, now: datetime) -> None:
    statement = upsert(connection.dialect.name, workspace).values(name=_RULES, value=rules)
    kept = statement.on_conflict_do_update(index_elements=["name"], set_={"value": rules})
    connection.execute(kept)
    connection.execute(update(followups).where(followups.c.next_at.is_not(None)), {"next_at": now})


def _look_again(connection: Connection, person: str, now: datetime) -> None:
    again = update(followups).where(followups.c.person == person, followups.c.next_at.is_not(None))
    connection.execute(again, {"next_at": now})


def _untell(connection: Connection, to: str, day: str, now: datetime) -> None:
    mine = (nudges.c.to == to) & (nudges.c.day == day)
    rows = connection.execute(select(nudges).where(mine)).all()
    if rows:
        connection.execute(
            _ADVANCE,
            [{"i": r.incident, "k": r.key, "a": r.meant - _DAY, "n": now} for r in rows],
        )
        connection.execute(delete(nudges).where(mine))


def next_due() -> Select[datetime | None]:
    """The earliest moment at which something is to be looked at."""
    return select(func.min(followups.c.next_at, type_=followups.c.next_at.type))


def is_due(now: datetime) -> ColumnElement[bool]:
    return exists().where(followups.c.next_at <= now)


def _due(now: datetime, limit: int) -> Select[Any]:
    due = select(followups).where(followups.c.next_at <= now)
    return due.order_by(followups.c.next_at, followups.c.incident, followups.c.key).limit(limit)


def _read(connection: Connection, query: Select[Any]) -> list[FollowupRow]:
    return [FollowupRow(**row._mapping) for row in connection.execute(query)]


_ADVANCE: Final = (
    update(followups)
    .where(followups.c.incident == bindparam("i"), followups.c.key == bindparam("k"))
    .values(after=bindparam("a"), next_at=bindparam("n"))
)


@cache
def _keep(dialect: str) -> Executable:
    statement = upsert(dialect, followups)
    named = ("topic", "person", "body", "after", "next_at")
    return statement.on_conflict_do_update(
        index_elements=["incident", "key"], set_={name: statement.excluded[name] for name in named}
    )


@cache
def _tell(dialect: str) -> Executable:
    return upsert(dialect, nudges).on_conflict_do_nothing(index_elements=["to", "day", "incident", "key"])
