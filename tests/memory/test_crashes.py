"""A process may die between any two statements; the next one finds all of it or nothing."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError

from storage import StorageRefused, Store, migrate
from storage.engine import RESTED
from storage.store import LEASE
from tests.databases import cut, fresh_postgres, fresh_sqlite
from tests.memory.said import MINUTE, NOW, SECOND, an_incident, call, captured, put

ROOT = Path(__file__).parents[2]


def dies(url: str, where: str) -> None:
    """Run the acts below in a process of its own until it kills itself at `where`."""
    script = [sys.executable, "-m", "tests.memory.doomed", url, where]
    ended = subprocess.run(script, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert ended.returncode == 9, ended.stderr


@pytest.mark.parametrize("where", ["kept", "recorded", "settled"])
async def test_a_process_killed_before_the_commit_leaves_its_envelope_and_nothing_else(url: str, where: str) -> None:
    async with Store.open(url, me="before") as store:
        id = await an_incident(store)
    dies(url, where)
    async with Store.open(url, me="after") as store:
        assert (await store.incident(id)).entries == {}
        assert await store.lease_calls(NOW + MINUTE, 9, MINUTE) == []
        [envelope] = await store.unfinished(NOW + LEASE, 9)
        assert (envelope.key, envelope.attempt, envelope.answer) == ("event:doomed", 2, None)
        async with store.visit(id) as visit:
            assert len(await visit.record([captured(1)], NOW)) == 1


async def test_a_process_killed_after_the_commit_leaves_all_of_it(url: str) -> None:
    async with Store.open(url, me="before") as store:
        id = await an_incident(store)
    dies(url, "committed")
    async with Store.open(url, me="after") as store:
        assert captured(1).entry in (await store.incident(id)).entries
        assert [c.key for c in await store.lease_calls(NOW, 9, MINUTE)] == ["log"]
        assert await store.unfinished(NOW + LEASE, 9) == []


async def test_a_call_in_the_hands_of_a_killed_process_is_taken_over(url: str) -> None:
    async with Store.open(url, me="before") as store:
        await an_incident(store)
    dies(url, "leased")
    async with Store.open(url, me="after") as store:
        at = NOW if url.startswith("sqlite") else NOW + MINUTE
        [taken] = await store.lease_calls(at, 9, MINUTE)
        assert (taken.key, taken.attempt) == ("log", 2)


async def test_a_starting_sqlite_process_frees_what_the_last_one_held_but_no_pause(tmp_path: Path) -> None:
    url = fresh_sqlite(tmp_path)
    async with Store.open(url, me="before") as store:
        for key in ("held", "failed"):
            await store.keep(key, "event", {}, NOW)
        await store.failed("failed", "boom", NOW)
        await put(store, call("held"))
        await store.lease_calls(NOW, 9, MINUTE)
    async with Store.open(url, me="after") as store:
        assert [e.key for e in await store.unfinished(NOW, 9)] == ["held"]
        [taken] = await store.lease_calls(NOW, 9, MINUTE)
        assert taken.attempt == 2


async def test_a_second_process_on_one_sqlite_file_is_refused_in_a_sentence(tmp_path: Path) -> None:
    url = fresh_sqlite(tmp_path)
    async with Store.open(url, me="first") as store:
        with pytest.raises(StorageRefused, match=r"Another process is using .*\.db"):
            async with Store.open(url, me="second"):
                pass
        with pytest.raises(StorageRefused, match="Another process"):
            migrate(url)
        assert await store.keep("event:1", "event", {}, NOW)
    async with Store.open(url, me="second") as store:
        assert not await store.keep("event:1", "event", {}, NOW)


async def test_who_only_reads_may_look_while_the_program_runs_and_can_write_nothing(url: str) -> None:
    async with Store.open(url, me="first") as store:
        id = await an_incident(store)
        await store.keep("event:1", "event", {}, NOW)
        async with Store.open(url, me="reader", read_only=True) as reader:
            assert await reader.incident(id) == await store.incident(id)
            with pytest.raises(DBAPIError, match=r"read-?only"):
                await reader.keep("event:2", "event", {}, NOW)
        assert await store.unfinished(NOW, 9) == [], "its lease stands"


async def test_a_full_disk_refuses_the_envelope_and_is_forgiven_when_there_is_room(tmp_path: Path) -> None:
    async with Store.open(fresh_sqlite(tmp_path), me="here") as store:
        id = await an_incident(store)
        pages = await store._db.write(lambda connection: connection.scalar(text("PRAGMA page_count")))
        await store._db.write(lambda connection: connection.execute(text(f"PRAGMA max_page_count = {pages}")))
        with pytest.raises(OperationalError, match="full"):
            await store.keep("event:1", "event", {"text": "x" * 100_000}, NOW)
        with pytest.raises(OperationalError, match="full"):
            async with store.visit(id) as visit:
                await visit.record([captured(1), captured(2, "x" * 100_000)], NOW)
        assert (await store.incident(id)).entries == {}
        await store._db.write(lambda connection: connection.execute(text("PRAGMA max_page_count = 100000")))
        assert await store.keep("event:1", "event", {"text": "x" * 100_000}, NOW)
        async with store.visit(id) as visit:
            assert len(await visit.record([captured(1), captured(2)], NOW)) == 2


async def test_connections_the_server_dropped_are_replaced_without_a_restart() -> None:
    url = fresh_postgres()
    async with Store.open(url, me="here") as store:
        id = await an_incident(store)
        await drop_what_rests(url)
        assert await store.keep("event:1", "event", {}, NOW + SECOND)
        await drop_what_rests(url)
        async with store.visit(id) as visit:
            await visit.record([captured(1)], NOW)


async def drop_what_rests(url: str) -> None:
    """One that was used just now would fail its next use; the store asks only those that have rested."""
    cut(url)
    await asyncio.sleep(RESTED)


async def test_a_connection_lost_within_a_visit_leaves_nothing_of_it() -> None:
    url = fresh_postgres()
    async with Store.open(url, me="here") as store:
        id = await an_incident(store)
        with pytest.raises(OperationalError):
            await cut_off(store, url, id)
        assert (await store.incident(id)).entries == {}


async def cut_off(store: Store, url: str, id: int) -> None:
    async with store.visit(id) as visit:
        await visit.record([captured(1)], NOW)
        cut(url)
