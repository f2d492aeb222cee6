"""What becomes of an envelope that was kept: it is attended to until it is finished, and no failure is swallowed."""

from __future__ import annotations

import hashlib
import json
import logging
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from structlog.contextvars import bound_contextvars

from bot.decision import Refused
from bot.incident import mention_key
from handlers.audit import Asked, Trace, refused, tracing
from handlers.desk import Desk
from storage import Attempt
from storage import Message as Said
from templates.blocks.replies import refusal_message

log = logging.getLogger("scribe.inbox")

Body = dict[str, Any]
Message = dict[str, Any]
Tell = Callable[[Message], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Heard:
    """One envelope as a listener sees it. `answer` is what was decided already, before the program went down."""

    key: str
    at: datetime
    replayed: bool = False
    answer: Message | None = None


def envelope_key(body: Body) -> tuple[str, str] | None:
    """(key, kind) of a payload; None for what needs no memory, such as the options of a select.

    A form that was corrected keeps its hash and a form sent twice gets a new trigger, so the key of a submission is
    its view, its hash and a digest of what was filled in.
    """
    kind = str(body.get("type") or ("command" if "command" in body else ""))
    event = body.get("event")
    if kind == "event_callback" and isinstance(event, dict) and event.get("type") == "app_mention":
        return mention_key(str(event.get("channel")), str(event.get("ts"))), kind
    if kind == "event_callback":
        return f"event:{body['event_id']}", kind
    if kind == "view_submission":
        view = body["view"]
        filled = json.dumps(view.get("state", {}).get("values", {}), sort_keys=True)
        return f"view:{view['id']}:{view.get('hash', '')}:{hashlib.sha256(filled.encode()).hexdigest()[:16]}", kind
    if kind in ("command", "block_actions", "message_action", "shortcut"):
        return f"{kind}:{body['trigger_id']}", kind
    return None


class Inbox:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._broken_off: set[str] = set()

    async def keep(self, key: str, kind: str, body: Body, now: datetime, said: Said | None) -> bool:
        """As `Store.keep`. An envelope that was kept while the store failed to say so is known when Slack delivers it
        again, so it is not left at that.
        """
        try:
            new = await self._desk.store.keep(key, kind, body, now, said)
        except Exception:
            self.broken_off(key)
            raise
        if new:
            self._broken_off.discard(key)
        return new

    def broken_off(self, key: str) -> None:
        """Nobody is at work on this envelope, and the store may not know it."""
        self._broken_off.add(key)
        self._desk.wake.set()

    async def resume(self) -> None:
        """Give back what was broken off, so that it is dispatched again soon and not when our lease runs out.

        Raises whatever the store raises while it does not answer; then it is to be asked again.
        """
        if broken := frozenset(self._broken_off):
            await self._desk.store.give_back(broken, self._desk.clock.now())
            self._broken_off -= broken

    async def attend(
        self,
        heard: Heard,
        work: Callable[[], Awaitable[Message | None]],
        tell: Tell,
        typed: str = "",
        asked: Asked | None = None,
    ) -> None:
        """Do the work of one envelope, answer, and finish it; what fails is tried again, and nothing is swallowed.

        `asked` is told to the audit log, where no fact tells it.
        """
        with self._desk.at_work(), tracing(heard.key) as trace:
            message = heard.answer
            try:
                if message is None:
                    message = await _answer(work, typed)
                    await self._note(heard, asked, trace)
                if message is not None:
                    await tell(message)
                await self._desk.store.finish(heard.key, self._desk.clock.now())
            except Exception as error:
                await self._door(heard, error, tell, typed, done=message is not None)

    async def _note(self, heard: Heard, asked: Asked | None, trace: Trace) -> None:
        if asked is not None and trace.outcome is not None:
            what = (asked.who, asked.via, asked.what, asked.channel, trace.incident, trace.outcome)
            await self._desk.store.note_attempt(Attempt(heard.key, heard.at, *what))

    async def _door(self, heard: Heard, error: Exception, tell: Tell, typed: str, *, done: bool) -> None:
        """The one place where the unexpected arrives: logged with an id, tried again, and said once it is hopeless."""
        error_id = uuid.uuid4().hex[:8]
        self._desk.metrics.failed()
        with bound_contextvars(error=error_id):
            log.error("error %s while handling %s", error_id, heard.key, exc_info=error)
        aside = await self._desk.store.failed(heard.key, f"{error_id} {type(error).__name__}", self._desk.clock.now())
        if aside or not heard.replayed:
            sorry = Refused(f"Something went wrong here. {_outlook(aside, done)} (error {error_id}).")
            try:
                await tell(refusal_message(sorry, typed if aside and not done else ""))
            except Exception as untold:
                log.error("error %s could not be told", error_id, exc_info=untold)


def _outlook(aside: bool, done: bool) -> str:
    """What becomes of the thing asked; what was done already must not be sent again."""
    if not aside:
        return "What you sent is kept and will be tried again"
    if done:
        return "What you sent was dealt with, but its answer could not be shown"
    return "After several tries it was given up; please send it again later"


async def _answer(work: Callable[[], Awaitable[Message | None]], typed: str) -> Message | None:
    try:
        return await work()
    except Refused as why:
        refused()
        return refusal_message(why, typed)
