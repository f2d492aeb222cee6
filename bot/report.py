"""Facts in, report out: the same facts, family and context give the same report, byte for byte. No clock is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.family import Family
from bot.incident import Incident
from bot.lints import lints
from bot.reporting import (
    costs,
    document,
    gaps,
    knowledge,
    notices,
    progress,
    service_levels,
    standing,
    summary,
    timeline,
)
from bot.reporting.model import Report
from bot.reporting.reader import Reader, ReportContext, permalink
from bot.reporting.told import FieldView

__all__ = ["Report", "ReportContext", "build_report", "permalink"]


def build_report(incident: Incident, family: Family, view: ReportContext) -> Report:
    """What is known of an incident as this family reports it, as of the last fact heard.

    Raises:
        ValueError: the incident was never declared.
    """
    reader = Reader(incident, family, view)
    report = _assembled(reader, knowledge.fields(reader))
    return replace(report, lints=lints(report))


def _assembled(reader: Reader, known: Mapping[str, FieldView]) -> Report:
    family = reader.family
    stands = standing.standing(reader)
    milestones = progress.milestones(reader)
    slo = service_levels.slo_view(reader, known)
    rows = timeline.timeline(reader)
    items = knowledge.actions(reader)
    roles, reviews = knowledge.roles(reader), knowledge.reviews(reader)
    return Report(
        family=family.key,
        family_title=family.title,
        template=family.template,
        zone=family.zone,
        zone_name=family.zone_name,
        zone_title=family.zone_title,
        identity=standing.identity(reader),
        standing=stands,
        summary=summary.summary(reader, stands, known, milestones, slo.downtime, items),
        milestones=milestones,
        clocks=progress.standard_clocks(reader),
        family_clocks=progress.family_clocks(reader),
        phases=timeline.phases(reader, rows),
        timeline=rows,
        said=knowledge.said(reader),
        fields=known,
        others=knowledge.others(reader, known),
        slo=slo,
        horizons=knowledge.horizons(reader, items),
        actions=items,
        followup=knowledge.followup(reader, items),
        signers=knowledge.signers(reader, known, roles),
        types=standing.types(reader),
        checklists=knowledge.checklists(reader, known),
        notices=notices.notices(reader, known),
        costs=costs.costs(family, known),
        action_legend=tuple(family.action_statuses.values()),
        categories=knowledge.categories(reader, items),
        reviews=reviews,
        roles=roles,
        document=document.document(reader, known, reviews),
        absences=standing.absences(reader),
        disclosures=gaps.disclosures(reader, rows),
    )
