"""The report as a PDF: the lines of the HTML page as a tree of plain texts, set by one template for all families."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from html.parser import HTMLParser
from itertools import zip_longest
from typing import Any, Final

from bot.report import Report
from bot.wire import graphemes
from templates import html, tree, typesetting, written

Node = dict[str, Any]

PICTURE_WIDTH: Final = 700
"""Pixels over the width of a page of A4, so that its words are as large as those around it."""

_NARROW: Final = 28
"""Characters: a column that never has more takes what it needs; the others share the rest."""

_LONG: Final = re.compile(r"\S{25,}"), 16
_LONG_IN_CELL: Final = re.compile(r"\S{17,}"), 4
"""Words in which a line may end, and after how many characters: a column may be as narrow as a name."""

_UNBROKEN: Final = re.compile(r"[^\s/-]{1,16}")

_SHORT: Final = 600
"""Characters, with at least a line for each item: what is no longer stays on one page."""
_LINE: Final = 60

_NOTE: Final = re.compile("(\x04[^\x05]*\x05)")


def pdf(report: Report) -> bytes:
    """The same report gives the same bytes."""
    drawn = typesetting.drawn(report, PICTURE_WIDTH, titled=False)
    inputs = {"document": json.dumps(document(report), ensure_ascii=False), "picture": drawn}
    return typesetting.pdf("_media/document.typ", inputs, report.document.updated_at)


def document(report: Report) -> Node:
    """The tree: blocks of runs of plain text, and the notes that name the sources."""
    notes = html.Notes()
    blocks = _Reader(notes).blocks(tree.parse(written(report, "html")))
    return {
        "title": report.identity.title,
        "number": report.identity.number_here,
        "blocks": list(blocks),
        "notes": [{"number": number, "said": _breakable(said), "url": url} for number, said, url in notes.listed()],
    }


def _breakable(text: str, *, in_cell: bool = False) -> str:
    """With places where a line may end in what is as long as an address, or wider than a column."""
    return _broken(typesetting.spelled(typesetting.with_emoji_kept(text)), *(_LONG_IN_CELL if in_cell else _LONG))


def _broken(text: str, long: re.Pattern[str] = _LONG[0], piece: int = _LONG[1]) -> str:
    return long.sub(lambda found: _pieces(found[0], piece), text)


def _pieces(word: str, size: int) -> str:
    clusters = list(graphemes(word))
    return "\u200b".join("".join(clusters[at : at + size]) for at in range(0, len(clusters), size))


class _Runs(HTMLParser):
    """Our own inline markup as nested runs; no other reaches it, as all text was escaped."""

    def __init__(self, notes: html.Notes, *, in_cell: bool = False) -> None:
        super().__init__(convert_charrefs=True)
        self.notes = notes
        self.in_cell = in_cell
        self.open: list[Node] = [{"kind": "root", "runs": []}]

    def read(self, markup: str) -> list[Node]:
        self.feed(_NOTE.sub(r"<!--\1-->", markup))
        self.close()
        return list(self.open[0]["runs"])

    def _put(self, run: Node) -> None:
        self.open[-1]["runs"].append(run)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "br":
            self._put({"kind": "break"})
            return
        kind = given["class"] if tag == "span" else tag
        run: Node = {"kind": kind, "runs": []}
        if tag == "a":
            run["url"] = given["href"]
        self._put(run)
        self.open.append(run)

    def handle_endtag(self, tag: str) -> None:
        self.open.pop()

    def handle_data(self, data: str) -> None:
        code = self.open[-1]["kind"] == "code"
        words = data.replace(" …", "\u00a0…") if code else data
        self._put({"kind": "text", "text": _breakable(words, in_cell=self.in_cell and not code)})

    def handle_comment(self, data: str) -> None:
        self._put({"kind": "note", "number": self.notes.number(data[1:-1])[0]})


class _Reader:
    def __init__(self, notes: html.Notes) -> None:
        self.notes = notes

    def blocks(self, blocks: Iterable[tree.Block]) -> Iterator[Node]:
        given = list(blocks)
        for block, after in zip_longest(given, given[1:]):
            made = self._block(block)
            yield {**made, "leads": _leads(block, after)} if made["kind"] == "paragraph" else made

    def _runs(self, markup: str, *, in_cell: bool = False) -> list[Node]:
        return _Runs(self.notes, in_cell=in_cell).read(markup.strip())

    def _block(self, block: tree.Block) -> Node:
        match block:
            case tree.Heading(level, text):
                return {"kind": "heading", "level": level, "text": _broken(typesetting.without_emoji(html.bare(text)))}
            case tree.Paragraph(lines, apart):
                return {"kind": "head" if apart else "paragraph", "lines": [self._line(line) for line in lines]}
            case tree.Listing():
                return {"kind": "list", "items": [self._item(item) for item in block.items]}
            case tree.Table():
                return self._table(block)
            case tree.Code(text):
                return {"kind": "code", "text": _breakable(html.bare(text))}
            case tree.Rule():
                return {"kind": "rule"}
            case tree.Picture():
                return {"kind": "picture"}

    def _line(self, text: str) -> Node:
        label, value = html.split_label(text)
        return {"label": _breakable(html.bare(label)), "runs": self._runs(value)}

    def _item(self, item: tree.Item) -> Node:
        return {
            **self._line(item.text),
            "number": item.number,
            "ticked": item.ticked,
            "whole": bool(item.below) and _size(item) <= _SHORT,
            "below": list(self.blocks(item.below)),
        }

    def _table(self, table: tree.Table) -> Node:
        columns = list(map(html.bare, table.columns))
        return {
            "kind": "table",
            "columns": [typesetting.spelled(name) for name in columns],
            "shares": shares([columns, *([html.bare(cell) for cell in row] for row in table.rows)]),
            "rows": [[self._runs(cell, in_cell=True) for cell in row] for row in table.rows],
        }


def _leads(block: tree.Block, after: tree.Block | None) -> bool:
    """Is it a short line over what belongs to it, which is nothing alone at the foot of a page?"""
    lines = block.lines if isinstance(block, tree.Paragraph) else ()
    label = bool(lines) and html.bare(lines[-1]).rstrip().endswith(":")
    below = isinstance(after, tree.Listing | tree.Table) or (label and isinstance(after, tree.Paragraph | tree.Code))
    return below and sum(map(len, lines)) <= _SHORT


def _size(item: tree.Item) -> int:
    """How much stands in it, in characters; a table or a text of several lines in it is more than fits."""
    below = (_size(one) for block in item.below for one in (block.items if isinstance(block, tree.Listing) else ()))
    other = any(not isinstance(block, tree.Listing) for block in item.below)
    return max(len(html.bare(item.text)), _LINE) + sum(below) + other * _SHORT


def shares(rows: Sequence[Sequence[str]]) -> list[float | None]:
    """How wide each column is beside the others, by what stands in it; None: as wide as it needs."""
    columns = list(zip(*rows, strict=True))
    if all(_longest(column) <= _NARROW for column in columns):
        return [1.0] * len(columns)
    return [None if _longest(column) <= _NARROW else _share(column) for column in columns]


def _longest(column: Sequence[str]) -> int:
    return max(map(len, column))


def _share(column: Sequence[str]) -> float:
    """By the usual length of its cells, and wide enough for its longest word."""
    word = max((len(found) for cell in column for found in _UNBROKEN.findall(cell)), default=0)
    usual = sum(map(len, column)) / len(column)
    return round(min(max(usual, 14.0, word * 1.5), 60.0), 1)
