"""How records look on the wire: the objects of Slack's answers and events."""

from __future__ import annotations

import datetime as dt
import mimetypes
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

from tests.slackd.records import JSON, Canvas, Channel, File, Message, User, UserGroup, View

if TYPE_CHECKING:
    from tests.slackd.world import World

Metadata = Literal["none", "type", "all"]


def user(world: World, person: User) -> JSON:
    offset = dt.datetime.fromtimestamp(world.now(), ZoneInfo(person.tz)).utcoffset() or dt.timedelta()
    shape: JSON = {
        "id": person.id,
        "team_id": person.team_id,
        "name": person.name,
        "deleted": person.deleted,
        "color": "9f69e7",
        "real_name": person.real_name,
        "tz": person.tz,
        "tz_label": person.tz,
        "tz_offset": int(offset.total_seconds()),
        "profile": _profile(person),
        "is_admin": False,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": person.is_restricted,
        "is_ultra_restricted": person.is_ultra_restricted,
        "is_bot": person.is_bot,
        "is_app_user": False,
        "updated": person.updated,
    }
    return shape | ({"is_stranger": True} if person.is_stranger else {})


def _profile(person: User) -> JSON:
    first, _, last = person.real_name.partition(" ")
    image = f"https://avatars.slackd.invalid/{person.id}"
    shape: JSON = {
        "title": "",
        "phone": "",
        "real_name": person.real_name,
        "real_name_normalized": person.real_name,
        "display_name": person.display_name,
        "display_name_normalized": person.display_name,
        "first_name": first,
        "last_name": last,
        "status_text": "",
        "status_emoji": "",
        "team": person.team_id,
        "image_48": f"{image}_48.png",
        "image_72": f"{image}_72.png",
    }
    if person.bot_id:
        shape["bot_id"] = person.bot_id
    return shape


def usergroup(world: World, group: UserGroup) -> JSON:
    return {
        "id": group.id,
        "team_id": world.team_id,
        "is_usergroup": True,
        "is_subteam": True,
        "name": group.name,
        "handle": group.handle,
        "description": "",
        "is_external": False,
        "date_create": 0,
        "date_update": 0,
        "date_delete": 0,
        "user_count": len(group.users),
        "users": list(group.users),
    }


def channel(world: World, place: Channel, viewer: str) -> JSON:
    """The conversation object of create, info, list, join and the rest."""
    if place.kind == "im":
        return _direct_message(place, viewer)
    return {
        "id": place.id,
        "name": place.name,
        "name_normalized": place.name,
        "is_channel": place.kind == "channel",
        "is_group": place.kind == "group",
        "is_im": False,
        "is_mpim": place.kind == "mpim",
        "is_private": place.is_private,
        "is_archived": place.is_archived,
        "is_general": place.name == "general",
        "is_member": viewer in place.members,
        "created": place.created,
        "updated": place.created * 1000,
        "creator": place.creator,
        "unlinked": 0,
        "is_shared": place.is_ext_shared,
        "is_ext_shared": place.is_ext_shared,
        "is_org_shared": False,
        "is_pending_ext_shared": False,
        "pending_shared": [],
        "pending_connected_team_ids": [],
        "shared_team_ids": _teams(world, place),
        "internal_team_ids": [world.team_id],
        "context_team_id": world.team_id,
        "topic": place.topic.to_json(),
        "purpose": place.purpose.to_json(),
        "previous_names": list(place.previous_names),
        "properties": _channel_properties(world, place),
    }


def _direct_message(place: Channel, viewer: str) -> JSON:
    other = next((member for member in place.members if member != viewer), viewer)
    return {
        "id": place.id,
        "created": place.created,
        "is_archived": False,
        "is_im": True,
        "is_org_shared": False,
        "is_open": True,
        "user": other,
        "priority": 0,
        "latest": None,
    }


def _teams(world: World, place: Channel) -> list[str]:
    return sorted({world.team_id} | {world.users[m].team_id for m in place.members if m in world.users})


