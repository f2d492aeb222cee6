"""The Home tab: what is mine to do with its buttons, what waits for me, and what is going on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from bot.decision import Offer
from bot.nudging import Line
from templates.blocks import actions as a
from templates.blocks.lists import Listed, listed, of_pages, pages_of, turns
from templates.blocks.nudges import said as words_of
from templates.blocks.nudges import thing_row, where
from templates.blocks.parts import Block, Message, buttons, context, divider, header, message, section, within
from templates.blocks.text import Look
from templates.blocks.words import counted

PAGE: Final = 14
"""Items of one page; with two blocks each they leave room for the rest: Slack takes 100 blocks."""
LISTED: Final = 8
"""Items of one page in a message, which takes 50."""
WAITING_MOST: Final = 10
LIVE_MOST: Final = 15
_SAID_MOST: Final = 6


def home_view(
    mine: Sequence[Line],
    waiting: Sequence[Line],
    live: Sequence[Listed],
    live_total: int,
    look: Look,
    page: int = 1,
    said: Sequence[Block] = (),
) -> dict[str, Any]:
    """`said` answers what was pressed last; `live` are the newest of `live_total` incidents this person may see."""
    number, pages, shown = _page(mine, page, PAGE)
    blocks: list[Block] = [*said[:_SAID_MOST], *([divider()] if said else [])]
    blocks.append(header(f"Your action items · {len(mine)}"))
    blocks += [block for line in shown for block in _line(line, look)]
    blocks += buttons(turns("home", 0, number, pages))
    if not mine:
        blocks.append(context("Nothing is yours to do. Items of the incidents you command that nobody owns come here."))
    if waiting:
        blocks.append(header(f"Waiting for you · {len(waiting)}"))
        blocks += [block for line in waiting[:WAITING_MOST] for block in _line(line, look)]
        if len(waiting) > WAITING_MOST:
            blocks.append(context(f"… and {len(waiting) - WAITING_MOST} more, later"))
    blocks.append(header(f"Live incidents · {live_total}"))
    blocks += [section(listed(row, look)) for row in live]
    if live_total > len(live):
        blocks.append(context(f"… and {live_total - len(live)} more: `/incident list`"))
    if not live:
        blocks.append(context("None that you can see."))
    return {"type": "home", "blocks": [*blocks, *buttons((Offer("Declare an incident", a.DECLARE_FORM, "new"),))]}


def mine_message(mine: Sequence[Line], look: Look, page: int = 1) -> Message:
    """My action items of every incident, a page at a time."""
    number, pages, shown = _page(mine, page, LISTED)
    head = f"*Your action items* · {counted(len(mine), 'item')}{of_pages(number, pages)}"
    blocks = [section(head), *(block for line in shown for block in _line(line, look))]
    if not mine:
        blocks.append(section("None. Items of the incidents you command that nobody owns would be here too."))
    return message(head, within(blocks, buttons(turns("mine", 0, number, pages))))


def _page(lines: Sequence[Line], page: int, size: int) -> tuple[int, int, Sequence[Line]]:
    pages = pages_of(len(lines), size)
    number = min(max(page, 1), pages)
    return number, pages, lines[(number - 1) * size : number * size]


def _line(line: Line, look: Look) -> Iterator[Block]:
    snoozed = line.followup.snoozed if line.followup else None
    off = f" · put off until {snoozed.isoformat()}" if snoozed and snoozed > line.nudge.day else ""
    yield section(f"{words_of(line, look)}\n{where(line, look)}{off}")
    yield from thing_row(line, look)
