"""What the command line does without Slack: read the memory, and write or check a report."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.decision import Refused
from bot.incident import Incident, Version
from bot.report import Report, ReportContext, build_report
from bot.reporting.model import Lint, VersionView
from bot.versions import require_version
from handlers.directory import is_id
from handlers.reports import people_in
from handlers.settings import Settings
from handlers.versions import comparison_text
from storage import Store
from templates.comparing import compared
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
        return await _body(store, incident, family or incident.family, settings, form, version)


async def _body(store: Store, incident: Incident, family: str, settings: Settings, form: str, version: str) -> bytes:
    if version:
        made = _version(incident, family, version)
        if kept := await store.kept_version(incident.id, family, made.number, form):
            return kept
        incident = (await store.incident_as_of(incident.id, made.seq)).incident
    first, *others = await _reports(store, incident, family, settings)
    return FORMS[form](first, others)


async def diff(settings: Settings, number: str, family: str | None, before: str, after: str = "") -> str:
    """What differs between two versions of a report, by section; without a second one, from how it stands now.

    Raises:
        NotFound: no incident has this number, no family this name, or the report no such version.
        StorageRefused: the database is not ready.
    """
    async with _opened(settings, number) as (store, incident):
        key = family or incident.family
        old, new = [await _body(store, incident, key, settings, "md", each) for each in (before, after)]
    return comparison_text(compared(old.decode(), new.decode()), incident, key, before, after)


async def versions(settings: Settings, number: str, family: str | None) -> tuple[VersionView, ...]:
    """The versions of a report, the oldest first.

    Raises:
        NotFound: no incident has this number, or no family this name.
        StorageRefused: the database is not ready.
    """
    async with _opened(settings, number) as (store, incident):
        return (await _reports(store, incident, family or incident.family, settings))[0].document.versions


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
