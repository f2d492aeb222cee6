"""What Scribe asks one person quietly, with the answer one click away."""

from __future__ import annotations

from collections.abc import Sequence

from bot.decision import Offer
from bot.incident import Incident
from bot.words import Milestone
from templates.blocks import actions as a
from templates.blocks.forms.inputs import moment
from templates.blocks.parts import Message, button, buttons, confirmation, message, section
from templates.blocks.text import data
from templates.blocks.words import label


def milestone_question(incident: Incident, wanted: Sequence[Milestone]) -> Message:
    """A picker for each missing milestone; what is left empty stays unknown."""
    names = ", ".join(label(milestone).lower() for milestone in wanted)
    ask = f"For the report: when was {incident.number} {names}? Leave out what nobody knows."
    ref = a.reference(incident.id)
    offers = (Offer("Save", a.SAVE_MILESTONES, ref, "primary"), Offer("Not now", a.DISMISS, ref))
    return message(ask, [section(ask), *(moment(m, label(m)) for m in wanted), *buttons(offers)])


def archive_message(incident: Incident) -> Message:
    """Archiving puts the bot out of the channel, so it is asked twice."""
    ask = f"{incident.number} is closed. Archive its channel? Everything in it is read back first."
    warning = "Scribe cannot read or post there afterwards; a person has to unarchive it."
    sure = confirmation("Archive this channel?", warning, "Archive")
    ref = a.reference(incident.id)
    elements = [button(Offer("Archive", a.ARCHIVE, ref, "danger"), confirm=sure), button(Offer("Keep", a.DISMISS, ref))]
    return message(ask, [section(ask), {"type": "actions", "elements": elements}])


def adoption_offer(channel: str, name: str) -> Message:
    """Offered where a channel looks like an incident's and nobody declared it; the value is the channel's id."""
    ask = (
        f"*#{data(name)}* looks like an incident channel. Shall Scribe keep its record? "
        "Earlier messages and reactions are read back."
    )
    offers = (Offer("Adopt it", a.ADOPT, channel, "primary"), Offer("No", a.DISMISS, channel))
    return message(ask, [section(ask), *buttons(offers)])
