"""A visit is one transaction with its incidents locked: all that is said in it stands or falls together."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection as Blocking
from sqlalchemy import insert, update

from bot.evolve import evolve
from bot.facts import AnyFact, Recorded
from bot.incident import Incident
from storage import erasure, followups, homes, inbox, outbox, projections, transcript, versions
from storage.engine import Connection, Database
from storage.folds import Fold, Folds, UnknownIncident, news
from storage.followups import Revise
from storage.rows import to_row
from storage.tables import counters, facts, incidents, insert_new, names, upsert
from storage.values import Call, Message


class Visit:
    """What may be done while the incidents are mine. No network in here, and no other writing through the store.

    What is only to be written is collected and written at the end, in few statements however much it is.
    """

    def __init__(self, connection: Connection, me: str) -> None:
        self._connection = connection
        self._me = me
        self._main: int | None = None
        self._held: dict[int, _Held] = {}
        self._facts: list[dict[str, Any]] = []
        self._calls: list[tuple[Call, datetime]] = []
        self._answers: dict[str, dict[str, Any]] = {}
        self._done: dict[str, datetime] = {}
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
        self._main = await self._connection.run(_new_incident, now)
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
        self._facts += [to_row(held.incident.id, fact) for fact in recorded]
        return recorded

    async def put(self, calls: Sequence[Call], now: datetime) -> None:
        """Queue Slack calls; one with a known key is ignored."""
        self._calls += [(call, now) for call in calls]

    async def follow(self, incident: int, keys: Collection[str] | None, revise: Revise) -> set[tuple[str, str]]:
        """Bring what is followed up in the incident under these keys (None: all) to what `revise` makes of it.

        Returns who was told of any of it and on which day last: the messages that show it.
        """
        return await self._connection.run(followups.follow, incident, keys, revise)

    async def homes(self, among: Collection[str]) -> set[str]:
        """Those of the people who ever looked at their Home tab."""
        return await self._connection.run(homes.opened, among) if among else set()

    async def delivered(self, id: int, result: dict[str, Any], now: datetime) -> bool:
        """As `Store.delivered`, in one commit with what follows from it."""
        return await self._connection.run(outbox.delivered, self._me, id, result, now)

    async def remember(self, message: Message) -> Message | None:
        """As `Store.remember`, in this transaction."""
        return (await self.remember_all([message]))[0]

    async def remember_all(self, page: Sequence[Message]) -> list[Message | None]:
        """As `Store.remember_all`, in this transaction."""
        return await self._connection.run(transcript.remember, page)

    async def mentions(self, channel: str, of: str, since: str, limit: int) -> list[Message]:
        """What people said in the channel to the user `of` from that ts on, the oldest first."""
        return await self._connection.run(transcript.mentions, channel, of, since, limit)

    async def keep(self, envelope_key: str, kind: str, body: dict[str, Any], at: datetime) -> bool:
        """Keep an envelope that Slack never delivered, as received at that moment, for whoever sweeps first.

        False: it is known already.
        """
        return await self._connection.run(inbox.keep, envelope_key, kind, body, at)

    async def unfinished(self, replaces: str) -> list[tuple[dict[str, Any], bool]]:
        """The arguments of the calls of this name that are not delivered, and whether a newer one would replace it."""
        return await self._connection.run(outbox.unfinished, replaces)

    async def message(self, channel: str, ts: str) -> Message | None:
        """As `Store.message`, read after the incident was locked."""
        return (await self.messages([(channel, ts)])).get((channel, ts))

    async def messages(self, places: Collection[tuple[str, str]]) -> dict[tuple[str, str], Message]:
        """The messages at these (channel, ts), as far as they are known, read after the incident was locked."""
        return await self._connection.run(transcript.messages_at, places)

    async def erase(self, channel: str, ts: str) -> list[tuple[int, str, str]]:
        """Blank the text of that message wherever it stands: facts, transcript, inbox, unsent calls, published texts.

        The calls that follow from the erasure are put after it, or they would count as unsent too. Returns incident,
        family and number of each published version that has to be written again.
        """
        return await self._connection.run(self._erase, channel, ts)

    async def count(self, counter: str) -> int:
        """The next value of a named counter, from 1; without gaps, as a rolled back visit gives its value back."""
        return await self._connection.run(_count, counter)

    async def take(self, name: str) -> bool:
        """Reserve a name, such as an incident's number, for this incident for good. False: it is taken."""
        return await self._connection.run(_take, name, self._main)

    async def answer(self, envelope_key: str, answer: dict[str, Any]) -> None:
        """Remember what was answered, so that until the envelope is finished a replay says it instead of deciding."""
        self._answers[envelope_key] = answer

    async def finish(self, envelope_key: str, now: datetime) -> None:
        """Nobody needs to dispatch this envelope again once this visit is committed."""
        self._done[envelope_key] = now

    async def _lock(self, folds: Folds, main: int | None, ids: Collection[int]) -> None:
        if not ids:
            return
        known = {id: folds.known(id) for id in ids}
        found = await self._connection.run(news, known.values(), lock=True)
        if unknown := known.keys() - found.keys():
            raise UnknownIncident(f"there is no incident {min(unknown)}")
        for id in known:
            self._held[id] = _Held(folds.extended(known[id], found[id]))
            if found[id].projected != projections.PROJECTION:
                self._held[id].look_over()
        self._main = main

    def _erase(self, connection: Blocking, channel: str, ts: str) -> list[tuple[int, str, str]]:
        self._write(connection)
        blanked = erasure.erase(connection, channel, ts)
        self._blanked |= blanked.keys()
        return versions.forget(connection, blanked)

    def _write(self, connection: Blocking) -> None:
        """Everything collected so far."""
        if self._facts:
            connection.execute(insert(facts), self._facts)
        if self._calls:
            outbox.put(connection, self._calls)
        for key, said in self._answers.items():
            inbox.answer(connection, key, said)
        if self._done:
            self._finished |= inbox.finish(connection, self._done, max(self._done.values()))
        self._facts, self._calls, self._answers, self._done = [], [], {}, {}

    def _settle(self, connection: Blocking) -> None:
        """Write what is left; keep the summaries in step, and what else is looked up across incidents, last of all."""
        self._write(connection)
        for held in self._held.values():
            if held.new_keys or held.stale:
                changed = update(incidents).where(incidents.c.id == held.incident.id)
                connection.execute(changed, _summary(held.incident))
                held.changed.settle(connection, held.incident)

    def _committed(self, folds: Folds) -> None:
        for id, held in self._held.items():
            if id not in self._blanked:
                folds.keep(held.fold())


def _new_incident(connection: Blocking, now: datetime) -> int:
    row = {**_summary(Incident(0)), "rewrites": 0, "created_at": now}
    return int(connection.execute(insert(incidents).returning(incidents.c.id), row).scalar_one())


def _count(connection: Blocking, counter: str) -> int:
    statement = upsert(connection.dialect.name, counters).values(name=counter, value=1)
    following = statement.on_conflict_do_update(
        index_elements=["name"], set_={"value": counters.c.value + 1}
    ).returning(counters.c.value)
    return int(connection.execute(following).scalar_one())


def _take(connection: Blocking, name: str, incident: int | None) -> bool:
    statement = insert_new(connection.dialect.name, names, "name")
    return connection.execute(statement, {"name": name, "incident": incident}).rowcount == 1


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
        connection.at_last(mine._settle)
        yield mine
    mine._committed(folds)
    finished.update(mine._finished)
