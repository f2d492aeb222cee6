"""What people said: the fields of the catalogue, the lines they marked, the action items."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

from bot.facts import Value
from bot.family import PlacedBy, Tick
from bot.fields import FIELDS, Field
from bot.incident import ActionItem, Said
from bot.milestones import base_day
from bot.reporting.model import ActionView, CategoryView, Followup, HorizonView, ReviewView, SignerView, TickView
from bot.reporting.progress import highest
from bot.reporting.reader import Reader
from bot.reporting.shown import about, show
from bot.reporting.told import Answer, Asked, FieldView, Question, Statement
from bot.signing import signature
from bot.wire import clean, one_line
from bot.words import ActionStatus, Kind, Role


def question(reader: Reader, field: Field) -> Question:
    who = field.who if field.who in ("anyone", "management") else f"the {field.who}"
    return Question(field.key, reader.family.labels.get(field.key, field.label), who, field.command)


def fields(reader: Reader) -> Mapping[str, FieldView]:
    """All of the catalogue, in its order; what was declared stands in for services and regions nobody set."""
    said = {key: FieldView(_answers(reader, field), question(reader, field), field) for key, field in FIELDS.items()}
    return {**said, **{key: replace(said[key], answers=(answer,)) for key, answer in _signed(reader)}}


def _signed(reader: Reader) -> Iterator[tuple[str, Answer]]:
    """What signatures say: the day, and the approval where the family asks for it apart."""
    for signer in reader.family.signers:
        if given := signature(reader.incident, reader.family.key, signer):
            cite, day = reader.cite(given.source, given.at), given.at.isoformat()
            yield signer.day, Answer(show(reader, FIELDS[signer.day], day), day, cite)
            if signer.approved:
                yield signer.approved, Answer(show(reader, FIELDS[signer.approved], True), True, cite)


def roles(reader: Reader) -> Mapping[Role, Asked]:
    """Who holds each role now; to nobody's, the question."""
    return {role: Asked(_holder(reader, role), _role_question(role)) for role in Role}


def _holder(reader: Reader, role: Role) -> tuple[Answer, ...]:
    last = next((h for h in reversed(reader.incident.holdings) if h.role is role), None)
    if last is None or last.user is None:
        return ()
    name = reader.name(last.user)
    return (Answer(name, name, reader.cite(last.source, last.at)),)


def _role_question(role: Role) -> Question:
    word = str(role).replace("_", " ")
    return Question(str(role), word.capitalize(), "anyone", f"/incident assign {word} @…")


def _answers(reader: Reader, field: Field) -> tuple[Answer, ...]:
    said = reader.incident.fields.get(field.key, ())
    answers = [_answer(reader, field, value, one) for one in said for value in _items(one.value)]
    return tuple(answer for answer in answers if answer.text) or _declared(reader, field)


def _items(value: Value) -> tuple[Value, ...]:
    return value if isinstance(value, tuple) else (value,)


def _answer(reader: Reader, field: Field, value: Value, said: Said) -> Answer:
    text = show(reader, field, value)
    kept = text if field.type in ("text", "list", "person") else value
    return Answer(about(text, said.approximate), kept, reader.cite(said.source, said.at), said.approximate)


def _declared(reader: Reader, field: Field) -> tuple[Answer, ...]:
    incident = reader.incident
    given = {"services": incident.services, "regions": incident.regions}.get(field.key, ())
    told = incident.told.get(field.key)
    if not given or told is None:
        return ()
    cite = reader.cite(told.source, told.at)
    return tuple(Answer(clean(name), name, cite) for name in given)  # readable already, not in wire form


def others(reader: Reader, known: Mapping[str, FieldView]) -> tuple[FieldView, ...]:
    """What was said although this family does not ask for it: kept, and shown at the end."""
    return tuple(view for view in known.values() if view.known and reader.family.asks not in view.field.families)


def said(reader: Reader) -> Mapping[Kind, tuple[Statement, ...]]:
    """The marked lines by what they are, in the order in which they happened."""
    found: dict[Kind, list[Statement]] = {kind: [] for kind in Kind if kind is not Kind.EVENT}
    for entry in reader.incident.timeline():
        kind = reader.incident.kind(entry.id)
        if kind in found:
            found[kind].append(reader.statement(entry))
    return {kind: tuple(lines) for kind, lines in found.items()}


