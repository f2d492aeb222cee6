"""Action items in one line: `action add …` with its details at the end, and changes such as `action done A1`.

What ends the line as a whole sequence of details (a person, `due friday`, `p1`, `type detect`, `verify "…"`, `ticket
<link>`, or their flags) is details; everything before is the item's text, word for word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date
from typing import Any, Final

from bot.commands import AddAction, ChangeAction, OpenForm, Show, Snooze, Understood
from bot.dates import DUE_EXAMPLE, parse_due
from bot.decision import Refused
from bot.followups import Topic
from bot.phrases.asked import Asked
from bot.phrases.flags import Flags, of, shown, unquoted, word
from bot.phrases.verbs import example
from bot.phrases.vocabulary import ACTION_TYPES, key, nearest, priority
from bot.values import person_or_name
from bot.wire import address, mention, one_line, plain
from bot.words import ActionStatus, Wire
from bot.zones import named

_ADD: Final = example("action")
_LINE: Final = "/incident action"
_MOST_TRIES: Final = 40
"""Places from which the end of a line is tried as details; there are at most six details."""
_START: Final = re.compile(
    r"(?<!\S)(?:<[@!]|@\S|due\s|p[0-4](?=\s|$)|prio(?:rity)?\s|type\s|verif(?:y|ied|ication)\s|ticket\s|owner\s"
    r"|(?:--|[—–])[a-z])",
    re.IGNORECASE,
)
_OF_A_SENTENCE: Final = re.compile(
    r"\b(?:the|an?|our|your|their|its|his|her|each|every|this|that|any|no|whose)\s+$", re.IGNORECASE
)
"""After one of these a word like `owner` or `ticket` is a noun of the item's text: `Page the owner @maria`."""
_CLAUSE: Final = re.compile(
    r"(?:--|[—–])?(?P<name>owner|assignee|due|priority|prio|type|verify|verification|ticket)(?:\s*=\s*|\s+)",
    re.IGNORECASE,
)
_SAME: Final = {"assignee": "owner", "prio": "priority", "verify": "verification"}


def _due_words(text: str) -> int:
    """As many words as make a date, else none."""
    ends = [m.end() for m in re.finditer(r"\S+\s*", text[:80])][:5]
    for end in reversed(ends):
        try:
            parse_due(unquoted(text[:end]), date(2026, 1, 1))
        except Refused:
            continue
        return end
    return 0


def _known(read: Callable[[str], int], table: Callable[[str], object]) -> Callable[[str], int]:
    def reader(text: str) -> int:
        end = read(text)
        return end if end and table(unquoted(text[:end])) is not None else 0

    return reader


_PERSON: Final = re.compile(
    r"<@[^<>]+>|<!subteam[^<>]+>|@[^\s<>@,;]+|\"[^\"]*\"|[“„«‘'][^”»’']*[”»’']|(?!(?:and|or)\b)[^\s<>@,;&+/]+"
)
"""Somebody, as the owner of an item may be written: a mention, a name in quotation marks, or a word."""
_GAP: Final = r"\s*(?:[,;&+/]|\b(?:and|or)\b)?\s*"
_ALSO: Final = re.compile(rf"{_GAP}(?=<[@!]|@\S)", re.IGNORECASE)
"""What may stand between one person and the next."""


def _people(text: str) -> int:
    """Somebody, and whoever else is named by @ right after them."""
    found = _PERSON.match(text)
    end = found.end() if found else 0
    while end and (gap := _ALSO.match(text, end)) and (found := _PERSON.match(text, gap.end())):
        end = found.end()
    return end


def _each(text: str) -> list[str]:
    """The people of a text that names nothing else, each as written."""
    found: list[str] = []
    while person := _PERSON.match(text):
        found.append(person[0])
        text = re.sub(rf"^{_GAP}", "", text[person.end() :], flags=re.IGNORECASE)
    return found


_READERS: Final[Mapping[str, Callable[[str], int]]] = {
    "owner": _people,
    "due": _due_words,
    "priority": _known(word, lambda written: priority(written, "")),
    "type": _known(of(ACTION_TYPES), lambda written: ACTION_TYPES.get(key(written))),
    "verification": lambda text: word(text) if re.match("[\"'“”„«‘]", text) else 0,
    "ticket": word,
}
_FLAGS: Final = Flags(
    {
        **dict.fromkeys(_READERS, word),
        "owner": _people,
        "due": lambda text: _due_words(text) or word(text),
        "type": of(ACTION_TYPES),
    },
    _SAME,
    _ADD,
    frozenset({"owner"}),
)
"""As flags they take whatever follows, so that a wrong value is complained about."""


