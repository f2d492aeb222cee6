"""The audit log: what people did, as the facts tell it, and what they asked for that left no fact."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from storage.engine import Database
from storage.tables import attempts, facts, incidents, insert_new
from storage.values import Attempt, Deed


class Attempts:
    """The part of the store that knows who did what. Nothing in here is what anybody said."""

    _db: Database

    async def note_attempt(self, attempt: Attempt) -> None:
        """Keep what left no fact; the same once only."""
        row = {name: getattr(attempt, name) for name in Attempt.__slots__}
        await self._db.once(_note, row)

    async def deeds(self, since: datetime | None) -> list[Deed]:
        """Everything people did or tried since then, in the order in which it was heard."""
        return await self._db.read(_deeds, since)


def _note(connection: Connection, row: dict[str, Any]) -> None:
    connection.execute(insert_new(connection.dialect.name, attempts, "key"), row)


def _deeds(connection: Connection, since: datetime | None) -> list[Deed]:
    told = [*_recorded(connection, since), *_attempted(connection, since)]
    return sorted(told, key=lambda deed: deed.at)


def _recorded(connection: Connection, since: datetime | None) -> Iterator[Deed]:
    """Facts that a person brought about; what the program noted of itself is not theirs."""
    wanted = select(facts.c.heard_at, facts.c.seq, facts.c.kind, facts.c.body, incidents.c.number, incidents.c.channel)
    wanted = wanted.join(incidents, incidents.c.id == facts.c.incident).order_by(facts.c.incident, facts.c.seq)
    if since is not None:
        wanted = wanted.where(facts.c.heard_at >= since)
    for row in connection.execute(wanted):
        who, via = row.body["source"]["by"], row.body["source"]["via"]
        if via != "system":
            yield Deed(row.heard_at, row.seq, who, via, row.kind, row.number, row.channel, "recorded")


def _attempted(connection: Connection, since: datetime | None) -> Iterator[Deed]:
    wanted = select(attempts, incidents.c.number).join(incidents, incidents.c.id == attempts.c.incident, isouter=True)
    wanted = wanted.order_by(attempts.c.id)
    if since is not None:
        wanted = wanted.where(attempts.c.at >= since)
    for row in connection.execute(wanted):
        yield Deed(row.at, 0, row.who, row.via, row.what, row.number, row.channel or None, row.outcome)
