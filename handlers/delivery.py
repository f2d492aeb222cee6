"""Outbox to Slack, each call once: leased, tried, and where the outcome is unknown looked for before it is repeated."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable, Mapping, Set
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

import aiohttp
from slack_sdk.errors import SlackApiError
from structlog.contextvars import bound_contextvars

from bot.commands import Anchor, AttachChannel, Command, Request
from bot.decide import decide
from bot.facts import Evidence
from handlers import canvases, catchup
from handlers.act import CARD_TO_COME, CHANNEL_TO_COME, carry_out
from handlers.desk import Desk
from handlers.failures import told
from handlers.newcomers import look_round
from handlers.slack_calls import PERFORM, NotYet, perform_plainly
from handlers.slack_errors import ABSENT, code_of
from storage import Leased, StorageFails

log = logging.getLogger("scribe.delivery")

AT_ONCE: Final = 8
LEASE: Final = timedelta(seconds=60)
ATTEMPTS: Final = 12
PATIENCE: Final = timedelta(minutes=5)

Errand = Callable[[Desk, Leased, dict[str, Any]], Awaitable[Mapping[str, Any] | None]]
"""What it returns is noted and its consequence drawn; None: it has settled its call itself."""

DONE_ALREADY: Final = frozenset(
    {"already_reacted", "no_reaction", "already_pinned", "already_in_channel", "already_archived"}
)
DELETED: Final = frozenset({"file_deleted", "file_not_found"})
POINTLESS: Final = frozenset({"message_not_found", "cant_update_message", "too_many_reactions", "thread_not_found"})
"""The message is gone or cannot carry it; nobody misses anything."""
REMINDERS: Final = "scribe.nudge"
COURTESIES: Final = ("reactions.", "chat.postEphemeral", REMINDERS)
"""A reaction, a whisper or a reminder in a channel where Scribe, or whoever it is for, is not: nobody misses it."""
TRANSIENT: Final = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout", "ratelimited"})
MENDABLE: Final = frozenset(
    {"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "missing_scope"}
)
"""Somebody has to mend the installation; the call waits and is tried again."""
BY_CHANNEL: Final = ("chat.postMessage", "scribe.")
"""Slack counts posts by their channel, and with them what an errand of ours does; every other method it counts for the
whole workspace, so that all calls of a method that is limited wait.
"""
FURNISHING: Final = ("pins.", "bookmarks.", "conversations.setTopic", "conversations.invite", "scribe.upload")
"""What lacks a permission for one of these keeps nothing back that comes after it in its lane."""


ERRANDS: Final[Mapping[str, Errand]] = {
    **PERFORM,
    **catchup.ERRANDS,
    "scribe.round": look_round,
    canvases.METHOD: canvases.keep,
}


class Courier:
    """Delivers what is due, several lanes at a time; one lane keeps its order."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._tasks: dict[asyncio.Task[None], int] = {}  # each with the id of its call
        self._in_doubt = False  # calls may be leased to us of which we do not know
        self._broken_off: dict[int, tuple[Leased, str]] = {}  # leased to us, and why nobody is at work on it
        self._refused: dict[str, str] = {}  # what a method was refused for, until it succeeds
        self._limited: dict[str, datetime] = {}  # until when a method is not to be called

    @property
    def idle(self) -> bool:
        return not self._tasks

    @property
    def free(self) -> int:
        """How many calls may be begun now."""
        return AT_ONCE - len(self._tasks)

    @property
    def under_way(self) -> Set[asyncio.Task[None]]:
        """Whoever takes up what these are at looks first whether it took effect."""
        return self._tasks.keys()

    async def dispatch(self) -> None:
        """Lease what is due and begin to deliver it."""
        if not self.free:
            return
        self._in_doubt = True
        leased = await self._desk.store.lease_calls(self._desk.clock.now(), self.free, LEASE)
        self._in_doubt = False
        for call in leased:
            task = asyncio.create_task(self._deliver(call))
            self._tasks[task] = call.id
            task.add_done_callback(partial(self._ended, call))

    async def resume(self) -> None:
        """Put back what could not be put back when it failed, and what was leased without our knowing, so that no lane
        need wait for our lease to run out. To be asked again where the store still fails.
        """
        if self._in_doubt:
            await self._desk.store.give_back_calls({*self._tasks.values(), *self._broken_off})
            self._in_doubt = False
        for call, why in [*self._broken_off.values()]:
            await self._again(call, why, _pause(call.attempt))
            del self._broken_off[call.id]

    def _ended(self, call: Leased, task: asyncio.Task[None]) -> None:
        del self._tasks[task]
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a delivery could not even be put back", exc_info=error)
            self._broken_off[call.id] = call, told(error)
        self._desk.wake.set()
        self._desk.stir()

    async def _deliver(self, call: Leased) -> None:
        wait = self._limited.get(call.method, self._desk.clock.now()) - self._desk.clock.now()
        if wait > timedelta():
            await self._again(call, "ratelimited", wait, limited=True)
            return
        try:
            result = await self._perform(call)
        except SlackApiError as error:
            await self._judge(call, error)
        except (aiohttp.ClientError, TimeoutError, OSError, NotYet, *StorageFails) as error:
            await self._again(call, told(error), _pause(call.attempt))
        except Exception as error:
            await self._give_up(call, told(error), error)
        else:
            if result is not None:
                await self._delivered(call, result)

    async def _perform(self, call: Leased) -> Mapping[str, Any] | None:
        args = await self._placed(call)
        return await ERRANDS.get(call.method, perform_plainly)(self._desk, call, args)

    async def _placed(self, call: Leased) -> dict[str, Any]:
        """The arguments with the ids that had not been given when the call was put."""
        if CHANNEL_TO_COME not in call.args.values() and CARD_TO_COME not in call.args.values():
            return call.args
        incident = await self._desk.store.incident(call.incident or 0)
        card = incident.anchors.get("card")
        found = {CHANNEL_TO_COME: incident.channel, CARD_TO_COME: card.place.ts if card else None}
        placed = {
            name: found.get(value, value) if isinstance(value, str) else value for name, value in call.args.items()
        }
        if None in placed.values():
            raise NotYet("the incident's channel or card is not there yet")
        return placed

    async def _delivered(self, call: Leased, result: Mapping[str, Any]) -> None:
        """Note it, and what follows from it, in one commit."""
        now = self._desk.clock.now()
        self._refused.pop(call.method, None)
        self._desk.metrics.tried(call.method, "delivered")
        command = consequence(call, result)
        if command is None or call.incident is None:
            await self._desk.store.delivered(call.id, dict(result), now)
            return
        request = Request(f"call:{call.key}", "scribe", "system", now)
        async with self._desk.store.visit(call.incident) as visit:
            if await visit.delivered(call.id, dict(result), now):
                decision = decide(visit.incident, command, request, self._desk.policy)
                await carry_out(self._desk, visit, decision, request)

    async def _judge(self, call: Leased, error: SlackApiError) -> None:
        code = code_of(error)
        if code in DONE_ALREADY or (call.method == "files.delete" and code in DELETED):
            await self._delivered(call, {})
        elif code in POINTLESS or (code in ABSENT and call.method.startswith(COURTESIES)):
            self._desk.metrics.tried(call.method, "dropped")
            await self._desk.store.delivered(call.id, {}, self._desk.clock.now())
        elif code in TRANSIENT:
            pause, limited = _retry_after(error) or _pause(call.attempt), code == "ratelimited"
            if limited and not call.method.startswith(BY_CHANNEL):
                self._limited[call.method] = self._desk.clock.now() + pause
            await self._again(call, code, pause, limited=limited)
        elif code in MENDABLE:
            self._complain(call, code, error)
            await self._until_mended(call, code)
        else:
            await self._give_up(call, code, error)

    async def _again(self, call: Leased, why: str, pause: timedelta, *, limited: bool = False) -> None:
        """Later. A rate limit or a missing permission says nothing against the call, so it never wears it out; nor does
        Slack's failing say anything against a reminder, which nobody would ask for again.
        """
        if call.attempt >= ATTEMPTS and not (limited or call.method.startswith(REMINDERS)):
            await self._give_up(call, why, None)
        else:
            self._desk.metrics.tried(call.method, "retried")
            await self._desk.store.retry(call.id, why, self._desk.clock.now() + pause)

    async def _until_mended(self, call: Leased, code: str) -> None:
        """Again and again. A first try that Slack refused for its scope left nothing behind, so it need not hold up
        what can go out without it.
        """
        if code == "missing_scope" and call.attempt == 1 and call.method.startswith(FURNISHING):
            self._desk.metrics.tried(call.method, "retried")
            await self._desk.store.put_off(call.id, code, self._desk.clock.now() + PATIENCE)
        else:
            await self._again(call, code, PATIENCE, limited=True)

    async def _give_up(self, call: Leased, why: str, error: Exception | None) -> None:
        error_id = uuid.uuid4().hex[:8]
        with bound_contextvars(incident=call.incident and await self._number(call.incident)):
            log.error("error %s: call %s (%s) set aside: %s", error_id, call.key, call.method, why, exc_info=error)
        await self._set_aside(call, f"{error_id} {why}")

    async def _number(self, incident: int) -> str | int:
        """As it stands in the other lines of the log."""
        return (await self._desk.store.incident(incident)).number or incident

    async def _set_aside(self, call: Leased, why: str) -> None:
        self._desk.metrics.tried(call.method, "set_aside")
        await self._desk.store.set_aside(call.id, why, self._desk.clock.now())

    def _complain(self, call: Leased, code: str, error: SlackApiError) -> None:
        """Said once, not at every call; and again when it was mended in between."""
        needed = error.response.get("needed") if hasattr(error.response, "get") else None
        said = f"{code} {needed or ''}".strip()
        if said not in self._refused.values():
            log.error("Slack refuses us: %s. Run `scribe check` to see what to mend.", said)
        self._refused[call.method] = said


