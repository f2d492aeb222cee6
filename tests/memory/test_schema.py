"""The tables are those of this version, or the memory refuses in a sentence."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from storage import StorageRefused, Store, migrate, schema_state
from storage.engine import blocking_engine, read_url
from storage.schema import config
from storage.tables import metadata
from tests.databases import empty_postgres, execute


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without tables."""
    return f"sqlite:///{tmp_path}/empty.db" if request.param == "sqlite" else empty_postgres()


def test_migrating_makes_the_tables_once_and_says_so(empty: str) -> None:
    assert str(schema_state(empty)) == "The database has no tables yet. Run: scribe migrate"
    assert migrate(empty) == "The tables were made."
    assert migrate(empty) == "The database is up to date."
    assert schema_state(empty).up_to_date


def test_the_migrations_make_exactly_the_tables_the_program_uses(empty: str) -> None:
    migrate(empty)
    engine = blocking_engine(read_url(empty))
    with engine.begin() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        differences: list[Any] = compare_metadata(context, metadata)
    engine.dispose()
    assert differences == []


def test_every_migration_can_be_taken_back_and_made_again(empty: str) -> None:
    migrate(empty)
    engine = blocking_engine(read_url(empty))
    with engine.begin() as connection:
        command.downgrade(config(connection), "base")
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
    engine.dispose()
    assert migrate(empty) == "The tables were made."


def test_replicas_that_start_together_migrate_once() -> None:
    url = empty_postgres()
    with ThreadPoolExecutor(4) as replicas:
        said = list(replicas.map(migrate, [url] * 4))
    assert sorted(said) == ["The database is up to date."] * 3 + ["The tables were made."]


async def test_a_database_without_tables_is_refused_and_not_created(empty: str) -> None:
    with pytest.raises(StorageRefused, match="Run: scribe migrate"):
        async with Store.open(empty, me="here"):
            pass
    assert schema_state(empty).current is None
    if empty.startswith("sqlite"):
        assert not await asyncio.to_thread(Path(empty.removeprefix("sqlite:///")).exists)


async def test_the_tables_of_a_newer_version_are_refused(url: str) -> None:
    execute(url, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StorageRefused, match="newer version of Scribe"):
        async with Store.open(url, me="here"):
            pass
    with pytest.raises(StorageRefused, match="newer version of Scribe"):
        migrate(url)


def test_a_migration_that_leaves_orphans_on_sqlite_is_not_done(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/orphans.db"
    execute(
        url,
        "CREATE TABLE parent (id INTEGER PRIMARY KEY)",
        "CREATE TABLE child (parent INTEGER REFERENCES parent (id))",
        "INSERT INTO child VALUES (1)",
    )
    with pytest.raises(StorageRefused, match="refer to nothing; nothing was done"):
        migrate(url)
    assert schema_state(url).current is None


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("", "is not an address"),
        ("scribe.db", "is not an address"),
        ("mysql://db/scribe", "mysql is not a database Scribe can use"),
        ("sqlite://", "name a file"),
        ("sqlite:///:memory:", "name a file"),
        ("sqlite:////nowhere/at/all/scribe.db", "cannot be opened: No such file"),
        ("postgresql://u:pw-hunter2@localhost:1/scribe", "The database cannot be used"),
    ],
)
async def test_an_address_that_cannot_be_used_is_refused_in_a_sentence(address: str, sentence: str) -> None:
    with pytest.raises(StorageRefused, match=sentence) as refused:
        async with Store.open(address, me="here"):
            pass
    assert "hunter2" not in str(refused.value)
    with pytest.raises(StorageRefused, match=sentence):
        migrate(address)


@pytest.mark.parametrize("form", ["postgres", "postgresql", "postgresql+asyncpg"])
def test_every_way_to_write_postgresql_uses_the_one_driver(form: str) -> None:
    assert read_url(f"{form}://u@db/scribe").drivername == "postgresql+psycopg"
