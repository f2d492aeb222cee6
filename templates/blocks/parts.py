"""The few Block Kit pieces that Scribe speaks with, each within its own limit (SLACK.md 5.1, 5.2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from bot.decision import Offer, Text
from templates.blocks.actions import numbered
from templates.blocks.fitting import shortened, size
from templates.blocks.text import Look, paragraphs

Block = dict[str, Any]
Message = dict[str, Any]

HEADER_MOST = 150
BUTTON_MOST = 75
VALUE_MOST = 2000
PARAGRAPHS_MOST = 4  # all blocks of a message together hold some 13,000 characters (SLACK.md 4.3)
PARAGRAPHS_BESIDE_BUTTONS = 3
ROW_MOST = 5  # buttons that stand beside each other on a laptop


def plain_text(text: str, most: int) -> Block:
    return {"type": "plain_text", "text": shortened(text, most) or " ", "emoji": True}


def marked(text: str) -> Block:
    """Ready mrkdwn; verbatim, so that Slack makes no links or mentions of its own."""
    return {"type": "mrkdwn", "text": text or " ", "verbatim": True}


def header(text: str) -> Block:
    return {"type": "header", "text": plain_text(text, HEADER_MOST)}


def section(text: str, accessory: Block | None = None) -> Block:
    block: Block = {"type": "section", "text": marked(text)}
    return block if accessory is None else {**block, "accessory": accessory}


LINES_IN_SECTION = 8  # each line is at most some 350 characters, a section 3,000


def sections(lines: Sequence[str]) -> list[Block]:
    """Many short lines in few blocks."""
    starts = range(0, len(lines), LINES_IN_SECTION)
    return [section("\n".join(lines[start : start + LINES_IN_SECTION])) for start in starts]


def fields(texts: Sequence[str]) -> Block:
    """Up to ten short texts in two columns."""
    return {"type": "section", "fields": [marked(text) for text in texts[:10]]}


def context(*texts: str) -> Block:
    return {"type": "context", "elements": [marked(text) for text in texts[:10]]}


PICTURE_MOST = 500


def picture(file: str, words: str) -> Block:
    """A file of ours in the workspace, shown as a picture; `words` say what is in it."""
    return {"type": "image", "slack_file": {"id": file}, "alt_text": shortened(words, PICTURE_MOST)}


def pictures(message: Message) -> list[Block]:
    return [block for block in message.get("blocks", ()) if block["type"] == "image"]


def without_pictures(message: Message, ask: str) -> Message:
    """The message with a button for each picture: Slack shows a file only once it has looked at it."""
    blocks: list[Block] = []
    for block in message["blocks"]:
        value = f"{block['slack_file']['id']} {block['alt_text']}" if block["type"] == "image" else ""
        blocks += buttons((Offer("Show the picture", ask, value),)) if value else [block]
    return {**message, "blocks": blocks}


def divider() -> Block:
    return {"type": "divider"}


def confirmation(title: str, text: str, confirm: str) -> Block:
    """Asks once more, for what cannot be taken back with one click."""
    return {
        "title": plain_text(title, 100),
        "text": plain_text(text, 300),
        "confirm": plain_text(confirm, 30),
        "deny": plain_text("Cancel", 30),
    }


def button(offer: Offer, position: int = 0, confirm: Block | None = None) -> Block:
    """An offer as a button; Slack knows the styles `primary` and `danger` and no third."""
    block: Block = {
        "type": "button",
        "text": plain_text(offer.label, BUTTON_MOST),
        "action_id": numbered(offer.action, position),
        "value": offer.value,
    }
    if offer.style in ("primary", "danger"):
        block["style"] = offer.style
    return block if confirm is None else {**block, "confirm": confirm}


def buttons(offers: Sequence[Offer]) -> list[Block]:
    """Rows of buttons; none for no offer, nor for one whose value Slack would not carry whole."""
    offers = [offer for offer in offers if len(offer.value) <= VALUE_MOST]
    rows = (offers[start : start + ROW_MOST] for start in range(0, len(offers), ROW_MOST))
    return [{"type": "actions", "elements": list(_row(row))} for row in rows]


def _row(offers: Iterable[Offer]) -> Iterator[Block]:
    seen: dict[str, int] = {}
    for offer in offers:
        position = seen.get(offer.action, 0)
        seen[offer.action] = position + 1
        yield button(offer, position)


def option(label: str, value: str) -> Block:
    return {"text": plain_text(label, 75), "value": value}


def overflow(action: str, choices: Sequence[tuple[str, str]]) -> Block:
    """The three dots behind a line: label and value of up to five choices."""
    return {"type": "overflow", "action_id": action, "options": [option(label, value) for label, value in choices]}


def message(fallback: str, blocks: list[Block]) -> Message:
    """A message as every method takes it; `fallback` (mrkdwn, at most 4,000) is what phones and screen readers say."""
    return {"text": fallback or "Scribe", "blocks": blocks}


TEXT_MOST = 12_000  # of all blocks together, with room below what Slack was seen to refuse
BLOCKS_MOST = 50


def letters(part: object) -> int:
    """The characters of all texts inside."""
    if isinstance(part, list):
        return sum(map(letters, part))
    if not isinstance(part, dict):
        return 0
    own = part.get("text")
    return (size(own) if isinstance(own, str) else 0) + sum(map(letters, part.values()))


def fits(blocks: Sequence[Block]) -> bool:
    """Does one message hold them all?"""
    return len(blocks) <= BLOCKS_MOST and letters(list(blocks)) <= TEXT_MOST


def within(blocks: Sequence[Block], end: Sequence[Block] = ()) -> list[Block]:
    """As many blocks as one message holds, how many were left out, and always the `end`."""
    room, space = TEXT_MOST - letters(list(end)), BLOCKS_MOST - len(end) - 1
    kept: list[Block] = []
    for block in blocks[:space]:
        room -= letters(block)
        if room < 0:
            break
        kept.append(block)
    left = len(blocks) - len(kept)
    return [*kept, *([context(f"… and {left} more")] if left else []), *end]


def speech(text: Text, look: Look, offers: Sequence[Offer] = ()) -> Message:
    """What is to be said, in full up to 9,000 characters, and its buttons."""
    said = paragraphs(text, look, PARAGRAPHS_BESIDE_BUTTONS if offers else PARAGRAPHS_MOST)
    return message(said[0], [*(section(part) for part in said), *buttons(offers)])
