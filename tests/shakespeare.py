"""The worked example of a book (fictional), told as people would have marked it in Slack."""

from __future__ import annotations

from bot.report import ReportContext
from bot.words import ActionStatus, ActionType, IncidentType, Kind, Milestone, Role, Severity, Status
from tests.builders import CHANNEL, Story

NAMES = {
    "U0BROWN": "docbrown",
    "U0JENN": "jennifer",
    "U0MARTY": "martym",
    "U0CLARA": "clarac",
    "U0GOOG": "agoogler",
}
TEAM_URL = "https://acme.slack.com/"
VIEW = ReportContext(NAMES, {CHANNEL: "incident-20151021-1501-shakespeare"}, TEAM_URL)


def shakespeare() -> Story:
    story = Story(day="2015-10-21")
    story.declared(
        "15:01",
        "Shakespeare search is down: all queries answer 500",
        by="U0BROWN",
        severity=Severity.HIGH,
        type=IncidentType.OUTAGE,
        services=("Shakespeare search",),
        regions=("all clusters",),
    )
    story.role("15:01", Role.COMMANDER, "U0JENN")
    _before(story)
    _during(story)
    _known(story)
    _actions(story)
    return story


def _before(story: Story) -> None:
    late = "15:02"
    story.said("14:51", "News breaks that an unknown sonnet was found", by="external news", heard=late)
    story.said("14:53", "Search traffic jumps 88-fold after a forum post", by="external traffic", heard=late)
    story.said(
        "14:54", "Search backends begin failing under the load", Milestone.STARTED, by="search backends", heard=late
    )
    story.said("14:55", "On-call is flooded with HTTP-500 pages", Milestone.DETECTED, by="monitoring", heard=late)
    story.said("14:57", "All search requests are failing", Kind.IMPACT, by="search", heard=late)
    story.said("14:58", "Investigating; very high crash rate", Milestone.ACKNOWLEDGED, by="U0BROWN", heard=late)


def _during(story: Story) -> None:
    story.said("15:01:05", "Declared a cascading failure; chat channel opened", Milestone.ESCALATED, by="U0BROWN")
    story.said("15:03", "Announced on the internal incident list", Kind.COMMUNICATION, by="U0JENN")
    story.said("15:06", "Same crash in every task: a query of death?", Kind.HYPOTHESIS, by="U0BROWN")
    story.said("15:10", "Sonnet added to the corpus, index job started", Kind.ACTION, by="U0MARTY")
    story.said(
        "15:18", "Logs show descriptors running out: a leak for absent terms", Milestone.ROOT_CAUSE, by="U0CLARA"
    )
    story.said("15:21", "We add instances so that tasks do useful work before dying", Kind.DECISION, by="U0JENN")
    story.said("15:23", "All traffic goes to one sacrificial cluster", Kind.ACTION, by="U0BROWN")
    story.said("15:36", "New index in all clusters, 500s are falling", Milestone.MITIGATED, by="U0MARTY")
    story.said("15:47", "500 rate inside the objective", by="monitoring")
    story.said("16:00", "Traffic balanced over all clusters", Milestone.RESOLVED, by="U0JENN")
    story.status("16:00:30", Status.RESOLVED)


def _known(story: Story) -> None:
    at = "17:00"
    story.knows(at, "requests_failed", 1_210_000_000, approximate=True)
    story.knows(at, "error_rate_peak", 1.0, approximate=True)
    story.knows(at, "slo", "availability 99.99%, 99th-percentile latency under 100 ms")
    story.knows(at, "root_cause", "A descriptor leak for absent terms met very high load and cascaded.")
    story.knows(at, "trigger", "A traffic surge after a new sonnet was announced.")
    story.knows(at, "detection_method", "monitoring alert")
    story.lists(at, "contributing_factors", "capacity figures wrong by a factor of ten", "no load shedding")
    story.lists(at, "factors_process", "little practice with cascading failures")
    story.lists(at, "went_well", "monitoring paged quickly", "the new corpus reached every cluster fast")
    story.lists(at, "went_wrong", "the availability budget was exceeded many times over")
    story.lists(at, "got_lucky", "a mailing list already had the sonnet's text")


def _actions(story: Story) -> None:
    at = "17:30"
    story.action(
        at,
        "Add cascading-failure steps to the playbook",
        owner="U0JENN",
        due="2015-10-26",
        type=ActionType.MITIGATE,
        verification="playbook reviewed by two on-call engineers",
        status=ActionStatus.DONE,
    )
    story.action(
        at, "Close the descriptor leak in ranking", owner="U0GOOG", type=ActionType.PREVENT, ticket="Bug 5554825"
    )
    story.action(
        at, "Freeze production until the budget is back", owner="U0BROWN", due="2015-11-20", type=ActionType.OTHER
    )
    story.action(at, "Regression tests for queries of death", type=ActionType.PREVENT)
