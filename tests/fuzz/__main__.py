"""`python -m tests.fuzz --lines 900000 --envelopes 100000 --seed 1`: the long form; prints what came of it."""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from pathlib import Path
from random import Random

from tests.databases import fresh_postgres, fresh_sqlite
from tests.fuzz.play import play_envelopes, play_lines
from tests.stage import staged


async def _envelopes(count: int, seed: int, database: str) -> dict[str, int]:
    with tempfile.TemporaryDirectory() as folder:
        address = fresh_sqlite(Path(folder)) if database == "sqlite" else fresh_postgres()
        async with staged(address) as stage:
            return await play_envelopes(stage, count, Random(seed))


def main() -> None:
    read = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    read.add_argument("--lines", type=int, default=900_000)
    read.add_argument("--envelopes", type=int, default=100_000)
    read.add_argument("--seed", type=int, default=1)
    read.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    asked = read.parse_args()
    print(f"{asked.lines} lines, {play_lines(asked.lines, Random(asked.seed))} of them understood")
    if asked.envelopes:
        print(asyncio.run(_envelopes(asked.envelopes, asked.seed, asked.database)))


if __name__ == "__main__":
    main()
