"""The running program against a bare Bolt app: acks, facts, memory, the start, and several processes at once."""

from __future__ import annotations

import asyncio
import os
import statistics
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from bot.facts import Captured, ChannelAttached, Declared, Evidence, Marked, Source
from bot.words import IncidentType, Kind, Severity, Wire
from storage import Store, migrate
from tests.bench.lines import Line, percentile
from tests.bench.wire import BARE, SCRIBE, Bench, app_on_wire, worked_off
from tests.databases import fresh_postgres
from tests.slackd.people import Person
from tests.slackd.records import Channel
from tests.slackd.server import Slackd

FLOOD, RATE, SECONDS, MARKED, ROUNDS = 1500, 200, 3.0, 1000, 5
OPEN, LINES = 1_000, 20
CHANNELS, EACH, REPLICAS = 4, 250, 4
NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
TYPED = Source("command", "U1")


async def against_bare(folder: Path) -> list[Line]:
    """Turn and turn about, each alone at work, so that what else the machine does weighs on both alike."""
    database = await _sqlite(folder, "wire")
    async with app_on_wire(BARE, {}) as bare, app_on_wire(SCRIBE, _on(database)) as scribe:
        await scribe.alice.types("/incident declare Bench --here", scribe.channel)
        rates: list[tuple[float, float]] = []
        times: tuple[list[float], list[float]] = ([], [])
        for n in range(ROUNDS + 1):
            measured = [await _measured(bench, database) for bench in (scribe, bare)]
            if n:  # the first round warms both
                rates.append((measured[0][0], measured[1][0]))
                for side, (_, took) in zip(times, measured, strict=True):
                    side.extend(took)
        facts = MARKED / await scribe.mark([scribe.channel], MARKED, database)
        started = scribe.started_in, bare.started_in
    ours, theirs = (statistics.median(side) for side in zip(*rates, strict=True))
    p99 = [percentile(side, 0.99) * 1e3 for side in times]
    return [
        Line("envelopes committed and acknowledged a second", ours, theirs, "/s", "at least 0.5"),
        Line("reactions that became facts a second, to the last commit", facts, theirs, "/s", "at least 0.1"),
        Line("p99 from envelope to ack at 200/s", p99[0], p99[1], "ms", "at most 3"),
        Line("slowest of them, to one second", max(times[0]) * 1e3, 1e3, "ms", "at most 1"),
        Line("p99 of one sync of this disk, part of each ack of ours", percentile(_syncs(folder), 0.99), None, "ms"),
        Line("start to connected", *started, "s"),
    ]


def _syncs(folder: Path) -> list[float]:
    """Milliseconds that writing four kilobytes to the disk takes, three hundred times."""
    took = []
    with (folder / "synced").open("wb") as file:
        for _ in range(300):
            file.write(b"x" * 4096)
            file.flush()
            begun = time.perf_counter()
            os.fsync(file.fileno())
            took.append((time.perf_counter() - begun) * 1e3)
    return took


async def _measured(bench: Bench, database: str) -> tuple[float, list[float]]:
    rate = FLOOD / await bench.flood(FLOOD)
    await worked_off(database)
    times = await bench.stream(RATE, SECONDS)
    await worked_off(database)
    return rate, times


async def memory(folder: Path) -> list[Line]:
    """A thousand open incidents, each with lines, and in each something is said and marked."""
    async with app_on_wire(SCRIBE, _on(await _sqlite(folder, "rest"))) as scribe:
        at_rest = scribe.resident()
    database = await _sqlite(folder, "memory")
    channels: list[Channel] = []

    async def prepare(slack: Slackd, alice: Person) -> None:
        async with Store.open(database, me="bench") as store:
            for n in range(OPEN):
                channel = slack.channel(f"incident-{n}", alice)
                slack.invite_bot(channel)
                await _declare(store, n, channel.id)
                channels.append(channel)

    async with app_on_wire(SCRIBE, _on(database), prepare=prepare) as scribe:
        for channel in channels:
            message = await scribe.alice.says(channel, "error rate is 7 %")
            await scribe.alice.reacts(message, "pushpin")
        await scribe.slack.courier.quiet(120)
        await worked_off(database, told=False)
        crowded = scribe.resident()
    return [
        Line("memory at rest", at_rest, None, "MB"),
        Line(f"memory with {OPEN:,} open incidents, to rest", crowded, at_rest, "MB", "at most 2"),
    ]


