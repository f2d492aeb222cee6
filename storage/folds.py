"""Incidents as they now stand, remembered up to a sequence number: loading costs what is new, not what is old."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Select, select

from bot.evolve import evolve
from bot.facts import Recorded
from bot.incident import Incident
from storage.rows import from_row
from storage.tables import facts, incidents

REMEMBERED: Final = 25_000
"""Facts kept folded in memory, some 50 MB of them; the incident that was used least recently goes first."""


class UnknownIncident(LookupError):
    """There is no incident with this id."""


@dataclass(frozen=True, slots=True)
class Fold:
    """A fold nobody changes any more, the keys of its facts, and how often facts had been blanked before."""

    incident: Incident
    keys: set[str]
    rewrites: int


@dataclass(frozen=True, slots=True)
class News:
    """What the database has beyond a fold: the facts after it, or all of them where some were blanked since."""

    seq: int
    rewrites: int
    projected: int  # see `storage.projections`
    rows: Sequence[Any]


class Folds:
    """The folds this process remembers; only committed facts get in."""

    def __init__(self) -> None:
        self._folds: OrderedDict[int, Fold] = OrderedDict()
        self._facts = 0

    def known(self, id: int) -> Fold:
        """The incident as far as it is remembered, perhaps not at all."""
        return self._folds.get(id) or _empty(id, 0)

    def extended(self, fold: Fold, news: News) -> Fold:
        """The fold with what is new, and remember it."""
        newer = fold if fold.rewrites == news.rewrites else _empty(fold.incident.id, news.rewrites)
        if news.rows:
            newer = _extended(newer, news.rows)
        self.keep(newer)
        return newer

    def keep(self, fold: Fold) -> None:
        """Remember what is committed, unless something newer is remembered already."""
        id = fold.incident.id
        known = self._folds.get(id)
        if known is None or (known.rewrites, known.incident.seq) <= (fold.rewrites, fold.incident.seq):
            self._folds[id] = fold
            self._facts += fold.incident.seq - (known.incident.seq if known else 0)
        self._folds.move_to_end(id)
        while self._facts > REMEMBERED and len(self._folds) > 1:
            _, gone = self._folds.popitem(last=False)
            self._facts -= gone.incident.seq


def _empty(id: int, rewrites: int) -> Fold:
    return Fold(Incident(id), set(), rewrites)


def news(connection: Connection, folds: Collection[Fold], *, lock: bool = False) -> dict[int, News]:
    """What there is beyond these folds, by incident, each locked on demand; in ascending order, or two visits could
    wait for each other. Incidents that do not exist are left out.
    """
    known = {fold.incident.id: fold for fold in folds}
    state = (incidents.c.id, incidents.c.seq, incidents.c.rewrites, incidents.c.projected)
    wanted = select(*state).where(incidents.c.id.in_(known))
    if lock:  # a row that refers to the incident may be inserted meanwhile
        wanted = wanted.order_by(incidents.c.id).with_for_update(key_share=True)
    return {
        id: News(seq, rewrites, projected, _rows(connection, known[id], seq, rewrites))
        for id, seq, rewrites, projected in connection.execute(wanted).all()
    }


def _rows(connection: Connection, fold: Fold, seq: int, rewrites: int) -> Sequence[Any]:
    known = fold.incident.seq if fold.rewrites == rewrites else 0
    if known >= seq:
        return ()
    return connection.execute(_facts_after(fold.incident.id, known)).all()


def _facts_after(id: int, seq: int) -> Select[Any]:
    return (
        select(facts.c.seq, facts.c.key, facts.c.kind, facts.c.at, facts.c.heard_at, facts.c.body)
        .where(facts.c.incident == id, facts.c.seq > seq)
        .order_by(facts.c.seq)
    )


def all_facts(connection: Connection, id: int) -> list[Recorded]:
    """Every fact of the incident, as it stands now, the oldest first."""
    return [_recorded(row) for row in connection.execute(_facts_after(id, 0))]


def _recorded(row: Any) -> Recorded:
    return from_row(row.seq, row.key, row.kind, row.at, row.heard_at, row.body)


def _extended(fold: Fold, rows: Iterable[Any]) -> Fold:
    """The keys are added in place: they are committed, and a copy would cost what is old."""
    incident, keys = fold.incident.copy(), fold.keys
    for row in rows:
        evolve(incident, _recorded(row))
        keys.add(row.key)
    return Fold(incident, keys, fold.rewrites)
