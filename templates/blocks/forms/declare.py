"""The form that declares an incident: a title is enough."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.policy import Policy
from bot.words import IncidentType, Severity
from templates.blocks import actions as a
from templates.blocks.forms.inputs import (
    Choice,
    View,
    boxes,
    chosen_moment,
    moment,
    person,
    select,
    several,
    text,
    view,
)
from templates.blocks.text import Look
from templates.blocks.words import SEVERITY_MARKS, label

TITLE_MOST = 200
SERVICES_MOST = 100  # options of one menu

FAMILIES: Mapping[str, str] = {
    "coe": "Correction of error",
    "slo": "Service levels",
    "pir": "Post-incident review",
    "security": "Security",
    "trading": "Trading",
}
"""What sets the families that come with Scribe apart in a menu; a team's own go by their title."""


def declare_form(policy: Policy, look: Look, given: Mapping[str, str], channel: str = "") -> View:
    """`given` holds what was typed already, by field, `started` in ISO 8601; `channel` is where the answer goes.

    With `here` given, the incident adopts that channel instead of getting a new one; `message` is the place (channel
    and ts) of the message it is declared from.
    """
    family = given.get("family", "")
    family = family if family in look.families else policy.family
    blocks = [
        text("title", "What is happening?", given.get("title", ""), most=TITLE_MOST, hint="Checkout is failing"),
        select("severity", "Severity", severities(look, family), given.get("severity") or str(policy.severity)),
        select("type", "Type", _types(), given.get("type", ""), optional=True),
        services("services", "Services", policy.services, _listed(given.get("services", ""))),
        text("regions", "Regions", given.get("regions", ""), optional=True, hint="Separated by commas"),
        moment("started", "Started at", chosen_moment(given.get("started")), hint="Leave it empty while nobody knows"),
        person("commander", "Commander", given.get("commander")),
        boxes("options", "Kind of incident", _OPTIONS, [name for name, _ in _NAMES if given.get(name)]),
        select("family", "Report", _families(look, policy), family),
    ]
    ids = {"channel": channel, "here": given.get("here", ""), "message": given.get("message", "")}
    return view(a.DECLARE, "Declare an incident", "Declare", blocks, ids)


_NAMES = (("private", "Private: its own private channel, shown to its members only"), ("drill", "Drill: not counted"))
_OPTIONS: tuple[Choice, ...] = tuple((title, name) for name, title in _NAMES)


def _families(look: Look, policy: Policy) -> list[Choice]:
    titles = {key: FAMILIES.get(key, family.title) for key, family in look.families.items()}
    return [(title, key) for key, title in (titles or {policy.family: policy.family}).items()]


def severities(look: Look, family: str) -> list[Choice]:
    """The levels of a family's scale, as its people say them."""
    known = look.families.get(family)
    levels = known.severities if known else Severity
    return [(f"{SEVERITY_MARKS[level]} {look.severity(level, family)}", str(level)) for level in levels]


def _types() -> list[Choice]:
    return [(label(kind), str(kind)) for kind in IncidentType]


def _listed(names: str) -> list[str]:
    return [name.strip() for name in names.split(",") if name.strip()]


def services(block_id: str, title: str, known: Sequence[str], initial: Sequence[str]) -> View:
    """A menu where the configuration names all of them, else a line to type."""
    if 0 < len(known) <= SERVICES_MOST and set(initial) <= set(known) and max(map(len, known)) <= 75:
        return several(block_id, title, [(name, name) for name in known], initial)
    return text(block_id, title, ", ".join(initial), optional=True, hint="Separated by commas")
