"""The report as a canvas of the incident's channel: made once, written again when it reads otherwise, and nothing that
people wrote in it is lost.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, Final

from slack_sdk.errors import SlackApiError

from bot.commands import Anchor
from bot.facts import Evidence
from bot.incident import Incident
from bot.report import build_report
from handlers.desk import Desk
from handlers.reports import context, people_in, require_family
from handlers.slack_calls import NotYet
from handlers.slack_errors import OUTSIDE, code_of
from storage import Leased, Written
from templates import canvas_notes, render
from templates.blocks.card import name
from templates.canvas import escape

log = logging.getLogger("scribe.canvases")

Result = Mapping[str, Any]

METHOD: Final = "scribe.canvas"
PURPOSE: Final = "canvas"
PATIENCE: Final = 4
"""Tries of what Slack refuses now and then, large edits above all."""

ONE_EACH: Final = frozenset(
    {
        "canvas_tab_creation_failed",
        "free_team_canvas_tab_already_exists",
        "free_teams_cannot_create_non_tabbed_canvases",
        "free_teams_cannot_create_standalone_canvases",
    }
)
"""There is no standalone canvas to be had here; a channel may still have its own."""

TAKEN: Final = frozenset({"channel_canvas_already_exists", "free_team_canvas_tab_already_exists"})
FALTERING: Final = frozenset(
    {"canvas_creation_failed", "channel_canvas_creation_failed", "canvas_editing_failed", "canvas_editing_locked"}
)
REFUSING: Final = ONE_EACH | {
    "canvas_deleted",
    "canvas_disabled_user_team",
    "canvas_not_found",
    "canvas_too_large",
    "restricted_action",
    "team_tier_cannot_create_channel_canvases",
}


@dataclass(frozen=True, slots=True)
class _Paper:
    """What is to stand in the canvas."""

    title: str
    report: str

    @property
    def content_mark(self) -> str:
        return sha256(self.report.encode()).hexdigest()

    @property
    def title_mark(self) -> str:
        return sha256(self.title.encode()).hexdigest()


class _Taken(Exception):
    """The only canvas to be had holds the report of another incident in the same channel."""


async def keep(desk: Desk, call: Leased, args: dict[str, Any]) -> Result:
    """Bring the canvas up to the facts; the first time, make it. Trying again does nothing twice.

    The result names the canvas, or the refusal that ends it.

    Raises:
        NotYet: Slack refuses now what it may take later.
        SlackApiError: anything that is not about canvases.
    """
    incident = await desk.store.incident(call.incident or 0)
    try:
        canvas = await _kept(desk, incident, await _paper(desk, incident))
    except _Taken:
        return {"channel": incident.channel, "refused": "taken"}
    except SlackApiError as error:
        code = code_of(error)
        if code in OUTSIDE:  # nobody misses anything
            return {}
        if code in REFUSING or (code in FALTERING and call.attempt >= PATIENCE):
            log.warning("Slack refuses the canvas of %s: %s %s", incident.number, code, error.response.get("detail"))
            return {"channel": incident.channel, "refused": code}
        if code in FALTERING:
            raise NotYet(code) from error
        raise
    return {"channel": incident.channel, "canvas_id": canvas}


def consequence(result: Result) -> Anchor | None:
    """What follows for the incident: it has a canvas, or it has none."""
    if not result:
        return None
    place = Evidence(str(result["channel"]), "")
    if "refused" in result:
        return Anchor("no canvas", place)
    return Anchor("canvas", place, file=str(result["canvas_id"]))


async def _paper(desk: Desk, incident: Incident) -> _Paper:
    """Composed beside the loop: a report of ten thousand lines takes seconds."""
    family = require_family(desk, incident.family)
    await desk.directory.meet(people_in(incident), desk.clock.now())
    view, look = context(desk), desk.look
    report = await asyncio.to_thread(lambda: render(build_report(incident, family, view), "canvas"))
    return _Paper(name(incident, look), report)


async def _kept(desk: Desk, incident: Incident, paper: _Paper) -> str:
    known = await desk.store.written(incident.id)
    canvas = incident.canvas
    if canvas is None and known is not None:
        canvas = await _made_already(desk, incident, known)
    if canvas is None:
        return await _make(desk, incident, paper, known)
    await _renew(desk, incident, canvas, paper, known or Written({}))
    return canvas


async def _made_already(desk: Desk, incident: Incident, known: Written) -> str | None:
    """The canvas of an earlier try whose answer never came: the one in the channel with our lines in it."""
    ours = Counter(known.lines)
    for canvas in _canvases(await _channel(desk, incident)):
        if await _holder(desk, canvas) in (None, incident.id):
            told = canvas_notes.marks(await _told(desk, canvas))
            if 2 * (told & ours).total() > ours.total():
                return canvas
    return None


async def _holder(desk: Desk, canvas: str) -> int | None:
    """The incident whose report stands in it."""
    return await desk.store.incident_numbered(f"canvas:{canvas}")


async def _hold(desk: Desk, incident: Incident, canvas: str) -> bool:
    """Make it this incident's; False: another's report stands in it."""
    async with desk.store.visit(incident.id) as visit:
        taken = await visit.take(f"canvas:{canvas}")
    return taken or await _holder(desk, canvas) == incident.id


async def _channel(desk: Desk, incident: Incident) -> Mapping[str, Any]:
    answer = await desk.slack.conversations_info(channel=incident.channel or "")
    return dict(answer["channel"])


def _canvases(channel: Mapping[str, Any]) -> Iterator[str]:
    """The channel's own canvas and those in its tabs."""
    about = channel.get("properties") or {}
    tabs = [(tab.get("data") or {}).get("file_id") for tab in about.get("tabs") or ()]
    yield from filter(None, dict.fromkeys([(about.get("canvas") or {}).get("file_id"), *tabs]))


