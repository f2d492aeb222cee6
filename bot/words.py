"""The field's words, each said once: kinds, milestones, statuses, severities, roles."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NewType

Wire = NewType("Wire", str)
"""Text as Slack sends it: `&`, `<`, `>` escaped, mentions and links as `<...>` tokens. `bot.wire` makes it readable."""

UNSAID: Final = Wire("")


class Kind(StrEnum):
    """What a captured line is, when it is not a milestone."""

    EVENT = "event"
    HYPOTHESIS = "hypothesis"
    RULED_OUT = "ruled_out"
    ACTION = "action"
    DECISION = "decision"
    COMMUNICATION = "communication"
    IMPACT = "impact"
    ACTION_ITEM = "action_item"
    WENT_WELL = "went_well"
    WENT_WRONG = "went_wrong"
    GOT_LUCKY = "got_lucky"


class Milestone(StrEnum):
    """A moment that matters, in the order in which they are expected."""

    STARTED = "started"
    DETECTED = "detected"
    AWARE = "aware"
    ACKNOWLEDGED = "acknowledged"
    TRIAGED = "triaged"
    CLASSIFIED = "classified"
    DECLARED = "declared"
    INVESTIGATING = "investigating"
    ESCALATED = "escalated"
    ROOT_CAUSE = "root_cause_identified"
    MITIGATION_STARTED = "mitigation_started"
    MITIGATED = "mitigated"
    RESOLVED = "resolved"
    CLOSED = "closed"


class DocumentStatus(StrEnum):
    """How far a report has come, in the order of its life."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    PUBLISHED = "published"
    ARCHIVED = "archived"


Meaning = Kind | Milestone
"""What a mark says of a line."""

ENDINGS: Final = frozenset({Milestone.MITIGATED, Milestone.RESOLVED, Milestone.CLOSED})
"""The latest standing assertion counts for these: a partial recovery comes before the full one."""


def meaning(value: str) -> Meaning:
    """Read a stored meaning.

    Raises:
        ValueError: the value names neither a milestone nor a kind.
    """
    return Milestone(value) if value in Milestone.__members__.values() else Kind(value)


class Status(StrEnum):
    """Where an incident stands."""

    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    MITIGATED = "mitigated"
    RESOLVED = "resolved"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    MERGED = "merged"


OPEN: Final = frozenset(
    {Status.INVESTIGATING, Status.IDENTIFIED, Status.MONITORING, Status.MITIGATED},
)
OVER: Final = frozenset({Status.CANCELLED, Status.MERGED})
"""No clocks, no nudges, no more captures."""


class Severity(StrEnum):
    """The one internal scale; each family maps it to its own names."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Priority(StrEnum):
    """Of action items; the same four steps."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class IncidentType(StrEnum):
    OUTAGE = "outage"
    DEGRADATION = "degradation"
    PERFORMANCE = "performance"
    DATA_LOSS = "data_loss"
    DATA_CORRUPTION = "data_corruption"
    DATA_LEAK = "data_leak"
    SECURITY = "security"
    OTHER = "other"


class Role(StrEnum):
    COMMANDER = "commander"
    TECHNICAL_LEAD = "technical_lead"
    COMMUNICATIONS = "communications"
    SCRIBE = "scribe"


class Deed(StrEnum):
    """What a team may leave to the holders of some roles."""

    RESOLVE = "resolve"
    APPROVE = "approve"
    PUBLISH = "publish"
    SIGN_OFF = "sign_off"


class ActionType(StrEnum):
    PREVENT = "prevent"
    DETECT = "detect"
    MITIGATE = "mitigate"
    PROCESS = "process"
    TRAINING = "training"
    OTHER = "other"


class ActionStatus(StrEnum):
    OPEN = "open"
    IN_PROGRESS = "in_progress"
    BLOCKED = "blocked"
    DONE = "done"
    DECLINED = "declined"
