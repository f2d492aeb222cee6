"""Socket Mode as Slack speaks it: tickets, hello, envelopes, acks, and every way a socket can fail."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from tests.slackd.clock import VirtualClock
from tests.slackd.courier import ACK_WITHIN, GONE, Ack, Courier, Envelope
from tests.slackd.records import JSON

MOST_CONNECTIONS = 10  # SLACK.md 2.1
CLOSING = 0.2  # real seconds the app has to say goodbye
CONNECTION_TIME = 18060  # seconds, seen in real traffic: SLACK.md 2.1


@dataclass(eq=False)
class Connection:
    """One socket of the app. `silent`: open, but nothing said on it is ever answered, not even a ping."""

    socket: web.WebSocketResponse
    request: web.Request
    silent: bool = False
    waiting: dict[str, tuple[Envelope, asyncio.Future[Any]]] = field(default_factory=dict)

    async def say(self, frame: JSON) -> None:
        if not self.silent:
            with contextlib.suppress(ConnectionError):
                await self.socket.send_json(frame)

    def cut(self) -> None:
        """Drop the connection without a closing handshake."""
        if self.request.transport is not None:
            self.request.transport.abort()

    def give_up_waiting(self) -> None:
        """No ack will come: events wait for their redelivery, whoever typed or pressed is told."""
        for envelope, answer in self.waiting.values():
            envelope.hopeless = True
            if envelope.kind != "events_api" and not answer.done():
                answer.set_exception(ConnectionResetError("timeout"))


class SocketMode:
    """All open sockets of the app; each envelope goes to one of them, in turn."""

    def __init__(self, clock: VirtualClock, app_id: str) -> None:
        self._clock = clock
        self._app_id = app_id
        self.connections: list[Connection] = []
        self.opened = 0  # sockets since the start, closed ones included
        self.courier: Courier | None = None
        self._tickets: set[str] = set()
        self._issued = 0
        self._turn = 0
        self._changed = asyncio.Event()
        self.holding = False  # events wait for the program to come back, as if for their ack
        self._orphans: set[asyncio.Future[Any]] = set()  # what sockets that are gone will never acknowledge

    def ticket(self) -> str:
        self._issued += 1
        ticket = f"{self._issued}-{self._app_id}"
        self._tickets.add(ticket)
        return ticket

    # ---- Slack's side of one socket

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """`GET /link/?ticket=…`: one ticket opens one socket."""
        if request.query.get("ticket", "") not in self._tickets:
            return web.Response(status=403, text="invalid ticket")
        self._tickets.discard(request.query["ticket"])
        socket = web.WebSocketResponse(timeout=CLOSING, autoping=False, max_msg_size=0)
        await socket.prepare(request)
        if len(self.connections) >= MOST_CONNECTIONS:
            await self._turn_away(socket)
            return socket
        await self._converse(Connection(socket, request))
        return socket

    async def _turn_away(self, socket: web.WebSocketResponse) -> None:
        counts = {"num_connections": len(self.connections), "connection_info": {"app_id": self._app_id}}
        await socket.send_json({"type": "disconnect", "reason": "too_many_websockets"} | counts | _debug())
        await socket.close()

    async def _converse(self, connection: Connection) -> None:
        self.connections.append(connection)
        self.opened += 1
        try:
            await connection.say(self._hello())
            self._changed.set()
            async for frame in connection.socket:
                await self._heard(connection, frame.type, frame.data)
        finally:
            self.connections.remove(connection)
            connection.give_up_waiting()
            self._orphans.update(answer for _, answer in connection.waiting.values() if not answer.done())
            self._notice()

    def _hello(self) -> JSON:
        debug = {"host": "applink-slackd", "started": "2026-01-01 00:00:00.000", "build_number": 1}
        counts = {"num_connections": len(self.connections), "connection_info": {"app_id": self._app_id}}
        return {"type": "hello", **counts, "debug_info": debug | {"approximate_connection_time": CONNECTION_TIME}}

    async def _heard(self, connection: Connection, kind: WSMsgType, data: Any) -> None:
        if connection.silent:
            return
        if kind is WSMsgType.PING:
            with contextlib.suppress(ConnectionError):
                await connection.socket.pong(data)
        elif kind is WSMsgType.TEXT:
            self._acked(connection, json.loads(data))

    def _acked(self, connection: Connection, frame: JSON) -> None:
        _, answer = connection.waiting.get(frame.get("envelope_id", ""), (None, None))
        if answer is not None and not answer.done():
            answer.set_result(frame.get("payload"))

    # ---- the courier's transport

    async def send(self, envelope: Envelope) -> Ack:
        connection = self._next()
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        if connection is None:
            return await self._without_connection(envelope, answer)
        connection.waiting[envelope.envelope_id] = (envelope, answer)
        try:
            await connection.say(_frame(envelope))
            if connection.silent:
                connection.give_up_waiting()
            came = await self._clock.within(ACK_WITHIN, answer)
        finally:
            del connection.waiting[envelope.envelope_id]
            self._orphans.discard(answer)
        return self._read(came, answer)

    @staticmethod
    def _read(came: bool, answer: asyncio.Future[Any]) -> Ack:
        if not came:
            return Ack(error="timeout")
        return Ack(error=str(answer.exception())) if answer.exception() else Ack(answer.result())

    async def _without_connection(self, envelope: Envelope, answer: asyncio.Future[Any]) -> Ack:
        """Nobody is connected: whoever typed is told at once; an event too has failed, unless it is to be held."""
        if envelope.kind != "events_api" or not self.holding:
            return Ack(error="dispatch_failed")
        envelope.hopeless = True
        self._orphans.add(answer)
        try:
            came = await self._clock.within(ACK_WITHIN, answer)
        finally:
            self._orphans.discard(answer)
        return self._read(came, answer)

    def _next(self) -> Connection | None:
        if not self.connections:
            return None
        self._turn += 1
        return self.connections[self._turn % len(self.connections)]

    def _notice(self) -> None:
        self._changed.set()
        if self.courier:
            self.courier.noticed()

    # ---- on demand

    async def connected(self, count: int = 1, *, opened: int = 0) -> None:
        """Return once `count` sockets are open, and `opened` have been since the start."""
        while len(self.connections) < count or self.opened < opened:
            self._changed.clear()
            await self._changed.wait()

    async def disconnected(self) -> None:
        """Return once no socket is open."""
        while self.connections:
            self._changed.clear()
            await self._changed.wait()

    async def dropped(self, connections: Collection[Connection]) -> None:
        """Return once none of these sockets is open any more."""
        while any(connection in self.connections for connection in connections):
            self._changed.clear()
            await self._changed.wait()

    async def warn(self) -> None:
        """Tell every socket that it will be closed soon."""
        await self._disconnect_frame("warning")

    async def refresh(self) -> None:
        """Ask every socket to be replaced by a new one now."""
        await self._disconnect_frame("refresh_requested")

    async def disable(self) -> None:
        """Switch Socket Mode off as an administrator would: every socket is told and closed."""
        await self._disconnect_frame("link_disabled")
        await self.close()

    async def _disconnect_frame(self, reason: str) -> None:
        for connection in list(self.connections):
            await connection.say({"type": "disconnect", "reason": reason} | _debug())

    def cut(self, count: int | None = None) -> None:
        """Drop sockets without a word: the first `count`, or all."""
        for connection in self.connections[:count]:
            connection.cut()

    def silence(self, count: int | None = None) -> None:
        """Leave sockets open that say nothing any more and swallow what they are told: the first `count`, or all."""
        for connection in self.connections[:count]:
            connection.silent = True
            connection.give_up_waiting()
        self._notice()

    def despair(self) -> None:
        """Let the three seconds of every envelope that went down with its socket be over now."""
        for answer in list(self._orphans):
            answer.set_exception(ConnectionError(GONE))

    async def close(self) -> None:
        for connection in list(self.connections):
            with contextlib.suppress(ConnectionError):
                await connection.socket.close()
            connection.cut()


def _debug() -> JSON:
    return {"debug_info": {"host": "wss-slackd"}}


def _frame(envelope: Envelope) -> JSON:
    return dict(_frame_parts(envelope))


def _frame_parts(envelope: Envelope) -> Iterator[tuple[str, Any]]:
    yield "type", envelope.kind
    yield "envelope_id", envelope.envelope_id
    yield "accepts_response_payload", envelope.kind != "events_api"
    yield "payload", envelope.payload
    if envelope.kind == "events_api":
        yield "retry_attempt", envelope.attempt
        yield "retry_reason", envelope.reason and "timeout"
