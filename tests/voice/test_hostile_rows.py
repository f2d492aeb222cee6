"""Text from people in the rows, parts and samples of the reports on security and trading breaks none of them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.words import Kind, Priority, Severity
from tests.builders import Story
from tests.voice.family_reports import headings, table_widths, written

PARTED = ("affected_systems", "contributing_factors", "related_incidents", "systems_affected", "meeting_attendees")
WORDS = ("message_initial", "why_1", "root_cause", "data_compromised_details", "compliance_implications")
BLOCKS = ("configuration_changes", "queries_used", "fix_steps", "log_excerpts")


def told(text: str) -> Story:
    """The same words in every kind of place that these families have and others have not."""
    story = Story().declared("14:00", services=(text,)).severity("14:01", Severity.LOW, text)
    story.said("14:02", text, Kind.COMMUNICATION).said("14:03", text, Kind.ACTION)
    for key in PARTED:
        story.lists("14:04", key, f"{text} | {text} | {text}", text)
    for key in BLOCKS:
        story.lists("14:05", key, text, f"{text}\n{text}")
    for key in WORDS:
        story.knows("14:06", key, text)
    story.knows("14:07", "revenue_impact", text).knows("14:07", "sla_credits", f"12 {text}")
    return story.action("14:08", text, priority=Priority.HIGH, owner=text, ticket=text, verification=text)


@pytest.mark.parametrize("family", ["security", "trading"])
@settings(max_examples=20, deadline=None)
@given(text=st.text(st.sampled_from("|\\`*_[]()<>!@#&{}%$~-+=.:/ \n1aU"), min_size=1, max_size=40))
def test_hostile_text_keeps_headings_and_columns_and_mentions_nobody(family: str, text: str) -> None:
    document = written(told(text), family)
    bare = re.sub(r"^ *(`{3,})text\n.*?^ *\1$", "", document, flags=re.MULTILINE | re.DOTALL)
    assert all(len(widths) == 1 for widths in table_widths(re.sub(r"\\\\", "", bare)))
    assert not re.search(r"<[!@#]", bare)
    own = [heading for heading in headings(written(told("x"), family))[1:] if "Quality Checks" not in heading]
    assert [heading for heading in headings(bare)[1:] if "Quality Checks" not in heading] == own
