"""What an incident that goes on is reminded of: no commander, no update, open questions, and the clocks of the law.

A reminder is a moment from which it counts and a sentence; whether it stands follows from the incident alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bot import facts as f
from bot.decision import Text, Time
from bot.family import Family, Regime
from bot.fields import IMPACT_NUMBERS
from bot.incident import Incident
from bot.milestones import counting, missing
from bot.policy import Policy, Reminders
from bot.words import OPEN, OVER, Milestone, Role, Status

LIVE: Final = "live"
"""The name and the topic of an incident's row among what is followed up."""


class About(StrEnum):
    COMMANDER = "commander"
    UPDATE = "update"
    QUESTIONS = "questions"
    IMPACT = "impact"
    REGIME = "regime"


@dataclass(frozen=True, slots=True)
class Reminder:
    """It counts from `at` on; `again` are the moments at which it reads otherwise. `thing` tells two laws apart."""

    about: About
    at: datetime
    text: Text
    again: tuple[datetime, ...] = ()
    thing: str = ""


def reminders(incident: Incident, policy: Policy, family: Family | None, now: datetime) -> list[Reminder]:
    """What the incident is reminded of as of now; nothing while it is hushed."""
    return [] if hushed(incident, now) else [one for one in _all(incident, policy, family, now) if one.at <= now]


def next_look(incident: Incident, policy: Policy, family: Family | None, now: datetime) -> datetime | None:
    """The next moment after `now` at which `reminders` says something else; None: never, unless something happens."""
    if incident.reminders_off:
        return None
    moments = [at for one in _all(incident, policy, family, now) for at in (one.at, *one.again)]
    moments += [incident.reminders_from] if incident.reminders_from else []
    return min((at for at in moments if at > now), default=None)


def hushed(incident: Incident, now: datetime) -> bool:
    """Turned off, or paused until later."""
    return incident.reminders_off or (incident.reminders_from is not None and incident.reminders_from > now)


def goes_on(incident: Incident, family: Family | None) -> bool:
    """Could it be reminded of anything still? A law's clock outlives the resolution, but not the closing."""
    return incident.status in OPEN or bool(family and family.regimes and incident.status is Status.RESOLVED)


def changes(facts: Sequence[f.AnyFact]) -> bool:
    """Could these facts change what it is reminded of?"""
    return any(isinstance(fact, _CHANGING) or _is_telling(fact) for fact in facts)


_CHANGING: Final = (
    f.Declared
    | f.ChannelAttached
    | f.Described
    | f.StatusChanged
    | f.Reopened
    | f.Cancelled
    | f.Merged
    | f.RoleAssigned
    | f.MilestoneSet
    | f.FieldSet
    | f.Settled
    | f.RemindersTurned
    | f.Withdrawn
    | f.Reinstated
    | f.Unmarked
)


def _is_telling(fact: f.AnyFact) -> bool:
    """A communication, or a milestone."""
    return isinstance(fact, f.Marked) and (isinstance(fact.meaning, Milestone) or fact.meaning == "communication")


def _all(incident: Incident, policy: Policy, family: Family | None, now: datetime) -> Iterator[Reminder]:
    if incident.declared_at is None or incident.channel is None or incident.status in OVER:
        return
    rules = policy.reminders
    if incident.status in OPEN:
        yield from _of_the_response(incident, incident.declared_at, rules)
    if rules.regulatory and family is not None and goes_on(incident, family):
        for regime in family.regimes:
            yield from _regime(incident, regime, rules, now)


def _of_the_response(incident: Incident, declared: datetime, rules: Reminders) -> Iterator[Reminder]:
    if rules.commander_after and incident.holder(Role.COMMANDER) is None:
        given_up = [held.at for held in incident.holdings if held.role is Role.COMMANDER]
        since = max([declared, *given_up])
        yield Reminder(About.COMMANDER, since + rules.commander_after, ("Nobody is commander since ", Time(since), "."))
    if rules.update_after:
        told = [turn.at for turn in incident.turns] + ([incident.last_update_at] if incident.last_update_at else [])
        since = max([declared, *told])
        yield Reminder(About.UPDATE, since + rules.update_after, ("No update since ", Time(since), "."))
    if rules.questions_after:
        yield from _questions(incident, declared + rules.questions_after)


def _questions(incident: Incident, at: datetime) -> Iterator[Reminder]:
    """What those who respond can say already; the report's other questions come at the resolution and afterwards."""
    if unknown := missing(incident):
        words = ", ".join(str(milestone).replace("_", " ") for milestone in unknown)
        yield Reminder(About.QUESTIONS, at, (f"Not known yet, when it was: {words}.",))
    if not any(incident.value(key) for key in IMPACT_NUMBERS):
        yield Reminder(About.IMPACT, at, ("No number says yet how large the impact is.",))


def _regime(incident: Incident, regime: Regime, rules: Reminders, now: datetime) -> Iterator[Reminder]:
    """A law's clock runs from its own trigger, until it is dealt with or said not to apply."""
    trigger, said = counting(incident, regime.since), incident.value(regime.field)
    if trigger is None or f"{About.REGIME}:{regime.key}" in incident.settled or (said and said.value is False):
        return
    applies = "" if said else " (if it applies: nobody has said yet)"
    since = (f"{str(regime.since).replace('_', ' ')} since ", Time(trigger.at, trigger.approximate))
    within = rules.terms.get(regime.key, regime.within)
    head = f"{regime.label}{applies}: "
    if within is None:
        yield Reminder(About.REGIME, trigger.at, (f"{head}{regime.term}; ", *since, "."), thing=regime.key)
        return
    deadline, warned = trigger.at + within, trigger.at + max(within - rules.regulatory_warn, timedelta(0))
    if not within:
        text: Text = (f"{head}notify immediately; ", *since, ".")
    elif now >= deadline:
        text = (f"⏰ {head}the time to notify ended ", Time(deadline), "; ", *since, ".")
    else:
        soon = "⏰ " if now >= warned else ""
        text = (f"{soon}{head}notify by ", Time(deadline), "; ", *since, ".")
    yield Reminder(About.REGIME, trigger.at, text, (warned, deadline), regime.key)
