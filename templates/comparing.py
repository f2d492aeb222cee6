"""Two versions of a report beside each other, section by section: what was added, removed or changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from html import unescape
from itertools import zip_longest
from typing import Final

ALIKE: Final = 0.5
"""Of two lines in the same place, how much must be the same for one to be the other, changed."""

_HEADING: Final = re.compile(r"^(#{1,6}) (.*)$")
_LINK: Final = re.compile(r"\[((?:\\.|[^\]\\])*)\]\((?:\\.|[^)\\])*\)")
_ESCAPED: Final = re.compile(r"\\([!-/:-@\[-`{-~])")
_SOURCES: Final = re.compile(r" \(source(?:, source)*\)")
_DIVIDER: Final = re.compile(r"^\|(?: -+ \|)+$")


@dataclass(frozen=True, slots=True)
class Change:
    """One line: added without `before`, removed without `after`, else changed."""

    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Section:
    """The changes below one heading; `title` has the headings above it too."""

    title: str
    changes: tuple[Change, ...]


def compared(before: str, after: str) -> tuple[Section, ...]:
    """What differs between two reports in Markdown, in the order of the second, then what only the first has.

    Links are compared by their words, for an address says nothing to a reader.
    """
    old, new = _sections(before), _sections(after)
    order = [*new, *(title for title in old if title not in new)]
    found = (Section(title, tuple(_changes(old.get(title, []), new.get(title, [])))) for title in order)
    return tuple(section for section in found if section.changes)


def as_text(sections: Sequence[Section], heading: str) -> str:
    """The comparison for a terminal or a file: `+` added, `-` removed, `~` changed."""
    if not sections:
        return f"{heading}\n\nNothing differs.\n"
    return "\n".join((heading, *("\n".join(("", section.title, *_told(section))) for section in sections))) + "\n"


def _told(section: Section) -> Iterator[str]:
    for change in section.changes:
        if change.before is None:
            yield f"  + {change.after}"
        elif change.after is None:
            yield f"  - {change.before}"
        else:
            yield f"  ~ {change.before}"
            yield f"    → {change.after}"


def _sections(text: str) -> dict[str, list[str]]:
    """The readable lines below each heading; a heading that stands twice in one place is numbered."""
    above: list[str] = []
    found: dict[str, list[str]] = {"": []}
    title = ""
    for line in text.splitlines():
        heading = _HEADING.match(line)
        if heading:
            above = [*above[: len(heading[1]) - 1], _readable(heading[2])]
            title = _free(" › ".join(above[1:]) or above[0], found)
            found[title] = []
        elif (words := _readable(line)) and not _DIVIDER.match(line):
            found[title].append(words)
    return found


def _free(title: str, taken: dict[str, list[str]]) -> str:
    names = (title if n == 1 else f"{title} ({n})" for n in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)


def _readable(line: str) -> str:
    """Without addresses, marks and the bars of a table."""
    words = _LINK.sub(r"\1", line.strip())
    if words.startswith("|"):
        words = " · ".join(cell.strip() for cell in re.split(r"(?<!\\)\|", words.strip("|")))
    words = _SOURCES.sub("", words.replace("**", "").replace("<br>", " / ").removeprefix("- "))
    return unescape(_ESCAPED.sub(r"\1", words)).strip()


def _changes(old: list[str], new: list[str]) -> Iterator[Change]:
    for kind, i, j, k, n in SequenceMatcher(None, old, new).get_opcodes():
        if kind == "equal":
            continue
        for before, after in zip_longest(old[i:j], new[k:n]):
            if before is not None and after is not None and not _alike(before, after):
                yield Change(before, None)
                yield Change(None, after)
            else:
                yield Change(before, after)


def _alike(before: str, after: str) -> bool:
    label, colon, _ = before.partition(": ")
    same = bool(colon) and after.startswith(f"{label}: ")
    return same or SequenceMatcher(None, before, after).ratio() >= ALIKE
