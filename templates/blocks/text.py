"""A sentence becomes Slack's mrkdwn or plain text: whatever comes from outside is data, and nobody is notified."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot import wire
from bot.decision import ChannelLink, Grade, Link, Name, Quote, Span, Text, Time
from bot.facts import Evidence
from bot.family import Family
from bot.reporting.reader import permalink as permalink_in
from bot.wire import escape, graphemes, unescape
from bot.words import Priority, Severity, Wire
from templates.blocks.fitting import ELLIPSIS, fit, size
from templates.blocks.words import label as spelled

SECTION_MOST = 3000
NAME_MOST = 80
FENCE = "```"
_TOKEN = re.compile(r"<([^<>]*)>")
_ID = re.compile(r"[A-Z0-9]+")
_WEB = re.compile(r"(?:https?|mailto):[^\s|<>]+")
_SHOUT = re.compile(r"@(?=(?:channel|here|everyone)\b)", re.IGNORECASE)
_CALL = re.compile(r"<(?=[!@#])")
"""Would begin a mention where Slack reads what it is sent unescaped, as topics are."""
_ISOLATE, _END_ISOLATE = "\u2068", "\u2069"
_SLACK = len(FENCE) + len(_END_ISOLATE) + 1  # room to close what a cut leaves open


@dataclass(frozen=True, slots=True)
class Look:
    """How ids read to people: names by Slack id, the workspace's address, like `https://acme.slack.com/`, and its id,
    and the report families by key, which name the severities.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    team_url: str = "https://slack.com/"
    families: Mapping[str, Family] = field(default_factory=dict)
    team_id: str = ""

    def name(self, who: str) -> str:
        """The name of a person, bot or user group; an id that nobody knows, or a name as typed, stands for itself."""
        name = clean(self.names.get(who, who)).replace("\n", " ")
        return fit(graphemes(name), NAME_MOST)

    def severity(self, level: Severity, family: str) -> str:
        """As the family's people say it, `SEV2`; a family that is gone leaves our own word."""
        known = self.families.get(family)
        return clean(known.severity(level).name) if known else spelled(level)

    def priority(self, level: Priority, family: str) -> str:
        """As the family's people say it, `P1`."""
        known = self.families.get(family)
        return clean(known.priority(level).name) if known else spelled(level)


def clean(text: str) -> str:
    """Without the control characters that reorder or hide text, and with no word that could call a whole channel."""
    return _SHOUT.sub("@\u2060", wire.clean(text))


def data(text: str, most: int = SECTION_MOST) -> str:
    """Any text from outside that is not in wire form, escaped and cut to `most` characters as sent."""
    return fit(_data(text), most)


def mrkdwn(text: Text, look: Look, most: int = SECTION_MOST) -> str:
    """The sentence as mrkdwn of at most `most` characters, escaped; cut between characters, never inside a token."""
    atoms = (atom for span in text for atom in _marked_up(span, look))
    return _closed(fit(atoms, most - _SLACK))


def paragraphs(text: Text, look: Look, most: int) -> list[str]:
    """The whole sentence as mrkdwn in up to `most` parts, each for one section; what is longer ends in an ellipsis."""
    parts, room = [""], SECTION_MOST - _SLACK
    for atom in (atom for span in text for atom in _marked_up(span, look)):
        if size(parts[-1]) + size(atom) > room:
            if len(parts) == most:
                parts[-1] += ELLIPSIS
                break
            parts.append("")
        parts[-1] += atom
    return [_closed(part) for part in parts]


def plain(text: Text, look: Look, most: int = SECTION_MOST) -> str:
    """The sentence without any markup, for headers, topics and pickers; times in UTC."""
    return fit((atom for span in text for atom in graphemes(_CALL.sub("<\u2060", _bare(span, look)))), most)


def _closed(text: str) -> str:
    """What was cut open, a code block or a run from right to left, ends here and not in somebody else's words."""
    end = FENCE if text.count(FENCE) % 2 else ""
    return text + end + _END_ISOLATE * (text.count(_ISOLATE) - text.count(_END_ISOLATE))


