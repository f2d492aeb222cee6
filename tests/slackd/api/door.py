"""`POST|GET /api/{method}`: who calls, what it may, what it gets, and the trouble prepared for it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.slackd.api import bookshelf  # noqa: F401 registers every method
from tests.slackd.api.call import METHODS, Call, Method, decode, need_scope
from tests.slackd.faults import Fault
from tests.slackd.records import JSON, SlackError

if TYPE_CHECKING:
    from tests.slackd.server import Slackd


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

    async def serve(self, request: web.Request) -> web.StreamResponse:
        name, sent = request.match_info["method"], await _sent(request)
        self._slackd.courier.activity += 1
        fault = self._slackd.faults.next_for(name, _channel_of(sent))
        if fault is not None and fault.answers_instead:
            return self._answer(name, sent, fault.status, fault.body, fault.headers)
        result = self._outcome(name, sent, _token(request, sent))
        if fault is not None:
            return await self._troubled(request, fault, name, sent, result)
        return self._answer(name, sent, 200, result)

    async def _troubled(
        self, request: web.Request, fault: Fault, name: str, sent: JSON, result: JSON
    ) -> web.StreamResponse:
        if fault.seconds:
            await self._slackd.clock.sleep(fault.seconds)
        if not fault.cut:
            return self._answer(name, sent, 200, result)
        self._record(name, sent, 0, result)
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

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
        self, name: str, sent: JSON, status: int, body: Any, headers: dict[str, str] | None = None
    ) -> web.StreamResponse:
        self._record(name, sent, status, body)
        scopes = {"x-oauth-scopes": ",".join(sorted(self._slackd.manifest.scopes))}
        if isinstance(body, str):
            return web.Response(status=status, text=body, content_type="text/html", headers=headers)
        return web.json_response(body, status=status, headers=scopes | (headers or {}))

    def _record(self, name: str, sent: JSON, status: int, result: Any) -> None:
        args = {key: value for key, value in sent.items() if key != "token"}
        self.calls.append(ApiCall(name, args, self._slackd.clock.now(), status, result))


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
