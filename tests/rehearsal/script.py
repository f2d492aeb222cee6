"""An incident file becomes a script: who does what at which moment, as `shared/incidents/README.md` defines it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

EMOJI: Final[Mapping[str, str]] = {
    "start": "boom",
    "detected": "rotating_light",
    "acknowledged": "pager",
    "escalated": "sos",
    "root_cause": "bulb",
    "mitigation_started": "hammer_and_wrench",
    "mitigated": "adhesive_bandage",
    "resolved": "checkered_flag",
    "comms": "loudspeaker",
}
TYPED_AS: Final[Mapping[str, str]] = {
    "start": "started",
    "detected": "detected",
    "acknowledged": "acknowledged",
    "escalated": "escalated",
    "root_cause": "root-cause",
    "mitigation_started": "mitigation-started",
    "mitigated": "mitigated",
    "resolved": "resolved",
    "comms": "communication",
    "closed": "closed",
}
ACTION_TYPES: Final = frozenset({"prevent", "detect", "mitigate", "process", "training", "other"})
NOTICED_BY: Final = ("detected", "acknowledged", "escalated", "start")
"""The incident is declared at the first event of the first of these kinds there is, else at the first event."""
LISTS: Final[Mapping[str, str]] = {"contributing_factors": "contributing_factors", "went_well": "went_well",
                                   "went_wrong": "went_wrong", "lucky": "got_lucky"}  # fmt: skip
NOT_VALUES: Final = frozenset({"start", "detected", "acknowledged", "mitigated", "resolved", "closed", "impact_end"})
SETTLING_IN: Final = timedelta(minutes=10)
"""From the last event to the first word of the review."""
SEVERITIES: Final[Mapping[str, str]] = {
    word: level
    for level, words in {
        "critical": "SEV1 P0 P1 CRITICAL",
        "high": "SEV2 P2 HIGH",
        "medium": "SEV3 P3 MEDIUM",
        "low": "SEV4 SEV5 P4 LOW",
    }.items()
    for word in words.split()
}
"""As the form offers them; a scale of its own that a source states is read by its place."""
ABOUT: Final = re.compile(r"\b(about|roughly|estimate|approximately|around)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Event:
    at: datetime
    text: str
    actor: str
    kind: str


@dataclass(frozen=True, slots=True)
class Types:
    """A person types a command in the incident's channel. `people` are mentioned in it as `{0}`, `{1}` …"""

    who: str
    line: str
    people: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Says:
    """A person says something, and somebody marks it."""

    who: str
    text: str
    emoji: str


@dataclass(frozen=True, slots=True)
class Fills:
    """A person opens a form by a command and fills it in."""

    who: str
    command: str
    values: Mapping[str, Any] = field(default_factory=dict)


