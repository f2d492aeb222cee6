"""A dictionary whose copy costs the same however much is in it: ten thousand lines are shared, a few are copied."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from typing import Final, TypeVar

K = TypeVar("K")
V = TypeVar("V")

RECENT: Final = 128
"""Changes a copy carries by itself; the more, the dearer a copy and the rarer the sorting in of them all."""


class Layered(MutableMapping[K, V]):
    """Like a dict, in the order in which the keys came; what is old is shared by all copies and changed by none.

    A write costs the same on average: every `RECENT`th one sorts the recent ones into a new shared layer. Taking a key
    out costs as much as there is; nothing that grows with an incident does.
    """

    __slots__ = ("_old", "_recent", "_size")

    def __init__(self, content: Mapping[K, V] | None = None) -> None:
        self._old: Mapping[K, V] = dict(content or {})
        self._recent: dict[K, V] = {}
        self._size = len(self._old)

    def copy(self) -> Layered[K, V]:
        """Another one with the same content; what is written into one is not seen in the other."""
        new: Layered[K, V] = Layered.__new__(Layered)
        new._old, new._recent, new._size = self._old, self._recent.copy(), self._size
        return new

    def __getitem__(self, key: K) -> V:
        recent = self._recent
        return recent[key] if key in recent else self._old[key]

    def __contains__(self, key: object) -> bool:
        return key in self._recent or key in self._old

    def __setitem__(self, key: K, value: V) -> None:
        if key not in self:
            self._size += 1
        self._recent[key] = value
        if len(self._recent) > RECENT:
            self._settle()

    def __delitem__(self, key: K) -> None:
        if key not in self:
            raise KeyError(key)
        self._settle()
        self._old = {name: value for name, value in self._old.items() if name != key}
        self._size -= 1

    def _settle(self) -> None:
        self._old, self._recent = {**self._old, **self._recent}, {}

    def __iter__(self) -> Iterator[K]:
        yield from self._old
        yield from (key for key in self._recent if key not in self._old)

    def __len__(self) -> int:
        return self._size

    def __repr__(self) -> str:
        return f"Layered({dict(self)!r})"
