"""What becomes of lines whose message is edited or deleted."""

from __future__ import annotations

import hashlib

from bot import commands as c
from bot import facts as f
from bot.decide._common import after, masked, source, whole_second
from bot.decide.posted import replaced
from bot.decision import Decision, Notice, ShowCard, Unsay, Whisper
from bot.facts import Evidence
from bot.fields import FIELDS
from bot.incident import Incident, entries_of, mention_key, message_entry, typed_entry
from bot.policy import Policy
from bot.stamps import stamp_of


def note_edit(incident: Incident, command: c.NoteEdit, request: c.Request, policy: Policy) -> Decision:
    """The text follows the author's edit; the time stays the message's; the earlier wording is kept."""
    entry = message_entry(command.message.place)
    line = incident.entries.get(entry)
    text, _ = masked(command.message.text, policy)
    if line is None:
        return Decision((), _as_typed(incident, command.message.place))
    if line.erased or (line.text, line.files) == (text, command.message.files):
        return Decision()
    fact = f.Reworded(
        key=f"edit:{entry}:{stamp_of(command.edited_at)}:{_tag(text)}",
        at=whole_second(command.edited_at),
        source=source(request, command.message.place),
        entry=entry,
        text=text,
        files=command.message.files,
    )
    return Decision((fact,), (ShowCard(),))


def _tag(text: str) -> str:
    """Tells the wordings apart that a message had in one second; too short to tell what a deleted one was."""
    return hashlib.sha256(text.encode()).hexdigest()[:4]


def _as_typed(incident: Incident, place: Evidence) -> tuple[Notice, ...]:
    """Who edits what they said to @Scribe is told once that it was taken as it was first said: read anew, an edit could
    move a time or a milestone that others have built on since.
    """
    key = mention_key(place.channel, place.ts)
    line = incident.entries.get(typed_entry(key, 0))
    if line is None or line.erased or place.channel != incident.channel:
        return ()
    text = "What you typed stands as it was before your edit. Correct the line in `/incident timeline`."
    return (Whisper(f"as-typed:{key}", line.source.by, (text,), thread_ts=place.thread_ts),)


def note_deletion(incident: Incident, command: c.NoteDeletion, request: c.Request, policy: Policy) -> Decision:
    """A deleted message leaves a withdrawn line without its text, wherever that text was kept; so do the lines and the
    action item that it typed where it was said to @Scribe. What it set is the team's answer by now and stays.
    """
    items = {item.entry for item in incident.actions.values()}
    gone = [entry for entry in entries_of(command.place) if entry in incident.entries or entry in items]
    stays = _stays(incident, command.place, request)
    if not gone:
        return Decision((), stays, erase=(command.place,))
    at, by = whole_second(request.now), source(request, command.place)
    facts = tuple(f.Erased(key=f"erase:{entry}", at=at, source=by, entry=entry) for entry in gone)
    repeated = (Unsay(anchor.place) for anchor in incident.anchors.values() if anchor.about in gone)
    old, files = replaced(after(incident, facts, request.now), request)
    return Decision((*facts, *old), (*repeated, *stays, *files, ShowCard()), erase=(command.place,))


def _stays(incident: Incident, place: Evidence, request: c.Request) -> tuple[Notice, ...]:
    """Whoever deletes the message by which they set something is told, once, that the answer stands."""
    key = mention_key(place.channel, place.ts)
    said = {name: values for name, values in incident.fields.items() if any(v.source.ref == key for v in values)}
    if not said or place.channel != incident.channel:
        return ()
    by = next(v.source.by for v in next(iter(said.values())) if v.source.ref == key)
    names = ", ".join(f"“{FIELDS[name].label}”" for name in said if name in FIELDS)
    text = f"Your message is deleted; what it set in the report stays: {names}. To take it back, set it to unknown."
    return (Whisper(f"stays:{key}", by, (text,), thread_ts=place.thread_ts),)