async def _told(desk: Desk, canvas: str) -> str:
    answer = await desk.slack.canvases_getContent(canvas_id=canvas)
    return str(answer["content"] or "")


# ---- making


async def _make(desk: Desk, incident: Incident, paper: _Paper, known: Written | None) -> str:
    """A standalone canvas as a tab of the channel, else the channel's own."""
    lines = canvas_notes.lines_of(paper.report)
    either = lines | Counter(known.lines if known else {})
    await desk.store.note_written(incident.id, Written(dict(either), None, paper.title_mark))
    content = {"type": "markdown", "markdown": canvas_notes.with_notes(paper.report, "")}
    asked = {"channel_id": incident.channel, "title": paper.title, "document_content": content}
    try:
        made = await _created(desk, asked)
    except SlackApiError as error:
        if code_of(error) not in TAKEN:
            raise
        return await _adopt(desk, incident, paper)
    await _hold(desk, incident, made)
    await _settle(desk, incident, made, paper, paper.title_mark)
    return made


async def _created(desk: Desk, asked: dict[str, Any]) -> str:
    try:
        made = await desk.courier.api_call("canvases.create", json=asked)
    except SlackApiError as error:
        if code_of(error) not in ONE_EACH:
            raise
        made = await desk.courier.api_call("conversations.canvases.create", json=asked)
    return str(made["canvas_id"])


async def _adopt(desk: Desk, incident: Incident, paper: _Paper) -> str:
    """The channel has a canvas of its own and can have no other: ours is written into it, above what stands there."""
    canvas = next(_canvases(await _channel(desk, incident)), None)
    if canvas is None:
        raise NotYet("the channel's canvas is not told of yet")
    if not await _hold(desk, incident, canvas):
        raise _Taken(canvas)
    await desk.store.note_written(incident.id, Written({}))
    await _renew(desk, incident, canvas, paper, Written({}))
    return canvas


# ---- writing again


async def _renew(desk: Desk, incident: Incident, canvas: str, paper: _Paper, known: Written) -> None:
    """Nothing is sent where nothing would change; a canvas that was the channel's before keeps its name."""
    if known.title not in (None, paper.title_mark):
        title = {"type": "markdown", "markdown": str(escape(paper.title))}
        await _edit(desk, canvas, {"operation": "rename", "title_content": title})
        known = replace(known, title=paper.title_mark)
        await desk.store.note_written(incident.id, known)
    if known.content != paper.content_mark:
        await _write(desk, incident, canvas, paper, known)


async def _write(desk: Desk, incident: Incident, canvas: str, paper: _Paper, known: Written) -> None:
    """Read what people wrote, and put it below the new report.

    What is being written is noted first, so that after a crash it is not taken for theirs.
    """
    told = await _told(desk, canvas)
    await desk.directory.meet(canvas_notes.mentioned(told), desk.clock.now())
    names, url = desk.directory.names, desk.me.team_url
    notes = await asyncio.to_thread(canvas_notes.people_s, told, known.lines, names, url)
    either = Counter(known.lines) | canvas_notes.lines_of(paper.report)
    await desk.store.note_written(incident.id, Written(dict(either), None, known.title))
    try:
        await _replace(desk, canvas, canvas_notes.with_notes(paper.report, notes))
    except SlackApiError as error:
        if not notes or code_of(error) != "canvas_editing_failed":
            raise
        await _replace(desk, canvas, canvas_notes.with_notes(paper.report, canvas_notes.as_words(notes)))
    await _settle(desk, incident, canvas, paper, known.title)


async def _replace(desk: Desk, canvas: str, content: str) -> None:
    await _edit(desk, canvas, {"operation": "replace", "document_content": {"type": "markdown", "markdown": content}})


async def _edit(desk: Desk, canvas: str, change: dict[str, Any]) -> None:
    """Slack takes one change in a call."""
    await desk.courier.api_call("canvases.edit", json={"canvas_id": canvas, "changes": [change]})


async def _settle(desk: Desk, incident: Incident, canvas: str, paper: _Paper, title: str | None) -> None:
    """Learn how Slack tells of what was just written, and note that it stands."""
    told = await _told(desk, canvas)
    lines = await asyncio.to_thread(canvas_notes.settled, paper.report, told)
    await desk.store.note_written(incident.id, Written(dict(lines), paper.content_mark, title))
