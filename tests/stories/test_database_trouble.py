"""The database fails while people go on: nothing is acknowledged that is not kept, and nothing has to be restarted."""

from __future__ import annotations

import asyncio
import resource
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from handlers.running import DRAIN_SECONDS
from storage import Store, is_sqlite
from storage.engine import read_url
from storage.tables import metadata
from tests.databases import administer, cut, execute, fresh_postgres, no_database
from tests.slackd.records import Channel
from tests.stage import Stage, Transport, staged


@asynccontextmanager
async def full_disk(url: str) -> AsyncIterator[None]:
    """Whatever is written from now on is refused, as where there is no room for it."""
    if is_sqlite(url):
        with full_file(url):
            yield
    else:
        async with full_server(url):
            yield


@contextmanager
def full_file(url: str) -> Iterator[None]:
    """No file of this process may grow beyond what the database has by now; SQLite gets an error for every write."""
    path = Path(url.removeprefix("sqlite:///"))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    log = path.with_name(f"{path.name}-wal")
    resource.setrlimit(resource.RLIMIT_FSIZE, (min(log.stat().st_size, path.stat().st_size), before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@asynccontextmanager
async def full_server(url: str) -> AsyncIterator[None]:
    """PostgreSQL says what it says where its disk is full."""
    raising = "BEGIN RAISE 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END"
    function = f"CREATE FUNCTION no_space() RETURNS trigger LANGUAGE plpgsql AS $${raising}$$"
    names = [table.name for table in metadata.sorted_tables]
    triggers = [f"CREATE TRIGGER t BEFORE INSERT OR UPDATE ON {name} EXECUTE FUNCTION no_space()" for name in names]
    await asyncio.to_thread(execute, url, function, *triggers)  # which waits for what is under way here
    try:
        yield
    finally:
        await asyncio.to_thread(execute, url, "DROP FUNCTION no_space CASCADE")


@contextmanager
def out_of_reach(url: str) -> Iterator[None]:
    """SQLite: another program holds on to the file for longer than anything waits. PostgreSQL: see `no_database`."""
    if not is_sqlite(url):
        with no_database(url):
            yield
        return
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


@asynccontextmanager
async def on_postgres(
    transport: Transport = "socket", patience: float = DRAIN_SECONDS
) -> AsyncIterator[tuple[str, Stage, Channel]]:
    """A database of its own, the stage over it, and the channel of an incident."""
    url = fresh_postgres()
    async with staged(url, transport, patience=patience) as stage:
        yield url, stage, await stage.declared()


async def said_and_marked(stage: Stage, channel: Channel, count: int = 5) -> int:
    """Messages with a reaction each; return how many deliveries had been acknowledged before."""
    before = len(stage.slack.envelopes)
    for number in range(count):
        await stage.carol.reacts(await stage.bob.says(channel, f"line {number}"), "pushpin")
    return before


async def lines(stage: Stage, channel: Channel) -> list[str]:
    return sorted(entry.text for entry in (await stage.incident(channel)).timeline())


def acknowledged(stage: Stage, since: int) -> list[bool]:
    return [envelope.ack is not None and not envelope.ack.error for envelope in stage.slack.envelopes[since:]]


async def test_scenario_44_the_disk_is_full(database: str, transport: Transport) -> None:
    """Nothing is acknowledged meanwhile; Slack's redelivery fills it in, each line once, once there is room again."""
    async with staged(database, transport) as stage:
        channel = await stage.declared()
        async with full_disk(database):
            before = await said_and_marked(stage, channel)
            await stage.slack.courier.quiet(1)
            assert not any(acknowledged(stage, before))
        await stage.minutes(10)
        assert await lines(stage, channel) == [f"line {n}" for n in range(5)]


async def test_scenario_51_the_database_is_gone_for_a_while(database: str, transport: Transport) -> None:
    """Nothing can be written, nor read on PostgreSQL, which lets no connection in; afterwards all is there, each line
    once.
    """
    async with staged(database, transport) as stage:
        channel = await stage.declared()
        with out_of_reach(database):
            before = await said_and_marked(stage, channel)
            await stage.slack.courier.quiet(6 if is_sqlite(database) else 1)
            assert not any(acknowledged(stage, before))
        await stage.minutes(10)
        assert await lines(stage, channel) == [f"line {n}" for n in range(5)]


async def test_a_failover_in_the_midst_of_work_loses_and_doubles_nothing() -> None:
    """Every connection is cut again and again while people speak and mark; each time a new one is found at once."""
    async with on_postgres() as (url, stage, channel):
        for number in range(8):
            await stage.carol.reacts(await stage.bob.says(channel, f"line {number}"), "pushpin")
            cut(url)
        await stage.minutes(10)
        assert await lines(stage, channel) == [f"line {n}" for n in range(8)]
        texts = [message.text for message in channel.messages.values() if message.user == stage.slack.world.bot_user_id]
        assert len(texts) == len(set(texts))


@contextmanager
def locked_incidents(url: str, lock: str = "SELECT id FROM incidents FOR UPDATE") -> Iterator[None]:
    """Somebody has all incidents in hand, so that whatever is to be done in one waits."""
    engine = create_engine(read_url(url))
    other = engine.connect()
    other.execute(text(lock))
    try:
        yield
    finally:
        other.invalidate()
        engine.dispose()


async def waiting(url: str, condition: str, count: int = 1) -> None:
    """Return once so many of our connections are as described."""
    ours = f"datname = '{read_url(url).database}' AND {condition}"
    wanted = text(f"SELECT count(*) FROM pg_stat_activity WHERE {ours}")  # noqa: S608
    engine = create_engine(read_url(url).set(database="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        async with asyncio.timeout(20):
            while connection.scalar(wanted) != count:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
    engine.dispose()


async def failed(caplog: pytest.LogCaptureFixture, words: str) -> None:
    """Return once this failure is in the log."""
    async with asyncio.timeout(20):
        while not any(words in line for line in caplog.messages):  # noqa: ASYNC110
            await asyncio.sleep(0.05)


@asynccontextmanager
async def broken_off(url: str, caplog: pytest.LogCaptureFixture, words: str) -> AsyncIterator[None]:
    """What is begun in the block waits for its incident, and the database goes away until its failure is in the log."""
    with locked_incidents(url):
        yield
        await waiting(url, "wait_event_type = 'Lock'")
        with no_database(url):
            await failed(caplog, words)


async def test_an_event_that_the_database_broke_off_is_taken_up_as_soon_as_it_is_back(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Not only when its lease runs out: no time passes here, and nothing comes that could call for it."""
    async with on_postgres() as (url, stage, channel):
        message = await stage.bob.says(channel, "db failover")
        await stage.settle()
        async with broken_off(url, caplog, "could not be worked on"):
            await stage.carol.reacts(message, "pushpin")
        assert await lines(stage, channel) == ["db failover"]


async def test_a_command_that_the_database_broke_off_is_done_and_answered_as_soon_as_it_is_back(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Bolt keeps a listener's failure to itself, and Slack delivers no command twice."""
    async with on_postgres() as (url, stage, channel):
        async with broken_off(url, caplog, "could not be dispatched"):
            typed = asyncio.create_task(stage.alice.types("/incident event db failover", channel))
        await typed
        assert await lines(stage, channel) == ["db failover"]
        assert "db failover" in stage.last_whisper(stage.alice).text


async def test_a_form_that_the_database_broke_off_is_done_as_soon_as_it_is_back(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Its person was told by Slack that something went wrong; sent again, it is still done once."""
    async with on_postgres("http") as (url, stage, channel):
        view = (await stage.alice.types("/incident event", channel)).view
        assert view is not None
        await stage.alice.fills(view, {"text": "db failover"})
        async with broken_off(url, caplog, "could not be dispatched"):
            sent = asyncio.create_task(stage.alice.submits(view))
        assert (await sent).error
        assert (await stage.alice.submits(view)).closed
        assert await lines(stage, channel) == ["db failover"]


@contextmanager
def lost_answers(url: str) -> Iterator[None]:
    """What is committed is committed, but nobody is told: each COMMIT waits for a replica that is not there, until its
    connection is cut.
    """
    administer("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
    administer("SELECT pg_reload_conf()")
    try:
        yield
    finally:
        cut(url)
        administer("ALTER SYSTEM RESET synchronous_standby_names")
        administer("SELECT pg_reload_conf()")


async def test_what_was_kept_without_our_knowing_is_done_once_and_soon() -> None:
    """The database keeps it and is gone before it can say so. Slack is told to deliver it again, when it is known
    already: whoever has its lease must know that he has it.
    """
    async with on_postgres("http") as (url, stage, channel):
        with lost_answers(url):
            typed = asyncio.create_task(stage.alice.types("/incident event db failover", channel))
            await waiting(url, "wait_event = 'SyncRep'")
        assert (await typed).error
        assert await lines(stage, channel) == ["db failover"]


async def test_an_envelope_that_was_leased_without_our_knowing_is_taken_up_soon() -> None:
    """A replica died over it; when its lease had run out the database was gone before it could say that it is ours."""
    async with on_postgres() as (url, stage, channel):
        message = await stage.bob.says(channel, "db failover")
        await stage.minutes(0.1)
        async with Store.open(url, me="died") as replica:
            item = {"type": "message", "channel": channel.id, "ts": message.ts}
            event = {"type": "reaction_added", "user": stage.carol.id, "reaction": "pushpin", "item": item}
            body = {"type": "event_callback", "event_id": "Ev1", "event": {**event, "event_ts": message.ts}}
            await replica.keep("event:Ev1", "event_callback", body, stage.desk.clock.now())
        await stage.minutes(0.98)
        with lost_answers(url):
            await stage.slack.clock.jump(2)
            await waiting(url, "wait_event = 'SyncRep'")
        await stage.minutes(0.1)
        assert await lines(stage, channel) == ["db failover"]


async def test_a_call_that_was_leased_without_our_knowing_is_made_at_once() -> None:
    """The report becomes a canvas ten seconds after the declaration, and not when a lease of nobody's has run out."""
    async with on_postgres() as (url, stage, channel):
        await stage.minutes(0.15)
        with lost_answers(url):
            await stage.slack.clock.jump(2)
            await waiting(url, "wait_event = 'SyncRep'")
        await stage.settle()
        assert [canvas.tab for canvas in stage.slack.world.canvases.values()] == [channel.id]


async def test_a_call_whose_delivery_could_not_be_noted_is_looked_for_and_not_made_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Slack took it while the database was gone. It does not hold up what comes after it until its lease runs out."""
    async with on_postgres() as (url, stage, channel):
        slow = stage.slack.faults.slow("chat.postMessage", 1)
        await stage.alice.types("/incident event db failover", channel)
        assert await stage.slack.until(lambda: bool(slow.met))
        with no_database(url):
            await stage.slack.clock.jump(1)
            await failed(caplog, "could not even be put back")
        await stage.alice.types("/incident event rolled back", channel)
        await stage.minutes(0.1)
        said = [line.rpartition("— ")[2] for line in stage.log_lines(channel)]
        assert said[1:] == ["db failover", "rolled back"]


async def test_an_errand_that_finds_the_database_failing_is_run_again() -> None:
    """The connection is cut while it reads, and a new one is found at once, by which it must not be given up."""
    async with on_postgres() as (url, stage, channel):
        with locked_incidents(url, "LOCK TABLE incidents IN ACCESS EXCLUSIVE MODE"):
            await stage.slack.clock.jump(30)  # when the report is written as a canvas
            await waiting(url, "wait_event_type = 'Lock'")
            cut(url)
        await stage.minutes(0.1)
        assert (await stage.desk.store.depth(stage.desk.clock.now()))["outbox_aside"] == 0
        assert [canvas.tab for canvas in stage.slack.world.canvases.values()] == [channel.id]


async def test_a_stop_while_the_database_hangs_breaks_off_what_waits_for_it() -> None:
    """A mark and a command wait for their incident. No connection is left open, and both are done after the return."""
    async with on_postgres(patience=0.5) as (url, stage, channel):
        message = await stage.bob.says(channel, "db failover")
        await stage.settle()
        with locked_incidents(url):
            await stage.carol.reacts(message, "pushpin")
            typed = asyncio.create_task(stage.alice.types("/incident event rolled back", channel))
            await waiting(url, "wait_event_type = 'Lock'", 2)
            assert stage.program is not None
            await stage.program.stop()
            await waiting(url, "query NOT LIKE '%FOR UPDATE'", 0)
        await stage.returns()
        await typed
        assert await lines(stage, channel) == ["db failover", "rolled back"]


async def test_a_stop_while_a_commit_hangs_breaks_off_what_is_being_kept() -> None:
    """It is kept without our knowing; whoever is next takes it up, for nobody holds its lease."""
    async with on_postgres("http", patience=0.5) as (url, stage, channel):
        message = await stage.bob.says(channel, "db failover")
        await stage.settle()
        with lost_answers(url):
            await stage.carol.reacts(message, "pushpin")
            await waiting(url, "wait_event = 'SyncRep'")
            assert stage.program is not None
            await stage.program.stop()
            await waiting(url, "true", 0)
        await stage.returns()
        assert await lines(stage, channel) == ["db failover"]


async def test_a_stop_without_a_database_ends_all_the_same() -> None:
    """Nothing can be given back, and the last sign of life cannot be given; that is said in the log."""
    async with on_postgres() as (url, stage, channel):
        with no_database(url):
            assert stage.program is not None
            await stage.program.stop()
        await stage.returns()
        await stage.alice.types("/incident event db failover", channel)
        assert await lines(stage, channel) == ["db failover"]
