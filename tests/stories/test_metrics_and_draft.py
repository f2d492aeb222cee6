"""Numbers that are computed, unknown, about right or contradicted, and drafts made again (SCENARIOS 38 to 42)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.words import Milestone
from handlers.offline import report
from tests.databases import fresh_sqlite
from tests.slackd.records import Channel
from tests.stage import MORNING, Stage, Transport, staged
from tests.stories.reading import draft, reached, shown
from tests.stories.rendered import Page, json_of, page_of

OBJECTIVES = """
[[objectives]]
name = "availability"
target = 0.999
window = "30d"
service = "checkout"

[[objectives]]
name = "p99 latency"
unit = "ms"
target = 800
window = "30d"
service = "checkout"
"""


@pytest.fixture
async def promised(database: str, transport: Transport, tmp_path: Path) -> AsyncIterator[Stage]:
    """The stage of a team that promised 99.9 % for its checkout."""
    async with staged(database, transport, config=OBJECTIVES, folder=tmp_path) as made:
        yield made


async def tell(stage: Stage, channel: Channel, *lines: str) -> None:
    for line in lines:
        answer = await stage.alice.types(f"/incident {line}", channel)
        assert not answer.error and "For example" not in answer.text, (line, answer.text)


def item(page: Page, label: str) -> str:
    """What the report says after a label."""
    found = [line for text in page.texts for line in text.split("\n") if line.startswith(f"{label}:")]
    assert len(found) == 1, (label, found)
    return found[0].partition(":")[2].strip()


async def slo_of(stage: Stage, channel: Channel) -> dict[str, Any]:
    found: dict[str, Any] = (await json_of(stage, channel))["slo"]
    return found


# ---- 38


async def test_scenario_38_the_time_based_budget_is_named_and_computed(promised: Stage) -> None:
    """30 of 43.2 minutes, from the objective as configured over the window as configured."""
    channel = await promised.declared("Checkout is failing sev2 --started 14:40 --service checkout")
    await promised.minutes(20)
    await tell(promised, channel, "resolve")
    page, slo = await page_of(promised, channel), await slo_of(promised, channel)
    assert item(page, "Total downtime").startswith("30 min of degraded service")
    assert item(page, "Monthly SLO budget") == "43 min 12 s (99.9%, as configured; window 30 days)"
    assert item(page, "SLO budget consumed").startswith("69.4% (time-based")
    assert item(page, "Remaining budget").startswith("13 min 12 s")
    budget = slo["time_budget"]
    assert (budget["method"], budget["used_seconds"], budget["allowed_seconds"]) == ("time-based", 1800, 2592)
    assert slo["request_budget"]["share"] is None and "requests failed" in slo["request_budget"]["why"]


async def test_scenario_38_the_request_based_budget_is_named_and_may_be_overspent(promised: Stage) -> None:
    """Five times what the objective lets fail; the two methods stand side by side and are never added up."""
    channel = await promised.declared("Checkout is failing sev2 --started 14:40 --service checkout")
    await promised.minutes(20)
    await tell(promised, channel, "set requests_failed 50,000", "set requests_total 10 million", "resolve")
    page, slo = await page_of(promised, channel), await slo_of(promised, channel)
    assert item(page, "Error budget consumed").startswith("500.0% (request-based: 50,000 requests")
    assert item(page, "SLO budget consumed").startswith("69.4% (time-based")
    assert (slo["request_budget"]["share"], slo["request_budget"]["allowed_requests"]) == (5.0, 10_000)
    assert "569" not in page.markdown


async def test_scenario_38_a_time_budget_overspent_says_by_how_much(promised: Stage) -> None:
    """More than all of it; what is left is nothing, not a negative number."""
    channel = await promised.declared("Checkout is failing sev2 --started 09:00 --service checkout")
    await promised.minutes(10)
    await tell(promised, channel, "resolve")
    page = await page_of(promised, channel)
    assert item(page, "SLO budget consumed").startswith("833.3%")
    assert item(page, "Remaining budget") == "None, overspent by 5 h 16 min 48 s"
    assert "missed" in item(page, "Availability")


async def test_scenario_38_partial_impact_is_shown_and_scales_nothing(promised: Stage) -> None:
    """34 % of one region: said as said; the time-based budget counts every degraded moment whole and says so."""
    channel = await promised.declared("Checkout is failing sev2 --started 14:40 --service checkout --region eu-west-1")
    await promised.minutes(20)
    await tell(promised, channel, "set users_affected_share 34%", "resolve")
    page = await page_of(promised, channel)
    assert (
        item(page, "SLO budget consumed")
        == "69.4% (time-based: every degraded moment counts whole, however few were hit)"
    )
    assert item(page, "Share of users affected").startswith("34%")


async def test_scenario_38_without_a_target_none_is_made_up(stage: Stage) -> None:
    """No objective anywhere: the budget is unknown, with the reason and whom to ask."""
    channel = await stage.declared("Checkout is failing sev2 --started 14:40 --service checkout")
    await stage.minutes(20)
    await tell(stage, channel, "resolve")
    page, slo = await page_of(stage, channel), await slo_of(stage, channel)
    for label in ("Monthly SLO budget", "SLO budget consumed", "Remaining budget", "Error budget consumed"):
        assert item(page, label).startswith("Unknown — no"), label
    assert slo["objectives"] == [] and slo["time_budget"]["share"] is slo["request_budget"]["share"] is None
    assert slo["degraded_seconds"] == 1800, "the downtime is known all the same"
    assert "99.9" not in page.markdown


async def test_scenario_38_an_objective_of_another_service_is_not_taken(promised: Stage) -> None:
    """The configured target is the checkout's."""
    channel = await promised.declared("Search is slow sev3 --started 14:40 --service search")
    await promised.minutes(20)
    await tell(promised, channel, "resolve")
    slo = await slo_of(promised, channel)
    assert slo["objectives"] == [] and slo["time_budget"]["share"] is None


