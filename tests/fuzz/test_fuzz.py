"""A short run of what `python -m tests.fuzz` does at length."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from tests.databases import fresh_postgres, fresh_sqlite
from tests.fuzz.play import play_envelopes, play_lines
from tests.stage import staged


def test_no_line_does_anything_but_what_it_says_or_get_a_sentence() -> None:
    assert play_lines(5_000, Random(1)) > 500


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
async def test_no_envelope_however_bent_does_anything_that_nobody_said(database: str, tmp_path: Path) -> None:
    async with staged(fresh_sqlite(tmp_path) if database == "sqlite" else fresh_postgres()) as stage:
        assert (await play_envelopes(stage, 100, Random(2)))["facts"] > 10
