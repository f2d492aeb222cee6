"""A Bolt app that does nothing: the least that any app on this wire must do. Run as its own process."""

from __future__ import annotations

import asyncio
import os
import re

import aiohttp
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient


async def main() -> None:
    token, app_token = os.environ.pop("SLACK_BOT_TOKEN"), os.environ["SLACK_APP_TOKEN"]
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(token=token, base_url=os.environ["SLACK_API_URL"], session=session)
        me = await client.auth_test()

        async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
            return AuthorizeResult(
                enterprise_id=enterprise_id,
                team_id=team_id,
                bot_token=token,
                bot_id=me["bot_id"],
                bot_user_id=me["user_id"],
            )

        app = AsyncApp(client=AsyncWebClient(base_url=client.base_url, session=session), authorize=authorize)

        @app.event(re.compile(".*"))
        async def nothing() -> None:
            """Does nothing."""

        for _ in range(2):
            handler = AsyncSocketModeHandler(app, app_token, web_client=client)
            await handler.connect_async()  # type: ignore[no-untyped-call]
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
