"""The command line as an operator uses it: each command in its own process."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from pathlib import Path

import pytest

from handlers import offline, upkeep
from handlers.settings import load
from storage import StorageRefused, backup, migrate
from tests.databases import fresh_sqlite
from tests.slackd.server import Slackd
from tests.stage import MANIFEST, MORNING, environment, scribe_at_work, settings_for, staged


async def scribe(variables: dict[str, str], *arguments: str) -> tuple[int, str, str]:
    """(exit status, standard output, standard error)"""
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "SCRIBE_"))}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "handlers.main", *arguments, env=surroundings | variables,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()


async def test_migrate_makes_the_tables_and_says_so(tmp_path: Path) -> None:
    """Twice is as good as once."""
    variables = {"SCRIBE_DATABASE_URL": f"sqlite:///{tmp_path}/new.db"}
    first = await scribe(variables, "migrate")
    again = await scribe(variables, "migrate")
    assert first[0] == again[0] == 0
    assert first[1] != again[1]


async def test_run_without_tokens_names_every_mistake_at_once(tmp_path: Path) -> None:
    """And needs no traceback for it."""
    status, _, said = await scribe({"SCRIBE_DATABASE_URL": "nonsense", "SCRIBE_TRANSPROT": "http"}, "run")
    assert status == 2
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SCRIBE_DATABASE_URL", "SCRIBE_TRANSPROT"):
        assert name in said
    assert "Traceback" not in said


async def test_run_on_a_database_without_tables_says_what_to_do(tmp_path: Path) -> None:
    async with Slackd(MANIFEST, now=MORNING) as slack:
        status, _, said = await scribe(environment(slack, f"sqlite:///{tmp_path}/empty.db"), "run")
    assert status == 2
    assert "scribe migrate" in said


def _plainly(slack: Slackd, database: str) -> dict[str, str]:
    """An installation that reads the machine's own clock."""
    given = environment(slack, database)
    return {name: value for name, value in given.items() if name not in ("SCRIBE_CLOCK_URL", "SCRIBE_PULSE")}


async def test_check_finds_a_sound_installation_sound(tmp_path: Path) -> None:
    async with Slackd(MANIFEST, now=MORNING) as slack:
        status, said, _ = await scribe(_plainly(slack, fresh_sqlite(tmp_path)), "check")
    assert status == 0, said
    assert "MEND" not in said
    for what in ("database", "bot token", "scopes", "clock", "Socket Mode"):
        assert f"ok   {what}:" in said


async def test_check_says_what_to_mend(tmp_path: Path) -> None:
    """A scope that was not granted, and a database nobody migrated."""
    manifest = tmp_path / "manifest.yml"
    manifest.write_text(MANIFEST.read_text(encoding="utf-8").replace("      - pins:write\n", ""), encoding="utf-8")
    async with Slackd(manifest, now=MORNING) as slack:
        status, said, _ = await scribe(_plainly(slack, f"sqlite:///{tmp_path}/empty.db"), "check")
    assert status == 1
    assert "MEND scopes: Reinstall the app from manifest.yml; it lacks pins:write." in said
    assert "MEND database:" in said


async def test_check_names_a_token_that_slack_refuses(tmp_path: Path) -> None:
    async with Slackd(MANIFEST, now=MORNING) as slack:
        slack.revoke_tokens()
        status, said, _ = await scribe(_plainly(slack, fresh_sqlite(tmp_path)), "check")
    assert status == 1
    assert "MEND bot token: auth.test failed (token_revoked)" in said


async def test_a_backup_made_while_scribe_runs_gives_the_same_report_to_the_byte(tmp_path: Path) -> None:
    """And Scribe starts from it. Meanwhile a second program that would write the file is refused."""
    copy = tmp_path / "copy.db"
    database, restored = fresh_sqlite(tmp_path), f"sqlite:///{copy}"
    async with staged(database) as stage:
        channel = await stage.declared("Checkout is failing sev2 --started 14:40")
        await stage.alice.types("/incident event db failover started", channel)
        number = (await stage.incident(channel)).number
        status, said, _ = await scribe({"SCRIBE_DATABASE_URL": database}, "backup", str(copy))
        assert (status, "found sound" in said) == (0, True)
        before = await offline.report(stage.settings, number, None, "json")
        assert await offline.report(settings_for(stage.slack, restored), number, None, "json") == before
        with pytest.raises(StorageRefused, match="exists already"):
            backup(database, copy)
        with pytest.raises(StorageRefused, match="Another process is using"):
            migrate(database)
    async with (
        Slackd(MANIFEST, now=MORNING) as elsewhere,
        scribe_at_work(elsewhere, settings_for(elsewhere, restored)) as desk,
    ):
        found = await desk.store.incident_numbered(number)
        assert found is not None
        assert [entry.text for entry in (await desk.store.incident(found)).timeline()] == ["db failover started"]


