"""At the default level no line of the log has a token or a word that somebody said, whatever goes wrong."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import create_engine, text

from handlers.logs import configure
from handlers.settings import Settings, load
from storage.engine import read_url
from tests.rehearsal.rehearse import rehearse
from tests.rehearsal.script import read
from tests.rehearsal.theatre import ROOT
from tests.stage import Stage, staged

SECRET = "hunter2-correct-horse"


@contextmanager
def logged(settings: Settings) -> Iterator[io.StringIO]:
    """What the program would write at the default level, as JSON."""
    stream, root = io.StringIO(), logging.getLogger()
    before, level = root.handlers[:], root.level
    configure(settings.model_copy(update={"log": "json", "log_level": "info"}), stream)
    try:
        yield stream
    finally:
        root.handlers[:] = before
        root.setLevel(level)


def tokens(stage: Stage) -> list[str]:
    return [stage.slack.bot_token, stage.slack.app_token, stage.slack.signing_secret]


def break_facts(database: str) -> None:
    """From now on no fact can be written: whoever tries gets an error of the database."""
    engine = create_engine(read_url(database))
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE facts RENAME TO facts_gone"))
    engine.dispose()


async def test_nothing_that_was_said_or_that_opens_a_door_is_logged_when_all_goes_wrong(database: str) -> None:
    """Commands and messages whose handling fails in Slack and in the database; each failure is logged, with its id,
    the envelope and the incident.
    """
    async with staged(database) as stage:
        with logged(stage.settings) as stream:
            channel = await stage.declared(f"{SECRET} sev2")
            number = (await stage.incident(channel)).number
            message = await stage.bob.says(channel, SECRET)
            stage.slack.faults.error("chat.postMessage", "no_permission", provided=SECRET)
            await stage.alice.types(f"/incident event {SECRET}", channel)
            await stage.settle()
            break_facts(database)
            await stage.carol.reacts(message, "pushpin")
            await stage.alice.types(f"/incident event again {SECRET}", channel)
            await stage.alice.types(f"/incident severity critical {SECRET}", channel)
            await stage.settle()
        lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [line for line in lines if line["level"] == "error" and "set aside" in line["event"]]
    failed = [line for line in lines if line["level"] == "error" and "while handling" in line["event"]]
    assert failed
    assert all(line["error"] in line["event"] and line["envelope"] for line in failed)
    assert number in {line.get("incident") for line in failed}
    together = [line for line in lines if "failed together" in line["event"] or "set aside" in line["event"]]
    assert {line.get("incident") for line in together} == {number}, "also of reactions taken up together, and of calls"
    for forbidden in (SECRET, *tokens(stage)):
        assert forbidden not in stream.getvalue()


async def test_a_whole_rehearsal_leaves_no_word_of_it_in_the_log() -> None:
    script = read(ROOT / "tests" / "rehearsal" / "incidents" / "mail-queue-no-ack.json")
    with logged(load({}, connecting=False)) as stream:
        performance = await rehearse(script, in_process=True)
    words = {line for said in performance.texts.values() for line in said.splitlines() if len(line) > 12}
    assert words
    assert [line for line in words if line in stream.getvalue()] == []
