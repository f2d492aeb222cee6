"""The wire fails in every way it can; nothing is acknowledged that is not kept, and nothing kept is lost."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from handlers.mistakes import Misconfigured
from storage import StorageRefused
from tests.databases import fresh_sqlite
from tests.slackd.server import Slackd
from tests.stage import MANIFEST, MORNING, Stage, Transport, environment, scribe_at_work, settings_for, staged


async def test_a_refresh_of_both_sockets_loses_nothing(socket_stage: Stage) -> None:
    """Slack asks for new sockets every few hours; what is said meanwhile is captured."""
    channel = await socket_stage.declared()
    await socket_stage.slack.socket.refresh()
    await socket_stage.slack.socket.connected(2)
    message = await socket_stage.bob.says(channel, "still listening?")
    await socket_stage.settle()
    await socket_stage.bob.reacts(message, "pushpin")
    await socket_stage.settle()
    assert [entry.text for entry in (await socket_stage.incident(channel)).timeline()] == ["still listening?"]


async def test_an_event_nobody_listens_to_is_acknowledged(either_stage: Stage) -> None:
    """Else Slack would deliver it again and count it as a failure."""
    heard = len(either_stage.slack.envelopes)
    await either_stage.alice.creates_channel("lunch")
    await either_stage.alice.becomes(display_name="Ali")
    await either_stage.settle()
    assert all(envelope.ack is not None and not envelope.ack.error for envelope in either_stage.slack.envelopes[heard:])
    assert not either_stage.slack.courier.lost


async def test_scenario_45_a_command_with_the_word_payload(either_stage: Stage) -> None:
    """Bolt 1.30 reads such a form as an interaction and finds nothing in it; over HTTP that is mended."""
    channel = await either_stage.declared()
    answer = await either_stage.alice.types("/incident event bad payload=1 from the queue", channel)
    assert "bad payload=1 from the queue" in answer.text
    assert len((await either_stage.incident(channel)).timeline()) == 1


async def test_scenario_52_the_socket_is_open_and_silent(database: str) -> None:
    """Both sockets swallow everything without a word: noticed, reconnected, and what Slack sends again is kept."""
    async with staged(database, SCRIBE_PING_SECONDS="0.1") as stage:
        channel = await stage.declared()
        silent = list(stage.slack.socket.connections)
        stage.slack.socket.silence()
        message = await stage.bob.says(channel, "anybody there?")
        await stage.bob.reacts(message, "pushpin")
        async with asyncio.timeout(20):
            await stage.slack.socket.dropped(silent)
        await stage.slack.socket.connected(2)
        await stage.minutes(2)
        assert [entry.text for entry in (await stage.incident(channel)).timeline()] == ["anybody there?"]


async def test_what_was_kept_but_not_finished_is_taken_up_after_a_restart(database: str) -> None:
    """A reaction and a command reach the inbox of a process that then goes away."""
    async with Slackd(MANIFEST, now=MORNING) as slack:
        alice = slack.person("alice", name="Alice Adams")
        general = slack.channel("general", alice)
        settings = settings_for(slack, database)
        async with scribe_at_work(slack, settings) as desk:
            await alice.types("/incident declare Checkout is failing", general)
            await slack.settle()
            channel = next(c for c in slack.world.channels.values() if c.name.startswith("incident-"))
            await desk.store.keep("command:lost", "command", _command(slack, alice.id, channel.id), desk.clock.now())
        slack.unwatch(f"http://{settings.pulse}/")
        async with scribe_at_work(slack, settings_for(slack, database), name="second") as desk:
            await slack.run_for(120)  # on PostgreSQL the first replica's lease runs out first
            incident = await desk.store.incident(await desk.store.incident_at(channel.id) or 0)
            assert [entry.text for entry in incident.timeline()] == ["kept before the crash"]
            assert f"{incident.timeline()[0].at:%H:%M}" == f"{MORNING:%H:%M}"


def _command(slack: Slackd, user: str, channel: str) -> dict[str, str]:
    return {
        "command": "/incident",
        "text": "event kept before the crash",
        "user_id": user,
        "channel_id": channel,
        "trigger_id": "lost",
        "response_url": f"{slack.address}commands/gone/1/x",
    }


async def test_a_second_process_on_one_sqlite_file_is_refused_in_a_sentence(tmp_path: Path) -> None:
    """SQLite serves one writer; two would nudge twice."""
    database = fresh_sqlite(tmp_path)
    async with staged(database) as stage:
        with pytest.raises(StorageRefused, match="Another process is using"):
            async with scribe_at_work(stage.slack, settings_for(stage.slack, database), name="second"):
                pass


async def test_scenario_28_a_revoked_bot_token_is_said_at_the_start(database: str, transport: Transport) -> None:
    """`auth.test` with a revoked token is final; anything else is waited for."""
    async with Slackd(MANIFEST, now=MORNING) as slack:
        slack.revoke_tokens()
        with pytest.raises(Misconfigured, match="SLACK_BOT_TOKEN"):
            async with scribe_at_work(slack, settings_for(slack, database, transport)):
                pass


async def test_sigterm_ends_the_program_within_a_bound(tmp_path: Path) -> None:
    """The real process, stopped as a deploy stops it: exit status 0, and its sockets are closed."""
    async with Slackd(MANIFEST, now=MORNING) as slack:
        surroundings = {**os.environ, **environment(slack, fresh_sqlite(tmp_path))}
        process = await asyncio.create_subprocess_exec(sys.executable, "-m", "handlers.main", "run", env=surroundings)
        await slack.socket.connected(2)
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 10) == 0
        await slack.socket.disconnected()
