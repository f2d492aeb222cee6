"""A list that two people edit at once: what each did to it is done, and nobody's line is lost."""

from __future__ import annotations

from collections.abc import Sequence


def merged(base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]) -> tuple[str, ...]:
    """`mine` as I left the list that I found as `base`, with what others made of it meanwhile (`theirs`).

    The order is mine; a line that others added stands after the one it followed, and what they took away or worded
    anew is not brought back by my leaving it alone.
    """
    gone = set(base) - set(theirs)
    kept = [item for item in mine if item not in gone]
    for place, item in enumerate(theirs):
        if item in base or item in kept:
            continue
        before = next((other for other in reversed(theirs[:place]) if other in kept), None)
        kept.insert(0 if before is None else kept.index(before) + 1, item)
    return tuple(kept)
