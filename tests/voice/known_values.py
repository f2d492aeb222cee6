"""The values that a report.json holds, in the forms in which a report may print them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from templates.links import pieces

Kind = Literal["stamp", "length", "day", "percentage", "number", "name"]

_STAMP: Final = r"\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)?(?!\d)"
_DAY: Final = r"\d{4}-\d\d-\d\d(?![\d-])"
_LENGTH: Final = r"\d+ h(?: \d\d min)?(?: \d\d s)?\b|\d+ min(?: \d\d s)?\b|\d+ s\b|\d+ days\b"
_PERCENTAGE: Final = r"<?[\d,]+(?:\.\d+)?%"
_NAME: Final = r"[\w-]*\d[\w-]*(?:[.,:/]\w[\w-]*)*"
_TOKEN: Final = re.compile(
    "|".join(
        rf"(?P<{kind}>(?<![\w-]){pattern})"
        for kind, pattern in (
            ("stamp", _STAMP),
            ("day", _DAY),
            ("length", _LENGTH),
            ("percentage", _PERCENTAGE),
            ("name", _NAME),
        )
    )
)
_NUMBER: Final = re.compile(r"\d{1,3}(?:,\d{3})*(?:\.\d+)?|\d+(?:\.\d+)?")
_ADDRESS: Final = re.compile(r"https?://[^\s<>\"]+")
_WORD: Final = re.compile(r"([^\W\d_]+)(…?)")
_UNITS: Final = {"h": 3600, "min": 60, "s": 1, "days": 86400}

COMPOSED: Final = ("why", "notes")
"""Sentences of ours about other values: what they name has to stand beside them."""


BREAK: Final = "\u200b"
"""Where a line may end in a long word on paper; looking leaves it out, and with it what people typed of it."""

COUNTED: Final = ("files", "values")
"""Lists whose length a report may say."""


def tokens(text: str) -> Iterator[tuple[Kind, str]]:
    """Whatever holds a digit: a moment, a day, a length of time, a percentage, a number, else a name.

    What the text was cut in is the beginning of a name.
    """
    for found in _TOKEN.finditer(text):
        kind = found.lastgroup
        if text[found.end() : found.end() + 1] == "…":
            kind = "name"
        elif kind == "name" and _NUMBER.fullmatch(found[0]):
            kind = "number"
        yield kind, found[0]  # type: ignore[misc]


def without_addresses(text: str) -> str:
    """Addresses are no words; they are checked as links."""
    return _ADDRESS.sub(" ", text)


def words(text: str) -> Iterator[tuple[str, bool]]:
    """Each run of letters, and whether the text was cut in it."""
    return ((found[1], bool(found[2])) for found in _WORD.finditer(text.casefold()))


def seconds(length: str) -> int:
    return sum(int(number) * _UNITS[unit] for number, unit in re.findall(r"(\d+) (h|min|s|days)", length))


@dataclass
class Known:
    """Everything that a report may name, as read from its JSON and from nothing else."""

    zone: str
    stamps: set[str] = field(default_factory=set)
    days: set[str] = field(default_factory=set)
    lengths: set[int] = field(default_factory=set)
    shares: set[str] = field(default_factory=set)
    numbers: set[float] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)
    links: set[str] = field(default_factory=set)

    def strangers(self, text: str) -> list[str]:
        """What holds a digit and is none of the values."""
        return [token for kind, token in tokens(text) if not self._knows(kind, token)]

    def _knows(self, kind: Kind, token: str) -> bool:
        match kind:
            case "stamp":
                return token in self.stamps
            case "day":
                return token in self.days
            case "length":
                return seconds(token) in self.lengths
            case "percentage":
                return token in self.shares
            case "number":
                return float(token.replace(",", "")) in self.numbers or token in self.names
            case _:
                return token in self.names or any(name.startswith(token) for name in self.names)

    def new_words(self, text: str, own: frozenset[str]) -> list[str]:
        return [
            word
            for word, cut in words(text)
            if word not in own and word not in self.words and not (cut and self._begins(word))
        ]

    def _begins(self, start: str) -> bool:
        return any(word.startswith(start) for word in self.words)

    def take(self, value: object, key: str = "") -> None:
        if isinstance(value, dict):
            for name, part in value.items():
                self.take(part, name)
        elif isinstance(value, list):
            if key in COUNTED:
                self.numbers.add(len(value))
            for part in value:
                self.take(part, key)
        elif isinstance(value, str):
            self._text(value, key)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            self._number(value, key)

    def _number(self, value: float, key: str) -> None:
        if "seconds" in key:
            self.lengths.add(int(abs(value)))
            return
        self.numbers.add(float(value))
        self.shares |= {f"{value * 100:,.1f}%", f"{round(value * 100, 6):,.6f}".rstrip("0").rstrip(".") + "%"}
        if 0 < value < 0.001:
            self.shares.add("<0.1%")

    def _text(self, value: str, key: str) -> None:
        if key in ("permalink", "channel_url", "files"):
            self.links.add(value)
        elif re.fullmatch(r"\d{4}-\d\d-\d\dT\S+", value):
            self._moment(datetime.fromisoformat(value))
        else:
            self._prose(value, key)

    def _moment(self, at: datetime) -> None:
        for zone in (self.zone, "UTC"):
            local = at.astimezone(ZoneInfo(zone))
            self.stamps |= {f"{local:%Y-%m-%d %H:%M:%S}"} | ({f"{local:%Y-%m-%d %H:%M}"} if not local.second else set())
        self.days.add(f"{at.astimezone(ZoneInfo(self.zone)):%Y-%m-%d}")

    def _prose(self, value: str, key: str) -> None:
        forms = (value, without_addresses(value), value.replace(BREAK, ""))
        self.words |= {word for text in forms for word, _ in words(text)}
        self.links |= {url for line in value.split("\n") for _, url in pieces(line) if url}
        if key in COMPOSED:
            return
        for kind, token in (*tokens(value), *tokens(value.replace(BREAK, ""))):
            match kind:
                case "stamp":
                    self.stamps.add(token)
                case "day":
                    self.days.add(token)
                case "length":
                    self.lengths.add(seconds(token))
                case "percentage":
                    self.shares.add(token)
                case _:
                    self.names.add(token)


def known(document: dict[str, Any], zone: str) -> Known:
    """From a whole report.json. A composed summary is left out: what it says has to stand elsewhere."""
    found = Known(zone, words={"utc"})
    summary = {key: said for key, said in document["summary"].items() if not said["composed"]}
    found.take({**document, "summary": summary})
    found.words |= {word for said in document["summary"].values() for word, _ in words(said["text"])}
    return found
