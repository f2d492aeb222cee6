"""A layered dictionary is a dictionary, and its copies are apart; what an incident costs does not grow with it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import layered
from bot.commands import React, Request, SeenMessage
from bot.decide import decide
from bot.evolve import evolve
from bot.facts import Evidence, Recorded
from bot.incident import Incident
from bot.layered import Layered
from bot.policy import Policy
from bot.words import Kind, Wire
from templates.blocks.card import card_message
from templates.blocks.text import Look
from tests.builders import Story

STEPS = st.lists(st.tuples(st.sampled_from(("set", "del", "copy")), st.integers(0, 300)), max_size=600)


@given(STEPS)
def test_it_is_what_a_dict_is_and_its_copies_are_apart(steps: list[tuple[str, int]]) -> None:
    plain: dict[int, int] = {}
    ours: Layered[int, int] = Layered()
    left: list[tuple[dict[int, int], Layered[int, int]]] = []
    for number, (step, key) in enumerate(steps):
        if step == "set":
            plain[key] = ours[key] = number
        elif step == "del" and key in plain:
            del plain[key], ours[key]
        elif step == "copy" and len(left) < 5:
            left.append((plain, ours))
            plain, ours = plain.copy(), ours.copy()
    for expected, found in (*left, (plain, ours)):
        assert list(found.items()) == list(expected.items())
        assert len(found) == len(expected)
        assert all((key in found) == (key in expected) and found.get(key) == expected.get(key) for key in range(301))


def test_what_is_not_there_is_missing() -> None:
    ours: Layered[int, int] = Layered({1: 1})
    with pytest.raises(KeyError):
        ours[2]
    with pytest.raises(KeyError):
        ours.pop(2)


def test_one_more_reaction_takes_as_many_steps_in_a_large_incident_as_in_a_small_one() -> None:
    small, large = (_marked(lines) for lines in (layered.RECENT // 2, layered.RECENT * 12))
    assert _steps(lambda: _one_more(large)) <= _steps(lambda: _one_more(small)) * 1.2


def _marked(lines: int) -> Incident:
    story = Story().declared("13:00")
    incident = story.incident()
    for number in range(lines):
        _react(incident, number)
    return incident


def _react(incident: Incident, number: int) -> None:
    now = Story().at("14:00") + timedelta(seconds=number)
    place = Evidence("C1", f"{int(now.timestamp())}.{number:06d}")
    command = React(SeenMessage(place, "U1", Wire(f"error rate {number}")), "pushpin", Kind.EVENT, place.ts)
    decision = decide(incident.copy(), command, Request(f"e{number}", "U1", "reaction", now), Policy())
    for fact in decision.facts:
        evolve(incident, Recorded(incident.seq + 1, now, fact))


def _one_more(incident: Incident) -> None:
    """As the writer does it, the card included."""
    copy = incident.copy()
    _react(copy, 10_000)
    card_message(copy, Look({}, "https://acme.slack.com/", {}))


def _steps(work: Callable[[], None]) -> int:
    calls = 0

    def count(frame: Any, event: str, arg: Any) -> None:
        nonlocal calls
        calls += 1

    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(None)
    return calls
