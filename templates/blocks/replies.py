"""What one person reads in answer to what they asked: a reply, or a refusal that keeps what they typed."""

from __future__ import annotations

from bot.decision import Refused, Reply
from templates.blocks.parts import Message, context, message, section, speech
from templates.blocks.parts import buttons as rows_of
from templates.blocks.text import Look, data

TYPED_MOST = 2500
EXAMPLE_MOST = 500


def reply_message(reply: Reply, look: Look) -> Message:
    """The answer to a command, with its offers as buttons."""
    return speech(reply.text, look, reply.offers)


def refusal_message(refused: Refused, typed: str = "") -> Message:
    """What was wrong, an example that works, and what was typed, ready to copy, so that none of it is lost.

    `typed` is the line as the person typed it, without Slack's escapes.
    """
    said = data(refused.sentence, TYPED_MOST)
    blocks = [section(said)]
    if refused.example:
        blocks.append(context(f"For example: {_code(refused.example, EXAMPLE_MOST)}"))
    if typed.strip():
        blocks.append(context(f"You typed: {_code(typed, TYPED_MOST)}"))
    fallback = f"{said} For example: {data(refused.example, EXAMPLE_MOST)}" if refused.example else said
    return message(fallback, [*blocks, *rows_of(refused.offers)])


def _code(text: str, most: int) -> str:
    """As code where one line can hold it; backticks and line breaks would end it early."""
    shown = data(text.strip(), most)
    return shown if "`" in shown or "\n" in shown else f"`{shown}`"
