"""scribe.toml: what a team decides for itself, read into a Policy; every key is used, and none is misspelt in silence."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Final, Literal, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, Strict, ValidationError

from bot.clocks import STANDARD
from bot.policy import ALIASES, VOCABULARY, Objective, Policy
from bot.words import Kind, Meaning, Milestone, Severity, meaning
from handlers.mistakes import Misconfigured, Mistake, explain

FAMILIES: Final = ("slo",)
_STRICT: Final = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
_DEFAULT: Final = Policy()


def _matching(pattern: str, sentence: str) -> AfterValidator:
    def check(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(sentence)
        return text

    return AfterValidator(check)


def _one_of(names: tuple[str, ...]) -> AfterValidator:
    return _matching("|".join(map(re.escape, names)), f"must be one of: {', '.join(names)}")


def _duration(text: object) -> timedelta:
    if not isinstance(text, str) or not re.fullmatch(r"(\d+[wdhms])+", text):
        raise ValueError('must be a duration such as "90s", "10m", "1h30m" or "30d"')
    units = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
    return timedelta(**{units[unit]: int(count) for count, unit in re.findall(r"(\d+)([wdhms])", text)})


def _above_zero(duration: timedelta) -> timedelta:
    if duration <= timedelta(0):
        raise ValueError("must be longer than nothing")
    return duration


def _fraction(target: float) -> float:
    if not 0 < target < 1:
        raise ValueError("must be a fraction between 0 and 1, such as 0.999 for 99.9 %")
    return target


def _meaning(said: str) -> Meaning | None:
    try:
        return meaning(said) if said else None
    except ValueError:
        names = ", ".join([*Kind, *Milestone])
        raise ValueError(f'must be "" for nothing, or one of: {names}') from None


Said = Annotated[str, _matching(r".*\S.*", "must not be empty")]
Emoji = Annotated[str, _matching(r"[^\s:A-Z]+", "must be an emoji's name as Slack spells it, without colons or skin tone")]
Invited = Annotated[str, _matching(r"[UWS][A-Z0-9]{2,}", "must be the id of a person (U…) or of a user group (S…)")]
Broadcast = Annotated[str, _matching(r"([CG][A-Z0-9]{2,})?", 'must be the id of a channel (C…), or "" for none')]
Prefix = Annotated[str, _matching(r"[a-z0-9_][a-z0-9_-]{0,39}", "must be 1 to 40 of a-z, 0-9, - and _: Slack allows no more")]
Clock = Annotated[str, _one_of(tuple(definition.key for definition in STANDARD))]
Duration = Annotated[timedelta, BeforeValidator(_duration), AfterValidator(_above_zero)]
Flag = Annotated[bool, Strict()]


class ObjectiveEntry(BaseModel):
    """One `[[objectives]]` of the file."""

    model_config = _STRICT

    name: Said
    target: Annotated[float, Strict(), AfterValidator(_fraction)]
    window: Duration
    service: str = ""
    unit: str = ""

    def objective(self) -> Objective:
        return Objective(self.name, self.target, self.window, self.service or None, self.unit)


class ScribeToml(BaseModel):
    """The file as written, each value checked by itself. Its keys are Policy's fields; a test holds this."""

    model_config = _STRICT

    family: Annotated[str, _one_of(FAMILIES)] = _DEFAULT.family
    severity: Severity = _DEFAULT.severity
    services: tuple[Said, ...] = ()
    responders: tuple[Invited, ...] = ()
    broadcast_channel: Broadcast = ""
    channel_prefix: Prefix = _DEFAULT.channel_prefix
    customers: tuple[Said, ...] = ()
    outsiders_may_command: Flag = _DEFAULT.outsiders_may_command
    guests_may_command: Flag = _DEFAULT.guests_may_command
    late_after: Duration = _DEFAULT.late_after
    confirmation: Emoji = _DEFAULT.confirmation
    vocabulary: dict[Emoji, Annotated[str, AfterValidator(_meaning)]] = Field(default_factory=dict)
    aliases: dict[Emoji, Literal[""] | Emoji] = Field(default_factory=dict)
    objectives: tuple[ObjectiveEntry, ...] = ()
    targets: dict[Clock, dict[Severity, Duration]] = Field(default_factory=dict)
