"""Where things stand, for one person who comes in now: short enough to read before the first call."""

from __future__ import annotations

from collections.abc import Iterator

from bot.decision import Offer, Quote
from bot.incident import Incident
from bot.milestones import missing
from bot.words import ActionStatus, Kind, Role
from templates.blocks import actions as a
from templates.blocks.card import grade, headline, holder_name, milestone_lines
from templates.blocks.parts import Message, buttons, context, header, message, section
from templates.blocks.text import Look, data, mrkdwn, one_line
from templates.blocks.timeline import last_lines
from templates.blocks.words import counted, label

_LINES, _LINE_MOST = 5, 200
_GUESSES, _GUESS_MOST = 3, 200
_FINISHED = (ActionStatus.DONE, ActionStatus.DECLINED)


def brief_message(incident: Incident, look: Look) -> Message:
    """What happened, who does what, what is known of the milestones, the newest lines, and what is open."""
    state = f"*{incident.number}* · {data(grade(incident, look))} · {label(incident.status)}"
    ref = a.reference(incident.id)
    blocks = [
        header(headline(incident, look)),
        context(state, *(["🧪 Drill"] if incident.drill else [])),
        section("\n".join(_roles(incident, look))),
        section("\n".join(("*Milestones*", *milestone_lines(incident, look)))),
    ]
    if newest := last_lines(incident, look, _LINES, _LINE_MOST):
        blocks.append(section(f"*Newest lines*\n{newest}"))
    if questions := list(_open(incident, look)):
        blocks.append(section("\n".join(("*Open*", *questions))))
    blocks += buttons((Offer("Timeline", a.TIMELINE, ref), Offer("Report", a.REPORT, ref), *_turns(incident, ref)))
    return message(f"{state}: {mrkdwn((Quote(incident.title),), look)}", blocks)


def _turns(incident: Incident, ref: str) -> tuple[Offer, ...]:
    """What a new commander does first."""
    if not incident.is_open:
        return ()
    return (Offer("Post an update", a.UPDATE_FORM, ref), Offer("Change severity", a.SEVERITY_FORM, ref))


def _roles(incident: Incident, look: Look) -> Iterator[str]:
    for role in Role:
        holder = holder_name(incident, role, look)
        if holder or role is Role.COMMANDER:
            yield f"*{label(role)}:* {holder or '_nobody yet_'}"
    if incident.services:
        yield f"*Services:* {data(', '.join(incident.services), _GUESS_MOST)}"


def _open(incident: Incident, look: Look) -> Iterator[str]:
    """What is not settled: hypotheses on the table, milestones nobody stated, action items not done."""
    guesses = [e for e in incident.timeline() if incident.kind(e.id) is Kind.HYPOTHESIS]
    for entry in guesses[-_GUESSES:]:
        yield f"• Hypothesis: {mrkdwn((Quote(one_line(entry.text)),), look, _GUESS_MOST)}"
    if unknown := missing(incident):
        yield f"• Unknown milestones: {', '.join(label(m).lower() for m in unknown)}"
    todo = sum(item.status not in _FINISHED for item in incident.action_items())
    if todo:
        yield f"• {counted(todo, 'action item')} to do"