def action(asked: Asked) -> Understood:
    """`action add …`, or `action <change> <id> …`, in either order of the two."""
    text = asked.rest.strip()
    if not text:
        return OpenForm("action")
    first, rest = _split(text)
    if re.fullmatch(r"a-?[0-9]{1,4}", first.lower()):
        change, rest = _split(rest)
        first, rest = change, f"{text.split()[0]} {rest}"
    if first.lower() in ("add", "new"):
        return _add(asked, rest)
    if first.lower() in ("list", "show"):
        return Show("actions")
    if text.lower() in ("mine", "my"):
        return Show("mine")
    change_item = _CHANGES.get(first.lower())
    if change_item is None:
        near = nearest(first, ["add", *_CHANGES])
        hint = f"did you mean {' or '.join(near)}?" if near else f"there are add, {', '.join(_CHANGES)}."
        raise Refused(f"{shown(first)} is nothing to do with an action item: {hint}", _ADD)
    return _change(asked, first.lower(), rest)


def _split(text: str) -> tuple[str, str]:
    parts = text.strip().split(maxsplit=1)
    return (parts[0] if parts else "", parts[1] if len(parts) > 1 else "")


def _add(asked: Asked, text: str) -> Understood:
    """The first person named is the owner; whoever else was named so stays in the item's words."""
    given: dict[str, str] = {}
    text = _owner_at_head(text, given)
    words = _without_details(text, given)
    people = _each(given.pop("owner", ""))
    if not words:
        return OpenForm("action", {"owner": mention(people[0]) or ""} if people else {})
    parts = {name: _READ[name](asked, value) for name, value in given.items()}
    owners = [_owner(asked, unquoted(person)) for person in people]
    written = dict(zip(reversed(owners), reversed(people), strict=True))
    also = [name for name in dict.fromkeys(owners) if name != owners[0]]
    text = " ".join([words, *(written[name] for name in also)])
    return AddAction(Wire(text), owners[0] if owners else None, also=tuple(also), **parts)


def _owner_at_head(text: str, given: dict[str, str]) -> str:
    """People at the head of the line, if words follow them."""
    end = _people(text) if re.match(r"<@[^<>]+>", text) else 0
    if not text[end:].strip():
        return text
    given |= {"owner": text[:end].strip()} if end else {}
    return text[end:].lstrip(" \t\n,;:")


def _without_details(text: str, given: dict[str, str]) -> str:
    """The item's text: what stands before the first place from which all the rest is details."""
    text = text.strip()
    for found in list(_START.finditer(text))[-_MOST_TRIES:]:
        details: dict[str, str] = {}
        before, rest = text[: found.start()], text[found.start() :]
        if not (rest[0].isalpha() and _OF_A_SENTENCE.search(before)) and _details(rest, details):
            text = before
            break
    else:
        details = {}
    words = unquoted(_FLAGS.anywhere(text, given))
    for name, value in details.items():
        _take(name, value, given)
    return words


def _take(name: str, value: str, given: dict[str, str]) -> None:
    """Each detail is given once, but people: the owner is the first of them.

    Raises:
        Refused: a second date, priority, … for one item.
    """
    if name in given and name != "owner":
        raise Refused(f"An action item has one {name}; this line names two.", _ADD)
    given[name] = f"{given[name]}, {value}" if name in given else value


def _details(text: str, given: dict[str, str]) -> bool:
    """Read details up to the end of the text; False if something else stands among them."""
    text, found = text.strip(), list[tuple[str, str]]()
    while text:
        name, start, end = _detail(text)
        if not end:
            return False
        value = text[start:end]
        found.append((name, value if name == "owner" else unquoted(value)))
        text = text[end:].lstrip(" \t\n,;")
    for name, value in found:
        _take(name, value, given)
    return True


