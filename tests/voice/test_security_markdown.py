"""The report on security (seed 003): read as a manager would, and held to the labels of its seed."""

from __future__ import annotations

import re

import pytest

from bot.words import ActionType, IncidentType, Kind, Milestone, Priority
from tests.breach import breach
from tests.builders import Story
from tests.stories_told import reopened
from tests.voice.family_reports import Label, carries, everything, headings, labels, sections, table_widths
from tests.voice.family_reports import written as written_as
from tests.voice.golden import same_as


def written(story: Story) -> str:
    return written_as(story, "security")


def line(text: str, label: str) -> str:
    return next(line for line in text.splitlines() if f"**{label}**" in line)


def test_a_leak_of_customer_data_reads_as_it_did() -> None:
    same_as("security-breach.md", written(breach()))


def test_a_bare_declaration_reads_as_it_did() -> None:
    same_as("security-bare.md", written(Story().declared()))


@pytest.mark.parametrize("label", labels("security"), ids=str)
def test_every_label_of_the_seed_stands_in_the_report_of_a_bare_declaration(label: Label) -> None:
    assert carries(written(Story().declared()), label)


def test_whatever_anybody_said_stands_in_the_report() -> None:
    story, shown = everything()
    document = written(story).split("## State of This Report")[0] + written(story).split("## Sign-off")[1]
    assert [key for key, text in shown.items() if text not in document] == []


def test_the_headings_are_the_same_whatever_is_known() -> None:
    optional = {"### Lead-up", "### Quality Checks", "### Still Missing", "### Not Yet Sorted"}
    optional |= {"### Priority: Not Yet Given"}
    bare, full = (set(headings(written(story))[1:]) - optional for story in (Story().declared(), breach()))
    assert bare == full


def test_every_table_keeps_its_columns_whatever_the_text() -> None:
    assert all(len(widths) == 1 for widths in table_widths(written(reopened())))


@pytest.mark.parametrize(
    ("type_", "ticked"),
    [
        (IncidentType.SECURITY, "Security Incident"),
        (IncidentType.OUTAGE, "Service Outage"),
        (IncidentType.DATA_LEAK, "Data Incident"),
        (IncidentType.DATA_LOSS, "Data Incident"),
        (IncidentType.DATA_CORRUPTION, "Data Incident"),
        (IncidentType.DEGRADATION, "Performance Degradation"),
        (IncidentType.PERFORMANCE, "Performance Degradation"),
        (IncidentType.OTHER, "Other"),
    ],
)
def test_one_box_is_ticked_for_the_type_of_incident(type_: IncidentType, ticked: str) -> None:
    boxes = re.findall(r"^- \[x\] (.*)$", written(Story().declared(type=type_)), re.MULTILINE)
    assert len(boxes) == 1
    assert boxes[0].startswith(ticked)


def test_a_notice_is_due_from_the_moment_of_awareness() -> None:
    story = Story().declared("14:00").mark("14:05", Milestone.AWARE, "13:30").knows("14:06", "gdpr_applies", True)
    assert "within 72 h; due 2026-03-13 13:30 UTC, counted from the moment of awareness" in line(written(story), "GDPR")


def test_a_notice_that_nobody_owes_has_no_day() -> None:
    story = Story().declared("14:00").mark("14:05", Milestone.AWARE, "13:30").knows("14:06", "gdpr_applies", False)
    assert line(written(story), "GDPR").endswith("within 72 h")


def test_without_a_moment_of_awareness_the_latest_day_is_said_and_how_to_set_it() -> None:
    said = line(written(Story().declared("14:00")), "GDPR")
    assert "if it applies, due no later than 2026-03-13 14:00 UTC, counted from the declaration" in said
    assert "`/incident mark aware 14:02` sets it" in said


def test_amounts_of_one_currency_are_added_and_what_is_lacking_is_named() -> None:
    story = Story().declared().knows("15:00", "revenue_impact", "100.50 EUR").knows("15:00", "sla_credits", "20 EUR")
    total = line(written(story), "Total Cost")
    assert "**120.50 EUR**" in total
    assert "Without support costs, cost of engineering time, which nobody stated" in total


def test_amounts_of_two_currencies_are_said_and_not_added() -> None:
    story = Story().declared().knows("15:00", "revenue_impact", "100 EUR").knows("15:00", "sla_credits", "20 USD")
    assert "_Not added: the amounts are in EUR and USD_" in line(written(story), "Total Cost")


def test_an_action_item_stands_below_its_priority_whenever_it_is_due() -> None:
    story = Story().declared()
    story.action("15:00", "Close the port", priority=Priority.LOW, due="2026-03-11")
    story.action("15:00", "Read the log", due="2026-03-12")
    items = sections(written(story))["action items"]
    assert items.index("Long-term Improvements") < items.index("Close the port") < items.index("Not Yet Given")
    assert items.index("Not Yet Given") < items.index("Read the log")


def test_measures_come_from_the_action_items_of_their_kind() -> None:
    story = Story().declared().action("15:00", "Alert on reads", type=ActionType.DETECT, due="2026-03-20")
    detection = sections(written(story))["prevention measures"].split("### Detection Improvements")[1]
    assert "Alert on reads (🔴 Open; due 2026-03-20)" in detection


def test_what_was_marked_stands_unsorted_until_somebody_sorts_it() -> None:
    story = Story().declared().said("14:05", "The log was complete", Kind.WENT_WELL)
    well = sections(written(story))["what went well"]
    assert well.index("### Not Yet Sorted") < well.index("The log was complete")


def test_a_service_without_a_row_of_its_own_is_listed_as_unknown() -> None:
    story = Story().declared(services=("api", "db")).lists("15:00", "affected_systems", "api | down | 2 h")
    rows = re.findall(r"^\| (api|db) .*$", written(story), re.MULTILINE)
    assert rows == ["api", "db"]
    assert "| down | 2 h | unknown |" in written(story)


def test_the_closing_steps_say_by_when_counted_from_the_resolution() -> None:
    steps = sections(written(Story().declared("14:00").resolved("2026-03-12 10:00")))["post mortem meeting"]
    assert "- [ ] Fill out this report within 48 hours (by 2026-03-14)" in steps
    assert "- [ ] Hold the post-mortem meeting within 1 week (by 2026-03-19)" in steps
    assert "- [ ] Schedule follow-up review in 30 days (by 2026-04-11)" in steps
