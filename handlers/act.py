"""The only writer: lock, decide, record, put, commit. No network in here; tell comes after."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from bot.commands import Command, MergeInto, MoveLine, Request
from bot.decide import decide, merging
from bot.decision import Decision, Notice, PostDraft, UploadDraft
from bot.incident import Incident, message_entry
from handlers.desk import Desk
from storage import Call, Visit
from templates.blocks import calls, reply_message

Message = dict[str, Any]


async def act(desk: Desk, incident: int, command: Command, request: Request) -> Message | None:
    """Decide one command in one transaction and return the answer for the asker, ready to send.

    The envelope named by `request.key` is finished in the same commit when there is nothing to answer; else the
    answer is kept with it, so that a replay repeats the answer and not the command.

    Raises:
        Refused: nothing was recorded; the sentence is for the asker.
    """
    async with desk.store.visit(incident) as visit:
        decision = decide(visit.incident, command, request, desk.policy)
        await carry_out(desk, visit, decision, request)
        return await settle(desk, visit, decision, request)


async def act_between(desk: Desk, here: int, other: int, command: MergeInto | MoveLine, request: Request) -> Message | None:
    """Decide one command that concerns two incidents, both locked.

    Raises:
        Refused: nothing was recorded; the sentence is for the asker.
    """
    async with desk.store.visit(here, also=[other]) as visit:
        there = visit.others.get(other, visit.incident)
        if isinstance(command, MergeInto):
            ours, theirs = merging.merge(visit.incident, there, request)
        else:
            ours, theirs = merging.move(visit.incident, there, command.entry, request)
        await carry_out(desk, visit, theirs, request, there)
        await carry_out(desk, visit, ours, request)
        return await settle(desk, visit, ours, request)


async def carry_out(
    desk: Desk, visit: Visit, decision: Decision, request: Request, incident: Incident | None = None
) -> None:
    """Record what was decided and put what is to be told, within the caller's transaction."""
    subject = incident or visit.incident
    await visit.record(decision.facts, desk.clock.now(), into=subject)
    await visit.put(list(planned(desk, decision.notices, subject)), desk.clock.now())
    for place in decision.erase:
        await visit.erase(message_entry(place), place.channel, place.ts)


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
        elif isinstance(notice, UploadDraft):
            yield _upload_call(notice, incident)
        else:
            for plan in calls(notice, incident, desk.look, desk.policy):
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


def _draft_call(notice: PostDraft, incident: Incident) -> Call:
    nth = 1 + sum(1 for what in incident.anchors if what.startswith(f"draft:{notice.family}:"))
    return Call(
        key=f"{notice.key}:{incident.id}",
        lane=incident.channel or f"incident:{incident.id}",
        method="scribe.summary",
        args={"channel": incident.channel, "family": notice.family},
        incident=incident.id,
        purpose=f"draft:{notice.family}:{nth}",
    )


def _upload_call(notice: UploadDraft, incident: Incident) -> Call:
    return Call(
        key=f"{notice.key}:{incident.id}",
        lane=notice.place.channel,
        method="scribe.upload",
        args={"channel": notice.place.channel, "thread_ts": notice.place.ts, "family": notice.family},
        incident=incident.id,
        purpose="",
    )
