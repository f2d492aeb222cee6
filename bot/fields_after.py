"""The part of the catalogue that people answer when it is over: looking back, evidence, sign-off, distribution."""

from __future__ import annotations

from typing import Final

from bot.field import EVERY, SLO, Field, Type, Who, new_field

_Rows = tuple[Field, ...]


def _looking_back() -> _Rows:
    def add(section: str, key: str, label: str, help_: str, families: frozenset[str] = EVERY) -> Field:
        return new_field(section, "anyone", families, key, label, "list", help_)

    well, wrong, only = "went_well", "went_wrong", frozenset({SLO})
    return (
        add(well, "went_well", "What went well", "One item each, not sorted"),
        add(well, "went_well_detection", "Went well: detection", "What helped to notice it", only),
        add(well, "went_well_response", "Went well: response", "Actions that worked", only),
        add(well, "went_well_communication", "Went well: communication", "Coordination and updates that worked", only),
        add(well, "went_well_mitigation", "Went well: mitigation", "Workarounds and fixes that worked", only),
        add(well, "got_lucky", "Where we got lucky", "What could have made it worse and did not"),
        add(wrong, "went_wrong", "What went wrong", "One item each, not sorted"),
        add(wrong, "improve_prevention", "To improve: prevention", "What could have prevented it", only),
        add(wrong, "improve_detection", "To improve: detection", "Warning signs that were missed", only),
        add(wrong, "improve_response", "To improve: response", "What could be faster or more effective", only),
        add(wrong, "improve_recovery", "To improve: recovery", "What could resolve it sooner", only),
    )


def _lessons() -> _Rows:
    def add(key: str, label: str, help_: str, families: frozenset[str] = frozenset({SLO})) -> Field:
        return new_field("lessons", "anyone", families, key, label, "list", help_)

    return (
        add("lessons", "Lessons", "One item each, not sorted", EVERY),
        add("lesson_architecture", "Lesson: architecture", "On the system's design"),
        add("lesson_monitoring", "Lesson: monitoring", "On what can be seen"),
        add("lesson_deployment", "Lesson: deployment", "On releases and configuration"),
        add("lesson_dependencies", "Lesson: dependencies", "On other teams' and third parties' services"),
        add("lesson_incident_response", "Lesson: incident response", "On how incidents are handled"),
        add("lesson_communication", "Lesson: communication", "On telling people inside and outside"),
        add("lesson_escalation", "Lesson: escalation", "On whom to call and when"),
        add("lesson_documentation", "Lesson: documentation", "On runbooks and knowledge"),
        add("lesson_training", "Lesson: training", "On skills to build"),
        add("lesson_tooling", "Lesson: tooling", "On tools that lack or limit"),
        add("lesson_capacity", "Lesson: capacity", "On people and resources"),
        add("lesson_culture", "Lesson: culture", "On how the teams decide and work together"),
    )


def _follow_up() -> _Rows:
    def add(key: str, label: str, type_: Type, help_: str, unit: str = "") -> Field:
        only = frozenset({SLO})
        return new_field("follow_up", "service owner", only, key, label, type_, help_, unit=unit)

    return (
        add(
            "similar_incidents_prevented",
            "Similar incidents prevented",
            "integer",
            "Counted after 30 days",
            "incidents",
        ),
        add("detection_time_improved", "Detection time improved by", "percentage", "Measured after 30 days"),
        add("recovery_time_improved", "Recovery time improved by", "percentage", "Measured after 30 days"),
    )


def _links_and_evidence() -> _Rows:
    def add(section: str, key: str, label: str, help_: str) -> Field:
        return new_field(section, "technical lead", EVERY, key, label, "list", help_)

    return (
        add("links", "alert_dashboard", "Alert dashboard", "Link to the dashboard"),
        add("links", "log_analysis", "Log analysis", "Link to the log query"),
        add("links", "code_changes", "Code changes", "Links to pull requests"),
        add("links", "configuration_changes", "Configuration changes", "Links to change tickets"),
        add("evidence", "screenshots", "Screenshots", "Links to dashboard pictures"),
        add("evidence", "log_excerpts", "Log excerpts", "Key lines with their times"),
        add("evidence", "metrics_graphs", "Metrics graphs", "Links to graphs before, during and after"),
        add("evidence", "code_snippets", "Code snippets", "Code that caused or mended it"),
    )


def _communication() -> _Rows:
    def add(key: str, label: str, help_: str) -> Field:
        return new_field("communication", "communications lead", EVERY, key, label, "list", help_)

    return (
        add("customer_updates", "Customer updates", "Links to status page posts or e-mails"),
        add("stakeholder_reports", "Stakeholder reports", "Summaries sent to management"),
        add("public_communication", "Public communication", "Blog posts or statements"),
    )


def _sign_off() -> _Rows:
    def add(who: Who, key: str, label: str, type_: Type, help_: str, need: bool = False) -> Field:
        return new_field("sign_off", who, EVERY, key, label, type_, help_, required=need)

    return (
        add("commander", "author", "Author", "person", "Who answers for the text", True),
        add("author", "author_date", "Author's date", "moment", "When the author signed"),
        add(
            "author", "technical_reviewer", "Technical review", "person", "Who reviews it, other than the author", True
        ),
        add("author", "technical_review_date", "Technical review's date", "moment", "When it was reviewed"),
        add("author", "management_reviewer", "Management review", "person", "Who reviews it for management"),
        add("author", "management_review_date", "Management review's date", "moment", "When it was reviewed"),
        add("author", "final_approver", "Final approval", "person", "Who approves it"),
        add("author", "final_approval_date", "Final approval's date", "moment", "When it was approved"),
    )


DOCUMENT_STATUSES: Final = ("draft", "under review", "approved", "archived")


def _distribution() -> _Rows:
    def add(key: str, label: str) -> Field:
        only = frozenset({SLO})
        return new_field("distribution", "author", only, key, label, "yesno", "Has the report been sent to them?")

    status = new_field(
        "sign_off",
        "author",
        EVERY,
        "document_status",
        "Document status",
        "choice",
        "How far the report has come",
        choices=DOCUMENT_STATUSES,
    )
    return (
        status,
        add("sent_to_engineering", "Sent to Engineering Team"),
        add("sent_to_operations", "Sent to Operations Team"),
        add("sent_to_product", "Sent to Product Management"),
        add("sent_to_customer_success", "Sent to Customer Success"),
        add("sent_to_executives", "Sent to Executive Team"),
    )


AFTER: Final = (
    _looking_back,
    _lessons,
    _follow_up,
    _links_and_evidence,
    _communication,
    _sign_off,
    _distribution,
)
"""In the order in which forms ask."""
