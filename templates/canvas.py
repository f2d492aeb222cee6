"""The one place that knows the syntax of Slack's canvases: Markdown with three headings, small tables and no HTML.

Text from people is data: it mentions nobody, embeds nothing, and breaks no table.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Final

from markupsafe import Markup

from bot.report import Report
from bot.reporting.told import Citation
from bot.wire import clean, one_line
from templates import canvas_blocks, tree
from templates.canvas_blocks import LINE
from templates.links import destination, is_web, pieces

_SPECIAL: Final = re.compile(r"[\\`*_\[\]|~<]|&(?=#?\w+;)|(?<=\w)@(?=\w)|(?<=www)\.|!(?=\[|$)")
_OUTER: Final = re.compile(r"^ +| +$")
_LEADING: Final = re.compile(r"^ ?(?:(?P<mark>[#>+=-])|(?P<digits>\d{1,9})(?P<dot>[.)](?=\s|$)))")
_EMBEDDING: Final = "![]("


def escape(text: str) -> Markup:
    """Any text, safe wherever a line may stand: no markup, no mention, no row; http addresses lead to themselves."""
    lines = clean(text).replace("\t", " ").strip("\n").split("\n")
    return Markup(LINE.join(_line(_OUTER.sub(" ", line)) for line in lines))  # noqa: S704 - this is the escaping


def _line(line: str) -> str:
    parts: list[str] = []
    for words, url in pieces(line):
        parts += _words(words, leading=not parts), _link(_words(url), url) if url else ""
    return "".join(parts)


def _words(words: str, *, leading: bool = False) -> str:
    escaped = _SPECIAL.sub(lambda found: f"\\{found[0]}", words)
    return _LEADING.sub(_defused, escaped) if leading else escaped


def _defused(found: re.Match[str]) -> str:
    """What would begin a heading, a quotation or a list does not."""
    return f"\\{found['mark']}" if found["mark"] else f"{found['digits']}\\{found['dot']}"


def _link(label: str, url: str) -> str:
    return f"[{label}]({destination(url)})"


def finalize(value: object) -> Markup:
    """What Jinja puts out: markup made by a macro, whose last line end is the caller's; everything else escaped."""
    return value.removesuffix("\n") if isinstance(value, Markup) else escape(str(value))


def link(text: str, url: str | None) -> Markup:
    """The text, leading to the address where it is one of the web."""
    if not url or not is_web(url):
        return escape(text)
    return Markup(_link(_words(one_line(clean(text))), url))  # noqa: S704


def cited(text: str, cite: Citation) -> Markup:
    """The text, leading to the message that says so."""
    return link(text, cite.url)


def reference(cite: Citation, stamp: Callable[[datetime], str]) -> Markup:
    return link("source", cite.url) if cite.url else escape(f"{cite.by}, {stamp(cite.at)}")


def references(cites: Iterable[Citation], stamp: Callable[[datetime], str]) -> Markup:
    """The sources of what stands before them, in parentheses; nothing where there are none."""
    listed = Markup(", ").join(reference(cite, stamp) for cite in cites)
    return Markup(" (") + listed + Markup(")") if listed else Markup("")


def code(text: str) -> Markup:
    """Our own words as inline code; they hold no backtick."""
    return Markup(f"`{text}`")  # noqa: S704


def bold(text: object) -> Markup:
    return Markup("**") + finalize(text) + Markup("**")


def aside(caller: Callable[[], Markup]) -> Markup:
    """Words of ours beside the facts: what is unknown, assumed or remarked."""
    return Markup("_") + caller() + Markup("_")


def _begin(kind: tree.Kind, number: int = 0) -> Markup:
    return Markup(tree.mark(kind, number))  # noqa: S704


def fence(text: str, indent: int) -> Markup:
    """Text as a code block, on one line of the document; only what would embed something is set apart in it."""
    words = clean(text).removeprefix("```").removesuffix("```").strip("\n").replace(_EMBEDDING, "! [](").expandtabs(4)
    return _begin("code") + Markup(LINE.join(line.rstrip() for line in words.split("\n")))  # noqa: S704


def row(cells: Iterable[object]) -> Markup:
    return _begin("row") + Markup(tree.CELL).join(finalize(cell).strip() for cell in cells)  # noqa: S704


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
    "line_end": Markup(LINE),  # noqa: S704
    "link": link,
    "ordinal": lambda number: _begin("number", number),
    "picture_line": Markup(""),
    "reference": reference,
    "references": references,
    "row": row,
    "rule_line": _begin("rule"),
}
"""The same names as in the other media; the lines they begin become blocks in `finish`."""


def finish(text: str, report: Report) -> str:
    """The whole content of a canvas, within Slack's limits: what does not fit is said and led to, never refused."""
    who = report.identity
    place = link(f"#{who.channel}", who.channel_url) if who.channel else escape(who.number)
    where = f"`/incident postmortem {report.family}` in {place} posts the whole as a file"
    return canvas_blocks.written(tree.parse(text), where)
