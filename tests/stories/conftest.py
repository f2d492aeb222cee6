"""The stage of every story, on both databases and over both transports; the stories of delivery on every pair."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final
from zlib import crc32

import pytest

from tests.databases import fresh_postgres, fresh_sqlite
from tests.rehearsal.plays import Plays
from tests.stage import Stage, Transport, staged

HERE: Final = Path(__file__).parent
KINDS: Final = ("sqlite", "postgres")


ABOUT_WORDS: Final = frozenset(
    f"test_{name}"
    for name in (
        "action_items", "bad_input", "canvas", "from_before", "home", "metrics", "metrics_and_draft", "milestones",
        "other_versions", "private_messages", "reminders", "report_life", "shortcuts_and_forms", "state", "text",
        "time", "versions",
    )
)  # fmt: skip
"""The stories of what is said and shown, and of what follows from it. They keep their rows by the same ways as the
others, which are told on both databases; so each of these is told on one of them (`--both`: on both).
"""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--both"):
        return
    spared = [item for item in items if _is_told_on_the_other(item)]
    config.hook.pytest_deselected(items=spared)
    items[:] = [item for item in items if item not in set(spared)]


def _is_told_on_the_other(item: pytest.Item) -> bool:
    if item.path.parent != HERE or item.path.stem not in ABOUT_WORDS:
        return False
    name, _, variant = item.name.partition("[")
    here = next((kind for kind in KINDS if kind in variant), None)
    return here is not None and here != KINDS[crc32(name.encode()) % len(KINDS)]


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database of each kind."""
    return fresh_sqlite(tmp_path) if request.param == "sqlite" else fresh_postgres()


@pytest.fixture(scope="session")
def plays(tmp_path_factory: pytest.TempPathFactory) -> Plays:
    """What rehearsals leave, shared by the run's processes; each of them has a folder of its own in the run's."""
    own = tmp_path_factory.getbasetemp()
    return Plays(own.parent if "PYTEST_XDIST_WORKER" in os.environ else own)


@pytest.fixture
def transport(request: pytest.FixtureRequest, database: str) -> Transport:
    """Socket Mode with SQLite, HTTP with PostgreSQL; `--crossed`: the other way round."""
    crossed = bool(request.config.getoption("--crossed"))
    return "http" if database.startswith("sqlite") is crossed else "socket"


@pytest.fixture
async def stage(database: str, transport: Transport) -> AsyncIterator[Stage]:
    """A Tuesday in March at 13:50 UTC, three people in #general."""
    async with staged(database, transport) as made:
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
