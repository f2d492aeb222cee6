"""Which past incidents are like this one, and why: by the services, the type and the words of the titles they share.

Counting, no model: whoever reads the reasons can check them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from bot.lookup import folded
from bot.wire import plain
from bot.words import IncidentType, Wire

SERVICE: Final = 3
WORD: Final = 2
TYPE: Final = 1
ENOUGH: Final = 3
"""What makes two incidents alike: a service, or two words, or one word and the type."""

_WORDS_COUNTED: Final = 3
_LETTERS: Final = 3
_COMMON: Final = 0.25
"""A word in more than this share of the titles tells none from another."""
_FEW: Final = 8
"""Among fewer titles than this no word counts as common."""
_SMALL: Final = """
and are all any but can due for from get got has had have how its not now off one our out per she the too via was who
why with after again been being some than that them then there they this were when where which will
"""
_EMPTY: Final = frozenset(_SMALL.split())


class Past(Protocol):
    """An incident that may be like another; its title is in wire form."""

    @property
    def id(self) -> int: ...
    @property
    def title(self) -> str: ...
    @property
    def services(self) -> tuple[str, ...]: ...
    @property
    def type(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Likeness:
    """What an incident shares with another: the services, the words of the title, and the type or None."""

    id: int
    services: tuple[str, ...]
    words: tuple[str, ...]
    type: str | None

    @property
    def weight(self) -> int:
        words = min(len(self.words), _WORDS_COUNTED)
        return SERVICE * len(self.services) + WORD * words + TYPE * (self.type is not None)


def most_similar(title: str, services: Iterable[str], type: str, past: Sequence[Past], most: int) -> list[Likeness]:
    """The incidents most like one of this title, services and type; of two alike the one with the higher id."""
    telling = _telling([one.title for one in past])
    words, names = _words(title), {name.casefold() for name in services}
    found = [_likeness(one, words, names, type, telling) for one in past]
    alike = [one for one in found if one.weight >= ENOUGH]
    return sorted(alike, key=lambda one: (-one.weight, -one.id))[:most]


def same_service(services: Iterable[str], past: Sequence[Past]) -> list[int]:
    """The incidents that name one of these services."""
    names = {name.casefold() for name in services}
    return [one.id for one in past if names & {name.casefold() for name in one.services}]


def _likeness(one: Past, words: Sequence[str], names: set[str], type: str, telling: set[str]) -> Likeness:
    theirs = set(_words(one.title))
    return Likeness(
        one.id,
        tuple(name for name in dict.fromkeys(one.services) if name.casefold() in names),
        tuple(word for word in words if word in theirs and word in telling),
        type if type == one.type and type != IncidentType.OTHER else None,
    )


def _words(title: str) -> list[str]:
    found = folded(plain(Wire(title), {}))
    return list(dict.fromkeys(word for word in found if len(word) >= _LETTERS and word not in _EMPTY))


def _telling(titles: Sequence[str]) -> set[str]:
    counts = Counter(word for title in titles for word in _words(title))
    most = len(titles) * _COMMON if len(titles) >= _FEW else len(titles)
    return {word for word, count in counts.items() if count <= most}
