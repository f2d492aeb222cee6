"""Milestones set by hand, status, severity, roles: the state of an incident and who may be asked about it."""

from __future__ import annotations

from bot import commands as c
from bot import facts as f
from bot.decide import life
from bot.decide._cautions import cautions
from bot.decide._common import after, log, require_not_over, require_role, source, steward, whole_second
from bot.decision import (
    AskMilestones,
    Brief,
    Decision,
    Furnish,
    Grade,
    LogLine,
    Name,
    Notice,
    OfferArchive,
    Quote,
    Refused,
    ShowCard,
    Span,
    Time,
    say,
)
from bot.facts import AnyFact
from bot.incident import Incident
from bot.milestones import assertions, counting, missing, settings, since_reopening
from bot.moments import clock
from bot.policy import Policy
from bot.words import OPEN, OVER, Deed, Milestone, Role, Status

ASSERTED_BY: dict[Status, Milestone] = {
    Status.INVESTIGATING: Milestone.INVESTIGATING,
    Status.IDENTIFIED: Milestone.ROOT_CAUSE,
    Status.MITIGATED: Milestone.MITIGATED,
    Status.RESOLVED: Milestone.RESOLVED,
    Status.CLOSED: Milestone.CLOSED,
}
"""A change to this status says that the milestone was reached then, unless a line says so already."""


def mark_milestones(incident: Incident, command: c.MarkMilestones, request: c.Request, policy: Policy) -> Decision:
    """Set milestones by hand; the newest time set counts before any assertion."""
    if not command.moments:
        raise Refused("No milestone was given a time.", "/incident mark detected 13:58")
    facts: list[AnyFact] = []
    told: list[Span] = []
    for milestone, moment in command.moments:
        facts.append(
            f.MilestoneSet(
                key=f"{request.key}:{milestone}",
                at=request.now,
                source=source(request),
                milestone=milestone,
                moment=moment.at if moment else None,
                approximate=moment.approximate if moment else False,
            )
        )
        told += [", " if told else "", str(milestone).replace("_", " ")]
        told += [" at ", Time(moment.at, moment.approximate)] if moment else _left(incident, facts, milestone, request)
    line = log(request, Name(request.by), " set: ", *told)
    return Decision(tuple(facts), (line, ShowCard()), say("Set: ", *told, ".", *cautions(incident, facts, request)))


def _left(incident: Incident, facts: list[AnyFact], milestone: Milestone, request: c.Request) -> list[Span]:
    """What counts once the time set by hand is taken back."""
    found = counting(after(incident, facts, request.now), milestone)
    return [" to ", Time(found.at, found.approximate), ", as marked"] if found else [" to unknown"]


def change_status(incident: Incident, command: c.ChangeStatus, request: c.Request, policy: Policy) -> Decision:
    """Move an incident on. Resolving or mitigating without a time takes the one already marked, else now."""
    _check_move(incident, command)
    if incident.is_open and command.status not in OPEN:
        require_role(incident, policy, Deed.RESOLVE, request)
    milestone = ASSERTED_BY.get(command.status)
    if incident.status is command.status and milestone is not None and not command.reason.strip():
        return mark_milestones(incident, c.MarkMilestones(((milestone, command.moment),)), request, policy)
    facts = list(_status_facts(incident, command, milestone, request, policy))
    ahead = after(incident, facts, request.now)
    question = question_at(ahead, command.status, request)
    reply = say(*_status_reply(incident, ahead, command, milestone), *cautions(incident, facts, request))
    facts += question[0]
    line = _status_line(ahead, command, milestone, request)
    renewed, follow_up = _follow_up(incident, ahead, request)
    facts += renewed
    return Decision(tuple(facts), (line, ShowCard(), *question[1], *follow_up), reply)


def _check_move(incident: Incident, command: c.ChangeStatus) -> None:
    require_not_over(incident)
    if incident.status is command.status and command.moment is None:
        raise Refused(
            f"{incident.number} is {incident.status} already.", f"/incident {_verb(command.status)} --at 14:02"
        )
    if not incident.is_open and command.status in OPEN:
        raise Refused(
            f"{incident.number} is {incident.status}; re-open it first.", "/incident reopen it is failing again"
        )


