"""An incident is the fold of its facts: `evolve` applies one, and nothing else changes it.

The fold is a mutable working copy because ten thousand facts must fold in one pass; whoever decides works on a
`copy()`, whose cost is a few shallow dictionary copies, and the values inside are all frozen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from bot import facts as f
from bot.words import (
    ENDINGS,
    OPEN,
    UNSAID,
    ActionStatus,
    ActionType,
    DocumentStatus,
    IncidentType,
    Kind,
    Meaning,
    Milestone,
    Priority,
    Role,
    Severity,
    Status,
    Wire,
)


def typed_entry(request: str, line: int) -> str:
    """The id of the nth line (from 0) that one command typed."""
    return f"c:{request}:{line}"


def message_entry(place: f.Evidence) -> str:
    """The id of the line that a message is; one message is one line."""
    return f"m:{place.channel}:{place.ts}"


@dataclass(frozen=True, slots=True)
class Mark:
    """One person's word on what a line means; `stamp` orders putting it on and taking it off."""

    meaning: Meaning
    name: str
    by: str
    stamp: str
    at: datetime  # when the mark was put on
    standing: bool
    source: f.Source


@dataclass(frozen=True, slots=True)
class Wording:
    """What a line said before it was edited."""

    text: Wire
    until: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """A captured line. Its marks are kept apart (`Incident.marks`), because they come and go in any order."""

    id: str
    at: datetime
    heard_at: datetime
    text: Wire
    author: str
    source: f.Source
    approximate: bool = False
    files: tuple[str, ...] = ()
    evidence: f.Evidence | None = None
    origin: str | None = None
    earlier: tuple[Wording, ...] = ()
    amended_by: str | None = None
    kind: Kind | None = None  # corrected by a person; else the marks say it
    overruled: frozenset[Mark] = frozenset()  # marks from before a person corrected what it means
    withdrawn_by: str | None = None
    moved_to: str | None = None
    erased: bool = False


@dataclass(frozen=True, slots=True)
class SetMoment:
    """A milestone's time that somebody typed or picked; a moment of None cleared it."""

    milestone: Milestone
    moment: datetime | None
    approximate: bool
    said_at: datetime
    source: f.Source
    ended: datetime | None = None  # the re-opening after which it counts no longer
    entry: str | None = None  # the line in whose form it was set


@dataclass(frozen=True, slots=True)
class Turn:
    """One change of status."""

    status: Status
    at: datetime
    reason: Wire
    asserts: Milestone | None
    source: f.Source


@dataclass(frozen=True, slots=True)
class Grade:
    """One severity in the incident's history."""

    severity: Severity
    at: datetime
    reason: Wire
    source: f.Source


@dataclass(frozen=True, slots=True)
class Holding:
    """Who held a role from when."""

    role: Role
    user: str | None
    at: datetime
    source: f.Source


@dataclass(frozen=True, slots=True)
class Said:
    """One value of a field that only people know."""

    value: f.Value
    approximate: bool
    at: datetime
    source: f.Source


