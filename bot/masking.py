"""Secrets, personal data and customers' names are masked before anything is kept.

Each rule is a regular expression that runs in linear time over hostile text: repetitions never overlap, and what has no
distinctive beginning is consumed as a whole run and judged afterwards.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from bot.wire import escape
from bot.words import Wire


@dataclass(frozen=True, slots=True)
class Masked:
    """The text with labels in place of what was found, and the kinds found, each once, for telling the capturer."""

    text: Wire
    found: tuple[str, ...]


Find = Callable[[str], Iterator[tuple[int, int]]]
"""Where in a piece of text something must be masked; the places do not overlap."""


def _matches(pattern: str, flags: int = 0) -> Find:
    """The group `it`, where the pattern has one, else the whole match."""
    compiled = re.compile(pattern, flags)
    group = "it" if "it" in compiled.groupindex else 0
    return lambda text: (m.span(group) for m in compiled.finditer(text) if m.start(group) >= 0)


_KEY_END: Final = r"-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
_PRIVATE_KEY: Final = (
    r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
    rf"(?:[^-]*(?:-{{1,4}}[^-]+)*{_KEY_END}|(?:(?:\s|\\[nr])+[A-Za-z0-9+/=]{{16,}})*)"
)
_KEYWORD: Final = (
    r"(?:pass(?:word|wd|phrase)|pwd|secret|token|api[_-]?key|access[_-]?key|account[_-]?key|private[_-]?key)"
)
_VALUE: Final = r"(?:[^\s\"'`<>|,;&“”]|&(?:amp|lt|gt);)"
_ASSIGNED: Final = (
    rf"{_KEYWORD}(?:[\"'`]{{1,2}})?\s{{0,3}}(?:=\s{{0,3}}|:\s{{0,3}}(?=[\"'`]|[^\s\"'`]{{0,40}}[0-9!#$%^*+_]))"
    rf"(?:\"(?P<quoted>[^\"\n]+)\"|[\"'`]?(?P<it>{_VALUE}{{3,}}))"
)
_EMAIL_OR_RUN: Final = r"[\w.%+-]+(?P<it>@[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,})?"

_CARD: Final = re.compile(
    r"(?<!\w)[2-6](?:[0-9]{12,18}|[0-9]{3}([ -])[0-9]{6}\1[0-9]{4,5}|[0-9]{3}([ -])[0-9]{4}\2[0-9]{4}\2[0-9]{4})(?!\w)"
)


def _emails(text: str) -> Iterator[tuple[int, int]]:
    """Every run of name characters is consumed, whether an address or not, so that no character is read twice."""
    return (m.span() for m in _EMAIL.finditer(text) if m["it"])


_EMAIL: Final = re.compile(_EMAIL_OR_RUN)
_ASSIGNMENT: Final = re.compile(_ASSIGNED, re.IGNORECASE)


def _assigned(text: str) -> Iterator[tuple[int, int]]:
    for m in _ASSIGNMENT.finditer(text):
        yield m.span("quoted") if m["quoted"] else m.span("it")


def _cards(text: str) -> Iterator[tuple[int, int]]:
    position = 0
    while found := _CARD.search(text, position):
        if _luhn(found[0]):
            yield found.span()
        position = found.end() if _luhn(found[0]) else found.start() + 1


def _luhn(written: str) -> bool:
    digits = [int(c) for c in written if c.isdigit()]
    doubled = (d * 2 - 9 * (d > 4) for d in digits[-2::-2])
    return (sum(doubled) + sum(digits[-1::-2])) % 10 == 0


_RULES: Final[tuple[tuple[str, Find], ...]] = (
    ("private key", _matches(_PRIVATE_KEY)),
    ("Slack token", _matches(r"xox[a-z](?:\.xox[a-z])?-[A-Za-z0-9-]{8,}|xapp-[0-9]-[A-Za-z0-9-]{8,}")),
    ("Slack webhook", _matches(r"hooks\.slack\.com/(?P<it>[a-z]{1,12}/[A-Za-z0-9/_-]{8,})")),
    ("GitHub token", _matches(r"gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_-]{20,}")),
    ("AWS key", _matches(r"(?:AKIA|ASIA)[A-Z0-9]{16,}")),
    ("Google key", _matches(r"AIza[A-Za-z0-9_-]{30,}|ya29\.[A-Za-z0-9_-]{20,}|GOCSPX-[A-Za-z0-9_-]{20,}")),
    ("Stripe key", _matches(r"[sr]k_(?:live|test)_[A-Za-z0-9]{10,}|whsec_[A-Za-z0-9+/=]{16,}")),
    ("API key", _matches(r"(?<![\w-])sk-[A-Za-z0-9_-]{20,}|SG\.[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}")),
    ("JSON web token", _matches(r"(?<![\w.-])eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*")),
    (
        "credentials",
        _matches(
            r"authorization[\"']?\s{0,3}[:=]\s{0,3}[\"']?(?:bearer|basic|token|digest)\s{1,3}(?P<it>[^\s\"'<>|,;]{6,})",
            re.IGNORECASE,
        ),
    ),
    ("credentials", _matches(r"bearer\s{1,3}(?=[^\s]{0,60}[0-9])(?P<it>[A-Za-z0-9._~+/=-]{16,})", re.IGNORECASE)),
    ("credentials", _matches(r"://(?P<it>[^\s/@:<>|?#\[]{0,200}:[^\s/<>|?#]{1,200}@)")),
    ("password", _assigned),
    ("e-mail address", _matches(r"<mailto:[^<>]*>")),
    ("e-mail address", _emails),
)
"""In this order; each looks only at what those before it left."""

_LABELS: Final = frozenset({kind for kind, _ in _RULES} | {"customer", "card number"})
_FIXED: Final = re.compile(rf"\[masked: (?:{'|'.join(sorted(_LABELS))})\]|<[@#!][^<>|]*")
"""What no rule looks into: our own labels, and the ids in Slack's tokens."""


