"""Who asked for what, and what came of it, without a word of what was said.

What was done is told by the facts themselves, each with who and when. Kept besides is only what leaves no fact: what
was refused, and what somebody was shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Literal

from structlog.contextvars import bind_contextvars, bound_contextvars, unbind_contextvars

from bot.facts import Via
from bot.phrases.verbs import BY_WORD
from templates.blocks.actions import named


@dataclass(frozen=True, slots=True)
class Asked:
    """`what` is a verb, a button or a form, never what was typed after it."""

    who: str
    via: Via
    what: str
    channel: str


@dataclass(slots=True)
class Trace:
    """What came of one envelope so far."""

    incident: int | None = None
    recorded: int = 0
    refused: bool = False

    @property
    def outcome(self) -> Literal["refused", "shown"] | None:
        """None: facts tell it."""
        if self.refused:
            return "refused"
        return None if self.recorded else "shown"


_trace: ContextVar[Trace | None] = ContextVar("trace", default=None)


@contextmanager
def tracing(envelope: str) -> Iterator[Trace]:
    """Follow the work on one envelope; every log line within names it, and the incident once that is known."""
    trace = Trace()
    token = _trace.set(trace)
    with bound_contextvars(envelope=envelope):
        try:
            yield trace
        finally:
            unbind_contextvars("incident")
            _trace.reset(token)


def concerning(incident: int, number: str, recorded: int = 0) -> None:
    """The work under way is about this incident, and has recorded so many facts of it."""
    trace = _trace.get()
    if trace is not None:
        trace.incident = incident
        trace.recorded += recorded
        bind_contextvars(incident=number or incident)


def refused() -> None:
    """The work under way came to nothing: the asker was told why."""
    trace = _trace.get()
    if trace is not None:
        trace.refused = True


def of_line(user: str, via: Via, text: str, channel: str) -> Asked:
    """A typed line: of its words only the verb."""
    verb = BY_WORD.get((text.split() or ["help"])[0].lower())
    return Asked(user, via, verb.name if verb else "unknown", channel)


def of_interaction(body: Mapping[str, Any]) -> Asked:
    """A pressed button, a shortcut or a form that was sent."""
    channel = str((body.get("channel") or {}).get("id") or "")
    user = str(body["user"]["id"])
    if body["type"] == "view_submission":
        return Asked(user, "form", str(body["view"]["callback_id"]), channel)
    if body["type"] == "block_actions":
        return Asked(user, "button", named(str(body["actions"][0]["action_id"])), channel)
    return Asked(user, "shortcut", str(body["callback_id"]), channel)
