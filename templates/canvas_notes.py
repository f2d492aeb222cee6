"""What people wrote in a canvas of ours: told from what we wrote, kept as theirs, once.

A canvas carries no mark of who wrote what, and Slack tells its content in a spelling of its own. So a line is ours
when its bare words are among those we last wrote, and everybody else's when they are not.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from hashlib import blake2s
from itertools import groupby
from typing import Final

from templates import canvas

HEADING: Final = "Notes From People"
_STANDING: Final = (
    "_What stands above is written from the recorded facts, again whenever they change. "
    "What people write in this canvas is kept below, as they wrote it._"
)
_WHERE: Final = "**Under “{}”:**"

_FENCE: Final = re.compile(r"\s*(`{3,}|~{3,})")
_LIST: Final = re.compile(r"^\s*(?:[-*+]|\d{1,9}[.)])\s+")
_SHORTCODE: Final = re.compile(r":(?=[^:\s]*[a-z])[a-z0-9_+'-]+:", re.IGNORECASE)
_BREAK: Final = re.compile(r"<br\s*/?>", re.IGNORECASE)
_STRUCTURE: Final = re.compile(r"[\s\\|*_#>:—–…-]|\[ ?\]")
_HEADING: Final = re.compile(r"^#{1,6}\s+(.*)$")
_PERSON: Final = re.compile(r"!\[[^\]]*\]\(@([A-Z0-9]+)\)")
_CHANNEL: Final = re.compile(r"!\[[^\]]*\]\(#([A-Z0-9]+)\)")
_CELL: Final = re.compile(r"(?<!\\)\|")
_BLANKS: Final = re.compile(r"\n{3,}")

Lines = Mapping[str, int]
"""Marks of lines, and how often each stands."""


def lines_of(report: str) -> Counter[str]:
    """The marks of the lines of a report and of our words below it; no word can be read from a mark."""
    return marks(with_notes(report, ""))


def marks(text: str) -> Counter[str]:
    return Counter(unit.mark for unit in _units(text) if unit.mark)


def with_notes(report: str, notes: str) -> str:
    """The whole content: the report, and below it what people wrote."""
    return "\n\n".join(filter(None, (report.strip("\n"), "---", f"## {HEADING}", _STANDING, notes))) + "\n"


def people_s(told: str, ours: Lines, names: Mapping[str, str], team_url: str) -> str:
    """What people wrote in the canvas that Slack tells of, in its own words; `ours` is what we last wrote there.

    What already stood below our heading stays as it stands; what was written elsewhere comes after it, with the
    heading it stood under. Mentions become names, as writing them again would call people again.
    """
    above, below = _parted(list(_units(told)))
    kept = _kept(below)
    known = {unit.mark for unit in kept}
    groups = _foreign(above, Counter(ours))
    new = (group for group in groups if any(unit.mark and unit.mark not in known for unit in group.units))
    parts = [_text(kept), *(part for group in new for part in group.parts())]
    return _uncalled("\n\n".join(filter(None, parts)), names, team_url)


def mentioned(told: str) -> tuple[str, ...]:
    """The people whom a canvas mentions, by id."""
    return tuple(dict.fromkeys(_PERSON.findall(told)))


def as_words(notes: str) -> str:
    """The notes with nothing in them that could be refused: every line as plain words."""
    return "\n\n".join(str(canvas.escape(line)) for line in notes.splitlines() if line.strip())


def settled(report: str, told: str) -> Counter[str]:
    """The marks of the report just written, in our spelling and in the one in which Slack tells of it."""
    mine = [unit.mark for unit in _units(with_notes(report, "")) if unit.mark]
    back = [unit.mark for unit in _parted(list(_units(told)))[0] if unit.mark]
    ours = Counter(mine)
    if Counter(back) - ours:
        for kind, i, j, k, m in SequenceMatcher(None, mine, back, autojunk=False).get_opcodes():
            if kind == "replace" and j - i == m - k:
                ours.update(back[k:m])
    return ours


@dataclass(frozen=True, slots=True)
class _Unit:
    """A line, or a whole block of code."""

    text: str
    mark: str  # empty: nothing but structure

    @property
    def heading(self) -> str:
        found = _HEADING.match(self.text)
        return found[1].strip() if found else ""


@dataclass(slots=True)
class _Group:
    """What somebody wrote in one place, under this heading of ours."""

    under: str
    units: list[_Unit] = field(default_factory=list)

    def parts(self) -> Iterator[str]:
        if self.under:
            yield _WHERE.format(self.under)
        yield _text(_alone(self.units))


def _units(text: str) -> Iterator[_Unit]:
    block: list[str] = []
    fence = ""
    for line in text.splitlines():
        found = _FENCE.match(line)
        if not fence and not found:
            yield _Unit(line, _mark(line))
            continue
        block.append(line)
        if not fence and found:
            fence = found[1]
        elif found and found[1].startswith(fence) and not line.strip().strip(fence[0]):
            yield _whole(block)
            block, fence = [], ""
    if block:
        yield _whole(block)


def _whole(block: Sequence[str]) -> _Unit:
    return _Unit("\n".join(block), _mark(" ".join(block[1:]) or block[0]))


def _mark(line: str) -> str:
    words = _bare(line)
    return blake2s(words.encode("utf-8", "replace"), digest_size=6).hexdigest() if words else ""


def _bare(line: str) -> str:
    """Letters and digits alone; where there are none, whatever is no structure."""
    text = _BREAK.sub(" ", html.unescape(_LIST.sub("", line)))
    words = unicodedata.normalize("NFKC", _SHORTCODE.sub("", text)).casefold()
    return "".join(filter(str.isalnum, words)) or _STRUCTURE.sub("", text)


def _parted(units: list[_Unit]) -> tuple[list[_Unit], list[_Unit]]:
    """Before our heading of the notes, and below it."""
    ours = [n for n, unit in enumerate(units) if unit.mark == _mark(HEADING) and unit.heading]
    return (units[: ours[-1]], units[ours[-1] + 1 :]) if ours else (units, [])


def _kept(below: Iterable[_Unit]) -> list[_Unit]:
    return [unit for unit in below if unit.mark != _mark(_STANDING)]


def _foreign(units: Iterable[_Unit], left: Counter[str]) -> Iterator[_Group]:
    """What is not ours, in the groups in which it stands."""
    group = _Group("")
    for unit in units:
        if unit.mark and left[unit.mark] > 0:
            left[unit.mark] -= 1
            yield group
            group = _Group(unit.heading or group.under)
        elif unit.mark or group.units:
            group.units.append(unit)
    yield group


def _text(units: Iterable[_Unit]) -> str:
    return _BLANKS.sub("\n\n", "\n".join(unit.text for unit in units)).strip("\n")


def _alone(units: Sequence[_Unit]) -> Iterator[_Unit]:
    """The units so that they can stand by themselves: rows without the heads of their table become items."""
    for is_row, run in groupby(units, key=lambda unit: unit.text.lstrip().startswith("|")):
        rows = list(run)
        headed = len(rows) > 1 and not rows[1].mark
        yield from rows if headed or not is_row else (_Unit(_item(row.text), row.mark) for row in rows if row.mark)


def _item(row: str) -> str:
    cells = (cell.strip() for cell in _CELL.split(row.strip().strip("|")))
    return f"- {' · '.join(filter(None, cells))}"


def _uncalled(text: str, names: Mapping[str, str], team_url: str) -> str:
    """Without mentions and embedded channels: the names they showed."""
    text = _PERSON.sub(lambda found: str(canvas.escape("@" + names.get(found[1], found[1]).removeprefix("@"))), text)
    return _CHANNEL.sub(lambda found: _channel(found[1], names, team_url), text)


def _channel(id: str, names: Mapping[str, str], team_url: str) -> str:
    return str(canvas.link(f"#{names.get(id, id).removeprefix('#')}", f"{team_url}archives/{id}"))
