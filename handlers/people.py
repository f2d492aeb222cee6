"""Who may do what, and in which incident they are speaking."""

from __future__ import annotations

from slack_sdk.errors import SlackApiError

from bot.decision import Offer, Refused
from bot.words import OPEN, Status
from handlers.desk import Desk
from handlers.slack_errors import OUTSIDE, code_of
from storage import Person, Sight, UnknownIncident

OFFERED: int = 5


def may_command(desk: Desk, person: Person) -> bool:
    """People of other workspaces and guests may be captured; they command only where that is configured."""
    if person.stranger:
        return desk.policy.outsiders_may_command
    return not person.guest or desk.policy.guests_may_command


def require_may_command(desk: Desk, person: Person) -> None:
    """Raises Refused for somebody who may not command."""
    if not may_command(desk, person):
        whose = "a member of another workspace" if person.stranger else "a guest"
        raise Refused(f"You are {whose} here, so Scribe takes no commands from you. Ask a member of this workspace.")


async def incident_here(desk: Desk, channel: str) -> int | None:
    """The incident of this channel; where it was merged, the one it goes on in."""
    found = await desk.store.attached_to(channel)
    if found is None:
        return None
    incident, status = found
    return await _end_of(desk, incident) if status is Status.MERGED else incident


async def _end_of(desk: Desk, incident_id: int) -> int | None:
    """Where a chain of merges ends."""
    found: int | None = incident_id
    while found is not None:
        incident = await desk.store.incident(found)
        if incident.merged_into is None:
            return found
        found = await desk.store.incident_numbered(incident.merged_into)
    return None


async def incident_for(desk: Desk, channel: str, user: str) -> int | None:
    """As `incident_here`, for somebody who asks: of a private incident nobody but its members is told."""
    found = await incident_here(desk, channel)
    return found if found is not None and await _may_see(desk, found, user, channel) else None


async def _may_see(desk: Desk, found: int, user: str, channel: str = "") -> bool:
    """Whoever speaks in a private channel is in it; of anybody else Slack is asked."""
    incident = await desk.store.incident(found)
    return not incident.private or incident.channel == channel or await is_member(desk, incident.channel, user)


async def incident_named(desk: Desk, name: str, user: str) -> int:
    """An incident by its number or its channel's id; where it was merged, the one it goes on in.

    Raises:
        Refused: there is none that this person may see.
    """
    found = await (desk.store.incident_at(name) if name[:1] in "CG" else desk.store.incident_numbered(name))
    found = found or await desk.store.incident_numbered(name.upper())
    if found is not None and await _may_see(desk, found, user):
        goes_on = await _end_of(desk, found)
        if goes_on is not None and await _may_see(desk, goes_on, user):
            return goes_on
    raise Refused(f"There is no incident {name} that you can see.", "/incident list")


async def require_may_touch(desk: Desk, incident_id: int, user: str) -> None:
    """What is pressed or submitted names its incident itself, so whoever does so is looked at again: of a private one
    only its members, and those who own one of its action items, for they were told of it.

    Raises:
        Refused: there is no such incident, or none that this person may see.
    """
    unseen = Refused("This belongs to an incident that you cannot see.", "/incident list")
    try:
        incident = await desk.store.incident(incident_id)
    except UnknownIncident:
        raise unseen from None
    if not incident.private or user in {item.owner for item in incident.action_items()}:
        return
    if not await is_member(desk, incident.channel, user):
        raise unseen


async def is_member(desk: Desk, channel: str | None, user: str) -> bool:
    """Is this person in that channel now? Slack is asked, because it alone decides; where it tells Scribe nothing of
    the channel any more, nobody is.
    """
    if channel is None:
        return False
    cursor = None
    while True:
        try:
            page = await desk.slack.conversations_members(channel=channel, limit=200, cursor=cursor)
        except SlackApiError as error:
            if code_of(error) in OUTSIDE:
                return False
            raise
        if user in page["members"]:
            return True
        cursor = (page.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return False


async def sight(desk: Desk, person: Person) -> Sight:
    """Which incidents this person may see: the public ones, and the private ones whose channel they are in.

    Guests and people of other workspaces see in Slack the channels they are in and no others; so it is here.
    """
    public = not (person.guest or person.stranger)
    channels = await (desk.store.private_channels() if public else desk.store.incident_channels())
    return Sight(public, await _channels_of(desk, person.id, channels))


async def _channels_of(desk: Desk, user: str, among: frozenset[str]) -> frozenset[str]:
    """Those of the channels in which this person is now, as far as Slack tells it to Scribe."""
    found: set[str] = set()
    cursor = None
    while among:
        page = await desk.slack.users_conversations(
            user=user, types="public_channel,private_channel", limit=1000, cursor=cursor
        )
        found |= {channel["id"] for channel in page["channels"]} & among
        cursor = (page.get("response_metadata") or {}).get("next_cursor")
        if not cursor or found == among:
            break
    return frozenset(found)


async def which_incident(desk: Desk, user: str, envelope: str) -> Refused:
    """The question for a command typed outside an incident channel; what was typed is kept in its envelope."""
    seen = await sight(desk, await desk.directory.person(user, desk.clock.now()))
    rows, _ = await desk.store.listed(seen, statuses=OPEN, limit=OFFERED)
    offers = tuple(Offer(f"{row.number} {row.title}"[:70], "choose_incident", f"{row.id} {envelope}") for row in rows)
    if not offers:
        return Refused("No incident is open that you can see.", "/incident declare Checkout is failing sev2")
    return Refused("This channel has no incident. Which one do you mean?", "/incident list", offers)
