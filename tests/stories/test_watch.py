"""Whoever watches over the program asks it: is it alive, can it take work, and how is it doing, in both transports."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from storage import migrate
from tests.databases import empty_postgres, fresh_sqlite, no_database
from tests.stage import Stage, Transport, free_port, staged


async def ask(stage: Stage, path: str) -> tuple[int, str]:
    address = f"http://{stage.settings.host}:{stage.settings.port}{path}"
    async with aiohttp.ClientSession() as session, session.get(address) as answer:
        return answer.status, await answer.text()


async def numbers(stage: Stage) -> dict[str, float]:
    """Every sample, by its name with its labels."""
    status, said = await ask(stage, "/metrics")
    assert status == 200
    return {
        sample.name + "".join(f" {value}" for _, value in sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(said)
        for sample in family.samples
    }


@asynccontextmanager
async def watched(database: str, transport: Transport = "socket") -> AsyncIterator[Stage]:
    async with staged(database, transport, SCRIBE_PORT=str(free_port()), SCRIBE_PING_SECONDS="0.2") as stage:
        yield stage


@pytest.mark.parametrize("transport", ["socket", "http"])
async def test_a_program_at_work_is_alive_and_ready(tmp_path: Path, transport: Transport) -> None:
    async with watched(fresh_sqlite(tmp_path), transport) as stage:
        assert await ask(stage, "/healthz") == (200, "ok\n")
        assert await ask(stage, "/readyz") == (200, "ready\n")


async def test_the_numbers_tell_what_was_heard_kept_and_delivered(database: str) -> None:
    """And nothing that names an incident, a person or a channel."""
    async with watched(database) as stage:
        channel = await stage.declared("Checkout is failing sev2")
        message = await stage.bob.says(channel, "db failover started")
        await stage.bob.reacts(message, "pushpin")
        stage.slack.faults.server_error("reactions.add")
        await stage.minutes(1)
        said = await numbers(stage)
        shown = (await ask(stage, "/metrics"))[1]
    assert said["scribe_envelopes_total command new"] == 1
    assert said["scribe_ack_seconds_count command"] == 1
    assert said["scribe_envelopes_total event_callback new"] == said["scribe_ack_seconds_count event_callback"] >= 2
    assert said["scribe_deliveries_total conversations.create delivered"] == 1
    assert said["scribe_sockets_connected"] == 2
    assert said["scribe_database_up"] == 1
    assert said["scribe_inbox_waiting"] == said["scribe_outbox_waiting"] == said["scribe_errors_total"] == 0
    for name in ("heckout", "INC", stage.alice.id, channel.id, "incident-"):
        assert name not in shown


async def test_a_call_that_slack_fails_and_one_it_refuses_are_counted(tmp_path: Path) -> None:
    async with watched(fresh_sqlite(tmp_path)) as stage:
        channel = await stage.declared()
        stage.slack.faults.server_error("chat.update")
        stage.slack.faults.error("conversations.setTopic", "no_permission")
        await stage.alice.types("/incident severity critical", channel)
        await stage.minutes(5)
        said = await numbers(stage)
    assert said["scribe_deliveries_total chat.update retried"] == 1
    assert said["scribe_deliveries_total conversations.setTopic set_aside"] == 1
    assert said["scribe_outbox_aside"] == 1


async def test_what_is_read_back_and_what_people_are_reminded_of_is_counted(tmp_path: Path) -> None:
    """An absence with one message and one reaction in it; then an action item comes due."""
    async with watched(fresh_sqlite(tmp_path)) as stage:
        channel = await stage.declared()
        await stage.alice.types("/incident action add Alert on lag @alice due tomorrow", channel)
        await stage.leaves()
        await stage.minutes(5)
        await stage.carol.reacts(await stage.bob.says(channel, "db failover"), "pushpin")
        await stage.minutes(10)
        await stage.returns()
        said = await numbers(stage)
        assert said["scribe_readback_pages_total"] >= 1
        assert said["scribe_readback_found_total messages"] == said["scribe_readback_found_total reactions"] == 1
        await stage.minutes(60 * 24)
        assert (await numbers(stage))["scribe_nudges_total posted"] >= 1


async def test_a_redelivered_event_is_counted_as_known(tmp_path: Path) -> None:
    async with watched(fresh_sqlite(tmp_path)) as stage:
        channel = await stage.declared()
        stage.slack.faults.duplicate_events()
        await stage.bob.says(channel, "said once")
        await stage.settle()
        assert (await numbers(stage))["scribe_envelopes_total event_callback known"] == 1


async def test_without_a_socket_it_is_alive_but_not_ready(tmp_path: Path) -> None:
    """To start it anew would not bring Slack back."""
    async with watched(fresh_sqlite(tmp_path)) as stage:
        stage.slack.faults.error("apps.connections.open", "internal_error", times=10_000)
        stage.slack.socket.cut()
        await stage.slack.socket.disconnected()
        assert await ask(stage, "/readyz") == (503, "No socket to Slack is open.\n")
        assert (await ask(stage, "/healthz"))[0] == 200
        assert (await numbers(stage))["scribe_sockets_connected"] == 0


async def test_without_its_database_it_is_alive_but_not_ready_until_it_is_back() -> None:
    """The connections are cut and no new one is let in; afterwards nothing has to be restarted."""
    url = empty_postgres()
    migrate(url)
    async with watched(url) as stage:
        with no_database(url):
            assert await ask(stage, "/readyz") == (503, "The database does not answer.\n")
            assert (await ask(stage, "/healthz"))[0] == 200
            said = await numbers(stage)
            assert said["scribe_database_up"] == 0
            assert said["scribe_inbox_waiting"] != said["scribe_inbox_waiting"]  # not a number: nobody knows
        assert (await ask(stage, "/readyz"))[0] == 200


async def test_in_socket_mode_nothing_listens_unless_a_port_is_named(tmp_path: Path) -> None:
    async with staged(fresh_sqlite(tmp_path)) as stage:
        assert stage.settings.port is None
