"""Values of the report's fields as people type them, in the form in which `bot.fields` keeps each type."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from difflib import get_close_matches
from types import MappingProxyType
from typing import Final

from bot.commands import Request
from bot.dates import parse_due, real_date
from bot.decision import Refused
from bot.facts import Value
from bot.field import Field, Type
from bot.moments import parse_duration, parse_moment
from bot.wire import mention, one_line, plain, shorten
from bot.words import Wire
from bot.zones import named

_ABOUT: Final = re.compile(
    r"(?:(?:about|around|approximately|approx|roughly|circa|ca|some)\b\.?|~|≈)\s*", re.IGNORECASE
)
_GROUPED: Final = r"[0-9]{1,3}(?:[,_'\u00a0\u2009\u202f ][0-9]{3})+(?:\.[0-9]{1,6})?"
_PLAIN: Final = r"[0-9]{1,15}(?:[.,][0-9]{1,6})?"
_NUMBER: Final = re.compile(
    rf"(?P<sign>[-+−]?)(?P<digits>{_GROUPED}|{_PLAIN})\s?(?P<scale>k|m|mio|million|bn|billion)?(?![a-z])\s*(?P<unit>\D{{0,30}})",
    re.IGNORECASE,
)
_SCALES: Final = {"": 1, "k": 10**3, "m": 10**6, "mio": 10**6, "million": 10**6, "bn": 10**9, "billion": 10**9}
_SYMBOLS: Final = {"$": "USD", "us$": "USD", "€": "EUR", "£": "GBP", "₹": "INR", "r$": "BRL"}
_YES: Final = frozenset({"yes", "y", "true", "done", "on", "1", "✓", "✅", ":white_check_mark:"})
_NO: Final = frozenset({"no", "n", "false", "not done", "off", "0", "✗", "❌", ":x:"})
_LARGEST: Final = 10**15
_LONGEST_NAME: Final = 120

Parsed = tuple[Value, bool]
"""The value, and whether it was said to be approximate."""


def parse_value(field: Field, text: Wire, request: Request) -> Parsed:
    """The value that the asker means for this field, and whether it is approximate (`~5,000`, `about 2 h`).

    Raises:
        Refused: not a value of the field's type.
    """
    if not text.strip():
        raise Refused(f"“{field.label}” needs a value.", example(field))
    return _READERS[field.type](field, Wire(text.strip()), request)


def example(field: Field) -> str:
    """A line that sets this field."""
    return f"/incident set {field.key} {field.choices[0] if field.choices else _EXAMPLES[field.type]}"


def person(text: Wire, request: Request) -> str | None:
    """The id of the user or group mentioned, or of the asker (`me`); None for a name in letters."""
    return request.by if text.strip().lower() in ("me", "@me", "myself", "i") else mention(text)


def person_or_name(text: Wire, request: Request) -> str:
    """An id, or the name as typed, in readable text.

    Raises:
        Refused: too long to be a name.
    """
    name = one_line(plain(text, {})).removeprefix("@").strip()
    if not name or len(name) > _LONGEST_NAME:
        raise Refused("That is no name: mention the person with @, or write a name.", "@maria")
    return person(text, request) or name


def _wrong(field: Field, text: str, why: str) -> Refused:
    return Refused(f"“{shorten(one_line(plain(text, {})), 40)}” {why} (“{field.label}”).", example(field))


def _approximate(text: str) -> tuple[str, bool]:
    about = _ABOUT.match(text)
    return (text[about.end() :], True) if about else (text, False)


def _amount(field: Field, text: str, found: re.Match[str] | None) -> Decimal:
    if found is None:
        raise _wrong(field, text, "is not a number")
    digits = re.sub(r"[_'\s\u00a0\u2009\u202f]", "", found["digits"])
    if re.fullmatch(r"[0-9]+,[0-9]{1,2}|[0-9]+,[0-9]{4,6}|0,[0-9]+", digits):
        digits = digits.replace(",", ".")  # a decimal comma: no group of three follows it
    amount = Decimal(digits.replace(",", "")) * _SCALES[(found["scale"] or "").lower()]
    if amount > _LARGEST:
        raise _wrong(field, text, "is too large to be meant")
    return -amount if found["sign"] in ("-", "−") else amount


def _measured(field: Field, text: str) -> tuple[Decimal, bool]:
    """A number with the field's own unit or none."""
    written, about = _approximate(text)
    found = _NUMBER.fullmatch(written)
    amount = _amount(field, text, found)
    unit = found["unit"].strip().lower() if found else ""
    if unit and unit.rstrip("s") != field.unit.lower().rstrip("s"):
        counted = f"is counted in {field.unit}" if field.unit else "takes a number alone"
        raise _wrong(field, text, f"has another unit; this {counted}")
    return amount, about


def _integer(field: Field, text: Wire, request: Request) -> Parsed:
    amount, about = _measured(field, text)
    if amount != int(amount) or re.search(r"\.[0-9]{3}\b(?!\s?[km])", text, re.IGNORECASE):
        raise _wrong(field, text, "is not a whole number; write thousands as 5,000 or 5000")
    return int(amount), about


def _number(field: Field, text: Wire, request: Request) -> Parsed:
    amount, about = _measured(field, text)
    return (int(amount) if amount == int(amount) else float(amount)), about


