"""A backup is whole, readable by its owner alone, and made while others write."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from storage import StorageRefused, Store, backup
from tests.databases import fresh_sqlite
from tests.memory.said import an_incident, captured, message


def rows(path: Path, table: str) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608


async def test_a_backup_amid_writing_is_one_moment_of_the_database(tmp_path: Path) -> None:
    """Each transaction keeps two messages, so that a torn copy would hold an odd number."""
    url = fresh_sqlite(tmp_path)
    async with Store.open(url, me="here") as store:
        done = asyncio.Event()

        async def write() -> None:
            for n in range(0, 600, 2):
                await store.remember_all([message(n), message(n + 1)])
            done.set()

        writing = asyncio.create_task(write())
        copies = [tmp_path / f"copy{n}.db" for n in range(5)]
        for copy in copies:
            await asyncio.to_thread(backup, url, copy)
        assert not done.is_set() or rows(copies[0], "messages") < 600
        await writing
    counts = [rows(copy, "messages") for copy in copies]
    assert all(count % 2 == 0 for count in counts)
    assert counts == sorted(counts)


async def test_a_backup_is_a_database_to_start_from(tmp_path: Path) -> None:
    url, copy = fresh_sqlite(tmp_path), tmp_path / "copy.db"
    async with Store.open(url, me="here") as store:
        id = await an_incident(store, captured(1))
        backup(url, copy)
        async with Store.open(f"sqlite:///{copy}", me="restored") as restored:
            assert await restored.incident(id) == await store.incident(id)
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert not [name for name in os.listdir(tmp_path) if name.endswith((".unfinished", "copy.db-wal"))]


def test_a_backup_that_cannot_be_written_says_why_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(StorageRefused, match=r"could not be made: No such file or directory\."):
        backup(fresh_sqlite(tmp_path), tmp_path / "nowhere" / "copy.db")
    assert not list(tmp_path.glob("nowhere*"))


def test_a_database_that_is_not_there_has_no_backup(tmp_path: Path) -> None:
    with pytest.raises(StorageRefused, match="no tables yet"):
        backup(f"sqlite:///{tmp_path}/none.db", tmp_path / "copy.db")
    assert not list(tmp_path.iterdir())
