"""Reminders: one message for each person and day, with what can be done to each thing; edited as it is done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from bot.decision import Offer, Quote
from bot.fields import FIELDS
from bot.followups import Topic, is_person
from bot.nudging import Group, Line
from bot.words import DocumentStatus
from templates.blocks import actions as a
from templates.blocks.lists import item_line
from templates.blocks.parts import (
    Block,
    Message,
    button,
    context,
    message,
    option,
    plain_text,
    section,
    within,
)
from templates.blocks.text import Look, data, mrkdwn, one_line
from templates.blocks.words import counted

TITLE_MOST: Final = 200
LISTED: Final = 10
"""Items of one incident that a digest lists."""
SNOOZES: Final = (("Tomorrow", 1), ("In 3 days", 3), ("In a week", 7), ("In 2 weeks", 14), ("In 4 weeks", 28))
"""What a reminder can be put off by, in days."""

_HEADINGS: Final = {
    Group.OVERDUE: "Overdue",
    Group.TODAY: "Due today",
    Group.SOON: "Due soon",
    Group.OTHERS: "Overdue for long, and somebody else's",
    Group.REPORT: "After the incident",
    Group.DIGEST: "Open action items",
}


def nudges_message(lines: Sequence[Line], look: Look, zone: str) -> Message:
    """What waits for one person or channel today; `zone` is theirs."""
    ordered = sorted(lines, key=lambda line: (list(Group).index(line.group), line.nudge.due, line.incident.id))
    standing = [line for line in ordered if line.stands]
    to = ordered[0].nudge.to
    head = _head(standing, to)
    blocks = [section(f"*{head}*"), *_lateness(ordered, zone)]
    for group in Group:
        here = [line for line in ordered if line.group is group]
        if here:
            blocks.append(section(f"*{_HEADINGS[group]}*"))
            blocks += [block for line in here for block in _line(line, look, to)]
    return message(head, within(blocks, _all(standing, to)))


def _head(standing: Sequence[Line], to: str) -> str:
    if not standing:
        return "Nothing is left to do here."
    if all(line.topic is Topic.DIGEST for line in standing):
        return f"This week's {counted(sum(len(line.items) for line in standing), 'open action item')}"
    waits = "waits" if len(standing) == 1 else "wait"
    return f"{counted(len(standing), 'thing')} {waits} for {'you' if is_person(to) else 'somebody here'}"


def _lateness(lines: Sequence[Line], zone: str) -> Iterator[Block]:
    """Said once, with the earliest moment that was missed."""
    late = [line.nudge.meant for line in lines if line.nudge.late]
    if late:
        meant = min(late).astimezone(ZoneInfo(zone))
        yield context(f"This comes late: Scribe was not at work on {meant:%a %Y-%m-%d} at {meant:%H:%M}.")


def _line(line: Line, look: Look, to: str) -> Iterator[Block]:
    said = _said(line, look)
    if not line.stands:
        yield section(f"~{said.splitlines()[0]}~ {mrkdwn(line.now, look, TITLE_MOST)}")
        return
    yield section(f"{said}\n{_where(line, look)}")
    if row := [*_buttons(line, look), *_snooze(line)]:
        yield {"type": "actions", "elements": row}
    if line.topic is Topic.DIGEST:
        yield from _digest(line, look)


def _said(line: Line, look: Look) -> str:
    """The thing itself, as a line or two."""
    if line.item is not None:
        return item_line(line.item, look, line.incident.family)
    if line.topic is Topic.DIGEST:
        return counted(len(line.items), "open item")
    return f"{data(line.title or 'Something', TITLE_MOST)}\ndue {line.nudge.due.isoformat()}"


def _where(line: Line, look: Look) -> str:
    """Which incident, and how late it is."""
    what = mrkdwn((Quote(one_line(line.incident.title)),), look, TITLE_MOST)
    where = f" · <#{line.incident.channel}>" if line.incident.channel else ""
    overdue = (line.nudge.day - _due(line)).days
    late = f" · *{counted(overdue, 'day')} overdue*" if overdue > 0 and line.topic is not Topic.DIGEST else ""
    return f"_{data(line.incident.number)} {what}_{where}{late}"


def _due(line: Line) -> date:
    return line.item.due or line.nudge.due if line.item else line.nudge.due


def _digest(line: Line, look: Look) -> Iterator[Block]:
    shown = [item_line(item, look, line.incident.family).replace("\n", " · ") for item in line.items[:LISTED]]
    more = [f"… and {len(line.items) - LISTED} more"] if len(line.items) > LISTED else []
    yield context("\n".join([*shown[: LISTED // 2]]))
    if rest := [*shown[LISTED // 2 :], *more]:
        yield context("\n".join(rest))


def _thing(line: Line) -> str:
    """The thing of a button's value: what, and in which message it stands."""
    return f"{line.nudge.key} {line.nudge.to} {line.nudge.day.isoformat()}"


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
    """Everything put off at once, by somebody who goes on leave."""
    mine = [line for line in standing if line.topic is not Topic.DIGEST]
    if len(mine) < 2 or not is_person(to):
        return []
    day = mine[0].nudge.day.isoformat()
    return [{"type": "actions", "elements": [_put_off("Snooze all of these", 0, f"{a.EVERYTHING} {to} {day}")]}]
