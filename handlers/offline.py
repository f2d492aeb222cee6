"""What the command line does without Slack: read the memory and write or check a report."""

from __future__ import annotations

from bot.incident import Incident
from bot.report import Report, ReportContext, build_report
from bot.reporting.model import Lint
from handlers.directory import is_id
from handlers.reports import people_in
from handlers.settings import Settings
from storage import Store
from templates.files import FORMS
from templates.own import known_families


class NotFound(Exception):
    """There is no such incident or report family; the sentence says what there is."""


async def report(settings: Settings, number: str, family: str | None, form: str) -> bytes:
    """The report of one incident, in one of the forms of `templates.files`.

    Raises:
        NotFound: no incident has this number, or no family this name.
        StorageRefused: the database is not ready.
    """
    made, *others = await _reports(settings, number, family)
    return FORMS[form](made, others)


async def lint(settings: Settings, number: str, family: str | None) -> tuple[Lint, ...]:
    """What the quality checks find in the report of one incident.

    Raises:
        NotFound: no incident has this number, or no family this name.
        StorageRefused: the database is not ready.
    """
    return (await _reports(settings, number, family))[0].lints


async def _reports(settings: Settings, number: str, family: str | None) -> list[Report]:
    """The report asked for, and after it those of the other families."""
    families = known_families(settings.policy.families_folder)
    async with Store.open(settings.database_url.get_secret_value(), me="report", read_only=True) as store:
        found = await store.incident_numbered(number)
        if found is None:
            raise NotFound(f"There is no incident {number} in this database.")
        incident = await store.incident(found)
        known = family or incident.family
        if known not in families:
            raise NotFound(f"There is no report family {known}; there are: {', '.join(families)}.")
        view = await _context(store, incident, settings)
    order = sorted(families.values(), key=lambda each: each.key != known)
    return [build_report(incident, each, view) for each in order]


async def _context(store: Store, incident: Incident, settings: Settings) -> ReportContext:
    people = await store.people([who for who in people_in(incident) if is_id(who)])
    names = {key: person.name for key, person in people.items()}
    return ReportContext(names=names, channels=names, team_url=await store.team_url(), policy=settings.policy)
