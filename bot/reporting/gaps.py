"""What a report does not know, and what a reader has to know of how it came about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from bot.durations import duration
from bot.facts import Away
from bot.field import Field
from bot.fields import FIELDS, asked_by
from bot.incident import Said
from bot.milestones import missing as missing_milestones
from bot.reporting.model import Missing, Row
from bot.reporting.progress import highest, reached
from bot.reporting.reader import Reader
from bot.reporting.shown import about, show, stamp
from bot.reporting.told import FieldView
from bot.wire import one_line, shorten
from bot.words import Milestone

_KINDRED: Final[Mapping[str, tuple[str, ...]]] = {
    "contributing_factors": ("factors_technical", "factors_process", "factors_human", "factors_external"),
    "users_affected": ("users_affected_share",),
    "what_happened": (),
}
"""A required field that another one answers as well."""

SAID_MOST: Final = 120
"""Characters of an answer that a disclosure repeats."""

_FIRST: Final = (
    "root_cause",
    "users_affected",
    "requests_failed",
    "error_rate_peak",
    "trigger",
    "contributing_factors",
)
"""After the milestones, what a reader asks for before anything else."""


def missing(reader: Reader, known: Mapping[str, FieldView]) -> tuple[Missing, ...]:
    """The most important first: milestones, what the report is poor without, then the rest as forms ask for it."""
    milestones = [] if reader.incident.cancelled is not None else missing_milestones(reader.incident)
    idle = set(_idle(reader))
    asked = [known[field.key] for field in asked_by(reader.family.asks) if field.key not in idle]
    unknown = [view for view in asked if not view.known and not _answered_elsewhere(view.field.key, known)]
    unknown.sort(key=_weight)
    return (*(_milestone(m) for m in milestones), *(_field(view) for view in unknown))


def _idle(reader: Reader) -> Iterator[str]:
    """The fields of those who sign, or are told of, graver incidents alone."""
    severity = highest(reader)
    for signer in reader.family.signers:
        if not signer.applies(severity):
            yield from (signer.person, signer.day)
    for ticks in reader.family.checklists.values():
        yield from (tick.field for tick in ticks if not tick.applies(severity))


def _milestone(milestone: Milestone) -> Missing:
    how = f"/incident mark {milestone} 14:02"
    return Missing(str(milestone), f"When {reached(milestone)}", "the commander", how, True)


def _answered_elsewhere(key: str, known: Mapping[str, FieldView]) -> bool:
    return any(known[other].known for other in _KINDRED.get(key, ()))


def _weight(view: FieldView) -> tuple[bool, int]:
    key = view.field.key
    return not view.field.required, _FIRST.index(key) if key in _FIRST else len(_FIRST)


def _field(view: FieldView) -> Missing:
    asked = view.question
    return Missing(asked.key, asked.label, asked.who, asked.how, view.field.required)


def disclosures(reader: Reader, rows: tuple[Row, ...]) -> tuple[str, ...]:
    """How the timeline came about: what was taken off, recorded late, edited, or brought from elsewhere."""
    return tuple(_disclosures(reader, rows))


def _disclosures(reader: Reader, rows: tuple[Row, ...]) -> Iterator[str]:
    incident = reader.incident
    entries = incident.entries.values()
    facts = f"{incident.statements} recorded facts"
    yield f"Written by Scribe from {facts}; a sentence nobody replaced is composed from them."
    yield "Times are kept to the second, and no duration is rounded."
    if incident.drill:
        yield "This was a drill; it counts in no statistic."
    yield from _counted(sum(bool(e.withdrawn_by) and not e.moved_to and not e.erased for e in entries), "withdrawn")
    yield from _counted(sum(bool(e.moved_to) for e in entries), "moved to another incident")
    yield from _counted(
        sum(e.erased for e in entries),
        "deleted in Slack; nothing of its text is kept",
        "deleted in Slack; nothing of their text is kept",
    )
    late = sum(any(note.startswith("recorded later") for note in row.notes) for row in rows if not row.composed)
    yield from _counted(
        late,
        f"recorded more than {_minutes(reader)} min after it happened",
        f"recorded more than {_minutes(reader)} min after they happened",
    )
    yield from _counted(
        sum(bool(e.earlier) and incident.stands(e.id) for e in entries),
        "edited after it was captured",
        "edited after they were captured",
    )
    yield from (_absent(reader, away) for away in incident.absences)
    yield from _contradicted(reader)
    for absorbed in incident.absorbed:
        yield f"Incident {absorbed.other} was merged into this one; its lines name it."


def _absent(reader: Reader, away: Away) -> str:
    since, until = (stamp(at, reader.family.zone) for at in (away.since, away.until))
    length = duration(away.until - away.since)
    unread = f"the channel could not be read afterwards ({away.unread})"
    made_good = unread if away.unread else "the channel was read back"
    return f"Nobody listened from {since} to {until} ({length}); {made_good}, and commands of that time were not heard."


def _contradicted(reader: Reader) -> Iterator[str]:
    """Where two people answered one question differently, both answers, and which one counts."""
    for key, before in reader.incident.superseded.items():
        now, field = reader.incident.fields.get(key, ()), FIELDS[key]
        others = [said for said in before if len(now) == 1 and said.value != now[0].value]
        if others and field.type != "list":
            told = "; ".join(_saying(reader, field, said) for said in others)
            yield f"{field.label}: {_saying(reader, field, now[0])}, which counts as the newest; before that {told}."


def _saying(reader: Reader, field: Field, said: Said) -> str:
    value = about(show(reader, field, said.value), said.approximate)
    return f"{reader.name(said.source.by)} said “{shorten(one_line(value), SAID_MOST)}”"


def _minutes(reader: Reader) -> int:
    return int(reader.view.policy.late_after.total_seconds() // 60)


def _counted(count: int, one: str, several: str = "") -> Iterator[str]:
    if count == 1:
        yield f"1 line was {one}."
    elif count:
        yield f"{count} lines were {several or one}."
