"""One press of a button: who pressed what, where, and what it refers to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from bot import commands as c
from bot.decision import Refused
from bot.words import Wire
from handlers import slash
from handlers.desk import Desk
from handlers.inbox import Heard
from handlers.slash import Typed
from templates.blocks import actions as a

Body = Mapping[str, Any]
Read = TypeVar("Read")


def understood(read: Callable[[str], Read], value: str) -> Read:
    """A button's value, or a part of it, as what it stands for.

    Raises:
        Refused: it stands for nothing, because another version of Scribe made the button.
    """
    try:
        return read(value)
    except (ValueError, OverflowError):
        too_old = "This button is too old to be understood; please ask for it again."
        raise Refused(too_old, "/incident help") from None


@dataclass(frozen=True, slots=True)
class Press:
    """One press: who, on what, in which channel, with what it refers to."""

    desk: Desk
    heard: Heard
    body: Body
    request: c.Request
    action: str
    value: str

    @property
    def incident(self) -> int:
        return a.referred(self.value)[0]

    @property
    def thing(self) -> str:
        return a.referred(self.value)[1]

    def words(self, count: int) -> list[str]:
        """The thing in its parts. Raises Refused where they are another number."""
        return understood(partial(_in_parts, count), self.thing)

    @property
    def typed(self) -> Typed:
        channel = self.request.channel or ""
        return Typed(Wire(""), self.request.by, channel, "button", self.body["trigger_id"])


def _in_parts(count: int, thing: str) -> list[str]:
    parts = thing.split(" ")
    if len(parts) != count:
        raise ValueError("another number of parts")
    return parts


async def open_view(press: Press, view: dict[str, Any]) -> None:
    """Show a form to the person who pressed."""
    await slash.open_view(press.desk, press.heard, press.typed, view)
