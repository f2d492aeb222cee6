"""Incidents that several tests of the report read: each shows what the rules are for."""

from __future__ import annotations

from bot.words import ActionStatus, Kind, Milestone, Priority, Severity
from tests.builders import Story

FILES = ("https://acme.slack.com/archives/C0INCIDENT/F1", "https://acme.slack.com/archives/C0INCIDENT/F2")
HOSTILE = (
    "<!channel> <@U0BROWN> | `x` <http://a.b/c|label> https://x.y/z_a_b?q=1 [a](javascript:alert(1)) <b>&lt;i&gt;</b>\n"
    "# head\n- item\n> quote\n1. one\n```\ncode | x\n````\n{{ m.title }} {% if x %} -5 min "
    "$a$ _x_ *y* ~~z~~ www.e.org a@b.org"
)


def reopened() -> Story:
    """Resolved, failing again, resolved; a partial mitigation, late lines, a severity that rose."""
    story = Story().declared("14:00", severity=Severity.LOW)
    story.mark("14:05", Milestone.STARTED, "13:50:10", approximate=True)
    story.said("14:01", HOSTILE, Milestone.DETECTED, Milestone.ACKNOWLEDGED)
    story.said("14:02", "word " * 100 + "end", Kind.HYPOTHESIS)
    story.said("14:03", "", files=FILES)
    story.said("14:04", "a secret that will vanish").deleted("14:06")
    story.said("14:05", "not for the report").withdrawn("14:07")
    story.said("14:06", "first wording").edited("14:08", "second wording")
    story.said("14:07", "Deploy rolled back", Milestone.MITIGATED, heard="14:40", origin="INCIDENT-20260310-1300")
    story.severity("14:10", Severity.CRITICAL, "all regions | all users")
    story.resolved("14:30", "graphs look fine").reopened("15:00", "14:30", "failing again")
    story.said("15:10", "Cache flushed", Milestone.MITIGATED)
    story.resolved("15:30", "twenty minutes without an error")
    return _known(story)


def _known(story: Story) -> Story:
    """A value of every type, one of them approximate, one that this family does not ask for."""
    at = "16:00"
    story.knows(at, "users_affected", 5000, approximate=True).knows(at, "users_affected_share", 0.34)
    story.knows(at, "revenue_impact", "12500.50 USD").knows(at, "data_staleness", 93_900)
    story.knows(at, "slo", "99.9% over 30 days; p95 < 500 ms; error rate < 0.1%").knows(at, "latency_p95", 812.5)
    story.knows(at, "requests_failed", 1200).knows(at, "requests_total", 10_000_000).knows(
        at, "error_rate_peak", 0.3456
    )
    story.knows(at, "support_tickets", 12).knows(at, "author", "U0BROWN").knows(at, "author_date", "2026-03-11")
    story.knows(at, "sent_to_engineering", True).knows(at, "detection_method", "customer report")
    story.lists(at, "log_excerpts", "```\nERROR `boom` | at line 1\n$ ls\n```", "one line alone")
    return story.action(at, "Add an alert", priority=Priority.CRITICAL, status=ActionStatus.DONE)


def out_of_order() -> Story:
    """Detected before it started; the time was corrected once."""
    story = Story().declared("14:00").mark("14:01", Milestone.STARTED, "14:00")
    story.mark("14:02", Milestone.DETECTED, "13:00").mark("14:03", Milestone.DETECTED, "13:10")
    return story.resolved("14:20")
