"""Where things stand in the timeline picture: pure functions of numbers and texts, so that no label meets another."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from bot.wire import graphemes, one_line

Part = TypeVar("Part")

GAP: Final = 10.0
"""Pixels between two labels of one row."""

_NARROW: Final = frozenset("iljtfrI.,:;|'!()[] ·")
_BROAD: Final = frozenset("mwMW@%—…")
_STEPS: Final = tuple(
    timedelta(seconds=seconds)
    for seconds in (10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400)
)
_DAY: Final = timedelta(days=1)


def width_of(text: str, size: float) -> float:
    """Pixels that a text takes at most in the sans fonts people have, the widest of them counted."""
    return size * sum(_advance(char) for char in text)


def _advance(char: str) -> float:
    if unicodedata.combining(char) or char in "\u200d\ufe0f":
        return 0.0
    if ord(char) >= 0x1F000:
        return 1.35
    if unicodedata.east_asian_width(char) in "WF":
        return 1.02
    if char in _NARROW:
        return 0.4
    if char in _BROAD or ord(char) > 0x24FF:
        return 1.0
    return 0.72 if char.isupper() else 0.64


def fitted(text: str, size: float, most: float) -> str:
    """The text on one line, cut to the width between what a reader sees as characters."""
    text = one_line(text)
    if width_of(text, size) <= most:
        return text
    kept, left = "", most - width_of("…", size)
    for cluster in graphemes(text):
        left -= width_of(cluster, size)
        if left < 0:
            break
        kept += cluster
    return kept.rstrip() + "…"


def stacked(labels: Sequence[tuple[float, float]]) -> list[int]:
    """A row for each label (its mark's x, its width), the nearest to the marks being 0.

    A label begins at its mark and runs to the right; a line leads to it from the mark. No label meets another, and no
    line crosses a label: who begins within another's width stands nearer.
    """
    rows = [0] * len(labels)
    done: list[int] = []
    for index in sorted(range(len(labels)), key=lambda n: (labels[n][0], n), reverse=True):
        x, width = labels[index]
        rows[index] = 1 + max((rows[other] for other in done if labels[other][0] < x + width + GAP), default=-1)
        done.append(index)
    return rows


def chosen(labels: Sequence[tuple[float, float]], most_rows: int) -> list[int]:
    """The labels, the most important first, that together need no more rows; their numbers in the order given."""
    kept: list[int] = []
    for index in range(len(labels)):
        trial = [*kept, index]
        if max(stacked([labels[n] for n in trial])) < most_rows:
            kept = trial
    return kept


def evenly(items: Sequence[Part], most: int) -> list[Part]:
    """No more than so many of them, from the whole length of the sequence."""
    return list(items) if len(items) <= most else [items[n * len(items) // most] for n in range(most)]


def widest(fractions: Sequence[tuple[float, float]], room: float) -> float:
    """The length of the axis that keeps each label, given where on it (0 to 1) it begins and its width, in the room."""
    return min([room, *(max(room - width, 0.0) / fraction for fraction, width in fractions if fraction > 0)])


@dataclass(frozen=True, slots=True)
class Scale:
    """Moments to pixels; what lies outside stands at the edge."""

    begin: datetime
    end: datetime
    left: float
    length: float

    def fraction(self, at: datetime) -> float:
        return min(max((at - self.begin) / (self.end - self.begin), 0.0), 1.0)

    def x(self, at: datetime) -> float:
        return round(self.left + self.length * self.fraction(at), 1)

    def holds(self, at: datetime) -> bool:
        return self.begin <= at <= self.end


def span(core: Sequence[datetime], others: Sequence[datetime]) -> tuple[datetime, datetime]:
    """What the picture shows: the core, and of the others what is not further away than half the core is long.

    A deployment of last month or a review next week would leave no room for the incident itself.
    """
    known = core or others
    begin, end = min(known), max(known)
    around = max((end - begin) / 2, timedelta(minutes=10))
    near = [at for at in others if begin - around <= at <= end + around]
    begin, end = min([begin, *near]), max([end, *near])
    return (begin, end) if end > begin else (begin - timedelta(minutes=1), end + timedelta(minutes=1))


def ticks(begin: datetime, end: datetime, most: int, zone: str) -> Iterator[datetime]:
    """Round moments of the zone's clock, at most so many of them, in UTC."""
    step = _step((end - begin) / max(most, 1))
    offset = begin.astimezone(ZoneInfo(zone)).utcoffset() or timedelta()
    origin = datetime(2000, 1, 1, tzinfo=UTC) - offset
    at = origin + step * -((origin - begin) // step)
    while at <= end:
        yield at
        at += step


def _step(least: timedelta) -> timedelta:
    return next((step for step in _STEPS if step >= least), _DAY * -(-least // _DAY))


def piles(xs: Sequence[float], width: float) -> list[tuple[float, int]]:
    """The marks that fall into each stretch of so many pixels: where their middle is, and how many they are."""
    found: dict[int, list[float]] = {}
    for x in sorted(xs):
        found.setdefault(int(x // width), []).append(x)
    return [(sum(together) / len(together), len(together)) for together in found.values()]


def bands(openings: Sequence[datetime | None], begin: datetime, end: datetime) -> list[tuple[int, datetime, datetime]]:
    """(phase, from, to): at each moment the last phase that is open then; -1 before the first."""
    edges = sorted({begin, end, *(at for at in openings if at and begin < at < end)})
    found: list[tuple[int, datetime, datetime]] = []
    for start, stop in pairwise(edges):
        phase = max((n for n, at in enumerate(openings) if at and at <= start), default=-1)
        if found and found[-1][0] == phase:
            found[-1] = (phase, found[-1][1], stop)
        else:
            found.append((phase, start, stop))
    return found
