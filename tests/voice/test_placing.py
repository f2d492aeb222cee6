"""Nothing in the timeline picture meets anything else, for a few marks and for many."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from templates.placing import GAP, Scale, bands, chosen, evenly, fitted, piles, span, stacked, ticks, widest, width_of

T0 = datetime(2026, 3, 8, 14, 0, tzinfo=UTC)
LABELS = st.lists(st.tuples(st.floats(0, 1000), st.floats(1, 400)), min_size=1, max_size=30)


def at(minutes: float) -> datetime:
    return T0 + timedelta(minutes=minutes)


@given(LABELS)
def test_no_label_meets_another(labels: list[tuple[float, float]]) -> None:
    rows = stacked(labels)
    for one, (x, width) in enumerate(labels):
        for other, (begin, _) in enumerate(labels):
            if one != other and rows[one] == rows[other]:
                assert not (x <= begin < x + width)


@given(LABELS)
def test_no_line_to_a_label_crosses_another_label(labels: list[tuple[float, float]]) -> None:
    """The line stands at the label's begin, and crosses all rows nearer to the marks."""
    rows = stacked(labels)
    for one, (x, _) in enumerate(labels):
        for other, (begin, width) in enumerate(labels):
            if one != other and rows[other] < rows[one]:
                assert not (begin < x < begin + width + GAP)


def test_labels_far_apart_all_stand_next_to_their_marks() -> None:
    assert stacked([(0, 50), (100, 50), (200, 50)]) == [0, 0, 0]


def test_labels_that_begin_together_stand_one_above_another() -> None:
    assert sorted(stacked([(10, 50)] * 4)) == [0, 1, 2, 3]


@given(LABELS, st.integers(1, 5))
def test_what_is_chosen_needs_no_more_rows_and_begins_with_the_most_important(
    labels: list[tuple[float, float]], most: int
) -> None:
    kept = chosen(labels, most)
    assert kept[0] == 0
    assert max(stacked([labels[n] for n in kept])) < most


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(1, 400)), max_size=20))
def test_every_label_ends_within_the_room(labels: list[tuple[float, float]]) -> None:
    length = widest(labels, 1000)
    assert 0 <= length <= 1000
    assert all(length * fraction + width <= 1000.001 for fraction, width in labels)


@given(st.text(max_size=80), st.floats(20, 300))
def test_a_cut_text_is_as_wide_as_allowed_at_most(text: str, most: float) -> None:
    assert width_of(fitted(text, 12, most), 12) <= most


def test_of_many_some_are_taken_from_the_whole_length() -> None:
    assert evenly(range(100), 4) == [0, 25, 50, 75]
    assert evenly([1, 2], 4) == [1, 2]
    assert evenly([1, 2], 0) == []


def test_a_cut_never_parts_what_a_reader_sees_as_one_character() -> None:
    assert fitted("👩‍👩‍👧‍👦👩‍👩‍👧‍👦", 12, 12 * 1.35 * 6) == "👩‍👩‍👧‍👦…"


def test_a_moment_far_from_the_incident_does_not_stretch_the_picture() -> None:
    begin, end = span([at(0), at(40)], [at(-60 * 24 * 30), at(-5), at(50), at(60 * 24)])
    assert (begin, end) == (at(-5), at(50))


def test_a_single_moment_has_a_little_time_around_it() -> None:
    assert span([at(0)], [at(0)]) == (at(-1), at(1))


@pytest.mark.parametrize("minutes", [1, 13, 90, 60 * 7, 60 * 24 * 3, 60 * 24 * 40])
def test_the_axis_has_a_handful_of_round_moments(minutes: int) -> None:
    found = list(ticks(at(-minutes / 2), at(minutes / 2), 10, "UTC"))
    assert 2 <= len(found) <= 11
    assert all(moment.second % 10 == 0 for moment in found)
    assert len({later - earlier for earlier, later in pairwise(found)}) <= 1


def test_round_moments_are_those_of_the_zone() -> None:
    """India is five and a half hours ahead."""
    found = [moment.minute for moment in ticks(at(0), at(60 * 12), 6, "Asia/Kolkata")]
    assert set(found) == {30}


def test_marks_that_fall_together_are_counted() -> None:
    assert piles([1.0, 2.0, 9.0], 4) == [(1.5, 2), (9.0, 1)]


def test_a_phase_ends_where_a_later_one_opens_and_does_not_come_back() -> None:
    assert bands([at(0), at(20), at(10)], at(-5), at(30)) == [
        (-1, at(-5), at(0)),
        (0, at(0), at(10)),
        (2, at(10), at(30)),
    ]


def test_a_moment_outside_stands_at_the_edge() -> None:
    scale = Scale(at(0), at(10), 40, 100)
    assert [scale.x(at(minutes)) for minutes in (-5, 0, 5, 10, 99)] == [40, 40, 90, 140, 140]
