"""The timeline picture as shapes in pixels, which SVG and the typesetter each write in their own way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, TypeAlias

from templates.picture import MARGIN, Bar, Drawing, Flag

LINE: Final = 18.0
BAND: Final = 24.0
LANE: Final = 36.0
_BAR: Final = 42.0
_LEGEND: Final = 8.0  # pixels of a character, generously

COLOURS: Final[dict[str, str]] = {
    "ground": "#ffffff",
    "ink": "#1b1f24",
    "soft": "#424a53",
    "time": "#57606a",
    "grid": "#e3e6ea",
    "axis": "#8c959f",
    "lead": "#8c959f",
    "tick": "#41698f",
    "flag": "#b3261e",
    "trough": "#e3e6ea",
    "used": "#41698f",
    "over": "#b3261e",
    "tint-0": "#dbeafe",
    "tint-1": "#fde8c8",
    "tint-2": "#d9f0dd",
    "tint-3": "#e6e0fa",
    "tint-4": "#fbdfe6",
    "tint-5": "#e8eaed",
}
"""By what a shape is; a page that is dark gives them others."""


@dataclass(frozen=True, slots=True)
class Words:
    """Parts of one line of text, (text, what it is, is it bold); `y` is the line it stands on."""

    x: float
    y: float
    parts: tuple[tuple[str, str, bool], ...]
    size: float = 12
    middle: bool = False
    kind: str = "words"


@dataclass(frozen=True, slots=True)
class Box:
    x: float
    y: float
    width: float
    height: float
    style: str
    radius: float = 0
    kind: str = "box"


@dataclass(frozen=True, slots=True)
class Stroke:
    points: tuple[tuple[float, float], ...]
    style: str
    thick: float = 1
    dashed: bool = False
    kind: str = "stroke"


@dataclass(frozen=True, slots=True)
class Dot:
    """`hollow`: what it marks is assumed."""

    x: float
    y: float
    hollow: bool
    kind: str = "dot"


Shape: TypeAlias = Words | Box | Stroke | Dot


@dataclass(frozen=True, slots=True)
class Canvas:
    title: str
    description: str
    width: float
    height: float
    shapes: tuple[Shape, ...]

    def plain(self, colours: Mapping[str, str] = COLOURS) -> dict[str, Any]:
        """As JSON can hold it, with its colours."""
        return {**asdict(self), "colours": dict(colours)}


def _words(x: float, y: float, text: str, style: str, middle: bool = False) -> Words:
    return Words(x, y, ((text, style, False),), middle=middle)


def _rows(flags: Sequence[Flag]) -> int:
    return max((flag.row + 1 for flag in flags), default=0)


def canvas(drawing: Drawing, *, titled: bool) -> Canvas:
    """From top to bottom: title, milestones, phases with the events' marks, events, the axis, remarks, budgets."""
    top = 40.0 if titled else 8.0
    phases = top + _rows(drawing.milestones) * LINE + 8
    marks = phases + BAND + LANE
    axis = marks + _rows(drawing.events) * LINE + 22
    remarks = axis + 48
    bars = remarks + (len(drawing.remarks) + bool(drawing.legend)) * LINE + 6
    height = bars + len(drawing.bars) * _BAR + 4
    shapes = [Box(0, 0, drawing.width, height, "ground")]
    title = [Words(MARGIN, 26, ((drawing.title, "ink", True),), 16)] if titled else []
    return Canvas(
        drawing.title,
        drawing.description,
        drawing.width,
        height,
        (
            *shapes,
            *title,
            *_axis(drawing, phases, axis),
            *_phases(drawing, phases),
            *_piles(drawing, marks),
            *(shape for flag in drawing.events for shape in _event(flag, marks)),
            *(shape for flag in drawing.milestones for shape in _milestone(flag, phases)),
            *_remarks(drawing, remarks),
            *(shape for n, bar in enumerate(drawing.bars) for shape in _bar(bar, drawing.width, bars + n * _BAR)),
        ),
    )


def _axis(drawing: Drawing, top: float, axis: float) -> Iterator[Shape]:
    for x, time, date in drawing.ticks:
        yield Stroke(((x, top), (x, axis)), "grid")
        yield _words(x, axis + 16, time, "time", middle=True)
        if date:
            yield _words(x, axis + 31, date, "time", middle=True)
    yield Stroke(((MARGIN, axis), (drawing.right, axis)), "axis")


def _phases(drawing: Drawing, top: float) -> Iterator[Shape]:
    for band in drawing.bands:
        yield Box(band.x, top, band.width, BAND + LANE, f"tint-{band.tint}")
        if band.label:
            yield _words(band.x + 5, top + 16, band.label, "ink")


def _piles(drawing: Drawing, marks: float) -> Iterator[Shape]:
    for pile in drawing.piles:
        yield Stroke(((pile.x, marks - pile.height), (pile.x, marks)), "tick", 2.5)


def _event(flag: Flag, marks: float) -> Iterator[Shape]:
    y = marks + 16 + flag.row * LINE
    yield Stroke(((flag.x, marks), (flag.x, y), (flag.x + 4, y)), "lead")
    yield Words(flag.x + 5, y + 4, ((f"{flag.time} ", "time", False), (flag.name, "soft", False)))


def _milestone(flag: Flag, phases: float) -> Iterator[Shape]:
    y = phases - 14 - flag.row * LINE
    yield Stroke(((flag.x, phases), (flag.x, y), (flag.x + 4, y)), "flag", dashed=flag.assumed)
    yield Dot(flag.x, phases, flag.assumed)
    yield Words(flag.x + 5, y + 4, ((f"{flag.name} ", "ink", True), (flag.time, "time", False)))


def _remarks(drawing: Drawing, y: float) -> Iterator[Shape]:
    for text in drawing.remarks:
        yield _words(MARGIN, y, text, "time")
        y += LINE
    x = MARGIN
    for tint, label in drawing.legend:
        yield Box(x, y - 10, 12, 12, f"tint-{tint}")
        yield _words(x + 17, y, label, "time")
        x += 40 + len(label) * _LEGEND


def _bar(bar: Bar, width: float, y: float) -> Iterator[Shape]:
    yield _words(MARGIN, y + 8, bar.label, "ink")
    if bar.drawn:
        yield Box(MARGIN, y + 15, width - 2 * MARGIN, 12, "trough", 3)
        yield Box(MARGIN, y + 15, bar.filled, 12, "over" if bar.over else "used", 3)
