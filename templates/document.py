"""The report as a PDF: the lines of the HTML page as a tree of plain texts, set by one template for all families."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from html.parser import HTMLParser
from typing import Any, Final

from bot.report import Report
from bot.wire import graphemes
from templates import html, tree, typesetting, written

Node = dict[str, Any]

PICTURE_WIDTH: Final = 700
"""Pixels over the width of a page of A4, so that its words are as large as those around it."""

_NARROW: Final = 28
"""Characters: a column that never has more takes what it needs; the others share the rest."""

_LONG: Final = re.compile(r"\S{25,}")
_PIECE: Final = 16
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


def _breakable(text: str) -> str:
    """With places where a line may end in what is as long as an address."""
    return _broken(typesetting.spelled(text))


def _broken(text: str) -> str:
    return _LONG.sub(lambda found: _pieces(found[0]), text)


def _pieces(word: str) -> str:
    clusters = list(graphemes(word))
    return "\u200b".join("".join(clusters[at : at + _PIECE]) for at in range(0, len(clusters), _PIECE))


class _Runs(HTMLParser):
    """Our own inline markup as nested runs; no other reaches it, as all text was escaped."""

    def __init__(self, notes: html.Notes) -> None:
        super().__init__(convert_charrefs=True)
        self.notes = notes
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
        words = data.replace(" …", "\u00a0…") if self.open[-1]["kind"] == "code" else data
        self._put({"kind": "text", "text": _breakable(words)})

    def handle_comment(self, data: str) -> None:
        self._put({"kind": "note", "number": self.notes.number(data[1:-1])[0]})


class _Reader:
    def __init__(self, notes: html.Notes) -> None:
        self.notes = notes

    def blocks(self, blocks: Iterable[tree.Block]) -> Iterator[Node]:
        for block in blocks:
            yield self._block(block)

    def _runs(self, markup: str) -> list[Node]:
        return _Runs(self.notes).read(markup.strip())

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
            "below": list(self.blocks(item.below)),
        }

    def _table(self, table: tree.Table) -> Node:
        columns = list(map(html.bare, table.columns))
        return {
            "kind": "table",
            "columns": [typesetting.spelled(name) for name in columns],
            "shares": shares([columns, *([html.bare(cell) for cell in row] for row in table.rows)]),
            "rows": [[self._runs(cell) for cell in row] for row in table.rows],
        }


def shares(rows: Sequence[Sequence[str]]) -> list[float | None]:
    """How wide each column is beside the others, by what stands in it; None: as wide as it needs."""
    lengths = [[len(cell) for cell in column] for column in zip(*rows, strict=True)]
    if all(max(column) <= _NARROW for column in lengths):
        return [1.0] * len(lengths)
    return [None if max(column) <= _NARROW else _share(column) for column in lengths]


def _share(lengths: Sequence[int]) -> float:
    return round(min(max(sum(lengths) / len(lengths), 14.0), 60.0), 1)
