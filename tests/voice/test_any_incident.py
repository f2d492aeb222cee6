"""Whatever happened and whatever was typed: a report in any family and medium shows facts, and nothing else."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterable
from functools import cache
from typing import Any, get_args
from urllib.parse import unquote

import pytest
from hypothesis import HealthCheck, Phase, given, note, settings
from markdown_it.common.normalize_url import normalizeLink

from bot.facts import AnyFact
from bot.report import Report, build_report
from templates.export import report_json
from templates.families import available, load_family
from tests import arbitrary, builders
from tests.arbitrary import Happening, happenings
from tests.builders import Story
from tests.shakespeare import VIEW, shakespeare
from tests.stories_told import reopened
from tests.voice.family_reports import everything
from tests.voice.known_values import Known, known, without_addresses
from tests.voice.own_words import numbered
from tests.voice.own_words import words as own_words
from tests.voice.seeing import MEDIA, Seen

OPTIONAL = {
    "Also Recorded", "Quality Checks", "Still Missing", "Not Yet Sorted", "Lessons", "Priority: Not Yet Given",
    "Lead-up", "Sources",
}  # fmt: skip

several = settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # to shrink forty thousand characters takes minutes
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@pytest.mark.filterwarnings("ignore:Generating overly large repr")  # of an incident that fails the test
@pytest.mark.parametrize("family", available())
@several
@given(happening=happenings())
def test_a_report_shows_the_facts_and_nothing_else(family: str, happening: Happening) -> None:
    """Text stays text, the links are those of the facts shown, and no number, time or name is Scribe's invention."""
    report = build_report(happening.incident, load_family(family), happening.view)
    document = document_of(report)
    facts = known(document, report.zone)
    for medium, look in MEDIA.items():
        note(f"in {medium}:")
        seen = look(report)
        text_stays_text(seen, family, medium)
        links_are_of_facts(seen, document, facts)
        assert invented(seen, facts, family) == []


def document_of(report: Report) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(report_json(report))
    return document


def text_stays_text(seen: Seen, family: str, medium: str) -> None:
    """Nothing mentions, nothing runs, and no heading and no column comes or goes."""
    assert seen.harm == []
    assert seen.uneven() == []
    headings, heads = structure(family, medium)
    assert set(seen.headings[1:]) <= headings
    assert set(seen.heads()) <= heads


@cache
def structure(family: str, medium: str) -> tuple[set[str], set[tuple[str, ...]]]:
    """The headings and the heads of tables that reports of this family have, whatever was said."""
    headings, heads = set(OPTIONAL), set()
    for story in (shakespeare(), reopened(), everything()[0]):
        seen = MEDIA[medium](build_report(story.incident(), load_family(family), VIEW))
        headings |= set(seen.headings[1:])
        heads |= set(seen.heads())
    return headings, heads


def links_are_of_facts(seen: Seen, document: dict[str, Any], facts: Known) -> None:
    """None leads elsewhere, and none of a line, an answer or an item is lacking, unless its line is left out."""
    printed = set(map(address, (link for link in seen.links if not link.startswith("#"))))
    assert printed - set(map(address, facts.links)) == set()
    if not any("left out" in text for text in seen.texts):
        assert set(map(address, shown(document))) - printed == set()


def address(link: str) -> str:
    """Written in one way: a reader's program says foreign letters in one of several."""
    return unquote(normalizeLink(link))


def shown(document: dict[str, Any]) -> Iterable[str]:
    """The messages behind the lines, the answers and the items: each stands somewhere in every report."""
    answers = (answer for field in document["fields"].values() for answer in field["values"])
    places = (one["source"]["permalink"] for one in (*document["timeline"], *answers, *document["action_items"]))
    return (place for place in places if place)


def invented(seen: Seen, facts: Known, family: str) -> list[str]:
    """What stands in a report and neither in its JSON nor among the family's own words, each with its place."""
    found = []
    for text in seen.texts:
        words = without_addresses(text)
        strangers = facts.strangers(numbered(family).sub(" ", words)) + facts.new_words(words, own_words(family))
        found += [f"{stranger!r} in {words[:300]!r}" for stranger in strangers]
    return found


def test_any_incident_has_facts_of_every_kind() -> None:
    told = inspect.getsource(arbitrary) + inspect.getsource(builders.Story.declared)
    assert [kind.__name__ for kind in get_args(AnyFact) if f"f.{kind.__name__}(" not in told] == []


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Users Affected: 5,001", "5,001"),
        ("Impact: about 77% of all", "77%"),
        ("Detected 2015-10-21 14:56", "2015-10-21 14:56"),
        ("Time to detect: 1 min 01 s", "1 min 01 s"),
        ("due 2015-10-27", "2015-10-27"),
        ("Related: COE-2015-002", "COE-2015-002"),
        ("said by m:C0INCIDENT:1772", "C0INCIDENT:1772"),
        ("Commander: Zoltan", "zoltan"),
        ("The team was swiftly back", "swiftly"),
        ("Owner: &amp;c", "amp"),
        ("the owner zolt…", "zolt"),
    ],
)
def test_what_nobody_said_is_noticed(text: str, what: str) -> None:
    facts = known(document_of(build_report(shakespeare().incident(), load_family("coe"), VIEW)), "UTC")
    assert [found.split(" in ")[0] for found in invented(Seen([text]), facts, "coe")] == [repr(what)]


def test_what_somebody_said_is_not() -> None:
    facts = known(document_of(build_report(shakespeare().incident(), load_family("coe"), VIEW)), "UTC")
    said = (
        "Detected 2015-10-21 14:55 (1 min, about 100%): COE-2015-001, jennifer, descriptor leak for abs…, Bug 5554825"
    )
    assert invented(Seen([said]), facts, "coe") == []


def test_what_was_said_with_a_break_in_it_is_known_without_the_break() -> None:
    story = Story().declared("14:00", "host b0\u200bäö is down")
    report = build_report(story.incident(), load_family("coe"), VIEW)
    assert invented(MEDIA["pdf"](report), known(document_of(report), "UTC"), "coe") == []
