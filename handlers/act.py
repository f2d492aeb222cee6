"""The only writer: lock, decide, record, put, commit. No network in here; tell comes after."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from bot.commands import AddAction, Capture, Command, MergeInto, MoveLine, NoteDeletion, NoteEdit, React, Request
from bot.decide import decide, merging
from bot.decide.posted import name_of
from bot.decision import (
    Confirm,
    Decision,
    Freeze,
    Furnish,
    Invite,
    Name,
    Notice,
    PinCard,
    PostDraft,
    Quote,
    RecallPast,
    Refused,
    ShowCard,
    Upload,
)
from bot.facts import (
    Anchored,
    AnyFact,
    ChannelAttached,
    Evidence,
    Questioned,
    Recorded,
    Reopened,
    ReportAdvanced,
    SignedOff,
    Source,
)
from bot.followups import assumed_due
from bot.incident import Incident
from bot.stamps import instant_of
from bot.wire import mentions
from bot.words import Wire
from handlers.audit import concerning
from handlers.desk import Desk
from handlers.followups import keep_in_step
from handlers.looking import next_look
from storage import Call, Visit
from templates.blocks.calls import Planned, Unplaced, calls
from templates.blocks.replies import reply_message

Message = dict[str, Any]

CHANNEL_TO_COME: Final = "@channel"
CARD_TO_COME: Final = "@card"
"""Stand for ids that Slack has not given yet; `handlers.delivery` puts them in."""

CANVAS_FIRST: Final = timedelta(seconds=10)
CANVAS_PAUSE: Final = timedelta(minutes=2)
"""Who reads or writes in a canvas is not to be disturbed at each fact; Slack takes some 50 edits a minute of an app."""

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

FURNISHING: Final = (ShowCard, Furnish, Invite, PinCard)
"""Said again when the channel and the card are there, so they need not wait for them."""


async def act(desk: Desk, incident: int, command: Command, request: Request) -> Message | None:
    """Decide one command in one transaction and return the answer for the asker, ready to send.

    The envelope named by `request.key` is finished in the same commit when there is nothing to answer; else the
    answer is kept with it, so that a replay repeats the answer and not the command.

    Raises:
        Refused: nothing was recorded; the sentence is for the asker.
    """
    async with desk.store.visit(incident) as visit:
        concerning(visit.incident.id, visit.incident.number)
        command = await _as_it_reads_now(visit, _with_its_date(desk, visit.incident, command))
        decision = decide(visit.incident, command, request, desk.policy)
        await carry_out(desk, visit, decision, request)
        return await settle(desk, visit, decision, request)


def _with_its_date(desk: Desk, incident: Incident, command: Command) -> Command:
    """Who adds an item without a date is told the one by which it will be followed up."""
    if not isinstance(command, AddAction) or command.due is not None or incident.declared_at is None:
        return command
    assumed = assumed_due(command.priority, incident, desk.families.get(incident.family))
    return replace(command, assumed=assumed)


async def _as_it_reads_now(visit: Visit, command: Command) -> Command:
    """What is said of a message goes by its wording under the lock: an edit or a deletion that was heard since it
    was read has looked for its line already, and found none.
    """
    if not isinstance(command, React | Capture | NoteEdit):
        return command
    was = command.message
    kept = await visit.message(was.place.channel, was.place.ts)
    if kept is None or (not kept.deleted and (kept.text, kept.files) == (was.text, was.files)):
        return command
    if kept.deleted and isinstance(command, Capture):
        raise Refused("That message is not there any more.", "/incident timeline")
    if kept.deleted:
        return NoteDeletion(was.place)
    message = replace(was, text=Wire(kept.text), files=kept.files)
    if isinstance(command, Capture) and command.text == was.text:
        return replace(command, message=message, text=message.text)
    if isinstance(command, NoteEdit):
        return NoteEdit(message, instant_of(kept.edited_ts or kept.ts))
    return replace(command, message=message)


async def act_between(
    desk: Desk, here: int, other: int, command: MergeInto | MoveLine, request: Request
) -> Message | None:
    """Decide one command that concerns two incidents, both locked.

    Raises:
        Refused: nothing was recorded; the sentence is for the asker.
    """
    async with desk.store.visit(here, also=[other]) as visit:
        concerning(visit.incident.id, visit.incident.number)
        there = visit.others.get(other, visit.incident)
        if isinstance(command, MergeInto):
            ours, theirs = merging.merge(visit.incident, there, request)
        else:
            ours, theirs = merging.move(visit.incident, there, command.entry, request)
        await carry_out(desk, visit, theirs, request, there)
        await carry_out(desk, visit, ours, request)
        return await settle(desk, visit, ours, request)


@dataclass(frozen=True, slots=True)
class Asked:
    """One command to one incident, among others of the same transaction."""

    incident: int
    command: Command
    request: Request


async def carry_out_all(desk: Desk, visit: Visit, asked: Sequence[Asked]) -> None:
    """Decide one after the other within the caller's transaction; what is to be told is told of the state at the end.

    The incidents must be those of the visit. A command that is refused changes nothing.
    """
    done: dict[int, _Done] = {}
    for each in asked:
        subject = visit.others.get(each.incident, visit.incident)
        with suppress(Refused):
            decision = decide(subject, each.command, each.request, desk.policy)
            await _record(desk, visit, subject, decision, each.request, done.setdefault(subject.id, _Done()))
    for id, what in done.items():
        await _tell(desk, visit, visit.others.get(id, visit.incident), what)


async def carry_out(
    desk: Desk, visit: Visit, decision: Decision, request: Request, incident: Incident | None = None
) -> None:
    """Record what was decided and put what is to be told, within the caller's transaction."""
    subject, done = incident or visit.incident, _Done()
    await _record(desk, visit, subject, decision, request, done)
    await _tell(desk, visit, subject, done)


