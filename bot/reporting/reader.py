"""Reads an incident for people: names instead of ids, plain text instead of wire form, permalinks instead of ts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.facts import Evidence, Source
from bot.family import Family
from bot.incident import Entry, Incident
from bot.milestones import Assertion
from bot.policy import Policy
from bot.reporting.told import Citation, Point, Statement
from bot.wire import clean, plain
from bot.words import UNSAID


@dataclass(frozen=True, slots=True)
class ReportContext:
    """What a report needs beside the facts: names of people and channels by id, where the workspace is, the policy.

    `team_url` ends in a slash; without one there are no permalinks.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    channels: Mapping[str, str] = field(default_factory=dict)
    team_url: str = ""
    policy: Policy = field(default_factory=Policy)


def permalink(team_url: str, place: Evidence) -> str:
    """A message's address: `archives/<channel>/p<ts without its dot>`, with the thread for a reply in one."""
    url = f"{team_url}archives/{place.channel}/p{place.ts.replace('.', '')}"
    if place.thread_ts and place.thread_ts != place.ts:
        url += f"?thread_ts={place.thread_ts}&cid={place.channel}"
    return url


@dataclass(frozen=True, slots=True)
class Reader:
    """One incident, one family, one context."""

    incident: Incident
    family: Family
    view: ReportContext

    def name(self, who: str) -> str:
        """A person's name; an id without one stays an id, a name as typed stays as typed."""
        return clean(self.view.names.get(who, who)).strip().removeprefix("@") or "unknown"

    def text(self, wire: str) -> str:
        return plain(wire, self.view.names, self.view.channels).strip()

    def url(self, place: Evidence | None) -> str | None:
        return permalink(self.view.team_url, place) if place and self.view.team_url else None

    def cite(self, source: Source, at: datetime, place: Evidence | None = None) -> Citation:
        """Where a statement made at `at` comes from; `place` is the captured message, where there is one."""
        return Citation(self.name(source.by), source.via, at, self.url(place or self.incident.evidence(source)))

    def cite_entry(self, entry: Entry) -> Citation:
        """A captured line is read where it was said; who captured it first answers for it."""
        marks = self.incident.standing_marks(entry.id)
        source = marks[0].source if marks else entry.source
        return self.cite(source, entry.heard_at, entry.evidence)

    def statement(self, entry: Entry) -> Statement:
        return Statement(
            self.words(entry), self.cite_entry(entry), entry.at, self.name(entry.author), entry.approximate
        )

    def words(self, entry: Entry) -> str:
        """A line's text; one of pictures or emoji alone is described."""
        text = self.text(entry.text)
        if text:
            return text
        return f"({len(entry.files)} file{'s' * (len(entry.files) > 1)}, no text)" if entry.files else "(no text)"

    def point(self, found: Assertion) -> Point:
        word = self.family.milestones[found.milestone]
        return Point(found.milestone, word, found.at, self.cite(found.source, found.said_at), found.approximate)

    def said(self, claim: Assertion) -> str:
        """What the line says that marks it, or what was typed with the change of status."""
        return self.words(self.incident.entries[claim.entry]) if claim.entry else self.reason(claim)

    def actor(self, claim: Assertion) -> str:
        """Who said the line, else who stated the time."""
        return self.name(self.incident.entries[claim.entry].author if claim.entry else claim.source.by)

    def reason(self, claim: Assertion) -> str:
        """What was typed with the status change that says it; empty where nothing was."""
        turns = (turn for turn in self.incident.turns if turn.at == claim.said_at and turn.asserts is claim.milestone)
        return self.text(next((turn.reason for turn in turns), UNSAID))
