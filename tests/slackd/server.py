"""The pretend Slack as one thing to start: `async with Slackd(manifest) as slack`."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from tests.slackd import shapes
from tests.slackd.api import files
from tests.slackd.api.door import ApiCall, Door
from tests.slackd.clock import VirtualClock
from tests.slackd.courier import Courier, Envelope
from tests.slackd.events import Events
from tests.slackd.faults import RESPONSE_URL, UPLOAD, Faults
from tests.slackd.http_delivery import HttpDelivery
from tests.slackd.interactions import Interactions
from tests.slackd.manifest import Manifest
from tests.slackd.page import mount
from tests.slackd.people import AlertBot, Person
from tests.slackd.posting_rate import PostingRate
from tests.slackd.pulse import Pulse
from tests.slackd.records import Channel, Message
from tests.slackd.response_url import Replies
from tests.slackd.socket_mode import SocketMode
from tests.slackd.watcher import Watcher
from tests.slackd.world import World

START = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
MOST_OVERDUE = 100  # in a row: a program that is quiet cannot have something due
HELD_PATIENCE = 0.5  # real seconds between looks whether only a slow answer is waited for
ACK_PATIENCE = 3.0  # real seconds; with the clock standing still, a missing ack must not hold everything up for ever


class Slackd:
    """One workspace with one installed app, served on 127.0.0.1.

    `now` is the workspace's first moment; the clock stands still unless `running`. Delivery is by Socket Mode
    until `use_http` is called.
    """

    bot_token = "xoxb-slackd-bot"
    app_token = "xapp-slackd-app"
    signing_secret = "slackd-signing-secret"

    def __init__(
        self, manifest: Path | dict[str, Any], *, now: dt.datetime = START, running: bool = False, port: int = 0
    ) -> None:
        self.manifest = Manifest.read(manifest) if isinstance(manifest, Path) else Manifest.from_data(manifest)
        self.faults = Faults()
        self._start = (now.timestamp(), running, port)
        self._people: dict[str, Person] = {}
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Slackd:
        now, running, port = self._start
        self.clock = VirtualClock(now, running=running)
        self.world = World(self.clock, self.manifest.bot_name)
        self.interactions = Interactions(self.world)
        self.replies = Replies(self.world, self.interactions)
        self.socket = SocketMode(self.clock, self.world.app_id)
        self.courier = self.socket.courier = Courier(self.clock, self.faults, self.socket)
        self.events = Events(self.world, self.manifest, self.courier.event)
        self.pulse = Pulse()
        self.watcher = Watcher(self.world)
        self.posting_rate = PostingRate(self.clock)
        self._door = Door(self)
        await self._serve(port)
        return self

    async def _serve(self, port: int) -> None:
        app = web.Application(client_max_size=64 * 1024**2)
        self._routes(app)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        host, bound = self._runner.addresses[0][:2]
        self.world.base_url = f"http://{host}:{bound}/"

    def _routes(self, app: web.Application) -> None:
        async def upload(request: web.Request) -> web.StreamResponse:
            return await self._door.trouble(request, UPLOAD, None, lambda: files.receive(self, request))

        async def respond(request: web.Request) -> web.StreamResponse:
            return await self._door.trouble(request, RESPONSE_URL, None, lambda: self.replies.serve(request))

        async def download(request: web.Request) -> web.Response:
            return await files.download(self, request)

        app.router.add_route("*", "/api/{method}", self._door.serve)
        app.router.add_get("/link/", self.socket.serve)
        app.router.add_get("/clock", self.clock.serve)
        for kind in ("commands", "actions", "app"):
            app.router.add_post(f"/{kind}/{{rest:.+}}", respond)
        app.router.add_post("/upload/v1/{file}", upload)
        app.router.add_get(r"/files-pri/{team}-{file:\w+}/{rest:.+}", download)
        mount(app, self)

    async def __aexit__(self, *_: object) -> None:
        await self.courier.close()
        await self.clock.close()
        await self.socket.close()
        if self._session is not None:
            await self._session.close()
        await self._runner.cleanup()

    # ---- addresses

    @property
    def address(self) -> str:
        """The server's root, ending in a slash."""
        return self.world.base_url

    @property
    def url(self) -> str:
        """The Web API's base, for a client's `base_url`."""
        return f"{self.address}api/"

    @property
    def clock_url(self) -> str:
        return f"{self.address}clock"

    def socket_url(self) -> str:
        """A fresh single-use address for one socket."""
        return f"{self.address.replace('http', 'ws', 1)}link/?ticket={self.socket.ticket()}"

    @property
    def http(self) -> aiohttp.ClientSession:
        """The session for what Slack itself asks of the program."""
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None))
        return self._session

    # ---- delivery

    def use_http(self, url: str, *, signing_time: Callable[[], float] = time.time) -> HttpDelivery:
        """Deliver as signed requests to this Request URL from now on."""
        delivery = HttpDelivery(url, self.signing_secret, self.clock, self.http, signing_time)
        self.courier.transport = delivery
        return delivery

    def use_socket_mode(self) -> None:
        self.courier.transport = self.socket

    def release_held_events(self) -> None:
        """Deliver what `faults.reorder_events` still holds back."""
        self.courier.release(self.faults.held())

    def revoke_tokens(self) -> None:
        """Take the app's tokens back: it hears of it, and every later call is refused with `token_revoked`."""
        self._door.revoked = True
        self.world.record("tokens_revoked", None)

    def return_tokens(self) -> None:
        """The app is installed again, with the same tokens."""
        self._door.revoked = False

    def uninstall(self) -> None:
        """Remove the app from the workspace."""
        self.revoke_tokens()
        self.world.record("app_uninstalled", None)

    # ---- who and where

    def person(self, handle: str, *, name: str = "", tz: str = "Etc/UTC", **attributes: Any) -> Person:
        """The person of this handle, made at the first call. `attributes` are fields of `User`."""
        if handle not in self._people:
            user = self.world.add_user(handle, real_name=name or handle.title(), tz=tz, **attributes)
            self._people[handle] = Person(self, user)
        return self._people[handle]

    def guest(self, handle: str, *, single_channel: bool = False, **attributes: Any) -> Person:
        return self.person(handle, is_restricted=True, is_ultra_restricted=single_channel, **attributes)

    def stranger(self, handle: str, *, team_id: str = "T0OTHER", **attributes: Any) -> Person:
        """A person of another workspace, met in a Slack Connect channel."""
        return self.person(handle, team_id=team_id, is_stranger=True, **attributes)

    def alert_bot(self, name: str, *, modern: bool = False) -> AlertBot:
        """A monitoring integration; `modern` ones post as a bot user of their own."""
        return AlertBot(self, name, modern=modern)

    def channel(self, name: str, *members: Person, private: bool = False, shared: bool = False) -> Channel:
        """The channel of this name, made by its first member (or nobody) at the first call; the bot is not in it."""
        found = self.world.channel_named(name)
        if found is None:
            creator = members[0].id if members else self.person("admin").id
            found = self.world.create_channel(name, creator, private=private, ext_shared=shared)
        for person in members:
            self.world.join(found, person.id)
        return found

    def invite_bot(self, channel: Channel, inviter: Person | None = None) -> None:
        self.world.join(channel, self.world.bot_user_id, inviter=inviter.id if inviter else channel.creator)

    def messages(self, channel: Channel) -> list[Message]:
        """Everything in the channel, replies included, in order."""
        return list(channel.messages.values())

    def permalink(self, message: Message) -> str:
        return shapes.permalink(self.world, message)

    def unfurl(self, message: Message, title: str, link: str) -> None:
        """Let Slack attach a preview: a `message_changed` that nobody typed."""
        preview = {"from_url": link, "original_url": link, "title": title, "fallback": title, "id": 1}
        self.world.change_message(message, attachments=[*message.attachments, preview])

    # ---- what was heard and sent

    @property
    def calls(self) -> list[ApiCall]:
        """Every API call so far."""
        return self._door.calls

    def calls_of(self, method: str) -> list[ApiCall]:
        return [call for call in self.calls if call.method == method]

    @property
    def envelopes(self) -> list[Envelope]:
        """Every delivery attempt so far."""
        return self.courier.sent

    # ---- rest and time

    def watch(self, pulse_url: str) -> None:
        """Ask this address too whether the program is quiet, from now on; one for each replica."""
        if pulse_url not in self.pulse.urls:
            self.pulse.urls.append(pulse_url)

    def unwatch(self, pulse_url: str) -> None:
        self.pulse.urls.remove(pulse_url)

    async def settle(self) -> float | None:
        """Wait until nothing is under way: all envelopes acknowledged, the program quiet, and nothing new meanwhile.

        Returns when the program wants to wake next (epoch seconds), as far as it says so.
        """
        while True:
            before = self.courier.activity
            await self.courier.quiet(ACK_PATIENCE)  # beyond patience only Slack's own timer can help
            wake = await self._quiet()
            if self.courier.activity == before:
                return wake

    async def _quiet(self) -> float | None:
        """The program's next wake, once it is quiet; None when it waits for an answer that waits for the clock."""
        asking = asyncio.ensure_future(self.pulse.quiet(self.http))
        while not asking.done():
            await asyncio.wait({asking}, timeout=HELD_PATIENCE)
            if self._door.waiting and not asking.done():
                asking.cancel()
                return None
        return asking.result()

    async def run_until(self, when: dt.datetime | float) -> None:
        """Let time pass until `when`, from one instant at which something is due to the next, settled at each."""
        end = when.timestamp() if isinstance(when, dt.datetime) else when
        overdue = 0
        while True:
            wake = await self.settle()
            now = self.clock.now()
            overdue = overdue + 1 if wake is not None and wake <= now else 0
            if overdue > MOST_OVERDUE:
                raise RuntimeError(f"the program says it is quiet, and that it wants to wake at {wake}, which is past")
            if now >= end and not overdue:
                return
            ahead = [t for t in (wake, self.clock.next_timer()) if t is not None]
            await self.clock.advance_to(min([end, *ahead]))

    async def until(self, holds: Callable[[], bool], *, patience: float = 5.0) -> bool:
        """Wait for a condition on the world, looked at after each change; False after `patience` real seconds."""
        return await self.watcher.until(holds, patience)

    async def run_for(self, seconds: float) -> None:
        await self.run_until(self.clock.now() + seconds)
