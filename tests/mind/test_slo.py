"""Error budgets: the method is named, more than all of it can be used, and nothing is made up."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slo import read_objectives, read_window, request_based, time_based

MONTH = timedelta(days=30)


def test_a_month_at_three_nines_allows_forty_three_minutes() -> None:
    assert round(time_based(0.999, MONTH, timedelta(0)).allowed) == 2592


def test_more_than_the_whole_budget_can_be_used() -> None:
    """Scenario 38, the book's example: 66 minutes of a month at 99.99 %."""
    spent = time_based(0.9999, MONTH, timedelta(minutes=66))
    assert round(spent.share, 2) == 15.28
    assert spent.left < 0


def test_requests_and_time_answer_different_questions() -> None:
    by_time = time_based(0.999, MONTH, timedelta(minutes=40))
    by_requests = request_based(0.999, 1_000_000_000, 20_000)
    assert by_time.share > 0.9
    assert round(by_requests.share, 3) == 0.02


@pytest.mark.parametrize("target", [0.0, 1.0, 99.9, -0.1])
def test_a_target_that_allows_nothing_or_is_no_fraction_has_no_budget(target: float) -> None:
    with pytest.raises(ValueError, match="allows no budget"):
        time_based(target, MONTH, timedelta(minutes=1))


def test_without_requests_there_is_no_request_budget() -> None:
    with pytest.raises(ValueError, match="no requests"):
        request_based(0.999, 0, 1)


@given(
    st.floats(0.5, 0.99999),
    st.integers(1, 365).map(lambda days: timedelta(days=days)),
    st.integers(0, 10**6).map(lambda seconds: timedelta(seconds=seconds)),
)
def test_what_is_left_and_what_is_used_are_the_whole(target: float, window: timedelta, used: timedelta) -> None:
    spent = time_based(target, window, used)
    assert spent.left + spent.used == pytest.approx(spent.allowed)


@pytest.mark.parametrize(
    ("sentence", "names"),
    [
        ("availability 99.99%, 99th-percentile latency under 100 ms", ["availability", "latency"]),
        ("99.9% over 30 days", ["availability"]),
        ("99.9% uptime; error rate < 0.1% and p95 < 500ms", ["availability", "error_rate", "latency"]),
        ("we try hard", []),
        ("5% discount", []),
        ("", []),
    ],
)
def test_only_what_a_sentence_states_is_an_objective(sentence: str, names: list[str]) -> None:
    assert [objective.name for objective in read_objectives(sentence)] == names


def test_an_objective_keeps_its_number_and_its_words() -> None:
    availability, latency = read_objectives("availability 99.99%, 99th-percentile latency under 100 ms")
    assert (availability.target, availability.text) == (0.9999, "availability 99.99%")
    assert (latency.target, latency.milliseconds) == (None, 100.0)


@pytest.mark.parametrize(
    ("sentence", "days"),
    [
        ("99.9% over 30 days", 30),
        ("99.9% over a rolling 28-day window", 28),
        ("99.9% per week", 7),
        ("99.9%/7d", 7),
        ("99.9% in the last 4 weeks", 28),
        ("availability 99.9%", None),
        ("99.9% per month", None),
        ("99.9%, p99 under 300 ms", None),
    ],
)
def test_a_window_is_read_where_it_is_stated_and_nowhere_else(sentence: str, days: int | None) -> None:
    assert read_window(sentence) == (timedelta(days=days) if days else None)
