"""`python -m tests.rehearsal INCIDENT.json OUT`: play one incident and leave its reports in OUT.

With `--kills N` the program is killed N times at random moments, and with `--offline MINUTES@FRACTION` it is away for
so long after that fraction of the incident, in which people edit, delete, take back and resolve; the result is compared
with an undisturbed run.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from pathlib import Path

from tests.rehearsal.compare import differences
from tests.rehearsal.outage import with_outage
from tests.rehearsal.play import Stuck
from tests.rehearsal.rehearse import leave, rehearse
from tests.rehearsal.script import read
from tests.rehearsal.theatre import Killer


def main() -> None:
    parser = argparse.ArgumentParser(prog="make rehearse", description=__doc__)
    parser.add_argument("incident", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--kills", type=int, default=0, help="kill the program this often at random moments")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--offline", metavar="MINUTES@FRACTION", help="such as 40@0.5")
    options = parser.parse_args()
    begun = time.monotonic()

    def progress(line: str) -> None:
        print(f"{time.monotonic() - begun:6.1f} s  {line}", flush=True)

    try:
        script = read(options.incident)
        if options.offline:
            script = with_outage(script, *map(float, options.offline.split("@")))
        calm = asyncio.run(rehearse(script, documents=True, progress=progress))
        leave(calm, options.out)
        if options.offline:
            missed = asyncio.run(rehearse(script, calm=False, progress=progress))
            leave(missed, options.out / "offline")
            found = differences(calm, missed, offline=True)
            print(f"offline for {options.offline}: {len(found)} differences")
            print("\n".join(found))
            sys.exit(1 if found else 0)
        if options.kills:
            killer = Killer(options.kills, options.seed)
            disturbed = asyncio.run(rehearse(script, killer=killer, progress=progress))
            leave(disturbed, options.out / "disturbed")
            found = differences(calm, disturbed)
            print(f"killed {killer.kills} times (seed {killer.seed}): {len(found)} differences")
            print("\n".join(found))
            sys.exit(1 if found or killer.kills < options.kills else 0)
    except (Stuck, ValueError) as error:
        print(error, file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
