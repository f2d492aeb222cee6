"""Private screens that a report answers: what is still missing, and why each milestone is when it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.decision import Offer
from bot.fields import FIELDS, SECTIONS
from bot.incident import Incident
from bot.reporting.model import Lint, Missing, Report
from bot.reporting.told import Claim, MilestoneView
from bot.words import Milestone
from templates.blocks import actions as a
from templates.blocks.parts import Block, Message, buttons, context, message, section, sections, within
from templates.blocks.text import data, moment
from templates.blocks.words import ICONS, counted, label

TITLE_MOST = 200
WORDS_MOST = 300
SECTIONS_OFFERED = 8
CLAIMS_SHOWN = 5
OPEN_QUESTION = "open-question"  # said already, as what is missing
LINTS_SHOWN = 12


def missing_message(report: Report, incident: Incident) -> Message:
    """What is still unknown, the most important first, whom to ask, and a form for it; then the quality checks."""
    unknown = report.document.missing
    needed = sum(item.required for item in unknown)
    head = f"*Still unknown in {incident.number}*: {counted(len(unknown), 'thing')}, {needed} of them needed"
    if not unknown:
        head = f"*{incident.number}*: nothing is missing."
    needed_lines = [_missing(item) for item in unknown if item.required]
    blocks = [section(head), *sections(needed_lines), *_by_section(unknown)]
    if found := findings(report):
        checks = [_lint(lint) for lint in found[:LINTS_SHOWN]]
        blocks += [section(f"*Checks*: {counted(len(found), 'finding')}"), *sections(checks)]
    blocks += unsigned(report)
    return message(head, within(blocks, buttons(_answers(unknown, incident.id))))


def unsigned(report: Report) -> list[Block]:
    """Whose signature is still to come."""
    due = [signer for signer in report.signers if not signer.day.known]
    if not due:
        return []
    named = (f"{s.label} ({s.person.first.text if s.person.first else 'nobody named yet'})" for s in due)
    return [context(f"*Not signed yet*: {data(', '.join(named), WORDS_MOST)}")]


def findings(report: Report) -> list[Lint]:
    """The quality checks' findings, without what is said already as missing."""
    return [lint for lint in report.lints if lint.id != OPEN_QUESTION]


def _by_section(unknown: Sequence[Missing]) -> list[Block]:
    """What would be good to know as well: how much of each section; its form shows what."""
    others = Counter(FIELDS[item.key].section for item in unknown if not item.required and item.key in FIELDS)
    if not others:
        return []
    listed = " · ".join(f"{SECTIONS[key].title} ({count})" for key, count in others.items())
    return [section(f"*Good to know as well*\n{listed}"), context("`/incident set` opens the form of a section.")]


def _missing(item: Missing) -> str:
    ask = f"ask {data(item.who, TITLE_MOST)} · `{data(item.how, TITLE_MOST)}`"
    return f"❗ *{data(item.label, TITLE_MOST)}* · {ask}"


def _lint(lint: Lint) -> str:
    return f"⚠️ {data(lint.sentence, WORDS_MOST)} `{data(lint.id, TITLE_MOST)}`"


def _answers(unknown: Sequence[Missing], incident: int) -> list[Offer]:
    """One form for the milestones, one for each section that lacks something, the important sections first."""
    keys = [item.key for item in unknown]
    offers = []
    if any(key in Milestone.__members__.values() for key in keys):
        offers.append(Offer("Set milestones", a.SET_MILESTONES, a.reference(incident), "primary"))
    lacking = dict.fromkeys(FIELDS[key].section for key in keys if key in FIELDS)
    forms = (Offer(f"{SECTIONS[key].title}…", a.FIELDS_FORM, a.reference(incident, key)) for key in lacking)
    return [*offers, *list(forms)[:SECTIONS_OFFERED]]


def milestones_message(report: Report, incident: Incident) -> Message:
    """Each milestone: which moment counts and why, and everything else that was said of it, by whom and when."""
    head = f"*Milestones of {incident.number}*"
    blocks = [section(head), *(section("\n".join(_milestone(view))) for view in report.milestones.values())]
    offer = Offer("Set milestones", a.SET_MILESTONES, a.reference(incident.id))
    return message(head, within(blocks, buttons((offer,))))


def _milestone(view: MilestoneView) -> Iterator[str]:
    name = f"{ICONS[view.milestone]} *{label(view.milestone)}*"
    if view.point:
        yield f"{name} {_at(view.point.at, view.point.approximate, view.point.cite.url)} · {data(view.why)}"
    elif view.assumed_at:
        yield f"{name} _unknown_; assumed {moment(view.assumed_at)}: {data(view.why)}"
    else:
        yield f"{name} _unknown_: {data(view.why)}"
    if len(view.history) > 1 or (view.history and not view.point):
        yield from map(_claim, view.history[-CLAIMS_SHOWN:])
    if len(view.history) > CLAIMS_SHOWN:
        yield f"        … and {len(view.history) - CLAIMS_SHOWN} earlier"


def _claim(claim: Claim) -> str:
    mark = "✔️" if claim.counts else "▫️"
    how = f"{data(claim.cite.by, TITLE_MOST)} ({claim.cite.via}) {moment(claim.cite.at)}"
    return f"        {mark} {_at(claim.at, claim.approximate, claim.cite.url)}, said by {how}: {data(claim.why)}"


def _at(at: datetime, approximate: bool, url: str | None) -> str:
    return ("about " if approximate else "") + moment(at, url)
