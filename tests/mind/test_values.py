"""Values of fields: kept in the field's own form, or refused in a sentence."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands import Request
from bot.decision import Refused
from bot.facts import Value
from bot.field import EVERY, Field, Type
from bot.fields import FIELDS
from bot.values import parse_value
from bot.words import Wire

ASKED = Request("k", "U1", "command", datetime(2026, 3, 9, 19, 30, tzinfo=UTC), "America/New_York")
CHOICES = ("monitoring alert", "customer report", "other")


def field(type_: Type, unit: str = "") -> Field:
    choices = CHOICES if type_ == "choice" else ()
    return Field("key", "A label", type_, unit, "impact", "commander", "Help", EVERY, choices=choices)


@pytest.mark.parametrize(
    ("type_", "typed", "value"),
    [
        ("integer", "5000", 5000),
        ("integer", "5,000", 5000),
        ("integer", "5 000", 5000),
        ("integer", "5'000'000", 5_000_000),
        ("integer", "5k", 5000),
        ("integer", "1.2M", 1_200_000),
        ("integer", "0", 0),
        ("number", "2.5", 2.5),
        ("number", "2,5", 2.5),
        ("number", "-3", -3),
        ("percentage", "34%", 0.34),
        ("percentage", "99.95 %", 0.9995),
        ("percentage", "34 percent", 0.34),
        ("percentage", "0.34", 0.34),
        ("percentage", "0", 0.0),
        ("percentage", "120%", 1.2),
        ("money", "$1,200", "1200.00 USD"),
        ("money", "1200 EUR", "1200.00 EUR"),
        ("money", "eur 1,200.50", "1200.50 EUR"),
        ("money", "€1.2k", "1200.00 EUR"),
        ("money", "1200", "1200.00"),
        ("duration", "1h30m", 5400),
        ("duration", "90s", 90),
        ("choice", "Customer_Report", "customer report"),
        ("choice", "monitoring", "monitoring alert"),
        ("person", "<@U7|maria>", "U7"),
        ("person", "me", "U1"),
        ("person", "Anne-Marie O'Neil", "Anne-Marie O'Neil"),
        ("text", "a `|` b\n&lt;c&gt; ~5", "a `|` b\n&lt;c&gt; ~5"),
        ("list", "api,db, cache", ("api", "db", "cache")),
        ("list", "We rolled back, then it held", ("We rolled back, then it held",)),
        ("list", "- first one\n2. second one\n\n• third", ("first one", "second one", "third")),
        ("list", "```\n# Before\npool: 5\n```", ("```\n# Before\npool: 5\n```",)),
        ("moment", "14:02", "2026-03-09T18:02:00+00:00"),
        ("moment", "2026-03-20", "2026-03-20"),
        ("moment", "yesterday", "2026-03-08"),
        ("yesno", "Yes", True),
        ("yesno", "n", False),
    ],
)
def test_a_value_is_kept_in_the_form_of_its_type(type_: Type, typed: str, value: Value) -> None:
    kept, approximate = parse_value(field(type_), Wire(typed), ASKED)
    assert (kept, type(kept), approximate) == (value, type(value), False)


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("2026-03-24", "2026-03-24"),
        ("friday", "2026-03-13"),
        ("in 2 weeks", "2026-03-23"),
        ("2026-03-24 15:00", "2026-03-24T19:00:00+00:00"),
        ("friday at 3pm", "2026-03-13T19:00:00+00:00"),
        ("24 march 15:00 CET", "2026-03-24T14:00:00+00:00"),
        ("tomorrow 00:30", "2026-03-10T04:30:00+00:00"),
        ("2026-03-02 15:00", "2026-03-02T20:00:00+00:00"),
        ("yesterday 15:00", "2026-03-08T19:00:00+00:00"),
    ],
)
def test_the_moment_of_what_is_planned_may_lie_ahead(typed: str, value: str) -> None:
    assert parse_value(FIELDS["meeting_date"], Wire(typed), ASKED) == (value, False)


@pytest.mark.parametrize("typed", ["2026-03-24 15:00", "2026-03-24 25:00", "someday", "friday or so"])
def test_what_has_been_may_not_and_no_moment_is_guessed(typed: str) -> None:
    with pytest.raises(Refused):
        parse_value(field("moment"), Wire(typed), ASKED)
    if "15:00" not in typed:
        with pytest.raises(Refused):
            parse_value(FIELDS["meeting_date"], Wire(typed), ASKED)


@pytest.mark.parametrize(
    ("type_", "typed", "value"),
    [
        ("integer", "~5,000", 5000),
        ("integer", "roughly 5k", 5000),
        ("percentage", "about 34%", 0.34),
        ("money", "ca. $1,200", "1200.00 USD"),
        ("duration", "about 18 hours", 64_800),
        ("moment", "about 14:02", "2026-03-09T18:02:00+00:00"),
    ],
)
def test_an_approximate_value_is_marked(type_: Type, typed: str, value: Value) -> None:
    assert parse_value(field(type_), Wire(typed), ASKED) == (value, True)


def test_a_number_may_carry_the_unit_of_its_field_and_no_other() -> None:
    assert parse_value(field("number", "ms"), Wire("250 ms"), ASKED) == (250, False)
    assert parse_value(field("integer", "users"), Wire("1 user"), ASKED) == (1, False)
    with pytest.raises(Refused, match="counted in ms"):
        parse_value(field("number", "ms"), Wire("2 s"), ASKED)


@pytest.mark.parametrize(
    ("type_", "typed"),
    [
        ("integer", "many"),
        ("integer", "2.5"),
        ("integer", "5.000"),
        ("integer", "9" * 40),
        ("integer", ""),
        ("number", "NaN"),
        ("number", "1e9"),
        ("percentage", "34"),
        ("percentage", "1"),
        ("percentage", "a third"),
        ("money", "a lot"),
        ("money", "¥100"),
        ("duration", "90"),
        ("choice", "o t h e r s"),
        ("person", "x" * 200),
        ("person", "@"),
        ("moment", "16:00"),
        ("moment", "2026-02-30"),
        ("yesno", "maybe"),
    ],
)
def test_what_is_no_value_of_the_type_is_refused_with_an_example(type_: Type, typed: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_value(field(type_), Wire(typed), ASKED)
    assert refused.value.example


@given(
    st.sampled_from(
        ["integer", "number", "percentage", "money", "duration", "choice", "person", "text", "list", "moment", "yesno"]
    ),
    st.text() | st.text(alphabet="0123456789.,~ %$€kmEURh-+"),
)
def test_any_text_is_a_value_or_refused(type_: Type, typed: str) -> None:
    with suppress(Refused):
        assert parse_value(field(type_), Wire(typed), ASKED)[0] is not None
