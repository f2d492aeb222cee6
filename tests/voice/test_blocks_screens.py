"""Every private screen fits into one message, however much there is, and offers what comes next."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

import pytest

from bot import facts as f
from bot.decision import Offer, Refused
from bot.evolve import evolve
from bot.fields import FIELDS
from bot.incident import Incident
from bot.phrases.verbs import VERBS
from bot.policy import VOCABULARY
from bot.report import Report, ReportContext, build_report
from bot.words import Kind, Milestone, Severity, Status, Wire
from templates.blocks import actions as a
from templates.blocks import adoption_offer, archive_message, brief_message, refusal_message, timeline_message
from templates.blocks.lists import actions_message, help_message, list_message
from templates.blocks.parts import Message
from templates.blocks.report import report_summary
from templates.blocks.screens import milestones_message, missing_message
from templates.blocks.timeline import PAGE, withdrawn_message
from templates.families import load_family
from tests.slackd.limits import check_message
from tests.slackd.limits.shapes import objects_in
from tests.voice.scene import (
    CHANNEL,
    HUGE,
    LOOK,
    SAID,
    T0,
    at,
    carded,
    commander,
    incident,
    line,
    milestone,
    monstrous,
    status,
)

CONTEXT = ReportContext(names=LOOK.names, team_url=LOOK.team_url)


@dataclass(frozen=True, slots=True)
class Row:
    """An incident in a list."""

    number: str | None = "INC-1"
    title: str = "Checkout is failing"
    severity: Severity = Severity.HIGH
    family: str = "slo"
    status: Status = Status.INVESTIGATING
    channel: str | None = CHANNEL
    declared_at: datetime | None = T0
    private: bool = False
    drill: bool = False


def report(of: Incident) -> Report:
    return build_report(of, load_family("slo"), CONTEXT)


def small() -> Incident:
    return incident(
        carded(),
        commander(),
        line(1, Kind.HYPOTHESIS, "Bad deploy?", 12),
        line(2, Milestone.MITIGATED, "Rolled back", 30),
        milestone(Milestone.STARTED, 0),
        f.ActionAdded(key="a", at=at(20), source=SAID, action="A1", text=Wire("Add alert"), owner="U2"),
    )


def told_everything() -> Incident:
    """Each field said, at length, and each line withdrawn."""
    of = monstrous()
    facts: list[f.AnyFact] = [
        f.FieldSet(key=f"f:{key}", at=at(1), source=SAID, field=key, value=HUGE)
        for key, field in FIELDS.items()
        if field.type == "text"
    ]
    for fact in facts:
        evolve(of, f.Recorded(of.seq + 1, at(1), fact))
    return of


def emptied() -> Incident:
    of = monstrous()
    gone = [f.Withdrawn(key=f"w:{key}", at=at(1), source=SAID, entry=key) for key in of.entries]
    for fact in gone:
        evolve(of, f.Recorded(of.seq + 1, at(1), fact))
    return of


SCREENS: dict[str, Callable[[Incident], Message]] = {
    "timeline": lambda of: timeline_message(of, LOOK),
    "first page": lambda of: timeline_message(of, LOOK, 1),
    "withdrawn": lambda of: withdrawn_message(of, LOOK),
    "brief": lambda of: brief_message(of, LOOK),
    "missing": lambda of: missing_message(report(of), of),
    "milestones": lambda of: milestones_message(report(of), of),
    "actions": lambda of: actions_message(of, LOOK),
    "summary": lambda of: report_summary(report(of), of, LOOK),
    "archive": archive_message,
}


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("scene", [incident, small, monstrous, told_everything, emptied])
def test_slack_takes_every_screen(screen: str, scene: Callable[[], Incident]) -> None:
    message = SCREENS[screen](scene())
    assert check_message(message) is None
    assert "<!channel>" not in json.dumps(message)
    assert "<@" not in json.dumps(message)


def test_slack_takes_the_screens_that_belong_to_no_incident() -> None:
    rows = [Row(title=HUGE, private=True, drill=True)] * 50
    for message in (
        list_message(rows[:20], 50, LOOK),
        list_message([], 0, LOOK),
        help_message(VOCABULARY),
        adoption_offer("C1", "incident-x"),
    ):
        assert check_message(message) is None


def words(message: Message) -> str:
    return json.dumps(message, ensure_ascii=False)


def pressable(message: Message) -> dict[str, str]:
    """Label and value of every button and menu entry."""
    found: dict[str, str] = {}
    for part in objects_in(message):
        text = part.get("text")
        if "value" in part and isinstance(text, dict):
            found[str(text["text"])] = str(part["value"])
    return found


def test_the_timeline_opens_at_its_end_and_leads_back() -> None:
    of = incident(carded(), *(line(n, Kind.EVENT, f"line number {n}.", n) for n in range(45)))
    last = timeline_message(of, LOOK)
    assert "page 3 of 3" in words(last)
    assert "line number 44." in words(last)
    assert "line number 39." not in words(last)
    assert a.referred(pressable(last)["Earlier"]) == (17, "timeline:2")
    assert "line number 19." in words(timeline_message(of, LOOK, 1))
    assert "page 3 of 3" in words(timeline_message(of, LOOK, 99))


def test_every_line_of_every_page_is_shown_once() -> None:
    of = monstrous()
    pages = [words(timeline_message(of, LOOK, page)) for page in range(1, 5)]
    assert [page.count(a.EDIT_LINE) for page in pages] == [PAGE, PAGE, PAGE, 70 - 3 * PAGE]


def test_a_line_can_be_edited_withdrawn_and_moved_by_reference_alone() -> None:
    of = small()
    entry = of.timeline()[-1].id
    menu = pressable(timeline_message(of, LOOK))
    assert a.chosen(menu["Edit…"]) == (a.EDIT_LINE, 17, entry)
    assert a.chosen(menu["Withdraw"]) == (a.WITHDRAW_LINE, 17, entry)
    assert a.chosen(menu["Move…"]) == (a.MOVE_LINE, 17, entry)


def test_a_time_leads_to_its_message() -> None:
    assert f"^https://acme.slack.com/archives/{CHANNEL}/p" in words(timeline_message(small(), LOOK))


def test_a_line_without_words_says_so() -> None:
    [captured, marked] = line(1, Kind.EVENT, "")
    assert isinstance(captured, f.Captured)
    shown = words(timeline_message(incident([replace(captured, files=("F1", "F2")), marked]), LOOK))
    assert "2 files" in shown
    assert "no words" in words(timeline_message(incident(line(1, Kind.EVENT, " ")), LOOK))


def test_what_was_withdrawn_can_be_put_back() -> None:
    of = small()
    entry = of.timeline()[0].id
    evolve(of, f.Recorded(of.seq + 1, at(40), f.Withdrawn(key="w", at=at(40), source=SAID, entry=entry)))
    assert "Withdrawn lines" in pressable(timeline_message(of, LOOK))
    assert a.referred(pressable(withdrawn_message(of, LOOK))["Put it back"]) == (17, entry)


def test_the_brief_says_who_leads_what_happened_and_what_is_open() -> None:
    shown = words(brief_message(small(), LOOK))
    for said in ("Anne-Marie O'Neil", "Rolled back", "Hypothesis: Bad deploy?", "1 action item to do", "Unknown mile"):
        assert said in shown


def test_what_is_missing_names_whom_to_ask_and_opens_the_form_for_it() -> None:
    shown = missing_message(report(small()), small())
    assert "/incident mark detected 14:02" in words(shown)
    assert a.referred(pressable(shown)["Impact…"]) == (17, "impact")
    assert "Set milestones" in pressable(shown)


def test_a_milestone_shows_its_history_and_why_one_time_counts() -> None:
    of = incident(
        milestone(Milestone.DETECTED, 5), milestone(Milestone.DETECTED, 3), line(1, Milestone.DETECTED, "x", 7)
    )
    shown = words(milestones_message(report(of), of))
    assert "the newest time set by hand" in shown
    assert shown.count("▫️") >= 2
    assert "said by Maria" in shown


def test_an_action_item_says_whose_it_is_and_what_can_be_done() -> None:
    shown = actions_message(small(), LOOK)
    assert "Anne-Marie O'Neil" in words(shown)
    assert "(assumed)" in words(shown)
    assert a.chosen(pressable(shown)["Done"]) == (a.ITEM_DONE, 17, "A1")


def test_action_items_come_a_page_at_a_time() -> None:
    first = actions_message(monstrous(), LOOK)
    assert "page 1 of 3" in words(first)
    assert a.referred(pressable(first)["More"]) == (17, "actions:2")
    assert {"Back", "More"} <= set(pressable(actions_message(monstrous(), LOOK, 2)))


def test_a_list_marks_drills_and_private_incidents() -> None:
    shown = words(list_message([Row(private=True), Row(drill=True)], 2, LOOK))
    assert shown.count("🔒") == shown.count("🧪") == 1


def test_a_long_list_is_asked_for_again_page_by_page() -> None:
    first = list_message([Row()] * 20, 45, LOOK, asked="all")
    assert a.referred(pressable(first)["More"]) == (0, "list:2 all")
    assert "page 3 of 3" in words(list_message([Row()] * 5, 45, LOOK, 3))


def test_help_holds_every_verb_and_every_reaction() -> None:
    shown = words(help_message(VOCABULARY))
    assert all(f":{emoji}:" in shown for emoji in VOCABULARY)
    assert all(verb.example.split()[1] in shown for verb in VERBS)


def test_the_summary_of_a_draft_has_its_numbers_with_their_definitions() -> None:
    of = small()
    evolve(of, f.Recorded(of.seq + 1, at(60), status(Status.RESOLVED)))
    shown = words(report_summary(report(of), of, LOOK))
    assert "started → " in shown
    assert "_unknown:" in shown
    assert "Add alert" in shown
    assert "Still unknown" in shown


def test_only_a_report_that_is_not_posted_yet_can_be_posted() -> None:
    live = report_summary(report(small()), small(), LOOK, live=True)
    assert check_message(live) is None
    assert a.referred(pressable(live)["Post the draft"]) == (17, "slo")
    assert "Post the draft" not in pressable(report_summary(report(small()), small(), LOOK))


def test_a_refusal_gives_back_everything_that_was_typed() -> None:
    typed = "event --at 14:75 <db> `failover` & more\nsecond line"
    refused = Refused("“14:75” is not a time.", "/incident event --at 14:02 failover", (Offer("At 14:57", "run", "x"),))
    message = refusal_message(refused, typed)
    assert check_message(message) is None
    assert "&lt;db&gt; `failover` &amp; more\\nsecond line" in words(message)
    assert "`/incident event --at 14:02 failover`" in words(message)
    assert pressable(message) == {"At 14:57": "x"}


def test_a_refusal_of_something_huge_still_fits() -> None:
    refused = Refused("<" * 5000, "&" * 5000, tuple(Offer("x" * 99, "run", "y" * 3000) for _ in range(9)))
    message = refusal_message(refused, "<" * 9000)
    assert check_message(message) is None
    assert pressable(message) == {}  # a button that Slack would cut does nothing that was promised
