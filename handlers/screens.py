"""Questions about what is known: gathered, shown to the asker alone, changing nothing."""

from __future__ import annotations

import re

from bot import commands as c
from bot.decision import Refused, say
from bot.incident import Incident
from bot.phrases.verbs import example
from handlers import across, catchup, reminding
from handlers.act import Message
from handlers.audit import concerning
from handlers.desk import Desk
from handlers.reports import people_in, report_of, require_family
from handlers.versions import comparison
from templates.blocks.brief import brief_message
from templates.blocks.lists import actions_message, help_message
from templates.blocks.replies import reply_message
from templates.blocks.report import report_summary
from templates.blocks.screens import milestones_message, missing_message
from templates.blocks.timeline import timeline_message, withdrawn_message
from templates.blocks.versions import comparison_message, versions_message


async def show(desk: Desk, asked: c.Show, incident: int | None, user: str) -> Message:
    """Answer one question.

    Raises:
        Refused: there is no such screen.
    """
    if asked.what == "help":
        return help_message(desk.policy.vocabulary)
    if asked.what in across.SCREENS:
        return await across.show(desk, asked, user)
    if incident is None:
        raise Refused(f"There is no screen called {asked.what}.", "/incident help")
    state = await desk.store.incident(incident)
    concerning(state.id, state.number)
    await desk.directory.meet(people_in(state), desk.clock.now())
    return await _of(desk, asked, state)


async def _of(desk: Desk, asked: c.Show, state: Incident) -> Message:
    page = asked.page or (int(asked.argument) if asked.argument.isdecimal() else None)
    match asked.what:
        case "timeline":
            return timeline_message(state, desk.look, page)
        case "withdrawn":
            return withdrawn_message(state, desk.look)
        case "milestones":
            return milestones_message(await report_of(desk, state), state)
        case "actions":
            return actions_message(state, desk.look, page or 1)
        case "reminders":
            return reminding.message_of(desk, state)
        case "brief":
            return brief_message(state, desk.look)
        case "missing":
            return missing_message(await report_of(desk, state), state)
        case "report":
            return report_summary(await report_of(desk, state, asked.argument or None), state, desk.look, live=True)
        case "versions":
            return versions_message(await report_of(desk, state, asked.argument or None), state)
        case "diff":
            return await _diff(desk, asked.argument, state)
        case _:
            raise Refused(f"There is no screen called {asked.what}.", "/incident help")


async def _diff(desk: Desk, argument: str, state: Incident) -> Message:
    """Two versions, or one and how things stand now, of the family named beside them."""
    numbers = re.findall(r"\d+\.\d+", argument)
    words = re.sub(r"\d+\.\d+|\.\.", " ", argument).lower().split()
    family = require_family(desk, words[0] if words else state.family).key
    if not 1 <= len(numbers) <= 2 or len(words) > 1:
        raise Refused("Say which two versions to compare, or one to compare with how it stands now.", example("diff"))
    before, after = numbers[0], numbers[1] if len(numbers) == 2 else ""
    return comparison_message(await comparison(desk, state, family, before, after), state, family, before, after)


async def archive(desk: Desk, incident: int, request: c.Request) -> Message:
    """Archive the channel: everything is read back first, because an archived channel puts the bot out."""
    state = await desk.store.incident(incident)
    if state.is_open or state.channel is None:
        raise Refused(f"{state.number} is {state.status}; resolve and close it first.", "/incident close")
    async with desk.store.visit(incident) as visit:
        await visit.put([catchup.archiving(state, state.channel, request)], desk.clock.now())
        answer = reply_message(say("The channel is read back once more and then archived."), desk.look)
        await visit.answer(request.key, answer)
    return answer
