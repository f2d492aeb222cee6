"""SQLite or PostgreSQL with the same habits: short transactions, one writer per incident, nothing half written."""

from __future__ import annotations

import fcntl
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

READERS: Final = 4
"""Connections that read a SQLite file at the same time; each costs a thread."""

_POSTGRES_LIMITS: Final = (
    "-c lock_timeout=5s -c statement_timeout=15s -c idle_in_transaction_session_timeout=30s -c timezone=UTC"
)
"""A stuck peer costs seconds, and then an error that leaves the envelope to be dispatched again."""


class StorageRefused(Exception):
    """The memory cannot be used as asked; the message is a sentence for the operator."""


def read_url(url: str) -> URL:
    """The database a setting names, with the driver we use.

    Raises:
        StorageRefused: it is neither a SQLite file nor a PostgreSQL database, or the driver is not installed.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise StorageRefused(
            "The database setting is not an address. Examples: sqlite:///scribe.db, postgresql://scribe@db/scribe"
        ) from None
    kind = parsed.get_backend_name()
    if kind == "sqlite":
        return _sqlite_file(parsed)
    if kind in ("postgresql", "postgres"):
        return _with_psycopg(parsed)
    raise StorageRefused(f"{kind} is not a database Scribe can use. Use sqlite:///<file> or postgresql://<address>.")


def _sqlite_file(url: URL) -> URL:
    if not url.database or url.database == ":memory:":
        raise StorageRefused("Scribe must remember over a restart: name a file, such as sqlite:///scribe.db.")
    return url.set(drivername="sqlite")


def _with_psycopg(url: URL) -> URL:
    try:
        import psycopg  # noqa: F401 - an extra: most installations use SQLite
    except ImportError:
        raise StorageRefused("PostgreSQL needs one more package: pip install 'incident-scribe[postgres]'") from None
    return url.set(drivername="postgresql+psycopg")


def sqlite_path(url: URL) -> Path | None:
    """The file of a SQLite database; None for PostgreSQL."""
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


@contextmanager
def sole_process(url: URL) -> Iterator[None]:
    """Keep every other process from writing the same SQLite file; PostgreSQL needs no such guard.

    Raises:
        StorageRefused: another process (or another store in this one) holds the file, or its folder is not there.
    """
    path = sqlite_path(url)
    if path is None:
        yield
        return
    try:
        lock = path.with_name(path.name + ".lock").open("a")
    except OSError as problem:
        raise StorageRefused(f"The database {path} cannot be opened: {problem.strerror}.") from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise StorageRefused(
                f"Another process is using {path}. SQLite serves one; stop the other or use PostgreSQL."
            ) from None
        yield


@dataclass(frozen=True, slots=True)
class Database:
    """The ways in: `writing` for several statements, `once` for a single one, `reading` to change nothing."""

    dialect: str
    _write: AsyncEngine
    _once: AsyncEngine
    _read: AsyncEngine

    def writing(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """One transaction; committed when the block ends normally, rolled back otherwise."""
        return self._write.begin()

    def once(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """One statement, which is its own transaction; PostgreSQL saves the round trips of BEGIN and COMMIT."""
        return self._once.begin()

    def reading(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """A connection for statements that change nothing; each sees what was committed when it began."""
        return self._read.connect()


@asynccontextmanager
async def connect(url: URL, *, read_only: bool = False) -> AsyncIterator[Database]:
    """Open the database and close every connection at the end."""
    database = _sqlite(url, read_only) if sqlite_path(url) else _postgres(url, read_only)
    try:
        yield database
    finally:
        await database._write.dispose()
        await database._read.dispose()


def _postgres(url: URL, read_only: bool) -> Database:
    limits = f"{_POSTGRES_LIMITS} -c default_transaction_read_only={read_only}"
    engine = create_async_engine(
        url,
        hide_parameters=True,  # an error's text goes to the log, people's words do not
        pool_pre_ping=True,  # or the first use after a restart of the server fails
        pool_size=10,
        max_overflow=10,
        pool_timeout=10,
        connect_args={"options": limits, "connect_timeout": 5},
    )
    by_statement = engine.execution_options(isolation_level="AUTOCOMMIT")
    return Database("postgresql", engine, by_statement, by_statement)


def _sqlite(url: URL, read_only: bool) -> Database:
    driver = url.set(drivername="sqlite+aiosqlite")
    read = create_async_engine(driver, pool_size=READERS, max_overflow=0, hide_parameters=True)
    _on_sqlite(read.sync_engine, "BEGIN", "query_only=ON")
    if read_only:
        return Database("sqlite", read, read, read)
    # A single writing connection queues in the program instead of failing with "database is locked", and takes away
    # the trigger of the WAL-reset corruption of SQLite before 3.51.3.
    write = create_async_engine(driver, pool_size=1, max_overflow=0, hide_parameters=True)
    _on_sqlite(write.sync_engine, "BEGIN IMMEDIATE", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON")
    return Database("sqlite", write, write, read)


def _on_sqlite(engine: Engine, begin: str, *pragmas: str) -> None:
    """Take BEGIN away from the driver, which opens no transaction for a SELECT and so lets two writers race."""

    def connected(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (*pragmas, "busy_timeout=5000"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))


def blocking_engine(url: URL, *, read_only: bool = False) -> Engine:
    """An engine for migrations and checks, which are not part of a running loop.

    SQLite enforces no foreign keys on it: rebuilding a parent table would delete its children.
    """
    if sqlite_path(url) is None:
        return create_engine(url, connect_args={"connect_timeout": 5})
    engine = create_engine(url)
    if read_only:
        _on_sqlite(engine, "BEGIN", "query_only=ON")
    else:
        _on_sqlite(engine, "BEGIN IMMEDIATE", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=OFF")
    return engine
