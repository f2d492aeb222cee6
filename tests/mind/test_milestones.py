"""Which moment counts for a milestone, told line by line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.milestones import assertions, assumed, cleared, counting, earliest, ended, missing, out_of_order, settings
from bot.words import ENDINGS, Kind, Milestone, Status
from tests.builders import Story

MARKED = [m for m in Milestone if m not in (Milestone.DECLARED, Milestone.AWARE)]
MINUTES = st.lists(st.integers(0, 59), min_size=1, max_size=6, unique=True)


def counts(story: Story, milestone: Milestone) -> str | None:
    found = counting(story.incident(), milestone)
    return f"{found.at:%H:%M}" if found else None


@pytest.mark.parametrize("milestone", MARKED)
@given(data=st.data(), minutes=MINUTES)
def test_the_same_assertions_in_any_order_give_the_same_moment(
    milestone: Milestone, data: st.DataObject, minutes: list[int]
) -> None:
    """The earliest of a beginning, the latest of an ending, however they arrive."""
    story = Story().declared("13:00")
    for minute in data.draw(st.permutations(minutes)):
        story.said(f"14:{minute:02d}", f"line {minute}", milestone, heard="15:00")
    expected = max(minutes) if milestone in ENDINGS else min(minutes)
    assert counts(story, milestone) == f"14:{expected:02d}"


@pytest.mark.parametrize("milestone", MARKED)
@given(minutes=MINUTES, data=st.data())
def test_a_withdrawn_line_falls_back_to_what_still_stands(
    milestone: Milestone, minutes: list[int], data: st.DataObject
) -> None:
    """As if it had never been said; put back, it counts again."""
    story, lines = Story().declared("13:00"), {}
    for minute in minutes:
        story.said(f"14:{minute:02d}", f"line {minute}", milestone)
        lines[minute] = story.last
    gone = data.draw(st.sets(st.sampled_from(minutes)))
    for minute in gone:
        story.withdrawn("15:00", lines[minute])
    left = [minute for minute in minutes if minute not in gone]
    choose = max if milestone in ENDINGS else min
    assert counts(story, milestone) == (f"14:{choose(left):02d}" if left else None)


@given(minutes=st.lists(st.integers(0, 59), min_size=1, max_size=5))
def test_the_newest_time_set_by_hand_counts_before_any_assertion(minutes: list[int]) -> None:
    story = Story().declared("13:00").said("14:30", "Alert", Milestone.DETECTED)
    for n, minute in enumerate(minutes):
        story.mark(f"15:{n:02d}", Milestone.DETECTED, f"13:{minute:02d}")
    assert counts(story, Milestone.DETECTED) == f"13:{minutes[-1]:02d}"
    assert len(settings(story.incident(), Milestone.DETECTED)) == len(minutes)
    story.mark("16:00", Milestone.DETECTED, None)
    assert counts(story, Milestone.DETECTED) == "14:30"
    assert [a.was_set for a in cleared(story.incident(), Milestone.DETECTED)] == [True] * len(minutes)


def test_an_edit_of_the_words_changes_no_time() -> None:
    story = Story().declared("14:00").said("14:05", "not resolved yet", Milestone.MITIGATED)
    story.edited("14:20", "resolved at 09:00")
    assert counts(story, Milestone.MITIGATED) == "14:05"
    assert counts(story, Milestone.RESOLVED) is None


def test_a_deleted_message_takes_its_milestone_with_it() -> None:
    story = Story().declared("14:00").said("14:05", "Alert", Milestone.DETECTED)
    story.said("14:06", "Saw it", Milestone.DETECTED, Milestone.ACKNOWLEDGED)
    first = next(key for key, line in story.incident().entries.items() if line.text == "Alert")
    story.deleted("14:10", first)
    assert counts(story, Milestone.DETECTED) == "14:06"
    assert counts(story, Milestone.ACKNOWLEDGED) == "14:06"


def test_the_first_action_taken_begins_the_mitigation() -> None:
    story = Story().declared("14:00").said("14:20", "Second", Kind.ACTION).said("14:10", "First", Kind.ACTION)
    assert counts(story, Milestone.MITIGATION_STARTED) == "14:10"
    story.said("14:05", "We start now", Milestone.MITIGATION_STARTED)
    assert counts(story, Milestone.MITIGATION_STARTED) == "14:05"


def test_the_declaration_asserts_itself_and_only_suggests_the_detection() -> None:
    incident = Story().declared("14:00").incident()
    declared, guess = counting(incident, Milestone.DECLARED), assumed(incident, Milestone.DETECTED)
    assert declared is not None and guess is not None and guess.at == declared.at
    assert counting(incident, Milestone.DETECTED) is None
    assert counting(incident, Milestone.AWARE) is None
    assert assumed(incident, Milestone.STARTED) is None


def test_one_is_aware_when_it_was_detected_unless_somebody_set_another_moment() -> None:
    story = Story().declared("14:00").said("14:05", "Alert", Milestone.DETECTED)
    assert counts(story, Milestone.AWARE) == "14:05"
    story.mark("14:30", Milestone.AWARE, "14:12")
    assert counts(story, Milestone.AWARE) == "14:12"


def test_a_reopening_ends_what_was_set_and_what_resolved_or_closed_before() -> None:
    """What was marked mitigated still stands; what was set is kept as ended."""
    story = Story().declared("14:00").said("14:10", "Rolled back", Milestone.MITIGATED)
    story.mark("14:15", Milestone.MITIGATED, "14:12").mark("14:21", Milestone.RESOLVED, "14:18")
    story.resolved("14:20").status("14:25", Status.CLOSED, asserts=Milestone.CLOSED)
    assert counts(story, Milestone.CLOSED) == "14:25"
    story.reopened("15:00", "14:18")
    assert counts(story, Milestone.MITIGATED) == "14:10"
    assert counts(story, Milestone.RESOLVED) is None
    assert counts(story, Milestone.CLOSED) is None
    assert [f"{a.at:%H:%M}" for a in ended(story.incident(), Milestone.RESOLVED)] == ["14:18"]
    story.resolved("15:30")
    assert counts(story, Milestone.RESOLVED) == "15:30"


def test_a_flag_from_before_the_reopening_marked_late_does_not_count() -> None:
    story = Story().declared("14:00").resolved("14:20").reopened("15:00", "14:20")
    story.said("14:19", "All green", Milestone.RESOLVED, heard="15:10")
    assert counts(story, Milestone.RESOLVED) is None
    story.said("15:20", "Really green", Milestone.RESOLVED)
    assert counts(story, Milestone.RESOLVED) == "15:20"


def test_two_reopenings_keep_every_resolution_that_did_not_hold() -> None:
    story = Story().declared("14:00")
    for hour in (15, 16):
        story.mark(f"{hour}:05", Milestone.RESOLVED, f"{hour}:02").resolved(f"{hour}:05")
        story.reopened(f"{hour}:30", f"{hour}:02")
    found = ended(story.incident(), Milestone.RESOLVED)
    assert [f"{a.at:%H:%M} {a.ended:%H:%M}" for a in found] == ["15:02 15:30", "16:02 16:30"]


def test_the_earliest_mitigation_is_known_beside_the_one_that_counts() -> None:
    story = Story().declared("14:00").said("14:20", "All", Milestone.MITIGATED).said("14:10", "EU", Milestone.MITIGATED)
    first = earliest(story.incident(), Milestone.MITIGATED)
    assert first is not None and f"{first.at:%H:%M}" == "14:10"
    assert counts(story, Milestone.MITIGATED) == "14:20"


def test_what_is_missing_grows_with_the_status() -> None:
    story = Story().declared("14:00")
    beginnings = [Milestone.STARTED, Milestone.DETECTED, Milestone.ACKNOWLEDGED]
    assert missing(story.incident()) == beginnings
    story.status("14:10", Status.MITIGATED)
    assert missing(story.incident()) == [*beginnings, Milestone.MITIGATION_STARTED, Milestone.MITIGATED]
    story.mark("14:11", Milestone.STARTED, "13:50").resolved("14:20")
    assert missing(story.incident()) == [
        Milestone.DETECTED,
        Milestone.ACKNOWLEDGED,
        Milestone.ROOT_CAUSE,
        Milestone.MITIGATION_STARTED,
        Milestone.MITIGATED,
    ]


@given(started=st.integers(0, 59), detected=st.integers(0, 59), resolved=st.integers(0, 59))
def test_only_pairs_the_wrong_way_round_are_out_of_order(started: int, detected: int, resolved: int) -> None:
    story = Story().declared("13:00").mark("15:00", Milestone.STARTED, f"14:{started:02d}")
    story.mark("15:01", Milestone.DETECTED, f"14:{detected:02d}")
    story.mark("15:02", Milestone.RESOLVED, f"14:{resolved:02d}")
    expected = {
        (Milestone.STARTED, Milestone.DETECTED): detected < started,
        (Milestone.STARTED, Milestone.RESOLVED): resolved < started,
        (Milestone.DETECTED, Milestone.RESOLVED): resolved < detected,
    }
    assert out_of_order(story.incident()) == [pair for pair, wrong in expected.items() if wrong]


def test_each_assertion_names_its_source_and_its_line() -> None:
    story = Story().declared("14:00").said("14:05", "Alert", Milestone.DETECTED, marked_by="U0CAROL")
    (found,) = assertions(story.incident(), Milestone.DETECTED)
    assert (found.source.by, found.entry, found.was_set) == ("U0CAROL", story.last, False)
    assert found.at == datetime(2026, 3, 10, 14, 5, tzinfo=UTC) and found.said_at - found.at < timedelta(minutes=1)
    assert found.source.evidence is not None
