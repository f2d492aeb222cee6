"""The tables are those of this version, or the store refuses: bringing them there, and looking where they are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, text
from sqlalchemy.exc import OperationalError

from storage.engine import Database, StorageRefused, blocking_engine, read_url, sole_process, sqlite_path

SCRIPTS: Final = Path(__file__).parent / "migrations"
_ADVISORY_LOCK: Final = 0x5343_5249_4245  # "SCRIBE"


@dataclass(frozen=True, slots=True)
class SchemaState:
    """Which migration the database has (None: no tables yet) and which one this version needs."""

    current: str | None
    head: str
    known: bool  # False: a newer version of Scribe made it

    @property
    def up_to_date(self) -> bool:
        return self.current == self.head

    def __str__(self) -> str:
        if self.up_to_date:
            return "The database is up to date."
        if self.current is None:
            return "The database has no tables yet. Run: scribe migrate"
        if not self.known:
            return "A newer version of Scribe made the tables of this database. Start that version."
        return "The tables of this database are older than this version of Scribe. Run: scribe migrate"


def migrate(url: str) -> str:
    """Bring the tables to this version and say what was done, in a sentence. All of it or nothing.

    Replicas that start together wait for each other (PostgreSQL, for a minute at most).

    Raises:
        StorageRefused: the address is wrong, the database does not answer, a newer version made the tables, or a
            process is using the SQLite file.
    """
    address = read_url(url)
    with sole_process(address), _transaction(address) as connection:
        _wait_for_the_others(connection)
        before = _state(connection)
        if before.current is not None and not before.known:
            raise StorageRefused(str(before))
        command.upgrade(config(connection), "head")
        _check_references(connection)
    if before.up_to_date:
        return str(before)
    return "The tables were made." if before.current is None else "The tables were brought to this version."


def schema_state(url: str) -> SchemaState:
    """How the tables of a database stand; nothing is created or changed.

    Raises:
        StorageRefused: the address is wrong or the database does not answer.
    """
    address = read_url(url)
    path = sqlite_path(address)
    if path is not None and not path.exists():
        return SchemaState(None, _head(), known=True)
    with _transaction(address, read_only=True) as connection:
        return _state(connection)


async def check(db: Database, address: URL) -> None:
    """Refuse a database whose tables are not those of this version."""
    path = sqlite_path(address)
    if path is not None and not path.exists():  # connecting would create it
        raise StorageRefused(str(SchemaState(None, _head(), known=True)))
    try:
        state = await db.read(_state)
    except OperationalError as problem:
        raise _no_answer(problem) from None
    if not state.up_to_date:
        raise StorageRefused(str(state))


def config(connection: Connection) -> Config:
    """Alembic's configuration for one connection; it has no file of its own."""
    settings = Config()
    settings.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    settings.attributes["connection"] = connection
    return settings


@contextmanager
def _transaction(address: URL, *, read_only: bool = False) -> Iterator[Connection]:
    engine = blocking_engine(address, read_only=read_only)
    try:
        with engine.begin() as connection:
            yield connection
    except OperationalError as problem:
        raise _no_answer(problem) from None
    finally:
        engine.dispose()


def _no_answer(problem: OperationalError) -> StorageRefused:
    return StorageRefused(f"The database cannot be used: {str(problem.orig).strip()}")


def _wait_for_the_others(connection: Connection) -> None:
    """SQLite needs none of it: its file is locked already."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL lock_timeout = '60s'"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _ADVISORY_LOCK})


def _check_references(connection: Connection) -> None:
    """SQLite enforced no foreign keys during the migration, so they are checked before it is committed."""
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if broken:
            raise StorageRefused(
                f"The migration would leave {len(broken)} rows that refer to nothing; nothing was done."
            )


def _state(connection: Connection) -> SchemaState:
    current = MigrationContext.configure(connection).get_current_revision()
    scripts = ScriptDirectory(str(SCRIPTS))
    known = current is None or current in {script.revision for script in scripts.walk_revisions()}
    return SchemaState(current, _head(), known)


def _head() -> str:
    return ScriptDirectory(str(SCRIPTS)).get_heads()[0]
