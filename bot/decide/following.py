"""When somebody wants to hear of a thing again, and what is dealt with."""

from __future__ import annotations

from bot import commands as c
from bot import facts as f
from bot.decide._common import source
from bot.decision import Decision, Refused, say
from bot.followups import FINISHED
from bot.incident import Incident
from bot.policy import Policy


def snooze(incident: Incident, command: c.Snooze, request: c.Request, policy: Policy) -> Decision:
    """Put off what is followed up; what is finished has nothing to be put off."""
    left = [key for key in command.followups if not _finished(incident, key)]
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


def _finished(incident: Incident, key: str) -> bool:
    item = incident.actions.get(key.partition(":")[2])
    return (item is not None and item.status in FINISHED) or key in incident.settled


def named(key: str) -> str:
    """How a sentence calls it: an action item by its id, anything else by what it is."""
    topic, _, about = key.partition(":")
    return about if topic in ("item", "late", "told") else f"the {topic.replace('_', '-')}"


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
