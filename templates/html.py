"""The one place that knows HTML's syntax: text from people is data, in elements and in attributes.

A page needs nothing but itself: no script, no font, no image from elsewhere. Each value bears the number of a note
that says who said it, how and when, and leads to the message.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from markupsafe import Markup, escape

from bot.report import Report
from bot.reporting.told import Citation
from bot.wire import clean, one_line, shorten
from templates import shelf, svg, tree
from templates.links import is_web, pieces

_RIGHT_TO_LEFT: Final = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_NOTE: Final = re.compile("\x04([^\x04\x05]*)\x05")
_LABEL: Final = re.compile(r"<strong>((?:[^<]|<(?!/strong>))*)</strong>: ?")
_TAG: Final = re.compile(r"<[^>]*>|\x04[^\x05]*\x05")
_TITLE_MOST: Final = 70
PICTURE_WIDTH: Final = 960


def text_of(value: object) -> Markup:
    """Any text in an element: line ends stay, http addresses are links, and what reads right to left stays apart."""
    lines = clean(str(value)).strip("\n").split("\n")
    words = Markup("<br>").join(_line(line) for line in lines)
    return Markup("<bdi>{}</bdi>").format(words) if _RIGHT_TO_LEFT.search(words) else words


def _line(line: str) -> Markup:
    return Markup("").join(escape(words) + (_anchor(url, url) if url else "") for words, url in pieces(line))


def finalize(value: object) -> Markup:
    """What Jinja puts out: markup made by a macro, whose last line end is the caller's; everything else escaped."""
    return value.removesuffix("\n") if isinstance(value, Markup) else text_of(value)


def _plain(text: object) -> str:
    """Text for an attribute, or inside a link: one line, nothing that leads anywhere."""
    return one_line(clean(str(text)))


def _anchor(text: str, url: str, title: str = "") -> Markup:
    told = Markup(' title="{}"').format(title) if title else ""
    return Markup('<a href="{}"{}>{}</a>').format(_plain(url), told, _plain(text))


def link(text: str, url: str | None) -> Markup:
    """The text, leading to the address where it is one of the web."""
    return _anchor(text, url) if url and is_web(url) else text_of(text)


def _said(cite: Citation) -> str:
    at = cite.at.astimezone(UTC)
    return f"{_plain(cite.by)} ({cite.via}), {at:%Y-%m-%d %H:%M:%S} UTC"


def cited(text: str, cite: Citation) -> Markup:
    """The text, leading to the message that says so, else with a note of its source."""
    if cite.url and is_web(cite.url):
        return _anchor(text, cite.url, _said(cite))
    return text_of(text) + _note(cite)


def _note(cite: Citation) -> Markup:
    url = cite.url if cite.url and is_web(cite.url) else ""
    return Markup("\x04{}\x10{}\x05").format(_said(cite), url)


def reference(cite: Citation, stamp: Callable[[datetime], str]) -> Markup:
    return Markup("{}, {} {}").format(_plain(cite.by), stamp(cite.at), _note(cite))


def references(cites: Iterable[Citation], stamp: Callable[[datetime], str]) -> Markup:
    """The numbers of the notes that name the sources; they all say when, so `stamp` adds nothing."""
    return Markup("<sup>,</sup>").join(map(_note, cites))


def code(text: str) -> Markup:
    return Markup("<code>{}</code>").format(_plain(text))


def bold(text: object) -> Markup:
    return Markup("<strong>{}</strong>").format(finalize(text))


def aside(caller: Callable[[], Markup]) -> Markup:
    """Words of ours beside the facts; what is unknown stands out."""
    words = caller()
    kind = "unknown" if words.startswith(("Unknown", "Inconsistent")) else "aside"
    return Markup('<span class="{}">{}</span>').format(kind, words)


def _begin(kind: tree.Kind, number: int = 0) -> Markup:
    return Markup(tree.mark(kind, number))  # noqa: S704


def fence(text: str, indent: int) -> Markup:
    """Text as it was typed, on one line of the document; how far in it stands follows from the item above it."""
    lines = clean(text).removeprefix("```").removesuffix("```").strip("\n").split("\n")
    return _begin("code") + Markup("&#10;").join(line.rstrip() for line in lines)


def row(cells: Iterable[object]) -> Markup:
    return _begin("row") + Markup(tree.CELL).join(finalize(cell) for cell in cells)  # noqa: S704


def heading(level: int, text: object) -> Markup:
    return _begin("heading", level) + finalize(text)


HELPERS: Final[Mapping[str, object]] = {
    "aside": aside,
    "blank": Markup(""),
    "bold": bold,
    "check_mark": lambda ticked: _begin("tick", int(ticked)),
    "cited": cited,
    "code": code,
    "dash": lambda level=0, indent=None: _begin("bullet", level),
    "divider": lambda columns: _begin("divider"),
    "fence": fence,
    "heading": heading,
    "line_break": Markup(tree.END),  # noqa: S704
    "line_end": Markup("<br>"),
    "link": link,
    "ordinal": lambda number: _begin("number", number),
    "picture_line": _begin("picture"),
    "reference": reference,
    "references": references,
    "row": row,
    "rule_line": _begin("rule"),
}
"""The same names as in the other media; the lines they begin become elements in `finish`."""


def finish(text: str, report: Report) -> str:
    """The whole page, from the lines that the macros wrote."""
    blocks = tree.parse(text)
    notes = Notes()
    body = Markup("\n").join(_Writer(notes, report).write(blocks))
    style = shelf.read("_media/page.css") or ""
    digest = b64encode(sha256(style.encode()).digest()).decode()
    page = shelf.markup().get_template("_media/page.html.j2")
    return page.render(
        title=_title(_plain(f"{report.identity.number_here} {report.identity.title}")),
        style=Markup(style),  # noqa: S704 - a file of ours
        digest=digest,
        sections=[(number, bare(h.text)) for number, h in _numbered(blocks)],
        body=body,
        notes=notes.listed(),
    )


