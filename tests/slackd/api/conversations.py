"""`conversations.*` apart from reading messages: channels, their members and what stands at their head."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tests.slackd import shapes
from tests.slackd.api.call import Call, method, need_scope, refuse
from tests.slackd.api.pages import page
from tests.slackd.limits import Refusal, check_channel_name, check_topic
from tests.slackd.records import JSON, Channel, SlackError

_TYPES = {"public_channel": "channel", "private_channel": "group", "im": "im", "mpim": "mpim"}
_TYPE_SCOPES = {"channel": "channels:read", "group": "groups:read", "im": "im:read", "mpim": "mpim:read"}


def _shape(call: Call, channel: Channel) -> JSON:
    return shapes.channel(call.world, channel, call.me)


def _manage(call: Call, channel: Channel, *narrower: str) -> None:
    """Refuse unless the token may manage this channel, by the broad scope or one of the narrower ones."""
    broad, family = ("groups:write", "groups") if channel.is_private else ("channels:manage", "channels")
    call.need(broad, *(f"{family}:{scope}" for scope in narrower))


@method("conversations.create", required="name", name="text", is_private="flag")
def create(call: Call) -> JSON:
    private = bool(call.args.get("is_private"))
    call.need("groups:write" if private else "channels:manage")
    refuse(check_channel_name(call.args["name"]))
    channel = call.world.create_channel(str(call.args["name"]), call.me, private=private)
    return {"channel": _shape(call, channel)}


@method("conversations.info", required="channel", channel="text", include_locale="flag", include_num_members="flag")
def info(call: Call) -> JSON:
    channel = call.readable()
    extra = {"num_members": len(channel.members)} if call.args.get("include_num_members") else {}
    return {"channel": _shape(call, channel) | extra}


@method("conversations.list", types="ids", exclude_archived="flag", limit="number", cursor="text")
def list_channels(call: Call) -> JSON:
    return _listing(call, lambda channel: channel.kind == "channel" or call.me in channel.members)


@method("users.conversations", types="ids", exclude_archived="flag", limit="number", cursor="text", user="text")
def users_conversations(call: Call) -> JSON:
    user = str(call.args.get("user") or call.me)
    listing = _listing(call, lambda channel: user in channel.members and _known(call, channel))
    for shape in listing["channels"]:
        shape.pop("is_member", None)
    return listing


def _known(call: Call, channel: Channel) -> bool:
    return not channel.is_private or call.me in channel.members


def _listing(call: Call, wanted: Callable[[Channel], bool]) -> JSON:
    kinds = _kinds(call.args.get("types") or ["public_channel"])
    for kind in kinds:
        call.need(_TYPE_SCOPES[kind])
    skip_archived = bool(call.args.get("exclude_archived"))
    found = [c for c in call.world.channels.values() if c.kind in kinds and not (skip_archived and c.is_archived)]
    chosen, metadata = page(call.args, [channel for channel in found if wanted(channel)], default=100, most=1000)
    return {"channels": [_shape(call, channel) for channel in chosen]} | metadata


def _kinds(types: Iterable[str]) -> list[str]:
    try:
        return [_TYPES[name.strip()] for name in types]
    except KeyError:
        raise SlackError("invalid_types") from None


@method("conversations.join", "channels:join", required="channel", channel="text")
def join(call: Call) -> JSON:
    channel = call.channel()
    if channel.kind != "channel":
        raise SlackError("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise SlackError("is_archived")
    new = call.world.join(channel, call.me)
    return {"channel": _shape(call, channel)} | ({} if new else {"warning": "already_in_channel"})


@method("conversations.leave", required="channel", channel="text")
def leave(call: Call) -> JSON:
    channel = call.channel()
    _manage(call, channel)
    if call.me not in channel.members:
        return {"not_in_channel": True}
    call.world.leave(channel, call.me)
    return {}


@method("conversations.invite", required="channel users", channel="text", users="ids", force="flag")
def invite(call: Call) -> JSON:
    channel = call.open_membership()
    _manage(call, channel, "write.invites")
    users = list(call.args["users"])
    if len(users) > 100:
        raise SlackError("too_many_users")
    _refuse_invitees(call, channel, users)
    for user in users:
        if user in call.world.users and not call.world.users[user].deleted:
            call.world.join(channel, user, inviter=call.me)
    return {"channel": _shape(call, channel)}


def _refuse_invitees(call: Call, channel: Channel, users: list[str]) -> None:
    """All or nothing, unless `force`: then the good ones come in and the others are left out."""
    problems = [(user, problem) for user in users if (problem := _invite_problem(call, channel, user))]
    if not problems or (call.args.get("force") and len(problems) < len(users)):
        return
    errors = [{"ok": False, "error": problem, "user": user} for user, problem in problems]
    raise SlackError(problems[0][1], errors=errors)


def _invite_problem(call: Call, channel: Channel, user_id: str) -> str:
    person = call.world.users.get(user_id)
    if person is None:
        return "user_not_found"
    if user_id == call.me:
        return "cant_invite_self"
    if user_id in channel.members:
        return "already_in_channel"
    if person.deleted or (person.team_id != call.world.team_id and not channel.is_ext_shared):
        return "cant_invite"
    return "ura_max_channels" if person.is_ultra_restricted else ""


@method("conversations.open", channel="text", users="ids", return_im="flag", prevent_creation="flag")
def open_conversation(call: Call) -> JSON:
    if call.args.get("channel"):
        return {"channel": _shape(call, call.channel()), "no_op": True, "already_open": True}
    users = list(call.args.get("users") or [])
    if not users:
        raise SlackError("users_list_not_supplied")
    call.need("im:write" if len(users) == 1 else "mpim:write")
    if any(call.world.user(user).deleted for user in users):
        raise SlackError("user_disabled")
    channel = call.world.direct_message(*users, call.me)
    short = {"id": channel.id}
    return {"channel": _shape(call, channel) if call.args.get("return_im") else short}


@method("conversations.members", required="channel", channel="text", limit="number", cursor="text")
def members(call: Call) -> JSON:
    channel = call.readable()
    chosen, metadata = page(call.args, channel.members, default=100, most=1000)
    return {"members": chosen} | metadata


@method("conversations.setTopic", required="channel", channel="text", topic="text")
def set_topic(call: Call) -> JSON:
    channel = _described(call, "topic", check_topic)
    call.world.set_topic(channel, str(call.args["topic"]), call.me)
    return {"channel": _shape(call, channel)}


@method("conversations.setPurpose", required="channel", channel="text", purpose="text")
def set_purpose(call: Call) -> JSON:
    channel = _described(call, "purpose", check_topic)
    call.world.set_purpose(channel, str(call.args["purpose"]), call.me)
    return {"channel": _shape(call, channel)}


def _described(call: Call, name: str, check: Callable[[object], Refusal | None]) -> Channel:
    channel = call.open_membership()
    _manage(call, channel, "write.topic")
    refuse(check(call.args.get(name)))
    return channel


@method("conversations.rename", required="channel name", channel="text", name="text")
def rename(call: Call) -> JSON:
    channel = call.open_membership()
    _manage(call, channel)
    if channel.creator != call.me:
        raise SlackError("not_authorized")
    refuse(check_channel_name(call.args["name"]))
    call.world.rename_channel(channel, str(call.args["name"]), call.me)
    return {"channel": _shape(call, channel)}


@method("conversations.archive", required="channel", channel="text")
def archive(call: Call) -> JSON:
    channel = call.channel()
    _manage(call, channel)
    if channel.is_archived:
        raise SlackError("already_archived")
    if channel.name == "general":
        raise SlackError("cant_archive_general")
    call.be_member(channel)
    call.world.archive(channel, call.me)
    return {}


@method("conversations.unarchive", required="channel", channel="text")
def unarchive(call: Call) -> JSON:
    """A bot token cannot: archiving has put the bot out, and only members may."""
    need_scope(call.slackd.manifest.scopes, ("channels:manage", "groups:write"))
    call.channel()
    raise SlackError("not_in_channel")
