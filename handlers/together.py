"""What is said and marked in one channel is taken up together: one visit, one commit, in the order it was heard."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from structlog.contextvars import bind_contextvars

from bot.commands import React, Request, Unreact
from bot.decide import decide
from bot.decision import Decision, ShowCard
from bot.facts import Evidence
from handlers.act import carry_out
from handlers.desk import Desk
from handlers.inbox import Heard
from handlers.messages import is_ours, is_said, seen, transcribed
from handlers.people import incident_here
from storage import Message, Visit

REACTIONS = frozenset({"reaction_added", "reaction_removed"})

Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Item:
    """A message that was said, or a reaction that was put on or taken off."""

    heard: Heard
    event: Mapping[str, Any]

    @property
    def place(self) -> Place:
        item = self.event["item"]
        return item["channel"], item["ts"]


def joins(event: Mapping[str, Any]) -> bool:
    """Can this event be taken up together with others? Edits and deletions concern several incidents."""
    return is_said(event) or event.get("type") in REACTIONS


def _no_more() -> list[Item]:
    return []


async def take(
    desk: Desk, channel: str, items: Sequence[Item], more: Callable[[], Sequence[Item]] = _no_more
) -> list[Item]:
    """Remember what was said and decide what was marked; each envelope is finished in the same commit. `more` is asked
    once for what has come since, when the incident is locked.

    Returns what was left alone: reactions on messages that the transcript does not have yet.
    """
    marked = [item for item in items if _means_something(desk, item.event)]
    incident = await incident_here(desk, channel) if marked else None
    async with desk.store.visit(incident) as visit:
        if incident is not None:
            come = more()
            items = [*items, *come]
            marked += [item for item in come if _means_something(desk, item.event)]
            bind_contextvars(incident=visit.incident.number or incident)
        said = [message for item in items if (message := _said(desk, channel, item)) is not None]
        if said:
            await visit.remember_here(channel, said)
        left = await _mark(desk, visit, marked) if incident is not None else []
        for item in items:
            if item not in left:
                await visit.finish(item.heard.key, item.heard.at)
    if incident is not None:
        desk.wake.set()  # there is something to tell
    return left


def _said(desk: Desk, channel: str, item: Item) -> Message | None:
    if not is_said(item.event) or is_ours(desk, item.event):
        return None
    return transcribed(channel, item.event, item.heard.at)


def _means_something(desk: Desk, event: Mapping[str, Any]) -> bool:
    return (
        event["type"] in REACTIONS
        and event["item"].get("type") == "message"
        and event["user"] != desk.me.user_id
        and desk.policy.meaning(event["reaction"]) is not None
    )


async def _mark(desk: Desk, visit: Visit, items: Sequence[Item]) -> list[Item]:
    """Decide one reaction after the other; the card is shown once, as it stands after the last of them."""
    known = await visit.messages({item.place for item in items})
    left = []
    card: Request | None = None
    for item in items:
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
