"""Versions of a report: numbered by rule, their changes derived from facts, each readable again as it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot import commands as c
from bot import facts as f
from bot.decide import decide
from bot.decide.life import draft
from bot.evolve import evolve, fold
from bot.incident import Incident
from bot.report import build_report
from bot.versions import as_of, changed_since, newest, published
from bot.words import DocumentStatus, Milestone, Severity, Status, Wire
from templates import render
from templates.families import available, load_family
from tests.builders import Story
from tests.mind.test_decide_state import POLICY, asked, do, open_incident
from tests.shakespeare import VIEW, shakespeare

DRAFT, IN_REVIEW, APPROVED, PUBLISHED, ARCHIVED = DocumentStatus


def post(incident: Incident, family: str = "slo") -> tuple[f.AnyFact, ...]:
    """Post a draft and return what was recorded."""
    facts, _ = draft(incident, family, asked())
    for fact in facts:
        evolve(incident, f.Recorded(incident.seq + 1, fact.at, fact))
    return facts


def numbers(incident: Incident, family: str = "slo") -> list[str]:
    return [version.number for version in incident.versions.get(family, ())]


def test_drafts_count_up_to_one_and_the_next_report_up_to_two() -> None:
    incident = open_incident()
    post(incident)
    for status in (IN_REVIEW, APPROVED, PUBLISHED):
        do(incident, c.AdvanceReport(status, "slo"))
    assert numbers(incident) == ["0.1", "0.2", "0.3", "1.0"]
    do(incident, c.ChangeSeverity(Severity.LOW))
    post(incident)
    for status in (IN_REVIEW, APPROVED, PUBLISHED, ARCHIVED):
        do(incident, c.AdvanceReport(status, "slo"))
    assert numbers(incident)[4:] == ["1.1", "1.2", "1.3", "2.0"], "what is archived is the version published"
    assert incident.document_status("slo") is ARCHIVED
    assert numbers(incident, "coe") == []


def test_a_draft_of_what_has_not_changed_is_the_same_version() -> None:
    incident = open_incident()
    post(incident)
    assert post(incident) == () and numbers(incident) == ["0.1"]
    do(incident, c.AddEvents((c.Line(Wire("db failover")),)))
    assert post(incident) != () and numbers(incident) == ["0.1", "0.2"]


CHANGES: list[tuple[c.Command, tuple[str, ...]]] = [
    (c.AddEvents((c.Line(Wire("db failover")),)), ("Timeline",)),
    (c.AddEvents((c.Line(Wire("db failover"), meaning=Milestone.DETECTED),)), ("Milestones", "Timeline")),
    (c.SetFields((("lessons", "Rehearse it", False),), append=True), ("Lessons",)),
    (c.AddAction(Wire("Add an alert")), ("Action items",)),
    (c.ChangeSeverity(Severity.LOW), ("Severity",)),
    (c.Describe(title=Wire("Checkout fails")), ("Classification",)),
]


@pytest.mark.parametrize(("command", "topics"), CHANGES)
def test_what_changed_is_said_by_the_facts_alone(command: c.Command, topics: tuple[str, ...]) -> None:
    incident = open_incident()
    post(incident)
    do(incident, command)
    post(incident)
    changes = incident.versions["slo"][-1].changes
    assert {topic.split(" ")[0] for topic in changes} == {topic.split(" ")[0] for topic in topics}, changes


def test_closing_what_is_resolved_makes_nothing_stale_and_a_signature_only_its_own_family() -> None:
    incident = open_incident()
    do(incident, c.ChangeStatus(Status.RESOLVED))
    for family in ("slo", "coe"):
        for status in (IN_REVIEW, APPROVED, PUBLISHED):
            do(incident, c.AdvanceReport(status, family))
    do(incident, c.ChangeStatus(Status.CLOSED))
    told = published(incident, "slo")
    assert told is not None and changed_since(incident, "slo", told) == ()
    signed = f.SignedOff(key="s", at=asked().now, source=f.Source("button", "U0BOB"), family="coe", signer="author")
    evolve(incident, f.Recorded(incident.seq + 1, asked().now, signed))
    other = published(incident, "coe")
    assert other is not None and changed_since(incident, "coe", other) == ("Sign-off",)
    assert changed_since(incident, "slo", told) == ()


def test_who_publishes_is_told_what_the_approved_version_did_not_say() -> None:
    incident = open_incident()
    for status in (IN_REVIEW, APPROVED):
        do(incident, c.AdvanceReport(status, "slo"))
    do(incident, c.ChangeSeverity(Severity.LOW))
    decision = decide(incident, c.AdvanceReport(PUBLISHED, "slo"), asked(), POLICY)
    assert decision.reply is not None
    assert "Changed since version 0.2: Severity." in "".join(map(str, decision.reply.text))


# ---- a version read again


def versioned(story: Story, family: str, number: str) -> None:
    story.tell(
        f.VersionMade(key=story.key("v"), at=story.now, source=story.source("U0BOB"), family=family, number=number)
    )


@pytest.mark.parametrize("family", available())
def test_a_version_reads_as_it_did_whatever_was_recorded_since(family: str) -> None:
    story = shakespeare()
    versioned(story, family, "0.1")
    before = render(build_report(story.incident(), load_family(family), VIEW))
    seq = story.incident().seq
    story.said("19:00", "One more line", Milestone.MITIGATED)
    story.tell(f.SeverityChanged(key="later", at=story.now, source=story.source("U0BOB"), severity=Severity.LOW))
    then = fold(1, list(as_of(story.facts, seq)))
    assert render(build_report(then, load_family(family), VIEW)) == before
    assert render(build_report(story.incident(), load_family(family), VIEW)) != before


def test_words_erased_since_go_from_the_version_too_which_says_so_and_is_no_staler_for_it() -> None:
    story = Story().declared()
    story.said("14:05", "the password is hunter2")
    entry = next(iter(story.incident().entries))
    versioned(story, "coe", "0.1")
    story.said("14:10", "said after it")
    versioned(story, "coe", "0.2")
    seq = story.incident().versions["coe"][0].seq
    at = story.now + timedelta(days=2)
    story.facts[:] = [_blanked(recorded, entry) for recorded in story.facts]
    story.tell(f.Erased(key="gone", at=at, source=f.Source("system", "scribe"), entry=entry))
    paper = build_report(fold(1, list(as_of(story.facts, seq))), load_family("coe"), VIEW)
    text = render(paper)
    assert "hunter2" not in text and "said after it" not in text
    assert [version.number for version in paper.document.versions] == ["0.1"]
    assert f"erased from it since {at.date()}" in text
    last = newest(story.incident(), "coe")
    assert last is not None and changed_since(story.incident(), "coe", last) == ()


def _blanked(recorded: f.Recorded, entry: str) -> f.Recorded:
    """As erasing leaves it in the memory."""
    fact = recorded.fact
    if isinstance(fact, f.Captured) and fact.entry == entry:
        return replace(recorded, fact=replace(fact, text=Wire("")))
    return recorded
