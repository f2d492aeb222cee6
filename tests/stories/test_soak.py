"""Every kind of trouble at once: the story ends as in peace; `make soak` is the long form."""

from __future__ import annotations

import pytest

from tests.rehearsal.acts import Says, Types
from tests.rehearsal.compare import stated_otherwise
from tests.rehearsal.rehearse import Performance
from tests.soak.rounds import Figures, Kind, round_of
from tests.soak.tale import tale

ACTS = 4
"""Here; each death and each cut socket costs real seconds."""


@pytest.mark.timeout(300)  # on an idle machine it takes a fraction of this
@pytest.mark.parametrize(("kind", "replicas", "seed"), [("sqlite", 1, 1), ("postgres", 3, 1)])
async def test_a_story_in_trouble_of_every_kind_ends_as_in_peace(kind: Kind, replicas: int, seed: int) -> None:
    """The same facts, report and channel: none lost, none doubled; the seed stands before each difference."""
    figures = Figures()
    assert await round_of(kind, replicas, seed, ACTS, figures) == [], f"seed {seed}: {figures}"
    assert figures.trouble["kills"] > 0, f"seed {seed}: {figures}"


def test_a_fact_lost_and_a_fact_doubled_are_told() -> None:
    """Also where nothing of them shows in the report or the channel."""
    lost, kept = ("marked", "14:00:00"), ("unmarked", "14:00:01")
    calm = Performance({}, {}, (), (), (lost, kept))
    disturbed = Performance({}, {}, (), (), (kept, kept))
    assert [*stated_otherwise(calm, calm)] == []
    assert [*stated_otherwise(calm, disturbed)] == [f"facts: 1 of {lost} lost", f"facts: 1 of {kept} too many"]


def test_a_tale_is_the_same_for_the_same_seed_and_another_for_another() -> None:
    """So that a difference can be looked for again by its seed."""
    assert tale(7, 40) == tale(7, 40) != tale(8, 40)


def test_a_tale_has_something_of_everything_people_do() -> None:
    """Messages, marks on and off, edits, deletions, commands, mentions, forms and buttons, in one that is long."""
    acts = [act for scene in tale(1, 200).scenes for act in scene.acts]
    kinds = {type(act).__name__ for act in acts}
    assert kinds == {"Says", "Reacts", "TakesBack", "Rewords", "Deletes", "Mentions", "Types", "Fills", "Presses"}
    assert any(isinstance(act, Says) and act.to for act in acts), "and replies in threads"
    assert isinstance(acts[-1], Types) and "postmortem" in acts[-1].line
