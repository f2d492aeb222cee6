"""What a team decides for itself, as plain values: the configuration file fills these in, the rules read them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from types import MappingProxyType
from typing import Final

from bot.words import Deed, Kind, Meaning, Milestone, Role, Severity

VOCABULARY: Final[Mapping[str, Meaning]] = MappingProxyType(
    {
        "pushpin": Kind.EVENT,
        "boom": Milestone.STARTED,
        "rotating_light": Milestone.DETECTED,
        "pager": Milestone.ACKNOWLEDGED,
        "sos": Milestone.ESCALATED,
        "mag": Kind.HYPOTHESIS,
        "bulb": Milestone.ROOT_CAUSE,
        "no_entry_sign": Kind.RULED_OUT,
        "hammer_and_wrench": Kind.ACTION,
        "adhesive_bandage": Milestone.MITIGATED,
        "checkered_flag": Milestone.RESOLVED,
        "scales": Kind.DECISION,
        "loudspeaker": Kind.COMMUNICATION,
        "chart_with_downwards_trend": Kind.IMPACT,
        "dart": Kind.ACTION_ITEM,
        "sunny": Kind.WENT_WELL,
        "thunder_cloud_and_rain": Kind.WENT_WRONG,
        "four_leaf_clover": Kind.GOT_LUCKY,
    }
)
"""PRODUCT 1.2. None of these is an emoji people throw about."""

ALIASES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "collision": "boom",
        "mag_right": "mag",
        "tools": "hammer_and_wrench",
        "round_pushpin": "pushpin",
        "sunny_weather": "sunny",
        "thunder_cloud_rain": "thunder_cloud_and_rain",
        "lightning_and_rain": "thunder_cloud_and_rain",
    }
)

CONFIRMATION: Final = "memo"
"""The bot's own reaction: outside the vocabulary, so that it never means anything."""


@dataclass(frozen=True, slots=True)
class Objective:
    """A service level objective as configured; nothing is assumed where a part is missing."""

    name: str
    target: float  # fraction of good time or requests, 0.999
    window: timedelta
    service: str | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class FollowUps:
    """When people are reminded of what is to be done after an incident, and who else is told. Days are whole ones."""

    hour: time = time(9, 0)  # of the reminded person's own day
    until: time = time(17, 0)  # a reminder that is late waits for the next working day after this
    workdays: frozenset[int] = frozenset(range(5))  # Monday is 0
    holidays: frozenset[date] = frozenset()
    zone: str = "UTC"  # of what is said in channels
    before: tuple[int, ...] = (2,)  # days before the due date
    on_the_day: bool = True
    overdue_on: frozenset[int] = frozenset({0, 3})  # weekdays on which what is overdue comes again
    escalate_after: int = 7  # days overdue after which the commander is told; 0: never
    channel_after: int = 14  # days overdue after which the channel is told; 0: never
    channel: str | None = None  # the one told, and of the digest; None: each incident's own
    weekly_on: int = 0  # the weekday of what others are told: the commander, the channel
    digest: bool = True  # of the open items, in the channel
    draft_within: int = 2  # from the resolution to a report in review; 0: not followed up, so the next three
    meeting_within: int = 7
    steps_within: int = 14  # checklist lines without a date of their own
    sign_off_within: int = 3  # from the beginning of the review
    reviews: bool = True  # the family's review dates and follow-up metrics
    drills: bool = False  # whether drills are followed up


@dataclass(frozen=True, slots=True)
class Reminders:
    """When an incident that goes on is reminded of what is missing; a length of zero: never."""

    commander_after: timedelta = timedelta(minutes=15)  # without a commander
    update_after: timedelta = timedelta(hours=1)  # since the last update, or change of status
    questions_after: timedelta = timedelta(hours=2)  # since the declaration, with milestones or the impact unknown
    regulatory: bool = True  # the clocks of the family's laws
    regulatory_warn: timedelta = timedelta(hours=24)  # so long before the end a clock is marked
    terms: Mapping[str, timedelta] = field(default_factory=dict)  # by the key of a law, in place of the family's


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything configurable that a rule reads."""

    vocabulary: Mapping[str, Meaning] = field(default_factory=lambda: VOCABULARY)
    aliases: Mapping[str, str] = field(default_factory=lambda: ALIASES)
    confirmation: str = CONFIRMATION
    family: str = "slo"
    families_folder: str = ""  # of the team's own report families
    canvas: bool = True  # the report is kept as a canvas of the incident's channel
    severity: Severity = Severity.HIGH  # of a declaration that names none
    services: tuple[str, ...] = ()
    responders: tuple[str, ...] = ()  # user ids (U…) and user group ids (S…) invited to each incident
    broadcast_channel: str | None = None
    channel_prefix: str = "incident-"
    customers: tuple[str, ...] = ()  # names masked in every report
    objectives: tuple[Objective, ...] = ()
    targets: Mapping[str, Mapping[Severity, timedelta]] = field(default_factory=dict)  # clock key -> severity -> target
    outsiders_may_command: bool = False
    guests_may_command: bool = False
    author_may_approve: bool = True
    roles_needed: Mapping[Deed, tuple[Role, ...]] = field(default_factory=dict)  # without one: everybody may
    transcript_kept: timedelta | None = timedelta(days=90)  # after an incident; None: for good
    late_after: timedelta = timedelta(minutes=10)  # a line heard later than this after it happened is disclosed as late
    follow_ups: FollowUps = field(default_factory=FollowUps)
    catch_up_every: timedelta = timedelta(minutes=10)  # how often an open incident's channel is looked at again
    reminders: Reminders = field(default_factory=Reminders)

    def meaning(self, emoji: str) -> Meaning | None:
        """What a reaction says; skin tones and aliases folded. None: nothing to Scribe."""
        name = emoji.split("::", 1)[0]
        return self.vocabulary.get(self.aliases.get(name, name))
