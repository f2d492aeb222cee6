"""What each event of Slack's means to us."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from handlers import channels, home, messages, reactions, slash
from handlers.audit import of_line
from handlers.desk import Desk
from handlers.inbox import Heard, Inbox
from handlers.tell import to_mention

log = logging.getLogger("scribe.events")

Event = Mapping[str, Any]
Hear = Callable[[Desk, Heard, Event], Awaitable[None]]


async def _noted(desk: Desk, heard: Heard, event: Event) -> None:
    await desk.directory.note(event["user"], heard.at)


async def _revoked(desk: Desk, heard: Heard, event: Event) -> None:
    log.error("Slack says %s; Scribe can do nothing until it is installed again", event["type"])


async def _nothing(desk: Desk, heard: Heard, event: Event) -> None:
    """Slack tells more than we ask for."""


EVENTS: Mapping[str, Hear] = {
    "message": messages.hear,
    "reaction_added": reactions.hear,
    "reaction_removed": reactions.hear,
    "member_joined_channel": channels.joined,
    "channel_created": channels.created,
    "channel_rename": channels.renamed,
    "group_rename": channels.renamed,
    "channel_id_changed": channels.changed_id,
    **dict.fromkeys(channels.LOST, channels.lost),
    "app_home_opened": home.opened,
    "user_change": _noted,
    "tokens_revoked": _revoked,
    "app_uninstalled": _revoked,
}
"""Every event that means something by itself; a mention is a line somebody typed."""


def is_echo(desk: Desk, event: Event) -> bool:
    """Slack tells us what we did ourselves; only that we came into a channel is news."""
    if event.get("type") == "member_joined_channel":
        return False
    changed = event.get("message")
    return messages.is_ours(desk, event) or (isinstance(changed, Mapping) and messages.is_ours(desk, changed))


async def hear(desk: Desk, inbox: Inbox, heard: Heard, event: Event) -> None:
    """One event by itself."""
    if event.get("type") == "app_mention":
        typed = slash.from_mention(desk, event)
        asked = of_line(typed.user, typed.via, typed.text, typed.channel)
        await inbox.attend(heard, lambda: slash.answer(desk, heard, typed), to_mention(desk, event), typed.text, asked)
        return
    meant = EVENTS.get(str(event.get("type")), _nothing)
    await inbox.attend(heard, lambda: meant(desk, heard, event), _nobody)


async def _nobody(message: dict[str, Any]) -> None:
    """Nobody waits for an answer to what Slack tells."""
