"""The one catalogue of what only people know: forms, one-line setting, completeness, JSON and all families read it.

How a value is kept (`bot.facts.Value`), by type: integer `int` · number `int` or `float` · percentage `float`, a
fraction (1.0 is 100 %) · money `str`, amount and currency as in `12500 USD`, or the amount alone where none was said ·
duration `int`, whole seconds · choice `str`, one of `choices` · person `str`, a Slack id or a name as typed · text
`str`, in Slack's wire form · list: each item a `str` in wire form, said at once as a tuple or appended one by one ·
moment `str`, ISO 8601 with its zone, or a date alone · yesno `bool`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from bot.field import COE, EVERY, PIR, SECTIONS, SECURITY, SLO, TRADING, Field, Section, Type, Who, new_field
from bot.fields_after import AFTER
from bot.fields_harm import HARM

__all__ = ["FIELDS", "SECTIONS", "Field", "Section", "asked_by", "in_section"]

_Rows = tuple[Field, ...]


def _summary() -> _Rows:
    def add(key: str, label: str, help_: str, families: frozenset[str] = EVERY - {COE}) -> Field:
        return new_field("summary", "commander", families, key, label, "text", help_)

    return (
        add("summary", "Summary", "One sentence that says what happened; replaces the composed one"),
        add(
            "impact_summary",
            "Impact in one sentence",
            "One sentence on what customers noticed; replaces the composed one",
            EVERY - {COE, PIR},
        ),
        add("resolution", "Resolution", "How it was resolved; replaces the composed sentence"),
    )


def _impact() -> _Rows:
    def add(
        who: Who,
        families: frozenset[str],
        key: str,
        label: str,
        type_: Type,
        help_: str,
        unit: str = "",
        need: bool = False,
    ) -> Field:
        return new_field("impact", who, families, key, label, type_, help_, unit=unit, required=need)

    lead: Who = "technical lead"
    return (
        add(
            "product owner",
            EVERY,
            "users_affected",
            "Users affected",
            "integer",
            "Distinct users or customers",
            "users",
            True,
        ),
        add("product owner", EVERY, "users_affected_share", "Share of users affected", "percentage", "Of all users"),
        add(
            "product owner",
            EVERY,
            "customer_impact",
            "Who was affected",
            "text",
            "Which users, and what they could not do",
        ),
        add(
            lead,
            EVERY - {TRADING},
            "requests_failed",
            "Requests failed",
            "integer",
            "Failed calls or transactions",
            "requests",
            True,
        ),
        add("product owner", EVERY, "revenue_impact", "Revenue impact", "money", "Lost revenue, with its currency"),
        add(
            "product owner",
            frozenset({SLO, SECURITY}),
            "features_affected",
            "Feature availability",
            "list",
            "Features that were gone or degraded",
        ),
        add(
            "management",
            EVERY - {TRADING},
            "sla_breaches",
            "SLA breaches",
            "list",
            "Contracts whose promises were missed",
        ),
        add(lead, EVERY, "services", "Services", "list", "Services or components; as declared unless set"),
        add(lead, EVERY, "regions", "Regions", "list", "Regions or zones; as declared unless set"),
        add(
            lead,
            frozenset({SLO}),
            "data_sources",
            "Data sources",
            "list",
            "Data providers or feeds that were touched",
        ),
        add(lead, EVERY - {SLO, COE}, "data_loss", "Data loss", "text", "None, or what was lost and how much"),
        add(
            lead, frozenset({PIR, SECURITY}), "data_corruption", "Data corruption", "text", "None, or what was damaged"
        ),
        add(
            "communications lead",
            frozenset({COE, SECURITY}),
            "support_tickets",
            "Support tickets",
            "integer",
            "Tickets opened",
            "tickets",
        ),
        add("management", frozenset({SECURITY}), "sla_credits", "SLA credits", "money", "Credits owed to customers"),
        add(
            "communications lead",
            frozenset({PIR, SECURITY}),
            "reputation_impact",
            "Reputation impact",
            "text",
            "How far it was noticed: low, medium or high, and what was said in public",
        ),
        add(
            lead, frozenset({PIR}), "user_facing_errors", "User-facing errors", "text", "What users saw when it failed"
        ),
        add(
            "management",
            frozenset({PIR}),
            "regulatory_implications",
            "Regulatory implications",
            "text",
            "None, or who has to be told",
        ),
        add(
            lead, frozenset({PIR}), "service_degradation", "Service degradation", "text", "What was slow or half there"
        ),
        add(
            lead, frozenset({PIR}), "recovery_point", "Recovery point", "moment", "The moment that data was restored to"
        ),
    )


def _service_levels() -> _Rows:
    promised, budgets, compared = frozenset({COE, SLO}), frozenset({SLO}), frozenset({SLO, SECURITY})

    def add(
        families: frozenset[str], key: str, label: str, type_: Type, help_: str, unit: str = "", need: bool = False
    ) -> Field:
        return new_field(
            "service_levels", "service owner", families, key, label, type_, help_, unit=unit, required=need
        )

    return (
        add(promised, "availability", "Availability", "percentage", "Uptime as measured over the objective's window"),
        add(
            EVERY - {TRADING},
            "error_rate_peak",
            "Peak error rate",
            "percentage",
            "Highest share of failing requests",
            need=True,
        ),
        add(compared, "error_rate_before", "Error rate before", "percentage", "Usual share of failing requests"),
        add(compared, "latency_p95", "Latency p95", "number", "95th percentile during the incident", "ms"),
        add(promised, "latency_p99", "Latency p99", "number", "99th percentile during the incident", "ms"),
        add(
            compared, "latency_p95_before", "Latency p95 before", "number", "95th percentile before the incident", "ms"
        ),
        add(
            promised,
            "latency_p99_before",
            "Latency p99 before",
            "number",
            "99th percentile before the incident",
            "ms",
        ),
        add(budgets, "data_staleness", "Data freshness", "duration", "How old the oldest data got"),
        add(promised, "slo", "Objective", "text", "What is promised, such as: availability 99.9% over 30 days"),
        add(
            promised,
            "slo_window",
            "Objective's window",
            "duration",
            "Over which time the objective holds, such as 30d",
        ),
        add(
            budgets,
            "requests_total",
            "Requests in the objective's window",
            "integer",
            "All requests of the window",
            "requests",
        ),
        add(
            budgets,
            "error_rate_above_slo",
            "Time above the error objective",
            "duration",
            "How long the error rate was over it",
        ),
    )


DETECTED_BY_MACHINE: Final = "monitoring alert"


def _detection() -> _Rows:
    def add(
        families: frozenset[str], key: str, label: str, type_: Type, help_: str, choices: tuple[str, ...] = ()
    ) -> Field:
        return new_field("detection", "technical lead", families, key, label, type_, help_, choices=choices)

    ways = (DETECTED_BY_MACHINE, "customer report", "manual discovery", "other")
    return (
        add(
            EVERY - {SECURITY, TRADING},
            "detection_method",
            "Detection method",
            "choice",
            "How it was noticed first",
            ways,
        ),
        add(EVERY - {SECURITY, TRADING}, "alert_name", "Alert", "text", "The alert that fired"),
        add(frozenset({COE}), "alert_threshold", "Alert threshold", "text", "At what value it fires"),
        add(frozenset({PIR}), "first_responder", "First responder", "person", "Who took it on first"),
        add(
            EVERY - {SLO, SECURITY},
            "why_not_detected_sooner",
            "Why it was not detected sooner",
            "text",
            "The gap in detection",
        ),
    )


def _diagnosis() -> _Rows:
    def add(key: str, label: str, type_: Type, help_: str, families: frozenset[str] = frozenset({COE, PIR})) -> Field:
        return new_field("diagnosis", "technical lead", families, key, label, type_, help_)

    return (
        add("initial_hypothesis", "Initial hypothesis", "text", "What was suspected first"),
        add("diagnosis_steps", "Investigation steps", "list", "What was looked at, one item each"),
        add("tools_used", "Tools used", "list", "Dashboards, logs and commands that helped", frozenset({COE})),
    )


def _mitigation() -> _Rows:
    def add(key: str, label: str, type_: Type, help_: str, families: frozenset[str] = frozenset({COE, PIR})) -> Field:
        return new_field("mitigation", "technical lead", families, key, label, type_, help_)

    coe, pir = frozenset({COE}), frozenset({PIR})
    return (
        add("mitigation_action", "Mitigation action", "text", "What stopped the harm", frozenset({COE, PIR, TRADING})),
        add("fix_steps", "Steps taken", "list", "Commands or steps that restored it", frozenset({TRADING})),
        add("challenges", "Challenges encountered", "list", "What stood in the way of mending it", pir),
        add("rollback", "Rollback required", "yesno", "Was a change taken back?", coe),
        add("rollback_details", "Rollback details", "text", "What was taken back, and how", coe),
        add("temporary_fix", "Temporary fix", "text", "None, or what holds for now", coe),
        add("permanent_fix", "Permanent fix", "text", "What mends it for good"),
        add("verification", "Verification", "list", "How the recovery was checked", frozenset({PIR, TRADING})),
        add("final_checks", "Final checks completed", "yesno", "Were all checks done before it was closed?", pir),
        add("monitoring_resumed", "Monitoring resumed", "yesno", "Is monitoring back to what it was?", pir),
    )


def _root_cause() -> _Rows:
    def add(
        families: frozenset[str],
        key: str,
        label: str,
        type_: Type,
        help_: str,
        need: bool = False,
        choices: tuple[str, ...] = (),
    ) -> Field:
        return new_field(
            "root_cause", "technical lead", families, key, label, type_, help_, required=need, choices=choices
        )

    kinds = ("deployment", "configuration change", "traffic", "dependency failure", "other")
    return (
        add(EVERY, "root_cause", "Root cause", "text", "The fundamental cause, in technical words", True),
        add(EVERY - {SECURITY, TRADING}, "trigger", "Trigger", "text", "What set it off", True),
        add(frozenset({COE}), "trigger_type", "Trigger type", "choice", "The kind of trigger", choices=kinds),
        add(frozenset({COE}), "change_id", "Change", "text", "Deployment or change ticket that set it off"),
        add(EVERY - {SLO, SECURITY}, "why_it_happened", "Why it happened", "text", "What lay beneath"),
        add(
            frozenset({COE, SECURITY}), "why_not_prevented", "Why it was not prevented", "text", "The gap in prevention"
        ),
    )


def _five_whys() -> _Rows:
    def add(families: frozenset[str], key: str, label: str, help_: str, need: bool = False) -> Field:
        return new_field("five_whys", "technical lead", families, key, label, "text", help_, required=need)

    return (
        add(EVERY - {SECURITY}, "what_happened", "What happened?", "The symptom and its direct cause", True),
        add(EVERY - {COE}, "why_1", "Why (1)", "Why that happened"),
        add(EVERY - {COE}, "why_2", "Why (2)", "Why that could happen"),
        add(EVERY - {COE}, "why_3", "Why (3)", "Why that was the case"),
        add(EVERY - {COE}, "why_4", "Why (4)", "Why that condition was there"),
        add(EVERY - {SLO, COE}, "why_5", "Why (5)", "The cause beneath all of them"),
    )


def _factors() -> _Rows:
    def add(
        key: str, label: str, help_: str, need: bool = False, families: frozenset[str] = EVERY - {SECURITY, TRADING}
    ) -> Field:
        return new_field("factors", "technical lead", families, key, label, "list", help_, required=need)

    return (
        add(
            "contributing_factors",
            "Contributing factors",
            "Each factor that helped; ` | ` sets its effect apart",
            True,
            EVERY,
        ),
        add("factors_technical", "Technical factors", "Code, configuration, infrastructure"),
        add("factors_process", "Process factors", "Procedures, monitoring, documentation"),
        add("factors_human", "Human factors", "Knowledge, load, communication, decisions under pressure"),
        add("factors_external", "External factors", "Third parties, unexpected load, environment"),
    )


FIELDS: Final[Mapping[str, Field]] = MappingProxyType(
    {
        field.key: field
        for group in (
            _summary,
            _impact,
            *HARM,
            _service_levels,
            _detection,
            _diagnosis,
            _mitigation,
            _root_cause,
            _five_whys,
            _factors,
            *AFTER,
        )
        for field in group()
    }
)
"""In the order in which forms ask."""


def asked_by(family: str) -> tuple[Field, ...]:
    """The fields that this family's report asks for, in the order of the catalogue."""
    return tuple(field for field in FIELDS.values() if family in field.families)


def in_section(section: str, family: str) -> tuple[Field, ...]:
    """One form's fields."""
    return tuple(field for field in asked_by(family) if field.section == section)


IMPACT_NUMBERS: Final = (
    "users_affected",
    "users_affected_share",
    "requests_failed",
    "error_rate_peak",
    "revenue_impact",
)
"""Any of them says how large the impact was."""