def _verb(status: Status) -> str:
    return {Status.RESOLVED: "resolve", Status.MITIGATED: "mitigate"}.get(status, f"status {status}")


def _standing(incident: Incident, milestone: Milestone) -> bool:
    """Does something of the present round already say when? Then a status change adds no second assertion."""
    found = assertions(incident, milestone)
    return bool(settings(incident, milestone) or since_reopening(incident, found))


def _status_facts(
    incident: Incident, command: c.ChangeStatus, milestone: Milestone | None, request: c.Request, policy: Policy
) -> tuple[AnyFact, ...]:
    silent = milestone is None or command.moment is not None or _standing(incident, milestone)
    changed = f.StatusChanged(
        key=f"{request.key}:status",
        at=whole_second(request.now),
        source=source(request),
        status=command.status,
        reason=command.reason,
        asserts=None if silent else milestone,
    )
    if milestone is None or command.moment is None:
        return (changed,)
    moment = f.MilestoneSet(
        key=f"{request.key}:{milestone}",
        at=request.now,
        source=source(request),
        milestone=milestone,
        moment=command.moment.at,
        approximate=command.moment.approximate,
    )
    return (moment, changed)


def _status_reply(
    incident: Incident, ahead: Incident, command: c.ChangeStatus, milestone: Milestone | None
) -> tuple[Span, ...]:
    counted = counting(ahead, milestone) if milestone else None
    if command.status is Status.CLOSED and counting(ahead, Milestone.RESOLVED) is None:
        return (f"{incident.number} is now closed. When was it resolved? Set it with /incident mark resolved 14:02.",)
    if counted is None or command.status not in (Status.RESOLVED, Status.MITIGATED):
        return (f"{incident.number} is now {command.status}.",)
    how = " (as marked)" if command.moment is None and milestone and _standing(incident, milestone) else ""
    return (f"{incident.number} is now {command.status}, at ", Time(counted.at, counted.approximate), f"{how}.")


def _status_line(ahead: Incident, command: c.ChangeStatus, milestone: Milestone | None, request: c.Request) -> LogLine:
    parts: list[Span] = [Name(request.by), f" changed the status to {command.status}"]
    counted = counting(ahead, milestone) if milestone else None
    if counted is not None:
        parts += [", ", str(milestone).replace("_", " "), " at ", Time(counted.at, counted.approximate)]
    if command.reason.strip():
        parts += [": ", Quote(ahead.turns[-1].reason)]
    return log(request, *parts)


def question_at(ahead: Incident, status: Status, request: c.Request) -> tuple[tuple[AnyFact, ...], tuple[Notice, ...]]:
    """At mitigated and resolved the commander is asked once, quietly, for what is missing."""
    occasion = {Status.MITIGATED: Milestone.MITIGATED, Status.RESOLVED: Milestone.RESOLVED}.get(status)
    unknown = tuple(missing(ahead))
    if occasion is None or occasion in ahead.questioned or not unknown:
        return (), ()
    key = f"questioned:{occasion}:{len(ahead.recoveries)}"
    whom = steward(ahead)
    fact = f.Questioned(
        key=key, at=request.now, source=f.Source("system", "scribe"), occasion=occasion, about=unknown, whom=whom
    )
    return (fact,), (AskMilestones(key, whom, unknown),)


def _follow_up(
    incident: Incident, ahead: Incident, request: c.Request
) -> tuple[tuple[AnyFact, ...], tuple[Notice, ...]]:
    """The draft when it ends, resolved or closed at once; the archive's offer when it is closed."""
    notices: list[Notice] = []
    facts: tuple[AnyFact, ...] = ()
    if incident.is_open and not ahead.is_open:
        facts, draft = life.draft(ahead, ahead.family, request)
        notices.append(draft)
    if ahead.status is Status.CLOSED and incident.status is not Status.CLOSED:
        notices.append(OfferArchive(f"archive:{request.key}", request.by))
    return facts, tuple(notices)


