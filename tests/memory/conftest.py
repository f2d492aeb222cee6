"""Every promise of the memory is tried on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage import Store
from tests.databases import fresh_postgres, fresh_sqlite


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A fresh, migrated database."""
    return fresh_sqlite(tmp_path) if request.param == "sqlite" else fresh_postgres()


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    async with Store.open(url, me="here") as opened:
        yield opened


@pytest.fixture
async def replica(url: str, store: Store) -> AsyncIterator[Store]:
    """A second process on the same PostgreSQL; SQLite serves one, so there it is the same store."""
    if url.startswith("sqlite"):
        yield store
    else:
        async with Store.open(url, me="there") as opened:
            yield opened


@pytest.fixture
async def two_replicas() -> AsyncIterator[tuple[Store, Store]]:
    """Two processes that share nothing but a PostgreSQL database."""
    url = fresh_postgres()
    async with Store.open(url, me="here") as here, Store.open(url, me="there") as there:
        yield here, there
