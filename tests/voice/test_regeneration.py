"""Writing a report again: the same facts give the same bytes, and a person's words stand where they stood."""

from __future__ import annotations

from random import Random

import pytest

from bot import facts as f
from bot.fields import FIELDS
from bot.report import build_report
from bot.words import ActionStatus, Kind, Milestone, Severity, Status, Wire
from templates.export import report_json
from templates.families import available, load_family
from tests.builders import Story
from tests.shakespeare import VIEW
from tests.voice.family_reports import sections, written

WRITTEN = {
    field.key: f"Handwritten {field.key.replace('_', ' ')} of a person"
    for field in FIELDS.values()
    if field.type in ("text", "list")
}


def by_hand() -> Story:
    """A story in which a person wrote something into every section that can be written in."""
    story = Story().declared().said("14:05", "db failover", Milestone.DETECTED)
    for key, words in WRITTEN.items():
        value = (words,) if FIELDS[key].type == "list" else words
        story.knows("15:00", key, value, by="U0CAROL")
    return story


def places(text: str) -> dict[str, set[str]]:
    """In which sections each of the person's texts stands."""
    found = sections(text)
    return {key: {name for name, body in found.items() if words in body} for key, words in WRITTEN.items()}


def goes_on(story: Story, seed: int, count: int) -> None:
    """So many facts of any kind, none of which says anything of what the person wrote."""
    chance = Random(seed)
    others = [field.key for field in FIELDS.values() if field.key not in WRITTEN and field.type == "integer"]
    items = 0
    for n in range(count):
        when = f"{16 + n // 50}:{n % 50:02d}"
        at, kind = story.at(when), chance.randrange(7)
        source = story.source(chance.choice(["U0ALICE", "U0BOB"]))
        if kind == 0:
            story.said(when, f"Line {n}", chance.choice([*Kind, *Milestone]))
        elif kind == 1:
            level = chance.choice(list(Severity))
            story.tell(f.SeverityChanged(key=story.key("s"), at=at, source=source, severity=level))
        elif kind == 2:
            story.knows(when, chance.choice(others), n)
        elif kind == 3:
            items += 1
            story.action(when, f"Do {n}")
        elif kind == 4 and items:
            done = f.ActionChanged(
                key=story.key("c"), at=at, source=source, action=f"A{items}", status=chance.choice(list(ActionStatus))
            )
            story.tell(done)
        elif kind == 5:
            story.tell(f.Described(key=story.key("d"), at=at, source=source, title=Wire(f"Title {n}")))
        else:
            status = chance.choice([Status.MITIGATED, Status.RESOLVED, Status.MONITORING])
            story.tell(f.StatusChanged(key=story.key("t"), at=at, source=source, status=status))


@pytest.mark.parametrize("family", available())
def test_every_text_of_a_person_stands_where_it_stood_after_a_hundred_further_facts(family: str) -> None:
    story = by_hand()
    before = places(written(story, family))
    asked = {key for key in WRITTEN if family in FIELDS[key].families}
    assert {key for key in asked if not before[key]} == set(), "what the family asks for stands somewhere"
    for seed in range(3):
        later = by_hand()
        goes_on(later, seed, 100)
        after = places(written(later, family))
        assert {key: where - after[key] for key, where in before.items() if where - after[key]} == {}


@pytest.mark.parametrize("family", available())
def test_the_same_facts_give_the_same_bytes(family: str) -> None:
    first, second = by_hand(), by_hand()
    for story in (first, second):
        goes_on(story, 7, 100)
    assert written(first, family) == written(second, family)
    made = [report_json(build_report(story.incident(), load_family(family), VIEW)) for story in (first, second)]
    assert made[0] == made[1]