async def test_what_was_set_aside_is_named_by_check_and_taken_up_by_retry(database: str, tmp_path: Path) -> None:
    """A topic that Slack forbids, until somebody allows it."""
    variables = {"SCRIBE_DATABASE_URL": database}
    async with staged(database) as stage:
        channel = await stage.declared()
        stage.slack.faults.error("conversations.setTopic", "no_permission")
        await stage.alice.types("/incident severity critical", channel)
        await stage.settle()
        status, said, _ = await scribe(_plainly(stage.slack, database), "check")
        assert status == 1
        found = re.search(
            r"1 set aside; once mended, run `scribe retry`.\n +\S+ \S+ UTC (\S+) \(conversations.setTopic\): "
            r"[0-9a-f]{8} no_permission",
            said,
        )
        assert found, said
        if database.startswith("sqlite"):
            with pytest.raises(StorageRefused, match="Another process is using"):
                await upkeep.retry(stage.settings, [])
    settings = load(variables, connecting=False)
    with pytest.raises(offline.NotFound, match="Nothing is set aside as no-such-key"):
        await upkeep.retry(settings, ["no-such-key"])
    assert await scribe(variables, "retry", found[1]) == (0, "1 taken up again.\n", "")
    assert await upkeep.retry(settings, []) == "Nothing was set aside."


def test_postgresql_is_backed_up_by_its_own_tool_and_the_sentence_has_no_password(tmp_path: Path) -> None:
    with pytest.raises(StorageRefused) as refused:
        backup("postgresql://scribe:hidden@db.example/scribe", tmp_path / "scribe.dump")
    said = f"pg_dump --format=custom --file={tmp_path}/scribe.dump 'postgresql://scribe@db.example/scribe'"
    assert str(refused.value) == f"PostgreSQL is backed up by its own tool: {said}"


BEGINNINGS = {"html": b"<!DOCTYPE html>", "pdf": b"%PDF-", "svg": b"<svg ", "png": b"\x89PNG"}


async def test_report_writes_pages_documents_and_pictures(database: str, tmp_path: Path) -> None:
    """Bytes as they are, to a file or into a pipe."""
    async with staged(database) as stage:
        channel = await stage.declared("Checkout is failing sev2 --started 14:40")
        number = (await stage.incident(channel)).number
    for form, beginning in BEGINNINGS.items():
        target = tmp_path / f"report.{form}"
        status, printed, said = await scribe(
            {"SCRIBE_DATABASE_URL": database}, "report", number, "--format", form, "-o", str(target)
        )
        assert (status, printed) == (0, ""), said
        assert target.read_bytes().startswith(beginning)


async def test_report_prints_what_the_channel_got(database: str, tmp_path: Path) -> None:
    """While Scribe is running, on both databases, as Markdown and as JSON, to the terminal and to a file."""
    async with staged(database) as stage:
        channel = await stage.declared("Checkout is failing sev2 --started 14:40")
        await stage.alice.types("/incident event db failover started", channel)
        number = (await stage.incident(channel)).number
        variables = {"SCRIBE_DATABASE_URL": database}
        status, printed, said = await scribe(variables, "report", number)
        assert status == 0, said
        assert "db failover started" in printed
        assert "Alice Adams" in printed
        assert stage.slack.world.workspace_url in printed
        target = tmp_path / "report.json"
        assert (await scribe(variables, "report", number, "--format", "json", "-o", str(target)))[0] == 0
        report = json.loads(target.read_text(encoding="utf-8"))
        assert report["incident"]["number"] == number
        assert "db failover started" in [row["text"] for row in report["timeline"]]
        status, _, said = await scribe(variables, "report", "INC-1")
        assert (status, said) == (2, "There is no incident INC-1 in this database.\n")


async def test_lint_prints_each_finding_and_fails_until_there_are_none(database: str) -> None:
    """A cancelled incident is asked nothing; the checks of another family see the same facts."""
    async with staged(database) as stage:
        channel = await stage.declared("Checkout is failing sev2 --started 14:40")
        number = (await stage.incident(channel)).number
        variables = {"SCRIBE_DATABASE_URL": database}
        status, printed, _ = await scribe(variables, "lint", number)
        assert status == 1
        assert "\nno-impact: No number says how large the impact was" in printed
        assert all(line.split(": ")[0].replace("-", "").isalpha() for line in printed.splitlines())
        assert (await scribe(variables, "lint", number, "--family", "security"))[0] == 1
        for asked, said in (
            (["INC-1"], "There is no incident INC-1 in this database.\n"),
            ([number, "--family", "poem"], "There is no report family poem; there are: "),
        ):
            status, printed, told = await scribe(variables, "lint", *asked)
            assert (status, printed) == (2, "")
            assert told.startswith(said)
        await stage.alice.types("/incident cancel it was a false alarm", channel)
        assert await scribe(variables, "lint", number) == (0, "", "")
