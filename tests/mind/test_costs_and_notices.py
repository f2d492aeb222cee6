"""What falls due by law and what an incident cost: exact, sourced, and never more than was said."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.resources import files

import pytest

from bot.report import Report, build_report
from bot.reporting.model import CostsView, NoticeView
from bot.words import Milestone, Priority
from templates.families import FamilyError, load_family, read_family
from tests.breach import breach
from tests.builders import Story
from tests.shakespeare import VIEW

SECURITY = load_family("security")


def report_of(story: Story) -> Report:
    return build_report(story.incident(), SECURITY, VIEW)


def notice(story: Story, key: str) -> NoticeView:
    return next(view for view in report_of(story).notices if view.key == key)


def costs(**amounts: str) -> CostsView:
    story = Story().declared()
    for key, amount in amounts.items():
        story.knows("15:00", key, amount)
    return report_of(story).costs


@pytest.mark.parametrize(
    ("key", "due"),
    [
        ("gdpr", datetime(2026, 4, 17, 9, 14, tzinfo=UTC)),
        ("hipaa", datetime(2026, 6, 13, 9, 14, tzinfo=UTC)),
        ("pci", datetime(2026, 4, 14, 9, 14, tzinfo=UTC)),
        ("state_laws", None),
    ],
)
def test_each_notice_counts_its_own_term_from_the_moment_of_awareness(key: str, due: datetime | None) -> None:
    assert notice(breach(), key).due == due


def test_whoever_is_not_said_to_be_aware_is_aware_when_it_was_detected() -> None:
    found = notice(Story().declared("14:00").said("13:50", "alert", Milestone.DETECTED, heard="14:01"), "gdpr")
    assert found.since is not None
    assert found.since.milestone is Milestone.DETECTED
    assert found.due == datetime(2026, 3, 13, 13, 50, tzinfo=UTC)


def test_a_corrected_moment_of_awareness_moves_the_day() -> None:
    story = Story().declared("14:00").mark("14:01", Milestone.AWARE, "13:00").mark("14:02", Milestone.AWARE, "12:00")
    assert notice(story, "gdpr").due == datetime(2026, 3, 13, 12, 0, tzinfo=UTC)


def test_without_a_stated_moment_the_day_is_the_latest_that_follows_from_the_declaration() -> None:
    found = notice(Story().declared("14:00"), "gdpr")
    assert found.since is None
    assert found.assumed_since == datetime(2026, 3, 10, 14, 0, tzinfo=UTC)
    assert found.due == datetime(2026, 3, 13, 14, 0, tzinfo=UTC)


def test_nothing_known_costs_nothing_said() -> None:
    assert (costs().total, costs().why, len(costs().unknown)) == ("", "", 4)


def test_amounts_are_added_to_the_cent() -> None:
    found = costs(revenue_impact="0.10 EUR", sla_credits="0.20 EUR", cost_support="1000 EUR")
    assert found.total == "1,000.30 EUR"
    assert [view.field.key for view in found.unknown] == ["cost_engineering"]


@pytest.mark.parametrize(
    ("first", "second", "why"),
    [
        ("100 EUR", "100 USD", "Not added: the amounts are in EUR and USD"),
        ("100 EUR", "100", "Not added: some amounts are in EUR, others name no currency"),
        ("100 EUR", "many USD", "Not added: the amounts are in EUR and USD"),
        ("100 EUR", "many EUR", "Not added: one of them is no amount"),
    ],
)
def test_what_cannot_be_added_is_said_and_not_added(first: str, second: str, why: str) -> None:
    found = costs(revenue_impact=first, sla_credits=second)
    assert (found.total, found.why) == ("", why)


def test_three_currencies_are_all_named() -> None:
    found = costs(revenue_impact="1 EUR", sla_credits="1 USD", cost_support="1 CHF", cost_engineering="1")
    assert found.why == "Not added: the amounts are in CHF, EUR and USD; others name no currency"


def test_amounts_without_any_currency_are_added_as_they_are() -> None:
    assert costs(revenue_impact="100", sla_credits="20").total == "120"


def test_a_sum_with_an_approximate_part_is_approximate() -> None:
    story = Story().declared().knows("15:00", "revenue_impact", "100 EUR", approximate=True)
    assert report_of(story.knows("15:00", "sla_credits", "20 EUR")).costs.total == "about 120 EUR"


def test_a_refund_is_a_part_of_the_lost_revenue_and_not_counted_again() -> None:
    assert costs(revenue_impact="100 EUR", refunds="40 EUR").total == "100 EUR"


def test_the_priority_places_an_item_and_gives_its_day() -> None:
    story = Story().declared("14:00").action("15:00", "Close it", priority=Priority.HIGH).resolved("16:00")
    windows = {window.key: window.actions for window in report_of(story).horizons}
    assert [str(item.assumed_due) for item in windows["high"]] == ["2026-04-09"]
    assert list(windows) == ["critical", "high", "medium", "long_term"]


def test_an_item_without_a_priority_is_not_given_one() -> None:
    windows = {
        window.key: window.actions for window in report_of(Story().declared().action("15:00", "Close it")).horizons
    }
    assert [item.id for item in windows["not_given"]] == ["A1"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('costs = ["revenue_impact"', 'costs = ["revenue"', r"security\.toml\.costs: no field is called 'revenue'"),
        (
            'horizons_by = "priority"',
            'horizons_by = "size"',
            r"security\.toml\.horizons_by: 'size' is none of due, priority",
        ),
        ("hours = 72", "hour = 72", r"security\.toml\.regimes\[0\]\.within: unknown key 'hour'"),
        ('field = "gdpr_applies"', 'field = "gdpr"', r"security\.toml\.regimes\[0\]\.field: no field is called 'gdpr'"),
        (
            'types = ["security"]',
            'types = ["breach"]',
            r"security\.toml\.types\[0\]\.types: 'breach' is none of outage",
        ),
        ('open = "🔴 Open"', "", r"security\.toml\.action_statuses: the key open is missing"),
    ],
)
def test_a_mistake_in_the_data_is_named_with_its_place(old: str, new: str, message: str) -> None:
    source = (files("templates.families") / "security.toml").read_text(encoding="utf-8")
    assert old in source
    with pytest.raises(FamilyError, match=message):
        read_family("security", source.replace(old, new, 1))
