"""What was last written in the canvas of an incident, so that what people wrote there can be told from it."""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy import Connection, select

from storage.engine import Database
from storage.tables import canvases, upsert
from storage.values import Written


class Canvases:
    """The part of the store that remembers canvases."""

    _db: Database

    async def written(self, incident: int) -> Written | None:
        """None: nothing was ever written, nor tried."""
        return await self._db.read(_written, incident)

    async def note_written(self, incident: int, written: Written) -> None:
        """Keep this in place of what was kept before."""
        await self._db.once(_note, incident, written)


def _written(connection: Connection, incident: int) -> Written | None:
    query = select(canvases.c.lines, canvases.c.content, canvases.c.title).where(canvases.c.incident == incident)
    row = connection.execute(query).first()
    return Written(**row._mapping) if row else None


def _note(connection: Connection, incident: int, written: Written) -> None:
    values = asdict(written)
    statement = upsert(connection.dialect.name, canvases).values(incident=incident, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["incident"], set_=values))
