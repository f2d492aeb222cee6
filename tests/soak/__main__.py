"""`python -m tests.soak --minutes 20 --database postgres --replicas 3 --seed 1`: live one story after the other in
trouble of every kind, and compare each with itself in peace. Nothing may be lost, doubled or told otherwise.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time

from tests.soak.rounds import soak


def main() -> None:
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--replicas", type=int, default=None, help="1 on SQLite, which serves one; 3 on PostgreSQL")
    parser.add_argument("--seed", type=int, default=1, help="of the first round; each next one has the next")
    parser.add_argument("--acts", type=int, default=30, help="in one round")
    options = parser.parse_args()
    replicas = options.replicas or (1 if options.database == "sqlite" else 3)
    if options.database == "sqlite" and replicas > 1:
        parser.error("a SQLite file serves one process")
    begun = time.monotonic()

    def progress(line: str) -> None:
        print(f"{time.monotonic() - begun:7.1f} s  {line}", flush=True)

    found = asyncio.run(soak(options.database, replicas, options.seed, options.minutes, options.acts, progress))
    sys.exit(1 if found.differences else 0)


if __name__ == "__main__":
    main()
