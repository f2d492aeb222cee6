"""What a newcomer relies on: each file says what it promises, none is huge, none names our machines or a mock."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.house.source import ROOMS, ROOT, modules, tracked, tree

MEGABYTE = 1_000_000
SELF = Path(__file__)
MACHINE = re.compile(
    r"(?<![\w.])/(?:root|home|work|Users|opt)/\w|/tmp/\w"  # folders of one machine
    r"|\bfile:///(?:opt|root|home)|(?:index-url|find-links|trusted-host)\b"  # where one machine gets its packages
    r"|(?:pypi\.org|pythonhosted\.org|proxy\.golang\.org|registry\.npmjs\.org)",
)
TEXTUAL = {".py", ".md", ".toml", ".yml", ".yaml", ".j2", ".js", ".css", ".html", ".lock", ".ini", ".mako", ".txt", ""}


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_each_module_opens_with_its_promise() -> None:
    mute = [
        relative(path)
        for path in modules(*ROOMS, "tests").values()
        if tree(path).body and not ast.get_docstring(tree(path))
    ]
    assert mute == []


def test_no_file_is_over_a_megabyte() -> None:
    assert [relative(path) for path in tracked() if path.stat().st_size > MEGABYTE] == []


def test_no_file_names_a_machine_or_a_package_index() -> None:
    named = [
        f"{relative(path)}:{number}: {line.strip()[:100]}"
        for path in tracked()
        if path.suffix in TEXTUAL and path != SELF and path.parent.name != "schema"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if MACHINE.search(line)
    ]
    assert named == []


SETATTR = {"setattr", "setitem", "delattr", "delitem"}


def patched_objects(module: ast.Module) -> list[str]:
    """What a test file patches on objects; changing the environment or the folder is faking the world, and is fine."""
    calls = (node for node in ast.walk(module) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute))
    return [
        ast.unparse(call)
        for call in calls
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in SETATTR
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id in ("monkeypatch", "patch", "mocker")
    ]


@pytest.mark.parametrize("name", sorted(modules("tests")))
def test_no_test_patches_our_code(name: str) -> None:
    assert patched_objects(tree(modules("tests")[name])) == []


def test_the_changelog_tells_of_the_version_in_the_project_file() -> None:
    version = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert version is not None
    assert f"## {version[1]}" in (ROOT / "CHANGELOG.md").read_text()