def _marked_up(span: Span, look: Look) -> Iterator[str]:
    match span:
        case str():
            yield from _data(span)
        case Name(who):
            yield from _data(look.name(who))
        case ChannelLink(channel):
            yield f"<#{channel}>" if _ID.fullmatch(channel) else escape(clean(channel))
        case Time(at, approximate):
            yield ("about " if approximate else "") + moment(at)
        case Grade(severity, family):
            yield from _data(look.severity(severity, family))
        case Link(place, label):
            yield f"<{escape(permalink(place, look))}|{_label(label)}>"
        case Quote(words):
            yield from _quoted(words, look)


def _data(text: str) -> Iterator[str]:
    return (escape(cluster) for cluster in graphemes(clean(text)))


def _label(text: str) -> str:
    return escape(" ".join(clean(text).replace("|", "¦").split()) or "message")


def _quoted(words: Wire, look: Look) -> Iterator[str]:
    direction = _isolation(words)
    yield direction[0]
    position = 0
    for token in _TOKEN.finditer(words):
        yield from _data(unescape(words[position : token.start()]))
        yield from _token(token[1], look)
        position = token.end()
    yield from _data(unescape(words[position:]))
    yield FENCE if words.count(FENCE) % 2 else ""
    yield direction[1]


def _isolation(text: str) -> tuple[str, str]:
    """Words written from right to left keep to themselves."""
    leans_left = any(unicodedata.bidirectional(char) in ("R", "AL") for char in text)
    return (_ISOLATE, _END_ISOLATE) if leans_left else ("", "")


def _token(inner: str, look: Look) -> Iterator[str]:
    """What Slack wrote between angle brackets: links stay links, everything else is only named."""
    target, _, label = inner.partition("|")
    address = unescape(target)
    if _WEB.fullmatch(address):
        yield f"<{escape(address)}|{_label(unescape(label))}>" if label else f"<{escape(address)}>"
    elif target.startswith("#") and _ID.fullmatch(target[1:]):
        yield f"<{target}>"
    else:
        yield from _data(_named(target, unescape(label), look))


def _named(target: str, label: str, look: Look) -> str:
    """People, groups and shouts by name; a date by what it says to those who cannot see it as one."""
    who = target.removeprefix("!subteam^").removeprefix("@")
    if who != target:
        known = look.names.get(who) or label.removeprefix("@") or who
        return f"@{known}"
    if target.startswith("!date^"):
        return label
    return f"@{target[1:]}" if target.startswith("!") else label or target


def _bare(span: Span, look: Look) -> str:
    match span:
        case str():
            return clean(span)
        case Name(who):
            return look.name(who)
        case ChannelLink(channel):
            return f"#{look.names.get(channel, channel)}"
        case Time(at, approximate):
            return ("about " if approximate else "") + utc(at)
        case Grade(severity, family):
            return look.severity(severity, family)
        case Link(_, label):
            return clean(label)
        case Quote(words):
            return clean(bare_words(words, look))


def bare_words(text: Wire, look: Look) -> str:
    """What a message says, without markup or ids: for headers, and for the fields of a form where people edit it."""
    return wire.plain(text, look.names, look.names)


def one_line(text: Wire) -> Wire:
    """The message without its line breaks and code fences: for lists, where the original is one click away."""
    return Wire(wire.one_line(text.replace(FENCE, " ")))


def utc(at: datetime) -> str:
    """A moment with its zone named; seconds only where there are any."""
    at = at.astimezone(UTC)
    return f"{at:%Y-%m-%d %H:%M}{f':{at:%S}' if at.second else ''} UTC"


def moment(at: datetime, link: str | None = None) -> str:
    """A moment in the reader's own zone, which may lead to a message; clients that cannot show that show UTC."""
    clock = "{time_secs}" if at.second else "{time}"
    target = f"^{escape(link)}" if link else ""
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {clock}{target}|{utc(at)}>"


def permalink(place: Evidence, look: Look) -> str:
    """The address of a message, in the form that `chat.getPermalink` gives."""
    return permalink_in(f"{look.team_url.rstrip('/')}/", place)


def canvas_link(canvas: str, look: Look) -> str:
    """The canvas of this id, as mrkdwn."""
    return f"<{escape(f'{look.team_url}docs/{look.team_id}/{canvas}')}|Report as a canvas>"
