"""Declaring, and what comes back from Slack when the incident gets its channel and its card."""

from __future__ import annotations

from typing import Final

from bot import commands as c
from bot import facts as f
from bot.decide._cautions import cautions
from bot.decide._common import after, log, mask_warning, masked, message_line, source, typed_mark
from bot.decide.life import draft
from bot.decide.posted import PREFIX, replaced
from bot.decide.state import question_at
from bot.decision import (
    Decision,
    Furnish,
    Grade,
    Invite,
    LogLine,
    Name,
    Notice,
    OpenChannel,
    PinCard,
    Quote,
    RecallPast,
    Refused,
    ShowCard,
    Span,
    Text,
    Time,
    Unsay,
    Upload,
    say,
)
from bot.facts import AnyFact
from bot.incident import Incident
from bot.policy import Policy
from bot.wire import escape
from bot.words import IncidentType, Kind, Milestone, Role, Status, Wire

_NO_CANVAS: Final = (
    "Slack takes no canvas for this incident, by the workspace's plan or settings. "
    "The report comes as a file with each draft; /incident postmortem posts one."
)
_CANVAS_STAYS: Final = (
    "Slack did not take the new content of the report's canvas, so the canvas may be behind. "
    "The report comes as a file with each draft; /incident postmortem posts one."
)


def declare(incident: Incident, command: c.Declare, request: c.Request, policy: Policy) -> Decision:
    """Begin an incident. Its channel is made by Slack afterwards, or is the one adopted."""
    if not command.title.strip():
        raise Refused("An incident needs a title.", "/incident declare Checkout is failing sev2")
    first_line, found = _first_line(command, request, policy)
    declared = _declared(command, request, policy)
    facts = (
        declared,
        *_moments(command, request),
        *_commander(command, request),
        *first_line,
    )
    notes = (*_set_times(command), *cautions(incident, facts, request), *mask_warning(found))
    if command.here is None:
        where = f". Its channel is #{command.channel_name}."
        reply = say(*_new(declared), where, *notes)
        return Decision(facts, (OpenChannel(command.channel_name, command.private),), reply)
    adopted = f.ChannelAttached(
        key="channel", at=request.now, source=source(request), channel=command.here, name=command.here_name
    )
    asked, told = _when_over(after(incident, (*facts, adopted), request.now), request)
    reply = say(*_new(declared), ". This is its channel.", *notes)
    return Decision((*facts, adopted, *asked), (*_furnishings(command.commander, request, policy), *told), reply)


def _new(declared: f.Declared) -> Text:
    grade = Grade(declared.severity, declared.family)
    return ("Declared ", declared.number, " (", grade, "): ", Quote(declared.title))


def _first_line(command: c.Declare, request: c.Request, policy: Policy) -> tuple[tuple[AnyFact, ...], tuple[str, ...]]:
    """The message it was declared from as an event at its own time, and what had to be masked in it."""
    if command.message is None:
        return (), ()
    text, found = masked(command.message.text, policy)
    line = message_line(request, command.message, text)
    return (line, typed_mark(request, line.entry, Kind.EVENT, command.message.place)), found


def _set_times(command: c.Declare) -> Text:
    """The times that were typed, as they were understood."""
    told: list[Span] = []
    for milestone, moment in command.moments:
        word = str(milestone).replace("_", " ")
        told += [", " if told else " ", word if told else word.capitalize(), " ", Time(moment.at, moment.approximate)]
    return (*told, ".") if told else ()


def _when_over(incident: Incident, request: c.Request) -> tuple[tuple[AnyFact, ...], tuple[Notice, ...]]:
    """Declared after the fact: the draft and the question for what is missing come as if it were resolved now."""
    if incident.is_open:
        return (), ()
    asked, questions = question_at(incident, incident.status, request)
    made, posted = draft(incident, incident.family, request)
    return (*asked, *made), (posted, *questions)


def _declared(command: c.Declare, request: c.Request, policy: Policy) -> f.Declared:
    return f.Declared(
        key="declared",
        at=request.now.replace(microsecond=0),
        source=source(request),
        number=command.number,
        title=command.title,
        severity=command.severity or policy.severity,
        type=command.type or IncidentType.OTHER,
        services=command.services,
        regions=command.regions,
        family=command.family or policy.family,
        private=command.private,
        drill=command.drill,
        channel_name=command.channel_name,
        adopts=command.here,
        numbers=command.numbers,
    )


def _moments(command: c.Declare, request: c.Request) -> tuple[AnyFact, ...]:
    """Every time typed to declare is set; a resolution typed with it also closes the response."""
    facts: list[AnyFact] = [
        f.MilestoneSet(
            key=f"{request.key}:{milestone}",
            at=request.now,
            source=source(request),
            milestone=milestone,
            moment=moment.at,
            approximate=moment.approximate,
        )
        for milestone, moment in command.moments
    ]
    reached = {milestone for milestone, _ in command.moments}
    for milestone, status in ((Milestone.RESOLVED, Status.RESOLVED), (Milestone.MITIGATED, Status.MITIGATED)):
        if milestone in reached:
            facts.append(
                f.StatusChanged(key=f"{request.key}:status", at=request.now, source=source(request), status=status)
            )
            break
    return tuple(facts)


