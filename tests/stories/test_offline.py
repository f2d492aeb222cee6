"""Scenario 25 with a whole incident: away for forty minutes in its midst, and the report is the undisturbed one."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests.rehearsal.compare import differences
from tests.rehearsal.outage import with_outage
from tests.rehearsal.plays import Plays
from tests.rehearsal.rehearse import Performance, rehearse
from tests.rehearsal.script import Script, read
from tests.rehearsal.theatre import ROOT


@pytest.fixture(scope="module")
def script() -> Script:
    """The resolution falls into the outage; `python -m tests.rehearsal FILE OUT --offline 40@0.5` plays any file."""
    return with_outage(read(ROOT / "tests" / "rehearsal" / "incidents" / "mail-queue-no-ack.json"), 40, 0.5)


@pytest.fixture
async def calm(script: Script, plays: Plays) -> Performance:
    """The same people doing the same, and Scribe there all the time."""
    return await plays.of(script)


@pytest.mark.timeout(300)
async def test_scenario_25_an_incident_with_forty_minutes_offline_ends_in_the_same_report(
    script: Script, calm: Performance, database: str
) -> None:
    """Edits, deletions, reactions put on and taken back, a mention and the resolve fall into the gap, which is told."""
    away = await rehearse(script, in_process=True, calm=False, database=database)
    assert differences(calm, away, offline=True) == []
    (gap,) = json.loads(away.files["report.json"])["absences"]
    assert (gap["since"], gap["until"]) == ("2026-01-20T11:02:30Z", "2026-01-20T11:42:30Z")
    assert json.loads(calm.files["report.json"])["absences"] == []
    assert sum("Scribe was away" in text for _, _, text in away.posts) == 1


def test_a_line_lost_in_the_gap_and_a_resolution_at_another_time_are_differences(calm: Performance) -> None:
    """The comparison itself would see what it is there to see."""
    for said in ("replied and marked while nobody listened", "2026-01-20T11:40:00Z"):
        poorer = replace(calm, files={"report.json": calm.files["report.json"].replace(said, "2026-01-20T11:42:30Z")})
        assert differences(calm, poorer, offline=True)