Act = Types | Says | Fills


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that happens at one instant, in order."""

    at: datetime
    acts: tuple[Act, ...]


@dataclass(frozen=True, slots=True)
class Script:
    title: str
    declared_at: datetime
    declarer: str
    declaration: Mapping[str, Any]
    scenes: tuple[Scene, ...]
    actors: tuple[str, ...]


def read(path: Path) -> Script:
    """The script of one incident file."""
    return script_of(json.loads(path.read_text(encoding="utf-8")))


def script_of(incident: Mapping[str, Any]) -> Script:
    """The script of an incident; keys may be null, empty or absent.

    Raises:
        ValueError: the file has no events.
    """
    events = sorted((_event(raw) for raw in incident.get("events") or []), key=lambda e: e.at)
    if not events:
        raise ValueError("an incident without events cannot be rehearsed")
    noticed = _noticed(events)
    declarer = noticed.actor
    return Script(
        title=str(incident.get("title") or "Untitled incident"),
        declared_at=noticed.at,
        declarer=declarer,
        declaration=_declaration(incident),
        scenes=tuple(_scenes(incident, events, noticed.at, declarer)),
        actors=tuple(dict.fromkeys([declarer, *(e.actor for e in events), *_owners(incident)])),
    )


def _event(raw: Mapping[str, Any]) -> Event:
    return Event(moment(str(raw["at"])), str(raw.get("text") or ""), str(raw.get("actor") or "somebody"),
                 str(raw.get("kind_hint") or "note"))  # fmt: skip


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC)


def _noticed(events: Sequence[Event]) -> Event:
    for kind in NOTICED_BY:
        for event in events:
            if event.kind == kind:
                return event
    return events[0]


def _declaration(incident: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "severity": SEVERITIES.get(str(incident.get("severity_if_stated") or "SEV2").upper().replace("-", ""), "high"),
        "services": [str(s) for s in incident.get("services") or []],
        "regions": [str(r) for r in incident.get("regions") or []],
    }


def _owners(incident: Mapping[str, Any]) -> list[str]:
    return [str(a["owner"]) for a in incident.get("action_items") or [] if a.get("owner")]


def _scenes(incident: Mapping[str, Any], events: Sequence[Event], noticed: datetime, scribe: str) -> Iterator[Scene]:
    before = [e for e in events if e.at <= noticed]
    later = [e for e in events if e.at > noticed]
    resolutions = [e.at for e in events if e.kind == "resolved"]
    is_open = True
    late: list[Act] = [Types(scribe, _late_line(e)) for e in before]
    if any(e.kind == "resolved" for e in before):
        late.append(Types(scribe, "/incident resolve"))
        is_open = False
    yield Scene(noticed, tuple(late))
    for n, event in enumerate(later):
        acts, is_open = _live(event, is_open, any(e.kind == "resolved" for e in later[n:]), bool(resolutions), scribe)
        yield Scene(event.at, tuple(acts))
    yield from _review(incident, events[-1].at + SETTLING_IN, scribe, is_open)


def _late_line(event: Event) -> str:
    """What came before or at the declaration is typed with its time."""
    kind = TYPED_AS.get(event.kind)
    mark = f" --as {kind}" if kind else ""
    actor = event.actor.replace('"', "'")
    return f'/incident event --at {event.at:%Y-%m-%dT%H:%M:%SZ}{mark} --by "{actor}" {event.text}'


def _live(
    event: Event, is_open: bool, resolves_again: bool, ever_resolved: bool, scribe: str
) -> tuple[list[Act], bool]:
    """One event as it happens: said and marked; resolving, re-opening and closing follow the file."""
    acts: list[Act] = []
    if not is_open and resolves_again:
        acts.append(Types(scribe, "/incident reopen"))
        is_open = True
    if event.kind == "closed" and (is_open or not ever_resolved):
        return [*acts, Types(scribe, _late_line(event))], is_open
    acts.append(Says(event.actor, event.text, EMOJI.get(event.kind, "pushpin")))
    if event.kind == "resolved":
        acts.append(Types(event.actor, "/incident resolve"))
        is_open = False
    elif event.kind == "closed":
        acts.append(Types(event.actor, "/incident close"))
    return acts, is_open


def _review(incident: Mapping[str, Any], begins: datetime, scribe: str, is_open: bool) -> Iterator[Scene]:
    """What people type afterwards, one thing a second."""
    acts = [
        *_impact(incident, scribe),
        *_causes(incident, scribe),
        *_lessons(incident, scribe),
        *_actions(incident, scribe),
    ]
    acts.append(Types(scribe, "/incident postmortem slo"))
    for n, act in enumerate(acts):
        yield Scene(begins + timedelta(seconds=n), (act,))


def _impact(incident: Mapping[str, Any], scribe: str) -> Iterator[Act]:
    published, notes = incident.get("published") or {}, incident.get("published_notes") or {}
    text = published.get("users_affected_text")
    if text:
        yield Types(scribe, f"/incident set customer_impact {text}")
    for key, value in published.items():
        if key in ENTERED and value is not None:
            about = "~" if ABOUT.search(str(notes.get(key) or "")) else ""
            yield Types(scribe, f"/incident set {key} {'' if isinstance(value, str) else about}{_typed(key, value)}")


ENTERED: Final = frozenset({"users_affected", "requests_failed", "error_rate_peak", "slo", "requests_total",
                            "support_tickets", "latency_p95", "latency_p99", "availability"})  # fmt: skip
"""Published values that a field of the catalogue means by the same name."""


def _typed(key: str, value: Any) -> str:
    """As a person would type it; the file states a rate as a fraction."""
    if key in ("error_rate_peak", "availability") and isinstance(value, int | float):
        return f"{value * 100:.10g}%"
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def _causes(incident: Mapping[str, Any], scribe: str) -> Iterator[Act]:
    for key in ("root_cause", "trigger"):
        if incident.get(key):
            yield Types(scribe, f"/incident set {key} {incident[key]}")


def _lessons(incident: Mapping[str, Any], scribe: str) -> Iterator[Act]:
    for key, name in LISTS.items():
        for item in incident.get(key) or []:
            yield Types(scribe, f"/incident set {name} {item}")


def _actions(incident: Mapping[str, Any], scribe: str) -> Iterator[Act]:
    for n, item in enumerate(incident.get("action_items") or [], 1):
        owner = str(item["owner"]) if item.get("owner") else None
        kind = str(item.get("type") or "other")
        parts = [
            str(item.get("text") or "").replace("{", "(").replace("}", ")"),
            "{0}" if owner else "",
            f"due {item['due']}" if item.get("due") else "",
            f"type {kind if kind in ACTION_TYPES else 'other'}",
            f"priority {str(item['priority']).lower()}" if item.get("priority") else "",
            f'ticket "{item["ref"]}"' if item.get("ref") else "",
        ]
        yield Types(scribe, f"/incident action add {' '.join(p for p in parts if p)}", (owner,) if owner else ())
        if item.get("status") == "done":
            yield Types(scribe, f"/incident action done A{n}")
