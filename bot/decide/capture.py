"""Capturing lines: typed, by reaction, by shortcut; correcting them and taking them back."""

from __future__ import annotations

from datetime import datetime

from bot import commands as c
from bot import facts as f
from bot.decide._cautions import cautions
from bot.decide._common import (
    after,
    captured,
    entry_of,
    is_action_item,
    is_resolution,
    log,
    mask_warning,
    masked,
    meaning_word,
    message_line,
    require_not_over,
    source,
    typed_mark,
    whole_second,
)
from bot.decision import (
    Announce,
    Confirm,
    Decision,
    LogLine,
    Name,
    Notice,
    Offer,
    Quote,
    Refused,
    ShowCard,
    Span,
    Time,
    Whisper,
    say,
)
from bot.facts import AnyFact, Evidence
from bot.incident import Entry, Incident, message_entry, typed_entry
from bot.policy import Policy
from bot.stamps import instant_of, moment_of
from bot.words import Kind, Meaning, Milestone, Wire


def add_events(incident: Incident, command: c.AddEvents, request: c.Request, policy: Policy) -> Decision:
    """Typed lines, each with its own time; without one, the moment at which it was typed."""
    require_not_over(incident)
    facts: list[AnyFact] = []
    told: list[Span] = []
    for number, line in enumerate(command.lines):
        at = line.moment.at if line.moment else whole_second(request.now)
        vague = line.moment.approximate if line.moment else False
        facts += _typed_line(after(incident, facts, request.now), request, number, at, vague, line)
        told += [*(("\n",) if told else ()), *_telling(at, vague, line.text, line.meaning)]
    line_in_log = log(request, Name(request.by), ": ", *told, about=typed_entry(request.key, 0))
    notes = cautions(incident, facts, request)
    reply = say("Recorded ", *told, ".", *notes, offers=_offers(incident, command.lines))
    return Decision(tuple(facts), (line_in_log, ShowCard()), reply)


def _typed_line(
    incident: Incident, request: c.Request, number: int, at: datetime, vague: bool, line: c.Line
) -> list[AnyFact]:
    entry = typed_entry(request.key, number)
    author = line.author or request.by
    facts: list[AnyFact] = [
        captured(request, entry, at, line.text, author=author, approximate=vague),
        typed_mark(request, entry, line.meaning),
    ]
    if is_action_item(line.meaning):
        facts.append(_aimed(incident, request, entry, line.text))
    return facts


def _telling(at: datetime, vague: bool, text: Wire, meaning: Meaning) -> tuple[Span, ...]:
    word = "" if meaning is Kind.EVENT else f" {meaning_word(meaning)}"
    return (Time(at, vague), f"{word} — ", Quote(text))


def _offers(incident: Incident, lines: tuple[c.Line, ...]) -> tuple[Offer, ...]:
    if incident.is_open and any(is_resolution(line.meaning) for line in lines):
        return (Offer("Resolve the incident", "resolve", str(incident.id), "primary"),)
    return ()


def _aimed(incident: Incident, request: c.Request, entry: str, text: Wire, place: Evidence | None = None) -> AnyFact:
    """The action item that a :dart: makes; one per line, whoever aims."""
    return f.ActionAdded(
        key=f"action:{entry}",
        at=request.now,
        source=source(request, place),
        action=f"A{len(incident.actions) + 1}",
        text=text,
        entry=entry,
    )


def react(incident: Incident, command: c.React, request: c.Request, policy: Policy) -> Decision:
    """A reaction makes the message a timeline event, or adds a witness to it. The message's own time counts."""
    entry = message_entry(command.message.place)
    if _read_back_already(incident, entry, command, request, standing=True):
        return Decision()
    text, found = masked(command.message.text, policy)
    facts: list[AnyFact] = []
    if entry not in incident.entries:
        facts.append(message_line(request, command.message, text))
    elif _comes_back(incident, entry, command.stamp):
        facts.append(_reinstated(request, entry))
    facts.append(_reaction(request, entry, command))
    if is_action_item(command.meaning) and not any(a.entry == entry for a in incident.actions.values()):
        facts.append(_aimed(incident, request, entry, text, command.message.place))
    notices = [*_confirmation(incident, facts, entry, command.message.place, request.now), ShowCard()]
    notices += _whispers(incident, command, request, entry, found)
    return Decision(tuple(facts), tuple(notices))


def _read_back_already(
    incident: Incident, entry: str, command: c.React | c.Unreact, request: c.Request, *, standing: bool
) -> bool:
    """Slack tells late of what was read back in the meantime: it is one fact, and it stands already."""
    marks = (m for m in incident.marks.get(entry, ()) if (m.name, m.by) == (command.emoji, request.by))
    return not command.found and any(mark.found and mark.standing is standing for mark in marks)


def _comes_back(incident: Incident, entry: str, stamp: str) -> bool:
    """A line that a person withdrew comes back when somebody marks it afresh, not when an old mark arrives late."""
    line = incident.entries[entry]
    marks = incident.marks.get(entry, ())
    return bool(line.withdrawn_by and not line.moved_to and all(m.stamp < stamp for m in marks))


