"""The forms about an action item: a new one, and one that changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from bot.decision import Quote
from bot.incident import ActionItem, Incident
from bot.words import ActionStatus, ActionType, Priority
from templates.blocks import actions as a
from templates.blocks.forms.inputs import Choice, View, day, person, select, text, view
from templates.blocks.parts import Block, section
from templates.blocks.text import Look, bare_words, mrkdwn, one_line
from templates.blocks.words import label

WORDS_MOST = 500


def action_form(incident: Incident, given: Mapping[str, str], look: Look) -> View:
    """A new item; everything but its words can wait. `given` holds what was typed, the due date as YYYY-MM-DD."""
    blocks = [
        text("text", "What is to be done?", given.get("text", ""), multiline=True, hint="Begin with a verb"),
        *_parts(
            priorities(look, incident.family),
            given.get("owner"),
            date.fromisoformat(given["due"]) if given.get("due") else None,
            *(given.get(name, "") for name in ("priority", "type", "ticket", "verification")),
        ),
    ]
    return view(a.ACTION, "Add an action item", "Add", blocks, {"incident": incident.id})


def item_form(incident: Incident, item: ActionItem, look: Look, status: ActionStatus | None = None) -> View:
    """An item as it stands, to change; `status` is what a button proposes."""
    statuses = [(label(known), str(known)) for known in ActionStatus]
    blocks = [
        text("text", "What is to be done?", bare_words(item.text, look), multiline=True),
        select("status", "Status", statuses, str(status or item.status)),
        *_parts(
            priorities(look, incident.family),
            item.owner,
            item.due,
            str(item.priority or ""),
            str(item.type or ""),
            item.ticket or "",
            bare_words(item.verification, look),
        ),
        text("reason", "Reason", optional=True, hint="Needed when it is declined"),
    ]
    ids: dict[str, int | str] = {"incident": incident.id, "item": item.id, "was": str(item.status)}
    return view(a.ITEM, f"Action item {item.id}", "Save", blocks, ids)


def done_form(incident: Incident, item: ActionItem, look: Look) -> View:
    """How it was verified, before the item counts as done."""
    known = bare_words(item.verification, look)
    asked = text("verification", "How was it verified?", known, optional=True, hint="What shows that it works")
    return _short(incident, item, look, "Done?", "Done", [asked], ActionStatus.DONE)


def due_form(incident: Incident, item: ActionItem, look: Look) -> View:
    return _short(incident, item, look, "Change the date", "Change", [day("due", "Due", item.due)])


def owner_form(incident: Incident, item: ActionItem, look: Look) -> View:
    return _short(incident, item, look, "Reassign", "Reassign", [person("owner", "Owner", item.owner)])


def decline_form(incident: Incident, item: ActionItem, look: Look) -> View:
    asked = text("reason", "Why will it not be done?", hint="Such as: superseded by the new cluster")
    return _short(incident, item, look, "Decline", "Decline", [asked], ActionStatus.DECLINED)


def _short(
    incident: Incident,
    item: ActionItem,
    look: Look,
    title: str,
    submit: str,
    blocks: list[Block],
    to: ActionStatus | None = None,
) -> View:
    """One question about one item; `to` is the status that the answer gives it."""
    about = section(f"*{item.id}* {mrkdwn((Quote(one_line(item.text)),), look, WORDS_MOST)}")
    ids: dict[str, int | str] = {"incident": incident.id, "item": item.id, "was": str(item.status)}
    return view(a.ITEM, title, submit, [about, *blocks], ids | ({"to": str(to)} if to else {}))


def priorities(look: Look, family: str) -> list[Choice]:
    """The levels of a family's scale, as its people say them."""
    known = look.families.get(family)
    return [(look.priority(level, family), str(level)) for level in (known.priorities if known else Priority)]


def _parts(
    levels: Sequence[Choice],
    owner: str | None,
    due: date | None,
    priority: str,
    kind: str,
    ticket: str,
    verification: str,
) -> list[Block]:
    return [
        person("owner", "Owner", owner),
        day("due", "Due", due, hint="Empty: the report family's time for its priority"),
        select("priority", "Priority", levels, priority, optional=True),
        select("type", "Type", [(label(t), str(t)) for t in ActionType], kind, optional=True),
        text("ticket", "Ticket", ticket, optional=True, hint="A link or a number"),
        text("verification", "How will one see that it is done?", verification, optional=True),
    ]
