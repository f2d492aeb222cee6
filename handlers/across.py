"""Questions across incidents: each shows what the asker may see, and of a private incident nothing to anybody else."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

import aiohttp
from slack_sdk.errors import SlackApiError

from bot import commands as c
from bot.decision import Refused
from bot.followups import is_person
from bot.incident import Incident
from bot.lookup import named, wanted
from bot.metrics import Measures, Metrics, metrics
from bot.periods import ALL, EXAMPLE, read_period
from bot.phrases.verbs import example
from bot.wire import mentions, plain, shorten
from bot.words import OPEN, Wire
from handlers import home, nudging
from handlers.act import Message
from handlers.desk import Desk
from handlers.files import uploaded
from handlers.people import sight
from storage import Found, Person, Sight
from templates.blocks import lists, searching
from templates.blocks.home import mine_message
from templates.blocks.nudges import TOLD
from templates.blocks.statistics import metrics_message
from templates.chart import chart

log = logging.getLogger("scribe.across")

WORDS_MOST: Final = 8
SERVICES_MOST: Final = 12


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


async def _metrics(question: Question) -> Message:
    """Counts and clocks of the incidents of a period, of a service, or of both; with a picture where Slack takes it."""
    desk, now = question.desk, question.desk.clock.now()
    period, service = read_period(plain(Wire(question.asked.argument), {}), now)
    period = period or ALL
    told = await desk.store.measured(question.seen, period.since, period.until)
    names = await _services(question, told, service)
    if service:
        told = {id: one for id, one in told.items() if names & {*one.services}}
    counted = metrics(told.values(), await desk.store.items_measured(told), now)
    title = ", ".join((period.label, *sorted(names)))
    chart, note = await _chart(desk, counted, title) if counted.counted else (None, "")
    private = sum(one.private for one in told.values())
    return metrics_message(counted, title, desk.look, desk.policy.family, chart, private, note)


async def _services(question: Question, told: Mapping[int, Measures], asked: str) -> frozenset[str]:
    """The services meant: the one of this name, else those whose names have these words.

    Raises:
        Refused: no incident that may be seen names such a service.
    """
    if not asked:
        return frozenset()
    found = named(asked, _named_in(told))
    if not found:
        told = await question.desk.store.measured(question.seen, None, None)
        found = named(asked, known := _named_in(told))
    if not found:
        there_are = f" Services are: {', '.join(sorted(known)[:SERVICES_MOST])}." if known else ""
        what = shorten(asked, 60)
        raise Refused(f"“{what}” is neither a period nor a service of an incident.{there_are}", EXAMPLE)
    return found


def _named_in(told: Mapping[int, Measures]) -> set[str]:
    return {name for one in told.values() for name in one.services}


async def _chart(desk: Desk, counted: Metrics, title: str) -> tuple[str | None, str]:
    """The picture's file; the numbers are shown without it where it could not be sent."""
    try:
        return await uploaded(desk, "metrics.png", await asyncio.to_thread(chart, counted, title)), ""
    except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
        log.warning("the chart could not be sent: %s", error)
        return None, "Slack did not take the chart just now."


async def _mine(question: Question) -> Message:
    """The asker's action items of every incident."""
    lines = await home.lines_for(question.desk, question.person, question.seen)
    return mine_message(home.mine(lines), question.desk.look, question.page)


async def _told(question: Question) -> Message:
    """A further page of a reminder: `<person or channel> <day>`."""
    to, _, day = question.asked.argument.partition(" ")
    if is_person(to) and to != question.person.id:
        raise Refused("That is another person's reminder.", "/incident actions mine")
    lines = home.visible(await nudging.lines_of(question.desk, to, day), question.seen)
    found = await nudging.told(question.desk, lines, question.page)
    if found is None:
        raise Refused("Nothing of that reminder is left.", "/incident actions mine")
    return found


SCREENS: Final[Mapping[str, Callable[[Question], Awaitable[Message]]]] = {
    "list": _list,
    "search": _search,
    "metrics": _metrics,
    "mine": _mine,
    TOLD: _told,
}
