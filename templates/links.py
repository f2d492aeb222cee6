"""Where a text holds an http address: each medium makes it a link in its own syntax."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import quote

_URL: Final = re.compile(r"https?://[^\s<>\"“”„«»`\\^{}|\[\]]+", re.IGNORECASE)
_ENTITY: Final = re.compile(r"&(?=#?\w+;)")

CUT: Final = "…"
"""What a shortened text ends with: an address that was cut leads elsewhere, so it is none."""

_TAIL: Final = re.compile(r"[.,;:!?'*_~]+$")


def pieces(line: str) -> Iterator[tuple[str, str]]:
    """The line in order: words, and the address that follows them; the last words may be followed by none ("")."""
    position = 0
    for found in _URL.finditer(line):
        url = _trimmed(found[0])
        if url.endswith(CUT):
            continue
        yield line[position : found.start()], url
        position = found.start() + len(url)
    yield line[position:], ""


def _trimmed(url: str) -> str:
    """Without the punctuation of the sentence around it, and without a parenthesis it did not open."""
    url = _TAIL.sub("", url)
    while url.endswith(")") and url.count(")") > url.count("("):
        url = _TAIL.sub("", url[:-1])
    return url


def destination(url: str) -> str:
    """The address as it stands between the parentheses of a link in Markdown, where entities are read too."""
    return _ENTITY.sub("&amp;", quote(url, safe=":/?#@!$&*+,;=%~-._"))


def is_web(url: str | None) -> bool:
    """Whether an address may stand behind a link at all: no other scheme than http and https may."""
    return bool(url) and url.lower().startswith(("https://", "http://"))  # type: ignore[union-attr]
