"""The real program in its own process, on the wire of a pretend Slack; it may be killed at any moment."""

from __future__ import annotations

import asyncio
import os
import random
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol, TypeVar

from tests.slackd.server import Slackd
from tests.stage import Program as Story
from tests.stage import environment, settings_for

ROOT: Final = Path(__file__).parent.parent.parent
READY_SECONDS: Final = 30
MOST_STEPS: Final = 10_000
"""From one act to the next; far more than weeks of reminders take."""
T = TypeVar("T")


@dataclass
class Killer:
    """Kills the program `times` times at random moments of real time, evenly over the play; the seed says which.

    `due` is how many deaths the play has room for so far.
    """

    times: int
    seed: int
    longest: float = 0.08
    kills: int = 0
    due: int = 0
    _random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    @property
    def next_delay(self) -> float | None:
        """Seconds until the next kill; None when there were enough."""
        return self._random.uniform(0, self.longest) if self.kills < self.due else None


async def step_by_step(slack: Slackd, settled: Callable[[], Awaitable[float | None]], when: datetime) -> None:
    """Let time pass, from one instant at which something is due to the next, settled at each."""
    clock, end = slack.clock, when.timestamp()
    for _ in range(MOST_STEPS):
        wake = await settled()
        if clock.now() >= end:
            return
        ahead = [moment for moment in (wake, clock.next_timer()) if moment is not None]
        await clock.advance_to(min([end, *ahead]))
    raise RuntimeError(f"after {MOST_STEPS} steps it is still only {clock.now()}")


class Program(Protocol):
    """The program under rehearsal, as far as people can wait for it."""

    def reached(self, share: float) -> None:
        """So much of the play, from 0 to 1, is played once the next act is over."""

    async def settled(self) -> float | None:
        """Return once it is up and quiet, with the moment (epoch seconds) at which it wants to wake."""

    async def until(self, when: datetime) -> None:
        """Let time pass, which stands still while the program is down."""

    async def surviving(self, act: Callable[[], Awaitable[T]], answered: Callable[[T], bool]) -> T:
        """Do what a person does, and do it again at the same instant while nobody answered because of a death."""

    async def leaves(self) -> None:
        """It goes, and time passes without it until it returns."""

    async def returns(self) -> None:
        """It is there again, and has made good what it missed."""


class Resident:
    """The program in this process; it cannot be killed, and starts at once."""

    def __init__(self, slack: Slackd, story: Story | None = None) -> None:
        self._slack = slack
        self._story = story  # else somebody else starts and stops it

    async def returns(self) -> None:
        if self._story is not None:
            await self._story.start()
        await self.settled()

    async def leaves(self) -> None:
        await self.settled()
        if self._story is not None:
            await self._story.stop()

    def reached(self, share: float) -> None:
        return None

    async def settled(self) -> float | None:
        return await self._slack.settle()

    async def until(self, when: datetime) -> None:
        await self._slack.run_until(when)

    async def surviving(self, act: Callable[[], Awaitable[T]], answered: Callable[[T], bool]) -> T:
        result = await act()
        await self.settled()
        return result


class Process:
    """`scribe run` as a process, started again after each death."""

    def __init__(self, slack: Slackd, variables: Mapping[str, str], killer: Killer | None) -> None:
        self._slack = slack
        self._variables = dict(variables)
        self._killer = killer
        self._process: asyncio.subprocess.Process | None = None
        self._hand: asyncio.Task[None] | None = None
        self._dying: asyncio.subprocess.Process | None = None
        self._away = False

    async def leaves(self) -> None:
        """Killed, as when its machine goes."""
        await self.settled()
        self._away = True
        if self._process is not None:
            self._process.kill()
        await self._buried()

    async def returns(self) -> None:
        self._away = False
        await self.settled()

    @property
    def is_up(self) -> bool:
        """Is it alive? From the signal on it is not, though the system needs a moment to say so."""
        return self._process is not None and self._process.returncode is None and self._process is not self._dying

    async def start(self) -> None:
        """Start it and wait until both of its sockets are open. Time stands still meanwhile."""
        before = {**os.environ, **self._variables, "PYTHONPATH": str(ROOT)}
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "handlers.main", "run", cwd=ROOT, env=before
        )
        async with asyncio.timeout(READY_SECONDS):
            while len(self._slack.socket.connections) < 2:
                if not self.is_up:
                    raise RuntimeError(f"scribe run ended with {self._process.returncode}")
                await asyncio.sleep(0.01)
        self._arm()

    def reached(self, share: float) -> None:
        if self._killer is not None:
            self._killer.due = round(self._killer.times * share)
            if self._hand is None or self._hand.done():
                self._arm()

    def _arm(self) -> None:
        delay = self._killer.next_delay if self._killer else None
        if delay is not None:
            self._hand = asyncio.create_task(self._kill_after(delay))

    async def _kill_after(self, delay: float) -> None:
        await asyncio.sleep(delay)
        if self.is_up and self._process is not None and self._killer is not None:
            self._killer.kills += 1
            self._dying = self._process
            self._process.kill()
            await self._process.wait()

    async def settled(self) -> float | None:
        """Starts it again whenever it has been killed."""
        if self._away:
            return await self._slack.settle()
        while True:
            if not self.is_up:
                await self._buried()
                await self.start()
                self._slack.socket.despair()
            wake = await self._slack.settle()
            if self.is_up:
                return wake

    async def until(self, when: datetime) -> None:
        """From one instant at which something is due to the next, looked at only while the program is up."""
        await step_by_step(self._slack, self.settled, when)

    async def _buried(self) -> None:
        """It and its sockets are gone, so that the next one's are counted rightly."""
        async with asyncio.timeout(READY_SECONDS):
            if self._process is not None:
                await self._process.wait()
            await self._slack.socket.disconnected()

    async def surviving(self, act: Callable[[], Awaitable[T]], answered: Callable[[T], bool]) -> T:
        while True:
            result = await act()
            await self.settled()
            if answered(result):
                return result

    async def stop(self) -> None:
        if self._hand is not None:
            self._hand.cancel()
        if self.is_up and self._process is not None:
            self._process.terminate()
            await asyncio.wait_for(self._process.wait(), READY_SECONDS)


@asynccontextmanager
async def resident(slack: Slackd, database: str) -> AsyncIterator[Resident]:
    """The program running in this process, stopped at the end."""
    running = Resident(slack, Story(slack, settings_for(slack, database)))
    await running.returns()
    try:
        yield running
    finally:
        await running.leaves()


@asynccontextmanager
async def process(slack: Slackd, database: str, killer: Killer | None = None) -> AsyncIterator[Process]:
    """The program running in this Slack, stopped at the end."""
    surroundings = environment(slack, database)
    slack.watch(f"http://{surroundings['SCRIBE_PULSE']}/")
    running = Process(slack, surroundings, killer)
    slack.socket.holding = killer is not None
    await running.start()
    try:
        yield running
    finally:
        await running.stop()
