"""The report as JSON: the form other programs read, each value with its source."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from bot.report import build_report
from bot.words import Milestone
from templates.export import report_json
from templates.families import load_family
from tests.builders import Story
from tests.shakespeare import VIEW, shakespeare
from tests.stories_told import out_of_order, reopened
from tests.voice.golden import same_as


def written(story: Story) -> str:
    return report_json(build_report(story.incident(), load_family("slo"), VIEW))


def read(story: Story) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(written(story))
    return document


def sources(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if isinstance(value.get("source"), dict):
            yield value["source"]
        for part in value.values():
            yield from sources(part)
    elif isinstance(value, list):
        for part in value:
            yield from sources(part)


def test_the_book_example_is_as_it_was() -> None:
    same_as("shakespeare.json", written(shakespeare()))


def test_clocks_are_measured_from_the_start_whatever_the_family_prints() -> None:
    document = read(shakespeare())
    assert {key: clock["seconds"] for key, clock in document["clocks"].items()} == {
        "ttd": 60,
        "tta": 180,
        "ttm": 2520,
        "ttr": 3960,
    }
    ttm = document["families"]["slo"]["clocks"]["ttm"]
    assert (ttm["seconds"], ttm["from"], ttm["to"], ttm["state"]) == (2280, "acknowledged", "mitigated", "measured")


def test_an_unknown_clock_is_null_with_its_reason() -> None:
    clock = read(Story().declared())["clocks"]["tta"]
    assert (clock["seconds"], clock["state"]) == (None, "unknown")
    assert clock["why"].startswith("no detected milestone")


def test_an_inconsistent_clock_keeps_its_negative_seconds() -> None:
    clock = read(out_of_order())["clocks"]["ttd"]
    assert (clock["seconds"], clock["state"], clock["why"]) == (
        -3000,
        "inconsistent",
        "detected is stated before started",
    )


def test_an_assumed_milestone_says_so_and_an_unknown_one_is_null() -> None:
    milestones = read(Story().declared())["milestones"]
    assert milestones["started"] is None
    assert milestones["detected"] == {
        "at": "2026-03-10T14:00:00Z",
        "state": "assumed",
        "why": "declared then, so detected at the latest then",
        "computed_from": ["milestones.declared"],
    }


def test_a_stated_milestone_brings_its_source_and_history() -> None:
    detected = read(shakespeare())["milestones"]["detected"]
    assert detected["at"] == "2015-10-21T14:55:00Z"
    assert detected["source"]["kind"] == "reaction"
    assert detected["source"]["permalink"].startswith("https://acme.slack.com/archives/C0INCIDENT/p")
    assert len(detected["history"]) == 1


def test_timeline_texts_are_whole_and_plain() -> None:
    document = read(reopened())
    row = next(row for row in document["timeline"] if row["kind"] == "hypothesis")
    assert row["text"] == "word " * 100 + "end"
    assert "@channel @docbrown" in next(row["text"] for row in document["timeline"] if row["kind"] == "detected")


def test_every_source_says_who_how_and_when() -> None:
    found = list(sources(read(shakespeare())))
    assert len(found) > 50
    assert all(source["by"] and source["kind"] and source["at"].endswith("Z") for source in found)


def test_values_keep_their_type() -> None:
    values = read(shakespeare())["fields"]
    assert values["error_rate_peak"]["values"][0]["value"] == 1.0
    assert values["requests_failed"]["values"][0]["value"] == 1_210_000_000
    assert values["requests_failed"]["values"][0]["approximate"] is True


def test_a_date_that_nobody_gave_is_not_a_due_date() -> None:
    item = read(shakespeare())["action_items"][1]
    assert (item["due"], item["due_assumed"]) == (None, "2015-11-21")


def test_other_families_stand_beside_the_first() -> None:
    report = build_report(shakespeare().incident(), load_family("slo"), VIEW)
    assert set(json.loads(report_json(report))["families"]) == {"slo"}


def test_a_closed_milestone_is_there_even_when_nobody_resolved_it() -> None:
    story = Story().declared("14:00").said("15:00", "over", Milestone.CLOSED)
    milestones = read(story)["milestones"]
    assert milestones["closed"]["at"] == "2026-03-10T15:00:00Z"
    assert milestones["resolved"] is None


def test_who_corrected_a_line_by_hand_is_named_and_an_edit_is_no_correction() -> None:
    story = Story().declared().said("14:02", "db failver").edited("14:03", "db failover")
    (row,) = (row for row in read(story)["timeline"] if row["text"] == "db failover")
    assert row["corrected_by"] is None
    (row,) = (
        row
        for row in read(story.corrected("14:05", "DB failover", by="U0NOBODY"))["timeline"]
        if row["text"] == "DB failover"
    )
    assert row["corrected_by"] == "U0NOBODY" and "corrected by U0NOBODY" in row["notes"]
