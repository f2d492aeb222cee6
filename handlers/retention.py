"""What is old is forgotten by itself, once an hour, as the configuration says."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Final

from handlers.desk import Desk

log = logging.getLogger("scribe.retention")

EVERY: Final = timedelta(hours=1)


class Retention:
    """Called at every beat; most of the time there is nothing to do."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._next: datetime | None = None

    async def tick(self) -> None:
        now = self._desk.clock.now()
        if self._next is not None and now < self._next:
            return
        self._next = now + EVERY
        counts = await self._desk.store.purge_old(now, self._desk.policy.transcript_kept)
        if any(counts.values()):
            log.info("forgotten for their age: %s", ", ".join(f"{n} {what}" for what, n in counts.items() if n))
