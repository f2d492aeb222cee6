"""How a report speaks: one macro vocabulary, families written in it, media that alone know a syntax."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from typing import Any, Final

from jinja2 import Environment, FunctionLoader, StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from bot.clocks import ClockDefinition, label
from bot.durations import duration
from bot.report import Report
from bot.reporting import shown
from bot.wire import one_line, shorten
from templates import canvas, html, markdown, shelf

SHORT: Final = 300
"""Characters of a line that stand whole in a table; what is longer is cut, and its time leads to the original."""


@dataclass(frozen=True, slots=True)
class Medium:
    """A syntax: how text is made harmless, all its marks, and how what was written becomes a whole document."""

    finalize: Callable[[object], Markup]
    helpers: Mapping[str, object]
    finish: Callable[[str, Report], str]


MEDIA: Final[dict[str, Medium]] = {
    "markdown": Medium(markdown.finalize, markdown.HELPERS, lambda text, report: markdown.tidy(text)),
    "html": Medium(html.finalize, html.HELPERS, html.finish),
    "canvas": Medium(canvas.finalize, canvas.HELPERS, canvas.finish),
}

DRAFTED: Final = ("markdown", "canvas")
"""The media of the draft that Slack is shown while the incident goes on."""


def render(report: Report, medium: str = "markdown") -> str:
    """The report in a medium's syntax; the same report gives the same text.

    Raises:
        KeyError: no such medium.
    """
    return MEDIA[medium].finish(written(report, medium), report)


def written(report: Report, medium: str) -> str:
    """What the family's template writes with the marks of a medium, before it is a document."""
    environment = _environment(medium, sandboxed=bool(report.template))
    about_time = {"stamp": partial(shown.stamp, zone=report.zone)}
    macros = environment.get_template("_media/macros.j2").make_module(about_time)
    if report.template:
        template = _own(environment, report.template)
    else:
        template = environment.get_template(f"families/{report.family}.j2")
    return template.render(report=report, m=macros, **about_time)


def prepare(family: str) -> None:
    """Compile what drafts of this family are written with. Python compiles a template in one step in which nothing else
    goes on: at the first draft, acks would wait for it.
    """
    for medium in DRAFTED:
        environment = _environment(medium, sandboxed=False)
        for name in ("_media/macros.j2", "families/_parts.j2", f"families/{family}.j2"):
            if shelf.read(name) is not None:  # a team's own family was compiled when it was tried
                environment.get_template(name)


@lru_cache(maxsize=64)
def _own(environment: Environment, template: str) -> Template:
    return environment.from_string(template)


@cache
def _environment(medium: str, *, sandboxed: bool) -> Environment:
    """Autoescape makes macros return markup; `finalize` escapes everything that is none, in the medium's own way.

    A team's own template is sandboxed: it reaches nothing beside the report, and changes nothing of it.
    """
    syntax = MEDIA[medium]
    environment = (ImmutableSandboxedEnvironment if sandboxed else Environment)(
        loader=FunctionLoader(_ours),
        autoescape=True,
        finalize=syntax.finalize,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        about=shown.about,
        between=_between,
        duration=duration,
        number=shown.number,
        share=shown.share,
        **syntax.helpers,
    )
    environment.filters.update(distinct=_distinct, filled=_filled, lacking=_lacking, parts=_parts, short=_short)
    environment.tests["multiline"] = lambda text: "\n" in text
    return environment


def _ours(name: str) -> tuple[str, str, None] | None:
    """A template that comes with Scribe, under its own name: in a team's own, a mistake is where that one stands."""
    text = shelf.read(name)
    return None if text is None else (text, name, None)


def _short(text: str) -> str:
    return text if len(text) <= SHORT else shorten(one_line(text), SHORT)


def _parts(text: str, most: int) -> list[str]:
    """What a person set apart with ` | ` in one line: an item and what belongs to it."""
    return [part.strip() for part in text.split(" | ", most - 1)]


def _filled(cells: Sequence[str], width: int) -> tuple[str, ...]:
    """The cells of a row that people typed, the ones they left out unknown."""
    return (*cells, *["unknown"] * width)[:width]


def _lacking(given: Sequence[Any], place: int) -> int:
    """How many of the items say nothing in this place (from 0)."""
    return sum(len(_parts(item.text, place + 1)) <= place for item in given)


def _distinct(cites: Iterable[Any]) -> list[Any]:
    """The citations that lead to different places, in their order."""
    return list({cite.url or cite: cite for cite in cites}.values())


def _between(definition: ClockDefinition) -> str:
    """A clock's definition, as every report prints it."""
    end = f"the first {label(definition.end)}" if definition.to_earliest else label(definition.end)
    return f"from {label(definition.start)} to {end}"


__all__ = ["MEDIA", "SHORT", "Medium", "prepare", "render", "written"]
