"""The source as the house tests see it: tracked files, syntax trees, and what each module imports."""

from __future__ import annotations

import ast
import functools
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("bot", "storage", "templates", "handlers")


@functools.cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_bytes(), filename=str(path))


@functools.cache
def modules(*folders: str) -> dict[str, Path]:
    """Every module under these folders of the repository, by its dotted name."""
    found = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return {_dotted(path): path for path in sorted(found)}


def _dotted(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(name: str, path: Path, *, for_types: bool = True) -> Iterator[str]:
    """The dotted names that a module imports, inside functions too, and (`for_types`) what only a type checker reads.

    `from package import name` gives both `package` and `package.name`, for either may be the module.
    """
    package = name.split(".") if path.name == "__init__.py" else name.split(".")[:-1]
    for node in _nodes(tree(path), for_types=for_types):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = (
                [*package[: len(package) - node.level + 1], *filter(None, [node.module])]
                if node.level
                else [node.module]
            )
            yield ".".join(map(str, base))
            yield from (".".join(map(str, [*base, alias.name])) for alias in node.names)


def _nodes(node: ast.AST, *, for_types: bool) -> Iterator[ast.AST]:
    yield node
    if for_types or not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"):
        for child in ast.iter_child_nodes(node):
            yield from _nodes(child, for_types=for_types)


def words(*folders: str) -> set[str]:
    """Every string constant and every attribute name in the code of these folders; docstrings and comments aside."""
    nodes = [node for path in modules(*folders).values() for node in ast.walk(tree(path))]
    strings = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return strings | {node.attr for node in nodes if isinstance(node, ast.Attribute)}


def tracked() -> list[Path]:
    """The files of the repository, those not yet committed included, those ignored left out."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]
