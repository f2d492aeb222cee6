"""A posted draft as a renderer of Markdown sees it, its JSON, and everything that could notify somebody."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from handlers.offline import report
from tests.slackd.records import Channel, Message
from tests.stage import Stage
from tests.stories.reading import draft

NOTIFYING = re.compile(r"<(?:!(?!date\^)|@)[^<>]*>")
CHANNEL_LINK = re.compile(r"<#([^<>|]*)[^<>]*>")


@dataclass
class Page:
    """What a rendered document consists of; texts are what a reader sees, with a line end for each `<br>`."""

    markdown: str
    headings: list[str] = field(default_factory=list)
    tables: list[list[list[str]]] = field(default_factory=list)
    fences: list[str] = field(default_factory=list)
    html: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    structure: list[str] = field(default_factory=list)  # the block elements, in order

    @property
    def lines(self) -> list[list[str]]:
        """The rows of the timeline's tables that hold a line, without their heads."""
        timelines = [table for table in self.tables if table[0][0] == "Time"]
        return [row for table in timelines for row in table[1:] if row[0] != "—"]

    @property
    def observed(self) -> list[str]:
        """The words of the captured lines, in the order of the report."""
        return [row[3] for row in self.lines if row[1] != "Incident declared"]


def read(markdown: str) -> Page:
    """Render as GitHub does: tables are on, raw HTML too, so that what slips through is seen."""
    page = Page(markdown)
    renderer = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    tokens = renderer.parse(markdown)
    for before, token in zip([*tokens[:1], *tokens], tokens, strict=False):
        _note(page, before, token)
    return page


def _note(page: Page, before: Token, token: Token) -> None:
    if token.nesting >= 0 and token.type not in ("inline", "fence", "html_block"):
        page.structure.append(token.tag or token.type)
    match token.type:
        case "html_block":
            page.html.add(token.content)
        case "fence":
            page.fences.append(token.content)
        case "table_open":
            page.tables.append([])
        case "tr_open":
            page.tables[-1].append([])
        case "inline":
            _note_inline(page, before, token)


def _note_inline(page: Page, before: Token, token: Token) -> None:
    text = "".join(_seen(token.children or [], page))
    page.texts.append(text)
    if before.type == "heading_open":
        page.headings.append(text)
    if before.type in ("th_open", "td_open"):
        page.tables[-1][-1].append(text)


def _seen(tokens: list[Token], page: Page) -> Iterator[str]:
    for token in tokens:
        if token.type == "html_inline":
            page.html.add(token.content)
            yield "\n" if token.content == "<br>" else token.content
        elif token.type in ("softbreak", "hardbreak"):
            yield "\n"
        elif token.type == "link_open":
            page.links.append(str(token.attrs["href"]))
        elif token.type == "image":
            yield f"[image {token.content}]"
        elif token.nesting == 0:
            yield token.content


async def page_of(stage: Stage, channel: Channel) -> Page:
    """A draft posted now."""
    return read(await draft(stage, channel))


async def json_of(stage: Stage, channel: Channel) -> dict[str, Any]:
    """What `scribe report --format json` writes."""
    number = (await stage.incident(channel)).number
    document: dict[str, Any] = json.loads(await report(stage.settings, number, None, "json"))
    return document


def columns(page: Page) -> list[set[int]]:
    """For each table, the numbers of cells that its source lines have; a pipe after a backslash divides nothing."""
    tables = re.findall(r"(?:^\|.*\n)+", page.markdown, re.MULTILINE)
    return [{len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()} for table in tables]


def marked_up(stage: Stage) -> list[str]:
    """Every text of Scribe's that Slack reads as mrkdwn: posts, edits, whispers, answers, forms, topics."""
    found: list[str] = []
    for call in stage.slack.calls:
        found += _mrkdwn(call.args)
        found.append(str(call.args.get("topic", "")))
    for channel in stage.slack.world.channels.values():
        found += [text for whisper in channel.ephemerals for text in (whisper.text, *_mrkdwn(whisper.blocks))]
        found += [text for post in stage.bot_posts(channel) for text in (post.text, *_mrkdwn(post.blocks))]
    return [text for text in found if text]


def _mrkdwn(part: object) -> Iterator[str]:
    if isinstance(part, str) and part[:1] in ("[", "{"):
        part = _decoded(part)
    if isinstance(part, list):
        for each in part:
            yield from _mrkdwn(each)
    elif isinstance(part, dict):
        if isinstance(part.get("text"), str) and part.get("type") != "plain_text":
            yield part["text"]
        for each in part.values():
            yield from _mrkdwn(each) if not isinstance(each, str) or each[:1] in ("[", "{") else ()


def _decoded(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text


def calls_out(stage: Stage, *linked: Channel) -> list[str]:
    """Tokens of Scribe's that notify somebody, or that link to a channel that nobody meant."""
    texts = marked_up(stage)
    meant = {channel.id for channel in linked}
    strays = [m[0] for text in texts for m in CHANNEL_LINK.finditer(text) if m[1] not in meant]
    return [m[0] for text in texts for m in NOTIFYING.finditer(text)] + strays


def shouts(stage: Stage) -> list[str]:
    """Texts with a bare `@channel` and the like, which some clients make a mention of."""
    return [text for text in marked_up(stage) if re.search(r"@(?:channel|here|everyone)\b", text)]


def log_of(stage: Stage, channel: Channel, words: str) -> list[Message]:
    """The posts of Scribe's with these words, as people read them."""
    return [post for post in stage.bot_posts(channel) if words in _read_by_people(post.text)]


def _read_by_people(text: str) -> str:
    bare = re.sub("[\u2060\u2068\u2069]", "", text)
    return bare.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
