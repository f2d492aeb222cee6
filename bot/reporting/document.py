"""The paper's own state: how far it has come, its versions with what changed, and whether it tells what is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from bot.incident import Version
from bot.reporting import gaps
from bot.reporting.model import Document, DocumentStep, ReviewView, StaleView, VersionView
from bot.reporting.reader import Reader
from bot.reporting.shown import day
from bot.reporting.told import FieldView
from bot.versions import changed_since, newest, published


def document(reader: Reader, known: Mapping[str, FieldView], reviews: tuple[ReviewView, ...]) -> Document:
    incident, family = reader.incident, reader.family
    if incident.last_stated_at is None:
        raise ValueError("an incident without facts has no report")
    status = incident.document_status(family.key)
    return Document(
        status=status,
        status_name=family.document_statuses[status],
        steps=tuple(
            DocumentStep(step.status, family.document_statuses[step.status], step.at, reader.cite(step.source, step.at))
            for step in incident.steps.get(family.key, ())
        ),
        version=_version(reader),
        versions=tuple(_versions(reader)),
        stale=_stale(reader),
        next_review=_next_review(reviews, day(incident.last_stated_at, family.zone)),
        updated_at=incident.last_stated_at,
        missing=gaps.missing(reader, known),
    )


def _version(reader: Reader) -> str:
    last = newest(reader.incident, reader.family.key)
    if last is None:
        return "none yet"
    return f"later than {last.number}" if changed_since(reader.incident, reader.family.key, last) else last.number


def _versions(reader: Reader) -> Iterator[VersionView]:
    """Each with what changed since the one before it; what is newer than all of them is no version yet."""
    made = reader.incident.versions.get(reader.family.key, ())
    for n, version in enumerate(made):
        said = [
            reader.family.document_statuses[version.status].capitalize(),
            _changes(version, made[n - 1] if n else None),
        ]
        erased, removed = (
            dict.fromkeys(day(at, reader.family.zone) for at in moments)
            for moments in (version.erased, version.removed)
        )
        said += [f"words that were deleted in Slack are erased from it since {one}" for one in erased]
        said += [f"words and the name of a person who was taken out are erased from it since {one}" for one in removed]
        yield VersionView(
            number=version.number,
            status=version.status,
            at=version.at,
            author=_author(reader, version),
            changes=version.changes,
            summary="; ".join(said),
            erased=tuple(sorted({*erased, *removed})),
            cite=reader.cite(version.source, version.at),
        )


def _changes(version: Version, before: Version | None) -> str:
    if before is None:
        return f"written from {version.statements} recorded facts"
    if not version.changes:
        return f"says what version {before.number} said"
    return f"changed since version {before.number}: {', '.join(version.changes)}"


def _author(reader: Reader, version: Version) -> str:
    return "Scribe" if version.source.by == "scribe" else reader.name(version.source.by)


def _stale(reader: Reader) -> StaleView | None:
    """What the published version does not say."""
    last = published(reader.incident, reader.family.key)
    changes = changed_since(reader.incident, reader.family.key, last) if last else ()
    return StaleView(last.number, last.at, changes) if last and changes else None


def _next_review(reviews: tuple[ReviewView, ...], today: date) -> date | None:
    """The first that is still to come, else the last there was."""
    days = sorted(review.due for review in reviews)
    return next((day for day in days if day >= today), days[-1] if days else None)