def reopen(incident: Incident, command: c.Reopen, request: c.Request, policy: Policy) -> Decision:
    """It was not over. What was set for mitigated, resolved and closed counts no longer."""
    if incident.is_open:
        raise Refused(f"{incident.number} is {incident.status}, so it is open.", "/incident status investigating")
    if incident.status is Status.MERGED:
        raise Refused(f"{incident.number} lives on as {incident.merged_into}.", "/incident list")
    resolved = counting(incident, Milestone.RESOLVED)
    at = command.moment.at if command.moment else whole_second(request.now)
    if resolved and at < resolved.at:
        wrong = f"{clock(at, request.zone, day=True)} is before it was resolved, at {clock(resolved.at, request.zone)}."
        raise Refused(wrong, "/incident mark resolved 14:02")
    fact = f.Reopened(
        key=f"{request.key}:reopened",
        at=at,
        source=source(request),
        resolved_at=resolved.at if resolved else None,
        reason=command.reason,
    )
    because: tuple[Span, ...] = (": ", Quote(fact.reason)) if fact.reason.strip() else ()
    line = log(request, Name(request.by), " re-opened the incident at ", Time(fact.at), *because)
    return Decision((fact,), (line, ShowCard()), say(f"{incident.number} is open again."))


def cancel(incident: Incident, command: c.Cancel, request: c.Request, policy: Policy) -> Decision:
    """A false alarm: no clocks, no nudges."""
    if incident.status in OVER:
        raise Refused(f"{incident.number} is {incident.status} already.", "/incident reopen")
    if incident.is_open:
        require_role(incident, policy, Deed.RESOLVE, request)
    reason = command.reason
    fact = f.Cancelled(key=f"{request.key}:cancelled", at=request.now, source=source(request), reason=reason)
    because: tuple[Span, ...] = (": ", Quote(reason)) if reason.strip() else ()
    line = log(request, Name(request.by), " cancelled the incident as a false alarm", *because)
    return Decision(
        (fact,), (line, ShowCard()), say(f"{incident.number} is cancelled as a false alarm. No clock counts it.")
    )


def change_severity(incident: Incident, command: c.ChangeSeverity, request: c.Request, policy: Policy) -> Decision:
    """Up or down, with the reason; the history keeps every step."""
    require_not_over(incident)
    if command.severity is incident.severity:
        raise Refused("That is its severity already.", "/incident severity sev1 all regions down")
    reason = command.reason
    fact = f.SeverityChanged(
        key=f"{request.key}:severity", at=request.now, source=source(request), severity=command.severity, reason=reason
    )
    because: tuple[Span, ...] = (": ", Quote(reason)) if reason.strip() else ()
    before, now = Grade(incident.severity, incident.family), Grade(command.severity, incident.family)
    change: tuple[Span, ...] = ("the severity from ", before, " to ", now)
    line = log(request, Name(request.by), " changed ", *change, *because)
    return Decision((fact,), (line, ShowCard(), Furnish()), say("Changed ", *change, "."))


def assign(incident: Incident, command: c.Assign, request: c.Request, policy: Policy) -> Decision:
    """Give or hand over a role; the new holder gets a short brief in private, who takes an empty one was there."""
    role = str(command.role).replace("_", " ")
    if incident.holder(command.role) == command.user:
        who: tuple[Span, ...] = (Name(command.user),) if command.user else ("nobody",)
        return Decision(reply=say(f"The {role} is ", *who, " already."))
    fact = f.RoleAssigned(
        key=f"{request.key}:{command.role}",
        at=request.now,
        source=source(request),
        role=command.role,
        user=command.user,
    )
    if command.user is None:
        line = log(request, Name(request.by), f" left the role {role} open")
        return Decision((fact,), (line, ShowCard(), *_topic(command)), say(f"Nobody is {role} now."))
    if command.user == request.by and incident.holder(command.role) is None:
        line = log(request, Name(request.by), f" took the role {role}")
        return Decision((fact,), (line, ShowCard(), *_topic(command)), say(f"You are {role} now."))
    line = log(request, Name(request.by), " made ", Name(command.user), f" {role}")
    brief = Brief(f"brief:{request.key}", command.user)
    reply = say(Name(command.user), f" is {role} now, and has a brief.")
    return Decision((fact,), (line, ShowCard(), *_topic(command), brief), reply)


def _topic(command: c.Assign) -> tuple[Notice, ...]:
    """The channel's topic names the commander. Slack tells the channel of a new topic, so no other role touches it."""
    return (Furnish(),) if command.role is Role.COMMANDER else ()
