"""What people do in a rehearsal: they type, say, mark and fill in forms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person as a value of a form, by the name the file gives them."""

    name: str


@dataclass(frozen=True, slots=True)
class Types:
    """A person types a command in the incident's channel, and mentions somebody at its end."""

    who: str
    line: str
    mentions: str | None = None


@dataclass(frozen=True, slots=True)
class Says:
    """A person says something, and marks it."""

    who: str
    text: str
    emoji: str
    name: str = ""  # by which a later act finds the message
    to: str = ""  # the message in whose thread it is said


@dataclass(frozen=True, slots=True)
class Rewords:
    """The author edits a message."""

    who: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Deletes:
    """The author deletes a message."""

    who: str
    name: str


@dataclass(frozen=True, slots=True)
class Reacts:
    """A person marks a message that was said before."""

    who: str
    name: str
    emoji: str


@dataclass(frozen=True, slots=True)
class TakesBack:
    """A person takes a reaction back."""

    who: str
    name: str
    emoji: str


@dataclass(frozen=True, slots=True)
class Mentions:
    """A person says a command to @Scribe, in a message."""

    who: str
    line: str


@dataclass(frozen=True, slots=True)
class Outage:
    """Scribe goes, or comes again; a calm performance plays on."""

    begins: bool


@dataclass(frozen=True, slots=True)
class Fills:
    """A person opens a form by a command and fills it in; a value of None leaves a field as it is."""

    who: str
    command: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Presses:
    """A person presses a button of the card, called by what stands on it, and which is gone from it then."""

    who: str
    button: str


@dataclass(frozen=True, slots=True)
class Retells:
    """A person says what happened earlier, and puts the message on the timeline by its shortcut, at its true time."""

    who: str
    text: str
    at: datetime
    kind: str


Act = Types | Says | Fills | Presses | Retells | Rewords | Deletes | Reacts | TakesBack | Mentions | Outage


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that happens at one instant, in order."""

    at: datetime
    acts: tuple[Act, ...]


def told(act: Act) -> str:
    """The act in one line, for whoever watches."""
    if isinstance(act, Says):
        return f"{act.who}: {_short(act.text)} :{act.emoji}:"
    if isinstance(act, Retells):
        return f"{act.who}: {_short(act.text)} (as {act.kind})"
    if isinstance(act, Types | Mentions):
        return _short(act.line)
    return _short(act.command) if isinstance(act, Fills) else str(act)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 120 else f"{line[:119]}…"
