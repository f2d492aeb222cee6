"""The call that makes somebody's Home tab anew: of several that wait only the last is made."""

from __future__ import annotations

from typing import Any, Final

from storage import Call

HOME: Final = "home"
"""Stands for a day where something is shown in the Home tab, or in a list, and not in the message of a day."""


def publishing(person: str, because: str, page: int = 1, said: list[dict[str, Any]] | None = None) -> Call:
    """`because` is unique for good; `said` are the blocks of an answer that stands on top."""
    return Call(
        key=f"home:{person}:{because}",
        lane=f"home:{person}",
        method="scribe.home",
        args={"to": person, "page": page, "said": said or []},
        incident=None,
        purpose="",
        replaces=f"home:{person}",
    )
