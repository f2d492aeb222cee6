"""The tables. Times are whole microseconds since 1970 UTC and documents are JSON text, alike on both databases."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
    Executable,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.dialects import postgresql, sqlite

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


class Moment(TypeDecorator[datetime]):
    """An aware datetime, exact to the microsecond; a naive one is refused with ValueError."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a zone cannot be stored")
        return (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return None if value is None else _EPOCH + value * _MICROSECOND


class Document(TypeDecorator[Any]):
    """JSON as ASCII text: PostgreSQL's own JSONB refuses NUL and lone surrogates, which Slack can send."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else json.dumps(value, separators=(",", ":"))

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)


class Prose(TypeDecorator[str]):
    """Text as people write it; NUL and lone surrogates, which no database keeps, become U+FFFD."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        whole = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return whole.replace("\x00", "\ufffd")


# Slack's ts compare as text only byte by byte; PostgreSQL's other collations skip the dot.
_Ts = String().with_variant(String(collation="C"), "postgresql")
_Id = BigInteger().with_variant(Integer(), "sqlite")  # only INTEGER is SQLite's own row id

metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

incidents: Final = Table(
    "incidents",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("seq", Integer, nullable=False),  # of its newest fact
    Column("rewrites", Integer, nullable=False),  # how often facts were blanked in place: older folds are stale
    Column("number", Prose),
    Column("channel", String),
    Column("status", String, nullable=False),
    Column("severity", String, nullable=False),
    Column("family", String, nullable=False),
    Column("title", Prose, nullable=False),
    Column("services", Document, nullable=False),
    Column("private", Boolean, nullable=False),
    Column("drill", Boolean, nullable=False),
    Column("declared_at", Moment),
    Column("created_at", Moment, nullable=False),
    Column("type", String),
    Column("began_at", Moment),
    Column("clocks", Document),
    Column("projected", Integer, nullable=False, server_default="0"),  # by which version of `storage.projections`
    Index(None, "number"),
    Index(None, "channel"),
    Index(None, "status"),
)

facts: Final = Table(
    "facts",
    metadata,
    Column("incident", _Id, ForeignKey("incidents.id"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("key", Text, nullable=False),
    Column("kind", String, nullable=False),
    Column("at", Moment, nullable=False),
    Column("heard_at", Moment, nullable=False),
    Column("entry", Text),  # the line it speaks of, so that erasing finds it
    Column("body", Document, nullable=False),
    PrimaryKeyConstraint("incident", "seq"),
    UniqueConstraint("incident", "key"),
    Index(None, "entry"),
)

inbox: Final = Table(
    "inbox",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("key", Text, nullable=False),
    Column("kind", String, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("lease_by", String),
    Column("lease_until", Moment),
    Column("done_at", Moment),
    Column("aside_at", Moment),
    Column("error", Prose),
    Column("answer", Document),
    Column("body", Document, nullable=False),  # last: what only looks at the state reads none of it
    UniqueConstraint("key"),
)
Index(
    "ix_inbox_open",
    inbox.c.id,
    sqlite_where=inbox.c.done_at.is_(None),
    postgresql_where=inbox.c.done_at.is_(None),
)

outbox: Final = Table(
    "outbox",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("key", Text, nullable=False),
    Column("lane", String, nullable=False),
    Column("method", String, nullable=False),
    Column("args", Document, nullable=False),
    Column("incident", _Id, ForeignKey("incidents.id")),
    Column("purpose", Text, nullable=False),
    Column("replaces", Text),
    Column("not_before", Moment),
    Column("queued_at", Moment, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("lease_by", String),
    Column("lease_until", Moment),
    Column("done_at", Moment),
    Column("aside_at", Moment),
    Column("error", Prose),
    Column("result", Document),
    UniqueConstraint("key"),
)
Index(
    "ix_outbox_open",
    outbox.c.lane,
    outbox.c.id,
    sqlite_where=outbox.c.done_at.is_(None),
    postgresql_where=outbox.c.done_at.is_(None),
)
Index(
    "ix_outbox_replaces",
    outbox.c.replaces,
    sqlite_where=outbox.c.done_at.is_(None),
    postgresql_where=outbox.c.done_at.is_(None),
)

messages: Final = Table(
    "messages",
    metadata,
    Column("channel", String, nullable=False),
    Column("ts", _Ts, nullable=False),
    Column("thread_ts", _Ts),
    Column("author", Prose, nullable=False),
    Column("author_kind", String, nullable=False),
    Column("text", Prose, nullable=False),
    Column("files", Document, nullable=False),
    Column("edited_ts", _Ts),
    Column("deleted", Boolean, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("subtype", String),
    PrimaryKeyConstraint("channel", "ts"),
    Index(None, "channel", "thread_ts"),
)

versions: Final = Table(
    "versions",
    metadata,
    Column("incident", _Id, ForeignKey("incidents.id"), nullable=False),
    Column("family", String, nullable=False),
    Column("number", String, nullable=False),
    Column("form", String, nullable=False),  # by the ending of its file's name
    Column("seq", Integer, nullable=False),  # of the fact that made the version
    Column("kept_at", Moment, nullable=False),
    Column("body", LargeBinary, nullable=False),
    PrimaryKeyConstraint("incident", "family", "number", "form"),
)

people: Final = Table(
    "people",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", Prose, nullable=False),
    Column("real_name", Prose, nullable=False),
    Column("tz", String, nullable=False),
    Column("deleted", Boolean, nullable=False),
    Column("guest", Boolean, nullable=False),
    Column("stranger", Boolean, nullable=False),
    Column("bot", Boolean, nullable=False),
    Column("fetched_at", Moment, nullable=False),
)

counters: Final = Table(
    "counters",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Integer, nullable=False),
)

names: Final = Table(
    "names",
    metadata,
    Column("name", Text, primary_key=True),
    Column("incident", _Id, ForeignKey("incidents.id")),
)

homes: Final = Table(
    "homes",
    metadata,
    Column("person", String, primary_key=True),
    Column("opened_at", Moment, nullable=False),
)

search: Final = Table(
    "search",
    metadata,
    Column("incident", _Id, ForeignKey("incidents.id"), nullable=False),
    Column("thing", Text, nullable=False),
    Column("entry", Text),  # the line whose words it repeats, so that erasing finds it
    Column("weight", Integer, nullable=False),
    Column("words", Text, nullable=False),
    PrimaryKeyConstraint("incident", "thing"),
    Index(None, "entry"),
)

action_items: Final = Table(
    "action_items",
    metadata,
    Column("incident", _Id, ForeignKey("incidents.id"), nullable=False),
    Column("action", String, nullable=False),
    Column("owner", Prose),
    Column("status", String, nullable=False),
    Column("due", String),  # an ISO date, which sorts as it reads
    Column("added_at", Moment, nullable=False),
    PrimaryKeyConstraint("incident", "action"),
    Index(None, "owner", "status"),
)

followups: Final = Table(
    "followups",
    metadata,
    Column("incident", _Id, ForeignKey("incidents.id"), nullable=False),
    Column("key", Text, nullable=False),
    Column("topic", String, nullable=False),
    Column("person", Text, nullable=False),  # whom: a user, or a channel
    Column("body", Document, nullable=False),
    Column("after", Moment, nullable=False),  # what should have been said up to then is accounted for
    Column("next_at", Moment),  # when to look at it again; none: never
    PrimaryKeyConstraint("incident", "key"),
    Index(None, "person"),
)
Index(
    "ix_followups_next",
    followups.c.next_at,
    sqlite_where=followups.c.next_at.is_not(None),
    postgresql_where=followups.c.next_at.is_not(None),
)

nudges: Final = Table(
    "nudges",
    metadata,
    Column("to", Text, nullable=False),
    Column("day", String, nullable=False),  # theirs, YYYY-MM-DD
    Column("incident", _Id, ForeignKey("incidents.id"), nullable=False),
    Column("key", Text, nullable=False),
    Column("person", Text, nullable=False),  # whose it was
    Column("due", String, nullable=False),
    Column("meant", Moment, nullable=False),  # when it should have been said
    Column("late", Boolean, nullable=False),
    PrimaryKeyConstraint("to", "day", "incident", "key"),
    Index(None, "incident", "key"),
)

canvases: Final = Table(
    "canvases",
    metadata,
    Column("incident", _Id, ForeignKey("incidents.id"), primary_key=True),
    Column("lines", Document, nullable=False),  # marks of the lines that are ours, and how often each stands
    Column("content", String),  # digest of the report last written; none while a write is under way
    Column("title", String),  # digest of the title last written; none where the canvas is not ours to name
)

spells: Final = Table(
    "spells",  # of presence: between two of them nobody listened
    metadata,
    Column("id", _Id, primary_key=True),
    Column("since", Moment, nullable=False),
    Column("until", Moment, nullable=False),
)

attempts: Final = Table(
    "attempts",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("key", Text, nullable=False),  # of the envelope that asked
    Column("at", Moment, nullable=False),
    Column("who", Prose, nullable=False),
    Column("via", String, nullable=False),
    Column("what", Prose, nullable=False),  # a verb, a button, a form
    Column("channel", String, nullable=False),
    Column("incident", _Id, ForeignKey("incidents.id")),
    Column("outcome", String, nullable=False),
    UniqueConstraint("key"),
)

workspace: Final = Table(
    "workspace",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)


def upsert(dialect: str, table: Table) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that can say ON CONFLICT; both databases read it the same, only the classes differ."""
    statement = sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
    return statement.inline()  # no RETURNING of our own keys: nobody reads them


@cache
def insert_new(dialect: str, table: Table, *key: str) -> Executable:
    """Insert a row unless its key is known; `rowcount` says which, and must be asked for after an INSERT."""
    statement = upsert(dialect, table).on_conflict_do_nothing(index_elements=list(key))
    return statement.execution_options(preserve_rowcount=True)
