"""The short forms for what only people know, one for each section of the catalogue (`bot.fields`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.durations import duration
from bot.facts import Value
from bot.field import Field
from bot.fields import FIELDS, SECTIONS
from bot.incident import Incident, Said
from bot.words import Wire
from templates.blocks import actions as a
from templates.blocks.fitting import size
from templates.blocks.forms.inputs import INPUT_MOST, Choice, View, is_person, person, select, text, view
from templates.blocks.parts import Block, context, section
from templates.blocks.text import Look, bare_words, data, utc
from templates.blocks.words import counted

YES, NO = "yes", "no"
THEIRS_MOST: Final = 2500
_NOTHING: Final[Mapping[str, str]] = {}


def fields_form(
    incident: Incident, section: str, look: Look, mine: Mapping[str, str] = _NOTHING, overtaken: Sequence[str] = ()
) -> View:
    """One section's fields as they stand: what the report's family asks for, and what somebody said unasked.

    `mine` is what the person had put into a form that others had overtaken in the fields `overtaken`.

    Raises:
        KeyError: there is no such section.
    """
    title = SECTIONS[section].title
    blocks: list[Block] = []
    for field in _wanted(incident, section, look):
        said = incident.fields.get(field.key, ())
        if field.key in overtaken:
            blocks.append(_theirs(field, said, look))
        blocks.append(_block(field, mine.get(field.key, editable(field, said, look))))
    ids: dict[str, int | str] = {
        "incident": incident.id,
        "seen": incident.seq,
        "kept": " ".join(mine),
    }
    note = context("Leave empty what nobody knows. Begin with “about” what is not exact.")
    return view(a.FIELDS, title, "Save", [note, *blocks], ids)


def _theirs(field: Field, said: Sequence[Said], look: Look) -> Block:
    """What somebody else said while this person was writing."""
    who = f"{data(look.name(said[-1].source.by))} set" if said else "Somebody cleared"
    words = f" to:\n{data(editable(field, said, look), THEIRS_MOST)}" if said else ""
    return section(f"⚠️ *{data(field.label)}*: {who} it meanwhile{words}\nBelow is yours; Save puts it in its place.")


def _wanted(incident: Incident, section: str, look: Look) -> list[Field]:
    family = look.families.get(incident.family)
    asks = family.asks if family else incident.family
    here = [field for field in FIELDS.values() if field.section == section]
    asked = [field for field in here if asks in field.families or field.key in incident.fields]
    return asked or here


def sections_form(incident: Incident) -> View:
    """Which section? The next form asks for it."""
    choices: list[Choice] = [(section.title, key) for key, section in SECTIONS.items()]
    blocks = [select("section", "What do you know about?", choices)]
    return view(a.SECTIONS, "What people know", "Next", blocks, {"incident": incident.id})


def _block(field: Field, shown: str) -> Block:
    hint = f"{field.help}. Who knows: {field.who}."
    if field.type == "choice":
        return select(field.key, field.label, [(c, c) for c in field.choices], shown, hint=hint, optional=True)
    if field.type == "yesno":
        return select(field.key, field.label, [("Yes", YES), ("No", NO)], shown, hint=hint, optional=True)
    if field.type == "person" and (not shown or is_person(shown)):
        return person(field.key, field.label, shown, hint=hint)
    if field.type == "list":
        shown, left = _whole_lines(shown)
        hint = f"{counted(left, 'more item')} than a form can show; they stay. {hint}" if left else hint
    elif size(shown) > INPUT_MOST:
        hint = f"Longer than a form can show; what you type here replaces all of it. {hint}"
    label = f"{field.label} ({field.unit})" if field.unit else field.label
    long = field.type in ("text", "list")
    return text(field.key, label, shown, hint=_listing(field) + hint, optional=True, multiline=long)


def _listing(field: Field) -> str:
    return "One item per line. " if field.type == "list" else ""


def editable(field: Field, said: Sequence[Said], look: Look) -> str:
    """A field's value as a person would type it; empty when nobody said it."""
    if not said:
        return ""
    if field.type == "list":
        return "\n".join(line for _, line in listed(said, look))
    newest = said[-1]
    return ("about " if newest.approximate else "") + _typed(field, newest.value, look)


def listed(said: Sequence[Said], look: Look) -> list[tuple[str, str]]:
    """Each item of a list with the line that stands for it in a form."""
    values = (one.value for one in said)
    items = (str(item) for value in values for item in (value if isinstance(value, tuple) else (value,)))
    return [(item, bare_words(Wire(item), look).replace("\n", " ").strip()) for item in items]


def _whole_lines(shown: str) -> tuple[str, int]:
    """The lines from the first on that a form can show, and how many it leaves out: those stay as they are."""
    lines = shown.split("\n")
    fitting = len(lines)
    while fitting and size("\n".join(lines[:fitting])) > INPUT_MOST:
        fitting -= 1
    return "\n".join(lines[:fitting]), len(lines) - fitting


def _typed(field: Field, value: Value, look: Look) -> str:
    if isinstance(value, bool):
        return YES if value else NO
    if field.type == "percentage" and isinstance(value, int | float):
        return f"{round(value * 100, 6):g}%"
    if field.type == "moment" and len(str(value)) > len("2026-01-01"):
        return utc(datetime.fromisoformat(str(value)))
    if field.type == "duration" and isinstance(value, int | float):
        return duration(timedelta(seconds=value))
    return bare_words(Wire(value), look) if field.type == "text" and isinstance(value, str) else str(value)
