"""What the command line does without Slack: read the memory, and write or check a report."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.decision import Refused
from bot.incident import Incident, Version
from bot.report import Report, ReportContext, build_report
from bot.reporting.model import Lint
from handlers.directory import is_id
from handlers.reports import people_in
from handlers.settings import Settings
from handlers.versions import require_version
from storage import Store
from templates.files import FORMS
from templates.own import known_families


class NotFound(Exception):
    """There is no such incident or report family; the sentence says what there is."""


async def report(settings: Settings, number: str, family: str | None, form: str, version: str = "") -> bytes:
    """The report of one incident, in one of the forms of `templates.files`: as it stands now, or as a version says it.

    A published version has the bytes that were kept; any other is written anew from the facts of then.

    Raises:
        NotFound: no incident has this number, no family this name, or the report no such version.
        StorageRefused: the database is not ready.
    """
    async with _opened(settings, number) as (store, incident):
        key = family or incident.family
        if version:
            made = _version(incident, key, version)
            if kept := await store.kept_version(incident.id, key, made.number, form):
                return kept
            incident = (await store.incident_as_of(incident.id, made.seq)).incident
        first, *others = await _reports(store, incident, key, settings)
    return FORMS[form](first, others)


def _version(incident: Incident, family: str, number: str) -> Version:
    try:
        return require_version(incident, family, number)
    except Refused as refused:
        raise NotFound(refused.sentence) from None


async def lint(settings: Settings, number: str, family: str | None) -> tuple[Lint, ...]:
    """What the quality checks find in the report of one incident.

    Raises:
        NotFound: no incident has this number, or no family this name.
        StorageRefused: the database is not ready.
    """
    async with _opened(settings, number) as (store, incident):
        return (await _reports(store, incident, family or incident.family, settings))[0].lints


@asynccontextmanager
async def _opened(settings: Settings, number: str) -> AsyncIterator[tuple[Store, Incident]]:
    """The memory, to be read, and the incident of this number."""
    async with Store.open(settings.database_url.get_secret_value(), me="report", read_only=True) as store:
        found = await store.incident_numbered(number)
        if found is None:
            raise NotFound(f"There is no incident {number} in this database.")
        yield store, await store.incident(found)


async def _reports(store: Store, incident: Incident, family: str, settings: Settings) -> list[Report]:
    """The report asked for, and after it those of the other families."""
    families = known_families(settings.policy.families_folder)
    if family not in families:
        raise NotFound(f"There is no report family {family}; there are: {', '.join(families)}.")
    view = await _context(store, incident, settings)
    order = sorted(families.values(), key=lambda each: each.key != family)
    return [build_report(incident, each, view) for each in order]


async def _context(store: Store, incident: Incident, settings: Settings) -> ReportContext:
    people = await store.people([who for who in people_in(incident) if is_id(who)])
    names = {key: person.name for key, person in people.items()}
    return ReportContext(names=names, channels=names, team_url=await store.team_url(), policy=settings.policy)
