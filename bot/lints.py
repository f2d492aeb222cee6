"""Quality checks of a report: deterministic, each with a stable id and a sentence that says what to do about it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Final

from bot.durations import DURATION, duration, read_duration
from bot.fields import DETECTED_BY_MACHINE, FIELDS, IMPACT_NUMBERS
from bot.milestones import ORDER
from bot.reporting.model import ActionView, Lint, Report
from bot.reporting.told import Contradiction, Measurement
from bot.verbs import VERBS
from bot.wire import one_line, shorten
from bot.words import ActionStatus, ActionType, DocumentStatus, Kind, Milestone, Status

GAP: Final = timedelta(minutes=30)
"""Longest silence in an open incident's timeline that asks no question (PRODUCT 2.3)."""
ENOUGH_FACTORS: Final = 2
FACTORS: Final = tuple(key for key, field in FIELDS.items() if field.section == "factors")
CAUSES: Final = ("root_cause", "trigger", "what_happened", "why_1", "why_2", "why_3", "why_4", "why_5", *FACTORS)

_HINDSIGHT: Final = re.compile(r"\b(?:should|ought to|could)(?:n['’]t| not)?(?: have|['’]ve)\b", re.IGNORECASE)
_NAMED_CAUSE: Final = re.compile(
    r"\b(?:human|operator|user|pilot) error\b|\bcareless|\bto blame\b|['’]s (?:fault|mistake)\b", re.IGNORECASE
)
_DEED: Final = re.compile(
    r"(?P<who>@\S+|\b[A-Z][a-z]+|\b(?:[Hh]e|[Ss]he))\s+(?:just\s+|accidentally\s+)*"
    r"(?:broke|forgot|botched|messed up|screwed up|killed|deleted|wrecked|took down)\b"
)
_WORDS: Final = """
It This That The We Something Nothing Nobody Which Deploy Deployment Release Rollout Rollback Migration Config Change
Search Server Database Traffic Cron Script Job Build Update Upgrade Restart Failover Kubernetes Terraform
"""
_THINGS: Final = frozenset(_WORDS.split())
"""Capitalised at the head of a sentence, and nobody."""
_LASTED: Final = re.compile(
    rf"\b(?:lasted|down for|out for|outage of|duration of|degraded for)\s+(?:about\s+|around\s+)?({DURATION})",
    re.IGNORECASE,
)


def lints(report: Report) -> tuple[Lint, ...]:
    """All findings, in the order of the checks; of a cancelled or merged incident none is expected."""
    if report.standing.status in (Status.CANCELLED, Status.MERGED):
        return ()
    return tuple(finding for check in CHECKS for finding in check(report))


def _excerpt(text: str, limit: int = 80) -> str:
    return shorten(one_line(text), limit)


def _missing_milestone(report: Report) -> Iterator[Lint]:
    for gap in report.document.missing:
        if gap.key in Milestone.__members__.values():
            yield Lint("missing-milestone", f"{gap.label} is not known: {gap.how}", gap.key)


def _impossible_order(report: Report) -> Iterator[Lint]:
    for first, second in ORDER:
        early, late = report.milestones[first].point, report.milestones[second].point
        if early and late and late.at < early.at:
            names = [str(m).replace("_", " ") for m in (second, first)]
            yield Lint("impossible-order", f"{names[0].capitalize()} is stated before {names[1]}.", f"{first}:{second}")


def _no_impact(report: Report) -> Iterator[Lint]:
    if not any(report.fields[key].known for key in IMPACT_NUMBERS):
        yield Lint("no-impact", "No number says how large the impact was: /incident set users_affected …")


