"""`python -m tests.rehearsal INCIDENT.json OUT [--kills N --seed S]`: play one incident and leave its reports in OUT."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

from storage import migrate
from tests.rehearsal.channel_md import channel_md
from tests.rehearsal.play import Play, Stuck
from tests.rehearsal.script import Script, read
from tests.rehearsal.theatre import ROOT, Killer, program
from tests.slackd.server import Slackd
from tests.stage import MANIFEST


async def rehearse(script: Script, out: Path, *, killer: Killer | None = None, quiet: bool = False) -> None:
    """Play the script and leave `slo.md`, `report.json` and `channel.md` in `out`.

    Raises:
        Stuck: the program did not do what the script expects.
    """
    begun = time.monotonic()

    def progress(line: str) -> None:
        if not quiet:
            print(f"{time.monotonic() - begun:6.1f} s  {line}", flush=True)

    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="scribe-rehearsal-") as folder:
        database = f"sqlite:///{folder}/scribe.db"
        migrate(database)
        async with Slackd(MANIFEST, now=script.declared_at) as slack:
            async with program(slack, database, killer=killer) as running:
                play = Play(slack, running, script, progress)
                await play.perform()
            assert play.channel is not None
            (out / "channel.md").write_text(channel_md(slack.world, play.channel), encoding="utf-8")
            number = await _number(database, play.channel.id)
            team = slack.world.workspace_url
        for name, medium in (("slo.md", "md"), ("report.json", "json")):
            await _report(database, team, number, medium, out / name)
            progress(f"wrote {out / name}")


async def _number(database: str, channel: str) -> str:
    from storage import Store

    async with Store.open(database, me="rehearsal", read_only=True) as store:
        rows = await store.incidents(channel=channel, limit=1)
    return str(rows[0].number)


async def _report(database: str, team: str, number: str, medium: str, path: Path) -> None:
    """By the command line, as an operator would ask for it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "handlers.main", "report", number, "--format", medium, "-o", str(path), cwd=ROOT,
        env={"PATH": "", "SCRIBE_DATABASE_URL": database, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    if await process.wait() != 0:
        raise Stuck(f"scribe report {number} --format {medium} failed")


def main() -> None:
    parser = argparse.ArgumentParser(prog="make rehearse", description=__doc__)
    parser.add_argument("incident", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--kills", type=int, default=0, help="kill the program this often at random moments")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    killer = Killer(options.kills, options.seed) if options.kills else None
    try:
        asyncio.run(rehearse(read(options.incident), options.out, killer=killer))
    except (Stuck, ValueError) as error:
        print(error, file=sys.stderr)
        sys.exit(1)
    if killer is not None:
        print(f"killed {killer.kills} times (seed {killer.seed})")


if __name__ == "__main__":
    main()
