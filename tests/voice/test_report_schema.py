"""The published schema of report.json: every family's reports keep to it, and it knows every key they have."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from bot.report import build_report
from templates import shelf
from templates.export import SCHEMA, report_json
from templates.families import available, load_family
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


def test_a_value_without_its_source_is_refused() -> None:
    document = json.loads(report_json(build_report(shakespeare().incident(), load_family("slo"), VIEW)))
    del document["timeline"][0]["source"]
    assert not Draft202012Validator(PUBLISHED).is_valid(document)
