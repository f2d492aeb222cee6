"""An incident as it stands: what is known of it, in frozen values. `bot.evolve` alone changes it, fact by fact.

The state is a mutable working copy because ten thousand facts must fold in one pass; whoever decides works on a
`copy()`, which costs the same for ten lines and for ten thousand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final

from bot import facts as f
from bot.layered import Layered
from bot.words import (
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


MOST_LINES: Final = 100
"""How many lines one command may type."""


def mention_key(channel: str, ts: str) -> str:
    """Names the request that a message to @Scribe is, whether Slack delivered it or it was read back."""
    return f"mention:{channel}:{ts}"


def entries_of(place: f.Evidence) -> tuple[str, ...]:
    """The ids of all lines that can repeat the message: it as a line, and those it typed if it was said to @Scribe."""
    request = mention_key(place.channel, place.ts)
    return (message_entry(place), *(typed_entry(request, line) for line in range(MOST_LINES)))


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
    found: bool = False  # Slack may still tell of what was read back


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
    seq: int = 0  # of the fact that captured it
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
    entry: str | None = None  # the line it was made from; of one typed in a message to @Scribe the id of such a line
    changed_at: datetime | None = None
    seq: int = 0  # of the fact that added it


@dataclass(frozen=True, slots=True)
class Step:
    """One change in how far a report has come."""

    status: DocumentStatus
    at: datetime
    source: f.Source


@dataclass(frozen=True, slots=True)
class Version:
    """A family's report as it was at one fact; `seq` is that of the fact which gave it its number."""

    number: str
    status: DocumentStatus
    at: datetime
    source: f.Source
    seq: int
    statements: int  # how many it was written from
    changes: tuple[str, ...]  # the topics that differ from the version before, in words
    erased: tuple[datetime, ...] = ()  # when words that stood in it were erased
    removed: tuple[datetime, ...] = ()  # when a person who may have stood in it was taken out of the database


@dataclass(frozen=True, slots=True)
class Topic:
    """A part of a report, in words; of every family's, or of one's."""

    words: str
    family: str = ""

    def of(self, family: str) -> bool:
        return self.family in ("", family)


@dataclass(frozen=True, slots=True)
class Told:
    """Who said what is now known of a part of the declaration, and when."""

    at: datetime
    source: f.Source