def mask(wire: str, customers: Sequence[str] = ()) -> Masked:
    """The text with secrets, e-mail addresses, card numbers and the customers' names (as configured) masked.

    Masking twice changes nothing. A name counts as a whole word, in whatever case.
    """
    rules = (*_RULES, *_customer_rule(tuple(customers)), ("card number", _cards))
    found: dict[str, None] = {}
    text, before = wire, ""
    while text != before:  # a label can lay bare what it stood against; the second round finds that
        before = text
        text = "".join(_round(text, rules, found))
    return Masked(Wire(text), tuple(found))


def _round(text: str, rules: Sequence[tuple[str, Find]], found: dict[str, None]) -> list[str]:
    """Pieces of the text, those at odd places not to be looked into."""
    pieces = _split(text)
    for kind, find in rules:
        after: list[str] = []
        for number, piece in enumerate(pieces):
            after += [piece] if number % 2 else _apply(kind, find, piece, found)
        pieces = after
    return pieces


def _split(text: str) -> list[str]:
    pieces, position = [], 0
    for fixed in _FIXED.finditer(text):
        pieces += [text[position : fixed.start()], fixed[0]]
        position = fixed.end()
    return [*pieces, text[position:]]


def _apply(kind: str, find: Find, piece: str, found: dict[str, None]) -> list[str]:
    pieces, position = [], 0
    for start, end in find(piece):
        found[kind] = None
        pieces += [piece[position:start], f"[masked: {kind}]"]
        position = end
    return [*pieces, piece[position:]]


@lru_cache(maxsize=8)
def _customer_rule(customers: tuple[str, ...]) -> tuple[tuple[str, Find], ...]:
    written = {form for name in customers for form in _forms(name.strip()) if form}
    if not written:
        return ()
    alternatives = "|".join(_bounded(form) for form in sorted(written, key=len, reverse=True))
    return (("customer", _matches(alternatives, re.IGNORECASE)),)


def _forms(name: str) -> tuple[str, str]:
    """As it may stand in wire text: an accent is a part of its letter, or a mark that follows it."""
    return escape(unicodedata.normalize("NFC", name)), escape(unicodedata.normalize("NFD", name))


def _bounded(name: str) -> str:
    """A pattern of the whole name; where its script puts no space between words, no border is asked for."""
    before = r"(?<!\w)" if _bordered(name[0]) else ""
    after = r"(?!\w)" if _bordered(name[-1]) else ""
    return before + r"\s{1,4}".join(re.escape(word) for word in name.split()) + after


def _bordered(char: str) -> bool:
    return bool(re.match(r"\w", char)) and unicodedata.east_asian_width(char) not in "WF"
