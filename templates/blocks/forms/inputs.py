"""The inputs of a form. A block's id names the field; what stands in it at first is read back to see what changed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from templates.blocks import actions as a
from templates.blocks.fitting import shortened
from templates.blocks.parts import Block, option, plain_text

View = Block
Choice = tuple[str, str]
"""Label and value."""

INPUT_MOST = 3000
TITLE_MOST = 24
_PERSON = re.compile(r"[UW][A-Z0-9]+")


def view(
    callback: str, title: str, submit: str, blocks: list[Block], ids: Mapping[str, int | str], close: str = "Cancel"
) -> View:
    """A modal; `ids` come back with the submission and say which thing it is about."""
    return {
        "type": "modal",
        "callback_id": callback,
        "private_metadata": a.metadata(**ids),
        "title": plain_text(title, TITLE_MOST),
        "submit": plain_text(submit, TITLE_MOST),
        "close": plain_text(close, TITLE_MOST),
        "blocks": blocks,
    }


def _input(block_id: str, label: str, element: Block, hint: str, optional: bool) -> Block:
    block: Block = {
        "type": "input",
        "block_id": block_id,
        "optional": optional,
        "label": plain_text(label, 150),
        "element": {**element, "action_id": a.VALUE},
    }
    return {**block, "hint": plain_text(hint, 300)} if hint else block


def text(
    block_id: str,
    label: str,
    initial: str = "",
    *,
    hint: str = "",
    optional: bool = False,
    multiline: bool = False,
    most: int = INPUT_MOST,
) -> Block:
    """Words. What is longer than Slack's 3,000 characters is shown cut; left alone it stays whole where it is kept."""
    element: Block = {"type": "plain_text_input", "multiline": multiline, "max_length": most}
    if initial:
        element["initial_value"] = shortened(initial, most)
    return _input(block_id, label, element, hint, optional)


def select(
    block_id: str, label: str, choices: Sequence[Choice], initial: str = "", *, hint: str = "", optional: bool = False
) -> Block:
    """One of up to a hundred."""
    options = [option(*choice) for choice in choices]
    element: Block = {"type": "static_select", "options": options}
    return _input(block_id, label, _starting(element, options, initial), hint, optional)


def grouped_select(
    block_id: str, label: str, groups: Mapping[str, Sequence[Choice]], initial: str, *, hint: str = ""
) -> Block:
    """One of several kinds of thing."""
    listed: list[Block] = [
        {"label": plain_text(title, 75), "options": [option(*choice) for choice in choices]}
        for title, choices in groups.items()
    ]
    options: list[Block] = [found for group in listed for found in group["options"]]
    element: Block = {"type": "static_select", "option_groups": listed}
    return _input(block_id, label, _starting(element, options, initial), hint, False)


def _starting(element: Block, options: Sequence[Block], initial: str) -> Block:
    """Slack refuses a view whose initial option is not among its options word for word."""
    found = next((known for known in options if known["value"] == initial), None)
    return element if found is None else {**element, "initial_option": found}


def several(block_id: str, label: str, choices: Sequence[Choice], initial: Sequence[str] = ()) -> Block:
    """Any of up to a hundred, all optional."""
    options = [option(*choice) for choice in choices]
    element: Block = {"type": "multi_static_select", "options": options}
    if chosen := [known for known in options if known["value"] in initial]:
        element["initial_options"] = chosen
    return _input(block_id, label, element, "", True)


def boxes(block_id: str, label: str, choices: Sequence[Choice], initial: Sequence[str] = ()) -> Block:
    """Up to ten boxes to tick."""
    options = [option(*choice) for choice in choices]
    element: Block = {"type": "checkboxes", "options": options}
    if ticked := [known for known in options if known["value"] in initial]:
        element["initial_options"] = ticked
    return _input(block_id, label, element, "", True)


def moment(block_id: str, label: str, initial: datetime | None = None, *, hint: str = "") -> Block:
    """A date and time in the zone of whoever picks; optional, because unknown is an answer.

    Slack takes whole seconds since 1970 in ten digits, so a moment before September 2001 starts empty.
    """
    element: Block = {"type": "datetimepicker"}
    if initial is not None and initial.timestamp() >= 10**9:
        element["initial_date_time"] = int(initial.timestamp())
    return _input(block_id, label, element, hint, True)


def chosen_moment(written: str | None) -> datetime | None:
    """What a line said before, in ISO 8601."""
    return datetime.fromisoformat(written) if written else None


def day(block_id: str, label: str, initial: date | None = None, *, hint: str = "") -> Block:
    element: Block = {"type": "datepicker"}
    if initial is not None:
        element["initial_date"] = initial.isoformat()
    return _input(block_id, label, element, hint, True)


def person(block_id: str, label: str, initial: str | None = None, *, hint: str = "", optional: bool = True) -> Block:
    """A member of the workspace; a name as typed or a user group cannot be shown in it."""
    element: Block = {"type": "users_select"}
    if initial and is_person(initial):
        element["initial_user"] = initial
    return _input(block_id, label, element, hint, optional)


def is_person(who: str) -> bool:
    """Is this a user's id, rather than a group's or a name as typed?"""
    return bool(_PERSON.fullmatch(who))
