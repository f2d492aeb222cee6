"""The program may be killed at any moment: what it had heard is not lost, and what it had said is not said twice."""

from __future__ import annotations

import pytest

from tests.rehearsal.compare import differences
from tests.rehearsal.plays import Plays
from tests.rehearsal.rehearse import Performance, rehearse
from tests.rehearsal.script import Script, read
from tests.rehearsal.theatre import ROOT, Killer

KILLS = 6
"""Here; `python -m tests.rehearsal FILE OUT --kills 200` is the long form."""


@pytest.fixture(scope="module")
def script() -> Script:
    return read(ROOT / "tests" / "rehearsal" / "incidents" / "mail-queue-no-ack.json")


@pytest.fixture
async def calm(script: Script, plays: Plays) -> Performance:
    """The same incident, undisturbed."""
    return await plays.of(script)


@pytest.mark.timeout(300)  # each of the deaths costs a start
async def test_a_program_killed_at_random_moments_ends_in_the_same_report_and_messages(
    script: Script, calm: Performance
) -> None:
    """The same report but for when things were heard or posted, and the same messages, none lost and none twice."""
    killer = Killer(KILLS, 1)
    disturbed = await rehearse(script, killer=killer)
    assert killer.kills == KILLS
    assert differences(calm, disturbed) == []


def test_a_lost_fact_a_lost_message_and_a_doubled_one_are_differences(calm: Performance) -> None:
    """The comparison itself would see what it is there to see."""
    report = calm.files["report.json"].replace("Second relay switched on", "Second relay")
    poorer = Performance({**calm.files, "report.json": report}, calm.texts, calm.posts[1:], calm.canvases)
    doubled = Performance(calm.files, calm.texts, (*calm.posts, calm.posts[-1]), calm.canvases * 2)
    assert any("report.json.timeline" in found for found in differences(calm, poorer))
    assert any(found.endswith("lost") for found in differences(calm, poorer))
    assert ["too many" in found or "canvas" in found for found in differences(calm, doubled)] == [True, True]