@dataclass(frozen=True, slots=True)
class Absorption:
    """An incident, by its number, that was merged into this one."""

    other: str
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
    told: dict[str, Told] = field(default_factory=dict)  # of title, type, services and regions
    private: bool = False
    drill: bool = False
    declared_at: datetime | None = None
    declared_by: str = ""
    declaration: f.Source | None = None
    channel: str | None = None
    channel_name: str = ""
    unreachable: str = ""  # why Scribe cannot read its channel, in Slack's word
    absences: tuple[f.Away, ...] = ()
    adopts: str | None = None
    status: Status = Status.INVESTIGATING
    entries: Layered[str, Entry] = field(default_factory=Layered)
    marks: Layered[str, tuple[Mark, ...]] = field(default_factory=Layered)
    standing: int = 0  # how many lines are on the timeline
    claimed: dict[Meaning, tuple[str, ...]] = field(default_factory=dict)  # lines that ever bore an indexed meaning
    moments: tuple[SetMoment, ...] = ()
    turns: tuple[Turn, ...] = ()
    grades: tuple[Grade, ...] = ()
    holdings: tuple[Holding, ...] = ()
    recoveries: tuple[Recovery, ...] = ()
    fields: dict[str, tuple[Said, ...]] = field(default_factory=dict)
    worded: dict[str, int] = field(default_factory=dict)  # the seq at which each field was last said or taken back
    superseded: dict[str, tuple[Said, ...]] = field(default_factory=dict)  # what others had answered before
    actions: Layered[str, ActionItem] = field(default_factory=Layered)
    anchors: Layered[str, f.Anchored] = field(default_factory=Layered)
    drafts: dict[str, str] = field(default_factory=dict)  # the newest posted draft's anchor, by family
    outdated: frozenset[str] = frozenset()  # families whose newest draft was posted before something that counts
    steps: dict[str, tuple[Step, ...]] = field(default_factory=dict)  # in the life of each family's report
    versions: dict[str, tuple[Version, ...]] = field(default_factory=dict)  # of each family's report, the oldest first
    touched: dict[Topic, int] = field(default_factory=dict)  # the seq at which each topic of a report last changed
    signed: dict[tuple[str, str], f.SignedOff] = field(default_factory=dict)  # the last one, by family and signer
    snoozed: dict[str, date] = field(default_factory=dict)  # until when, by what is followed up
    settled: dict[str, f.Settled] = field(default_factory=dict)
    questioned: frozenset[Milestone] = frozenset()
    cancelled: Wire | None = None
    merged_into: str | None = None
    absorbed: tuple[Absorption, ...] = ()
    last_heard_at: datetime | None = None
    statements: int = 0  # facts that say something of the incident, not of our own messages
    last_stated_at: datetime | None = None
    last_update_at: datetime | None = None
    reminders_off: bool = False
    reminders_from: datetime | None = None  # paused until then

    def copy(self) -> Incident:
        """A working copy; the values inside are frozen and shared."""
        return replace(
            self,
            entries=self.entries.copy(),
            marks=self.marks.copy(),
            claimed=dict(self.claimed),
            fields=dict(self.fields),
            told=dict(self.told),
            worded=dict(self.worded),
            superseded=dict(self.superseded),
            actions=self.actions.copy(),
            anchors=self.anchors.copy(),
            drafts=dict(self.drafts),
            steps=dict(self.steps),
            versions=dict(self.versions),
            touched=dict(self.touched),
            signed=dict(self.signed),
            snoozed=dict(self.snoozed),
            settled=dict(self.settled),
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

    def latest_update(self) -> Entry | None:
        """The newest line that was a communication, without a look at all the others."""
        said = (e for e in self.claimed.get(Kind.COMMUNICATION, ()) if self.stands(e))
        spoken = (self.entries[e] for e in said if self.kind(e) is Kind.COMMUNICATION)
        return max(spoken, key=_when, default=None)

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
        """The items that stand: one made from a message goes when nobody marks that message any more, one that a
        message to @Scribe typed goes with its words.
        """
        return [item for item in self.actions.values() if item.text and self._is_meant(item)]

    def _is_meant(self, item: ActionItem) -> bool:
        return item.entry is None or item.entry not in self.entries or self._is_aimed_at(item.entry)

    def _is_aimed_at(self, entry: str) -> bool:
        return self.stands(entry) and any(m.meaning is Kind.ACTION_ITEM for m in self.standing_marks(entry))

    def evidence(self, source: f.Source) -> f.Evidence | None:
        """The message that shows it: the captured one, or the line in the log for what was typed."""
        if source.evidence is not None or not source.ref:
            return source.evidence
        anchor = self.anchors.get(f"log:{source.ref}")
        return anchor.place if anchor else None

    @property
    def canvas(self) -> str | None:
        """The id of the canvas that holds the report; None while there is none."""
        anchor = self.anchors.get("canvas")
        return anchor.file if anchor else None

    def document_status(self, family: str) -> DocumentStatus:
        """How far this family's report has come."""
        steps = self.steps.get(family)
        return steps[-1].status if steps else DocumentStatus.DRAFT

    def value(self, name: str) -> Said | None:
        """The newest value of a single-valued field; None when nobody said it or it was taken back."""
        said = self.fields.get(name)
        return said[-1] if said else None


def items_of(incident: Incident, name: str) -> tuple[str, ...]:
    """What stands in a list field, in its order."""
    values = (said.value for said in incident.fields.get(name, ()))
    return tuple(str(item) for value in values for item in (value if isinstance(value, tuple) else (value,)))


def _when(entry: Entry) -> tuple[datetime, int, str, str]:
    """By second, then by the order of the messages; a typed line stands after the messages of its second."""
    ts = entry.evidence.ts if entry.evidence and entry.id.startswith("m:") else ""
    return entry.at, 0 if ts else 1, ts, entry.id
