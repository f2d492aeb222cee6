"""One log line per happening, ours and the libraries' alike, with the incident's id and without any secret."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterable
from typing import Final, TextIO

from structlog.contextvars import merge_contextvars
from structlog.dev import ConsoleRenderer
from structlog.processors import ExceptionRenderer, JSONRenderer, TimeStamper
from structlog.stdlib import ProcessorFormatter, add_log_level, add_logger_name
from structlog.typing import Processor

from handlers import failures
from handlers.settings import Settings

TOKEN: Final = re.compile(
    r"xox[a-z](?:\.xox[a-z])?-[\w-]+|xapp-[\w-]+"  # Slack's tokens, rotated ones included
    r"|https://hooks\.slack\.com/[\w/-]+"  # whoever has a response_url may post with it
    r"|(?<=://)[^\s/:@]+:[^\s/@]+(?=@)"  # the password of a database address
)
_QUIET: Final = {
    "slack_bolt": logging.WARNING,  # at INFO it logs the whole body of a request with a wrong signature
    "alembic": logging.WARNING,  # each look at the schema would announce itself twice
    "slack_sdk": logging.WARNING,  # at DEBUG it logs message texts
    "aiohttp.access": logging.WARNING,  # one line per delivery, with nothing that ours does not say
    "apscheduler": logging.WARNING,  # one line per tick
    "sqlalchemy": logging.WARNING,  # at INFO it logs statements with their values
}
_SHARED: Final[tuple[Processor, ...]] = (
    merge_contextvars,
    add_logger_name,
    add_log_level,
    TimeStamper(fmt="iso", utc=True),
)


class _Redacting(ProcessorFormatter):
    """Redacts the finished line: a token inside an exception's text is seen nowhere else."""

    def __init__(self, renderers: Iterable[Processor], secrets: Iterable[str]) -> None:
        super().__init__(
            foreign_pre_chain=_SHARED,
            processors=[ProcessorFormatter.remove_processors_meta, *renderers],
        )
        known = [re.escape(secret) for secret in secrets if secret]
        self._secret = re.compile("|".join([*known, TOKEN.pattern]))

    def format(self, record: logging.LogRecord) -> str:
        return self._secret.sub("[redacted]", super().format(record))


def configure(settings: Settings, stream: TextIO | None = None) -> None:
    """Send every log line to `stream` (stderr): readable where a person looks on, else JSON; secrets cut out.

    The level is ours alone; the libraries stay at warning, for their finer levels print bodies.
    """
    stream = stream or sys.stderr
    readable = settings.log == "console" or (settings.log == "auto" and stream.isatty())
    secrets = (settings.bot_token, settings.app_token, settings.signing_secret)
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_Redacting(_renderers(readable), [secret.get_secret_value() for secret in secrets]))
    logging.basicConfig(level=settings.log_level.upper(), handlers=[handler], force=True)
    for name, least in _QUIET.items():
        logging.getLogger(name).setLevel(least)


def _renderers(readable: bool) -> tuple[Processor, ...]:
    if readable:
        return (ConsoleRenderer(exception_formatter=failures.write),)
    return (ExceptionRenderer(failures.chain), JSONRenderer(default=str))
