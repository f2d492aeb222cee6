"""A visit is one transaction with its incidents locked: all that is said in it stands or falls together."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.evolve import evolve
from bot.facts import AnyFact, Recorded
from bot.incident import Incident
from storage import erasure, inbox, outbox, projections, transcript
from storage.engine import Database
from storage.folds import Fold, Folds, UnknownIncident
from storage.rows import to_row
from storage.tables import counters, facts, incidents, insert_new, names, upsert
from storage.values import Call, Message


class Visit:
    """What may be done while the incidents are mine. No network in here, and no other writing through the store."""

    def __init__(self, connection: AsyncConnection, me: str) -> None:
        self._connection = connection
        self._me = me
        self._main: int | None = None
        self._held: dict[int, _Held] = {}
        self._finished: set[str] = set()
        self._blanked: set[int] = set()  # must be folded anew from what is left

    @property
    def incident(self) -> Incident:
        """The incident visited: a private copy, folded to its newest fact.

        Raises:
            LookupError: the visit began without one and none was created.
        """
        if self._main is None:
            raise LookupError("this visit has no incident yet")
        return self._held[self._main].incident

    @property
    def others(self) -> dict[int, Incident]:
        """The incidents locked beside it, by id."""
        return {id: held.incident for id, held in self._held.items() if id != self._main}

    async def new_incident(self, now: datetime) -> Incident:
        """Make room for an incident, which becomes the one visited; its declaration is recorded next."""
        made = await self._connection.execute(
            insert(incidents).returning(incidents.c.id),
            {**_summary(Incident(0)), "rewrites": 0, "created_at": now},
        )
        self._main = int(made.scalar_one())
        self._held[self._main] = _Held(Fold(Incident(self._main), set(), 0))
        return self.incident

    async def record(
        self, facts_: Sequence[AnyFact], heard_at: datetime, *, into: Incident | None = None
    ) -> list[Recorded]:
        """Add the facts whose key is new to the incident (or to `into`, one of `others`) and fold them in.

        Returns what was added, in order; a fact said before is skipped.
        """
        held = self._held[(into or self.incident).id]
        recorded = [held.fold_in(fact, heard_at) for fact in facts_ if not held.knows(fact.key)]
        if recorded:
            await self._connection.execute(insert(facts), [to_row(held.incident.id, fact) for fact in recorded])
        return recorded

    async def put(self, calls: Sequence[Call], now: datetime) -> None:
        """Queue Slack calls; one with a known key is ignored."""
        await outbox.put(self._connection, calls, now)

    async def delivered(self, id: int, result: dict[str, Any], now: datetime) -> bool:
        """As `Store.delivered`, in one commit with what follows from it."""
        return await outbox.delivered(self._connection, self._me, id, result, now)

    async def remember(self, message: Message) -> Message | None:
        """As `Store.remember`, in this transaction."""
        return (await transcript.remember(self._connection, [message]))[0]

    async def message(self, channel: str, ts: str) -> Message | None:
        """As `Store.message`, read after the incident was locked."""
        return await transcript.message_at(self._connection, channel, ts)

    async def erase(self, entry: str, channel: str, ts: str) -> None:
        """Blank the text of that message wherever it stands: facts, transcript, inbox, unsent calls.

        The calls that follow from the erasure are put after it, or they would count as unsent too.
        """
        self._blanked |= await erasure.erase(self._connection, entry, channel, ts)

    async def count(self, counter: str) -> int:
        """The next value of a named counter, from 1; without gaps, as a rolled back visit gives its value back."""
        statement = upsert(self._connection.dialect.name, counters).values(name=counter, value=1)
        following = statement.on_conflict_do_update(
            index_elements=["name"], set_={"value": counters.c.value + 1}
        ).returning(counters.c.value)
        return int((await self._connection.execute(following)).scalar_one())

    async def take(self, name: str) -> bool:
        """Reserve a name, such as an incident's number, for this incident for good. False: it is taken."""
        taken = await self._connection.execute(
            insert_new(self._connection.dialect.name, names, "name"), {"name": name, "incident": self._main}
        )
        return taken.rowcount == 1

    async def answer(self, envelope_key: str, answer: dict[str, Any]) -> None:
        """Remember what was answered, so that until the envelope is finished a replay says it instead of deciding."""
        await inbox.answer(self._connection, envelope_key, answer)

    async def finish(self, envelope_key: str, now: datetime) -> None:
        """Nobody needs to dispatch this envelope again once this visit is committed."""
        if await inbox.finish(self._connection, envelope_key, now):
            self._finished.add(envelope_key)

    async def _lock(self, folds: Folds, main: int | None, ids: Collection[int]) -> None:
        """Lock in ascending order, or two visits could wait for each other."""
        if not ids:
            return
        rows = await self._connection.execute(
            select(incidents.c.id, incidents.c.seq, incidents.c.rewrites, incidents.c.projected)
            .where(incidents.c.id.in_(ids))
            .order_by(incidents.c.id)
            .with_for_update(key_share=True)  # a row that refers to the incident may be inserted meanwhile
        )
        for id, seq, rewrites, projected in rows.all():
            self._held[id] = _Held(await folds.current(self._connection, id, seq, rewrites))
            if projected != projections.PROJECTION:
                self._held[id].look_over()
        if unknown := set(ids) - set(self._held):
            raise UnknownIncident(f"there is no incident {min(unknown)}")
        self._main = main

    async def _settle(self) -> None:
        """Keep the summaries in step, and what else is looked up across incidents, last of all."""
        for held in self._held.values():
            if held.new_keys or held.stale:
                changed = update(incidents).where(incidents.c.id == held.incident.id)
                await self._connection.execute(changed, _summary(held.incident))
                await held.changed.settle(self._connection, held.incident)

    def _committed(self, folds: Folds) -> None:
        for id, held in self._held.items():
            if id not in self._blanked:
                folds.keep(held.fold())


