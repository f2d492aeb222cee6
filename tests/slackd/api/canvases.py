"""`canvases.*` and `conversations.canvases.create`: documents made of sections whose ids hold until the next edit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tests.slackd.api.call import Call, method, refuse
from tests.slackd.limits import check_canvas_markdown
from tests.slackd.limits.canvas import CHARACTERS_MOST
from tests.slackd.records import JSON, Canvas, Channel, Section, SlackError
from tests.slackd.world import World

_LEVELS = {"h1": "# ", "h2": "## ", "h3": "### "}
_OPERATIONS = {
    "insert_after": ("document_content", "section_id"),
    "insert_before": ("document_content", "section_id"),
    "insert_at_start": ("document_content",),
    "insert_at_end": ("document_content",),
    "replace": ("document_content",),
    "delete": ("section_id",),
    "rename": ("title_content",),
}


@method("canvases.create", "canvases:write", title="text", document_content="json", channel_id="text")
def create(call: Call) -> JSON:
    """A standalone canvas, with `channel_id` a tab of that channel; a free team has only a channel's one canvas."""
    channel = call.open_membership("channel_id") if call.args.get("channel_id") else None
    if call.world.plan == "free":
        if channel is None:
            raise SlackError("free_teams_cannot_create_standalone_canvases")
        if channel.canvas_id is not None:
            raise SlackError("free_team_canvas_tab_already_exists")
        return {"canvas_id": _for_channel(call, channel, "canvas_creation_failed").id}
    canvas = _new(call)
    if channel is not None:
        canvas.tab, canvas.access[channel.id] = channel.id, "write"
    return {"canvas_id": canvas.id}


@method(
    "conversations.canvases.create",
    "canvases:write",
    required="channel_id",
    channel_id="text",
    document_content="json",
    title="text",
)
def create_for_channel(call: Call) -> JSON:
    channel = call.open_membership("channel_id")
    if channel.canvas_id is not None:
        raise SlackError("channel_canvas_already_exists")
    return {"canvas_id": _for_channel(call, channel, "channel_canvas_creation_failed").id}


def _for_channel(call: Call, channel: Channel, refused: str) -> Canvas:
    canvas = _new(call, refused)
    canvas.channel, channel.canvas_id = channel.id, canvas.id
    return canvas


def _new(call: Call, refused: str = "canvas_creation_failed") -> Canvas:
    if call.world.canvases_disabled:
        raise SlackError("canvas_disabled_user_team")
    markdown = _markdown(call.args.get("document_content"), refused)
    title = str(call.args.get("title") or "Untitled")
    canvas = Canvas(call.world.ident("F", f"canvas {title}"), title, call.me, int(call.world.now()))
    fill(canvas, markdown)
    call.world.canvases[canvas.id] = canvas
    call.world.record("canvas_created", canvas, call.args.get("channel_id"), call.me)
    return canvas


def _markdown(content: Any, refused: str) -> str:
    """The Markdown inside a `document_content`, which a canvas must be able to hold."""
    if content is None:
        return ""
    if not isinstance(content, dict) or content.get("type") != "markdown" or "markdown" not in content:
        raise SlackError("invalid_arguments")
    refuse(check_canvas_markdown(content["markdown"], refused))
    return str(content["markdown"])


@method("canvases.edit", "canvases:write", required="canvas_id changes", canvas_id="text", changes="json")
def edit(call: Call) -> JSON:
    canvas = _known(call)
    changes = call.args["changes"]
    if not isinstance(changes, list) or len(changes) != 1:
        raise SlackError("invalid_arguments", detail="exactly one change per call")
    _apply(canvas, changes[0])
    call.world.record("canvas_changed", canvas, canvas.channel, call.me)
    return {}


def _apply(canvas: Canvas, change: JSON) -> None:
    operation = str(change.get("operation"))
    if operation not in _OPERATIONS or any(name not in change for name in _OPERATIONS[operation]):
        raise SlackError("invalid_arguments", detail=f"operation {operation} is unknown or lacks a field")
    if operation == "rename":
        canvas.title = _markdown(change["title_content"], "canvas_editing_failed")
        return
    new = list(_sections(_markdown(change.get("document_content"), "canvas_editing_failed")))
    start, end = _span(canvas, operation, change.get("section_id"))
    texts = [section.markdown for section in canvas.sections]
    whole = "\n\n".join([*texts[:start], *new, *texts[end:]])
    if len(whole) > CHARACTERS_MOST:
        raise SlackError("canvas_too_large")
    fill(canvas, whole)


def _span(canvas: Canvas, operation: str, section_id: str | None) -> tuple[int, int]:
    """Which of the present sections the change puts something else for."""
    count = len(canvas.sections)
    if operation == "insert_at_start":
        return 0, 0
    if operation == "insert_at_end":
        return count, count
    if section_id is None:
        return 0, count
    at = next((i for i, section in enumerate(canvas.sections) if section.id == section_id), None)
    if at is None:
        raise SlackError("canvas_editing_failed", detail="section_not_found")
    return {"insert_before": (at, at), "insert_after": (at + 1, at + 1)}.get(operation, (at, at + 1))


