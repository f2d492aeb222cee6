"""How values are written in a report: the same everywhere, never rounded without saying so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.durations import duration
from bot.facts import Value
from bot.field import Field
from bot.reporting.reader import Reader


def stamp(at: datetime, zone: str) -> str:
    """Date and time of day, with seconds where they are not zero; the zone is named once beside it."""
    local = at.astimezone(ZoneInfo(zone))
    return local.strftime("%Y-%m-%d %H:%M:%S" if local.second else "%Y-%m-%d %H:%M")


def day(at: datetime, zone: str) -> date:
    return at.astimezone(ZoneInfo(zone)).date()


def number(value: float) -> str:
    """Thousands apart; a fraction with the digits it was given, and no more than six."""
    if float(value).is_integer():
        return f"{int(value):,}"
    return f"{value:,.6f}".rstrip("0").rstrip(".")


def percent(fraction: float) -> str:
    """A fraction as a percentage, never rounded up to a hundred or down to nothing: at most six decimals."""
    return f"{number(round(fraction * 100, 6))}%"


def share(fraction: float) -> str:
    """How much of a budget: one decimal, thousands apart, and never nothing for something."""
    return "<0.1%" if 0 < fraction < 0.001 else f"{fraction * 100:,.1f}%"


def about(text: str, approximate: bool) -> str:
    return f"about {text}" if approximate else text


def money(value: Value) -> str:
    amount, _, currency = str(value).partition(" ")
    try:
        worth = float(amount)
        return f"{worth:,.0f} {currency}".strip() if worth.is_integer() else f"{worth:,.2f} {currency}".strip()
    except ValueError:
        return str(value)


def _moment(value: Value, zone: str, name: str) -> str:
    text = str(value)
    if len(text) <= len("2026-01-01"):
        return text
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    return f"{stamp(at if at.tzinfo else at.replace(tzinfo=UTC), zone)} {name}"


def _counted(field: Field, value: Value) -> str:
    shown = number(value) if isinstance(value, int | float) else str(value)
    return f"{shown} {field.unit}".strip()


_SHOW: Final[dict[str, Callable[[Reader, Field, Value], str]]] = {
    "integer": lambda reader, field, value: _counted(field, value),
    "number": lambda reader, field, value: _counted(field, value),
    "percentage": lambda reader, field, value: percent(value) if isinstance(value, int | float) else str(value),
    "money": lambda reader, field, value: money(value),
    "duration": lambda reader, field, value: (
        duration(timedelta(seconds=value)) if isinstance(value, int | float) else str(value)
    ),
    "choice": lambda reader, field, value: str(value),
    "person": lambda reader, field, value: reader.name(str(value)),
    "text": lambda reader, field, value: reader.text(str(value)),
    "list": lambda reader, field, value: reader.text(str(value)),
    "moment": lambda reader, field, value: _moment(value, reader.family.zone, reader.family.zone_name),
    "yesno": lambda reader, field, value: "yes" if value else "no",
}


def show(reader: Reader, field: Field, value: Value) -> str:
    """One value of a field as text, by the field's type; what does not fit the type is shown as it was kept."""
    return _SHOW[field.type](reader, field, value)