def _commander(command: c.Declare, request: c.Request) -> tuple[AnyFact, ...]:
    if command.commander is None:
        return ()
    return (
        f.RoleAssigned(
            key=f"{request.key}:commander",
            at=request.now,
            source=source(request),
            role=Role.COMMANDER,
            user=command.commander,
        ),
    )


def _furnishings(commander: str | None, request: c.Request, policy: Policy) -> tuple[Notice, ...]:
    people = dict.fromkeys((request.by, *((commander,) if commander else ()), *policy.responders))
    return (Invite(tuple(people)), ShowCard(), Furnish(), RecallPast())


def attach_channel(incident: Incident, command: c.AttachChannel, request: c.Request, policy: Policy) -> Decision:
    """The incident's channel exists now."""
    same = (incident.channel, incident.channel_name) == (command.channel, command.name)
    if same and incident.private >= command.private:
        return Decision()
    if incident.channel is not None:
        return _moved_channel(command, request)
    fact = f.ChannelAttached(
        key="channel",
        at=request.now,
        source=source(request),
        channel=command.channel,
        name=command.name,
        private=command.private,
    )
    people = (incident.declared_by, *filter(None, (incident.holder(Role.COMMANDER),)), *policy.responders)
    asked, told = _when_over(incident, request)
    return Decision((fact, *asked), (Invite(tuple(dict.fromkeys(people))), ShowCard(), Furnish(), RecallPast(), *told))


def _moved_channel(command: c.AttachChannel, request: c.Request) -> Decision:
    """Renamed, or given another id by Slack when it was shared; what was captured keeps its own links."""
    fact = f.ChannelAttached(
        key=f"channel:{request.key}",
        at=request.now,
        source=source(request),
        channel=command.channel,
        name=command.name,
        private=command.private,
    )
    return Decision((fact,), (ShowCard(),))


def anchor(incident: Incident, command: c.Anchor, request: c.Request, policy: Policy) -> Decision:
    """A message of ours stands in the channel. With the card come its pin and the declaration's line in the log."""
    if command.what in incident.anchors:
        return Decision()
    fact = f.Anchored(
        key=f"anchor:{command.what}",
        at=request.now,
        source=source(request),
        what=command.what,
        place=command.place,
        file=command.file,
        about=command.about,
        knew=command.knew,
    )
    if command.what.startswith(PREFIX):
        old, files = replaced(after(incident, (fact,), request.now), request)
        return Decision((fact, *old), files)
    if command.what == "card":
        return Decision((fact,), (PinCard(command.place), _declaration_line(incident), ShowCard()))
    if command.what.startswith("draft:"):
        _, family, version, _ = command.what.split(":", 3)
        return Decision((fact,), (Upload(f"upload:{command.what}", family, version, "md", command.place),))
    if command.what == "canvas":
        return Decision((fact,), (ShowCard(),))
    if command.what == "no canvas":
        return Decision((fact,), (LogLine("log:canvas", (_CANVAS_STAYS if incident.canvas else _NO_CANVAS,)),))
    return Decision((fact,), (Unsay(command.place),) if _is_erased(incident, command.about) else ())


def _is_erased(incident: Incident, entry: str) -> bool:
    """A line, or the action item that a message to @Scribe typed."""
    if line := incident.entries.get(entry):
        return line.erased
    return any(item.entry == entry and not item.text for item in incident.actions.values())


def _declaration_line(incident: Incident) -> Notice:
    declaration = incident.declaration
    ref = declaration.ref if declaration else ""
    asked = c.Request(ref, incident.declared_by, "command", incident.declared_at or incident.moments[0].said_at)
    grade = Grade(incident.severity, incident.family)
    parts: list[Span] = [Name(asked.by), f" declared {incident.number} (", grade, "): ", Quote(incident.title)]
    for moment in incident.moments:
        if moment.source.ref == ref and moment.moment is not None:
            parts += [f"; {str(moment.milestone).replace('_', ' ')} set to ", Time(moment.moment, moment.approximate)]
    return log(asked, *parts)


def describe(incident: Incident, command: c.Describe, request: c.Request, policy: Policy) -> Decision:
    """Correct the title, type, services, regions or report family."""
    fact = f.Described(
        key=request.key,
        at=request.now,
        source=source(request),
        title=command.title,
        type=command.type,
        services=command.services,
        regions=command.regions,
        family=command.family,
    )
    changed = _changes(command)
    line = log(request, Name(request.by), " changed ", *changed)
    return Decision((fact,), (line, ShowCard(), Furnish()), say("Changed ", *changed, "."))


def _changes(command: c.Describe) -> tuple[Span, ...]:
    parts: list[Span] = []
    if command.title is not None:
        parts += ["the title to ", Quote(command.title), ", "]
    for word, value in (("type", command.type), ("report family", command.family)):
        if value is not None:
            parts += [f"the {word} to ", Quote(Wire(str(value).replace("_", " "))), ", "]
    for word, names in (("services", command.services), ("regions", command.regions)):
        if names is not None:
            parts += [f"the {word} to ", Quote(escape(", ".join(names) or "none")), ", "]
    last = parts.pop() if parts else ""
    return (*parts, str(last).removesuffix(", ")) if str(last).removesuffix(", ") else tuple(parts)
