"""What is pressed in a reminder: each button asks for what the change needs, and a stale one says what stands now."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from bot import commands as c
from bot.decision import Refused, say
from bot.followups import DATED
from bot.nudging import Line
from handlers.act import Message, act
from handlers.followups import editing
from handlers.homes import HOME, publishing
from handlers.nudging import lines_of
from handlers.pressing import Press, open_view, understood
from templates.blocks import actions as a
from templates.blocks import forms
from templates.blocks.replies import reply_message
from templates.blocks.text import Look, plain
from templates.blocks.words import counted


async def press_item(press: Press, form: Callable[..., Any]) -> Message | None:
    """Ask for what the change needs; a thing that is not theirs to do any more is said to be so instead."""
    line = await _standing(press)
    if line.item is None:
        raise Refused("That is no action item.", "/incident actions")
    await open_view(press, form(line.incident, line.item, press.desk.look))
    return None


async def snooze(press: Press) -> Message | None:
    """Put off one thing, or everything that this person is reminded of."""
    days, incident, thing = understood(a.chosen, press.value)
    key = understood(_read, thing)[0]
    today = press.request.now.astimezone(ZoneInfo(press.request.zone)).date()
    until = understood(lambda days: today + timedelta(days=int(days)), days)
    if key == a.EVERYTHING:
        return await _snooze_everything(press, until)
    await _standing(replace(press, value=a.reference(incident, thing)))
    return await act(press.desk, incident, c.Snooze((key,), until), press.request)


async def _snooze_everything(press: Press, until: date) -> Message:
    """Incident by incident, each under a key of its own: what a crash leaves undone is done by the replay."""
    wanted: dict[int, list[str]] = defaultdict(list)
    for row in await press.desk.store.followups_of(press.request.by):
        if row.topic in DATED:
            wanted[row.incident].append(row.key)
    for id, keys in wanted.items():
        request = replace(press.request, key=f"{press.request.key}:{id}")
        with contextlib.suppress(Refused):  # done meanwhile
            await act(press.desk, id, c.Snooze(tuple(keys), until), request)
    many = counted(sum(map(len, wanted.values())), "thing")
    return reply_message(say(f"{many} put off: you will hear again on {until:%a %Y-%m-%d}."), press.desk.look)


async def held(press: Press) -> Message | None:
    await _standing(press)
    return await act(press.desk, press.incident, c.SetFields((("meeting_held", True, False),)), press.request)


async def settle(press: Press) -> Message | None:
    line = await _standing(press)
    return await act(press.desk, press.incident, c.Settle(line.nudge.key), press.request)


def _read(thing: str) -> tuple[str, str, str]:
    key, to, day = thing.rsplit(" ", 2)
    return key, to, day


async def _standing(press: Press) -> Line:
    """The line whose button was pressed.

    Raises:
        Refused: it is dealt with meanwhile; the message is brought to the present state.
    """
    key, to, day = understood(_read, press.thing)
    found = (each for each in await lines_of(press.desk, to, day) if each.nudge.incident == press.incident)
    line = next((each for each in found if each.nudge.key == key), None)
    if line is not None and line.stands:
        return line
    async with press.desk.store.visit(press.incident) as visit:
        again = publishing(to, press.request.key) if day == HOME else editing(to, day, press.request.now)
        await visit.put([again], press.request.now)
    raise Refused(f"Nothing was changed: {_present(line, press.desk.look)}", "/incident actions")


def _present(line: Line | None, look: Look) -> str:
    if line is None:
        return "that is not followed up any more."
    what = line.item.id if line.item else line.title
    return f"{what}: {plain(line.now, look).rstrip('.')}."


PRESSED: Final[Mapping[str, Callable[[Press], Awaitable[Message | None]]]] = {
    a.NUDGE_DONE: lambda p: press_item(p, forms.done_form),
    a.NUDGE_DUE: lambda p: press_item(p, forms.due_form),
    a.NUDGE_OWNER: lambda p: press_item(p, forms.owner_form),
    a.NUDGE_DECLINE: lambda p: press_item(p, forms.decline_form),
    a.NUDGE_SNOOZE: snooze,
    a.NUDGE_HELD: held,
    a.NUDGE_SETTLE: settle,
}