def _reinstated(request: c.Request, entry: str) -> f.Reinstated:
    return f.Reinstated(key=f"reinstate:{entry}:{request.key}", at=request.now, source=source(request), entry=entry)


def _reaction(request: c.Request, entry: str, command: c.React) -> f.Marked:
    return f.Marked(
        key=f"reaction:{entry}:{command.emoji}:{request.by}:{command.stamp}:on",
        at=instant_of(command.stamp),
        source=source(request, command.message.place),
        entry=entry,
        name=command.emoji,
        meaning=command.meaning,
        stamp=command.stamp,
        found=command.found,
    )


def _confirmation(
    incident: Incident, facts: list[AnyFact], entry: str, place: Evidence, now: datetime
) -> tuple[Notice, ...]:
    """The bot's own reaction follows the line: on when it begins to stand, off when it no longer does."""
    fresh = [fact for fact in facts if not (isinstance(fact, f.Captured) and fact.entry in incident.entries)]
    before, now_stands = incident.stands(entry), after(incident, fresh, now).stands(entry)
    return (Confirm(place, taken_back=before),) if before != now_stands else ()


def _whispers(
    incident: Incident, command: c.React, request: c.Request, entry: str, found: tuple[str, ...]
) -> list[Notice]:
    thread = command.message.place.thread_ts
    notices: list[Notice] = []
    if found:
        key = f"masked:{entry}:{request.by}"
        notices.append(Whisper(key, request.by, ("Captured.", *mask_warning(found)), thread_ts=thread))
    if is_resolution(command.meaning) and incident.is_open:
        offer = Offer("Resolve the incident", "resolve", str(incident.id), "primary")
        text = ("That marks when it was resolved. The incident itself is still open.",)
        notices.append(Whisper(f"resolve-offer:{entry}:{request.by}", request.by, text, (offer,), thread))
    return notices


def unreact(incident: Incident, command: c.Unreact, request: c.Request, policy: Policy) -> Decision:
    """One witness less. Kept even where nothing stands yet, because the removal may arrive before the addition."""
    entry = message_entry(command.place)
    if _read_back_already(incident, entry, command, request, standing=False):
        return Decision()
    fact = f.Unmarked(
        key=f"reaction:{entry}:{command.emoji}:{request.by}:{command.stamp}:off",
        at=request.now,
        source=source(request, command.place),
        entry=entry,
        name=command.emoji,
        stamp=command.stamp,
        found=command.found,
    )
    notices = _confirmation(incident, [fact], entry, command.place, request.now)
    return Decision((fact,), (*notices, ShowCard()))


def capture(incident: Incident, command: c.Capture, request: c.Request, policy: Policy) -> Decision:
    """The message shortcut: the message becomes a line, with the wording, time and kind a person chose."""
    require_not_over(incident)
    place = command.message.place
    entry = message_entry(place)
    text, original = command.text, masked(command.message.text, policy)[0]
    facts: list[AnyFact] = [] if entry in incident.entries else [message_line(request, command.message, original)]
    if entry in incident.entries and incident.entries[entry].withdrawn_by:
        facts.append(_reinstated(request, entry))
    facts.append(typed_mark(request, entry, command.meaning, place))
    at = command.moment.at if command.moment else moment_of(place.ts)
    if text != original or at != moment_of(place.ts):
        facts.append(_amended(request, entry, text if text != original else None, at, None))
    if is_action_item(command.meaning):
        facts.append(_aimed(incident, request, entry, text, place))
    notices = [*_confirmation(incident, facts, entry, place, request.now), ShowCard()]
    notices += _captured_line(request, entry, at, text, command.meaning)
    notes = cautions(incident, facts, request)
    reply = say("Recorded ", *_telling(at, False, text, command.meaning), ".", *notes)
    return Decision(tuple(facts), tuple(notices), reply)


def _captured_line(request: c.Request, entry: str, at: datetime, text: Wire, meaning: Meaning) -> list[LogLine]:
    return [log(request, Name(request.by), " added a message: ", *_telling(at, False, text, meaning), about=entry)]


def amend(incident: Incident, command: c.Amend, request: c.Request, policy: Policy) -> Decision:
    """The timeline form: a person corrects wording, time or meaning; a milestone chosen here is set."""
    line = entry_of(incident, command.entry)
    moment = command.moment.at if command.moment else None
    kind = command.meaning if isinstance(command.meaning, Kind) else None
    milestone = command.meaning if isinstance(command.meaning, Milestone) else None
    facts: list[AnyFact] = [_amended(request, line.id, command.text, moment, kind, milestone)]
    if milestone is not None:
        facts.append(typed_mark(request, line.id, milestone))
        facts.append(_set_by_form(request, milestone, moment or line.at, line.id))
    if kind is not None and is_action_item(kind):
        facts += _aimed_by_form(incident, request, line, command.text)
    changed = after(incident, facts, request.now).entries[line.id]
    telling = (Time(changed.at, changed.approximate), " — ", Quote(changed.text))
    reply = say("Corrected: ", *telling, ".", *cautions(incident, facts, request))
    told = log(request, Name(request.by), " corrected a line: ", *telling, about=line.id)
    return Decision(tuple(facts), (told, ShowCard()), reply)


