"""What undisturbed rehearsals left, each played once for all tests of a run, in whichever of its processes they are."""

from __future__ import annotations

import asyncio
import fcntl
import pickle
from hashlib import sha256
from pathlib import Path

from tests.rehearsal.rehearse import Performance, rehearse
from tests.rehearsal.script import Script


class Plays:
    """`folder` belongs to this run and is the same in each of its processes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def of(self, script: Script) -> Performance:
        """Played now, or what was left when it was; another process that plays it is waited for."""
        place = self._folder / f"{sha256(repr(script).encode()).hexdigest()}.play"
        with place.open("a+b") as file:
            await asyncio.to_thread(fcntl.flock, file, fcntl.LOCK_EX)
            file.seek(0)
            if not (kept := file.read()):
                kept = pickle.dumps(await rehearse(script, in_process=True))
                file.write(kept)
            left = pickle.loads(kept)  # noqa: S301 - written above
        assert isinstance(left, Performance)
        return left
