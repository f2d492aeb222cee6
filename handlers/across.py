"""Questions across incidents: each shows what the asker may see, and of a private incident nothing to anybody else."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

from bot import commands as c
from bot.decision import Refused
from bot.incident import Incident
from bot.lookup import wanted
from bot.phrases.verbs import example
from bot.wire import mentions, plain
from bot.words import OPEN, Wire
from handlers.act import Message
from handlers.desk import Desk
from handlers.people import sight
from storage import Found, Person, Sight
from templates.blocks import lists, searching

WORDS_MOST: Final = 8


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked, by whom, and what that person may see."""

    desk: Desk
    asked: c.Show
    person: Person
    seen: Sight

    @property
    def page(self) -> int:
        return max(self.asked.page or 1, 1)


async def show(desk: Desk, asked: c.Show, user: str) -> Message:
    """Answer one question.

    Raises:
        Refused: it cannot be understood.
    """
    person = await desk.directory.person(user, desk.clock.now())
    return await SCREENS[asked.what](Question(desk, asked, person, await sight(desk, person)))


async def _list(question: Question) -> Message:
    """Open incidents; with `all` the ended ones too."""
    words = question.asked.argument.lower().split()
    statuses = None if "all" in words else OPEN
    page = question.asked.page or next((int(word) for word in words if word.isdecimal()), 1)
    listing = question.desk.store.listed
    _, total = await listing(question.seen, statuses=statuses, limit=0)
    page = min(max(page, 1), lists.pages_of(total))
    rows, total = await listing(question.seen, statuses=statuses, limit=lists.PAGE, skip=(page - 1) * lists.PAGE)
    return lists.list_message(rows, total, question.desk.look, page, "all" if statuses is None else "")


async def _search(question: Question) -> Message:
    """Incidents by their words, the best first."""
    desk, asked = question.desk, question.asked.argument
    words = wanted(plain(Wire(asked), {}))
    if not words:
        raise Refused(
            "Say which words to look for: letters or digits, of which every word is found.", example("search")
        )
    if len(words) > WORDS_MOST:
        raise Refused(f"That is more than {WORDS_MOST} words; which of them matter?", example("search"))
    skip = (question.page - 1) * searching.PAGE
    found, total = await desk.store.found(words, question.seen, limit=searching.PAGE, skip=skip)
    states = {one.row.id: await desk.store.incident(one.row.id) for one in found}
    named = {who for one in found for who in _named(one, states[one.row.id])}
    await desk.directory.meet(named, desk.clock.now())
    return searching.search_message(words, found, states, total, desk.look, question.page, asked)


def _named(found: Found, incident: Incident) -> set[str]:
    """Whom the things shown name."""
    named: set[str] = set()
    for hit in found.hits:
        kind, _, key = hit.thing.partition(":")
        if kind == "line" and (entry := incident.entries.get(key)):
            named |= {entry.author, *mentions(entry.text)}
        elif kind == "action" and (item := incident.actions.get(key)):
            named |= {item.owner or "", *mentions(item.text)}
    return named


SCREENS: Final[Mapping[str, Callable[[Question], Awaitable[Message]]]] = {
    "list": _list,
    "search": _search,
}
