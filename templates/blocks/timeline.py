"""The timeline as a private message: one line per event, each with what can be done to it, a page at a time."""

from __future__ import annotations

from bot.decision import Offer, Quote
from bot.facts import Evidence
from bot.incident import Entry, Incident
from bot.words import Kind, Meaning
from templates.blocks import actions as a
from templates.blocks.parts import Block, Message, button, buttons, context, message, overflow, section
from templates.blocks.text import Look, data, moment, mrkdwn, one_line, permalink
from templates.blocks.words import ICONS, counted

PAGE = 20  # with its longest lines a page stays below the 13,000 characters of a message
LINE_MOST = 280
_NAME_MOST = 40


def timeline_message(incident: Incident, look: Look, page: int | None = None) -> Message:
    """One page of the standing lines, from 1; without a page the last, where things are happening."""
    lines = incident.timeline()
    pages = page_count(len(lines))
    number = min(max(page or pages, 1), pages)
    shown = lines[(number - 1) * PAGE : number * PAGE]
    head = f"*Timeline of {incident.number}* · {counted(len(lines), 'line')}"
    blocks = [section(head + (f" · page {number} of {pages}" if pages > 1 else ""))]
    blocks += [_line_block(incident, entry, look) for entry in shown]
    if not lines:
        blocks.append(section("Nothing is on it yet. React to a message with 📌, or type `/incident event …`."))
    return message(head, [*blocks, *_navigation(incident, number, pages)])


def page_count(lines: int) -> int:
    """At least one page, also for nothing."""
    return max(1, -(-lines // PAGE))


def withdrawn_message(incident: Incident, look: Look) -> Message:
    """The newest lines that were taken off, each with a way back."""
    taken = [e for e in incident.entries.values() if e.withdrawn_by and not e.erased]
    head = f"*Withdrawn from {incident.number}* · {counted(len(taken), 'line')}"
    newest = sorted(taken, key=lambda e: (e.at, e.id))[-PAGE:]
    blocks = [section(line(incident, entry, look), _way_back(incident, entry)) for entry in newest]
    return message(head, [section(head), *blocks])


def _way_back(incident: Incident, entry: Entry) -> Block:
    return button(Offer("Put it back", a.REINSTATE_LINE, a.reference(incident.id, entry.id)))


def _line_block(incident: Incident, entry: Entry, look: Look) -> Block:
    choices = [
        (label, a.choice(verb, incident.id, entry.id))
        for label, verb in (("Edit…", a.EDIT_LINE), ("Withdraw", a.WITHDRAW_LINE), ("Move…", a.MOVE_LINE))
    ]
    return section(line(incident, entry, look), overflow(a.LINE_MENU, choices))


def line(incident: Incident, entry: Entry, look: Look, most: int = LINE_MOST) -> str:
    """One event as mrkdwn: when (leading to the message), what kind, who, and the beginning of what was said."""
    place = incident.evidence(entry.source) if entry.evidence is None else entry.evidence
    icons = "".join(ICONS[meaning] for meaning in meanings(incident, entry.id))
    said = mrkdwn((Quote(one_line(entry.text)),), look, most) if entry.text.strip() else _without_words(entry)
    head = f"{_when(entry, place, look)} {icons} *{data(look.name(entry.author), _NAME_MOST)}*"
    return f"{head} {said}{_remarks(entry)}"


def _when(entry: Entry, place: Evidence | None, look: Look) -> str:
    link = permalink(place, look) if place else None
    return ("about " if entry.approximate else "") + moment(entry.at, link)


def _without_words(entry: Entry) -> str:
    if entry.erased:
        return "_deleted in Slack_"
    return f"_{counted(len(entry.files), 'file')}_" if entry.files else "_no words_"


def _remarks(entry: Entry) -> str:
    remarks = []
    if entry.earlier:
        remarks.append("edited")
    if entry.origin:
        remarks.append(f"from {data(entry.origin, _NAME_MOST)}")
    return f" _({', '.join(remarks)})_" if remarks else ""


def meanings(incident: Incident, entry: str) -> tuple[Meaning, ...]:
    """The milestones the line asserts, and its kind where that says more than that it is an event."""
    asserted = tuple(dict.fromkeys(mark.meaning for mark in incident.asserting(entry)))
    kind = incident.kind(entry)
    return asserted if asserted and kind is Kind.EVENT else (*asserted, kind)


def _navigation(incident: Incident, page: int, pages: int) -> list[Block]:
    offers = []
    if page > 1:
        offers.append(_turn("Earlier", incident, page - 1))
    if page < pages:
        offers.append(_turn("Later", incident, page + 1))
    if any(e.withdrawn_by and not e.erased for e in incident.entries.values()):
        offers.append(Offer("Withdrawn lines", a.PAGE, a.reference(incident.id, "withdrawn")))
    offers.append(Offer("Add event", a.EVENT_FORM, a.reference(incident.id)))
    hint = context("A time leads to its message. The three dots edit a line, withdraw it, or move it.")
    return [hint, *buttons(offers)]


def _turn(label: str, incident: Incident, page: int) -> Offer:
    return Offer(label, a.PAGE, a.reference(incident.id, f"timeline:{page}"))


def last_lines(incident: Incident, look: Look, count: int, most: int) -> str:
    """The newest lines as one text, the oldest of them first."""
    return "\n".join(line(incident, entry, look, most) for entry in incident.timeline()[-count:])
