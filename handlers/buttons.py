"""Everything that can be pressed in a message; most buttons are a typed command that needs no typing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from bot import commands as c
from bot.decision import Refused
from bot.incident import ActionItem, Entry, Incident
from bot.words import ActionStatus, DocumentStatus, Status, Wire
from handlers import forms as read_forms
from handlers import home, nudge_buttons, screens, shortcuts, slash
from handlers.act import Message, act
from handlers.desk import Desk
from handlers.homes import HOME
from handlers.inbox import Heard
from handlers.people import incident_named, require_may_command, require_may_touch
from handlers.pressing import Body, Press, open_view, understood
from handlers.reports import post_draft, require_family, sign_off
from handlers.slash import Typed
from handlers.tell import GONE
from templates.blocks import actions as a
from templates.blocks import forms
from templates.blocks.parts import message, picture


async def press(desk: Desk, heard: Heard, body: Body) -> Message | None:
    """Do what a button says.

    Raises:
        Refused: the person may not, or it makes no sense now.
    """
    user = body["user"]["id"]
    person = await desk.directory.person(user, heard.at)
    require_may_command(desk, person)
    pressed = body["actions"][0]
    action, value = a.named(pressed["action_id"]), _value(pressed)
    if action in (a.LINE_MENU, a.ITEM_MENU, a.VERSION_MENU) and value:
        action, incident, thing = understood(a.chosen, value)
        value = a.reference(incident, thing)
    if action in _PRESSED and action not in _OF_NO_INCIDENT and (about := _about(action, value)):
        await require_may_touch(desk, about, user)
    channel = (body.get("channel") or {}).get("id")
    request = c.Request(heard.key, user, "button", heard.at, person.tz, channel)
    doing = _PRESSED.get(action)
    answer = await doing(Press(desk, heard, body, request, action, value)) if doing else None
    return _in_its_place(answer) if answer and action in _SETTLED and _is_private(body) else answer


def _about(action: str, value: str) -> int:
    """The incident that a button is about; 0 for none."""
    return understood(a.chosen, value)[1] if action == a.NUDGE_SNOOZE else understood(a.referred, value)[0]


def _is_private(body: Body) -> bool:
    return bool((body.get("container") or {}).get("is_ephemeral"))


def _in_its_place(answer: Message) -> Message:
    return answer | {"replace_original": True}


def _value(pressed: Mapping[str, Any]) -> str:
    chosen = pressed.get("selected_option") or {}
    return str(pressed.get("value") or chosen.get("value") or "")


async def _form(p: Press, form: str, **given: str) -> Message | None:
    incident = await p.desk.store.incident(p.incident)
    return await slash.open_form(p.desk, p.heard, p.typed, c.OpenForm(form, given), incident)


def _opens(form: str) -> Callable[[Press], Awaitable[Message | None]]:
    return lambda p: _form(p, form)


def _shows(what: str) -> Callable[[Press], Awaitable[Message | None]]:
    return lambda p: screens.show(p.desk, c.Show(what), p.incident, p.request.by)


def _does(command: c.Command) -> Callable[[Press], Awaitable[Message | None]]:
    return lambda p: act(p.desk, p.incident, command, p.request)


def _on_line(command: Callable[[str], c.Command]) -> Callable[[Press], Awaitable[Message | None]]:
    return lambda p: act(p.desk, p.incident, command(p.thing), p.request)


def _item_to(status: ActionStatus) -> Callable[[Press], Awaitable[Message | None]]:
    return lambda p: act(p.desk, p.incident, c.ChangeAction(p.thing, status=status), p.request)


async def _fields_form(p: Press) -> Message | None:
    return await _form(p, "fields", section=p.thing)


async def _edit_line(p: Press) -> Message | None:
    incident = await p.desk.store.incident(p.incident)
    return await _open(p, forms.edit_form(incident, _line(incident, p.thing), p.desk.look))


async def _move_line(p: Press) -> Message | None:
    incident = await p.desk.store.incident(p.incident)
    return await _open(p, forms.move_form(incident, _line(incident, p.thing), p.desk.look))


def _line(incident: Incident, id: str) -> Entry:
    entry = incident.entries.get(id)
    if entry is None or entry.erased:
        raise Refused("That line is not on the timeline any more.", "/incident timeline")
    return entry


async def _item_form(p: Press, status: ActionStatus | None = None) -> Message | None:
    incident = await p.desk.store.incident(p.incident)
    return await _open(p, forms.item_form(incident, _item(incident, p.thing), p.desk.look, status))


def _item(incident: Incident, id: str) -> ActionItem:
    if id not in incident.actions:
        raise Refused("There is no such action item here.", "/incident actions")
    return incident.actions[id]


async def _item_decline(p: Press) -> Message | None:
    return await _item_form(p, ActionStatus.DECLINED)


async def _open(p: Press, view: dict[str, Any]) -> Message | None:
    await open_view(p, view)
    return None


async def _item_done(p: Press) -> Message | None:
    """How it was verified is asked first."""
    incident = await p.desk.store.incident(p.incident)
    return await _open(p, forms.done_form(incident, _item(incident, p.thing), p.desk.look))


async def _save_milestones(p: Press) -> Message | None:
    """The pickers of the quiet question are saved as they stand in its message."""
    view = {
        "callback_id": a.MILESTONE_TIMES,
        "state": p.body.get("state") or {"values": {}},
        "private_metadata": a.metadata(incident=p.incident),
    }
    command = read_forms.read(view, p.request, p.desk.policy)
    if isinstance(command, read_forms.FieldErrors):
        raise Refused(" ".join(command.errors.values()), "/incident mark detected 13:58")
    if not isinstance(command, c.MarkMilestones):
        raise Refused("Pick at least one time first.", "/incident mark detected 13:58")
    return await act(p.desk, p.incident, command, p.request)


async def _postmortem(p: Press) -> Message | None:
    return await post_draft(p.desk, p.incident, p.thing or None, p.request)


async def _sign_off(p: Press) -> Message | None:
    return await sign_off(p.desk, p.incident, p.thing, p.request)


async def _advance(p: Press) -> Message | None:
    family, status = p.words(2)
    advance = c.AdvanceReport(understood(DocumentStatus, status), require_family(p.desk, family).key)
    return await act(p.desk, p.incident, advance, p.request)


async def _versions(p: Press) -> Message | None:
    return await screens.show(p.desk, c.Show("versions", p.thing), p.incident, p.request.by)


async def _new_version(p: Press) -> Message | None:
    family, after = p.words(2)
    return await act(p.desk, p.incident, c.RenewReport(require_family(p.desk, family).key, after), p.request)


async def _version_file(p: Press) -> Message | None:
    family, number, form = p.words(3)
    return await act(p.desk, p.incident, c.SendVersion(number, form, family), p.request)


async def _compare(p: Press) -> Message | None:
    family, _, numbers = p.thing.partition(" ")
    return await screens.show(p.desk, c.Show("diff", f"{numbers} {family}"), p.incident, p.request.by)


async def _comparison_file(p: Press) -> Message | None:
    family, before, after = p.words(3)
    return await act(p.desk, p.incident, c.SendVersion(after, "txt", family, before), p.request)


async def _adopt(p: Press) -> Message | None:
    wanted = c.OpenForm("declare", {"here": p.value})
    typed = Typed(Wire("declare --here"), p.request.by, p.value, "button", p.body["trigger_id"])
    return await slash.open_form(p.desk, p.heard, typed, wanted, None)


async def _declare_form(p: Press) -> Message | None:
    return await slash.open_form(p.desk, p.heard, p.typed, c.OpenForm("declare"), None)


async def _choose_incident(p: Press) -> Message | None:
    """What was asked where there is no incident is done in the one chosen, as of when it was asked."""
    incident, envelope = understood(a.referred, p.value)
    kept = await p.desk.store.envelope(envelope)
    if kept is None:
        raise Refused("What you typed is not kept any more; please type it again.", "/incident list")
    state = await p.desk.store.incident(incident)
    await incident_named(p.desk, state.number, p.request.by)
    first = _first_asked(p.desk, kept.body)
    if first.user != p.request.by:
        raise Refused("Only the person who typed it can choose.", "/incident list")
    typed = replace(first, trigger=p.body["trigger_id"], incident=incident)
    heard = Heard(kept.key, kept.received_at)
    if first.via == "shortcut":
        return await shortcuts.open_for(p.desk, heard, kept.body, typed)
    return await slash.answer(p.desk, heard, typed)


def _first_asked(desk: Desk, body: Body) -> Typed:
    """The command, shortcut or mention in an envelope, as it was asked."""
    if "command" in body:
        return slash.from_command(body)
    if "callback_id" in body:
        return shortcuts.from_shortcut(body)
    return slash.from_mention(desk, body["event"])


async def _run(p: Press) -> Message | None:
    """A choice that completes a command, such as which of two 01:30s was meant."""
    typed = Typed(Wire(p.value), p.request.by, p.request.channel or "", "button", p.body["trigger_id"])
    return await slash.answer(p.desk, p.heard, typed)


async def _archive(p: Press) -> Message | None:
    return await screens.archive(p.desk, p.incident, p.request)


async def _page(p: Press) -> Message | None:
    """`<screen>:<page> <what was asked>`; a screen without pages is asked for by its name."""
    screen, _, rest = p.thing.partition(":")
    page, _, asked = rest.partition(" ")
    if screen == HOME:
        await home.put(p.desk, p.request.by, p.request.key, understood(int, page))
        return None
    shown = c.Show(screen, asked, understood(int, page) if page else None)
    return await screens.show(p.desk, shown, p.incident, p.request.by)


async def _picture(p: Press) -> Message | None:
    """A picture that Slack was not ready to show with its message."""
    file, _, words = p.value.partition(" ")
    return message(words, [picture(file, words)])


async def _dismiss(p: Press) -> Message | None:
    return dict(GONE) if _is_private(p.body) else None


_SETTLED: Final = frozenset({a.PAGE, a.SAVE_MILESTONES, a.CHOOSE_INCIDENT, a.RUN, a.ARCHIVE})
"""The answer takes the place of the private message pressed: the page turned, the question answered."""

_OF_NO_INCIDENT: Final = frozenset({a.DECLARE_FORM, a.ADOPT, a.CHOOSE_INCIDENT, a.RUN, a.DISMISS, a.PICTURE})
"""Their value is no reference; what they lead to is judged where it is done."""

_PRESSED: Final[Mapping[str, Callable[[Press], Awaitable[Message | None]]]] = {
    a.TIMELINE: _shows("timeline"),
    a.REPORT: _shows("report"),
    a.MISSING: _shows("missing"),
    a.MILESTONES: _shows("milestones"),
    a.ACTIONS: _shows("actions"),
    a.PAGE: _page,
    a.PICTURE: _picture,
    a.REMIND_ON: _does(c.Remind(True)),
    a.REMIND_OFF: _does(c.Remind(False)),
    a.REMIND_PAUSE: _does(c.Remind(False, timedelta(hours=1))),
    a.REMIND_SETTLE: _on_line(c.Settle),
    a.EVENT_FORM: _opens("event"),
    a.UPDATE_FORM: _opens("update"),
    a.SEVERITY_FORM: _opens("severity"),
    a.SET_MILESTONES: _opens("milestones"),
    a.ACTION_FORM: _opens("action"),
    a.FIELDS_FORM: _fields_form,
    a.DECLARE_FORM: _declare_form,
    a.ADOPT: _adopt,
    a.MITIGATE: _does(c.ChangeStatus(Status.MITIGATED)),
    a.RESOLVE: _does(c.ChangeStatus(Status.RESOLVED)),
    a.CLOSE: _does(c.ChangeStatus(Status.CLOSED)),
    a.REOPEN: _does(c.Reopen()),
    a.SAVE_MILESTONES: _save_milestones,
    a.POSTMORTEM: _postmortem,
    a.ADVANCE: _advance,
    a.SIGN_OFF: _sign_off,
    a.VERSIONS: _versions,
    a.NEW_VERSION: _new_version,
    a.VERSION_FILE: _version_file,
    a.COMPARE: _compare,
    a.COMPARISON_FILE: _comparison_file,
    a.EDIT_LINE: _edit_line,
    a.MOVE_LINE: _move_line,
    a.WITHDRAW_LINE: _on_line(c.Withdraw),
    a.REINSTATE_LINE: _on_line(c.Reinstate),
    a.ITEM_DONE: _item_done,
    a.ITEM_IN_PROGRESS: _item_to(ActionStatus.IN_PROGRESS),
    a.ITEM_BLOCKED: _item_to(ActionStatus.BLOCKED),
    a.ITEM_FORM: _item_form,
    a.ITEM_DECLINE: _item_decline,
    a.CHOOSE_INCIDENT: _choose_incident,
    a.RUN: _run,
    a.ARCHIVE: _archive,
    a.DISMISS: _dismiss,
    **nudge_buttons.PRESSED,
}
"""Buttons that only open a link are acknowledged and mean nothing more."""
