"""scribe.toml: what a team decides for itself, read into a Policy; every key counts, and a misspelt one is refused."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, time, timedelta
from pathlib import Path
from typing import Annotated, Final, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    Strict,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from bot.decision import Refused
from bot.durations import parse_duration
from bot.policy import ALIASES, VOCABULARY, FollowUps, Objective, Policy, Reminders
from bot.words import Deed, Kind, Meaning, Milestone, Role, Severity, meaning
from bot.zones import named
from handlers.mistakes import Misconfigured, Mistake, explain
from templates.families import FamilyError
from templates.own import known_families

_STRICT: Final = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
_DEFAULT: Final = Policy()
_V = TypeVar("_V")


def _matching(pattern: str, sentence: str) -> AfterValidator:
    def check(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(sentence)
        return text

    return AfterValidator(check)


def _one_of(names: Callable[[str], Iterable[str]]) -> AfterValidator:
    """One of the names that the families give, those of the team's own folder too."""

    def check(name: str, info: ValidationInfo) -> str:
        if name not in (known := tuple(names(info.data.get("families_folder", "")))):
            raise ValueError(f"must be one of: {', '.join(known)}")
        return name

    return AfterValidator(check)


def _clocks(folder: str) -> Iterable[str]:
    """The clocks that any family prints, in the order of their first family."""
    return dict.fromkeys(clock.key for family in known_families(folder).values() for clock in family.clocks)


def _folder(said: object, info: ValidationInfo) -> str:
    """The folder, beside the file that names it, once every family in it was tried."""
    if said == "":
        return ""
    folder = Path((info.context or {}).get("beside", ""), said) if isinstance(said, str) else None
    if folder is None or not folder.is_dir():
        raise ValueError('must be a folder, beside this file or from the root, or "" for none')
    try:
        known_families(str(folder))
    except FamilyError as error:
        raise ValueError(str(error)) from None
    return str(folder)


def _duration(text: object) -> timedelta:
    try:
        length = parse_duration(text) if isinstance(text, str) else timedelta(0)
    except Refused:
        length = timedelta(0)
    if not length:
        raise ValueError('must be a length of time such as "90s", "10m", "1h30m" or "30d"')
    return length


def _meaning(said: object) -> Meaning | None:
    try:
        return meaning(str(said)) if said != "" else None
    except ValueError:
        names = ", ".join([*Kind, *Milestone])
        raise ValueError(f'must be "" for nothing, or one of: {names}') from None


_EMOJI: Final = r"[^\s:A-Z]+"
_AN_EMOJI: Final = "must be an emoji's name as Slack spells it, without colons and skin tone"

_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _clock(said: object) -> time:
    if isinstance(said, str) and re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", said):
        return time.fromisoformat(said)
    raise ValueError('must be a time of day such as "09:00"')


def _weekday(said: object) -> int:
    if said not in _DAYS:
        raise ValueError(f"must be one of: {', '.join(_DAYS)}")
    return _DAYS.index(str(said))


def _holiday(said: object) -> date:
    try:
        return said if type(said) is date else date.fromisoformat(str(said))
    except ValueError:
        raise ValueError('must be a day such as "2026-12-25"') from None


def _zone(said: object) -> str:
    zone = named(said) if isinstance(said, str) else None
    if zone is None:
        raise ValueError('must be a time zone such as "Europe/Zurich" or "UTC"')
    return zone.key