@dataclass(slots=True)
class _Done:
    """What was decided of one incident in a transaction, and is to be told at its end."""

    facts: list[AnyFact] = field(default_factory=list)
    recorded: list[Recorded] = field(default_factory=list)
    notices: dict[Notice, None] = field(default_factory=dict)
    again: list[Call] = field(default_factory=list)
    erased: bool = False


async def _record(
    desk: Desk, visit: Visit, incident: Incident, decision: Decision, request: Request, done: _Done
) -> None:
    done.facts += decision.facts
    recorded = await visit.record(decision.facts, desk.clock.now(), into=incident)
    concerning(incident.id, incident.number, len(recorded))
    done.recorded += recorded
    done.notices.update(dict.fromkeys(decision.notices))
    for place in decision.erase:  # first: what is put afterwards must not be taken for an unsent trace of it
        done.erased = True
        said = await visit.erase(place.channel, place.ts)
        done.again += (
            _freeze_call(f"freeze:{request.key}:{version}", id, family, version) for id, family, version in said
        )


async def _tell(desk: Desk, visit: Visit, incident: Incident, done: _Done) -> None:
    notices = _last_confirmations(done.notices)
    await desk.directory.recall(_named(notices, incident))
    told = [*planned(desk, notices, incident), *_refreshing(incident, done.facts), *done.again]
    if any(isinstance(fact, ChannelAttached | Reopened) for fact in done.facts):
        told.append(next_look(desk, incident))
    told += _rewriting(desk, incident, done)
    await visit.put(told, desk.clock.now())
    await keep_in_step(desk, visit, incident, done.recorded)


def _last_confirmations(notices: Iterable[Notice]) -> list[Notice]:
    """Of a reaction of ours put on and taken off only what it comes to."""
    last = {notice.place: notice for notice in notices if isinstance(notice, Confirm)}
    return [notice for notice in notices if not isinstance(notice, Confirm) or last[notice.place] is notice]


def _named(notices: Sequence[Notice], incident: Incident) -> Iterator[str]:
    """Whom the card and these notices show by name."""
    yield incident.declared_by
    yield from (holding.user for holding in incident.holdings if holding.user)
    for notice in notices:
        for span in getattr(notice, "text", ()):
            if isinstance(span, Name):
                yield span.id
            elif isinstance(span, Quote):
                yield from mentions(span.text)


async def settle(desk: Desk, visit: Visit, decision: Decision, request: Request) -> Message | None:
    if decision.reply is None:
        await visit.finish(request.key, desk.clock.now())
        return None
    answer = reply_message(decision.reply, desk.look)
    await visit.answer(request.key, answer)
    return answer


def planned(desk: Desk, notices: Sequence[Notice], incident: Incident) -> Iterator[Call]:
    """The finished Slack calls of these notices. Drafts are rendered at delivery, when their evidence stands."""
    for notice in notices:
        if isinstance(notice, PostDraft):
            yield _draft_call(notice, incident)
        elif isinstance(notice, Upload):
            yield _upload_call(notice, incident)
        elif isinstance(notice, Freeze):
            yield _freeze_call(notice.key, incident.id, notice.family, notice.version)
        elif isinstance(notice, RecallPast):
            yield _past_call(incident)
        else:
            for plan in _plans(desk, notice, incident):
                yield Call(
                    key=plan.key,
                    lane=plan.lane,
                    method=plan.method,
                    args=plan.args,
                    incident=incident.id,
                    purpose=plan.purpose,
                    replaces=plan.replaces,
                    not_before=plan.not_before,
                )


