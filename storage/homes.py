"""Who has opened Scribe's Home tab: for nobody else is it made anew when something of theirs changes."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, select

from storage.engine import Database
from storage.tables import homes, upsert


class Homes:
    """The part of the store that knows the Home tabs."""

    _db: Database

    async def note_home(self, person: str, now: datetime) -> None:
        """This person looks at their Home tab."""
        await self._db.once(_note, person, now)


def _note(connection: Connection, person: str, now: datetime) -> None:
    statement = upsert(connection.dialect.name, homes).values(person=person, opened_at=now)
    connection.execute(
        statement.on_conflict_do_update(index_elements=["person"], set_={"opened_at": statement.excluded.opened_at})
    )


def opened(connection: Connection, among: Collection[str]) -> set[str]:
    """Within a transaction: those of the people who ever looked at theirs."""
    if not among:
        return set()
    return set(connection.scalars(select(homes.c.person).where(homes.c.person.in_(sorted(among)))))
