"""Looking across incidents: lists, searches, statistics and action items, each of what somebody may see."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import reduce
from operator import add
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, case, func, or_, select

from bot.metrics import Item, Measures, Reading
from bot.words import OVER, ActionStatus, Severity, Status
from storage.engine import Database
from storage.tables import action_items, incidents, search
from storage.values import Found, Hit, Owned, Row, Sight

SUMMARY: Final = (
    incidents.c.id,
    incidents.c.number,
    incidents.c.title,
    incidents.c.severity,
    incidents.c.family,
    incidents.c.status,
    incidents.c.channel,
    incidents.c.private,
    incidents.c.drill,
    incidents.c.declared_at,
    incidents.c.services,
    incidents.c.type,
)
_UNFINISHED: Final = tuple(
    status.value for status in ActionStatus if status not in (ActionStatus.DONE, ActionStatus.DECLINED)
)


class Looking:
    """The part of the store that looks across incidents."""

    _db: Database

    async def private_channels(self) -> frozenset[str]:
        """The channels of the private incidents: nothing of these is shown but to their members."""
        return await self._channels(incidents.c.private)

    async def incident_channels(self) -> frozenset[str]:
        """The channels of all incidents."""
        return await self._channels(incidents.c.id > 0)

    async def _channels(self, wanted: ColumnElement[bool]) -> frozenset[str]:
        query = select(incidents.c.channel).where(wanted, incidents.c.channel.is_not(None)).distinct()
        return frozenset(map(str, await self._db.read(lambda connection: connection.scalars(query).all())))

    async def listed(
        self, sight: Sight, *, statuses: Collection[Status] | None, limit: int, skip: int = 0
    ) -> tuple[list[Row], int]:
        """Summaries of what may be seen, the newest first, and how many there are in all."""
        wanted = _seen(sight)
        if statuses is not None:
            wanted &= incidents.c.status.in_(sorted(statuses))
        page = select(*SUMMARY).where(wanted).order_by(incidents.c.id.desc()).limit(limit).offset(skip)
        total = select(func.count()).select_from(incidents).where(wanted)
        return await self._db.read(
            lambda connection: (
                [row_of(row._mapping) for row in connection.execute(page)],
                int(connection.scalar(total) or 0),
            )
        )

    async def found(self, words: Sequence[str], sight: Sight, *, limit: int, skip: int = 0) -> tuple[list[Found], int]:
        """The incidents that say the most of these words, the best first, and how many there are.

        Of two with as many words, the one that says them in weightier places comes first; then the newer one.
        """
        columns = [_bears(word) for word in words]
        each = [func.max(case((bears, search.c.weight), else_=0)) for bears in columns]
        grouped = (
            select(search.c.incident, *each)
            .join(incidents, incidents.c.id == search.c.incident)
            .where(or_(*columns), _seen(sight))
            .group_by(search.c.incident)
        )
        return await self._db.read(_found, words, grouped, skip, limit)

    async def measured(self, sight: Sight, since: datetime | None, until: datetime | None) -> dict[int, Measures]:
        """What each incident that began within [since, until) gives to the statistics, by its id."""
        wanted = _seen(sight) & incidents.c.began_at.is_not(None)
        if since is not None:
            wanted &= incidents.c.began_at >= since
        if until is not None:
            wanted &= incidents.c.began_at < until
        query = select(*SUMMARY, incidents.c.began_at, incidents.c.clocks).where(wanted).order_by(incidents.c.id)
        rows = await self._db.read(lambda connection: connection.execute(query).all())
        return {row.id: _measures(row._mapping) for row in rows}

    async def items_measured(self, of: Collection[int]) -> list[Item]:
        """What the action items of these incidents give to the statistics."""
        query = select(action_items, incidents.c.drill, incidents.c.status.label("standing")).join(
            incidents, incidents.c.id == action_items.c.incident
        )
        wanted = frozenset(of)
        rows = await self._db.read(lambda connection: connection.execute(query).all())
        return [_item(row._mapping) for row in rows if row.incident in wanted]

    async def unfinished_items(
        self, sight: Sight, *, owners: Iterable[str] | None = None, of: Collection[int] | None = None
    ) -> list[Owned]:
        """Action items not done and not declined, by due date, those without one last: of these owners or incidents.

        Nobody is nudged for an incident that was cancelled or merged away, so its items are not among them.
        """
        wanted = _seen(sight) & action_items.c.status.in_(_UNFINISHED)
        wanted &= incidents.c.status.not_in(sorted(OVER))
        if owners is not None:
            wanted &= action_items.c.owner.in_(sorted(owners))
        if of is not None:
            wanted &= action_items.c.incident.in_(sorted(of))
        query = (
            select(action_items.c.incident, action_items.c.action, action_items.c.owner, action_items.c.due)
            .join(incidents, incidents.c.id == action_items.c.incident)
            .where(wanted)
            .order_by(func.coalesce(action_items.c.due, "9999"), action_items.c.incident, action_items.c.action)
        )
        return [Owned(*row) for row in await self._db.read(lambda connection: connection.execute(query).all())]

    async def group_owners(self) -> list[str]:
        """The user groups that own unfinished action items."""
        groups = action_items.c.owner.like("S%") & action_items.c.status.in_(_UNFINISHED)
        owners = select(action_items.c.owner).where(groups).distinct()
        return [str(owner) for owner in await self._db.read(lambda connection: connection.scalars(owners).all())]

    async def past(self, *, but: int, limit: int) -> list[Row]:
        """Public incidents that say something of another: no drill, none cancelled or merged away; the newest first."""
        wanted = ~incidents.c.private & ~incidents.c.drill & incidents.c.status.not_in(sorted(OVER))
        query = select(*SUMMARY).where(wanted, incidents.c.id != but).order_by(incidents.c.id.desc()).limit(limit)
        return [row_of(row._mapping) for row in await self._db.read(lambda connection: connection.execute(query).all())]


HITS_MOST: Final = 4
"""Things shown of one incident that was found."""


def _found(
    connection: Connection, words: Sequence[str], grouped: Select[Any], skip: int, limit: int
) -> tuple[list[Found], int]:
    scored = {row[0]: tuple(row[1:]) for row in connection.execute(grouped)}
    best = _best(scored)
    page = best[skip : skip + limit]
    summaries = {row.id: row_of(row._mapping) for row in connection.execute(_summaries(page))}
    hits = [row for row in connection.execute(_hits(words, page)) if row.nth <= HITS_MOST]
    told = [
        Found(
            row=summaries[id],
            weights=scored[id],
            things=max((hit.things for hit in hits if hit.incident == id), default=0),
            hits=tuple(_hit(hit, len(words)) for hit in hits if hit.incident == id),
        )
        for id in page
    ]
    return told, len(best)


def _summaries(ids: Collection[int]) -> Select[Any]:
    return select(*SUMMARY).where(incidents.c.id.in_(ids))


def row_of(columns: Any) -> Row:
    said = {name: columns[name] for name in (column.name for column in SUMMARY)}
    return Row(
        **{
            **said,
            "severity": Severity(said["severity"]),
            "status": Status(said["status"]),
            "services": tuple(said["services"]),
            "type": said["type"] or "other",
        }
    )


def _seen(sight: Sight) -> ColumnElement[bool]:
    """Whoever sees the public ones sees the private ones of the channels too; whoever does not, only the channels'."""
    mine = incidents.c.channel.in_(sorted(sight.channels))
    return ~incidents.c.private | mine if sight.public else mine