def _silent_gap(report: Report) -> Iterator[Lint]:
    """Between the start, else the declaration, and the resolution, nobody recorded anything for long."""
    begin = report.milestones[Milestone.STARTED].point or report.identity.declared
    resolved = report.milestones[Milestone.RESOLVED].point
    rows = [row for row in report.timeline if row.at >= begin.at and (resolved is None or row.at <= resolved.at)]
    for before, after in pairwise(rows):
        if after.at - before.at > GAP:
            gap = duration(after.at - before.at)
            yield Lint(
                "silent-gap", f"Nothing is recorded for {gap} after “{_excerpt(before.text, 60)}”.", before.entry or ""
            )


def _few_factors(report: Report) -> Iterator[Lint]:
    count = sum(len(report.fields[key].answers) for key in FACTORS)
    if count < ENOUGH_FACTORS:
        sentence = f"{count} contributing factor{'' if count == 1 else 's'}: incidents of one cause alone are rare."
        yield Lint("few-factors", sentence)


def _people(report: Report) -> frozenset[str]:
    """The names of those who took part, and the parts of them long enough to mean somebody."""
    roles = (role.holder for role in report.standing.roles)
    marked = (row.cite.by for row in report.timeline if row.cite.by != "scribe")
    full = {name for name in (*roles, *marked) if name}
    return frozenset(full | {part for name in full for part in name.split() if len(part) > 2})


def _blame(report: Report) -> Iterator[Lint]:
    people = _people(report)
    for key in CAUSES:
        for answer in report.fields[key].answers:
            if _NAMED_CAUSE.search(answer.text) or _names_one(answer.text, people):
                label = report.fields[key].field.label
                yield Lint(
                    "blame", f"{label} names a person as cause: “{_excerpt(answer.text)}”. Say what let it happen.", key
                )
    for row in report.timeline:
        if not row.composed and _blames(row.text, people):
            yield Lint("blame", f"A line on the timeline reads as blame: “{_excerpt(row.text)}”.", row.entry or "")


def _names_one(text: str, people: frozenset[str]) -> bool:
    words = set(re.findall(r"\w[\w.-]*\w", text))
    return bool(words & people) or bool(re.search(r"(?<!\w)@\w", text))


def _blames(text: str, people: frozenset[str]) -> bool:
    found = _DEED.search(text)
    return bool(_NAMED_CAUSE.search(text)) or bool(found and (found["who"] in people or found["who"] not in _THINGS))


def _should_have(report: Report) -> Iterator[Lint]:
    for view in report.fields.values():
        for answer in view.answers:
            if _HINDSIGHT.search(answer.text):
                yield Lint(
                    "should-have", f"Hindsight in “{_excerpt(answer.text)}”: say what made sense then.", view.field.key
                )
    for line in (*report.said[Kind.WENT_WRONG], *report.said[Kind.WENT_WELL]):
        if _HINDSIGHT.search(line.text):
            yield Lint("should-have", f"Hindsight in “{_excerpt(line.text)}”: say what made sense then.", "timeline")


def _duration_mismatch(report: Report) -> Iterator[Lint]:
    """A person's sentence states a length that no clock has; a minute's rounding is allowed."""
    clocks = [c.elapsed for c in (*report.clocks, *report.family_clocks) if isinstance(c, Measurement)]
    known = [*clocks, *([report.slo.degraded] if report.slo.degraded else [])]
    for key in ("summary", "impact_summary", "resolution"):
        for answer in report.fields[key].answers:
            for said in _LASTED.findall(answer.text):
                if known and all(abs(read_duration(said) - one) > timedelta(minutes=1) for one in known):
                    yield Lint(
                        "duration-mismatch", f"“{said}” in “{_excerpt(answer.text)}” is none of the clocks.", key
                    )


def _no_luck(report: Report) -> Iterator[Lint]:
    if not report.said[Kind.GOT_LUCKY] and not report.fields["got_lucky"].known:
        yield Lint("no-luck", "Nothing says where you got lucky: what could have made it worse and did not?")


def _open_actions(report: Report) -> list[ActionView]:
    return [item for item in report.actions if item.status is not ActionStatus.DECLINED]


