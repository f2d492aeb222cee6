"""A row of the table `facts` and the fact it is: nothing is lost on the way there and back.

The codec of each kind follows from its dataclass, so a new kind or field needs no line here. What a later version
added to a body is skipped when read; what an earlier one did not write takes the field's default.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Final, Literal, NewType, Union, cast, get_args, get_origin, get_type_hints

from bot.facts import AnyFact, Fact, Recorded, Value
from bot.words import Meaning, meaning
from storage.engine import StorageRefused

Decoder = Callable[[Any], Any]

_COLUMNS: Final = ("key", "at")
"""The fields of a fact that have a column of their own."""


def to_row(incident: int, recorded: Recorded) -> dict[str, Any]:
    """The columns of one recorded fact."""
    fact = recorded.fact
    return {
        "incident": incident,
        "seq": recorded.seq,
        "key": fact.key,
        "kind": KIND_OF[type(fact)],
        "at": fact.at,
        "heard_at": recorded.heard_at,
        "entry": getattr(fact, "entry", None),
        "body": {name: _plain(getattr(fact, name)) for name in _BODY[type(fact)]},
    }


def from_row(seq: int, key: str, kind: str, at: datetime, heard_at: datetime, body: dict[str, Any]) -> Recorded:
    """The recorded fact of one row.

    Raises:
        StorageRefused: the kind is not known here; a newer version wrote it.
    """
    if kind not in _CODECS:
        raise StorageRefused(f"A newer version of Scribe wrote a fact of kind {kind!r}. Start that version.")
    make, decoders = _CODECS[kind]
    known = {name: decoders[name](value) for name, value in body.items() if name in decoders}
    return Recorded(seq=seq, heard_at=heard_at, fact=make(key=key, at=at, **known))


def without_text(body: dict[str, Any]) -> dict[str, Any]:
    """The body of a fact without what the message said and showed; what it left alone it still leaves alone."""
    blank = {"text": "", "files": [], "verification": "", "ticket": ""}
    return {name: blank[name] if name in blank and value is not None else value for name, value in body.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if is_dataclass(value):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    return value


def _same(value: Any) -> Any:
    return value


def _decoder(kind: Any) -> Decoder:
    """How to read back what `_plain` made of a value of this type."""
    if kind == Meaning:
        return meaning
    if kind == Value:
        return lambda value: tuple(value) if isinstance(value, list) else value
    if isinstance(kind, NewType) or get_origin(kind) is Literal:
        return _same
    if get_origin(kind) in (Union, UnionType):
        return _optional(kind)
    if get_origin(kind) is tuple:
        item = _decoder(get_args(kind)[0])
        return lambda values: tuple(item(value) for value in values)
    if is_dataclass(kind):
        return _nested(cast("type[Any]", kind))
    return _scalar(kind)


def _scalar(kind: Any) -> Decoder:
    if kind is datetime or kind is date:
        return cast("Decoder", kind.fromisoformat)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind
    if kind in (str, int, float, bool):
        return _same
    raise TypeError(f"a fact cannot hold {kind}: rows.py does not know how to read it back")


def _optional(kind: Any) -> Decoder:
    present = [part for part in get_args(kind) if part is not NoneType]
    inner = _decoder(present[0] if len(present) == 1 else Union[tuple(present)])  # noqa: UP007 - built at run time
    return lambda value: None if value is None else inner(value)


def _nested(kind: type[Any]) -> Decoder:
    decoders = _decoders(kind)

    def read(body: dict[str, Any]) -> Any:
        return kind(**{name: decoders[name](value) for name, value in body.items() if name in decoders})

    return read


def _decoders(kind: type[Any]) -> dict[str, Decoder]:
    hints = get_type_hints(kind)
    return {f.name: _decoder(hints[f.name]) for f in fields(kind) if f.name not in _COLUMNS}


def _kind_name(kind: type[Fact]) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()


_KINDS: Final[tuple[type[AnyFact], ...]] = get_args(AnyFact)
KIND_OF: Final[dict[type[Fact], str]] = {kind: _kind_name(kind) for kind in _KINDS}
"""The stored name of each kind. Renaming a class orphans what was stored: a test holds the list."""
_BODY: Final = {kind: tuple(f.name for f in fields(kind) if f.name not in _COLUMNS) for kind in _KINDS}
_CODECS: Final[dict[str, tuple[type[AnyFact], dict[str, Decoder]]]] = {
    KIND_OF[kind]: (kind, _decoders(kind)) for kind in _KINDS
}
