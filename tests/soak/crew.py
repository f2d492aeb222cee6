"""Several processes of the program on one database, each killed now and then and started again."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Final, TypeVar

from storage import Store
from tests.databases import restart_postgres
from tests.rehearsal.theatre import ROOT, step_by_step
from tests.slackd.server import Slackd
from tests.soak.trouble import Trouble
from tests.stage import environment

T = TypeVar("T")
SOCKETS: Final = 2
READY_SECONDS: Final = 60
"""Three that start at once on a busy machine."""
PING_SECONDS: Final = "1"
"""Real ones; a lost socket is opened again at the next look."""
LEASES_OVER: Final = 150
"""Virtual seconds: what a dead process had leased has been taken up by another, once more if that died too."""


@dataclass(eq=False)
class Member:
    """One process, and the next after its death at the same place."""

    slack: Slackd
    variables: dict[str, str]
    process: asyncio.subprocess.Process | None = None
    dying: bool = False

    @property
    def is_up(self) -> bool:
        return self.process is not None and self.process.returncode is None and not self.dying

    async def start(self) -> None:
        surroundings = {**os.environ, **self.variables, "PYTHONPATH": str(ROOT)}
        self.process, self.dying = (
            await asyncio.create_subprocess_exec(
                sys.executable, "-m", "handlers.main", "run", cwd=ROOT, env=surroundings
            ),
            False,
        )

    async def die(self) -> None:
        if self.is_up and self.process is not None:
            self.dying = True
            self.process.kill()
            await self.process.wait()

    async def stop(self) -> None:
        if self.is_up and self.process is not None:
            self.process.terminate()
            await asyncio.wait_for(self.process.wait(), READY_SECONDS)


@dataclass
class Crew:
    """All processes, as one program to the play."""

    slack: Slackd
    database: str
    members: list[Member]
    trouble: Trouble
    _victim: Random = field(default_factory=lambda: Random(0))
    """Its own, or the moment of a death would change the rest."""
    _begun: bool = False
    _hands: set[asyncio.Task[None]] = field(default_factory=set)

    async def start(self) -> None:
        self.slack.socket.holding = True
        await self._revived()

    async def stop(self) -> None:
        await asyncio.gather(*self._hands)
        await asyncio.gather(*(member.stop() for member in self.members))

    def reached(self, share: float) -> None:
        """Trouble begins once the incident is declared, and is over before the end."""
        begun, self._begun = self._begun, True
        if not begun or share >= 1:
            return
        self.trouble.prepare(self.slack)
        delay = self.trouble.next_death()
        if delay is not None:
            self._do(self._kill_after(delay))
        if self.trouble.restart():
            self._do(asyncio.to_thread(restart_postgres))

    def _do(self, work: Awaitable[None]) -> None:
        hand = asyncio.ensure_future(work)
        self._hands.add(hand)
        hand.add_done_callback(self._hands.discard)

    async def _kill_after(self, delay: float) -> None:
        await asyncio.sleep(delay)
        up = [member for member in self.members if member.is_up]
        if up:
            self.trouble.met["kills"] += 1
            await self._victim.choice(up).die()

    async def settled(self) -> float | None:
        """All are up and connected, and nothing is due that any of them could do now."""
        while True:
            await asyncio.gather(*self._hands)
            await self._revived()
            self.slack.socket.despair()
            wake = await self.slack.settle()
            if all(member.is_up for member in self.members) and not self._hands:
                return wake

    async def _revived(self) -> None:
        """Time stands still meanwhile."""
        for member in self.members:
            if member.process is not None and not member.is_up and not member.dying:
                raise RuntimeError(f"a process ended by itself with {member.process.returncode}")
        dead = [member for member in self.members if not member.is_up]
        await asyncio.gather(*(member.start() for member in dead))
        try:
            async with asyncio.timeout(READY_SECONDS):
                await self.slack.socket.connected(SOCKETS * len(self.members))
        except TimeoutError:
            raise RuntimeError(f"only {len(self.slack.socket.connections)} sockets were opened") from None

    async def until(self, when: datetime) -> None:
        """From one instant at which something is due to the next; what was held back to be late comes first."""
        await self.settled()
        self.slack.release_held_events()
        await step_by_step(self.slack, self.settled, when)

    async def surviving(self, act: Callable[[], Awaitable[T]], answered: Callable[[T], bool]) -> T:
        """Again only when it is sure that nobody has it: a dead one's lease must run out before another answers."""
        clock = self.slack.clock
        while True:
            result = await act()
            until = clock.now() + LEASES_OVER
            wake = await self.settled()
            while not answered(result) and clock.now() < until and await self._kept():
                await clock.advance_to(min(until, wake or until))
                wake = await self.settled()
            if answered(result):
                return result

    async def _kept(self) -> bool:
        """Does anything that people did still wait for its answer?"""
        async with Store.open(self.database, me="soak", read_only=True) as store:
            return (await store.due()).envelope is not None

    async def leaves(self) -> None:
        raise NotImplementedError("a soak has no outage of all")

    async def returns(self) -> None:
        raise NotImplementedError("a soak has no outage of all")


@asynccontextmanager
async def crew(slack: Slackd, database: str, replicas: int, trouble: Trouble) -> AsyncIterator[Crew]:
    """So many processes at work, stopped at the end."""
    members = []
    for _ in range(replicas):
        surroundings = environment(slack, database, SCRIBE_PING_SECONDS=PING_SECONDS)
        slack.watch(f"http://{surroundings['SCRIBE_PULSE']}/")
        members.append(Member(slack, surroundings))
    running = Crew(slack, database, members, trouble)
    try:
        await running.start()
        yield running
    finally:
        with contextlib.suppress(TimeoutError):
            await running.stop()
        for member in members:
            await member.die()
