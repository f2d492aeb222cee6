"""What is purged is gone: from every table, from every replica's mind, and from the bytes of the file."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, inspect, text

from bot.facts import (
    ActionAdded,
    Captured,
    ChannelAttached,
    Reworded,
    RoleAssigned,
    Source,
    StatusChanged,
    VersionMade,
)
from bot.words import Role, Status, Wire
from storage import Kept, Store
from storage.engine import read_url
from tests.databases import fresh_sqlite
from tests.memory.said import HOUR, NOW, TYPED, an_incident, call, captured, message, put, ts

SECRET = "hunter2-correct-horse"
DAY = timedelta(days=1)
LONG_AFTER = NOW + 100 * DAY
ALICE = "U1"


def everything(url: str) -> str:
    """All that the database holds, as text."""
    engine = create_engine(read_url(url))
    with engine.connect() as connection:
        tables = inspect(connection).get_table_names()
        rows = [str(row) for table in tables for row in connection.execute(text(f'SELECT * FROM "{table}"'))]  # noqa: S608
    engine.dispose()
    return "\n".join(rows)


def bytes_of(url: str) -> bytes:
    """The file, its log, and whatever else stands beside it."""
    path = Path(url.removeprefix("sqlite:///"))
    return b"".join(part.read_bytes() for part in sorted(path.parent.glob(f"{path.name}*")))


async def resolved(store: Store, id: int, status: Status = Status.RESOLVED) -> None:
    async with store.visit(id) as visit:
        await visit.record([StatusChanged(key="over", at=NOW, source=TYPED, status=status)], NOW)


def at(n: int) -> Source:
    return Source("message", ALICE, None, f"r{n}")


async def test_the_transcript_of_an_incident_that_is_over_goes_with_age_and_its_report_stays(store: Store) -> None:
    id = await an_incident(store, captured(1, SECRET))
    await store.remember(message(1, SECRET))
    await store.remember(message(200 * 86400, "said lately"))
    await resolved(store, id)
    before = await store.incident(id)
    assert (await store.purge_old(LONG_AFTER, 90 * DAY))["messages"] == 1
    assert await store.message("C1", ts(1)) is None
    assert await store.message("C1", ts(200 * 86400)) is not None
    assert await store.incident(id) == before


@pytest.mark.parametrize("kept", [90 * DAY, None])
async def test_what_an_open_incident_may_need_and_what_is_kept_for_good_stays(store: Store, kept: Any) -> None:
    id = await an_incident(store, captured(1))
    await store.remember(message(1, "still needed"))
    if kept is None:
        await resolved(store, id)
    assert not (await store.purge_old(LONG_AFTER, kept)).get("messages")
    assert await store.message("C1", ts(1)) is not None


async def test_envelopes_and_calls_go_once_slack_cannot_ask_for_them_any_more(store: Store) -> None:
    for key in ("done", "waiting"):
        await store.keep(key, "event", {"type": "event_callback"}, NOW)
    await store.finish("done", NOW)
    await put(store, call("posted"), call("not yet"))
    [first] = await store.lease_calls(NOW, 1, HOUR)
    await store.delivered(first.id, {}, NOW)
    assert await store.purge_old(NOW + 7 * DAY, None) == {"envelopes": 0, "calls": 0}
    assert await store.purge_old(NOW + 8 * DAY, None) == {"envelopes": 1, "calls": 0}
    assert await store.purge_old(NOW + 91 * DAY, None) == {"envelopes": 0, "calls": 1}
    assert [envelope.key for envelope in await store.unfinished(NOW + 91 * DAY, 10)] == ["waiting"]
    assert [leased.key for leased in await store.lease_calls(NOW + 91 * DAY, 10, HOUR)] == ["not yet"]


async def of_alice(store: Store) -> int:
    """Alice said, edited, was mentioned, holds a role, owns an action, and is known by name."""
    mine = captured(1, SECRET)
    reworded = Reworded(key="e2", at=NOW, source=at(2), entry=mine.entry, text=Wire(f"{SECRET} again"), files=(SECRET,))
    typed = Captured(key="t", at=NOW, source=at(3), entry="t:command:9", text=Wire(f"typed {SECRET}"), author=ALICE)
    bobs = Captured(key="b", at=NOW, source=TYPED, entry="m:C1:7", text=Wire(f"ask <@{ALICE}> and U12"), author="U2")
    role = RoleAssigned(key="r", at=NOW, source=at(4), role=Role.COMMANDER, user=ALICE)
    action = ActionAdded(key="i", at=NOW, source=at(5), action="i", text=Wire(SECRET), owner=ALICE, entry=mine.entry)
    attached = ChannelAttached(key=f"k:{ALICE}", at=NOW, source=at(6), channel="C1", name="incident-1")
    id = await an_incident(store, mine, reworded, typed, bobs, role, action, attached)
    await store.remember(message(1, SECRET))
    await store.remember(message(2, f"thanks <@{ALICE}>", author="U2"))
    body = {"event": {"type": "message", "user": ALICE, "text": SECRET}}
    for key in ("done", "aside", "waiting"):
        await store.keep(f"{key}:{ALICE}", "event", body, NOW)
    await store.finish(f"done:{ALICE}", NOW)
    for hour in range(8):  # until it is set aside
        await store.failed(f"aside:{ALICE}", "it broke", NOW + hour * HOUR)
    await put(store, call(f"nudge:{ALICE}", lane=f"D-{ALICE}", args={"channel": ALICE, "text": SECRET}))
    return id


async def test_a_persons_words_and_name_go_wherever_they_stand_and_what_they_did_stays(store: Store, url: str) -> None:
    id = await of_alice(store)
    await store.incident(id)
    purged = await store.purge_person(ALICE, NOW)
    assert purged["messages"] == 1
    assert purged["lines"] == 2
    incident = await store.incident(id)
    assert SECRET not in str(incident)
    said = {entry.text for entry in incident.entries.values()}
    assert said == {"[removed]", "ask <@UREMOVED0001> and U12"}
    assert incident.actions["i"].owner == "UREMOVED0001"
    assert (await store.people(["UREMOVED0001"]))["UREMOVED0001"].name == "removed person"
    left = everything(url)
    assert f"'{ALICE}'" not in left
    assert f'"{ALICE}"' not in left
    gone = await store.message("C1", ts(1))
    assert gone is not None
    assert (gone.text, gone.deleted, gone.author) == ("", True, "UREMOVED0001")
    assert await store.envelope("done:UREMOVED0001") is None


async def test_a_dry_run_counts_the_same_and_changes_nothing(store: Store, url: str) -> None:
    await of_alice(store)
    before = everything(url)
    would = await store.purge_person(ALICE, NOW, dry_run=True)
    assert everything(url) == before
    assert await store.purge_person(ALICE, NOW) == would
    assert any((await store.purge_person(ALICE, NOW)).values()) is False


async def test_a_published_version_that_said_it_is_made_anew(store: Store) -> None:
    id = await of_alice(store)
    past = await store.incident_as_of(id, (await store.incident(id)).seq)
    seq = past.incident.seq
    assert await store.keep_version(Kept(id, "slo", "1.0", "md", seq, SECRET.encode()), past, NOW)
    await store.purge_person(ALICE, NOW)
    assert await store.kept_version(id, "slo", "1.0", "md") is None


async def test_a_version_says_when_a_person_who_may_have_stood_in_it_was_taken_out(store: Store) -> None:
    """Also where it is read as of then; a version from before that person came says nothing."""
    first, last = (VersionMade(key=n, at=NOW, source=TYPED, family="slo", number=n) for n in ("0.1", "1.0"))
    id = await an_incident(store, first, replace(captured(1, SECRET), author="U9"), last)
    before = (await store.incident(id)).seq
    await store.purge_person("U9", NOW)
    incident = await store.incident(id)
    assert incident.seq == before + 1
    past = (await store.incident_as_of(id, incident.versions["slo"][-1].seq)).incident
    for read in (incident, past):
        assert [(v.number, v.removed) for v in read.versions["slo"]] == [("0.1", ()), ("1.0", (NOW,))]
    async with store.visit(id) as visit:
        assert await visit.record([replace(captured(2), key="said after it")], NOW)


async def test_another_replica_forgets_it_too(two_replicas: tuple[Store, Store]) -> None:
    here, there = two_replicas
    id = await of_alice(here)
    assert SECRET in str(await there.incident(id))
    await here.purge_person(ALICE, NOW)
    assert SECRET not in str(await there.incident(id))


async def test_not_one_byte_of_it_is_left_in_the_file(tmp_path: Path) -> None:
    """Neither in a page that is free again, nor in the log beside the file, while the program runs on."""
    url = fresh_sqlite(tmp_path)
    async with Store.open(url, me="here") as store:
        id = await an_incident(store, captured(1, SECRET))
        for n in range(2, 60):
            await store.remember(message(n, f"{SECRET} {n} " * 40))
        await store.keep("done", "event", {"event": {"text": SECRET * 300, "user": ALICE}}, NOW)
        await store.finish("done", NOW)
        await put(store, call("posted", args={"text": SECRET * 300}))
        [posted] = await store.lease_calls(NOW, 1, HOUR)
        await store.delivered(posted.id, {}, NOW)
        await resolved(store, id)
        assert SECRET.encode() in bytes_of(url)
        await store.purge_person(ALICE, NOW)
        assert SECRET.encode() not in bytes_of(url)
        await store.remember(message(1, SECRET, author="U2"))
        await store.purge_old(LONG_AFTER, 90 * DAY)
        assert SECRET.encode() not in bytes_of(url)
