"""What a report holds: frozen values in which no number comes without its two facts and no fact without its source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from bot.reporting.told import Answer, Asked, Citation, ClockView, FieldView, MilestoneView, Point, Sentence, Statement
from bot.words import ActionStatus, ActionType, DocumentStatus, Kind, Milestone, Priority, Role, Severity, Status


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the timeline. `composed`: the text is ours, about a change that no captured line shows."""

    at: datetime
    word: str
    kind: str
    actor: str
    text: str
    cite: Citation
    notes: tuple[str, ...]
    approximate: bool
    composed: bool
    heard_at: datetime
    entry: str | None = None
    files: tuple[str, ...] = ()  # permalinks
    origin: str | None = None  # number of the incident it came from
    corrected_by: str | None = None


@dataclass(frozen=True, slots=True)
class PhaseView:
    key: str
    title: str
    opened: Point | None
    awaited: tuple[str, ...]  # the milestones that would open it
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class GradeView:
    """One severity in the history."""

    name: str
    level: Severity
    at: datetime
    reason: str
    cite: Citation


@dataclass(frozen=True, slots=True)
class RoleView:
    """Who held a role from when; `name` is how it is written."""

    role: Role
    name: str
    holder: str | None
    at: datetime
    cite: Citation


@dataclass(frozen=True, slots=True)
class TurnView:
    """One change of status."""

    status: Status
    at: datetime
    reason: str
    cite: Citation


@dataclass(frozen=True, slots=True)
class AbsorbedView:
    """Another incident, by its number, that goes on in this one."""

    number: str
    cite: Citation


@dataclass(frozen=True, slots=True)
class ActionView:
    """An action item. Without a `due` that somebody said, `assumed_due` is the end of its family's window."""

    id: str
    text: str
    owner: str | None
    due: date | None
    assumed_due: date | None
    priority: Priority | None
    priority_name: str  # as the family calls it; empty where nobody said one
    type: ActionType | None
    ticket: str | None
    verification: str
    status: ActionStatus
    status_name: str
    reason: str
    cite: Citation


@dataclass(frozen=True, slots=True)
class HorizonView:
    key: str
    title: str
    actions: tuple[ActionView, ...]


@dataclass(frozen=True, slots=True)
class CategoryView:
    """The action items of some types, as the family names them together."""

    key: str
    label: str
    types: tuple[ActionType, ...]
    actions: tuple[ActionView, ...]


@dataclass(frozen=True, slots=True)
class ReviewView:
    label: str
    what: str
    due: date
    after: str  # how long after the incident: "6 months"


@dataclass(frozen=True, slots=True)
class TypeView:
    label: str
    ticked: bool


@dataclass(frozen=True, slots=True)
class NoticeView:
    """A notice that a law or standard may ask for: whether it applies, and by when it is due.

    `due` is exact when `since` is stated; without it, it is no later than what follows from `assumed_since`.
    """

    key: str
    label: str
    term: str
    applies: FieldView
    trigger: Milestone
    within: timedelta | None
    since: Point | None
    assumed_since: datetime | None
    due: datetime | None


@dataclass(frozen=True, slots=True)
class ObjectiveView:
    """A service level objective beside what was measured. `source` says where the objective comes from."""

    name: str
    target: str
    actual: str | None
    breach: bool | None  # None: cannot be said
    source: str
    measured_by: str = ""  # the field with the measure; empty where it follows from the degraded time


@dataclass(frozen=True, slots=True)
class TimeBudget:
    """Error budget counted in time: each degraded moment counts whole, however few were hit.

    `left` is negative when more than all of it is used.
    """

    objective: str
    target: float
    window: timedelta
    window_assumed: bool
    allowed: timedelta
    used: timedelta
    left: timedelta
    share: float
    start: Point
    end: Point
    source: str
    method: Literal["time-based"] = "time-based"

    @property
    def approximate(self) -> bool:
        return self.start.approximate or self.end.approximate


