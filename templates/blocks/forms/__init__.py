"""Slack's forms: plain modal views within their limits. Ids go with them, never state to trust."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.commands import OpenForm
from bot.fields import FIELDS, SECTIONS
from bot.incident import Incident
from bot.policy import Policy
from bot.words import Status
from templates.blocks.forms.declare import declare_form
from templates.blocks.forms.inputs import View
from templates.blocks.forms.items import action_form, decline_form, done_form, due_form, item_form, owner_form
from templates.blocks.forms.knowledge import fields_form, sections_form
from templates.blocks.forms.lines import capture_form, edit_form, event_form, move_form
from templates.blocks.forms.state import (
    cancel_form,
    merge_form,
    milestones_form,
    reopen_form,
    role_form,
    severity_form,
    status_form,
    update_form,
)
from templates.blocks.text import Look

Given = Mapping[str, str]


def build(
    wanted: OpenForm,
    incident: Incident | None,
    look: Look,
    policy: Policy,
    channel: str = "",
) -> View:
    """The form that a line asked for, with what it said already.

    Raises:
        KeyError: there is no form of that name.
        LookupError: the form is about an incident and there is none.
    """
    if wanted.form == "declare":
        return declare_form(policy, look, wanted.given, channel)
    if incident is None:
        raise LookupError(f"the form {wanted.form} needs an incident")
    if wanted.form in _WITH_LOOK:
        return _WITH_LOOK[wanted.form](incident, wanted.given, look)
    return _FORMS[wanted.form](incident, wanted.given)


def _fields(incident: Incident, given: Given, look: Look) -> View:
    """A section by its key, or the section of a field; else the question which one."""
    named = FIELDS.get(given.get("field", ""))
    section = named.section if named else given.get("section", "")
    return fields_form(incident, section, look) if section in SECTIONS else sections_form(incident)


def _to(status: Status) -> Callable[[Incident, Given], View]:
    return lambda incident, given: status_form(incident, {"status": str(status), **given})


_WITH_LOOK: Mapping[str, Callable[[Incident, Given, Look], View]] = {
    "action": action_form,
    "fields": _fields,
    "severity": severity_form,
}
_FORMS: Mapping[str, Callable[[Incident, Given], View]] = {
    "event": event_form,
    "milestones": lambda incident, given: milestones_form(incident),
    "update": update_form,
    "status": status_form,
    "mitigate": _to(Status.MITIGATED),
    "resolve": _to(Status.RESOLVED),
    "reopen": reopen_form,
    "close": _to(Status.CLOSED),
    "role": role_form,
    "cancel": cancel_form,
    "merge": merge_form,
}

__all__ = [
    "action_form",
    "build",
    "cancel_form",
    "capture_form",
    "declare_form",
    "decline_form",
    "done_form",
    "due_form",
    "edit_form",
    "event_form",
    "fields_form",
    "item_form",
    "merge_form",
    "milestones_form",
    "move_form",
    "owner_form",
    "reopen_form",
    "role_form",
    "sections_form",
    "severity_form",
    "status_form",
    "update_form",
]