async def test_scenario_38_a_window_nobody_named_is_marked_as_assumed(stage: Stage) -> None:
    """A person states the objective without its window: the family's month is used, and marked."""
    channel = await stage.declared("Checkout is failing sev2 --started 14:40 --service checkout")
    await stage.minutes(20)
    await tell(stage, channel, "set slo availability 99.9%", "resolve")
    page, slo = await page_of(stage, channel), await slo_of(stage, channel)
    assert slo["time_budget"]["window_assumed"] is True
    assert "assumed, as the objective names none" in item(page, "Monthly SLO budget")
    await tell(stage, channel, "set slo_window 7d")
    page, slo = await page_of(stage, channel), await slo_of(stage, channel)
    assert slo["time_budget"]["window_assumed"] is False and slo["time_budget"]["allowed_seconds"] == 604.8
    assert "window 7 days" in item(page, "Monthly SLO budget") and "overspent" in item(page, "Remaining budget")


async def test_scenario_38_an_incident_across_a_month_boundary_counts_once(
    database: str, transport: Transport, tmp_path: Path
) -> None:
    """From 31 January 23:50 to 1 February 00:30 it is one window of 40 minutes, with its dates."""
    midnight = MORNING.replace(month=2, day=1, hour=0, minute=10)
    async with staged(database, transport, now=midnight, config=OBJECTIVES, folder=tmp_path) as stage:
        line = "Checkout is failing sev2 --started 2026-01-31 23:50 UTC --service checkout"
        channel = await stage.declared(line)
        await stage.minutes(20)
        await tell(stage, channel, "resolve")
        page, slo = await page_of(stage, channel), await slo_of(stage, channel)
        assert (slo["time_budget"]["used_seconds"], slo["time_budget"]["share"]) == (2400, 0.925926)
        assert "2026-01-31 23:50 → 2026-02-01 00:30" in item(page, "Total downtime")


