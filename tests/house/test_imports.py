"""Imports point down, third parties stay in their room, nothing goes in circles, and the tests fake the world only."""

from __future__ import annotations

import sys
from collections.abc import Iterable

import pytest

from tests.house.source import ROOMS, imports, modules

BELOW = {
    "bot": {"bot"},
    "storage": {"bot", "storage"},
    "templates": {"bot", "templates"},
    "handlers": {"bot", "storage", "templates", "handlers"},
}
HOME = {
    "sqlalchemy": "storage",
    "alembic": "storage",
    "psycopg": "storage",
    "jinja2": "templates",
    "markupsafe": "templates",
    "typst": "templates",
    "nh3": "templates",
    "slack_sdk": "handlers",
    "slack_bolt": "handlers",
    "aiohttp": "handlers",
    "apscheduler": "handlers",
    "pydantic": "handlers",
    "click": "handlers",
    "structlog": "handlers",
    "prometheus_client": "handlers",
}
"""Each third party has one room; one that is not listed has none."""

MOCKING = {"mock", "unittest.mock", "pytest_mock", "mockito", "flexmock", "asynctest", "doublex"}
IMPURE = {"asyncio", "io", "os", "pathlib", "random", "secrets", "socket", "sqlite3", "subprocess", "threading", "time"}
EDGES = {name: set(imports(name, path)) for name, path in modules(*ROOMS).items()}


def top(names: Iterable[str]) -> set[str]:
    return {name.partition(".")[0] for name in names}


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_what_lies_below_it(room: str) -> None:
    above = {
        name: sorted(strangers)
        for name, imported in EDGES.items()
        if name.partition(".")[0] == room and (strangers := top(imported) & {*ROOMS, "tests"} - BELOW[room])
    }
    assert above == {}


@pytest.mark.parametrize("room", ROOMS)
def test_a_third_party_is_imported_in_its_own_room_only(room: str) -> None:
    allowed = {package for package, home in HOME.items() if home == room} | BELOW[room] | sys.stdlib_module_names
    astray = {
        name: sorted(strangers)
        for name, imported in EDGES.items()
        if name.partition(".")[0] == room and (strangers := top(imported) - allowed)
    }
    assert astray == {}


def test_the_mind_has_no_clock_no_chance_and_no_way_out() -> None:
    doors = {
        name: sorted(impure)
        for name, imported in EDGES.items()
        if name.partition(".")[0] == "bot" and (impure := top(imported) & IMPURE)
    }
    assert doors == {}


def cycle_from(start: str, edges: dict[str, set[str]]) -> list[str]:
    """The shortest way from a module back to itself; empty when there is none."""
    ways, seen = [[start]], set[str]()
    for way in ways:
        for step in sorted(edges[way[-1]] & edges.keys() - seen):
            if step == start:
                return [*way, step]
            seen.add(step)
            ways.append([*way, step])
    return []


def without_packages_of(edges: dict[str, set[str]]) -> dict[str, set[str]]:
    """`from package import module` is an edge to the module; the package itself counts where a name of it is meant."""
    return {
        name: {
            imported
            for imported in targets
            if imported in edges and not any(other.startswith(f"{imported}.") and other in edges for other in targets)
        }
        for name, targets in edges.items()
    }


def cycles(edges: dict[str, set[str]]) -> list[list[str]]:
    direct = without_packages_of(edges)
    return [way for name in direct if (way := cycle_from(name, direct))]


def test_no_module_of_the_product_imports_itself_round_a_corner() -> None:
    assert cycles(EDGES) == []


def test_no_module_of_the_tests_does_when_it_runs() -> None:
    edges = {name: set(imports(name, path, for_types=False)) for name, path in modules("tests").items()}
    assert cycles(edges) == []


def test_a_cycle_would_be_found_inside_functions_too() -> None:
    edges = {"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}
    assert cycle_from("a", edges) == ["a", "b", "c", "a"]
    assert cycle_from("d", edges) == []


def test_the_pretend_slack_knows_nothing_of_the_program() -> None:
    knowing = {
        name: sorted(known)
        for name, path in modules("tests/slackd").items()
        if (known := top(imports(name, path)) & set(ROOMS))
    }
    assert knowing == {}


def test_no_mock_library_is_imported() -> None:
    everything = modules(*ROOMS, "tests")
    mocking = {
        name: sorted(found) for name, path in everything.items() if (found := set(imports(name, path)) & MOCKING)
    }
    assert mocking == {}
