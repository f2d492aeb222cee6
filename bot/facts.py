"""The kinds of fact: one immutable, sourced statement each. State is the fold of these and of nothing else.

Every fact carries a natural `key`, unique within its incident, so that saying it twice records it once; the moment
`at` it speaks of (aware, UTC); and the `source` that says it. When it was heard is added at recording.
Texts are in Slack's wire form (`bot.words.Wire`) and already masked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from bot.words import (
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

Via = Literal["command", "reaction", "form", "button", "shortcut", "message", "system"]
Value = str | int | float | bool | tuple[str, ...]
"""What a field of the report can hold; `bot.fields` says which type each field takes."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A message in Slack; ids are strings because a ts loses digits as a float."""

    channel: str
    ts: str
    thread_ts: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Who said it and where. `by` is a Slack user id, or `scribe` for what the program did itself.

    A typed command has no message; `ref` names its request, whose line in the log becomes the evidence
    (`Incident.evidence`).
    """

    via: Via
    by: str
    evidence: Evidence | None = None
    ref: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    key: str
    at: datetime
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared(Fact):
    number: str
    title: Wire
    severity: Severity
    type: IncidentType
    services: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    family: str
    private: bool = False
    drill: bool = False
    channel_name: str
    adopts: str | None = None  # the channel declared --here
    numbers: tuple[tuple[str, str], ...] = ()  # what each family calls it, and `coe.rca` for a document beside it


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelAttached(Fact):
    channel: str
    name: str
    private: bool = False  # it has become a private one; what is private stays so


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachChanged(Fact):
    """Scribe cannot read the channel any more, `why` in Slack's word; empty: it can again."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Away(Fact):
    """Nobody of us listened from `since` to `until`; `unread` says in Slack's word why it could not be made good."""

    since: datetime
    until: datetime
    unread: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Described(Fact):
    """A correction of what was declared; None leaves a part as it is."""

    title: Wire | None = None
    type: IncidentType | None = None
    services: tuple[str, ...] | None = None
    regions: tuple[str, ...] | None = None
    family: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Captured(Fact):
    """A line exists. It stands on the timeline while at least one mark on it stands."""

    entry: str
    text: Wire
    author: str  # a Slack user id, or a bot's or a person's name as said
    approximate: bool = False
    files: tuple[str, ...] = ()
    evidence: Evidence | None = None
    origin: str | None = None  # number of the incident it came from, after a merge or a move


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked(Fact):
    """`by` says that the line means something. `stamp` orders what one person does with one name on one line."""

    entry: str
    name: str  # the emoji without colons, or "typed"
    meaning: Meaning
    stamp: str
    found: bool = False  # on the message when it was read back; Slack may still tell of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmarked(Fact):
    entry: str
    name: str
    stamp: str
    meaning: Meaning | None = None  # which of the things one person typed of the line
    found: bool = False  # as for Marked


@dataclass(frozen=True, slots=True, kw_only=True)
class Reworded(Fact):
    """The author edited the message; its time stays."""

    entry: str
    text: Wire
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased(Fact):
    """The message was deleted; nothing of its text is kept."""

    entry: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed(Fact):
    """A person was taken out of the database: from the fact of number `since` on, their words and name are gone.

    It does not say who.
    """

    since: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Amended(Fact):
    """A person corrected a line in the timeline form; None leaves a part as it is."""

    entry: str
    text: Wire | None = None
    moment: datetime | None = None
    kind: Kind | None = None
    milestone: Milestone | None = None  # what it means instead, as `kind`: earlier marks assert no milestone any more
    author: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn(Fact):
    """A person took the line off the timeline."""

    entry: str
    moved_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reinstated(Fact):
    entry: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchored(Fact):
    """Something of ours is in Slack: `card`, `log:<request>`, `draft:<family>:<version>:<request>`, `canvas`, whose id
    is the `file`, `file:<family>:<version>:<form>:<against>:<call>` the report as a file in the thread of `place`.

    `no canvas`: Slack refused it, or what was to stand in it; that is said once.
    """

    what: str
    place: Evidence
    file: str | None = None
    about: str = ""  # the timeline line whose words it repeats
    knew: int = 0  # of a file: from how many erasures on in its versions it was written
    gone: bool = False  # of a file: deleted in Slack, because it held words that are erased


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestoneSet(Fact):
    """A typed or picked time; the newest one counts before any assertion. A moment of None clears it."""

    milestone: Milestone
    moment: datetime | None
    approximate: bool = False
    entry: str | None = None  # set in the form of this line: its time counts, for as long as it says so


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusChanged(Fact):
    status: Status
    reason: Wire = UNSAID
    asserts: Milestone | None = None  # the change itself says when, where nothing else does


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopened(Fact):
    resolved_at: datetime | None  # the resolution that did not hold, as it counted until now
    reason: Wire = UNSAID


