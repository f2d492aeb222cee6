"""The one way in, for both transports: judged, kept, acknowledged, and only then worked off."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.request.internals import extract_team_id

from handlers import events
from handlers.desk import Desk
from handlers.inbox import Heard, Inbox, envelope_key
from handlers.line import Line
from handlers.messages import is_said, transcribed
from handlers.wellformed import misshapen
from storage import Envelope, Message

log = logging.getLogger("scribe.gate")

Body = dict[str, Any]

ACK = 200
REFUSED = 500


class ForeignWorkspace(Exception):
    """A request of another workspace than the one Scribe is installed in."""


class Gate:
    """Nothing is acknowledged before it is committed. Only a form is decided before its ack, which closes it or not."""

    def __init__(self, desk: Desk, inbox: Inbox, app: AsyncApp, line: Line) -> None:
        self._desk = desk
        self._inbox = inbox
        self._app = app
        self._line = line

    async def receive(self, body: Body) -> BoltResponse:
        """The answer to one payload. What failed before it was kept is not acknowledged: Slack delivers it again."""
        try:
            with self._desk.occupied():  # or what is kept in the last moment would be kept after the last look
                return await self._received(body)
        except ForeignWorkspace as foreign:
            log.warning("Refused what belongs to another workspace (%s)", foreign)
            return BoltResponse(status=REFUSED, body="")
        except Exception as error:
            log.error("a %s could not be kept", body.get("type", "command"), exc_info=error)
            return BoltResponse(status=REFUSED, body="")

    async def _received(self, body: Body) -> BoltResponse:
        if (fault := misshapen(body)) is not None:
            log.warning("Slack sent something of no shape that it has (%s); it was acknowledged and not read", fault)
            return BoltResponse(status=ACK, body="")
        named = envelope_key(body)
        if named is None:  # a form that was closed, or what Slack tells of its own
            return BoltResponse(status=ACK, body="")
        require_ours(self._desk, body)
        if events.is_echo(self._desk, body.get("event") or {}):
            return BoltResponse(status=ACK, body="")
        await self._line.room()
        key, kind = named
        now = self._desk.clock.now()
        said = _merely_said(body.get("event") or {}, now)
        if not await self._keep(key, kind, body, now, said) or said is not None:
            return BoltResponse(status=ACK, body="")
        if kind == "view_submission":
            context = {"heard": Heard(key, now)}
            return await self._app.async_dispatch(AsyncBoltRequest(body=body, mode="socket_mode", context=context))
        self._line.put(Envelope(key, kind, body, now, 1, None))
        return BoltResponse(status=ACK, body="")

    async def _keep(self, key: str, kind: str, body: Body, now: datetime, said: Message | None) -> bool:
        with self._desk.metrics.keeping(kind):
            new = await self._inbox.keep(key, kind, body, now, said)
        self._desk.metrics.heard(kind, "new" if new else "known")
        return new


def _merely_said(event: Mapping[str, Any], now: datetime) -> Message | None:
    """What nobody has to decide anything about; None for whatever else an event tells."""
    return transcribed(event["channel"], event, now) if is_said(event) else None


def require_ours(desk: Desk, body: Body) -> None:
    """Raises ForeignWorkspace for a payload that another workspace's installation should have had."""
    team = extract_team_id(body)
    if team not in (None, desk.me.team_id):
        raise ForeignWorkspace(team)
