"""How people enter what a file holds: in one line where that is plain, else in a form; nothing is cut or reworded."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final

from bot.fields import FIELDS
from tests.rehearsal.acts import Act, Fills, Retells, Somebody, Types

TYPED_AS: Final[Mapping[str, str]] = {
    "start": "started",
    "detected": "detected",
    "acknowledged": "acknowledged",
    "escalated": "escalated",
    "root_cause": "root_cause_identified",
    "mitigation_started": "mitigation_started",
    "mitigated": "mitigated",
    "resolved": "resolved",
    "comms": "communication",
    "closed": "closed",
}
PLAIN_EVENT: Final = "event"
FORM_MOST: Final = 3000
"""Characters that one input of a form takes in Slack."""
TITLE_MOST: Final = 200
LISTS: Final[Mapping[str, str]] = {"contributing_factors": "contributing_factors", "went_well": "went_well",
                                   "went_wrong": "went_wrong", "lucky": "got_lucky"}  # fmt: skip
ACTION_TYPES: Final = frozenset({"prevent", "detect", "mitigate", "process", "training", "other"})
PRIORITIES: Final = {"p1": "critical", "p2": "high", "p3": "medium", "p4": "low"} | {
    level: level for level in ("critical", "high", "medium", "low")
}
STATUSES: Final = {"done": "done", "closed": "done", "completed": "done", "complete": "done", "finished": "done",
                   "in progress": "start", "started": "start", "wip": "start", "blocked": "block"}  # fmt: skip
ABOUT: Final = re.compile(r"\b(about|roughly|estimate|approximately|around)\b", re.IGNORECASE)
IMPACT: Final = frozenset({"impact", "service_levels"})
"""The sections of the catalogue in which published values of the same name are entered."""
DASHED: Final = re.compile(r"^[-—–―]|\s[-—–―]+[A-Za-z]|\n")
"""What a command could take for one of its flags, or for several lines."""
NAME: Final = re.compile(r"(?!(?:me|myself|i)$)[^\"“”„«»\n]{1,120}", re.IGNORECASE)
"""A name that can stand in quotation marks, and means nobody else."""
DETAIL: Final = re.compile(
    r"(?<!\S)(?:due|p[0-4]|prio\w*|type|verif\w*|ticket|owner|assignee)(?!\w)|(?<!\S)[@<]|^[\"'“‘„«]", re.IGNORECASE
)
"""What `/incident action add` could take for one of its details."""


def late(who: str, at: datetime, kind: str, actor: str | None, text: str, typist: str) -> Act:
    """What happened before the incident was declared, or changes no status: put in with its time.

    `who` is the actor, else whoever keeps the notes; they enter it themselves where a line would not hold it.
    """
    meaning = TYPED_AS.get(kind, PLAIN_EVENT)
    if _is_plain(text) and (actor is None or NAME.fullmatch(actor)):
        by = f' --by "{actor}"' if actor else ""
        return Types(typist, f'/incident event --at {at:%Y-%m-%dT%H:%M:%SZ} --as "{meaning}"{by} {text}')
    if len(text) > FORM_MOST:
        return Retells(who, text, at, meaning)
    return Fills(who, "/incident event", {"text": text, "when": at, "kind": meaning})


def _is_plain(text: str) -> bool:
    return DASHED.search(text) is None


def impact(incident: Mapping[str, Any], scribe: str) -> Iterator[Act]:
    """Published values that a field of the catalogue means by the same name."""
    published, notes = incident.get("published") or {}, incident.get("published_notes") or {}
    if published.get("users_affected_text"):
        yield answer(scribe, "customer_impact", str(published["users_affected_text"]))
    for key, value in published.items():
        typed = _typed(key, value)
        if typed is not None:
            is_about = not isinstance(value, str) and ABOUT.search(str(notes.get(key) or ""))
            yield answer(scribe, key, f"~{typed}" if is_about else typed)


def _typed(key: str, value: Any) -> str | None:
    """As a person would type it; the file states a share as a fraction. None: nothing that a field takes."""
    field = FIELDS.get(key)
    if field is None or field.section not in IMPACT or isinstance(value, bool):
        return None
    if field.type == "text":
        return value.strip() or None if isinstance(value, str) else None
    if not isinstance(value, int | float):
        return None
    if field.type == "percentage":
        return f"{value * 100:.10g}%"
    is_whole = float(value).is_integer()
    if field.type in ("number", "money") or (field.type == "integer" and is_whole):
        return f"{value:.0f}" if is_whole else f"{value:.12g}"
    return None


def answer(scribe: str, key: str, text: str) -> Act:
    """One answer, word for word: the sign keeps what follows from being read as part of the command."""
    return Types(scribe, f"/incident set {key} = {'+' if text.startswith('+') else ''}{text}")


def causes(incident: Mapping[str, Any], scribe: str) -> Iterator[Act]:
    for key in ("root_cause", "trigger"):
        if text := str(incident.get(key) or "").strip():
            yield answer(scribe, key, text)


def lessons(incident: Mapping[str, Any], scribe: str) -> Iterator[Act]:
    for key, field in LISTS.items():
        for item in incident.get(key) or []:
            if text := str(item or "").strip():
                yield answer(scribe, field, text)


def actions(incident: Mapping[str, Any], scribe: str) -> Iterator[Act]:
    """Each item, then its status; what has no words is nothing to do."""
    items = [item for item in incident.get("action_items") or [] if item and str(item.get("text") or "").strip()]
    for n, item in enumerate(items, 1):
        yield _action(item, scribe)
        change = STATUSES.get(str(item.get("status") or "").lower().replace("_", " "))
        if change:
            yield Types(scribe, f"/incident action {change} A{n}")


def _action(item: Mapping[str, Any], scribe: str) -> Act:
    text, due = _words_and_day(item)
    owner = str(item["owner"]) if item.get("owner") else None
    kind = str(item.get("type") or "other")
    parts = {
        "due": due.isoformat() if due else None,
        "type": kind if kind in ACTION_TYPES else "other",
        "priority": PRIORITIES.get(str(item.get("priority") or "").lower()),
        "ticket": str(item["ref"]) if item.get("ref") else None,
    }
    if not _is_plain(text) or DETAIL.search(text) or '"' in (parts["ticket"] or ""):
        return Fills(scribe, "/incident action", {"text": text, "owner": owner and Somebody(owner), **parts})
    quoted = parts | {"ticket": parts["ticket"] and f'"{parts["ticket"]}"'}
    details = " ".join(f"{name} {value}" for name, value in quoted.items() if value)
    return Types(scribe, f"/incident action add {text} {details}", owner)


def _words_and_day(item: Mapping[str, Any]) -> tuple[str, date | None]:
    """The item's text and its due date; one that names no day is said in words."""
    text, due = str(item["text"]).strip(), str(item.get("due") or "").strip()
    try:
        return text, date.fromisoformat(due[:10]) if due else None
    except ValueError:
        return f"{text} (due: {due})", None
