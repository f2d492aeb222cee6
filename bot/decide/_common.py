"""What several rules need: keys, sources, masking, and the state after facts not yet recorded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from bot import facts as f
from bot.commands import Request, SeenMessage
from bot.decision import LogLine, Quote, Refused, Span, Text
from bot.evolve import evolve
from bot.facts import AnyFact, Evidence, Recorded, Source
from bot.incident import ActionItem, Entry, Incident, message_entry
from bot.masking import mask
from bot.policy import Policy
from bot.stamps import moment_of, stamp_of
from bot.words import OVER, Deed, Kind, Meaning, Milestone, Role, Wire


def whole_second(at: datetime) -> datetime:
    """PRODUCT 1.2: a message's time is its ts cut to whole seconds."""
    return at.replace(microsecond=0)


def source(request: Request, place: Evidence | None = None) -> Source:
    return Source(request.via, request.by, place, "" if place else request.key)


def log(request: Request, *text: Span, about: str = "") -> LogLine:
    """The line under the card that is the evidence of everything this request typed."""
    return LogLine(f"log:{request.key}", text, about)


def masked(text: Wire, policy: Policy) -> tuple[Wire, tuple[str, ...]]:
    result = mask(text, policy.customers)
    return result.text, result.found


def mask_warning(found: Iterable[str]) -> Text:
    """Tells the capturer what was masked; empty when nothing was."""
    kinds = sorted(set(found))
    return (f" Masked before it was kept: {', '.join(kinds)}.",) if kinds else ()


def after(incident: Incident, facts: Sequence[AnyFact], now: datetime) -> Incident:
    """The incident as it will be once these facts are recorded."""
    ahead = incident.copy()
    for fact in facts:
        evolve(ahead, Recorded(ahead.seq + 1, now, fact))
    return ahead


def entry_of(incident: Incident, entry: str) -> Entry:
    """The line somebody points at.

    Raises:
        Refused: there is no such line.
    """
    found = incident.entries.get(entry)
    if found is None or found.erased:
        raise Refused("That line is not on the timeline any more.", "/incident timeline")
    return found


def item_of(incident: Incident, action: str) -> ActionItem:
    """The action item somebody means; upper and lower case are one.

    Raises:
        Refused: there is none of that name.
    """
    names = {name.casefold(): name for name in incident.actions}
    name = names.get(action.casefold())
    if name is None:
        known = ", ".join(incident.actions) or "none yet"
        raise Refused(f"There is no action item {action} here; there are: {known}.", "/incident action done A1")
    return incident.actions[name]


def require_not_over(incident: Incident) -> None:
    """Raises Refused when the incident was cancelled or merged away."""
    if incident.status in OVER:
        what = f"merged into {incident.merged_into}" if incident.merged_into else "cancelled as a false alarm"
        raise Refused(f"{incident.number} was {what}, so this changes nothing here.", "/incident reopen")


def require_role(incident: Incident, policy: Policy, deed: Deed, request: Request) -> None:
    """Raises Refused where the team leaves this to roles that the asker holds none of."""
    roles = policy.roles_needed.get(deed, ())
    if roles and not any(incident.holder(role) == request.by for role in roles):
        words = [str(role).replace("_", " ") for role in roles]
        needed = " or the ".join(words)
        what = str(deed).replace("_", " ")
        raise Refused(f"Only the {needed} may {what} here.", f"/incident assign {words[0]} @maria")


def steward(incident: Incident) -> str:
    """Whom to ask quietly: the commander, else whoever declared it."""
    return incident.holder(Role.COMMANDER) or incident.declared_by


def meaning_word(meaning: Meaning) -> str:
    return str(meaning).replace("_", " ")


def captured(request: Request, entry: str, at: datetime, text: Wire, **more: object) -> f.Captured:
    """The fact that a line exists, keyed by the line itself so that no second capture makes a second one."""
    return f.Captured(
        key=f"entry:{entry}",
        at=at,
        source=source(request, more.get("evidence")),  # type: ignore[arg-type]
        entry=entry,
        text=text,
        **more,  # type: ignore[arg-type]
    )


def message_line(request: Request, message: SeenMessage, text: Wire) -> f.Captured:
    """A message as a line, at its own time; `text` is its wording after masking."""
    return captured(
        request,
        message_entry(message.place),
        moment_of(message.place.ts),
        text,
        author=message.author,
        files=message.files,
        evidence=message.place,
    )


def typed_mark(request: Request, entry: str, meaning: Meaning, place: Evidence | None = None) -> f.Marked:
    return f.Marked(
        key=f"mark:{entry}:{request.key}:{meaning}",
        at=request.now,
        source=source(request, place),
        entry=entry,
        name="typed",
        meaning=meaning,
        stamp=stamp_of(request.now),
    )


def quoted(text: Wire) -> Quote:
    return Quote(text)


def is_action_item(meaning: Meaning) -> bool:
    return meaning is Kind.ACTION_ITEM


def is_resolution(meaning: Meaning) -> bool:
    return meaning is Milestone.RESOLVED
