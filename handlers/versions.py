"""Versions of a report as files: what was published is written once and kept, a draft anew from the facts of then."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from bot.incident import Incident, Version
from bot.report import build_report
from bot.versions import FROZEN, require_version
from handlers.desk import Desk
from handlers.reports import context, people_in, require_family
from storage import Kept
from templates.comparing import Section, as_text, compared
from templates.files import FORMS


def file_name(incident: Incident, family: str, number: str, form: str, against: str | None = None) -> str:
    ending = "canvas.md" if form == "canvas" else form
    versions = f"{against}-to-{number}" if against else number
    return f"{incident.number}-{family}-{versions}.{ending}"


async def version_body(desk: Desk, incident: int, family: str, version: Version, form: str) -> bytes:
    """The bytes of a version in one of the forms of `templates.files`.

    Those of a published one are written by whoever needs them first, and are the same ever after. Where words are
    erased meanwhile, they are written again.

    Raises:
        Refused: it is a draft of a family that is not at hand any more.
    """
    if version.status not in FROZEN:
        past = await desk.store.incident_as_of(incident, version.seq)
        return await _written(desk, past.incident, family, form)
    while (kept := await desk.store.kept_version(incident, family, version.number, form)) is None:
        past = await desk.store.incident_as_of(incident, version.seq)
        body = await _written(desk, past.incident, family, form)
        made = Kept(incident, family, version.number, form, version.seq, body)
        await desk.store.keep_version(made, past, desk.clock.now())
    return kept


async def _written(desk: Desk, incident: Incident, family: str, form: str) -> bytes:
    """Beside the loop: a long report takes seconds."""
    require_family(desk, family)
    await desk.directory.meet(people_in(incident), desk.clock.now())
    order = sorted(desk.families.values(), key=lambda each: each.key != family)
    view = context(desk)

    def write() -> bytes:
        report, *others = (build_report(incident, each, view) for each in order)
        return FORMS[form](report, others)

    return await asyncio.to_thread(write)


async def freeze(desk: Desk, incident: int, family: str, number: str) -> None:
    """Have every form of a published version kept."""
    version = require_version(await desk.store.incident(incident), family, number)
    for form in FORMS:
        await version_body(desk, incident, family, version, form)


async def comparison(desk: Desk, incident: Incident, family: str, before: str, after: str = "") -> tuple[Section, ...]:
    """What differs between two versions; without a second one, between the first and how things stand now.

    Raises:
        Refused: there is no such version, or no such family.
    """
    first = require_version(incident, family, before)
    old = await version_body(desk, incident.id, family, first, "md")
    if after:
        new = await version_body(desk, incident.id, family, require_version(incident, family, after), "md")
    else:
        new = await _written(desk, incident, family, "md")
    return await asyncio.to_thread(compared, old.decode(), new.decode())


def comparison_text(found: Sequence[Section], incident: Incident, family: str, before: str, after: str = "") -> str:
    return as_text(found, f"{incident.number}, {family} report: version {before} → {after or 'as it stands now'}")
