"""A family's data beside its template: `<key>.toml` read into `bot.family.Family`, `<key>.j2` arranges the report.

`slo.toml` shows what every family has. What one may have besides: `[related]` (numbers of documents beside the report),
`[type_codes]` (for `{type}` in a number), `[labels]` (of fields it calls otherwise), `target = { minutes = 5 }` of a
clock, `role` and `severities` of a signer, `[[checklists.<name>]]` (`after`: by when), `[[categories]]` (of action
items, by type), `[[reviews]]`, `zone_name` and `zone_title` (UTC is its own), `horizons_by = "priority"`, `[[types]]`
(boxes for the type of incident), `[[regimes]]` (notices that laws ask for) and `costs` (fields that are added).
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from datetime import timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, TypedDict, TypeVar

from bot.clocks import ClockDefinition
from bot.family import Category, Family, Horizon, Phase, PlacedBy, Regime, Review, Signer, Span, Tick, TypeLine
from bot.fields import FIELDS
from bot.numbering import Numbering
from bot.words import (
    ActionStatus,
    ActionType,
    DocumentStatus,
    IncidentType,
    Kind,
    Milestone,
    Priority,
    Role,
    Severity,
    Status,
)

Word = TypeVar("Word", bound=StrEnum)
Part = TypeVar("Part")


class FamilyError(Exception):
    """A family's data cannot be used; the message names the file and the key."""


class _Numberings(TypedDict):
    number: Numbering
    related: Mapping[str, Numbering]


class _Table:
    """One TOML table, read key by key: what is missing, of the wrong type or left over is an error with its place."""

    def __init__(self, place: str, given: object) -> None:
        self.place = place
        if not isinstance(given, dict):
            raise FamilyError(f"{place}: a table is needed here")
        self.left: dict[str, Any] = dict(given)

    def take(self, key: str, kind: type[Part], default: Part | None = None) -> Part:
        value = self.left.pop(key, default)
        if value is None:
            raise FamilyError(f"{self.place}: the key {key!r} is missing")
        if not isinstance(value, kind) or isinstance(value, bool) is not (kind is bool):
            raise FamilyError(f"{self.place}.{key}: a {kind.__name__} is needed, not {value!r}")
        return value

    def table(self, key: str) -> _Table:
        return _Table(f"{self.place}.{key}", self.take(key, dict))

    def rows(self, key: str, build: Callable[[_Table], Part]) -> tuple[Part, ...]:
        found = []
        for number, row in enumerate(self.take(key, list, [])):
            table = _Table(f"{self.place}.{key}[{number}]", row)
            found.append(build(table))
            table.finish()
        return tuple(found)

    def word(self, words: type[Word], key: str) -> Word:
        return _word(words, self.take(key, str), f"{self.place}.{key}")

    def words(self, words: type[Word], key: str, default: list[str] | None = None) -> tuple[Word, ...]:
        return tuple(_word(words, value, f"{self.place}.{key}") for value in self.take(key, list, default))

    def finish(self) -> None:
        if self.left:
            raise FamilyError(f"{self.place}: unknown key {sorted(self.left)[0]!r}")


def _word(words: type[Word], value: str, place: str) -> Word:
    try:
        return words(value)
    except ValueError:
        known = ", ".join(words)
        raise FamilyError(f"{place}: {value!r} is none of {known}") from None


def _names(parent: _Table, key: str, words: type[Word], complete: bool) -> Mapping[Word, str]:
    table = parent.table(key)
    given = {_word(words, name, table.place): table.take(name, str) for name in list(table.left)}
    lacking = [word for word in words if word not in given]
    if not given or (complete and lacking):
        raise FamilyError(f"{table.place}: the key {lacking[0]!s} is missing")
    return given


def _span(parent: _Table, key: str) -> Span:
    table = parent.table(key)
    span = Span(table.take("months", int, 0), table.take("days", int, 0))
    table.finish()
    return span


def _phase(row: _Table) -> Phase:
    return Phase(row.take("key", str), row.take("title", str), row.words(Milestone, "opens"))


def _clock(row: _Table) -> ClockDefinition:
    return ClockDefinition(
        row.take("key", str),
        row.take("label", str),
        row.word(Milestone, "start"),
        row.word(Milestone, "end"),
        row.take("to_earliest", bool, False),
        _elapsed(row, "target") if "target" in row.left else None,
    )


def _elapsed(parent: _Table, key: str) -> timedelta:
    """Elapsed time, as against the calendar's months and days of a span."""
    table = parent.table(key)
    days, hours, minutes = (table.take(unit, int, 0) for unit in ("days", "hours", "minutes"))
    table.finish()
    return timedelta(days=days, hours=hours, minutes=minutes)


def _horizon(row: _Table) -> Horizon:
    return Horizon(
        row.take("key", str), row.take("title", str), _span(row, "within"), frozenset(row.words(Priority, "priorities"))
    )


def _field(row: _Table, key: str) -> str:
    name = row.take(key, str)
    if name not in FIELDS:
        raise FamilyError(f"{row.place}.{key}: no field is called {name!r}")
    return name


def _fields(top: _Table, key: str) -> tuple[str, ...]:
    names = tuple(top.take(key, list, []))
    if unknown := [name for name in names if name not in FIELDS]:
        raise FamilyError(f"{top.place}.{key}: no field is called {unknown[0]!r}")
    return names


