"""What a field of the report is: its type, its unit, whom to ask, and the sections that fields stand in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

Type = Literal[
    "integer",
    "number",
    "percentage",
    "money",
    "duration",
    "choice",
    "person",
    "text",
    "list",
    "moment",
    "yesno",
]
Who = Literal[
    "commander",
    "technical lead",
    "communications lead",
    "scribe",
    "service owner",
    "product owner",
    "management",
    "author",
    "anyone",
]

COE, SLO, PIR, SECURITY, TRADING = "coe", "slo", "pir", "security", "trading"
EVERY: Final = frozenset({COE, SLO, PIR, SECURITY, TRADING})


@dataclass(frozen=True, slots=True)
class Section:
    """A group of fields that one short form asks for."""

    key: str
    title: str


SECTIONS: Final[Mapping[str, Section]] = MappingProxyType(
    {
        section.key: section
        for section in (
            Section("summary", "Summary"),
            Section("impact", "Impact"),
            Section("experience", "Customer experience"),
            Section("business", "Business impact"),
            Section("technical", "Technical impact"),
            Section("trading", "Trading impact"),
            Section("regulatory", "Regulatory and legal"),
            Section("costs", "Costs"),
            Section("service_metrics", "Service metrics"),
            Section("service_levels", "Service levels"),
            Section("detection", "Detection"),
            Section("diagnosis", "Diagnosis"),
            Section("mitigation", "Mitigation and resolution"),
            Section("root_cause", "Root cause"),
            Section("five_whys", "Five whys"),
            Section("factors", "Contributing factors"),
            Section("gaps", "Why it was not prevented"),
            Section("went_well", "What went well"),
            Section("went_wrong", "What could be improved"),
            Section("procedures", "Procedures"),
            Section("lessons", "Lessons"),
            Section("process", "Process improvements"),
            Section("changes", "What will change"),
            Section("prevention", "Prevention"),
            Section("follow_up", "Follow-up metrics"),
            Section("links", "Links"),
            Section("evidence", "Evidence"),
            Section("communication", "Communication"),
            Section("meeting", "Review meeting"),
            Section("sign_off", "Sign-off"),
            Section("distribution", "Distribution and sharing"),
            Section("closing", "Closing steps"),
        )
    }
)


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a report can know.

    `families` ask for it, and any incident may set it; a report is poor without a `required` one. `unit` is what a
    number counts (`ms`, `users`), empty where the type says it. A list with `columns` has one row in each item, its
    cells between bars. A moment may lie `ahead` if it dates what is planned.
    """

    key: str
    label: str
    type: Type
    unit: str
    section: str
    who: Who
    help: str
    families: frozenset[str]
    required: bool = False
    choices: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    ahead: bool = False

    @property
    def command(self) -> str:
        """What a person types to answer."""
        return f"/incident set {self.key} {' | '.join(self.columns) or '…'}"


def new_field(
    section: str,
    who: Who,
    families: frozenset[str],
    key: str,
    label: str,
    type_: Type,
    help_: str,
    *,
    unit: str = "",
    required: bool = False,
    choices: tuple[str, ...] = (),
    columns: tuple[str, ...] = (),
) -> Field:
    """A field in the order in which a group of the catalogue is written: what is common to the group first."""
    return Field(key, label, type_, unit, section, who, help_, families, required, choices, columns)