async def test_scenario_38_overlapping_incidents_on_one_service_count_nothing_twice(promised: Stage) -> None:
    """Each report counts its own windows and says that others may have used the rest."""
    one = await promised.declared("Checkout is failing sev2 --started 14:40 --service checkout")
    two = await promised.declared("Payments time out sev2 --started 14:45 --service checkout")
    await promised.minutes(20)
    await tell(promised, one, "resolve")
    await tell(promised, two, "resolve")
    assert (await slo_of(promised, one))["time_budget"]["used_seconds"] == 1800
    assert (await slo_of(promised, two))["time_budget"]["used_seconds"] == 1500
    for channel in (one, two):
        assert "if no other incident used any" in item(await page_of(promised, channel), "Remaining budget")


async def test_scenario_38_reopened_windows_are_added_and_the_time_between_is_not(promised: Stage) -> None:
    """Ten and five minutes of degraded service, an hour of good service between them."""
    channel = await promised.declared("Checkout is failing sev2 --started 14:50 --service checkout")
    await promised.minutes(10)
    await tell(promised, channel, "resolve")
    await promised.minutes(60)
    await tell(promised, channel, "reopen errors are back")
    await promised.minutes(5)
    await tell(promised, channel, "resolve")
    assert (await slo_of(promised, channel))["time_budget"]["used_seconds"] == 900


# ---- 39


async def test_scenario_39_zero_and_unknown_look_different_everywhere(stage: Stage) -> None:
    """Acknowledged in the second of detection is 0 min; never acknowledged is unknown, with the reason."""
    zero = await stage.declared("Zero sev2 --started 14:40")
    unknown = await stage.declared("Unknown sev2 --started 14:40")
    await stage.minutes(5)
    await tell(stage, zero, "mark detected 14:50", "mark acknowledged 14:50", "set users_affected 0", "resolve")
    await tell(stage, unknown, "mark detected 14:50", "resolve")
    pages = [await page_of(stage, channel) for channel in (zero, unknown)]
    assert [item(page, "Time to Acknowledge").split(" (")[0] for page in pages] == [
        "0 min",
        "Unknown — no acknowledged milestone",
    ]
    assert item(pages[0], "Users Affected").startswith("0 users")
    assert item(pages[1], "Users Affected").startswith("Unknown — ")
    clocks = [(await json_of(stage, channel))["clocks"]["tta"] for channel in (zero, unknown)]
    assert [(c["state"], c["seconds"]) for c in clocks] == [("measured", 0), ("unknown", None)]
    cards = [str(stage.card(channel).blocks) for channel in (zero, unknown)]
    assert "*0 min*" in cards[0] and "*0 min*" not in cards[1] and "_unknown: no acknowledged" in cards[1]
    summaries = [str((await stage.carol.types("/incident report", channel)).blocks) for channel in (zero, unknown)]
    assert "*0 min*" in summaries[0] and "_unknown: no acknowledged" in summaries[1]


async def test_scenario_39_nothing_known_gives_no_number_at_all(stage: Stage) -> None:
    """A bare declaration resolved: no clock has a value, and none is measured from another point."""
    channel = await stage.declared("Bare sev2")
    await stage.minutes(30)
    await tell(stage, channel, "resolve")
    clocks = (await json_of(stage, channel))["clocks"]
    assert {key for key, clock in clocks.items() if clock["seconds"] is not None} == set()
    assert all(clock["why"] for clock in clocks.values())


# ---- 40


