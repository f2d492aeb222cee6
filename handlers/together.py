"""What is marked in one channel is taken up together: one visit, one commit, in the order it was heard."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from structlog.contextvars import bind_contextvars

from bot.commands import React, Request, Unreact
from bot.decide import decide
from bot.decision import Decision, ShowCard
from bot.facts import Evidence
from handlers.act import carry_out
from handlers.desk import Desk
from handlers.inbox import Heard
from handlers.messages import seen
from handlers.people import incident_here
from storage import Message, Visit

REACTIONS = frozenset({"reaction_added", "reaction_removed"})

BREATH: Final = 20
"""Reactions after which acks have their turn."""

Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Item:
    """A reaction that was put on or taken off."""

    heard: Heard
    event: Mapping[str, Any]

    @property
    def place(self) -> Place:
        item = self.event["item"]
        return item["channel"], item["ts"]


def _no_more() -> list[Item]:
    return []


async def take(
    desk: Desk, channel: str, items: Sequence[Item], more: Callable[[], Sequence[Item]] = _no_more
) -> list[Item]:
    """Decide what was marked; each envelope is finished in the same commit. `more` is asked once for what has come
    since, when the incident is locked.

    Returns what was left alone: reactions on messages that the transcript does not have yet.
    """
    incident = await incident_here(desk, channel) if _marked(desk, items) else None
    if incident is None:
        await _finish(desk, [item.heard for item in items])
        return []
    async with desk.store.visit(incident) as visit:
        items = [*items, *more()]
        bind_contextvars(incident=visit.incident.number or incident)
        left = await _mark(desk, visit, _marked(desk, items))
        done = [item.heard for item in items if item not in left]
        for heard in done:
            await visit.finish(heard.key, heard.at)
    await _finish(desk, done)
    desk.wake.set()  # there is something to tell
    return left


async def _finish(desk: Desk, heard: Sequence[Heard]) -> None:
    if heard:
        await desk.store.finish_all([one.key for one in heard], max(one.at for one in heard))


def _marked(desk: Desk, items: Sequence[Item]) -> list[Item]:
    return [item for item in items if _means_something(desk, item.event)]


def _means_something(desk: Desk, event: Mapping[str, Any]) -> bool:
    return (
        event["item"].get("type") == "message"
        and event["user"] != desk.me.user_id
        and desk.policy.meaning(event["reaction"]) is not None
    )


async def _mark(desk: Desk, visit: Visit, items: Sequence[Item]) -> list[Item]:
    """Decide one reaction after the other; the card is shown once, as it stands after the last of them."""
    known = await visit.messages({item.place for item in items})
    left = []
    card: Request | None = None
    for number, item in enumerate(items, 1):
        if number % BREATH == 0:
            await asyncio.sleep(0)
        command = _command(desk, item, known.get(item.place))
        if command is None:
            if item.place not in known:
                left.append(item)
            continue
        request = Request(item.heard.key, item.event["user"], "reaction", item.heard.at)
        decision = decide(visit.incident, command, request, desk.policy)
        kept = tuple(notice for notice in decision.notices if not isinstance(notice, ShowCard))
        await carry_out(desk, visit, replace(decision, notices=kept), request)
        card = request if len(kept) < len(decision.notices) else card
    if card is not None:
        await carry_out(desk, visit, Decision(notices=(ShowCard(),)), card)
    return left


def _command(desk: Desk, item: Item, message: Message | None) -> React | Unreact | None:
    """None where the message is gone or not known; a reaction taken off needs no message."""
    emoji, stamp = item.event["reaction"], item.event["event_ts"]
    if item.event["type"] == "reaction_removed":
        place = Evidence(*item.place, message.thread_ts if message else None)
        return Unreact(place, emoji, stamp)
    meaning = desk.policy.meaning(emoji)
    if message is None or message.deleted or meaning is None:
        return None
    return React(seen(message), emoji, meaning, stamp)
