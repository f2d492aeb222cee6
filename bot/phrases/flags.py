"""Flags in a typed line (`--at 14:02`): taken out by name, and all other text left as it was typed.

Keyboards turn `--` into a dash and straight quotes into curly ones; both are understood.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from bot.decision import Refused
from bot.moments import leading_moment
from bot.phrases.vocabulary import longest, nearest
from bot.wire import one_line, plain, shorten

Reader = Callable[[str], int]
"""How many characters at the head of a text are the flag's value; nought if there is none."""

_FLAG: Final = re.compile(r"(--|[-—–―])([A-Za-z][A-Za-z0-9_-]*)(?=[\s=]|$)\s*=?\s*")
_QUOTED: Final = re.compile(r"[\"“”„«]([^\"“”„«»]*)[\"“”»]|['‘]([^'‘’\n]*)['’](?=\s|$)")
_WORD: Final = re.compile(r"(?:<[^<>]*>|[^\s<]|<)+")
_OPAQUE: Final = re.compile(r"```.*?```|`[^`\n]*`|[\"“„«][^\"“”„«»]*[\"”»]", re.DOTALL)
"""Code and quotations: nothing in them is a flag."""


def shown(text: str) -> str:
    """A bit of what was typed, for a sentence."""
    return f"“{shorten(one_line(plain(text, {})), 60)}”"


def unquoted(value: str) -> str:
    """The value without the quotation marks around it."""
    found = _QUOTED.fullmatch(value.strip())
    return (found[1] or found[2] or "").strip() if found else value.strip()


def switch(text: str) -> int:
    """No value: being there is all that it says."""
    return 0


def word(text: str) -> int:
    """One word, a mention or link, or what stands in quotation marks."""
    found = _QUOTED.match(text) or _WORD.match(text)
    return found.end() if found else 0


def words(text: str) -> int:
    """Words with commas between: `api, db`."""
    end = word(text)
    while text[:end].endswith(","):
        gap = len(text[end:]) - len(text[end:].lstrip())
        following = word(text[end + gap :])
        if not following or _FLAG.match(text, end + gap):
            break
        end += gap + following
    return end


def moment(text: str) -> int:
    """A time, as many words as it takes."""
    quoted = _QUOTED.match(text)
    return quoted.end() if quoted else leading_moment(text, asked=True)[1] or word(text)


def of(table: Mapping[str, object], most: int = 4) -> Reader:
    """The longest entry of a table, else one word for the complaint."""

    def read(text: str) -> int:
        quoted = _QUOTED.match(text)
        return quoted.end() if quoted else longest(text, table, most)[1] or word(text)

    return read


class Flags:
    """The flags of one verb: each name with the reader of its value; several names may mean one flag.

    A flag of `many` may come several times; its values are kept as typed, a comma between them.
    """

    def __init__(
        self, readers: Mapping[str, Reader], same: Mapping[str, str], example: str, many: frozenset[str] = frozenset()
    ) -> None:
        self._readers = readers
        self._same = same
        self._example = example
        self._many = many

    def head(self, text: str, given: dict[str, str]) -> str:
        """Take the flags at the head into `given`, and return what follows; `--` alone ends them.

        Raises:
            Refused: an unknown flag, one without its value, or one given twice.
        """
        text = text.lstrip()
        while found := _FLAG.match(text):
            if found[1] != "--" and self.name(found[2]) is None:
                return text  # a dash before a word
            text = self._take(found, text, given).lstrip()
        return text[2:].lstrip() if re.match(r"--(?=\s|$)", text) else text

    def anywhere(self, text: str, given: dict[str, str]) -> str:
        """Take every flag of the line into `given`, and return the rest; code and quotations are left alone."""
        rest: list[str] = []
        start = position = 0
        while position < len(text):
            found = _FLAG.match(text, position) if position == 0 or text[position - 1].isspace() else None
            opaque = _OPAQUE.match(text, position)
            if found and (found[1] == "--" or self.name(found[2])):
                rest.append(text[start:position].strip())
                start = position = len(text) - len(self._take(found, text, given))
            else:
                position = opaque.end() if opaque else position + 1
        return " ".join(part for part in (*rest, text[start:].strip()) if part)

    def tail(self, text: str, given: dict[str, str], plainly: Callable[[str, str], bool]) -> str:
        """Take the flags that end the line, if each value is `plainly` one; else they are text like any other."""
        for found in list(_FLAG.finditer(text))[-8:]:
            if self.name(found[2]) is None or not text[: found.start()][-1:].isspace():
                continue
            taken: dict[str, str] = {}
            if self._all(text[found.start() :], taken) and all(plainly(*item) for item in taken.items()):
                self._once(taken, given)
                given |= taken
                return text[: found.start()].rstrip()
        return text

    def name(self, written: str) -> str | None:
        """The flag meant, by its name or another one for it."""
        name = written.lower().replace("_", "-")
        name = self._same.get(name, name)
        return name if name in self._readers else None

    def _all(self, text: str, given: dict[str, str]) -> bool:
        try:
            return self.head(text, given) == ""
        except Refused:
            return False

    def _take(self, found: re.Match[str], text: str, given: dict[str, str]) -> str:
        name = self.name(found[2])
        if name is None:
            raise self._unknown(found[2])
        self._once([name], given)
        reader = self._readers[name]
        end = found.end() + reader(text[found.end() :])
        value = text[found.end() : end]
        if reader is not switch and not value.strip():
            raise Refused(f"--{name} needs a value.", self._example)
        if name in self._many:
            given[name] = ", ".join(filter(None, (given.get(name), value.strip())))
        else:
            given[name] = unquoted(value)
        return text[end:]

    def _once(self, names: Iterable[str], given: Mapping[str, str]) -> None:
        for name in names:
            if name in given and name not in self._many:
                raise Refused(f"--{name} is given twice.", self._example)

    def _unknown(self, written: str) -> Refused:
        near = nearest(written.replace("_", "-"), [*self._readers, *self._same], 2)
        known = near or list(self._readers)
        hint = f"did you mean {' or '.join(f'--{n}' for n in near)}?" if near else f"there are --{', --'.join(known)}."
        return Refused(f"There is no flag --{written[:40]} here: {hint}", self._example)
