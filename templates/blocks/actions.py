"""The names of everything that can be pressed, and the references that buttons carry: ids, never state to trust."""

from __future__ import annotations

import json
import re
from typing import Final

# On the card and in replies. The value is a reference to an incident, where not said otherwise.
TIMELINE: Final = "timeline"
EVENT_FORM: Final = "event_form"
UPDATE_FORM: Final = "update_form"
DECLARE_FORM: Final = "declare_form"  # value: nothing
MITIGATE: Final = "mitigate"
RESOLVE: Final = "resolve"
REOPEN: Final = "reopen"
CLOSE: Final = "close"
REPORT: Final = "report"
MISSING: Final = "missing"
MILESTONES: Final = "milestones"
ACTIONS: Final = "actions"
ACTION_FORM: Final = "action_form"
FIELDS_FORM: Final = "fields_form"  # thing: the section
SEVERITY_FORM: Final = "severity_form"
SET_MILESTONES: Final = "set_milestones"  # the form with a picker for each milestone
SAVE_MILESTONES: Final = "save_milestones"  # the pickers of the quiet question
POSTMORTEM: Final = "postmortem"  # post the draft; thing: the family
ADVANCE: Final = "advance"  # the report goes on; thing: `<family> <status>`
SIGN_OFF: Final = "sign_off"  # thing: the family
VERSIONS: Final = "versions"  # thing: the family
NEW_VERSION: Final = "new_version"  # thing: `<family> <published version>`
VERSION_MENU: Final = "version_menu"
VERSION_FILE: Final = "version_file"  # thing: `<family> <version> <form>`
COMPARE: Final = "compare"  # thing: `<family> <version> <version>`, the last left out for how it stands now
COMPARISON_FILE: Final = "comparison_file"  # thing: `<family> <version> <version>`
ARCHIVE: Final = "archive"
ADOPT: Final = "adopt"  # value: the channel; there is no incident yet
DISMISS: Final = "dismiss"  # takes the ephemeral message away
REMIND_ON: Final = "remind_on"
REMIND_OFF: Final = "remind_off"
REMIND_PAUSE: Final = "remind_pause"  # for an hour
REMIND_SETTLE: Final = "remind_settle"  # thing: what is dealt with
PICTURE: Final = "picture"  # value: the file and what is in it
PAGE: Final = "page"  # thing: `<screen>:<page>`; the incident is 0 where a screen has none

VALUE: Final = "value"  # the one element of an input block; its block_id names the field

# On one line of the timeline; the thing is the entry.
LINE_MENU: Final = "line_menu"
EDIT_LINE: Final = "edit_line"
WITHDRAW_LINE: Final = "withdraw_line"
MOVE_LINE: Final = "move_line"
REINSTATE_LINE: Final = "reinstate_line"

# On one action item; the thing is its id.
ITEM_MENU: Final = "item_menu"
ITEM_DONE: Final = "item_done"
ITEM_IN_PROGRESS: Final = "item_in_progress"
ITEM_BLOCKED: Final = "item_blocked"
ITEM_FORM: Final = "item_form"
ITEM_DECLINE: Final = "item_decline"

# In a reminder; the thing is what is followed up, whose message it stands in, and of which day.
NUDGE_DONE: Final = "nudge_done"
NUDGE_DUE: Final = "nudge_due"
NUDGE_OWNER: Final = "nudge_owner"
NUDGE_DECLINE: Final = "nudge_decline"
NUDGE_SNOOZE: Final = "nudge_snooze"  # a choice; its verb is the number of days
NUDGE_HELD: Final = "nudge_held"
NUDGE_SETTLE: Final = "nudge_settle"
EVERYTHING: Final = "everything"  # in the place of what is followed up: all that is theirs

# Offered where a command needs an answer; the value is what `bot.decision.Offer` says.
CHOOSE_INCIDENT: Final = "choose_incident"
RUN: Final = "run"  # value: a command line as if typed

# The forms' callback ids.
DECLARE: Final = "declare"
EVENT: Final = "event"
EDIT: Final = "edit_line"
CAPTURE: Final = "capture"
MILESTONE_TIMES: Final = "milestones"
UPDATE: Final = "update"
STATUS: Final = "status"
SEVERITY: Final = "severity"
SECTIONS: Final = "sections"
FIELDS: Final = "fields"
ACTION: Final = "action"
ITEM: Final = "item"  # also each of the short forms that change one part of it
CANCEL: Final = "cancel"
MERGE: Final = "merge"
MOVE: Final = "move"
ROLES: Final = "roles"

_NUMBER = re.compile(r"[0-9]{1,9}")
_ORDINAL = re.compile(r"\.\d+$")


def numbered(action: str, position: int) -> str:
    """The action id of the nth button (from 0) with one action in one block: Slack wants them all different."""
    return f"{action}.{position}" if position else action


def named(action_id: str) -> str:
    """The action behind a numbered action id."""
    return _ORDINAL.sub("", action_id)


def reference(incident: int, thing: str = "") -> str:
    """A button's value: which incident, and which thing of it."""
    return f"{incident} {thing}".rstrip()


def referred(value: str) -> tuple[int, str]:
    """The incident's id and the thing of a button's value.

    Raises:
        ValueError: the value is no reference.
    """
    incident, _, thing = value.partition(" ")
    if not _NUMBER.fullmatch(incident):
        raise ValueError("no reference to an incident")
    return int(incident), thing


def choice(verb: str, incident: int, thing: str) -> str:
    """The value of one entry in a menu: what it does, to which thing. Slack keeps 150 characters of it."""
    return f"{verb} {reference(incident, thing)}"


def chosen(value: str) -> tuple[str, int, str]:
    """The verb, the incident's id and the thing of a menu entry.

    Raises:
        ValueError: the value is no choice.
    """
    verb, _, rest = value.partition(" ")
    return verb, *referred(rest)


def metadata(**ids: int | str) -> str:
    """A form's private metadata: ids only, empty ones left out."""
    return json.dumps({name: value for name, value in ids.items() if value != ""}, separators=(",", ":"))
