"""A team's own report families: `<key>.toml` and `<key>.j2` in a folder, each tried before the first incident."""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import TemplateSyntaxError

from bot.evolve import fold
from bot.facts import ActionAdded, AnyFact, Captured, Declared, FieldSet, Marked, Recorded, Source, Value
from bot.family import Family
from bot.field import Field
from bot.fields import FIELDS
from bot.incident import Incident
from bot.report import ReportContext, build_report
from bot.words import IncidentType, Kind, Milestone, Severity, Wire
from templates import MEDIA, render
from templates.families import FamilyError, available, load_family, read_family

_BEGIN: Final = datetime(2026, 1, 1, 12, tzinfo=UTC)
_SOMEBODY: Final = Source("command", "somebody")


@cache
def known_families(folder: str) -> Mapping[str, Family]:
    """The families that come with Scribe, and those of a folder, where one is named.

    Raises:
        FamilyError: with every family of the folder that cannot be used; each sentence names the file, and the line
            or the key.
    """
    families = {key: load_family(key) for key in available()}
    wrong = []
    for data in sorted(Path(folder).glob("*.toml")) if folder else ():
        try:
            families[data.stem] = _own(data)
        except FamilyError as error:
            wrong.append(str(error))
    if wrong:
        raise FamilyError("; ".join(wrong))
    return families


def _own(data: Path) -> Family:
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,29}", data.stem) or data.stem in available():
        raise FamilyError(f"{data.name}: a name of its own is needed, of a-z, 0-9 and _")
    family = read_family(data.stem, _read(data), _read(template := data.with_suffix(".j2")))
    for incident in (fold(1, _recorded(_declared(data.stem))), fold(1, _recorded(*_everything(data.stem)))):
        _try(family, incident, template.name)
    return family


def _read(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FamilyError(f"{path.name}: cannot be read ({type(error).__name__})") from None
    if not text.strip():
        raise FamilyError(f"{path.name}: is empty")
    return text


def _try(family: Family, incident: Incident, name: str) -> None:
    """Anything may go wrong in a template; the line is where it does."""
    for medium in MEDIA:
        try:
            render(build_report(incident, family, ReportContext({}, {}, "https://example.slack.com/")), medium)
        except TemplateSyntaxError as error:
            raise FamilyError(f"{name} line {error.lineno}: {error.message}") from None
        except Exception as error:
            lines = [step.lineno for step in traceback.extract_tb(error.__traceback__) if step.filename == "<template>"]
            raise FamilyError(f"{name} line {lines[-1] if lines else '?'}: {error}") from None


def _recorded(*facts: AnyFact) -> list[Recorded]:
    return [Recorded(number, fact.at, fact) for number, fact in enumerate(facts, 1)]


def _declared(family: str) -> Declared:
    return Declared(
        key="declared", at=_BEGIN, source=_SOMEBODY, number="TRIAL-1", numbers=((family, "TRIAL-1"),),
        title=Wire("A trial"), severity=Severity.CRITICAL, type=IncidentType.OUTAGE, services=(), regions=(),
        family=family, private=False, drill=False, channel_name="trial",
    )  # fmt: skip


def _everything(family: str) -> Iterator[AnyFact]:
    """An incident with a line for each kind and milestone, an answer to each question, and an action item."""
    yield _declared(family)
    for minute, meaning in enumerate((*Milestone, *Kind)):
        at, entry = _BEGIN + timedelta(minutes=minute), f"E{minute}"
        yield Captured(
            key=f"entry:{entry}", at=at, source=_SOMEBODY, entry=entry, text=Wire("A line"), author="somebody",
            approximate=False, files=(), evidence=None, origin=None,
        )  # fmt: skip
        yield Marked(
            key=f"mark:{entry}", at=at, source=_SOMEBODY, entry=entry, name="pin", meaning=meaning, stamp=f"{minute}.0"
        )
    end = _BEGIN + timedelta(hours=2)
    for field in FIELDS.values():
        yield FieldSet(
            key=f"field:{field.key}", at=end, source=_SOMEBODY, field=field.key, value=_answer(field),
            approximate=False, appended=False,
        )  # fmt: skip
    yield ActionAdded(
        key="action", at=end, source=_SOMEBODY, action="A1", text=Wire("Try it"), owner=None, due=None, priority=None,
        type=None, ticket=None, verification=Wire("It was tried"),
    )  # fmt: skip


def _answer(field: Field) -> Value:
    answers: dict[str, Value] = {
        "integer": 7, "number": 7.5, "percentage": 0.5, "money": "7.00 USD", "duration": 60, "moment": "2026-01-02",
        "yesno": True, "choice": field.choices[0] if field.choices else "", "list": ("one | two", "three"),
    }  # fmt: skip
    return answers.get(field.type, "somebody")
