"""A made-up leak of customer data, told as people would have marked it: the report on security reads it whole."""

from __future__ import annotations

from bot.words import ActionStatus, ActionType, IncidentType, Kind, Milestone, Priority, Role, Severity, Status
from tests.builders import Story


def breach() -> Story:
    """Exports of invoices stood open to the world for a day; found by a researcher, closed within the hour."""
    story = Story(day="2026-04-14")
    story.declared(
        "09:20",
        "Customer exports readable by anyone",
        by="U0JENN",
        severity=Severity.HIGH,
        type=IncidentType.DATA_LEAK,
        services=("export service", "invoice archive"),
        regions=("eu-central-1",),
    )
    story.role("09:21", Role.COMMANDER, "U0JENN").role("09:22", Role.TECHNICAL_LEAD, "U0MARTY")
    story.mark("09:25", Milestone.STARTED, "2026-04-13 10:05")
    _during(story)
    _impact(story)
    _causes(story)
    _afterwards(story)
    return story


def _during(story: Story) -> None:
    story.said("09:02", "A researcher writes that invoices open without a login", Milestone.DETECTED, by="security@")
    story.said("09:06", "Looking at it", Milestone.ACKNOWLEDGED, by="U0MARTY", heard="09:20")
    story.said("09:14", "Confirmed: the export bucket is public", Milestone.TRIAGED, by="U0MARTY", heard="09:21")
    story.severity("09:24", Severity.CRITICAL, "personal data of customers is readable")
    story.said("09:30", "Reading the bucket's access log", Milestone.INVESTIGATING, by="U0CLARA")
    story.said("09:34", "Did the new lifecycle rule reset the policy?", Kind.HYPOTHESIS, by="U0CLARA")
    story.said("09:38", "Public access switched off for the whole account", Kind.ACTION, by="U0MARTY")
    story.said("09:41", "Anonymous reads are refused", Milestone.MITIGATED, by="U0MARTY")
    story.said("09:55", "The policy came from a module that two teams share", Milestone.ROOT_CAUSE, by="U0CLARA")
    story.said("10:10", "We tell the authority today and the customers tomorrow", Kind.DECISION, by="U0JENN")
    story.said(
        "10:30", "Status page: exports are offline while we check who read them", Kind.COMMUNICATION, by="U0JENN"
    )
    story.said("11:50", "No other bucket is open; exports run again", Milestone.RESOLVED, by="U0MARTY")
    story.status("11:50:20", Status.RESOLVED)


def _impact(story: Story) -> None:
    at = "13:00"
    story.mark(at, Milestone.AWARE, "09:14")
    story.knows(at, "users_affected", 412).knows(at, "users_affected_share", 0.031, approximate=True)
    story.knows(at, "requests_failed", 1_930).knows(at, "error_rate_peak", 0.042)
    story.knows(at, "business_impact", "Customers may be told by us that their invoices were readable.")
    story.knows(at, "data_compromised", True).knows(at, "data_compromised_details", "1,204 invoices of 412 customers")
    story.lists(at, "affected_systems", "export service | offline for two hours | 2 h 09 min | 2 h 48 min")
    story.knows(at, "regulatory_reporting", True).knows(at, "gdpr_applies", True).knows(at, "pci_applies", False)
    story.knows(at, "revenue_impact", "12500.00 USD", approximate=True).knows(at, "sla_credits", "8000.00 USD")
    story.knows(at, "cost_engineering", "15000.00 USD").knows(at, "engineering_hours", 30)
    story.knows(at, "error_rate_before", 0.0001).knows(at, "error_rate_after", 0.0001)


def _causes(story: Story) -> None:
    at = "14:00"
    story.knows(at, "root_cause", "A shared module set the bucket's policy to public when its default changed.")
    story.knows(at, "why_1", "The export bucket allowed anonymous reads.")
    story.knows(at, "why_2", "Its policy came from a shared module whose default had changed.")
    story.lists(at, "contributing_factors", "no check of bucket policies", "module updates are applied unread")
    story.lists(at, "gap_detection", "nothing watches for anonymous reads")
    story.lists(at, "went_well_response", "the bucket was closed 39 minutes after the report")
    story.lists(at, "improve_detection", "a stranger saw it before we did")
    story.said("14:05", "The access log was complete", Kind.WENT_WELL, by="U0CLARA")
    story.lists(at, "got_lucky", "nobody but the researcher had found the bucket")
    story.lists(at, "related_incidents", "INC-DAT-20250802-1410 | 2025-08-02 | the same module, another bucket")
    story.lists(at, "configuration_changes", "```\n# Before\npublic_access: allow\n# After\npublic_access: block\n```")
    story.knows(at, "message_initial", "Exports are offline.\nWe are checking who could read them.")


def _afterwards(story: Story) -> None:
    at = "15:00"
    story.action(
        at,
        "Alert on anonymous reads",
        owner="U0CLARA",
        due="2026-04-20",
        priority=Priority.CRITICAL,
        type=ActionType.DETECT,
        verification="a test read pages on-call",
        status=ActionStatus.IN_PROGRESS,
    )
    story.action(
        at,
        "Block public access for every account",
        owner="U0MARTY",
        due="2026-04-15",
        priority=Priority.HIGH,
        type=ActionType.PREVENT,
        verification="the policy check is green",
        status=ActionStatus.DONE,
    )
    story.action(at, "Rehearse a leak once a quarter", owner="U0JENN", priority=Priority.LOW, type=ActionType.TRAINING)
    story.knows(at, "author", "U0JENN").knows(at, "vp_engineering", "U0BROWN").knows(at, "classification", "internal")
    story.knows(at, "meeting_date", "2026-04-20").lists(at, "meeting_attendees", "jennifer", "martym", "clarac")
    story.knows(at, "shared_with_engineering", True).knows(at, "runbooks_updated", False)
