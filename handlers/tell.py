"""Ways to answer the one who asked: courtesy is said at once and not kept."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, Final

from slack_sdk.errors import SlackApiError

from handlers.desk import Desk
from handlers.inbox import Message, Tell
from templates.blocks.actions import PICTURE
from templates.blocks.parts import pictures, without_pictures

log = logging.getLogger("scribe.tell")

GONE: Final[Mapping[str, Any]] = {"delete_original": True}
"""No words: the message whose button was pressed goes away."""
UNREACHABLE = frozenset({"user_not_in_channel", "channel_not_found", "not_in_channel", "is_archived"})


def to_response_url(desk: Desk, url: str) -> Tell:
    """An ephemeral answer where the command was typed or the button pressed; it lives for 30 minutes and 5 answers.

    A message of a button may ask to take the place of the one pressed (`replace_original`), or to take it away.
    """

    async def tell(message: Message) -> None:
        body = message if message == GONE else {"response_type": "ephemeral", "replace_original": False, **message}
        async with desk.session.post(url, json=body) as answer:
            if answer.status in (404, 410):
                log.warning("an answer came too late to be shown")
                return
            if answer.ok or not pictures(message):
                answer.raise_for_status()
                return
        await tell(without_pictures(message, PICTURE))

    return tell


def to_mention(desk: Desk, event: Mapping[str, Any]) -> Tell:
    """An ephemeral answer in the same thread."""

    async def tell(message: Message) -> None:
        thread = {"thread_ts": event["thread_ts"]} if event.get("thread_ts") else {}
        where = {"channel": event["channel"], "user": event["user"], **thread}
        try:
            await desk.courier.chat_postEphemeral(**where, **message)
        except SlackApiError:
            if not pictures(message):
                raise
            await desk.courier.chat_postEphemeral(**where, **without_pictures(message, PICTURE))

    return tell


def to_user(desk: Desk, body: Mapping[str, Any], channel: str | None = None) -> Tell:
    """For forms and shortcuts, which have no address to answer to: in the channel at hand, else directly."""
    user = body["user"]["id"]
    where = channel or (body.get("channel") or {}).get("id")

    async def tell(message: Message) -> None:
        if where is not None:
            try:
                await desk.courier.chat_postEphemeral(channel=where, user=user, **message)
                return
            except SlackApiError as error:
                if error.response.get("error") not in UNREACHABLE:
                    raise
        await desk.courier.chat_postMessage(channel=user, **message)

    return tell
