"""What is known from before, in one message at the beginning: like incidents with the reason, and open action items."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.decision import Quote
from bot.incident import ActionItem, Incident
from bot.lookup import texts
from bot.similar import Likeness
from bot.words import Wire
from templates.blocks.lists import Listed, item_facts, listed
from templates.blocks.parts import Message, context, message, section, sections, within
from templates.blocks.text import Look, data, mrkdwn, one_line, permalink
from templates.blocks.words import counted

WORDS_MOST: Final = 200
ITEMS_MOST: Final = 5


def past_message(
    alike: Sequence[tuple[Likeness, Listed, Incident]], items: Sequence[tuple[Incident, ActionItem]], look: Look
) -> Message | None:
    """None where there is nothing to say. Whoever calls leaves private incidents out."""
    if not alike and not items:
        return None
    parts = [counted(len(alike), "similar incident")] if alike else []
    parts += [counted(len(items), "open action item") + " on the same service"] if items else []
    head = f"*From before*: {', '.join(parts)}"
    blocks = [section(head), *(section(_alike(*one, look)) for one in alike)]
    blocks += sections([_item(incident, item, look) for incident, item in items[:ITEMS_MOST]])
    if len(items) > ITEMS_MOST:
        blocks.append(context(f"… and {len(items) - ITEMS_MOST} more; `/incident search` finds their incidents."))
    return message(head, within(blocks))


def _alike(likeness: Likeness, row: Listed, incident: Incident, look: Look) -> str:
    lines = [listed(row, look), f"_{_why(likeness)}_"]
    cause = incident.value("root_cause")
    if cause is not None and (said := " ".join(texts(cause.value))):
        lines.append(f"Root cause: {mrkdwn((Quote(one_line(Wire(said))),), look, WORDS_MOST)}")
    if incident.is_open:
        lines.append(f"It is still open. If this is the same: `/incident merge into {data(incident.number)}`")
    return "\n".join(lines)


def _why(likeness: Likeness) -> str:
    reasons = []
    if likeness.services:
        names = data(", ".join(likeness.services), WORDS_MOST)
        reasons.append(f"the same {'service' if len(likeness.services) == 1 else 'services'} ({names})")
    if likeness.type:
        reasons.append(f"the same type ({data(likeness.type.replace('_', ' '))})")
    if likeness.words:
        reasons.append(f"both titles say {data(', '.join(f'“{word}”' for word in likeness.words), WORDS_MOST)}")
    return "; ".join(reasons).capitalize()


def _item(incident: Incident, item: ActionItem, look: Look) -> str:
    """Words of a message stay where they are, so that they go with it when it is deleted."""
    place = incident.evidence(item.source)
    link = f" · <{permalink(place, look)}|where it was said>" if place else ""
    said = mrkdwn((Quote(one_line(item.text)),), look, WORDS_MOST) if item.entry is None else "_made from a message_"
    facts = " · ".join(item_facts(item, incident, look))
    return f"• *{data(incident.number)} {data(item.id)}* {said}{link}\n        {facts}"
