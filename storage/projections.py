"""What is looked up across incidents, kept in step with their facts in the same commit: words, action items, clocks.

Nothing here is a source: it all follows from the facts, and is made anew where a later version wants it otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import Connection, delete, insert

from bot.facts import AnyFact
from bot.incident import ActionItem, Incident
from bot.lookup import everything, findable, touched
from bot.metrics import began, readings
from storage.tables import action_items, search

PROJECTION: Final = 2
"""Which way of looking up the rows were made for; raise it when `bot.lookup` or `bot.metrics` reads incidents anew."""


class Changed:
    """What a visit changed of one incident that others look up."""

    def __init__(self) -> None:
        self._things: set[str] = set()
        self._whole = False

    def note(self, incident: Incident, fact: AnyFact) -> None:
        self._things |= touched(incident, fact)

    def all_of_it(self) -> None:
        self._whole = True

    def settle(self, connection: Connection, incident: Incident) -> None:
        """Write the rows anew of what changed; what does not stand any more has none."""
        things = everything(incident) if self._whole else self._things
        if not things:
            return
        _forget(connection, incident, None if self._whole else things)
        _insert(connection, search, _words(incident, things))
        _insert(connection, action_items, _items(incident, things))


def _forget(connection: Connection, incident: Incident, things: set[str] | None) -> None:
    words, items = search.c.incident == incident.id, action_items.c.incident == incident.id
    if things is not None:
        words &= search.c.thing.in_(sorted(things))
        items &= action_items.c.action.in_(_actions(things))
    connection.execute(delete(search).where(words))
    if things is None or _actions(things):
        connection.execute(delete(action_items).where(items))


def _insert(connection: Connection, table: Any, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(table), rows)


def _actions(things: Iterable[str]) -> list[str]:
    return sorted(thing.removeprefix("action:") for thing in things if thing.startswith("action:"))


def _words(incident: Incident, things: set[str]) -> list[dict[str, Any]]:
    return [
        {
            "incident": incident.id,
            "thing": found.thing,
            "entry": found.entry,
            "weight": found.weight,
            "words": found.words,
        }
        for found in findable(incident, things)
    ]


def _items(incident: Incident, things: set[str]) -> list[dict[str, Any]]:
    wanted = set(_actions(things))
    return [_item(incident.id, item) for item in incident.action_items() if item.id in wanted] if wanted else []


def _item(incident: int, item: ActionItem) -> dict[str, Any]:
    return {
        "incident": incident,
        "action": item.id,
        "owner": item.owner,
        "status": item.status.value,
        "due": item.due.isoformat() if item.due else None,
        "added_at": item.added_at,
    }


def columns(incident: Incident) -> dict[str, Any]:
    """What of it stands in the incident's own row."""
    return {
        "type": incident.type.value,
        "began_at": began(incident),
        "clocks": {name: reading.stored() for name, reading in readings(incident).items()},
        "projected": PROJECTION,
    }
