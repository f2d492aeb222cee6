"""The timeline picture: phases as bands, milestones as labelled marks, events as ticks, the error budget as a bar.

Readable for five events and for five hundred, for minutes and for days. The same report gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

from bot.report import Report
from bot.reporting import shown
from bot.reporting.model import NoBudget, RequestBudget, Row, TimeBudget
from bot.reporting.told import MilestoneView
from bot.words import ENDINGS, Kind, Milestone
from templates import placing

WIDTH: Final = 1200
"""Pixels, where nobody asks for another width."""

MARGIN: Final = 40.0
"""Pixels left free on either side; half of the widest label of the axis."""

_SIZE: Final = 12.0
_FLAG: Final = 5.0  # from a mark's line to its words
_EVENT_ROWS: Final = 8
_EVENT_MOST: Final = 320.0
_CROWD: Final = 0.8  # how full the rows of events may be when they come evenly
_BIN: Final = 4.0
_LANE: Final = 36.0
_TINTS: Final = 5
_BOLD: Final = 1.08  # how much wider bold words are

_LATER: Final = frozenset({Milestone.CLOSED, Milestone.AWARE, Milestone.CLASSIFIED})
"""Moments of paper, often days after the incident: they do not stretch the picture."""

_IMPORTANT: Final = (
    Kind.IMPACT,
    Kind.DECISION,
    Kind.ACTION,
    Kind.COMMUNICATION,
    Kind.RULED_OUT,
    Kind.HYPOTHESIS,
    Kind.EVENT,
)
"""Which events get words first where there is no room for all."""


Label: TypeAlias = tuple[datetime, str, str, bool]
"""When, the time as it is shown, the name, and whether it is assumed."""


@dataclass(frozen=True, slots=True)
class Flag:
    """A mark with words. `row` counts from the marks; `assumed`: nobody stated it."""

    x: float
    row: int
    name: str
    time: str
    assumed: bool = False


@dataclass(frozen=True, slots=True)
class Band:
    x: float
    width: float
    tint: int
    label: str


@dataclass(frozen=True, slots=True)
class Pile:
    """Events that fall together."""

    x: float
    height: float


@dataclass(frozen=True, slots=True)
class Bar:
    """`filled` in pixels; `over`: more was used than there is."""

    label: str
    filled: float
    over: bool
    drawn: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    """What stands where along the axis, in pixels, and in which row beside it."""

    title: str
    description: str
    width: float
    milestones: tuple[Flag, ...]
    bands: tuple[Band, ...]
    piles: tuple[Pile, ...]
    events: tuple[Flag, ...]
    ticks: tuple[tuple[float, str, str], ...]
    right: float  # where the axis ends
    legend: tuple[tuple[int, str], ...]
    remarks: tuple[str, ...]
    bars: tuple[Bar, ...]


def draw(report: Report, width: float) -> Drawing:
    """Where everything stands."""
    return _Easel(report, width).drawing()


class _Easel:
    def __init__(self, report: Report, width: float) -> None:
        self.report, self.width = report, width
        self.rows = [row for phase in report.phases for row in phase.rows]
        self.views = [view for view in report.milestones.values() if _moment(view) and not view.derived]
        others = [*(row.at for row in self.rows), *(at for view in self.views if (at := _moment(view)))]
        self.begin, self.end = placing.span(self._core(), others)
        self.days = (self.begin.astimezone(self.zone).date(), self.end.astimezone(self.zone).date())
        self.scale = placing.Scale(self.begin, self.end, MARGIN, width - 2 * MARGIN)
        self.stated = self._stated()
        self.scale = self._scale([*self.stated, *self._candidates(lambda at: width / 4)])
        self.told = self._candidates(self._room_after)

    def _core(self) -> list[datetime]:
        """The incident itself; while nothing ended it, all that happened since its first milestone."""
        core = [at for view in self.views if view.milestone not in _LATER and (at := _moment(view))]
        over = any(view.point and view.milestone in ENDINGS for view in self.views)
        return core if over else [*core, *(row.at for row in self.rows if not core or row.at >= min(core))]

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.report.zone)

    def _scale(self, labels: Sequence[Label]) -> placing.Scale:
        """As long as it may be for every label to end within the picture."""
        room = self.width - 2 * MARGIN
        ends = [(self.scale.fraction(at), _breadth(time, name)) for at, time, name, _ in labels]
        return placing.Scale(self.begin, self.end, MARGIN, max(placing.widest(ends, room), room / 2))

    def drawing(self) -> Drawing:
        identity = self.report.identity
        return Drawing(
            title=placing.fitted(f"{identity.number_here}: {identity.title}", 16, self.width - 2 * MARGIN),
            description="; ".join(f"{name} {time}" for _, time, name, _ in self.stated),
            width=self.width,
            milestones=self._flags(self.stated),
            bands=(bands := self._bands()),
            piles=self._piles(),
            events=self._events(),
            ticks=self._ticks(),
            right=round(MARGIN + self.scale.length, 1),
            legend=self._legend(bands),
            remarks=tuple(self._remarks()),
            bars=self._bars(),
        )

    def _time(self, at: datetime, approximate: bool = False) -> str:
        pattern = "%H:%M" if self.days[0] == self.days[1] else "%m-%d %H:%M"
        return shown.about(at.astimezone(self.zone).strftime(pattern), approximate)

    def _stated(self) -> list[Label]:
        """The milestones within the picture."""
        return [
            (at, self._view_time(view, at), placing.fitted(view.word, _SIZE, self.width / 4), not view.point)
            for view in self.views
            if (at := _moment(view)) and self.begin <= at <= self.end and (view.point or view.milestone not in _LATER)
        ]

    def _view_time(self, view: MilestoneView, at: datetime) -> str:
        return self._time(at, view.point.approximate) if view.point else f"assumed {self._time(at)}"

    def _room_after(self, at: datetime) -> float:
        return min(_EVENT_MOST, self.width - MARGIN - self.scale.x(at))

    def _candidates(self, most: Callable[[datetime], float]) -> list[Label]:
        """The events that may get words, the most important first, each with its words cut to so many pixels."""
        marked = {(view.milestone, view.point.at) for view in self.views if view.point}
        rows = [row for row in self.rows if row.kind in _IMPORTANT and self.begin <= row.at <= self.end]
        rows = [row for row in rows if (row.kind, row.at) not in marked]
        return [
            (row.at, time := self._time(row.at, row.approximate), _words(row, time, most(row.at)), False)
            for row in _foremost(rows, int(_CROWD * _EVENT_ROWS * self.width / _EVENT_MOST))
        ]

    def _flags(self, labels: Sequence[Label]) -> tuple[Flag, ...]:
        rows = placing.stacked([(self.scale.x(at), _breadth(time, name)) for at, time, name, _ in labels])
        return tuple(
            Flag(self.scale.x(at), row, name, time, assumed)
            for (at, time, name, assumed), row in zip(labels, rows, strict=True)
        )

    def _events(self) -> tuple[Flag, ...]:
        boxes = [(self.scale.x(at), _breadth(time, name)) for at, time, name, _ in self.told]
        return self._flags([self.told[n] for n in placing.chosen(boxes, _EVENT_ROWS)])

    def _bands(self) -> tuple[Band, ...]:
        openings = [phase.opened.at if phase.opened else None for phase in self.report.phases[1:]]
        return tuple(
            self._band(number, start, stop) for number, start, stop in placing.bands(openings, self.begin, self.end)
        )

    def _band(self, number: int, start: datetime, stop: datetime) -> Band:
        x, right = self.scale.x(start), self.scale.x(stop)
        title = self.report.phases[number + 1].title
        fits = placing.width_of(title, _SIZE) + 2 * _FLAG <= right - x
        return Band(x, round(right - x, 1), number % _TINTS if number >= 0 else _TINTS, title if fits else "")

    def _legend(self, bands: Sequence[Band]) -> tuple[tuple[int, str], ...]:
        """The phases whose name did not fit into their band."""
        openings = [phase.opened.at if phase.opened else None for phase in self.report.phases[1:]]
        numbers = [number for number, _, _ in placing.bands(openings, self.begin, self.end)]
        unnamed = {n for n, band in zip(numbers, bands, strict=True) if not band.label}
        named = {n for n, band in zip(numbers, bands, strict=True) if band.label}
        titles = ((n, self.report.phases[n + 1].title) for n in sorted(unnamed - named))
        return tuple((n % _TINTS if n >= 0 else _TINTS, placing.fitted(title, _SIZE, 400)) for n, title in titles)

    def _piles(self) -> tuple[Pile, ...]:
        found = placing.piles([self.scale.x(row.at) for row in self.rows if self.scale.holds(row.at)], _BIN)
        tallest = max((count for _, count in found), default=1)
        return tuple(
            Pile(round(x, 1), round(12 + (_LANE - 12) * (count - 1) / max(tallest - 1, 1), 1)) for x, count in found
        )

    def _ticks(self) -> tuple[tuple[float, str, str], ...]:
        """(x, time of day, date where it is a new one)"""
        found: list[tuple[float, str, str]] = []
        day = ""
        for at in placing.ticks(self.begin, self.end, int(self.scale.length // 90), self.report.zone):
            local = at.astimezone(self.zone)
            today = local.strftime("%Y-%m-%d")
            time = local.strftime("%H:%M:%S" if self.end - self.begin < timedelta(minutes=3) else "%H:%M")
            found.append((self.scale.x(at), time, "" if today == day else today))
            day = today
        return tuple(found)

    def _remarks(self) -> list[str]:
        zone = self.report.zone_name
        told = [f"All times in {zone}. Marks on the line: {len(self.rows)} recorded events."]
        before = [row.at for row in self.rows if row.at < self.begin]
        after = [row.at for row in self.rows if row.at > self.end]
        later = [view for view in self.views if (at := _moment(view)) and not self.scale.holds(at)]
        if before:
            told.append(f"◂ {len(before)} earlier, the first at {shown.stamp(min(before), self.report.zone)}")
        if after:
            told.append(f"▸ {len(after)} later, the last at {shown.stamp(max(after), self.report.zone)}")
        told += [f"▸ {v.word} {shown.stamp(at, self.report.zone)}" for v in later if (at := _moment(v))]
        return [placing.fitted(text, _SIZE, self.width - 2 * MARGIN) for text in told]

    def _bars(self) -> tuple[Bar, ...]:
        slo = self.report.slo
        told = [slo.time_budget, slo.request_budget]
        known = [budget for budget in told if not isinstance(budget, NoBudget)]
        return tuple(self._bar(budget) for budget in known or told[:1])

    def _bar(self, budget: TimeBudget | RequestBudget | NoBudget) -> Bar:
        room = self.width - 2 * MARGIN
        if isinstance(budget, NoBudget):
            return Bar(placing.fitted(f"Error budget unknown: {budget.why}", _SIZE, room), 0, False, False)
        used = shown.about(shown.share(budget.share), budget.approximate)
        label = f"Error budget ({budget.objective}, {budget.method}): {used} used"
        filled = round(room * min(max(budget.share, 0.0), 1.0), 1)
        return Bar(placing.fitted(label, _SIZE, room), filled, budget.share > 1, True)


def _moment(view: MilestoneView) -> datetime | None:
    return view.point.at if view.point else view.assumed_at


def _foremost(rows: Sequence[Row], most: int) -> list[Row]:
    """So many rows, by what kind they are; of one kind, from its whole length."""
    found: list[Row] = []
    for kind in _IMPORTANT:
        found += placing.evenly([row for row in rows if row.kind == kind], most - len(found))
    return found


def _words(row: Row, time: str, most: float) -> str:
    """Cut so that the whole label takes no more than so many pixels."""
    return placing.fitted(row.text or row.word, _SIZE, (most - _breadth(time, "")) / _BOLD)


def _breadth(time: str, name: str) -> float:
    """Pixels of a label from its mark on; the name may be bold."""
    return _FLAG + placing.width_of(f"{time} ", _SIZE) + placing.width_of(name, _SIZE) * _BOLD
