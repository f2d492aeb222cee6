"""Where Scribe runs: the environment (the only home of secrets) and scribe.toml, checked together before the start."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, InstanceOf, SecretStr, ValidationError

from bot.policy import Policy
from handlers import scribe_toml
from handlers.mistakes import Misconfigured, Mistake, explain, unknown_key
from storage.engine import StorageRefused, read_url

DEFAULT_CONFIG: Final = Path("scribe.toml")


def _loopback(host: str | None) -> bool:
    """Whether only this machine can answer at the address; a name but localhost could lead anywhere."""
    try:
        return host == "localhost" or ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def _token(prefix: str, where: str) -> AfterValidator:
    def check(token: SecretStr) -> SecretStr:
        if not token.get_secret_value().startswith(prefix):
            raise ValueError(f"must begin with {prefix}; it stands in the app's settings under {where}")
        return token

    return AfterValidator(check)


def _api_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and _loopback(parts.hostname)):
        raise ValueError("must begin with https:// (http:// only for a pretend Slack on this machine)")
    return url.rstrip("/") + "/"


def _clock_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme != "ws" or not _loopback(parts.hostname):
        raise ValueError("must be the clock of a pretend Slack on this machine, such as ws://127.0.0.1:8300/clock")
    return url


def _pulse(address: str) -> str:
    host, _, port = address.rpartition(":")
    if not _loopback(host.strip("[]")) or not port.isdecimal() or int(port) > _LAST_PORT:
        raise ValueError("must be a loopback address with a port, such as 127.0.0.1:8301")
    return address


def _database(url: SecretStr) -> SecretStr:
    try:
        read_url(url.get_secret_value())
    except StorageRefused as refused:
        raise ValueError(str(refused)) from None
    return url


_LAST_PORT: Final = 65535
_NOT_GIVEN: Final = SecretStr("")


class Settings(BaseModel):
    """Each field but the last is one variable of the environment, named by its alias."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    bot_token: Annotated[SecretStr, _token("xoxb-", "OAuth & Permissions")] = Field(
        default=_NOT_GIVEN, alias="SLACK_BOT_TOKEN"
    )
    app_token: Annotated[SecretStr, _token("xapp-", "Basic Information, App-Level Tokens")] = Field(
        default=_NOT_GIVEN, alias="SLACK_APP_TOKEN"
    )
    signing_secret: SecretStr = Field(default=_NOT_GIVEN, alias="SLACK_SIGNING_SECRET")
    api_url: Annotated[str, AfterValidator(_api_url)] = Field(default="https://slack.com/api/", alias="SLACK_API_URL")
    database_url: Annotated[SecretStr, AfterValidator(_database)] = Field(
        default=SecretStr("sqlite:///scribe.db"), alias="SCRIBE_DATABASE_URL"
    )
    config: Path = Field(default=DEFAULT_CONFIG, alias="SCRIBE_CONFIG")
    transport: Literal["socket", "http"] = Field(default="socket", alias="SCRIBE_TRANSPORT")
    host: str = Field(default="127.0.0.1", alias="SCRIBE_HOST")
    port: int | None = Field(default=None, alias="SCRIBE_PORT", ge=1, le=_LAST_PORT)
    ping_seconds: float = Field(default=10, alias="SCRIBE_PING_SECONDS", ge=0.05, le=60)
    log: Literal["auto", "json", "console"] = Field(default="auto", alias="SCRIBE_LOG")
    log_level: Literal["debug", "info", "warning", "error"] = Field(default="info", alias="SCRIBE_LOG_LEVEL")
    clock_url: Annotated[str, AfterValidator(_clock_url)] | None = Field(default=None, alias="SCRIBE_CLOCK_URL")
    pulse: Annotated[str, AfterValidator(_pulse)] | None = Field(default=None, alias="SCRIBE_PULSE")
    policy: InstanceOf[Policy] = Field(default_factory=Policy)


VARIABLES: Final = tuple(str(field.alias) for field in Settings.model_fields.values() if field.alias)


def load(environ: Mapping[str, str], *, connecting: bool) -> Settings:
    """Read the environment and the file it names. `connecting`: the tokens that the transport needs must be there.

    Raises:
        Misconfigured: with every mistake of both; no sentence repeats a value.
    """
    given = {name: value for name, value in environ.items() if value.strip()}
    mistakes = [*_strangers(given), *_misplaced(given), *(_missing(given) if connecting else ())]
    settings, policy = Settings(), Policy()
    try:
        settings = Settings.model_validate({name: given[name] for name in VARIABLES if name in given})
    except ValidationError as error:
        mistakes += explain(error, VARIABLES)
    try:
        policy = scribe_toml.parse(_text(named := given.get("SCRIBE_CONFIG")), Path(named or DEFAULT_CONFIG).parent)
    except Misconfigured as wrong:
        mistakes += wrong.mistakes
    if mistakes:
        raise Misconfigured(mistakes)
    return settings.model_copy(update={"policy": policy})


def _text(named: str | None) -> str:
    """The file's text. One that nobody named may be absent: then all is default."""
    path = Path(named) if named else DEFAULT_CONFIG
    if named is None and not path.exists():
        return ""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise Misconfigured([Mistake("SCRIBE_CONFIG", f"{path} cannot be read: {why}")]) from None


def _strangers(given: Mapping[str, str]) -> Iterator[Mistake]:
    """Names of ours that do not exist: a misspelt setting must not become a silent default."""
    for name in sorted(given):
        if name.upper().startswith("SCRIBE_") and name not in VARIABLES:
            yield Mistake(name, unknown_key(name, VARIABLES))
    if "SLACK_CLIENT_ID" in given and "SLACK_CLIENT_SECRET" in given:  # read by slack_bolt itself
        yield Mistake(
            "SLACK_CLIENT_ID", "must be unset: with it and SLACK_CLIENT_SECRET, Bolt would ignore the bot token"
        )


def _misplaced(given: Mapping[str, str]) -> Iterator[Mistake]:
    """A clock from outside would date facts as it likes: it is for a Slack that is pretended on this machine."""
    if _loopback(urlsplit(given.get("SLACK_API_URL", "")).hostname):
        return
    for name in ("SCRIBE_CLOCK_URL", "SCRIBE_PULSE"):
        if name in given:
            yield Mistake(
                name, "is refused unless SLACK_API_URL is a loopback address, such as http://127.0.0.1:8300/api/"
            )


def _missing(given: Mapping[str, str]) -> Iterator[Mistake]:
    http = given.get("SCRIBE_TRANSPORT") == "http"
    for name in ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET" if http else "SLACK_APP_TOKEN"):
        if name not in given:
            yield Mistake(name, "is missing; put it into the environment")
