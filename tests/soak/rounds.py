"""Rounds of a soak: each a tale of its own, lived in peace and in trouble, and compared."""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Final, Literal

from tests.databases import fresh_postgres, fresh_sqlite
from tests.rehearsal.compare import differences, stated_otherwise
from tests.rehearsal.rehearse import Performance, rehearse
from tests.slackd.server import Slackd
from tests.soak.crew import Crew, crew
from tests.soak.tale import tale
from tests.soak.trouble import Trouble

Kind = Literal["sqlite", "postgres"]
AFTER: Final = timedelta(minutes=20)
"""By then every retry is over: of a call that failed, and of an event nobody acknowledged."""


@dataclass
class Figures:
    """What a soak has been through."""

    seconds: float = 0.0
    rounds: int = 0
    acts: int = 0
    envelopes: int = 0
    calls: int = 0
    trouble: Counter[str] = field(default_factory=Counter)
    differences: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        met = ", ".join(f"{count} {name}" for name, count in sorted(self.trouble.items()) if count)
        return (
            f"{self.seconds / 60:.1f} min, {self.rounds} rounds, {self.acts} acts, {self.envelopes} envelopes, "
            f"{self.calls} calls; {met}; {len(self.differences)} differences"
        )


async def round_of(kind: Kind, replicas: int, seed: int, acts: int, figures: Figures) -> list[str]:
    """One tale; what differs between peace and trouble, each line with the seed."""
    begun = time.monotonic()
    script = tale(seed, acts)
    trouble = Trouble(Random(seed), restarts_database=kind == "postgres")

    def staged(slack: Slackd, database: str) -> Watched:
        return Watched(slack, database, replicas, trouble, figures)

    with tempfile.TemporaryDirectory(prefix="scribe-soak-") as folder:
        calm = await rehearse(script, in_process=True, after=AFTER)
        disturbed: Performance = await rehearse(script, database=_empty(kind, Path(folder)), staged=staged, after=AFTER)
    found = [f"seed {seed}: {line}" for line in (*differences(calm, disturbed), *stated_otherwise(calm, disturbed))]
    figures.seconds += time.monotonic() - begun
    figures.rounds += 1
    figures.acts += len(script.scenes)
    figures.trouble += trouble.met
    figures.differences += found
    return found


def _empty(kind: Kind, folder: Path) -> str:
    return fresh_sqlite(folder) if kind == "sqlite" else fresh_postgres()


class Watched:
    """The crew, whose traffic is counted at the end."""

    def __init__(self, slack: Slackd, database: str, replicas: int, trouble: Trouble, figures: Figures) -> None:
        self._crew = crew(slack, database, replicas, trouble)
        self._slack = slack
        self._figures = figures

    async def __aenter__(self) -> Crew:
        return await self._crew.__aenter__()

    async def __aexit__(self, *error: object) -> bool | None:
        self._figures.envelopes += len(self._slack.envelopes)
        self._figures.calls += len(self._slack.calls)
        return await self._crew.__aexit__(*error)  # type: ignore[arg-type]


async def soak(
    kind: Kind, replicas: int, seed: int, minutes: float, acts: int, progress: Callable[[str], None]
) -> Figures:
    """Round after round, each with the next seed, until the time is over."""
    figures, end = Figures(), time.monotonic() + minutes * 60
    while time.monotonic() < end:
        progress(f"round {figures.rounds + 1}: seed {seed}, {acts} acts, {kind}, {replicas} processes")
        for line in await round_of(kind, replicas, seed, acts, figures):
            progress(line)
        progress(str(figures))
        seed += 1
    return figures
