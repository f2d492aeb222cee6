"""The macros and the families are written once for all media: no mark of any syntax stands in them."""

from __future__ import annotations

import re

import pytest
from jinja2 import Environment, nodes

import templates
from bot.report import build_report
from templates import MEDIA, shelf
from templates.families import available, load_family
from tests.shakespeare import VIEW, shakespeare

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


def joined(source: str) -> list[int]:
    """The lines in which `~` joins what a macro wrote with words that are in no syntax yet.

    Such words would be escaped for HTML by the join and by nothing for the medium.
    """
    found = Environment().parse(source).find_all(nodes.Concat)  # noqa: S701 - not rendered
    return [join.lineno for join in found if any(map(_is_written, join.nodes)) and not all(map(_is_safe, join.nodes))]


def _is_written(part: nodes.Expr) -> bool:
    """What a macro gave: of `m`, the medium, or of `p`, the parts."""
    name = part.node.node if isinstance(part, nodes.Call) and isinstance(part.node, nodes.Getattr) else None
    return isinstance(name, nodes.Name) and name.name in ("m", "p")


def _is_safe(part: nodes.Expr) -> bool:
    return _is_written(part) or isinstance(part, nodes.Const)


@pytest.mark.parametrize("name", SHARED)
def test_words_are_joined_before_they_are_written_and_not_after(name: str) -> None:
    assert joined(shelf.read(name) or "") == []


def test_a_join_of_both_is_noticed() -> None:
    assert joined('\n{{ m.item("a", m.answer(x) ~ " — " ~ x.term) }}') == [2]
    assert joined('{{ m.item("a", m.answer(x) ~ " of " ~ p.all()) }}{{ m.head("b", x.term ~ zone) }}') == []


@pytest.mark.parametrize("family", available())
def test_the_drafts_of_a_prepared_family_compile_nothing(family: str) -> None:
    """Compiling holds up everything else in the program; so none is left for the moment in which an incident begins."""
    report = build_report(shakespeare().incident(), load_family(family), VIEW)
    templates._environment.cache_clear()
    templates.prepare(family)
    for medium in templates.DRAFTED:
        compiled = templates._environment(medium, sandboxed=False).cache
        assert compiled is not None
        before = set(compiled)
        assert before and templates.render(report, medium) and set(compiled) == before
