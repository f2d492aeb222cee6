"""Typst, held by the hand: fonts found once, nothing read from the disk or the network, the same input the same bytes.

Text reaches it as data, never as its markup.
"""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Final, Literal

import typst

from bot.report import Report
from templates import picture, shapes, shelf

_EMOJI: Final = re.compile(
    "[\U0001f000-\U0001faff\u231a\u231b\u23e9-\u23f3\u25fd\u25fe\u2614\u2615\u2648-\u2653\u267f\u2693\u26a1\u26aa\u26ab"
    "\u26bd\u26be\u26c4\u26c5\u26ce\u26d4\u26ea\u26f2\u26f3\u26f5\u26fa\u26fd\u2705\u270a\u270b\u2728\u274c\u274e"
    "\u2753-\u2755\u2757\u2795-\u2797\u27b0\u27bf\u2b1b\u2b1c\u2b50\u2b55][\ufe0f\u200d]*"
)
"""What is shown as a picture; other fonts than those of emoji lack most of them."""

_EMOJI_APART: Final = re.compile(rf"({_EMOJI.pattern}) (?=\w)")

_PNG_PPI: Final = 144.0


@cache
def fonts() -> typst.Fonts:
    """Ours first, then those of the machine."""
    return typst.Fonts(include_system_fonts=True, font_paths=[str(files(__package__) / "fonts")])


@cache
def has_emoji() -> bool:
    return any("emoji" in family.lower() for family in fonts().families())


def spelled(text: str) -> str:
    """Where the machine has no font with emoji, their names in colons stand for them, as in Slack."""
    return text if has_emoji() else _EMOJI.sub(_name, text)


def _name(found: re.Match[str]) -> str:
    return f":{unicodedata.name(found[0][0], 'emoji').lower().replace(' ', '_')}:"


def with_emoji_kept(text: str) -> str:
    """No line ends between an emoji and the word behind it."""
    return _EMOJI_APART.sub("\\1\u00a0", text)


def without_emoji(text: str) -> str:
    """For words of ours, where an emoji is an ornament: dropped where no font has it."""
    return text if has_emoji() else _EMOJI.sub("", text).strip()


def pdf(template: str, inputs: dict[str, str], at: datetime) -> bytes:
    """The template set with these inputs; `at` is the time of making that stands in the file."""
    return _compiled(template, "pdf", inputs, at)


def png(report: Report) -> bytes:
    """The timeline picture, at one and a half times its size in pixels."""
    return png_of(drawn(report, picture.WIDTH, titled=True))


def png_of(drawn: str) -> bytes:
    """A picture from its shapes, at one and a half times its size in pixels."""
    return _compiled("_media/picture.typ", "png", {"picture": drawn}, None)


def drawn(report: Report, width: float, *, titled: bool) -> str:
    """The timeline picture as the templates read it: SVG would lose what its first font lacks."""
    canvas = shapes.canvas(picture.draw(report, width), titled=titled)
    return spelled(json.dumps(canvas.plain(), ensure_ascii=False))


def _compiled(template: str, form: Literal["pdf", "png"], inputs: dict[str, str], at: datetime | None) -> bytes:
    source = f"{shelf.read('_media/drawing.typ')}\n{shelf.read(template)}".encode()
    timestamp = int(at.timestamp()) if at else None
    made = typst.Compiler(source, font_paths=fonts(), sys_inputs=inputs).compile(
        format=form, ppi=_PNG_PPI, timestamp=timestamp
    )
    if not isinstance(made, bytes):
        raise TypeError(f"{template} makes no single file")
    return made
