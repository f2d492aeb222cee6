"""The report on a trading system (seed 004): read as a manager would, and held to the labels of its seed."""

from __future__ import annotations

import re

import pytest

from bot.words import ActionType
from tests.builders import Story
from tests.stories_told import reopened
from tests.trades import trades
from tests.voice.family_reports import Label, carries, everything, headings, labels, sections, table_widths
from tests.voice.family_reports import written as written_as
from tests.voice.golden import same_as


def written(story: Story) -> str:
    return written_as(story, "trading")


def test_orders_on_stale_prices_read_as_they_did() -> None:
    same_as("trading-trades.md", written(trades()))


def test_a_bare_declaration_reads_as_it_did() -> None:
    same_as("trading-bare.md", written(Story().declared()))


@pytest.mark.parametrize("label", labels("trading"), ids=str)
def test_every_label_of_the_seed_stands_in_the_report_of_a_bare_declaration(label: Label) -> None:
    assert carries(written(Story().declared()), label)


def test_whatever_anybody_said_stands_in_the_report() -> None:
    story, shown = everything()
    document = written(story).split("## State of This Report")[0] + written(story).split("## Sign-off")[1]
    assert [key for key, text in shown.items() if text not in document] == []


def test_the_headings_are_the_same_whatever_is_known() -> None:
    optional = {"### Quality Checks", "### Still Missing"}
    bare, full = (set(headings(written(story))[1:]) - optional for story in (Story().declared(), trades()))
    assert bare == full


def test_every_table_keeps_its_columns_whatever_the_text() -> None:
    assert all(len(widths) == 1 for widths in table_widths(written(reopened())))


def test_times_are_colombian_and_say_so() -> None:
    document = written(Story().declared("2026-05-06 02:15"))
    assert "## Timeline (All Times in COT - Colombia Time)" in headings(document)
    assert "[2026-05-05 21:15](" in document
    assert "2026-05-06 02:15" not in document
    assert document.rstrip().endswith("All times are in COT (Colombia Time, America/Bogota)._")


def test_a_number_counts_the_days_of_utc() -> None:
    assert "**Incident ID**: INC-20260506-001" in written(Story().declared("2026-05-06 02:15"))


def test_all_that_happened_stands_in_one_table() -> None:
    timeline = sections(written(trades()))["timeline"].split("### Clocks")[0]
    assert len(re.findall(r"^\| \[", timeline, re.MULTILINE)) == 8


def test_without_its_own_downtime_trading_shows_the_degraded_time_as_what_it_is() -> None:
    story = Story().declared("14:00").said("14:01", "it begins").resolved("14:30")
    row = next(line for line in written(story).splitlines() if "Trading Downtime" in line)
    assert "Unknown" in row
    row = next(line for line in written(reopened()).splitlines() if "Trading Downtime" in line)
    assert "of degraded service; nobody stated how long trading itself was down" in row


def test_a_factor_of_three_parts_has_a_title_and_of_one_part_a_question() -> None:
    factors = sections(written(trades()))["contributing factors"]
    assert "1. **Heartbeats**\n   - Description: they reset the age of a quote" in factors
    assert "   - Contribution: the alert came 7 minutes late" in factors
    assert "2. **Factor 2**\n   - Description: no automatic halt" in factors
    assert factors.count("_Unknown — the technical lead") == 1


def test_an_empty_list_of_factors_is_printed_once_as_questions() -> None:
    factors = sections(written(Story().declared()))["contributing factors"]
    assert factors.count("Description: _Unknown") == factors.count("Contribution: _Unknown") == 1


def test_items_are_named_in_the_category_of_their_type() -> None:
    story = Story().declared().action("15:00", "Add an alert", type=ActionType.DETECT).action("15:00", "Ask the broker")
    document = written(story)
    assert re.search(r"\*\*Improve Detection\*\*: .* — \[A1\]\(", document)
    assert re.search(r"\*\*Not yet sorted\*\*: .* — \[A2\]\(", document)


def test_the_reviews_have_their_days() -> None:
    schedule = sections(written(trades()))["sign off"].split("### Follow-up Schedule")[1]
    assert re.findall(r"^\| (\S+) \| (.*?):", schedule, re.MULTILINE) == [
        ("2026-05-19", "Action items check"),
        ("2026-06-04", "30-day retrospective"),
        ("2026-08-03", "Final close-out"),
    ]