@dataclass(frozen=True, slots=True)
class ActionItem:
    id: str
    text: Wire
    added_at: datetime
    source: f.Source
    owner: str | None = None
    due: date | None = None
    due_assumed: bool = False
    priority: Priority | None = None
    type: ActionType | None = None
    ticket: str | None = None
    verification: Wire = UNSAID
    status: ActionStatus = ActionStatus.OPEN
    reason: Wire = UNSAID
    entry: str | None = None
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One change in how far a report has come."""

    status: DocumentStatus
    at: datetime
    source: f.Source


@dataclass(frozen=True, slots=True)
class Recovery:
    """A resolution that did not hold: service was thought well from `resolved_at` (if known) to `reopened_at`."""

    resolved_at: datetime | None
    reopened_at: datetime


@dataclass(slots=True)
class Incident:
    """What is known of one incident up to `seq`. Read it freely; only `evolve` writes it."""

    id: int
    seq: int = 0
    number: str = ""
    numbers: Mapping[str, str] = field(default_factory=dict)  # by family, and by document beside a report
    title: Wire = UNSAID
    severity: Severity = Severity.HIGH
    type: IncidentType = IncidentType.OTHER
    services: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    family: str = ""
    private: bool = False
    drill: bool = False
    declared_at: datetime | None = None
    declared_by: str = ""
    declaration: f.Source | None = None
    channel: str | None = None
    channel_name: str = ""
    adopts: str | None = None
    status: Status = Status.INVESTIGATING
    entries: dict[str, Entry] = field(default_factory=dict)
    marks: dict[str, tuple[Mark, ...]] = field(default_factory=dict)
    claimed: dict[Meaning, tuple[str, ...]] = field(default_factory=dict)  # lines that ever bore an indexed meaning
    moments: tuple[SetMoment, ...] = ()
    turns: tuple[Turn, ...] = ()
    grades: tuple[Grade, ...] = ()
    holdings: tuple[Holding, ...] = ()
    recoveries: tuple[Recovery, ...] = ()
    fields: dict[str, tuple[Said, ...]] = field(default_factory=dict)
    worded: dict[str, int] = field(default_factory=dict)  # the seq at which each field was last said or taken back
    superseded: dict[str, tuple[Said, ...]] = field(default_factory=dict)  # what others had answered before
    actions: dict[str, ActionItem] = field(default_factory=dict)
    anchors: dict[str, f.Anchored] = field(default_factory=dict)
    drafts: dict[str, str] = field(default_factory=dict)  # the newest posted draft's anchor, by family
    outdated: frozenset[str] = frozenset()  # families whose newest draft was posted before something that counts
    steps: dict[str, tuple[Step, ...]] = field(default_factory=dict)  # in the life of each family's report
    signed: dict[tuple[str, str], f.SignedOff] = field(default_factory=dict)  # the last one, by family and signer
    questioned: frozenset[Milestone] = frozenset()
    cancelled: Wire | None = None
    merged_into: str | None = None
    absorbed: tuple[str, ...] = ()
    last_heard_at: datetime | None = None
    statements: int = 0  # facts that say something of the incident, not of our own messages
    last_stated_at: datetime | None = None
    last_update_at: datetime | None = None

    def copy(self) -> Incident:
        """A working copy; the values inside are frozen and shared."""
        return replace(
            self,
            entries=dict(self.entries),
            marks=dict(self.marks),
            claimed=dict(self.claimed),
            fields=dict(self.fields),
            worded=dict(self.worded),
            superseded=dict(self.superseded),
            actions=dict(self.actions),
            anchors=dict(self.anchors),
            drafts=dict(self.drafts),
            steps=dict(self.steps),
            signed=dict(self.signed),
        )

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    def holder(self, role: Role) -> str | None:
        """Who holds the role now; None when nobody does."""
        return next((h.user for h in reversed(self.holdings) if h.role is role), None)

    def standing_marks(self, entry: str) -> tuple[Mark, ...]:
        """The marks nobody took back, in the order in which they were put on."""
        return tuple(sorted((m for m in self.marks.get(entry, ()) if m.standing), key=lambda m: (m.at, m.stamp, m.by)))

    def asserting(self, entry: str) -> tuple[Mark, ...]:
        """The standing marks that assert a milestone; a correction of what the line means ends the earlier ones."""
        overruled = self.entries[entry].overruled
        marks = (m for m in self.standing_marks(entry) if isinstance(m.meaning, Milestone))
        return tuple(m for m in marks if m not in overruled)

    def stands(self, entry: str) -> bool:
        """Is this line on the timeline? Somebody says so still, and nobody withdrew or deleted it."""
        line = self.entries.get(entry)
        if line is None or line.erased or line.withdrawn_by:
            return False
        return any(m.standing for m in self.marks.get(entry, ()))

    def timeline(self) -> list[Entry]:
        """The standing lines by when they happened; the message ts orders within a second."""
        return sorted((e for key, e in self.entries.items() if self.stands(key)), key=_when)

    def kind(self, entry: str) -> Kind:
        """What the line is apart from its milestones: a person's correction, else the earliest standing mark."""
        corrected = self.entries[entry].kind
        if corrected is not None:
            return corrected
        kinds = (m.meaning for m in self.standing_marks(entry) if isinstance(m.meaning, Kind))
        return next(kinds, Kind.EVENT)

    def witnesses(self, entry: str) -> tuple[str, ...]:
        """Who captured the line, each once, the first first."""
        return tuple(dict.fromkeys(m.by for m in self.standing_marks(entry)))

    def action_items(self) -> list[ActionItem]:
        """The items that stand: one made from a message goes when nobody marks that message any more."""
        return [item for item in self.actions.values() if item.entry is None or self._is_aimed_at(item.entry)]

    def _is_aimed_at(self, entry: str) -> bool:
        return self.stands(entry) and any(m.meaning is Kind.ACTION_ITEM for m in self.standing_marks(entry))

    def evidence(self, source: f.Source) -> f.Evidence | None:
        """The message that shows it: the captured one, or the line in the log for what was typed."""
        if source.evidence is not None or not source.ref:
            return source.evidence
        anchor = self.anchors.get(f"log:{source.ref}")
        return anchor.place if anchor else None

    def document_status(self, family: str) -> DocumentStatus:
        """How far this family's report has come."""
        steps = self.steps.get(family)
        return steps[-1].status if steps else DocumentStatus.DRAFT

    def value(self, name: str) -> Said | None:
        """The newest value of a single-valued field; None when nobody said it or it was taken back."""
        said = self.fields.get(name)
        return said[-1] if said else None


