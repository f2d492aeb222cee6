"""The page's addresses: itself at `/`, what it shows and does under `/page/`, and a live stream of "look again"."""

from __future__ import annotations

import asyncio
import mimetypes
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web

from tests.slackd.page import state
from tests.slackd.page.acts import ACTS
from tests.slackd.people import Person
from tests.slackd.records import JSON, File, SlackError
from tests.slackd.world import World

if TYPE_CHECKING:
    from tests.slackd.server import Slackd

STATIC = Path(__file__).parent / "static"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
FILE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp", "image/svg+xml")
GATHER = 0.03  # seconds: changes that come together are told together
GLANCE_AT_CLOCK = 1.0  # seconds: the clock moves without telling the world
MOST_MESSAGES = 10_000


class Page:
    """One browser page for everybody; each request names the person through whose eyes it looks."""

    def __init__(self, slackd: Slackd) -> None:
        self.slackd = slackd
        self.glance = state.Glance()
        self._persons: dict[str, Person] = {}
        self._streams: set[asyncio.Event] = set()
        self._closing = False

    @property
    def world(self) -> World:
        return self.slackd.world

    def person(self, user_id: str) -> Person:
        if user_id not in self._persons:
            self._persons[user_id] = Person(self.slackd, self.world.user(user_id))
        return self._persons[user_id]

    def viewer(self, asked: str | None) -> Person:
        """Who is looking; nobody named means the first of the people."""
        people = state.humans(self.world)
        if not people:
            raise SlackError("nobody_here")
        return self.person(asked if asked in {person.id for person in people} else people[0].id)

    def poke(self) -> None:
        """Have every open page look again."""
        for stream in self._streams:
            stream.set()

    async def close(self, _: web.Application) -> None:
        self._closing = True
        self.poke()

    # ---- reading

    async def shell(self, request: web.Request) -> web.Response:
        viewer = self.viewer(request.query.get("as"))
        return web.json_response(state.shell(self.world, self.slackd.manifest, self.glance, viewer.id))

    async def channel(self, request: web.Request) -> web.Response:
        viewer = self.viewer(request.query.get("as"))
        channel = state.seen_channel(self.world, viewer.id, request.match_info["channel"])
        limit = max(1, min(int(request.query.get("limit", 100)), MOST_MESSAGES))
        return web.json_response(state.conversation(self.world, self.glance, channel, viewer.id, limit))

    async def thread(self, request: web.Request) -> web.Response:
        viewer = self.viewer(request.query.get("as"))
        channel = state.seen_channel(self.world, viewer.id, request.match_info["channel"])
        return web.json_response(state.thread(self.world, self.glance, channel, viewer.id, request.match_info["ts"]))

    async def file(self, request: web.Request) -> web.Response:
        """A file's bytes: pictures as pictures, anything else as plain text or as a download, never as a page."""
        file = self._seen_file(self.viewer(request.query.get("as")), request.match_info["file"])
        guessed = mimetypes.guess_type(file.name)[0] or ""
        kind = guessed if guessed in PICTURES else "text/plain; charset=utf-8"
        headers = {"Content-Type": kind, "Content-Security-Policy": FILE_POLICY, "X-Content-Type-Options": "nosniff"}
        if "download" in request.query:
            headers |= {"Content-Disposition": "attachment", "Content-Type": "application/octet-stream"}
        return web.Response(body=file.content, headers=headers)

    def _seen_file(self, viewer: Person, file_id: str) -> File:
        file = self.world.files.get(file_id)
        if file is None or file.deleted or not file.done:
            raise SlackError("file_not_found")
        shared = [self.world.channels[channel] for channel in file.shares if channel in self.world.channels]
        if shared and not any(state.may_see(channel, viewer.id) for channel in shared):
            raise SlackError("file_not_found")
        return file

    # ---- doing

    async def act(self, request: web.Request) -> web.Response:
        """`POST /page/act/{verb}`; JSON only, which another site's form cannot send."""
        handler = ACTS.get(request.match_info["verb"])
        if handler is None or request.content_type != "application/json":
            raise web.HTTPNotFound
        args: JSON = await request.json()
        result = await handler(self, self.viewer(args.get("as")), args)
        self.poke()
        return web.json_response({"ok": True} | (result or {}))

    # ---- living

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events: `changed` whenever it is worth looking again."""
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await response.prepare(request)
        changed = asyncio.Event()
        self._streams.add(changed)
        leave = self.world.subscribe(lambda _: changed.set())
        try:
            await self._tell(response, changed)
        except ConnectionError:
            pass  # the browser left
        finally:
            leave()
            self._streams.discard(changed)
        return response

    async def _tell(self, response: web.StreamResponse, changed: asyncio.Event) -> None:
        seen = self._clock_seen()
        await response.write(b": hello\n\n")
        while not self._closing:
            try:
                await asyncio.wait_for(changed.wait(), GLANCE_AT_CLOCK)
            except TimeoutError:
                if self._clock_seen() == seen:
                    continue
            await asyncio.sleep(GATHER)
            changed.clear()
            seen = self._clock_seen()
            await response.write(b"event: changed\ndata: {}\n\n")

    def _clock_seen(self) -> tuple[float, int]:
        """What a page cannot work out alone: the time while the clock stands, and whether it stands."""
        clock = self.slackd.clock
        return (0.0 if clock.rate else clock.now(), clock.rate)


async def index(_: web.Request) -> web.FileResponse:
    headers = {
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
    }
    return web.FileResponse(STATIC / "index.html", headers=headers)


def answering(handler: Handler) -> Handler:
    """A refusal becomes a sentence for the person at the screen."""

    async def answered(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except SlackError as refused:
            return web.json_response({"ok": False, "error": state.problem(refused)}, status=400)
        except (KeyError, ValueError, LookupError) as wrong:
            return web.json_response({"ok": False, "error": f"not understood: {wrong}"}, status=400)

    return answered


def mount(app: web.Application, slackd: Slackd) -> None:
    """Add the page to the server; call before the application starts."""
    page = Page(slackd)
    app.on_shutdown.append(page.close)
    app.router.add_get("/", index)
    app.router.add_static("/page/static/", STATIC)
    app.router.add_get("/page/shell", answering(page.shell))
    app.router.add_get("/page/channel/{channel}", answering(page.channel))
    app.router.add_get("/page/thread/{channel}/{ts}", answering(page.thread))
    app.router.add_get("/page/file/{file}", answering(page.file))
    app.router.add_post("/page/act/{verb}", answering(page.act))
    app.router.add_get("/page/stream", page.stream)
