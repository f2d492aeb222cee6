"""The template files that come with Scribe, and the environment of those that are HTML or SVG."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined

_HERE = files(__package__)


def read(name: str) -> str | None:
    """The text of a file by its path below templates/; None: there is none."""
    place = _HERE.joinpath(*name.split("/"))
    return place.read_text(encoding="utf-8") if place.is_file() else None


@cache
def markup() -> Environment:
    """Everything put out is escaped for HTML, in elements and in quoted attributes."""
    return Environment(
        loader=FunctionLoader(read), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
