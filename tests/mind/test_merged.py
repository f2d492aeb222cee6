"""A list edited by two people: nobody's line is lost, nobody's removal undone by one who only left it alone."""

from __future__ import annotations

from random import Random

import pytest

from bot import commands as c
from bot.decide import decide
from bot.evolve import evolve
from bot.facts import Recorded
from bot.incident import items_of
from bot.merged import merged
from tests.mind.test_decide_state import POLICY, asked, do, open_incident

BASE = ("a", "b", "c")


@pytest.mark.parametrize(
    ("mine", "theirs", "together"),
    [
        (BASE, BASE, BASE),
        (("c", "a", "b"), BASE, ("c", "a", "b")),  # reordered
        (("a", "c"), BASE, ("a", "c")),  # removed
        (("a", "b2", "c"), BASE, ("a", "b2", "c")),  # worded anew
        ((*BASE, "mine"), (*BASE, "theirs"), ("a", "b", "c", "theirs", "mine")),
        (("c", "b", "a"), ("a", "x", "b", "c"), ("c", "b", "a", "x")),
        (BASE, ("a", "c"), ("a", "c")),  # others took it away, I left it alone
        (("a", "b2", "c"), ("a", "c"), ("a", "b2", "c")),  # they took it away, I worded it anew: it stays
        (("a", "c"), ("a", "b2", "c"), ("a", "b2", "c")),  # the other way round
        (("a", "b2", "c"), ("a", "b3", "c"), ("a", "b3", "b2", "c")),
        ((), (*BASE, "theirs"), ("theirs",)),  # I emptied what I saw
        (("mine",), (), ("mine",)),
    ],
)
def test_what_each_did_is_done(mine: tuple[str, ...], theirs: tuple[str, ...], together: tuple[str, ...]) -> None:
    assert merged(BASE, mine, theirs) == together


@pytest.mark.parametrize("seed", range(200))
def test_no_line_of_anybody_is_lost_and_none_appears_from_nowhere(seed: int) -> None:
    chance = Random(seed)

    def edited(who: str) -> tuple[str, ...]:
        lines = [line for line in BASE if chance.random() < 0.7]
        lines += [f"{who}{n}" for n in range(chance.randrange(3))]
        chance.shuffle(lines)
        return tuple(lines)

    mine, theirs = edited("m"), edited("t")
    together = merged(BASE, mine, theirs)
    added = {line for line in (*mine, *theirs) if line not in BASE}
    untouched = set(BASE) & set(mine) & set(theirs)
    assert set(together) == added | untouched and len(set(together)) == len(together)
    assert [line for line in together if line in mine] == [line for line in mine if line in together]


def test_who_said_an_item_still_says_it_when_another_edits_the_list() -> None:
    incident = open_incident()
    do(incident, c.SetFields((("lessons", "Rehearse it", False),), append=True))
    base = (("lessons", ("Rehearse it",)),)
    edit = c.SetFields((("lessons", ("Alert sooner", "Rehearse it"), False),), seen=incident.seq, bases=base)
    for fact in decide(incident, edit, asked(by="U0BOB"), POLICY).facts:
        evolve(incident, Recorded(incident.seq + 1, fact.at, fact))
    assert items_of(incident, "lessons") == ("Alert sooner", "Rehearse it")
    assert [said.source.by for said in incident.fields["lessons"]] == ["U0BOB", "U0ALICE"]


def test_a_list_that_already_reads_so_is_not_set_again() -> None:
    incident = open_incident()
    do(incident, c.SetFields((("lessons", "Rehearse it", False),), append=True))
    same = c.SetFields((("lessons", ("Rehearse it",), False),), seen=0, bases=(("lessons", ("Rehearse it",)),))
    assert do(incident, same).facts == ()
