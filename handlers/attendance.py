"""Signs of life: while Slack can reach this process it says so in the database, and learns when nobody was there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

from handlers.catchup import read_all
from handlers.desk import Desk
from handlers.newcomers import looking_round
from storage import Absence

EVERY: Final = timedelta(seconds=20)
"""Between two signs of life; far below what the store takes for an absence."""


class Attendance:
    """What follows from it: after an absence of everybody all that is followed is read back whole, after a mere
    reconnect the last hour of it. The clock decides only whether an absence is disclosed, never what is read.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._listening: Callable[[], Awaitable[bool]] | None = None
        self._looked: datetime | None = None
        self._unbroken = False
        self._to_read: bool | None = None  # whole, the last hour, or nothing
        self._anew = False  # even where a reading is under way
        self._now = False  # something happened; do not wait until the next sign is due

    def begin(self, listening: Callable[[], Awaitable[bool]]) -> None:
        """From now on `listening` says whether Slack can reach us. The start is a reading of the whole."""
        self._listening, self._to_read, self._now = listening, True, True
        self._desk.wake.set()

    def reconnected(self) -> None:
        """A connection was made anew; what fell between it and the last one is looked for."""
        if self._listening is not None:
            self._to_read, self._now = self._to_read or False, True
            self._desk.wake.set()

    @property
    def next(self) -> datetime | None:
        """When the next sign of life is due."""
        return None if self._looked is None else self._looked + EVERY

    def overdue(self, now: datetime) -> bool:
        """Is there something to be done now?"""
        if self._listening is None:
            return False
        return self._now or self._looked is None or now >= self._looked + EVERY

    async def note(self) -> None:
        """Give a sign of life if one is due, and have read back what there is reason to read."""
        now = self._desk.clock.now()
        if self._listening is None or not self.overdue(now):
            return
        if not await self._listening():
            self._looked, self._unbroken, self._now = now, False, False
            return
        unbroken, self._unbroken = self._unbroken, False
        absence = await self._desk.store.attend(now, without_a_break=unbroken)
        if absence is not None:
            self._to_read = self._anew = True
            await self._look_round(absence)
        self._looked, self._unbroken = now, True
        if self._to_read is not None:
            await read_all(self._desk, whole=self._to_read, anew=self._anew)
            self._to_read, self._anew = None, False
        self._now = False

    async def _look_round(self, absence: Absence) -> None:
        async with self._desk.store.visit(None) as visit:
            await visit.put([looking_round(absence)], absence.until)

    async def leave(self) -> None:
        """The last sign of life of a process that ends in order."""
        if self._unbroken and self._listening is not None and await self._listening():
            await self._desk.store.attend(self._desk.clock.now(), without_a_break=True)