def _signer(row: _Table) -> Signer:
    role = row.word(Role, "role") if "role" in row.left else None
    return Signer(
        row.take("label", str),
        "" if role else _field(row, "person"),
        _field(row, "day"),
        role,
        frozenset(row.words(Severity, "severities", [])),
        _field(row, "approved") if "approved" in row.left else "",
    )


def _review(row: _Table) -> Review:
    return Review(row.take("label", str), row.take("what", str), _span(row, "after"))


def _category(row: _Table) -> Category:
    return Category(row.take("key", str), row.take("label", str), frozenset(row.words(ActionType, "types")))


def _regime(row: _Table) -> Regime:
    return Regime(
        row.take("key", str),
        row.take("label", str),
        _field(row, "field"),
        row.take("term", str),
        row.word(Milestone, "since"),
        _elapsed(row, "within") if "within" in row.left else None,
    )


def _type_line(row: _Table) -> TypeLine:
    return TypeLine(row.take("label", str), frozenset(row.words(IncidentType, "types")))


def _labels(top: _Table) -> Mapping[str, str]:
    table = _Table(f"{top.place}.labels", top.take("labels", dict, {}))
    if unknown := set(table.left) - set(FIELDS):
        raise FamilyError(f"{table.place}: no field is called {min(unknown)!r}")
    return {name: table.take(name, str) for name in list(table.left)}


def _checklists(top: _Table) -> Mapping[str, tuple[Tick, ...]]:
    table = _Table(f"{top.place}.checklists", top.take("checklists", dict, {}))
    return {name: table.rows(name, _tick) for name in list(table.left)}


def _tick(row: _Table) -> Tick:
    severities = frozenset(row.words(Severity, "severities", []))
    after = _span(row, "after") if "after" in row.left else None
    return Tick(_field(row, "field"), row.take("label", str), severities, after)


def _numberings(top: _Table) -> _Numberings:
    codes = _names(top, "type_codes", IncidentType, complete=True) if "type_codes" in top.left else {}

    def read(table: _Table, key: str) -> Numbering:
        pattern = table.take(key, str)
        try:
            return Numbering(pattern, codes)
        except ValueError as error:
            raise FamilyError(f"{table.place}.{key}: {error}") from None

    beside = _Table(f"{top.place}.related", top.take("related", dict, {}))
    return {"number": read(top, "number"), "related": {name: read(beside, name) for name in list(beside.left)}}


def read_family(key: str, source: str, template: str = "") -> Family:
    """Read a family's TOML; with `template` it is a team's own, `based_on` one of Scribe's for all it does not say.

    Raises:
        FamilyError: a key is missing, unknown, or holds what it cannot; the message names the file and the key.
    """
    try:
        top = _Table(f"{key}.toml", tomllib.loads(source))
    except tomllib.TOMLDecodeError as error:
        raise FamilyError(f"{key}.toml: {error}") from None
    asks = _based(top) if template else key
    family = _family(key, top, asks, template)
    top.finish()
    return family


def _based(top: _Table) -> str:
    """The family that it is based on, whose tables and values stand in for those left out."""
    base = top.take("based_on", str)
    if base not in available():
        raise FamilyError(f"{top.place}.based_on: {base!r} is none of {', '.join(available())}")
    top.left = {**tomllib.loads(_data(base)), **top.left}
    return base


def _family(key: str, top: _Table, asks: str, template: str) -> Family:
    return Family(
        key=key,
        title=top.take("title", str),
        **_numberings(top),
        zone=(zone := top.take("zone", str)),
        zone_name=(zone_name := top.take("zone_name", str, zone)),
        zone_title=top.take("zone_title", str, zone_name),
        severities=_names(top, "severities", Severity, complete=False),
        priorities=_names(top, "priorities", Priority, complete=False),
        statuses=_names(top, "statuses", Status, complete=True),
        document_statuses=_names(top, "document_statuses", DocumentStatus, complete=True),
        action_statuses=_names(top, "action_statuses", ActionStatus, complete=True),
        types=top.rows("types", _type_line),
        milestones=_names(top, "milestones", Milestone, complete=True),
        kinds=_names(top, "kinds", Kind, complete=True),
        lead_up=top.take("lead_up", str),
        phases=top.rows("phases", _phase),
        clocks=top.rows("clocks", _clock),
        horizons=top.rows("horizons", _horizon),
        horizons_by=_word(PlacedBy, top.take("horizons_by", str, "due"), f"{top.place}.horizons_by"),
        signers=top.rows("signers", _signer),
        checklists=_checklists(top),
        categories=top.rows("categories", _category),
        labels=_labels(top),
        reviews=top.rows("reviews", _review),
        regimes=top.rows("regimes", _regime),
        costs=_fields(top, "costs"),
        follow_up_after=_span(top, "follow_up_after"),
        asks=asks,
        template=template,
        budget_window=timedelta(days=_span(top, "budget_window").days),
    )


@cache
def load_family(key: str) -> Family:
    """One of the families that come with Scribe.

    Raises:
        FamilyError: there is none of this name, or its data is broken.
    """
    if key not in available():
        raise FamilyError(f"no report family is called {key!r}; there are {', '.join(available())}")
    return read_family(key, _data(key))


def _data(key: str) -> str:
    return (files(__name__) / f"{key}.toml").read_text(encoding="utf-8")


@cache
def available() -> tuple[str, ...]:
    """The names of the families at hand."""
    found = (entry.name for entry in files(__name__).iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in found if name.endswith(".toml")))
