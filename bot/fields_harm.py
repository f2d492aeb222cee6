"""The part of the catalogue that says what was harmed beyond the common numbers: customers, business, trading, law."""

from __future__ import annotations

from typing import Final

from bot.field import SECURITY, TRADING, Field, Type, Who, new_field

_Rows = tuple[Field, ...]
_SECURITY: Final = frozenset({SECURITY})
_TRADING: Final = frozenset({TRADING})
_BOTH: Final = _SECURITY | _TRADING


def _experience() -> _Rows:
    def add(key: str, label: str, type_: Type, help_: str, unit: str = "", choices: tuple[str, ...] = ()) -> Field:
        return new_field("experience", "product owner", _SECURITY, key, label, type_, help_, unit=unit, choices=choices)

    levels = ("complete outage", "degraded", "intermittent errors")
    return (
        add("user_experience", "User experience", "choice", "What most of those affected met with", choices=levels),
        add("customer_segments", "Customer segments", "text", "All customers, or which of them"),
        add("latency_average", "Average response time", "number", "While it was slow", "ms"),
        add("error_messages", "Error messages", "list", "As users saw them, one each"),
    )


def _business() -> _Rows:
    def add(who: Who, key: str, label: str, type_: Type, help_: str, unit: str = "") -> Field:
        return new_field("business", who, _SECURITY, key, label, type_, help_, unit=unit)

    owner: Who = "product owner"
    return (
        add(owner, "business_impact", "Business impact", "text", "What it meant for the business, in one sentence"),
        add(owner, "transactions_lost", "Lost transactions", "integer", "Not made up for later", "transactions"),
        add(
            owner, "subscriptions_cancelled", "Subscription cancellations", "integer", "Because of it", "subscriptions"
        ),
        add("management", "refunds", "Refunds issued", "money", "Paid back, with its currency"),
        add("communications lead", "press_coverage", "Public relations", "list", "Press and social media, one each"),
    )


def _technical() -> _Rows:
    def add(families: frozenset[str], key: str, label: str, type_: Type, help_: str) -> Field:
        return new_field("technical", "technical lead", families, key, label, type_, help_)

    columns = ("System or service", "Impact level", "Downtime", "Recovery time")
    return (
        add(
            _SECURITY, "technical_impact", "Technical impact", "text", "What it meant for the systems, in one sentence"
        ),
        add(_BOTH, "systems_affected", "Systems affected", "list", "Systems beneath the services, one each"),
        new_field(
            "technical",
            "technical lead",
            _SECURITY,
            "affected_systems",
            "Affected systems and services",
            "list",
            "One a line: how hard it was hit, how long it was down, how long until it was whole",
            columns=columns,
        ),
        add(_SECURITY, "data_compromised", "Data compromised", "yesno", "Did anybody see or take what was not theirs?"),
        add(_SECURITY, "data_compromised_details", "Which data was compromised", "text", "What, whose and how much"),
        add(_SECURITY, "security_posture", "Security posture", "text", "Unchanged, or what is weaker now"),
    )


def _trading() -> _Rows:
    def add(who: Who, key: str, label: str, type_: Type, help_: str, unit: str = "") -> Field:
        return new_field("trading", who, _TRADING, key, label, type_, help_, unit=unit)

    owner: Who = "product owner"
    return (
        add(owner, "trading_downtime", "Trading downtime", "duration", "How long no trades could be made"),
        add(owner, "missed_trades", "Missed trades", "integer", "Trades that were not made", "trades"),
        add(owner, "erroneous_trades", "Erroneous trades", "integer", "Trades made that were wrong", "trades"),
        add(
            "commander", "team_confidence", "Team confidence", "text", "What it did to the team's confidence and morale"
        ),
        add("management", "stakeholder_trust", "Stakeholder trust", "text", "What it did to the trust of stakeholders"),
        add("management", "compliance_implications", "Compliance implications", "text", "None, or which"),
    )


def _regulatory() -> _Rows:
    def add(key: str, label: str, type_: Type, help_: str) -> Field:
        return new_field("regulatory", "management", _SECURITY, key, label, type_, help_)

    return (
        add("regulatory_reporting", "Regulatory reporting required", "yesno", "Has anybody to be notified by law?"),
        add("gdpr_applies", "GDPR applies", "yesno", "Personal data of people in the EU was touched"),
        add("hipaa_applies", "HIPAA applies", "yesno", "Protected health information was touched"),
        add("pci_applies", "PCI DSS applies", "yesno", "Card data was touched"),
        add("state_laws_apply", "State laws apply", "yesno", "A state's own law on breaches applies"),
        add("legal_implications", "Legal implications", "text", "None, or what counsel says"),
        add("compliance_violations", "Compliance violations", "list", "Rules that were broken, one each"),
    )


def _costs() -> _Rows:
    def add(who: Who, key: str, label: str, type_: Type, help_: str, unit: str = "") -> Field:
        return new_field("costs", who, _SECURITY, key, label, type_, help_, unit=unit)

    return (
        add("communications lead", "cost_support", "Support costs", "money", "With its currency"),
        add("technical lead", "cost_engineering", "Cost of engineering time", "money", "With its currency"),
        add("technical lead", "engineering_hours", "Engineering time", "number", "Of all responders together", "hours"),
        add("management", "cost_notes", "How the costs were estimated", "text", "From which numbers and prices"),
    )


def _service_metrics() -> _Rows:
    def add(key: str, label: str, type_: Type, help_: str, unit: str = "") -> Field:
        return new_field("service_metrics", "service owner", _SECURITY, key, label, type_, help_, unit=unit)

    return (
        add("availability_before", "Availability before", "percentage", "As usual"),
        add("availability_during", "Availability during", "percentage", "From start to end of the incident"),
        add("availability_after", "Availability after", "percentage", "When it was over"),
        add("error_rate_after", "Error rate after", "percentage", "When it was over"),
        add("latency_p95_after", "Latency p95 after", "number", "95th percentile when it was over", "ms"),
        add("request_rate_before", "Request rate before", "number", "As usual", "req/s"),
        add("request_rate_during", "Request rate during", "number", "At its lowest or highest", "req/s"),
        add("request_rate_after", "Request rate after", "number", "When it was over", "req/s"),
    )


HARM: Final = (_experience, _business, _technical, _trading, _regulatory, _costs, _service_metrics)
"""In the order in which forms ask, after the common impact."""
