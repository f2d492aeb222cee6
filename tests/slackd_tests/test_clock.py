"""The virtual clock: timers in their order, programs that read it, and time that jumps only when all is quiet."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from tests.slackd import Slackd
from tests.slackd.server import START
from tests.slackd_tests.conftest import MANIFEST


class Program:
    """A program under test: it reads the clock, has alarms, and says when it is quiet."""

    def __init__(self, slack: Slackd) -> None:
        self.slack = slack
        self.now = 0.0
        self.alarms: list[float] = []
        self.rang: list[float] = []
        self.first: Callable[[], Awaitable[object]] | None = None  # what must be over before an alarm counts
        self._ticked = asyncio.Condition()

    async def read_clock(self, session: aiohttp.ClientSession) -> None:
        async with session.ws_connect(self.slack.clock_url) as socket:
            async for frame in socket:
                told: dict[str, Any] = json.loads(frame.data)
                async with self._ticked:
                    self.now = told["now"]
                    self._ticked.notify_all()
                await socket.send_json({"seen": told["now"]})

    async def work(self) -> None:
        while True:
            async with self._ticked:
                await self._ticked.wait_for(lambda: bool(self.alarms) and min(self.alarms) <= self.now)
            if self.first is not None:
                await self.first()
            async with self._ticked:
                await self._ticked.wait_for(lambda: bool(self.alarms) and min(self.alarms) <= self.now)
                self.rang.append(self.now)
                self.alarms.remove(min(self.alarms))
                self._ticked.notify_all()

    async def pulse(self, _: web.Request) -> web.Response:
        async with self._ticked:
            await self._ticked.wait_for(lambda: not self.alarms or min(self.alarms) > self.now)
        return web.json_response({"quiet": True, "next": min(self.alarms, default=None)})


@pytest.fixture
async def program(slack: Slackd, session: aiohttp.ClientSession) -> AsyncIterator[Program]:
    program = Program(slack)
    app = web.Application()
    app.router.add_get("/pulse", program.pulse)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    tasks = [asyncio.create_task(program.read_clock(session)), asyncio.create_task(program.work())]
    slack.watch(f"http://127.0.0.1:{runner.addresses[0][1]}/pulse")
    yield program
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await runner.cleanup()


async def test_a_frozen_clock_stands_still(slack: Slackd) -> None:
    before = slack.clock.now()
    await asyncio.sleep(0.01)
    assert slack.clock.now() == before == START.timestamp()


async def test_a_running_clock_runs_and_jumps() -> None:
    async with Slackd(MANIFEST, running=True) as slack:
        before = slack.clock.now()
        await asyncio.sleep(0.01)
        assert slack.clock.now() > before
        await slack.clock.jump(3600)
        assert slack.clock.now() >= before + 3600
        await slack.clock.freeze()
        frozen = slack.clock.now()
        await asyncio.sleep(0.01)
        assert slack.clock.now() == frozen


async def test_a_running_clock_fires_its_timers_by_itself() -> None:
    async with Slackd(MANIFEST, running=True) as slack:
        rang = asyncio.Event()
        slack.clock.call_later(0.01, rang.set)
        await rang.wait()


async def test_timers_fire_in_order_each_at_its_own_time(slack: Slackd) -> None:
    start, fired = slack.clock.now(), list[float]()
    for seconds in (30, 10, 20, 99):
        slack.clock.call_later(seconds, lambda: fired.append(slack.clock.now() - start))
    await slack.clock.jump(60)
    assert fired == [10, 20, 30]
    assert slack.clock.now() == start + 60


async def test_what_is_due_now_does_not_wait_for_the_clock_to_move(slack: Slackd) -> None:
    await slack.clock.sleep(0)


async def test_time_never_goes_back(slack: Slackd) -> None:
    before = slack.clock.now()
    await slack.clock.advance_to(before - 100)
    assert slack.clock.now() == before


async def test_a_jump_returns_when_every_reader_has_seen_it(slack: Slackd, session: aiohttp.ClientSession) -> None:
    async with session.ws_connect(slack.clock_url) as socket:
        assert await socket.receive_json() == {"now": START.timestamp(), "rate": 0}
        jumping = asyncio.create_task(slack.clock.jump(5))
        told = await socket.receive_json()
        assert not jumping.done()
        await socket.send_json({"seen": told["now"]})
        await jumping
        jumping = asyncio.create_task(slack.clock.jump(5))
        await socket.receive_json()
    await jumping  # a reader that leaves holds nobody up


async def test_readers_are_told_of_the_rate(slack: Slackd, session: aiohttp.ClientSession) -> None:
    async with session.ws_connect(slack.clock_url) as socket:
        await socket.receive_json()
        running = asyncio.create_task(slack.clock.run())
        told = await socket.receive_json()
        await socket.send_json({"seen": told["now"]})
        await running
        assert told["rate"] == 1
    await slack.clock.freeze()


async def test_running_until_stops_at_each_wake_of_the_program(slack: Slackd, program: Program) -> None:
    start = slack.clock.now()
    program.alarms = [start + 3600, start + 60, start + 86400]
    await slack.run_until(START + dt.timedelta(hours=2))
    assert [moment - start for moment in program.rang] == [60, 3600]
    assert slack.clock.now() == start + 7200


async def test_running_until_stops_at_slacks_own_timers(slack: Slackd, program: Program) -> None:
    alice = slack.person("alice")
    channel = slack.channel("ops", alice)
    slack.invite_bot(channel)
    message = await alice.says(channel, "nobody is connected")
    await slack.run_for(1000)
    attempts = [e for e in slack.envelopes if e.payload["event"].get("ts") == message.ts]
    assert [e.attempt for e in attempts] == [0, 1, 2, 3]


async def test_a_slow_answer_does_not_hold_time_up(
    slack: Slackd, program: Program, session: aiohttp.ClientSession
) -> None:
    client = AsyncWebClient(slack.bot_token, base_url=slack.url, session=session)
    slack.faults.slow("auth.test", 20)
    program.first = client.auth_test
    program.alarms = [slack.clock.now() + 1]
    await slack.run_for(60)
    assert program.rang == [START.timestamp() + 21]


async def test_a_program_that_is_gone_is_quiet(slack: Slackd) -> None:
    slack.watch("http://127.0.0.1:9/pulse")
    assert await slack.settle() is None


async def test_a_program_with_a_wake_in_the_past_is_told_so(slack: Slackd, program: Program) -> None:
    async def liar(_: web.Request) -> web.Response:
        return web.json_response({"quiet": True, "next": START.timestamp() - 1})

    app = web.Application()
    app.router.add_get("/pulse", liar)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.watch(f"http://127.0.0.1:{runner.addresses[0][1]}/pulse")
    with pytest.raises(RuntimeError, match="which is past"):
        await slack.run_for(1)
    await runner.cleanup()
