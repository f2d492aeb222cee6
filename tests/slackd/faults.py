"""Trouble on demand: what Slack's API and its deliveries can do to a program, a counted number of times."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.slackd.records import JSON

ANY = "*"  # every API method
RESPONSE_URL = "response_url"  # not a method, but it can fail like one
UPLOAD = "upload"


@dataclass
class Fault:
    """One prepared trouble for calls of `method` (or any), in `channel` (or any), `times` times."""

    method: str
    times: int
    channel: str | None = None
    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    page: str = "text/html"
    seconds: float = 0.0
    cut: bool = False
    met: int = 0

    @property
    def answers_instead(self) -> bool:
        """The call does not take effect; `status` and `body` are the answer."""
        return self.body is not None

    def fits(self, method: str, channel: str | None) -> bool:
        named = self.method == method or (self.method == ANY and "." in method)
        return named and self.channel in (None, channel) and self.met < self.times


class Faults:
    """Prepare trouble here. API faults are used up in the order they were prepared; `offline` stops all delivery.

    Besides API methods, `RESPONSE_URL` and `UPLOAD` can be named.
    """

    def __init__(self) -> None:
        self.prepared: list[Fault] = []
        self.offline = False
        self._duplicates = 0
        self._hold = 0
        self._held: list[JSON] = []

    # ---- the Web API

    def rate_limit(
        self, method: str = ANY, *, retry_after: int = 1, times: int = 1, channel: str | None = None
    ) -> Fault:
        """429 with `Retry-After`."""
        refused = {"ok": False, "error": "ratelimited"}
        return self._add(Fault(method, times, channel, 429, refused, {"Retry-After": str(retry_after)}))

    def server_error(
        self,
        method: str = ANY,
        *,
        status: int = 503,
        times: int = 1,
        channel: str | None = None,
        page: str = "text/html",
    ) -> Fault:
        """A 5xx with an HTML page for a body, whatever it is called, before anything took effect."""
        return self._add(Fault(method, times, channel, status, "<html><body>Server Error</body></html>", page=page))

    def error(self, method: str, code: str, *, times: int = 1, channel: str | None = None, **extra: Any) -> Fault:
        """HTTP 200 with `{"ok": false, "error": code}`."""
        return self._add(Fault(method, times, channel, 200, {"ok": False, "error": code} | extra))

    def refuse(self, method: str, code: str, *, times: int = 1) -> Fault:
        """HTTP 400 with the code, as a response URL refuses a body."""
        return self._add(Fault(method, times, None, 400, {"ok": False, "error": code}))

    def slow(self, method: str, seconds: float, *, times: int = 1, channel: str | None = None) -> Fault:
        """The answer comes `seconds` of the virtual clock late; the call has taken effect at once."""
        return self._add(Fault(method, times, channel, seconds=seconds))

    def answer_lost(self, method: str, *, times: int = 1, channel: str | None = None) -> Fault:
        """The call takes effect and the connection is cut before the answer."""
        return self._add(Fault(method, times, channel, cut=True))

    def _add(self, fault: Fault) -> Fault:
        self.prepared.append(fault)
        return fault

    def next_for(self, method: str, channel: str | None) -> Fault | None:
        """The trouble this call meets; it counts as met."""
        found = next((fault for fault in self.prepared if fault.fits(method, channel)), None)
        if found:
            found.met += 1
        return found

    # ---- deliveries

    def duplicate_events(self, count: int = 1) -> None:
        """Deliver each of the next `count` events twice, with the same `event_id`."""
        self._duplicates += count

    def reorder_events(self, count: int = 2) -> None:
        """Hold the next `count` events and deliver them in reverse."""
        self._hold = count

    def deliveries(self, payload: JSON) -> list[JSON]:
        """What goes out now when `payload` should: nothing, it, it twice, or all that was held."""
        copies = [payload, payload] if self._duplicates else [payload]
        self._duplicates = max(0, self._duplicates - 1)
        if not self._hold:
            return copies
        self._held += copies
        self._hold -= 1
        return self.held() if not self._hold else []

    def held(self) -> list[JSON]:
        """Give out, in reverse, what is still held back."""
        out, self._held, self._hold = self._held[::-1], [], 0
        return out