def _when(entry: Entry) -> tuple[datetime, int, str, str]:
    """By second, then by the order of the messages; a typed line stands after the messages of its second."""
    ts = entry.evidence.ts if entry.evidence and entry.id.startswith("m:") else ""
    return entry.at, 0 if ts else 1, ts, entry.id


def evolve(incident: Incident, recorded: f.Recorded) -> None:
    """Apply one recorded fact to the working copy.

    Raises:
        ValueError: the fact's seq does not follow the incident's.
    """
    if recorded.seq != incident.seq + 1:
        raise ValueError(f"fact {recorded.seq} does not follow {incident.seq}")
    _FOLD[type(recorded.fact)](incident, recorded.fact, recorded.heard_at)
    if incident.drafts and _is_news(recorded.fact):
        incident.outdated = frozenset(incident.drafts)
    incident.seq = recorded.seq
    incident.last_heard_at = recorded.heard_at
    if _is_statement(recorded.fact):
        incident.statements += 1
        incident.last_stated_at = recorded.heard_at


def _is_statement(fact: f.AnyFact) -> bool:
    """Our own messages, among them the drafts, say nothing of the incident; nor does what becomes of a report."""
    ours = f.Anchored | f.Questioned | f.ChannelAttached
    return not isinstance(fact, ours | f.ReportAdvanced | f.SignedOff)


def _is_news(fact: f.AnyFact) -> bool:
    """Would a draft read otherwise? Closing what is resolved changes nothing in it that matters."""
    closing = isinstance(fact, f.StatusChanged) and fact.status is Status.CLOSED
    return not closing and _is_statement(fact)


def _declared(i: Incident, fact: f.Declared, heard: datetime) -> None:
    i.number, i.title, i.severity, i.type = fact.number, fact.title, fact.severity, fact.type
    i.numbers = dict(fact.numbers)
    i.services, i.regions, i.family = fact.services, fact.regions, fact.family
    i.private, i.drill, i.channel_name, i.adopts = fact.private, fact.drill, fact.channel_name, fact.adopts
    i.declared_at, i.declared_by, i.declaration = fact.at, fact.source.by, fact.source
    i.grades = (Grade(fact.severity, fact.at, UNSAID, fact.source),)


def _channel_attached(i: Incident, fact: f.ChannelAttached, heard: datetime) -> None:
    i.channel, i.channel_name = fact.channel, fact.name


def _described(i: Incident, fact: f.Described, heard: datetime) -> None:
    i.title = i.title if fact.title is None else fact.title
    i.type = fact.type or i.type
    i.services = i.services if fact.services is None else fact.services
    i.regions = i.regions if fact.regions is None else fact.regions
    i.family = fact.family or i.family


