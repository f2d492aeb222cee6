"""SQLite or PostgreSQL with the same habits: short transactions, one writer per incident, nothing half written."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Concatenate, Final, ParamSpec, Protocol, TypeVar, cast

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy import Connection as Blocking
from sqlalchemy.exc import ArgumentError, InterfaceError, InvalidatePoolError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

P = ParamSpec("P")
T = TypeVar("T")
HandOver = Callable[[Callable[[Blocking], Any]], Awaitable[Any]]

READERS: Final = 4
"""Connections that read a SQLite file at the same time; each costs a thread."""

_OFTEN: Final = "wal_autocheckpoint=200"
"""Pages of 4 KiB after which a commit moves SQLite's log into the file: at its own thousand, one commit took 0.1 s."""

VISITS: Final = 10
"""Transactions of several steps at a time on PostgreSQL. Meanwhile something may be read; were all connections theirs,
each would wait for another to be given back.
"""

SLOW: Final = 0.05
"""Seconds after which a brief commit is taken for one of a slow disk, and the next one is made in a thread."""

RESTED: Final = 0.1
"""Seconds without use after which a connection to PostgreSQL may have been cut without our noticing it."""

_POSTGRES_LIMITS: Final = (
    "-c lock_timeout=5s -c statement_timeout=15s -c idle_in_transaction_session_timeout=30s -c timezone=UTC"
)
"""A stuck peer costs seconds, and then an error that leaves the envelope to be dispatched again."""


StorageFails: Final = (OperationalError, InterfaceError, NoConnectionFree)
"""What is raised while the database is gone, full or busy for too long: the same may succeed later."""


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


def is_sqlite(url: str) -> bool:
    """Whether the setting names a SQLite file.

    Raises:
        StorageRefused: it is no address of a database.
    """
    return sqlite_path(read_url(url)) is not None


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


class Connection:
    """A connection in a transaction that takes several steps."""

    def __init__(self, hand_over: HandOver) -> None:
        self._hand_over = hand_over
        self.last: Callable[[Blocking], None] = _nothing

    async def run(self, work: Callable[Concatenate[Blocking, P], T], *args: P.args, **named: P.kwargs) -> T:
        """One step: these statements, with nothing of ours between them."""
        return cast("T", await self._hand_over(lambda connection: work(connection, *args, **named)))

    def at_last(self, work: Callable[[Blocking], None]) -> None:
        """The last step, right before the commit and at the cost of none."""
        self.last = work


class Database(Protocol):
    """The ways in. `work` does its statements on a blocking connection and touches nothing else; with SQLite it runs in
    a thread (but see `briefly`), with PostgreSQL it lets others go on while it waits for the server.
    """

    def writing(self) -> AbstractAsyncContextManager[Connection]:
        """A transaction of several steps; committed when the block ends normally, rolled back otherwise."""
        ...

    async def write(self, work: Callable[Concatenate[Blocking, P], T], *args: P.args, **named: P.kwargs) -> T:
        """A transaction of one step, committed when this returns."""
        ...

    async def briefly(self, work: Callable[Concatenate[Blocking, P], T], *args: P.args, **named: P.kwargs) -> T:
        """As `write`, for so little that handing it to a thread and back would take half of the time. SQLite does it in
        the loop, which waits for the disk, unless the disk was `SLOW` the last time.
        """
        ...

    async def once(self, work: Callable[Concatenate[Blocking, P], T], *args: P.args, **named: P.kwargs) -> T:
        """One statement, which is its own transaction; PostgreSQL saves the round trips of BEGIN and COMMIT."""
        ...

    async def read(self, work: Callable[Concatenate[Blocking, P], T], *args: P.args, **named: P.kwargs) -> T:
        """Statements that change nothing; each sees what was committed when it began."""
        ...

    async def settle_file(self) -> None:
        """What was erased leaves SQLite's log as well; PostgreSQL cleans up by itself (VACUUM)."""
        ...

    async def close(self) -> None: ...


@asynccontextmanager
async def connect(url: URL, *, read_only: bool = False) -> AsyncIterator[Database]:
    """Open the database and close every connection at the end."""
    database: Database = Sqlite(url, read_only) if sqlite_path(url) else Postgres(url, read_only)
    try:
        yield database
    finally:
        await database.close()


class Postgres:
    """A pool of connections; the server keeps writers apart."""

    def __init__(self, url: URL, read_only: bool) -> None:
        self._engine = create_async_engine(
            url,
            hide_parameters=True,  # an error's text goes to the log, people's words do not
            pool_size=VISITS,
            max_overflow=VISITS,
            pool_timeout=10,
            connect_args={
                "options": f"{_POSTGRES_LIMITS} -c default_transaction_read_only={read_only}",
                "connect_timeout": 5,
            },
        )
        _ping_what_rested(self._engine.sync_engine)
        self._visits = asyncio.Semaphore(VISITS)
        self._by_statement = self._engine.execution_options(isolation_level="AUTOCOMMIT")

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Connection]:
        async with self._visits, self._engine.begin() as connection:
            lent = Connection(connection.run_sync)
            yield lent
            await connection.run_sync(lent.last)

    async def write(self, work: Callable[Concatenate[Blocking, P], T], *args: P.args, **named: P.kwargs) -> T:
        async with self._engine.begin() as connection:
            return await connection.run_sync(work, *args, **named)

    briefly = write

    async def once(self, work: Callable[Concatenate[Blocking, P], T], *args: P.args, **named: P.kwargs) -> T:
        async with self._by_statement.connect() as connection:
            return await connection.run_sync(work, *args, **named)

    read = once

    async def settle_file(self) -> None:
        return None

    async def close(self) -> None:
        await self._engine.dispose()


