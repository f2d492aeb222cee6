"""What Slack's canvases refuse of Markdown (SLACK.md 4.7)."""

import re
from collections.abc import Iterator
from itertools import groupby

from tests.slackd.limits.refusal import Refusal

CHARACTERS_MOST = 1_048_576
CELLS_MOST = 300
FENCE = re.compile(r"\s{0,3}(`{3,}|~{3,})")
SEPARATOR = re.compile(r"\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*")
LIST_ITEM = re.compile(r"([-*+]|\d+[.)])\s")
TAG = re.compile(r"(?<!\\)</?([A-Za-z][A-Za-z0-9-]*)(\s[^<>]*)?/?>|(?<!\\)<!")
CODE_SPAN = re.compile(r"(?<!\\)(`+)(?!`).*?(?<!`)\1(?!`)")


class UnsupportedError(Exception):
    """A line the canvas cannot hold."""


def check_canvas_markdown(md: object, code: str = "canvas_creation_failed") -> Refusal | None:
    """The first line a canvas would refuse; `code` is the calling method's (`canvas_editing_failed` for an edit)."""
    if not isinstance(md, str):
        return Refusal(code, "'content' error: markdown must be a string")
    if len(md) > CHARACTERS_MOST:
        return Refusal(code, f"'content' error: more than {CHARACTERS_MOST} characters")
    lines = list(prose(md))
    for number, line in lines:
        try:
            check_line(line)
        except UnsupportedError as problem:
            return Refusal(code, f"'content' error: line {number}: {problem}")
    for table in tables(lines):
        try:
            check_table(table)
        except UnsupportedError as problem:
            return Refusal(code, f"'content' error: line {table[0][0]}: {problem}")
    return None


def prose(md: str) -> Iterator[tuple[int, str]]:
    """The numbered lines outside fenced code, code spans blanked."""
    fence = ""
    for number, line in enumerate(md.splitlines(), start=1):
        mark = FENCE.match(line)
        if fence:
            if mark and mark[1].startswith(fence) and not line.strip(f" {fence[0]}"):
                fence = ""
        elif mark:
            fence = mark[1]
        else:
            yield number, CODE_SPAN.sub("code", line)


def check_line(line: str) -> None:
    text = line.strip()
    if re.match(r"#{4,6}(\s|$)", text):
        raise UnsupportedError("Unsupported heading level, h1 to h3 are supported")
    if re.match(r"\[\^[^\]]+\]:", text):
        raise UnsupportedError("Unsupported block type (Footnote)")
    if text.startswith(">"):
        check_quoted(text.lstrip("> "))
    for tag in TAG.finditer(line):
        if (tag[1] or "").lower() != "br" or "|" not in line:
            raise UnsupportedError("Unsupported raw HTML")


def check_quoted(text: str) -> None:
    if LIST_ITEM.match(text):
        raise UnsupportedError("Unsupported block type (List) within block quote")
    if text.startswith("|"):
        raise UnsupportedError("Unsupported block type (Table) within block quote")


def tables(lines: list[tuple[int, str]]) -> Iterator[list[tuple[int, str]]]:
    """Runs of neighbouring lines with a pipe whose second line is a row of dashes."""
    for has_pipe, run in groupby(consecutive(lines), key=lambda numbered: "|" in numbered[1]):
        table = list(run)
        if has_pipe and len(table) > 1 and SEPARATOR.fullmatch(table[1][1]):
            yield table


def consecutive(lines: list[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """The lines, with an empty one wherever code was left out."""
    before = 0
    for number, line in lines:
        if number > before + 1:
            yield before + 1, ""
        yield number, line
        before = number


def check_table(table: list[tuple[int, str]]) -> None:
    widths = [len(cells(line)) for _, line in table]
    if len(set(widths)) > 1:
        raise UnsupportedError("Unsupported table type, rows differ in their number of cells")
    if sum(widths) - widths[1] > CELLS_MOST:
        raise UnsupportedError(f"Unsupported table, more than {CELLS_MOST} cells")


def cells(line: str) -> list[str]:
    bare = line.strip().removeprefix("|")
    bare = bare if bare.endswith(r"\|") else bare.removesuffix("|")
    return re.split(r"(?<!\\)\|", bare)