def consequence(call: Leased, result: Mapping[str, Any]) -> Command | None:
    """What a delivered call means for its incident."""
    if call.purpose == "channel":
        channel = result["channel"]
        return AttachChannel(channel["id"], channel["name"])
    if call.purpose == canvases.PURPOSE:
        return canvases.consequence(result)
    if call.method == "scribe.upload":
        return _posted_file(call, result)
    if call.purpose and result.get("ts"):
        place = Evidence(str(result["channel"]), str(result["ts"]), call.args.get("thread_ts"))
        what, _, about = call.purpose.partition(" ")
        return Anchor(what, _threaded(place, result), about=about)
    return None


def _posted_file(call: Leased, result: Mapping[str, Any]) -> Command | None:
    """Where the report stands as a file, so that it can be taken back when words in it are erased."""
    if not call.purpose or not result.get("file"):
        return None
    place = Evidence(call.args["channel"], call.args["thread_ts"])
    return Anchor(call.purpose, place, file=str(result["file"]), knew=int(result["knew"]))


def _threaded(place: Evidence, result: Mapping[str, Any]) -> Evidence:
    message = result.get("message") or {}
    return Evidence(place.channel, place.ts, message.get("thread_ts") or None)


def _retry_after(error: SlackApiError) -> timedelta | None:
    headers = getattr(error.response, "headers", None) or {}
    value = headers.get("Retry-After") or headers.get("retry-after")
    return timedelta(seconds=float(value)) if value else None


def _pause(attempt: int) -> timedelta:
    """1 s, 2 s, 4 s … at most five minutes."""
    return min(timedelta(seconds=2 ** (attempt - 1)), PATIENCE)
