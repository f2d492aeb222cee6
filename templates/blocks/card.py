"""The incident card: where things stand at one glance, in one message that is edited in place."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator

from bot.clocks import STANDARD, Clock, Measured, measure
from bot.decision import ChannelLink, Grade, Name, Offer, Quote, Text, Time
from bot.durations import duration
from bot.incident import Incident
from bot.milestones import Assertion, assumed, counting, missing
from bot.words import OVER, ActionStatus, Milestone, Role, Status
from templates.blocks import actions as a
from templates.blocks.fitting import shortened
from templates.blocks.parts import Block, Message, buttons, context, fields, header, message, section
from templates.blocks.text import Look, bare_words, canvas_link, data, moment, mrkdwn, plain
from templates.blocks.words import SEVERITY_MARKS, STATUS_MARKS, counted, label

NAME_MOST = 100
_UPDATE_MOST = 600
_NAMES_MOST = 300
_ENDED = (Status.RESOLVED, Status.CLOSED)


def card_message(incident: Incident, look: Look) -> Message:
    """The card as it should stand now; it reads no clock, so the same state gives the same card."""
    blocks = [
        header(headline(incident, look)),
        context(*_marks(incident)),
        fields(list(_people(incident, look))),
        *_moments(incident, look),
        *_latest_update(incident, look),
        context(_counts(incident), *papers(incident, look)),
        *buttons(_offers(incident)),
    ]
    return message(_fallback(incident, look), blocks)


def card_digest(incident: Incident, look: Look) -> str:
    """Changes when, and only when, the card would look different."""
    card = json.dumps(card_message(incident, look), sort_keys=True)
    return hashlib.sha256(card.encode()).hexdigest()[:16]


def headline(incident: Incident, look: Look) -> str:
    """Mark of the severity and title, without markup."""
    return f"{SEVERITY_MARKS[incident.severity]} {lasting_title(incident, look)}"


def papers(incident: Incident, look: Look) -> Iterator[str]:
    """Where the report is to be read."""
    if incident.canvas:
        yield f":page_facing_up: {canvas_link(incident.canvas, look)}"


def name(incident: Incident, look: Look) -> str:
    """What stands for the incident in a list of bookmarks or tabs; it does not change while the incident goes on."""
    return shortened(f"{incident.number} · {lasting_title(incident, look)}", NAME_MOST)


def lasting_title(incident: Incident, look: Look) -> str:
    """The title without what changes while the incident goes on."""
    drill = "DRILL: " if incident.drill else ""
    return f"{drill}{bare_words(incident.title, look) or incident.number}"


def _marks(incident: Incident) -> Iterator[str]:
    yield f"*{incident.number}*"
    if incident.drill:
        yield "🧪 Drill: nothing is really broken"
    if incident.private:
        yield "🔒 Private: only members of this channel see it"
    if incident.merged_into:
        yield f"Goes on in *{data(incident.merged_into)}*"
    if incident.absorbed:
        yield f"Also holds {data(', '.join(one.other for one in incident.absorbed), _NAMES_MOST)}"


def _people(incident: Incident, look: Look) -> Iterator[str]:
    yield f"*Status*\n{STATUS_MARKS[incident.status]} {label(incident.status)}"
    yield f"*Severity*\n{SEVERITY_MARKS[incident.severity]} {data(grade(incident, look))}"
    yield f"*Commander*\n{holder_name(incident, Role.COMMANDER, look) or '_nobody yet_'}"
    for role in (Role.TECHNICAL_LEAD, Role.COMMUNICATIONS, Role.SCRIBE):
        if holder := holder_name(incident, role, look):
            yield f"*{label(role)}*\n{holder}"
    for title, names in (("Services", incident.services), ("Regions", incident.regions)):
        if names:
            yield f"*{title}*\n{data(', '.join(names), _NAMES_MOST)}"


def grade(incident: Incident, look: Look) -> str:
    """The severity as its report family calls it."""
    return look.severity(incident.severity, incident.family)


def holder_name(incident: Incident, role: Role, look: Look) -> str:
    """Who holds the role, escaped; empty when nobody does."""
    user = incident.holder(role)
    return data(look.name(user)) if user else ""


def _moments(incident: Incident, look: Look) -> list[Block]:
    """Milestones on the left, the clocks they give on the right."""
    milestones = "\n".join(("*Milestones*", *milestone_lines(incident, look)))
    clocks = "\n".join(_clocks(incident))
    return [fields([milestones, clocks] if clocks else [milestones])]


def milestone_lines(incident: Incident, look: Look) -> Iterator[str]:
    """Each milestone with the moment that counts, and those that are needed and unknown."""
    unknown = missing(incident)
    for milestone in Milestone:
        counted_one = counting(incident, milestone)
        if counted_one is not None and counted_one.milestone is milestone:
            yield f"{label(milestone)}: {_time(counted_one, look)}"
        elif milestone in unknown:
            yield f"{label(milestone)}: {_unknown(incident, milestone)}"


def _time(assertion: Assertion, look: Look) -> str:
    return mrkdwn((Time(assertion.at, assertion.approximate),), look)


def _unknown(incident: Incident, milestone: Milestone) -> str:
    guess = assumed(incident, milestone)
    return f"_unknown; assumed_ {moment(guess.at)}" if guess else "_unknown_"


def _clocks(incident: Incident) -> Iterator[str]:
    """While it goes on only what is measured already; afterwards also what is unknown, and why."""
    clocks = [measure(incident, definition) for definition in STANDARD]
    shown = clocks if incident.status in _ENDED else [c for c in clocks if c.state != "unknown"]
    if shown:
        yield "*Clocks*"
    for clock in shown:
        yield f"{clock.definition.label}: {clock_value(clock)}"


def clock_value(clock: Clock) -> str:
    """A duration, or why there is none: zero and unknown look different."""
    if isinstance(clock, Measured):
        return ("about " if clock.approximate else "") + f"*{duration(clock.elapsed)}*"
    return f"_{clock.state}: {clock.why}_"


def _latest_update(incident: Incident, look: Look) -> list[Block]:
    newest = incident.latest_update()
    if newest is None:
        return []
    head = mrkdwn(("*Last update* ", Time(newest.at, newest.approximate), " by ", Name(newest.author)), look)
    return [section(f"{head}\n{mrkdwn((Quote(newest.text),), look, _UPDATE_MOST)}")]


def _counts(incident: Incident) -> str:
    items = incident.action_items()
    done = sum(item.status is ActionStatus.DONE for item in items)
    parts = [counted(incident.standing, "timeline line")]
    if items:
        parts.append(counted(len(items), "action item") + (f" ({done} done)" if done else ""))
    if unknown := missing(incident):
        parts.append(counted(len(unknown), "milestone") + " still unknown")
    return " · ".join(parts)


def _offers(incident: Incident) -> tuple[Offer, ...]:
    ref = a.reference(incident.id)
    look_at = (Offer("Timeline", a.TIMELINE, ref), Offer("Report", a.REPORT, ref))
    if incident.status in OVER:
        return look_at
    if incident.is_open:
        speak = (Offer("Add event", a.EVENT_FORM, ref), Offer("Update", a.UPDATE_FORM, ref))
        return (look_at[0], *speak, _next_step(incident, ref), look_at[1])
    close = (Offer("Close", a.CLOSE, ref),) if incident.status is Status.RESOLVED else ()
    return (look_at[0], Offer("Add event", a.EVENT_FORM, ref), look_at[1], *close, Offer("Re-open", a.REOPEN, ref))


def _next_step(incident: Incident, ref: str) -> Offer:
    """One step ahead: mitigated first, then resolved. Whoever is faster types `/incident resolve`."""
    if incident.status is Status.MITIGATED:
        return Offer("Resolve", a.RESOLVE, ref, "primary")
    return Offer("Mitigated", a.MITIGATE, ref, "primary")


def _fallback(incident: Incident, look: Look) -> str:
    where: Text = (" in ", ChannelLink(incident.channel)) if incident.channel else ()
    state = (" (", Grade(incident.severity, incident.family), f", {label(incident.status).lower()})")
    return mrkdwn((f"{incident.number} ", Quote(incident.title), *state, *where), look)


def topic(incident: Incident, look: Look) -> str:
    """The channel's topic, plain and at most 250 characters (conversations.setTopic)."""
    commander = incident.holder(Role.COMMANDER)
    lead: Text = (" · commander ", Name(commander)) if commander else ()
    head = f"{'DRILL · ' if incident.drill else ''}{grade(incident, look)} · {incident.number} · "
    return plain((head, Quote(incident.title), *lead), look, 250)
