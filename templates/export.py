"""A report as JSON: every value with its source, times in ISO 8601 UTC, keys in a fixed order.

A value that nobody said but that follows from others names them: `computed_from` holds their paths in the document
(`milestones.resolved`), `configuration` for what the team configured, `family` for what the report's family lays down.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from bot.reporting.model import (
    ActionView,
    CostsView,
    Document,
    NoBudget,
    NoticeView,
    ObjectiveView,
    Report,
    RequestBudget,
    Row,
    SignerView,
    StaleView,
    TickView,
    TimeBudget,
    VersionView,
)
from bot.reporting.service_levels import CONFIGURED
from bot.reporting.told import (
    Citation,
    ClockView,
    FieldView,
    MilestoneView,
    NoMeasurement,
    Sentence,
    Statement,
    Target,
)
from bot.words import Milestone

SCHEMA: Final = 2
"""The version that report.schema.json describes: raised when a key changes its meaning or goes, not for new ones."""

Json = dict[str, Any]


def report_json(report: Report, *others: Report) -> str:
    """The report, with the clocks of the same incident's other family reports beside its own."""
    return json.dumps(_document(report, others), indent=2, ensure_ascii=False) + "\n"


def _document(report: Report, others: Iterable[Report]) -> Json:
    return {
        "schema": SCHEMA,
        "as_of": _time(report.document.updated_at),
        "family": report.family,
        "incident": _incident(report, others),
        "summary": {key: _sentence(sentence) for key, sentence in report.summary.items()},
        "milestones": {str(m): _milestone(view) for m, view in report.milestones.items()},
        "clocks": {clock.definition.key: _clock(clock) for clock in report.clocks},
        "families": {one.family: _family(one) for one in (report, *others)},
        "timeline": [_row(row) for row in report.timeline],
        "fields": {key: _field(view) for key, view in report.fields.items() if view.known},
        "marked": {str(kind): [_statement(line) for line in lines] for kind, lines in report.said.items() if lines},
        "slo": _slo(report),
        "notices": [_notice(notice) for notice in report.notices],
        "costs": _costs(report.costs),
        "reviews": [
            {
                "label": review.label,
                "due": _day(review.due),
                "after": review.after,
                "computed_from": _base(report),
            }
            for review in report.reviews
        ],
        "follow_up": _follow_up(report),
        "checklists": {name: [_tick(report, tick) for tick in ticks] for name, ticks in report.checklists.items()},
        "action_items": [_action(item) for item in report.actions],
        "missing": [
            {"key": gap.key, "label": gap.label, "who": gap.who, "how": gap.how, "required": gap.required}
            for gap in report.document.missing
        ],
        "lints": list(_lints(report)),
        "absences": [
            {
                "since": _time(away.since),
                "until": _time(away.until),
                "unread": away.unread or None,
                "source": _source(away.cite),
            }
            for away in report.absences
        ],
        "disclosures": list(report.disclosures),
        "sign_off": [_signer(signer) for signer in report.signers],
        "document": _paper(report.document),
    }


def _paper(document: Document) -> Json:
    stale = document.stale
    return {
        "status": str(document.status),
        "status_name": document.status_name,
        "status_history": [
            {
                "status": str(step.status),
                "status_name": step.status_name,
                "at": _time(step.at),
                "source": _source(step.cite),
            }
            for step in document.steps
        ],
        "version": document.version,
        "versions": [_version(version) for version in document.versions],
        "stale": stale and _stale(stale),
        "next_review": _day(document.next_review),
        "computed_from": ["document.status_history", "reviews", "as_of"],
    }


def _stale(stale: StaleView) -> Json:
    return {
        "published": stale.number,
        "published_at": _time(stale.at),
        "changes": list(stale.changes),
        "computed_from": ["document.versions"],
    }


def _version(version: VersionView) -> Json:
    return {
        "number": version.number,
        "status": str(version.status),
        "at": _time(version.at),
        "author": version.author,
        "changes": list(version.changes),
        "summary": version.summary,
        "erased": [_day(one) for one in version.erased],
        "source": _source(version.cite),
    }


def _lints(report: Report) -> Iterator[Json]:
    """A line of the timeline is named by its link; ids of ours mean nothing outside, and differ from run to run."""
    links = {row.entry: row.cite.url for row in report.timeline if row.entry}
    for lint in report.lints:
        yield {"id": lint.id, "sentence": lint.sentence, "about": links.get(lint.about, lint.about) or ""}