def _aimed_by_form(incident: Incident, request: c.Request, line: Entry, text: Wire | None) -> list[AnyFact]:
    """A line corrected to an action item is one, as if it had been marked so."""
    mark = typed_mark(request, line.id, Kind.ACTION_ITEM)
    if any(item.entry == line.id for item in incident.actions.values()):
        return [mark]
    return [mark, _aimed(incident, request, line.id, line.text if text is None else text, line.evidence)]


def _amended(
    request: c.Request,
    entry: str,
    text: Wire | None,
    moment: datetime | None,
    kind: Kind | None,
    milestone: Milestone | None = None,
) -> f.Amended:
    return f.Amended(
        key=f"amend:{entry}:{request.key}",
        at=request.now,
        source=source(request),
        entry=entry,
        text=text,
        moment=moment,
        kind=kind,
        milestone=milestone,
    )


def _set_by_form(request: c.Request, milestone: Milestone, moment: datetime, entry: str) -> f.MilestoneSet:
    return f.MilestoneSet(
        key=f"{request.key}:{milestone}",
        at=request.now,
        source=source(request),
        milestone=milestone,
        moment=moment,
        entry=entry,
    )


def withdraw(incident: Incident, command: c.Withdraw, request: c.Request, policy: Policy) -> Decision:
    """Take a line off the timeline; it can be put back."""
    line = entry_of(incident, command.entry)
    if not incident.stands(line.id):
        raise Refused("That line is withdrawn already.", "/incident timeline")
    fact = f.Withdrawn(key=f"withdraw:{line.id}:{request.key}", at=request.now, source=source(request), entry=line.id)
    reply = say(
        "Withdrawn: ",
        Quote(line.text),
        ".",
        offers=(Offer("Put it back", "reinstate_line", f"{incident.id} {line.id}"),),
    )
    return Decision((fact,), (*_taken_back(request, line), ShowCard()), reply)


def _taken_back(request: c.Request, line: Entry) -> tuple[Notice, ...]:
    told = log(request, Name(request.by), " withdrew ", Time(line.at), " — ", Quote(line.text), about=line.id)
    return (told, Confirm(line.evidence, taken_back=True)) if _is_message(line) and line.evidence else (told,)


def _is_message(line: Entry) -> bool:
    return line.id.startswith("m:")


def reinstate(incident: Incident, command: c.Reinstate, request: c.Request, policy: Policy) -> Decision:
    """Put a withdrawn line back."""
    line = entry_of(incident, command.entry)
    if line.withdrawn_by is None:
        raise Refused("That line is on the timeline.", "/incident timeline")
    told = log(request, Name(request.by), " put back ", Time(line.at), " — ", Quote(line.text), about=line.id)
    confirm = (Confirm(line.evidence),) if _is_message(line) and line.evidence else ()
    reply = say("Back on the timeline: ", Quote(line.text), ".")
    return Decision((_reinstated(request, line.id),), (told, *confirm, ShowCard()), reply)


def undo(incident: Incident, command: c.Undo, request: c.Request, policy: Policy) -> Decision:
    """Take back the asker's newest capture: the line when nobody else vouches for it, else only their word."""
    mine = [
        (mark.at, mark.stamp, entry, mark)
        for entry in incident.marks
        if incident.stands(entry)
        for mark in incident.standing_marks(entry)
        if mark.by == request.by
    ]
    if not mine:
        raise Refused("You have captured nothing here that still stands.", "/incident timeline")
    *_, entry, mark = max(mine, key=lambda item: item[:3])
    if incident.witnesses(entry) == (request.by,):
        return withdraw(incident, c.Withdraw(entry), request, policy)
    fact = f.Unmarked(
        key=f"undo:{entry}:{request.key}",
        at=request.now,
        source=source(request),
        entry=entry,
        name=mark.name,
        stamp=mark.stamp,  # ours would lose against Slack's clock when that is ahead
        meaning=mark.meaning if mark.name == "typed" else None,
    )
    reply = say("Taken back; others vouch for the line, so it stays: ", Quote(incident.entries[entry].text), ".")
    return Decision((fact,), (ShowCard(),), reply)


def post_update(incident: Incident, command: c.PostUpdate, request: c.Request, policy: Policy) -> Decision:
    """Say where things stand: posted in the channel, logged as communication, and that post is its evidence."""
    require_not_over(incident)
    if not command.text.strip():
        raise Refused("An update needs words.", "/incident update Rolled back, error rate falling, next update 14:30")
    entry = typed_entry(request.key, 0)
    at = whole_second(request.now)
    facts = (
        captured(request, entry, at, command.text, author=request.by),
        typed_mark(request, entry, Kind.COMMUNICATION),
    )
    post = Announce(
        f"update:{request.key}",
        ("Update from ", Name(request.by), ": ", Quote(command.text)),
        True,
        f"log:{request.key}",
        entry,
    )
    return Decision(facts, (post, ShowCard()), say("Posted."))
