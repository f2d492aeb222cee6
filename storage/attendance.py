"""When somebody listened: spells of presence, shared by all replicas, and the absences between them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, func, insert, select, update

from storage.engine import Database
from storage.tables import Moment, spells
from storage.values import Absence

TOLERANCE: Final = timedelta(seconds=90)
"""A shorter silence between two signs of life is no absence: Slack delivers again what nobody acknowledged."""


class Attendance:
    """The part of the store that knows since when somebody has been listening."""

    _db: Database

    async def attend(self, now: datetime, *, without_a_break: bool) -> Absence | None:
        """Some replica listens now. Returns the absence that ends with this, if there was one.

        `without_a_break`: this process has been listening since it last said so, however long ago. A clock that was
        set back changes nothing; two replicas that come back together both learn of the absence.
        """
        return await self._db.write(_attend, now, without_a_break=without_a_break)

    async def absences(self, since: datetime, until: datetime) -> list[Absence]:
        """The absences that lie at least in part between these moments, the earliest first."""
        before = func.lag(spells.c.until, type_=Moment()).over(order_by=spells.c.id)
        ordered = select(before.label("left"), spells.c.since.label("returned")).subquery()
        wanted = (
            select(ordered.c.left, ordered.c.returned)
            .where(ordered.c.returned > since, ordered.c.left < until)
            .order_by(ordered.c.returned)
        )
        rows = await self._db.read(lambda connection: connection.execute(wanted).all())
        found = [Absence(row.left, row.returned) for row in rows]
        return [absence for absence in found if absence.until - absence.since > TOLERANCE]

    async def attended(self, now: datetime) -> bool:
        """Does anybody listen, by the last sign of life?"""
        newest = select(func.max(spells.c.until, type_=Moment()))
        last: datetime | None = await self._db.read(lambda connection: connection.scalar(newest))
        return last is not None and now - last <= TOLERANCE

    async def first_attended(self) -> datetime | None:
        """Since when anybody has listened at all; None before that."""
        oldest = select(spells.c.since).order_by(spells.c.id).limit(1)
        first: datetime | None = await self._db.read(lambda connection: connection.scalar(oldest))
        return first


def _attend(connection: Connection, now: datetime, *, without_a_break: bool) -> Absence | None:
    newest = connection.execute(select(spells).order_by(spells.c.id.desc()).limit(1).with_for_update()).first()
    if newest is not None and (without_a_break or now - newest.until <= TOLERANCE):
        last = max(now, newest.until)
        connection.execute(update(spells).where(spells.c.id == newest.id), {"until": last})
        return None
    connection.execute(insert(spells), {"since": now, "until": now})
    return Absence(newest.until, now) if newest is not None else None
