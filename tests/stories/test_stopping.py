"""A deploy stops the program at any moment: it ends within a bound, exits with 0, and loses and doubles nothing."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic

from handlers.running import DRAIN_SECONDS
from tests.databases import fresh_sqlite
from tests.slackd.server import Slackd
from tests.stage import MANIFEST, MORNING, environment, scribe_at_work, settings_for

SOON = 15
"""Seconds in which a program with nothing to wait for has stopped, on a busy machine too."""


@asynccontextmanager
async def started(slack: Slackd, database: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """The real program in its own process, watched by this Slack; killed at the end if it is still there."""
    variables = environment(slack, database)
    pulse = f"http://{variables['SCRIBE_PULSE']}/"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "handlers.main", "run", env={**os.environ, **variables}
    )
    try:
        await slack.socket.connected(2)
        slack.watch(pulse)
        yield process
    finally:
        slack.unwatch(pulse)
        if process.returncode is None:
            process.kill()
            await process.wait()


async def stopped(process: asyncio.subprocess.Process) -> float:
    """Seconds from SIGTERM to its end, which must be a clean one."""
    began = monotonic()
    process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(process.wait(), DRAIN_SECONDS + SOON) == 0
    return monotonic() - began


async def test_a_stop_amid_reactions_loses_none_and_doubles_none(database: str) -> None:
    """Forty messages are marked, and the program is told to stop while it is at it; the next one finishes."""
    async with Slackd(MANIFEST, now=MORNING) as slack:
        alice = slack.person("alice", name="Alice Adams")
        general = slack.channel("general", alice)
        async with started(slack, database) as process:
            await alice.types("/incident declare Checkout is failing", general)
            await slack.settle()
            channel = next(c for c in slack.world.channels.values() if c.name.startswith("incident-"))
            slack.socket.holding = True  # what goes down with its socket is delivered again, as Slack does
            for number in range(40):
                await alice.reacts(await alice.says(channel, f"line {number}"), "pushpin")
            assert await stopped(process) < SOON
        slack.socket.despair()
        settings = settings_for(slack, database)
        async with scribe_at_work(slack, settings, name="next") as desk:
            await slack.run_for(120)
            incident = await desk.store.incident(await desk.store.incident_at(channel.id) or 0)
        assert sorted(entry.text for entry in incident.timeline()) == sorted(f"line {n}" for n in range(40))
        confirmed = [
            m.text for m in channel.messages.values() if slack.world.bot_user_id in m.reactions.get("memo", ())
        ]
        assert sorted(confirmed) == sorted(f"line {n}" for n in range(40))
        logged = Counter(message.text for message in channel.messages.values())
        assert max(logged.values()) == 1


async def test_a_call_under_way_is_waited_for(tmp_path: Path) -> None:
    """Slack takes its time over a message; its answer still comes in before the end, and nothing is posted again."""
    async with Slackd(MANIFEST, now=MORNING) as slack:
        alice = slack.person("alice", name="Alice Adams")
        general = slack.channel("general", alice)
        database = fresh_sqlite(tmp_path)
        async with started(slack, database) as process:
            await alice.types("/incident declare Checkout is failing", general)
            await slack.settle()
            channel = next(c for c in slack.world.channels.values() if c.name.startswith("incident-"))
            slack.faults.slow("chat.postMessage", 1)
            await alice.types("/incident event db failover", channel)
            assert await slack.until(lambda: bool(slack.faults.prepared[-1].met))
            process.send_signal(signal.SIGTERM)
            await slack.socket.disconnected()
            assert process.returncode is None
            await slack.clock.advance_to(slack.clock.now() + 1)
            assert await asyncio.wait_for(process.wait(), SOON) == 0
        async with scribe_at_work(slack, settings_for(slack, database), name="next"):
            await slack.run_for(120)
        assert sum("db failover" in str(call.args) for call in slack.calls_of("chat.postMessage")) == 1


async def test_a_slack_that_never_answers_does_not_hold_the_stop_up(tmp_path: Path) -> None:
    """The call is broken off at the bound, and looked for before it is made again: once in the channel."""
    async with Slackd(MANIFEST, now=MORNING) as slack:
        alice = slack.person("alice", name="Alice Adams")
        general = slack.channel("general", alice)
        database = fresh_sqlite(tmp_path)
        async with started(slack, database) as process:
            await alice.types("/incident declare Checkout is failing", general)
            await slack.settle()
            channel = next(c for c in slack.world.channels.values() if c.name.startswith("incident-"))
            slack.faults.slow("chat.postMessage", 3600)
            await alice.types("/incident event db failover", channel)
            assert await slack.until(lambda: bool(slack.faults.prepared[-1].met))
            assert DRAIN_SECONDS - 1 < await stopped(process) < DRAIN_SECONDS + SOON
        async with scribe_at_work(slack, settings_for(slack, database), name="next"):
            await slack.run_for(120)
        assert sum("db failover" in message.text for message in channel.messages.values()) == 1


async def test_a_start_that_waits_for_slack_can_be_stopped(tmp_path: Path) -> None:
    async with Slackd(MANIFEST, now=MORNING) as slack:
        slack.faults.server_error("auth.test", times=10_000)
        variables = environment(slack, fresh_sqlite(tmp_path))
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "handlers.main", "run", env={**os.environ, **variables}
        )
        assert await slack.until(lambda: bool(slack.faults.prepared[0].met), patience=20)
        assert await stopped(process) < SOON
