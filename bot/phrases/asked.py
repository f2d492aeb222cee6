"""What every verb is given: the asker's request and the team's policy, with the small readings that verbs share."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from bot.commands import Moment, Request
from bot.decision import Offer, Refused
from bot.moments import leading_moment, parse_moment
from bot.phrases.flags import Flags, moment, shown
from bot.policy import Policy
from bot.values import person
from bot.wire import channel, unescape
from bot.words import Wire
from bot.zones import Ambiguous

RUN: Final = "run"
"""The action of an offer whose value is a whole command line, to be done as if it were typed."""
RUN_MOST: Final = 2000
"""Characters that a Slack button can carry."""


class Doubtful(Refused):
    """A time within a line that has several readings; `written` is how it stands there."""

    def __init__(self, refused: Ambiguous, written: str) -> None:
        super().__init__(refused.sentence, refused.example)
        self.readings = refused.readings
        self.written = written


@dataclass(frozen=True, slots=True)
class Asked:
    """One line: the verb as typed, what follows it, who asks, and the policy."""

    verb: str
    rest: str
    request: Request
    policy: Policy

    def moment(self, written: str) -> Moment:
        """The time meant.

        Raises:
            Refused: it cannot be meant.
            Doubtful: the line can be offered again with each real choice in its place.
        """
        try:
            return parse_moment(written, self.request.now, self.request.zone)
        except Ambiguous as refused:
            raise Doubtful(refused, written) from None

    def person(self, text: str, example: str) -> str:
        """The user mentioned.

        Raises:
            Refused: nobody is mentioned.
        """
        found = person(Wire(text), self.request)
        if found is None or found.startswith("S"):
            raise Refused(f"{shown(text)} mentions nobody: write @ and pick the person from the list.", example)
        return found


AT = Flags({"at": moment}, {"time": "at", "when": "at"}, "--at 14:02")


def timed(asked: Asked, text: str) -> tuple[Moment | None, Wire]:
    """A time at the head or after `--at`, and the words besides: `--at 14:02 rolled back`, `14:02`, `now`."""
    given: dict[str, str] = {}
    rest = AT.head(text, given)
    if "at" not in given:
        rest = AT.tail(rest, given, lambda _, value: leading_moment(value, asked=True)[0] == value)
    if "at" not in given:
        alone = re.fullmatch(r"(?:just |right )?now", rest.strip(), re.IGNORECASE)
        written, end = (rest.strip(), len(rest)) if alone else leading_moment(rest)
        rest = rest[end:]
        if written:
            given["at"] = written
    at = asked.moment(given["at"]) if "at" in given else None
    return at, Wire(rest.strip())


def other_incident(text: str, example: str) -> str:
    """The number or the channel id of another incident.

    Raises:
        Refused: neither.
    """
    found = channel(text)
    name = unescape(text.strip()).lstrip("#")
    if not found and not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{2,99}", name):
        raise Refused(f"{shown(text)} names no incident: give its number or its channel.", example)
    return found or name


def offered_again(refused: Doubtful, line: str) -> Refused:
    """The refusal with each choice as the whole line to run; none where it is not plain what to replace."""
    lines = [line.replace(refused.written, reading.text) for reading in refused.readings]
    plainly = line.count(refused.written) == 1 and all(len(each) <= RUN_MOST for each in lines)
    again = tuple(Offer(r.label, RUN, each) for r, each in zip(refused.readings, lines, strict=True))
    return Refused(refused.sentence, refused.example, again if plainly else ())
