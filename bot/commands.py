"""What can be asked of an incident, imperative; `bot.decide` answers each with facts, notices and a reply."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from bot.facts import Evidence, Value, Via
from bot.family import Signer
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


@dataclass(frozen=True, slots=True)
class Request:
    """Who asks, through what, and when it was received (aware, UTC). `key` is the envelope's: the root of fact keys."""

    key: str
    by: str
    via: Via
    now: datetime
    zone: str = "UTC"  # IANA zone of the person
    channel: str | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """A typed or picked time, understood: aware, UTC, never in the future."""

    at: datetime
    approximate: bool = False


@dataclass(frozen=True, slots=True)
class Declare:
    title: Wire
    severity: Severity | None = None
    type: IncidentType | None = None
    services: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    family: str | None = None
    commander: str | None = None
    private: bool = False
    drill: bool = False
    here: str | None = None  # adopt this channel
    here_name: str = ""
    moments: tuple[tuple[Milestone, Moment], ...] = ()  # --started, --detected, --acknowledged, --mitigated, --resolved
    number: str = ""  # assigned by the writer, unique
    numbers: tuple[tuple[str, str], ...] = ()  # every family's, assigned with it
    message: SeenMessage | None = None  # the one it is declared from: the first line
    channel_name: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One typed line of the timeline."""

    text: Wire
    moment: Moment | None = None
    meaning: Meaning = Kind.EVENT
    author: str | None = None  # --by: a Slack user id or a name as typed


@dataclass(frozen=True, slots=True)
class AddEvents:
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class SeenMessage:
    """A message in the transcript, as it stands now."""

    place: Evidence
    author: str
    text: Wire
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class React:
    message: SeenMessage
    emoji: str
    meaning: Meaning
    stamp: str  # event_ts of the reaction: newest wins
    found: bool = False  # read back from the message: nobody was told when it was put on, so the stamp is ours


@dataclass(frozen=True, slots=True)
class Unreact:
    place: Evidence
    emoji: str
    stamp: str
    found: bool = False  # as for React


@dataclass(frozen=True, slots=True)
class Capture:
    """The message shortcut's form: a message, corrected by a person before it is kept."""

    message: SeenMessage
    text: Wire
    moment: Moment | None
    meaning: Meaning


@dataclass(frozen=True, slots=True)
class NoteEdit:
    message: SeenMessage
    edited_at: datetime


@dataclass(frozen=True, slots=True)
class NoteDeletion:
    place: Evidence


@dataclass(frozen=True, slots=True)
class Amend:
    entry: str
    text: Wire | None = None
    moment: Moment | None = None
    meaning: Meaning | None = None


@dataclass(frozen=True, slots=True)
class Withdraw:
    entry: str


@dataclass(frozen=True, slots=True)
class Reinstate:
    entry: str


@dataclass(frozen=True, slots=True)
class Undo:
    """Take back the asker's own last capture."""


@dataclass(frozen=True, slots=True)
class MarkMilestones:
    """Set times by hand; None clears one."""

    moments: tuple[tuple[Milestone, Moment | None], ...]


@dataclass(frozen=True, slots=True)
class ChangeStatus:
    status: Status
    reason: Wire = UNSAID
    moment: Moment | None = None


@dataclass(frozen=True, slots=True)
class Reopen:
    reason: Wire = UNSAID
    moment: Moment | None = None


@dataclass(frozen=True, slots=True)
class Cancel:
    reason: Wire = UNSAID


@dataclass(frozen=True, slots=True)
class ChangeSeverity:
    severity: Severity
    reason: Wire = UNSAID


@dataclass(frozen=True, slots=True)
class Assign:
    """Give a role; None: to nobody. The new holder gets a brief."""

    role: Role
    user: str | None


@dataclass(frozen=True, slots=True)
class Describe:
    title: Wire | None = None
    type: IncidentType | None = None
    services: tuple[str, ...] | None = None
    regions: tuple[str, ...] | None = None
    family: str | None = None


@dataclass(frozen=True, slots=True)
class PostUpdate:
    text: Wire


@dataclass(frozen=True, slots=True)
class SetFields:
    """Values are of the type that `bot.fields` gives; None takes the value back."""

    values: tuple[tuple[str, Value | None, bool], ...]  # key, value, approximate
    append: bool = False
    seen: int | None = None  # up to which fact the form had read; None: not from a form
    bases: tuple[tuple[str, tuple[str, ...]], ...] = ()  # the items of lists as the form had shown them


