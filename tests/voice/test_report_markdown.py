"""The report as Markdown: read as a manager would, and held to the labels of its seed."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.report import build_report
from bot.words import Kind, Milestone
from templates import SHORT, render
from templates.families import load_family
from tests.builders import Story
from tests.shakespeare import VIEW, shakespeare
from tests.stories_told import HOSTILE, out_of_order, reopened
from tests.voice.golden import HERE, same_as


def written(story: Story) -> str:
    return render(build_report(story.incident(), load_family("slo"), VIEW))


def headings(text: str) -> list[str]:
    return re.findall(r"^#{1,6} .*$", text, re.MULTILINE)


def table_widths(text: str) -> list[set[int]]:
    """For each table, the column counts of its lines."""
    tables = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
    return [{len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()} for table in tables]


def normal(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", re.sub(r"\([^)]*\)", " ", text.lower())).strip()


def test_the_book_example_reads_as_it_did() -> None:
    same_as("shakespeare.md", written(shakespeare()))


def test_a_bare_declaration_reads_as_it_did() -> None:
    same_as("bare.md", written(Story().declared()))


def test_a_reopened_incident_with_hostile_text_reads_as_it_did() -> None:
    same_as("reopened.md", written(reopened()))


@pytest.mark.parametrize("label", (HERE / "slo-labels.txt").read_text(encoding="utf-8").splitlines())
def test_every_label_of_the_seed_stands_in_the_report_of_a_bare_declaration(label: str) -> None:
    _, role, words = (
        re.split(" > |: ", label.removeprefix(" > "), maxsplit=2) if label[0] != " " else ("", *label[3:].split(": "))
    )
    document = written(Story().declared())
    if role == "heading":
        assert words in {normal(heading.lstrip("# ")) for heading in headings(document)}
    else:
        assert f" {words} " in f" {normal(document)} "


def test_the_headings_are_the_same_whatever_is_known() -> None:
    optional = {"### Lead-up", "### Also Recorded", "### Quality Checks", "### Still Missing"}
    bare, full = (set(headings(written(story))[1:]) for story in (Story().declared(), shakespeare()))
    assert bare - optional == full - optional


def test_there_is_one_title() -> None:
    assert [line for line in headings(written(shakespeare())) if line.startswith("# ")] == [
        "# Post-Mortem Report — Shakespeare search is down: all queries answer 500 (INCIDENT-20151021-1501)"
    ]


def test_every_table_keeps_its_columns() -> None:
    assert all(len(widths) == 1 for widths in table_widths(written(reopened())))


@settings(max_examples=25, deadline=None)
@given(st.text(st.sampled_from("|\\`*_[]()<>!@#&{}%$~-+=.:/ \n1aU"), max_size=50))
def test_hostile_text_in_any_place_breaks_no_table_and_mentions_nobody(text: str) -> None:
    story = Story().declared("14:00", title=text or "x").said("14:01", text, Milestone.DETECTED, by=text or "U1")
    story.said("14:02", text, Kind.WENT_WELL).knows("14:03", "root_cause", text).knows("14:03", "author", text or "x")
    story.action("14:04", text, owner=text or None, ticket=text, verification=text).lists("14:05", "log_excerpts", text)
    document = written(story)
    bare = re.sub(r"^ *(`{3,})text\n.*?^ *\1$", "", document, flags=re.MULTILINE | re.DOTALL)
    assert all(len(widths) == 1 for widths in table_widths(re.sub(r"\\\\", "", bare)))
    assert (
        headings(bare)[1:]
        == headings(written(Story().declared("14:00").said("14:01", "x", Milestone.DETECTED).action("14:04", "x")))[1:]
    )
    assert not re.search(r"<[!@#]", bare)


def test_each_row_leads_to_its_message() -> None:
    rows = re.findall(r"^\| (.*?) \| Detection", written(shakespeare()), re.MULTILINE)
    assert rows == ["[2015-10-21 14:55](https://acme.slack.com/archives/C0INCIDENT/p1445439300000013)"]


def test_a_short_text_stands_whole_and_a_long_one_is_cut() -> None:
    story = Story().declared("14:00").said("14:01", "a" * SHORT).said("14:02", "b" * (SHORT + 1))
    document = written(story)
    assert "a" * SHORT in document
    assert "b" * SHORT not in document
    assert "b" * (SHORT - 1) + "…" in document


def test_no_negative_duration_is_printed() -> None:
    document = written(out_of_order())
    assert "Inconsistent — detected is stated before started" in document
    assert not re.search(r"(?<![\w.:\\-])[-−]\d+ ?(?:min|h|s)\b", document)


def test_twenty_six_hours_are_not_two() -> None:
    story = Story().declared("14:00").mark("14:01", Milestone.STARTED, "2026-03-09 12:00")
    document = written(story.said("14:05", "done", Milestone.RESOLVED))
    assert "26 h 05 min" in document
    assert "2026-03-09 12:00" in document


def test_an_assumed_milestone_is_marked_as_assumed() -> None:
    assert "| Detected | _assumed 2026-03-10 14:00_ | — | declared then" in written(Story().declared())


def test_a_question_names_who_can_answer_and_how() -> None:
    wanted = "- **Users Affected**: _Unknown — the product owner can answer with `/incident set users_affected …`_"
    assert wanted in written(Story().declared()).splitlines()


def test_hostile_words_stay_readable() -> None:
    row = next(line for line in written(reopened()).splitlines() if "@channel" in line)
    assert "@channel @docbrown" in row
    assert HOSTILE.count("\n") == row.count("<br>")


def test_rendering_reads_no_clock_and_no_hash_seed() -> None:
    """Two processes with different hash seeds write the same bytes."""
    script = "import sys; from tests.voice.test_report_markdown import *; sys.stdout.write(written(reopened()))"
    texts = {
        subprocess.run(
            [sys.executable, "-c", script], check=True, capture_output=True, env={"PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("1", "2")
    }
    assert len(texts) == 1
