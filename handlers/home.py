"""The Home tab: my action items, what waits for me, and the incidents that are live; made anew when that changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any, Final

from bot.followups import Topic
from bot.nudging import Line
from bot.words import OPEN
from handlers.desk import Desk
from handlers.homes import HOME, publishing
from handlers.inbox import Heard, Message, Tell
from handlers.nudging import lines_of
from handlers.people import sight
from storage import Person, Sight
from templates.blocks.home import LIVE_MOST, home_view

SOON: Final = timedelta(days=14)
"""How far ahead something beside the report itself is said to wait."""
_MINE: Final = frozenset({Topic.ITEM})
_NOT_MINE: Final = frozenset({Topic.LATE, Topic.TOLD, Topic.DIGEST})


async def opened(desk: Desk, heard: Heard, event: Mapping[str, Any]) -> None:
    """Somebody looks at it: they see how things stand now."""
    if event.get("tab") == "home":
        person = str(event["user"])
        await desk.store.note_home(person, heard.at)
        await put(desk, person, heard.key)


async def put(desk: Desk, person: str, because: str, page: int = 1, said: Message | None = None) -> None:
    """Have the Home tab made anew."""
    async with desk.store.visit(None) as visit:
        blocks = list(said["blocks"]) if said else []
        await visit.put([publishing(person, because, page, blocks)], desk.clock.now())


def to_home(desk: Desk, heard: Heard, body: Mapping[str, Any]) -> Tell:
    """What was pressed in the Home tab is answered there, on top."""

    async def tell(message: Message) -> None:
        await put(desk, body["user"]["id"], f"{heard.key}:answer", said=message)

    return tell


def is_home(body: Mapping[str, Any]) -> bool:
    """Was this pressed in a Home tab?"""
    return (body.get("view") or {}).get("type") == "home"


async def view_of(desk: Desk, person_id: str, page: int, said: list[dict[str, Any]]) -> dict[str, Any]:
    """The view as things stand now."""
    person = await desk.directory.person(person_id, desk.clock.now())
    seen = await sight(desk, person)
    lines = await lines_for(desk, person, seen)
    live, total = await desk.store.listed(seen, statuses=OPEN, limit=LIVE_MOST)
    return home_view(mine(lines), waiting(lines), live, total, desk.look, page, said)


async def lines_for(desk: Desk, person: Person, seen: Sight) -> list[Line]:
    """Everything that this person is asked for, the earliest due first; of private incidents only what they may see."""
    return sorted(
        visible(await lines_of(desk, person.id, HOME), seen),
        key=lambda line: (line.nudge.due, line.incident.id, line.nudge.key),
    )


def visible(lines: Iterable[Line], seen: Sight) -> list[Line]:
    return [line for line in lines if not line.incident.private or line.incident.channel in seen.channels]


def mine(lines: list[Line]) -> list[Line]:
    return [line for line in lines if line.topic in _MINE]


def waiting(lines: list[Line]) -> list[Line]:
    """Reports and reviews: a draft or a signature always, the others when their day is near."""
    others = [line for line in lines if line.topic not in _MINE | _NOT_MINE]
    always = (Topic.DRAFT, Topic.SIGN_OFF)
    near = [line for line in others if line.topic in always or line.nudge.due <= line.nudge.day + SOON]
    return list(_signed_together(near))


def _signed_together(lines: list[Line]) -> Iterator[Line]:
    """One press signs in every role that somebody has."""
    asked: set[int] = set()
    for line in lines:
        if line.topic is not Topic.SIGN_OFF or line.incident.id not in asked:
            yield line
        if line.topic is Topic.SIGN_OFF:
            asked.add(line.incident.id)
