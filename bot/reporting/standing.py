"""Which incident it is, and where it stands: identity, status, severity and roles with their history."""

from __future__ import annotations

from typing import Final

from bot.milestones import counting
from bot.reporting.model import AbsenceView, AbsorbedView, GradeView, Identity, RoleView, Standing, TurnView, TypeView
from bot.reporting.progress import highest, opening
from bot.reporting.reader import Reader
from bot.reporting.shown import day
from bot.wire import one_line
from bot.words import IncidentType, Milestone

TYPES: Final[dict[IncidentType, str]] = {
    IncidentType.OUTAGE: "Outage",
    IncidentType.DEGRADATION: "Degradation",
    IncidentType.PERFORMANCE: "Performance problem",
    IncidentType.DATA_LOSS: "Data loss",
    IncidentType.DATA_CORRUPTION: "Data corruption",
    IncidentType.DATA_LEAK: "Data leak",
    IncidentType.SECURITY: "Security incident",
    IncidentType.OTHER: "Incident",
}


def identity(reader: Reader) -> Identity:
    incident = reader.incident
    declared = opening(reader, (Milestone.DECLARED,))
    if declared is None:
        raise ValueError("an incident that was never declared has no report")
    started = counting(incident, Milestone.STARTED)
    return Identity(
        number=incident.number,
        number_here=_number_here(reader),
        related=_related(reader),
        title=one_line(reader.text(incident.title)),
        type=str(incident.type),
        type_name=TYPES[incident.type],
        drill=incident.drill,
        private=incident.private,
        declared=declared,
        day=day((started or declared).at, reader.family.zone),
        channel=reader.view.channels.get(incident.channel or "", incident.channel_name),
        channel_url=_channel_url(reader),
        told={part: reader.cite(told.source, told.at) for part, told in incident.told.items()},
    )


def _number_here(reader: Reader) -> str:
    """As this family numbered it at the declaration; a family that came later has only the incident's own number."""
    return reader.incident.numbers.get(reader.family.key, reader.incident.number)


def _related(reader: Reader) -> dict[str, str]:
    """The numbers of the documents beside the report, by name."""
    given = reader.incident.numbers
    return {name: given[key] for name in reader.family.related if (key := f"{reader.family.key}.{name}") in given}


def _channel_url(reader: Reader) -> str | None:
    channel = reader.incident.channel
    return f"{reader.view.team_url}archives/{channel}" if channel and reader.view.team_url else None


def types(reader: Reader) -> tuple[TypeView, ...]:
    """The family's boxes for the type of incident."""
    return tuple(TypeView(line.label, reader.incident.type in line.types) for line in reader.family.types)


def standing(reader: Reader) -> Standing:
    incident, family = reader.incident, reader.family
    now, worst = family.severity(incident.severity), highest(reader)
    return Standing(
        status=incident.status,
        status_name=family.statuses[incident.status],
        severity=incident.severity,
        severity_name=now.name,
        severity_note=now.note,
        highest=worst,
        highest_name=family.severity(worst).name,
        grades=tuple(_grades(reader)),
        turns=tuple(_turns(reader)),
        roles=tuple(_roles(reader)),
        cancelled=None if incident.cancelled is None else reader.text(incident.cancelled),
        merged_into=incident.merged_into,
        absorbed=tuple(AbsorbedView(one.other, reader.cite(one.source, one.at)) for one in incident.absorbed),
        reopened=len(incident.recoveries),
    )


def absences(reader: Reader) -> tuple[AbsenceView, ...]:
    """When nobody listened, during the incident."""
    return tuple(
        AbsenceView(away.since, away.until, away.unread, reader.cite(away.source, away.at))
        for away in reader.incident.absences
    )


def _grades(reader: Reader) -> list[GradeView]:
    return [
        GradeView(
            reader.family.severity(grade.severity).name,
            grade.severity,
            grade.at,
            reader.text(grade.reason),
            reader.cite(grade.source, grade.at),
        )
        for grade in reader.incident.grades
    ]


def _turns(reader: Reader) -> list[TurnView]:
    return [
        TurnView(turn.status, turn.at, reader.text(turn.reason), reader.cite(turn.source, turn.at))
        for turn in reader.incident.turns
    ]


def _roles(reader: Reader) -> list[RoleView]:
    return [
        RoleView(
            holding.role,
            str(holding.role).replace("_", " "),
            reader.name(holding.user) if holding.user else None,
            holding.at,
            reader.cite(holding.source, holding.at),
        )
        for holding in reader.incident.holdings
    ]