@dataclass(frozen=True, slots=True)
class AddAction:
    """One owner is reminded; who else was named as one (`also`) stands in the text, and the asker is told."""

    text: Wire
    owner: str | None = None
    due: date | None = None
    priority: Priority | None = None
    type: ActionType | None = None
    ticket: str | None = None
    verification: Wire = UNSAID
    also: tuple[str, ...] = ()
    assumed: date | None = None  # by when it is followed up if nobody says; told, and not recorded


@dataclass(frozen=True, slots=True)
class ChangeAction:
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


@dataclass(frozen=True, slots=True)
class Snooze:
    """Nobody is to be reminded of these (`bot.followups` names them) before that day."""

    followups: tuple[str, ...]
    until: date


@dataclass(frozen=True, slots=True)
class Remind:
    """Turn the incident's own reminders on, or off; with `pause` off for so long."""

    on: bool
    pause: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Settle:
    """What is followed up on a date of its own, such as a review, is dealt with."""

    followup: str


@dataclass(frozen=True, slots=True)
class MergeInto:
    other: str  # number or channel id of the incident that goes on


@dataclass(frozen=True, slots=True)
class MoveLine:
    entry: str
    other: str


@dataclass(frozen=True, slots=True)
class AdvanceReport:
    """The report of a family goes on to this status; no family: the incident's own."""

    status: DocumentStatus
    family: str | None = None


@dataclass(frozen=True, slots=True)
class RenewReport:
    """Begin the version after the published one; `after` is the number that was published when it was asked."""

    family: str
    after: str


@dataclass(frozen=True, slots=True)
class SendVersion:
    """A version of a report as a file; no family: the incident's own. `form` is the ending of the file's name.

    With `against`, how it differs from that version.
    """

    number: str
    form: str
    family: str | None = None
    against: str | None = None


@dataclass(frozen=True, slots=True)
class Sign:
    """Sign a report in a part of it or wherever one is named; of the family that stands last, or the incident's own."""

    words: str


@dataclass(frozen=True, slots=True)
class SignOff:
    """Sign the report of a family in every part in which one is named; `signers` are those it asks for."""

    family: str
    signers: tuple[Signer, ...]


@dataclass(frozen=True, slots=True)
class AttachChannel:
    """Slack has made (or we adopted) the incident's channel."""

    channel: str
    name: str
    private: bool = False


@dataclass(frozen=True, slots=True)
class NoteReach:
    """Whether Scribe can read the incident's channel: `why` not in Slack's word, empty when it can."""

    why: str


@dataclass(frozen=True, slots=True)
class NoteReading:
    """The channel was read back after these absences (from, to); `found` counts by kind what nobody had heard.

    `unread` says in Slack's word why it could not be read; `asker` wants to know in any case.
    """

    absences: tuple[tuple[datetime, datetime], ...]
    found: tuple[tuple[str, int], ...] = ()
    unread: str = ""
    asker: str = ""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A call of ours came back: this is where it stands in Slack."""

    what: str
    place: Evidence
    file: str | None = None
    about: str = ""  # the timeline line whose words it repeats
    knew: int = 0  # of a file: from how many erasures on in its versions it was written


Command = (
    Declare
    | AddEvents
    | React
    | Unreact
    | Capture
    | NoteEdit
    | NoteDeletion
    | Amend
    | Withdraw
    | Reinstate
    | Undo
    | MarkMilestones
    | ChangeStatus
    | Reopen
    | Cancel
    | ChangeSeverity
    | Assign
    | Describe
    | PostUpdate
    | SetFields
    | AddAction
    | ChangeAction
    | Snooze
    | Settle
    | Remind
    | AdvanceReport
    | RenewReport
    | SendVersion
    | SignOff
    | AttachChannel
    | NoteReach
    | NoteReading
    | Anchor
)
"""Decided within one incident."""


@dataclass(frozen=True, slots=True)
class Show:
    """A question about what is known; nothing changes. `what` is one of the verbs of `bot.phrases`."""

    what: str  # timeline, report, missing, list, search, metrics, help, brief, milestones, actions, mine
    argument: str = ""
    page: int | None = None  # turned to by a button; else the argument may say


@dataclass(frozen=True, slots=True)
class OpenForm:
    """Ask in a form what the line did not say; `given` is kept in it, so nothing typed is lost."""

    form: str  # declare, event, milestones, fields, action, resolve, update, …
    given: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Draft:
    """Post the post-mortem; no side effect on the incident."""

    family: str | None = None


Understood = Command | MergeInto | MoveLine | Show | OpenForm | Draft | Sign
"""What a typed line can turn out to be."""