Clock = Annotated[time, PlainValidator(_clock)]
Weekday = Annotated[int, PlainValidator(_weekday)]
Holiday = Annotated[date, PlainValidator(_holiday)]
Zone = Annotated[str, PlainValidator(_zone)]
Days = Annotated[int, Strict(), Field(ge=0, le=365)]
Ahead = Annotated[int, Strict(), Field(ge=1, le=365)]
Said = Annotated[str, _matching(r".*\S.*", "must not be empty")]
Emoji = Annotated[str, _matching(_EMOJI, _AN_EMOJI)]
EmojiOrNothing = Annotated[str, _matching(f"({_EMOJI})?", _AN_EMOJI + ', or "" for nothing')]
Says = Annotated[Meaning | None, PlainValidator(_meaning)]
Invited = Annotated[str, _matching(r"[UWS][A-Z0-9]{2,}", "must be the id of a person (U…) or of a user group (S…)")]
Broadcast = Annotated[str, _matching(r"([CG][A-Z0-9]{2,})?", 'must be the id of a channel (C…), or "" for none')]
Prefix = Annotated[str, _matching(r"[a-z0-9_][a-z0-9_-]{0,39}", "must be 1 to 40 characters of a-z, 0-9, - and _")]
Folder = Annotated[str, PlainValidator(_folder)]
Family = Annotated[str, _one_of(known_families)]
ClockKey = Annotated[str, _one_of(_clocks)]
Duration = Annotated[timedelta, PlainValidator(_duration)]
DurationOrNever = Annotated[timedelta, PlainValidator(lambda said: timedelta(0) if said == "" else _duration(said))]
Term = Annotated[timedelta, PlainValidator(lambda said: timedelta(0) if said == "now" else _duration(said))]
DurationOrForGood = Annotated[timedelta | None, PlainValidator(lambda said: None if said == "" else _duration(said))]
Flag = Annotated[bool, Strict()]


class ObjectiveTable(BaseModel):
    """One `[[objectives]]` of the file."""

    model_config = _STRICT

    name: Said
    unit: str = ""
    target: Annotated[float, Strict()]
    window: Duration
    service: str = ""

    @field_validator("target")
    @classmethod
    def _possible(cls, target: float, info: ValidationInfo) -> float:
        if not info.data.get("unit") and not 0 < target < 1:
            raise ValueError("must be a fraction between 0 and 1, such as 0.999 for 99.9 %, or have a unit")
        if not 0 < target < math.inf:
            raise ValueError("must be a number above 0")
        return target

    def read(self) -> Objective:
        return Objective(self.name, self.target, self.window, self.service or None, self.unit)


_FOLLOW_UPS: Final = _DEFAULT.follow_ups


class FollowUpsTable(BaseModel):
    """`[follow_ups]` of the file. Its keys are the fields of `FollowUps`; a test holds this."""

    model_config = _STRICT

    hour: Clock = _FOLLOW_UPS.hour
    until: Clock = _FOLLOW_UPS.until
    workdays: frozenset[Weekday] = _FOLLOW_UPS.workdays
    holidays: frozenset[Holiday] = frozenset()
    zone: Zone = _FOLLOW_UPS.zone
    before: tuple[Ahead, ...] = _FOLLOW_UPS.before
    on_the_day: Flag = _FOLLOW_UPS.on_the_day
    overdue_on: frozenset[Weekday] = _FOLLOW_UPS.overdue_on
    escalate_after: Days = _FOLLOW_UPS.escalate_after
    channel_after: Days = _FOLLOW_UPS.channel_after
    channel: Broadcast = ""
    weekly_on: Weekday = _FOLLOW_UPS.weekly_on
    digest: Flag = _FOLLOW_UPS.digest
    draft_within: Days = _FOLLOW_UPS.draft_within
    meeting_within: Days = _FOLLOW_UPS.meeting_within
    steps_within: Days = _FOLLOW_UPS.steps_within
    sign_off_within: Days = _FOLLOW_UPS.sign_off_within
    reviews: Flag = _FOLLOW_UPS.reviews
    drills: Flag = _FOLLOW_UPS.drills

    @field_validator("until")
    @classmethod
    def _after_the_hour(cls, until: time, info: ValidationInfo) -> time:
        if "hour" in info.data and until <= info.data["hour"]:
            raise ValueError("must be later than the hour")
        return until

    @field_validator("workdays")
    @classmethod
    def _some(cls, workdays: frozenset[int]) -> frozenset[int]:
        if not workdays:
            raise ValueError("must name at least one day")
        return workdays

    def read(self) -> FollowUps:
        taken = {name: getattr(self, name) for name in type(self).model_fields}
        return FollowUps(**{**taken, "channel": self.channel or None})


_REMINDERS: Final = _DEFAULT.reminders


