"""What is followed up after an incident, with whom and by when, planned from the incident alone.

When somebody hears of it depends on where they are (`bot.occasions`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from zoneinfo import ZoneInfo

from bot import facts as f
from bot.family import Family
from bot.fields import FIELDS
from bot.incident import ActionItem, Incident
from bot.milestones import base_day
from bot.policy import FollowUps, Policy
from bot.signing import named, signature
from bot.words import OPEN, OVER, ActionStatus, DocumentStatus, Kind, Milestone, Priority, Role, Severity

_NOTHING: Final[frozenset[str]] = frozenset()
FINISHED: Final = frozenset({ActionStatus.DONE, ActionStatus.DECLINED})
_DAY: Final = timedelta(days=1)
_NO_FAMILY_DUE: Final = timedelta(days=30)
"""For an item without a date in an incident whose family is not there any more."""


class Topic(StrEnum):
    """What kind of thing is followed up."""

    ITEM = "item"
    LATE = "late"  # an item overdue, told to the commander
    TOLD = "told"  # an item overdue still, told in a channel
    DIGEST = "digest"
    DRAFT = "draft"
    MEETING = "meeting"
    STEPS = "steps"
    REVIEW = "review"
    METRICS = "metrics"
    SIGN_OFF = "sign_off"


ABOUT_ITEMS: Final = (Topic.ITEM, Topic.LATE, Topic.TOLD)
"""What concerns one action item, and is named after it."""

DATED: Final = frozenset(str(topic) for topic in Topic)
"""Topics with a date, which come at a working hour."""


@dataclass(frozen=True, slots=True)
class Followup:
    """One thing somebody is reminded of. `person` is a Slack user or channel id; who cannot be reached (a deactivated
    account, a user group, a name that Slack does not know) has the first of `instead` who can be stand in.

    `unless` cannot be reached either: whose thing it is that another is told of, who hears of it in their stead then.
    """

    key: str
    topic: Topic
    person: str
    instead: tuple[str, ...]
    due: date
    snoozed: date | None = None
    unless: str = ""

    @property
    def about(self) -> str:
        """The thing itself: an action item's id, a review's number."""
        return self.key.partition(":")[2]


def plan(
    incident: Incident, policy: Policy, family: Family | None, only: Collection[str] | None = None
) -> list[Followup]:
    """Everything that is followed up in the incident as it stands; of action items only those in `only`, if given."""
    if incident.status in OVER or incident.declared_at is None or (incident.drill and not policy.follow_ups.drills):
        return []
    planned = _Plan(incident, policy.follow_ups, family)
    return [*planned.items(only), *planned.digest(), *(planned.afterwards() if only is None else ())]


def keys_of_item(item: str) -> frozenset[str]:
    """The names of everything that may be followed up about one action item."""
    return frozenset({*about_item(item), Topic.DIGEST})


def about_item(item: str) -> tuple[str, ...]:
    """The names of what somebody is reminded of because of one action item."""
    return tuple(f"{topic}:{item}" for topic in ABOUT_ITEMS)


def touched(incident: Incident, facts: Sequence[f.AnyFact]) -> frozenset[str] | None:
    """The follow-ups that these new facts may have changed; None: any of them, empty: none."""
    keys: set[str] = set()
    for fact in facts:
        if _may_change_all(incident, fact):
            return None
        keys |= _touched(incident, fact)
    return frozenset(keys)


def _may_change_all(incident: Incident, fact: f.AnyFact) -> bool:
    """Among others a line that says when it was resolved, as the days count from there."""
    if isinstance(fact, f.FieldSet):
        return fact.field in _FIELDS
    return isinstance(fact, _CHANGES_ALL) or getattr(fact, "entry", None) in incident.claimed.get(
        Milestone.RESOLVED, ()
    )


def _touched(incident: Incident, fact: f.AnyFact) -> frozenset[str]:
    if isinstance(fact, f.ActionAdded | f.ActionChanged):
        return keys_of_item(fact.action)
    if isinstance(fact, f.Snoozed | f.Settled):
        about = fact.followup.partition(":")[2]
        return keys_of_item(about) if about in incident.actions else frozenset({fact.followup})
    entry = getattr(fact, "entry", None)
    if entry is None or (isinstance(fact, f.Marked) and fact.meaning is not Kind.ACTION_ITEM):
        return _NOTHING
    aimed = (item.id for item in incident.actions.values() if item.entry == entry)
    return _NOTHING.union(*(keys_of_item(item) for item in aimed))


_CHANGES_ALL: Final = (
    f.Declared
    | f.ChannelAttached
    | f.Described
    | f.StatusChanged
    | f.Reopened
    | f.MilestoneSet
    | f.RoleAssigned
    | f.Cancelled
    | f.Merged
    | f.Absorbed
    | f.ReportAdvanced
    | f.SignedOff
    | f.SeverityChanged
)
_FIELDS: Final = frozenset(
    key
    for key, field in FIELDS.items()
    if field.type in ("person", "yesno") or field.section in ("follow_up", "meeting")
)
"""Fields whose value may end a follow-up or say whom it concerns."""


def steward(incident: Incident) -> str:
    """Who answers for what nobody else does: the commander, else whoever declared the incident."""
    return incident.holder(Role.COMMANDER) or incident.declared_by


def is_person(who: str | None) -> bool:
    """Could Slack know a person by this? A user group and a name as typed are none."""
    return who is not None and who[:1] in ("U", "W") and len(who) > 2 and who.isupper() and who.isalnum()


def due_of(item: ActionItem, incident: Incident, family: Family | None) -> date:
    """The item's date, else the end of its priority's window in the family."""
    return item.due if item.due is not None else assumed_due(item.priority, incident, family)


def assumed_due(priority: Priority | None, incident: Incident, family: Family | None) -> date:
    """The date of an item that nobody gave one, as of now: it moves with the incident's resolution."""
    base = base_day(incident, family.zone if family else "UTC")
    return family.default_due(base, priority) if family else base + _NO_FAMILY_DUE


