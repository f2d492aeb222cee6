"""`POST|GET /api/{method}`: who calls, what it may, what it gets, and the trouble prepared for it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.slackd.api import bookshelf  # noqa: F401 registers every method
from tests.slackd.api.call import METHODS, Call, Method, decode, need_scope
from tests.slackd.faults import Fault
from tests.slackd.records import JSON, SlackError

if TYPE_CHECKING:
    from tests.slackd.server import Slackd


LOST = 599  # stands for the answer of a connection that was cut


@dataclass(frozen=True)
class ApiCall:
    """One recorded call: what was sent, and what came back (`status` 0: the answer was lost)."""

    method: str
    args: JSON
    at: float
    status: int
    result: Any

    @property
    def ok(self) -> bool:
        return isinstance(self.result, dict) and bool(self.result.get("ok"))


class Door:
    """Answers API calls and records each."""

    def __init__(self, slackd: Slackd) -> None:
        self._slackd = slackd
        self.calls: list[ApiCall] = []
        self.revoked = False
        self.waiting = 0  # answers that a fault holds back until the clock moves

    async def serve(self, request: web.Request) -> web.StreamResponse:
        name, sent = request.match_info["method"], await _sent(request)
        token = _token(request, sent)

        async def take_effect() -> web.Response:
            return self._answer(self._outcome(name, sent, token))

        response = await self.trouble(request, name, _channel_of(sent), take_effect)
        args = {key: value for key, value in sent.items() if key != "token"}
        self.calls.append(ApiCall(name, args, self._slackd.clock.now(), *_came_back(response)))
        return response

    async def trouble(
        self, request: web.Request, name: str, channel: str | None, take_effect: Callable[[], Awaitable[web.Response]]
    ) -> web.StreamResponse:
        """Let a call take effect and be answered, with the fault that was prepared for it, if any."""
        self._slackd.courier.activity += 1
        fault = self._slackd.faults.next_for(name, channel)
        if fault is None and name == "chat.postMessage" and self._slackd.posting_rate.exceeded(channel or ""):
            return self._answer({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": "1"})
        if fault is None:
            return await take_effect()
        if fault.answers_instead:
            return self._answer(fault.body, fault.status, fault.headers, fault.page)
        response = await take_effect()
        await self._delay(fault)
        return _cut(request) if fault.cut else response

    async def _delay(self, fault: Fault) -> None:
        if not fault.seconds:
            return
        self.waiting += 1
        try:
            await self._slackd.clock.sleep(fault.seconds)
        finally:
            self.waiting -= 1

    def _outcome(self, name: str, sent: JSON, token: str) -> JSON:
        try:
            spec = METHODS.get(name)
            if spec is None:
                raise SlackError("unknown_method", req_method=name)
            self._check_token(spec, token)
            need_scope(self._slackd.manifest.scopes, spec.scopes)
            return {"ok": True} | spec.handler(Call(self._slackd, decode(spec, sent)))
        except SlackError as refused:
            return {"ok": False, "error": refused.code} | refused.extra

    def _check_token(self, spec: Method, token: str) -> None:
        if not token:
            raise SlackError("not_authed")
        if token not in (self._slackd.bot_token, self._slackd.app_token):
            raise SlackError("invalid_auth")
        if self.revoked:
            raise SlackError("token_revoked")
        if (token == self._slackd.app_token) != (spec.by == "app"):
            raise SlackError("not_allowed_token_type")

    def _answer(
        self, body: Any, status: int = 200, headers: dict[str, str] | None = None, page: str = "text/html"
    ) -> web.Response:
        scopes = {"x-oauth-scopes": ",".join(sorted(self._slackd.manifest.scopes))} | (headers or {})
        if isinstance(body, str):
            return web.Response(status=status, text=body, content_type=page, headers=headers)
        return web.json_response(body, status=status, headers=scopes)


def _cut(request: web.Request) -> web.Response:
    """Drop the connection: whoever asked never reads this answer."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=LOST)


def _came_back(response: web.StreamResponse) -> tuple[int, Any]:
    text = response.text if isinstance(response, web.Response) else None
    if response.status == LOST:
        return 0, None
    return response.status, json.loads(text) if text and response.content_type == "application/json" else text


async def _sent(request: web.Request) -> JSON:
    """Arguments from the query and from a JSON or form body, undecoded."""
    sent: JSON = dict(request.query)
    if request.method == "POST" and request.can_read_body:
        if request.content_type == "application/json":
            body = json.loads(await request.text() or "{}")
            sent |= body if isinstance(body, dict) else {}
        else:
            sent |= {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
    return sent


def _token(request: web.Request, sent: JSON) -> str:
    bearer = request.headers.get("Authorization", "")
    return bearer.removeprefix("Bearer ").strip() or str(sent.get("token", ""))


def _channel_of(sent: JSON) -> str | None:
    return sent.get("channel") or sent.get("channel_id")
