"""A database of any earlier version is brought to this one with all that is in it, by however many replicas at once."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import insert, text

from bot.facts import Recorded
from storage import Store, migrate, schema_state
from storage.engine import blocking_engine, read_url
from storage.rows import to_row
from storage.schema import SCRIPTS, config
from storage.tables import facts
from tests.databases import empty_postgres
from tests.memory.said import NOW, captured, declared, ts

EARLIER = [script.revision for script in ScriptDirectory(str(SCRIPTS)).walk_revisions()][1:]


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/old.db" if request.param == "sqlite" else empty_postgres()


def filled(url: str, revision: str) -> None:
    """The tables as that version had them, with an incident, a message, an envelope and a call in them."""
    engine = blocking_engine(read_url(url))
    with engine.begin() as connection:
        command.upgrade(config(connection), revision)
        for statement in (
            "INSERT INTO incidents (id, seq, rewrites, number, channel, status, severity, family, title, services,"
            " private, drill, created_at) VALUES (1, 2, 0, 'INC-2026-0001', 'C1', 'investigating', 'high', 'pir',"
            " 'Checkout is failing', '[]', false, false, 0)",
            "INSERT INTO messages (channel, ts, author, author_kind, text, files, deleted, seen_at)"
            " VALUES ('C1', 'TS', 'U1', 'person', 'it is slow', '[]', false, 0)",
            "INSERT INTO inbox (id, key, kind, received_at, attempt, body)"
            " VALUES (1, 'event:1', 'event_callback', 0, 1, '{\"a\":1}')",
            "INSERT INTO outbox (id, key, lane, method, args, purpose, queued_at, attempt)"
            " VALUES (1, 'card', 'C1', 'chat.update', '{}', '', 0, 0)",
            "INSERT INTO counters VALUES ('coe', 7)",
        ):
            connection.execute(text(statement.replace(":", "\\:").replace("TS", ts(1))))
        recorded = [Recorded(1, NOW, declared()), Recorded(2, NOW, captured(1, "db failover started"))]
        connection.execute(insert(facts), [to_row(1, fact) for fact in recorded])
    engine.dispose()


async def whole(url: str) -> None:
    """Everything that was in it is there, and looked up as this version looks things up."""
    async with Store.open(url, me="here") as store:
        incident = await store.incident(1)
        assert [entry.text for entry in incident.entries.values()] == ["db failover started"]
        assert await store.incident_numbered("INC-2026-0001") == 1
        message = await store.message("C1", ts(1))
        assert message is not None
        assert message.text == "it is slow"
        assert [envelope.body for envelope in await store.unfinished(NOW, 10)] == [{"a": 1}]
        assert (await store.depth(NOW))["outbox_waiting"] == 1
        async with store.visit(1) as visit:
            assert await visit.count("coe") == 8


@pytest.mark.parametrize("revision", EARLIER)
async def test_every_earlier_version_is_brought_here_with_its_data(empty: str, revision: str) -> None:
    filled(empty, revision)
    assert migrate(empty) == "The tables were brought to this version."
    assert schema_state(empty).up_to_date
    await whole(empty)


async def test_three_processes_that_start_together_bring_the_first_version_here_once() -> None:
    """Each by its own `scribe migrate`; the last two find it done."""
    url = empty_postgres()
    filled(url, "0001")
    replicas = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-m", "handlers.main", "migrate",
            env={**os.environ, "SCRIBE_DATABASE_URL": url}, stdout=asyncio.subprocess.PIPE,
        )
        for _ in range(3)
    ]  # fmt: skip
    said = sorted([(await replica.communicate())[0].decode().strip() for replica in replicas])
    assert said == ["The database is up to date."] * 2 + ["The tables were brought to this version."]
    await whole(url)
