"""Any story at all, from a seed: what people say, mark, take back, edit, delete, type, fill in and press."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final

from bot.policy import VOCABULARY
from bot.words import Kind
from templates.families import available
from tests.rehearsal.acts import Act, Deletes, Fills, Mentions, Presses, Reacts, Rewords, Says, Scene, TakesBack, Types
from tests.rehearsal.script import Script

PEOPLE: Final = ("Alice Adams", "Bob Brown", "Carol Chen", "Dan Dietz")
DECLARED: Final = datetime(2026, 3, 10, 13, 50, tzinfo=UTC)
BETWEEN: Final = (240, 400)
"""Seconds from one act to the next: longer than a lease and its successor, so that what a death delayed is over."""
WORDS: Final = ("db failover", "pool is empty", "| a | b |", "李小龍 🧯", "*x* _y_ `z`", "resolved at 09:00 <!channel>")
EMOJI: Final = tuple(sorted(name for name, meaning in VOCABULARY.items() if isinstance(meaning, Kind)))


@dataclass
class Tale:
    """What has been said so far; each act is one that these people could do now."""

    random: Random
    open: dict[str, tuple[str, list[tuple[str, str]]]] = field(default_factory=dict)  # name: author, who marked what
    told: int = 0
    severity: str = "2"  # as declared

    def acts(self, count: int) -> Iterator[Act]:
        for n in range(count):
            if n == 2 * count // 3:
                yield Presses(self._who(), "Mitigated")
            else:
                yield self._any()

    def _any(self) -> Act:
        ways: tuple[tuple[Callable[[], Act], int], ...] = (
            (self._says, 6),
            (self._types, 4),
            (self._mentions, 2),
            (self._fills, 1),
        )
        if self.open:
            ways += ((self._reacts, 3), (self._rewords, 2), (self._deletes, 1), (self._replies, 2))
        if any(marks for _, marks in self.open.values()):
            ways += ((self._takes_back, 2),)
        [way] = self.random.choices([way for way, _ in ways], [weight for _, weight in ways])
        return way()

    def _who(self) -> str:
        return self.random.choice(PEOPLE)

    def _words(self) -> str:
        self.told += 1
        return f"{self.random.choice(WORDS)} {self.told}"

    def _says(self, to: str = "") -> Says:
        who, emoji = self._who(), self.random.choice(EMOJI)
        name = f"{'reply' if to else 'root'} {self.told}"
        said = Says(who, self._words(), emoji, name, to)
        self.open[name] = (who, [(who, emoji)])
        return said

    def _replies(self) -> Says:
        roots = [name for name in self.open if name.startswith("root")]
        return self._says(self.random.choice(roots)) if roots else self._says()

    def _reacts(self) -> Reacts:
        name, who = self.random.choice(list(self.open)), self._who()
        marks = self.open[name][1]
        emoji = self.random.choice([e for e in EMOJI if (who, e) not in marks])
        marks.append((who, emoji))
        return Reacts(who, name, emoji)

    def _takes_back(self) -> TakesBack:
        name = self.random.choice([name for name, (_, marks) in self.open.items() if marks])
        marks = self.open[name][1]
        who, emoji = marks.pop(self.random.randrange(len(marks)))
        return TakesBack(who, name, emoji)

    def _rewords(self) -> Rewords:
        name = self.random.choice(list(self.open))
        return Rewords(self.open[name][0], name, self._words())

    def _deletes(self) -> Deletes:
        name = self.random.choice(list(self.open))
        return Deletes(self.open.pop(name)[0], name)

    def _mentions(self) -> Mentions:
        return Mentions(self._who(), f"event said to it {self._words_plain()}")

    def _words_plain(self) -> str:
        self.told += 1
        return f"line {self.told}"

    def _types(self) -> Types:
        minute = self.random.randrange(10, 50)
        line = self.random.choice(
            (
                f"event --at 13:{minute} UTC {self._words_plain()}",
                f"mark detected 13:{minute} UTC",
                f"set customer_impact = nobody could pay {self._words_plain()}",
                f"set went_well = {self._words_plain()}",
                f"action add {self._words_plain()} due 2026-04-{minute - 9 if minute < 39 else 30}",
                "severity",
                f"update {self._words_plain()}",
            )
        )
        if line == "severity":  # another one than it is, or it is refused
            self.severity = self.random.choice([level for level in "123" if level != self.severity])
            line = f"severity sev{self.severity}"
        return Types(self._who(), f"/incident {line}")

    def _fills(self) -> Fills:
        at = DECLARED - timedelta(minutes=self.random.randrange(5, 45))
        return Fills(self._who(), "/incident event", {"text": self._words(), "when": at, "kind": "event"})


def tale(seed: int, count: int) -> Script:
    """A story of `count` acts and its end: resolved, and a draft asked for; one act a moment."""
    random = Random(seed)
    acts = [*Tale(random).acts(count)]
    family = random.choice(available())
    acts += [
        Says(PEOPLE[0], "all is well again", "checkered_flag", "end"),
        Types(PEOPLE[0], "/incident resolve"),
        Types(PEOPLE[1], f"/incident postmortem {family}"),
    ]
    return Script(
        title=f"Checkout fails, tale {seed}",
        declared_at=DECLARED,
        declarer=PEOPLE[0],
        declaration={"title": f"Checkout fails, tale {seed}", "severity": "high"},
        scenes=tuple(_one_by_one(random, acts)),
        actors=PEOPLE,
    )


def _one_by_one(random: Random, acts: list[Act]) -> Iterator[Scene]:
    at = DECLARED
    for act in acts:
        at += timedelta(seconds=random.randrange(*BETWEEN))
        yield Scene(at, (act,))
