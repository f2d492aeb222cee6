"""How a family numbers its incidents: a pattern over the declaration's UTC time, its type and a counter, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from bot.words import IncidentType

COUNT: Final = "{count"
TYPE: Final = "{type}"


@dataclass(frozen=True, slots=True)
class Numbering:
    """`COE-%Y-{count:03d}` or `INC-{type}-%Y%m%d-%H%M`: strftime, then the type's code and the counter.

    Raises:
        ValueError: the pattern cannot be filled; the sentence says why.
    """

    pattern: str
    codes: Mapping[IncidentType, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        lacking = [kind for kind in IncidentType if TYPE in self.pattern and kind not in self.codes]
        if lacking:
            raise ValueError(f"{self.pattern!r} names the type, and there is no code for {lacking[0]}")
        try:
            nth(self.blank(datetime(2026, 1, 1, tzinfo=UTC), IncidentType.OTHER), 2)
        except (KeyError, ValueError, IndexError):
            raise ValueError(f"{self.pattern!r} may hold {TYPE} and {{count:03d}} in braces and nothing else") from None

    def blank(self, declared_at: datetime, kind: IncidentType) -> str:
        """The number but for its counter; what is left of it names that counter, so it counts by year or by day."""
        at = declared_at.astimezone(UTC).strftime(self.pattern)
        return at.replace(TYPE, self.codes.get(kind, ""))


def is_counted(blank: str) -> bool:
    return COUNT in blank


def nth(blank: str, n: int) -> str:
    """The nth number, from 1. Without a counter the first is the blank itself, and one already taken gets `-2`."""
    number = blank.format(count=n)
    return number if n == 1 or is_counted(blank) else f"{number}-{n}"
