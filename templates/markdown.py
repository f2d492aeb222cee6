"""The one place that knows Markdown's syntax: text from people is data, and stays data in every position."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from markupsafe import Markup

from bot.reporting.told import Citation
from bot.wire import clean
from templates.links import destination, is_web, pieces

_SPECIAL: Final = re.compile(
    r"(?P<slash>[\\`*\[\]|~])"
    r"|(?P<under>(?<![^\W_])_|_(?![^\W_]))"
    r"|(?P<less><)"
    r"|(?P<amp>&(?=#?\w+;))"
    r"|(?P<brace>\{(?=[{%]))"
    r"|(?P<at>(?<=\w)@(?=\w))"
    r"|(?P<www>(?<=www)\.)"
    r"|(?P<dash>(?<![\w-])-(?=\d))"
    r"|(?P<minus>−(?=\d))"
)
_ENTITIES: Final = {"less": "&lt;", "amp": "&amp;", "brace": "&#123;", "minus": "&#8722;"}
_OUTER: Final = re.compile(r"^ +| +$")
_LEADING: Final = re.compile(r"^ ?(?:(?P<mark>[#>+=-])|(?P<digits>\d{1,9})(?P<dot>[.)](?=\s|$)))")
_MATHS: Final = re.compile(r"\$(?=\S)(?=.*\S\$)|(?<=\S)\$", re.DOTALL)


def escape(text: str) -> str:
    """Any text, safe in a paragraph, a list item, a heading or a table cell: it makes no markup, no HTML, no row.

    Line ends become `<br>`; http addresses become links to themselves.
    """
    lines = clean(text).replace("\t", " ").strip("\n").split("\n")
    return "<br>".join(_escape_line(_OUTER.sub(" ", line)) for line in lines)


def _escape_line(line: str) -> str:
    parts: list[str] = []
    for words, url in pieces(line):
        parts += _escape_words(words, not parts), f"<{url}>" if url else ""
    return "".join(parts)


def _escape_words(words: str, leading: bool) -> str:
    escaped = _SPECIAL.sub(lambda m: _ENTITIES.get(m.lastgroup or "", f"\\{m[0]}"), words)
    if words.count("$") > 1:
        escaped = _MATHS.sub(r"\\$", escaped)
    return _LEADING.sub(_defuse, escaped) if leading else escaped


def _defuse(found: re.Match[str]) -> str:
    """What would begin a heading, a quotation or a list does not."""
    return f"\\{found['mark']}" if found["mark"] else f"{found['digits']}\\{found['dot']}"


def finalize(value: object) -> Markup:
    """What Jinja puts out: markup made by a macro, whose last line end is the caller's; everything else escaped."""
    if isinstance(value, Markup):
        return value.removesuffix("\n")
    return Markup(escape(str(value)))  # noqa: S704 - this is the escaping


def link(text: str, url: str | None) -> Markup:
    """The text, leading to the address where it is one of the web."""
    if not url or not is_web(url):
        return Markup(escape(text))  # noqa: S704
    label = escape(text).replace("<", "").replace(">", "")
    return Markup(f"[{label}]({destination(url)})")  # noqa: S704


def fence(text: str, indent: int) -> Markup:
    """Text as a code block, its fence longer than any within, its lines never wider than one line break."""
    body = [line.rstrip() for line in _unfenced(clean(text)).expandtabs(4).split("\n")]
    ticks = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
    lines = [f"{ticks}text", *body, ticks]
    return Markup("\n".join(f"{' ' * indent}{line}".rstrip() for line in lines))  # noqa: S704


def _unfenced(text: str) -> str:
    found = re.fullmatch(r"\s*```\n?(.*?)\n?```\s*", text, re.DOTALL)
    return found[1] if found else text.strip("\n")


def code(text: str) -> Markup:
    """Our own words as inline code; they hold no backtick."""
    return Markup(f"`{text}`")  # noqa: S704


def row(cells: Iterable[object]) -> Markup:
    """One line of a table; a cell is one line whatever it holds."""
    return Markup(f"| {' | '.join(finalize(cell).strip() for cell in cells)} |")  # noqa: S704


def divider(columns: Sequence[str]) -> Markup:
    return Markup(f"|{' --- |' * len(columns)}")  # noqa: S704


def cited(text: str, cite: Citation) -> Markup:
    """The text, leading to the message that says so."""
    return link(text, cite.url)


def reference(cite: Citation, stamp: Callable[[datetime], str]) -> Markup:
    return link("source", cite.url) if is_web(cite.url) else finalize(f"{cite.by}, {stamp(cite.at)}")


def references(cites: Iterable[Citation], stamp: Callable[[datetime], str]) -> Markup:
    """The sources of what stands before them, in parentheses; nothing where there are none."""
    listed = ", ".join(reference(cite, stamp) for cite in cites)
    return Markup(f" ({listed})" if listed else "")  # noqa: S704


def heading(level: int, text: object) -> Markup:
    return Markup(f"{'#' * level} {finalize(text)}")  # noqa: S704


def bold(text: object) -> Markup:
    return Markup(f"**{finalize(text)}**")  # noqa: S704


def aside(caller: Callable[[], Markup]) -> Markup:
    """Words of ours beside the facts: what is unknown, assumed or remarked."""
    return Markup(f"_{caller()}_")  # noqa: S704


def dash(level: int = 0, indent: int | None = None) -> Markup:
    """The mark before an item of a list; `indent` where the item above it is numbered."""
    return Markup(" " * (2 * level if indent is None else indent) + "-")  # noqa: S704


def check_mark(ticked: bool) -> Markup:
    return Markup("- [x]" if ticked else "- [ ]")  # noqa: S704


def ordinal(number: int) -> Markup:
    return Markup(f"{number}.")  # noqa: S704


HELPERS: Final[Mapping[str, object]] = {
    "aside": aside,
    "blank": Markup(""),
    "bold": bold,
    "check_mark": check_mark,
    "cited": cited,
    "code": code,
    "dash": dash,
    "divider": divider,
    "fence": fence,
    "heading": heading,
    "line_break": Markup("  "),
    "line_end": Markup("<br>"),
    "link": link,
    "ordinal": ordinal,
    "picture_line": Markup(""),
    "reference": reference,
    "references": references,
    "row": row,
    "rule_line": Markup("---"),
}
"""All marks of the syntax; the macros of `_media/` and the families know no other."""

_BLANKS: Final = re.compile(r"\n{3,}")


def tidy(document: str) -> str:
    """One blank line where several came together, none at the ends but the last newline."""
    return _BLANKS.sub("\n\n", document).strip("\n") + "\n"
