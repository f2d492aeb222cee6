"""An incident of ten thousand lines stays within Slack's limits wherever Slack shows it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from functools import cache

import pytest

from bot.incident import Incident
from bot.report import Report, ReportContext, build_report
from bot.words import Kind, Milestone, Role
from templates.blocks import actions as a
from templates.blocks import archive_message, brief_message, card_message, timeline_message
from templates.blocks.lists import actions_message, pages_of
from templates.blocks.parts import Message
from templates.blocks.report import report_summary
from templates.blocks.screens import milestones_message, missing_message
from templates.blocks.timeline import PAGE, page_count, withdrawn_message
from templates.families import available, load_family
from tests.builders import Story
from tests.slackd.limits import check_message, check_view
from tests.slackd.limits.shapes import objects_in
from tests.voice.scene import HOSTILE, LOOK
from tests.voice.test_forms import every_view

LINES = 10_000
ITEMS = 300
CONTEXT = ReportContext(names=LOOK.names, team_url=LOOK.team_url)
MEANINGS = (*Kind, *Milestone)


@cache
def long() -> Incident:
    """A line every seven seconds, of every meaning in turn, each hundredth withdrawn; items by the hundred."""
    story = Story().declared(title=HOSTILE, services=tuple(f"service-{n}" for n in range(200)))
    start = story.now
    for number in range(LINES):
        at = (start + timedelta(seconds=7 * number)).strftime("%Y-%m-%d %H:%M:%S")
        story.said(at, f"line {number} {HOSTILE}", MEANINGS[number % len(MEANINGS)], by=f"U{number % 3 + 1}")
        if number % 100 == 99:
            story.withdrawn(at)
    after = story.now.strftime("%Y-%m-%d %H:%M:%S")
    for number in range(ITEMS):
        story.action(after, f"Look into {number} {HOSTILE}", owner=f"U{number % 3 + 1}" if number % 2 else None)
        story.lists(after, "contributing_factors", f"factor {number} {HOSTILE}")
        story.knows(after, "root_cause", f"cause {number} {HOSTILE}")
    for role in Role:
        story.role(after, role, "U1")
    return story.incident()


@cache
def report(family: str) -> Report:
    return build_report(long(), load_family(family), CONTEXT)


OF_A_REPORT: dict[str, Callable[[Report], Message]] = {
    "summary": lambda of: report_summary(of, long(), LOOK),
    "live summary": lambda of: report_summary(of, long(), LOOK, live=True),
    "missing": lambda of: missing_message(of, long()),
    "milestones": lambda of: milestones_message(of, long()),
}
OF_THE_INCIDENT: dict[str, Callable[[], Message]] = {
    "card": lambda: card_message(long(), LOOK),
    "brief": lambda: brief_message(long(), LOOK),
    "withdrawn": lambda: withdrawn_message(long(), LOOK),
    "archive": lambda: archive_message(long()),
}


@pytest.mark.parametrize("family", available())
@pytest.mark.parametrize("screen", OF_A_REPORT)
def test_slack_takes_what_shows_the_report(screen: str, family: str) -> None:
    accepted(OF_A_REPORT[screen](report(family)))


@pytest.mark.parametrize("screen", OF_THE_INCIDENT)
def test_slack_takes_what_shows_the_incident(screen: str) -> None:
    accepted(OF_THE_INCIDENT[screen]())


def test_slack_takes_every_page_of_the_timeline_and_each_holds_its_own_lines() -> None:
    standing = [line.id for line in long().timeline()]
    last = page_count(len(standing))
    assert len(standing) == LINES - LINES // 100
    for page in {*range(1, last, 10), last - 1, last}:
        message = timeline_message(long(), LOOK, page)
        accepted(message)
        assert editable(message) == standing[(page - 1) * PAGE : page * PAGE]


def editable(message: Message) -> list[str]:
    """The lines that a page offers to edit, in its order."""
    chosen = (a.chosen(str(part["value"])) for part in objects_in(message) if said(part) == "Edit…")
    return [entry for _, _, entry in chosen if entry]


def said(part: dict[str, object]) -> object:
    text = part.get("text")
    return text.get("text") if isinstance(text, dict) and "value" in part else None


def test_slack_takes_every_page_of_the_action_items() -> None:
    pages = [actions_message(long(), LOOK, page) for page in range(1, pages_of(ITEMS) + 1)]
    for message in pages:
        accepted(message)
    told = json.dumps(pages)
    assert [number for number in range(ITEMS) if f"Look into {number} " not in told] == []


def test_slack_takes_every_form() -> None:
    refused = {name: check_view(view) for name, view in every_view(long()).items()}
    assert {name: why for name, why in refused.items() if why is not None} == {}


def accepted(message: Message) -> None:
    assert check_message(message) is None
    assert "<!channel>" not in json.dumps(message)
