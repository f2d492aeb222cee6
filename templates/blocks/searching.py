"""What a search found: each incident with the reason why it stands there, and the things that say the words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Protocol

from bot.decision import Quote
from bot.facts import Source
from bot.fields import FIELDS
from bot.incident import Incident
from bot.lookup import ABOUT, TITLE, WEIGHTS, texts
from bot.words import Wire
from templates.blocks.lists import Listed, item_line, listed, of_pages, pages_of, turns
from templates.blocks.parts import Block, Message, buttons, context, message, section, within
from templates.blocks.text import Look, data, mrkdwn, one_line, permalink
from templates.blocks.timeline import line
from templates.blocks.words import counted

PAGE: Final = 5
LINE_MOST: Final = 220
ASKED_MOST: Final = 300
_PLACES: Final = {
    WEIGHTS["title"]: "in its title",
    WEIGHTS["about"]: "among its services, regions and type",
    WEIGHTS["field"]: "in its answers or action items",
    WEIGHTS["line"]: "on its timeline",
}


class Hit(Protocol):
    @property
    def thing(self) -> str: ...


class Found(Protocol):
    @property
    def row(self) -> Listed: ...
    @property
    def weights(self) -> Sequence[int]: ...
    @property
    def things(self) -> int: ...
    @property
    def hits(self) -> Sequence[Hit]: ...


def search_message(
    words: Sequence[str],
    found: Sequence[Found],
    states: Mapping[int, Incident],
    total: int,
    look: Look,
    page: int,
    asked: str,
) -> Message:
    """One page of `total` incidents that say the most of the words; `asked` is what the buttons ask for again."""
    pages = pages_of(total, PAGE)
    head = f"*Search* {_quoted(words)} · {counted(total, 'incident')}{of_pages(page, pages)}"
    blocks: list[Block] = [section(head)]
    if not total:
        blocks.append(section("Nothing that you can see says so. A word is found from its beginning."))
    elif found and not all(found[0].weights):
        blocks.append(context(f"No incident says all of it; these say the most: {_most(found[0])} of {len(words)}."))
    for one, state in zip(found, states.values(), strict=True):
        blocks += _found(one, state, words, look)
    return message(head, within(blocks, buttons(turns("search", 0, page, pages, asked))))


def _most(found: Found) -> int:
    return sum(weight > 0 for weight in found.weights)


def _quoted(words: Sequence[str]) -> str:
    return data(" ".join(f"“{word}”" for word in words), ASKED_MOST)


def _found(found: Found, incident: Incident, words: Sequence[str], look: Look) -> Iterator[Block]:
    yield section(f"{listed(found.row, look)}\n{_why(found, words)}")
    shown = [said for hit in found.hits if (said := _hit(hit.thing, incident, look))]
    at_its_head = sum(hit.thing in (TITLE, ABOUT) for hit in found.hits)
    more = found.things - at_its_head - len(shown)
    if shown:
        yield context(*shown, *([f"… and {counted(more, 'more place', 'more places')}"] if more > 0 else []))


def _why(found: Found, words: Sequence[str]) -> str:
    """Each word by the weightiest place that says it, which is what the order goes by."""
    places: dict[int, list[str]] = {}
    for word, weight in zip(words, found.weights, strict=True):
        places.setdefault(weight, []).append(word)
    return "_" + data("; ".join(f"{_quoted(said)} {_PLACES[w]}" for w, said in sorted(places.items())[::-1] if w)) + "_"


def _hit(thing: str, incident: Incident, look: Look) -> str:
    """The thing itself, with a link to where it was said; nothing for what the head of the incident shows already."""
    kind, _, key = thing.partition(":")
    if kind == "line" and incident.stands(key):
        return line(incident, incident.entries[key], look, LINE_MOST)
    if kind == "action" and key in incident.actions:
        item = incident.actions[key]
        return f"{item_line(item, incident, look)}{_link(incident, item.source, look)}"
    if kind == "field" and key in FIELDS and (said := incident.fields.get(key)):
        answer = Wire("; ".join(text for one in said for text in texts(one.value)))
        label = data(FIELDS[key].label)
        return (
            f"*{label}* {mrkdwn((Quote(one_line(answer)),), look, LINE_MOST)}{_link(incident, said[-1].source, look)}"
        )
    return ""


def _link(incident: Incident, source: Source, look: Look) -> str:
    place = incident.evidence(source)
    return f" · <{permalink(place, look)}|where it was said>" if place else ""
