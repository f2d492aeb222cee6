"""`files.*`: the three steps of an upload, and reading files back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.slackd import shapes
from tests.slackd.api.call import Call, method, refuse
from tests.slackd.limits import check_blocks
from tests.slackd.records import JSON, Channel, File, SlackError

if TYPE_CHECKING:
    from tests.slackd.server import Slackd

MOST_SNIPPET = 1024 * 1024
MOST_ALT_TEXT = 1000
MOST_CHANNELS = 100


@method(
    "files.getUploadURLExternal",
    "files:write",
    filename="text",
    length="number",
    alt_txt="text",
    snippet_type="text",
)
def get_upload_url(call: Call) -> JSON:
    args, world = call.args, call.world
    if not args.get("filename") or not args.get("length"):
        raise SlackError("missing_argument")
    if len(args.get("alt_txt", "")) > MOST_ALT_TEXT:
        raise SlackError("alt_txt_too_large")
    if args.get("snippet_type") and args["length"] > MOST_SNIPPET:
        raise SlackError("snippet_too_large")
    name, size = str(args["filename"]), int(args["length"])
    file = File(world.ident("F", f"{name} {size}"), name, name, call.me, int(world.now()), size)
    file.alt_txt, file.snippet_type = args.get("alt_txt", ""), args.get("snippet_type", "")
    world.files[file.id] = file
    return {"file_id": file.id, "upload_url": f"{world.base_url}upload/v1/{file.id}"}


@method(
    "files.completeUploadExternal",
    "files:write",
    required="files",
    files="json",
    channel_id="text",
    channels="ids",
    initial_comment="text",
    thread_ts="text",
    blocks="json",
)
def complete_upload(call: Call) -> JSON:
    files = [_uploaded(call, entry) for entry in call.args["files"]]
    channels = _targets(call)
    blocks = [] if call.args.get("initial_comment") else list(call.args.get("blocks") or [])
    refuse(check_blocks(blocks, "message") if blocks else None)
    for file in files:
        file.done = True
    for channel in channels:
        _share(call, channel, files, blocks)
    return {"files": [shapes.file(call.world, file) for file in files]}


def _uploaded(call: Call, entry: Any) -> File:
    if not isinstance(entry, dict) or "id" not in entry:
        raise SlackError("invalid_arguments")
    file = call.world.files.get(entry["id"])
    if file is None or file.done or not file.content:
        raise SlackError("file_not_found")
    file.title = entry.get("title") or file.name
    return file


def _targets(call: Call) -> list[Channel]:
    ids = list(call.args.get("channels") or []) + [c for c in [call.args.get("channel_id")] if c]
    if len(ids) > MOST_CHANNELS or (call.args.get("thread_ts") and len(ids) > 1):
        raise SlackError("channels_limit_exceeded")
    return [_target(call, channel_id) for channel_id in ids]


def _target(call: Call, channel_id: str) -> Channel:
    if channel_id in call.world.users:
        return call.world.direct_message(channel_id, call.me)
    call.args["channel"] = channel_id
    return call.open_membership()


def _share(call: Call, channel: Channel, files: list[File], blocks: list[JSON]) -> None:
    thread_ts = call.args.get("thread_ts")
    if thread_ts and thread_ts not in channel.messages:
        raise SlackError("thread_not_found")
    text = str(call.args.get("initial_comment") or "")
    place = {"thread_ts": thread_ts} if thread_ts else {}
    share_files(call.slackd, channel, files, call.me, text, bot_id=call.world.bot_id, blocks=blocks, **place)


def share_files(slackd: Slackd, channel: Channel, files: list[File], user: str, text: str, **attributes: Any) -> None:
    """Post a message that carries these files."""
    for file in files:
        file.shares.setdefault(channel.id, [])
    ids = [file.id for file in files]
    message = slackd.world.post(channel, user, text, subtype="file_share", files=ids, **attributes)
    for file in files:
        file.shares[channel.id].append(message.ts)


@method("files.info", "files:read", required="file", file="text", limit="number", cursor="text")
def info(call: Call) -> JSON:
    canvas = call.world.canvases.get(str(call.args["file"]))
    if canvas is not None:
        return {"file": shapes.canvas_file(call.world, canvas), "comments": []}
    file = _known(call)
    return {"file": shapes.file(call.world, file), "comments": [], "response_metadata": {"next_cursor": ""}}


@method("files.delete", "files:write", required="file", file="text")
def delete(call: Call) -> JSON:
    file = _known(call)
    if file.user != call.me:
        raise SlackError("cant_delete_file")
    file.deleted, file.content = True, b""
    return {}


def _known(call: Call) -> File:
    file = call.world.files.get(str(call.args["file"]))
    if file is None or not file.done:
        raise SlackError("file_not_found")
    if file.deleted:
        raise SlackError("file_deleted")
    return file


# ---- bytes


async def receive(slackd: Slackd, request: web.Request) -> web.Response:
    """`POST /upload/v1/{file_id}`: raw bytes or a form with one file; needs no token."""
    file = slackd.world.files.get(request.match_info["file"])
    content = await _bytes(request)
    if file is None or file.done or len(content) != file.size:
        return web.Response(status=400, text="bad upload")
    file.content = content
    return web.Response(text=f"OK - {len(content)}")


async def _bytes(request: web.Request) -> bytes:
    if request.content_type != "multipart/form-data":
        return await request.read()
    form = await request.post()
    return b"".join(part.file.read() for part in form.values() if isinstance(part, web.FileField))


async def download(slackd: Slackd, request: web.Request) -> web.Response:
    """`GET /files-pri/{team}-{file}/…`: the bytes for the bot's token, else Slack's login page."""
    file = slackd.world.files.get(request.match_info["file"])
    if (
        request.headers.get("Authorization") != f"Bearer {slackd.bot_token}"
        or "files:read" not in slackd.manifest.scopes
    ):
        return web.Response(text="<html><body>Sign in to Slack</body></html>", content_type="text/html")
    if file is None or file.deleted:
        return web.Response(status=404)
    return web.Response(body=file.content, content_type="application/octet-stream")
