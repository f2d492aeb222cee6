"""The executive summary, composed from facts by rules: it names roles, not people, and says nothing nobody said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bot.durations import duration
from bot.milestones import counting
from bot.reporting.model import ActionView, Standing
from bot.reporting.progress import opening
from bot.reporting.reader import Reader
from bot.reporting.shown import about, stamp
from bot.reporting.standing import TYPES
from bot.reporting.told import (
    Answer,
    Citation,
    ClockView,
    Contradiction,
    FieldView,
    Measurement,
    MilestoneView,
    Point,
    Sentence,
)
from bot.wire import one_line, shorten
from bot.words import ActionStatus, Milestone, Status

QUOTED = 300
"""Characters of somebody's words that stand in a summary; the whole stands where they said it."""

MEASURES_NAMED = 3
"""Action items that a summary names; all of them stand in their table."""


def summary(
    reader: Reader,
    standing: Standing,
    known: Mapping[str, FieldView],
    milestones: Mapping[Milestone, MilestoneView],
    total: ClockView,
    items: Sequence[ActionView],
) -> Mapping[str, Sentence]:
    """The sentences that can be said, by what they answer: what, when, impact, root_cause, resolution, measures."""
    composed = {
        "what": _own(known["summary"]) or _what(reader, standing, known),
        "when": _when(reader, milestones, total),
        "impact": _own(known["impact_summary"]) or _impact(known),
        "root_cause": _own(known["root_cause"]) or _marked(reader, "Identified", Milestone.ROOT_CAUSE),
        "resolution": _own(known["resolution"]) or _resolution(reader, known),
        "measures": _measures([item for item in items if item.status is not ActionStatus.DECLINED]),
    }
    return {key: sentence for key, sentence in composed.items() if sentence}


def _own(view: FieldView) -> Sentence | None:
    """A person's words go before composed ones."""
    answer = view.first
    return Sentence(quoted(answer.text), (answer.cite,), composed=False) if answer else None


def quoted(text: str) -> str:
    return shorten(one_line(text), QUOTED)


def _what(reader: Reader, standing: Standing, known: Mapping[str, FieldView]) -> Sentence:
    incident = reader.incident
    services = known["services"].answers
    of = f" affecting {_listed([a.text for a in services])}" if services else ""
    title = one_line(reader.text(incident.title))
    text = f"{TYPES[incident.type]}{of}: {title}. {_graded(standing)}"
    cites = tuple(point.cite for point in (opening(reader, (Milestone.DECLARED,)),) if point)
    return Sentence(_qualified(reader, text), cites)


def _graded(standing: Standing) -> str:
    if standing.highest is standing.severity:
        return f"Severity {standing.severity_name}."
    return f"Severity {standing.highest_name} at its highest, {standing.severity_name} at the end."


def _qualified(reader: Reader, text: str) -> str:
    """What a reader has to know before anything else."""
    incident = reader.incident
    if incident.status is Status.CANCELLED:
        reason = one_line(reader.text(incident.cancelled or ""))
        text = f"Cancelled as a false alarm{': ' + quoted(reason) if reason else ''}. {text}"
    if incident.merged_into:
        text = f"Merged into {incident.merged_into}. {text}"
    return f"This was a drill. {text}" if incident.drill else text


def _listed(parts: list[str]) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def _when(reader: Reader, milestones: Mapping[Milestone, MilestoneView], total: ClockView) -> Sentence:
    """Start, end and length as far as somebody said them; without a start, the declaration."""
    started, declared, resolved = (
        milestones[m].point for m in (Milestone.STARTED, Milestone.DECLARED, Milestone.RESOLVED)
    )
    zone, name = reader.family.zone, reader.family.zone_name
    points = [point for point in (started or declared, resolved) if point]
    end = f"to {_stamped(resolved, zone)} {name}" if resolved else f"{name}; {_open_end(reader)}"
    begin = f"From {_stamped(started, zone)}" if started else f"Start unknown; declared {_declared_at(declared, zone)}"
    if resolved and not started:
        end = f"{name}; resolved {_stamped(resolved, zone)} {name}"
    return Sentence(f"{begin} {end}{_length(total)}.", tuple(point.cite for point in points))


