"""Message shortcuts and the global one: each opens a form, prefilled with what is known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from bot import commands as c
from bot.decision import Refused
from bot.facts import Evidence
from bot.wire import plain
from bot.words import Wire
from handlers import slash
from handlers.act import Message
from handlers.desk import Desk
from handlers.inbox import Heard
from handlers.messages import is_ours, transcribed
from handlers.people import incident_for, require_may_command, which_incident
from handlers.readable import author, readable
from handlers.slash import Typed
from templates.blocks import forms

Body = Mapping[str, Any]
TITLE_MOST: Final = 150


async def use(desk: Desk, heard: Heard, body: Body) -> Message | None:
    """Open the form of a shortcut.

    Raises:
        Refused: the person may not, or the channel has no incident.
    """
    typed = from_shortcut(body)
    require_may_command(desk, await desk.directory.person(typed.user, heard.at))
    return await open_for(desk, heard, body, typed)


def from_shortcut(body: Body) -> Typed:
    """Who used it and where; the global one has no channel."""
    channel = (body.get("channel") or {}).get("id", "")
    return Typed(Wire(""), body["user"]["id"], channel, "shortcut", body["trigger_id"])


async def open_for(desk: Desk, heard: Heard, body: Body, typed: Typed) -> Message | None:
    """Open the form; with `typed.incident` it is about that one, wherever the message stands.

    Raises:
        Refused: the channel has no incident and none was chosen, or nobody said the message.
    """
    match body["callback_id"]:
        case "declare_incident":
            return await slash.open_form(desk, heard, typed, c.OpenForm("declare"), None)
        case "declare_from_message":
            return await _declare_from(desk, heard, body, typed)
        case "add_to_timeline":
            return await _capture(desk, heard, body, typed)
        case "create_action_item":
            text = plain(readable(body["message"]), desk.directory.names)
            incident = await desk.store.incident(await _incident(desk, heard, typed))
            return await slash.open_form(desk, heard, typed, c.OpenForm("action", {"text": text}), incident)
        case _:
            raise Refused("This shortcut is not one of Scribe's.", "/incident help")


async def _incident(desk: Desk, heard: Heard, typed: Typed) -> int:
    incident = typed.incident or await incident_for(desk, typed.channel, typed.user)
    if incident is None:
        raise await which_incident(desk, typed.user, heard.key)
    return incident


async def _declare_from(desk: Desk, heard: Heard, body: Body, typed: Typed) -> Message | None:
    """The message gives the title, and becomes the first line; one that nobody said gives the title alone."""
    message = body["message"]
    given = {"title": plain(readable(message), desk.directory.names).splitlines()[0][:TITLE_MOST]}
    kept = None if is_ours(desk, message) else transcribed(typed.channel, message, heard.at)
    if kept is not None:
        await desk.store.remember(kept)
        given["message"] = f"{kept.channel} {kept.ts}"
    return await slash.open_form(desk, heard, typed, c.OpenForm("declare", given), None)


async def _capture(desk: Desk, heard: Heard, body: Body, typed: Typed) -> Message | None:
    message = body["message"]
    if is_ours(desk, message):
        raise Refused("Scribe's own messages are not captured.", "/incident event --at 14:02 db failover")
    kept = transcribed(typed.channel, message, heard.at)
    if kept is None:
        raise Refused("That is not something somebody said.", "/incident event --at 14:02 db failover")
    incident = await desk.store.incident(await _incident(desk, heard, typed))
    await desk.store.remember(kept)
    place = Evidence(typed.channel, kept.ts, kept.thread_ts)
    view = forms.capture_form(incident, place, author(message)[0], Wire(kept.text), desk.look)
    await slash.open_view(desk, heard, typed, view)
    return None
