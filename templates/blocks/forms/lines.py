"""The forms about one line of the timeline: add it, correct it, capture a message, move it to another incident."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from bot.facts import Evidence
from bot.incident import Entry, Incident
from bot.words import Kind, Milestone, Wire
from templates.blocks import actions as a
from templates.blocks.forms.inputs import Choice, View, chosen_moment, grouped_select, moment, text, view
from templates.blocks.parts import Block, context
from templates.blocks.text import Look, bare_words
from templates.blocks.timeline import line, meanings
from templates.blocks.words import ICONS, label

_KEPT = "Its time and wording stay as they are where you change nothing."


def event_form(incident: Incident, given: Mapping[str, str]) -> View:
    """A line to add; without a time, the moment of saving. `given` may hold `text`, `kind` and, in ISO 8601, `when`."""
    blocks = [
        text("text", "What happened?", given.get("text", ""), multiline=True),
        moment("when", "When", chosen_moment(given.get("when")), hint="Empty: now"),
        _meaning(given.get("kind") or str(Kind.EVENT)),
    ]
    return view(a.EVENT, "Add to the timeline", "Add", blocks, {"incident": incident.id})


def edit_form(incident: Incident, entry: Entry, look: Look) -> View:
    """A line to correct."""
    blocks = [
        text("text", "What happened?", bare_words(entry.text, look), multiline=True, optional=not entry.text),
        moment("when", "When", entry.at),
        _meaning(str(meanings(incident, entry.id)[0])),
        context(_KEPT),
    ]
    return view(a.EDIT, "Correct a line", "Save", blocks, {"incident": incident.id, "entry": entry.id})


def capture_form(incident: Incident, place: Evidence, author: str, words: Wire, look: Look) -> View:
    """A message to capture; `author` is who wrote it. Only ids go with the form, the message itself is kept by us."""
    at = datetime.fromtimestamp(int(place.ts.split(".")[0]), UTC)
    blocks = [
        text("text", "What happened?", bare_words(words, look), multiline=True, optional=True),
        moment("when", "When", at),
        _meaning(str(Kind.EVENT)),
        context(_KEPT),
    ]
    ids: dict[str, int | str] = {
        "incident": incident.id,
        "channel": place.channel,
        "ts": place.ts,
        "thread": place.thread_ts or "",
        "author": author,
    }
    return view(a.CAPTURE, "Add to the timeline", "Add", blocks, ids)


def move_form(incident: Incident, entry: Entry, look: Look) -> View:
    """A line that belongs to another incident."""
    other = text("other", "To which incident?", hint="Its number, or the link to its channel")
    ids: dict[str, int | str] = {"incident": incident.id, "entry": entry.id}
    return view(a.MOVE, "Move a line", "Move", [context(line(incident, entry, look)), other], ids)


def _meaning(initial: str) -> Block:
    groups = {"Kind of line": _words(Kind), "Milestone": _words(Milestone)}
    hint = "A milestone is set to the time above."
    return grouped_select("kind", "What is it?", groups, initial, hint=hint)


def _words(words: type[Kind] | type[Milestone]) -> list[Choice]:
    return [(f"{ICONS[word]} {label(word)}", str(word)) for word in words]
