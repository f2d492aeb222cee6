"""Forgetting on purpose: what is old, and what one person said and was called. What is erased stays in no free page.

The report is the team's record and stays: by age nothing goes that a report is made from, and of a person the words
and the name go, while what they did stays under a name that leads to nobody.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Column, Connection, Table, Text, delete, func, insert, literal, or_, select, type_coerce, update

from bot.facts import Recorded, Removed, Source
from bot.words import OPEN, Wire
from storage import versions
from storage.engine import Database
from storage.rows import to_row
from storage.tables import (
    action_items,
    attempts,
    counters,
    facts,
    followups,
    homes,
    inbox,
    incidents,
    messages,
    nudges,
    outbox,
    people,
    search,
    upsert,
)
from storage.values import Purged

REMOVED: Final = Wire("[removed]")
ENVELOPES_KEPT: Final = timedelta(days=7)
"""A finished envelope is needed only while Slack may deliver it again, which is a day at most."""
CALLS_KEPT: Final = timedelta(days=90)
"""A delivered call has no words left; its row says where the message is, and that it was said."""

_SAYING: Final = ("captured", "reworded", "amended", "action_added")
_NAMING: Final[tuple[tuple[Table, tuple[str, ...]], ...]] = (
    (facts, ("key", "entry", "body")),
    (messages, ("author", "text")),
    (outbox, ("key", "lane", "args", "purpose", "replaces", "error", "result")),
    (inbox, ("key", "error", "answer", "body")),
    (followups, ("key", "person", "body")),
    (nudges, ("to", "key", "person")),
    (action_items, ("owner",)),
    (search, ("thing", "entry", "words")),
    (attempts, ("key", "who")),
)
"""Wherever a person's id can stand."""


class _Tried(Exception):
    """A dry run has counted; its transaction is rolled back."""

    def __init__(self, counts: Purged) -> None:
        self.counts = counts


class Purging:
    """The part of the store that forgets."""

    _db: Database

    async def purge_old(self, now: datetime, kept: timedelta | None, *, dry_run: bool = False) -> Purged:
        """Forget finished envelopes and delivered calls after their time, and of the transcript what is older than
        `kept` (None: nothing) in channels whose incident is not open.
        """
        return await self._purge(lambda connection: _old(connection, now, kept), dry_run)

    async def purge_person(self, person: str, now: datetime, *, dry_run: bool = False) -> Purged:
        """Take a person's words out of transcript, lines, envelopes and unsent calls, and their id and name out of all.

        What they did keeps its place under an id that nobody else has and that leads to nobody.
        """
        return await self._purge(lambda connection: _person(connection, person, now), dry_run)

    async def _purge(self, work: Callable[[Connection], Purged], dry_run: bool) -> Purged:
        def trying(connection: Connection) -> Purged:
            counts = work(connection)
            if dry_run:
                raise _Tried(counts)
            return counts

        try:
            counts = await self._db.write(trying)
        except _Tried as tried:
            return tried.counts
        if any(counts.values()):
            await self._db.settle_file()
        return counts


def _old(connection: Connection, now: datetime, kept: timedelta | None) -> Purged:
    def gone(table: Table, where: Any) -> int:
        return connection.execute(delete(table).where(where)).rowcount

    counts = {
        "envelopes": gone(inbox, inbox.c.done_at < now - ENVELOPES_KEPT),
        "calls": gone(outbox, outbox.c.done_at < now - CALLS_KEPT),
    }
    if kept is not None:
        before = now - kept
        open_channels = select(incidents.c.channel).where(
            incidents.c.status.in_(sorted(OPEN)), incidents.c.channel.is_not(None)
        )
        old = (messages.c.ts < f"{before.timestamp():.6f}") & messages.c.channel.not_in(open_channels)
        counts["messages"] = gone(messages, old)
        counts["envelopes"] += gone(inbox, inbox.c.aside_at < before)
        counts["calls"] += gone(outbox, outbox.c.done_at.is_(None) & (outbox.c.aside_at < before))
    return counts


def _person(connection: Connection, person: str, now: datetime) -> Purged:
    first = _First()
    counts = {
        "messages": _transcript(connection, person),
        "lines": _lines(connection, person, first),
        "envelopes": _envelopes(connection, person, now),
        "calls": _calls(connection, person, now),
    }
    stand_in = _stand_in(connection)
    counts["mentions"] = sum(_rename(connection, table, names, person, stand_in, first) for table, names in _NAMING)
    _fold_anew(connection, first, stand_in, now)
    connection.execute(delete(homes).where(homes.c.person == person))
    counts["names"] = connection.execute(delete(people).where(people.c.id == person)).rowcount
    if not any(counts.values()):
        return counts
    nobody = {"id": stand_in, "name": "removed person", "real_name": "removed person", "tz": "UTC", "fetched_at": now}
    flags = {"deleted": True, "guest": False, "stranger": False, "bot": False}
    connection.execute(insert(people), {**nobody, **flags})
    return counts