def _plans(desk: Desk, notice: Notice, incident: Incident) -> list[Planned]:
    try:
        return calls(notice, incident, desk.look, desk.policy)
    except Unplaced:
        if isinstance(notice, FURNISHING):
            return []
        return calls(notice, _stand_in(incident), desk.look, desk.policy)


def _stand_in(incident: Incident) -> Incident:
    """The incident as if its channel and card were there; delivery puts the real ids in their place."""
    stand_in = incident.copy()
    stand_in.channel = incident.channel or CHANNEL_TO_COME
    card = Evidence(stand_in.channel, CARD_TO_COME)
    stand_in.anchors["card"] = Anchored(
        key="", at=incident.last_heard_at or EPOCH, source=Source("system", "scribe"), what="card", place=card
    )
    return stand_in


def _refreshing(incident: Incident, facts: Sequence[AnyFact]) -> Iterator[Call]:
    """The message of a posted draft is edited: more is known by now, it has come further, or somebody signed it."""
    stepped = {fact.family for fact in facts if isinstance(fact, ReportAdvanced | SignedOff)} & incident.drafts.keys()
    for family in sorted(incident.outdated | stepped if facts else ()):
        place = incident.anchors[incident.drafts[family]].place
        yield Call(
            key=f"outdated:{incident.id}:{family}:{incident.seq}",
            lane=place.channel,
            method="scribe.outdated",
            args={"channel": place.channel, "ts": place.ts, "family": family},
            incident=incident.id,
            purpose="",
            replaces=f"outdated:{incident.id}:{family}",
        )


def _rewriting(desk: Desk, incident: Incident, done: _Done) -> Iterator[Call]:
    """The canvas is written again after a while, so that many facts make one edit; what was erased goes at once."""
    unwanted = not desk.policy.canvas or (incident.canvas is None and "no canvas" in incident.anchors)
    if unwanted or incident.channel is None or not any(map(_is_read, done.facts)):
        return
    pause = CANVAS_PAUSE if incident.canvas else CANVAS_FIRST
    yield Call(
        key=f"canvas:{incident.id}:{incident.seq}",
        lane=f"canvas:{incident.id}",
        method="scribe.canvas",
        args={},
        incident=incident.id,
        purpose="canvas",
        replaces=f"canvas:{incident.id}",
        not_before=None if done.erased else desk.clock.now() + pause,
    )


def _is_read(fact: AnyFact) -> bool:
    """Would a report read otherwise? Of our own messages only the log does it good: it is evidence."""
    return not isinstance(fact, Questioned) and (not isinstance(fact, Anchored) or fact.what.startswith("log:"))


def _draft_call(notice: PostDraft, incident: Incident) -> Call:
    return Call(
        key=f"{notice.key}:{incident.id}",
        lane=incident.channel or CHANNEL_TO_COME,
        method="scribe.summary",
        args={"channel": incident.channel or CHANNEL_TO_COME, "family": notice.family, "version": notice.version},
        incident=incident.id,
        purpose=f"draft:{notice.family}:{notice.version}:{notice.key}",
    )


def _freeze_call(key: str, incident: int, family: str, version: str) -> Call:
    return Call(
        key=f"{key}:{family}:{incident}",
        lane=f"freeze:{incident}",
        method="scribe.freeze",
        args={"family": family, "version": version},
        incident=incident,
        purpose="",
    )


def _upload_call(notice: Upload, incident: Incident) -> Call:
    return Call(
        key=f"{notice.key}:{incident.id}",
        lane=notice.place.channel,
        method="scribe.upload",
        args={
            "channel": notice.place.channel,
            "thread_ts": notice.place.ts,
            "family": notice.family,
            "version": notice.version,
            "form": notice.form,
            "against": notice.against,
            "knew": notice.knew,
        },
        incident=incident.id,
        purpose=name_of(notice),
    )


def _past_call(incident: Incident) -> Call:
    channel = incident.channel or CHANNEL_TO_COME
    return Call(f"past:{incident.id}", channel, "scribe.past", {"channel": channel}, incident.id, "")
