"""A team's own family: the documented example works everywhere a family does, and a broken one says where."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.report import build_report
from handlers import scribe_toml
from handlers.mistakes import Misconfigured
from templates import render
from templates.families import available
from templates.own import known_families
from tests.house.source import ROOT
from tests.shakespeare import VIEW, shakespeare

EXAMPLE = ROOT / "docs" / "example-family"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(EXAMPLE, tmp_path / "own"))


def refused(folder: Path, more: str = "") -> list[str]:
    with pytest.raises(Misconfigured) as caught:
        scribe_toml.parse(f'families_folder = "own"\n{more}', folder.parent)
    return str(caught.value).splitlines()


def test_the_example_stands_beside_the_families_of_scribe() -> None:
    assert list(known_families(str(EXAMPLE))) == [*available(), "brief"]
    assert tuple(known_families("")) == available()


def test_the_example_is_written_and_checked_for_an_incident_declared_before_it_came() -> None:
    report = build_report(shakespeare().incident(), known_families(str(EXAMPLE))["brief"], VIEW)
    page = render(report)
    assert page.startswith("# Incident Brief: Shakespeare search is down: all queries answer 500\n")
    assert "**Root cause**: A descriptor leak for absent terms met very high load and cascaded." in page
    assert "**People who noticed**:" in page
    assert "| Time | Event | Actor | What was seen or done |" in page
    assert "Search backends begin failing under the load" in page
    assert "<h1" in render(report, "html")
    assert "no-impact" not in {lint.id for lint in report.lints}
    assert {gap.key for gap in report.document.missing} >= {"users_affected"}, "it asks what its base asks"


def test_a_configuration_names_the_folder_and_then_the_family(folder: Path) -> None:
    policy = scribe_toml.parse('families_folder = "own"\nfamily = "brief"', folder.parent)
    assert (policy.family, policy.families_folder) == ("brief", str(folder))


def test_a_folder_that_is_none_is_a_mistake(tmp_path: Path) -> None:
    assert refused(tmp_path / "own")[0].startswith("families_folder: must be a folder")


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("brief.j2", "{{ m.title(report.identity.title) }}\n{{ report.colour }}\n", "brief.j2 line 2: "),
        ("brief.j2", "\n\n{{ m.fact('Cause', report.fields.rot_cause) }}", "brief.j2 line 3: "),
        ("brief.j2", "\n\n{% for %}", "brief.j2 line 3: "),
        ("brief.j2", "\n{{ report.__class__.__mro__ }}", "brief.j2 line 2: "),
        ("brief.j2", "", "brief.j2: is empty"),
        ("brief.toml", "title = ", "brief.toml: "),
        ("brief.toml", 'title = "x"', "brief.toml: the key 'based_on' is missing"),
        ("brief.toml", 'based_on = "poem"', "brief.toml.based_on: 'poem' is none of coe, "),
        ("brief.toml", 'based_on = "slo"\nhue = 1', "brief.toml: unknown key 'hue'"),
        ("slo.toml", 'based_on = "slo"', "slo.toml: a name of its own is needed"),
        ("two.toml", 'based_on = "slo"', "two.j2: cannot be read"),
    ],
)
def test_a_mistake_names_its_place_and_comes_with_all_others(folder: Path, name: str, text: str, said: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")
    told = refused(folder, 'channel_prefix = "Big "')
    assert told[0].startswith(f"families_folder: {said}")
    assert any(line.startswith("channel_prefix: ") for line in told)
