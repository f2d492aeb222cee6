"""The timeline: every standing line, and the changes that no line shows, each in the phase that holds its moment."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from typing import Final

from bot.clocks import label
from bot.incident import Entry
from bot.milestones import Assertion, assertions, counting, ended
from bot.reporting.model import PhaseView, Row
from bot.reporting.progress import opening
from bot.reporting.reader import Reader
from bot.reporting.shown import stamp
from bot.reporting.told import Citation
from bot.words import Kind, Milestone, Status

APART: Final = frozenset({Kind.ACTION_ITEM, Kind.WENT_WELL, Kind.WENT_WRONG, Kind.GOT_LUCKY})
"""What a line of these kinds says looks back at the incident; it has its own section and no row in a phase.

An action item's line is the item's own; one from which no item came has its row as any other.
"""


def timeline(reader: Reader) -> tuple[Row, ...]:
    """All rows by when they happened; within a second the captured lines first, in the order of their messages."""
    begun = counting(reader.incident, Milestone.MITIGATION_STARTED)
    rows = [_row(reader, entry, begun) for entry in reader.incident.timeline()]
    return tuple(sorted([*rows, *_changes(reader)], key=lambda row: row.at))


def _row(reader: Reader, entry: Entry, begun: Assertion | None) -> Row:
    meanings = _milestones_of(reader, entry, begun)
    kind = reader.incident.kind(entry.id)
    words = [reader.family.milestones[m] for m in meanings] or [reader.family.kinds[kind]]
    return Row(
        at=entry.at,
        word=" + ".join(words),
        kind=str(meanings[0] if meanings else kind),
        actor=reader.name(entry.author),
        text=reader.words(entry),
        cite=reader.cite_entry(entry),
        notes=tuple(_notes(reader, entry)),
        approximate=entry.approximate,
        composed=False,
        heard_at=entry.heard_at,
        entry=entry.id,
        files=entry.files,
        origin=entry.origin,
        corrected_by=reader.name(entry.amended_by) if entry.amended_by else None,
    )


def _milestones_of(reader: Reader, entry: Entry, begun: Assertion | None) -> list[Milestone]:
    """What its marks assert, and that mitigation began when it is the first action taken."""
    said = {mark.meaning for mark in reader.incident.asserting(entry.id)}
    if begun and begun.entry == entry.id:
        said.add(Milestone.MITIGATION_STARTED)
    return [milestone for milestone in Milestone if milestone in said]


def _notes(reader: Reader, entry: Entry) -> Iterator[str]:
    yield from late(reader, entry.at, entry.heard_at)
    if entry.amended_by:
        yield f"corrected by {reader.name(entry.amended_by)}"
    elif entry.earlier:
        yield "edited after it was captured"
    if entry.origin:
        yield f"from {entry.origin}"
    if entry.files and reader.text(entry.text):
        yield f"with {len(entry.files)} file{'s' * (len(entry.files) > 1)}"


def late(reader: Reader, at: datetime, heard_at: datetime) -> Iterator[str]:
    """Says so when something was recorded long after it happened."""
    if heard_at - at > reader.view.policy.late_after:
        yield f"recorded later, at {stamp(heard_at, reader.family.zone)}"


def _changes(reader: Reader) -> Iterator[Row]:
    yield from _stated_milestones(reader)
    yield from _earlier_endings(reader)
    yield from _turns(reader)
    yield from _regradings(reader)


def _change(reader: Reader, at: datetime, word: str, kind: str, text: str, cite: Citation, vague: bool = False) -> Row:
    notes = tuple(late(reader, at, cite.at))
    return Row(at, word, kind, cite.by, text, cite, notes, vague, True, cite.at)


def _is_on_a_line(reader: Reader, claim: Assertion) -> bool:
    """Does a captured line show the same milestone at the same moment?"""
    said = assertions(reader.incident, claim.milestone)
    return any(other.entry and other.at == claim.at for other in said)


def _stated_milestones(reader: Reader) -> Iterator[Row]:
    """A milestone that counts and stands on no line: the declaration, a time typed or picked, a status change."""
    for milestone in Milestone:
        claim = counting(reader.incident, milestone)
        if claim and claim.milestone is milestone and not claim.entry and not _is_on_a_line(reader, claim):
            yield _milestone_row(reader, claim)


def _milestone_row(reader: Reader, claim: Assertion) -> Row:
    cite = reader.cite(claim.source, claim.said_at)
    word = reader.family.milestones[claim.milestone]
    if claim.milestone is Milestone.DECLARED:
        text = f"{_severity_at_declaration(reader)} incident opened: {reader.text(reader.incident.title)}"
    else:
        text = reader.reason(claim) or ("Time stated" if claim.was_set else "Said by a change of status")
    return _change(reader, claim.at, word, str(claim.milestone), text, cite, claim.approximate)


def _severity_at_declaration(reader: Reader) -> str:
    return reader.family.severity(reader.incident.grades[0].severity).name


def _earlier_endings(reader: Reader) -> Iterator[Row]:
    """An ending that was typed or came with a status change, and did not hold, stays in sight: one for each round."""
    for milestone in (Milestone.MITIGATED, Milestone.RESOLVED, Milestone.CLOSED):
        counts = counting(reader.incident, milestone)
        by_hand = {claim.ended: claim for claim in ended(reader.incident, milestone)}
        corrected = {*by_hand, None} if counts and counts.was_set else {*by_hand}
        said = [c for c in assertions(reader.incident, milestone) if not c.entry and _round(reader, c) not in corrected]
        for claim in (*said, *by_hand.values()):
            if claim != counts and not _is_on_a_line(reader, claim):
                yield _milestone_row(reader, claim)


def _round(reader: Reader, claim: Assertion) -> datetime | None:
    """The re-opening that ended the round in which the moment lies; None: the present one."""
    return next((r.reopened_at for r in reader.incident.recoveries if claim.at < r.reopened_at), None)


def _turns(reader: Reader) -> Iterator[Row]:
    """Changes of status that reach no milestone."""
    reopened = {recovery.reopened_at for recovery in reader.incident.recoveries}
    for turn in reader.incident.turns:
        cite = reader.cite(turn.source, turn.at)
        word = _turn_word(turn.status, turn.status is Status.INVESTIGATING and turn.at in reopened)
        if word:
            text = reader.text(turn.reason) or f"Status changed to {turn.status}"
            yield _change(reader, turn.at, word, str(turn.status), text, cite)


def _turn_word(status: Status, is_reopening: bool) -> str:
    if is_reopening:
        return "Re-opened"
    words = {Status.MONITORING: "Monitoring", Status.CANCELLED: "Cancelled", Status.MERGED: "Merged"}
    return words.get(status, "")


def _regradings(reader: Reader) -> Iterator[Row]:
    grades = reader.incident.grades
    for before, grade in pairwise(grades):
        old, new = (reader.family.severity(g.severity).name for g in (before, grade))
        reason = reader.text(grade.reason)
        text = f"{old} → {new}" + (f": {reason}" if reason else "")
        yield _change(reader, grade.at, "Severity changed", "severity", text, reader.cite(grade.source, grade.at))


def phases(reader: Reader, rows: tuple[Row, ...]) -> tuple[PhaseView, ...]:
    """The lead-up and the family's phases: a row stands in the last phase that was open at its moment."""
    opened = [opening(reader, phase.opens) for phase in reader.family.phases]
    aimed = {item.entry for item in reader.incident.action_items()}
    shown = [row for row in rows if row.kind not in APART or (row.kind == Kind.ACTION_ITEM and row.entry not in aimed)]
    places = [_place(row.at, [point.at if point else None for point in opened]) for row in shown]

    def held(place: int) -> tuple[Row, ...]:
        return tuple(row for row, where in zip(shown, places, strict=True) if where == place)

    lead_up = PhaseView("lead_up", reader.family.lead_up, None, (), held(-1))
    return (
        lead_up,
        *(
            PhaseView(phase.key, phase.title, opened[n], tuple(map(label, phase.opens)), held(n))
            for n, phase in enumerate(reader.family.phases)
        ),
    )


def _place(at: datetime, openings: list[datetime | None]) -> int:
    """The number of the last phase that is open then; -1 before the first."""
    return max((n for n, opening in enumerate(openings) if opening and opening <= at), default=-1)
