"""Versions of a report as files: what was published is written once and kept, a draft anew from the facts of then."""

from __future__ import annotations

import asyncio

from bot.decision import Refused
from bot.incident import Incident, Version
from bot.report import build_report
from bot.versions import FROZEN, newest, version_named
from handlers.desk import Desk
from handlers.reports import context, people_in, require_family
from storage import Kept
from templates.files import FORMS


def require_version(incident: Incident, family: str, number: str = "") -> Version:
    """The version of this number; without one the newest.

    Raises:
        Refused: there is none.
    """
    found = version_named(incident, family, number) if number else newest(incident, family)
    if found is not None:
        return found
    known = ", ".join(version.number for version in incident.versions.get(family, ()))
    if not known:
        sentence = f"No version of the {family} report of {incident.number} was made yet."
        raise Refused(sentence, f"/incident postmortem {family}")
    sentence = f"There is no version {number[:20]} of the {family} report of {incident.number}; there are: {known}."
    raise Refused(sentence, f"/incident versions {family}")


def file_name(incident: Incident, family: str, version: Version, form: str) -> str:
    ending = "canvas.md" if form == "canvas" else form
    return f"{incident.number}-{family}-{version.number}.{ending}"


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
