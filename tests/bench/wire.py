"""One app as processes on a pretend Slack's wire, and what can be measured of it from outside."""

from __future__ import annotations

import asyncio
import gc
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from storage import Store
from tests.rehearsal.theatre import ROOT
from tests.slackd.people import Person
from tests.slackd.records import Channel, Message
from tests.slackd.server import Slackd
from tests.stage import MANIFEST

READY_SECONDS = 180
SOCKETS = 2  # of each process
BARE = ("-m", "tests.bench.bare")
SCRIBE = ("-m", "handlers.main", "run")


@dataclass
class Bench:
    """A workspace with one app connected, one person and one channel that both are in."""

    slack: Slackd
    alice: Person
    channel: Channel
    pid: int  # of the first process
    started_in: float  # seconds from the start of the processes until all sockets are open

    async def flood(self, count: int) -> float:
        """Say `count` things at once; seconds until the last envelope is acknowledged."""
        with _no_rubbish_collected():
            begun = time.perf_counter()
            for n in range(count):
                await self.alice.says(self.channel, f"error rate is {n} %")
            await self.slack.courier.quiet(READY_SECONDS)
            return time.perf_counter() - begun

    async def stream(self, per_second: int, seconds: float) -> list[float]:
        """Say things at an even rate; the seconds from each envelope to its ack."""
        with _no_rubbish_collected():
            first, begun = len(self.slack.envelopes), time.perf_counter()
            for n in range(int(per_second * seconds)):
                await asyncio.sleep(max(0.0, begun + n / per_second - time.perf_counter()))
                await self.alice.says(self.channel, f"latency is {n} ms")
            await self.slack.courier.quiet(READY_SECONDS)
        return [envelope.took for envelope in self.slack.envelopes[first:] if envelope.took is not None]

    async def mark(self, channels: Sequence[Channel], count: int, database: str) -> float:
        """Put a reaction on the newest messages of each channel; seconds until the last one is a committed fact."""
        async with Store.open(database, me="bench", read_only=True) as store:
            incidents = [id for channel in channels if (id := await store.incident_at(channel.id)) is not None]
            awaited = {id: (await store.incident(id)).standing + count for id in incidents}
            begun = time.perf_counter()
            for channel in channels:
                for message in self._said(channel)[-count:]:
                    await self.alice.reacts(message, "pushpin")
            for incident, lines in awaited.items():
                while (await store.incident(incident)).standing < lines:  # noqa: ASYNC110 - another process writes
                    await asyncio.sleep(0.02)
            return time.perf_counter() - begun

    def _said(self, channel: Channel) -> list[Message]:
        return [message for message in channel.messages.values() if message.user == self.alice.id and message.text]

    def resident(self) -> float:
        """Megabytes of memory that the first process holds."""
        told = subprocess.run(["ps", "-o", "rss=", "-p", str(self.pid)], capture_output=True, check=True, text=True)
        return int(told.stdout) / 1024


@contextmanager
def _no_rubbish_collected() -> Iterator[None]:
    """The pretend Slack keeps every envelope; looking through them all stops it for a tenth of a second, which would
    count as the app's.
    """
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


async def worked_off(database: str, *, told: bool = True) -> None:
    """Return when no envelope waits in the database and, where all is to be told too, no call that is due."""
    async with Store.open(database, me="bench", read_only=True) as store:
        while (due := await store.due()).envelope or (told and due.call and due.call <= datetime.now(UTC)):  # noqa: ASYNC110
            await asyncio.sleep(0.05)


@asynccontextmanager
async def app_on_wire(
    command: Sequence[str],
    variables: Mapping[str, str],
    *,
    processes: int = 1,
    prepare: Callable[[Slackd, Person], Awaitable[None]] | None = None,
) -> AsyncIterator[Bench]:
    """Start the app and wait for its sockets; `variables` are added to the tokens and addresses it needs."""
    async with Slackd(MANIFEST, running=True) as slack, AsyncExitStack() as stack:
        alice = slack.person("alice", name="Alice Adams")
        if prepare is not None:
            await prepare(slack, alice)
        surroundings = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_APP_TOKEN": slack.app_token,
            "SLACK_API_URL": slack.url,
            **variables,
        }
        begun = time.perf_counter()
        started = [await stack.enter_async_context(_process(command, surroundings)) for _ in range(processes)]
        async with asyncio.timeout(READY_SECONDS):
            await slack.socket.connected(SOCKETS * processes)
        started_in = time.perf_counter() - begun
        channel = slack.channel("incident-bench", alice)
        slack.invite_bot(channel)
        await slack.courier.quiet(READY_SECONDS)
        yield Bench(slack, alice, channel, started[0].pid, started_in)


@asynccontextmanager
async def _process(
    command: Sequence[str], surroundings: Mapping[str, str]
) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(sys.executable, *command, cwd=ROOT, env=surroundings)
    try:
        yield process
    finally:
        process.terminate()
        await process.wait()
