"""One press of a button: who pressed what, where, and what it refers to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot import commands as c
from bot.words import Wire
from handlers import slash
from handlers.desk import Desk
from handlers.inbox import Heard
from handlers.slash import Typed
from templates.blocks import actions as a

Body = Mapping[str, Any]


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

    @property
    def typed(self) -> Typed:
        channel = self.request.channel or ""
        return Typed(Wire(""), self.request.by, channel, "button", self.body["trigger_id"])


async def open_view(press: Press, view: dict[str, Any]) -> None:
    """Show a form to the person who pressed."""
    await slash.open_view(press.desk, press.heard, press.typed, view)
