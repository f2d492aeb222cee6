"""One log line per happening, ours and the libraries' alike, with the incident's id and without any secret."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterable
from typing import Any, Final, Literal, TextIO

import structlog
from structlog.typing import EventDict, Processor

TOKEN: Final = re.compile(
    r"xox[a-z](?:\.xox[a-z])?-[\w-]+|xapp-[\w-]+"  # Slack's tokens, rotated ones included
    r"|https://hooks\.slack\.com/[\w/-]+"  # whoever has a response_url may post with it
    r"|(?<=://)[^\s/:@]+:[^\s/@]+(?=@)"  # the password of a database address
)
_QUIET: Final = {
    "slack_bolt": logging.WARNING,  # at INFO it logs the whole body of a request with a wrong signature
    "slack_sdk": logging.WARNING,  # at DEBUG it logs message texts
    "aiohttp.access": logging.WARNING,  # one line per delivery, with nothing that ours does not say
    "apscheduler": logging.WARNING,  # one line per tick
    "sqlalchemy": logging.WARNING,  # at INFO it logs statements with their values
}
_WORDS: Final = frozenset({"text", "message", "blocks", "body", "payload", "envelope"})


def _wordless(_logger: Any, method: str, line: EventDict) -> EventDict:
    """What people wrote belongs in the database, not in a log that is kept elsewhere: only debugging shows it."""
    if method != "debug":
        for key in _WORDS & line.keys():
            line[key] = f"[{len(str(line[key]))} characters]"
    return line


_SHARED: Final[tuple[Processor, ...]] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)


class _Redacting(structlog.stdlib.ProcessorFormatter):
    """Redacts the finished line: a token inside an exception's text is seen nowhere else."""

    def __init__(self, renderers: Iterable[Processor], secrets: Iterable[str]) -> None:
        super().__init__(
            foreign_pre_chain=_SHARED,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderers],
        )
        known = [re.escape(secret) for secret in secrets if secret]
        self._secret = re.compile("|".join([*known, TOKEN.pattern]))

    def format(self, record: logging.LogRecord) -> str:
        return self._secret.sub("[redacted]", super().format(record))


def configure(
    form: Literal["auto", "json", "console"] = "auto",
    level: str = "info",
    *,
    secrets: Iterable[str] = (),
    stream: TextIO | None = None,
) -> None:
    """Send every log line to `stream` (stderr): readable where a person looks on, else JSON; secrets cut out.

    `level` is ours; the libraries stay at warning, for their finer levels print bodies.
    """
    stream = stream or sys.stderr
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_Redacting(_renderers(form == "console" or (form == "auto" and stream.isatty())), secrets))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name, least in _QUIET.items():
        logging.getLogger(name).setLevel(least)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            _wordless,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def _renderers(readable: bool) -> tuple[Processor, ...]:
    if readable:
        plain = structlog.dev.plain_traceback
        return (structlog.dev.ConsoleRenderer(exception_formatter=plain),)
    tracebacks = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
    return (structlog.processors.ExceptionRenderer(tracebacks), structlog.processors.JSONRenderer(default=str))


def get(name: str) -> Any:
    """The logger of one module."""
    return structlog.stdlib.get_logger(name)
