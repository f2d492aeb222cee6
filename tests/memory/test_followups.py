"""What is followed up is found by its moment alone, looked at by one process at a time, and told once a day."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from storage import Call, FollowupRow, NudgeRow, Store
from tests.databases import fresh_sqlite

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


async def followed(store: Store, *moments: datetime | None) -> list[FollowupRow]:
    """An incident with something to look at at each of these moments."""
    async with store.visit(None) as visit:
        made = await visit.new_incident(NOW)
        rows = [
            FollowupRow(made.id, f"item:A{n}", "item", f"U{n}", {"due": "2026-03-10"}, NOW, moment)
            for n, moment in enumerate(moments)
        ]
        await visit.follow(made.id, None, lambda _: (rows, ()))
    return rows


async def test_only_what_is_due_is_read_the_longest_due_first(store: Store) -> None:
    rows = await followed(store, NOW, NOW - timedelta(days=1), NOW + timedelta(seconds=1), None)
    assert await store.followups_due(NOW, 10) == [rows[1], rows[0]]
    assert await store.followups_due(NOW, 1) == [rows[1]]
    assert await store.next_due() == NOW - timedelta(days=1)
    assert not await store.idle(NOW)
    assert await store.idle(NOW - timedelta(days=2))


async def test_a_tick_searches_the_index_of_moments_and_sorts_nothing_else(tmp_path: Path) -> None:
    async with Store.open(url := fresh_sqlite(tmp_path), me="here") as store:
        await followed(store, *(NOW + timedelta(days=n) for n in range(300)))
    plan = sqlite3.connect(url.removeprefix("sqlite:///")).execute(
        "EXPLAIN QUERY PLAN SELECT * FROM followups WHERE next_at <= 1 ORDER BY next_at, incident, key LIMIT 500"
    )
    assert "USING INDEX ix_followups_next (next_at<?)" in str(plan.fetchall())


async def test_what_one_process_looks_at_is_left_to_it(two_replicas: tuple[Store, Store]) -> None:
    here, there = two_replicas
    rows = await followed(here, NOW, NOW)
    async with here.round(NOW, 1) as mine, there.round(NOW, 10) as others:
        assert mine.rows == [rows[0]]
        assert others.rows == [rows[1]]
        later = replace(rows[0], next_at=NOW + timedelta(days=1))
        await mine.settle([later], [])
    assert [row.key for row in await there.followups_due(NOW, 10)] == ["item:A1"]


async def test_a_message_put_by_another_process_is_not_put_again_and_known_not_to_be(
    two_replicas: tuple[Store, Store],
) -> None:
    call = Call("nudges:U1:2026-03-10", "nudges:U1", "scribe.nudges", {}, None, "")
    for store, new in zip(two_replicas, ({call.key}, set[str]()), strict=True):
        async with store.round(NOW, 1) as round:
            assert await round.put_new([call], NOW) == new


async def test_who_is_told_of_what_on_a_day_is_kept_once(store: Store) -> None:
    (row,) = await followed(store, NOW)
    told = NudgeRow("U0", "2026-03-10", row.incident, row.key, "U0", "2026-03-10", NOW, False)
    for late in (False, True):
        async with store.round(NOW, 1) as round:
            await round.settle([], [replace(told, late=late)])
    assert await store.nudges("U0", "2026-03-10") == [told]


async def test_what_nobody_could_be_told_is_looked_at_again(store: Store) -> None:
    (row,) = await followed(store, NOW)
    async with store.round(NOW, 1) as round:
        told = NudgeRow("U0", "2026-03-10", row.incident, row.key, "U0", "2026-03-10", NOW, False)
        await round.settle([replace(row, next_at=None)], [told])
    await store.untell("U0", "2026-03-10", NOW)
    assert await store.nudges("U0", "2026-03-10") == []
    assert await store.followups_due(NOW, 1) == [replace(row, after=NOW - timedelta(days=1))]


async def test_somebody_who_moved_and_rules_that_changed_have_everything_looked_at(store: Store) -> None:
    rows = await followed(store, NOW + timedelta(days=1), NOW + timedelta(days=1), None)
    await store.look_again("U0", NOW)
    assert [row.key for row in await store.followups_due(NOW, 10)] == ["item:A0"]
    await store.follow_rules("these", NOW)
    assert [row.key for row in await store.followups_due(NOW, 10)] == [row.key for row in rows[:2]]
    assert await store.rules_followed() == "these"