class _Plan:
    """One incident under one policy."""

    def __init__(self, incident: Incident, policy: FollowUps, family: Family | None) -> None:
        self._i = incident
        self._p = policy
        self._family = family
        self._steward = steward(incident)
        self._own = incident.channel or ""
        self._channel = self._own if incident.private else policy.channel or self._own

    def items(self, only: Collection[str] | None) -> Iterator[Followup]:
        for item in self._i.action_items():
            if item.status not in FINISHED and (only is None or any(key in only for key in about_item(item.id))):
                yield from self._item(item)

    def _item(self, item: ActionItem) -> Iterator[Followup]:
        due, snoozed = due_of(item, self._i, self._family), self._snoozed(f"item:{item.id}")
        owner = item.owner if item.owner is not None and is_person(item.owner) else self._steward
        yield Followup(f"item:{item.id}", Topic.ITEM, owner, self._instead(owner), due, snoozed)
        if self._p.escalate_after and owner != self._steward:
            late = due + timedelta(days=self._p.escalate_after)
            put_off = self._snoozed(f"late:{item.id}", f"item:{item.id}")
            yield Followup(f"late:{item.id}", Topic.LATE, self._steward, (self._own,), late, put_off, owner)
        if self._p.channel_after and self._channel:
            late = due + timedelta(days=self._p.channel_after)
            put_off = self._snoozed(f"told:{item.id}", f"item:{item.id}")
            yield Followup(f"told:{item.id}", Topic.TOLD, self._channel, (), late, put_off)

    def _snoozed(self, *keys: str) -> date | None:
        """Until when; what its owner put off is told to nobody else meanwhile."""
        return max((self._i.snoozed[key] for key in keys if key in self._i.snoozed), default=None)

    def _instead(self, first: str) -> tuple[str, ...]:
        return tuple(who for who in (self._steward, self._own) if who and who != first)

    def digest(self) -> Iterator[Followup]:
        """From the week after the declaration on, for as long as an item is open."""
        if not self._p.digest or not self._channel or self._i.declared_at is None:
            return
        if any(item.status not in FINISHED for item in self._i.action_items()):
            yield Followup(Topic.DIGEST, Topic.DIGEST, self._channel, (), self._i.declared_at.date() + _DAY)

    def afterwards(self) -> Iterator[Followup]:
        """What a resolved incident asks for, until it is done."""
        if self._i.status in OPEN or self._family is None:
            return
        base, status = base_day(self._i, self._family.zone), self._i.document_status(self._family.key)
        if status is DocumentStatus.DRAFT and self._p.draft_within:
            yield self._to_steward(Topic.DRAFT, base + timedelta(days=self._p.draft_within))
        if status is DocumentStatus.IN_REVIEW and self._p.sign_off_within:
            yield from self._sign_offs(self._family)
        if self._p.meeting_within and not self._true("meeting_held"):
            day = self._meeting_day(ZoneInfo(self._family.zone))
            yield self._to_steward(Topic.MEETING, day or base + timedelta(days=self._p.meeting_within))
        if self._p.steps_within:
            yield from self._steps(self._family, base)
        if self._p.reviews:
            yield from self._reviews(self._family, base)

    def _to_steward(self, key: str, due: date) -> Followup:
        topic = Topic(key.partition(":")[0])
        return Followup(key, topic, self._steward, self._instead(self._steward), due, self._i.snoozed.get(key))

    def _true(self, field: str) -> bool:
        said = self._i.value(field)
        return bool(said and said.value)

    def _meeting_day(self, zone: ZoneInfo) -> date | None:
        """The day that was set, or that of the moment set."""
        said = self._i.value("meeting_date")
        if said is None:
            return None
        at = datetime.fromisoformat(str(said.value))
        return at.astimezone(zone).date() if at.tzinfo else at.date()

    def _steps(self, family: Family, base: date) -> Iterator[Followup]:
        """Each line of a checklist that has a day of its own, and together those of one list that have none."""
        for name, ticks in family.checklists.items():
            left = [tick for tick in ticks if tick.applies(self._gravest()) and not self._true(tick.field)]
            for tick in left:
                if tick.after is not None:
                    yield self._to_steward(f"steps:{name}:{tick.field}", tick.after.after(base))
            if any(tick.after is None for tick in left) and f"steps:{name}" not in self._i.settled:
                yield self._to_steward(f"steps:{name}", base + timedelta(days=self._p.steps_within))

    def _reviews(self, family: Family, base: date) -> Iterator[Followup]:
        for n, review in enumerate(family.reviews):
            if f"review:{n}" not in self._i.settled:
                yield self._to_steward(f"review:{n}", review.after.after(base))
        asked = [k for k, field in FIELDS.items() if field.section == "follow_up" and family.asks in field.families]
        if asked and Topic.METRICS not in self._i.settled and not any(key in self._i.fields for key in asked):
            yield self._to_steward(Topic.METRICS, family.follow_up_after.after(base))

    def _sign_offs(self, family: Family) -> Iterator[Followup]:
        begun = self._i.steps[family.key][-1].at.astimezone(ZoneInfo(family.zone)).date()
        due = begun + timedelta(days=self._p.sign_off_within)
        for signer in family.signers:
            if signer.applies(self._gravest()) and signature(self._i, family.key, signer) is None:
                who, key = named(self._i, signer), f"sign_off:{signer.key}"
                to = who if who is not None and is_person(who) else self._steward
                yield Followup(key, Topic.SIGN_OFF, to, self._instead(to), due, self._i.snoozed.get(key))

    def _gravest(self) -> Severity:
        order = list(Severity)
        return min((grade.severity for grade in self._i.grades), key=order.index, default=self._i.severity)


# ---- as a row


def body_of(followup: Followup) -> dict[str, Any]:
    """What a row keeps beside the key, the topic and the person."""
    return {
        "instead": list(followup.instead),
        "due": followup.due.isoformat(),
        "snoozed": followup.snoozed.isoformat() if followup.snoozed else None,
        "unless": followup.unless,
    }


def followup_of(key: str, topic: str, person: str, body: Mapping[str, Any]) -> Followup:
    snoozed = body.get("snoozed")
    return Followup(
        key=key,
        topic=Topic(topic),
        person=person,
        instead=tuple(body["instead"]),
        due=date.fromisoformat(body["due"]),
        snoozed=date.fromisoformat(snoozed) if snoozed else None,
        unless=body.get("unless", ""),
    )