def _captured(i: Incident, fact: f.Captured, heard: datetime) -> None:
    i.entries[fact.entry] = Entry(
        id=fact.entry,
        at=fact.at,
        heard_at=heard,
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
    """Index the few lines that carry a milestone, so that a clock need not read ten thousand others."""
    lines = i.claimed.get(meaning, ())
    if (isinstance(meaning, Milestone) or meaning is Kind.ACTION) and entry not in lines:
        i.claimed[meaning] = (*lines, entry)


def _marked(i: Incident, fact: f.Marked, heard: datetime) -> None:
    _claim(i, fact.entry, fact.meaning)
    _set_mark(i, fact, Mark(fact.meaning, fact.name, fact.source.by, fact.stamp, fact.at, True, fact.source))
    if fact.meaning is Kind.COMMUNICATION:
        i.last_update_at = max(fact.at, i.last_update_at or fact.at)


def _unmarked(i: Incident, fact: f.Unmarked, heard: datetime) -> None:
    meaning = fact.meaning or Kind.EVENT
    _set_mark(i, fact, Mark(meaning, fact.name, fact.source.by, fact.stamp, fact.at, False, fact.source))


def _reworded(i: Incident, fact: f.Reworded, heard: datetime) -> None:
    entry = i.entries.get(fact.entry)
    if entry is not None and not entry.erased:
        earlier = (*entry.earlier, Wording(entry.text, fact.at))
        i.entries[fact.entry] = replace(entry, text=fact.text, files=fact.files, earlier=earlier)
        for key, item in i.actions.items():
            if item.entry == entry.id and item.text == entry.text:  # unless a person worded the item anew
                i.actions[key] = replace(item, text=fact.text)


def _erased(i: Incident, fact: f.Erased, heard: datetime) -> None:
    entry = i.entries.get(fact.entry)
    if entry is not None:
        i.entries[fact.entry] = replace(entry, text=UNSAID, earlier=(), files=(), erased=True)
    for key, item in i.actions.items():
        if item.entry == fact.entry:
            i.actions[key] = replace(item, text=UNSAID, changed_at=fact.at)


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
    i.fields[fact.field] = (*before, said) if fact.appended else (said,)
    if not fact.appended:
        others = tuple(old for old in before if old.source.by != fact.source.by)  # one's own is merely corrected
        i.superseded[fact.field] = (*i.superseded.get(fact.field, ()), *others)


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
    )


def _action_changed(i: Incident, fact: f.ActionChanged, heard: datetime) -> None:
    names = ("text", "owner", "due", "priority", "type", "ticket", "verification", "status")
    given: dict[str, Any] = {n: v for n in names if (v := getattr(fact, n)) is not None}
    if "due" in given:
        given["due_assumed"] = False
    i.actions[fact.action] = replace(i.actions[fact.action], changed_at=fact.at, reason=fact.reason, **given)


def _cancelled(i: Incident, fact: f.Cancelled, heard: datetime) -> None:
    i.cancelled, i.status = fact.reason, Status.CANCELLED
    i.turns = (*i.turns, Turn(i.status, fact.at, fact.reason, None, fact.source))


def _merged(i: Incident, fact: f.Merged, heard: datetime) -> None:
    i.merged_into, i.status = fact.into, Status.MERGED
    i.turns = (*i.turns, Turn(i.status, fact.at, UNSAID, None, fact.source))


def _absorbed(i: Incident, fact: f.Absorbed, heard: datetime) -> None:
    i.absorbed = (*i.absorbed, fact.other)


def _questioned(i: Incident, fact: f.Questioned, heard: datetime) -> None:
    i.questioned = i.questioned | {fact.occasion}


def _report_advanced(i: Incident, fact: f.ReportAdvanced, heard: datetime) -> None:
    i.steps[fact.family] = (*i.steps.get(fact.family, ()), Step(fact.status, fact.at, fact.source))


def _signed_off(i: Incident, fact: f.SignedOff, heard: datetime) -> None:
    i.signed[fact.family, fact.signer] = fact


def _folds() -> Iterator[tuple[type[f.Fact], Callable[[Incident, Any, datetime], None]]]:
    yield from (
        (f.Declared, _declared),
        (f.ChannelAttached, _channel_attached),
        (f.Described, _described),
        (f.Captured, _captured),
        (f.Marked, _marked),
        (f.Unmarked, _unmarked),
        (f.Reworded, _reworded),
        (f.Erased, _erased),
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
        (f.SignedOff, _signed_off),
    )


_FOLD: dict[type[f.Fact], Callable[[Incident, Any, datetime], None]] = dict(_folds())


def fold(incident_id: int, facts: list[f.Recorded]) -> Incident:
    """The state after these facts, oldest first."""
    incident = Incident(incident_id)
    for recorded in facts:
        evolve(incident, recorded)
    return incident
