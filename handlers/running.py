"""`scribe run`: everything started in order, watched while it works, and stopped in order."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Final

import aiohttp
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient

from handlers.app import build_app
from handlers.clock import BorrowedClock, Clock, SystemClock
from handlers.delivery import Courier
from handlers.desk import Desk, Identity
from handlers.directory import Directory
from handlers.inbox import Inbox
from handlers.mistakes import Misconfigured, Mistake
from handlers.pulse import pulse
from handlers.settings import Settings
from handlers.sockets import connected
from handlers.web import served
from storage import Store
from templates.own import known_families

log = logging.getLogger("scribe")

HOPELESS: Final = frozenset({"invalid_auth", "account_inactive", "token_revoked", "not_authed", "token_expired"})
CALL_SECONDS: Final = 30


async def run(settings: Settings, name: str) -> None:
    """Work until SIGINT or SIGTERM; see `at_work`."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with at_work(settings, name) as desk:
        log.info("Scribe is at work in %s", desk.me.team_url)
        await stop.wait()
        log.info("stopping")


@asynccontextmanager
async def at_work(settings: Settings, name: str) -> AsyncIterator[Desk]:
    """The program, connected and working for as long as the block lasts. `name` tells this replica from the others.

    Raises:
        Misconfigured: Slack refuses a token for good.
        StorageRefused: the database is not ready.
    """
    async with _clock(settings) as clock, _desk(settings, clock, name) as desk, AsyncExitStack() as stack:
        inbox, courier = Inbox(desk), Courier(desk)
        app = build_app(desk, inbox, settings.signing_secret.get_secret_value() or None)
        stack.push_async_callback(courier.drain)
        await stack.enter_async_context(_background(_work(desk, inbox, courier, app)))
        if settings.pulse is not None:
            await stack.enter_async_context(pulse(desk, courier, settings.pulse))
        if settings.transport == "socket":
            await stack.enter_async_context(
                connected(app, desk, settings.app_token.get_secret_value(), settings.ping_seconds)
            )
        else:
            await stack.enter_async_context(served(app, desk, settings.host, settings.port))
        yield desk


@asynccontextmanager
async def _clock(settings: Settings) -> AsyncIterator[Clock]:
    if settings.clock_url is None:
        yield SystemClock()
    else:
        async with BorrowedClock.reading(settings.clock_url) as clock:
            yield clock


@asynccontextmanager
async def _desk(settings: Settings, clock: Clock, name: str) -> AsyncIterator[Desk]:
    token, base = settings.bot_token.get_secret_value(), settings.api_url
    timeout = aiohttp.ClientTimeout(total=CALL_SECONDS)
    async with (
        Store.open(settings.database_url.get_secret_value(), me=name) as store,
        aiohttp.ClientSession(timeout=timeout) as session,
    ):
        slack = AsyncWebClient(token=token, base_url=base, session=session, retry_handlers=_patient())
        courier = AsyncWebClient(token=token, base_url=base, session=session, retry_handlers=[])
        me = await identify(slack)
        await store.note_team_url(me.team_url)
        yield Desk(
            store=store,
            slack=slack,
            courier=courier,
            session=session,
            clock=clock,
            policy=settings.policy,
            me=me,
            directory=Directory(store, slack, me.team_id),
            families=known_families(settings.policy.families_folder),
        )


def _patient() -> list[Any]:
    return [
        AsyncConnectionErrorRetryHandler(max_retry_count=2),
        AsyncRateLimitErrorRetryHandler(max_retry_count=3),
        AsyncServerErrorRetryHandler(max_retry_count=2),
    ]


async def identify(slack: AsyncWebClient) -> Identity:
    """Ask Slack who we are, patiently: it may falter just when an incident begins.

    Raises:
        Misconfigured: the token is refused for good.
    """
    pause = 1
    while True:
        try:
            answer = await slack.auth_test()
            url = str(answer["url"]).rstrip("/") + "/"
            return Identity(answer["team_id"], url, answer["user_id"], answer["bot_id"])
        except SlackApiError as error:
            said = error.response.get("error") if isinstance(error.response.data, dict) else None
            code = said or f"HTTP {error.response.status_code}"
            if code in HOPELESS:
                raise Misconfigured([Mistake("SLACK_BOT_TOKEN", f"is refused by Slack ({code})")]) from error
            log.warning("auth.test failed (%s); trying again in %s s", code, pause)
        except (aiohttp.ClientError, TimeoutError) as error:
            log.warning("Slack cannot be reached (%s); trying again in %s s", error, pause)
        await asyncio.sleep(pause)
        pause = min(pause * 2, 60)


async def _work(desk: Desk, inbox: Inbox, courier: Courier, app: AsyncApp) -> None:
    """Take up what is due, then sleep until something else is. A failing database is waited for."""
    while True:
        desk.wake.clear()
        try:
            await inbox.sweep(app)
            await courier.dispatch()
            upcoming = await desk.store.next_due()
        except Exception:
            log.exception("the store did not answer; trying again")
            await asyncio.sleep(1)
            continue
        await desk.clock.wait(desk.wake, upcoming)


@asynccontextmanager
async def _background(work: Any) -> AsyncIterator[None]:
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
