"""Ways to answer the one who asked: courtesy is said at once and not kept."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from slack_sdk.errors import SlackApiError

from handlers.desk import Desk
from handlers.inbox import Message, Tell
from handlers.slack_errors import UNREACHABLE, code_of
from templates.blocks.actions import PICTURE
from templates.blocks.parts import pictures, without_pictures

log = logging.getLogger("scribe.tell")

GONE: Final[Mapping[str, Any]] = {"delete_original": True}
"""No words: the message whose button was pressed goes away."""


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
    """An ephemeral answer in the same thread, else directly."""
    thread = {"thread_ts": event["thread_ts"]} if event.get("thread_ts") else {}
    return _to(desk, event["user"], event["channel"], **thread)


def to_user(desk: Desk, body: Mapping[str, Any], channel: str | None = None) -> Tell:
    """For forms and shortcuts, which have no address to answer to: in the channel at hand, else directly."""
    return _to(desk, body["user"]["id"], channel or (body.get("channel") or {}).get("id"))


def _to(desk: Desk, user: str, channel: str | None, **thread: str) -> Tell:
    """To them alone in the channel; where they or Scribe are not in it, in the conversation between the two. Who is in
    neither cannot be told, and telling them again would change nothing.
    """

    async def tell(message: Message) -> None:
        if channel is not None and await _shown(desk.courier.chat_postEphemeral, message, channel, user=user, **thread):
            return
        if not await _shown(desk.courier.chat_postMessage, message, user):
            log.warning("an answer could not be shown to who asked, neither there nor directly")

    return tell


async def _shown(post: Callable[..., Awaitable[object]], message: Message, channel: str, **where: str) -> bool:
    """False: there is nobody to see it. Raises SlackApiError for anything else that keeps it from being shown."""
    try:
        await post(channel=channel, **where, **message)
    except SlackApiError as error:
        if code_of(error) in UNREACHABLE:
            return False
        if not pictures(message):
            raise
        await post(channel=channel, **where, **without_pictures(message, PICTURE))
    return True
