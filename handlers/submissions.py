"""Submitted forms: decided while Slack waits for the ack, so that a mistake is shown under its own input."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from slack_bolt.async_app import AsyncAck

from bot import commands as c
from bot.decision import Overtaken, Refused
from bot.facts import Evidence
from bot.fields import FIELDS
from bot.words import UNSAID
from handlers import forms as read_forms
from handlers.act import Message, act, act_between
from handlers.audit import of_interaction, refused
from handlers.declaring import declare
from handlers.desk import Desk
from handlers.forms import FieldErrors
from handlers.inbox import Heard, Inbox
from handlers.lists import in_wire
from handlers.messages import seen
from handlers.people import incident_named, require_may_command, require_may_touch
from handlers.reactions import fetched
from handlers.submission import ids_of
from handlers.tell import to_user
from storage import UnknownIncident
from templates.blocks import forms

Body = Mapping[str, Any]


class Corrected(Exception):
    """The form stays open, with sentences under its inputs."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("the form needs corrections")
        self.errors = errors


class Following(Exception):
    """Another view takes the form's place."""

    def __init__(self, view: dict[str, Any]) -> None:
        super().__init__("another form follows")
        self.view = view


async def submit(desk: Desk, inbox: Inbox, heard: Heard, body: Body, ack: AsyncAck) -> None:
    """Do what the form asks and close it, or say in it what is wrong. A replay can no longer reach the form."""
    view = body["view"]

    async def work() -> Message | None:
        try:
            message = await _decide(desk, heard, body)
        except Refused as refused:
            if heard.replayed:
                raise
            if isinstance(refused, Overtaken):
                raise await _overtaken(desk, heard, body, refused.keys) from refused
            raise Corrected(read_forms.refusal(view, refused).errors) from refused
        await ack()
        return message

    async def answer() -> Message | None:
        try:
            return await work()
        except Corrected as wrong:
            refused()
            await desk.store.forget(heard.key)  # sent again unchanged, it may be right by then
            await ack(response_action="errors", errors=dict(wrong.errors))
        except Following as following:
            await ack(response_action="update", view=following.view)
        return None

    if heard.replayed:
        await ack()
    tell = to_user(desk, body, await _channel(desk, view))
    await inbox.attend(heard, answer, tell, asked=of_interaction(body))


async def _channel(desk: Desk, view: Mapping[str, Any]) -> str | None:
    """Where the answer is expected: in the incident's channel, or where the form to declare one was asked for."""
    incident = read_forms.incident_of(view)
    if incident is None:
        return ids_of(view).get("channel") or None
    with suppress(UnknownIncident):  # which is said to whoever sent the form
        return (await desk.store.incident(incident)).channel
    return None


async def _decide(desk: Desk, heard: Heard, body: Body) -> Message | None:
    user = body["user"]["id"]
    person = await desk.directory.person(user, heard.at)
    require_may_command(desk, person)
    view = body["view"]
    request = c.Request(heard.key, user, "form", heard.at, person.tz)
    asked = read_forms.read(view, request, desk.policy)
    if isinstance(asked, FieldErrors):
        if heard.replayed:
            raise Refused(" ".join(asked.errors.values()))
        raise Corrected(asked.errors)
    return await _do(desk, view, asked, request)


async def _do(desk: Desk, view: Mapping[str, Any], asked: object, request: c.Request) -> Message | None:
    if asked is None:
        return None
    if isinstance(asked, c.Declare):
        return await declare(desk, await _begun_by(desk, asked), request)
    incident = read_forms.incident_of(view)
    if incident is None:
        raise Refused("This form belongs to no incident.", "/incident list")
    await require_may_touch(desk, incident, request.by)
    match asked:
        case c.OpenForm():
            raise Following(forms.build(asked, await desk.store.incident(incident), desk.look, desk.policy))
        case c.MergeInto() | c.MoveLine():
            other = await incident_named(desk, asked.other, request.by)
            return await act_between(desk, incident, other, asked, request)
        case c.SetFields():
            asked = in_wire(view, asked, request, await desk.store.incident(incident), desk.look)
            return await act(desk, incident, asked, request)
        case c.Capture():
            return await act(desk, incident, await _with_message(desk, asked), request)
        case _:
            await desk.directory.meet(_named(asked), request.now)
            return await act(desk, incident, asked, request)  # type: ignore[arg-type]


async def _overtaken(desk: Desk, heard: Heard, body: Body, keys: tuple[str, ...]) -> Following:
    """Where others set the same field meanwhile, the form comes again with their words beside the person's own."""
    request = c.Request(heard.key, body["user"]["id"], "form", heard.at)
    mine = read_forms.entered(body["view"], request)
    state = await desk.store.incident(ids_of(body["view"])["incident"])
    return Following(forms.fields_form(state, FIELDS[keys[0]].section, desk.look, mine, keys))


def _named(asked: object) -> list[str]:
    return [who for name in ("user", "owner") if isinstance(who := getattr(asked, name, None), str)]


async def _with_message(desk: Desk, capture: c.Capture) -> c.Capture:
    message = await _message_at(desk, capture.message.place)
    if message is None:
        raise Refused("That message is not there any more.", "/incident timeline")
    return replace(capture, message=message, text=message.text if capture.text == UNSAID else capture.text)


async def _begun_by(desk: Desk, command: c.Declare) -> c.Declare:
    """With the message it was declared from; one that was deleted meanwhile is left out."""
    return replace(command, message=await _message_at(desk, command.message.place)) if command.message else command


async def _message_at(desk: Desk, place: Evidence) -> c.SeenMessage | None:
    """A form holds only a message's place; its words come from the transcript, or from Slack."""
    known = await desk.store.message(place.channel, place.ts) or await fetched(desk, place.channel, place.ts)
    if known is None or known.deleted:
        return None
    return seen(known, Evidence(place.channel, place.ts, known.thread_ts))