def _base(reader: Reader) -> date:
    return base_day(reader.incident, reader.family.zone)


def actions(reader: Reader) -> tuple[ActionView, ...]:
    return tuple(_action(reader, item) for item in reader.incident.action_items())


def _action(reader: Reader, item: ActionItem) -> ActionView:
    stated = None if item.due_assumed else item.due
    assumed = None if stated else item.due or reader.family.default_due(_base(reader), item.priority)
    entry = reader.incident.entries.get(item.entry) if item.entry else None
    return ActionView(
        id=item.id,
        text=one_line(reader.text(item.text)),
        owner=reader.name(item.owner) if item.owner else None,
        due=stated,
        assumed_due=assumed,
        priority=item.priority,
        priority_name=reader.family.priority(item.priority).name if item.priority else "",
        type=item.type,
        ticket=reader.text(item.ticket) if item.ticket else None,
        verification=one_line(reader.text(item.verification)),
        status=item.status,
        status_name=reader.family.action_statuses[item.status],
        reason=one_line(reader.text(item.reason)),
        cite=reader.cite(item.source, item.added_at, entry.evidence if entry else None),
    )


def horizons(reader: Reader, items: tuple[ActionView, ...]) -> tuple[HorizonView, ...]:
    """Each item in the window of its due date, stated or assumed, or of its priority; in one by date, then as added.

    Where the priority decides, items without one stand last, in a window of their own.
    """
    placed: dict[str, list[ActionView]] = {horizon.key: [] for horizon in reader.family.horizons}
    for item in items:
        placed.setdefault(_window(reader, item), []).append(item)
    titles = {horizon.key: horizon.title for horizon in reader.family.horizons}
    return tuple(
        HorizonView(key, titles.get(key, "Priority: Not Yet Given"), tuple(sorted(found, key=due_of)))
        for key, found in placed.items()
    )


def _window(reader: Reader, item: ActionView) -> str:
    if reader.family.horizons_by is PlacedBy.DUE:
        return reader.family.horizon(_base(reader), due_of(item)).key
    own = (horizon.key for horizon in reader.family.horizons if item.priority in horizon.priorities)
    return next(own, "not_given")


def due_of(item: ActionView) -> date:
    return item.due or item.assumed_due or date.max


def followup(reader: Reader, items: tuple[ActionView, ...]) -> Followup:
    """Declined items are out of the count: nobody is to do them."""
    counted = [item for item in items if item.status is not ActionStatus.DECLINED]
    done = sum(item.status is ActionStatus.DONE for item in counted)
    return Followup(reader.family.follow_up_after.after(_base(reader)), done, len(counted))


def categories(reader: Reader, items: tuple[ActionView, ...]) -> tuple[CategoryView, ...]:
    """The items by their types, as the family groups them; one of no type stands in none."""
    return tuple(
        CategoryView(c.key, c.label, tuple(sorted(c.types)), tuple(item for item in items if item.type in c.types))
        for c in reader.family.categories
    )


def reviews(reader: Reader) -> tuple[ReviewView, ...]:
    base = _base(reader)
    return tuple(ReviewView(r.label, r.what, r.after.after(base), str(r.after)) for r in reader.family.reviews)


def signers(reader: Reader, known: Mapping[str, FieldView], roles: Mapping[Role, Asked]) -> tuple[SignerView, ...]:
    """Who signs a report of this severity, and whoever was named or signed all the same."""
    return tuple(
        SignerView(s.label, s.key, roles[s.role] if s.role else known[s.person], known[s.day])
        for s in reader.family.signers
        if s.applies(highest(reader)) or any(known[key].known for key in (s.person, s.day) if key)
    )


def checklists(reader: Reader, known: Mapping[str, FieldView]) -> Mapping[str, tuple[TickView, ...]]:
    """Each list of the family; a line for grave incidents alone is left to those, unless somebody spoke to it."""
    return {name: tuple(_ticks(reader, ticks, known)) for name, ticks in reader.family.checklists.items()}


def _ticks(reader: Reader, ticks: tuple[Tick, ...], known: Mapping[str, FieldView]) -> Iterator[TickView]:
    for tick in ticks:
        answer = known[tick.field].first
        if answer or tick.applies(highest(reader)):
            due = tick.after.after(_base(reader)) if tick.after else None
            yield TickView(tick.label, bool(answer and answer.value), answer.cite if answer else None, due)
