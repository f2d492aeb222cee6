"""The one quiet message of an incident that goes on: what is outstanding, edited as that changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.decision import Offer, Text, Time
from bot.incident import Incident
from bot.reminding import About, Reminder, hushed
from templates.blocks import actions as a
from templates.blocks.parts import Message, buttons, context, message, section, within
from templates.blocks.text import Look, data, mrkdwn

_ICONS = {
    About.COMMANDER: "🧭",
    About.UPDATE: "📢",
    About.QUESTIONS: "❓",
    About.IMPACT: "📉",
    About.REGIME: "⚖️",
}
_NOTE = "Nobody is notified; this is edited as things change."


def reminder_message(
    incident: Incident, reminders: Sequence[Reminder], goes_on: bool, look: Look, now: datetime
) -> Message:
    """As of `now`. `goes_on`: it could be reminded of something still."""
    head = mrkdwn(_head(incident, reminders, goes_on, now), look)
    blocks = [section(f"*{head}*"), *(section(_line(one, look)) for one in reminders)]
    note = [context(_NOTE)] if reminders else []
    return message(head, within(blocks, [*note, *buttons(list(_offers(incident, reminders, goes_on, now)))]))


def _head(incident: Incident, reminders: Sequence[Reminder], goes_on: bool, now: datetime) -> Text:
    if not goes_on:
        return (f"No more reminders: {incident.number} is {incident.status}.",)
    if incident.reminders_off:
        return ("The reminders are off.",)
    if hushed(incident, now) and incident.reminders_from:
        return ("The reminders are paused until ", Time(incident.reminders_from), ".")
    return (f"Outstanding in {incident.number}",) if reminders else ("Nothing is outstanding.",)


def _line(one: Reminder, look: Look) -> str:
    return f"{_ICONS[one.about]} {mrkdwn(one.text, look)}"


def _offers(incident: Incident, reminders: Sequence[Reminder], goes_on: bool, now: datetime) -> Iterator[Offer]:
    ref, about = a.reference(incident.id), {one.about for one in reminders}
    if not goes_on:
        return
    if hushed(incident, now):
        yield Offer("Turn on", a.REMIND_ON, ref)
        return
    if About.UPDATE in about:
        yield Offer("Post an update", a.UPDATE_FORM, ref, "primary")
    if About.QUESTIONS in about:
        yield Offer("Set milestones", a.SET_MILESTONES, ref)
    if About.IMPACT in about:
        yield Offer("Tell the impact", a.FIELDS_FORM, a.reference(incident.id, "impact"))
    if About.REGIME in about:
        yield Offer("What applies…", a.FIELDS_FORM, a.reference(incident.id, "regulatory"))
    for one in reminders:
        if one.about is About.REGIME:
            label = f"Notified: {data(one.thing.replace('_', ' ').upper())}"
            yield Offer(label, a.REMIND_SETTLE, a.reference(incident.id, f"{one.about}:{one.thing}"))
    if reminders:
        yield Offer("Pause 1 h", a.REMIND_PAUSE, ref)
        yield Offer("Turn off", a.REMIND_OFF, ref)
