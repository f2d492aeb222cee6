"""The report as a page: complete, self-contained, accessible, and nothing a person wrote is markup in it."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from bot.report import Report, build_report
from bot.words import Kind, Milestone
from templates import html, render
from templates.families import available, load_family
from tests.builders import Story
from tests.shakespeare import VIEW, shakespeare
from tests.stories_told import HOSTILE, reopened
from tests.voice.golden import same_as

VOID = {"meta", "br", "hr", "rect", "line", "circle", "polyline"}
TAGS = VOID | {"html", "head", "title", "style", "body", "a", "nav", "ol", "ul", "li", "main", "h1", "h2", "h3", "h4"}
TAGS |= {"p", "strong", "span", "sup", "code", "pre", "bdi", "div", "table", "caption", "thead", "tbody", "tr", "th"}
TAGS |= {"td", "section", "figure", "svg", "desc", "text", "tspan"}
NASTY = st.text(st.sampled_from("<>&\"'`=/ \n\tab:;|*_[]()\u202e\x02\x03\x04\x05\x06\x07\x10é日"), max_size=60)


@dataclass
class Page(HTMLParser):
    """What a browser would see; a tag that is not closed in its turn is an error."""

    tags: set[str] = field(default_factory=set)
    attributes: set[str] = field(default_factory=set)
    hrefs: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    levels: list[int] = field(default_factory=list)
    widths: list[set[int]] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    words: str = ""
    open: list[str] = field(default_factory=list)
    cells: int = 0

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.hrefs += [value or "" for name, value in attrs if name == "href"]
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if re.fullmatch("h[1-6]", tag):
            self.levels.append(int(tag[1]))
            self.headings.append("")
        if tag == "tr":
            self.cells = 0
        self.cells += tag in ("td", "th")
        if tag == "table":
            self.widths.append(set())
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        assert self.open.pop() == tag
        if tag == "tr":
            self.widths[-1].add(self.cells)

    def handle_data(self, data: str) -> None:
        self.words += data
        if self.open and re.fullmatch("h[1-6]", self.open[-1]):
            self.headings[-1] += data


def report(story: Story, family: str = "slo") -> Report:
    return build_report(story.incident(), load_family(family), VIEW)


def page(story: Story, family: str = "slo") -> Page:
    found = Page()
    found.feed(render(report(story, family), "html"))
    found.close()
    assert found.open == []
    return found


@pytest.fixture(params=available())
def family(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_the_book_example_looks_as_it_did() -> None:
    same_as("shakespeare.html", render(report(shakespeare()), "html"))


def test_the_page_needs_nothing_but_itself(family: str) -> None:
    text = render(report(reopened(), family), "html")
    assert not re.search(r"<(script|link|img|iframe|object|embed|form)\b|url\(|@import|\bsrc=", text)
    style = re.search("<style>(.*?)</style>", text, re.DOTALL)
    assert style is not None
    digest = b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'" in text


def test_a_browser_sees_only_elements_of_ours(family: str) -> None:
    found = page(reopened(), family)
    assert found.tags <= TAGS
    assert not {name for name in found.attributes if name.startswith("on") or name == "style"}
    assert "<!channel>" in found.words or "@channel" in found.words


def test_headings_go_down_one_step_at_a_time(family: str) -> None:
    levels = page(shakespeare(), family).levels
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))


def test_every_table_keeps_its_columns_and_has_a_caption(family: str) -> None:
    text = render(report(reopened(), family), "html")
    assert all(len(widths) == 1 for widths in page(reopened(), family).widths)
    assert text.count("<table>") == text.count("<caption") == len(re.findall(r"<caption[^>]*>[^<]", text))


def test_no_place_is_named_twice_and_every_inner_link_leads_to_one(family: str) -> None:
    found = page(shakespeare(), family)
    assert len(found.ids) == len(set(found.ids))
    assert {href[1:] for href in found.hrefs if href.startswith("#")} <= set(found.ids)


def test_every_outer_link_is_of_the_web_and_of_the_facts(family: str) -> None:
    """Permalinks, the channel, and the addresses that somebody wrote."""
    outer = {href for href in page(reopened(), family).hrefs if not href.startswith("#")}
    assert all(
        href.startswith("https://acme.slack.com/archives/C0INCIDENT")
        for href in outer - {"http://a.b/c", "https://x.y/z_a_b?q=1"}
    )


def test_every_value_has_a_note_that_says_who_how_and_when_and_leads_there(family: str) -> None:
    text = render(report(shakespeare(), family), "html")
    cause = re.search(r'A descriptor leak[^<]*<sup[^>]*><a href="#source-(\d+)" title="([^"]*)"', text)
    assert cause is not None
    assert cause[2] == "U0ALICE (command), 2015-10-21 17:00:00 UTC"
    assert re.search(rf'<li id="source-{cause[1]}">U0ALICE \(command\)[^<]*, <a href="https://acme[^"]*/p\d+">', text)


def test_a_time_in_the_timeline_leads_to_its_message_and_says_who_marked_it() -> None:
    text = render(report(shakespeare()), "html")
    assert re.search(
        r'<a href="https://acme[^"]*/p1445439300000013" title="[^"]* \(reaction\), [^"]* UTC">2015-10-21 14:55</a>',
        text,
    )


def test_a_question_stands_out_and_says_who_can_answer() -> None:
    wanted = "Unknown — the product owner can answer with <code>/incident set users_affected …</code>"
    assert f'<span class="unknown">{wanted}</span>' in render(report(Story().declared()), "html")


def test_a_list_below_an_item_is_inside_it() -> None:
    text = render(report(reopened()), "html")
    assert re.search(r"Said at the time|Not yet sorted|Log Excerpts", text)
    assert re.search(r'<strong class="label">Log Excerpts<span>:</span></strong>\n<ul>\n<li>from [^\n]*\n<pre>', text)


def test_text_as_it_was_typed_keeps_its_lines() -> None:
    assert "<pre>ERROR `boom` | at line 1&#10;$ ls</pre>" in render(report(reopened()), "html")


def test_hostile_words_stay_readable() -> None:
    assert "- item" in page(reopened()).words
    assert HOSTILE.count("\n") == render(report(reopened()), "html").split("q=1</a>")[1].split("</td>")[0].count("<br>")


@settings(max_examples=15, deadline=None)
@given(NASTY, st.sampled_from(available()))
def test_any_text_in_any_place_is_words_and_nothing_else(text: str, family: str) -> None:
    def told(words: str) -> Story:
        story = Story().declared("14:00", title=words or "x").said("14:01", words, Milestone.DETECTED, by=words or "U1")
        story.said("14:02", words, Kind.WENT_WELL).knows("14:03", "root_cause", words).knows(
            "14:03", "author", words or "x"
        )
        story.lists("14:05", "log_excerpts", words)
        return story.action("14:04", words, owner=words or None, ticket=words, verification=words)

    found, plain = page(told(text), family), page(told("x"), family)
    assert found.tags <= plain.tags | {"br", "pre", "bdi"}
    assert found.attributes == plain.attributes
    assert set(found.headings[1:]) <= {*plain.headings, "Lead-up", "Quality Checks", "Still Missing", "Also Recorded"}
    assert all(len(widths) == 1 for widths in found.widths)


@given(NASTY)
def test_an_address_cannot_leave_its_attribute(text: str) -> None:
    found = Page()
    found.feed(html.link("x", f"https://x.y/{text}"))
    found.close()
    assert found.tags == {"a"}
    assert found.attributes == {"href"}


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//x.y", "vbscript:x", None, ""])
def test_what_is_no_address_of_the_web_is_no_link(url: str | None) -> None:
    assert "<a" not in html.link("words", url)


def test_the_title_is_short_however_it_is_counted() -> None:
    text = render(report(Story().declared(title="&<\"'🔥" * 40)), "html")
    title = re.search("<title>(.*)</title>", text)
    assert title is not None
    assert len(title[1].encode("utf-16-le")) // 2 <= 70


def test_words_from_right_to_left_do_not_turn_what_stands_beside_them() -> None:
    assert html.text_of("שלום 123") == "<bdi>שלום 123</bdi>"
    assert html.text_of("plain") == "plain"


def test_markup_made_here_is_not_escaped_again() -> None:
    assert html.finalize(Markup("<b>a</b>\n")) == "<b>a</b>"


def test_the_same_report_gives_the_same_page() -> None:
    assert render(report(reopened()), "html") == render(report(reopened()), "html")
