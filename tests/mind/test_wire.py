"""Slack's wire text: readable, harmless, cut only between characters."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.wire import address, channel, escape, mention, mentions, one_line, plain, shorten

NAMES = {"U1": "Anne-Marie O'Neil", "U2": "李小龍", "U3": "Dr. <b>Who</b>", "S1": "sre-on-call"}
CHANNELS = {"C1": "incident-7"}


@pytest.mark.parametrize(
    ("wire", "read"),
    [
        ("<@U1> and <@U2|x>", "@Anne-Marie O'Neil and @李小龍"),
        ("<@U3>", "@Dr. <b>Who</b>"),
        ("<@U9|maria>", "@maria"),
        ("<@U9>", "@U9"),
        ("<#C1>", "#incident-7"),
        ("<#C9|general>", "#general"),
        ("<#C9|>", "#C9"),
        ("<!channel> <!here|@here> <!everyone>", "@channel @here @everyone"),
        ("<!subteam^S1> <!subteam^S2|@dba> <!subteam^S3>", "@sre-on-call @dba @S3"),
        ("<!date^1392734382^{date} at {time}^https://x.y|Feb 18, 2014>", "Feb 18, 2014"),
        ("<!date^1392734382^{date}>", "2014-02-18 14:39 UTC"),
        ("<https://x.y/a?b=1&amp;c=2|the graph>", "the graph (https://x.y/a?b=1&c=2)"),
        ("<https://x.y>", "https://x.y"),
        ("<https://x.y/|x.y>", "https://x.y/"),
        ("<mailto:a@b.c|a@b.c>", "a@b.c"),
        ("a &lt;b&gt; &amp;amp; &quot;", "a <b> &amp; &quot;"),
        ("&lt;!channel&gt;", "<!channel>"),
        ("<odd> < <@>", "<odd> < <@>"),
        ("a\u202eb\u2066c\x00d\x1b[31m\ud800", "abcd[31m"),
        ("a\r\nb\tc\u2028d", "a\nb\tc\nd"),
        ("👩\u200d👩\u200d👧 🇩🇪 e\u0301 👍🏽 שלום", "👩\u200d👩\u200d👧 🇩🇪 e\u0301 👍🏽 שלום"),
    ],
)
def test_wire_text_reads_as_people_see_it(wire: str, read: str) -> None:
    assert plain(wire, NAMES, CHANNELS) == read


def test_mentions_are_found_once_each() -> None:
    assert mentions("<@U1> <@W2|b> <!subteam^S1|@x> <@U1> <#C1> <!here>") == ("U1", "W2", "S1", "C1")


def test_a_lone_token_gives_its_id() -> None:
    assert (mention(" <@U1|anne> "), mention("<@U1> x"), mention("anne")) == ("U1", None, None)
    assert (channel("<#C1|x>"), channel("#x")) == ("C1", None)
    assert (address("<https://x.y?a&amp;b|t>"), address("https://x.y"), address("<mailto:a@b>")) == (
        "https://x.y?a&b",
        "https://x.y",
        None,
    )


@given(st.text())
def test_escaped_text_holds_no_token_and_reads_back(text: str) -> None:
    wire = escape(text)
    assert "<" not in wire
    assert mentions(wire) == ()
    assert plain(wire, {}) == plain(escape(plain(wire, {})), {})


@given(st.text(alphabet=st.sampled_from("<>|@!#^&;ltgamp:/U1C\n\u202e\ud800x")))
def test_any_wire_text_reads_without_control_characters(wire: str) -> None:
    plain(wire, {}).encode()
    assert "\u202e" not in plain(wire, {})


@pytest.mark.parametrize(
    ("text", "limit", "cut"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdef", 4, "abc…"),
        ("abe\u0301f!", 4, "ab…"),
        ("a👍🏽bc", 3, "a…"),
        ("x👩\u200d👩\u200d👧yz", 5, "x…"),
        ("🇩🇪🇫🇷🇬🇧", 4, "🇩🇪…"),
        ("❤\ufe0f❤\ufe0f", 2, "…"),
        ("1\ufe0f\u20e3abc", 3, "…"),
        ("क्षत्रिय", 3, "…"),
        ("각각", 1, "…"),
        ("abc", 0, ""),
    ],
)
def test_text_is_cut_only_between_characters(text: str, limit: int, cut: str) -> None:
    assert shorten(text, limit) == cut


@given(st.text(), st.integers(0, 50))
def test_a_shortened_text_keeps_to_its_limit(text: str, limit: int) -> None:
    assert len(shorten(text, limit)) <= max(limit, 0)


def test_one_line_has_no_line_ends() -> None:
    assert one_line(" a\n\tb  c\r\n") == "a b c"


@pytest.mark.parametrize(
    "text", ["<" * 100_000, "<@" * 50_000, "<!date^" * 20_000, "&amp;" * 30_000, "\u0301" * 100_000, "🇩" * 50_000]
)
def test_hostile_text_takes_no_time(text: str) -> None:
    began = time.perf_counter()
    plain(text, {})
    shorten(text, 50_000)
    assert time.perf_counter() - began < 1