@dataclass(frozen=True, slots=True)
class RequestBudget:
    """Error budget counted in requests: failed ones against those the objective lets fail in its window."""

    objective: str
    target: float
    allowed: float
    failed: Answer
    total: Answer
    share: float
    source: str
    method: Literal["request-based"] = "request-based"

    @property
    def approximate(self) -> bool:
        return self.failed.approximate or self.total.approximate


@dataclass(frozen=True, slots=True)
class NoBudget:
    """Why there is none; `asks` is the field whose answer would help, if one would."""

    method: Literal["time-based", "request-based"]
    why: str
    asks: str = ""


@dataclass(frozen=True, slots=True)
class SloView:
    """Objectives and budgets; an objective nobody stated is said to be missing, never invented."""

    objectives: Mapping[str, ObjectiveView]
    time_budget: TimeBudget | NoBudget
    request_budget: RequestBudget | NoBudget
    downtime: ClockView
    degraded: timedelta | None

    @property
    def approximate(self) -> bool:
        """Is the degraded time only about that long?"""
        clock = self.downtime
        return clock.state != "unknown" and (clock.start.approximate or clock.end.approximate)


@dataclass(frozen=True, slots=True)
class SignerView:
    """`key` is the field or the role that names the person."""

    label: str
    key: str
    person: Asked
    day: FieldView


@dataclass(frozen=True, slots=True)
class TickView:
    label: str
    ticked: bool
    cite: Citation | None
    due: date | None  # None: the family gives it no day


@dataclass(frozen=True, slots=True)
class Missing:
    """Something still unknown, with its question; a report lists the most important first."""

    key: str
    label: str
    who: str
    how: str
    required: bool


@dataclass(frozen=True, slots=True)
class Lint:
    """A finding of a quality check: a stable id, a sentence, and what it is about.

    `together` ends the sentence that says several of one id, after what they are about; empty: each is said alone.
    """

    id: str
    sentence: str
    about: str = ""
    together: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One or several lints of one id, said in one sentence."""

    id: str
    sentence: str


@dataclass(frozen=True, slots=True)
class CostsView:
    """What the incident cost, and the sum of what is known, where that is of one currency.

    `total` is empty where nothing is known, or where `why` says what keeps it from being added.
    """

    known: tuple[FieldView, ...]
    unknown: tuple[FieldView, ...]
    total: str
    why: str

    @property
    def approximate(self) -> bool:
        return any(answer.approximate for view in self.known for answer in view.answers)


@dataclass(frozen=True, slots=True)
class Identity:
    """Which incident it is."""

    number: str
    number_here: str  # as this family numbers it
    related: Mapping[str, str]  # the numbers of the documents beside the report
    title: str
    type: str
    type_name: str
    drill: bool
    private: bool
    declared: Point
    day: date  # on which it started, else was declared
    channel: str
    channel_url: str | None
    told: Mapping[str, Citation]  # who said title, type, services and regions as they are now


@dataclass(frozen=True, slots=True)
class Standing:
    """Status and severity, now and before."""

    status: Status
    status_name: str
    severity: Severity
    severity_name: str
    severity_note: str
    highest: Severity
    highest_name: str
    grades: tuple[GradeView, ...]
    turns: tuple[TurnView, ...]
    roles: tuple[RoleView, ...]
    cancelled: str | None
    merged_into: str | None
    absorbed: tuple[AbsorbedView, ...]
    reopened: int


@dataclass(frozen=True, slots=True)
class Followup:
    """What is looked at when the report is a month old."""

    due: date
    actions_done: int
    actions_total: int

    @property
    def complete(self) -> bool:
        return 0 < self.actions_total == self.actions_done


@dataclass(frozen=True, slots=True)
class DocumentStep:
    """How far the paper had come, and who said so; `status_name` is the family's word."""

    status: DocumentStatus
    status_name: str
    at: datetime
    cite: Citation


@dataclass(frozen=True, slots=True)
class VersionView:
    """One version of the report; `changes` are the topics that differ from the one before, `summary` says all of it.

    `erased`: the days on which words that stood in it were deleted in Slack, and so in it, or somebody who may have
    stood in it was taken out of the database.
    """

    number: str
    status: DocumentStatus
    at: datetime
    author: str
    changes: tuple[str, ...]
    summary: str
    erased: tuple[date, ...]
    cite: Citation


