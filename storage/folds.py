"""Incidents as they now stand, remembered up to a sequence number: loading costs what is new, not what is old."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Executable, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.evolve import evolve
from bot.facts import Recorded
from bot.incident import Incident
from storage.rows import from_row
from storage.tables import facts

REMEMBERED: Final = 1_000
"""Incidents kept folded in memory; the least recently used goes first."""


class UnknownIncident(LookupError):
    """There is no incident with this id."""


@dataclass(frozen=True, slots=True)
class Fold:
    """A fold nobody changes any more, the keys of its facts, and how often facts had been blanked before."""

    incident: Incident
    keys: set[str]
    rewrites: int


class Folds:
    """The folds this process remembers; only committed facts get in."""

    def __init__(self) -> None:
        self._folds: OrderedDict[int, Fold] = OrderedDict()

    async def current(self, connection: AsyncConnection, id: int, seq: int, rewrites: int) -> Fold:
        """The fold up to `seq` at least, of which only the facts not yet folded are loaded."""
        known = self._folds.get(id)
        if known is None or known.rewrites != rewrites:
            known = Fold(Incident(id), set(), rewrites)
        if known.incident.seq >= seq:
            self.keep(known)
            return known
        newer = _extended(known, await connection.execute(_facts_after(id, known.incident.seq)))
        self.keep(newer)
        return newer

    def keep(self, fold: Fold) -> None:
        """Remember what is committed, unless something newer is remembered already."""
        id = fold.incident.id
        known = self._folds.get(id)
        if known is None or (known.rewrites, known.incident.seq) <= (fold.rewrites, fold.incident.seq):
            self._folds[id] = fold
        self._folds.move_to_end(id)
        if len(self._folds) > REMEMBERED:
            self._folds.popitem(last=False)


def _facts_after(id: int, seq: int) -> Executable:
    return (
        select(facts.c.seq, facts.c.key, facts.c.kind, facts.c.at, facts.c.heard_at, facts.c.body)
        .where(facts.c.incident == id, facts.c.seq > seq)
        .order_by(facts.c.seq)
    )


async def all_facts(connection: AsyncConnection, id: int) -> list[Recorded]:
    """Every fact of the incident, as it stands now, the oldest first."""
    return [_recorded(row) for row in await connection.execute(_facts_after(id, 0))]


def _recorded(row: Any) -> Recorded:
    return from_row(row.seq, row.key, row.kind, row.at, row.heard_at, row.body)


def _extended(fold: Fold, rows: Iterable[Any]) -> Fold:
    """The keys are added in place: they are committed, and a copy would cost what is old."""
    incident, keys = fold.incident.copy(), fold.keys
    for row in rows:
        evolve(incident, _recorded(row))
        keys.add(row.key)
    return Fold(incident, keys, fold.rewrites)
