"""Action items in one line: `action add …` with its details at the end, and changes such as `action done A1`.

What ends the line as a whole sequence of details (a person, `due friday`, `p1`, `type detect`, `verify "…"`, `ticket
<link>`, or their flags) is details; everything before is the item's text, word for word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
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


_READERS: Final[Mapping[str, Callable[[str], int]]] = {
    "owner": word,
    "due": _due_words,
    "priority": _known(word, lambda written: priority(written, "")),
    "type": _known(of(ACTION_TYPES), lambda written: ACTION_TYPES.get(key(written))),
    "verification": lambda text: word(text) if re.match("[\"'“”„«‘]", text) else 0,
    "ticket": word,
}
_FLAGS: Final = Flags(
    {**dict.fromkeys(_READERS, word), "due": lambda text: _due_words(text) or word(text), "type": of(ACTION_TYPES)},
    _SAME,
    _ADD,
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
    given: dict[str, str] = {}
    text = _owner_at_head(text, given)
    words = _without_details(text, given)
    if not words:
        return OpenForm("action", _form(given))
    parts = {name: _READ[name](asked, value) for name, value in given.items()}
    return AddAction(text=Wire(words), **parts)


def _owner_at_head(text: str, given: dict[str, str]) -> str:
    found = re.match(r"<@[^<>]+>\s+", text)
    if found:
        given["owner"] = found[0].strip()
    return text[found.end() :] if found else text


def _without_details(text: str, given: dict[str, str]) -> str:
    """The item's text: what stands before the first place from which all the rest is details."""
    text = text.strip()
    for found in list(_START.finditer(text))[-_MOST_TRIES:]:
        details: dict[str, str] = {}
        if _details(text[found.start() :], details):
            _once(details, given)
            given |= details
            text = text[: found.start()]
            break
    return unquoted(_FLAGS.anywhere(text, given))


def _once(names: Iterable[str], given: Mapping[str, str]) -> None:
    for name in names:
        if name in given:
            raise Refused(f"An action item has one {name}; this line names two.", _ADD)


def _details(text: str, given: dict[str, str]) -> bool:
    """Read details up to the end of the text; False if something else stands among them."""
    text, twice = text.strip(), list[str]()
    while text:
        name, start, end = _detail(text)
        if not end:
            return False
        twice += [name] if name in given else []
        given[name] = unquoted(text[start:end])
        text = text[end:].lstrip(" \t\n,;")
    _once(twice, given)
    return True


def _detail(text: str) -> tuple[str, int, int]:
    """The name of the detail at the head, and where its value begins and ends; an end of nought: none."""
    clause = _CLAUSE.match(text)
    if clause:
        name = _SAME.get(clause["name"].lower(), clause["name"].lower())
        length = _READERS[name](text[clause.end() :])
        return name, clause.end(), clause.end() + length if length else 0
    found = re.match(r"<@[^<>]+>|<!subteam[^<>]+>|@[^\s<>@,;]+", text)
    if found:
        return "owner", 0, found.end()
    found = re.match(r"p[0-4](?=[\s,;]|$)", text, re.IGNORECASE)
    return ("priority", 0, found.end()) if found else ("", 0, 0)


def _form(given: Mapping[str, str]) -> dict[str, str]:
    return {"owner": mention(given["owner"]) or ""} if "owner" in given else {}


def _due(asked: Asked, written: str) -> date:
    return parse_due(written, asked.request.now.astimezone(named(asked.request.zone) or UTC).date())


def _owner(asked: Asked, written: str) -> str:
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


def _change(asked: Asked, change: str, text: str) -> Understood:
    which, words = _split(text)
    if not re.fullmatch(r"a?-?[0-9]{1,4}", which.lower()):
        raise Refused(f"Say which action item; {shown(which)} is none.", f"{_LINE} {change} A1")
    item = "A" + which.lower().lstrip("a-")
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
