"""A beat at even intervals: rows of the database say what is due, this only says "look again"."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from apscheduler.schedulers.asyncio import AsyncIOScheduler

BEAT_SECONDS: Final = 30
"""How late another process's work is taken up at the most once that process is gone."""


@contextmanager
def beating(wake: asyncio.Event, seconds: float = BEAT_SECONDS) -> Iterator[None]:
    """Set the event at each beat while the block lasts.

    The job does no work itself: the scheduler would cancel it in the middle when it is shut down. A beat that was
    missed while the loop was busy comes once, late.
    """
    scheduler = AsyncIOScheduler(
        timezone="UTC", job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
    )
    scheduler.add_job(wake.set, "interval", seconds=seconds)
    scheduler.start()
    try:
        yield
    finally:
        scheduler.shutdown(wait=False)