class RemindersTable(BaseModel):
    """`[reminders]` of the file. Its keys are the fields of `Reminders`; a test holds this."""

    model_config = _STRICT

    commander_after: DurationOrNever = _REMINDERS.commander_after
    update_after: DurationOrNever = _REMINDERS.update_after
    questions_after: DurationOrNever = _REMINDERS.questions_after
    regulatory: Flag = _REMINDERS.regulatory
    regulatory_warn: Duration = _REMINDERS.regulatory_warn
    terms: dict[Said, Term] = {}


class ScribeToml(BaseModel):
    """The file as written, each value checked by itself. Its keys are Policy's fields; a test holds this."""

    model_config = _STRICT

    families_folder: Folder = ""
    family: Family = _DEFAULT.family
    canvas: Flag = _DEFAULT.canvas
    severity: Severity = _DEFAULT.severity
    services: tuple[Said, ...] = ()
    responders: tuple[Invited, ...] = ()
    broadcast_channel: Broadcast = ""
    channel_prefix: Prefix = _DEFAULT.channel_prefix
    customers: tuple[Said, ...] = ()
    outsiders_may_command: Flag = _DEFAULT.outsiders_may_command
    guests_may_command: Flag = _DEFAULT.guests_may_command
    author_may_approve: Flag = _DEFAULT.author_may_approve
    roles_needed: dict[Deed, tuple[Role, ...]] = {}
    transcript_kept: DurationOrForGood = _DEFAULT.transcript_kept
    late_after: Duration = _DEFAULT.late_after
    catch_up_every: Duration = _DEFAULT.catch_up_every
    confirmation: Emoji = _DEFAULT.confirmation
    vocabulary: dict[Emoji, Says] = {}
    aliases: dict[Emoji, EmojiOrNothing] = {}
    objectives: tuple[ObjectiveTable, ...] = ()
    targets: dict[ClockKey, dict[Severity, Duration]] = {}
    follow_ups: FollowUpsTable = FollowUpsTable()
    reminders: RemindersTable = RemindersTable()

    def read(self) -> Policy:
        """The policy: what the file says, and the defaults for all else. Vocabulary and aliases add to the defaults."""
        taken = {name: getattr(self, name) for name in type(self).model_fields}
        taken["broadcast_channel"] = self.broadcast_channel or None
        taken["vocabulary"] = _merged(VOCABULARY, self.vocabulary)
        taken["aliases"] = _merged(ALIASES, self.aliases)
        taken["objectives"] = tuple(table.read() for table in self.objectives)
        taken["follow_ups"] = self.follow_ups.read()
        taken["reminders"] = Reminders(**dict(self.reminders))
        return Policy(**taken)

    def clashes(self, policy: Policy) -> Iterator[Mistake]:
        """What is wrong only together: emoji that would mean two things, or nothing."""
        if policy.meaning(self.confirmation) is not None:
            yield Mistake("confirmation", "must stand outside the vocabulary, for it says only that Scribe has heard")
        for name, whole in self.aliases.items():
            if whole and whole not in policy.vocabulary:
                yield Mistake(f"aliases.{name}", f"{whole} is not in the vocabulary")
            if whole and name in policy.vocabulary:
                yield Mistake(f"aliases.{name}", f"{name} has a meaning of its own in the vocabulary")


def _merged(defaults: Mapping[str, _V], said: Mapping[str, _V | None]) -> dict[str, _V]:
    return {name: value for name, value in {**defaults, **said}.items() if value}


def parse(text: str, beside: Path = Path()) -> Policy:
    """Read the text of a scribe.toml; `beside` is the folder that it stands in.

    Raises:
        Misconfigured: with every mistake of the file.
    """
    try:
        written = ScribeToml.model_validate(tomllib.loads(text), context={"beside": beside})
    except tomllib.TOMLDecodeError as error:
        raise Misconfigured([Mistake("scribe.toml", f"is not TOML: {error}")]) from None
    except ValidationError as error:
        raise Misconfigured(explain(error, _KEYS)) from None
    policy = written.read()
    if clashes := tuple(written.clashes(policy)):
        raise Misconfigured(clashes)
    return policy


_KEYS: Final = (*ScribeToml.model_fields, *ObjectiveTable.model_fields, *FollowUpsTable.model_fields)
