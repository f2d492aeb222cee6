"""Programs that are killed at random moments send each reminder once and lose none."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.databases import fresh_postgres, fresh_sqlite
from tests.rehearsal.reminding import Outcome, month

KILLS = 3
"""Here; `python -m tests.rehearsal.reminding` is the long form, a month with 10,000 items."""


@pytest.mark.timeout(240)  # each of the deaths costs a start
@pytest.mark.parametrize("processes", [3, 1])
async def test_three_replicas_on_postgresql_or_one_program_on_sqlite_killed_at_random(
    processes: int, tmp_path: Path
) -> None:
    database = fresh_postgres() if processes > 1 else fresh_sqlite(tmp_path)
    outcome = await month(database, tmp_path, processes=processes, items=100, days=5, kills=KILLS, seed=processes)
    assert outcome.expected
    assert outcome.wrong == []


def test_a_lost_reminder_a_lost_message_and_a_doubled_one_would_be_seen() -> None:
    one, two = ("U0A", "2026-03-20", 1, "item:A1"), ("U0A", "2026-03-20", 1, "item:A2")
    key = "nudges:U0A:2026-03-20"
    assert Outcome(0, {one}, {one}, Counter({key: 1})).wrong == []
    assert Outcome(0, {one, two}, {one}, Counter({key: 1})).wrong == [f"lost: {two}"]
    assert Outcome(0, {one}, {one, two}, Counter({key: 1})).wrong == [f"too many: {two}"]
    assert Outcome(0, {one}, {one}, Counter()).wrong == [f"no message: {key}"]
    assert Outcome(0, {one}, {one}, Counter({key: 2})).wrong == [f"2 messages: {key}"]