def _channel_properties(world: World, place: Channel) -> JSON:
    """The channel's own canvas is named by itself, a standalone one by its tab."""
    own = world.canvases.get(place.canvas_id or "")
    tabs = [_tab(canvas.id) for canvas in world.canvases.values() if canvas.tab == place.id]
    if own is None:
        return {"tabs": tabs}
    canvas_ref = {"file_id": own.id, "is_empty": not own.sections, "quip_thread_id": ""}
    channel_canvas = {"type": "channel_canvas", "label": "", "id": "channel_canvas"}
    return {"canvas": canvas_ref, "tabs": [channel_canvas, *tabs]}


def _tab(canvas_id: str) -> JSON:
    return {"type": "canvas", "label": "", "id": f"Ct{canvas_id[1:]}", "data": {"file_id": canvas_id, "shared_ts": ""}}


# ---- messages


def message(world: World, post: Message, *, metadata: Metadata = "type") -> JSON:
    """A message as history gives it, and as events and answers carry it inside."""
    shape: JSON = {"type": "message"}
    shape |= {"subtype": post.subtype} if post.subtype else {}
    shape |= _author(world, post)
    shape |= {"text": post.text, "ts": post.ts}
    shape |= {"client_msg_id": post.client_msg_id} if post.client_msg_id else {}
    shape |= {"blocks": post.blocks} if post.blocks else {}
    shape |= {"attachments": post.attachments} if post.attachments else {}
    shape |= _message_files(world, post)
    shape |= {"edited": post.edited} if post.edited else {}
    shape |= _thread(world, post)
    shape |= {"reactions": reactions(post)} if post.reactions else {}
    shape |= {"pinned_to": [post.channel], "pinned_info": _pinned_info(post)} if post.pinned else {}
    shape |= _metadata(post, metadata)
    return shape | post.extra


def _author(world: World, post: Message) -> JSON:
    shape: JSON = {}
    if post.user:
        home = world.users[post.user].team_id if post.user in world.users else world.team_id
        shape |= {"user": post.user, "team": home}
        shape |= {"user_team": home, "source_team": home} if home != world.team_id else {}
    if post.bot_id:
        shape["bot_id"] = post.bot_id
        shape |= _own_app(world, post)
    shape |= {"username": post.username} if post.username else {}
    return shape | ({"icons": post.icons} if post.icons else {})


def _own_app(world: World, post: Message) -> JSON:
    if post.subtype == "bot_message" or post.bot_id not in world.apps:
        return {}
    return {"app_id": world.apps[post.bot_id], "bot_profile": bot_profile(world, post.bot_id)}


def bot_profile(world: World, bot_id: str) -> JSON:
    owner = next(person for person in world.users.values() if person.bot_id == bot_id)
    return {
        "id": bot_id,
        "app_id": world.apps[bot_id],
        "name": owner.name,
        "deleted": False,
        "updated": owner.updated,
        "icons": {},
        "team_id": world.team_id,
    }


def _message_files(world: World, post: Message) -> JSON:
    if not post.files:
        return {}
    return {"files": [file(world, world.files[f]) for f in post.files], "upload": True, "display_as_bot": False}


def _thread(world: World, post: Message) -> JSON:
    if post.is_reply and post.thread_ts:
        parent = world.channels[post.channel].messages.get(post.thread_ts)
        shape: JSON = {"thread_ts": post.thread_ts}
        shape |= {"parent_user_id": parent.user} if parent and parent.user else {}
        return shape | ({"root": message(world, parent)} if parent and post.subtype == "thread_broadcast" else {})
    return _thread_parent(world, post)


def _thread_parent(world: World, post: Message) -> JSON:
    place = world.channels[post.channel]
    replies = [place.messages[ts] for ts in place.threads.get(post.ts, [])]
    if not replies:
        return {}
    people = list(dict.fromkeys(reply.user or reply.bot_id or "" for reply in replies))
    return {
        "thread_ts": post.ts,
        "reply_count": len(replies),
        "reply_users_count": len(people),
        "latest_reply": replies[-1].ts,
        "reply_users": people[:5],
        "is_locked": False,
        "subscribed": False,
    }


def _metadata(post: Message, detail: Metadata) -> JSON:
    if not post.metadata or detail == "none":
        return {}
    return {"metadata": post.metadata if detail == "all" else {"event_type": post.metadata.get("event_type", "")}}