def split_label(text: str) -> tuple[str, str]:
    """The label at the beginning of a line, if there is one, and what follows it."""
    found = _LABEL.match(text)
    return (found[1], text[found.end() :]) if found else ("", text)


def _title(text: str) -> str:
    """Short enough however it is counted: checkers count what stands in the file, in UTF-16."""
    fits = (cut for most in range(_TITLE_MOST, 0, -1) if _written_length(cut := shorten(text, most)) <= _TITLE_MOST)
    return next(fits)


def _written_length(text: str) -> int:
    return len(escape(text).encode("utf-16-le")) // 2


def bare(markup: str) -> str:
    """The words alone, as plain text."""
    return Markup(_TAG.sub("", markup)).unescape().strip()  # noqa: S704 - never put out as markup


def _numbered(blocks: Sequence[tree.Block]) -> Iterator[tuple[int, tree.Heading]]:
    second = (heading for heading in tree.headings(blocks) if heading.level == 2)
    return enumerate(second, start=1)


@dataclass(slots=True)
class Notes:
    """Sources in the order in which they are first met, each once."""

    numbers: dict[str, int] = field(default_factory=dict)

    def number(self, key: str) -> tuple[int, bool]:
        """Its number, and whether this is its first use."""
        first = key not in self.numbers
        return self.numbers.setdefault(key, len(self.numbers) + 1), first

    def listed(self) -> list[tuple[int, str, str]]:
        """(number, what it says, where it leads or ""), as plain text."""
        return [(number, *_opened(key)) for key, number in self.numbers.items()]


def _opened(key: str) -> tuple[str, str]:
    said, _, url = key.partition("\x10")
    return Markup(said).unescape(), Markup(url).unescape()  # noqa: S704 - escaped again where it is put out


def noted(markup: str, notes: Notes) -> str:
    """The markup with numbers in place of its notes."""
    return _NOTE.sub(lambda found: _number(found[1], notes), markup)


def _number(key: str, notes: Notes) -> str:
    number, first = notes.number(key)
    name = Markup(' id="cited-{}"').format(number) if first else ""
    return Markup('<sup{}><a href="#source-{}" title="{}">{}</a></sup>').format(name, number, _opened(key)[0], number)


@dataclass(slots=True)
class _Writer:
    notes: Notes
    report: Report
    sections: int = 0

    def write(self, blocks: Iterable[tree.Block]) -> Iterator[Markup]:
        for block in blocks:
            yield Markup(self._block(block))  # noqa: S704 - escaped where the helpers wrote it

    def _inline(self, text: str) -> str:
        return noted(text.strip(), self.notes)

    def _block(self, block: tree.Block) -> str:
        match block:
            case tree.Heading():
                return self._heading(block)
            case tree.Paragraph():
                return self._paragraph(block)
            case tree.Listing():
                return self._listing(block)
            case tree.Table():
                return self._table(block)
            case tree.Code(text):
                return f"<pre>{text}</pre>"
            case tree.Rule():
                return "<hr>"
            case tree.Picture():
                return svg.figure(self.report, PICTURE_WIDTH)

    def _heading(self, block: tree.Heading) -> str:
        self.sections += block.level == 2
        name = f' id="section-{self.sections}"' if block.level == 2 else ""
        return f"<h{block.level}{name}>{self._inline(block.text)}</h{block.level}>"

    def _paragraph(self, block: tree.Paragraph) -> str:
        if not block.apart:
            return f"<p>{' '.join(map(self._inline, block.lines))}</p>"
        lines = "\n".join(f"<li{self._labelled(line)}</li>" for line in block.lines)
        return f'<ul class="head">\n{lines}\n</ul>'

    def _labelled(self, text: str) -> str:
        """The rest of an item's tag and what stands in it: a label and its value, or words."""
        label, rest = split_label(text)
        value = self._inline(rest)
        if not label:
            return f">{value}"
        shown = f' <span class="value">{value}</span>' if value else ""
        return f' class="fact"><strong class="label">{self._inline(label)}<span>:</span></strong>{shown}'

    def _listing(self, block: tree.Listing) -> str:
        name = "ol" if block.numbered else "ul"
        return f"<{name}>\n" + "\n".join(map(self._item, block.items)) + f"\n</{name}>"

    def _item(self, item: tree.Item) -> str:
        below = "".join(f"\n{part}" for part in self.write(item.below)) + ("\n" if item.below else "")
        if item.ticked is not None:
            box = '<span aria-hidden="true">{}</span> <span class="hidden">{}:</span>'
            shown = box.format("☑", "done") if item.ticked else box.format("☐", "open")
            return f'<li class="tick">{shown} {self._inline(item.text)}{below}</li>'
        if item.number is not None:
            return f'<li value="{item.number}">{self._inline(item.text)}{below}</li>'
        return f"<li{self._labelled(item.text)}{below}</li>"

    def _table(self, block: tree.Table) -> str:
        heads = "".join(f'<th scope="col">{self._inline(cell)}</th>' for cell in block.columns)
        rows = "\n".join(self._row(cells) for cells in block.rows)
        return (
            f'<div class="wide">\n<table>\n<caption class="hidden">{_TAG.sub("", block.caption)}</caption>\n'
            f"<thead>\n<tr>{heads}</tr>\n</thead>\n<tbody>\n{rows}\n</tbody>\n</table>\n</div>"
        )

    def _row(self, cells: Iterable[str]) -> str:
        return f"<tr>{''.join(f'<td>{self._inline(cell)}</td>' for cell in cells)}</tr>"