def _time(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _seconds(elapsed: timedelta) -> int | float:
    seconds = elapsed.total_seconds()
    return int(seconds) if seconds.is_integer() else seconds


def _source(cite: Citation) -> Json:
    return {"kind": cite.via, "by": cite.by, "at": _time(cite.at), "permalink": cite.url}


def _base(report: Report) -> list[str]:
    """What days of review count from."""
    resolved = report.milestones[Milestone.RESOLVED].point
    return ["milestones.resolved" if resolved else "milestones.declared", "family"]


def _follow_up(report: Report) -> Json:
    follow_up = report.followup
    done, total = follow_up.actions_done, follow_up.actions_total
    return {
        "due": _day(follow_up.due),
        "actions_done": done,
        "actions_total": total,
        "completion": round(done / total, 6) if total else None,
        "computed_from": [*_base(report), "action_items"],
    }


def _tick(report: Report, tick: TickView) -> Json:
    due = {"due": _day(tick.due), "computed_from": _base(report)} if tick.due else {"due": None}
    return {"label": tick.label, "ticked": tick.ticked, **due, "source": _source(tick.cite) if tick.cite else None}


def _signer(signer: SignerView) -> Json:
    person, signed = signer.person.first, signer.day.first
    return {
        "label": signer.label,
        "person": person and person.text,
        "person_source": person and _source(person.cite),
        "signed": signed and signed.value,
        "source": signed and _source(signed.cite),
    }


def _incident(report: Report, others: Iterable[Report]) -> Json:
    identity, standing = report.identity, report.standing
    ids = {one.family: one.identity.number_here for one in (report, *others)}
    return {
        "number": identity.number,
        "ids": ids,
        "title": identity.title,
        "type": identity.type,
        "told": {part: _source(cite) for part, cite in identity.told.items()},
        "severity": str(standing.severity),
        "severity_name": standing.severity_name,
        "highest_severity": str(standing.highest),
        "severity_history": [
            {"severity": str(g.level), "at": _time(g.at), "reason": g.reason, "source": _source(g.cite)}
            for g in standing.grades
        ],
        "status": str(standing.status),
        "status_history": [
            {"status": str(t.status), "at": _time(t.at), "reason": t.reason, "source": _source(t.cite)}
            for t in standing.turns
        ],
        "roles": [
            {"role": str(r.role), "role_name": r.name, "holder": r.holder, "at": _time(r.at), "source": _source(r.cite)}
            for r in standing.roles
        ],
        "declared": {"at": _time(identity.declared.at), "source": _source(identity.declared.cite)},
        "services": [answer.text for answer in report.fields["services"].answers],
        "regions": [answer.text for answer in report.fields["regions"].answers],
        "drill": identity.drill,
        "private": identity.private,
        "channel": identity.channel,
        "channel_url": identity.channel_url,
        "reopened": standing.reopened,
        "merged_into": standing.merged_into,
        "absorbed": [one.number for one in standing.absorbed],
        "absorbed_sources": [_source(one.cite) for one in standing.absorbed],
        "source": _source(identity.declared.cite),
        "computed_from": ["incident.severity_history", "incident.status_history", "incident.told"],
    }


def _sentence(sentence: Sentence) -> Json:
    return {"text": sentence.text, "composed": sentence.composed, "sources": [_source(c) for c in sentence.cites]}


def _milestone(view: MilestoneView) -> Json | None:
    history = [
        {
            "at": _time(claim.at),
            "approximate": claim.approximate,
            "counts": claim.counts,
            "why": claim.why,
            "source": _source(claim.cite),
        }
        for claim in view.history
    ]
    if view.point:
        return {
            "at": _time(view.point.at),
            "state": "stated",
            "approximate": view.point.approximate,
            "why": view.why,
            "source": _source(view.point.cite),
            "history": history,
        }
    if view.assumed_at:
        assumed = {"at": _time(view.assumed_at), "state": "assumed", "why": view.why}
        return {**assumed, "computed_from": ["milestones.declared"]}
    return None


def _clock(clock: ClockView) -> Json:
    definition = clock.definition
    common = {
        "label": definition.label,
        "from": str(definition.start),
        "to": str(definition.end),
        "to_earliest": definition.to_earliest,
        "state": clock.state,
    }
    target = _target(clock.target) if clock.target else None
    if isinstance(clock, NoMeasurement):
        return {"seconds": None, **common, "why": clock.why, "target": target}
    ends = {
        "start": {"at": _time(clock.start.at), "source": _source(clock.start.cite)},
        "end": {"at": _time(clock.end.at), "source": _source(clock.end.cite)},
        "computed_from": [f"milestones.{definition.start}", f"milestones.{definition.end}"],
    }
    seconds = {"seconds": _seconds(clock.elapsed), **common}
    if clock.state == "inconsistent":
        return {**seconds, "why": clock.why, "target": target, **ends}
    vague = clock.start.approximate or clock.end.approximate
    return {**seconds, "approximate": vague, "target": target, **ends}


def _target(target: Target) -> Json:
    """The team's promise for a severity, else the family's own."""
    whose = ["configuration", "incident.severity_history"] if target.severity else ["family"]
    return {
        "seconds": _seconds(target.within),
        "severity": target.severity,
        "met": target.met,
        "computed_from": whose,
    }


def _family(report: Report) -> Json:
    return {
        "number": report.identity.number_here,
        "related": dict(report.identity.related),
        "severity": report.standing.severity_name,
        "clocks": {clock.definition.key: _clock(clock) for clock in report.family_clocks},
        "phases": [
            {"key": phase.key, "title": phase.title, "opened_by": str(phase.opened.milestone) if phase.opened else None}
            for phase in report.phases
        ],
        "computed_from": ["incident.declared", "incident.severity_history", "milestones"],
    }


def _row(row: Row) -> Json:
    return {
        "at": _time(row.at),
        "text": row.text,
        "actor": row.actor,
        "kind": row.kind,
        "permalink": row.cite.url,
        "approximate": row.approximate,
        "recorded_at": _time(row.heard_at),
        "composed": row.composed,
        "notes": list(row.notes),
        "origin": row.origin,
        "corrected_by": row.corrected_by,
        "files": list(row.files),
        "source": _source(row.cite),
    }


def _field(view: FieldView) -> Json:
    return {
        "label": view.field.label,
        "type": view.field.type,
        "unit": view.field.unit,
        "values": [
            {"value": a.value, "text": a.text, "approximate": a.approximate, "source": _source(a.cite)}
            for a in view.answers
        ],
    }


def _statement(line: Statement) -> Json:
    return {"at": _time(line.at), "text": line.text, "author": line.author, "source": _source(line.cite)}


def _notice(notice: NoticeView) -> Json:
    """A deadline with the moment it is counted from; without a stated one, `state` is assumed and it is the latest."""
    applies = notice.applies.first
    since = {"at": _time(notice.since.at), "source": _source(notice.since.cite)} if notice.since else None
    return {
        "key": notice.key,
        "label": notice.label,
        "term": notice.term,
        "applies": applies.value if applies else None,
        "applies_source": applies and _source(applies.cite),
        "from": str(notice.trigger),
        "since": since,
        "due": _time(notice.due) if notice.due else None,
        "state": "computed" if since else "assumed" if notice.due else "unknown",
        "computed_from": [f"milestones.{notice.trigger}", "family"],
    }


def _costs(costs: CostsView) -> Json:
    return {
        "total": costs.total or None,
        "why": costs.why or None,
        "counted": [view.field.key for view in costs.known] if costs.total else [],
        "unknown": [view.field.key for view in costs.unknown],
        "computed_from": [f"fields.{view.field.key}" for view in costs.known],
    }


def _action(item: ActionView) -> Json:
    return {
        "id": item.id,
        "text": item.text,
        "owner": item.owner,
        "due": _day(item.due),
        "due_assumed": _day(item.assumed_due),
        "priority": item.priority and str(item.priority),
        "type": item.type and str(item.type),
        "ticket": item.ticket,
        "verification": item.verification or None,
        "status": str(item.status),
        "reason": item.reason or None,
        "source": _source(item.cite),
    }


def _slo(report: Report) -> Json:
    slo = report.slo
    return {
        "objectives": [_objective(objective) for objective in slo.objectives.values()],
        "degraded_seconds": None if slo.degraded is None else _seconds(slo.degraded),
        "computed_from": ["milestones.started", "milestones.resolved", "incident.status_history"],
        "time_budget": _budget(slo.time_budget),
        "request_budget": _budget(slo.request_budget),
    }


def _promised(source: str) -> str:
    """Where an objective comes from."""
    return "configuration" if source == CONFIGURED else "fields.slo"


def _objective(objective: ObjectiveView) -> Json:
    return {
        "name": objective.name,
        "target": objective.target,
        "actual": objective.actual,
        "breach": objective.breach,
        "objective": objective.source,
        "computed_from": [
            _promised(objective.source),
            f"fields.{objective.measured_by}" if objective.measured_by else "slo.degraded_seconds",
        ],
    }


def _budget(budget: TimeBudget | RequestBudget | NoBudget) -> Json:
    if isinstance(budget, NoBudget):
        return {"method": budget.method, "share": None, "why": budget.why}
    if isinstance(budget, RequestBudget):
        return {
            "method": budget.method,
            "share": round(budget.share, 6),
            "approximate": budget.approximate,
            "target": budget.target,
            "allowed_requests": budget.allowed,
            "objective": budget.objective,
            "computed_from": [_promised(budget.source), "fields.requests_failed", "fields.requests_total"],
            "failed": {"value": budget.failed.value, "source": _source(budget.failed.cite)},
            "total": {"value": budget.total.value, "source": _source(budget.total.cite)},
        }
    return {
        "method": budget.method,
        "share": round(budget.share, 6),
        "approximate": budget.approximate,
        "target": budget.target,
        "window_seconds": _seconds(budget.window),
        "window_assumed": budget.window_assumed,
        "allowed_seconds": _seconds(budget.allowed),
        "used_seconds": _seconds(budget.used),
        "left_seconds": _seconds(budget.left),
        "objective": budget.objective,
        "computed_from": [_promised(budget.source), "slo.degraded_seconds", "fields.slo_window", "family"],
    }
