"""One call of the Web API: its decoded arguments, what its token may do, and the table of all methods."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from tests.slackd.limits import Refusal
from tests.slackd.records import JSON, Channel, SlackError
from tests.slackd.world import World

if TYPE_CHECKING:
    from tests.slackd.server import Slackd

Kind = Literal["text", "number", "flag", "ids", "json"]
TokenKind = Literal["bot", "app"]
Handler = Callable[["Call"], JSON]

_GENERAL = {"token": "text", "team_id": "text", "pretty": "flag"}
_READ = {"channel": "channels:read", "group": "groups:read", "im": "im:read", "mpim": "mpim:read"}
_HISTORY = {"channel": "channels:history", "group": "groups:history", "im": "im:history", "mpim": "mpim:history"}


@dataclass(frozen=True)
class Method:
    """One API method: its handler, the scopes of which one is needed, and its arguments with their kinds."""

    name: str
    handler: Handler
    scopes: tuple[str, ...]
    arguments: dict[str, Kind]
    required: tuple[str, ...]
    by: TokenKind


METHODS: dict[str, Method] = {}


def method(
    name: str, /, *scopes: str, required: str = "", by: TokenKind = "bot", **arguments: Kind
) -> Callable[[Handler], Handler]:
    """Register a handler. An argument not named here, or of another kind, is refused as Slack's SDKs would see it."""

    def register(handler: Handler) -> Handler:
        METHODS[name] = Method(name, handler, scopes, arguments, tuple(required.split()), by)
        return handler

    return register


@dataclass
class Call:
    """What a handler may use. `args` holds only what was sent, decoded to its kind."""

    slackd: Slackd
    args: JSON

    @property
    def world(self) -> World:
        return self.slackd.world

    @property
    def me(self) -> str:
        return self.world.bot_user_id

    def need(self, *scopes: str) -> None:
        """Refuse unless the token has one of these scopes."""
        need_scope(self.slackd.manifest.scopes, scopes)

    def channel(self, name: str = "channel") -> Channel:
        """The conversation named by an argument, as far as the bot may know of it."""
        found = self.world.channel(str(self.args[name]))
        if found.is_private and self.me not in found.members:
            raise SlackError("channel_not_found")
        return found

    def readable(self, name: str = "channel") -> Channel:
        found = self.channel(name)
        self.need(_READ[found.kind])
        return found

    def history(self, name: str = "channel") -> Channel:
        found = self.channel(name)
        self.need(_HISTORY[found.kind])
        self.be_member(found)
        return found

    def be_member(self, channel: Channel) -> None:
        if self.me not in channel.members:
            raise SlackError("not_in_channel")

    def open_membership(self, name: str = "channel") -> Channel:
        """The channel of an argument, which must be open and have the bot as a member."""
        found = self.channel(name)
        if found.is_archived:
            raise SlackError("is_archived")
        self.be_member(found)
        return found


def need_scope(granted: frozenset[str], scopes: tuple[str, ...]) -> None:
    if scopes and not granted.intersection(scopes):
        raise SlackError("missing_scope", needed=",".join(scopes), provided=",".join(sorted(granted)))


def refuse(refusal: Refusal | None) -> None:
    """Turn a limit that was broken into Slack's answer."""
    if refusal:
        raise SlackError(refusal.code, detail=refusal.detail, response_metadata={"messages": [refusal.detail]})


# ---- arguments


def decode(spec: Method, sent: JSON) -> JSON:
    """Arguments as their method wants them; raises SlackError for unknown names, wrong kinds and missing ones."""
    kinds = _GENERAL | spec.arguments
    if unknown := sorted(set(sent) - set(kinds)):
        raise _wrong("invalid_arg_name", f"unknown argument: {unknown[0]}")
    args = {name: _value(name, kinds[name], value) for name, value in sent.items() if value is not None}
    for name in spec.required:
        if args.get(name) in (None, ""):
            raise _wrong("invalid_arguments", f"missing required field: {name}")
    return args


def _wrong(code: str, problem: str) -> SlackError:
    return SlackError(code, response_metadata={"messages": [f"[ERROR] {problem}"]})


def _value(name: str, kind: str, value: Any) -> Any:
    match kind, value:
        case "text", str():
            return value
        case "text", int() | float() if not isinstance(value, bool):
            return str(value)
        case "flag", bool():
            return value
        case "flag", "1" | "true" | "True" | 1:
            return True
        case "flag", "0" | "false" | "False" | "" | 0:
            return False
        case "number", int() if not isinstance(value, bool):
            return value
        case "number", str() if value.isdecimal():
            return int(value)
        case "ids", str() if value.startswith("["):
            return _value(name, kind, _json(name, value))
        case "ids", str():
            return [part for part in value.split(",") if part]
        case "ids", list() if all(isinstance(part, str) for part in value):
            return value
        case "json", str():
            return _json(name, value)
        case "json", list() | dict():
            return value
    raise _wrong("invalid_arguments", f"`{name}` is not a valid {kind}")


def _json(name: str, text: str) -> Any:
    try:
        return json.loads(text) if text else None
    except ValueError:
        raise _wrong("invalid_arguments", f"`{name}` is not valid JSON") from None
