"""Text from people is data in every position of a Markdown document."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from templates.markdown import escape, fence, finalize, link, row, tidy
from tests.stories.rendered import read

UNESCAPED_PIPE = re.compile(r"(?<!\\)\|")
NASTY = st.text(st.sampled_from("|\\`*_[]()<>!@#&{}%$~-+=.:/ \n\t1aé\u202e\u200d|"), max_size=60) | st.text(max_size=60)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a|b", r"a\|b"),
        ("`code`", r"\`code\`"),
        ("# head", r"\# head"),
        ("- item", r"\- item"),
        ("+ item", r"\+ item"),
        ("> quote", r"\> quote"),
        ("1. one", r"1\. one"),
        ("12) twelve", r"12\) twelve"),
        ("99.9% up", "99.9% up"),
        ("=====", r"\====="),
        ("[a](javascript:alert(1))", r"\[a\](javascript:alert(1))"),
        ("![x](y)", r"!\[x\](y)"),
        ("<b>bold</b>", "&lt;b>bold&lt;/b>"),
        ("<!channel>", "&lt;!channel>"),
        ("&lt;b&gt;", "&amp;lt;b&amp;gt;"),
        ("AT&T", "AT&T"),
        ("one\ntwo", "one<br>two"),
        ("snake_case _word_", r"snake_case \_word\_"),
        ("**loud** ~~gone~~", r"\*\*loud\*\* \~\~gone\~\~"),
        ("see https://x.y/a_b?q=1.", "see <https://x.y/a_b?q=1>."),
        ("(https://x.y/a_(b))", "(<https://x.y/a_(b)>)"),
        ("www.x.org a@b.org", r"www\.x.org a\@b.org"),
        ("costs $5 and $6$", r"costs \$5 and \$6\$"),
        ("-5 min", r"\-5 min"),
        ("{{ x }} {% y %}", "&#123;{ x }} &#123;% y %}"),
        ("tab\there", "tab here"),
        ("bell\x07 gone\u202e", "bell gone"),
        ("日本語 👩‍💻 é", "日本語 👩‍💻 é"),
    ],
)
def test_nothing_that_a_person_writes_is_markup(text: str, written: str) -> None:
    assert escape(text) == written


@given(NASTY)
def test_any_text_is_one_line_without_html_or_a_bare_pipe(text: str) -> None:
    written = escape(text)
    assert len(written.splitlines()) <= 1
    assert not UNESCAPED_PIPE.search(written.replace(r"\\", ""))
    assert not re.search(r"<(?!br>|https?://)", written)


@given(st.lists(NASTY, min_size=1, max_size=5))
def test_hostile_text_keeps_the_columns_of_a_table(cells: list[str]) -> None:
    line = str(row(cells))
    assert len(UNESCAPED_PIPE.findall(line.replace(r"\\", ""))) == len(cells) + 1
    assert "\n" not in line


@given(NASTY)
def test_an_address_in_a_link_cannot_end_it(text: str) -> None:
    written = str(link("14:02", f"https://x.y/{text}"))
    target = re.fullmatch(r"\[14:02\]\(([^()\s<>]*)\)", written)
    assert target is not None


@given(NASTY)
def test_a_code_block_ends_where_it_ends(text: str) -> None:
    lines = str(fence(text, 0)).split("\n")
    assert re.fullmatch("`{3,}text", lines[0])
    mark = lines[0].removesuffix("text")
    assert lines[-1] == mark
    assert not [line for line in lines[1:-1] if line.strip().startswith(mark)]


def test_a_message_that_is_a_code_block_is_not_fenced_twice() -> None:
    assert str(fence("```\nERROR `x`\n```", 2)) == "  ````text\n  ERROR `x`\n  ````"


def test_markup_made_here_is_not_escaped_again() -> None:
    assert finalize(Markup("**a**\n")) == "**a**"


def test_a_document_has_no_two_blank_lines_together() -> None:
    assert tidy("\n\na\n\n\n\nb\n\n") == "a\n\nb\n"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//x.y", "F1", "", None])
def test_what_is_no_address_of_the_web_is_no_link(url: str | None) -> None:
    assert str(link("file", url)) == "file"


def test_an_address_that_looks_like_an_entity_stays_as_it_is() -> None:
    """Markdown reads entities between the parentheses of a link, so that one would lead elsewhere."""
    written = str(link("here", "https://x.y/?a=1&lt;=2&b=3"))
    assert written == "[here](https://x.y/?a=1&amp;lt;=2&b=3)"
    assert read(written).links == ["https://x.y/?a=1&lt;=2&b=3"]


def test_an_address_that_was_cut_is_no_link() -> None:
    """Half an address leads nowhere, or to somebody else's page."""
    assert escape("see https://x.y/deploys/4…") == "see https://x.y/deploys/4…"
    assert escape("https://x.y/… is cut, https://x.y/b is not") == "https://x.y/… is cut, <https://x.y/b> is not"
