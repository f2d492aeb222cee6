"""`scribe run`: everything started in order, watched while it works, and stopped in order."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from typing import Any, Final

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient

from handlers.app import build_app
from handlers.attendance import Attendance
from handlers.clock import BorrowedClock, Clock, SystemClock
from handlers.delivery import Courier
from handlers.desk import Desk, Identity
from handlers.directory import Directory
from handlers.followups import plan_anew, tick
from handlers.gate import Gate
from handlers.health import Health
from handlers.inbox import Inbox
from handlers.line import Line
from handlers.metronome import beating
from handlers.mistakes import Misconfigured, Mistake
from handlers.pulse import pulse
from handlers.retention import Retention
from handlers.settings import Settings
from handlers.slack_errors import code_of
from handlers.sockets import connected
from handlers.web import listening, slack_events
from storage import Store
from templates import prepare
from templates.own import known_families

log = logging.getLogger("scribe")

HOPELESS: Final = frozenset({"invalid_auth", "account_inactive", "token_revoked", "not_authed", "token_expired"})
CALL_SECONDS: Final = 30
DRAIN_SECONDS: Final = 20
"""How long what is under way may take to end; a deploy usually allows 30 before it kills."""
LAST_SECONDS: Final = 2
"""How long each of the last things may take after that."""
HTTP_PORT: Final = 3000
SWITCH_SECONDS: Final = 0.0005
"""How long work in another thread, such as drawing a report, may keep an ack from going on. An ack changes threads many
times on its way to the disk and back, and may wait so long each time; Python's own 5 ms are too much for that.
"""

GC_OLDEST: Final = 50
"""Python's own is 10; the more, the longer garbage that has grown old may stay, some megabytes at the most."""


async def run(settings: Settings, name: str) -> None:
    """Work until SIGINT or SIGTERM; see `at_work`. A start that has to wait for Slack can be stopped too."""
    sys.setswitchinterval(SWITCH_SECONDS)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    started, stopping = asyncio.Event(), asyncio.create_task(stop.wait())
    working = asyncio.create_task(_work_until(stopping, started, settings, name))
    await asyncio.wait([stopping, working], return_when=asyncio.FIRST_COMPLETED)
    if not started.is_set() and not working.done():
        log.info("stopping before the start was complete")
        working.cancel()
        await asyncio.wait([working])
        return
    await working


async def _work_until(stopping: asyncio.Task[Any], started: asyncio.Event, settings: Settings, name: str) -> None:
    await asyncio.to_thread(prepare, settings.policy.family)
    async with at_work(settings, name) as desk:
        _spare_what_stays()
        started.set()
        log.info("Scribe is at work in %s", desk.me.team_url)
        await stopping
        log.info("stopping")