def _declared_at(declared: Point | None, zone: str) -> str:
    return _stamped(declared, zone) if declared else "at an unknown time"


def _stamped(point: Point, zone: str) -> str:
    return about(stamp(point.at, zone), point.approximate)


def _open_end(reader: Reader) -> str:
    incident = reader.incident
    if incident.status is Status.CANCELLED:
        return "cancelled later"
    if incident.recoveries:
        return "re-opened and not resolved again"
    return "not resolved yet" if incident.is_open else "when it ended is unknown"


def _length(total: ClockView) -> str:
    """The length in words; an impossible difference is said to be one and never shown as a duration."""
    if isinstance(total, Measurement):
        return f" ({about(duration(total.elapsed), total.start.approximate or total.end.approximate)})"
    return f" (no duration: {total.why})" if isinstance(total, Contradiction) else ""


def _impact(known: Mapping[str, FieldView]) -> Sentence | None:
    parts = list(_impact_parts(known))
    if not parts:
        return None
    text = "; ".join(part for part, _ in parts)
    return Sentence(f"{text[0].upper()}{text[1:]}.", tuple(answer.cite for _, answer in parts))


def _impact_parts(known: Mapping[str, FieldView]) -> Iterator[tuple[str, Answer]]:
    shapes = {
        "customer_impact": "{}",
        "users_affected": "{} affected",
        "users_affected_share": "{} of all users affected",
        "requests_failed": "{} failed",
        "error_rate_peak": "error rate up to {}",
        "revenue_impact": "revenue impact {}",
        "data_loss": "data loss: {}",
    }
    for key, shape in shapes.items():
        answer = known[key].first
        if answer:
            yield shape.format(quoted(answer.text).rstrip(".")), answer


def _marked(reader: Reader, verb: str, milestone: Milestone) -> Sentence | None:
    """What the line said that marks the milestone, or what was typed with the change of status."""
    found = counting(reader.incident, milestone)
    if found is None:
        return None
    entry = reader.incident.entries[found.entry] if found.entry else None
    words = quoted(reader.said(found)).rstrip(".")
    cite = reader.cite_entry(entry) if entry else reader.cite(found.source, found.said_at)
    at = f"{about(stamp(found.at, reader.family.zone), found.approximate)} {reader.family.zone_name}"
    return Sentence(f"{verb} at {at}: {words}.", (cite,)) if words else None


def _resolution(reader: Reader, known: Mapping[str, FieldView]) -> Sentence | None:
    said = [s for key in ("mitigation_action", "permanent_fix") if (s := _own(known[key]))]
    marked = [
        s
        for verb, milestone in (("Mitigated", Milestone.MITIGATED), ("Resolved", Milestone.RESOLVED))
        if (s := _marked(reader, verb, milestone))
    ]
    parts = [*said, *marked]
    if not parts:
        return None
    cites: list[Citation] = [cite for part in parts for cite in part.cites]
    return Sentence(" ".join(part.text for part in parts), tuple(cites))


def _measures(items: Sequence[ActionView]) -> Sentence | None:
    """How many action items there are and how far they have come; what each is stands in its table."""
    if not items:
        return None
    done = sum(item.status is ActionStatus.DONE for item in items)
    agreed = f"{len(items)} action item{'s' * (len(items) > 1)} agreed ({done or 'none'} done)"
    named = "; ".join(quoted(item.text).rstrip(".") for item in items[:MEASURES_NAMED])
    more = f"; and {len(items) - MEASURES_NAMED} more" if len(items) > MEASURES_NAMED else ""
    return Sentence(f"{agreed}: {named}{more}.", tuple(item.cite for item in items[:MEASURES_NAMED]))