@dataclass(frozen=True, slots=True, kw_only=True)
class SeverityChanged(Fact):
    severity: Severity
    reason: Wire = UNSAID


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleAssigned(Fact):
    role: Role
    user: str | None  # None: nobody holds it any more


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSet(Fact):
    """Only people know this. A value of None takes it back; `appended` adds one item to a list field."""

    field: str
    value: Value | None
    approximate: bool = False
    appended: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionAdded(Fact):
    action: str
    text: Wire
    owner: str | None = None  # Slack user or user group id, or a name as typed
    due: date | None = None
    due_assumed: bool = False  # from the family's horizon, not from a person
    priority: Priority | None = None
    type: ActionType | None = None
    ticket: str | None = None
    verification: Wire = UNSAID
    entry: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionChanged(Fact):
    action: str
    text: Wire | None = None
    owner: str | None = None
    due: date | None = None
    priority: Priority | None = None
    type: ActionType | None = None
    ticket: str | None = None
    verification: Wire | None = None
    status: ActionStatus | None = None
    reason: Wire = UNSAID


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled(Fact):
    reason: Wire = UNSAID


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged(Fact):
    into: str  # the other incident's number


@dataclass(frozen=True, slots=True, kw_only=True)
class Absorbed(Fact):
    other: str  # the number of the incident merged into this one


@dataclass(frozen=True, slots=True, kw_only=True)
class Questioned(Fact):
    """The quiet question for missing milestones went out; it is asked once."""

    occasion: Milestone
    about: tuple[Milestone, ...]
    whom: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportAdvanced(Fact):
    """The incident's report of this family has come so far."""

    family: str
    status: DocumentStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionMade(Fact):
    """The report of this family, written from all facts up to this one, is a version with a number of its own."""

    family: str
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedOff(Fact):
    """Who says it has signed a family's report; `signer` is the role or the field that named the person."""

    family: str
    signer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Snoozed(Fact):
    """Nobody is to be reminded of this before that day (`bot.followups` makes the names of what is followed up)."""

    followup: str
    until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled(Fact):
    """What was to be followed up on a date, such as a review, is dealt with."""

    followup: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RemindersTurned(Fact):
    """The incident's own reminders are turned on or off; with `until` they are off until then."""

    on: bool
    until: datetime | None = None


AnyFact = (
    Declared
    | ChannelAttached
    | ReachChanged
    | Away
    | Described
    | Captured
    | Marked
    | Unmarked
    | Reworded
    | Erased
    | Removed
    | Amended
    | Withdrawn
    | Reinstated
    | Anchored
    | MilestoneSet
    | StatusChanged
    | Reopened
    | SeverityChanged
    | RoleAssigned
    | FieldSet
    | ActionAdded
    | ActionChanged
    | Cancelled
    | Merged
    | Absorbed
    | Questioned
    | ReportAdvanced
    | VersionMade
    | SignedOff
    | Snoozed
    | Settled
    | RemindersTurned
)


@dataclass(frozen=True, slots=True)
class Recorded:
    """A fact with its place in the incident's sequence and the moment it was heard (aware, UTC)."""

    seq: int
    heard_at: datetime
    fact: AnyFact
