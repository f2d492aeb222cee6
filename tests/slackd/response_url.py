"""Answers through acks and response URLs: five posts in half an hour, seen by one person or by the channel."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web

from tests.slackd.interactions import RESPONSE_URL_USES, Interactions, ResponseUrl
from tests.slackd.limits import check_message
from tests.slackd.records import JSON, Ephemeral, Message, SlackError
from tests.slackd.world import World


class Replies:
    """Puts what an app answers to an interaction where Slack would show it."""

    def __init__(self, world: World, interactions: Interactions) -> None:
        self._world = world
        self._interactions = interactions

    async def serve(self, request: web.Request) -> web.Response:
        """`POST /commands/…`, `/actions/…`, `/app/…`."""
        url = self._interactions.response_urls.get(request.path.strip("/"))
        if url is None:
            return web.Response(status=404, text="no_such_url")
        try:
            self.post(url, await _body(request))
        except SlackError as refused:
            status = 404 if refused.code in ("used_url", "expired_url") else 400
            return web.json_response({"ok": False, "error": refused.code} | refused.extra, status=status)
        return web.Response(text="ok")

    def post(self, url: ResponseUrl, body: JSON) -> None:
        """Use the URL once; raises SlackError with Slack's word when it is used up, expired or the body is wrong."""
        if url.uses >= RESPONSE_URL_USES:
            raise SlackError("used_url")
        if self._world.now() > url.expires:
            raise SlackError("expired_url")
        url.uses += 1
        self.show(url, body)

    def show(self, url: ResponseUrl, body: JSON) -> None:
        """Show an answer, through an ack or a post."""
        if body.get("delete_original") in (True, "true"):
            return self._delete(url)
        if set(body) == {"response_type"}:
            return None
        if refusal := check_message(body):
            raise SlackError(refusal.code, response_metadata={"messages": [refusal.detail]})
        content: JSON = {
            "text": body.get("text") or "",
            "blocks": [self._world.identified(block) for block in body.get("blocks") or []],
            "attachments": body.get("attachments") or [],
        }
        if body.get("replace_original") in (True, "true") and url.target is not None:
            return self._replace(url.target, content)
        return self._say(url, content, body)

    def _say(self, url: ResponseUrl, content: JSON, body: JSON) -> None:
        world, channel = self._world, self._world.channel(url.channel)
        content |= {"thread_ts": body["thread_ts"]} if body.get("thread_ts") in channel.messages else {}
        if body.get("response_type") == "in_channel":
            author = {"subtype": "bot_message", "bot_id": world.bot_id, "username": world.users[world.bot_user_id].name}
            world.post(channel, None, content.pop("text"), **content, **author)
        else:
            world.post_ephemeral(channel, url.user, content.pop("text"), **content, origin=url.origin)

    def _replace(self, target: Message | Ephemeral, content: JSON) -> None:
        if isinstance(target, Ephemeral):
            self._world.change_ephemeral(target, **content)
        else:
            self._world.change_message(target, self._world.bot_user_id, **content)

    def _delete(self, url: ResponseUrl) -> None:
        if isinstance(url.target, Ephemeral):
            self._world.delete_ephemeral(url.target)
        elif url.target is not None:
            self._world.delete_message(url.target, self._world.bot_user_id)


async def _body(request: web.Request) -> JSON:
    text: Any = await request.text()
    if request.content_type == "application/x-www-form-urlencoded":
        text = (await request.post()).get("payload", "")
    try:
        body = json.loads(text)
    except ValueError:
        raise SlackError("invalid_payload") from None
    if not isinstance(body, dict):
        raise SlackError("invalid_payload")
    return body
