"""The part of the catalogue that people answer when it is over: looking back, evidence, sign-off, distribution."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from bot.field import COE, EVERY, PIR, SECURITY, SLO, TRADING, Field, Type, Who, new_field

_Rows = tuple[Field, ...]


_SECURITY: Final = frozenset({SECURITY})
_TRADING: Final = frozenset({TRADING})
_BOTH: Final = _SECURITY | _TRADING


def _gaps() -> _Rows:
    def add(key: str, label: str, help_: str, families: frozenset[str] = _BOTH) -> Field:
        return new_field("gaps", "technical lead", families, key, label, "list", help_)

    return (
        add("gap_detection", "Detection gaps", "What no alert watches, one each"),
        add("gap_process", "Process gaps", "What no checklist or runbook asks for"),
        add("gap_technical", "Technical gaps", "What no test or safeguard catches"),
        add("gap_training", "Training gaps", "What people were never shown", _SECURITY),
    )


def _looking_back() -> _Rows:
    def add(section: str, key: str, label: str, help_: str, families: frozenset[str] = EVERY) -> Field:
        return new_field(section, "anyone", families, key, label, "list", help_)

    well, wrong, only, sorted_ = "went_well", "went_wrong", frozenset({SLO}), frozenset({SLO, SECURITY})
    return (
        add(well, "went_well", "What went well", "One item each; ` | ` sets apart why it helped"),
        add(well, "went_well_detection", "Went well: detection", "What helped to notice it", sorted_),
        add(well, "went_well_response", "Went well: response", "Actions that worked", sorted_),
        add(well, "went_well_communication", "Went well: communication", "Coordination and updates that worked", only),
        add(well, "went_well_mitigation", "Went well: mitigation", "Workarounds and fixes that worked", only),
        add(well, "went_well_technical", "Went well: technical response", "Runbooks, rollbacks, scaling", _SECURITY),
        add(well, "went_well_tools", "Went well: tools and processes", "Logs, dashboards, backups", _SECURITY),
        add(well, "got_lucky", "Where we got lucky", "What could have made it worse and did not"),
        add(wrong, "went_wrong", "What went wrong", "One item each; ` | ` sets apart its impact, then its severity"),
        add(wrong, "improve_prevention", "To improve: prevention", "What could have prevented it", only),
        add(wrong, "improve_detection", "To improve: detection", "Warning signs that were missed", sorted_),
        add(wrong, "improve_response", "To improve: response", "What could be faster or more effective", sorted_),
        add(wrong, "improve_recovery", "To improve: recovery", "What could resolve it sooner", only),
        add(wrong, "improve_technical", "To improve: technical response", "Fixes, rollbacks, environments", _SECURITY),
        add(wrong, "improve_tools", "To improve: tools and processes", "Runbooks, access, logs, escalation", _SECURITY),
    )


def _procedures() -> _Rows:
    def add(key: str, label: str, help_: str) -> Field:
        return new_field("procedures", "anyone", frozenset({PIR}), key, label, "list", help_)

    return (
        add("effective_procedures", "Effective procedures", "Procedures, tools and messages that worked"),
        add("procedure_gaps", "Gaps in procedures", "Missing documentation, monitoring, tests or messages"),
    )


def _lessons() -> _Rows:
    def add(key: str, label: str, help_: str, families: frozenset[str] = frozenset({SLO})) -> Field:
        return new_field("lessons", "anyone", families, key, label, "list", help_)

    sorted_ = frozenset({PIR, SECURITY})
    return (
        add("lessons", "Lessons", "One item each, not sorted; ` | ` sets apart how to apply it", EVERY),
        add("lessons_technical", "Technical lessons", "On what was built; ` | ` sets apart how to apply it", sorted_),
        add("lessons_process", "Process lessons", "On how we work; ` | ` sets apart how to apply it", sorted_),
        add("lesson_architecture", "Lesson: architecture", "On the system's design"),
        add("lesson_monitoring", "Lesson: monitoring", "On what can be seen"),
        add("lesson_deployment", "Lesson: deployment", "On releases and configuration"),
        add("lesson_dependencies", "Lesson: dependencies", "On other teams' and third parties' services"),
        add("lesson_incident_response", "Lesson: incident response", "On how incidents are handled"),
        add(
            "lesson_communication",
            "Lesson: communication",
            "On telling people inside and outside",
            frozenset({SLO, PIR}),
        ),
        add("lesson_escalation", "Lesson: escalation", "On whom to call and when"),
        add("lesson_documentation", "Lesson: documentation", "On runbooks and knowledge"),
        add("lesson_training", "Lesson: training", "On skills to build"),
        add("lesson_tooling", "Lesson: tooling", "On tools that lack or limit"),
        add("lesson_capacity", "Lesson: capacity", "On people and resources"),
        add(
            "lesson_culture", "Lesson: culture", "On how the teams decide and work together", frozenset({SLO, SECURITY})
        ),
    )


def _process() -> _Rows:
    """Per area: how it is, how it is to be, what has to be done."""
    areas = (
        ("monitoring", "Monitoring"),
        ("runbooks", "Runbooks"),
        ("communication", "Communication"),
        ("testing", "Testing"),
    )
    columns = (
        ("now", "today", "How it is"),
        ("wanted", "as wanted", "How it is to be"),
        ("change", "what to do", "What has to change"),
    )
    return tuple(
        new_field("process", "anyone", frozenset({COE}), f"{area}_{part}", f"{name} {label}", "text", help_)
        for area, name in areas
        for part, label, help_ in columns
    )


def _changes() -> _Rows:
    def add(families: frozenset[str], key: str, label: str, help_: str) -> Field:
        return new_field("changes", "anyone", families, key, label, "list", help_)

    return (
        add(_TRADING, "changes", "What we will do differently", "One change each"),
        add(_SECURITY, "changes_immediate", "Immediate changes", "What changes at once"),
        add(_SECURITY, "changes_short_term", "Short-term changes", "What changes within weeks"),
        add(_SECURITY, "changes_long_term", "Long-term changes", "What changes within the year"),
    )


def _prevention() -> _Rows:
    """Measures that are no action items; those stand beside them by themselves."""
    areas = (
        ("technical", "Technical preventions"),
        ("process", "Process preventions"),
        ("detection", "Detection improvements"),
    )
    states = (("done", "implemented", "Already in place"), ("planned", "planned", "Still to come"))
    return tuple(
        new_field(
            "prevention", "technical lead", _SECURITY, f"prevention_{area}_{state}", f"{name}: {word}", "list", help_
        )
        for area, name in areas
        for state, word, help_ in states
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
    def add(section: str, key: str, label: str, help_: str, families: frozenset[str] = frozenset({SLO})) -> Field:
        return new_field(section, "technical lead", families, key, label, "list", help_)

    coe, pir, attached = frozenset({COE}), frozenset({PIR}), EVERY - {COE}
    related = ("Incident", "Date", "How it is alike")
    return (
        add("links", "alert_dashboard", "Alert dashboard", "Link to the dashboard", EVERY - {SECURITY}),
        add("links", "log_analysis", "Log analysis", "Link to the log query"),
        add("links", "code_changes", "Code changes", "Links to pull requests", frozenset({SLO, PIR})),
        add(
            "links",
            "configuration_changes",
            "Configuration changes",
            "Links to change tickets, or before and after",
            attached,
        ),
        add("links", "rca_document", "Root cause analysis", "Link to the analysis on its own", coe),
        add("links", "deployment_details", "Deployment details", "Link to the deployment that set it off", coe),
        add("links", "incident_ticket", "Incident ticket", "Link to the ticket", pir),
        new_field(
            "links",
            "technical lead",
            EVERY - {COE, SLO},
            "related_incidents",
            "Related incidents",
            "list",
            "One each; ` | ` sets apart its date, then how it is alike",
            columns=related,
        ),
        add("links", "action_tracker", "Action item tracker", "Where action items are followed outside Slack", pir),
        add("links", "related_documentation", "Related documentation", "Runbooks, playbooks, designs", _SECURITY),
        add("links", "external_references", "External references", "Advisories, status pages, issues", _BOTH),
        add("links", "architecture_diagram", "System architecture diagram", "Link to the diagram", _SECURITY),
        add("links", "error_rate_graph", "Error rate graph", "Link to the graph", _TRADING),
        add("links", "latency_graph", "Latency graph", "Link to the graph", _TRADING),
        add("evidence", "screenshots", "Screenshots", "Links to dashboard pictures", frozenset({SLO, SECURITY})),
        add("evidence", "log_excerpts", "Log excerpts", "Key lines with their times", attached),
        add(
            "evidence",
            "metrics_graphs",
            "Metrics graphs",
            "Links to graphs before, during and after",
            frozenset({SLO, PIR}),
        ),
        add("evidence", "code_snippets", "Code snippets", "Code that caused or mended it", frozenset({SLO, TRADING})),
        add("evidence", "queries_used", "Queries used", "Queries that the investigation ran, one each", _SECURITY),
    )


def _communication() -> _Rows:
    def add(
        key: str, label: str, help_: str, type_: Type = "list", families: frozenset[str] = frozenset({SLO})
    ) -> Field:
        unit = "updates" if type_ == "integer" else ""
        return new_field("communication", "communications lead", families, key, label, type_, help_, unit=unit)

    pir = frozenset({PIR})
    return (
        add("customer_updates", "Customer updates", "Links to status page posts or e-mails"),
        add("stakeholder_reports", "Stakeholder reports", "Summaries sent to management"),
        add("public_communication", "Public communication", "Blog posts or statements"),
        add("message_initial", "First message to customers", "As it was sent", "text", _SECURITY),
        add("message_resolution", "Message on the resolution", "As it was sent", "text", _SECURITY),
        add("channels_used", "Channels used", "Slack channels, mailing lists, calls", families=pir),
        add("communication_worked", "Communication that worked", "What kept people informed", families=pir),
        add("communication_failed", "Communication that did not work", "Who heard too late, or what", families=pir),
        add("communication_improvements", "Improvements to communication", "What to change", families=pir),
        add("status_page_updates", "Status page updates", "How many were posted", "integer", pir),
        add("email_notifications", "E-mail notifications", "Were customers told by e-mail?", "yesno", pir),
        add("social_media", "Social media", "Was it told on social media?", "yesno", pir),
        add("executive_briefing", "Executive briefing", "When the executives were told", "moment", pir),
        add("customer_success_briefing", "Customer success team", "When they were told", "moment", pir),
        add("sales_briefing", "Sales team", "When they were told", "moment", pir),
    )


def _meeting() -> _Rows:
    def add(
        key: str, label: str, type_: Type, help_: str, families: frozenset[str] = frozenset({PIR, SECURITY})
    ) -> Field:
        return new_field("meeting", "author", families, key, label, type_, help_)

    return (
        replace(add("meeting_date", "Review meeting", "moment", "When the review is held"), ahead=True),
        add("meeting_attendees", "Attendees", "list", "Name and role, one item each"),
        add("meeting_duration", "Meeting's duration", "duration", "How long it took", _SECURITY),
        add("meeting_recording", "Recording", "text", "Link to the recording", _SECURITY),
        add("discussion_points", "Discussion points", "list", "What was talked about"),
        add("meeting_decisions", "Decisions of the meeting", "list", "What was decided", _SECURITY),
        add("open_questions", "Open questions", "list", "What nobody could answer yet", _SECURITY),
    )


def _sign_off() -> _Rows:
    def add(
        families: frozenset[str], who: Who, key: str, label: str, type_: Type, help_: str, need: bool = False
    ) -> Field:
        return new_field("sign_off", who, families, key, label, type_, help_, required=need)

    reviewed, managed, coe, pir = frozenset({SLO, TRADING}), frozenset({COE, PIR}), frozenset({COE}), frozenset({PIR})
    last = frozenset({SLO})
    return (
        add(EVERY, "commander", "author", "Author", "person", "Who answers for the text", True),
        add(_TRADING, "author", "author_role", "Author's role", "text", "As the sign-off names it"),
        add(EVERY - {PIR, SECURITY}, "author", "author_date", "Author's date", "moment", "When the author signed"),
        add(
            EVERY - {PIR, SECURITY},
            "author",
            "technical_reviewer",
            "Technical review",
            "person",
            "Who reviews it, other than the author",
            True,
        ),
        add(reviewed, "author", "technical_review_date", "Technical review's date", "moment", "When it was reviewed"),
        add(reviewed, "author", "management_reviewer", "Management review", "person", "Who reviews it for management"),
        add(reviewed, "author", "management_review_date", "Management review's date", "moment", "When it was reviewed"),
        add(_TRADING, "author", "technical_approved", "Technical review: approved", "yesno", "Is it approved?"),
        add(_TRADING, "author", "management_approved", "Management review: approved", "yesno", "Is it approved?"),
        add(_TRADING, "author", "follow_up_owner", "Owner of the follow-up", "person", "Who looks at it again"),
        add(last, "author", "final_approver", "Final approval", "person", "Who approves it"),
        add(last, "author", "final_approval_date", "Final approval's date", "moment", "When it was approved"),
        add(coe, "author", "team_lead", "Team lead", "person", "Who signs for the team"),
        add(coe, "author", "team_lead_date", "Team lead's date", "moment", "When it was signed"),
        add(
            pir | _SECURITY,
            "author",
            "commander_approval_date",
            "Commander's approval",
            "moment",
            "When it was approved",
        ),
        add(
            pir | _SECURITY,
            "author",
            "technical_approval_date",
            "Technical lead's approval",
            "moment",
            "When it was approved",
        ),
        add(managed, "author", "engineering_manager", "Engineering manager", "person", "Who signs for engineering"),
        add(
            managed, "author", "engineering_manager_date", "Engineering manager's date", "moment", "When it was signed"
        ),
        add(
            coe | _SECURITY,
            "author",
            "vp_engineering",
            "VP engineering",
            "person",
            "Who signs for the gravest incidents",
        ),
        add(coe | _SECURITY, "author", "vp_engineering_date", "VP engineering's date", "moment", "When it was signed"),
        new_field(
            "sign_off",
            "author",
            _SECURITY,
            "classification",
            "Classification",
            "choice",
            "Who may read it",
            choices=("internal", "public"),
        ),
    )


def _distribution() -> _Rows:
    def add(key: str, label: str, help_: str, families: frozenset[str]) -> Field:
        return new_field("distribution", "author", families, key, label, "yesno", help_)

    def sent(key: str, label: str) -> Field:
        return add(key, label, "Has the report been sent to them?", frozenset({SLO}))

    pir = frozenset({PIR})
    return (
        sent("sent_to_engineering", "Sent to Engineering Team"),
        sent("sent_to_operations", "Sent to Operations Team"),
        sent("sent_to_product", "Sent to Product Management"),
        sent("sent_to_customer_success", "Sent to Customer Success"),
        sent("sent_to_executives", "Sent to Executive Team"),
        add("published_internally", "Published internally", "Can everybody inside read it?", pir),
        add("team_presentation", "Presentation scheduled", "Is it on the agenda of a team meeting?", pir),
        add("documentation_updated", "Documentation updated", "Do runbooks and pages say what we know now?", pir),
        add("training_materials", "Training materials created", "Where training is needed", pir),
        add("external_post", "External post", "Where the public should read of it", pir),
    )


def _closing() -> _Rows:
    def add(key: str, label: str, help_: str) -> Field:
        return new_field("closing", "author", _SECURITY, key, label, "yesno", help_)

    return (
        add("filled_out", "Report filled out", "Is everything answered that can be?"),
        add("meeting_held", "Meeting held", "Has the post-mortem meeting taken place?"),
        add("review_scheduled", "Follow-up review scheduled", "Is it in the calendar?"),
        add("shared_with_engineering", "Shared with engineering", "Has the whole team been sent it?"),
        add("status_page_updated", "Public report updated", "Does the public status page tell how it ended?"),
        add("presented_to_executives", "Presented to executives", "Have the findings been presented?"),
        add("incident_archived", "Incident data archived", "Are data and forensics kept safe?"),
        add("shared_with_stakeholders", "Shared with stakeholders", "Has everybody concerned been sent it?"),
        add("runbooks_updated", "Runbooks updated", "Do they say what was learned?"),
    )


AFTER: Final = (
    _gaps,
    _looking_back,
    _procedures,
    _lessons,
    _process,
    _changes,
    _prevention,
    _follow_up,
    _links_and_evidence,
    _communication,
    _meeting,
    _sign_off,
    _distribution,
    _closing,
)
"""In the order in which forms ask."""
