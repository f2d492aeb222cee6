"""Whether Scribe hears an incident's channel, when it did not, and what was made good afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from bot import commands as c
from bot import facts as f
from bot.decide._common import source, steward
from bot.decision import Announce, Decision, Direct, Notice, ShowCard, Span, Text, Time, Whisper
from bot.durations import duration
from bot.incident import Incident
from bot.policy import Policy
from bot.stamps import stamp_of

FOUND: Final[Mapping[str, tuple[str, str]]] = {
    "messages": ("message", "messages"),
    "replies": ("thread reply", "thread replies"),
    "reactions": ("reaction", "reactions"),
    "taken_back": ("reaction taken back", "reactions taken back"),
    "edits": ("edit", "edits"),
    "deletions": ("deletion", "deletions"),
    "mentions": ("command said to @Scribe", "commands said to @Scribe"),
}
"""What a reading can find that nobody had heard, in the order in which it is told."""

_LOST: Final[Mapping[str, str]] = {
    "is_archived": "it is archived. Un-archive it and invite Scribe, if more is to be recorded there",
    "not_in_channel": "Scribe is not in it. Invite it again (/invite @Scribe), and what was missed is read back",
    "channel_not_found": "it is gone, or private without Scribe in it. If it is there, invite Scribe (/invite @Scribe)",
}
_TYPED_AGAIN: Final = (
    " Whatever was typed as /incident … or pressed in that time did not arrive: please do it again."
    " --at gives it its true time, as in /incident event --at 14:20 db failover."
)


def note_reach(incident: Incident, command: c.NoteReach, request: c.Request, policy: Policy) -> Decision:
    """The channel was lost, which whoever answers for the incident is told once; or it was found again."""
    if bool(command.why) == bool(incident.unreachable):
        return Decision()
    fact = f.ReachChanged(key=f"reach:{request.key}", at=request.now, source=source(request), why=command.why)
    told = _told_of_loss(incident, command.why, request) if command.why and incident.is_open else ()
    return Decision((fact,), told if command.why else (ShowCard(),))


def _told_of_loss(incident: Incident, why: str, request: c.Request) -> tuple[Notice, ...]:
    reason = _LOST.get(why, f"Slack says {why}")
    text: Text = (
        f"Scribe cannot read #{incident.channel_name} of {incident.number} any more: {reason}. "
        "What is recorded stays, and the report is made from it.",
    )
    return (Direct(f"reach:{request.key}", steward(incident), text),)


def note_reading(incident: Incident, command: c.NoteReading, request: c.Request, policy: Policy) -> Decision:
    """Each absence during the incident is disclosed once, in its report and in one message to its channel."""
    facts = [_away(absence, command.unread, request) for absence in _undisclosed(incident, command)]
    reach = note_reach(incident, c.NoteReach(command.unread), request, policy)
    notices = [*reach.notices, *_told(incident, facts, command)]
    if command.asker:
        notices.append(Whisper(f"read:{request.key}", command.asker, _answer(command)))
    return Decision((*reach.facts, *facts), tuple(notices))


def _undisclosed(incident: Incident, command: c.NoteReading) -> Iterator[tuple[datetime, datetime]]:
    """After the incident was over an absence concerns nobody, unless something was missed in it."""
    known = {away.since for away in incident.absences}
    begun = incident.declared_at
    for since, until in command.absences:
        over = not incident.is_open and incident.turns and incident.turns[-1].at <= since and not command.found
        if begun is not None and until > begun and since not in known and not over:
            yield since, until


def _away(absence: tuple[datetime, datetime], unread: str, request: c.Request) -> f.Away:
    since, until = absence
    key = f"away:{stamp_of(since)}"
    return f.Away(key=key, at=until, source=source(request), since=since, until=until, unread=unread)


def _told(incident: Incident, facts: list[f.Away], command: c.NoteReading) -> list[Notice]:
    if not facts or command.unread:
        return []
    spans: list[Span] = []
    for away in facts:
        length = duration(away.until - away.since)
        spans += [" and " if spans else "Scribe was away from ", Time(away.since), " to ", Time(away.until)]
        spans.append(f" ({length})")
    text = (*spans, f". {_read_back(command)}.{_TYPED_AGAIN}")
    return [Announce(f"away:{stamp_of(facts[-1].since)}", text)]


def _read_back(command: c.NoteReading) -> str:
    found = _counted(command)
    return f"What was said here meanwhile is read back: {found}" if found else "Nothing was said here meanwhile"


def _answer(command: c.NoteReading) -> Text:
    if command.unread:
        return (f"The channel cannot be read: Slack says {command.unread}.",)
    found = _counted(command)
    return (f"The channel is read back; what nobody had heard: {found or 'nothing'}.",)


def _counted(command: c.NoteReading) -> str:
    counts = dict(command.found)
    return ", ".join(f"{n} {words[n != 1]}" for kind, words in FOUND.items() if (n := counts.get(kind, 0)))
