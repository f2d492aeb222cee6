"""All mistakes of a configuration at once, each with its key and a sentence on what would work; never a value."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError

_BY_TYPE: Final = {
    "missing": "is missing",
    "string_type": "must be text in quotes",
    "bool_type": "must be true or false",
    "tuple_type": 'must be a list, such as ["one", "two"]',
    "dict_type": "must be a table of its own, such as [name]",
    "model_type": "must be a table of its own, such as [[name]]",
    "model_attributes_type": "must be a table of its own, such as [[name]]",
    "float_type": "must be a number",
    "int_parsing": "must be a whole number",
}
"""Pydantic's own words for these speak of Python types."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing to mend: where it stands and what would work there."""

    key: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.key}: {self.sentence}"


class Misconfigured(Exception):
    """The configuration cannot be used; `mistakes` has everything that is wrong with it, not only the first."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(map(str, self.mistakes)))


def explain(error: ValidationError, known: Iterable[str]) -> list[Mistake]:
    """What a person can do about each finding. `known` are the keys that exist, to guess at a misspelt one."""
    known = tuple(known)
    return [Mistake(_key(found["loc"]), _sentence(found, known)) for found in error.errors(include_input=False)]


def unknown_key(name: str, known: Iterable[str]) -> str:
    """The sentence for a name that does not exist, with the nearest one that does."""
    nearest = difflib.get_close_matches(name.lower(), {key.lower(): key for key in known}, n=1)
    guess = f"; did you mean {next(key for key in known if key.lower() == nearest[0])}?" if nearest else ""
    return f"is not a setting of Scribe{guess}"


def _key(loc: tuple[str | int, ...]) -> str:
    steps = [f"[{step}]" if isinstance(step, int) else f".{step}" for step in loc if step != "[key]"]
    return "".join(steps).lstrip(".") or "scribe.toml"


def _sentence(found: Any, known: tuple[str, ...]) -> str:
    kind: str = found["type"]
    if kind == "extra_forbidden":
        return unknown_key(str(found["loc"][-1]), known)
    if kind == "value_error":
        return str(found["ctx"]["error"])
    if kind in ("enum", "literal_error"):
        return f"must be {found['ctx']['expected']}".replace("'", '"')
    return _BY_TYPE.get(kind) or str(found["msg"]).replace("Input should", "should")
