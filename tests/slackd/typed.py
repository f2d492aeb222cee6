"""What a person types in Slack's own client, turned into what Slack stores and sends: escaped text and rich text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from tests.slackd.records import JSON
from tests.slackd.world import World

Style = Literal["message", "command"]
_TOKEN = re.compile(
    r"(?P<link>https?://[^\s<>|]+)|(?<![\w@#])(?P<sign>[@#])(?P<name>[\w.-]*\w)|(?<!\w):(?P<emoji>[a-z_+-][a-z0-9_+-]*):"
)


def escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def typed_text(world: World, text: str, style: Style = "message") -> str:
    """Slack's text: `&<>` escaped, handles, channels, user groups, broadcasts and links as tokens."""
    return "".join(_as_text(world, piece, style) for piece in _pieces(text))


def rich_text(world: World, text: str, block_id: str) -> JSON:
    """The `rich_text` block that Slack's client sends along with a typed message."""
    elements = [_as_element(world, piece) for piece in _pieces(text)]
    section = {"type": "rich_text_section", "elements": elements}
    return {"type": "rich_text", "block_id": block_id, "elements": [section]}


def _pieces(text: str) -> Iterator[str | re.Match[str]]:
    at = 0
    for token in _TOKEN.finditer(text):
        if token.start() > at:
            yield text[at : token.start()]
        yield token
        at = token.end()
    if at < len(text):
        yield text[at:]


def _element(world: World, token: re.Match[str]) -> JSON | None:
    """The rich text element a token stands for; None when nothing of that name exists."""
    if token["link"]:
        return {"type": "link", "url": token["link"]}
    if token["emoji"]:
        return {"type": "emoji", "name": token["emoji"]}
    if token["sign"] == "#":
        channel = world.channel_named(token["name"])
        return {"type": "channel", "channel_id": channel.id} if channel else None
    return _at(world, token["name"])


def _at(world: World, name: str) -> JSON | None:
    if name in ("here", "channel", "everyone"):
        return {"type": "broadcast", "range": name}
    if person := next((u for u in world.users.values() if u.name == name), None):
        return {"type": "user", "user_id": person.id}
    group = next((g for g in world.usergroups.values() if g.handle == name), None)
    return {"type": "usergroup", "usergroup_id": group.id} if group else None


def _as_element(world: World, piece: str | re.Match[str]) -> JSON:
    found = None if isinstance(piece, str) else _element(world, piece)
    return found or {"type": "text", "text": piece if isinstance(piece, str) else piece.group()}


def _as_text(world: World, piece: str | re.Match[str], style: Style) -> str:
    if isinstance(piece, str):
        return escape(piece)
    element = _element(world, piece)
    return escape(piece.group()) if element is None else _token(world, element, piece.group(), style)


def _token(world: World, element: JSON, typed: str, style: Style) -> str:
    match element["type"]:
        case "user":
            label = f"|{world.users[element['user_id']].name}" if style == "command" else ""
            return f"<@{element['user_id']}{label}>"
        case "channel":
            channel = world.channels[element["channel_id"]]
            return f"<#{channel.id}|{'' if channel.is_private else channel.name}>"
        case "usergroup":
            return f"<!subteam^{element['usergroup_id']}{'|' + typed if style == 'command' else ''}>"
        case "broadcast":
            return f"<!{element['range']}>"
        case "link":
            return f"<{escape(typed)}>"
    return escape(typed)
