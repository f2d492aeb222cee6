"""The table in docs/reliability.md, written from the names of the tests: `make docs`."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from tests.house.source import ROOT, modules, tree

PAGE: Final = ROOT / "docs" / "reliability.md"
STORIES: Final = ROOT / "tests" / "stories"
BEGIN: Final = "<!-- what follows is written by `make docs` -->"

SITUATIONS: Final[Mapping[int, str]] = dict(
    enumerate(
        (
            "Events are typed late and out of order",
            "A time is vague or relative, or there is none",
            "The incident passes midnight",
            "The clocks change, or people type in three zones",
            "A zone's name does not fit the season",
            "A time lies in the future or cannot be",
            "Seconds matter",
            "Many things happen in one minute, or clocks differ",
            "Resolved, re-opened, resolved",
            "A milestone is corrected twice",
            "Two people set a milestone at once",
            "The order of milestones is impossible",
            "Milestones are missing",
            "A mitigation is partial, or fails",
            "Severity goes up and down; incidents are merged, split or false alarms",
            "More impact becomes known after the close",
            "A message is edited",
            "A message is deleted",
            "An emoji is added and taken off again",
            "Three people react to one message",
            "An emoji has a skin tone or another name",
            "Slack delivers twice, three times, or out of order",
            "Two incidents at once",
            "Threads, bots, workflows, joins, pins, files",
            "Scribe is offline for forty minutes",
            "Five thousand messages in the channel",
            "Channels and people are renamed, archived, removed, or strangers",
            "A permission is missing or the token is revoked",
            "Text that is not ASCII",
            "Mentions in what people write",
            "Code blocks and fences",
            "Markup inside a table's cell",
            "Very long messages",
            "Messages without words",
            "Secrets and personal data",
            "Messages that give instructions",
            "Blame",
            "Error budgets of both kinds, overspent, partial, without a target",
            "Zero is not unknown",
            "Approximate numbers",
            "Sources that contradict each other",
            "A draft made twice, or edited by a person",
            "Action items without owner, with two, done, late, double",
            "The disk is full or slow, the program dies while it writes, or runs twice",
            "The word “payload” in a command over HTTP",
            "A reaction on a thread reply, or on an old message",
            "The alert has blocks and attachments and no text",
            "Names of every kind",
            "Twenty-six hours are not two",
            "Slack falters while Scribe starts",
            "The database is gone for ten seconds",
            "The socket is open and silent",
        ),
        1,
    )
)


SOCKETS_ALONE: Final = frozenset({52})
"""The situations that HTTP does not have."""


def page() -> str:
    """The page with its table as it should be; what stands above the mark is written by hand."""
    by_hand = PAGE.read_text(encoding="utf-8").partition(BEGIN)[0]
    return by_hand + "\n".join([BEGIN, "", *_table(), ""])


def untested() -> list[int]:
    """The situations that no test is named after."""
    return [number for number in SITUATIONS if number not in _tests()]


def told_in_part() -> list[int]:
    """The situations of which no story is told on each database over each transport: `--both`, and `--crossed` too."""
    told = {number for number, ways in _ways() if "database" in ways and ways & {"transport", "either_stage"}}
    of_sockets = {number for number, ways in _ways() if "database" in ways and number in SOCKETS_ALONE}
    return [number for number in SITUATIONS if number not in told | of_sockets]


def _ways() -> Iterator[tuple[int, set[str]]]:
    """Each story of a situation, with the names of all fixtures it is told with."""
    for path in modules("tests/stories").values():
        functions = _functions(tree(STORIES / "conftest.py")) | _functions(tree(path))
        for name in functions:
            if named := re.match(r"test_scenario_(\d+)_", name):
                yield int(named[1]), _asked(name, functions)


def _functions(module: ast.Module) -> dict[str, set[str]]:
    """Those of a module, each with what it asks for."""
    kinds = ast.FunctionDef | ast.AsyncFunctionDef
    return {node.name: {arg.arg for arg in node.args.args} for node in module.body if isinstance(node, kinds)}


def _asked(name: str, functions: Mapping[str, set[str]]) -> set[str]:
    """What a test or a fixture asks for, and what this asks for in turn."""
    asked = functions.get(name, set()) - {name}
    return asked.union(*(_asked(one, functions) for one in asked))


def _table() -> Iterator[str]:
    tests = _tests()
    yield "| No. | Situation | Tests |"
    yield "| --- | --- | --- |"
    for number, situation in SITUATIONS.items():
        yield f"| {number} | {situation} | {'<br>'.join(tests.get(number, []))} |"


@cache
def _tests() -> dict[int, list[str]]:
    """By situation, each file with the names of its tests, without what all names have in common."""
    found: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for path in modules("tests").values():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                named = re.fullmatch(r"test_scenario_(\d+)_(\w+)", node.name)
                if named:
                    found[int(named[1])][path.relative_to(ROOT).as_posix()].append(named[2].replace("_", " "))
    return {n: [f"{what} (`{f}`)" for f, each in files.items() for what in each] for n, files in found.items()}


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
