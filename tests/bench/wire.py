"""One app as a process on a pretend Slack's wire, and what can be measured of it from outside."""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from tests.rehearsal.theatre import ROOT
from tests.slackd.people import Person
from tests.slackd.records import Channel
from tests.slackd.server import Slackd
from tests.stage import MANIFEST

READY_SECONDS = 30


@dataclass
class Bench:
    """A workspace with one app connected, one person and one channel that both are in."""

    slack: Slackd
    alice: Person
    channel: Channel
    started_in: float  # seconds from the start of the process to both sockets open

    async def flood(self, count: int) -> float:
        """Say `count` things at once; seconds until the last envelope is acknowledged."""
        begun = time.perf_counter()
        for n in range(count):
            await self.alice.says(self.channel, f"error rate is {n} %")
        await self.slack.courier.quiet(READY_SECONDS)
        return time.perf_counter() - begun

    async def stream(self, per_second: int, seconds: float) -> list[float]:
        """Say things at an even rate; the seconds from each envelope to its ack."""
        first, begun = len(self.slack.envelopes), time.perf_counter()
        for n in range(int(per_second * seconds)):
            await asyncio.sleep(max(0.0, begun + n / per_second - time.perf_counter()))
            await self.alice.says(self.channel, f"latency is {n} ms")
        await self.slack.courier.quiet(READY_SECONDS)
        return [envelope.took for envelope in self.slack.envelopes[first:] if envelope.took is not None]


def percentile(values: Sequence[float], share: float) -> float:
    return statistics.quantiles(values, n=1000, method="inclusive")[round(share * 1000) - 1]


@asynccontextmanager
async def app_on_wire(command: Sequence[str], variables: Mapping[str, str]) -> AsyncIterator[Bench]:
    """Start the app and wait for its two sockets; `variables` are added to the tokens and addresses it needs."""
    async with Slackd(MANIFEST, running=True) as slack:
        surroundings = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_APP_TOKEN": slack.app_token,
            "SLACK_API_URL": slack.url,
            **variables,
        }
        begun = time.perf_counter()
        process = await asyncio.create_subprocess_exec(sys.executable, *command, cwd=ROOT, env=surroundings)
        try:
            async with asyncio.timeout(READY_SECONDS):
                await slack.socket.connected(2)
            started_in = time.perf_counter() - begun
            alice = slack.person("alice", name="Alice Adams")
            channel = slack.channel("incident-bench", alice)
            slack.invite_bot(channel)
            await slack.courier.quiet(READY_SECONDS)
            yield Bench(slack, alice, channel, started_in)
        finally:
            process.terminate()
            await process.wait()
