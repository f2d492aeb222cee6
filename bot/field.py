"""What a field of the report is: its type, its unit, whom to ask."""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a report can know.

    `families` ask for it, and any incident may set it; a report is poor without a `required` one. `unit` is what a
    number counts (`ms`, `users`), empty where the type says it.
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

    @property
    def command(self) -> str:
        """What a person types to answer."""
        return f"/incident set {self.key} …"


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
) -> Field:
    """A field in the order in which a group of the catalogue is written: what is common to the group first."""
    return Field(key, label, type_, unit, section, who, help_, families, required, choices)
