"""Blocks as the Markdown of a canvas, within what Slack takes: tables are split, and what is too much is left out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, TypeVar

from bot.wire import shorten
from templates import tree

MOST: Final = 512 * 1024
"""Bytes of a report. Slack takes 1,048,576 characters at once; the other half is left to what people write."""

CELLS_MOST: Final = 300
"""Of one table, its heads included."""

LEAST: Final = 5
"""Entries of each table and list that stand however many there are elsewhere."""

CODE_MOST: Final = 2_000
"""Characters of a block of code in a report that must be shortened."""

LEVELS: Final = 3
"""Of headings; a deeper one stands at the last."""

LINE: Final = "\x0e"
"""Between the lines of a text that stands in one line of the document."""

_LITERAL: Final = re.compile(r"^(?=[#>|]|[-+*] )")
_PIPE: Final = re.compile(r"(?<!\\)((?:\\\\)*)\|")
_Some = TypeVar("_Some")


def written(blocks: Sequence[tree.Block], where: str) -> str:
    """The blocks as one text; `where` says, as a clause in canvas Markdown, where the whole is to be had."""
    whole = _Writer(None, where).text(blocks)
    if _fits(whole):
        return whole
    low, high = LEAST, max(_lengths(blocks), default=0)
    while low + 1 < high:
        middle = (low + high) // 2
        low, high = (middle, high) if _fits(_Writer(middle, where).text(blocks)) else (low, middle)
    return _cut(_Writer(low, where).text(blocks), where)


def _fits(text: str, most: int = MOST) -> bool:
    return len(text) <= most and len(text.encode()) <= most


def _lengths(blocks: Iterable[tree.Block]) -> Iterator[int]:
    for block in blocks:
        if isinstance(block, tree.Table):
            yield len(block.rows)
        elif isinstance(block, tree.Listing):
            yield len(block.items)
            for item in block.items:
                yield from _lengths(item.below)


def _cut(text: str, where: str) -> str:
    """Whole blocks from the beginning, for a report whose single texts are too much."""
    if _fits(text):
        return text
    said = f"\n\n_What follows is left out, because a canvas holds no more: {where}._\n"
    kept = text.encode()[: MOST - len(said.encode())].decode(errors="ignore")
    return kept[: kept.rfind("\n\n")] + said


class _Writer:
    """Writes blocks; of a table or a list with more than `most` entries, the first and the last of them."""

    def __init__(self, most: int | None, where: str) -> None:
        self._most = most
        self._where = where

    def text(self, blocks: Iterable[tree.Block]) -> str:
        parts = (part for block in blocks for part in self._block(block))
        return "\n\n".join(filter(None, parts)) + "\n"

    def _block(self, block: tree.Block) -> Iterator[str]:
        match block:
            case tree.Heading(level, text):
                yield f"{'#' * min(level, LEVELS)} {_inline(text, ' ')}"
            case tree.Paragraph(lines, apart):
                yield ("  \n" if apart else " ").join(_inline(_defused(line), "  \n") for line in lines)
            case tree.Listing():
                yield from self._listing(block)
            case tree.Table():
                yield from self._table(block)
            case tree.Code(text):
                yield from self._code(text)
            case tree.Rule():
                yield "---"
            case tree.Picture():
                pass

    def _table(self, table: tree.Table) -> Iterator[str]:
        width = max(map(len, (table.columns, *table.rows)))
        head = [_row(table.columns, width), f"|{' --- |' * width}"]
        fitting = max(CELLS_MOST // width - 1, 1)
        first, last = self._kept(table.rows)
        for rows in (first, last):
            for start in range(0, len(rows), fitting):
                yield "\n".join((*head, *(_row(row, width) for row in rows[start : start + fitting])))
            if rows is first:
                yield self._left_out(len(table.rows), len(first) + len(last))

    def _listing(self, listing: tree.Listing) -> Iterator[str]:
        first, last = self._kept(listing.items)
        yield from self._lists(first)
        yield self._left_out(len(listing.items), len(first) + len(last))
        yield from self._lists(last)

    def _lists(self, items: Iterable[tree.Item]) -> Iterator[str]:
        """Lists, and between them the code that stands below an item: a canvas's list holds none."""
        lines: list[str] = []
        outermost = 0
        for indent, item in _items(items, 0):
            if isinstance(item, tree.Code):
                yield "\n".join(lines)
                yield from self._code(item.text)
                lines, outermost = [], 0
                continue
            outermost = min(outermost, indent) if lines else indent
            lines.append(_item(item, indent - outermost))
        yield "\n".join(lines)

    def _code(self, text: str) -> Iterator[str]:
        kept = text if self._most is None else shorten(text, CODE_MOST)
        yield _fenced(kept)
        yield self._left_out(len(text), len(kept), " characters")

    def _kept(self, entries: Sequence[_Some]) -> tuple[Sequence[_Some], Sequence[_Some]]:
        """All of them, or as many of the first and of the last as there is room for."""
        if self._most is None or len(entries) <= self._most:
            return entries, ()
        last = self._most // 2
        return entries[: self._most - last], entries[len(entries) - last :]

    def _left_out(self, total: int, kept: int, what: str = "") -> str:
        if kept == total:
            return ""
        return (
            f"_{total - kept:,} of {total:,}{what} are left out here, because a canvas holds no more: {self._where}._"
        )


def _row(cells: Sequence[str], width: int) -> str:
    whole = (*cells, *[""] * (width - len(cells)))
    return f"| {' | '.join(map(_cell, whole))} |"


def _cell(text: str) -> str:
    words = _inline(text.strip(), "<br>")
    return _PIPE.sub(r"\1\|", words) if "|" in words else words


def _inline(text: str, line_end: str) -> str:
    return text.replace(LINE, line_end).replace(tree.END, "")


def _defused(line: str) -> str:
    """A family of a team's own may hold words that are no macro's: they are words."""
    return _LITERAL.sub(r"\\", line)


def _fenced(text: str) -> str:
    ticks = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
    return f"{ticks}\n{text.replace(LINE, chr(10))}\n{ticks}"


def _items(items: Iterable[tree.Item], indent: int) -> Iterator[tuple[int, tree.Item | tree.Code]]:
    """Each item before what stands below it, with how far in it stands."""
    for item in items:
        yield indent, item
        within = indent + (len(f"{item.number}. ") if item.number is not None else 2)
        for block in item.below:
            if isinstance(block, tree.Code):
                yield within, block
            elif isinstance(block, tree.Listing):
                yield from _items(block.items, within)


def _item(item: tree.Item, indent: int) -> str:
    sign = f"{item.number}." if item.number is not None else "-"
    box = "" if item.ticked is None else f"[{'x' if item.ticked else ' '}] "
    below = f"  \n{' ' * (indent + len(sign) + 1)}"
    return f"{' ' * indent}{sign} {box}{_inline(item.text.strip(), below)}"
