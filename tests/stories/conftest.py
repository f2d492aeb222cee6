"""The stage of every story, on both databases; the stories that are about transport are told over both of these too."""

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
    """Socket Mode, a Tuesday in March at 13:50 UTC, three people in #general."""
    async with staged(database) as made:
        yield made


@pytest.fixture(params=["socket", "http"])
async def either_stage(request: pytest.FixtureRequest, database: str) -> AsyncIterator[Stage]:
    """The same stage over each transport."""
    async with staged(database, request.param) as made:
        yield made
