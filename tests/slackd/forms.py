"""Finding interactive elements in blocks, and what they say once a person has used them (SLACK.md 3.5, 5.2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.slackd.records import JSON, Ephemeral, Message, View

State = dict[str, dict[str, JSON]]
_TEXTS = ("plain_text_input", "number_input", "email_text_input", "url_text_input")
# what a select's state is called, and what its present choice is called in its definition
_CHOICES = {
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "overflow": ("selected_option", "initial_option"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "checkboxes": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "file_input": ("files", ""),
} | dict.fromkeys(_TEXTS, ("value", "initial_value"))


@dataclass(frozen=True)
class Element:
    """An interactive element and the block it stands in."""

    block: JSON
    definition: JSON

    @property
    def kind(self) -> str:
        return str(self.definition["type"])

    @property
    def action_id(self) -> str:
        return str(self.definition.get("action_id", ""))

    @property
    def block_id(self) -> str:
        return str(self.block.get("block_id", ""))

    @property
    def address(self) -> str:
        """What tells it from every other element, where many share an action_id."""
        return f"{self.block_id}/{self.action_id}"

    @property
    def is_input(self) -> bool:
        return bool(self.block["type"] == "input")

    @property
    def dispatches(self) -> bool:
        return not self.is_input or bool(self.block.get("dispatch_action"))

    @property
    def label(self) -> str:
        """What stands on a button, or above an input."""
        text = self.block.get("label") if self.is_input else self.definition.get("text")
        return str((text or self.definition.get("placeholder") or {}).get("text", ""))


def elements(blocks: list[JSON]) -> Iterator[Element]:
    """Every interactive element, in reading order."""
    for block in blocks:
        inner = [*block.get("elements", []), block.get("accessory"), block.get("element")]
        for definition in inner if block["type"] in ("actions", "section", "input") else []:
            if isinstance(definition, dict) and definition["type"] != "image":
                yield Element(block, definition)
        yield from elements(block.get("child_blocks", []))


def blocks_of(place: Message | Ephemeral | View) -> list[JSON]:
    if isinstance(place, View):
        return place.blocks
    return [*place.blocks, *(block for part in place.attachments for block in part.get("blocks", []))]


def find(place: Message | Ephemeral | View, name: str) -> Element:
    """The element with this address, action_id, block_id or label; exactly one must fit best."""
    found = list(elements(blocks_of(place)))
    for called in ("address", "action_id", "block_id", "label"):
        matching = [element for element in found if getattr(element, called) == name]
        if len(matching) == 1:
            return matching[0]
        if matching:
            raise LookupError(f"{len(matching)} elements are called {name!r}")
    raise LookupError(f"no element {name!r}; there are {[(e.action_id, e.label) for e in found]}")


# ---- values


def leaf(element: Element, value: Any, suggested: list[JSON] | None = None) -> JSON:
    """The state of an element after a person chose or typed `value` (None: cleared)."""
    if element.kind == "button":
        kept = {k: element.definition[k] for k in ("text", "value", "style") if k in element.definition}
        return {"type": "button"} | kept
    name = _CHOICES[element.kind][0]
    return {"type": element.kind, name: _chosen(element, value, suggested)}


def _chosen(element: Element, value: Any, suggested: list[JSON] | None) -> Any:
    if value is None:
        return [] if _is_list(element.kind) else None
    if element.kind in _TEXTS:
        return str(value)
    if _CHOICES[element.kind][0].startswith("selected_option"):
        options = suggested if suggested is not None else list(_options(element.definition))
        return [_option(options, v) for v in value] if _is_list(element.kind) else _option(options, value)
    return [_plain(v) for v in value] if _is_list(element.kind) else _single(element.kind, value)


def _single(kind: str, value: Any) -> Any:
    if kind == "datetimepicker" and isinstance(value, dt.datetime):
        return int(value.timestamp())
    if kind == "rich_text_input" and isinstance(value, str):
        section = {"type": "rich_text_section", "elements": [{"type": "text", "text": value}]}
        return {"type": "rich_text", "elements": [section]}
    return _plain(value)


def _plain(value: Any) -> Any:
    return getattr(value, "id", value)  # a Person or a Channel stands for its id


def _is_list(kind: str) -> bool:
    return kind in ("checkboxes", "file_input") or kind.startswith("multi_")


def _options(definition: JSON) -> Iterator[JSON]:
    yield from definition.get("options", [])
    for group in definition.get("option_groups", []):
        yield from group["options"]


def _option(options: list[JSON], wanted: Any) -> JSON:
    for option in options:
        if wanted in (option.get("value"), option["text"]["text"]):
            return option
    raise LookupError(f"no option {wanted!r}; there are {[option['text']['text'] for option in options]}")


def initial(element: Element) -> JSON:
    """The state of an element nobody has touched."""
    name, source = _CHOICES[element.kind]
    empty: Any = [] if _is_list(element.kind) else None
    return {"type": element.kind, name: element.definition.get(source, empty)}


def complete(blocks: list[JSON], filled: State) -> State:
    """The whole `state.values`: what was filled in, and the initial values of the rest."""
    state: State = {}
    for element in elements(blocks):
        if element.kind in _CHOICES and element.kind != "overflow":
            so_far = filled.get(element.block_id, {}).get(element.action_id)
            state.setdefault(element.block_id, {})[element.action_id] = so_far or initial(element)
    return state


def refused_by_client(view: View, state: State) -> dict[str, str]:
    """What Slack's own client refuses before it sends anything: empty required inputs, lengths, numbers."""
    problems = {}
    for element in elements(view.blocks):
        if element.is_input:
            value = state[element.block_id][element.action_id][_CHOICES[element.kind][0]]
            if problem := _problem(element, value):
                problems[element.block_id] = problem
    return problems


def _problem(element: Element, value: Any) -> str:
    if value in (None, "", []):
        return "" if element.block.get("optional") else "Please complete this required field."
    if element.kind == "number_input" and not str(value).lstrip("-").replace(".", "", 1).isdecimal():
        return "Please enter a valid number."
    if element.kind == "plain_text_input" and len(value) > element.definition.get("max_length", 3000):
        return "This is too long."
    if element.kind == "plain_text_input" and len(value) < element.definition.get("min_length", 0):
        return "This is too short."
    return ""
