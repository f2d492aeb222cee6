"""How each kind of call is made, and how one looks whether an earlier try already took effect."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Set
from dataclasses import replace
from typing import Any, Final

from slack_sdk.errors import SlackApiError

from bot.decide.posted import erasures
from bot.versions import require_version
from bot.wire import unescape
from handlers import reminding
from handlers.desk import Desk
from handlers.files import uploaded
from handlers.followups import key_of
from handlers.home import view_of
from handlers.nudging import message_of, place_for
from handlers.past import from_before
from handlers.reports import draft_summary
from handlers.slack_errors import code_of
from handlers.versions import comparison, comparison_text, file_name, freeze, version_body
from storage import Leased
from templates.blocks.calls import post

Args = dict[str, Any]
Result = Mapping[str, Any]
Perform = Callable[[Desk, Leased, Args], Awaitable[Result]]

LOOK_BACK: Final = 200  # messages read when an earlier try may have posted already
NAMES_TRIED: Final = 20
AGAIN: Final = "Here again, without words that were deleted in Slack."


class NotYet(Exception):
    """What the call needs is not in Slack yet, or Slack falters: it is tried again."""


async def perform_plainly(desk: Desk, call: Leased, args: Args) -> Result:
    """A call that may be repeated without harm."""
    answer = await desk.courier.api_call(call.method, json=args)
    return _data(answer)


def _data(answer: Any) -> Result:
    return answer.data if isinstance(answer.data, dict) else {}


async def post_message(desk: Desk, call: Leased, args: Args) -> Result:
    """A post carries its key; a second try looks for it first."""
    found = await _posted_already(desk, call, args) if call.attempt > 1 else None
    return found or _data(await desk.courier.api_call("chat.postMessage", json=args))


async def _posted_already(desk: Desk, call: Leased, args: Args) -> Result | None:
    where = {"channel": args["channel"], "include_all_metadata": True, "limit": LOOK_BACK}
    if args.get("thread_ts"):
        answer = await desk.slack.conversations_replies(ts=args["thread_ts"], **where)
    else:
        answer = await desk.slack.conversations_history(**where)
    for message in answer["messages"]:
        mark = (message.get("metadata") or {}).get("event_payload") or {}
        if mark.get("key") == call.key:
            return {"channel": args["channel"], "ts": message["ts"], "message": message}
    return None


async def create_channel(desk: Desk, call: Leased, args: Args) -> Result:
    """Make the channel; a name that is taken is ours from an earlier try, or gets the next number."""
    name = args["name"]
    for n in range(1, NAMES_TRIED):
        wanted = name if n == 1 else f"{name[:76]}-{n}"
        try:
            return await perform_plainly(desk, call, {**args, "name": wanted})
        except SlackApiError as error:
            if code_of(error) != "name_taken":
                raise
        ours = await _made_already(desk, wanted) if call.attempt > 1 else None
        if ours is not None:
            return {"channel": ours}
    raise RuntimeError(f"no free channel name near {name}")


async def _made_already(desk: Desk, name: str) -> Result | None:
    """A channel of ours by that name to which no incident is attached yet."""
    cursor = None
    while True:
        page = await desk.slack.conversations_list(
            types="public_channel,private_channel", exclude_archived=True, limit=200, cursor=cursor
        )
        for channel in page["channels"]:
            ours = channel["name"] == name and channel.get("creator") == desk.me.user_id
            if ours and await desk.store.incident_at(channel["id"]) is None:
                return channel  # type: ignore[no-any-return]
        cursor = (page.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return None


async def invite(desk: Desk, call: Leased, args: Args) -> Result:
    """People by id, user groups by their members; who is in already or cannot come does not keep the others out."""
    users: dict[str, None] = {}
    for who in args["users"]:
        members = await _members(desk, who) if who.startswith("S") else [who]
        users.update(dict.fromkeys(m for m in members if m != desk.me.user_id))
    ids = list(users)
    for start in range(0, len(ids), 100):
        await _invite_some(desk, call, args["channel"], ids[start : start + 100])
    return {}


async def _members(desk: Desk, group: str) -> list[str]:
    answer = await desk.slack.usergroups_users_list(usergroup=group)
    return list(answer["users"])


async def _invite_some(desk: Desk, call: Leased, channel: str, users: list[str]) -> None:
    try:
        await perform_plainly(desk, call, {"channel": channel, "users": ",".join(users), "force": True})
    except SlackApiError as error:
        harmless = {"already_in_channel", "cant_invite_self", "cant_invite", "user_is_restricted", "ura_max_channels"}
        if code_of(error) not in harmless:
            raise


async def set_topic(desk: Desk, call: Leased, args: Args) -> Result:
    """Setting the same topic again would post a second line about it."""
    if call.attempt > 1:
        known = await desk.slack.conversations_info(channel=args["channel"])
        if unescape(known["channel"]["topic"]["value"]) == unescape(args["topic"]):
            return {}
    return await perform_plainly(desk, call, args)


async def add_bookmark(desk: Desk, call: Leased, args: Args) -> Result:
    """Bookmarks carry no mark; one with our title is ours."""
    if call.attempt > 1:
        known = await desk.slack.bookmarks_list(channel_id=args["channel_id"])
        if any(b.get("title") == args["title"] for b in known["bookmarks"]):
            return {}
    return await perform_plainly(desk, call, args)


async def post_summary(desk: Desk, call: Leased, args: Args) -> Result:
    """The draft's summary, composed now that its evidence stands in Slack."""
    message = await draft_summary(desk, call.incident or 0, args["family"])
    metadata = {"event_type": "scribe", "event_payload": {"key": call.key}}
    full = {"channel": args["channel"], "metadata": metadata, "unfurl_links": False, "unfurl_media": False, **message}
    return await post_message(desk, call, full)