@dataclass(frozen=True, slots=True)
class StaleView:
    """The version that was published last, and the topics that changed since."""

    number: str
    at: datetime
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """The paper's own state. `version` is the number of its newest version, or says that more is known than stands
    in that one; `stale` is what the published version does not say, None where it says all.
    """

    status: DocumentStatus
    status_name: str
    steps: tuple[DocumentStep, ...]
    version: str
    versions: tuple[VersionView, ...]
    stale: StaleView | None
    next_review: date | None  # None: the family has none
    updated_at: datetime
    missing: tuple[Missing, ...]

    @property
    def unnumbered(self) -> tuple[None, ...]:
        """One row of the history more, where what is recorded stands in no version yet."""
        return () if self.versions and self.version == self.versions[-1].number else (None,)


@dataclass(frozen=True, slots=True)
class AbsenceView:
    """Nobody listened; unless `unread` says in Slack's word why not, what was said meanwhile was read back."""

    since: datetime
    until: datetime
    unread: str
    cite: Citation


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One incident as one family reports it; the same facts give the same report."""

    family: str
    family_title: str
    template: str
    zone: str
    zone_name: str
    zone_title: str
    identity: Identity
    standing: Standing
    summary: Mapping[str, Sentence]
    milestones: Mapping[Milestone, MilestoneView]
    clocks: tuple[ClockView, ...]
    family_clocks: tuple[ClockView, ...]
    phases: tuple[PhaseView, ...]
    timeline: tuple[Row, ...]
    said: Mapping[Kind, tuple[Statement, ...]]
    fields: Mapping[str, FieldView]
    others: tuple[FieldView, ...]
    slo: SloView
    horizons: tuple[HorizonView, ...]
    actions: tuple[ActionView, ...]
    followup: Followup
    signers: tuple[SignerView, ...]
    types: tuple[TypeView, ...]
    checklists: Mapping[str, tuple[TickView, ...]]
    notices: tuple[NoticeView, ...]
    costs: CostsView
    action_legend: tuple[str, ...]
    categories: tuple[CategoryView, ...]
    reviews: tuple[ReviewView, ...]
    roles: Mapping[Role, Asked]
    document: Document
    absences: tuple[AbsenceView, ...]
    disclosures: tuple[str, ...]
    lints: tuple[Lint, ...] = ()

    def told_milestones(self) -> tuple[MilestoneView, ...]:
        """Those that somebody spoke of or that the report misses; what can be assumed of them stands with them."""
        wanted = {gap.key for gap in self.document.missing}
        return tuple(
            view
            for view in self.milestones.values()
            if (view.point and not view.derived) or view.history or view.milestone in wanted
        )

    def clock(self, key: str) -> ClockView:
        """One of the family's clocks.

        Raises:
            KeyError: the family has none of this key.
        """
        return {clock.definition.key: clock for clock in self.family_clocks}[key]

    def phase(self, key: str) -> PhaseView:
        """One of the family's phases.

        Raises:
            KeyError: the family has none of this key.
        """
        return {phase.key: phase for phase in self.phases}[key]

    def findings(self) -> tuple[Finding, ...]:
        """The lints for a reader: open questions stand in a list of their own, those alike are said together."""
        told = [lint for lint in self.lints if lint.id not in ("open-question", "missing-milestone")]
        groups: dict[str, list[Lint]] = {}
        for number, lint in enumerate(told):
            groups.setdefault(lint.id if lint.together else f"{lint.id}:{number}", []).append(lint)
        return tuple(_finding(lints) for lints in groups.values())

    def required_gaps(self) -> tuple[Missing, ...]:
        return tuple(gap for gap in self.document.missing if gap.required)


def _finding(lints: list[Lint]) -> Finding:
    first = lints[0]
    if len(lints) == 1:
        return Finding(first.id, first.sentence)
    return Finding(first.id, f"{', '.join(lint.about for lint in lints)} {first.together}")
