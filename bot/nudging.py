"""What a reminder says of each thing now: it stands, or what became of it since."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from bot.decision import Name, Quote, Text
from bot.family import Family
from bot.followups import ABOUT_ITEMS, FINISHED, Followup, Topic, due_of, plan
from bot.incident import ActionItem, Incident
from bot.occasions import Nudge
from bot.policy import Policy
from bot.words import OVER, ActionStatus, Status


class Group(StrEnum):
    """Under which heading a line stands, in this order."""

    OVERDUE = "overdue"
    TODAY = "today"
    SOON = "soon"
    REPORT = "report"
    OTHERS = "others"  # overdue, and somebody else's
    DIGEST = "digest"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing in somebody's reminder. `now` is empty while it stands as it was told; else what became of it.

    `items` are the open ones that a digest lists.
    """

    nudge: Nudge
    topic: Topic
    group: Group
    due: date  # of the thing itself
    incident: Incident
    followup: Followup | None
    item: ActionItem | None = None
    now: Text = ()
    items: tuple[ActionItem, ...] = ()
    title: str = ""
    place: str = ""  # the day of the message that shows it, or where else it is shown

    @property
    def stands(self) -> bool:
        return not self.now


def lines(incident: Incident, nudges: Sequence[Nudge], policy: Policy, family: Family | None) -> Iterator[Line]:
    """What these nudges of one incident say now, in the order of their keys."""
    keys = {nudge.key for nudge in nudges}
    only = keys if all(key.partition(":")[0] in ABOUT_ITEMS for key in keys) else None
    planned = {followup.key: followup for followup in plan(incident, policy, family, only)}
    for nudge in nudges:
        yield _line(incident, nudge, planned.get(nudge.key), family)


def _line(incident: Incident, nudge: Nudge, followup: Followup | None, family: Family | None) -> Line:
    topic = Topic(nudge.key.partition(":")[0])
    about = nudge.key.partition(":")[2]
    item = incident.actions.get(about) if topic in ABOUT_ITEMS else None
    due = due_of(item, incident, family) if item else followup.due if followup else nudge.day
    return Line(
        nudge=nudge,
        topic=topic,
        group=_group(topic, due, nudge.day),
        due=due,
        incident=incident,
        followup=followup,
        item=item,
        now=_now(incident, nudge, followup, item),
        items=_open(incident, family) if topic is Topic.DIGEST else (),
        title=title_of(topic, about, family),
        place=nudge.day.isoformat(),
    )


def present(
    incident: Incident,
    followups: Iterable[Followup],
    to: str,
    now: datetime,
    day: date,
    place: str,
    family: Family | None,
) -> Iterator[Line]:
    """What is followed up now, as it is shown at a place that is made anew whenever it changes."""
    for followup in followups:
        nudge = Nudge(to, day, incident.id, followup.key, followup.person, followup.due, now, late=False)
        yield replace(_line(incident, nudge, followup, family), now=(), place=place)


def _group(topic: Topic, due: date, day: date) -> Group:
    if topic is Topic.DIGEST:
        return Group.DIGEST
    if topic in (Topic.LATE, Topic.TOLD):
        return Group.OTHERS
    if topic is not Topic.ITEM:
        return Group.REPORT
    return Group.OVERDUE if due < day else Group.TODAY if due == day else Group.SOON


def _open(incident: Incident, family: Family | None) -> tuple[ActionItem, ...]:
    items = (item for item in incident.action_items() if item.status not in FINISHED)
    return tuple(sorted(items, key=lambda item: due_of(item, incident, family)))


def _now(incident: Incident, nudge: Nudge, followup: Followup | None, item: ActionItem | None) -> Text:
    if incident.status is Status.MERGED:
        return (f"goes on in {incident.merged_into}",)
    if incident.status in OVER:
        return (f"{incident.number} was {incident.status}, so nothing is to be done.",)
    if followup is None:
        return _ended(item)
    if nudge.to not in (followup.person, *followup.instead) or (item is not None and _another(nudge, followup)):
        return ("now with ", Name(followup.person))
    if followup.snoozed and followup.snoozed > nudge.day:
        return (f"put off until {followup.snoozed:%a %Y-%m-%d}",)
    if followup.due != nudge.due and followup.due > nudge.day:
        return (f"due {followup.due:%a %Y-%m-%d} now",)
    return ()


def _another(nudge: Nudge, followup: Followup) -> bool:
    """It was this person's own, and has another owner now, for whom this person would only stand in."""
    return followup.topic is Topic.ITEM and nudge.person != followup.person


def _ended(item: ActionItem | None) -> Text:
    if item is None:
        return ("dealt with",)
    if item.status is ActionStatus.DECLINED:
        return ("declined: ", Quote(item.reason)) if item.reason.strip() else ("declined",)
    if item.status is ActionStatus.DONE:
        return ("done",)
    return ("not followed up any more",)


def title_of(topic: Topic, about: str, family: Family | None) -> str:
    """What is asked for, in words of ours and of the report family; empty for an action item."""
    if topic is Topic.REVIEW and family is not None and int(about) < len(family.reviews):
        review = family.reviews[int(about)]
        return f"{review.label}: {review.what}"
    if topic is Topic.STEPS:
        return _step(about, family)
    return _TITLES.get(topic, "")


def _step(about: str, family: Family | None) -> str:
    checklist, _, field = about.partition(":")
    ticks = family.checklists.get(checklist, ()) if family else ()
    named = next((tick.label for tick in ticks if tick.field == field), "")
    return named or f"Checklist “{checklist.replace('_', ' ')}” has lines left"


_TITLES: Final = {
    Topic.DRAFT: "The report is still a draft: ask for its review",
    Topic.MEETING: "Hold the review meeting",
    Topic.METRICS: "Measure again what the incident had made worse",
    Topic.SIGN_OFF: "The report waits for your sign-off",
}
