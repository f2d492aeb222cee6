"""What an operator does to the memory from the command line: take up again what was set aside, and purge."""

from __future__ import annotations

import csv
import getpass
import io
import json
import re
from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import UTC, datetime, timedelta

from handlers.offline import NotFound
from handlers.settings import Settings
from storage import Attempt, Deed, Store


async def retry(settings: Settings, keys: Sequence[str]) -> str:
    """Take up again what was set aside, and say how much; no keys mean all of it.

    Raises:
        NotFound: one of the keys is not set aside.
        StorageRefused: the database is not ready, or a running Scribe has the SQLite file.
    """
    async with Store.open(settings.database_url.get_secret_value(), me="retry") as store:
        again = await store.try_again(keys)
        await _note(store, "retry", datetime.now(UTC))
    if unknown := sorted(set(keys) - set(again)):
        raise NotFound(f"Nothing is set aside as {', '.join(unknown)}; `scribe check` names what is.")
    return f"{len(again)} taken up again." if again else "Nothing was set aside."


async def purge(settings: Settings, older_than: timedelta | None, person: str | None, *, dry_run: bool) -> str:
    """Forget what is older, or what one person said and was called; say how much went, or would go.

    Raises:
        NotFound: nothing in this database is that person's.
        StorageRefused: the database is not ready, or a running Scribe has the SQLite file.
    """
    now = datetime.now(UTC)
    async with Store.open(settings.database_url.get_secret_value(), me="purge") as store:
        if person is not None:
            counts = await store.purge_person(person, now, dry_run=dry_run)
        else:
            counts = await store.purge_old(now, older_than, dry_run=dry_run)
        if not dry_run:
            await _note(store, "purge", now)
    if person is not None and not any(counts.values()):
        raise NotFound(
            f"Nothing in this database is of {person}; a person is named by their Slack id, such as U0123MARIA."
        )
    listed = ", ".join(f"{count} {what}" for what, count in counts.items())
    return f"{'Would be purged' if dry_run else 'Purged'}: {listed}."


async def audit(settings: Settings, since: datetime | None, form: str) -> str:
    """The audit log as JSON lines or as CSV: who did or tried what, when and where; no word of what was said.

    Raises:
        StorageRefused: the database is not ready.
    """
    async with Store.open(settings.database_url.get_secret_value(), me="audit", read_only=True) as store:
        deeds = await store.deeds(since)
    rows = [{**asdict(deed), "at": deed.at.isoformat()} for deed in deeds]
    written = io.StringIO()
    if form == "csv":
        table = csv.DictWriter(written, [field.name for field in fields(Deed)], lineterminator="\n")
        table.writeheader()
        table.writerows(rows)
    else:
        written.writelines(f"{json.dumps(row)}\n" for row in rows)
    return written.getvalue()


async def _note(store: Store, what: str, now: datetime) -> None:
    """What an operator did is in the audit log too."""
    key = f"cli:{what}:{now.isoformat()}"
    await store.note_attempt(Attempt(key, now, getpass.getuser(), "cli", what, "", None, "done"))


def is_person(id: str) -> bool:
    """Whether this is written as Slack writes a person's id."""
    return re.fullmatch(r"[UW][A-Z0-9]{2,}", id) is not None
