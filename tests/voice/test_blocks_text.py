"""Text from Slack is data: it notifies nobody, breaks nothing, and is cut between characters."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.decision import ChannelLink, Link, Name, Quote, Time
from bot.facts import Evidence
from bot.words import Wire
from templates.blocks import Look, mrkdwn, plain
from templates.blocks.text import permalink
from tests.voice.scene import HOSTILE, HUGE, LOOK, T0


def test_a_quote_notifies_nobody_and_names_everybody() -> None:
    said = mrkdwn((Quote(HOSTILE),), LOOK)
    assert "<!channel" not in said
    assert "<!here" not in said
    assert "<@" not in said
    assert "<!subteam" not in said
    assert "@channel" not in said  # a word joiner stands between
    assert "@\u2060channel @\u2060here @Maria @bob @oncall" in said


def test_a_quote_keeps_its_links_and_escapes_the_rest() -> None:
    said = mrkdwn((Quote(HOSTILE),), LOOK)
    assert "<https://evil.example/?a=1&amp;b=2|click ¦ me>" in said
    assert "<#C1|general>" not in said
    assert "<#C1>" in said
    assert "&lt;script&gt;" in said


def test_an_open_fence_in_a_quote_ends_with_the_quote() -> None:
    said = mrkdwn((Quote(Wire("``` open")), " ours"), LOOK)
    assert said == "``` open``` ours"


def test_a_cut_fence_is_closed() -> None:
    said = mrkdwn((Quote(Wire("```" + "x" * 100 + "```")),), LOOK, 50)
    assert said.endswith("…```")
    assert len(said) <= 50


def test_right_to_left_words_keep_to_themselves_also_when_cut() -> None:
    for most in (3000, 12):
        said = mrkdwn((Quote(Wire("שלום " * 5)), "!"), LOOK, most)
        assert said.count("\u2068") == said.count("\u2069") == 1


def test_bidirectional_overrides_are_dropped() -> None:
    assert mrkdwn((Quote(Wire("a\u202egnp.exe\u2066")),), LOOK) == "agnp.exe"


@pytest.mark.parametrize("cluster", ["👩‍👩‍👧‍👦", "🇨🇭", "e\u0301", "👍🏽", "1\ufe0f\u20e3", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"])
def test_a_cut_falls_between_characters(cluster: str) -> None:
    said = plain((Quote(Wire(cluster * 40)),), LOOK, 50)
    assert said.endswith("…")
    assert said.removesuffix("…").replace(cluster, "") == ""


def test_a_person_is_shown_by_name_and_an_unknown_one_by_id() -> None:
    assert mrkdwn((Name("U2"), " and ", Name("U404"), " and ", Name("Dr. <b>Who</b>")), LOOK) == (
        "Anne-Marie O'Neil and U404 and Dr. &lt;b&gt;Who&lt;/b&gt;"
    )


def test_a_name_cannot_call_the_channel_or_break_the_line() -> None:
    look = Look({"U1": "@channel\n<!here>"})
    assert mrkdwn((Name("U1"),), look) == "@\u2060channel &lt;!here&gt;"


def test_a_moment_is_shown_in_the_readers_zone_with_utc_for_the_others() -> None:
    stamp = int(T0.timestamp())
    assert mrkdwn((Time(T0),), LOOK) == f"<!date^{stamp}^{{date_short_pretty}} {{time}}|2026-03-08 13:50 UTC>"


def test_seconds_are_shown_where_there_are_any() -> None:
    said = mrkdwn((Time(datetime(2026, 4, 9, 22, 0, 10, tzinfo=UTC), approximate=True),), LOOK)
    assert said.startswith("about <!date^")
    assert "{time_secs}|2026-04-09 22:00:10 UTC>" in said


def test_a_link_leads_to_the_message_and_a_reply_into_its_thread() -> None:
    assert permalink(Evidence("C1", "1772.0001"), LOOK) == "https://acme.slack.com/archives/C1/p17720001"
    reply = Link(Evidence("C1", "1772.0002", "1772.0001"), "the <message>|\n")
    assert mrkdwn((reply,), LOOK) == (
        "<https://acme.slack.com/archives/C1/p17720002?thread_ts=1772.0001&amp;cid=C1|the &lt;message&gt;¦>"
    )


def test_a_channel_is_linked_only_by_an_id() -> None:
    assert mrkdwn((ChannelLink("C1"), ChannelLink("!channel")), LOOK) == "<#C1>!channel"


def test_plain_text_has_no_markup_and_names_its_zone() -> None:
    text = (Name("U1"), " at ", Time(T0), ": ", Quote(Wire("a &lt;b&gt; <@U2> <#C1|general>")))
    assert plain(text, LOOK) == "Maria at 2026-03-08 13:50 UTC: a <b> @Anne-Marie O'Neil #general"


@given(st.text(), st.integers(min_value=12, max_value=400))
def test_whatever_is_quoted_fits_and_calls_nobody(words: str, most: int) -> None:
    said = mrkdwn((Quote(Wire(words)), " — ", Name(words), words), LOOK, most)
    assert len(said) <= most
    assert not any(call in said for call in ("<!channel", "<!here", "<!everyone", "<@", "<!subteam"))


def test_huge_words_fit_with_an_ellipsis() -> None:
    said = mrkdwn((Quote(HUGE),), LOOK)
    assert 2800 < len(said) <= 3000
    assert "…" in said
