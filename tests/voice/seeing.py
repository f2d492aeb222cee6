"""A report as its reader's program sees it, in each medium: its words, links and tables, and whatever could run."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.report import Report
from templates import document, render
from tests.slackd.limits import check_canvas_markdown
from tests.voice.known_values import BREAK

VOID: Final = frozenset({"meta", "br", "hr", "rect", "line", "circle", "polyline"})
TAGS: Final = VOID | {
    "html", "head", "title", "style", "body", "a", "nav", "ol", "ul", "li", "main", "h1", "h2", "h3", "h4", "p",
    "strong", "span", "sup", "code", "pre", "bdi", "div", "table", "caption", "thead", "tbody", "tr", "th", "td",
    "section", "figure", "svg", "desc", "text", "tspan",
}  # fmt: skip
"""All elements of a page; none of them runs or loads anything."""
ATTRIBUTES: Final = {
    "lang", "charset", "name", "content", "http-equiv", "class", "href", "id", "aria-label", "aria-labelledby",
    "aria-hidden", "title", "scope", "value", "xmlns", "viewbox", "width", "height", "role", "x", "y", "rx", "x1", "x2",
    "y1", "y2", "cx", "cy", "r", "points", "fill", "stroke", "stroke-width", "stroke-dasharray", "font-size",
    "font-weight", "font-family", "text-anchor",
}  # fmt: skip

LEFT_OUT: Final = re.compile(r"[\d,]+ of [\d,]+(?= (?:characters )?are left out here)")
"""How much of what was said a canvas has no room for."""


@dataclass
class Seen:
    """`texts` are the words of one place each; `harm` is what no report may hold."""

    texts: list[str] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    tables: list[list[list[str]]] = field(default_factory=list)
    harm: list[str] = field(default_factory=list)

    def heads(self) -> list[tuple[str, ...]]:
        return [tuple(table[0]) for table in self.tables]

    def uneven(self) -> list[list[str]]:
        return [row for table in self.tables for row in table if len(row) != len(table[0])]


def markdown(report: Report) -> Seen:
    """As GitHub renders it: tables are on, raw HTML too, so that what slips through is seen."""
    return _read(render(report))


def canvas(report: Report) -> Seen:
    """As Slack reads it: an image with a person or a channel behind it is a mention, and some lines are refused."""
    source = render(report, "canvas")
    seen, refusal = _read(source), check_canvas_markdown(source)
    seen.harm += [str(refusal)] if refusal else []
    seen.texts = [LEFT_OUT.sub(" ", text) for text in seen.texts]
    return seen


def _read(source: str) -> Seen:
    seen = Seen()
    tokens = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(source)
    for before, token in zip([*tokens[:1], *tokens], tokens, strict=False):
        match token.type:
            case "html_block":
                seen.harm.append(token.content)
            case "fence" | "code_block":
                seen.texts.append(token.content)
            case "table_open":
                seen.tables.append([])
            case "tr_open":
                seen.tables[-1].append([])
            case "inline":
                _place(seen, before.type, "".join(_inline(token.children or [], seen)))
    bare = re.sub(r"^ *(`{3,})(?:text)?\n.*?^ *\1$", "", source, flags=re.MULTILINE | re.DOTALL)
    seen.harm += re.findall(r"(?<!\\)<[!@#][^>]*", bare)
    seen.harm += [line for table in _lines_of_tables(bare) for line in _lines_of_another_width(table)]
    return seen


def _place(seen: Seen, where: str, text: str) -> None:
    seen.texts.append(text)
    if where == "heading_open":
        seen.headings.append(text)
    elif where in ("th_open", "td_open"):
        seen.tables[-1][-1].append(text)


def _lines_of_tables(source: str) -> Iterator[list[str]]:
    return (table.splitlines() for table in re.findall(r"(?:^\|.*\n)+", source, re.MULTILINE))


def _lines_of_another_width(lines: list[str]) -> list[str]:
    """A renderer pads and cuts the rows of a table silently, so their bars are counted as they stand."""
    widths = [len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)) for line in lines]
    return [line for line, width in zip(lines, widths, strict=True) if width != widths[0]]


def _inline(tokens: list[Token], seen: Seen) -> Iterator[str]:
    for token in tokens:
        match token.type:
            case "html_inline" if token.content == "<br>":
                yield "\n"
            case "html_inline" | "image" | "s_open":
                seen.harm.append(token.content or token.type)
            case "softbreak" | "hardbreak":
                yield "\n"
            case "link_open":
                seen.links.append(str(token.attrs["href"]))
            case _ if token.nesting == 0:
                yield token.content


class _Page(HTMLParser):
    """A tag that is not closed in its turn is an error; numbers of notes and the picture are not words."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.seen, self.open, self.text = Seen(), list[str](), ""

    def _end(self) -> str:
        text, self.text = self.text, ""
        if text.strip():
            self.seen.texts.append(text)
        return text

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            self.seen.harm.append(tag)
        self.seen.harm += [f"{tag} {name}={value}" for name, value in attrs if name not in ATTRIBUTES]
        self.seen.links += [value or "" for name, value in attrs if name == "href"]
        if tag in _PLACES:
            self._end()
        if tag == "table":
            self.seen.tables.append([])
        elif tag == "tr":
            self.seen.tables[-1].append([])
        elif tag == "br":
            self.text += "\n"
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.seen.harm.append(f"</{tag}> in another's place")
        if tag in _PLACES:
            text = self._end()
            if re.fullmatch("h[1-6]", tag):
                self.seen.headings.append(text)
            elif tag in ("th", "td"):
                self.seen.tables[-1][-1].append(text)

    def handle_data(self, data: str) -> None:
        if not {"sup", "style", "svg"} & set(self.open):
            self.text += data


