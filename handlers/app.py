"""Bolt: what people ask of Scribe by commands, buttons, shortcuts and forms finds its listener here.

Everything was kept before it comes here (`handlers.gate`); what Slack tells is read in `handlers.events`.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from handlers import buttons, home, shortcuts, slash, submissions
from handlers.audit import of_interaction, of_line
from handlers.desk import Desk
from handlers.inbox import Heard, Inbox
from handlers.tell import to_response_url, to_user

log = logging.getLogger("scribe.app")

Body = dict[str, Any]


def build_app(desk: Desk, inbox: Inbox) -> AsyncApp:
    """The Bolt app over this desk. It makes no call to Slack by itself; signatures are checked in `handlers.web`."""
    os.environ.pop("SLACK_BOT_TOKEN", None)  # Bolt would take it and authorize by itself
    app = AsyncApp(
        client=AsyncWebClient(
            base_url=desk.slack.base_url, session=desk.session, retry_handlers=desk.slack.retry_handlers
        ),
        authorize=_authorize(desk),
        raise_error_for_unhandled_request=True,
    )
    _register_lines(app, desk, inbox)
    _register_interactions(app, desk, inbox)
    app.error(_door(inbox))
    return app


def _authorize(desk: Desk) -> Callable[..., Awaitable[AuthorizeResult]]:
    """Bolt's own `auth.test` at each start would acknowledge and drop what comes while Slack falters."""

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=desk.me.team_id,
            bot_token=desk.slack.token,
            bot_id=desk.me.bot_id,
            bot_user_id=desk.me.user_id,
        )

    return authorize


def _register_lines(app: AsyncApp, desk: Desk, inbox: Inbox) -> None:
    async def command(ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        await ack()
        heard: Heard = context["heard"]
        typed = slash.from_command(body)
        tell = to_response_url(desk, body["response_url"])
        asked = of_line(typed.user, typed.via, typed.text, typed.channel)
        await inbox.attend(heard, lambda: slash.answer(desk, heard, typed), tell, f"/incident {typed.text}", asked)

    app.command("/incident")(command)


def _register_interactions(app: AsyncApp, desk: Desk, inbox: Inbox) -> None:
    async def pressed(ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        await ack()
        heard: Heard = context["heard"]
        tell = to_response_url(desk, body["response_url"]) if body.get("response_url") else to_user(desk, body)
        if home.is_home(body):
            tell = home.to_home(desk, heard, body)
        await inbox.attend(heard, lambda: buttons.press(desk, heard, body), tell, asked=of_interaction(body))

    async def shortcut(ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        await ack()
        heard: Heard = context["heard"]
        tell = to_response_url(desk, body["response_url"]) if body.get("response_url") else to_user(desk, body)
        await inbox.attend(heard, lambda: shortcuts.use(desk, heard, body), tell, asked=of_interaction(body))

    async def submitted(ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        with desk.occupied():
            await submissions.submit(desk, inbox, context["heard"], body, ack)

    app.action(re.compile(".*"))(pressed)
    app.shortcut(re.compile(".*"))(shortcut)
    app.view_submission(re.compile(".*"))(submitted)


def _door(inbox: Inbox) -> Callable[..., Awaitable[BoltResponse | None]]:
    """What failed is not acknowledged, where there is still time; it is kept, and as Bolt tells nobody else of the
    failure, the inbox is told here. A listener wants everything that is kept (`handlers.wellformed`).
    """

    async def door(error: Exception, context: AsyncBoltContext, response: BoltResponse | None) -> BoltResponse | None:
        log.error("something could not be dispatched", exc_info=error)
        inbox.broken_off(context["heard"].key)
        return response and BoltResponse(status=500, body="")

    return door
