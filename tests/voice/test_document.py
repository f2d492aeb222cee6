"""The report as a PDF: all that the page says, the same bytes each time, and no text is ever read as markup."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

from bot.report import Report, build_report
from bot.words import Kind, Milestone
from templates import document, typesetting
from templates.document import shares
from templates.families import available, load_family
from tests.builders import Story
from tests.shakespeare import VIEW, shakespeare
from tests.stories_told import reopened

TYPST = '#include "/etc/passwd" #panic() $x^2$ *bold* _it_ `raw` @ref <label> = Heading \\ // note /* #eval("1") ]'


def report(story: Story, family: str = "slo") -> Report:
    return build_report(story.incident(), load_family(family), VIEW)


def nodes(of: Any) -> Iterator[dict[str, Any]]:
    if isinstance(of, dict):
        yield of
    for part in of.values() if isinstance(of, dict) else of if isinstance(of, list) else ():
        yield from nodes(part)


def words(of: Any) -> str:
    return " ".join(str(node["text"]) for node in nodes(of) if "text" in node).replace("\u200b", "")


@pytest.mark.parametrize("family", available())
def test_every_family_makes_a_pdf_and_always_the_same(family: str) -> None:
    first = document.pdf(report(reopened(), family))
    assert first.startswith(b"%PDF-")
    assert first == document.pdf(report(reopened(), family))


@pytest.mark.parametrize("family", available())
def test_headings_are_those_of_the_family(family: str) -> None:
    found = [
        node["text"]
        for node in nodes(document.document(report(shakespeare(), family)))
        if node.get("kind") == "heading"
    ]
    assert len(found) > 10
    assert any("Timeline" in heading for heading in found)


def test_text_that_looks_like_typst_stays_text() -> None:
    story = (
        Story()
        .declared("14:00", title=TYPST)
        .said("14:01", TYPST, Milestone.DETECTED)
        .said("14:02", TYPST, Kind.IMPACT)
    )
    story.lists("14:05", "log_excerpts", f"{TYPST}\n{TYPST}").action("14:06", TYPST)
    made = report(story)
    assert TYPST in words(document.document(made))
    assert b"root:" not in document.pdf(made)


def test_links_lead_where_those_of_the_page_do() -> None:
    urls = {node["url"] for node in nodes(document.document(report(shakespeare()))) if node.get("url")}
    assert urls
    assert all(url.startswith("https://acme.slack.com/archives/C0INCIDENT") for url in urls)
    assert all(url.encode() in _unpacked(document.pdf(report(shakespeare()))) for url in urls)


def _unpacked(pdf: bytes) -> bytes:
    """The file with its compressed parts laid open."""
    parts = [pdf]
    for piece in pdf.split(b"stream\n")[1:]:
        try:
            parts.append(zlib.decompressobj().decompress(piece))
        except zlib.error:
            continue
    return b"\n".join(parts)


def test_a_long_word_may_end_a_line_between_characters_and_a_short_one_may_not() -> None:
    story = Story().declared("14:00").said("14:01", f"see {'👩‍👩‍👧‍👦' * 20} and https://x.y/{'a' * 60}")
    text = json.dumps(document.document(report(story)), ensure_ascii=False)
    assert "👩‍👩‍👧‍👦\u200b👩‍👩‍👧‍👦" in text
    assert "see\u200b" not in text


def test_a_long_word_may_end_a_line_in_a_heading_too() -> None:
    """It would run off the page: the title of a report is what somebody typed."""
    heading = document.document(report(Story().declared(title="x" * 60)))["blocks"][0]
    assert heading["kind"] == "heading" and f"{'x' * 16}\u200b{'x' * 16}" in heading["text"]


def test_a_column_of_short_words_takes_what_it_needs_and_the_rest_is_shared() -> None:
    assert shares([["Time", "Text"], ["14:00", "word " * 20], ["14:01", "word " * 40]]) == [None, 60.0]
    assert shares([["A", "B"], ["x", "y"]]) == [1.0, 1.0]


def test_emoji_have_their_names_where_no_font_has_them() -> None:
    """The machine decides which; both say the same."""
    shown = typesetting.spelled("on 🔥 ⏳ now")
    assert shown == ("on 🔥 ⏳ now" if typesetting.has_emoji() else "on :fire: :hourglass_with_flowing_sand: now")


def test_letters_of_ours_are_in_a_font_of_ours() -> None:
    assert "Inter" in typesetting.fonts().families()


def test_a_long_word_in_a_column_may_end_its_line_and_the_column_holds_the_longest_that_may_not() -> None:
    """Else it runs over the words of the next column."""
    story = Story().declared("14:00").said("14:01", "z" * 200, by="m" * 50)
    made = document.document(report(story, "security"))
    tables = [node for node in nodes(made) if node.get("kind") == "table"]
    said = [node["text"] for table in tables for node in nodes(table["rows"]) if "text" in node]
    assert not [text for text in said if re.search(r"[mz]{5}", text)]
    assert shares([["Owner", "Notes"], ["x" * 16 + " " + "y" * 13, "a b " * 40]]) == [24.0, 60.0]


def test_a_label_stays_with_what_belongs_to_it_and_a_short_item_on_one_page() -> None:
    made = document.document(report(shakespeare(), "pir"))
    leading = [said(block) for block in made["blocks"] if block.get("leads")]
    assert {"Business Impact:", "Technical Impact:", "What happened:"} <= set(leading)
    after = {said(one): two["kind"] for one, two in pairwise(made["blocks"]) if one.get("leads")}
    assert set(after.values()) <= {"list", "table", "paragraph", "code"}
    assert not [words for words, kind in after.items() if kind == "paragraph" and not words.endswith(":")]


def test_an_item_longer_than_a_few_lines_may_go_over_the_page() -> None:
    """What may not is cut off at the foot of the page if it is longer."""
    for count, whole in ((2, True), (400, False)):
        story = Story().declared("14:00").said("14:01", "down", Kind.IMPACT)
        for number in range(count):
            story.said(f"14:{number % 60:02}", "x", Kind.IMPACT)
        made = document.document(report(story, "trading"))
        (item,) = (node for node in nodes(made) if node.get("label") == "Said at the time")
        assert item["whole"] is whole


def test_an_emoji_stays_on_the_line_of_its_word() -> None:
    (legend,) = (
        line
        for line in nodes(document.document(report(shakespeare(), "security")))
        if line.get("label") == "Status Legend"
    )
    assert "\u00a0Open · " in words(legend) and "\u00a0Blocked · " in words(legend)
    assert typesetting.with_emoji_kept("🔥 🔥 🔥") == "🔥 🔥 🔥", "many of them are no word"


def said(block: dict[str, Any]) -> str:
    return "".join(words(line["runs"]) for line in block["lines"])