_PLACES: Final = {
    "title", "h1", "h2", "h3", "h4", "p", "li", "ol", "ul", "th", "td", "pre", "caption", "table", "section",
}  # fmt: skip


def page(report: Report) -> Seen:
    parser = _Page()
    parser.feed(render(report, "html"))
    parser.close()
    parser.seen.harm += [f"<{tag}> not closed" for tag in parser.open]
    return parser.seen


def paper(report: Report) -> Seen:
    """What is set as a PDF: a tree of plain texts, in which nothing is markup."""
    seen, tree = Seen(), document.document(report)
    seen.texts += [tree["title"], tree["number"]]
    for block in tree["blocks"]:
        _block(block, seen)
    for note in tree["notes"]:
        seen.texts.append(note["said"])
        seen.links += [note["url"]] if note["url"] else []
    seen.texts = [text.replace(BREAK, "") for text in seen.texts]
    return seen


def _block(block: Mapping[str, Any], seen: Seen) -> None:
    match block["kind"]:
        case "heading":
            seen.headings.append(block["text"])
            seen.texts.append(block["text"])
        case "head" | "paragraph":
            seen.texts += [_line(line, seen) for line in block["lines"]]
        case "list":
            for item in block["items"]:
                seen.texts.append(_line(item, seen))
                for below in item["below"]:
                    _block(below, seen)
        case "table":
            rows = [[_runs(cell, seen) for cell in row] for row in block["rows"]]
            seen.tables.append([block["columns"], *rows])
            seen.texts += [text for row in seen.tables[-1] for text in row]
        case "code":
            seen.texts.append(block["text"])


def _line(line: Mapping[str, Any], seen: Seen) -> str:
    return f"{line['label']}: {_runs(line['runs'], seen)}" if line["label"] else _runs(line["runs"], seen)


def _runs(runs: list[Any], seen: Seen) -> str:
    return "".join(_run(run, seen) for run in runs)


def _run(run: Mapping[str, Any], seen: Seen) -> str:
    match run["kind"]:
        case "text":
            return str(run["text"])
        case "break":
            return "\n"
        case "note":
            return " "
        case "a":
            seen.links.append(run["url"])
    return _runs(run["runs"], seen)


MEDIA: Final[Mapping[str, Callable[[Report], Seen]]] = {
    "markdown": markdown,
    "html": page,
    "pdf": paper,
    "canvas": canvas,
}