async def test_scenario_40_approximate_numbers_are_shown_as_approximate_everywhere(stage: Stage) -> None:
    """`about`, `~` and `roughly` stay with the value: in the answer, the log, the draft, the summary and JSON."""
    channel = await stage.declared("Checkout is failing sev2 --started ~14:30")
    await stage.minutes(20)
    await tell(
        stage,
        channel,
        "set users_affected roughly 5,000",
        "set revenue_impact about 12000 EUR",
        "set error_rate_above_slo ~18h",
        "set error_rate_peak approx 31%",
        "set regions eu-west-1",
        "event --at about 14:40 queue grows",
        "resolve",
    )
    page, document = await page_of(stage, channel), await json_of(stage, channel)
    assert item(page, "Users Affected").startswith("about 5,000 users")
    assert item(page, "Revenue Impact").startswith("about 12,000 EUR")
    assert item(page, "Duration above SLO").startswith("about 18 h")
    assert item(page, "Error Rate").startswith("about 31%")
    assert "About 5,000 users affected" in item(page, "Impact")
    assert item(page, "Time to Resolve").startswith("about 40 min") and item(page, "Duration").startswith(
        "about 40 min"
    )
    assert [row[0] for row in page.lines if row[3].startswith("queue grows")] == ["about 2026-03-10 13:40"]
    values = {key: document["fields"][key]["values"][0] for key in ("users_affected", "error_rate_peak", "regions")}
    assert {key: value["approximate"] for key, value in values.items()} == {
        "users_affected": True,
        "error_rate_peak": True,
        "regions": False,
    }
    assert document["clocks"]["ttr"]["approximate"] is True
    assert document["milestones"]["started"]["approximate"] is True
    assert "about 5,000" in shown(stage, channel)
    summary = str((await stage.carol.types("/incident report", channel)).blocks)
    assert "about 5,000" in summary and "about *40 min*" in summary
    assert "about <!date" in str(stage.card(channel).blocks)


async def test_scenario_40_an_exact_number_that_follows_is_exact(stage: Stage) -> None:
    """The newest statement counts, with its own certainty."""
    channel = await stage.declared()
    await tell(stage, channel, "set users_affected about 5,000", "set users_affected 4,812")
    page = await page_of(stage, channel)
    assert item(page, "Users Affected").startswith("4,812 users")


# ---- 41


async def test_scenario_41_contradictory_times_are_both_shown_and_the_choice_explained(stage: Stage) -> None:
    """A marked message, a typed line and a time set by hand disagree about the start."""
    channel = await stage.declared()
    message = await stage.bob.says(channel, "Errors began just now")
    await stage.settle()
    await stage.bob.reacts(message, "boom")
    await tell(stage, channel, "event --at 14:20 --as started replica lag grows")
    rows = {row[0]: row for table in (await page_of(stage, channel)).tables for row in table}
    assert "2026-03-10 13:20" in rows["Started"][1] and "also 2026-03-10 13:50 by Bob Brown" in rows["Started"][3]
    await tell(stage, channel, "mark started 14:35")
    page, document = await page_of(stage, channel), await json_of(stage, channel)
    (row,) = [row for table in page.tables for row in table if row[0] == "Started"]
    assert "2026-03-10 13:35" in row[1] and row[3].startswith("the newest time set by hand")
    assert "also 2026-03-10 13:20 by Alice Adams" in row[3] and "also 2026-03-10 13:50 by Bob Brown" in row[3]
    history = document["milestones"]["started"]["history"]
    assert sorted((claim["at"][11:16], claim["counts"]) for claim in history) == [
        ("13:20", False),
        ("13:35", True),
        ("13:50", False),
    ]
    assert all(claim["why"] for claim in history)
    said = "\n".join(page.observed)
    assert "Errors began just now" in said and "replica lag grows" in said, "both stay in the timeline"


async def test_scenario_41_contradictory_values_keep_their_history(stage: Stage) -> None:
    """Two people answer one question differently: the newest counts, and what was said before is not lost."""
    channel = await stage.declared()
    await stage.bob.types("/incident set users_affected 300", channel)
    await stage.carol.types("/incident set users_affected 5000", channel)
    page = await page_of(stage, channel)
    assert item(page, "Users Affected").startswith("5,000 users")
    told = [text for text in page.texts if "which counts as the newest" in text]
    assert told == [
        "Users affected: Carol Chen said “5,000 users”, which counts as the newest; "
        "before that Bob Brown said “300 users”."
    ]
    assert told[0] in (await json_of(stage, channel))["disclosures"]
    await stage.carol.types("/incident set users_affected 300", channel)
    assert not any("counts as the newest" in text for text in (await page_of(stage, channel)).texts), "they agree now"


