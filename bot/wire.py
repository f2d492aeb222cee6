"""Slack's wire text to readable plain text and back, with nothing in it that could notify, hide or break.

On the wire `&`, `<` and `>` are escaped, and `<...>` tokens stand for people, channels, dates and links.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

from bot.words import Wire

_TOKEN: Final = re.compile(r"<([^<>]*)>")
_PERSON: Final = re.compile(r"@([UW][A-Z0-9]+)(?:\|(.*))?", re.DOTALL)
_GROUP: Final = re.compile(r"!subteam\^(S[A-Z0-9]+)(?:\|(.*))?", re.DOTALL)
_CHANNEL: Final = re.compile(r"#([CGD][A-Z0-9]+)(?:\|(.*))?", re.DOTALL)
_DATE: Final = re.compile(r"!date\^(-?[0-9]{1,12})\^[^|]*(?:\|(.*))?", re.DOTALL)
_SPECIAL: Final = re.compile(r"!([a-z_]+)(?:\^[^|]*)?(?:\|(.*))?", re.DOTALL)
_URL: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*:[^|]+)(?:\|(.*))?", re.DOTALL)
_ENTITY: Final = re.compile(r"&(lt|gt|amp);")
_ENTITIES: Final = {"lt": "<", "gt": ">", "amp": "&"}

_LINE_END: Final = re.compile("\r\n|[\r\x85\u2028\u2029]")
_UNSAFE: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 and C1 controls, except the tab and the newline
    "\u202a-\u202e\u2066-\u206f"  # bidirectional embeddings, overrides, isolates; deprecated format characters
    "\ufeff\ufff9-\ufffb"  # byte order mark, interlinear annotation
    "\ud800-\udfff]"  # lone surrogates, which no UTF-8 can carry
)


def clean(text: str) -> str:
    """The text without control characters: line ends become `\\n`; tabs, joiners, marks and emoji stay as they are."""
    return _UNSAFE.sub("", _LINE_END.sub("\n", text))


def unescape(text: str) -> str:
    """Undo Slack's three entities, once."""
    return _ENTITY.sub(lambda m: _ENTITIES[m[1]], text)


def escape(plain: str) -> Wire:
    """The wire form of plain text: nothing in it is a token any more."""
    return Wire(plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))


def plain(wire: str, names: Mapping[str, str], channels: Mapping[str, str] | None = None) -> str:
    """What a person reads. `names` holds users and user groups by id, `channels` channels by id, without `@` and `#`.

    An id without a name is shown by the label Slack sent, else as the id. What is no token of Slack's stays as it is.
    """
    parts: list[str] = []
    position = 0
    for token in _TOKEN.finditer(wire):
        parts += unescape(wire[position : token.start()]), _read(token[1], names, channels or {})
        position = token.end()
    return clean("".join([*parts, unescape(wire[position:])]))


def _read(token: str, names: Mapping[str, str], channels: Mapping[str, str]) -> str:
    if found := _PERSON.fullmatch(token) or _GROUP.fullmatch(token):
        return _named("@", found, names)
    if found := _CHANNEL.fullmatch(token):
        return _named("#", found, channels)
    if found := _DATE.fullmatch(token):
        return unescape(found[2]) if found[2] else _instant(int(found[1]))
    if found := _SPECIAL.fullmatch(token):
        return "@" + unescape(found[2] or found[1]).removeprefix("@")
    if found := _URL.fullmatch(token):
        return _link(unescape(found[1]), unescape(found[2] or ""))
    return unescape(f"<{token}>")


def _named(sign: str, found: re.Match[str], names: Mapping[str, str]) -> str:
    name = names.get(found[1]) or unescape(found[2] or "") or found[1]
    return sign + name.removeprefix(sign)


def _instant(seconds: int) -> str:
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")
    except (OverflowError, OSError, ValueError):
        return str(seconds)


def _link(url: str, label: str) -> str:
    address = re.sub("^(?:mailto:|tel:)", "", url)
    bare = re.sub("^https?://", "", address)
    return (
        address
        if label.rstrip("/") in ("", url, address, address.rstrip("/"), bare, bare.rstrip("/"))
        else (f"{label} ({address})")
    )


def mentions(wire: str) -> tuple[str, ...]:
    """The ids of the users, user groups and channels named, each once, in the order of the text."""
    kinds = (_PERSON, _GROUP, _CHANNEL)
    tokens = (kind.fullmatch(token[1]) for token in _TOKEN.finditer(wire) for kind in kinds)
    return tuple(dict.fromkeys(found[1] for found in tokens if found))


def mention(wire: str) -> str | None:
    """The id, if the text is one mention of a user or a user group and nothing else."""
    token = _TOKEN.fullmatch(wire.strip())
    found = token and (_PERSON.fullmatch(token[1]) or _GROUP.fullmatch(token[1]))
    return found[1] if found else None


def channel(wire: str) -> str | None:
    """The id, if the text is one channel and nothing else."""
    token = _TOKEN.fullmatch(wire.strip())
    found = token and _CHANNEL.fullmatch(token[1])
    return found[1] if found else None


def address(wire: str) -> str | None:
    """The URL, if the text is one http link, as a token or typed bare, and nothing else."""
    token = _TOKEN.fullmatch(wire.strip())
    found = unescape((token[1] if token else wire.strip()).split("|", 1)[0])
    return found if re.fullmatch(r"https?://[^\s<>]+", found) else None


def one_line(text: str) -> str:
    """The text with every run of white space made one space."""
    return " ".join(text.split())


def shorten(text: str, limit: int) -> str:
    """At most `limit` code points, an ellipsis included; cut only between what a reader sees as characters."""
    if len(text) <= limit:
        return text
    end = max(limit - 1, 0)
    while end > 0 and not _between(text, end):
        end -= 1
    return text[:end] + "…" if limit > 0 else ""


def graphemes(text: str) -> Iterator[str]:
    """The text in what a reader sees as characters."""
    start = 0
    for at in range(1, len(text)):
        if _between(text, at):
            yield text[start:at]
            start = at
    if text:
        yield text[start:]


def _between(text: str, at: int) -> bool:
    """Whether a reader sees a border there: the cases of Unicode's rule (UAX 29) that text in chats brings up."""
    before, after = text[at - 1], text[at]
    if _extends(after) or before == "\u200d" or (before == "\r" and after == "\n"):
        return False
    if unicodedata.combining(before) == 9 and unicodedata.category(after) == "Lo":  # a virama joins two consonants
        return False
    return not (_is_regional(after) and _regionals_before(text, at) % 2)


def _extends(char: str) -> bool:
    code = ord(char)
    return (
        unicodedata.category(char) in ("Mn", "Me", "Mc")  # also variation selectors and the keycap
        or code in (0x200C, 0x200D)
        or 0x1F3FB <= code <= 0x1F3FF  # skin tones
        or 0xE0020 <= code <= 0xE007F  # tags, in the flags of regions
        or 0x1160 <= code <= 0x11FF  # Hangul vowels and finals that follow an initial
        or 0xD7B0 <= code <= 0xD7FF
    )


def _is_regional(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _regionals_before(text: str, at: int) -> int:
    start = at
    while start > 0 and _is_regional(text[start - 1]):
        start -= 1
    return at - start