def _pinned_info(post: Message) -> JSON:
    pinned = post.pinned or {}
    return {"channel": post.channel, "pinned_by": pinned.get("by"), "pinned_ts": pinned.get("at")}


def reactions(post: Message) -> list[JSON]:
    return [{"name": name, "users": list(users), "count": len(users)} for name, users in post.reactions.items()]


def pin_item(world: World, post: Message) -> JSON:
    pinned = post.pinned or {}
    body = message(world, post) | {"permalink": permalink(world, post)}
    return {
        "type": "message",
        "channel": post.channel,
        "created": pinned.get("at", 0),
        "created_by": pinned.get("by", ""),
        "message": body,
    }


def permalink(world: World, post: Message) -> str:
    link = f"{world.workspace_url}archives/{post.channel}/p{post.ts.replace('.', '')}"
    return f"{link}?thread_ts={post.thread_ts}&cid={post.channel}" if post.is_reply else link


# ---- files, canvases, views


def file(world: World, item: File) -> JSON:
    """A file object. Its addresses are this server's own, so that a program can fetch the bytes."""
    mimetype = mimetypes.guess_type(item.name)[0] or "application/octet-stream"
    private = f"{world.base_url}files-pri/{world.team_id}-{item.id}/{item.name}"
    return {
        "id": item.id,
        "created": item.created,
        "timestamp": item.created,
        "name": item.name,
        "title": item.title,
        "mimetype": mimetype,
        "filetype": item.name.rpartition(".")[2] or "binary",
        "pretty_type": item.name.rpartition(".")[2].upper(),
        "user": item.user,
        "user_team": world.team_id,
        "size": item.size,
        "mode": "hosted",
        "is_external": False,
        "is_public": any(not world.channels[c].is_private for c in item.shares),
        "public_url_shared": False,
        "alt_txt": item.alt_txt,
        "url_private": private,
        "url_private_download": private.replace(item.id, f"{item.id}/download", 1),
        "permalink": f"{world.workspace_url}files/{item.user}/{item.id}/{item.name}",
        **_shared_in(world, item),
    }


def _shared_in(world: World, item: File) -> JSON:
    where: dict[str, dict[str, list[JSON]]] = {}
    lists: dict[str, list[str]] = {"channels": [], "groups": [], "ims": []}
    for channel_id, stamps in item.shares.items():
        kind = world.channels[channel_id].kind
        lists[{"channel": "channels", "im": "ims"}.get(kind, "groups")].append(channel_id)
        where.setdefault("public" if kind == "channel" else "private", {})[channel_id] = [{"ts": ts} for ts in stamps]
    return {**lists, "shares": where}


def canvas_file(world: World, item: Canvas) -> JSON:
    return {
        "id": item.id,
        "created": item.created,
        "timestamp": item.created,
        "name": item.title,
        "title": item.title,
        "mimetype": "application/vnd.slack-docs",
        "filetype": "quip",
        "pretty_type": "Canvas",
        "user": item.owner,
        "size": len(item.markdown.encode()),
        "mode": "quip",
        "permalink": f"{world.workspace_url}docs/{world.team_id}/{item.id}",
        "channels": sorted(item.access),
    }


def view(world: World, item: View) -> JSON:
    """The view object of answers and payloads, with what the user has filled in under `state`."""
    content = item.content
    shape: dict[str, Any] = {
        "id": item.id,
        "team_id": world.team_id,
        "type": content.get("type"),
        "blocks": item.blocks,
        "private_metadata": content.get("private_metadata", ""),
        "callback_id": content.get("callback_id", ""),
        "external_id": content.get("external_id", ""),
        "state": {"values": item.state},
        "hash": item.hash,
        "title": content.get("title"),
        "submit": content.get("submit"),
        "close": content.get("close"),
        "clear_on_close": bool(content.get("clear_on_close")),
        "notify_on_close": bool(content.get("notify_on_close")),
        "root_view_id": item.root_id,
        "previous_view_id": item.previous_id,
        "app_id": world.app_id,
        "app_installed_team_id": world.team_id,
        "bot_id": world.bot_id,
    }
    return shape