async def _declare(store: Store, n: int, channel: str) -> None:
    declared = Declared(
        key="declared", at=NOON, source=TYPED, number=f"INCIDENT-{n}", title=Wire("Bench"), severity=Severity.HIGH,
        type=IncidentType.OUTAGE, family="slo", channel_name=f"incident-{n}", services=("api",),
    )  # fmt: skip
    attached = ChannelAttached(key="channel", at=NOON, source=TYPED, channel=channel, name=f"incident-{n}")
    async with store.visit(None) as visit:
        await visit.new_incident(NOON)
        await visit.record([declared, attached, *(fact for m in range(LINES) for fact in _line(channel, m))], NOON)


def _line(channel: str, n: int) -> tuple[Captured, Marked]:
    place = Evidence(channel, f"{int(NOON.timestamp()) + n}.000100")
    entry, source = f"m:{channel}:{place.ts}", Source("reaction", "U1", place)
    text = Wire(f"error rate is {n} %")
    captured = Captured(
        key=f"entry:{entry}", at=NOON, source=source, entry=entry, text=text, author="U1", evidence=place
    )
    marked = Marked(
        key=f"mark:{entry}", at=NOON, source=source, entry=entry, name="pushpin", meaning=Kind.EVENT, stamp=place.ts
    )
    return captured, marked


async def replicas(folder: Path) -> list[Line]:
    """Turn and turn about, each on a database of its own; the medians count."""
    async with _channels(folder, REPLICAS) as together, _channels(folder, 1) as alone:
        rates = [(await _worked(*together), await _worked(*alone)) for _ in range(ROUNDS + 1)]
    warm = rates[1:]
    many, one = ([statistics.median(rate) for rate in zip(*side, strict=True)] for side in zip(*warm, strict=True))
    return [
        Line(f"envelopes acknowledged a second on PostgreSQL, {REPLICAS} to 1", many[0], one[0], "/s", "at least 0.9"),
        Line(f"reactions that became facts a second, {REPLICAS} to 1", many[1], one[1], "/s", "at least 0.9"),
    ]


@asynccontextmanager
async def _channels(folder: Path, processes: int) -> AsyncIterator[tuple[Bench, list[Channel], str]]:
    """Without canvases: they come by the clock, and would be written in the midst of the slower ones alone."""
    config, database = folder / "replicas.toml", fresh_postgres()
    config.write_text("canvas = false\n", encoding="utf-8")
    variables = {**_on(database), "SCRIBE_CONFIG": str(config)}
    async with app_on_wire(SCRIBE, variables, processes=processes) as scribe:
        channels = [scribe.slack.channel(f"replicas-{n}", scribe.alice) for n in range(CHANNELS)]
        for channel in channels:
            scribe.slack.invite_bot(channel)
            await scribe.alice.types("/incident declare Bench --here", channel)
        await worked_off(database)
        yield scribe, channels, database


async def _worked(bench: Bench, channels: Sequence[Channel], database: str) -> tuple[float, float]:
    """Envelopes acknowledged and reactions that became facts, a second."""
    took = await _say(bench, channels)
    await worked_off(database)
    marked = await bench.mark(channels, EACH, database)
    await worked_off(database)
    return CHANNELS * EACH / took, CHANNELS * EACH / marked


async def _say(bench: Bench, channels: Sequence[Channel]) -> float:
    began = asyncio.get_running_loop().time()
    for n in range(EACH):
        for channel in channels:
            await bench.alice.says(channel, f"error rate is {n} %")
    await bench.slack.courier.quiet(120)
    return asyncio.get_running_loop().time() - began


async def _sqlite(folder: Path, name: str) -> str:
    database = f"sqlite:///{folder}/{name}.db"
    await asyncio.to_thread(migrate, database)
    return database


def _on(database: str) -> dict[str, str]:
    return {"SCRIBE_DATABASE_URL": database, "SCRIBE_LOG_LEVEL": "error"}
