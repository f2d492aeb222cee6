"""The page on the quality checks has one section for each id, saying why and what to do, and none for another."""

from __future__ import annotations

import ast
import re

from bot.phrases import parse
from bot.words import Wire
from tests.house.source import ROOT, tree
from tests.mind.test_phrases import ASKED, POLICY

PAGE = (ROOT / "docs" / "lints.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (\S+)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))


def ids() -> set[str]:
    """The first word of each `Lint(…)`, and of each row of the table of checks on action items."""
    found: set[str] = set()
    for node in ast.walk(tree(ROOT / "bot" / "lints.py")):
        rows: list[ast.expr] = []
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Lint":
            rows = node.args[:1]
        elif isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "_ACTION_CHECKS":
            assert isinstance(node.value, ast.Tuple)
            rows = [row.elts[0] for row in node.value.elts if isinstance(row, ast.Tuple)]
        found |= {row.value for row in rows if isinstance(row, ast.Constant) and isinstance(row.value, str)}
    return found


def test_each_check_has_its_section_and_each_section_its_check() -> None:
    assert "blame" in ids()
    assert "action-no-owner" in ids()
    assert set(SECTIONS) == ids()


def test_each_section_says_why_and_what_to_do() -> None:
    assert [name for name, text in SECTIONS.items() if "**Why.**" not in text or "**What to do.**" not in text] == []


def test_each_command_on_the_page_is_understood() -> None:
    commands = re.findall(r"`/incident ([^`]+)`", PAGE)
    assert commands
    for command in commands:
        parse(Wire(command), ASKED, POLICY)
