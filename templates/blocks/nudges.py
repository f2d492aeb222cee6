"""Reminders: one message for each person and day, with what can be done to each thing; edited as it is done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final
from zoneinfo import ZoneInfo

from bot.decision import Offer, Quote
from bot.fields import FIELDS
from bot.followups import Topic, due_of, is_person
from bot.nudging import Group, Line
from bot.words import DocumentStatus
from templates.blocks import actions as a
from templates.blocks.lists import item_line, of_pages, turns
from templates.blocks.parts import (
    Block,
    Message,
    button,
    buttons,
    context,
    fits,
    message,
    option,
    plain_text,
    section,
    sections,
)
from templates.blocks.text import Look, data, mrkdwn, one_line
from templates.blocks.words import counted

TITLE_MOST: Final = 200
LISTED: Final = 10
"""Items of one incident that a digest lists."""
SNOOZES: Final = (("Tomorrow", 1), ("In 3 days", 3), ("In a week", 7), ("In 2 weeks", 14), ("In 4 weeks", 28))
"""What a reminder can be put off by, in days."""

TOLD: Final = "told"
"""The screen on which the pages of a reminder stand that its message does not hold."""
_HEADINGS: Final = {
    Group.OVERDUE: "Overdue",
    Group.TODAY: "Due today",
    Group.SOON: "Due soon",
    Group.REPORT: "After the incident",
    Group.OTHERS: "Long overdue",
    Group.DIGEST: "",  # its line says what it is
}


def nudges_message(lines: Sequence[Line], look: Look, zone: str, page: int = 1) -> Message:
    """What waits for one person or channel today, a page of it; `zone` is theirs."""
    ordered = sorted(lines, key=lambda line: (list(Group).index(line.group), line.due, line.incident.id))
    standing = [line for line in ordered if line.stands]
    first, to = ordered[0], ordered[0].nudge.to
    alone = len({line.incident.id for line in ordered}) == 1
    head, late = _head(standing, to), list(_lateness(ordered, zone))
    place = [context(where(first, look))] if alone else []
    away = _all(standing, to)
    beside = [section(head), *late, *place, context(""), *_turns(first, 2, 3), *away]
    pages = _pages(ordered, look, alone, beside)
    number = min(max(page, 1), len(pages))
    rest = sum(count for count, _ in pages[number:])
    more = [context(f"… and {rest} more")] if rest else []
    top = [section(f"*{head}*{of_pages(number, len(pages))}"), *late, *place]
    return message(head, [*top, *pages[number - 1][1], *more, *_turns(first, number, len(pages)), *away])


def _turns(line: Line, number: int, pages: int) -> list[Block]:
    return buttons(turns(TOLD, 0, number, pages, f"{line.nudge.to} {line.nudge.day.isoformat()}"))


def _pages(lines: Sequence[Line], look: Look, alone: bool, beside: Sequence[Block]) -> list[tuple[int, list[Block]]]:
    """How many things each page holds, whole, and its blocks; `beside` stands on it too."""
    pages: list[tuple[int, list[Block]]] = [(0, [])]
    before: Line | None = None
    for line in lines:
        count, blocks = pages[-1]
        own = [*_heading(line, before), *_line(line, look, alone)]
        if count and not fits([*beside, *blocks, *own]):
            count, blocks = 0, []
            own = [*_heading(line, None), *_line(line, look, alone)]
            pages.append((0, []))
        pages[-1] = (count + 1, [*blocks, *own])
        before = line
    return pages


def _heading(line: Line, before: Line | None) -> Iterator[Block]:
    if (before is None or before.group is not line.group) and (words := _HEADINGS[line.group]):
        others = ", with others" if line.group is Group.OTHERS and is_person(line.nudge.to) else ""
        yield section(f"*{words}{others}*")


def _head(standing: Sequence[Line], to: str) -> str:
    items = counted(sum(len(line.items) for line in standing), "open action item")
    things = [line for line in standing if line.topic is not Topic.DIGEST]
    waiting = f"{counted(len(things), 'thing')} {'waits' if len(things) == 1 else 'wait'}"
    if is_person(to):
        return f"{waiting} for you" if things else "Nothing of this is left to do."
    if things:
        return f"{waiting} for somebody here"
    return f"This week: {items}" if standing else "Nothing of this is left to do."


def _lateness(lines: Sequence[Line], zone: str) -> Iterator[Block]:
    """Said once, with the earliest moment that was missed."""
    late = [line.nudge.meant for line in lines if line.nudge.late]
    if late:
        meant = min(late).astimezone(ZoneInfo(zone))
        yield context(
            f"This comes late: it was meant for {meant:%a %Y-%m-%d} at {meant:%H:%M}, when Scribe could not send it."
        )


def _line(line: Line, look: Look, alone: bool) -> Iterator[Block]:
    words = said(line, look)
    if not line.stands:
        yield section(f"~{words.splitlines()[0]}~ {mrkdwn(line.now, look, TITLE_MOST)}")
        return
    place = [] if alone else [where(line, look)]
    yield section("\n".join([words, *_standing_in(line, look), *place]))
    yield from thing_row(line, look)
    if line.topic is Topic.DIGEST:
        yield from _digest(line, look)


def said(line: Line, look: Look) -> str:
    """The thing itself, as a line or two."""
    if line.topic is Topic.DIGEST:
        family = look.families.get(line.incident.family)
        past = sum(due_of(item, line.incident, family) < line.nudge.day for item in line.items)
        return f"*{counted(len(line.items), 'open item')}*{f' · {past} overdue' if past else ''}"
    overdue = (line.nudge.day - line.due).days
    late = f" · *{counted(overdue, 'day')} overdue*" if overdue > 0 else ""
    if line.item is not None:
        return item_line(line.item, line.incident, look) + late
    return f"{data(line.title or 'Something', TITLE_MOST)}\ndue {line.due.isoformat()}{late}"


def _standing_in(line: Line, look: Look) -> Iterator[str]:
    """Why somebody hears of what is another's."""
    whose = line.nudge.person
    if line.nudge.to != whose and is_person(whose):
        yield f"_{data(look.name(whose))} cannot be reached any more_"


