"""What the tests of all report families share: a report written, its headings, tables and the labels of its seed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.facts import Value
from bot.field import Field
from bot.fields import FIELDS
from bot.report import build_report
from templates import render
from templates.families import load_family
from tests.builders import Story
from tests.shakespeare import VIEW
from tests.voice.golden import HERE


@dataclass(frozen=True)
class Label:
    """A label that the seed prints, in the section and the role in which it prints it."""

    section: str
    role: str
    words: str


def written(story: Story, family: str) -> str:
    return render(build_report(story.incident(), load_family(family), VIEW))


def labels(family: str) -> list[Label]:
    lines = (HERE / f"{family}-labels.txt").read_text(encoding="utf-8").splitlines()
    return [Label(*re.split(r" > |: ", line, maxsplit=2)) for line in lines]


def normal(text: str) -> str:
    """Words alone: no case, mark, emoji or parenthesis."""
    return re.sub(r"[^a-z0-9]+", " ", re.sub(r"\([^)]*\)", " ", text.lower())).strip()


def headings(text: str) -> list[str]:
    return re.findall(r"^#{1,6} .*$", text, re.MULTILINE)


def sections(text: str) -> dict[str, str]:
    """What stands below each heading of the second level, by its normal words; '' is what stands before the first."""
    parts = re.split(r"^## (.*)$", text, flags=re.MULTILINE)
    return {"": parts[0], **{normal(name): body for name, body in zip(parts[1::2], parts[2::2], strict=True)}}


def carries(text: str, label: Label) -> bool:
    """Does the label stand in its own section, a heading as a heading and a column as a column?"""
    found = sections(text)
    body = next((body for name, body in found.items() if name == label.section), "")
    body = body or next((body for name, body in found.items() if name.startswith(label.section)), "")
    if label.role == "heading":
        names = [normal(heading.lstrip("# ")) for heading in headings(body)] + [label.section]
        return any(f" {name} ".find(f" {label.words}") >= 0 for name in names)
    if label.role == "column":
        heads = re.findall(r"^(\|.*\|)\n\| ---", body, re.MULTILINE)
        return any(label.words in map(normal, head.split("|")) for head in heads)
    return f" {label.words} " in f" {normal(body)} "


def table_widths(text: str) -> list[set[int]]:
    """For each table, the column counts of its lines."""
    tables = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
    return [{len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()} for table in tables]


def everything() -> tuple[Story, dict[str, str]]:
    """A story in which each field was answered, and what each answer reads like."""
    story, shown = Story().declared(), {}
    for number, field in enumerate(FIELDS.values()):
        value, shown[field.key] = _answer(field, number)
        story.knows("15:00", field.key, value)
    return story, shown


def _answer(field: Field, number: int) -> tuple[Value, str]:
    words = f"said of {field.key.replace('_', ' ')}"
    answers: dict[str, tuple[Value, str]] = {
        "integer": (7_000 + number, f"{7_000 + number:,}"),
        "number": (7_000 + number, f"{7_000 + number:,}"),
        "percentage": ((number + 0.5) / 1000, f"{(number + 0.5) / 10:.2f}%"),
        "money": (f"{9_000 + number}.00 USD", f"{9_000 + number:,} USD"),
        "duration": (60 * number, f"{number} min" if number < 60 else f"{number // 60} h"),
        "moment": (f"2027-01-{1 + number % 28:02d}", f"2027-01-{1 + number % 28:02d}"),
        "yesno": (True, ""),
        "choice": (field.choices[0] if field.choices else "", ""),
    }
    return answers.get(field.type, (words, words))
