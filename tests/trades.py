"""A made-up incident of a trading system around midnight UTC, told as people would have marked it."""

from __future__ import annotations

from bot.words import ActionStatus, ActionType, IncidentType, Kind, Milestone, Priority, Role, Severity, Status
from tests.builders import Story


def trades() -> Story:
    """Orders went out on stale prices; the day changes in UTC while it is still evening in Bogotá."""
    story = Story(day="2026-05-06")
    story.declared(
        "2026-05-05 23:52",
        "Orders priced from a stale feed",
        by="U0JENN",
        severity=Severity.CRITICAL,
        type=IncidentType.OTHER,
        services=("order gateway",),
    )
    story.role("2026-05-05 23:53", Role.COMMANDER, "U0JENN")
    _during(story)
    _known(story)
    _actions(story)
    return story


def _during(story: Story) -> None:
    eve = "2026-05-05"
    story.said(f"{eve} 23:41", "Price feed repeats one tick", Milestone.STARTED, by="feed handler", heard="00:30")
    story.said(f"{eve} 23:48", "Alert: quote age over 60 s", Milestone.DETECTED, by="monitoring", heard="00:30")
    story.said(f"{eve} 23:50", "I have it", Milestone.ACKNOWLEDGED, by="U0MARTY", heard=f"{eve} 23:54")
    story.said(f"{eve} 23:57", "Trading halted by hand", Kind.ACTION, by="U0MARTY")
    story.said("00:04", "The socket stayed open and sent nothing new", Milestone.ROOT_CAUSE, by="U0CLARA")
    story.said("00:12", "Feed reconnected, quotes are fresh", Milestone.MITIGATED, by="U0MARTY")
    story.said("00:20", "Trading resumed, positions reconciled", Milestone.RESOLVED, by="U0JENN")
    story.status("00:20:10", Status.RESOLVED)


def _known(story: Story) -> None:
    at = "13:00"
    story.knows(at, "trading_downtime", 23 * 60).knows(at, "missed_trades", 41).knows(at, "erroneous_trades", 6)
    story.knows(at, "revenue_impact", "4200.00 USD", approximate=True).knows(at, "data_loss", "None")
    story.lists(at, "systems_affected", "order gateway", "pricing")
    story.knows(at, "team_confidence", "Shaken: the halt had never been practised.")
    story.knows(at, "what_happened", "The feed handler kept its last tick and priced orders from it for 16 minutes.")
    story.knows(at, "why_it_happened", "Age was measured from the last message, and heartbeats counted as messages.")
    story.knows(at, "root_cause", "Heartbeats counted as quotes.")
    story.knows(at, "why_1", "Orders were priced from a stale tick.").knows(
        at, "why_2", "Quote age was measured wrongly."
    )
    story.lists(
        at, "contributing_factors", "Heartbeats | they reset the age of a quote | the alert came 7 minutes late"
    )
    story.lists(at, "contributing_factors", "no automatic halt")
    story.knows(at, "mitigation_action", "Trading was halted by hand and the feed reconnected.")
    story.lists(at, "fix_steps", "```\ngatewayctl halt --all\nfeedctl reconnect\n```")
    story.lists(at, "verification", "quote age under 1 s for ten minutes", "positions equal the broker's")
    story.lists(at, "went_well", "the halt took one command").lists(at, "went_wrong", "nobody knew who may resume")
    story.lists(at, "changes", "A stale quote halts trading by itself.")
    story.lists(at, "got_lucky", "the market was thin")
    story.lists(at, "related_incidents", "INC-20251203-002 | 2025-12-03 | the same feed, after a failover")
    story.knows(at, "author", "U0JENN").knows(at, "author_role", "Head of operations").knows(
        at, "author_date", "2026-05-07"
    )
    story.knows(at, "technical_reviewer", "U0CLARA").knows(at, "technical_review_date", "2026-05-08")
    story.knows(at, "technical_approved", True).knows(at, "follow_up_owner", "U0MARTY")


def _actions(story: Story) -> None:
    at = "14:00"
    story.action(
        at,
        "Halt trading when a quote is older than 5 s",
        owner="U0MARTY",
        due="2026-05-13",
        priority=Priority.CRITICAL,
        type=ActionType.PREVENT,
        verification="a stale feed halts staging",
    )
    story.action(
        at,
        "Leave heartbeats out of the quote age",
        owner="U0CLARA",
        due="2026-05-20",
        priority=Priority.HIGH,
        type=ActionType.DETECT,
        ticket="TRD-91",
        status=ActionStatus.DONE,
    )
    story.action(
        at, "Write down who may resume trading", owner="U0JENN", priority=Priority.LOW, type=ActionType.PROCESS
    )
