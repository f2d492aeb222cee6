"""The draft at one glance: the numbers with their definitions, the sentences, the action items, and what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from bot.decision import Offer
from bot.durations import duration
from bot.incident import Incident
from bot.reporting.model import ActionView, Report
from bot.reporting.told import ClockView, Measurement
from bot.words import ActionStatus, DocumentStatus, Milestone
from templates.blocks import actions as a
from templates.blocks.card import papers
from templates.blocks.parts import Block, Message, buttons, context, fields, header, message, section, within
from templates.blocks.screens import findings, unsigned
from templates.blocks.text import Look, data, moment
from templates.blocks.versions import new_version, stale_note
from templates.blocks.words import SEVERITY_MARKS, counted, label

WORDS_MOST = 700
LINE_MOST = 250
ITEMS_SHOWN = 5
FIELDS_SHOWN = 8
_OUTDATED = "⚠️ More has been recorded since the file below was written. What stands here is new, the file is not."
_NAMES: Final[Mapping[DocumentStatus, str]] = {
    DocumentStatus.DRAFT: "Draft",
    DocumentStatus.IN_REVIEW: "Draft in review",
    DocumentStatus.APPROVED: "Approved report",
    DocumentStatus.PUBLISHED: "Published report",
    DocumentStatus.ARCHIVED: "Archived report",
}
_STEPS: Final[Mapping[DocumentStatus, tuple[str, DocumentStatus]]] = {
    DocumentStatus.DRAFT: ("Ask for review", DocumentStatus.IN_REVIEW),
    DocumentStatus.IN_REVIEW: ("Approve", DocumentStatus.APPROVED),
    DocumentStatus.APPROVED: ("Publish", DocumentStatus.PUBLISHED),
    DocumentStatus.PUBLISHED: ("Archive the report", DocumentStatus.ARCHIVED),
    DocumentStatus.ARCHIVED: ("Review again", DocumentStatus.IN_REVIEW),
}
_SENTENCES = (("what", "Summary"), ("impact", "Impact"), ("root_cause", "Root cause"), ("resolution", "Resolution"))


def report_summary(
    report: Report, incident: Incident, look: Look, *, live: bool = False, outdated: bool = False
) -> Message:
    """The draft as a message for the channel, beside the whole of it as a file.

    `live`: for one person, not posted. `outdated`: posted earlier, and more is known than its file holds.
    """
    who = report.identity
    status = incident.document_status(report.family)
    name = _NAMES[status]
    drill = "DRILL: " if who.drill else ""
    title = f"{SEVERITY_MARKS[incident.severity]} {drill}{who.title}"
    state = f"*{data(who.number_here)}* · {data(report.family_title)} · {data(report.standing.severity_name)}"
    state += f" · {data(report.standing.status_name)}"
    state += f" · version {report.document.version}" if report.document.versions else ""
    posting = _posting(report, incident, live or outdated)
    blocks = [
        header(f"{'Report so far' if live else name}: {title}"),
        context(state, *stale_note(report), *([_OUTDATED] if outdated else []), *papers(incident, look)),
        *_sentences(report),
        fields(["\n".join(_milestones(report)), "\n".join(("*Clocks*", *map(_clock, report.family_clocks)))]),
        *_impact(report),
        *_actions(report),
        *_missing(report),
        *unsigned(report),
    ]
    return message(
        f"{state}: {name.lower()} of {data(who.title, LINE_MOST)}",
        within(blocks, buttons((*_offers(incident), *posting, *_advancing(report, incident)))),
    )


def _sentences(report: Report) -> Iterator[Block]:
    for key, title in _SENTENCES:
        sentence = report.summary.get(key)
        said = data(sentence.text, WORDS_MOST) if sentence else "_unknown_"
        yield section(f"*{title}*\n{said}")


def _milestones(report: Report) -> Iterator[str]:
    yield "*Milestones*"
    for milestone, view in report.milestones.items():
        if view.point and milestone is not Milestone.AWARE:
            about = "about " if view.point.approximate else ""
            yield f"{label(milestone)}: {about}{moment(view.point.at, view.point.cite.url)}"


def _clock(clock: ClockView) -> str:
    """A value with what it measures, or why there is none."""
    measured = f"{label(clock.definition.start)} → {label(clock.definition.end)}".lower()
    name = data(clock.definition.label, LINE_MOST)
    if not isinstance(clock, Measurement):
        return f"{name}: _{clock.state}: {data(clock.why)}_ ({measured})"
    about = "about " if clock.start.approximate or clock.end.approximate else ""
    return f"{name}: {about}*{duration(clock.elapsed)}*{_target(clock)} ({measured})"


def _target(clock: Measurement) -> str:
    if clock.target is None:
        return ""
    met = "met" if clock.target.met else "not met"
    return f", target {duration(clock.target.within)} {met}"


def _impact(report: Report) -> list[Block]:
    """What was counted; who knows more adds it in the form."""
    known = [v for v in report.fields.values() if v.field.section == "impact" and v.first and v.field.type != "list"]
    texts = [
        f"*{data(view.field.label)}*\n{data(view.first.text, LINE_MOST)}" for view in known[:FIELDS_SHOWN] if view.first
    ]
    return [fields(texts)] if texts else []


def _actions(report: Report) -> list[Block]:
    if not report.actions:
        return [section("*Action items*\n_none yet_")]
    done = sum(item.status is ActionStatus.DONE for item in report.actions)
    lines = [_action(item) for item in report.actions[:ITEMS_SHOWN]]
    if len(report.actions) > ITEMS_SHOWN:
        lines.append(f"… and {len(report.actions) - ITEMS_SHOWN} more")
    return [section("\n".join((f"*Action items* ({done} of {len(report.actions)} done)", *lines)))]


def _action(item: ActionView) -> str:
    owner = data(item.owner, LINE_MOST) if item.owner else "_nobody_"
    due = f"due {item.due.isoformat()}" if item.due else "no due date"
    due = f"due {item.assumed_due.isoformat()} (assumed)" if item.assumed_due else due
    return f"• {data(item.text, LINE_MOST)} · {owner} · {due}"


def _missing(report: Report) -> list[Block]:
    needed = [item.label for item in report.document.missing if item.required]
    lines = [f"*Still unknown*: {data(', '.join(needed), WORDS_MOST)}"] if needed else []
    if found := findings(report):
        lines.append(f"*Checks*: {counted(len(found), 'finding')}")
    return [section("\n".join(lines))] if lines else []


def _posting(report: Report, incident: Incident, wanted: bool) -> tuple[Offer, ...]:
    return (Offer("Post the draft", a.POSTMORTEM, a.reference(incident.id, report.family)),) if wanted else ()


def _advancing(report: Report, incident: Incident) -> tuple[Offer, ...]:
    """The one step that comes next in the life of the report; whoever is named may sign at any time."""
    word, status = _STEPS[incident.document_status(report.family)]
    made = Offer("Versions", a.VERSIONS, a.reference(incident.id, report.family))
    return (
        *new_version(report, incident),
        *((made,) if report.document.versions else ()),
        Offer(word, a.ADVANCE, a.reference(incident.id, f"{report.family} {status.value}")),
        Offer("Sign off", a.SIGN_OFF, a.reference(incident.id, report.family)),
    )


def _offers(incident: Incident) -> tuple[Offer, ...]:
    ref = a.reference(incident.id)
    return (
        Offer("What is missing", a.MISSING, ref, "primary"),
        Offer("Add what you know", a.FIELDS_FORM, ref),
        Offer("Milestones", a.MILESTONES, ref),
        Offer("Action items", a.ACTIONS, ref),
        Offer("Timeline", a.TIMELINE, ref),
    )
