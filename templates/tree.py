"""What the macros write line by line, as headings, paragraphs, lists and tables: for the media that nest their marks.

Such a medium's helpers begin a line with a mark of control characters, which no text from people can hold (they are
taken out of it), so that nothing a person writes can be taken for a mark. What stands in a line is the medium's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

_MARK: Final = re.compile("\x02([a-z])([0-9]+)\x03 ?(.*)", re.DOTALL)
CELL: Final = "\x06"
END: Final = "\x07"
"""At the end of a line: the next one begins below it."""

Kind = Literal["heading", "bullet", "number", "tick", "row", "divider", "code", "rule", "picture"]


def mark(kind: Kind, number: int = 0) -> str:
    """What begins a line of this kind; the number is a level, an item's own, or 1 for ticked."""
    return f"\x02{kind[0] if kind != 'rule' else 's'}{number}\x03"


@dataclass(frozen=True, slots=True)
class Heading:
    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """`apart`: each line stands by itself, else they run on."""

    lines: tuple[str, ...]
    apart: bool


@dataclass(slots=True)
class Item:
    """`number` where the list is numbered, `ticked` where it is a check list."""

    text: str
    number: int | None = None
    ticked: bool | None = None
    below: list[Block] = field(default_factory=list)


@dataclass(slots=True)
class Listing:
    numbered: bool
    items: list[Item] = field(default_factory=list)


@dataclass(slots=True)
class Table:
    """`caption` is the heading above it."""

    caption: str
    columns: list[str]
    rows: list[list[str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Code:
    text: str


@dataclass(frozen=True, slots=True)
class Rule:
    pass


@dataclass(frozen=True, slots=True)
class Picture:
    pass


Block: TypeAlias = Heading | Paragraph | Listing | Table | Code | Rule | Picture


def parse(text: str) -> list[Block]:
    """The blocks of a document."""
    grower = _Grower()
    for line in text.split("\n"):
        grower.take(line.strip(" "))
    grower.end_paragraph()
    return grower.blocks


class _Grower:
    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.lists: list[Listing] = []  # those still open, the outermost first
        self.lines: list[str] = []
        self.heading = ""
        self.table: Table | None = None  # the one that the next row belongs to
        self.columns: list[str] = []

    def take(self, line: str) -> None:
        marked = _MARK.fullmatch(line)
        if not marked:
            self._words(line)
            return
        self.end_paragraph()
        kind, number, content = marked[1], int(marked[2]), marked[3]
        if kind not in "rd":
            self.table = None
        if kind in "bnt":
            self._item(kind, number, content)
        elif kind == "c":
            (self.lists[-1].items[-1].below if self.lists else self.blocks).append(Code(content))
        elif kind in "rd":
            self._table(kind, content)
        else:
            self._alone(kind, number, content)

    def _words(self, line: str) -> None:
        self.table = None
        if line:
            self.lists = []
            self.lines.append(line)
        else:
            self.end_paragraph()

    def end_paragraph(self) -> None:
        if self.lines:
            apart = any(line.endswith(END) for line in self.lines)
            self.blocks.append(Paragraph(tuple(line.removesuffix(END).strip() for line in self.lines), apart))
        self.lines = []

    def _item(self, kind: str, number: int, content: str) -> None:
        level = min(number, len(self.lists)) if kind == "b" else 0
        item = Item(content, number if kind == "n" else None, bool(number) if kind == "t" else None)
        del self.lists[level + 1 :]
        if len(self.lists) <= level or self.lists[level].numbered != (kind == "n"):
            self._open(level, Listing(kind == "n"))
        self.lists[level].items.append(item)

    def _open(self, level: int, listing: Listing) -> None:
        del self.lists[level:]
        (self.lists[-1].items[-1].below if self.lists else self.blocks).append(listing)
        self.lists.append(listing)

    def _table(self, kind: str, content: str) -> None:
        self.lists = []
        if kind == "d":
            self.table = Table(self.heading, self.columns)
            self.blocks.append(self.table)
        elif self.table:
            self.table.rows.append(content.split(CELL))
        else:
            self.columns = content.split(CELL)

    def _alone(self, kind: str, number: int, content: str) -> None:
        self.lists = []
        if kind == "h":
            self.heading = content
            self.blocks.append(Heading(number, content))
        else:
            self.blocks.append(Rule() if kind == "s" else Picture())


def headings(blocks: Iterable[Block]) -> list[Heading]:
    return [block for block in blocks if isinstance(block, Heading)]
