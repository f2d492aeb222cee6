"""Lists edited in a form line by line: each line becomes the item it stands for, with its mentions and links."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot import commands as c
from bot.facts import Value
from bot.fields import FIELDS
from bot.incident import Incident
from bot.wire import escape
from handlers.submission import Submission
from templates.blocks.forms.knowledge import listed
from templates.blocks.text import Look


def in_wire(
    view: Mapping[str, Any], asked: c.SetFields, request: c.Request, state: Incident, look: Look
) -> c.SetFields:
    """The command with the lists as they stand in the incident, and with what the form had shown of them."""
    submission = Submission(view, request)
    again = submission.ids.get("kept", "").split()  # shows what the person had put into the form before this one
    values: list[tuple[str, Value | None, bool]] = []
    bases: list[tuple[str, tuple[str, ...]]] = []
    for key, value, approximate in asked.values:
        if FIELDS[key].type != "list":
            values.append((key, value, approximate))
            continue
        known = {_seen(line): item for item, line in listed(state.fields.get(key, ()), look)}
        base = () if key in again else _items(submission.initial(key), known)
        mine = _items(submission.raw(key), known)
        first = value if isinstance(value, tuple) and not base else mine  # `a, b` begins a list of two
        values.append((key, first or None, False))
        bases.append((key, base))
    return replace(asked, values=tuple(values), bases=tuple(bases))


def _items(text: Any, known: Mapping[str, str]) -> tuple[str, ...]:
    lines = (line.strip() for line in str(text or "").split("\n"))
    return tuple(known.get(_seen(line)) or escape(_bare(line)) for line in lines if line)


def _seen(line: str) -> str:
    """As a reader sees it: without the marks that keep a word from calling somebody."""
    return line.replace("\u2060", "").strip()


def _bare(line: str) -> str:
    return re.sub(r"^(?:[-*•]|[0-9]{1,2}[.)])\s+", "", line)
