"""What a team decides for itself, as plain values: the configuration file fills these in, the rules read them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from bot.words import Kind, Meaning, Milestone, Severity

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
class Policy:
    """Everything configurable that a rule reads."""

    vocabulary: Mapping[str, Meaning] = field(default_factory=lambda: VOCABULARY)
    aliases: Mapping[str, str] = field(default_factory=lambda: ALIASES)
    confirmation: str = CONFIRMATION
    family: str = "slo"
    families_folder: str = ""  # of the team's own report families
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
    late_after: timedelta = timedelta(minutes=10)  # a line heard later than this after it happened is disclosed as late

    def meaning(self, emoji: str) -> Meaning | None:
        """What a reaction says; skin tones and aliases folded. None: nothing to Scribe."""
        name = emoji.split("::", 1)[0]
        return self.vocabulary.get(self.aliases.get(name, name))