class _Held:
    """One locked incident: a copy to fold into, and the keys it has."""

    def __init__(self, fold: Fold) -> None:
        self.incident = fold.incident.copy()
        self.new_keys: set[str] = set()
        self.changed = projections.Changed()
        self.stale = False  # what is looked up of it was made by another version
        self._before = fold

    def look_over(self) -> None:
        self.stale = True
        self.changed.all_of_it()

    def knows(self, key: str) -> bool:
        return key in self.new_keys or key in self._before.keys

    def fold_in(self, fact: AnyFact, heard_at: datetime) -> Recorded:
        recorded = Recorded(self.incident.seq + 1, heard_at, fact)
        evolve(self.incident, recorded)
        self.changed.note(self.incident, fact)
        self.new_keys.add(fact.key)
        return recorded

    def fold(self) -> Fold:
        """What stands after the commit; the keys are added in place, as copying them would cost what is old."""
        self._before.keys.update(self.new_keys)
        return Fold(self.incident, self._before.keys, self._before.rewrites)


def _summary(incident: Incident) -> dict[str, Any]:
    return {
        "seq": incident.seq,
        "number": incident.number or None,
        "channel": incident.channel,
        "status": incident.status.value,
        "severity": incident.severity.value,
        "family": incident.family,
        "title": incident.title,
        "services": incident.services,
        "private": incident.private,
        "drill": incident.drill,
        "declared_at": incident.declared_at,
        **projections.columns(incident),
    }


@asynccontextmanager
async def visit(
    db: Database, folds: Folds, finished: set[str], me: str, id: int | None, also: Sequence[int]
) -> AsyncIterator[Visit]:
    """Lock, lend, commit, and only then remember.

    Raises:
        UnknownIncident: one of the ids is nobody's.
    """
    async with db.writing() as connection:
        mine = Visit(connection, me)
        await mine._lock(folds, id, {*also} if id is None else {id, *also})
        yield mine
        await mine._settle()
    mine._committed(folds)
    finished.update(mine._finished)