class _First(dict[int, int]):
    """The number of the first fact that was changed, by incident."""

    def note(self, incident: int, seq: int) -> None:
        self[incident] = min(seq, self.get(incident, seq))


def _transcript(connection: Connection, person: str) -> int:
    """As if deleted: what was read from Slack again would not bring the words back."""
    theirs = update(messages).where(messages.c.author == person, ~messages.c.deleted)
    return connection.execute(theirs, {"text": "", "files": [], "deleted": True}).rowcount


def _lines(connection: Connection, person: str, first: _First) -> int:
    """The words of every line they said, in each incident; the search and what was published are made anew."""
    said = select(facts.c.incident, facts.c.seq, facts.c.entry, facts.c.kind, facts.c.body).where(
        facts.c.kind.in_(_SAYING), facts.c.entry.is_not(None)
    )
    authored = said.where(type_coerce(facts.c.body, Text).contains(f'"author":{json.dumps(person)}', autoescape=True))
    entries = {row.entry for row in connection.execute(authored)}
    rows = connection.execute(said.where(facts.c.entry.in_(entries))).all()
    for row in rows:
        body = {**row.body, **{name: blank for name, blank in _BLANK.items() if row.body.get(name)}}
        connection.execute(
            update(facts).where(facts.c.incident == row.incident, facts.c.seq == row.seq), {"body": body}
        )
        first.note(row.incident, row.seq)
    connection.execute(delete(search).where(search.c.entry.in_(entries)))
    return len(entries)


_BLANK: Final = {"text": REMOVED, "files": []}


def _fold_anew(connection: Connection, first: _First, stand_in: str, now: datetime) -> None:
    """What was published goes, to be written again; each incident says from now on that a person was taken out."""
    changed = {"rewrites": incidents.c.rewrites + 1, "projected": 0, "seq": incidents.c.seq + 1}
    touched = update(incidents).where(incidents.c.id.in_(first)).values(changed)
    for id, seq in connection.execute(touched.returning(incidents.c.id, incidents.c.seq)).all():
        said = Removed(key=f"removed:{stand_in}", at=now, source=Source("system", "scribe"), since=first[id])
        connection.execute(insert(facts), to_row(id, Recorded(seq, now, said)))
    versions.forget(connection, first)


def _envelopes(connection: Connection, person: str, now: datetime) -> int:
    """What is done or was given up loses its body; what is being worked on keeps it, and is done in seconds."""
    theirs = _says(inbox.c.body, person) & or_(inbox.c.done_at.is_not(None), inbox.c.aside_at.is_not(None))
    return connection.execute(
        update(inbox)
        .where(theirs)
        .values(body={}, done_at=func.coalesce(inbox.c.done_at, literal(now, inbox.c.done_at.type)))
    ).rowcount


def _calls(connection: Connection, person: str, now: datetime) -> int:
    """A call that was given up would say it still."""
    theirs = _says(outbox.c.args, person) & outbox.c.aside_at.is_not(None) & outbox.c.done_at.is_(None)
    return connection.execute(update(outbox).where(theirs).values(args={}, done_at=now)).rowcount


def _says(column: Column[Any], person: str) -> Any:
    return type_coerce(column, Text).contains(person, autoescape=True)


def _stand_in(connection: Connection) -> str:
    """An id that Slack gives to nobody and that tells nothing of the one it stands for."""
    statement = upsert(connection.dialect.name, counters).values(name="removed_people", value=1)
    following = statement.on_conflict_do_update(index_elements=["name"], set_={"value": counters.c.value + 1})
    return f"UREMOVED{int(connection.execute(following.returning(counters.c.value)).scalar_one()):04}"


def _rename(
    connection: Connection, table: Table, names: tuple[str, ...], person: str, stand_in: str, first: _First
) -> int:
    """Put the stand-in wherever the whole id stands; return in how many rows."""
    whole = re.compile(rf"(?<![A-Z0-9]){re.escape(person)}(?![A-Z0-9])")
    primary = list(table.primary_key.columns)
    read = [type_coerce(table.c[name], Text).label(name) for name in names]
    where = or_(*(_says(table.c[name], person) for name in names))
    identified = [column.label(f"_{column.name}") for column in primary]
    renamed = 0
    for row in connection.execute(select(*identified, *read).where(where)).mappings().all():
        new = {name: whole.sub(stand_in, row[name]) for name in names if row[name] and whole.search(row[name])}
        if new:
            this = [column == row[f"_{column.name}"] for column in primary]
            values = {name: type_coerce(value, Text) for name, value in new.items()}
            connection.execute(update(table).where(*this).values(values))
            renamed += 1
            if table is facts:
                first.note(row["_incident"], row["_seq"])
    return renamed
