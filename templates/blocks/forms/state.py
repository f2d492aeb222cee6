"""The forms that move an incident on: milestones, update, status, severity, role, cancel, merge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.incident import Incident
from bot.milestones import assumed, counting, missing
from bot.words import OVER, Milestone, Role, Status
from templates.blocks import actions as a
from templates.blocks.forms.declare import severities
from templates.blocks.forms.inputs import View, moment, person, select, text, view
from templates.blocks.parts import Block, context
from templates.blocks.text import Look
from templates.blocks.words import STATUS_MARKS, label


def milestones_form(incident: Incident, wanted: Sequence[Milestone] = ()) -> View:
    """A picker for each milestone wanted, else for all; what is picked counts before anything marked."""
    pickers = [_picker(incident, milestone) for milestone in Milestone if not wanted or milestone in wanted]
    hint = context("Times are in your own zone. What you leave alone stays as it is; empty stays unknown.")
    return view(a.MILESTONE_TIMES, "Milestones", "Save", [*pickers, hint], {"incident": incident.id})


def _picker(incident: Incident, milestone: Milestone) -> Block:
    found, guess = counting(incident, milestone), assumed(incident, milestone)
    if found is not None and found.milestone is not milestone:
        return moment(milestone, label(milestone), hint="Unless set, when it was detected")
    hint = f"Assumed only: {guess.why}" if guess else ""
    if milestone in missing(incident) and not guess:
        hint = "Needed for the report"
    return moment(milestone, label(milestone), found.at if found else None, hint=hint)


def update_form(incident: Incident, given: Mapping[str, str]) -> View:
    words = text(
        "text",
        "Where do things stand?",
        given.get("text", ""),
        multiline=True,
        hint="Posted in the channel and kept as a communication",
    )
    return view(a.UPDATE, "Post an update", "Post", [words], {"incident": incident.id})


def status_form(incident: Incident, given: Mapping[str, str]) -> View:
    """`given` may name the status, the reason."""
    choices = [(f"{STATUS_MARKS[status]} {label(status)}", str(status)) for status in Status if status not in OVER]
    blocks = [
        select("status", "Status", choices, given.get("status") or str(incident.status)),
        moment("when", "Since when", hint="Empty: the time marked already, else now"),
        _reason(given, "What makes you sure?"),
    ]
    return view(a.STATUS, "Change the status", "Save", blocks, {"incident": incident.id})


def reopen_form(incident: Incident, given: Mapping[str, str]) -> View:
    blocks = [moment("when", "Since when", hint="Empty: now"), _reason(given, "What happened?")]
    return view(a.REOPEN, "Re-open", "Re-open", blocks, {"incident": incident.id})


def severity_form(incident: Incident, given: Mapping[str, str], look: Look) -> View:
    initial = given.get("severity") or str(incident.severity)
    levels = severities(look, incident.family)
    blocks = [select("severity", "Severity", levels, initial), _reason(given, "Why does it change?")]
    return view(a.SEVERITY, "Change the severity", "Save", blocks, {"incident": incident.id})


def role_form(incident: Incident, given: Mapping[str, str]) -> View:
    """Hand a role over; left empty, nobody holds it any more."""
    role = Role(given.get("role") or Role.COMMANDER)
    blocks = [
        select("role", "Role", [(label(known), str(known)) for known in Role], str(role)),
        person("user", "Who", given.get("user"), hint="The new holder gets a short brief. Empty: nobody"),
    ]
    return view(a.ROLES, "Hand over a role", "Save", blocks, {"incident": incident.id})


def cancel_form(incident: Incident, given: Mapping[str, str]) -> View:
    blocks = [_reason(given, "What was it really?"), context("A false alarm has no clocks and no reminders.")]
    return view(a.CANCEL, "Cancel as false alarm", "Cancel the incident", blocks, {"incident": incident.id}, "Keep it")


def merge_form(incident: Incident, given: Mapping[str, str]) -> View:
    other = text("other", "Into which incident?", given.get("other", ""), hint="Its number, or the link to its channel")
    note = context(f"The lines of {incident.number} go over and keep their origin.")
    return view(a.MERGE, "Merge", "Merge", [other, note], {"incident": incident.id})


def _reason(given: Mapping[str, str], question: str) -> Block:
    return text("reason", question, given.get("reason", ""), optional=True, multiline=True)
