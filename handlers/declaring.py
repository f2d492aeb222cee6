"""A new incident: its number, its channel, or the channel it adopts."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from slack_sdk.errors import SlackApiError

from bot.commands import Declare, Request
from bot.decide import decide
from bot.decision import Refused
from bot.masking import mask
from bot.numbering import is_counted, nth
from bot.wire import plain
from bot.words import IncidentType
from handlers import catchup
from handlers.act import Message, carry_out, settle
from handlers.desk import Desk
from handlers.readback import earlier_incident_ended
from handlers.slack_errors import code_of
from storage import Visit

CHANNEL_NAME_MOST: int = 72
"""Slack allows 80; a suffix may follow when the name is taken."""


async def declare(desk: Desk, command: Declare, request: Request) -> Message | None:
    """Begin an incident and answer; Slack makes its channel afterwards.

    Raises:
        Refused: the channel to adopt has an incident already, or Scribe cannot get into it.
    """
    if command.family not in (None, *desk.families):
        known = ", ".join(desk.families)
        raise Refused(f"There is no report family {command.family}; there are: {known}.", "/incident help")
    here, floor = command.here, ""
    if here is not None:
        command = await _adopting(desk, command)
        floor = await earlier_incident_ended(desk, here)
    async with desk.store.visit(None) as visit:
        incident = await visit.new_incident(request.now)
        numbers = await _numbers(desk, visit, command, request)
        named = replace(
            command,
            number=numbers[command.family or desk.policy.family],
            numbers=tuple(numbers.items()),
            channel_name=_name(desk, command, request),
        )
        decision = decide(incident, named, request, desk.policy)
        await carry_out(desk, visit, decision, request)
        if here is not None:
            await visit.put([catchup.adopting(incident, here, floor)], request.now)
        return await settle(desk, visit, decision, request)


async def _numbers(desk: Desk, visit: Visit, command: Declare, request: Request) -> dict[str, str]:
    """Each family's number at the declaration's UTC time; two that number alike share one."""
    numbers: dict[str, str] = {}
    given: dict[str, str] = {}
    for family in desk.families.values():
        for key, numbering in family.numberings().items():
            blank = numbering.blank(request.now, command.type or IncidentType.OTHER)
            given[blank] = given.get(blank) or await _next(visit, blank)
            numbers[key] = given[blank]
    return numbers


async def _next(visit: Visit, blank: str) -> str:
    """The next number that nobody has; a counter goes on where it stood, and leaves no gap."""
    n, number = 0, ""
    while not number or not await visit.take(number):
        n = await visit.count(f"number:{blank}") if is_counted(blank) else n + 1
        number = nth(blank, n)
    return number


def _name(desk: Desk, command: Declare, request: Request) -> str:
    if command.here is not None:
        return command.here_name
    title = plain(mask(command.title, desk.policy.customers).text, {})
    return channel_name(desk.policy.channel_prefix, f"{request.now:%Y%m%d-%H%M}", title)


def channel_name(prefix: str, stamp: str, title: str) -> str:
    """`incident-20261121-0312-checkout-is-failing`: what Slack allows in a name, cut at a word."""
    folded = unicodedata.normalize("NFKD", title.casefold()).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", folded)
    name = f"{prefix}{stamp}"
    for word in words:
        if len(name) + 1 + len(word) > CHANNEL_NAME_MOST:
            break
        name = f"{name}-{word}"
    return name


async def _adopting(desk: Desk, command: Declare) -> Declare:
    here = command.here or ""
    known = await desk.store.incident_at(here)
    if known is not None and (incident := await desk.store.incident(known)).is_open:
        raise Refused(f"This channel is {incident.number} already.", "/incident report")
    channel = await _entered(desk, here)
    return replace(command, here_name=str(channel["name"]), private=command.private or bool(channel.get("is_private")))


async def _entered(desk: Desk, channel: str) -> dict[str, object]:
    """The channel, with Scribe in it."""
    try:
        found = (await desk.slack.conversations_info(channel=channel))["channel"]
        if not found.get("is_member"):
            found = (await desk.slack.conversations_join(channel=channel))["channel"]
    except SlackApiError as error:
        if code_of(error) in ("channel_not_found", "method_not_supported_for_channel_type"):
            raise Refused("Scribe is not in this channel; invite it first.", "/invite @Scribe") from error
        raise
    return found  # type: ignore[no-any-return]
