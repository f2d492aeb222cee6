"""The audit log: who did or tried what, when and where, with no word of what was said."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime, timedelta
from pathlib import Path

from handlers import upkeep
from handlers.settings import load
from tests.databases import fresh_sqlite
from tests.stage import Stage, staged

SECRET = "hunter2-correct-horse"


async def deeds(stage: Stage) -> list[tuple[str, str, str, str]]:
    """(who, via, what, outcome), without the declaration."""
    await stage.settle()
    found = await stage.desk.store.deeds(None)
    return [(deed.who, deed.via, deed.what, deed.outcome) for deed in found if deed.what != "declared"]


async def test_what_was_done_stands_as_its_facts_tell_it_and_once(stage: Stage) -> None:
    channel = await stage.declared()
    message = await stage.bob.says(channel, SECRET)
    await stage.carol.reacts(message, "pushpin")
    await stage.alice.types(f"/incident severity critical {SECRET}", channel)
    told = await deeds(stage)
    assert (stage.carol.id, "reaction", "captured", "recorded") in told
    assert (stage.carol.id, "reaction", "marked", "recorded") in told
    assert [deed for deed in told if deed[0] == stage.alice.id and deed[1] == "command"][-1:] == [
        (stage.alice.id, "command", "severity_changed", "recorded")
    ]
    assert not [deed for deed in told if deed[0] == stage.bob.id]


async def test_what_was_refused_and_what_was_only_shown_stands_too(stage: Stage) -> None:
    channel = await stage.declared()
    guest = stage.slack.guest("gustav", name="Gustav")
    stage.slack.world.join(channel, guest.id)
    await guest.types(f"/incident resolve {SECRET}", channel)
    await stage.alice.types("/incident missing", channel)
    await stage.alice.types(f"/incident mark detected 99:99 {SECRET}", channel)
    await stage.bob.types(f"/incident {SECRET}", channel)
    assert [deed for deed in await deeds(stage) if deed[3] != "recorded"] == [
        (guest.id, "command", "resolve", "refused"),
        (stage.alice.id, "command", "missing", "shown"),
        (stage.alice.id, "command", "mark", "refused"),
        (stage.bob.id, "command", "unknown", "refused"),
    ]
    number = (await stage.incident(channel)).number
    assert {deed.incident for deed in await stage.desk.store.deeds(None) if deed.what == "missing"} == {number}


async def test_the_export_has_no_word_of_what_was_said(tmp_path: Path) -> None:
    """As JSON lines and as CSV, of all or of what came since a moment."""
    database = fresh_sqlite(tmp_path)
    settings = load({"SCRIBE_DATABASE_URL": database}, connecting=False)
    async with staged(database) as stage:
        channel = await stage.declared(f"{SECRET} sev2")
        await stage.alice.types(f"/incident event {SECRET}", channel)
        await stage.minutes(60)
        later = stage.desk.clock.now()
        await stage.alice.types(f"/incident {SECRET}", channel)
        await stage.settle()
        lines = await upkeep.audit(settings, None, "jsonl")
        table = await upkeep.audit(settings, None, "csv")
        since = await upkeep.audit(settings, later - timedelta(seconds=1), "jsonl")
    assert SECRET not in lines + table
    rows = [json.loads(line) for line in lines.splitlines()]
    assert {"at", "who", "via", "what", "incident", "channel", "outcome", "seq"} == set(rows[0])
    assert [row["at"] for row in rows] == sorted(row["at"] for row in rows)
    assert len(list(csv.DictReader(io.StringIO(table)))) == len(rows) > len(since.splitlines()) >= 1
    assert all(datetime.fromisoformat(row["at"]).tzinfo for row in rows)


async def test_what_an_operator_does_stands_in_it(tmp_path: Path) -> None:
    settings = load({"SCRIBE_DATABASE_URL": fresh_sqlite(tmp_path)}, connecting=False)
    await upkeep.retry(settings, [])
    await upkeep.purge(settings, timedelta(days=1), None, dry_run=True)
    await upkeep.purge(settings, timedelta(days=1), None, dry_run=False)
    told = [json.loads(line) for line in (await upkeep.audit(settings, None, "jsonl")).splitlines()]
    assert [(row["via"], row["what"], row["outcome"]) for row in told] == [
        ("cli", "retry", "done"),
        ("cli", "purge", "done"),
    ]
