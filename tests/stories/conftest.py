"""The stage of every story, on both databases and over both transports; the stories of delivery on every pair."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.databases import fresh_postgres, fresh_sqlite
from tests.stage import Stage, staged


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database of each kind."""
    return fresh_sqlite(tmp_path) if request.param == "sqlite" else fresh_postgres()


@pytest.fixture
async def stage(database: str) -> AsyncIterator[Stage]:
    """A Tuesday in March at 13:50 UTC, three people in #general: SQLite with Socket Mode, PostgreSQL with HTTP."""
    async with staged(database, "socket" if database.startswith("sqlite") else "http") as made:
        yield made


@pytest.fixture
async def socket_stage(database: str) -> AsyncIterator[Stage]:
    """For what Socket Mode alone has: the same stage on both databases."""
    async with staged(database, "socket") as made:
        yield made


@pytest.fixture(params=["socket", "http"])
async def either_stage(request: pytest.FixtureRequest, database: str) -> AsyncIterator[Stage]:
    """The same stage over each transport."""
    async with staged(database, request.param) as made:
        yield made
