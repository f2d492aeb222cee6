"""Error budgets: how much failure an objective allows, and how much of it an incident used. Pure arithmetic.

Two methods that answer different questions and differ by orders of magnitude: time-based counts each moment of degraded
service whole, however few were hit; request-based counts failed requests and needs the traffic of the whole window.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

_PERCENT: Final = re.compile(r"(?P<number>\d+(?:\.\d+)?)\s*%")
_MILLISECONDS: Final = re.compile(r"(?P<number>\d+(?:\.\d+)?)\s*ms\b")
_WINDOW: Final = re.compile(
    r"(?:\bover|\bper|\bin|\bwithin|/)\s*(?:a\s+|the\s+last\s+|rolling\s+)*(?P<count>\d+)?\s*-?"
    r"(?P<unit>days?|d\b|weeks?|w\b)|\b(?P<count2>\d+)[- ]?(?P<unit2>days?|weeks?)\b",
    re.IGNORECASE,
)
_WORDS: Final = {"availability": ("availability", "uptime"), "error_rate": ("error",), "latency": ("latency", "p9")}
OBJECTIVES: Final = ("availability", "error_rate", "latency", "data_freshness")


@dataclass(frozen=True, slots=True)
class Spent:
    """A budget in its own unit (seconds or requests); `left` is negative when more than all of it is used."""

    allowed: float
    used: float

    @property
    def left(self) -> float:
        return self.allowed - self.used

    @property
    def share(self) -> float:
        """Of the budget, as a fraction: 15.28 is 1528 %."""
        return self.used / self.allowed


def time_based(target: float, window: timedelta, degraded: timedelta) -> Spent:
    """The seconds of degraded service against those that the objective allows in its window.

    Raises:
        ValueError: the target is no fraction below one, so it allows nothing and no share can be said.
    """
    _check(target)
    return Spent((1 - target) * window.total_seconds(), degraded.total_seconds())


def request_based(target: float, total: int, failed: int) -> Spent:
    """The failed requests against those that the objective allows of `total`, the requests of its whole window.

    Raises:
        ValueError: the target is no fraction below one, or there were no requests.
    """
    _check(target)
    if total <= 0:
        raise ValueError("there were no requests in the window")
    return Spent((1 - target) * total, failed)


def _check(target: float) -> None:
    if not 0 < target < 1:
        raise ValueError(f"a target of {target:.6g} allows no budget")


@dataclass(frozen=True, slots=True)
class StatedObjective:
    """What a sentence such as "availability 99.9% over 30 days, p99 under 100 ms" states, and no more."""

    name: str
    text: str
    target: float | None = None  # a fraction, as said: good time or, of errors, bad requests
    milliseconds: float | None = None
    window: timedelta | None = None


def read_objectives(sentence: str) -> tuple[StatedObjective, ...]:
    """The objectives that a person's sentence names; a part that names none of the known kinds is left out."""
    window = read_window(sentence)
    found: list[StatedObjective] = []
    for part in re.split(r"[,;\n]|\band\b", sentence):
        name = next((key for key, words in _WORDS.items() if any(w in part.lower() for w in words)), None)
        number = _PERCENT.search(part)
        if name is None and number and not found and float(number["number"]) >= 50:
            name = "availability"  # a bare percentage is what a service promises to be up
        limit = _MILLISECONDS.search(part)
        if name is not None and (number or limit):
            target = round(float(number["number"]) / 100, 10) if number and name != "latency" else None
            found.append(StatedObjective(name, part.strip(), target, float(limit["number"]) if limit else None, window))
    return tuple(found)


def read_window(sentence: str) -> timedelta | None:
    """The window that the sentence states in days or weeks; a month is no fixed time and is left to the reader."""
    match = _WINDOW.search(sentence)
    if match is None:
        return None
    count, unit = int(match["count"] or match["count2"] or 1), (match["unit"] or match["unit2"]).lower()
    return timedelta(weeks=count) if unit.startswith("w") else timedelta(days=count)
