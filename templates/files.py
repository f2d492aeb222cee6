"""The forms in which a report leaves as a file, by the ending of the file's name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final, TypeAlias

from bot.report import Report
from templates import document, render, svg, typesetting
from templates.export import report_json

Form: TypeAlias = Callable[[Report, Iterable[Report]], bytes]
"""A report, and the other families' reports of the same incident, to the bytes of a file."""

FORMS: Final[Mapping[str, Form]] = {
    "md": lambda report, others: render(report).encode(),
    "json": lambda report, others: report_json(report, *others).encode(),
    "canvas": lambda report, others: render(report, "canvas").encode(),
    "html": lambda report, others: render(report, "html").encode(),
    "pdf": lambda report, others: document.pdf(report),
    "svg": lambda report, others: svg.svg(report).encode(),
    "png": lambda report, others: typesetting.png(report),
}
"""`canvas` is the Markdown of a Slack canvas; `svg` and `png` are the timeline picture."""

BINARY: Final = frozenset({"pdf", "png"})
"""Those that a terminal cannot show."""
