"""What Slack said of people and of the workspace, so that a name, a zone or a link costs no call."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from functools import cache
from typing import Any

from sqlalchemy import Connection, Executable, select

from storage.engine import Database
from storage.tables import people, upsert, workspace
from storage.values import Person


class Directory:
    """The part of the store that holds people."""

    _db: Database

    async def person(self, id: str) -> Person | None:
        return (await self.people([id])).get(id)

    async def people(self, ids: Collection[str]) -> dict[str, Person]:
        """Those of them who are known, by id."""
        wanted = select(people).where(people.c.id.in_(set(ids)))
        rows = await self._db.read(lambda connection: connection.execute(wanted).all())
        return {row.id: Person(**row._mapping) for row in rows}

    async def meet(self, person: Person) -> None:
        """Keep what Slack says now; an older answer that comes late changes nothing."""
        await self._db.once(_meet, asdict(person))

    async def team_url(self) -> str:
        """The address of the workspace, ending in a slash; empty before the first connection."""
        known = select(workspace.c.value).where(workspace.c.name == "url")
        return str(await self._db.read(lambda connection: connection.scalar(known)) or "")

    async def note_team_url(self, url: str) -> None:
        """Keep the workspace's address, so that reports made without Slack can link to it."""
        await self._db.once(_note, "url", url)


def _note(connection: Connection, name: str, value: str) -> None:
    statement = upsert(connection.dialect.name, workspace).values(name=name, value=value)
    connection.execute(
        statement.on_conflict_do_update(index_elements=["name"], set_={"value": statement.excluded.value})
    )


def _meet(connection: Connection, person: dict[str, Any]) -> None:
    connection.execute(_upsert(connection.dialect.name), person)


@cache
def _upsert(dialect: str) -> Executable:
    statement = upsert(dialect, people)
    return statement.on_conflict_do_update(
        index_elements=["id"],
        set_={column.name: statement.excluded[column.name] for column in people.columns if column.name != "id"},
        where=statement.excluded.fetched_at >= people.c.fetched_at,
    )
