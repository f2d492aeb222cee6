"""Two incidents in one decision: merging one into another, and moving a line. Each line keeps its origin."""

from __future__ import annotations

from collections.abc import Iterator

from bot import commands as c
from bot import facts as f
from bot.decide._common import entry_of, log, require_not_over, source
from bot.decision import Announce, ChannelLink, Decision, Name, Quote, Refused, ShowCard, Span, Time, say
from bot.facts import AnyFact, Source
from bot.followups import about_item
from bot.incident import ActionItem, Entry, Incident
from bot.milestones import settings
from bot.words import Milestone, Wire


def _check(here: Incident, other: Incident) -> None:
    require_not_over(here)
    require_not_over(other)
    if here.id == other.id:
        raise Refused(f"That is {here.number} itself.", "/incident list")
    if here.private and not other.private:
        raise Refused("A private incident's lines cannot go into one that others can read.", "/incident list")


def merge(here: Incident, other: Incident, request: c.Request) -> tuple[Decision, Decision]:
    """This incident ends in the other one: (what happens here, what happens there)."""
    _check(here, other)
    if other.private and not here.private:
        raise Refused(
            f"{other.number} is private, and everybody here would hear of it. Move single lines there instead.",
            "/incident timeline",
        )
    merged = f.Merged(key=f"{request.key}:merged", at=request.now, source=source(request), into=other.number)
    there: tuple[Span, ...] = (ChannelLink(other.channel),) if other.channel else (other.number,)
    told = Announce(f"merged:{request.key}", ("This incident goes on in ", *there, "."), anchor=f"log:{request.key}")
    ours = Decision((merged,), (told, ShowCard()), say(f"{here.number} is merged into {other.number}."))
    facts = tuple(_absorbed(here, other, request))
    line = log(request, Name(request.by), f" merged {here.number} into this incident: ", Quote(here.title))
    return ours, Decision(facts, (line, ShowCard()))


def _absorbed(here: Incident, other: Incident, request: c.Request) -> Iterator[AnyFact]:
    yield f.Absorbed(key=f"{request.key}:absorbed", at=request.now, source=source(request), other=here.number)
    for entry in here.timeline():
        yield from _copied(here, entry, here.number)
    yield from _set_moments(here, request)
    yield from _known(here, other, request)
    for item in here.action_items():
        yield from _carried(here, item, request)


def _copied(here: Incident, entry: Entry, origin: str) -> Iterator[AnyFact]:
    yield f.Captured(
        key=f"entry:{entry.id}",
        at=entry.at,
        source=entry.source,
        entry=entry.id,
        text=entry.text,
        author=entry.author,
        approximate=entry.approximate,
        files=entry.files,
        evidence=entry.evidence,
        origin=entry.origin or origin,
    )
    asserting = here.asserting(entry.id)
    for mark in here.standing_marks(entry.id):
        if isinstance(mark.meaning, Milestone) and mark not in asserting:
            continue
        yield f.Marked(
            key=f"copied:{entry.id}:{mark.name}:{mark.by}:{mark.stamp}:{mark.meaning}",
            at=mark.at,
            source=mark.source,
            entry=entry.id,
            name=mark.name,
            meaning=mark.meaning,
            stamp=mark.stamp,
        )
    if entry.kind is not None:
        by = Source(entry.source.via, entry.amended_by or entry.source.by, entry.source.evidence, entry.source.ref)
        yield f.Amended(key=f"copied:{entry.id}:kind", at=entry.at, source=by, entry=entry.id, kind=entry.kind)


def _set_moments(here: Incident, request: c.Request) -> Iterator[AnyFact]:
    """A time set by hand there becomes a line here that asserts it: it is kept, and does not override."""
    for milestone in Milestone:
        for n, moment in enumerate(settings(here, milestone)[-1:]):
            if moment.entry is not None:
                continue  # set in the form of a line that goes over by itself
            entry = f"s:{here.number}:{milestone}:{n}"
            words = Wire(f"{str(milestone).replace('_', ' ').capitalize()}, as set in {here.number}")
            yield f.Captured(
                key=f"entry:{entry}",
                at=moment.at,
                source=moment.source,
                entry=entry,
                text=words,
                author=moment.source.by,
                approximate=moment.approximate,
                evidence=moment.source.evidence,
                origin=here.number,
            )
            yield f.Marked(
                key=f"copied:{entry}",
                at=moment.said_at,
                source=moment.source,
                entry=entry,
                name="typed",
                meaning=milestone,
                stamp=f"{int(moment.said_at.timestamp())}.000000",
            )


def _known(here: Incident, other: Incident, request: c.Request) -> Iterator[AnyFact]:
    """Fields that only the merged incident knew; where both know, the one that goes on keeps its own."""
    for name, values in here.fields.items():
        if name in other.fields:
            continue
        for n, said in enumerate(values):
            yield f.FieldSet(
                key=f"{request.key}:{name}:{n}",
                at=said.at,
                source=said.source,
                field=name,
                value=said.value,
                approximate=said.approximate,
                appended=n > 0,
            )


def _carried(here: Incident, item: ActionItem, request: c.Request) -> Iterator[AnyFact]:
    """The item under a name that tells where it comes from, as far as it has come, and put off as it was."""
    name = f"{here.number}/{item.id}"
    yield f.ActionAdded(
        key=f"{request.key}:action:{item.id}",
        at=item.added_at,
        source=item.source,
        action=name,
        text=item.text,
        owner=item.owner,
        due=item.due,
        due_assumed=item.due_assumed,
        priority=item.priority,
        type=item.type,
        ticket=item.ticket,
        verification=item.verification,
        entry=item.entry,
    )
    if item.changed_at is not None:
        yield f.ActionChanged(
            key=f"{request.key}:action:{item.id}:changed",
            at=item.changed_at,
            source=source(request),
            action=name,
            status=item.status,
            reason=item.reason,
        )
    for before, after in zip(about_item(item.id), about_item(name), strict=True):
        if before in here.snoozed:
            yield f.Snoozed(
                key=f"{request.key}:snooze:{before}",
                at=request.now,
                source=source(request),
                followup=after,
                until=here.snoozed[before],
            )


def move(here: Incident, other: Incident, entry: str, request: c.Request) -> tuple[Decision, Decision]:
    """One line was captured in the wrong incident: (what happens here, what happens there)."""
    _check(here, other)
    line = entry_of(here, entry)
    if not here.stands(entry):
        raise Refused("That line does not stand on the timeline.", "/incident timeline")
    gone = f.Withdrawn(
        key=f"move:{entry}:{request.key}", at=request.now, source=source(request), entry=entry, moved_to=other.number
    )
    telling: tuple[Span, ...] = (Time(line.at, line.approximate), " — ", Quote(line.text))
    where = "a private incident" if other.private and not here.private else other.number
    away = log(request, Name(request.by), f" moved to {where}: ", *telling, about=entry)
    reply = say(f"Moved to {other.number}: ", *telling, ".")
    arrived = log(request, Name(request.by), f" moved here from {here.number}: ", *telling, about=entry)
    ours = Decision((gone,), (away, ShowCard()), reply)
    return ours, Decision(tuple(_copied(here, line, here.number)), (arrived, ShowCard()))
