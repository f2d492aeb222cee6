"""The timeline picture: all that matters is in it, for few events and many, for minutes and days."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from itertools import combinations

import pytest

from bot.report import Report, build_report
from bot.words import Kind, Milestone
from templates import typesetting
from templates.families import available, load_family
from templates.picture import Drawing, Flag, draw
from templates.placing import width_of
from templates.svg import svg
from tests.builders import Story
from tests.shakespeare import VIEW, shakespeare
from tests.stories_told import HOSTILE, out_of_order, reopened
from tests.voice.golden import same_as


def report(story: Story, family: str = "slo") -> Report:
    return build_report(story.incident(), load_family(family), VIEW)


def busy(count: int, minutes: int) -> Story:
    """So many events, evenly over so many minutes."""
    story = Story().declared("00:01")
    for number in range(count):
        second = number * minutes * 60 // count
        when = f"2026-03-{10 + second // 86400} {second // 3600 % 24:02}:{second // 60 % 60:02}:{second % 60:02}"
        kind = list(Kind)[number % 7]
        story.said(
            when, f"Event number {number} of many that were told", *([Milestone.STARTED] if number == 0 else [kind])
        )
    return story


def box(flag: Flag) -> tuple[float, float]:
    return flag.x, flag.x + 5 + width_of(f"{flag.time} {flag.name}", 12)


def overlapping(flags: tuple[Flag, ...]) -> list[tuple[Flag, Flag]]:
    return [
        (one, other)
        for one, other in combinations(flags, 2)
        if one.row == other.row and box(one)[0] < box(other)[1] and box(other)[0] < box(one)[1]
    ]


STORIES: dict[str, Callable[[], Story]] = {
    "book": shakespeare,
    "bare": lambda: Story().declared(),
    "reopened": reopened,
    "out of order": out_of_order,
    "five in thirteen minutes": lambda: busy(5, 13),
    "five in three days": lambda: busy(5, 60 * 72),
    "five hundred in thirteen minutes": lambda: busy(500, 13),
    "five hundred in three days": lambda: busy(500, 60 * 72),
}


@pytest.fixture(params=STORIES)
def story(request: pytest.FixtureRequest) -> Story:
    return STORIES[request.param]()


def test_the_book_example_looks_as_it_did() -> None:
    same_as("shakespeare.svg", svg(report(shakespeare())))


@pytest.mark.parametrize("width", [700, 1200])
def test_no_label_meets_another_and_none_leaves_the_picture(story: Story, width: int) -> None:
    drawing = draw(report(story), width)
    for flags in (drawing.milestones, drawing.events):
        assert overlapping(flags) == []
        assert all(flag.x >= 0 and box(flag)[1] <= width for flag in flags)


def test_it_is_never_taller_than_it_is_wide(story: Story) -> None:
    found = ET.fromstring(svg(report(story)))  # noqa: S314 - ours
    assert float(found.attrib["height"]) <= 1200


def test_every_family_has_its_own_phases_in_it() -> None:
    for family in available():
        drawing = draw(report(shakespeare(), family), 1200)
        titles = {band.label for band in drawing.bands} | {label for _, label in drawing.legend}
        phases = load_family(family).phases
        assert titles & {phase.title for phase in phases}


def test_it_says_every_milestone_and_how_much_of_the_budget_was_used() -> None:
    drawing = draw(report(shakespeare()), 1200)
    assert [flag.name for flag in drawing.milestones][:2] == ["Initial trigger", "Detection"]
    [bar] = drawing.bars
    assert bar.over and "1,527.8% used" in bar.label


def test_a_budget_nobody_can_count_is_said_to_be_unknown() -> None:
    [bar] = draw(report(Story().declared()), 1200).bars
    assert not bar.drawn
    assert bar.label.startswith("Error budget unknown: ")


def test_an_assumed_milestone_is_drawn_as_assumed() -> None:
    flags = {flag.name: flag for flag in draw(report(Story().declared()), 1200).milestones}
    assert flags["Detection"].assumed and flags["Detection"].time.startswith("assumed ")
    assert not flags["Incident declared"].assumed


def test_five_hundred_events_are_counted_and_five_are_named() -> None:
    many, few = draw(report(busy(500, 60 * 72)), 1200), draw(report(busy(5, 13)), 1200)
    assert "501 recorded events" in many.remarks[0]
    assert len(many.piles) > 100
    assert len(few.events) == 3  # and a beginning, and an action that began the mitigation


def test_what_happened_long_before_is_said_and_does_not_squeeze_the_rest() -> None:
    story = Story().declared("14:00").mark("14:01", Milestone.STARTED, "13:50").resolved("14:30")
    story.said("2026-02-01 09:00", "the library was updated", heard="14:40")
    drawing = draw(report(story), 1200)
    assert "◂ 1 earlier, the first at 2026-02-01 09:00" in drawing.remarks
    assert drawing.milestones[-1].x - drawing.milestones[0].x > 500


def test_any_text_is_only_text() -> None:
    story = Story().declared("14:00", title=HOSTILE).said("14:01", HOSTILE, Milestone.DETECTED).said("14:02", HOSTILE)
    found = ET.fromstring(svg(report(story)))  # noqa: S314 - ours
    names = {element.tag.rpartition("}")[2] for element in found.iter()}
    assert names == {"svg", "title", "desc", "rect", "text", "tspan", "circle", "polyline"}


def test_the_png_is_one_and_a_half_times_as_large_and_always_the_same() -> None:
    png = typesetting.png(report(shakespeare()))
    assert png.startswith(b"\x89PNG")
    assert int.from_bytes(png[16:20]) == 1800
    assert png == typesetting.png(report(shakespeare()))


def test_a_picture_shows_no_number_that_the_report_has_not() -> None:
    shown = re.findall(r"\d\d:\d\d", " ".join(flag.time for flag in _flags(draw(report(shakespeare()), 1200))))
    known = {row.at.strftime("%H:%M") for row in report(shakespeare()).timeline}
    assert set(shown) <= known


def _flags(drawing: Drawing) -> tuple[Flag, ...]:
    return (*drawing.milestones, *drawing.events)
