"""Private lists, a page at a time: action items, incidents, and what can be typed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from bot.decision import Offer, Quote
from bot.followups import due_of
from bot.incident import ActionItem, Incident
from bot.phrases.verbs import by_topic
from bot.words import ActionStatus, Meaning, Severity, Status, Wire
from templates.blocks import actions as a
from templates.blocks.parts import Block, Message, buttons, context, message, overflow, section, within
from templates.blocks.text import Look, data, moment, mrkdwn, one_line
from templates.blocks.words import SEVERITY_MARKS, STATUS_MARKS, counted, label

PAGE = 20
TITLE_MOST = 200
WORDS_MOST = 300

Row = TypeVar("Row")
_DECLARE = Offer("Declare an incident", a.DECLARE_FORM, "new")


def actions_message(incident: Incident, look: Look, page: int = 1) -> Message:
    """The action items, the open ones first, each with what can be done to it."""
    items = sorted(incident.action_items(), key=lambda item: item.status in _FINISHED)
    number, pages, shown = _page(items, page)
    head = f"*Action items of {incident.number}* · {counted(len(items), 'item')}"
    blocks = [section(head + of_pages(number, pages)), *(_item_block(incident, item, look) for item in shown)]
    if not items:
        blocks.append(section("None yet. React with 🎯, or type `/incident action add …`."))
    new = Offer("Add action item", a.ACTION_FORM, a.reference(incident.id), "primary")
    return message(head, within(blocks, buttons((new, *turns("actions", incident.id, number, pages)))))


_FINISHED = (ActionStatus.DONE, ActionStatus.DECLINED)
_ITEM_MARKS = {
    ActionStatus.OPEN: "⏳",
    ActionStatus.IN_PROGRESS: "🔧",
    ActionStatus.BLOCKED: "⛔",
    ActionStatus.DONE: "✅",
    ActionStatus.DECLINED: "🚫",
}
_ITEM_CHOICES = (
    ("Done", a.ITEM_DONE),
    ("In progress", a.ITEM_IN_PROGRESS),
    ("Blocked", a.ITEM_BLOCKED),
    ("Change…", a.ITEM_FORM),
    ("Decline…", a.ITEM_DECLINE),
)


def _item_block(incident: Incident, item: ActionItem, look: Look) -> Block:
    choices = [(name, a.choice(verb, incident.id, item.id)) for name, verb in _ITEM_CHOICES]
    return section(item_line(item, incident, look), overflow(a.ITEM_MENU, choices))


def item_line(item: ActionItem, incident: Incident, look: Look) -> str:
    """One action item: what, whose, until when, and how far it is."""
    said = mrkdwn((Quote(one_line(item.text)),), look, WORDS_MOST)
    return f"{_ITEM_MARKS[item.status]} *{data(item.id)}* {said}\n{' · '.join(item_facts(item, incident, look))}"


def item_facts(item: ActionItem, incident: Incident, look: Look) -> Iterator[str]:
    yield data(look.name(item.owner)) if item.owner else "_nobody owns it_"
    yield _due(item, incident, look)
    yield label(item.status).lower()
    if item.priority:
        yield data(look.priority(item.priority, incident.family))
    if item.type:
        yield label(item.type).lower()
    if item.ticket:
        yield data(item.ticket, TITLE_MOST)
    if item.reason.strip():
        yield mrkdwn((Quote(one_line(item.reason)),), look, TITLE_MOST)


def _due(item: ActionItem, incident: Incident, look: Look) -> str:
    """Nobody gave it a date: the one by which it is followed up."""
    assumed = " (assumed)" if item.due is None or item.due_assumed else ""
    return f"due {due_of(item, incident, look.families.get(incident.family)).isoformat()}{assumed}"


class Listed(Protocol):
    """One incident in a list. Whoever lists sees to it that private ones are shown to their members only."""

    @property
    def number(self) -> str | None: ...
    @property
    def title(self) -> str: ...  # in wire form
    @property
    def severity(self) -> Severity: ...
    @property
    def family(self) -> str: ...
    @property
    def status(self) -> Status: ...
    @property
    def channel(self) -> str | None: ...
    @property
    def declared_at(self) -> datetime | None: ...
    @property
    def private(self) -> bool: ...
    @property
    def drill(self) -> bool: ...


def list_message(rows: Sequence[Listed], total: int, look: Look, page: int = 1, asked: str = "") -> Message:
    """One page of `total` incidents, one line each, in the order given; the buttons ask for another page of `asked`."""
    pages = pages_of(total)
    head = f"*Incidents* · {counted(total, 'incident')}{of_pages(page, pages)}"
    blocks = [section(head), *(section(listed(row, look)) for row in rows)]
    if not total:
        blocks.append(section("None. `/incident declare` begins one."))
    return message(head, within(blocks, buttons((*turns("list", 0, page, pages, asked), _DECLARE))))


def listed(row: Listed, look: Look) -> str:
    marks = ("🔒 " if row.private else "") + ("🧪 drill " if row.drill else "")
    said = mrkdwn((Quote(one_line(Wire(row.title))),), look, TITLE_MOST)
    state = f"{STATUS_MARKS[row.status]} {label(row.status).lower()}"
    where = f" · <#{row.channel}>" if row.channel else ""
    since = f" · {moment(row.declared_at)}" if row.declared_at else ""
    grade = f"{SEVERITY_MARKS[row.severity]} {data(look.severity(row.severity, row.family))}"
    return f"{grade} · {marks}{said} · {state}\n*{data(row.number or '—')}*{where}{since}"


def _page(rows: Sequence[Row], page: int) -> tuple[int, int, Sequence[Row]]:
    pages = pages_of(len(rows))
    number = min(max(page, 1), pages)
    return number, pages, rows[(number - 1) * PAGE : number * PAGE]


def pages_of(total: int, size: int = PAGE) -> int:
    """At least one page, also for nothing."""
    return max(1, -(-total // size))


def of_pages(number: int, pages: int) -> str:
    return f" · page {number} of {pages}" if pages > 1 else ""


def turns(screen: str, incident: int, number: int, pages: int, asked: str = "") -> list[Offer]:
    """Buttons to the pages before and after."""
    beside = (("Back", number - 1), ("More", number + 1))
    return [
        Offer(name, a.PAGE, a.reference(incident, f"{screen}:{page} {asked}"))
        for name, page in beside
        if 1 <= page <= pages
    ]


def help_message(vocabulary: Mapping[str, Meaning]) -> Message:
    """What each reaction means, and what can be typed: examples that work as they stand."""
    head = "Scribe writes the post-mortem while the incident goes on. React to a message, or type a short line."
    reactions = " · ".join(f":{name}: {label(meaning).lower()}" for name, meaning in vocabulary.items())
    note = "A reaction dates the event by its message. Threads have no slash commands; say `@Scribe event …` there."
    blocks = [section(head), section(f"*Reactions*\n{reactions}"), context(note)]
    for topic, verbs in by_topic().items():
        lines = [f"`{data(verb.example)}` {data(verb.does)}" for verb in verbs]
        blocks.append(section("\n".join((f"*{topic}*", *lines))))
    return message(head, within(blocks, buttons((_DECLARE,))))
