"""The steps of a report's life, whatever was done before: legal ones are taken, all others are refused by name."""

from __future__ import annotations

from random import Random

import pytest

from bot import commands as c
from bot.decide import decide
from bot.decision import Overtaken, PostDraft, Refused
from bot.evolve import evolve
from bot.facts import Recorded
from bot.family import Signer
from bot.fields import FIELDS
from bot.incident import Incident
from bot.policy import Policy
from bot.report import ReportContext, build_report
from bot.signing import signature
from bot.words import Deed, DocumentStatus, Milestone, Role, Severity, Status, Wire
from templates.families import load_family
from tests.mind.test_decide_state import POLICY, asked, do, moment, open_incident, told, words

DRAFT, IN_REVIEW, APPROVED, PUBLISHED, ARCHIVED = DocumentStatus
WAY = (IN_REVIEW, APPROVED, PUBLISHED, ARCHIVED)


def at(status: DocumentStatus) -> Incident:
    """An incident whose report has come so far."""
    incident = open_incident()
    for step in WAY[: list(DocumentStatus).index(status)]:
        do(incident, c.AdvanceReport(step, "slo"))
    return incident


LEGAL = {
    (DRAFT, IN_REVIEW),
    (IN_REVIEW, APPROVED),
    (APPROVED, PUBLISHED),
    (PUBLISHED, ARCHIVED),
    (APPROVED, IN_REVIEW),
    (PUBLISHED, IN_REVIEW),
    (ARCHIVED, IN_REVIEW),
}


@pytest.mark.parametrize("now", DocumentStatus)
@pytest.mark.parametrize("to", WAY)
def test_only_the_legal_steps_are_taken(now: DocumentStatus, to: DocumentStatus) -> None:
    incident = at(now)
    assert incident.document_status("slo") is now
    if (now, to) in LEGAL:
        assert f"is now {to.value.replace('_', ' ')}" in words(do(incident, c.AdvanceReport(to, "slo")))
        assert incident.document_status("slo") is to
        return
    with pytest.raises(Refused, match="cannot be") as refused:
        decide(incident, c.AdvanceReport(to, "slo"), asked(), POLICY)
    assert refused.value.example.startswith("/incident ") and refused.value.example.endswith(" slo")


def test_reviewers_and_readers_get_the_text_as_it_is_then() -> None:
    incident = open_incident()
    assert [told(do(incident, c.AdvanceReport(step, "slo")), PostDraft) for step in WAY] == [1, 0, 1, 0]


def test_a_step_makes_no_draft_outdated_and_is_no_statement_of_the_incident() -> None:
    incident = open_incident()
    before = incident.statements, incident.outdated
    do(incident, c.AdvanceReport(IN_REVIEW, "slo"))
    assert (incident.statements, incident.outdated) == before


def test_resolving_again_begins_a_new_draft_of_what_was_published() -> None:
    incident = at(PUBLISHED)
    incident.family = "slo"
    do(incident, c.ChangeStatus(Status.RESOLVED))
    assert incident.document_status("slo") is DRAFT


# ---- signatures

AUTHOR = Signer("Author", "author", "author_date")
COMMANDER = Signer("Commander", "", "commander_approval_date", Role.COMMANDER)


def named(**who: str) -> Incident:
    incident = open_incident()
    do(incident, c.SetFields(tuple((field, user, False) for field, user in who.items())))
    return incident


def test_one_press_signs_every_part_in_which_one_is_named_and_a_second_signs_nothing() -> None:
    incident = named(author="U0ALICE")
    do(incident, c.Assign(Role.COMMANDER, "U0ALICE"))
    before = incident.statements
    ask = c.SignOff("pir", (AUTHOR, COMMANDER))
    assert "Author, Commander" in words(do(incident, ask))
    assert set(incident.signed) == {("pir", "author"), ("pir", "commander")}
    assert do(incident, ask).facts == ()
    assert incident.statements == before


def test_nobody_signs_for_another_and_no_family_for_another() -> None:
    incident = named(author="U0BOB")
    decision = do(incident, c.SignOff("slo", (AUTHOR, COMMANDER)))
    assert decision.facts == () and "Commander: nobody yet" in words(decision)
    do(incident, c.SetFields((("author", "U0ALICE", False),)))
    do(incident, c.SignOff("slo", (AUTHOR,)))
    assert signature(incident, "slo", AUTHOR) is not None
    assert signature(incident, "coe", AUTHOR) is None


def test_naming_somebody_else_asks_for_a_new_signature() -> None:
    incident = named(author="U0ALICE")
    do(incident, c.SignOff("slo", (AUTHOR,)))
    do(incident, c.SetFields((("author", "U0BOB", False),)))
    assert signature(incident, "slo", AUTHOR) is None