def where(line: Line, look: Look) -> str:
    what = mrkdwn((Quote(one_line(line.incident.title)),), look, TITLE_MOST)
    where = f" in <#{line.incident.channel}>" if line.incident.channel else ""
    return f"{data(line.incident.number)} {what}{where}"


def _digest(line: Line, look: Look) -> Iterator[Block]:
    """The longest due first, in few blocks."""
    shown = [item_line(item, line.incident, look).replace("\n", " · ") for item in line.items[:LISTED]]
    more = [f"… and {len(line.items) - LISTED} more"] if len(line.items) > LISTED else []
    yield from sections([*shown, *more])


def _thing(line: Line) -> str:
    """The thing of a button's value: what, and in which message it stands."""
    return f"{line.nudge.key} {line.nudge.to} {line.place}"


def thing_row(line: Line, look: Look) -> Iterator[Block]:
    """What can be done to it."""
    if row := [*_buttons(line, look), *_snooze(line)]:
        yield {"type": "actions", "block_id": a.reference(line.incident.id, line.nudge.key), "elements": row}


def _buttons(line: Line, look: Look) -> Iterator[Block]:
    here = a.reference(line.incident.id, _thing(line))
    for offer in _offers(line, here, look):
        yield button(offer)


def _offers(line: Line, here: str, look: Look) -> Iterator[Offer]:
    incident, family = line.incident.id, line.incident.family
    if line.item is not None:
        yield Offer("Done…", a.NUDGE_DONE, here, "primary")
        yield Offer("Change date…", a.NUDGE_DUE, here)
        yield Offer("Reassign…", a.NUDGE_OWNER, here)
        yield Offer("Decline…", a.NUDGE_DECLINE, here)
        return
    match line.topic:
        case Topic.DIGEST:
            yield Offer("Action items", a.ACTIONS, a.reference(incident))
        case Topic.DRAFT:
            yield Offer(
                "Ask for review", a.ADVANCE, a.reference(incident, f"{family} {DocumentStatus.IN_REVIEW}"), "primary"
            )
            yield Offer("See the report", a.REPORT, a.reference(incident))
        case Topic.SIGN_OFF:
            yield Offer("Sign off", a.SIGN_OFF, a.reference(incident, family), "primary")
            yield Offer("See the report", a.REPORT, a.reference(incident))
        case Topic.MEETING:
            yield Offer("Held", a.NUDGE_HELD, here, "primary")
            yield Offer("Set its date…", a.FIELDS_FORM, a.reference(incident, "meeting"))
        case Topic.METRICS:
            yield Offer("Enter the figures…", a.FIELDS_FORM, a.reference(incident, "follow_up"), "primary")
            yield Offer("Not needed", a.NUDGE_SETTLE, here)
        case Topic.STEPS:
            yield Offer("Tick what is done…", a.FIELDS_FORM, a.reference(incident, _section(line, look)), "primary")
            yield Offer("Not needed", a.NUDGE_SETTLE, here)
        case _:
            yield Offer("Done", a.NUDGE_SETTLE, here, "primary")


def _section(line: Line, look: Look) -> str:
    """The section of the catalogue in which the lines of this checklist are ticked."""
    family = look.families.get(line.incident.family)
    ticks = family.checklists.get(line.nudge.key.split(":")[1], ()) if family else ()
    return FIELDS[ticks[0].field].section if ticks else ""


def _snooze(line: Line) -> Iterator[Block]:
    if line.topic is not Topic.DIGEST:
        yield _put_off("Snooze", line.incident.id, _thing(line))


def _put_off(label: str, incident: int, thing: str) -> Block:
    options = [option(name, a.choice(str(days), incident, thing)) for name, days in SNOOZES]
    return {
        "type": "static_select",
        "action_id": a.NUDGE_SNOOZE,
        "placeholder": plain_text(label, 75),
        "options": options,
    }


def _all(standing: Sequence[Line], to: str) -> list[Block]:
    """Everything of theirs put off at once, for somebody who goes on leave."""
    if not is_person(to) or not standing:
        return []
    menu = _put_off("Away? Snooze everything", 0, f"{a.EVERYTHING} {to} {standing[0].nudge.day.isoformat()}")
    return [{"type": "actions", "block_id": a.EVERYTHING, "elements": [menu]}]
