"""What a report says of an incident: nothing invented, nothing lost, every number with its facts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import facts as f
from bot.facts import Evidence, Source
from bot.incident import Incident
from bot.policy import Objective, Policy
from bot.report import Report, ReportContext, build_report, permalink
from bot.reporting.model import NoBudget, RequestBudget, TimeBudget
from bot.reporting.told import ClockView, Contradiction, Measurement, NoMeasurement
from bot.words import ActionStatus, Kind, Meaning, Milestone, Priority, Severity, Status
from templates.families import load_family
from tests.builders import CHANNEL, Story
from tests.shakespeare import TEAM_URL, VIEW, shakespeare
from tests.stories_told import out_of_order, reopened

SLO = load_family("slo")


def report_of(story: Story, view: ReportContext = VIEW) -> Report:
    return build_report(story.incident(), SLO, view)


def texts(report: Report, phase: str) -> list[str]:
    return [row.text for view in report.phases if view.key == phase for row in view.rows]


def clock_of(report: Report, key: str) -> ClockView:
    return next(clock for clock in report.family_clocks if clock.definition.key == key)


def measured(report: Report, key: str) -> timedelta:
    clock = clock_of(report, key)
    assert isinstance(clock, Measurement)
    return clock.elapsed


def test_an_incident_nobody_declared_has_no_report() -> None:
    with pytest.raises(ValueError, match="never declared"):
        build_report(Incident(1), SLO, VIEW)


def test_a_bare_declaration_gives_no_value_nobody_gave() -> None:
    report = report_of(Story().declared())
    assert not [key for key, view in report.fields.items() if view.known]
    assert set(report.summary) == {"what", "when"}
    assert all(isinstance(clock, NoMeasurement) for clock in (*report.clocks, *report.family_clocks))
    assert report.slo.objectives == {}
    assert [row.kind for row in report.timeline] == ["declared"]


def test_what_follows_from_something_else_is_assumed_and_feeds_no_clock() -> None:
    report = report_of(Story().declared("14:00").mark("14:01", Milestone.STARTED, "13:50"))
    detected = report.milestones[Milestone.DETECTED]
    assert detected.state == "assumed"
    assert "detected at the latest then" in detected.why
    clock = clock_of(report, "ttd")
    assert isinstance(clock, NoMeasurement)
    assert "assumed only" in clock.why


def test_the_book_example_measures_what_the_book_says() -> None:
    report = report_of(shakespeare())
    minutes = {clock.definition.key: measured(report, clock.definition.key) for clock in report.family_clocks}
    expected = {"ttd": 1, "tta": 3, "ttm": 38, "ttr": 66}
    assert minutes == {key: timedelta(minutes=value) for key, value in expected.items()}


def test_this_family_counts_mitigation_from_the_acknowledgement_to_the_first_mitigation() -> None:
    story = Story().declared("14:00").said("14:01", "on it", Milestone.ACKNOWLEDGED)
    story.said("14:11", "half of it", Milestone.MITIGATED).said("14:41", "all of it", Milestone.MITIGATED)
    assert measured(report_of(story), "ttm") == timedelta(minutes=10)


def test_zero_and_unknown_are_different_clocks() -> None:
    both = Story().declared("14:00").said("14:00", "seen, on it", Milestone.DETECTED, Milestone.ACKNOWLEDGED)
    assert measured(report_of(both), "tta") == timedelta(0)
    assert isinstance(clock_of(report_of(Story().declared()), "tta"), NoMeasurement)


def test_an_impossible_order_is_a_contradiction_with_both_facts() -> None:
    clock = clock_of(report_of(out_of_order()), "ttd")
    assert isinstance(clock, Contradiction)
    assert clock.elapsed == timedelta(minutes=-50)
    assert clock.why == "detected is stated before started"


def test_a_milestone_corrected_twice_shows_one_value_and_its_history() -> None:
    view = report_of(out_of_order()).milestones[Milestone.DETECTED]
    assert view.point is not None
    assert view.point.at == datetime(2026, 3, 10, 13, 10, tzinfo=UTC)
    assert [(claim.at.minute, claim.counts, claim.cite.by) for claim in view.history] == [
        (0, False, "U0ALICE"),
        (10, True, "U0ALICE"),
    ]


def test_a_cancelled_incident_has_no_clocks_and_nothing_is_missing_of_its_milestones() -> None:
    report = report_of(Story().declared("14:00").mark("14:01", Milestone.STARTED, "13:59").cancelled("14:10", "sensor"))
    assert {clock.state for clock in (*report.clocks, *report.family_clocks)} == {"unknown"}
    assert isinstance(report.slo.time_budget, NoBudget)
    assert report.slo.degraded is None
    assert report.lints == ()
    assert report.summary["what"].text.startswith("Cancelled as a false alarm: sensor.")


def test_after_a_reopening_degraded_time_and_time_by_the_clock_both_stand() -> None:
    report = report_of(reopened())
    assert measured(report, "ttr") == timedelta(hours=1, minutes=39, seconds=50)
    assert report.slo.degraded == timedelta(hours=1, minutes=9, seconds=50)
    assert report.standing.reopened == 1


def test_the_resolution_that_did_not_hold_stays_on_the_timeline() -> None:
    rows = [(row.at.strftime("%H:%M"), row.word, row.text) for row in report_of(reopened()).timeline]
    assert ("14:30", "Incident resolved", "graphs look fine") in rows
    assert ("15:00", "Re-opened", "failing again") in rows
    assert ("15:30", "Incident resolved", "twenty minutes without an error") in rows


def test_reopened_and_not_resolved_again_has_no_end() -> None:
    story = Story().declared("14:00").mark("14:01", Milestone.STARTED, "14:00").resolved("14:30")
    report = report_of(story.reopened("15:00", "14:30"))
    assert report.milestones[Milestone.RESOLVED].state == "unknown"
    assert "re-opened and not resolved again" in report.summary["when"].text
    assert report.slo.degraded is None


def test_rows_stand_in_the_phase_open_at_their_moment_and_before_the_first_is_lead_up() -> None:
    report = report_of(shakespeare())
    assert texts(report, "lead_up") == [
        "News breaks that an unknown sonnet was found",
        "Search traffic jumps 88-fold after a forum post",
    ]
    assert texts(report, "detection_and_response")[0] == "Search backends begin failing under the load"
    assert texts(report, "investigation_and_escalation")[0] == "Declared a cascading failure; chat channel opened"
    assert texts(report, "resolution_and_recovery")[0] == "New index in all clusters, 500s are falling"


def test_each_standing_line_stands_once_in_the_phases() -> None:
    report = report_of(reopened())
    shown = [row.entry for phase in report.phases for row in phase.rows if row.entry]
    assert sorted(shown) == sorted(row.entry for row in report.timeline if row.entry)


def test_a_deleted_or_withdrawn_line_leaves_nothing_but_a_count() -> None:
    report = report_of(reopened())
    assert not [row for row in report.timeline if "secret" in row.text or "not for the report" in row.text]
    assert "1 line was withdrawn." in report.disclosures
    assert "1 line was deleted in Slack; nothing of its text is kept." in report.disclosures


def test_late_edited_and_moved_lines_say_so() -> None:
    notes = {row.text: row.notes for row in report_of(reopened()).timeline}
    assert notes["Deploy rolled back"] == (
        "recorded later, at 2026-03-10 14:40",
        "from INCIDENT-20260310-1300",
    )
    assert notes["second wording"] == ("edited after it was captured",)


def test_a_message_of_pictures_alone_is_described() -> None:
    assert "(2 files, no text)" in [row.text for row in report_of(reopened()).timeline]


def test_timeline_texts_are_whole() -> None:
    assert "word " * 100 + "end" in [row.text for row in report_of(reopened()).timeline]


def test_looking_back_has_its_own_sections_and_no_row_in_a_phase() -> None:
    story = Story().declared("14:00").said("14:05", "paging worked", Kind.WENT_WELL)
    report = report_of(story)
    assert [line.text for line in report.said[Kind.WENT_WELL]] == ["paging worked"]
    assert not [row for phase in report.phases for row in phase.rows if row.text == "paging worked"]
    assert [row.text for row in report.timeline][-1] == "paging worked"


def test_the_same_facts_give_the_same_report() -> None:
    assert report_of(shakespeare()) == report_of(shakespeare())


def test_severity_keeps_what_it_was_and_the_highest() -> None:
    story = Story().declared("14:00", severity=Severity.LOW).severity("14:10", Severity.CRITICAL, "all of it")
    standing = report_of(story.severity("15:00", Severity.MEDIUM)).standing
    assert (standing.severity_name, standing.highest_name) == ("SEV3", "SEV1")
    assert [grade.name for grade in standing.grades] == ["SEV4", "SEV1", "SEV3"]


def test_a_level_that_a_family_lacks_takes_its_nearest_and_says_so() -> None:
    short = replace(SLO, severities={Severity.CRITICAL: "P1", Severity.HIGH: "P2", Severity.MEDIUM: "P3"})
    standing = build_report(Story().declared(severity=Severity.LOW).incident(), short, VIEW).standing
    assert standing.severity_name == "P3"
    assert "recorded as low" in standing.severity_note


@pytest.mark.parametrize(
    ("place", "url"),
    [
        (Evidence("C1", "1445439240.000010"), f"{TEAM_URL}archives/C1/p1445439240000010"),
        (Evidence("C1", "1445439240.000010", "1445439240.000010"), f"{TEAM_URL}archives/C1/p1445439240000010"),
        (
            Evidence("C1", "1445439250.000020", "1445439240.000010"),
            f"{TEAM_URL}archives/C1/p1445439250000020?thread_ts=1445439240.000010&cid=C1",
        ),
    ],
)
def test_a_permalink_leads_to_the_message_and_to_a_reply_in_its_thread(place: Evidence, url: str) -> None:
    assert permalink(TEAM_URL, place) == url


def test_without_a_workspace_address_there_are_no_links() -> None:
    report = report_of(shakespeare(), ReportContext())
    assert {row.cite.url for row in report.timeline} == {None}


def test_composed_sentences_name_no_people() -> None:
    report = report_of(shakespeare())
    composed = " ".join(sentence.text for sentence in report.summary.values() if sentence.composed)
    assert not [name for name in VIEW.names.values() if name in composed]


def test_a_persons_sentence_stands_in_place_of_the_composed_one() -> None:
    report = report_of(Story().declared("14:00").knows("15:00", "summary", "Checkout took no cards for an hour."))
    assert report.summary["what"].text == "Checkout took no cards for an hour."
    assert not report.summary["what"].composed


def test_approximate_values_are_never_shown_as_exact() -> None:
    report = report_of(shakespeare())
    failed = report.fields["requests_failed"].first
    assert failed is not None
    assert failed.text == "about 1,210,000,000 requests"
    assert failed.value == 1_210_000_000


def test_services_and_regions_are_as_declared_unless_somebody_sets_them() -> None:
    story = Story().declared("14:00", services=("api", "db"))
    assert [answer.text for answer in report_of(story).fields["services"].answers] == ["api", "db"]
    story.knows("14:10", "services", ("api",))
    assert [answer.text for answer in report_of(story).fields["services"].answers] == ["api"]


def test_the_book_example_used_its_month_of_budget_fifteen_times() -> None:
    budget = report_of(shakespeare()).slo.time_budget
    assert isinstance(budget, TimeBudget)
    assert round(budget.share, 2) == 15.28
    assert budget.window_assumed
    assert budget.left == timedelta(seconds=259.2) - timedelta(minutes=66)


def test_no_objective_is_said_and_none_is_invented() -> None:
    story = Story().declared("14:00").mark("14:01", Milestone.STARTED, "14:00").resolved("14:30")
    slo = report_of(story).slo
    assert slo.objectives == {}
    assert slo.time_budget == NoBudget("time-based", "no availability objective is stated", "slo")


def test_configured_objectives_hold_for_their_own_service_alone() -> None:
    objectives = (
        Objective("availability", 0.999, timedelta(days=28), service="api"),
        Objective("availability", 0.9, timedelta(days=28), service="other"),
    )
    view = replace(VIEW, policy=Policy(objectives=objectives))
    story = Story().declared("14:00", services=("API",)).mark("14:01", Milestone.STARTED, "14:00").resolved("14:30")
    budget = report_of(story, view).slo.time_budget
    assert isinstance(budget, TimeBudget)
    assert (budget.target, budget.window, budget.window_assumed) == (0.999, timedelta(days=28), False)


def test_a_request_budget_names_its_two_counts() -> None:
    story = Story().declared("14:00").knows("15:00", "slo", "error rate < 0.1%")
    story.knows("15:00", "requests_failed", 1200).knows("15:00", "requests_total", 10_000_000)
    budget = report_of(story).slo.request_budget
    assert isinstance(budget, RequestBudget)
    assert round(budget.share, 4) == 0.12
    assert (budget.failed.value, budget.total.value) == (1200, 10_000_000)


def test_targets_are_those_of_the_highest_severity() -> None:
    targets = {"ttd": {Severity.HIGH: timedelta(minutes=5), Severity.LOW: timedelta(seconds=1)}}
    clock = clock_of(report_of(shakespeare(), replace(VIEW, policy=Policy(targets=targets))), "ttd")
    assert isinstance(clock, Measurement)
    assert clock.target is not None
    assert (clock.target.severity, clock.target.met) == ("SEV2", True)


def test_action_items_stand_in_the_window_that_holds_their_date() -> None:
    report = report_of(shakespeare())
    assert {h.key: [item.id for item in h.actions] for h in report.horizons} == {
        "immediate": ["A1"],
        "medium_term": ["A3", "A2", "A4"],
        "long_term": [],
    }


def test_a_date_nobody_gave_is_the_end_of_the_priority_s_window_and_marked_as_assumed() -> None:
    story = Story().declared("14:00")
    for priority in Priority:
        story.action("15:00", "Add an alert", priority=priority)
    items = report_of(story).actions
    assert [item.due for item in items] == [None] * 4
    assert [item.assumed_due for item in items] == [
        date(2026, 3, 17),
        date(2026, 4, 10),
        date(2026, 4, 10),
        date(2026, 6, 10),
    ]


def test_a_due_date_already_past_is_kept() -> None:
    story = Story().declared("14:00").action("15:00", "Add an alert", due="2026-01-01")
    assert [item.due for item in report_of(story).horizons[0].actions] == [date(2026, 1, 1)]


def test_names_come_through_unchanged() -> None:
    """Scenario 48."""
    names = {"U1": "Anne-Marie O'Neil", "U2": "李小龍", "U3": "Dr. <b>Who</b>"}
    story = Story().declared("14:00")
    for number, user in enumerate(names):
        story.said(f"14:0{number}", "line", by=user)
    report = report_of(story, replace(VIEW, names=names))
    assert [row.actor for row in report.timeline if row.entry] == list(names.values())


def test_declined_items_are_out_of_the_completion_rate() -> None:
    story = shakespeare().action("17:40", "Buy a bigger database", status=ActionStatus.DECLINED)
    report = report_of(story)
    assert (report.followup.actions_done, report.followup.actions_total) == (1, 4)


def test_the_next_review_is_six_months_after_the_resolution() -> None:
    assert report_of(shakespeare()).document.next_review == date(2016, 4, 21)


def test_the_executives_are_on_the_list_of_grave_incidents_alone() -> None:
    grave, small = Story().declared(severity=Severity.HIGH), Story().declared(severity=Severity.MEDIUM)
    assert [len(report_of(story).checklists["distribution"]) for story in (grave, small)] == [5, 4]


def test_what_is_missing_begins_with_milestones_and_what_the_report_is_poor_without() -> None:
    missing = report_of(Story().declared()).document.missing
    assert [gap.key for gap in missing[:6]] == [
        "started",
        "detected",
        "acknowledged",
        "root_cause",
        "users_affected",
        "requests_failed",
    ]
    first_optional = next(n for n, gap in enumerate(missing) if not gap.required)
    assert all(not gap.required for gap in missing[first_optional:])


def test_what_the_family_does_not_ask_for_is_shown_all_the_same() -> None:
    report = report_of(Story().declared("14:00").knows("15:00", "support_tickets", 12))
    assert [view.field.key for view in report.others] == ["support_tickets"]


def test_days_are_those_of_the_family_s_zone() -> None:
    bogota = replace(SLO, zone="America/Bogota")
    story = Story().declared("02:00")
    assert build_report(story.incident(), bogota, VIEW).identity.day == date(2026, 3, 9)


def test_a_duration_over_a_clock_change_is_the_time_that_passed() -> None:
    story = Story(day="2026-03-29").declared("00:30").mark("00:31", Milestone.STARTED, "00:30").resolved("01:30")
    report = build_report(story.incident(), replace(SLO, zone="Europe/London"), VIEW)
    assert measured(report, "ttr") == timedelta(hours=1)
    assert datetime(2026, 3, 29, 1, 30, tzinfo=UTC).astimezone(ZoneInfo("Europe/London")).hour == 2


@given(order=st.permutations(range(6)))
def test_lines_told_in_any_order_give_the_same_clocks_and_rows(order: list[int]) -> None:
    """Scenario 1: late and out of order."""
    lines: list[tuple[str, Meaning]] = [
        ("13:50", Milestone.STARTED),
        ("13:55", Milestone.DETECTED),
        ("13:58", Milestone.ACKNOWLEDGED),
        ("14:10", Kind.EVENT),
        ("14:20", Milestone.MITIGATED),
        ("14:40", Milestone.RESOLVED),
    ]
    story = Story().declared("14:00")
    for number in order:
        when, meaning = lines[number]
        story.said(when, f"at {when}", meaning, heard="15:00")
    report = report_of(story.status("15:01", Status.RESOLVED))
    assert [measured(report, key) for key in ("ttd", "tta", "ttm", "ttr")] == [
        timedelta(minutes=n) for n in (5, 3, 22, 50)
    ]
    assert [row.text for row in report.timeline if row.entry] == [f"at {when}" for when, _ in lines]


@settings(deadline=None)  # a busy machine
@given(texts=st.lists(st.text(max_size=40), max_size=4))
def test_every_text_of_every_kind_gives_a_report(texts: list[str]) -> None:
    story = Story().declared("14:00", title="".join(texts) or "x")
    for text in texts:
        story.said("14:10", text, Kind.HYPOTHESIS, by=text or "U1").knows("14:20", "root_cause", text)
        story.action("14:30", text, owner=text or None)
    report = report_of(story)
    assert len(report.said[Kind.HYPOTHESIS]) == len(texts)


def test_the_channel_s_name_comes_from_the_workspace_else_from_the_declaration() -> None:
    story = Story().declared()
    assert report_of(story, ReportContext(channels={CHANNEL: "renamed"})).identity.channel == "renamed"


def test_a_line_aimed_at_an_item_that_does_not_exist_keeps_its_row() -> None:
    """A fact stands in the report somewhere: with the item that came of it, else on the timeline."""
    story = Story().declared("14:00").said("14:01", "add an alert", Kind.ACTION_ITEM)
    assert "add an alert" in [row.text for phase in report_of(story).phases for row in phase.rows]


def test_services_corrected_later_name_who_corrected_them() -> None:
    story = Story().declared("14:00", by="U0ALICE", services=("web",), regions=("eu",))
    at = story.at("14:20")
    story.tell(f.Described(key="d", at=at, source=Source("command", "U0BOB"), services=("api",)))
    said = {
        key: [(a.text, a.cite.by, a.cite.at) for a in report_of(story).fields[key].answers]
        for key in ("services", "regions")
    }
    assert said == {"services": [("api", "U0BOB", at)], "regions": [("eu", "U0ALICE", story.at("14:00"))]}
