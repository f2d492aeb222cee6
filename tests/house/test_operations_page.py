"""docs/operations.md says what the program does: its metrics, its sentences and its commands."""

from __future__ import annotations

import re

from handlers.main import main
from handlers.metrics import Metrics
from tests.house.source import ROOMS, ROOT, modules

PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
SOURCE = " ".join(re.sub(r'"\s*\n\s*f?"', "", path.read_text(encoding="utf-8")) for path in modules(*ROOMS).values())


def metrics() -> set[str]:
    return {family.name + ("_total" if family.type == "counter" else "") for family in Metrics().registry.collect()}


def test_the_page_names_every_metric_and_no_other() -> None:
    named = {name.removesuffix("_bucket") for name in re.findall(r"\bscribe_[a-z_]+\b", PAGE)}
    assert named == metrics()


def test_every_sentence_to_look_up_is_one_that_the_program_says() -> None:
    section = PAGE.partition("## What to do when")[2].partition("\n## ")[0]
    said = re.findall(r"^\| `([^`]+)`", section, re.MULTILINE)
    assert len(said) > 8
    for sentence in said:
        parts = re.split(r"…|scribe\.db|1a2b3c4d|\b0\b|\b20\b|`?scribe check`?|`?scribe retry`?", sentence)
        assert [part for part in parts if part.strip(" .") and part.strip() not in SOURCE] == [], sentence


def test_every_command_on_the_page_exists() -> None:
    named = set(re.findall(r"`scribe ([a-z]+)\b(?!\.)", PAGE))
    assert named <= set(main.commands)
    assert {"backup", "retry", "purge", "audit", "check", "migrate"} <= named
