"""Lines that people type, after `/incident` or after the bot's name: understood, and done."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from slack_sdk.errors import SlackApiError

from bot import commands as c
from bot.decision import Refused
from bot.facts import Via
from bot.incident import Incident
from bot.phrases import parse
from bot.words import Wire
from handlers import across, catchup, screens
from handlers.act import Message, act, act_between
from handlers.declaring import declare
from handlers.desk import Desk
from handlers.inbox import Heard
from handlers.people import incident_for, incident_named, require_may_command, which_incident
from handlers.reports import post_draft, require_family, sign_off, signing
from handlers.slack_errors import code_of
from templates.blocks import forms

ANYWHERE = frozenset({"help", *across.SCREENS})
"""Questions that need no incident."""


_OF_A_FAMILY = c.Declare | c.Describe | c.Draft | c.AdvanceReport | c.SendVersion


@dataclass(frozen=True, slots=True)
class Typed:
    """A line, who typed it and where; `trigger` can open a form while it is fresh."""

    text: Wire
    user: str
    channel: str
    via: Via = "command"
    trigger: str = ""
    incident: int | None = None  # chosen by a button, where the channel has none


async def answer(desk: Desk, heard: Heard, typed: Typed) -> Message | None:
    """Do what the line asks and say so.

    Raises:
        Refused: it could not be understood or makes no sense now.
    """
    person = await desk.directory.person(typed.user, heard.at)
    require_may_command(desk, person)
    request = c.Request(heard.key, typed.user, typed.via, heard.at, person.tz, typed.channel)
    understood = parse(typed.text, request, desk.policy)
    if isinstance(understood, _OF_A_FAMILY) and understood.family is not None:
        require_family(desk, understood.family)
    if isinstance(understood, c.Declare):
        return await declare(desk, _here(understood, typed), request)
    if isinstance(understood, c.OpenForm) and understood.form == "declare":
        return await open_form(desk, heard, typed, understood, None)
    if isinstance(understood, c.Show) and understood.what in ANYWHERE:
        return await screens.show(desk, understood, None, typed.user)
    incident = typed.incident or await incident_for(desk, typed.channel, typed.user)
    if incident is None:
        raise await which_incident(desk, typed.user, heard.key)
    return await _in_incident(desk, heard, typed, understood, incident, request)


def _here(command: c.Declare, typed: Typed) -> c.Declare:
    return replace(command, here=typed.channel) if command.here is not None else command


async def _in_incident(
    desk: Desk, heard: Heard, typed: Typed, understood: c.Understood, incident: int, request: c.Request
) -> Message | None:
    match understood:
        case c.OpenForm():
            return await open_form(desk, heard, typed, understood, await desk.store.incident(incident))
        case c.Show(what="archive"):
            return await screens.archive(desk, incident, request)
        case c.Show(what="catchup"):
            return await catchup.asked(desk, incident, request)
        case c.Show():
            return await screens.show(desk, understood, incident, typed.user)
        case c.Sign():
            key, part = signing(desk, understood.words)
            return await sign_off(desk, incident, key, request, part)
        case c.Draft():
            return await post_draft(desk, incident, understood.family, request)
        case c.MergeInto() | c.MoveLine():
            other = await incident_named(desk, understood.other, typed.user)
            return await act_between(desk, incident, other, understood, request)
        case _:
            await desk.directory.meet(_people(understood), heard.at)
            return await act(desk, incident, understood, request)


def _people(command: object) -> list[str]:
    """Ids that the answer will name."""
    named = [getattr(command, name, None) for name in ("user", "owner", "commander")]
    authors = [line.author for line in getattr(command, "lines", ())]
    return [who for who in (*named, *authors) if isinstance(who, str)]


async def open_form(
    desk: Desk, heard: Heard, typed: Typed, wanted: c.OpenForm, incident: Incident | None
) -> Message | None:
    """Open a form; what was typed is in it."""
    view = forms.build(wanted, incident, desk.look, desk.policy, typed.channel)
    await open_view(desk, heard, typed, view)
    return None


async def open_view(desk: Desk, heard: Heard, typed: Typed, view: dict[str, Any]) -> None:
    """Open a view while the trigger is fresh: 3 seconds, once.

    Raises:
        Refused: it is too late for that; what was typed is shown again.
    """
    late = Refused("The form could not be opened any more; please ask for it again.", "/incident help")
    if heard.replayed or not typed.trigger:
        raise late
    try:
        await desk.courier.views_open(trigger_id=typed.trigger, view=view)
    except SlackApiError as error:
        if "trigger" in code_of(error):
            raise late from error
        raise


def from_command(body: Mapping[str, Any]) -> Typed:
    return Typed(Wire(body.get("text") or ""), body["user_id"], body["channel_id"], "command", body["trigger_id"])


def from_mention(desk: Desk, event: Mapping[str, Any]) -> Typed:
    """`@Scribe event …` works wherever the bot is, also in threads, where slash commands do not exist."""
    text = re.sub(rf"^.*?<@{desk.me.user_id}(\|[^>]*)?>[\s:,]*", "", event.get("text") or "", count=1, flags=re.DOTALL)
    return Typed(Wire(text), event["user"], event["channel"], "message")
