"""What is looked up across incidents: the words of each thing that can be found, and which things a fact changed.

A search reads words and not texts: letters and digits alone, folded, so that nothing typed can mean anything else.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from bot import facts as f
from bot.incident import Incident
from bot.wire import plain
from bot.words import Wire

TITLE: Final = "title"
ABOUT: Final = "about"
"""The services, the regions and the type together."""

WEIGHTS: Final = {TITLE: 4, ABOUT: 3, "action": 2, "field": 2, "line": 1}
"""How much a word counts by the kind of thing in which it stands."""

_UNSPACED: Final = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
    "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"  # Kana and Han
)
_MENTION: Final = re.compile(r"<@[^<>]*>")
_WORD: Final = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+")
"""A run of letters and digits; where a script writes no spaces between words, each sign by itself."""


@dataclass(frozen=True, slots=True)
class Findable:
    """One thing of an incident that can be found: `title`, `about`, `line:<entry>`, `field:<key>`, `action:<id>`.

    `entry` is the message or typed line whose words it repeats: with it they go.
    """

    thing: str
    words: str
    entry: str | None = None

    @property
    def weight(self) -> int:
        return WEIGHTS[kind_of(self.thing)]


def kind_of(thing: str) -> str:
    return thing.partition(":")[0]


def folded(text: str) -> list[str]:
    """The words of a plain text, in order, however they are capitalised or composed."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def wanted(asked: str) -> tuple[str, ...]:
    """What a person looks for: words, and in quotation marks several in a row; each once, in the order typed."""
    parts = re.findall(r"[\"“”„«»]([^\"“”„«»]+)[\"“”„«»]|(\S+)", asked)
    found = (" ".join(folded(phrase or word)) for phrase, word in parts)
    return tuple(dict.fromkeys(words for words in found if words))


def named(asked: str, names: Iterable[str]) -> frozenset[str]:
    """The names that a person may mean: those written so, however capitalised, else those that have all its words."""
    known, words = {name: folded(name) for name in names}, folded(asked)
    same = frozenset(name for name in known if known[name] == words)
    return same or frozenset(name for name in known if words and {*words} <= {*known[name]})


def stored(*texts: str) -> str:
    """The words as they are searched: each with a space before it, so that one is found from its beginning."""
    return "".join(f" {word}" for text in texts for word in folded(text))


def touched(incident: Incident, fact: f.AnyFact) -> set[str]:
    """The things whose words this fact may have changed; `incident` is the state after it."""
    match fact:
        case f.Declared() | f.Described():
            return {TITLE, ABOUT}
        case f.FieldSet():
            return {f"field:{fact.field}"}
        case f.ActionAdded() | f.ActionChanged():
            return {f"action:{fact.action}"}
    entry = getattr(fact, "entry", None)
    if entry is None:
        return set()
    return {f"line:{entry}", *(f"action:{item.id}" for item in incident.actions.values() if item.entry == entry)}


def everything(incident: Incident) -> set[str]:
    """Every thing that the incident has."""
    lines = (f"line:{entry}" for entry in incident.entries)
    answers = (f"field:{key}" for key in incident.fields)
    return {TITLE, ABOUT, *lines, *answers, *(f"action:{item}" for item in incident.actions)}


def findable(incident: Incident, things: set[str]) -> Iterator[Findable]:
    """Those of the things that stand and say something."""
    standing = {item.id for item in incident.action_items()} if things else set()
    for thing in sorted(things):
        words, entry = _words(incident, thing, standing)
        if words:
            yield Findable(thing, words, entry)


def _words(incident: Incident, thing: str, standing: set[str]) -> tuple[str, str | None]:
    kind, _, key = thing.partition(":")
    match kind:
        case "title":
            return stored(_plain(incident.title), incident.number, *incident.numbers.values()), None
        case "about":
            return stored(*incident.services, *incident.regions, str(incident.type)), None
        case "line":
            return (stored(_plain(incident.entries[key].text)), key) if incident.stands(key) else ("", None)
        case "field":
            return stored(*_said(incident, key)), None
    item = incident.actions[key]
    return (stored(_plain(item.text), item.ticket or ""), item.entry) if key in standing else ("", None)


def _said(incident: Incident, key: str) -> Iterator[str]:
    return (_plain(text) for said in incident.fields.get(key, ()) for text in texts(said.value))


def texts(value: f.Value) -> tuple[str, ...]:
    """What a field's value says in words; a number or a yes says none."""
    if isinstance(value, tuple):
        return value
    return (value,) if isinstance(value, str) else ()


def _plain(text: str) -> str:
    """Without the ids of people: they are no words, and would outlive the person's removal."""
    return plain(Wire(_MENTION.sub(" ", text)), {})