def fill(canvas: Canvas, markdown: str) -> None:
    """Put this in the canvas; the ids of its sections are new."""
    canvas.edits += 1
    ids = (f"temp:C:{canvas.id}{canvas.edits:03d}{n:04d}" for n in range(1, 100_000))
    canvas.sections = [Section(section_id, text) for section_id, text in zip(ids, _sections(markdown), strict=False)]


def _sections(markdown: str) -> Iterator[str]:
    """Blocks between blank lines; fenced code stays whole."""
    block: list[str] = []
    fenced = False
    for line in markdown.splitlines():
        fenced ^= line.lstrip().startswith("```")
        if line.strip() or fenced:
            block.append(line)
        elif block:
            yield "\n".join(block)
            block = []
    if block:
        yield "\n".join(block)


@method("canvases.sections.lookup", "canvases:read", required="canvas_id criteria", canvas_id="text", criteria="json")
def lookup(call: Call) -> JSON:
    canvas, criteria = _known(call), call.args["criteria"]
    found = [section for section in canvas.sections if _fits(section, criteria)]
    return {"sections": [{"id": section.id} for section in found]}


def _fits(section: Section, criteria: JSON) -> bool:
    types = criteria.get("section_types") or []
    prefixes = [prefix for kind, prefix in _LEVELS.items() if kind in types or "any_header" in types]
    if types and not any(section.markdown.startswith(prefix) for prefix in prefixes):
        return False
    return str(criteria.get("contains_text", "")) in re.sub(r"[*_~`\\]", "", section.markdown)


@method("canvases.getContent", "canvases:read", required="canvas_id", canvas_id="text", content_type="text")
def get_content(call: Call) -> JSON:
    canvas = _known(call)
    if call.args.get("content_type", "markdown") != "markdown":
        raise SlackError("invalid_arguments", detail="only markdown is kept here")
    return {"content": as_told(canvas.markdown)}


def as_told(markdown: str) -> str:
    """Slack keeps no Markdown, it keeps a document: what it tells of it means the same and is spelt its own way.

    How exactly is not documented; a program must not count on getting its own spelling back.
    """
    lines = (_respelt(line) if not fenced else line for line, fenced in _with_fences(markdown))
    return "\n".join(lines)


def _respelt(line: str) -> str:
    line = re.sub(r"^(\s*)- (?!\[)", r"\1* ", line.rstrip())
    line = re.sub(r"(?<![\w\\])_([^_`]+)_(?!\w)", r"*\1*", line)
    if line.startswith("|"):
        return re.sub(r"(?<!\\) *\| *", "|", line)
    return line.replace(r"\!", "!").replace(r"\@", "@").replace(r"\.", ".")


def _with_fences(markdown: str) -> Iterator[tuple[str, bool]]:
    fenced = False
    for line in markdown.splitlines():
        fence = line.lstrip().startswith("```")
        fenced ^= fence
        yield line, fenced or fence


@method("canvases.delete", "canvases:write", required="canvas_id", canvas_id="text")
def delete(call: Call) -> JSON:
    call.world.delete_canvas(_known(call), call.me)
    return {}


@method(
    "canvases.access.set",
    "canvases:write",
    required="canvas_id access_level",
    canvas_id="text",
    access_level="text",
    channel_ids="ids",
    user_ids="ids",
)
def access_set(call: Call) -> JSON:
    canvas = _known(call)
    channels, users = list(call.args.get("channel_ids") or []), list(call.args.get("user_ids") or [])
    if canvas.channel is not None:
        raise SlackError("canvas_not_found")
    if bool(channels) == bool(users) or call.args["access_level"] not in ("read", "write", "owner"):
        raise SlackError("invalid_parameters")
    for user in users:
        call.world.user(user)
    for channel in channels:
        call.world.channel(channel)
    canvas.access |= dict.fromkeys(channels + users, str(call.args["access_level"]))
    return {}


def _known(call: Call) -> Canvas:
    """The canvas, where the bot may see it: its own, or one of a channel that it is in."""
    canvas = call.world.canvases.get(str(call.args["canvas_id"]))
    if canvas is None or not (canvas.owner == call.me or reaches(call.world, canvas, call.me)):
        raise SlackError("canvas_not_found")
    return canvas


def reaches(world: World, canvas: Canvas, user: str) -> bool:
    """Whether somebody who does not own it may write in it."""
    shared = {place for place, level in canvas.access.items() if level != "read"} | {canvas.channel}
    places = (world.channels[place] for place in shared if place in world.channels)
    return user in shared or any(user in place.members for place in places)
