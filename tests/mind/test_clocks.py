"""Clocks: a value with its two facts, or the reason why there is none; never negative, and zero is not unknown."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clocks import STANDARD, ClockDefinition, Inconsistent, Measured, Unknown, degraded, measure
from bot.words import Milestone
from tests.builders import Story

TTD, TTA, TTM, TTR = STANDARD
CLOCK = st.one_of(st.none(), st.integers(0, 23 * 60 + 59))


def at(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


@given(times=st.fixed_dictionaries({m: CLOCK for m in Milestone if m is not Milestone.DECLARED}))
def test_no_clock_is_negative_whatever_was_said(times: dict[Milestone, int | None]) -> None:
    """Measured is exact and at least zero; a missing end is named; an impossible order is said."""
    story = Story().declared("00:00")
    for milestone, minutes in times.items():
        if minutes is not None:
            story.mark("23:59", milestone, at(minutes))
    for definition in STANDARD:
        start, end = times[definition.start], times[definition.end]
        clock = measure(story.incident(), definition)
        if start is None or end is None:
            assert isinstance(clock, Unknown)
            assert str(definition.start if start is None else definition.end).replace("_", " ") in clock.why
        elif end < start:
            assert isinstance(clock, Inconsistent) and clock.elapsed < timedelta(0)
        else:
            assert isinstance(clock, Measured) and clock.elapsed == timedelta(minutes=end - start)
            assert clock.end.at - clock.start.at == clock.elapsed


@given(times=st.lists(st.tuples(st.integers(0, 200), st.integers(0, 200)), max_size=4), end=st.integers(0, 400))
def test_degraded_time_is_a_sum_of_windows_or_unknown(times: list[tuple[int, int]], end: int) -> None:
    """Never negative, never longer than the whole, and no window of the wrong way round is balanced by another."""
    story = Story().declared("00:00").mark("00:01", Milestone.STARTED, "01:00")
    begin, windows = 60, []
    for resolved, reopened in times:
        story.mark("23:00", Milestone.RESOLVED, at(resolved)).reopened(at(reopened), at(resolved))
        windows.append(resolved - begin)
        begin = reopened
    story.mark("23:30", Milestone.RESOLVED, at(end))
    windows.append(end - begin)
    expected = timedelta(minutes=sum(windows)) if min(windows) >= 0 else None
    assert degraded(story.incident()) == expected


def test_zero_is_measured_and_not_unknown() -> None:
    story = Story().declared("14:00").said("14:02", "Alert, on it", Milestone.DETECTED, Milestone.ACKNOWLEDGED)
    clock = measure(story.incident(), TTA)
    assert isinstance(clock, Measured) and clock.elapsed == timedelta(0)
    assert isinstance(measure(story.incident(), TTD), Unknown)


def test_seconds_count() -> None:
    story = Story().declared("22:00").mark("22:20", Milestone.STARTED, "22:00:10")
    story.mark("22:20", Milestone.RESOLVED, "22:11:30")
    clock = measure(story.incident(), TTR)
    assert isinstance(clock, Measured) and clock.elapsed == timedelta(minutes=11, seconds=20)


def test_an_approximate_end_makes_the_clock_approximate() -> None:
    story = Story().declared("14:00").mark("14:01", Milestone.STARTED, "13:50", approximate=True)
    story.mark("14:30", Milestone.RESOLVED, "14:20")
    clock = measure(story.incident(), TTR)
    assert isinstance(clock, Measured) and clock.approximate


def test_what_is_assumed_feeds_no_clock() -> None:
    story = Story().declared("14:00").mark("14:01", Milestone.ACKNOWLEDGED, "14:00")
    clock = measure(story.incident(), TTA)
    assert isinstance(clock, Unknown)
    assert clock.why == "no detected milestone (assumed only: declared then, so detected at the latest then)"


def test_a_family_may_measure_to_the_first_mitigation() -> None:
    story = Story().declared("14:00").said("14:05", "On it", Milestone.ACKNOWLEDGED)
    story.said("14:10", "EU is back", Milestone.MITIGATED).said("14:30", "All back", Milestone.MITIGATED)
    first = ClockDefinition("ttm", "Time to mitigate", Milestone.ACKNOWLEDGED, Milestone.MITIGATED, to_earliest=True)
    last = ClockDefinition("ttm", "Time to mitigate", Milestone.ACKNOWLEDGED, Milestone.MITIGATED)
    lengths = [measure(story.incident(), definition) for definition in (first, last)]
    assert [c.elapsed for c in lengths if isinstance(c, Measured)] == [timedelta(minutes=5), timedelta(minutes=25)]


def test_until_it_is_resolved_again_nothing_is_measured_to_the_resolution() -> None:
    story = Story().declared("14:00").mark("14:01", Milestone.STARTED, "13:50").resolved("14:20")
    story.reopened("15:00", "14:20")
    clock = measure(story.incident(), TTR)
    assert isinstance(clock, Unknown) and clock.why == "re-opened and not resolved again"
    assert degraded(story.incident()) is None
    story.resolved("15:30")
    clock = measure(story.incident(), TTR)
    assert isinstance(clock, Measured) and clock.elapsed == timedelta(minutes=100)
    assert degraded(story.incident()) == timedelta(minutes=60)


@pytest.mark.parametrize("definition", STANDARD, ids=lambda d: d.key)
def test_a_false_alarm_has_no_clocks_until_it_is_reopened(definition: ClockDefinition) -> None:
    story = Story().declared("14:00")
    for milestone in (definition.start, definition.end):
        story.mark("14:30", milestone, "14:10")
    story.cancelled("14:40")
    clock = measure(story.incident(), definition)
    assert isinstance(clock, Unknown) and clock.why == "cancelled as a false alarm"
    assert degraded(story.incident()) is None
    story.reopened("14:50", None).mark("14:55", definition.end, "14:52")
    assert isinstance(measure(story.incident(), definition), Measured)
