"""State is the fold of its facts: `evolve` applies one, and nothing else changes an incident."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from bot import facts as f
from bot.incident import (
    Absorption,
    ActionItem,
    Entry,
    Grade,
    Holding,
    Incident,
    Mark,
    Recovery,
    Said,
    SetMoment,
    Step,
    Told,
    Turn,
    Version,
    Wording,
    typed_entry,
)
from bot.versions import changed_since, topics
from bot.words import (
    ENDINGS,
    UNSAID,
    Kind,
    Meaning,
    Milestone,
    Status,
)

_INDEXED: Final = frozenset({Kind.ACTION, Kind.COMMUNICATION})


def evolve(incident: Incident, recorded: f.Recorded) -> None:
    """Apply one recorded fact to the working copy.

    Raises:
        ValueError: the fact's seq does not follow the incident's.
    """
    if recorded.seq != incident.seq + 1:
        raise ValueError(f"fact {recorded.seq} does not follow {incident.seq}")
    line: str | None = getattr(recorded.fact, "entry", None)
    stood = line is not None and incident.stands(line)
    news = topics(incident, recorded.fact)
    _FOLD[type(recorded.fact)](incident, recorded.fact, recorded.heard_at)
    if line is not None:
        incident.standing += incident.stands(line) - stood
    if incident.drafts and _is_news(recorded.fact):
        incident.outdated = frozenset(incident.drafts)
    for topic in news:
        incident.touched[topic] = recorded.seq
    incident.seq = recorded.seq
    incident.last_heard_at = recorded.heard_at
    if _is_statement(recorded.fact):
        incident.statements += 1
        incident.last_stated_at = recorded.heard_at


def _is_statement(fact: f.AnyFact) -> bool:
    """Our own messages, among them the drafts, say nothing of the incident; nor what becomes of a report, nor when
    somebody wants to be reminded or is taken out.
    """
    ours = f.Anchored | f.Questioned | f.ChannelAttached | f.ReachChanged | f.Away | f.Removed
    reports, reminders = f.ReportAdvanced | f.VersionMade | f.SignedOff, f.Snoozed | f.Settled | f.RemindersTurned
    return not isinstance(fact, ours | reports | reminders)


def _is_news(fact: f.AnyFact) -> bool:
    """Would a draft read otherwise? Closing what is resolved changes nothing in it that matters."""
    closing = isinstance(fact, f.StatusChanged) and fact.status is Status.CLOSED
    return not closing and _is_statement(fact)


_DESCRIBED = ("title", "type", "services", "regions")
"""What is declared and may be corrected later, by somebody else."""


def _declared(i: Incident, fact: f.Declared, heard: datetime) -> None:
    i.number, i.title, i.severity, i.type = fact.number, fact.title, fact.severity, fact.type
    i.numbers = dict(fact.numbers)
    i.services, i.regions, i.family = fact.services, fact.regions, fact.family
    i.private, i.drill, i.channel_name, i.adopts = fact.private, fact.drill, fact.channel_name, fact.adopts
    i.declared_at, i.declared_by, i.declaration = fact.at, fact.source.by, fact.source
    i.grades = (Grade(fact.severity, fact.at, UNSAID, fact.source),)
    i.told = dict.fromkeys(_DESCRIBED, Told(fact.at, fact.source))


def _channel_attached(i: Incident, fact: f.ChannelAttached, heard: datetime) -> None:
    i.channel, i.channel_name, i.unreachable = fact.channel, fact.name, ""
    i.private = i.private or fact.private


def _reach_changed(i: Incident, fact: f.ReachChanged, heard: datetime) -> None:
    i.unreachable = fact.why


def _away(i: Incident, fact: f.Away, heard: datetime) -> None:
    i.absences = (*i.absences, fact)


def _described(i: Incident, fact: f.Described, heard: datetime) -> None:
    i.title = i.title if fact.title is None else fact.title
    i.type = fact.type or i.type
    i.services = i.services if fact.services is None else fact.services
    i.regions = i.regions if fact.regions is None else fact.regions
    i.family = fact.family or i.family
    i.told |= {part: Told(fact.at, fact.source) for part in _DESCRIBED if getattr(fact, part) is not None}


def _captured(i: Incident, fact: f.Captured, heard: datetime) -> None:
    i.entries[fact.entry] = Entry(
        id=fact.entry,
        at=fact.at,
        heard_at=heard,
        seq=i.seq + 1,
        text=fact.text,
        author=fact.author,
        source=fact.source,
        approximate=fact.approximate,
        files=fact.files,
        evidence=fact.evidence,
        origin=fact.origin,
    )


def _set_mark(i: Incident, fact: f.Marked | f.Unmarked, mark: Mark) -> None:
    """The newest stamp of one person and one name wins, so that order of arrival does not matter."""
    others, mine = [], None
    for known in i.marks.get(fact.entry, ()):
        if (known.name, known.by) == (mark.name, mark.by) and (mark.name != "typed" or known.meaning == mark.meaning):
            mine = known
        else:
            others.append(known)
    if mine is not None and mine.stamp > mark.stamp:
        mark = mine
    i.marks[fact.entry] = (*others, mark)


def _claim(i: Incident, entry: str, meaning: Meaning) -> None:
    """Index the few lines that a clock or the card asks for, so that nobody need read ten thousand others."""
    lines = i.claimed.get(meaning, ())
    if (isinstance(meaning, Milestone) or meaning in _INDEXED) and entry not in lines:
        i.claimed[meaning] = (*lines, entry)


def _marked(i: Incident, fact: f.Marked, heard: datetime) -> None:
    _claim(i, fact.entry, fact.meaning)
    mark = Mark(fact.meaning, fact.name, fact.source.by, fact.stamp, fact.at, True, fact.source, fact.found)
    _set_mark(i, fact, mark)
    if fact.meaning is Kind.COMMUNICATION:
        i.last_update_at = max(fact.at, i.last_update_at or fact.at)


def _unmarked(i: Incident, fact: f.Unmarked, heard: datetime) -> None:
    meaning = fact.meaning or Kind.EVENT
    mark = Mark(meaning, fact.name, fact.source.by, fact.stamp, fact.at, False, fact.source, fact.found)
    _set_mark(i, fact, mark)


def _reworded(i: Incident, fact: f.Reworded, heard: datetime) -> None:
    entry = i.entries.get(fact.entry)
    if entry is not None and not entry.erased:
        earlier = (*entry.earlier, Wording(entry.text, fact.at))
        i.entries[fact.entry] = replace(entry, text=fact.text, files=fact.files, earlier=earlier)
        for key, item in list(i.actions.items()):
            if item.entry == entry.id and item.text == entry.text:  # unless a person worded the item anew
                i.actions[key] = replace(item, text=fact.text)


def _erased(i: Incident, fact: f.Erased, heard: datetime) -> None:
    entry = i.entries.get(fact.entry)
    stood = entry.seq if entry else 0
    if entry is not None:
        i.entries[fact.entry] = replace(entry, text=UNSAID, earlier=(), files=(), erased=True)
    for key, item in list(i.actions.items()):
        if item.entry == fact.entry:
            stood = stood or item.seq
            i.actions[key] = replace(item, text=UNSAID, verification=UNSAID, ticket=None, changed_at=fact.at)
    for family, made in list(i.versions.items()) if stood else ():
        said = (replace(v, erased=(*v.erased, fact.at)) if v.seq > stood else v for v in made)
        i.versions[family] = tuple(said)


def _removed(i: Incident, fact: f.Removed, heard: datetime) -> None:
    for family, made in list(i.versions.items()):
        said = (replace(v, removed=(*v.removed, fact.at)) if v.seq >= fact.since else v for v in made)
        i.versions[family] = tuple(said)


def _amended(i: Incident, fact: f.Amended, heard: datetime) -> None:
    entry = i.entries[fact.entry]
    if fact.kind is not None:
        _claim(i, fact.entry, fact.kind)
    reworded = fact.text is not None and fact.text != entry.text
    i.entries[fact.entry] = replace(
        entry,
        text=entry.text if fact.text is None else fact.text,
        at=fact.moment or entry.at,
        approximate=entry.approximate and fact.moment is None,
        kind=fact.kind or entry.kind,
        overruled=frozenset(i.marks.get(fact.entry, ())) if fact.kind or fact.milestone else entry.overruled,
        author=fact.author or entry.author,
        amended_by=fact.source.by,
        earlier=(*entry.earlier, Wording(entry.text, fact.at)) if reworded else entry.earlier,
    )


def _withdrawn(i: Incident, fact: f.Withdrawn, heard: datetime) -> None:
    i.entries[fact.entry] = replace(i.entries[fact.entry], withdrawn_by=fact.source.by, moved_to=fact.moved_to)


def _reinstated(i: Incident, fact: f.Reinstated, heard: datetime) -> None:
    i.entries[fact.entry] = replace(i.entries[fact.entry], withdrawn_by=None, moved_to=None)


def _anchored(i: Incident, fact: f.Anchored, heard: datetime) -> None:
    i.anchors[fact.what] = fact
    if fact.what.startswith("draft:"):
        family = fact.what.split(":")[1]
        i.drafts[family] = fact.what
        i.outdated -= {family}
    line = 0
    while entry := i.entries.get(typed_entry(fact.what.removeprefix("log:"), line)):
        i.entries[entry.id] = replace(entry, evidence=entry.evidence or fact.place)
        line += 1


def _milestone_set(i: Incident, fact: f.MilestoneSet, heard: datetime) -> None:
    said = SetMoment(fact.milestone, fact.moment, fact.approximate, fact.at, fact.source, entry=fact.entry)
    i.moments = (*i.moments, said)


def _status_changed(i: Incident, fact: f.StatusChanged, heard: datetime) -> None:
    i.status = fact.status
    i.turns = (*i.turns, Turn(fact.status, fact.at, fact.reason, fact.asserts, fact.source))


def _reopened(i: Incident, fact: f.Reopened, heard: datetime) -> None:
    i.recoveries = (*i.recoveries, Recovery(fact.resolved_at, fact.at))
    i.moments = tuple(replace(m, ended=fact.at) if m.milestone in ENDINGS and m.ended is None else m for m in i.moments)
    i.questioned, i.cancelled = frozenset(), None
    i.status = Status.INVESTIGATING
    i.turns = (*i.turns, Turn(i.status, fact.at, fact.reason, None, fact.source))


def _severity_changed(i: Incident, fact: f.SeverityChanged, heard: datetime) -> None:
    i.severity = fact.severity
    i.grades = (*i.grades, Grade(fact.severity, fact.at, fact.reason, fact.source))


def _role_assigned(i: Incident, fact: f.RoleAssigned, heard: datetime) -> None:
    i.holdings = (*i.holdings, Holding(fact.role, fact.user, fact.at, fact.source))


def _field_set(i: Incident, fact: f.FieldSet, heard: datetime) -> None:
    i.worded[fact.field] = i.seq + 1
    if fact.value is None:
        i.fields.pop(fact.field, None)
        return
    said, before = Said(fact.value, fact.approximate, fact.at, fact.source), i.fields.get(fact.field, ())
    if fact.appended:
        i.fields[fact.field] = (*before, said)
        return
    now = tuple(_items(said, before)) if isinstance(fact.value, tuple) else (said,)
    i.fields[fact.field] = now
    others = (old for old in before if old not in now and old.source.by != fact.source.by)  # one's own is corrected
    i.superseded[fact.field] = (*i.superseded.get(fact.field, ()), *others)


def _items(said: Said, before: tuple[Said, ...]) -> Iterator[Said]:
    """A list said anew: who said an item that stood in it before still says it."""
    known = {item: replace(old, value=item) for old in before for item in _each(old.value)}
    for item in _each(said.value):
        yield known.get(item) or replace(said, value=item)


def _each(value: f.Value) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else (str(value),)


def _action_added(i: Incident, fact: f.ActionAdded, heard: datetime) -> None:
    i.actions[fact.action] = ActionItem(
        id=fact.action,
        text=fact.text,
        added_at=fact.at,
        source=fact.source,
        owner=fact.owner,
        due=fact.due,
        due_assumed=fact.due_assumed,
        priority=fact.priority,
        type=fact.type,
        ticket=fact.ticket,
        verification=fact.verification,
        entry=fact.entry,
        seq=i.seq + 1,
    )


def _action_changed(i: Incident, fact: f.ActionChanged, heard: datetime) -> None:
    names = ("text", "owner", "due", "priority", "type", "ticket", "verification", "status")
    given: dict[str, Any] = {n: v for n in names if (v := getattr(fact, n)) is not None}
    if "due" in given:
        given["due_assumed"] = False
    if {"due", "owner"} & given.keys():  # put off was what stood before
        i.snoozed.pop(f"item:{fact.action}", None)
    i.actions[fact.action] = replace(i.actions[fact.action], changed_at=fact.at, reason=fact.reason, **given)


def _cancelled(i: Incident, fact: f.Cancelled, heard: datetime) -> None:
    i.cancelled, i.status = fact.reason, Status.CANCELLED
    i.turns = (*i.turns, Turn(i.status, fact.at, fact.reason, None, fact.source))


def _merged(i: Incident, fact: f.Merged, heard: datetime) -> None:
    i.merged_into, i.status = fact.into, Status.MERGED
    i.turns = (*i.turns, Turn(i.status, fact.at, UNSAID, None, fact.source))


def _absorbed(i: Incident, fact: f.Absorbed, heard: datetime) -> None:
    i.absorbed = (*i.absorbed, Absorption(fact.other, fact.at, fact.source))


def _questioned(i: Incident, fact: f.Questioned, heard: datetime) -> None:
    i.questioned = i.questioned | {fact.occasion}


def _report_advanced(i: Incident, fact: f.ReportAdvanced, heard: datetime) -> None:
    i.steps[fact.family] = (*i.steps.get(fact.family, ()), Step(fact.status, fact.at, fact.source))


def _version_made(i: Incident, fact: f.VersionMade, heard: datetime) -> None:
    known = i.versions.get(fact.family, ())
    changes = changed_since(i, fact.family, known[-1]) if known else ()
    status = i.document_status(fact.family)
    made = Version(fact.number, status, fact.at, fact.source, i.seq + 1, i.statements, changes)
    i.versions[fact.family] = (*known, made)


def _signed_off(i: Incident, fact: f.SignedOff, heard: datetime) -> None:
    i.signed[fact.family, fact.signer] = fact


def _snoozed(i: Incident, fact: f.Snoozed, heard: datetime) -> None:
    i.snoozed[fact.followup] = fact.until


def _settled(i: Incident, fact: f.Settled, heard: datetime) -> None:
    i.settled[fact.followup] = fact


def _reminders_turned(i: Incident, fact: f.RemindersTurned, heard: datetime) -> None:
    i.reminders_off, i.reminders_from = not fact.on and fact.until is None, fact.until


def _folds() -> Iterator[tuple[type[f.Fact], Callable[[Incident, Any, datetime], None]]]:
    yield from (
        (f.Declared, _declared),
        (f.ChannelAttached, _channel_attached),
        (f.ReachChanged, _reach_changed),
        (f.Away, _away),
        (f.Described, _described),
        (f.Captured, _captured),
        (f.Marked, _marked),
        (f.Unmarked, _unmarked),
        (f.Reworded, _reworded),
        (f.Erased, _erased),
        (f.Removed, _removed),
        (f.Amended, _amended),
        (f.Withdrawn, _withdrawn),
        (f.Reinstated, _reinstated),
        (f.Anchored, _anchored),
        (f.MilestoneSet, _milestone_set),
        (f.StatusChanged, _status_changed),
        (f.Reopened, _reopened),
        (f.SeverityChanged, _severity_changed),
        (f.RoleAssigned, _role_assigned),
        (f.FieldSet, _field_set),
        (f.ActionAdded, _action_added),
        (f.ActionChanged, _action_changed),
        (f.Cancelled, _cancelled),
        (f.Merged, _merged),
        (f.Absorbed, _absorbed),
        (f.Questioned, _questioned),
        (f.ReportAdvanced, _report_advanced),
        (f.VersionMade, _version_made),
        (f.SignedOff, _signed_off),
        (f.Snoozed, _snoozed),
        (f.Settled, _settled),
        (f.RemindersTurned, _reminders_turned),
    )


_FOLD: dict[type[f.Fact], Callable[[Incident, Any, datetime], None]] = dict(_folds())


def fold(incident_id: int, facts: list[f.Recorded]) -> Incident:
    """The state after these facts, oldest first."""
    incident = Incident(incident_id)
    for recorded in facts:
        evolve(incident, recorded)
    return incident
