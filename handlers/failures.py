"""What may be told of a failure: its kind and its place in the code, never what a person had said.

The text of an exception can quote anything: Slack's answer, a row of the database, a value that made no sense.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from traceback import walk_tb
from types import TracebackType
from typing import Any, Final, TextIO

import aiohttp
from slack_sdk.errors import SlackApiError

FRAMES_MOST: Final = 40
CHAIN_MOST: Final = 5

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]


def told(error: BaseException) -> str:
    """One line: the kind of the failure, and its text where that speaks of machines alone."""
    kind = type(error).__name__
    said = _harmless(error)
    return f"{kind}: {said}" if said else kind


def _harmless(error: BaseException) -> str:
    if isinstance(error, SlackApiError):
        data = error.response.data if hasattr(error.response, "data") else None
        return str(data.get("error")) if isinstance(data, dict) else "no JSON"
    if isinstance(error, aiohttp.ClientResponseError):  # its text has the address, which may open a door by itself
        return f"{error.status} from {error.request_info.real_url.host}"
    if isinstance(error, aiohttp.ClientError | OSError | sqlite3.Error):
        return " ".join(str(error).split())
    cause = getattr(error, "orig", None)  # of SQLAlchemy; PostgreSQL's further lines repeat the row
    return str(cause).split("\n", 1)[0] if isinstance(cause, Exception) else ""


def chain(exc_info: ExcInfo) -> list[dict[str, Any]]:
    """The exception and what it came from, the last one first, each with its frames: file, line and function."""
    return [
        {"exception": told(error), "frames": [f"{place}:{line} {name}" for place, line, name in _frames(error)]}
        for error, _ in zip(_causes(exc_info[1]), range(CHAIN_MOST), strict=False)
    ]


def write(stream: TextIO, exc_info: ExcInfo) -> None:
    """The same for a person to read."""
    for link in chain(exc_info):
        stream.write("\n".join(["", *(f"  {frame}" for frame in link["frames"]), link["exception"]]))


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _frames(error: BaseException) -> list[tuple[str, int, str]]:
    seen = [(frame.f_code.co_filename, line, frame.f_code.co_name) for frame, line in walk_tb(error.__traceback__)]
    return seen[-FRAMES_MOST:]