# ---- words of people


def test_a_form_overtaken_by_another_sets_nothing_unless_both_say_the_same() -> None:
    incident = open_incident()
    seen = incident.seq
    do(incident, c.SetFields((("summary", "The cache was cold", False),), seen=seen))
    late = c.SetFields((("summary", "The disk was full", False), ("users_affected", 7, False)), seen=seen)
    with pytest.raises(Overtaken) as refused:
        do(incident, late)
    assert refused.value.keys == ("summary",) and incident.value("users_affected") is None
    do(incident, c.SetFields((("summary", "The cache was cold", False),), seen=seen))
    do(incident, c.SetFields((("summary", None, False),)))
    with pytest.raises(Overtaken):
        do(incident, late)
    do(incident, c.SetFields(late.values, seen=incident.seq))
    assert incident.value("summary") is not None


@pytest.mark.parametrize("field", [field.key for field in FIELDS.values() if field.type == "text"])
def test_a_persons_text_survives_a_hundred_facts_about_anything_else(field: str) -> None:
    incident, chance = open_incident(), Random(field)
    words_of_a_person = "Written by hand | once.\nAnd on a second line."
    do(incident, c.SetFields(((field, words_of_a_person, False),)))
    others = [other.key for other in FIELDS.values() if other.type == "text" and other.key != field]
    for n in range(100):
        commands: list[c.Command] = [
            c.AddEvents((c.Line(Wire(f"event {n}")),)),
            c.SetFields(((chance.choice(others), f"other words {n}", False),)),
            c.ChangeSeverity(chance.choice([s for s in Severity if s is not incident.severity]), Wire(f"why {n}")),
            c.MarkMilestones(((Milestone.DETECTED, moment("14:02")),)),
            c.AddAction(Wire(f"Add alert {n}")),
            c.Describe(title=Wire(f"Title {n}")),
        ]
        do(incident, chance.choice(commands))
    kept = incident.value(field)
    assert kept is not None and kept.value == words_of_a_person


# ---- who may


def by(who: str, command: c.Command, incident: Incident, policy: Policy) -> str:
    """The reply, or the refusal."""
    try:
        return words(decide(incident, command, asked(by=who), policy))
    except Refused as refused:
        return f"{refused.sentence} {refused.example}"


@pytest.mark.parametrize(
    ("deed", "command", "status"),
    [
        (Deed.RESOLVE, c.ChangeStatus(Status.RESOLVED), DRAFT),
        (Deed.RESOLVE, c.ChangeStatus(Status.CLOSED), DRAFT),
        (Deed.RESOLVE, c.Cancel(), DRAFT),
        (Deed.APPROVE, c.AdvanceReport(APPROVED, "slo"), IN_REVIEW),
        (Deed.PUBLISH, c.AdvanceReport(PUBLISHED, "slo"), APPROVED),
        (Deed.SIGN_OFF, c.SignOff("slo", (AUTHOR,)), DRAFT),
    ],
)
def test_a_team_leaves_a_deed_to_roles_and_without_that_everybody_may(
    deed: Deed, command: c.Command, status: DocumentStatus
) -> None:
    policy = Policy(roles_needed={deed: (Role.COMMANDER, Role.TECHNICAL_LEAD)})
    incident = at(status)
    refusal = f"Only the commander or the technical lead may {deed.replace('_', ' ')} here."
    assert refusal in by("U0BOB", command, incident, policy)
    assert "/incident assign commander" in by("U0BOB", command, incident, policy)
    assert "Only the" not in by("U0BOB", command, incident, POLICY)
    do(incident, c.Assign(Role.TECHNICAL_LEAD, "U0BOB"))
    assert "Only the" not in by("U0BOB", command, incident, policy)


def test_who_approves_their_own_report_is_warned_and_refused_only_where_the_team_says_so() -> None:
    incident = at(IN_REVIEW)
    do(incident, c.SetFields((("author", "U0BOB", False),)))
    approve = c.AdvanceReport(APPROVED, "slo")
    assert "You are its author; somebody else sees" in by("U0BOB", approve, incident, POLICY)
    assert "author" not in by("U0ALICE", approve, incident, POLICY)
    assert "somebody else approves it here" in by("U0BOB", approve, incident, Policy(author_may_approve=False))
    for fact in decide(incident, approve, asked(by="U0BOB"), POLICY).facts:
        evolve(incident, Recorded(incident.seq + 1, fact.at, fact))
    report = build_report(incident, load_family("slo"), ReportContext())
    assert [lint.sentence for lint in report.lints if lint.id == "no-reviewer" and "approved" in lint.sentence]
