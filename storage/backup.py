"""A copy of the SQLite file as it stood at one moment, made while the program goes on, and looked over afterwards."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL

from storage.engine import StorageRefused, read_url, sqlite_path
from storage.schema import schema_state


def backup(url: str, target: Path) -> str:
    """Copy the database into a new file that only its owner may read, and say so in a sentence.

    The file is there whole or not at all: it gets its name once SQLite has found it sound.

    Raises:
        StorageRefused: it is PostgreSQL (the sentence has the command that does it), there is no database, the file
            exists already or cannot be written, or the copy is not sound.
    """
    address = read_url(url)
    source = sqlite_path(address)
    if source is None:
        whom = URL.create("postgresql", address.username, None, address.host, address.port, address.database)
        raise StorageRefused(
            f"PostgreSQL is backed up by its own tool: pg_dump --format=custom --file={target} '{whom}'"
        )
    state = schema_state(url)
    if state.current is None:
        raise StorageRefused(str(state))
    if target.exists():
        raise StorageRefused(f"The file {target} exists already; a backup takes no other's place. Name a new one.")
    unfinished = target.with_name(f"{target.name}.unfinished")
    try:
        unfinished.unlink(missing_ok=True)
        os.close(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        _copy(source, unfinished)
        unfinished.rename(target)
    except (OSError, sqlite3.Error) as problem:
        why = problem.strerror if isinstance(problem, OSError) else str(problem)
        raise StorageRefused(f"The backup could not be made: {why}.") from None
    finally:
        unfinished.unlink(missing_ok=True)
    return f"{target} holds the database as it stood now: {target.stat().st_size} bytes, found sound."


def _copy(source: Path, target: Path) -> None:
    with (
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as here,
        closing(sqlite3.connect(target)) as there,
    ):
        here.backup(there)  # in one step: it reads one snapshot, and the program writes on meanwhile
        there.execute("PRAGMA journal_mode=DELETE")  # one file, with nothing of it in another
        (said,) = there.execute("PRAGMA integrity_check").fetchone()
        if said != "ok":
            raise StorageRefused(f"The copy is not sound, and was thrown away: {said}")
    with target.open("rb") as written:
        os.fsync(written.fileno())