async def test_scenario_41_a_stated_duration_that_contradicts_the_clock_is_flagged(stage: Stage) -> None:
    """A sentence says two hours, the milestones say thirty minutes: both stand, and a check says so."""
    channel = await stage.declared("Checkout is failing sev2 --started 14:40")
    await stage.minutes(20)
    await tell(stage, channel, "resolve", "set impact_summary The checkout was down for 2 hours")
    lints = (await json_of(stage, channel))["lints"]
    (found,) = [lint for lint in lints if lint["id"] == "duration-mismatch"]
    assert "“2 hours” in “The checkout was down for 2 hours”" in found["sentence"]


# ---- 42


async def test_scenario_42_a_draft_made_twice_is_the_same_text(stage: Stage) -> None:
    """Posting has no side effect on the report; the command line writes the same bytes."""
    channel = await stage.declared("Checkout is failing sev2 --started 14:40 --service checkout")
    await stage.minutes(20)
    message = await stage.bob.says(channel, "ask @carol about <b>it</b> | now")
    await stage.settle()
    await stage.alice.reacts(message, "rotating_light")
    await tell(
        stage, channel, "resolve", "set lessons Rehearse the failover", "action add Add an alert @bob due friday"
    )
    first = await draft(stage, channel)
    await stage.minutes(45)
    second = await draft(stage, channel)
    assert first == second
    number = (await stage.incident(channel)).number
    assert await report(stage.settings, number, None, "md") == second.encode()


async def test_scenario_42_what_a_person_wrote_survives_every_regeneration(stage: Stage) -> None:
    """Their summary stands in place of the composed one, whatever is recorded afterwards."""
    channel = await stage.declared("Checkout is failing sev2 --started 14:40")
    words = "Payments failed | for *everybody* in _Zurich_;\nit was the cache."
    opened = await stage.alice.types("/incident set summary", channel)
    assert opened.view is not None, opened.text
    sent = await stage.alice.submits(await stage.alice.fills(opened.view, {"summary": words}))
    assert sent.closed, sent.errors
    assert words.split("\n")[0] in item(await page_of(stage, channel), "What")
    await stage.minutes(20)
    await tell(stage, channel, "severity sev1 worse", "event more happened", "resolve")
    page, document = await page_of(stage, channel), await json_of(stage, channel)
    assert words.split("\n")[0] in item(page, "What") and "SEV1" not in item(page, "What")
    assert document["summary"]["what"]["composed"] is False
    assert document["fields"]["summary"]["values"][0]["text"] == words, "whole, with its line end"


async def test_scenario_42_a_draft_in_another_family_changes_nothing_of_the_first(stage: Stage) -> None:
    """The family asked for is a view; the incident keeps its own."""
    channel = await stage.declared("Checkout is failing sev2 --started 14:40")
    first = await draft(stage, channel)
    for family in stage.desk.families:
        await draft(stage, channel, family=family)
    assert await draft(stage, channel) == first
    assert (await stage.incident(channel)).family == "slo"
    assert reached(await stage.incident(channel), Milestone.RESOLVED) is None


async def test_a_window_of_no_length_is_not_unknown(stage: Stage) -> None:
    channel = await stage.declared("Blip sev3 --started 14:50")
    await tell(stage, channel, "resolve --at 14:50")
    clocks = (await json_of(stage, channel))["clocks"]
    assert (clocks["ttr"]["state"], clocks["ttr"]["seconds"]) == ("measured", timedelta(0).total_seconds())


async def test_objectives_that_make_no_sense_never_reach_a_report(tmp_path: Path) -> None:
    """A target above 1 is refused where it is written."""
    from handlers.mistakes import Misconfigured

    with pytest.raises(Misconfigured, match="fraction between 0 and 1"):
        async with staged(fresh_sqlite(tmp_path), config=OBJECTIVES.replace("0.999", "99.9"), folder=tmp_path):
            pass
