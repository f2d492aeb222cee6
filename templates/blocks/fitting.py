"""Fitting text into Slack's limits: atoms that stay whole, and an ellipsis where something was left out."""

from __future__ import annotations

from collections.abc import Iterable

from bot.wire import graphemes

ELLIPSIS = "…"


def size(text: str) -> int:
    """Length in UTF-16 units, as browsers count it: never fewer than Python's characters."""
    return len(text) + sum(ord(char) > 0xFFFF for char in text)


def fit(atoms: Iterable[str], most: int) -> str:
    """The atoms joined, or as many as fit into `most` with an ellipsis. No atom is cut."""
    kept: list[str] = []
    room = most
    for atom in atoms:
        room -= size(atom)
        if room < 0:
            return _shortened(kept, room + size(atom))
        kept.append(atom)
    return "".join(kept)


def _shortened(kept: list[str], room: int) -> str:
    while kept and room < len(ELLIPSIS):
        room += size(kept.pop())
    return "".join(kept).rstrip() + ELLIPSIS


def shortened(text: str, most: int) -> str:
    """The text, or its beginning with an ellipsis, at most `most` long; cut only between visible characters."""
    return fit(graphemes(text), most)
