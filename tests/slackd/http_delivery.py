"""The same deliveries as signed HTTP requests, for an app with Request URLs instead of Socket Mode."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import aiohttp

from tests.slackd.clock import VirtualClock
from tests.slackd.courier import ACK_WITHIN, Ack, Envelope

_REASONS = {"timeout": "http_timeout", "dispatch_failed": "connection_failed"}


class HttpDelivery:
    """Posts every envelope to one Request URL.

    Signatures carry the real time by default, because Bolt's verifier compares with the machine's clock.
    """

    def __init__(
        self,
        url: str,
        signing_secret: str,
        clock: VirtualClock,
        session: aiohttp.ClientSession,
        signing_time: Callable[[], float] = time.time,
    ) -> None:
        self.url = url
        self._secret = signing_secret.encode()
        self._clock = clock
        self._session = session
        self._signing_time = signing_time

    async def verify(self) -> bool:
        """Ask the URL to prove itself with `url_verification`, as Slack does when it is entered."""
        challenge = "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"
        body = json.dumps({"type": "url_verification", "token": "deprecated", "challenge": challenge}).encode()
        ack = await self._post(body, "application/json", {})
        return not ack.error and isinstance(ack.body, dict) and ack.body.get("challenge") == challenge

    async def send(self, envelope: Envelope) -> Ack:
        kind = "application/json" if envelope.kind == "events_api" else "application/x-www-form-urlencoded"
        posting = asyncio.ensure_future(self._post(_body(envelope), kind, _retry_headers(envelope)))
        try:
            came = await self._clock.within(ACK_WITHIN, posting)
        finally:
            if not posting.done():
                posting.cancel()
        return posting.result() if came else Ack(error="timeout")

    async def _post(self, body: bytes, content_type: str, headers: dict[str, str]) -> Ack:
        headers = {"Content-Type": content_type} | self._signed(body) | headers
        try:
            async with self._session.post(self.url, data=body, headers=headers) as response:
                return _ack(response, await response.text())
        except aiohttp.ClientError:
            return Ack(error="dispatch_failed")

    def _signed(self, body: bytes) -> dict[str, str]:
        stamp = str(int(self._signing_time()))
        signature = hmac.new(self._secret, b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={signature}"}


def _body(envelope: Envelope) -> bytes:
    match envelope.kind:
        case "events_api":
            return json.dumps(envelope.payload).encode()
        case "slash_commands":
            return urlencode(envelope.payload).encode()
    return urlencode({"payload": json.dumps(envelope.payload)}).encode()


def _retry_headers(envelope: Envelope) -> dict[str, str]:
    if not envelope.attempt:
        return {}
    reason = _REASONS.get(envelope.reason, "http_error")
    return {"x-slack-retry-num": str(envelope.attempt), "x-slack-retry-reason": reason}


def _ack(response: aiohttp.ClientResponse, text: str) -> Ack:
    if response.status >= 300:
        stop = response.headers.get("x-slack-no-retry") == "1"
        return Ack("no-retry" if stop else None, error="http_error")
    body: Any = text or None
    if text and response.content_type == "application/json":
        body = json.loads(text)
    return Ack({"text": body} if isinstance(body, str) else body)
