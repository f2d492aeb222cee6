"""The statistics as a small picture: incidents by month and severity, and each clock with its median and p90."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final

from bot.durations import duration
from bot.metrics import ClockMetric, Metrics
from bot.words import Severity
from templates import shapes, typesetting
from templates.placing import fitted, width_of
from templates.shapes import Box, Canvas, Shape, Stroke, Words

WIDTH: Final = 900.0
HEIGHT: Final = 300.0
MONTHS_MOST: Final = 24
"""Months in the picture, the latest; the numbers beside it count all."""

COLOURS: Final = {
    **shapes.COLOURS,
    Severity.CRITICAL.value: "#b3261e",
    Severity.HIGH.value: "#e8710a",
    Severity.MEDIUM.value: "#f2c037",
    Severity.LOW.value: "#41698f",
}
_MARGIN: Final = 24.0
_TOP: Final = 84.0
_BOTTOM: Final = HEIGHT - 44
_LEFT_END: Final = 430.0
_RIGHT: Final = 480.0
_ROW: Final = 52.0
_SMALL: Final = 11.0


def chart(metrics: Metrics, title: str) -> bytes:
    """A PNG."""
    drawn = json.dumps(canvas(metrics, title).plain(COLOURS), ensure_ascii=False)
    return typesetting.png_of(typesetting.spelled(drawn))


def canvas(metrics: Metrics, title: str) -> Canvas:
    """Both halves as shapes."""
    head = Words(_MARGIN, 28, ((fitted(title, 16, WIDTH - 2 * _MARGIN), "ink", True),), 16)
    ground = Box(0, 0, WIDTH, HEIGHT, "ground")
    return Canvas(title, title, WIDTH, HEIGHT, (ground, head, *_months(metrics), *_clocks(metrics.clocks)))


def _label(x: float, y: float, text: str, style: str = "soft", bold: bool = False, middle: bool = False) -> Words:
    return Words(x, y, ((text, style, bold),), _SMALL, middle)


def _months(metrics: Metrics) -> Iterator[Shape]:
    shown = list(metrics.months.items())[-MONTHS_MOST:]
    left_out = len(metrics.months) - len(shown)
    yield _label(_MARGIN, 56, "Incidents by month" + (f", the latest {MONTHS_MOST}" if left_out else ""), "ink", True)
    yield from _legend(tuple(metrics.severities))
    tallest = max((sum(levels.values()) for _, levels in shown), default=1)
    step = (_LEFT_END - _MARGIN) / max(len(shown), 1)
    for n, (month, levels) in enumerate(shown):
        x, y, width = _MARGIN + n * step, _BOTTOM, min(step * 0.7, 48)
        for level in reversed(Severity):
            height = levels.get(level, 0) / tallest * (_BOTTOM - _TOP - 14)
            y -= height
            if height:
                yield Box(x, round(y, 1), round(width, 1), round(height, 1), level.value)
        if levels:
            yield _label(x + width / 2, y - 4, str(sum(levels.values())), middle=True)
        if n % max(1, -(-len(shown) // 6)) == 0:
            yield _label(x, _BOTTOM + 16, month, "time")
    yield Stroke(((_MARGIN, _BOTTOM), (_LEFT_END, _BOTTOM)), "axis")


def _legend(levels: Sequence[Severity]) -> Iterator[Shape]:
    x = _MARGIN
    for level in levels:
        yield Box(x, HEIGHT - 18, 10, 10, level.value)
        yield _label(x + 15, HEIGHT - 9, level.value)
        x += 35 + width_of(level.value, _SMALL)


def _clocks(clocks: Sequence[ClockMetric]) -> Iterator[Shape]:
    yield _label(_RIGHT, 56, "Clocks: median (dark) and p90 (light)", "ink", True)
    longest = max((clock.spread.p90 for clock in clocks if clock.spread.p90), default=timedelta(seconds=1))
    for n, clock in enumerate(clocks):
        y = _TOP + n * _ROW
        yield _label(_RIGHT, y, clock.definition.label, "ink")
        yield _label(_RIGHT, y + 31, _numbers(clock), "time")
        yield from (_bar(y + 6, clock.spread.p90, longest, "tint-0"), _bar(y + 6, clock.spread.median, longest, "used"))


def _numbers(clock: ClockMetric) -> str:
    median, p90 = clock.spread.median, clock.spread.p90
    if median is None or p90 is None:
        return "no value"
    return f"median {duration(median)}, p90 {duration(p90)}, n = {clock.spread.n}"


def _bar(y: float, length: timedelta | None, longest: timedelta, style: str) -> Box:
    """No time at all still leaves a trace; no value leaves none."""
    room = WIDTH - _MARGIN - _RIGHT
    width = 0.0 if length is None else max(2.0, round(length / longest * room, 1))
    return Box(_RIGHT, y, width, 12, style, 2)
