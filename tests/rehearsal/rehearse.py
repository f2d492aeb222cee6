"""One rehearsal from the script to the files it leaves."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import create_engine, select

from bot.stamps import moment_of
from handlers import offline
from handlers.settings import load
from storage import Store, migrate
from storage.engine import read_url
from storage.tables import facts
from templates.families import available
from tests.rehearsal.channel_md import channel_md
from tests.rehearsal.play import Play, Stuck
from tests.rehearsal.script import Script
from tests.rehearsal.theatre import ROOT, Killer, Program, process, resident
from tests.slackd.records import Channel
from tests.slackd.server import Slackd
from tests.stage import MANIFEST

REPORTS: Mapping[str, tuple[str | None, str]] = {
    **{f"{family}.md": (family, "md") for family in available()},
    "report.json": (None, "json"),
}
"""What is left, by the family (None: the incident's own) and the form it is asked in."""

DOCUMENTS: Mapping[str, tuple[str | None, str]] = {
    **{f"{family}.{form}": (family, form) for family in available() for form in ("html", "pdf")},
    **{f"{family}.canvas.md": (family, "canvas") for family in available()},
    "timeline.svg": (None, "svg"),
    "timeline.png": (None, "png"),
}
"""What is left besides, where somebody will look at it."""


CANVAS_AFTER: Final = timedelta(minutes=5)
"""By then the canvas has come up to the last facts."""
Staging = Callable[[Slackd, str], AbstractAsyncContextManager[Program]]


@dataclass(frozen=True)
class Performance:
    """What a rehearsal left: its files by name, and what each message's permalink leads to."""

    files: Mapping[str, str]
    texts: Mapping[str, str]
    posts: tuple[tuple[str, str, str], ...]  # author, text of the thread's parent, text
    canvases: tuple[str, ...]
    facts: tuple[tuple[str, str], ...] = ()  # kind of everything people stated, and what tells it from the others
    documents: Mapping[str, bytes] = field(default_factory=dict)


async def rehearse(
    script: Script,
    *,
    killer: Killer | None = None,
    in_process: bool = False,
    documents: bool = False,
    calm: bool = True,
    database: str = "",
    staged: Staging | None = None,
    after: timedelta = CANVAS_AFTER,
    progress: Callable[[str], None] = lambda line: None,
) -> Performance:
    """Play the script against the real program in its own process, or, where deaths are not the point, in this one.

    `database` is an empty one, by default a SQLite file of its own. Where it is not `calm`, the script's outage takes
    place. `staged` puts the program on the stage in a way of its own; `after` is how long it works on at the end.

    Raises:
        Stuck: the program did not do what the script expects.
    """
    with tempfile.TemporaryDirectory(prefix="scribe-rehearsal-") as folder:
        database = database or f"sqlite:///{folder}/scribe.db"
        await asyncio.to_thread(migrate, database)
        async with Slackd(MANIFEST, now=script.declared_at) as slack:
            own = resident(slack, database) if in_process else process(slack, database, killer)
            async with staged(slack, database) if staged else own as running:
                play = Play(slack, running, script, progress, calm=calm)
                await play.perform()
                await running.until(datetime.fromtimestamp(slack.clock.now(), UTC) + after)
            channel = play.there
            files = {"channel.md": channel_md(slack.world, channel)}
            texts = {slack.permalink(message): message.text for message in channel.messages.values()}
            posts = _posts(channel)
            canvases = tuple(c.markdown for c in slack.world.canvases.values() if channel.id in (c.channel, c.tab))
            number = await _number(database, channel.id)
            stated = await asyncio.to_thread(_facts, database, slack.world.bot_user_id)
        for name, (family, medium) in REPORTS.items():
            files[name] = await (_read if in_process or staged else _printed)(database, number, family, medium)
            progress(f"made {name}")
        papers = {name: await _made(database, number, *asked) for name, asked in DOCUMENTS.items() if documents}
    files |= {f"canvas-{n}.md": text for n, text in enumerate(canvases, 1)}
    return Performance(files, texts, posts, canvases, stated, papers)


def _posts(channel: Channel) -> tuple[tuple[str, str, str], ...]:
    by_ts = {message.ts: message for message in channel.messages.values()}

    def parent(thread_ts: str | None) -> str:
        return by_ts[thread_ts].text if thread_ts in by_ts else ""

    return tuple((m.user or "", parent(m.thread_ts), m.text) for m in channel.messages.values())


def _facts(database: str, bot: str) -> tuple[tuple[str, str], ...]:
    """What Scribe states itself (where it posted, that it was away) may differ with what happened to it."""
    engine = create_engine(read_url(database))
    with engine.connect() as connection:
        rows = connection.execute(select(facts.c.kind, facts.c.at, facts.c.body)).all()
    engine.dispose()
    people = [row for row in rows if row.body["source"]["by"] not in ("scribe", bot)]
    return tuple(sorted((row.kind, _told_by(row)) for row in people))


def _told_by(row: Any) -> str:
    """The second in which it was stated. Of a reaction that was read back nobody knows that: there it is the second of
    the message, with who put on what.
    """
    if row.kind in ("marked", "unmarked") and row.body["name"] != "typed":
        second = moment_of(row.body["entry"].rpartition(":")[2])
        return f"{second:%H:%M:%S} {row.body['name']} {row.body['source']['by']}"
    return f"{row.at:%H:%M:%S}"


async def _number(database: str, channel: str) -> str:
    async with Store.open(database, me="rehearsal", read_only=True) as store:
        rows = await store.incidents(channel=channel, limit=1)
    return str(rows[0].number)


async def _read(database: str, number: str, family: str | None, form: str) -> str:
    return (await _made(database, number, family, form)).decode()


async def _made(database: str, number: str, family: str | None, form: str) -> bytes:
    settings = load({"SCRIBE_DATABASE_URL": database}, connecting=False)
    return await offline.report(settings, number, family, form)


async def _printed(database: str, number: str, family: str | None, medium: str) -> str:
    """By the command line, as an operator would ask for it."""
    surroundings = {"SCRIBE_DATABASE_URL": database, "PYTHONPATH": str(ROOT), "SCRIBE_LOG_LEVEL": "warning"}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "handlers.main", "report", number, "--format", medium,
        *(("--family", family) if family else ()),
        cwd=ROOT, env=surroundings, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    printed, _ = await process.communicate()
    if process.returncode != 0:
        raise Stuck(f"scribe report {number} --format {medium} failed")
    return printed.decode()


def leave(performance: Performance, out: Path) -> None:
    """Write the files of a performance into the folder."""
    out.mkdir(parents=True, exist_ok=True)
    for name, text in performance.files.items():
        (out / name).write_text(text, encoding="utf-8")
    for name, content in performance.documents.items():
        (out / name).write_bytes(content)
