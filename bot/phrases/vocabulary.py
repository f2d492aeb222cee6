"""The words people use for milestones, kinds, statuses, severities, roles and types, each in one table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from enum import StrEnum
from typing import Final, TypeVar

from bot.policy import Policy
from bot.words import ActionType, IncidentType, Kind, Meaning, Milestone, Priority, Role, Severity, Status

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")


def key(words: str) -> str:
    """How a table is asked: small letters, one space for spaces, hyphens and underscores."""
    return " ".join(re.split(r"[\s_‐‑–-]+", words.strip().lower())).strip()


def _table(members: Iterable[E], aliases: Mapping[str, E]) -> dict[str, E]:
    return {**{key(member): member for member in members}, **aliases}


MILESTONES: Final[Mapping[str, Milestone]] = _table(
    Milestone,
    {
        "start": Milestone.STARTED,
        "began": Milestone.STARTED,
        "impact started": Milestone.STARTED,
        "detection": Milestone.DETECTED,
        "ack": Milestone.ACKNOWLEDGED,
        "acked": Milestone.ACKNOWLEDGED,
        "triage": Milestone.TRIAGED,
        "investigation started": Milestone.INVESTIGATING,
        "escalation": Milestone.ESCALATED,
        "root cause": Milestone.ROOT_CAUSE,
        "root cause found": Milestone.ROOT_CAUSE,
        "cause identified": Milestone.ROOT_CAUSE,
        "identified": Milestone.ROOT_CAUSE,
        "mitigating": Milestone.MITIGATION_STARTED,
        "recovered": Milestone.RESOLVED,
        "fixed": Milestone.RESOLVED,
    },
)

_KINDS: Final[Mapping[str, Kind]] = _table(
    Kind,
    {
        "note": Kind.EVENT,
        "theory": Kind.HYPOTHESIS,
        "disproved": Kind.RULED_OUT,
        "action taken": Kind.ACTION,
        "decided": Kind.DECISION,
        "communicated": Kind.COMMUNICATION,
        "comms": Kind.COMMUNICATION,
        "todo": Kind.ACTION_ITEM,
        "follow up": Kind.ACTION_ITEM,
        "well": Kind.WENT_WELL,
        "good": Kind.WENT_WELL,
        "wrong": Kind.WENT_WRONG,
        "badly": Kind.WENT_WRONG,
        "lucky": Kind.GOT_LUCKY,
        "luck": Kind.GOT_LUCKY,
    },
)

MEANINGS: Final[Mapping[str, Meaning]] = {**_KINDS, **MILESTONES}

STATUSES: Final[Mapping[str, Status]] = _table(
    Status,
    {
        "investigate": Status.INVESTIGATING,
        "root cause identified": Status.IDENTIFIED,
        "watching": Status.MONITORING,
        "mitigate": Status.MITIGATED,
        "resolve": Status.RESOLVED,
        "fixed": Status.RESOLVED,
        "close": Status.CLOSED,
        "canceled": Status.CANCELLED,
        "false alarm": Status.CANCELLED,
    },
)

ROLES: Final[Mapping[str, Role]] = _table(
    Role,
    {
        "incident commander": Role.COMMANDER,
        "ic": Role.COMMANDER,
        "tech lead": Role.TECHNICAL_LEAD,
        "tl": Role.TECHNICAL_LEAD,
        "comms": Role.COMMUNICATIONS,
        "comms lead": Role.COMMUNICATIONS,
        "communications lead": Role.COMMUNICATIONS,
        "communication": Role.COMMUNICATIONS,
    },
)

TYPES: Final[Mapping[str, IncidentType]] = _table(
    IncidentType,
    {
        "down": IncidentType.OUTAGE,
        "degraded": IncidentType.DEGRADATION,
        "perf": IncidentType.PERFORMANCE,
        "slow": IncidentType.PERFORMANCE,
        "corruption": IncidentType.DATA_CORRUPTION,
        "leak": IncidentType.DATA_LEAK,
        "breach": IncidentType.SECURITY,
        "sec": IncidentType.SECURITY,
    },
)

ACTION_TYPES: Final[Mapping[str, ActionType]] = _table(
    ActionType,
    {
        "prevention": ActionType.PREVENT,
        "detection": ActionType.DETECT,
        "mitigation": ActionType.MITIGATE,
    },
)

_LEVELS: Final = ("critical", "high", "medium", "low")
_LEVEL_WORDS: Final = {"crit": "critical", "major": "high", "med": "medium", "moderate": "medium", "minor": "low"}
LEVEL_TOKEN: Final = r"(?:sev(?:erity)?[\s_-]?[0-5]|p[0-4])"  # noqa: S105 (a pattern)
"""A severity that is no word of the language, to be used ignoring case."""
_LEVEL: Final = re.compile(r"(?:(?P<sev>sev(?:erity)?[\s_-]?)|(?P<p>p))(?P<number>[0-5])", re.IGNORECASE)


def severity(word: str, family: str) -> Severity | None:
    """SEV1 to SEV4, the four words, and P1 to P4 (P0 to P3 where the family counts from nought); None: no severity."""
    level = _level(word, family)
    return Severity(level) if level else None


def priority(word: str, family: str) -> Priority | None:
    """P1 to P4 and the four words, like a severity."""
    level = _level(word, family)
    return Priority(level) if level else None


def _level(word: str, family: str) -> str | None:
    words = key(word)
    found = _LEVEL.fullmatch(words)
    if found is None:
        level = _LEVEL_WORDS.get(words, words)
        return level if level in _LEVELS else None
    first = 0 if found["p"] and family == "trading" else 1
    return _LEVELS[min(max(int(found["number"]) - first, 0), 3)]


def meaning(words: str, policy: Policy) -> Meaning | None:
    """A kind or a milestone by its words, or by an emoji of the vocabulary; None: neither."""
    emoji = re.fullmatch(r":([a-z0-9_+-]+(?:::[a-z0-9_-]+)?):", words.strip())
    return policy.meaning(emoji[1]) if emoji else MEANINGS.get(key(words))


def longest(text: str, table: Mapping[str, T], most: int = 4) -> tuple[T | None, int]:
    """The entry that the most words at the head of the text name, and where the rest begins."""
    ends = [m.end() for m, _ in zip(re.finditer(r"\S+\s*", text), range(most), strict=False)]
    for end in reversed(ends):
        found = table.get(key(text[:end].strip().rstrip(":,;=")))
        if found is not None:
            return found, end
    return None, 0


def nearest(word: str, known: Iterable[str], most: int = 3) -> list[str]:
    """The words most like it, the best first."""
    return get_close_matches(word.lower()[:40], list(known), most, 0.6)
