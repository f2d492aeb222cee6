"""Our own copy of what was said: the newest wording of each message, and nothing of a deleted one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Executable, Row, bindparam, exists, func, or_, select

from storage.engine import Database
from storage.tables import incidents, messages, upsert
from storage.values import Message

_KEY: Final = ("channel", "ts")
_AT: Final = select(messages).where(
    messages.c.channel.in_(bindparam("channels", expanding=True)),
    messages.c.ts.in_(bindparam("stamps", expanding=True)),
)


class Transcript:
    """The part of the store that holds messages."""

    _db: Database

    async def remember(self, message: Message) -> Message | None:
        """Keep a message as it now stands and return what stood before.

        An older edit never overwrites a newer one; what is deleted stays deleted and has no text.
        """
        return (await self.remember_all([message]))[0]

    async def remember_all(self, page: Sequence[Message]) -> list[Message | None]:
        """`remember` for many messages in one transaction, as when a history is read back."""
        return await self._db.write(remember, page)

    async def message(self, channel: str, ts: str) -> Message | None:
        found = await self._select(messages.c.channel == channel, messages.c.ts == ts)
        return found[0] if found else None

    async def known(self, channel: str, stamps: Collection[str]) -> dict[str, Message]:
        """Of these messages those that were heard of, deleted ones too."""
        found = await self._select(messages.c.channel == channel, messages.c.ts.in_(stamps))
        return {message.ts: message for message in found}

    async def thread(self, channel: str, thread_ts: str) -> list[Message]:
        """The message that opens the thread and its replies, in order."""
        in_thread = or_(messages.c.thread_ts == thread_ts, messages.c.ts == thread_ts)
        return await self._select(messages.c.channel == channel, in_thread)

    async def messages(self, channel: str, oldest: str, latest: str, limit: int) -> list[Message]:
        """The first `limit` messages from `oldest` to `latest`, both included; deleted ones and replies too."""
        ts = messages.c.ts
        return await self._select(messages.c.channel == channel, ts >= oldest, ts <= latest, limit=limit)

    async def standing(self, channel: str, thread: str | None, after: str, upto: str, limit: int) -> list[Message]:
        """Of the messages after `after` up to `upto` the first `limit` that nobody deleted: replies in one thread, or
        for None what stands in the channel itself.
        """
        ts, in_channel = messages.c.ts, or_(messages.c.thread_ts.is_(None), messages.c.subtype == "thread_broadcast")
        place = in_channel if thread is None else messages.c.thread_ts == thread
        kept = ~messages.c.deleted
        return await self._select(messages.c.channel == channel, place, kept, ts > after, ts <= upto, limit=limit)

    async def threads(self, channel: str, parents: Collection[str]) -> dict[str, tuple[int, str]]:
        """Of these messages those with replies that stand: how many, and the ts of the newest."""
        wanted = (
            select(messages.c.thread_ts, func.count(), func.max(messages.c.ts))
            .where(messages.c.channel == channel, messages.c.thread_ts.in_(parents), ~messages.c.deleted)
            .group_by(messages.c.thread_ts)
        )
        rows = await self._db.read(lambda connection: connection.execute(wanted).all())
        return {parent: (count, newest) for parent, count, newest in rows}

    async def active_threads(self, channel: str, since: str, limit: int) -> list[str]:
        """The messages from before `since` to which somebody replied since then, as far as heard."""
        parent = messages.c.thread_ts
        wanted = (
            select(parent)
            .where(messages.c.channel == channel, parent < since, messages.c.ts >= since)
            .distinct()
            .order_by(parent)
            .limit(limit)
        )
        return await self._db.read(lambda connection: list(connection.scalars(wanted)))

    async def last_heard(self, channel: str) -> str | None:
        """The ts of the newest message known, replies included."""
        newest = select(func.max(messages.c.ts)).where(messages.c.channel == channel)
        return await self._db.read(lambda connection: connection.scalar(newest))

    async def _select(self, *where: ColumnElement[bool], limit: int | None = None) -> list[Message]:
        wanted = select(messages).where(*where).order_by(messages.c.ts).limit(limit)
        return [_message(row) for row in await self._db.read(lambda connection: connection.execute(wanted).all())]


def remember_where_followed(connection: Connection, page: Sequence[Message]) -> None:
    """Within a transaction: keep what was just said, in channels that have an incident. What is known of a message
    already is never older.
    """
    if page:
        rows = [_row(message) for message in sorted(page, key=lambda message: (message.channel, message.ts))]
        connection.execute(_where_followed(connection.dialect.name), rows)


def remember(connection: Connection, page: Sequence[Message]) -> list[Message | None]:
    """Within a transaction: keep each message as it now stands; return what stood before each."""
    known = messages_at(connection, [(message.channel, message.ts) for message in page])
    before: list[Message | None] = []
    changed: dict[tuple[str, str], Message] = {}
    for message in map(_without_text_if_deleted, page):
        place = (message.channel, message.ts)
        old = known.get(place)
        before.append(old)
        if old is None or _supersedes(message, old):
            known[place] = changed[place] = message
    if changed:  # in ascending order, or two replicas that remember the same could wait for each other
        rows = [_row(changed[place]) for place in sorted(changed)]
        connection.execute(_upsert(connection.dialect.name), rows)
    return before


def mentions(connection: Connection, channel: str, of: str, since: str, limit: int) -> list[Message]:
    """Within a transaction: what people said to the user `of` from that ts on, as it stands, the oldest first."""
    spoken = messages.c.text.contains(f"<@{of}", autoescape=True), messages.c.author_kind == "person"
    wanted = select(messages).where(messages.c.channel == channel, messages.c.ts >= since, ~messages.c.deleted, *spoken)
    return [_message(row) for row in connection.execute(wanted.order_by(messages.c.ts).limit(limit))]


def messages_at(connection: Connection, places: Collection[tuple[str, str]]) -> dict[tuple[str, str], Message]:
    """Within a transaction: the messages at these (channel, ts), as they stand now."""
    wanted = {"channels": list({channel for channel, _ in places}), "stamps": list({ts for _, ts in places})}
    return {(row.channel, row.ts): _message(row) for row in connection.execute(_AT, wanted)}


def _supersedes(new: Message, old: Message) -> bool:
    if old.deleted or new == replace(old, seen_at=new.seen_at):
        return False
    return new.deleted or (new.edited_ts or "") >= (old.edited_ts or "")


def _without_text_if_deleted(message: Message) -> Message:
    return replace(message, text="", files=()) if message.deleted else message


@cache
def _upsert(dialect: str) -> Executable:
    statement = upsert(dialect, messages)
    new, old = statement.excluded, messages.c
    newer = new.deleted | (func.coalesce(new.edited_ts, "") >= func.coalesce(old.edited_ts, ""))
    return statement.on_conflict_do_update(
        index_elements=_KEY,
        set_={name: new[name] for name in messages.columns.keys() if name not in _KEY},  # noqa: SIM118
        where=~old.deleted & newer,  # again, because another replica may have been faster
    )


@cache
def _where_followed(dialect: str) -> Executable:
    said = select(*(bindparam(column.name, type_=column.type) for column in messages.columns))
    followed = exists().where(incidents.c.channel == bindparam("channel", type_=incidents.c.channel.type))
    statement = upsert(dialect, messages).from_select(messages.columns.keys(), said.where(followed))
    return statement.on_conflict_do_nothing(index_elements=_KEY)


def _row(message: Message) -> dict[str, Any]:
    return {name: getattr(message, name) for name in messages.columns.keys()}  # noqa: SIM118


def _message(row: Row[Any]) -> Message:
    return Message(**{**row._mapping, "files": tuple(row.files)})
