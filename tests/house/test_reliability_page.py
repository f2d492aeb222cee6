"""Every situation that Scribe promises to survive has a test, and the page names it."""

from __future__ import annotations

import re

import pytest

from tests.house.reliability_page import PAGE, page, told_in_part, untested
from tests.house.source import ROOT


def test_every_situation_has_a_test() -> None:
    assert untested() == []


def test_every_situation_is_told_on_both_databases_and_over_both_transports() -> None:
    assert told_in_part() == []


def test_the_page_names_the_tests_there_are() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run `make docs`"


@pytest.mark.parametrize("name", ["reliability.md", "security.md"])
def test_every_file_that_a_page_names_is_there(name: str) -> None:
    named = set(re.findall(r"`((?:tests|deploy|docs)/[\w/.-]+)`", (ROOT / "docs" / name).read_text(encoding="utf-8")))
    assert len(named) > 5
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []
