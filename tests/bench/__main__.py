"""`make bench`: each line a name, ours, the baseline and their ratio; also written to bench.json."""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.commands import React, Request, SeenMessage
from bot.decide import decide
from bot.evolve import evolve
from bot.facts import Declared, Evidence, Recorded, Source
from bot.incident import Incident
from bot.policy import Policy
from bot.report import ReportContext, build_report
from bot.words import IncidentType, Kind, Severity, Wire
from storage import Store, migrate
from templates import render
from templates.families import load_family
from tests.bench import followups
from tests.bench.wire import Bench, app_on_wire, percentile

FLOOD, RATE, SECONDS, REACTIONS = 1500, 200, 5.0, 500
NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Line:
    name: str
    ours: float
    baseline: float
    unit: str

    @property
    def ratio(self) -> float:
        return self.ours / self.baseline if self.baseline else float("nan")


async def _measure(bench: Bench) -> tuple[float, list[float]]:
    await bench.flood(200)  # warm
    took = await bench.flood(FLOOD)
    return FLOOD / took, await bench.stream(RATE, SECONDS)


async def _wire(folder: Path) -> list[Line]:
    async with app_on_wire(["-m", "tests.bench.bare"], {}) as bare:
        bare_rate, bare_times = await _measure(bare)
        bare_start = bare.started_in
    database = f"sqlite:///{folder}/bench.db"
    await asyncio.to_thread(migrate, database)
    settings = {"SCRIBE_DATABASE_URL": database, "SCRIBE_LOG_LEVEL": "error"}
    async with app_on_wire(["-m", "handlers.main", "run"], settings) as scribe:
        await scribe.alice.types("/incident declare Bench --here", scribe.channel)
        our_rate, our_times = await _measure(scribe)
        facts_rate = await _facts(scribe, database)
        our_start = scribe.started_in
    return [
        Line("envelopes committed and acknowledged a second", our_rate, bare_rate, "/s"),
        Line(
            "p99 from envelope to ack at 200/s",
            percentile(our_times, 0.99) * 1e3,
            percentile(bare_times, 0.99) * 1e3,
            "ms",
        ),
        Line("reactions that became facts a second", facts_rate, bare_rate, "/s"),
        Line("start to connected", our_start, bare_start, "s"),
    ]


def _p99_ms(times: list[float]) -> float:
    return percentile(times, 0.99) * 1e3


async def _facts(bench: Bench, database: str) -> float:
    messages = list(bench.channel.messages.values())[-REACTIONS:]
    begun = time.perf_counter()
    for message in messages:
        await bench.alice.reacts(message, "pushpin")
    async with Store.open(database, me="bench", read_only=True) as store:
        incident = await store.incident_at(bench.channel.id)
        assert incident is not None
        while len((await store.incident(incident)).timeline()) < REACTIONS:  # noqa: ASYNC110 - another process writes
            await asyncio.sleep(0.02)
    return REACTIONS / (time.perf_counter() - begun)


def _incident(lines: int) -> Incident:
    incident = Incident(1)
    scribe = Source("command", "U1")
    declared = Declared(
        key="declared", at=NOON, source=scribe, number="INCIDENT-1", title=Wire("Bench"), severity=Severity.HIGH,
        type=IncidentType.OUTAGE, family="slo", channel_name="incident-bench", services=("api",),
    )  # fmt: skip
    evolve(incident, Recorded(1, NOON, declared))
    for n in range(lines):
        _add(incident, n)
    return incident


def _add(incident: Incident, n: int) -> None:
    """One reaction decided and folded in, as the writer does it."""
    now = NOON + timedelta(seconds=n)
    place = Evidence("C1", f"{int(now.timestamp())}.{n:06d}")
    message = SeenMessage(place, "U1", Wire(f"error rate is {n} %"))
    request = Request(f"event:{n}", "U1", "reaction", now)
    decision = decide(incident.copy(), React(message, "pushpin", Kind.EVENT, f"{place.ts}"), request, Policy())
    for fact in decision.facts:
        evolve(incident, Recorded(incident.seq + 1, now, fact))


def _seconds(work: Callable[[], object], times: int) -> float:
    begun = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - begun) / times


def _rules() -> list[Line]:
    small, large = _incident(100), _incident(10_000)
    family, context = load_family("slo"), ReportContext({}, {}, "https://acme.slack.com/", Policy())
    count = iter(range(20_000, 30_000))
    small_fact = _seconds(lambda: _add(small, next(count)), 50) * 1e6
    large_fact = _seconds(lambda: _add(large, next(count)), 50) * 1e6
    thousand = _incident(1_000)
    small_report = _seconds(lambda: render(build_report(thousand, family, context)), 1)
    large_report = _seconds(lambda: render(build_report(large, family, context)), 1)
    return [
        Line("decide and fold one reaction, 10,000 lines to 100", large_fact, small_fact, "µs"),
        Line("Markdown of 10,000 lines to 1,000", large_report, small_report, "s"),
    ]


async def _followups(folder: Path) -> list[Line]:
    idle, rate, bare = await followups.measure(folder)
    return [
        Line("tick with nothing due of 100,000 items, to 1 %", idle, followups.ONE_PERCENT, "ms"),
        Line("due items judged and put a second", rate, bare, "/s"),
    ]


async def bench() -> list[Line]:
    with tempfile.TemporaryDirectory(prefix="scribe-bench-") as folder:
        return [*await _wire(Path(folder)), *_rules(), *await _followups(Path(folder))]


def main() -> None:
    lines = asyncio.run(bench())
    print(f"{'':52}{'ours':>12}{'baseline':>12}{'ratio':>9}")
    for line in lines:
        print(f"{line.name:52}{line.ours:>10.2f} {line.unit:<3}{line.baseline:>8.2f} {line.unit:<3}{line.ratio:>7.2f}")
    records = [{**asdict(line), "ratio": line.ratio} for line in lines]
    Path("bench.json").write_text(json.dumps(records, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
