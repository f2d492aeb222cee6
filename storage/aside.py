"""What was given up after several tries: looked at, and given another try."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from sqlalchemy import Connection, select, update

from storage.engine import Database
from storage.tables import inbox, outbox
from storage.values import Aside

_GIVEN_UP: Final = {table: table.c.aside_at.is_not(None) & table.c.done_at.is_(None) for table in (inbox, outbox)}


class GivenUp:
    """The part of the store that knows what was set aside."""

    _db: Database

    async def set_aside_so_far(self, limit: int) -> list[Aside]:
        """Envelopes and calls that were given up, the newest first."""
        return await self._db.read(_so_far, limit)

    async def try_again(self, keys: Collection[str] = ()) -> list[str]:
        """Take up again what was given up, or of it only these keys; return the keys that were found.

        A call counts as tried, so that whoever delivers it looks first whether it took effect after all.
        """
        return await self._db.write(_again, keys)


def _so_far(connection: Connection, limit: int) -> list[Aside]:
    found = []
    for table, what in ((inbox, inbox.c.kind), (outbox, outbox.c.method)):
        rows = connection.execute(
            select(table.c.key, what, table.c.error, table.c.aside_at)
            .where(_GIVEN_UP[table])
            .order_by(table.c.aside_at.desc())
            .limit(limit)
        )
        found += [Aside(table.name, *row) for row in rows]
    return sorted(found, key=lambda aside: aside.at, reverse=True)[:limit]


def _again(connection: Connection, keys: Collection[str]) -> list[str]:
    again: list[str] = []
    anew = {"aside_at": None, "lease_by": None, "lease_until": None}
    for table, more in ((inbox, {"attempt": 0}), (outbox, {"attempt": 1, "not_before": None})):
        which = _GIVEN_UP[table] & table.c.key.in_(keys) if keys else _GIVEN_UP[table]
        again += connection.scalars(update(table).where(which).values({**anew, **more}).returning(table.c.key))
    return again
