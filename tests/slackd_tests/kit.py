"""Short ways to write Block Kit."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def section(text: str = "x", **more: object) -> Json:
    return {"type": "section", "text": mrkdwn(text), **more}


def button(**more: object) -> Json:
    return {"type": "button", "text": plain("Go"), "action_id": "go", **more}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def option(text: str = "One", value: str = "1", **more: object) -> Json:
    return {"text": plain(text), "value": value, **more}


def select(**more: object) -> Json:
    return {"type": "static_select", "action_id": "s", "options": [option()], **more}


def entry(element: Json, **more: object) -> Json:
    return {"type": "input", "label": plain("Label"), "element": element, **more}


def typed_in(**more: object) -> Json:
    return {"type": "plain_text_input", "action_id": "t", **more}


def raw(text: str) -> Json:
    return {"type": "raw_text", "text": text}


def table(rows: list[list[Json]], **more: object) -> Json:
    return {"type": "table", "rows": rows, **more}


def rich(*pieces: Json) -> Json:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(pieces)}]}


def modal(*blocks: Json, **more: object) -> Json:
    return {"type": "modal", "title": plain("Declare"), "blocks": list(blocks), **more}
