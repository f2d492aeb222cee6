"""What a decision says: facts to record, notices to send, one reply to the asker. Nothing here knows Slack's blocks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.facts import AnyFact, Evidence
from bot.words import Milestone, Severity, Wire


class Refused(Exception):
    """A sentence for the asker: what was understood, what was wrong, and an example that works."""

    def __init__(self, sentence: str, example: str = "", offers: tuple[Offer, ...] = ()) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.example = example
        self.offers = offers


class Overtaken(Refused):
    """Fields were set by others while a form to set them was open; `keys` says which."""

    def __init__(self, sentence: str, keys: tuple[str, ...]) -> None:
        super().__init__(sentence)
        self.keys = keys


@dataclass(frozen=True, slots=True)
class Name:
    """A person or bot by id, shown by name, never notified."""

    id: str


@dataclass(frozen=True, slots=True)
class ChannelLink:
    id: str


@dataclass(frozen=True, slots=True)
class Time:
    """A moment, shown with its zone; in Slack in the reader's own."""

    at: datetime
    approximate: bool = False


@dataclass(frozen=True, slots=True)
class Quote:
    """Words from Slack, in wire form: shown as data."""

    text: Wire


@dataclass(frozen=True, slots=True)
class Link:
    place: Evidence
    label: str


@dataclass(frozen=True, slots=True)
class Grade:
    """A severity, said as the report family calls it."""

    severity: Severity
    family: str


Span = str | Name | ChannelLink | Time | Quote | Link | Grade
Text = tuple[Span, ...]
"""A sentence in parts: a plain `str` is our own words, everything from outside is one of the other spans."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A button: `action` names what pressing it asks, `value` which thing."""

    label: str
    action: str
    value: str
    style: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the asker alone reads."""

    text: Text
    offers: tuple[Offer, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenChannel:
    """Have Slack make the incident's channel; what comes back is an `AttachChannel`."""

    name: str
    private: bool


@dataclass(frozen=True, slots=True)
class Invite:
    who: tuple[str, ...]  # user ids and user group ids


@dataclass(frozen=True, slots=True)
class Furnish:
    """Topic and bookmark of the incident's channel."""


@dataclass(frozen=True, slots=True)
class ShowCard:
    """The pinned card shows something else now. Only the newest state matters."""


@dataclass(frozen=True, slots=True)
class PinCard:
    place: Evidence


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line in the thread under the card; it becomes the evidence of a typed entry."""

    what: str  # the anchor: log:<entry> or log:<fact key>
    text: Text
    about: str = ""  # the timeline line whose words it repeats, so that erasing finds it


@dataclass(frozen=True, slots=True)
class Unsay:
    """A line of the log repeated what is deleted now; it stays without those words."""

    place: Evidence


@dataclass(frozen=True, slots=True)
class Confirm:
    """The bot's own reaction on a captured message."""

    place: Evidence
    taken_back: bool = False


@dataclass(frozen=True, slots=True)
class Whisper:
    """An ephemeral line to one person in the incident's channel; `key` says it once."""

    key: str
    user: str
    text: Text
    offers: tuple[Offer, ...] = ()
    thread_ts: str | None = None


@dataclass(frozen=True, slots=True)
class Direct:
    """A message to one person alone, where the incident's channel cannot carry it; `key` says it once."""

    key: str
    user: str
    text: Text


@dataclass(frozen=True, slots=True)
class Announce:
    """A message at the channel's top level: an update, a severity or status change worth one."""

    key: str
    text: Text
    broadcast: bool = False  # to the configured channel as well
    anchor: str = ""
    about: str = ""  # the timeline line whose words it repeats, so that erasing finds it


@dataclass(frozen=True, slots=True)
class PostDraft:
    """A version of the post-mortem as a file and a summary in the channel."""

    key: str
    family: str
    version: str


@dataclass(frozen=True, slots=True)
class Upload:
    """A version of the report as a file, in the thread of this message; `form` is the ending of the file's name."""

    key: str
    family: str
    version: str
    form: str
    place: Evidence
    against: str | None = None  # then the file says how it differs from this version
    knew: int = 0  # above 0 it takes the place of a file with words that are erased: so many erasures it knows


@dataclass(frozen=True, slots=True)
class DeleteFile:
    """A file of ours holds words that are erased."""

    file: str
    place: Evidence


@dataclass(frozen=True, slots=True)
class Freeze:
    """A version was published: its bytes are to be kept."""

    key: str
    family: str
    version: str


@dataclass(frozen=True, slots=True)
class RecallPast:
    """What past incidents have to say, once, in the incident's new channel."""


@dataclass(frozen=True, slots=True)
class Brief:
    """Where things stand, for one person in private."""

    key: str
    user: str


@dataclass(frozen=True, slots=True)
class AskMilestones:
    """The quiet question to one person for what is missing, with date-time pickers."""

    key: str
    user: str
    missing: tuple[Milestone, ...]


@dataclass(frozen=True, slots=True)
class OfferArchive:
    key: str
    user: str


Notice = (
    OpenChannel
    | Invite
    | Furnish
    | ShowCard
    | PinCard
    | LogLine
    | Unsay
    | Confirm
    | Whisper
    | Direct
    | Announce
    | PostDraft
    | Upload
    | DeleteFile
    | Freeze
    | RecallPast
    | Brief
    | AskMilestones
    | OfferArchive
)


@dataclass(frozen=True, slots=True)
class Decision:
    facts: tuple[AnyFact, ...] = ()
    notices: tuple[Notice, ...] = ()
    reply: Reply | None = None
    erase: tuple[Evidence, ...] = ()  # messages whose text must go from wherever it is kept


def say(*parts: Span, offers: tuple[Offer, ...] = ()) -> Reply:
    return Reply(parts, offers)
