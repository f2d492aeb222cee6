"""Cursors: how long lists are handed out."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import TypeVar

from tests.slackd.records import JSON, SlackError

T = TypeVar("T")


def page(args: JSON, everything: Sequence[T], *, default: int, most: int) -> tuple[list[T], JSON]:
    """The items of the asked page, and the `response_metadata` that leads to the next."""
    limit = asked_limit(args, default, most)
    start = int(opened(str(args["cursor"]), "offset")) if args.get("cursor") else 0
    more = start + limit < len(everything)
    return list(everything[start : start + limit]), metadata("offset", str(start + limit) if more else "")


def asked_limit(args: JSON, default: int, most: int) -> int:
    limit = int(args.get("limit") or default)
    if not 1 <= limit <= most:
        raise SlackError("invalid_limit")
    return limit


def metadata(kind: str, value: str) -> JSON:
    cursor = base64.b64encode(f"{kind}:{value}".encode()).decode() if value else ""
    return {"response_metadata": {"next_cursor": cursor}}


def opened(cursor: str, kind: str) -> str:
    """What a cursor made here stands for."""
    try:
        found, _, value = base64.b64decode(cursor, validate=True).decode().partition(":")
    except ValueError:
        raise SlackError("invalid_cursor") from None
    if found != kind or not value:
        raise SlackError("invalid_cursor")
    return value