def _detail(text: str) -> tuple[str, int, int]:
    """The name of the detail at the head, and where its value begins and ends; an end of nought: none."""
    clause = _CLAUSE.match(text)
    if clause:
        name = _SAME.get(clause["name"].lower(), clause["name"].lower())
        length = _READERS[name](text[clause.end() :])
        return name, clause.end(), clause.end() + length if length else 0
    if re.match(r"<@[^<>]+>|<!subteam[^<>]+>|@[^\s<>@,;]", text):
        return "owner", 0, _people(text)
    found = re.match(r"p[0-4](?=[\s,;]|$)", text, re.IGNORECASE)
    return ("priority", 0, found.end()) if found else ("", 0, 0)


def _due(asked: Asked, written: str) -> date:
    return parse_due(written, asked.request.now.astimezone(named(asked.request.zone) or UTC).date())


def _owner(asked: Asked, written: str) -> str:
    if _people(written) == len(written) and len(_each(written)) > 1:
        raise Refused("An action item has one owner; this line names several.", f"{_LINE} assign A1 @maria")
    return person_or_name(Wire(written), asked.request)


def _priority(asked: Asked, written: str) -> object:
    found = priority(written, asked.policy.family)
    if found is None:
        raise Refused(f"{shown(written)} is no priority: write P1 to P4, or critical, high, medium or low.", _ADD)
    return found


def _type(asked: Asked, written: str) -> object:
    found = ACTION_TYPES.get(key(written))
    if found is None:
        raise Refused(f"{shown(written)} is no type of action item; there is {', '.join(ACTION_TYPES)}.", _ADD)
    return found


def _ticket(asked: Asked, written: str) -> str:
    return address(written) or one_line(plain(written, {}))


def _verification(asked: Asked, written: str) -> Wire:
    return Wire(written)


_READ: Final[Mapping[str, Callable[[Asked, str], Any]]] = {
    "owner": _owner,
    "due": _due,
    "until": _due,
    "priority": _priority,
    "type": _type,
    "verification": _verification,
    "ticket": _ticket,
}

_CHANGES: Final[Mapping[str, tuple[ActionStatus | None, str]]] = {
    "done": (ActionStatus.DONE, "verification"),
    "start": (ActionStatus.IN_PROGRESS, "reason"),
    "progress": (ActionStatus.IN_PROGRESS, "reason"),
    "block": (ActionStatus.BLOCKED, "reason"),
    "blocked": (ActionStatus.BLOCKED, "reason"),
    "reopen": (ActionStatus.OPEN, "reason"),
    "decline": (ActionStatus.DECLINED, "reason"),
    "assign": (None, "owner"),
    "owner": (None, "owner"),
    "due": (None, "due"),
    "priority": (None, "priority"),
    "type": (None, "type"),
    "verify": (None, "verification"),
    "ticket": (None, "ticket"),
    "text": (None, "text"),
    "snooze": (None, "until"),
}
"""Each change with the status that it sets and the part that the words after the id are."""


_ITEM: Final = re.compile(r"(?P<incident>(?:[^\s/]{1,60}/)*)a?-?(?P<number>[0-9]{1,4})", re.IGNORECASE)
"""An action item's name; before that of one which came with a merged incident stands that incident's number."""


def _change(asked: Asked, change: str, text: str) -> Understood:
    which, words = _split(text)
    named = _ITEM.fullmatch(which)
    if named is None:
        raise Refused(f"Say which action item; {shown(which)} is none.", f"{_LINE} {change} A1")
    item = f"{named['incident']}A{named['number']}"
    status, part = _CHANGES[change]
    given: dict[str, Any] = {"status": status} if status else {}
    if words:
        value = re.sub(r"^(?:to|until|till|because|:)\s+", "", words, flags=re.IGNORECASE) if part != "text" else words
        given[part] = _READ[part](asked, unquoted(value)) if part in _READ else Wire(unquoted(value))
    elif status is None:
        raise Refused(f"The new {part} is missing.", f"{_LINE} {change} A1 {_NEW.get(part, '…')}")
    if part == "until":
        return Snooze((f"{Topic.ITEM}:{item}",), given["until"])
    return ChangeAction(item, **given)


_NEW: Final = {
    "until": "monday",
    "owner": "@maria",
    "due": DUE_EXAMPLE.split(",", 1)[0],
    "priority": "p1",
    "type": "detect",
}
