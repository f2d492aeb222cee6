"""Who was heard saying what: for each fact the envelope that asserts it, found without the program's own reading."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any, Final

from bot.facts import Anchored, AnyFact, Away, ChannelAttached, Questioned, ReachChanged
from bot.wire import escape
from handlers.inbox import envelope_key

OURS: Final = Anchored | Away | ChannelAttached | Questioned | ReachChanged
"""What the program notes of itself, its messages and the channel."""
TOLD: Final = ("text", "title", "reason", "verification", "ticket")
NOBODY: Final = "unknown"
"""Whoever deleted a message, where Slack does not say."""
_STAMP: Final = re.compile(r"\d{1,10}\.\d{1,6}")

Body = dict[str, Any]


class Heard:
    """One envelope: every string in it, and all of them as one text, also as they are escaped for Slack."""

    def __init__(self, body: Body) -> None:
        self.is_event = isinstance(body.get("event"), dict)
        self.strings = set(_strings(body))
        self.text = "\n".join(text for string in self.strings for text in {string, escape(string)})

    def has_words(self, said: str) -> bool:
        return all(word in self.text for word in said.split())


class Oracle:
    """All that was ever sent, by the name the inbox gives it and by the messages it speaks of."""

    def __init__(self, sent: Iterable[Body], bot: frozenset[str]) -> None:
        self._bot = bot
        self._named: dict[str, list[Heard]] = defaultdict(list)
        self._about: dict[str, list[Heard]] = defaultdict(list)
        for body in sent:
            if not self._is_echo(body.get("event")):
                self._file(body, Heard(body))

    def _is_echo(self, event: Any) -> bool:
        """What Scribe itself said vouches for nothing."""
        if not isinstance(event, dict):
            return False
        said = [event, event.get("message")]
        return any(
            self._bot & {str(each.get("user")), str(each.get("bot_id"))} for each in said if isinstance(each, dict)
        )

    def _file(self, body: Body, heard: Heard) -> None:
        with suppress(KeyError, TypeError, AttributeError):  # of no shape that has a name
            if named := envelope_key(body):
                self._named[named[0]].append(heard)
        for stamp in {stamp for string in heard.strings for stamp in _STAMP.findall(string)}:
            self._about[stamp].append(heard)

    def vouch_for(self, fact: AnyFact) -> None:
        """Somebody else than the program itself is in the envelope that the fact came by, and so is what it says.

        Raises:
            AssertionError: nobody asserted it.
        """
        if isinstance(fact, OURS):
            return
        came_by, place = self._came_by(fact), fact.source.evidence
        assert fact.source.by not in self._bot, ("the program itself", fact)
        assert any(fact.source.by in heard.strings or fact.source.by == NOBODY for heard in came_by), fact
        assert getattr(fact, "author", None) not in self._bot, ("the program's own words", fact)
        told = [*came_by, *(self._about[place.ts] if place else ())]
        if fact.source.via in ("reaction", "message"):  # a form repeats what Scribe made of a message
            told = [heard for heard in told if heard.is_event]
        for said in (str(getattr(fact, name, None) or "") for name in TOLD):
            assert any(heard.has_words(said) for heard in told), (said, fact)

    def _came_by(self, fact: AnyFact) -> list[Heard]:
        """By the envelope it names; one that names none, by those that speak of its message."""
        ref, place = fact.source.ref, fact.source.evidence
        if ref:
            return next((self._named[name] for name in _beginnings(ref) if name in self._named), [])
        return self._about[place.ts] if place else []


def _beginnings(ref: str) -> Iterator[str]:
    """The name itself, or without what was put behind it where one envelope means several things."""
    while ref:
        yield ref
        ref = ref.rpartition(":")[0]


def _strings(value: Any) -> Iterator[str]:
    """Every text in it, and in the JSON that some of these are."""
    if isinstance(value, str):
        yield value
        if value.startswith("{"):
            with suppress(ValueError):
                yield from _strings(json.loads(value))
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _strings(each)
