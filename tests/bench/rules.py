"""What one more fact costs in a large incident, and what a report does."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from bot.commands import React, Request, SeenMessage
from bot.decide import decide
from bot.evolve import evolve
from bot.facts import AnyFact, ChannelAttached, Declared, Evidence, Recorded, Source
from bot.incident import Incident
from bot.policy import Policy
from bot.report import ReportContext, build_report
from bot.words import IncidentType, Kind, Severity, Wire
from handlers.act import act
from handlers.desk import Desk
from storage import Store, migrate
from templates import render
from templates.document import pdf
from templates.families import load_family
from tests.bench.desk import desk_over
from tests.bench.lines import Line

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
SMALL, LARGE, TIMES, ROUNDS = 100, 10_000, 400, 5
FAMILIES = ("coe", "slo", "pir", "security", "trading")
MEDIA = {
    "markdown": render,
    "html": lambda report: render(report, "html"),
    "canvas": lambda report: render(report, "canvas"),
    "pdf": pdf,
}


async def one_more_fact(folder: Path) -> list[Line]:
    """Turn and turn about, so that what else the machine does weighs on both alike; the median counts."""
    small, large = _incident(SMALL), _incident(LARGE)
    numbers = count(LARGE)
    rules = [
        (_seconds(lambda: _add(small, next(numbers))), _seconds(lambda: _add(large, next(numbers)))) for _ in times()
    ]
    async with _desk(folder, "small", SMALL) as few, _desk(folder, "large", LARGE) as many:
        way = [(await _act(few, next(numbers)), await _act(many, next(numbers))) for _ in times()]
    return [
        _compared("decide and fold one reaction, 10,000 lines to 100", rules, "at most 1.2"),
        _compared("the same to its commit, 10,000 lines to 100", way, "at most 1.2"),
    ]


def times() -> range:
    return range(TIMES)


def _compared(name: str, pairs: list[tuple[float, float]], goal: str) -> Line:
    small, large = (statistics.median(side) * 1e6 for side in zip(*pairs, strict=True))
    return Line(name, large, small, "µs", goal)


def reports() -> list[Line]:
    """As the running program does, it looks through nothing for garbage that was there before."""
    gc.collect()
    gc.freeze()
    thousand, large = _incident(1_000), _incident(LARGE)
    live = [(_live(large, "slo", render), _live(thousand, "slo", render)) for _ in range(ROUNDS)]
    ours, baseline = (statistics.median(side) for side in zip(*live, strict=True))
    lines = [Line("live Markdown of 10,000 lines to 1,000", ours, baseline, "s", "at most 11")]
    for family in FAMILIES:
        for medium, make in MEDIA.items():
            lines.append(Line(f"{family} as {medium}, 1,000 lines", _live(thousand, family, make), None, "s"))
    return lines


def _live(incident: Incident, family: str, make: Callable[..., object]) -> float:
    context = ReportContext({}, {}, "https://acme.slack.com/", Policy())
    make(build_report(_incident(1), load_family(family), context))  # the template is read once
    return _seconds(lambda: make(build_report(incident, load_family(family), context)))


def _incident(lines: int) -> Incident:
    incident = Incident(1)
    for number, fact in enumerate(_declared("C1"), 1):
        evolve(incident, Recorded(number, NOON, fact))
    for n in range(lines):
        _add(incident, n)
    return incident


def _declared(channel: str) -> Sequence[AnyFact]:
    scribe = Source("command", "U1")
    declared = Declared(
        key="declared", at=NOON, source=scribe, number="INCIDENT-1", title=Wire("Bench"), severity=Severity.HIGH,
        type=IncidentType.OUTAGE, family="slo", channel_name="incident-bench", services=("api",),
    )  # fmt: skip
    return declared, ChannelAttached(key="channel", at=NOON, source=scribe, channel=channel, name="incident-bench")


def _marking(n: int) -> tuple[React, Request]:
    now = NOON + timedelta(seconds=n)
    place = Evidence("C1", f"{int(now.timestamp())}.{n:06d}")
    message = SeenMessage(place, "U1", Wire(f"error rate is {n} %"))
    return React(message, "pushpin", Kind.EVENT, place.ts), Request(f"event:{n}", "U1", "reaction", now)


def _add(incident: Incident, n: int) -> None:
    """One reaction decided and folded in, as the writer does it."""
    command, request = _marking(n)
    decision = decide(incident.copy(), command, request, Policy())
    for fact in decision.facts:
        evolve(incident, Recorded(incident.seq + 1, request.now, fact))


@asynccontextmanager
async def _desk(folder: Path, name: str, lines: int) -> AsyncIterator[Desk]:
    """A program over a database with one incident of so many lines."""
    database = f"sqlite:///{folder}/{name}.db"
    migrate(database)
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(Store.open(database, me="bench"))
        async with store.visit(None) as visit:
            await visit.new_incident(NOON)
            await visit.record(_declared("C1"), NOON)
            for n in range(lines):
                command, request = _marking(n)
                await visit.record(decide(visit.incident, command, request, Policy()).facts, request.now)
        yield await stack.enter_async_context(desk_over(store, NOON))


async def _act(desk: Desk, n: int) -> float:
    command, request = _marking(n)
    begun = time.perf_counter()
    await act(desk, 1, command, request)
    return time.perf_counter() - begun


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
