"""The versions of a report, and two of them compared, for one person to look at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from bot.decision import Offer
from bot.incident import Incident
from bot.reporting.model import Report, VersionView
from templates.blocks import actions as a
from templates.blocks.parts import Block, Message, buttons, context, message, overflow, section, sections, within
from templates.blocks.text import data, moment
from templates.blocks.words import counted, label
from templates.comparing import Section

SHOWN: Final = 20
WORDS_MOST: Final = 300
LINES_SHOWN: Final = 80
_FILES: Final = (("Markdown", "md"), ("HTML", "html"), ("PDF", "pdf"), ("JSON", "json"))


def stale_note(report: Report) -> list[str]:
    """Said where the published version does not say all that is known."""
    stale = report.document.stale
    if stale is None:
        return []
    changes = data(", ".join(stale.changes), WORDS_MOST)
    return [f"⚠️ Version {stale.number}, published {moment(stale.at)}, is out of date. Changed since: {changes}."]


def new_version(report: Report, incident: Incident) -> tuple[Offer, ...]:
    """The way to the next report, once the published one is out of date and nobody has begun it."""
    made = report.document.versions
    if report.document.stale is None or made[-1].number != report.document.stale.number:
        return ()
    thing = f"{report.family} {made[-1].number}"
    return (Offer("Make a new version", a.NEW_VERSION, a.reference(incident.id, thing), "primary"),)


def versions_message(report: Report, incident: Incident) -> Message:
    """Each version, the newest first, as a file in a form of one's choice or beside the one before it."""
    made = report.document.versions
    head = f"*Versions of the {data(report.family)} report of {data(incident.number)}*: {len(made) or 'none yet'}"
    notes = stale_note(report)
    if report.document.unnumbered and made and not notes:
        notes = ["More is recorded than stands in the newest version."]
    lines = [_line(report, incident, n) for n in reversed(range(len(made)))]
    left = [context(f"… and {len(lines) - SHOWN} earlier")] if len(lines) > SHOWN else []
    offers = new_version(report, incident)
    post = () if offers else (Offer("Post the draft", a.POSTMORTEM, a.reference(incident.id, report.family)),)
    blocks = [section(head), *([context(*notes)] if notes else []), *lines[:SHOWN], *left]
    return message(head, within(blocks, buttons((*offers, *post))))


def _line(report: Report, incident: Incident, n: int) -> Block:
    version = report.document.versions[n]
    said = f"*{version.number}* · {label(version.status)} · {data(version.author, WORDS_MOST)} · {moment(version.at)}"
    menu = overflow(a.VERSION_MENU, list(_menu(report, incident, n, version)))
    return section(f"{said}\n{data(version.summary, WORDS_MOST)}", menu)


def _menu(report: Report, incident: Incident, n: int, version: VersionView) -> Iterator[tuple[str, str]]:
    for name, form in _FILES:
        yield f"As {name}", a.choice(a.VERSION_FILE, incident.id, f"{report.family} {version.number} {form}")
    if n:
        before = report.document.versions[n - 1].number
        thing = f"{report.family} {before} {version.number}"
        yield f"Compare with {before}", a.choice(a.COMPARE, incident.id, thing)


def comparison_message(found: Sequence[Section], incident: Incident, family: str, before: str, after: str) -> Message:
    """What differs, by section; what one message cannot hold comes as a file."""
    head = f"*{data(family)} report of {data(incident.number)}*: {before} → {after or 'now'}"
    if not found:
        return message(head, [section(f"{head}\nNothing differs.")])
    changes = sum(len(part.changes) for part in found)
    lines = [line for part in found for line in _changes(part)]
    left = [context(_left(len(lines) - LINES_SHOWN, after))] if len(lines) > LINES_SHOWN else []
    summary = section(f"{head}\n{counted(changes, 'line')} in {counted(len(found), 'section')}")
    whole = Offer("All of it as a file", a.COMPARISON_FILE, a.reference(incident.id, f"{family} {before} {after}"))
    offers = (whole,) if after else ()
    return message(head, within([summary, *sections(lines[:LINES_SHOWN]), *left], buttons(offers)))


def _left(lines: int, after: str) -> str:
    """What does not fit; how things stand now becomes a file once it is a version."""
    how = "" if after else "; post the draft to compare it as a file"
    return f"… and {counted(lines, 'line')} more{how}"


def _changes(part: Section) -> Iterator[str]:
    yield f"*{data(part.title or 'Head', WORDS_MOST)}*"
    for change in part.changes:
        if change.before is None:
            yield f"➕ {data(change.after or '', WORDS_MOST)}"
        elif change.after is None:
            yield f"➖ {data(change.before, WORDS_MOST)}"
        else:
            yield f"✏️ {data(change.before, WORDS_MOST // 2)} → {data(change.after, WORDS_MOST // 2)}"