def _percentage(field: Field, text: Wire, request: Request) -> Parsed:
    written, about = _approximate(text)
    bare = re.sub(r"\s?(?:%|percent|per cent|pct)$", "", written, flags=re.IGNORECASE)
    found = _NUMBER.fullmatch(bare)
    amount = _amount(field, text, found)
    if found and (found["unit"] or found["scale"]):
        raise _wrong(field, text, "is not a percentage")
    if bare != written:
        return float(amount / 100), about
    if abs(amount) >= 1:
        raise _wrong(field, text, "could be a percentage or a fraction: write 34% or 0.34")
    return float(amount), about


def _money(field: Field, text: Wire, request: Request) -> Parsed:
    written, about = _approximate(plain(text, {}))
    leading = re.match(r"((?:us|r)?\$|[€£₹]|[a-z]{3}(?=\s?[0-9]))\s?", written, re.IGNORECASE)
    found = _NUMBER.fullmatch(written[leading.end() :] if leading else written)
    amount = _amount(field, text, found)
    said = leading[1] if leading else found["unit"].strip() if found else ""
    if said and not re.fullmatch(r"[A-Za-z]{3}", said) and said.lower() not in _SYMBOLS:
        raise _wrong(field, text, "has a currency that I do not know; write its three letters")
    currency = _SYMBOLS.get(said.lower(), said.upper())
    return f"{amount:.2f} {currency}".strip(), about


def _duration(field: Field, text: Wire, request: Request) -> Parsed:
    written, about = _approximate(text)
    length: timedelta = parse_duration(written)
    return int(length.total_seconds()), about


def _choice(field: Field, text: Wire, request: Request) -> Parsed:
    said = one_line(text).lower().replace("_", " ").replace("-", " ")
    by_words = {choice.lower().replace("-", " "): choice for choice in field.choices}
    fitting = [choice for words, choice in by_words.items() if words == said] or [
        choice for words, choice in by_words.items() if words.startswith(said)
    ]
    if len(fitting) == 1:
        return fitting[0], False
    near = get_close_matches(said[:40], by_words, 1)
    hint = f"; did you mean “{by_words[near[0]]}”?" if near else ""
    raise _wrong(field, text, f"is none of: {', '.join(field.choices)}{hint}")


def _person(field: Field, text: Wire, request: Request) -> Parsed:
    return person_or_name(text, request), False


def _text(field: Field, text: Wire, request: Request) -> Parsed:
    return text, False


def _list(field: Field, text: Wire, request: Request) -> Parsed:
    """One item a line; on one line, single words between commas. A sentence with commas, or a code block, is one."""
    if text.startswith("```") and text.endswith("```"):
        return (text,), False
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    bare = [re.sub(r"^(?:[-*•]|[0-9]{1,2}[.)])\s+", "", line) for line in lines]
    words = [word.strip() for word in bare[0].split(",")]
    if len(bare) == 1 and all(word and not re.search(r"\s", word) for word in words):
        return tuple(words), False
    return tuple(bare), False


def _appointment(text: str, request: Request) -> Parsed | None:
    """A day as due dates are typed, and a time of that day if there is one; None if it begins with no day."""
    words, today = one_line(text).split(), request.now.astimezone(named(request.zone) or UTC).date()
    for count in range(len(words), 0, -1):
        with suppress(Refused):
            day = parse_due(" ".join(words[:count]).rstrip(","), today)
            break
    else:
        return None
    if count == len(words):
        return day.isoformat(), False
    later = datetime.combine(day, time(), UTC) + timedelta(days=2)
    moment = parse_moment(f"{day.isoformat()} {' '.join(words[count:]).removeprefix('at ')}", later, request.zone)
    return moment.at.isoformat(), moment.approximate


def _moment(field: Field, text: Wire, request: Request) -> Parsed:
    if field.ahead and (found := _appointment(text, request)):
        return found
    written = one_line(text).lower()
    day = re.fullmatch(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", written)
    if day:
        return real_date(int(day[1]), int(day[2]), int(day[3])).isoformat(), False
    if written in ("today", "yesterday"):
        today = request.now.astimezone(named(request.zone) or UTC).date()
        return (today - timedelta(days=written == "yesterday")).isoformat(), False
    moment = parse_moment(text, request.now, request.zone)
    return moment.at.isoformat(), moment.approximate


def _yesno(field: Field, text: Wire, request: Request) -> Parsed:
    said = one_line(text).lower().rstrip(".!")
    if said in _YES or said in _NO:
        return said in _YES, False
    raise _wrong(field, text, "is neither yes nor no")


_READERS: Final[Mapping[Type, Callable[[Field, Wire, Request], Parsed]]] = MappingProxyType(
    {
        "integer": _integer,
        "number": _number,
        "percentage": _percentage,
        "money": _money,
        "duration": _duration,
        "choice": _choice,
        "person": _person,
        "text": _text,
        "list": _list,
        "moment": _moment,
        "yesno": _yesno,
    }
)
_EXAMPLES: Final[Mapping[Type, str]] = MappingProxyType(
    {
        "integer": "5000",
        "number": "250",
        "percentage": "34%",
        "money": "1200 EUR",
        "duration": "1h30m",
        "choice": "…",
        "person": "@maria",
        "text": "…",
        "list": "…",
        "moment": "2026-03-08 14:02",
        "yesno": "yes",
    }
)
