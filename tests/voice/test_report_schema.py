"""The published schema of report.json: every family's reports keep to it, and it knows every key they have."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from jsonschema import Draft202012Validator

from bot.fields import FIELDS
from bot.report import build_report
from templates import shelf
from templates.export import SCHEMA, report_json
from templates.families import available, load_family
from tests.arbitrary import Happening, happenings
from tests.breach import breach
from tests.builders import Story
from tests.shakespeare import VIEW, shakespeare
from tests.stories_told import out_of_order, reopened
from tests.voice.family_reports import everything

PUBLISHED: dict[str, Any] = json.loads(shelf.read("report.schema.json") or "")


def closed(schema: Any) -> Any:
    """The schema with no key allowed that it does not name; the published one lets later versions add some."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    parts = {key: closed(part) for key, part in schema.items()}
    return {"additionalProperties": False, **parts} if "properties" in schema and "required" in schema else parts


def test_the_schema_is_one_and_names_the_version_written() -> None:
    Draft202012Validator.check_schema(PUBLISHED)
    assert PUBLISHED["properties"]["schema"]["const"] == SCHEMA


@pytest.mark.parametrize("family", available())
@pytest.mark.parametrize(
    "told",
    [
        lambda: Story().declared(),
        shakespeare,
        reopened,
        out_of_order,
        breach,
        lambda: everything()[0],
    ],
    ids=["nothing", "shakespeare", "reopened", "out of order", "breach", "everything"],
)
def test_each_report_keeps_to_it(told: Callable[[], Story], family: str) -> None:
    incident = told().incident()
    reports = [build_report(incident, load_family(key), VIEW) for key in sorted(available(), key=family.__ne__)]
    document = json.loads(report_json(*reports))
    assert document["family"] == family
    wrong = Draft202012Validator(closed(PUBLISHED)).iter_errors(document)
    assert [f"{error.json_path}: {error.message[:300]}" for error in wrong] == []


NO_FACTS = re.compile(
    r"schema|as_of|family|"  # the paper itself
    r"costs\.(?:unknown\.\d+|why)|missing\..*|lints\..*|disclosures\.\d+|"  # what Scribe remarks of it
    r"fields\.\w+\.(?:label|type|unit)|checklists\.\w+\.\d+\.label|sign_off\.\d+\.label|"  # the catalogue's words
    r"(?:clocks|families\.\w+\.clocks)\.\w+\.(?:label|from|to|to_earliest|state|why)|"  # definitions, and why not
    r"slo\.(?:time|request)_budget\.(?:method|why)|families\.\w+\.phases\.\d+\.(?:key|title|opened_by)"
)
"""What a report.json holds beside facts, by its path."""


SOURCES = ("source", "sources", "person_source", "applies_source", "absorbed_sources", "told")


def unsourced(value: object, path: tuple[str, ...] = ()) -> Iterator[str]:
    """The paths of values that say neither who said them nor what they follow from.

    A value has a source when one stands beside it. A list of names has it when one stands beside the list.
    """
    if isinstance(value, dict):
        sourced = any(value.get(key) for key in (*SOURCES, "computed_from"))
        for key, part in value.items():
            if key not in SOURCES and not (sourced and _plain(part)):
                yield from unsourced(part, (*path, key))
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from unsourced(part, (*path, str(number)))
    elif value not in (None, "", False) and not NO_FACTS.fullmatch(".".join(path)):
        yield ".".join(path)


def _plain(value: object) -> bool:
    """A value, or several in a list or by name, with nothing below them."""
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return not any(isinstance(part, dict | list) for part in parts)


def computed_from(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value.get("computed_from", [])
        for part in value.values():
            yield from computed_from(part)
    elif isinstance(value, list):
        for part in value:
            yield from computed_from(part)


def leads_somewhere(document: Any, path: str) -> bool:
    """Is it a path in the document? A field that nobody answered has none there, and its key is the catalogue's."""
    if path in ("configuration", "family"):
        return True
    first, *rest = path.split(".")
    if first == "fields":
        return rest[0] in FIELDS
    for key in (first, *rest):
        if not isinstance(document, dict) or key not in document:
            return False
        document = document[key]
    return True


@pytest.mark.parametrize("family", available())
@settings(
    max_examples=10,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@given(happening=happenings())
def test_whatever_happened_each_value_names_its_source_and_the_schema_holds(family: str, happening: Happening) -> None:
    document = json.loads(report_json(build_report(happening.incident, load_family(family), happening.view)))
    assert [error.message[:300] for error in Draft202012Validator(closed(PUBLISHED)).iter_errors(document)] == []
    assert list(unsourced(document)) == []
    assert [path for path in computed_from(document) if not leads_somewhere(document, path)] == []


@pytest.mark.parametrize("family", available())
def test_each_value_of_a_report_of_everything_names_its_source(family: str) -> None:
    for story in (everything()[0], breach(), shakespeare(), reopened()):
        document = json.loads(report_json(build_report(story.incident(), load_family(family), VIEW)))
        assert list(unsourced(document)) == []


def test_a_value_without_a_source_is_noticed() -> None:
    document = json.loads(report_json(build_report(shakespeare().incident(), load_family("slo"), VIEW)))
    del document["fields"]["root_cause"]["values"][0]["source"]
    del document["follow_up"]["computed_from"]
    assert set(unsourced(document)) == {
        "fields.root_cause.values.0.value",
        "fields.root_cause.values.0.text",
        "follow_up.due",
        "follow_up.actions_done",
        "follow_up.actions_total",
        "follow_up.completion",
    }


def test_a_value_without_its_source_is_refused() -> None:
    document = json.loads(report_json(build_report(shakespeare().incident(), load_family("slo"), VIEW)))
    del document["timeline"][0]["source"]
    assert not Draft202012Validator(PUBLISHED).is_valid(document)
