"""What the command line does without Slack: read the memory and write a report."""

from __future__ import annotations

from bot.incident import Incident
from bot.report import ReportContext, build_report
from handlers.directory import is_id
from handlers.reports import people_in
from handlers.settings import Settings
from storage import Store
from templates.families import available, load_family
from templates.files import FORMS


class NotFound(Exception):
    """There is no such incident or report family; the sentence says what there is."""


async def report(settings: Settings, number: str, family: str | None, form: str) -> bytes:
    """The report of one incident, in one of the forms of `templates.files`.

    Raises:
        NotFound: no incident has this number, or no family this name.
        StorageRefused: the database is not ready.
    """
    families = {key: load_family(key) for key in available()}
    async with Store.open(settings.database_url.get_secret_value(), me="report", read_only=True) as store:
        found = await store.incident_numbered(number)
        if found is None:
            raise NotFound(f"There is no incident {number} in this database.")
        incident = await store.incident(found)
        known = family or incident.family
        if known not in families:
            raise NotFound(f"There is no report family {known}; there are: {', '.join(families)}.")
        view = await _context(store, incident, settings)
    others = (build_report(incident, each, view) for key, each in families.items() if key != known)
    return FORMS[form](build_report(incident, families[known], view), others)


async def _context(store: Store, incident: Incident, settings: Settings) -> ReportContext:
    people = await store.people([who for who in people_in(incident) if is_id(who)])
    names = {key: person.name for key, person in people.items()}
    return ReportContext(names=names, channels=names, team_url=await store.team_url(), policy=settings.policy)
