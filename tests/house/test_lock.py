"""The lock: plain pip can install it anywhere, and it holds what the project file asks for."""

from __future__ import annotations

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.house.source import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PINS = [Requirement(line) for line in re.findall(r"^([^\s#-][^\\\n]*?)\s*\\?$", LOCK, re.MULTILINE)]
ASKED = [
    *PROJECT["project"]["dependencies"],
    *(line for extra in PROJECT["project"]["optional-dependencies"].values() for line in extra),
    *PROJECT["dependency-groups"]["dev"],
]


def test_every_line_is_a_pin_with_its_hashes_and_no_address() -> None:
    for block in re.split(r"\n(?=\S)", LOCK.strip()):
        first, *rest = block.split("\n")
        assert re.fullmatch(r"[a-z0-9.-]+(\[[a-z,]+\])?==\S+( ; .+)? \\", first), first
        assert rest, f"{first} has no hash"
        assert all(re.fullmatch(r" {4}--hash=sha256:[0-9a-f]{64}( \\)?", line) for line in rest), first


@pytest.mark.parametrize("asked", ASKED, ids=lambda line: re.split(r"[\[<>=]", line)[0])
def test_what_the_project_asks_for_is_pinned_within_its_bounds(asked: str) -> None:
    wanted = Requirement(asked)
    pins = [pin for pin in PINS if canonicalize_name(pin.name) == canonicalize_name(wanted.name)]
    assert pins, "run `make lock`"
    for pin in pins:
        (version,) = pin.specifier
        assert wanted.specifier.contains(Version(version.version)), "run `make lock`"


def test_an_installation_without_the_tools_of_the_developers_leaves_the_test_tools_out() -> None:
    asked = " ".join(PROJECT["project"]["dependencies"])
    assert not re.search(r"pytest|playwright|hypothesis|ruff|mypy", asked)