async def post_past(desk: Desk, call: Leased, args: Args) -> Result:
    """What past incidents have to say; nothing where they say nothing."""
    message = await from_before(desk, call.incident or 0)
    return await post_message(desk, call, post(call.key, args["channel"], message).args) if message else {}


async def publish_home(desk: Desk, call: Leased, args: Args) -> Result:
    """Somebody's Home tab as things stand now."""
    view = await view_of(desk, args["to"], args["page"], args["said"])
    return _data(await desk.courier.views_publish(user_id=args["to"], view=view))


async def remind(desk: Desk, call: Leased, args: Args) -> Result:
    """The incident's reminders: posted once, when something is outstanding, and edited from then on."""
    incident = await desk.store.incident(call.incident or 0)
    message, anchor = reminding.message_of(desk, incident), incident.anchors.get(reminding.ANCHOR)
    if anchor is not None:
        place = {"channel": anchor.place.channel, "ts": anchor.place.ts}
        edited = await perform_plainly(desk, replace(call, method="chat.update"), {**place, **message})
        desk.metrics.nudged("edited")
        return edited
    if not reminding.anything(desk, incident):
        desk.metrics.nudged("needless")
        return {}
    posted = await post_message(desk, call, post(call.key, args["channel"], message).args)
    desk.metrics.nudged("posted")
    return posted


async def update_summary(desk: Desk, call: Leased, args: Args) -> Result:
    """The summary of a posted draft, as things stand now; the file below it stays as it was posted."""
    message = await draft_summary(desk, call.incident or 0, args["family"], posted=True)
    return await perform_plainly(
        desk, replace(call, method="chat.update"), {"channel": args["channel"], "ts": args["ts"], **message}
    )


async def upload_version(desk: Desk, call: Leased, args: Args) -> Result:
    """A version as a file in a thread, by Slack's three-step upload."""
    id, family, form = call.incident or 0, args["family"], args["form"]
    incident = await desk.store.incident(id)
    number, against = args["version"], args["against"]
    name = file_name(incident, family, number, form, against)
    known = {anchor.file for anchor in incident.anchors.values()}
    if call.attempt > 1 and (found_file := await _uploaded_already(desk, args, name, known)):
        return {"file": found_file, "knew": args.get("knew", 0)}
    knew = erasures(incident, family, number, against or "")
    if against:
        found = await comparison(desk, incident, family, against, number)
        content = comparison_text(found, incident, family, against, number).encode()
    else:
        content = await version_body(desk, id, family, require_version(incident, family, number), form)
    comment = AGAIN if args.get("knew") else None
    file = await uploaded(desk, name, content, args["channel"], args["thread_ts"], comment)
    return {"file": file, "knew": knew}


async def freeze_version(desk: Desk, call: Leased, args: Args) -> Result:
    """What was published is written in every form and kept; nothing goes to Slack."""
    await freeze(desk, call.incident or 0, args["family"], args["version"])
    return {}


async def _uploaded_already(desk: Desk, args: Args, name: str, known: Set[str | None]) -> str | None:
    """The file of this name that no earlier call put there."""
    answer = await desk.slack.conversations_replies(channel=args["channel"], ts=args["thread_ts"], limit=LOOK_BACK)
    files = (file for m in answer["messages"] for file in m.get("files") or [])
    return next((str(file["id"]) for file in files if file.get("name") == name and file["id"] not in known), None)


async def post_nudges(desk: Desk, call: Leased, args: Args) -> Result:
    """Somebody's reminder of the day, composed now: what was done or put off meanwhile is not asked for."""
    channel = await place_for(desk, args["to"])
    if channel is None:
        await desk.store.untell(args["to"], args["day"], desk.clock.now())
        return {}
    if call.attempt > 1 and (found := await _posted_already(desk, call, {"channel": channel})):
        return found
    message = await message_of(desk, args["to"], args["day"], posted=False)
    if message is None:
        desk.metrics.nudged("needless")
        return {}
    metadata = {"event_type": "scribe", "event_payload": {"key": call.key}}
    full = {"channel": channel, "metadata": metadata, "unfurl_links": False, "unfurl_media": False, **message}
    posted = _data(await desk.courier.api_call("chat.postMessage", json=full))
    desk.metrics.nudged("posted")
    return posted


async def update_nudges(desk: Desk, call: Leased, args: Args) -> Result:
    """The same message as things stand now; where none was posted there is nothing to edit."""
    place = await desk.store.place_of(key_of(args["to"], args["day"]))
    message = await message_of(desk, args["to"], args["day"], posted=True) if place else None
    if place is None or message is None:
        return {}
    edit = {"channel": place["channel"], "ts": place["ts"], **message}
    edited = await perform_plainly(desk, replace(call, method="chat.update"), edit)
    desk.metrics.nudged("edited")
    return edited


PERFORM: Final[Mapping[str, Perform]] = {
    "chat.postMessage": post_message,
    "conversations.create": create_channel,
    "conversations.invite": invite,
    "conversations.setTopic": set_topic,
    "bookmarks.add": add_bookmark,
    "scribe.summary": post_summary,
    "scribe.outdated": update_summary,
    "scribe.upload": upload_version,
    "scribe.freeze": freeze_version,
    "scribe.nudges": post_nudges,
    "scribe.nudged": update_nudges,
    "scribe.past": post_past,
    "scribe.remind": remind,
    "scribe.home": publish_home,
}
