"""The store: everything Scribe remembers, over one database, for one process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from datetime import datetime, timedelta
from typing import Any, Final, Self

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Executable,
    Select,
    Table,
    and_,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
    true,
    union_all,
    update,
)

from bot.incident import Incident
from bot.words import OPEN, Status
from storage import followups as followup_rows
from storage import inbox as inbox_rows
from storage import outbox as outbox_rows
from storage import schema
from storage.aside import GivenUp
from storage.attempts import Attempts
from storage.attendance import Attendance
from storage.canvases import Canvases
from storage.directory import Directory
from storage.engine import Database, connect, read_url, sole_process, sqlite_path
from storage.folds import Folds, UnknownIncident, news
from storage.followups import Followups
from storage.homes import Homes
from storage.inbox import Inbox
from storage.keeping import Keeper
from storage.looking import SUMMARY, Looking, row_of
from storage.outbox import Outbox
from storage.projections import PROJECTION
from storage.purging import Purging
from storage.tables import Moment, facts, inbox, incidents, messages, names, outbox
from storage.transcript import Transcript
from storage.values import Due, Row
from storage.versions import Versions
from storage.visit import Visit, visit

LEASE: Final = timedelta(seconds=60)
"""How long an envelope is left to whoever took it; far above what handling one takes."""


class Store(
    Inbox,
    Outbox,
    Transcript,
    Directory,
    Homes,
    Looking,
    Followups,
    Versions,
    GivenUp,
    Canvases,
    Purging,
    Attendance,
    Attempts,
):
    """What one process remembers and shares with its replicas."""

    def __init__(self, db: Database, me: str, lease: timedelta = LEASE) -> None:
        self._db = db
        self._folds = Folds()
        self._keeper = Keeper(db)
        self._finished: set[str] = set()
        self.me = me
        self.lease = lease

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str, *, me: str, read_only: bool = False, lease: timedelta = LEASE) -> AsyncIterator[Self]:
        """Open the memory for the process called `me`, a name no other replica has.

        A SQLite file serves one process; whatever a former one had leased is free again. With `read_only` nothing
        is locked and nothing is freed, and the database refuses to be written.

        Raises:
            StorageRefused: the address is wrong, the tables are not those of this version, or another process
                has the SQLite file.
        """
        address = read_url(url)
        with nullcontext() if read_only else sole_process(address):
            async with connect(address, read_only=read_only) as db:
                await schema.check(db, address)
                store = cls(db, me, lease)
                if sqlite_path(address) and not read_only:
                    await store._free_leases()
                if not read_only:
                    await store._look_over()
                yield store

    async def release(self) -> None:
        """Give back what I have leased and will not finish, so that nobody waits for my leases to run out. Nobody else
        asks anything of this store any more.
        """
        await self._keeper.stop()
        await self._free_leases(self.me)

    async def _free_leases(self, of: str | None = None) -> None:
        """Those of one process, or all."""
        await self._db.write(_free, of)

    async def _look_over(self) -> None:
        """Make anew what another version looked up otherwise: visiting does it."""
        stale = select(incidents.c.id).where(incidents.c.projected != PROJECTION).order_by(incidents.c.id)
        for id in await self._db.read(lambda connection: connection.scalars(stale).all()):
            async with self.visit(id):
                pass

    def visit(self, id: int | None, *, also: Sequence[int] = ()) -> AbstractAsyncContextManager[Visit]:
        """Lock an incident (and others) for change, or begin without one; commit when the block ends normally.

        Raises:
            UnknownIncident: one of the ids is nobody's.
        """
        return visit(self._db, self._folds, self._finished, self.me, id, also)

    async def incident(self, id: int) -> Incident:
        """The incident as it now stands, for reading; the copy is the caller's own.

        Raises:
            UnknownIncident: nobody has this id.
        """
        known = self._folds.known(id)
        found = await self._db.read(news, [known])
        if id not in found:
            raise UnknownIncident(f"there is no incident {id}")
        return self._folds.extended(known, found[id]).incident.copy()

    async def incident_at(self, channel: str) -> int | None:
        """The incident attached to that channel, open or over; of several the open one, then the newest."""
        found = await self.attached_to(channel)
        return None if found is None else found[0]

    async def attached_to(self, channel: str) -> tuple[int, Status] | None:
        """As `incident_at`, and where it stands."""
        row = await self._db.read(lambda connection: connection.execute(_ATTACHED, {"channel": channel}).first())
        return None if row is None else (row.id, Status(row.status))

    async def followed(self, since: datetime) -> list[tuple[int, str]]:
        """The incidents that are open, or of which something was heard since then, each with its channel."""
        newest = and_(facts.c.incident == incidents.c.id, facts.c.seq == incidents.c.seq)
        wanted = (
            select(incidents.c.id, incidents.c.channel)
            .join(facts, newest)
            .where(
                incidents.c.channel.is_not(None),
                or_(incidents.c.status.in_(sorted(OPEN)), facts.c.heard_at >= since),
            )
            .order_by(incidents.c.id)
        )
        rows = await self._db.read(lambda connection: connection.execute(wanted).all())
        return [(row.id, row.channel) for row in rows]

    async def last_heard_of(self, incident: int) -> datetime | None:
        """When anything was last heard of this incident: a fact of it, or a message in its channel."""
        newest_fact = select(facts.c.heard_at).where(facts.c.incident == incident).order_by(facts.c.seq.desc()).limit(1)
        here = select(incidents.c.channel).where(incidents.c.id == incident).scalar_subquery()
        newest_word = select(messages.c.seen_at).where(messages.c.channel == here)
        wanted = newest_fact, newest_word.order_by(messages.c.ts.desc()).limit(1)
        found = await self._db.read(lambda connection: [connection.scalar(one) for one in wanted])
        return max((moment for moment in found if moment is not None), default=None)

    async def incidents_with(self, entries: Sequence[str]) -> list[int]:
        """The incidents that captured any of these lines: several when one was moved or its incident merged."""
        wanted = select(facts.c.incident).where(facts.c.entry.in_(entries)).distinct().order_by(facts.c.incident)
        return list(await self._db.read(lambda connection: connection.scalars(wanted).all()))

    async def incident_numbered(self, number: str) -> int | None:
        """The incident with this number, also one that another family gave it (`Visit.take`)."""
        return await self._one_id(
            union_all(
                select(incidents.c.id).where(incidents.c.number == number),
                select(names.c.incident).where(names.c.name == number, names.c.incident.is_not(None)),
            ).limit(1)
        )

    async def _one_id(self, query: Select[int] | CompoundSelect[int]) -> int | None:
        return await self._db.read(lambda connection: connection.scalar(query))

    async def incidents(
        self,
        *,
        statuses: Collection[Status] | None = None,
        channel: str | None = None,
        before: int | None = None,
        limit: int,
    ) -> list[Row]:
        """Summaries, the newest first; `before` is the id at which the page before this one ended."""
        query = select(*SUMMARY).order_by(incidents.c.id.desc()).limit(limit)
        if statuses is not None:
            query = query.where(incidents.c.status.in_(sorted(statuses)))
        if channel is not None:
            query = query.where(incidents.c.channel == channel)
        if before is not None:
            query = query.where(incidents.c.id < before)
        return [row_of(row._mapping) for row in await self._db.read(lambda connection: connection.execute(query).all())]

    async def next_due(self) -> datetime | None:
        """The earliest moment at which an envelope, a call or a follow-up becomes due; None when nothing waits.

        It is in the past when something is due already.
        """
        return (await self.due()).first

    async def due(self) -> Due:
        """The same, of each kind by itself."""
        return await self._db.read(_due)

    async def idle(self, now: datetime) -> bool:
        """Nothing is due now and nothing is in my hands; what waits for a later moment or for others does not count."""
        busy = select(
            exists().where(inbox_rows.at_work(self.me, now))
            | outbox_rows.at_work(self.me, now)
            | followup_rows.is_due(now)
        )
        return not await self._db.read(lambda connection: connection.scalar(busy))

    async def depth(self, now: datetime) -> dict[str, int | float]:
        """What waits and what was set aside, and for how many seconds the oldest has been waiting."""
        return await self._db.read(_depths, now)


def _free(connection: Connection, of: str | None) -> None:
    for table in (inbox, outbox):
        whose = table.c.lease_by.is_not(None) if of is None else table.c.lease_by == of
        leased = update(table).where(table.c.done_at.is_(None), whose)
        connection.execute(leased, {"lease_by": None, "lease_until": None})


_ATTACHED: Final = (
    select(incidents.c.id, incidents.c.status)
    .where(incidents.c.channel == bindparam("channel"))
    .order_by(case((incidents.c.status.in_(sorted(OPEN)), 0), else_=1), incidents.c.id.desc())
    .limit(1)
)

_DUE: Final = select(
    inbox_rows.next_due().scalar_subquery(),
    outbox_rows.next_due().scalar_subquery(),
    followup_rows.next_due().scalar_subquery(),
)


def _due(connection: Connection) -> Due:
    return Due(*connection.execute(_DUE).one())


def _depths(connection: Connection, now: datetime) -> dict[str, int | float]:
    depths: dict[str, int | float] = {}
    late = or_(outbox.c.attempt > 0, outbox.c.not_before.is_(None), outbox.c.not_before <= now)
    began = case(
        (outbox.c.attempt > 0, outbox.c.queued_at), else_=func.coalesce(outbox.c.not_before, outbox.c.queued_at)
    )
    for name, table, due, since in (("inbox", inbox, true(), inbox.c.received_at), ("outbox", outbox, late, began)):
        waiting, aside, oldest = connection.execute(_depth(table, due, since)).one()
        depths[f"{name}_waiting"] = waiting
        depths[f"{name}_aside"] = aside
        depths[f"{name}_oldest_seconds"] = (now - oldest).total_seconds() if oldest else 0.0
    return depths


def _depth(table: Table, due: ColumnElement[bool], since: ColumnElement[Any]) -> Executable:
    """What is meant for a later moment does not wait yet; what is tried again has been waiting since it was queued."""
    waiting = table.c.aside_at.is_(None) & due
    oldest = func.min(case((waiting, since)), type_=Moment())
    return select(func.count(case((waiting, 1))), func.count(table.c.aside_at), oldest).where(table.c.done_at.is_(None))
