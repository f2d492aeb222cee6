"""The macros and the families are written once for all media: no mark of any syntax stands in them."""

from __future__ import annotations

import re

import pytest
from jinja2 import Environment, nodes

from templates import MEDIA, shelf
from templates.families import available

SHARED = ("_media/macros.j2", "families/_parts.j2", *(f"families/{key}.j2" for key in available()))
MARKS = re.compile(r"[*`<>|#\[\]~\\]|^(?: {2,})?(?:[-+]|\d+\.)\s|(?<!\w)_|_(?!\w)", re.MULTILINE)


def said(name: str) -> list[str]:
    """What a template puts out as it stands, in its order; a line of text may be in several pieces."""
    parsed = Environment(trim_blocks=True, lstrip_blocks=True).parse(shelf.read(name) or "")  # noqa: S701 - not rendered
    return [piece.data for piece in parsed.find_all(nodes.TemplateData)]


@pytest.mark.parametrize("name", SHARED)
def test_no_mark_of_a_syntax_stands_in_what_all_media_share(name: str) -> None:
    """A line that began with a dash would be a list in Markdown, and words in HTML."""
    assert [piece for piece in said(name) if MARKS.search(piece)] == []


def test_a_mark_would_be_found() -> None:
    for text in ("- item", "**bold**", "_aside_", "a | b", "# title", "1. one", "<br>", "`code`"):
        assert MARKS.search(text)


def test_every_medium_has_the_same_helpers() -> None:
    names = {medium: set(syntax.helpers) for medium, syntax in MEDIA.items()}
    assert names["html"] == names["markdown"]