def _spare_what_stays() -> None:
    """What the start made stays until the end: looking through it for garbage held acks up for 0.2 s again and again.
    What comes later and stays, such as the lines of open incidents, is looked through more rarely than is usual.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*gc.get_threshold()[:2], GC_OLDEST)


@asynccontextmanager
async def at_work(settings: Settings, name: str, patience: float = DRAIN_SECONDS) -> AsyncIterator[Desk]:
    """The program, connected and working for as long as the block lasts. `name` tells this replica from the others.

    At the end it takes nothing new, lets what is under way end within `patience` seconds, breaks off what does not, and
    gives back what is left.

    Raises:
        Misconfigured: Slack refuses a token for good.
        StorageRefused: the database is not ready.
    """
    async with _clock(settings) as clock, _desk(settings, clock, name) as desk, AsyncExitStack() as stack:
        inbox, courier, attendance = Inbox(desk), Courier(desk), Attendance(desk)
        app = build_app(desk, inbox)
        line = Line(desk, inbox, app)
        gate = Gate(desk, inbox, app, line)
        stack.enter_context(beating(desk.wake))
        await stack.enter_async_context(_background(_planned(desk)))
        work = await stack.enter_async_context(_background(_work(desk, inbox, line, courier, attendance)))
        if settings.pulse is not None:
            await stack.enter_async_context(pulse(desk, courier, attendance, settings.pulse))
        health = Health(desk, lambda: not work.done())
        await _listen(stack, settings, gate, desk, health)
        stack.push_async_callback(_drained, desk, courier, work, patience)
        if settings.transport == "socket":
            await _connect(stack, settings, gate, desk, health, attendance)
        else:
            attendance.begin(_always)
        stack.push_async_callback(_at_last, attendance.leave, "the last sign of life could not be given")
        stack.callback(desk.drain)
        yield desk


async def _listen(stack: AsyncExitStack, settings: Settings, gate: Gate, desk: Desk, health: Health) -> None:
    """In Socket Mode nothing has to listen, so it does where a port is named."""
    routes, port = health.routes(), settings.port
    if settings.transport == "http":
        routes.append(slack_events(gate, desk, settings.signing_secret.get_secret_value()))
        port = port or HTTP_PORT
    if port is not None:
        await stack.enter_async_context(listening(settings.host, port, routes))


async def _connect(
    stack: AsyncExitStack, settings: Settings, gate: Gate, desk: Desk, health: Health, attendance: Attendance
) -> None:
    token, ping = settings.app_token.get_secret_value(), settings.ping_seconds
    sockets = await stack.enter_async_context(connected(gate, desk, token, ping, attendance.reconnected))
    health.sockets = sockets.open
    attendance.begin(sockets.any_alive)


async def _always() -> bool:
    """Over HTTP Slack comes to us; while we serve, it can reach us as far as we know."""
    return True


async def _drained(desk: Desk, courier: Courier, work: asyncio.Task[None], patience: float) -> None:
    """Let what is under way end; whoever is next takes up the rest at once, not only when its leases run out."""
    desk.drain()  # also where the start failed
    try:
        async with asyncio.timeout(patience):
            await asyncio.wait([work])
            while desk.busy or not courier.idle:
                await desk.stirred()
    except TimeoutError:
        log.warning("not all that was under way ended within %s s; it is kept and will be taken up", patience)
        await _break_off({work, *desk.under_way, *courier.under_way})
    await _at_last(desk.store.release, "what is left could not be given back; others take it up in a minute")


async def _break_off(tasks: set[asyncio.Task[Any]]) -> None:
    """Whoever takes up what they were at looks first whether it took effect."""
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks, timeout=LAST_SECONDS)


async def _at_last(work: Callable[[], Awaitable[None]], failed: str) -> None:
    """A program that stops has no time for a database that hangs, and nobody to tell of its failure but the log."""
    try:
        async with asyncio.timeout(LAST_SECONDS):
            await work()
    except Exception:
        log.exception(failed)


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
            code = code_of(error)
            if code in HOPELESS:
                raise Misconfigured([Mistake("SLACK_BOT_TOKEN", f"is refused by Slack ({code})")]) from error
            log.warning("auth.test failed (%s); trying again in %s s", code, pause)
        except (aiohttp.ClientError, TimeoutError) as error:
            log.warning("Slack cannot be reached (%s); trying again in %s s", error, pause)
        await asyncio.sleep(pause)
        pause = min(pause * 2, 60)


async def _work(desk: Desk, inbox: Inbox, line: Line, courier: Courier, attendance: Attendance) -> None:
    """Take up what is due, then sleep until something else is. A failing database is waited for."""
    retention = Retention(desk)
    while not desk.draining:
        desk.wake.clear()
        try:
            await attendance.note()
            await retention.tick()
            await inbox.resume()
            await courier.resume()
            upcoming = min(filter(None, (await _look(desk, line, courier), attendance.next)), default=None)
        except Exception:
            log.exception("the store did not answer; trying again")
            await asyncio.sleep(1)
            continue
        await desk.clock.wait(desk.wake, upcoming)


async def _look(desk: Desk, line: Line, courier: Courier) -> datetime | None:
    """Take up what is due and say when to look again; where nothing is due this writes nothing. While as many calls as
    may be are under way the next one is looked for when one of them has ended.
    """
    due, now = await desk.store.due(), desk.clock.now()
    if due.first is None or due.first > now:
        return due.first
    if due.envelope is not None and due.envelope <= now:
        await line.sweep()
    if due.followup is not None and due.followup <= now:
        await tick(desk)
    await line.rest()
    await courier.dispatch()  # also what a follow-up has just put
    due = await desk.store.due()
    return due.first if courier.free else min(filter(None, (due.envelope, due.followup)), default=None)


async def _planned(desk: Desk) -> None:
    """What cannot be planned now is planned at the next start; what is followed up already goes on."""
    with desk.at_work():
        try:
            await plan_anew(desk)
        except Exception:
            log.exception("what is followed up could not be planned by the present rules")


@asynccontextmanager
async def _background(work: Any) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(work)
    try:
        yield task
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
