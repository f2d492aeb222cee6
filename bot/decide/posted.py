"""Report files that stand in Slack: which of them hold words that were erased since, and what takes their place."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from bot.commands import Request
from bot.decide._common import source
from bot.decision import DeleteFile, Notice, Upload
from bot.facts import AnyFact
from bot.incident import Incident
from bot.versions import version_named

PREFIX: Final = "file:"


def name_of(upload: Upload) -> str:
    """Under which a posted file is anchored; `replaced` reads from it what stands in the file."""
    return f"{PREFIX}{upload.family}:{upload.version}:{upload.form}:{upload.against or ''}:{upload.key}"


def erasures(incident: Incident, family: str, *numbers: str) -> int:
    """How often words were erased from these versions; what is not a version counts nothing."""
    found = (version_named(incident, family, number) for number in numbers if number)
    return sum(len(version.erased) for version in found if version)


def replaced(incident: Incident, request: Request) -> tuple[tuple[AnyFact, ...], tuple[Notice, ...]]:
    """Every posted file that was written before an erasure in its versions is deleted, and posted anew where it was."""
    facts: list[AnyFact] = []
    notices: list[Notice] = []
    for what, anchor in incident.anchors.items():
        if not what.startswith(PREFIX) or anchor.gone or anchor.file is None:
            continue
        _, family, number, form, against, _ = what.split(":", 5)
        knows = erasures(incident, family, number, against)
        if anchor.knew >= knows:
            continue
        facts.append(replace(anchor, key=f"gone:{anchor.file}", at=request.now, source=source(request), gone=True))
        notices.append(DeleteFile(anchor.file, anchor.place))
        notices.append(Upload(f"again:{anchor.file}", family, number, form, anchor.place, against or None, knows))
    return tuple(facts), tuple(notices)
