"""Hand-made incidents: a `Story` is told line by line and folds its facts as the program does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count

from bot import facts as f
from bot.evolve import fold
from bot.facts import AnyFact, Evidence, Recorded, Source, Value, Via
from bot.incident import Incident, message_entry
from bot.words import (
    UNSAID,
    ActionStatus,
    ActionType,
    IncidentType,
    Kind,
    Meaning,
    Milestone,
    Priority,
    Role,
    Severity,
    Status,
    Wire,
)

CHANNEL = "C0INCIDENT"
NUMBERS = {
    "coe": "COE-%Y-001",
    "coe.rca": "RCA-%Y-001",
    "pir": "INC-%Y-0001",
    "slo": "INCIDENT-%Y%m%d-%H%M",
    "security": "INC-{type}-%Y%m%d-%H%M",
    "trading": "INC-%Y%m%d-001",
}
"""What the first incident of a year is called in each family."""
CODES = {IncidentType.OUTAGE: "OUT", IncidentType.SECURITY: "SEC", IncidentType.DATA_LEAK: "DAT"}
EMOJI = {
    Kind.EVENT: "pushpin",
    Milestone.STARTED: "boom",
    Milestone.DETECTED: "rotating_light",
    Milestone.ACKNOWLEDGED: "pager",
    Milestone.RESOLVED: "checkered_flag",
}


@dataclass
class Story:
    """An incident in the making. Times are `14:02`, `14:02:30` on `day`, or `2026-03-09 23:50`; all UTC."""

    day: str = "2026-03-10"
    channel: str = CHANNEL
    facts: list[Recorded] = field(default_factory=list)
    now: datetime = field(default_factory=lambda: datetime(2026, 3, 10, tzinfo=UTC))
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def at(self, when: str) -> datetime:
        text = when if "-" in when else f"{self.day} {when}"
        return datetime.fromisoformat(text).replace(tzinfo=UTC)

    def tell(self, fact: AnyFact, heard: datetime | None = None) -> Story:
        """Record any fact; it is heard when it happens unless said otherwise."""
        self.now = heard or fact.at
        self.facts.append(Recorded(len(self.facts) + 1, self.now, fact))
        return self

    def incident(self) -> Incident:
        return fold(1, self.facts)

    def key(self, word: str) -> str:
        return f"{word}:{next(self.numbers)}"

    def source(self, by: str, via: Via = "command", place: Evidence | None = None) -> Source:
        return Source(via, by, place or self.place(self.now))

    def place(self, at: datetime, thread: str | None = None) -> Evidence:
        return Evidence(self.channel, f"{int(at.timestamp())}.{next(self.numbers):06d}", thread)

    def declared(
        self,
        when: str = "14:00",
        title: str = "Checkout is failing",
        *,
        by: str = "U0ALICE",
        severity: Severity = Severity.HIGH,
        type: IncidentType = IncidentType.OUTAGE,
        services: tuple[str, ...] = (),
        regions: tuple[str, ...] = (),
        number: str = "",
        family: str = "slo",
        drill: bool = False,
        private: bool = False,
    ) -> Story:
        at = self.at(when)
        self.now = at
        fact = f.Declared(
            key="declared",
            at=at,
            source=self.source(by),
            number=number or at.strftime("INCIDENT-%Y%m%d-%H%M"),
            numbers=tuple(
                (key, at.strftime(pattern).replace("{type}", CODES.get(type, "OTH")))
                for key, pattern in NUMBERS.items()
            ),
            title=Wire(title),
            severity=severity,
            type=type,
            services=services,
            regions=regions,
            family=family,
            private=private,
            drill=drill,
            channel_name="incident-20260310-1400-checkout",
        )
        self.tell(fact)
        attached = f.ChannelAttached(
            key="channel", at=at, source=Source("system", "scribe"), channel=self.channel, name=""
        )
        return self.tell(attached)

    def said(
        self,
        when: str,
        text: str,
        *meanings: Meaning,
        by: str = "U0BOB",
        marked_by: str = "U0ALICE",
        heard: str | None = None,
        approximate: bool = False,
        files: tuple[str, ...] = (),
        thread: str | None = None,
        origin: str | None = None,
    ) -> Story:
        """A message that somebody marked; without a meaning it is a plain event."""
        at = self.at(when)
        place = self.place(at, thread)
        entry = message_entry(place)
        late = self.at(heard) if heard else at
        self.now = late
        captured = f.Captured(
            key=f"entry:{entry}",
            at=at,
            source=self.source(marked_by, "reaction", place),
            entry=entry,
            text=Wire(text),
            author=by,
            approximate=approximate,
            files=files,
            evidence=place,
            origin=origin,
        )
        self.tell(captured, late)
        for meaning in meanings or (Kind.EVENT,):
            self.marked(entry, meaning, by=marked_by)
        return self

    @property
    def last(self) -> str:
        """The line captured last."""
        return next(r.fact.entry for r in reversed(self.facts) if isinstance(r.fact, f.Captured))

    def marked(self, entry: str, meaning: Meaning, *, by: str = "U0ALICE") -> Story:
        name = EMOJI.get(meaning, str(meaning))
        stamp = f"{int(self.now.timestamp())}.{next(self.numbers):06d}"
        source = Source("reaction", by)
        fact = f.Marked(
            key=self.key("mark"), at=self.now, source=source, entry=entry, name=name, meaning=meaning, stamp=stamp
        )
        return self.tell(fact, self.now)

    def edited(self, when: str, text: str, entry: str = "") -> Story:
        source = Source("message", "U0BOB")
        return self.tell(
            f.Reworded(key=self.key("edit"), at=self.at(when), source=source, entry=entry or self.last, text=Wire(text))
        )

    def corrected(self, when: str, text: str, *, by: str, entry: str = "") -> Story:
        """By hand, in the form of the line."""
        at, source = self.at(when), self.source(by, "form")
        return self.tell(
            f.Amended(key=self.key("amended"), at=at, source=source, entry=entry or self.last, text=Wire(text))
        )

    def withdrawn(self, when: str, entry: str = "") -> Story:
        return self.tell(
            f.Withdrawn(key=self.key("off"), at=self.at(when), source=self.source("U0ALICE"), entry=entry or self.last)
        )

    def deleted(self, when: str, entry: str = "") -> Story:
        source = Source("message", "U0BOB")
        return self.tell(f.Erased(key=self.key("gone"), at=self.at(when), source=source, entry=entry or self.last))

    def mark(
        self, when: str, milestone: Milestone, moment: str | None, *, by: str = "U0ALICE", approximate: bool = False
    ) -> Story:
        """A time set by hand."""
        fact = f.MilestoneSet(
            key=self.key("set"),
            at=self.at(when),
            source=self.source(by),
            milestone=milestone,
            moment=self.at(moment) if moment else None,
            approximate=approximate,
        )
        return self.tell(fact)

    def status(
        self, when: str, status: Status, reason: str = "", *, asserts: Milestone | None = None, by: str = "U0ALICE"
    ) -> Story:
        fact = f.StatusChanged(
            key=self.key("status"),
            at=self.at(when),
            source=self.source(by),
            status=status,
            reason=Wire(reason),
            asserts=asserts,
        )
        return self.tell(fact)

    def resolved(self, when: str, reason: str = "") -> Story:
        return self.status(when, Status.RESOLVED, reason, asserts=Milestone.RESOLVED)

    def reopened(self, when: str, resolved_at: str | None, reason: str = "") -> Story:
        ended = self.at(resolved_at) if resolved_at else None
        fact = f.Reopened(
            key=self.key("reopened"),
            at=self.at(when),
            source=self.source("U0ALICE"),
            resolved_at=ended,
            reason=Wire(reason),
        )
        return self.tell(fact)

    def severity(self, when: str, severity: Severity, reason: str = "") -> Story:
        source = self.source("U0ALICE")
        return self.tell(
            f.SeverityChanged(
                key=self.key("severity"), at=self.at(when), source=source, severity=severity, reason=Wire(reason)
            )
        )

    def role(self, when: str, role: Role, user: str | None) -> Story:
        source = self.source("U0ALICE")
        return self.tell(f.RoleAssigned(key=self.key("role"), at=self.at(when), source=source, role=role, user=user))

    def cancelled(self, when: str, reason: str = "") -> Story:
        source = self.source("U0ALICE")
        return self.tell(f.Cancelled(key=self.key("cancel"), at=self.at(when), source=source, reason=Wire(reason)))

    def knows(
        self,
        when: str,
        name: str,
        value: Value | None,
        *,
        approximate: bool = False,
        appended: bool = False,
        by: str = "U0ALICE",
    ) -> Story:
        """What only people know: a field set, or one item added to a list."""
        fact = f.FieldSet(
            key=self.key("field"),
            at=self.at(when),
            source=self.source(by),
            field=name,
            value=value,
            approximate=approximate,
            appended=appended,
        )
        return self.tell(fact)

    def lists(self, when: str, name: str, *items: str) -> Story:
        for item in items:
            self.knows(when, name, item, appended=True)
        return self

    def action(
        self,
        when: str,
        text: str,
        *,
        owner: str | None = None,
        due: str | None = None,
        priority: Priority | None = None,
        type: ActionType | None = None,
        ticket: str | None = None,
        verification: str = "",
        status: ActionStatus | None = None,
    ) -> Story:
        name = f"A{1 + sum(isinstance(r.fact, f.ActionAdded) for r in self.facts)}"
        added = f.ActionAdded(
            key=self.key("action"),
            at=self.at(when),
            source=self.source("U0ALICE"),
            action=name,
            text=Wire(text),
            owner=owner,
            due=date.fromisoformat(due) if due else None,
            priority=priority,
            type=type,
            ticket=ticket,
            verification=Wire(verification) if verification else UNSAID,
        )
        self.tell(added)
        if status is None:
            return self
        changed = f.ActionChanged(
            key=self.key("action"),
            at=self.now + timedelta(minutes=1),
            source=self.source("U0ALICE"),
            action=name,
            status=status,
        )
        return self.tell(changed)
