"""What people wrote in a canvas is told from what we wrote, and kept once; what is ours is never taken for theirs."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.report import build_report
from templates import render
from templates.canvas_notes import HEADING, as_words, lines_of, people_s, settled, with_notes
from templates.families import available, load_family
from tests.builders import Story
from tests.shakespeare import VIEW, shakespeare
from tests.slackd.api.canvases import as_told
from tests.slackd.limits import check_canvas_markdown

NAMES = {"U0BOB": "Bob Brown", "C0GENERAL": "general"}
TEAM = "https://acme.slack.com/"
TABLE = "| a | b |\n| --- | --- |\n| 1 | 2 |"


@cache
def written(family: str = "slo", *, bare: bool = False) -> str:
    story = Story().declared() if bare else shakespeare()
    return render(build_report(story.incident(), load_family(family), VIEW), "canvas")


def theirs(told: str, report: str) -> str:
    return people_s(told, lines_of(report), NAMES, TEAM)


def after(text: str, line: str, words: str) -> str:
    """The text with words below the line that begins so."""
    at = text.index("\n", text.index(f"\n{line}") + 1)
    return f"{text[:at]}\n\n{words}\n{text[at:]}"


@pytest.mark.parametrize("family", available())
def test_nothing_of_ours_is_taken_for_theirs_however_slack_spells_it(family: str) -> None:
    report = written(family)
    for whole in (with_notes(report, ""), with_notes(report, "We saw it first.")):
        assert theirs(as_told(whole), report) == theirs(whole, report)
    assert theirs(as_told(with_notes(report, "")), report) == ""


def test_words_below_the_heading_stay_as_they_stand() -> None:
    report, notes = (
        written(),
        "**Bob** saw it\n\n- [x] asked the vendor\n- [ ] wait\n\n| a | b |\n| --- | --- |\n| 1 | 2 |",
    )
    whole = with_notes(report, notes)
    assert check_canvas_markdown(whole) is None
    assert theirs(whole, report) == notes
    assert whole.index(HEADING) > whole.index("Last Updated")


def test_words_elsewhere_are_kept_with_the_heading_they_stood_under() -> None:
    report = written()
    told = after(with_notes(report, "Kept before."), "### Contributing Factors", "It was the *second* time.\n\nReally.")
    notes = "Kept before.\n\n**Under “Contributing Factors”:**\n\nIt was the *second* time.\n\nReally."
    assert theirs(told, report) == notes
    again = with_notes(report, notes)
    assert theirs(as_told(again), report) == notes, "kept, and not doubled"


def test_what_is_in_the_notes_already_is_not_added_again() -> None:
    """As after a crash between two writes: the words stand where they were written, and below."""
    report = written()
    told = after(with_notes(report, "**Under “Impact Assessment”:**\n\nCarts were lost."), "## 🎯", "Carts were lost.")
    assert theirs(told, report).count("Carts were lost.") == 1


@pytest.mark.parametrize(
    ("old", "new", "kept"),
    [
        ("| U0ALICE | the latest that stands |", "| U0ALICE | the latest, I think |", "· the latest, I think"),
        ("- [ ] Engineering Team", "- [x] Engineering Team", "- [x] Engineering Team"),
        ("- **Author**: ", "- **Author**: Bob! ", "- **Author**: Bob!"),
        ("**Document Status**: DRAFT", "**Document Status**: FINAL", "**Document Status**: FINAL"),
    ],
)
def test_a_line_of_ours_that_somebody_changed_is_theirs(old: str, new: str, kept: str) -> None:
    report = written()
    told = with_notes(report, "").replace(old, new, 1)
    notes = theirs(told, report)
    assert kept in notes
    assert len([line for line in notes.splitlines() if line.strip()]) == 2, "that line, and where it stood"
    assert check_canvas_markdown(with_notes(report, notes)) is None


@pytest.mark.parametrize("words", ["👍", "???", "https://x.y/graph", "```\nselect 1;\n```", "日本", "Yes", "Unknown"])
def test_no_words_are_too_few(words: str) -> None:
    report = written()
    assert words in theirs(after(with_notes(report, ""), "### Milestones", words), report)


def test_the_same_words_as_ours_once_more_are_theirs() -> None:
    report = written()
    told = after(with_notes(report, ""), "### Milestones", "### Milestones")
    assert "### Milestones" in theirs(told, report)


def test_a_whole_canvas_of_somebody_is_kept_as_it_is() -> None:
    """The channel's own canvas on a free plan, with our report written into it afterwards."""
    before = "# Runbook\n\n1. Call Bob\n2. Wait\n\n| who | what |\n|---|---|\n| me | all |"
    notes = people_s(before, {}, NAMES, TEAM)
    assert notes == before
    whole = with_notes(written(), notes)
    assert check_canvas_markdown(whole) is None
    assert people_s(as_told(whole), lines_of(written()), NAMES, TEAM) == as_told(before)


def test_a_mention_is_written_back_as_a_name() -> None:
    notes = people_s("![](@U0BOB) and ![](@U0NOBODY) in ![](#C0GENERAL)", {}, NAMES, TEAM)
    assert notes == "@Bob Brown and @U0NOBODY in [#general](https://acme.slack.com/archives/C0GENERAL)"


def test_a_heading_of_the_notes_that_somebody_renamed_loses_no_words() -> None:
    report = written()
    told = with_notes(report, "Kept.").replace(HEADING, "Our own notes")
    notes = theirs(told, report)
    assert "Kept." in notes and "Our own notes" in notes


def test_a_spelling_of_slack_s_that_differs_in_words_is_learnt_when_it_is_read_back() -> None:
    report = written()
    told = with_notes(report, "").replace("1 h 06 min", "1 hour 06 minutes")
    assert theirs(told, report) != ""
    assert people_s(told, settled(report, told), NAMES, TEAM) == ""


def test_words_written_between_writing_and_reading_back_are_still_theirs() -> None:
    report = written()
    told = after(with_notes(report, ""), "## 📋 Executive Summary", "Just in time.").replace("1 h 06 min", "1 hour 06")
    assert "Just in time." in people_s(told, settled(report, told), NAMES, TEAM)


def test_notes_that_slack_refuses_can_be_written_as_plain_words() -> None:
    words = as_words("#### deep\n\n> - quoted\n\n<b>html</b>")
    assert check_canvas_markdown(words) is None
    assert words == r"\#### deep" + "\n\n" + r"\> - quoted" + "\n\n" + r"\<b>html\</b>"


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(st.sampled_from("ab|*_#>-`[]() \n1.👍"), max_size=30), max_size=4), st.integers(0, 150))
def test_whatever_is_written_wherever_is_found_once_and_then_stays(words: list[str], place: int) -> None:
    report = written("coe", bare=True)
    lines = with_notes(report, "").split("\n")
    told = "\n".join([*lines[:place], "", *words, "", *lines[place:]])
    notes = theirs(told, report)
    for line in "\n".join(words).splitlines():
        bare = "".join(filter(str.isalnum, line))
        assert bare in "".join(filter(str.isalnum, notes))
    assert theirs(with_notes(report, notes), report) == notes
