"""When somebody wants to hear of a thing again, and what is dealt with."""

from __future__ import annotations

from functools import partial

from bot import commands as c
from bot import facts as f
from bot.decide._common import item_of, log, require_not_over, source
from bot.decision import Decision, Name, Refused, Text, Time, say
from bot.followups import ABOUT_ITEMS, FINISHED
from bot.incident import Incident
from bot.policy import Policy


def snooze(incident: Incident, command: c.Snooze, request: c.Request, policy: Policy) -> Decision:
    """Put off what is followed up; what is finished has nothing to be put off."""
    left = [key for key in map(partial(_meant, incident), command.followups) if not _finished(incident, key)]
    if not left:
        raise Refused("That is finished already; nobody is reminded of it any more.", "/incident actions")
    facts = tuple(
        f.Snoozed(
            key=f"{request.key}:snooze:{key}",
            at=request.now,
            source=source(request),
            followup=key,
            until=command.until,
        )
        for key in left
    )
    what = ", ".join(named(key) for key in left)
    return Decision(facts, reply=say(f"You will hear of {what} again on {command.until:%a %Y-%m-%d}."))


def _meant(incident: Incident, key: str) -> str:
    """The name of what is followed up, as it is kept.

    Raises:
        Refused: it is about an action item that there is not.
    """
    topic, _, about = key.partition(":")
    return f"{topic}:{item_of(incident, about).id}" if topic in ABOUT_ITEMS else key


def _finished(incident: Incident, key: str) -> bool:
    item = incident.actions.get(key.partition(":")[2])
    return (item is not None and item.status in FINISHED) or key in incident.settled


def named(key: str) -> str:
    """How a sentence calls it: an action item by its id, anything else by what it is."""
    topic, _, about = key.partition(":")
    return about if topic in ABOUT_ITEMS else f"the {topic.replace('_', '-')}"


def settle(incident: Incident, command: c.Settle, request: c.Request, policy: Policy) -> Decision:
    """Dealt with; a second press says so."""
    known = incident.settled.get(command.followup)
    if known is not None:
        raise Refused(f"That was dealt with on {known.at:%a %Y-%m-%d} already.", "/incident report")
    fact = f.Settled(
        key=f"settled:{command.followup}:{request.key}",
        at=request.now,
        source=source(request),
        followup=command.followup,
    )
    return Decision((fact,), reply=say(f"Noted: {named(command.followup)} is dealt with."))


def remind(incident: Incident, command: c.Remind, request: c.Request, policy: Policy) -> Decision:
    """Turn the incident's own reminders on or off, or pause them."""
    require_not_over(incident)
    until = request.now + command.pause if command.pause else None
    if command.on and not incident.reminders_off and incident.reminders_from is None:
        return Decision(reply=say("The reminders are on."))
    fact = f.RemindersTurned(
        key=f"reminders:{request.key}", at=request.now, source=source(request), on=command.on, until=until
    )
    what: Text = ("on",) if command.on else ("off until ", Time(until)) if until else ("off",)
    line = log(request, Name(request.by), " turned the reminders ", *what, ".")
    return Decision((fact,), (line,), say("The reminders of this incident are ", *what, "."))