def _ping_what_rested(engine: Engine) -> None:
    """Ask first whether the server is still there, or the first use after its restart fails; but not at each use, which
    would be a fourth of all round trips under load (SQLAlchemy's `pool_pre_ping`).
    """

    def given_back(_connection: object, record: ConnectionPoolEntry) -> None:
        record.info["rests_since"] = time.monotonic()

    def lent(connection: Any, record: ConnectionPoolEntry, _lent_as: object) -> None:
        if time.monotonic() < record.info.get("rests_since", time.monotonic()) + RESTED:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as gone:
            raise InvalidatePoolError from gone

    event.listen(engine, "checkin", given_back)
    event.listen(engine, "checkout", lent)


class Sqlite:
    """One connection that writes and a few that read, each used by one task at a time, in threads of their own; what
    is brief is written without one.

    A single writing connection queues in the program instead of failing with "database is locked", and takes away the
    trigger of the WAL-reset corruption of SQLite before 3.51.3.
    """

    def __init__(self, url: URL, read_only: bool) -> None:
        self._readers = self._writer = _Threads(_sqlite_engine(url, READERS), READERS)
        _on_sqlite(self._readers.engine, "BEGIN", "query_only=ON")
        if not read_only:
            self._writer = _Threads(_sqlite_engine(url, 1), 1)
            pragmas = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON", _OFTEN)
            _on_sqlite(self._writer.engine, "BEGIN IMMEDIATE", *pragmas)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Connection]:
        async with self._writer.free:
            transaction = _Transaction(self._writer)
            lent = Connection(partial(self._writer.run, transaction.step))
            try:
                yield lent
            except BaseException:
                await self._writer.run(transaction.undo)
                raise
            await self._writer.run(transaction.commit, lent.last)

    async def write(self, work: Callable[Concatenate[Blocking, P], T], *args: P.args, **named: P.kwargs) -> T:
        return await self._writer.transaction(lambda connection: work(connection, *args, **named))

    async def briefly(self, work: Callable[Concatenate[Blocking, P], T], *args: P.args, **named: P.kwargs) -> T:
        return await self._writer.brief_transaction(lambda connection: work(connection, *args, **named))

    once = write

    async def read(self, work: Callable[Concatenate[Blocking, P], T], *args: P.args, **named: P.kwargs) -> T:
        return await self._readers.transaction(lambda connection: work(connection, *args, **named))

    async def settle_file(self) -> None:
        async with self._writer.free:
            await self._writer.run(_checkpoint, self._writer)

    async def close(self) -> None:
        for threads in {self._writer, self._readers}:
            await threads.close()


class _Threads:
    """So many threads over one engine, and no more tasks than threads at a time. Connections stay open: fetching one
    from the engine's pool costs as much as a statement.
    """

    def __init__(self, engine: Engine, count: int) -> None:
        self.engine = engine
        self.free = asyncio.Semaphore(count)
        self._pool = ThreadPoolExecutor(count, "sqlite")
        self._idle: list[Blocking] = []
        self._slow = True  # until shown otherwise

    async def transaction(self, work: Callable[[Blocking], T]) -> T:
        async with self.free:
            return await self.run(self._transaction, work)

    async def brief_transaction(self, work: Callable[[Blocking], T]) -> T:
        async with self.free:
            begun = time.monotonic()
            try:
                return await self.run(self._transaction, work) if self._slow else self._transaction(work)
            finally:
                self._slow = time.monotonic() > begun + SLOW

    def _transaction(self, work: Callable[[Blocking], T]) -> T:
        connection = self.lend()
        try:
            with connection.begin():
                return work(connection)
        finally:
            self.take_back(connection)

    def lend(self) -> Blocking:
        """A connection for one transaction, which nobody else has meanwhile; whoever lends it holds `free`."""
        return self._idle.pop() if self._idle else self.engine.connect()

    def take_back(self, connection: Blocking) -> None:
        """What was not committed is rolled back."""
        try:
            connection.rollback()
        finally:
            self._idle.append(connection)

    async def run(self, work: Callable[..., T], *args: Any) -> T:
        """Do it in a thread. Who is cancelled meanwhile waits for its end: a connection serves one at a time."""
        doing = asyncio.get_running_loop().run_in_executor(self._pool, partial(work, *args))
        try:
            return await asyncio.shield(doing)
        except asyncio.CancelledError:
            while not doing.done():
                with contextlib.suppress(asyncio.CancelledError):
                    await asyncio.wait([doing])
            raise

    async def close(self) -> None:
        await self.run(self._close)
        self._pool.shutdown()

    def _close(self) -> None:
        for connection in self._idle:
            connection.close()
        self.engine.dispose()


class _Transaction:
    """One that is made in several steps; it begins with the first one."""

    def __init__(self, threads: _Threads) -> None:
        self._threads = threads
        self._connection: Blocking | None = None

    def step(self, work: Callable[[Blocking], T]) -> T:
        if self._connection is None:
            self._connection = self._threads.lend()
        return work(self._connection)

    def commit(self, last: Callable[[Blocking], None]) -> None:
        try:
            self.step(last)
            self.step(Blocking.commit)
        finally:
            self.undo()

    def undo(self) -> None:
        """What was not committed is rolled back."""
        if self._connection is not None:
            self._threads.take_back(self._connection)


def _nothing(connection: Blocking) -> None:
    """No last step."""


def _sqlite_engine(url: URL, connections: int) -> Engine:
    return create_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        hide_parameters=True,  # an error's text goes to the log, people's words do not
        connect_args={"check_same_thread": False},  # one at a time, though not always the same
    )


def _checkpoint(threads: _Threads) -> None:
    """Outside any transaction; where a reader is at work, the next one does it."""
    connection = threads.lend()
    try:
        connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        threads.take_back(connection)


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
