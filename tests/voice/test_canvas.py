"""The report as a Slack canvas: the same report in the little Markdown that canvases take, and never more than fits."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import facts as f
from bot.report import build_report
from bot.reporting.model import Report
from bot.words import Kind, Priority, Severity
from templates import render
from templates.canvas import escape, fence, link
from templates.canvas_blocks import CELLS_MOST, MOST
from templates.families import available, load_family
from templates.own import known_families
from tests.builders import Story
from tests.house.source import ROOT
from tests.shakespeare import VIEW, shakespeare
from tests.slackd.limits import check_canvas_markdown
from tests.stories_told import out_of_order, reopened

NASTY = st.text(st.sampled_from("|\\`*_[]()<>!@#&{}%$~-+=.:/ \n1aU"), min_size=1, max_size=40)
FENCED = re.compile(r"^(`{3,})\n.*?^\1$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"(?<![\\`])`[^`\n]*`")
LINK = re.compile(r"(?<!\\)\]\(([^)\s]*)\)|<(https?://[^>]*)>")


def report(story: Story, family: str) -> Report:
    return build_report(story.incident(), load_family(family), VIEW)


def canvas(story: Story, family: str) -> str:
    return render(report(story, family), "canvas")


def headings(text: str) -> list[str]:
    """The words of the headings, whatever their level and escaping."""
    found = re.findall(r"^#{1,6} (.*)$", FENCED.sub("", text), re.MULTILINE)
    return [re.sub(r"&lt;", "<", heading).replace("\\", "") for heading in found]


def tables(text: str) -> list[list[int]]:
    """For each table, how many cells each of its lines has, the line of dashes left out."""
    runs = re.findall(r"(?:^\|.*\n)+", FENCED.sub("", text), re.MULTILINE)
    return [[_cells(line) for n, line in enumerate(run.splitlines()) if n != 1] for run in runs]


def _cells(line: str) -> int:
    return len(re.findall(r"(?<!\\)\|", line.replace(r"\\", ""))) - 1


def links(text: str) -> set[str]:
    found = {unquote(address) for both in LINK.findall(FENCED.sub("", text)) for address in both}
    return {address for address in found if address.startswith("http")}


def long(events: int) -> Story:
    story = Story().declared("14:00")
    for number in range(events):
        story.said("14:00", f"line number {number} of the story, as it was typed in the channel at the time")
        story.now += timedelta(seconds=1)
    return story


# ---- the same report


@pytest.mark.parametrize("family", available())
@pytest.mark.parametrize("story", [shakespeare, reopened, out_of_order, Story.declared])
def test_every_family_says_in_a_canvas_what_it_says_in_markdown(family: str, story: object) -> None:
    """The same headings in the same order, the same columns, the same links; and nothing that Slack refuses."""
    assert callable(story)
    told = story() if story is not Story.declared else Story().declared()
    written, markdown = canvas(told, family), render(report(told, family))
    assert check_canvas_markdown(written) is None
    assert headings(written) == headings(markdown)
    assert [set(widths) for widths in tables(written)] == [set(widths) for widths in tables(markdown)]
    assert links(written) == links(markdown)
    assert not re.search(r"^#{4}", written, re.MULTILINE)


def test_a_family_of_a_team_s_own_is_written_too() -> None:
    own = known_families(str(ROOT / "docs" / "example-family"))["brief"]
    written = render(build_report(shakespeare().incident(), own, VIEW), "canvas")
    assert check_canvas_markdown(written) is None
    assert written.startswith("# Incident Brief: Shakespeare search is down: all queries answer 500\n")


def test_words_of_a_team_s_template_that_no_macro_wrote_are_words(tmp_path: Path) -> None:
    (tmp_path / "plain.toml").write_text('based_on = "slo"\n', encoding="utf-8")
    (tmp_path / "plain.j2").write_text("#### {{ report.identity.title }}\n\n> - quoted\n\n- item\n", encoding="utf-8")
    own = known_families(str(tmp_path))["plain"]
    written = render(build_report(shakespeare().incident(), own, VIEW), "canvas")
    assert check_canvas_markdown(written) is None
    assert written.startswith(r"\#### Shakespeare search is down")


def test_the_same_facts_give_the_same_bytes() -> None:
    assert canvas(shakespeare(), "pir") == canvas(shakespeare(), "pir")


# ---- text from people


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a|b", r"a\|b"),
        ("# head", r"\# head"),
        ("- item", r"\- item"),
        ("12) twelve", r"12\) twelve"),
        ("![](@U0ALICE)", r"\!\[\](@U0ALICE)"),
        ("![](#C0GENERAL) ![x](https://x.y)", r"\!\[\](#C0GENERAL) \!\[x\]([https://x.y](https://x.y))"),
        ("Look!https://x.y", r"Look\![https://x.y](https://x.y)"),
        ("<!channel> <@U1>", r"\<!channel> \<@U1>"),
        ("AT&T &lt;", r"AT&T \&lt;"),
        ("www.x.org a@b.org", r"www\.x.org a\@b.org"),
        ("see https://x.y/a_(b).", r"see [https://x.y/a\_(b)](https://x.y/a_%28b%29)."),
        ("snake_case **loud**", r"snake\_case \*\*loud\*\*"),
        ("日本語 👩‍💻 é", "日本語 👩‍💻 é"),
    ],
)
def test_nothing_that_a_person_writes_is_markup(text: str, written: str) -> None:
    assert escape(text) == written


@given(NASTY)
def test_no_text_embeds_or_mentions(text: str) -> None:
    assert "![" not in re.sub(r"\\.", "", escape(text))
    assert "![](" not in str(fence(text + "![](@U1)", 0))
    assert re.fullmatch(r"\[14:02\]\(([^()\s<>]*)\)", str(link("14:02", f"https://x.y/{text}")))


def told(text: str) -> Story:
    """The same words in every kind of place."""
    story = Story().declared("14:00", services=(text,)).severity("14:01", Severity.LOW, text)
    story.said("14:02", text, Kind.COMMUNICATION).said("14:03", text, Kind.ACTION)
    for key in ("contributing_factors", "related_incidents", "systems_affected", "log_excerpts", "queries_used"):
        story.lists("14:04", key, f"{text} | {text} | {text}", f"{text}\n{text}")
    for key in ("message_initial", "why_1", "root_cause"):
        story.knows("14:06", key, text)
    return story.action("14:08", text, priority=Priority.HIGH, owner=text, ticket=text, verification=text)


@pytest.mark.parametrize("family", available())
@settings(max_examples=15, deadline=None)
@given(text=NASTY)
def test_hostile_text_keeps_headings_columns_and_links(family: str, text: str) -> None:
    written, plain = canvas(told(text), family), canvas(told("x"), family)
    assert check_canvas_markdown(written) is None
    bare = CODE.sub("", FENCED.sub("", written))
    assert "![" not in re.sub(r"\\.", "", bare)
    assert not re.search(r"(?<!\\)<(?!br>)", bare.replace(r"\\", ""))
    assert _without_checks(headings(written)) == _without_checks(headings(plain))
    assert all(len(set(widths)) == 1 for widths in tables(written))
    assert {address for address in links(written) if not address.startswith("https://acme.slack.com/")} == set()


def _without_checks(found: list[str]) -> list[str]:
    return [heading for heading in found[1:] if "Quality Checks" not in heading]


# ---- Slack's limits


def test_a_table_is_split_with_its_heads_repeated() -> None:
    written = canvas(long(200), "slo")
    split = [widths for widths in tables(written) if widths[0] == 4]
    assert all(sum(widths) <= CELLS_MOST for widths in split)
    assert written.count("| Time | Event | Actor | Action/Observation |") >= 3
    assert [n for n in range(200) if f"line number {n} of the story" not in written] == []
    assert "left out" not in written


@pytest.mark.parametrize("family", available())
def test_ten_thousand_events_fit_and_what_is_left_out_is_said_and_led_to(family: str) -> None:
    story = long(10_000)
    attached = f.ChannelAttached(
        key="channel", at=story.now, source=story.source("U0ALICE"), channel="C0INCIDENT", name="incident-1"
    )
    written = canvas(story.tell(attached), family)
    assert check_canvas_markdown(written) is None
    assert MOST * 0.8 < len(written.encode()) <= MOST
    said = re.search(r"_([\d,]+) of ([\d,]+) are left out here, because a canvas holds no more: (.*)\._", written)
    assert said is not None
    left_out, total = (int(number.replace(",", "")) for number in said.groups()[:2])
    shown = {int(number) for number in re.findall(r"line number (\d+) of the story", written)}
    assert total >= 10_000 and len(shown) >= 10_000 - left_out - 1
    assert {0, 9_999} <= shown, "the beginning and the end both stand"
    where = "[#incident-20151021-1501-shakespeare](https://acme.slack.com/archives/C0INCIDENT)"
    assert said[3] == f"`/incident postmortem {family}` in {where} posts the whole as a file"
    assert headings(written)[1:] == headings(canvas(long(1), family))[1:]


def test_a_single_text_that_is_too_much_is_shortened_and_the_rest_stands() -> None:
    story = shakespeare().lists("2015-10-21 18:00", "log_excerpts", "one\n" + "x" * MOST)
    written = canvas(story, "slo")
    assert check_canvas_markdown(written) is None
    assert len(written.encode()) <= MOST
    assert "characters are left out here, because a canvas holds no more" in written
    assert "Search backends begin failing under the load" in written
    assert headings(written) == headings(render(report(story, "slo")))


def test_texts_that_are_too_much_however_short_their_lists_end_the_report_with_a_sentence() -> None:
    story = Story().declared("14:00").knows("15:00", "root_cause", "x" * MOST)
    written = canvas(story, "slo")
    assert check_canvas_markdown(written) is None
    assert len(written.encode()) <= MOST
    assert written.splitlines()[-1].startswith("_What follows is left out, because a canvas holds no more: ")


def test_code_stands_between_lists_as_a_list_of_a_canvas_holds_none() -> None:
    story = Story().declared("14:00").lists("15:00", "log_excerpts", "one\n```two``` ![](@U1)", "three\nfour")
    written = canvas(story, "slo")
    assert "\n\n````\none\n```two``` ! [](@U1)\n````\n\n- from " in written
    assert "\n\n```\nthree\nfour\n```\n\n- **Metrics Graphs**" in written
