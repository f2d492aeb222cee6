"""Quality checks: each fires where it has to, stays quiet where it must, and says what to do."""

from __future__ import annotations

import pytest

from bot.report import build_report
from bot.verbs import VERBS
from bot.words import ActionStatus, ActionType, Kind, Milestone, Role
from templates.families import load_family
from tests.builders import Story
from tests.shakespeare import VIEW, shakespeare
from tests.stories_told import out_of_order


def found(story: Story) -> dict[str, list[str]]:
    """What each lint is about."""
    lints: dict[str, list[str]] = {}
    for lint in build_report(story.incident(), load_family("slo"), VIEW).lints:
        lints.setdefault(lint.id, []).append(lint.about)
    return lints


def declared() -> Story:
    return Story().declared("14:00")


def test_a_bare_declaration_misses_the_first_milestones() -> None:
    assert found(declared())["missing-milestone"] == ["started", "detected", "acknowledged"]


def test_a_told_incident_misses_none() -> None:
    assert "missing-milestone" not in found(shakespeare())


def test_an_impossible_order_is_named_once_for_each_pair() -> None:
    assert found(out_of_order())["impossible-order"] == ["started:detected"]


def test_one_number_of_impact_is_enough() -> None:
    assert "no-impact" in found(declared())
    assert "no-impact" not in found(declared().knows("15:00", "users_affected", 0))


@pytest.mark.parametrize(("second", "silent"), [("14:30", False), ("14:31", True)])
def test_a_silence_of_more_than_thirty_minutes_is_a_gap(second: str, silent: bool) -> None:
    assert ("silent-gap" in found(declared().said(second, "still at it"))) is silent


def test_silence_after_the_resolution_is_no_gap() -> None:
    story = declared().said("14:05", "fixed", Milestone.RESOLVED).said("18:00", "customers told")
    assert "silent-gap" not in found(story)


def test_two_factors_of_any_kind_are_enough() -> None:
    story = declared().lists("15:00", "contributing_factors", "one")
    assert "few-factors" in found(story)
    assert "few-factors" not in found(story.lists("15:01", "factors_external", "two"))


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("root_cause", "Human error in the deploy"),
        ("root_cause", "docbrown pushed the wrong button"),
        ("trigger", "It was <@U0BROWN>"),
        ("why_2", "operator error"),
    ],
)
def test_a_person_or_human_error_as_cause_is_blame(key: str, text: str) -> None:
    story = declared().said("14:01", "deploy went out", by="U0BROWN").role("14:02", Role.COMMANDER, "U0BROWN")
    assert key in found(story.knows("15:00", key, text))["blame"]


@pytest.mark.parametrize(
    "text", ["Bob broke prod.", "this is Alice's fault", "<@U0BROWN> just deleted the table", "she forgot the flag"]
)
def test_a_quoted_line_that_blames_is_flagged_and_stays_as_said(text: str) -> None:
    story = declared().said("14:01", text)
    assert found(story)["blame"] == [story.last]
    report = build_report(story.incident(), load_family("slo"), VIEW)
    assert text.replace("<@U0BROWN>", "@docbrown") in [row.text for row in report.timeline]


@pytest.mark.parametrize(
    "text",
    [
        "The deploy broke prod",
        "Deploy broke prod",
        "search broke at 14:02",
        "cron deleted the table",
        "user errors rose",
    ],
)
def test_a_thing_that_breaks_is_not_blamed(text: str) -> None:
    assert "blame" not in found(declared().said("14:01", text))


@pytest.mark.parametrize("text", ["We should have tested", "it could've been seen", "they ought to have known"])
def test_hindsight_is_flagged(text: str) -> None:
    assert found(declared().lists("15:00", "went_wrong", text))["should-have"] == ["went_wrong"]
    assert "should-have" in found(declared().said("15:00", text, Kind.WENT_WRONG))


def test_what_is_to_be_done_is_not_hindsight() -> None:
    assert "should-have" not in found(declared().lists("15:00", "lessons", "alerts should fire within a minute"))


@pytest.mark.parametrize(
    ("text", "wrong"), [("It lasted 3 hours", True), ("It lasted 30 minutes", False), ("We waited", False)]
)
def test_a_length_that_no_clock_has_is_a_mismatch(text: str, wrong: bool) -> None:
    story = declared().mark("14:01", Milestone.STARTED, "14:00").resolved("14:30").knows("15:00", "summary", text)
    assert ("duration-mismatch" in found(story)) is wrong


def test_luck_is_asked_for() -> None:
    assert "no-luck" in found(declared())
    assert "no-luck" not in found(declared().said("14:10", "nobody was buying", Kind.GOT_LUCKY))


def test_an_action_item_needs_owner_date_verb_and_a_checkable_end() -> None:
    poor = {"action-no-owner", "action-no-due", "action-no-verb", "action-not-checkable"}
    assert poor <= set(found(declared().action("15:00", "The monitoring situation")))
    rich = declared().action("15:00", "Add an alert", owner="U1", due="2026-03-20", verification="fires in staging")
    assert not poor & set(found(rich))


def test_a_due_date_before_the_item_was_written_is_flagged() -> None:
    assert found(declared().action("15:00", "Add an alert", due="2026-03-09"))["action-due-past"] == ["A1"]
    assert "action-due-past" not in found(declared().action("15:00", "Add an alert", due="2026-03-10"))


def test_declined_items_are_not_checked() -> None:
    assert "action-no-owner" not in found(declared().action("15:00", "x", status=ActionStatus.DECLINED))


def test_items_of_one_type_alone_are_flagged() -> None:
    story = declared().action("15:00", "Add a", type=ActionType.PREVENT)
    assert "actions-one-type" not in found(story)
    assert "actions-one-type" in found(story.action("15:01", "Add b", type=ActionType.PREVENT))
    assert "actions-one-type" not in found(story.action("15:02", "Add c", type=ActionType.DETECT))


def test_detected_by_a_human_asks_for_an_item_to_detect() -> None:
    story = declared().knows("15:00", "detection_method", "customer report")
    assert "no-detect-action" in found(story)
    assert "no-detect-action" not in found(story.action("15:01", "Add an alert", type=ActionType.DETECT))
    assert "no-detect-action" not in found(declared().knows("15:00", "detection_method", "monitoring alert"))


def test_the_author_alone_is_no_reviewer() -> None:
    story = declared().knows("15:00", "author", "U0BROWN").knows("15:01", "technical_reviewer", "U0BROWN")
    assert "no-reviewer" in found(story)
    assert "no-reviewer" not in found(story.knows("15:02", "technical_reviewer", "U0JENN"))


def test_open_questions_are_those_the_report_is_poor_without() -> None:
    assert "root_cause" in found(declared())["open-question"]
    assert "lesson_culture" not in found(declared())["open-question"]


def test_findings_alike_are_said_together_and_open_questions_apart() -> None:
    story = declared().action("15:00", "Add a", owner="U1").action("15:01", "Add b", owner="U1")
    findings = build_report(story.incident(), load_family("slo"), VIEW).findings()
    assert [f.sentence for f in findings if f.id == "action-no-due"] == ["A1, A2 have no due date of their own."]
    assert not [f for f in findings if f.id in ("open-question", "missing-milestone")]


def test_an_item_that_is_done_needs_no_date_any_more() -> None:
    assert "action-no-due" not in found(declared().action("15:00", "Add a", status=ActionStatus.DONE))


def test_checks_say_the_same_twice() -> None:
    assert found(shakespeare()) == found(shakespeare())


def test_verbs_are_single_lower_case_words() -> None:
    assert all(verb.isalpha() and verb.islower() for verb in VERBS)
