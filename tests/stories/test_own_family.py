"""A team's own report family: named in scribe.toml, it serves like the five; a broken one stops the start."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.databases import fresh_sqlite
from tests.house.source import ROOT
from tests.slackd.server import Slackd
from tests.stage import MANIFEST, MORNING, Stage, environment, staged
from tests.stories.reading import draft
from tests.stories.rendered import json_of
from tests.stories.test_command_line import scribe

EXAMPLE = ROOT / "docs" / "example-family"
CONFIG = 'families_folder = "families"\nfamily = "brief"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the documentation tells a team to put it."""
    shutil.copytree(EXAMPLE, tmp_path / "families")
    return tmp_path


async def lived(stage: Stage) -> str:
    """An incident declared, marked and resolved; the draft that Scribe posts by itself."""
    channel = await stage.declared("Checkout is failing sev2 --started 13:30")
    await stage.alice.reacts(await stage.bob.says(channel, "Replica lag is rising <!channel>"), "rotating_light")
    await stage.alice.types("/incident set users_affected 5000", channel)
    await stage.settle()
    document = await json_of(stage, channel)
    assert (document["family"], document["incident"]["number"]) == ("brief", "BRIEF-2026-001")
    return await draft(stage, channel)


async def test_a_family_of_the_team_s_own_numbers_the_incident_and_is_its_draft(folder: Path) -> None:
    async with staged(fresh_sqlite(folder), config=CONFIG, folder=folder) as stage:
        text = await lived(stage)
    assert text.startswith("# Incident Brief: Checkout is failing\n\n**Number**: BRIEF-2026-001")
    assert re.search(r"^- \*\*People who noticed\*\*: 5,000 users \(\[source\]\(https://", text, re.MULTILINE)
    assert re.search(
        r"^\| \[2026-03-10 13:50\]\(.*\) \| Detection \| Bob Brown \| .*&lt;!channel> \|$", text, re.MULTILINE
    )
    assert "<!" not in text


async def test_a_broken_family_stops_the_start_and_names_file_and_line(folder: Path) -> None:
    template = folder / "families" / "brief.j2"
    template.write_text(template.read_text().replace("f.root_cause", "f.rot_cause"), encoding="utf-8")
    (folder / "scribe.toml").write_text(CONFIG, encoding="utf-8")
    line = next(n for n, text in enumerate(template.read_text().splitlines(), 1) if "rot_cause" in text)
    async with Slackd(MANIFEST, now=MORNING) as slack:
        database = f"sqlite:///{folder}/new.db"
        surroundings = {**environment(slack, database), "SCRIBE_CONFIG": str(folder / "scribe.toml")}
        status, _, said = await scribe(surroundings, "run")
    assert status == 2
    assert f"families_folder: brief.j2 line {line}: " in said
    assert "Traceback" not in said
