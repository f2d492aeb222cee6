"""What an incident makes of a status, a time set by hand, a role or a correction: facts, notices and a reply."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import commands as c
from bot.decide import decide, merging
from bot.decision import AskMilestones, Decision, OfferArchive, PostDraft, Quote, Refused, Time
from bot.evolve import evolve
from bot.facts import Recorded
from bot.incident import Incident
from bot.milestones import counting
from bot.policy import Policy
from bot.words import OVER, Kind, Milestone, Severity, Status, Wire
from tests.builders import Story

NUMBERS = count(1)
POLICY = Policy()


def asked(when: str = "15:00", by: str = "U0ALICE") -> c.Request:
    at = datetime.fromisoformat(f"2026-03-10 {when}").replace(tzinfo=UTC)
    return c.Request(f"command:{next(NUMBERS)}", by, "command", at)


def moment(when: str) -> c.Moment:
    return c.Moment(datetime.fromisoformat(f"2026-03-10 {when}").replace(tzinfo=UTC))


def do(incident: Incident, command: c.Command, when: str = "15:00") -> Decision:
    """Decide, and let the incident live on with what was decided."""
    request = asked(when)
    decision = decide(incident, command, request, POLICY)
    for fact in decision.facts:
        evolve(incident, Recorded(incident.seq + 1, request.now, fact))
    return decision


def words(decision: Decision) -> str:
    """The reply as a person reads it, times in UTC."""
    assert decision.reply is not None
    parts = [
        f"{s.at:%H:%M}" if isinstance(s, Time) else s.text if isinstance(s, Quote) else s for s in decision.reply.text
    ]
    return "".join(str(part) for part in parts)


def told(decision: Decision, kind: type) -> int:
    return sum(isinstance(notice, kind) for notice in decision.notices)


def open_incident() -> Incident:
    return Story().declared("14:00").mark("14:01", Milestone.STARTED, "13:50").incident()


OPEN_TO = [Status.IDENTIFIED, Status.MONITORING, Status.MITIGATED, Status.RESOLVED, Status.CLOSED]


@pytest.mark.parametrize("status", OPEN_TO)
def test_an_open_incident_can_go_to_any_status_and_the_change_dates_its_milestone(status: Status) -> None:
    incident = open_incident()
    do(incident, c.ChangeStatus(status))
    assert incident.status is status
    reached = {
        Status.IDENTIFIED: Milestone.ROOT_CAUSE,
        Status.MITIGATED: Milestone.MITIGATED,
        Status.RESOLVED: Milestone.RESOLVED,
        Status.CLOSED: Milestone.CLOSED,
    }.get(status)
    if reached:
        found = counting(incident, reached)
        assert found is not None and f"{found.at:%H:%M}" == "15:00"


@pytest.mark.parametrize("status", OPEN_TO)
def test_the_same_status_again_is_refused_unless_it_brings_a_time(status: Status) -> None:
    incident = open_incident()
    do(incident, c.ChangeStatus(status))
    with pytest.raises(Refused, match=f"is {status} already"):
        do(incident, c.ChangeStatus(status), "15:05")


@given(times=st.lists(st.integers(0, 59), min_size=1, max_size=5))
def test_however_often_a_resolution_is_corrected_there_is_one_draft_and_one_question(times: list[int]) -> None:
    incident = open_incident()
    decisions = [do(incident, c.ChangeStatus(Status.RESOLVED, moment=moment(f"14:{t:02d}"))) for t in times]
    assert sum(told(d, PostDraft) for d in decisions) == 1
    assert sum(told(d, AskMilestones) for d in decisions) == 1
    assert len(incident.turns) == 1
    found = counting(incident, Milestone.RESOLVED)
    assert found is not None and found.at.minute == times[-1]


def test_a_reason_given_with_a_correction_is_kept() -> None:
    incident = open_incident()
    do(incident, c.ChangeStatus(Status.RESOLVED))
    do(incident, c.ChangeStatus(Status.RESOLVED, Wire("cache was warm by then"), moment("14:50")), "15:05")
    assert [str(turn.reason) for turn in incident.turns] == ["", "cache was warm by then"]


def test_closing_what_is_resolved_offers_the_archive_and_posts_no_second_draft() -> None:
    incident = open_incident()
    assert told(do(incident, c.ChangeStatus(Status.RESOLVED)), PostDraft) == 1
    closed = do(incident, c.ChangeStatus(Status.CLOSED), "15:10")
    assert (told(closed, OfferArchive), told(closed, PostDraft)) == (1, 0)
    assert told(do(incident, c.ChangeStatus(Status.CLOSED, moment=moment("15:05")), "15:20"), OfferArchive) == 0


@pytest.mark.parametrize("word", [Status.CANCELLED, Status.MERGED])
def test_what_is_over_takes_no_change_of_state(word: Status) -> None:
    incident = open_incident()
    incident.status = word
    assert word in OVER
    for command in (c.ChangeStatus(Status.RESOLVED), c.ChangeSeverity(Severity.LOW), c.Cancel()):
        with pytest.raises(Refused):
            do(incident, command)


def test_reopening_asks_for_an_incident_that_ended() -> None:
    incident = open_incident()
    with pytest.raises(Refused, match="so it is open"):
        do(incident, c.Reopen())
    do(incident, c.ChangeStatus(Status.RESOLVED, moment=moment("14:40")))
    with pytest.raises(Refused, match="2026-03-10 14:30 UTC is before it was resolved, at 14:40 UTC"):
        do(incident, c.Reopen(moment=moment("14:30")))
    do(incident, c.Reopen(Wire("again"), moment("14:50")))
    assert incident.is_open
    assert incident.recoveries[-1].reopened_at - incident.declared_at == timedelta(minutes=50)  # type: ignore[operator]


def test_a_resolution_before_the_reopening_is_kept_and_flagged() -> None:
    incident = open_incident()
    do(incident, c.ChangeStatus(Status.RESOLVED, moment=moment("14:40")))
    do(incident, c.Reopen(moment=moment("14:50")))
    answer = words(do(incident, c.MarkMilestones(((Milestone.RESOLVED, moment("14:45")),))))
    assert "resolved now lies before the re-opening at 14:50" in answer


def test_an_order_that_was_wrong_already_is_not_said_again() -> None:
    incident = open_incident()
    wrong = words(do(incident, c.MarkMilestones(((Milestone.DETECTED, moment("13:40")),))))
    assert wrong.endswith(
        "Note that detected now lies before started; until one is corrected, the clocks between them are inconsistent."
    )
    assert "Note" not in words(do(incident, c.MarkMilestones(((Milestone.TRIAGED, moment("14:05")),))))
    assert "Note" not in words(do(incident, c.AddEvents((c.Line(Wire("db failed over")),))))
    assert "Note" not in words(do(incident, c.MarkMilestones(((Milestone.DETECTED, moment("13:55")),))))


@pytest.mark.parametrize(("when", "flagged"), [("07:49", True), ("07:51", False), ("13:00", False)])
def test_a_time_far_before_all_that_is_known_is_flagged(when: str, flagged: bool) -> None:
    """More than six hours before the start, which was set to 13:50."""
    answer = words(do(open_incident(), c.AddEvents((c.Line(Wire("db failed over"), moment(when)),))))
    assert ("before the incident started" in answer) is flagged


@pytest.mark.parametrize("corrected", [Milestone.MITIGATED, Kind.EVENT, Kind.DECISION])
def test_a_corrected_line_means_what_the_form_says(corrected: Milestone | Kind) -> None:
    """Whoever marked it before, and whatever they marked it as; marked afresh afterwards, it counts again."""
    story = Story().declared("14:00").said("14:10", "All green", Milestone.RESOLVED)
    entry, incident = story.last, story.incident()
    do(incident, c.Amend(entry, meaning=corrected))
    assert counting(incident, Milestone.RESOLVED) is None
    mitigated = counting(incident, Milestone.MITIGATED)
    assert (mitigated is not None) == (corrected is Milestone.MITIGATED)
    place = incident.entries[entry].evidence
    assert place is not None
    seen = c.SeenMessage(place, "U0BOB", Wire("All green"))
    do(incident, c.React(seen, "checkered_flag", Milestone.RESOLVED, "1773154860.000001"), "15:01")
    assert counting(incident, Milestone.RESOLVED) is not None


def test_what_a_form_set_goes_over_once_when_its_incident_is_merged() -> None:
    story = Story().declared("14:00").said("14:10", "EU is back", Milestone.RESOLVED)
    here, there = story.incident(), Story().declared("14:05", "Another").incident()
    here.id, there.id, there.number = 1, 2, "INCIDENT-2"
    do(here, c.Amend(story.last, meaning=Milestone.MITIGATED))
    _, theirs = merging.merge(here, there, asked("15:05"))
    for fact in theirs.facts:
        evolve(there, Recorded(there.seq + 1, asked("15:05").now, fact))
    assert [str(entry.text) for entry in there.timeline()] == ["EU is back"]
    assert counting(there, Milestone.RESOLVED) is None
    mitigated = counting(there, Milestone.MITIGATED)
    assert mitigated is not None and f"{mitigated.at:%H:%M}" == "14:10"


@pytest.mark.parametrize(
    ("here_is", "other_is", "sentence"),
    [(True, False, "private incident's lines"), (False, True, "is private"), (False, False, ""), (True, True, "")],
)
def test_privacy_decides_which_merges_are_possible(here_is: bool, other_is: bool, sentence: str) -> None:
    here = Story().declared("14:00", private=here_is).incident()
    other = Story().declared("14:05", private=other_is).incident()
    here.id, other.id, other.number = 1, 2, "INCIDENT-2"
    if sentence:
        with pytest.raises(Refused, match=sentence):
            merging.merge(here, other, asked())
    else:
        assert merging.merge(here, other, asked())[0].facts


def test_an_incident_is_never_merged_into_itself() -> None:
    here = Story().declared("14:00").incident()
    with pytest.raises(Refused, match="itself"):
        merging.merge(here, here, asked())
