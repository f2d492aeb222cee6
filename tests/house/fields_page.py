"""docs/fields.md, written from the catalogue of fields and the families' own labels: `make docs`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bot.field import EVERY, Field, Section
from bot.fields import FIELDS, SECTIONS
from bot.values import example
from templates.families import available, load_family
from tests.house.source import ROOT

PAGE: Final = ROOT / "docs" / "fields.md"
_HEAD: Final = f"""# What a report can know

The {len(FIELDS)} fields that only people can fill, by section. Any incident may set any of them, more than once. A
family asks for its own, and a report is poor while a required one is empty. Forms, `/incident set`, the reports and
their JSON all read this catalogue. This page is written by `make docs`.
"""
_COLUMNS: Final = ("Key", "Label", "Type", "Who can answer", "Families", "Example")


def page() -> str:
    return "\n".join([_HEAD, *(line for section in SECTIONS.values() for line in _section(section))])


def _section(section: Section) -> Iterator[str]:
    yield f"## {section.title}\n"
    yield _row(_COLUMNS)
    yield _row(["---"] * len(_COLUMNS))
    yield from (_row(_cells(field)) for field in FIELDS.values() if field.section == section.key)
    yield ""


def _row(cells: list[str] | tuple[str, ...]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _cells(field: Field) -> list[str]:
    return [
        f"`{field.key}`{' (required)' if field.required else ''}",
        f"{_labels(field)}<br>{field.help}",
        _type(field),
        field.who,
        "all" if field.families == EVERY else ", ".join(sorted(field.families)),
        f"`{field.command if field.columns else example(field)}`",
    ]


def _type(field: Field) -> str:
    unit = f" ({field.unit})" if field.unit else ""
    return f"{field.type}{unit}" + (f": {', '.join(field.choices)}" if field.choices else "")


def _labels(field: Field) -> str:
    """The catalogue's label, then the others with the families that say so."""
    families = [load_family(key) for key in available()]
    others = [f"{family.key}: “{family.labels[field.key]}”" for family in families if field.key in family.labels]
    return f"**{field.label}**" + (f" ({', '.join(others)})" if others else "")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