def _bears(word: str) -> ColumnElement[bool]:
    """The words begin so, one after the other; they hold nothing that LIKE could read as a pattern."""
    return search.c.words.like(f"% {word}%")


def _best(scored: Mapping[int, Sequence[int]]) -> list[int]:
    """The incidents that say as many of the words as any does, the best first."""
    said = {id: sum(weight > 0 for weight in weights) for id, weights in scored.items()}
    most = max(said.values(), default=0)
    return sorted((id for id in scored if said[id] == most), key=lambda id: (-sum(scored[id]), -id))


def _hits(words: Sequence[str], among: Collection[int]) -> Select[Any]:
    """The things that say some of the words, numbered within their incident, the best first."""
    bears = [case((_bears(word), 1), else_=0).label(f"w{n}") for n, word in enumerate(words)]
    many = reduce(add, (case((_bears(word), 1), else_=0) for word in words))
    order = (many.desc(), search.c.weight.desc(), search.c.thing)
    return (
        select(
            search.c.incident,
            search.c.thing,
            *bears,
            func.row_number().over(partition_by=search.c.incident, order_by=order).label("nth"),
            func.count().over(partition_by=search.c.incident).label("things"),
        )
        .where(search.c.incident.in_(sorted(among)), or_(*(_bears(word) for word in words)))
        .order_by(search.c.incident, "nth")
    )


def _hit(row: Any, words: int) -> Hit:
    said = row._mapping
    return Hit(row.thing, tuple(n for n in range(words) if said[f"w{n}"]))


def _measures(said: Any) -> Measures:
    return Measures(
        severity=Severity(said["severity"]),
        status=Status(said["status"]),
        services=tuple(said["services"]),
        drill=said["drill"],
        private=said["private"],
        began_at=said["began_at"],
        clocks={name: Reading.read(stored) for name, stored in (said["clocks"] or {}).items()},
    )


def _item(said: Any) -> Item:
    return Item(
        status=ActionStatus(said["status"]),
        added_at=said["added_at"],
        due=date.fromisoformat(said["due"]) if said["due"] else None,
        drill=said["drill"],
        over=Status(said["standing"]) in OVER,
    )
