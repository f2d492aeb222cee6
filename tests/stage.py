"""A stage for stories: the real program, in this process or its own, on the wire of a pretend Slack."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import cycle
from pathlib import Path
from random import SystemRandom
from typing import Literal

from bot.incident import Incident
from handlers.desk import Desk
from handlers.running import DRAIN_SECONDS, at_work
from handlers.settings import Settings, load
from tests.slackd.people import Person
from tests.slackd.records import Channel, Ephemeral, Message
from tests.slackd.server import Slackd

MANIFEST = Path(__file__).parent.parent / "manifest.yml"
MORNING = datetime(2026, 3, 10, 13, 50, tzinfo=UTC)
WORKERS_MOST = 8
"""Workers of one run, each with ports of its own."""
Transport = Literal["socket", "http"]


@cache
def _ports() -> Iterator[int]:
    """Those of this worker alone, outside the range from which the system takes the ports of outgoing connections: one
    of these could get hold of it before the program does, or while the program is stopped.
    """
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    mine = range(15_000, 32_000)[worker % WORKERS_MOST :: WORKERS_MOST]
    first = SystemRandom().randrange(len(mine))  # of no seed: other runs on this machine may have the same
    return cycle([*mine[first:], *mine[:first]])


def free_port() -> int:
    """A port nobody listens on, and that is given to nobody else until very many were."""
    for port in _ports():
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("the ports go round for ever")


def environment(slack: Slackd, database: str, **more: str) -> dict[str, str]:
    """What the program reads at its start, pointed at this pretend Slack and its clock."""
    return {
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "SLACK_SIGNING_SECRET": slack.signing_secret,
        "SLACK_API_URL": slack.url,
        "SCRIBE_DATABASE_URL": database,
        "SCRIBE_CLOCK_URL": slack.clock_url.replace("http", "ws", 1),
        "SCRIBE_PULSE": f"127.0.0.1:{free_port()}",
        "SCRIBE_LOG_LEVEL": "warning",
        **more,
    }


def settings_for(slack: Slackd, database: str, transport: Transport = "socket", **more: str) -> Settings:
    port = {"SCRIBE_PORT": str(free_port())} if transport == "http" else {}
    return load(environment(slack, database, SCRIBE_TRANSPORT=transport, **{**port, **more}), connecting=True)


@asynccontextmanager
async def scribe_at_work(
    slack: Slackd, settings: Settings, name: str = "story", patience: float = DRAIN_SECONDS
) -> AsyncIterator[Desk]:
    """Scribe connected to this Slack; the clock waits for it."""
    os.environ.pop("SLACK_BOT_TOKEN", None)
    async with at_work(settings, name, patience) as desk:
        slack.watch(f"http://{settings.pulse}/")
        if settings.transport == "http":
            delivery = slack.use_http(f"http://{settings.host}:{settings.port}/slack/events")
            assert await delivery.verify(), "Slack takes no Request URL that does not answer its challenge"
        yield desk


class Program:
    """Scribe at work in this process, until it is told to go and after it is told to come again."""

    def __init__(self, slack: Slackd, settings: Settings, patience: float = DRAIN_SECONDS) -> None:
        self._slack = slack
        self._settings = settings
        self._patience = patience
        self._at_work = AsyncExitStack()

    async def start(self) -> Desk:
        at_work = scribe_at_work(self._slack, self._settings, patience=self._patience)
        return await self._at_work.enter_async_context(at_work)

    async def stop(self) -> None:
        await self._at_work.aclose()


@dataclass
class Stage:
    """One workspace with Scribe in it and three people; `alice` is in Zurich, `bob` in New York, `carol` in Tokyo."""

    slack: Slackd
    settings: Settings
    desk: Desk
    alice: Person
    bob: Person
    carol: Person
    general: Channel
    program: Program | None = None

    async def leaves(self) -> None:
        """Scribe is stopped; what happens from now on nobody hears."""
        assert self.program is not None, "somebody else starts and stops Scribe here"
        await self.settle()
        await self.program.stop()

    async def returns(self) -> None:
        """Scribe is started again, and has read back what it missed."""
        assert self.program is not None, "somebody else starts and stops Scribe here"
        self.desk = await self.program.start()
        await self.settle()

    async def misses(self, days: float) -> None:
        """So much time passes while Scribe is stopped: quicker than to live through it where only the date matters."""
        await self.leaves()
        await self.slack.clock.jump(days * 24 * 3600)
        await self.returns()

    async def settle(self) -> None:
        await self.slack.settle()

    async def minutes(self, count: float) -> None:
        """Let time pass."""
        await self.slack.run_for(count * 60)

    async def declared(self, line: str = "Checkout is failing sev2", by: Person | None = None) -> Channel:
        """Declare an incident from #general and return its channel, with everybody in it."""
        known = set(self.slack.world.channels)
        await (by or self.alice).types(f"/incident declare {line}", self.general)
        await self.slack.settle()
        made = [
            c for key, c in self.slack.world.channels.items() if key not in known and c.name.startswith("incident-")
        ]
        assert len(made) == 1, self.alice.inbox[-1:] or "no channel was made"
        for person in (self.alice, self.bob, self.carol):
            if person.id not in made[0].members:
                self.slack.world.join(made[0], person.id)
        await self.slack.settle()
        return made[0]

    async def incident(self, channel: Channel) -> Incident:
        """What Scribe has recorded of the incident in this channel."""
        await self.slack.settle()
        found = await self.desk.store.incident_at(channel.id)
        assert found is not None, f"no incident in {channel.name}"
        return await self.desk.store.incident(found)

    def bot_posts(self, channel: Channel) -> list[Message]:
        bot = self.slack.world.bot_user_id
        return [m for m in channel.messages.values() if m.user == bot and m.subtype is None]

    def card(self, channel: Channel) -> Message:
        """The pinned card."""
        return next(m for m in self.bot_posts(channel) if m.thread_ts in (None, m.ts))

    def log_lines(self, channel: Channel) -> list[str]:
        """The texts in the thread under the card."""
        card = self.card(channel)
        return [m.text for m in self.bot_posts(channel) if m.thread_ts == card.ts and m.ts != card.ts]

    def last_whisper(self, person: Person) -> Ephemeral:
        return person.inbox[-1]


@asynccontextmanager
async def staged(
    database: str,
    transport: Transport = "socket",
    *,
    now: datetime = MORNING,
    config: str = "",
    folder: Path | None = None,
    patience: float = DRAIN_SECONDS,
    **variables: str,
) -> AsyncIterator[Stage]:
    """A stage with everybody on it. `config` is the text of a scribe.toml, written to `folder`; `patience` is how long
    Scribe lets what is under way end when it is stopped.
    """
    files: Mapping[str, str] = {}
    if config and folder is not None:
        (folder / "scribe.toml").write_text(config, encoding="utf-8")
        files = {"SCRIBE_CONFIG": str(folder / "scribe.toml")}
    async with Slackd(MANIFEST, now=now) as slack:
        settings = settings_for(slack, database, transport, **files, **variables)
        alice = slack.person("alice", name="Alice Adams", tz="Europe/Zurich")
        bob = slack.person("bob", name="Bob Brown", tz="America/New_York")
        carol = slack.person("carol", name="Carol Chen", tz="Asia/Tokyo")
        general = slack.channel("general", alice, bob, carol)
        program = Program(slack, settings, patience)
        try:
            yield Stage(slack, settings, await program.start(), alice, bob, carol, general, program)
        finally:
            await program.stop()
