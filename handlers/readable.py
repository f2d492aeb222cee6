"""A Slack message as one readable text, whoever wrote it and wherever it keeps its words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bot.wire import escape
from bot.words import Wire

Json = Mapping[str, Any]


def readable(message: Json) -> Wire:
    """The message's words in wire form; an alert bot's are in blocks or attachments, an image has only its name."""
    text = str(message.get("text") or "").strip()
    if text:
        return Wire(text)
    parts = [*_of_blocks(message.get("blocks")), *_of_attachments(message.get("attachments"))]
    if not parts:
        parts = [f"[file: {escape(str(file.get('name') or file.get('id')))}]" for file in _files(message)]
    return Wire("\n".join(dict.fromkeys(part for part in parts if part.strip()))) or Wire("[a message without text]")


def file_links(message: Json) -> tuple[str, ...]:
    """Permalinks of the files; they are never made public."""
    return tuple(str(file["permalink"]) for file in _files(message) if file.get("permalink"))


def author(message: Json) -> tuple[str, str]:
    """(who, "person" or "bot"): a user id for people, the name it posts under for a bot."""
    if message.get("bot_id") or message.get("subtype") == "bot_message":
        profile = message.get("bot_profile") or {}
        name = message.get("username") or profile.get("name") or message.get("user") or message.get("bot_id")
        return str(name or "a bot"), "bot"
    return str(message.get("user") or "unknown"), "person"


def _objects(value: object) -> list[Json]:
    """Other apps write what is in here, and Slack does not promise all of it."""
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def _files(message: Json) -> list[Json]:
    return _objects(message.get("files"))


def _of_attachments(attachments: object) -> Iterator[str]:
    for attachment in _objects(attachments):
        parts = [attachment.get("pretext"), attachment.get("title"), attachment.get("text")]
        parts += [f"{field.get('title')}: {field.get('value')}" for field in _objects(attachment.get("fields"))]
        nested = list(_of_blocks(attachment.get("blocks")))
        said = [str(part) for part in (*parts, *nested) if part]
        yield "\n".join(said or [str(attachment.get("fallback") or "")])


def _of_blocks(blocks: object) -> Iterator[str]:
    for block in _objects(blocks):
        yield " ".join(_of_block(block)).strip()


def _of_block(block: Json) -> Iterator[str]:
    if block.get("type") == "rich_text":
        yield "".join(_of_rich(block))
        return
    for key in ("text", "title"):
        yield from _of_text(block.get(key))
    for part in (*_objects(block.get("fields")), *_objects(block.get("elements"))):
        yield from _of_text(part if isinstance(part.get("text"), str) else part.get("text"))


def _of_text(text: object) -> Iterator[str]:
    if isinstance(text, Mapping) and isinstance(text.get("text"), str):
        yield text["text"] if text.get("type") == "mrkdwn" else escape(text["text"])
    elif isinstance(text, str):
        yield text


def _of_rich(element: Json) -> Iterator[str]:
    kind = element.get("type")
    if kind == "text":
        yield escape(str(element.get("text", "")))
    elif kind == "link":
        yield f"<{element.get('url')}>"
    elif kind == "user":
        yield f"<@{element.get('user_id')}>"
    elif kind == "channel":
        yield f"<#{element.get('channel_id')}>"
    elif kind == "emoji":
        yield f":{element.get('name')}:"
    elif kind == "broadcast":
        yield f"<!{element.get('range')}>"
    for part in _objects(element.get("elements")):
        yield from _of_rich(part)
        if part.get("type") in ("rich_text_section", "rich_text_preformatted", "rich_text_quote"):
            yield "\n"