def _actions(report: Report) -> Iterator[Lint]:
    for item in _open_actions(report):
        for id_, holds, one, several in _ACTION_CHECKS:
            if holds(item):
                yield Lint(id_, f"{item.id} “{_excerpt(item.text, 60)}” {one}", item.id, several)


def _starts_with_verb(text: str) -> bool:
    first = re.match(r"\W*(\w[\w-]*)", text)
    return bool(first) and first[1].lower().split("-")[0] in VERBS if first else False


def _is_late(item: ActionView) -> bool:
    return item.due is not None and item.due < item.cite.at.date()


def _has_no_date(item: ActionView) -> bool:
    return item.due is None and item.status is not ActionStatus.DONE


_ACTION_CHECKS: Final[tuple[tuple[str, Callable[[ActionView], bool], str, str], ...]] = (
    ("action-no-owner", lambda item: item.owner is None, "has no owner.", "have no owner."),
    ("action-no-due", _has_no_date, "has no due date of its own.", "have no due date of their own."),
    ("action-due-past", _is_late, "was due before it was written.", "were due before they were written."),
    (
        "action-no-verb",
        lambda item: not _starts_with_verb(item.text),
        "does not begin with what is to be done.",
        "do not begin with what is to be done.",
    ),
    (
        "action-not-checkable",
        lambda item: not item.verification,
        "does not say how to see that it is done.",
        "do not say how to see that they are done.",
    ),
)
"""Id, what is wrong, how one item and how several are said."""


def _one_type(report: Report) -> Iterator[Lint]:
    types = [item.type for item in _open_actions(report)]
    if len(types) > 1 and types[0] is not None and len(set(types)) == 1:
        yield Lint(
            "actions-one-type", f"All action items are of the type {types[0]}; what would detect or mitigate it?"
        )


def _no_detect(report: Report) -> Iterator[Lint]:
    method = report.fields["detection_method"].first
    if method is None or method.value == DETECTED_BY_MACHINE:
        return
    if not any(item.type is ActionType.DETECT for item in _open_actions(report)):
        yield Lint("no-detect-action", f"Noticed by {method.text}, and no action item is to detect it sooner.")


def _no_reviewer(report: Report) -> Iterator[Lint]:
    author = report.fields["author"].first
    others = [signer.person for signer in report.signers if signer.key != "author"]
    reviewers = {answer.text for person in (*others, report.fields["technical_reviewer"]) for answer in person.answers}
    if not reviewers - {author.text if author else ""}:
        yield Lint("no-reviewer", "Nobody other than the author is to review it: /incident set technical_reviewer …")
    approved = [step for step in report.document.steps if step.status is DocumentStatus.APPROVED]
    if author and approved and approved[-1].cite.by == author.text:
        yield Lint("no-reviewer", "The author approved it: ask somebody else, /incident review begins again.")


def _open_question(report: Report) -> Iterator[Lint]:
    for gap in report.document.missing:
        if gap.required and gap.key in FIELDS:
            yield Lint("open-question", f"{gap.label} is an open question for {gap.who}: {gap.how}", gap.key)


def _contradiction(report: Report) -> Iterator[Lint]:
    """A clock that the pairs above do not cover."""
    covered = {f"{first}:{second}" for first, second in ORDER}
    for clock in report.family_clocks:
        definition = clock.definition
        if isinstance(clock, Contradiction) and f"{definition.start}:{definition.end}" not in covered:
            yield Lint("impossible-order", f"{definition.label} cannot be said: {clock.why}.", definition.key)


CHECKS: Final[tuple[Callable[[Report], Iterator[Lint]], ...]] = (
    _missing_milestone,
    _impossible_order,
    _contradiction,
    _no_impact,
    _silent_gap,
    _duration_mismatch,
    _few_factors,
    _blame,
    _should_have,
    _no_luck,
    _actions,
    _one_type,
    _no_detect,
    _no_reviewer,
    _open_question,
)
