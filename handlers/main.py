"""The command line, `scribe --help`. The only place that reads environment and clock."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from pathlib import Path
from typing import ParamSpec

import click

from bot.decision import Refused
from bot.durations import parse_duration
from handlers import checkup, offline, upkeep
from handlers.logs import configure
from handlers.mistakes import Misconfigured
from handlers.running import run as run_scribe
from handlers.settings import Settings, load
from storage import StorageRefused, backup, migrate
from templates.files import BINARY, FORMS

P = ParamSpec("P")


def _plainly(command: Callable[P, None]) -> Callable[P, None]:
    """What a person can mend is said in sentences on standard error, without a traceback."""

    @wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except (Misconfigured, StorageRefused, offline.NotFound) as mistake:
            click.echo(str(mistake), err=True)
            sys.exit(2)

    return wrapped


def _settings(*, connecting: bool) -> Settings:
    settings = load(os.environ, connecting=connecting)
    configure(settings)
    return settings


@click.group()
@click.version_option(package_name="incident-scribe")
def main() -> None:
    """Scribe writes the post-mortem while the incident is still going on."""


@main.command()
@_plainly
def run() -> None:
    """Connect to Slack and work until told to stop."""
    settings = _settings(connecting=True)
    asyncio.run(run_scribe(settings, name=f"{os.uname().nodename}:{os.getpid()}"))


@main.command("migrate")
@_plainly
def migrate_command() -> None:
    """Bring the database to this version's tables."""
    settings = _settings(connecting=False)
    click.echo(migrate(settings.database_url.get_secret_value()))


@main.command()
@_plainly
def check() -> None:
    """Look whether everything is in place, and say what to mend."""
    findings = asyncio.run(checkup.examine(_settings(connecting=True)))
    for finding in findings:
        click.echo(f"{'ok  ' if finding.ok else 'MEND'} {finding.what}: {finding.sentence}")
    sys.exit(0 if all(finding.ok for finding in findings) else 1)


@main.command()
@click.argument("number")
@click.option("--family", default=None, help="The report family; default is the incident's own.")
@click.option("--version", "version", default="", help="A version of it, such as 1.0; default is as it stands now.")
@click.option("--format", "form", type=click.Choice(list(FORMS)), default="md", show_default=True)
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="A file; default is the terminal."
)
@_plainly
def report(number: str, family: str | None, version: str, form: str, output: Path | None) -> None:
    """Print the report of one incident; svg and png are its timeline picture."""
    if output is None and form in BINARY and sys.stdout.isatty():
        raise click.UsageError(f"A {form} file is nothing for a terminal: name a file with -o.")
    settings = _settings(connecting=False)
    made = asyncio.run(offline.report(settings, number, family, form, version))
    if output is None:
        click.echo(made, nl=False)
    else:
        output.write_bytes(made)


@main.command()
@click.argument("number")
@click.option("--family", default=None, help="The report family; default is the incident's own.")
@_plainly
def versions(number: str, family: str | None) -> None:
    """List the versions of one incident's report: number, time, status, author and what changed."""
    for made in asyncio.run(offline.versions(_settings(connecting=False), number, family)):
        click.echo(f"{made.number}  {made.at:%Y-%m-%d %H:%M} UTC  {made.status}  {made.author}  {made.summary}")


@main.command()
@click.argument("number")
@click.argument("before")
@click.argument("after", default="")
@click.option("--family", default=None, help="The report family; default is the incident's own.")
@_plainly
def diff(number: str, before: str, after: str, family: str | None) -> None:
    """Compare two versions of one incident's report by section, or one with how it stands now."""
    click.echo(asyncio.run(offline.diff(_settings(connecting=False), number, family, before, after)), nl=False)


@main.command()
@click.argument("number")
@click.option("--family", default=None, help="The report family; default is the incident's own.")
@_plainly
def lint(number: str, family: str | None) -> None:
    """Check the report of one incident; docs/lints.md says why each finding matters. Exit status 1: there are any."""
    findings = asyncio.run(offline.lint(_settings(connecting=False), number, family))
    for finding in findings:
        click.echo(f"{finding.id}: {finding.sentence}")
    sys.exit(1 if findings else 0)


@main.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@_plainly
def backup_command(file: Path) -> None:
    """Copy the SQLite database into a new FILE, also while Scribe is running. To restore, start from the copy."""
    click.echo(backup(_settings(connecting=False).database_url.get_secret_value(), file))


@main.command()
@click.argument("keys", nargs=-1)
@_plainly
def retry(keys: tuple[str, ...]) -> None:
    """Take up again what was set aside: all of it, or the KEYS that `scribe check` names."""
    click.echo(asyncio.run(upkeep.retry(_settings(connecting=False), keys)))


def _age(_context: click.Context, _option: click.Parameter, said: str | None) -> timedelta | None:
    try:
        return None if said is None else parse_duration(said)
    except Refused as refused:
        raise click.BadParameter(str(refused)) from None


def _person(_context: click.Context, _option: click.Parameter, said: str | None) -> str | None:
    if said is not None and not upkeep.is_person(said):
        raise click.BadParameter("must be a person's id in Slack, such as U0123MARIA")
    return said


def _since(_context: click.Context, _option: click.Parameter, said: str | None) -> datetime | None:
    """A date, or a length of time before now."""
    if said is None:
        return None
    try:
        return datetime.fromisoformat(said).replace(tzinfo=UTC)
    except ValueError:
        age = _age(_context, _option, said)
        return None if age is None else datetime.now(UTC) - age


@main.command()
@click.option("--since", callback=_since, help="From this date on (UTC), or so long ago, as 30d; default is all.")
@click.option("--format", "form", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True)
@_plainly
def audit(since: datetime | None, form: str) -> None:
    """Print who did or tried what, when and where; nothing of what was said is in it."""
    click.echo(asyncio.run(upkeep.audit(_settings(connecting=False), since, form)), nl=False)


@main.command()
@click.option("--older-than", callback=_age, help="Forget the transcript of incidents that are over from then, as 90d.")
@click.option("--person", callback=_person, help="Take out the words and the name of the person with this Slack id.")
@click.option("--dry-run", is_flag=True, help="Only say how much it would be.")
@_plainly
def purge(older_than: timedelta | None, person: str | None, dry_run: bool) -> None:
    """Forget on purpose; docs/operations.md says what goes and what stays. With SQLite, stop Scribe first."""
    if (older_than is None) == (person is None):
        raise click.UsageError("Say either --older-than or --person.")
    click.echo(asyncio.run(upkeep.purge(_settings(connecting=False), older_than, person, dry_run=dry_run)))


if __name__ == "__main__":
    main()
