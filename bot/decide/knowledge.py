"""What only people know, and the action items: set in one line or in a form."""

from __future__ import annotations

from datetime import UTC

from bot import commands as c
from bot import facts as f
from bot.decide._common import item_of, log, source
from bot.decision import Decision, Name, Overtaken, Quote, Refused, ShowCard, Span, say
from bot.facts import AnyFact, Value
from bot.field import Field
from bot.fields import FIELDS
from bot.incident import Incident, items_of, typed_entry
from bot.merged import merged
from bot.policy import Policy
from bot.reporting.shown import about, number, percent
from bot.wire import one_line
from bot.words import ActionStatus, Wire
from bot.zones import named


def set_fields(incident: Incident, command: c.SetFields, request: c.Request, policy: Policy) -> Decision:
    """Keep values of fields; a list field grows by what is appended, every other field takes the newest value."""
    if not command.values:
        raise Refused("Nothing was set.", "/incident set users_affected 5000")
    _check_overtaken(incident, command)
    facts: list[AnyFact] = []
    told: list[Span] = []
    for n, (key, given, approximate) in enumerate(command.values):
        value = _with_others(incident, key, given, command)
        if isinstance(value, tuple) and value == items_of(incident, key):
            continue
        facts.append(
            f.FieldSet(
                key=f"{request.key}:{n}:{key}",
                at=request.now,
                source=source(request),
                field=key,
                value=value,
                approximate=approximate,
                appended=command.append,
            )
        )
        told += [*(("; ",) if told else ()), *_telling(key, value, approximate, command.append)]
    if not facts:
        return Decision(reply=say("That is what it says already."))
    line = log(request, Name(request.by), " set ", *told)
    return Decision(tuple(facts), (line, ShowCard()), say("Set ", *told, "."))


def _with_others(incident: Incident, key: str, given: Value | None, command: c.SetFields) -> Value | None:
    """A list edited in a form, with the lines that others added, worded anew or took away meanwhile."""
    base = dict(command.bases).get(key)
    if base is None:
        return given
    return merged(base, given if isinstance(given, tuple) else (), items_of(incident, key)) or None


def _check_overtaken(incident: Incident, command: c.SetFields) -> None:
    """Raises Overtaken where somebody set a field after the form had read it; the same value is no conflict."""
    if command.seen is None:
        return
    single = [(key, value) for key, value, _ in command.values if key not in dict(command.bases)]
    newer = [(key, value) for key, value in single if incident.worded.get(key, 0) > command.seen]
    keys = tuple(key for key, value in newer if _standing(incident, key) != value)
    if keys:
        labels = ", ".join(f"“{FIELDS[key].label}”" for key in keys)
        raise Overtaken(f"Somebody else changed {labels} while you were writing; nothing was set.", keys)


def _standing(incident: Incident, key: str) -> Value | None:
    said = incident.value(key)
    return said.value if said else None


def _telling(key: str, value: Value | None, approximate: bool, appended: bool) -> tuple[Span, ...]:
    name = f"“{FIELDS[key].label}”"
    if value is None:
        return (name, " to unknown")
    shown = about(_shown(FIELDS[key], value), approximate)
    return (Quote(Wire(shown)), f" as one of {name}") if appended else (name, " to ", Quote(Wire(shown)))


def _shown(field: Field, value: Value) -> str:
    if isinstance(value, tuple):
        return ", ".join(value)
    if isinstance(value, str | bool):
        return str(value)
    return percent(value) if field.type == "percentage" else number(value)


def add_action(incident: Incident, command: c.AddAction, request: c.Request, policy: Policy) -> Decision:
    """Keep an action item. One due date already past is kept too, and said back."""
    if not command.text.strip():
        raise Refused("An action item needs words.", "/incident action add Add alert on replica lag @maria due friday")
    number = f"A{len(incident.actions) + 1}"
    entry = typed_entry(request.key, 0) if request.via == "message" else None
    fact = f.ActionAdded(
        key=f"{request.key}:action",
        at=request.now,
        source=source(request),
        action=number,
        text=command.text,
        owner=command.owner,
        due=command.due,
        priority=command.priority,
        type=command.type,
        ticket=command.ticket,
        verification=command.verification,
        entry=entry,
    )
    told = (
        f"{number} ",
        Quote(command.text),
        *_owner(command.owner),
        *_due(command, request),
        *_alike(incident, command),
    )
    line = log(request, Name(request.by), " added action item ", *told, about=entry or "")
    return Decision((fact,), (line, ShowCard()), say("Added ", *told, ".", *_also(command)))


def _also(command: c.AddAction) -> tuple[Span, ...]:
    """Several were named as its owner: whoever added it learns who of them will be reminded."""
    if not command.owner or not command.also:
        return ()
    others = [span for other in command.also for span in (", ", Name(other))][1:]
    verb = "stands" if len(command.also) == 1 else "stand"
    return (" An item has one owner: I remind ", Name(command.owner), "; ", *others, f" {verb} in its words.")


def _owner(owner: str | None) -> tuple[Span, ...]:
    return (", owned by ", Name(owner)) if owner else (", nobody owns it yet",)


def _alike(incident: Incident, command: c.AddAction) -> tuple[Span, ...]:
    """Two people may have thought of the same thing; both are kept, and whoever adds the second is told."""
    words = one_line(command.text).casefold()
    known = next((item for item in incident.action_items() if one_line(item.text).casefold() == words), None)
    return (f"; {known.id} says the same and is {str(known.status).replace('_', ' ')}",) if known else ()


def _state(command: c.ChangeAction, request: c.Request) -> tuple[Span, ...]:
    """What is new of it; a date is said back, as readers differ on what a weekday means."""
    state = f" is {str(command.status).replace('_', ' ')}" if command.status else " changed"
    owner = (", owned by ", Name(command.owner)) if command.owner else ()
    return (state, *owner, *_due(command, request))


def _due(command: c.AddAction | c.ChangeAction, request: c.Request) -> tuple[Span, ...]:
    if command.due is None:
        assumed = command.assumed if isinstance(command, c.AddAction) else None
        return (f", due {assumed:%a %Y-%m-%d} (assumed, as none was given)",) if assumed else ()
    past = " (already past)" if command.due < request.now.astimezone(named(request.zone) or UTC).date() else ""
    return (f", due {command.due:%a %Y-%m-%d}{past}",)


def change_action(incident: Incident, command: c.ChangeAction, request: c.Request, policy: Policy) -> Decision:
    """Change one part of an action item, or its status; declining needs the reason."""
    item = item_of(incident, command.action)
    if command.status is ActionStatus.DECLINED and not command.reason.strip():
        raise Refused("Declining needs a reason.", f"/incident action decline {item.id} superseded by the new cluster")
    if command == c.ChangeAction(command.action, status=item.status):
        raise Refused(f"{item.id} is {str(item.status).replace('_', ' ')} already.", "/incident actions")
    fact = f.ActionChanged(
        key=f"{request.key}:{item.id}",
        at=request.now,
        source=source(request),
        action=item.id,
        text=command.text,
        owner=command.owner,
        due=command.due,
        priority=command.priority,
        type=command.type,
        ticket=command.ticket,
        verification=command.verification,
        status=command.status,
        reason=command.reason,
    )
    told: tuple[Span, ...] = (f"action item {item.id} ", Quote(item.text), *_state(command, request))
    line = log(request, Name(request.by), ": ", *told, about=item.entry or "")
    return Decision((fact,), (line, ShowCard()), say("Noted: ", *told, "."))
