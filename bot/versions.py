"""Versions of a report: how they are numbered, what changed between two, and which facts each is written from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from bot import facts as f
from bot.decision import Refused
from bot.fields import FIELDS, SECTIONS
from bot.incident import Incident, Topic, Version
from bot.words import DocumentStatus, Kind, Milestone, Status

FROZEN: Final = frozenset({DocumentStatus.PUBLISHED})
"""A version of these keeps its very bytes."""

_TIMELINE: Final = (
    f.Captured
    | f.Marked
    | f.Unmarked
    | f.Reworded
    | f.Amended
    | f.Withdrawn
    | f.Reinstated
    | f.Absorbed
)  # fmt: skip
_STATUS: Final = f.StatusChanged | f.Reopened | f.Cancelled | f.Merged


def topics(incident: Incident, fact: f.AnyFact) -> tuple[Topic, ...]:
    """The parts of a report that this fact changes; `incident` is the state before it.

    What was erased goes from every version alike, and closing what is resolved changes nothing that matters.
    """
    if isinstance(fact, f.SignedOff):
        return (Topic(SECTIONS["sign_off"].title, fact.family),)
    return tuple(map(Topic, _words(incident, fact)))


def _words(incident: Incident, fact: f.AnyFact) -> tuple[str, ...]:
    if isinstance(fact, f.FieldSet):
        return (SECTIONS[FIELDS[fact.field].section].title,) if fact.field in FIELDS else ()
    if isinstance(fact, _STATUS):
        return () if _merely_closes(incident, fact) else ("Status",)
    if isinstance(fact, _TIMELINE):
        said = {getattr(fact, name, None) for name in ("meaning", "kind", "milestone")}
        milestones = ("Milestones",) if any(isinstance(one, Milestone) for one in said) else ()
        return ("Timeline", *milestones, *(("Action items",) if Kind.ACTION_ITEM in said else ()))
    return _TOPICS.get(type(fact), ())


_TOPICS: Final[dict[type[f.Fact], tuple[str, ...]]] = {
    f.Declared: ("Classification",),
    f.Described: ("Classification",),
    f.MilestoneSet: ("Milestones",),
    f.SeverityChanged: ("Severity",),
    f.RoleAssigned: ("Roles",),
    f.ActionAdded: ("Action items",),
    f.ActionChanged: ("Action items",),
}


def _merely_closes(incident: Incident, fact: f.AnyFact) -> bool:
    return isinstance(fact, f.StatusChanged) and fact.status is Status.CLOSED and incident.status is Status.RESOLVED


def changed_since(incident: Incident, family: str, version: Version) -> tuple[str, ...]:
    """The parts of a family's report that changed after this version of it, in words, the longest unchanged first."""
    later = sorted(
        (seq, topic.words) for topic, seq in incident.touched.items() if seq > version.seq and topic.of(family)
    )
    return tuple(dict.fromkeys(words for _, words in later))


def newest(incident: Incident, family: str) -> Version | None:
    made = incident.versions.get(family, ())
    return made[-1] if made else None


def published(incident: Incident, family: str) -> Version | None:
    """The newest that was published; None: none ever was."""
    return next((v for v in reversed(incident.versions.get(family, ())) if v.status in FROZEN), None)


def version_named(incident: Incident, family: str, number: str) -> Version | None:
    return next((v for v in incident.versions.get(family, ()) if v.number == number), None)


def require_version(incident: Incident, family: str, number: str = "") -> Version:
    """The version of this number; without one the newest.

    Raises:
        Refused: there is none.
    """
    found = version_named(incident, family, number) if number else newest(incident, family)
    if found is not None:
        return found
    known = ", ".join(version.number for version in incident.versions.get(family, ()))
    if not known:
        sentence = f"No version of the {family} report of {incident.number} was made yet."
        raise Refused(sentence, f"/incident postmortem {family}")
    sentence = f"There is no version {number[:20]} of the {family} report of {incident.number}; there are: {known}."
    raise Refused(sentence, f"/incident versions {family}")


def next_number(incident: Incident, family: str, status: DocumentStatus) -> str:
    """0.1, 0.2 … until it is published as 1.0; then 1.1, 1.2 … until 2.0."""
    last = newest(incident, family)
    major, minor = map(int, last.number.split(".")) if last else (0, 0)
    return f"{major + 1}.0" if status in FROZEN else f"{major}.{minor + 1}"


def as_of(facts: Iterable[f.Recorded], seq: int) -> Iterator[f.Recorded]:
    """The facts from which the version of this seq is written, numbered anew, of all that are known now.

    Beside those before it: where a message of ours stands that is the evidence of one, what was erased since, and
    that somebody was taken out.
    """
    lines: set[str] = set()
    kept = (fact for fact in facts if fact.seq <= seq or _bears_on(fact.fact, lines))
    for number, recorded in enumerate(kept, start=1):
        if isinstance(recorded.fact, f.Captured | f.ActionAdded) and recorded.fact.entry:
            lines.add(recorded.fact.entry)
        yield replace(recorded, seq=number)


def _bears_on(fact: f.AnyFact, lines: set[str]) -> bool:
    return isinstance(fact, f.Anchored | f.Removed) or (isinstance(fact, f.Erased) and fact.entry in lines)
