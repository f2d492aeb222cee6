"""An incident file becomes a script: who does what at which moment, as `shared/incidents/README.md` defines it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from templates.families import available
from tests.rehearsal import entering
from tests.rehearsal.acts import Act, Says, Scene, Types

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
NOTICED_BY: Final = ("detected", "acknowledged", "escalated", "start")
"""The incident is declared at the first event of the first of these kinds there is, else at the first event."""
SETTLING_IN: Final = timedelta(minutes=10)
"""From the last event to the first word of the review."""
LEVELS: Final[Mapping[str, str]] = {
    word: level
    for level, words in {
        "critical": "SEV0 SEV1 P0 P1 CRITICAL",
        "high": "SEV2 P2 HIGH MAJOR",
        "medium": "SEV3 P3 MEDIUM MODERATE",
        "low": "SEV4 SEV5 P4 LOW MINOR",
    }.items()
    for word in words.split()
}
"""As the form offers them; a scale of its own that a source states is read by its place."""
UNKNOWN_LEVEL: Final = "high"
NOBODY: Final = "Responder"
"""Keeps the notes where the file names no person at all."""
UNTITLED: Final = "Untitled incident"


@dataclass(frozen=True, slots=True)
class Event:
    """One event of the file. `actor` is None where it names nobody."""

    at: datetime
    text: str
    actor: str | None
    kind: str


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
    named = [event.actor for event in (noticed, *events) if event.actor]
    scribe = named[0] if named else NOBODY
    title = " ".join(str(incident.get("title") or UNTITLED).split())
    return Script(
        title=title,
        declared_at=noticed.at,
        declarer=scribe,
        declaration=_declaration(incident, title),
        scenes=tuple(_scenes(incident, events, noticed.at, scribe)),
        actors=tuple(dict.fromkeys([scribe, *named, *_owners(incident)])),
    )


def _event(raw: Mapping[str, Any]) -> Event:
    """An event without words is told by its kind, because nobody can say nothing."""
    kind = str(raw.get("kind_hint") or "note")
    text = str(raw.get("text") or "").strip() or kind.replace("_", " ").capitalize()
    return Event(moment(str(raw["at"])), text, " ".join(str(raw.get("actor") or "").split()) or None, kind)


def moment(text: str) -> datetime:
    """A time of the file; one that names no zone is UTC, like all of them."""
    read = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)


def _noticed(events: Sequence[Event]) -> Event:
    for kind in NOTICED_BY:
        for event in events:
            if event.kind == kind:
                return event
    return events[0]


def _declaration(incident: Mapping[str, Any], title: str) -> dict[str, Any]:
    return {
        "title": title[: entering.TITLE_MOST].strip(),
        "severity": _level(str(incident.get("severity_if_stated") or "")),
        "services": _names(incident.get("services")),
        "regions": _names(incident.get("regions")),
    }


def _level(stated: str) -> str:
    words = re.findall(r"SEV\d|P\d|[A-Z]+", re.sub(r"(?<=SEV)[\s_-]+(?=\d)", "", stated.upper()))
    return next((LEVELS[word] for word in words if word in LEVELS), UNKNOWN_LEVEL)


def _names(names: Sequence[Any] | None) -> str | None:
    """With commas between, as the form asks; a comma within a name would part it."""
    return ", ".join(" ".join(str(name).replace(",", " ").split()) for name in names or [] if name) or None


def _owners(incident: Mapping[str, Any]) -> list[str]:
    return [str(item["owner"]) for item in incident.get("action_items") or [] if item and item.get("owner")]


def _scenes(incident: Mapping[str, Any], events: Sequence[Event], noticed: datetime, scribe: str) -> Iterator[Scene]:
    course = Course(scribe, [e.at for e in events if e.kind == "resolved"])
    before = [e for e in events if e.at <= noticed]
    yield Scene(noticed, (*_whole_title(incident, scribe), *course.recorded(before)))
    for n, event in enumerate(later := [e for e in events if e.at > noticed]):
        yield Scene(event.at, tuple(course.lived(event, any(e.kind == "resolved" for e in later[n:]))))
    yield from _review(incident, events[-1].at + SETTLING_IN, scribe)


def _whole_title(incident: Mapping[str, Any], scribe: str) -> Iterator[Act]:
    """What the form's line for the title does not hold is corrected at once."""
    title = " ".join(str(incident.get("title") or "").split())
    if len(title) > entering.TITLE_MOST:
        yield Types(scribe, f"/incident title {title}")


class Course:
    """How the status goes with the events: resolved, re-opened, closed as the file has it."""

    def __init__(self, scribe: str, resolutions: Sequence[datetime]) -> None:
        self._scribe = scribe
        self._is_ever_resolved = bool(resolutions)
        self._status = "open"

    def recorded(self, events: Sequence[Event]) -> Iterator[Act]:
        """What came before the declaration, or at that instant: put in with its time."""
        for event in events:
            yield self._late(event)
        if any(event.kind == "resolved" for event in events):
            yield Types(self._scribe, "/incident resolve")
            self._status = "resolved"

    def _late(self, event: Event) -> Act:
        who = event.actor or self._scribe
        return entering.late(who, event.at, event.kind, event.actor, event.text, self._scribe)

    def lived(self, event: Event, resolves_again: bool) -> Iterator[Act]:
        """One event as it happens: said and marked."""
        who = event.actor or self._scribe
        if self._status != "open" and resolves_again:
            yield Types(self._scribe, "/incident reopen")
            self._status = "open"
        if event.kind == "closed" and (self._status == "open" or not self._is_ever_resolved):
            yield self._late(event)
            return
        yield Says(who, event.text, EMOJI.get(event.kind, "pushpin"))
        if event.kind == "resolved":
            yield Types(who, "/incident resolve")
            self._status = "resolved"
        elif event.kind == "closed" and self._status != "closed":
            yield Types(who, "/incident close")
            self._status = "closed"


def _review(incident: Mapping[str, Any], begins: datetime, scribe: str) -> Iterator[Scene]:
    """What people type afterwards, one thing a second."""
    acts = [
        *entering.impact(incident, scribe),
        *entering.causes(incident, scribe),
        *entering.lessons(incident, scribe),
        *entering.actions(incident, scribe),
        *(Types(scribe, f"/incident postmortem {family}") for family in available()),
    ]
    for n, act in enumerate(acts):
        yield Scene(begins + timedelta(seconds=n), (act,))
