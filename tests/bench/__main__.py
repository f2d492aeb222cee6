"""`make bench`: each line a name, ours, the baseline, their ratio and its goal; also written to bench.json."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from pathlib import Path

from tests.bench import followups, rules, running
from tests.bench.lines import Line


async def _reports(folder: Path) -> list[Line]:
    return await asyncio.to_thread(rules.reports)


PARTS: tuple[Callable[[Path], Awaitable[list[Line]]], ...] = (
    running.against_bare,
    running.memory,
    rules.one_more_fact,
    _reports,
    running.replicas,
    followups.measure,
)


async def bench() -> list[Line]:
    print(f"{'':58}{'ours':>13}{'baseline':>14}{'ratio':>9}  goal")
    lines: list[Line] = []
    with tempfile.TemporaryDirectory(prefix="scribe-bench-") as folder:
        for part in PARTS:
            found = await part(Path(folder))
            print(*found, sep="\n", flush=True)
            lines += found
    return lines


def main() -> None:
    records = [{**asdict(line), "ratio": line.ratio} for line in asyncio.run(bench())]
    Path("bench.json").write_text(json.dumps(records, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
