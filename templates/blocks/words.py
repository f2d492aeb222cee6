"""How the field's words look to people: labels, icons and marks, each said once."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from bot.words import Kind, Meaning, Milestone, Severity, Status

ICONS: Final[Mapping[Meaning, str]] = {
    Kind.EVENT: "📌",
    Kind.HYPOTHESIS: "🔍",
    Kind.RULED_OUT: "🚫",
    Kind.ACTION: "🛠️",
    Kind.DECISION: "⚖️",
    Kind.COMMUNICATION: "📢",
    Kind.IMPACT: "📉",
    Kind.ACTION_ITEM: "🎯",
    Kind.WENT_WELL: "☀️",
    Kind.WENT_WRONG: "⛈️",
    Kind.GOT_LUCKY: "🍀",
    Milestone.STARTED: "💥",
    Milestone.DETECTED: "🚨",
    Milestone.AWARE: "👁️",
    Milestone.ACKNOWLEDGED: "📟",
    Milestone.TRIAGED: "🗂️",
    Milestone.CLASSIFIED: "🏷️",
    Milestone.DECLARED: "📣",
    Milestone.INVESTIGATING: "🔬",
    Milestone.ESCALATED: "🆘",
    Milestone.ROOT_CAUSE: "💡",
    Milestone.MITIGATION_STARTED: "🔧",
    Milestone.MITIGATED: "🩹",
    Milestone.RESOLVED: "🏁",
    Milestone.CLOSED: "🔒",
}

SEVERITY_MARKS: Final[Mapping[Severity, str]] = {
    Severity.CRITICAL: "🔴",
    Severity.HIGH: "🟠",
    Severity.MEDIUM: "🟡",
    Severity.LOW: "🔵",
}

STATUS_MARKS: Final[Mapping[Status, str]] = {
    Status.INVESTIGATING: "🔥",
    Status.IDENTIFIED: "💡",
    Status.MONITORING: "👀",
    Status.MITIGATED: "🩹",
    Status.RESOLVED: "✅",
    Status.CLOSED: "🔒",
    Status.CANCELLED: "⚪",
    Status.MERGED: "🔀",
}


def label(word: StrEnum) -> str:
    """A word of the field as people write it: `Root cause identified`."""
    return str(word).replace("_", " ").capitalize()


def counted(count: int, one: str, many: str = "") -> str:
    """A number with its noun: `1 line`, `2 lines`."""
    return f"{count} {one if count == 1 else many or one + 's'}"
