"""A hundred thousand open items: what a tick costs with nothing due, and how fast ten thousand due ones are told."""

from __future__ import annotations

import asyncio
import resource
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from bot.followups import Followup, Topic, body_of
from handlers.desk import Desk
from handlers.followups import tick
from storage import FollowupRow, Person, Store, migrate
from tests.bench.desk import StandingClock, desk_over
from tests.bench.lines import Line

ITEMS, INCIDENTS, PEOPLE, DUE, TICKS = 100_000, 100, 500, 10_000, 200
MORNING: Final = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
ONE_PERCENT: Final = 600.0
"""Milliseconds: one per cent of one core in the minute between two ticks."""


async def measure(folder: Path) -> list[Line]:
    """Milliseconds of processor time a tick with nothing due takes; items told a second against the same, bare.

    Raises:
        AssertionError: the idle tick read a row, or not each due item was told.
    """
    database = f"sqlite:///{folder}/followups.db"
    await asyncio.to_thread(migrate, database)
    async with Store.open(database, me="bench") as store, desk_over(store, MORNING - timedelta(days=1)) as desk:
        await _seed(store, desk)
        idle, (rate, bare) = await _idle(desk), await _busy(desk)
    return [
        Line("tick with nothing due of 100,000 items, to 1 %", idle, ONE_PERCENT, "ms", "at most 1"),
        Line("due items judged and put a second", rate, bare, "/s"),
    ]


async def _seed(store: Store, desk: Desk) -> None:
    for n in range(PEOPLE):
        name = _person(n)
        await store.meet(Person(name, name, name, "UTC", False, False, False, False, MORNING))
    each = ITEMS // INCIDENTS
    for incident in range(INCIDENTS):
        async with store.visit(None) as visit:
            made = await visit.new_incident(MORNING)
            rows = [_row(made.id, n, incident * each + n) for n in range(each)]
            await visit.follow(made.id, None, lambda _, rows=rows: (rows, ()))  # type: ignore[misc]
    await desk.directory.recall([_person(n) for n in range(PEOPLE)])


def _person(n: int) -> str:
    return f"U0P{n:05d}"


def _row(incident: int, n: int, nth: int) -> FollowupRow:
    """Every tenth is due this morning, the others in the weeks to come."""
    due = MORNING if nth % (ITEMS // DUE) == 0 else MORNING + timedelta(days=1 + nth % 60)
    followup = Followup(f"item:A{n}", Topic.ITEM, _person(nth // 10 % PEOPLE), ("U0P00000",), due.date())
    after = MORNING - timedelta(days=2) if due == MORNING else due - timedelta(hours=1)
    return FollowupRow(incident, followup.key, followup.topic, followup.person, body_of(followup), after, due)


async def _idle(desk: Desk) -> float:
    assert await desk.store.followups_due(desk.clock.now(), 10) == []
    before = _processor()
    for _ in range(TICKS):
        await tick(desk)
    return (_processor() - before) / TICKS * 1e3


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


async def _busy(desk: Desk) -> tuple[float, float]:
    due = await desk.store.followups_due(MORNING, DUE + 1)
    assert isinstance(desk.clock, StandingClock)
    desk.clock.at = MORNING
    begun = time.perf_counter()
    await tick(desk)
    took = time.perf_counter() - begun
    assert not await desk.store.followups_due(MORNING, 1)
    told = [len(await desk.store.nudges(_person(n), f"{MORNING:%Y-%m-%d}")) for n in range(PEOPLE)]
    assert sum(told) == DUE
    return DUE / took, DUE / await _bare(desk.store, due)


async def _bare(store: Store, due: Sequence[FollowupRow]) -> float:
    """The same rows written back in as many transactions, with nothing decided and nobody told."""
    begun = time.perf_counter()
    for start in range(0, len(due), 500):
        async with store.round(MORNING, 0) as round:
            await round.settle(due[start : start + 500], [])
    return time.perf_counter() - begun
