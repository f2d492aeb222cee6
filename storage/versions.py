"""The bytes of published versions: kept once, never changed, and gone only with words that had to be erased."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, delete, or_, select

from bot.evolve import fold
from bot.versions import as_of
from storage.engine import Database
from storage.folds import UnknownIncident, all_facts
from storage.tables import incidents, insert_new, versions
from storage.values import Kept, Past

_KEY: Final = ("incident", "family", "number", "form")


class Versions:
    """The part of the store that holds what was published."""

    _db: Database

    async def incident_as_of(self, id: int, seq: int) -> Past:
        """The incident as the version of a report reads it that was made at this seq (`bot.versions.as_of`).

        Raises:
            UnknownIncident: nobody has this id.
        """
        read = await self._db.read(_past, id, seq)
        if read is None:
            raise UnknownIncident(f"there is no incident {id}")
        return read

    async def kept_version(self, incident: int, family: str, number: str, form: str) -> bytes | None:
        """The bytes of a published version in this form; None while none are kept."""
        wanted = select(versions.c.body).where(*_named(incident, family, number), versions.c.form == form)
        body: bytes | None = await self._db.read(lambda connection: connection.scalar(wanted))
        return body

    async def keep_version(self, kept: Kept, past: Past, now: datetime) -> bool:
        """Keep the bytes of a published version for good; what is kept already stays as it is.

        False: words were erased since the incident was read, so these bytes may still say them.
        """
        new = {
            "incident": kept.incident,
            "family": kept.family,
            "number": kept.number,
            "form": kept.form,
            "seq": kept.seq,
            "kept_at": now,
            "body": kept.body,
        }
        return await self._db.write(_keep, new, past)


def _past(connection: Connection, id: int, seq: int) -> Past | None:
    rewrites = connection.scalar(_rewrites(id))  # first: what is erased after it is seen below
    return None if rewrites is None else Past(fold(id, list(as_of(all_facts(connection, id), seq))), rewrites)


def _keep(connection: Connection, new: dict[str, Any], past: Past) -> bool:
    if connection.scalar(_rewrites(new["incident"]).with_for_update(key_share=True)) != past.rewrites:
        return False
    connection.execute(insert_new(connection.dialect.name, versions, *_KEY), new)
    return True


def forget(connection: Connection, blanked: Mapping[int, int]) -> list[tuple[int, str, str]]:
    """Within a transaction: what was published from blanked facts goes; `blanked` is the first such seq by incident.

    Returns incident, family and number of each version that has to be written again.
    """
    if not blanked:
        return []
    said: ColumnElement[bool] = or_(
        *((versions.c.incident == id) & (versions.c.seq >= first) for id, first in blanked.items())
    )
    name = (versions.c.incident, versions.c.family, versions.c.number)
    gone = connection.execute(select(*name).where(said).distinct().order_by(*name)).all()
    connection.execute(delete(versions).where(said))
    return [(row.incident, row.family, row.number) for row in gone]


def _named(incident: int, family: str, number: str) -> tuple[ColumnElement[bool], ...]:
    return versions.c.incident == incident, versions.c.family == family, versions.c.number == number


def _rewrites(incident: int) -> Select[Any]:
    return select(incidents.c.rewrites).where(incidents.c.id == incident)
