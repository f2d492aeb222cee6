"""The program is killed while it creates an incident's channel: there is one channel afterwards, and it is ours."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import pytest
from sqlalchemy import create_engine, text

from storage.engine import read_url
from tests.slackd.server import Slackd
from tests.stage import MANIFEST, MORNING, environment, scribe_at_work, settings_for

Point = Literal["before Slack answers", "before the commit", "after the commit"]


@contextmanager
def nothing_can_be_written(database: str) -> Iterator[None]:
    """Somebody else holds what every writer needs; whoever reads is not disturbed."""
    engine = create_engine(read_url(database), isolation_level="AUTOCOMMIT")
    sqlite = engine.dialect.name == "sqlite"
    with engine.connect() as connection:
        connection.execute(text("BEGIN IMMEDIATE" if sqlite else "BEGIN"))
        if not sqlite:
            connection.execute(text("LOCK TABLE outbox IN EXCLUSIVE MODE"))
        try:
            yield
        finally:
            connection.execute(text("ROLLBACK"))
    engine.dispose()


async def declared_and_killed(slack: Slackd, database: str, point: Point) -> None:
    """An incident is declared; the real program dies at that point of creating its channel."""
    alice = slack.person("alice", name="Alice Adams")
    general = slack.channel("general", alice)
    surroundings = {**os.environ, **environment(slack, database)}
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "handlers.main", "run", env=surroundings)
    try:
        await slack.socket.connected(2)
        slack.faults.slow("conversations.create", 0.001 if point != "before Slack answers" else 3600)
        if point == "after the commit":
            slack.faults.slow("chat.postMessage", 3600)
        await alice.types("/incident declare Checkout is failing", general)
        assert await slack.until(lambda: bool(slack.faults.prepared[0].met), patience=20)
        if point == "before the commit":
            with nothing_can_be_written(database):
                await slack.clock.advance_to(slack.clock.now() + 1)
                assert await slack.until(lambda: bool(slack.calls_of("conversations.create")), patience=20)
                process.kill()
                await process.wait()
        elif point == "after the commit":
            await slack.clock.advance_to(slack.clock.now() + 1)
            assert await slack.until(lambda: bool(slack.faults.prepared[1].met), patience=20)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@pytest.mark.parametrize("point", ["before Slack answers", "before the commit", "after the commit"])
async def test_a_death_while_the_channel_is_created_leaves_one_channel_with_its_card(
    database: str, point: Point
) -> None:
    """The name that is taken when it is tried again is found to be our own channel, and no second one is made."""
    async with Slackd(MANIFEST, now=MORNING) as slack:
        await declared_and_killed(slack, database, point)
        async with scribe_at_work(slack, settings_for(slack, database), name="next") as desk:
            await slack.run_for(300)
            (channel,) = [c for c in slack.world.channels.values() if c.name.startswith("incident-")]
            last = slack.calls_of("conversations.create")[-1].result
            assert last.get("error") == (None if point == "after the commit" else "name_taken")
            assert await desk.store.incident_at(channel.id) is not None
            posts = [m for m in channel.messages.values() if m.user == slack.world.bot_user_id and m.subtype is None]
            assert len([m for m in posts if not m.is_reply]) == 1, "the card"
            assert [m.ts for m in slack.world.pins(channel)] == [m.ts for m in posts if not m.is_reply]
            assert "alice" in {slack.world.users[member].name for member in channel.members}
