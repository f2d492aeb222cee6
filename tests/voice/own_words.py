"""The words that a report has of its own, whatever the facts: those of templates, families, catalogue and rules."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from typing import Final

from jinja2 import nodes

from bot.fields import FIELDS
from templates import _environment, shelf
from tests.house.source import ROOT

_RULES: Final = (
    "bot/reporting", "bot/lints.py", "bot/clocks.py", "bot/milestones.py", "bot/slo.py", "bot/durations.py",
    "bot/words.py", "bot/family.py", "bot/report.py", "bot/facts.py", "bot/field.py", "templates/__init__.py",
    "templates/canvas.py", "templates/canvas_blocks.py",
)  # fmt: skip
_FILES: Final = ("_media/macros.j2", "_media/page.html.j2", "families/_parts.j2")


@cache
def phrases(family: str) -> frozenset[str]:
    """Every text that stands in a source and may be printed, whole."""
    found = {
        "done",
        "open",
        *_template(f"families/{family}.j2"),
        *_strings(tomllib.loads(shelf.read(f"families/{family}.toml") or "")),
    }
    for name in _FILES:
        found |= set(_template(name))
    for field in FIELDS.values():
        found |= {field.label, field.command, field.who, field.unit, *field.choices}
    for place in _RULES:
        path = ROOT / place
        for file in path.glob("*.py") if path.is_dir() else (path,):
            found |= set(_constants(file.read_text(encoding="utf-8")))
    return frozenset(found)


@cache
def words(family: str) -> frozenset[str]:
    """Each word of these, without regard to case."""
    return frozenset(word for phrase in phrases(family) for word in re.findall(r"[^\W\d_]+", phrase.casefold()))


@cache
def numbered(family: str) -> re.Pattern[str]:
    """The phrases in which a number stands, the longest first: what they match is nobody's value."""
    lines = {line.strip() for phrase in phrases(family) for line in phrase.splitlines()}
    told = sorted((line for line in lines if re.search(r"\d", line) and re.search(r"[^\W\d]|[/:]", line)), key=len)
    return re.compile("|".join(rf"(?<!\w){re.escape(line)}(?!\w)" for line in reversed(told)))


def _template(name: str) -> Iterator[str]:
    tree = _environment("markdown", sandboxed=False).parse(shelf.read(name) or "")
    for data in tree.find_all(nodes.TemplateData):
        yield data.data
    for const in tree.find_all(nodes.Const):
        if isinstance(const.value, str):
            yield const.value


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for part in value.values():
            yield from _strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part)
    elif isinstance(value, str):
        yield value


def _constants(source: str) -> Iterator[str]:
    tree = ast.parse(source)
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # docstrings are printed nowhere
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node.value
