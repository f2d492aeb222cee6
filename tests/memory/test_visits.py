"""One incident, one writer: what is said in a visit stands or falls together, and is folded once."""

from __future__ import annotations

import asyncio

import pytest

from bot.facts import Described, Marked, SeverityChanged, StatusChanged
from bot.incident import Incident
from bot.words import Kind, Severity, Status, Wire
from storage import Store, UnknownIncident, folds
from tests.memory.said import HOUR, MINUTE, NOW, TYPED, an_incident, call, captured, message, ts


class Crash(Exception):
    """What takes a handler down in the middle."""


async def test_a_declared_incident_is_found_by_channel_number_and_list(store: Store) -> None:
    id = await an_incident(store, private=True)
    assert await store.incident_at("C1") == id
    assert await store.incident_numbered("INC-2026-0001") == id
    assert await store.incident_at("C2") is None
    assert await store.incident_numbered("INC-2026-0002") is None
    [row] = await store.incidents(limit=10)
    assert (row.id, row.number, row.title, row.channel) == (id, "INC-2026-0001", "Checkout is failing", "C1")
    assert (row.severity, row.status, row.services) == (Severity.HIGH, Status.INVESTIGATING, ("checkout", "db"))
    assert (row.private, row.drill, row.declared_at) == (True, False, NOW)


async def test_the_list_keeps_step_with_the_facts(store: Store) -> None:
    id = await an_incident(store)
    async with store.visit(id) as visit:
        await visit.record(
            [
                Described(key="d2", at=NOW, source=TYPED, title=Wire("All checkouts fail"), services=("checkout",)),
                SeverityChanged(key="s2", at=NOW, source=TYPED, severity=Severity.CRITICAL),
                StatusChanged(key="st2", at=NOW, source=TYPED, status=Status.MITIGATED),
            ],
            NOW,
        )
    [row] = await store.incidents(limit=10)
    assert (row.title, row.services) == ("All checkouts fail", ("checkout",))
    assert (row.severity, row.status) == (Severity.CRITICAL, Status.MITIGATED)


async def test_lists_are_newest_first_by_status_channel_and_page(store: Store) -> None:
    ids = [await an_incident(store, channel=f"C{n}", number=f"INC-{n}") for n in range(4)]
    await set_status(store, ids[1], Status.RESOLVED)
    assert [row.id for row in await store.incidents(limit=2)] == [ids[3], ids[2]]
    assert [row.id for row in await store.incidents(limit=2, before=ids[2])] == [ids[1], ids[0]]
    assert [row.id for row in await store.incidents(limit=9, statuses=[Status.RESOLVED])] == [ids[1]]
    assert [row.id for row in await store.incidents(limit=9, statuses=[])] == []
    assert [row.id for row in await store.incidents(limit=9, channel="C2")] == [ids[2]]


async def set_status(store: Store, id: int, status: Status) -> None:
    async with store.visit(id) as visit:
        await visit.record([StatusChanged(key=f"st:{status}", at=NOW, source=TYPED, status=status)], NOW)


async def test_of_two_incidents_in_one_channel_the_open_one_is_meant(store: Store) -> None:
    older = await an_incident(store)
    newer = await an_incident(store)
    assert await store.incident_at("C1") == newer
    await set_status(store, newer, Status.CLOSED)
    assert await store.incident_at("C1") == older
    await set_status(store, older, Status.CLOSED)
    assert await store.incident_at("C1") == newer


async def test_a_fact_said_twice_is_recorded_once(store: Store, replica: Store) -> None:
    id = await an_incident(store, captured(1))
    for where in (store, replica, store):
        async with where.visit(id) as visit:
            recorded = await visit.record([captured(1), captured(2), captured(2)], NOW + HOUR)
            assert len(recorded) <= 1
            assert visit.incident.seq == 4
    assert sorted((await store.incident(id)).entries) == [f"m:C1:{ts(1)}", f"m:C1:{ts(2)}"]


async def test_facts_get_their_place_and_the_moment_they_were_heard(store: Store) -> None:
    id = await an_incident(store)
    async with store.visit(id) as visit:
        first, second = await visit.record([captured(1), captured(2)], NOW + HOUR)
    assert (first.seq, second.seq) == (3, 4)
    assert first.fact == captured(1)
    assert (await store.incident(id)).entries[captured(1).entry].heard_at == NOW + HOUR


async def test_a_fold_loaded_afresh_is_the_one_that_was_written(url: str) -> None:
    async with Store.open(url, me="before") as store:
        id = await an_incident(store, *(captured(n) for n in range(5)))
        async with store.visit(id) as visit:
            await visit.record([mark(n) for n in range(5)], NOW)
        written = await store.incident(id)
    async with Store.open(url, me="after") as store:
        assert await store.incident(id) == written


def mark(n: int) -> Marked:
    entry = captured(n).entry
    return Marked(key=f"mark:{n}", at=NOW, source=TYPED, entry=entry, name="pushpin", meaning=Kind.EVENT, stamp=ts(n))


async def test_what_a_reader_does_to_its_copy_stays_with_it(store: Store) -> None:
    id = await an_incident(store, captured(1))
    (await store.incident(id)).entries.clear()
    assert len((await store.incident(id)).entries) == 1


async def test_a_replica_sees_at_once_what_another_wrote(two_replicas: tuple[Store, Store]) -> None:
    here, there = two_replicas
    id = await an_incident(here)
    for n in range(4):
        writer, reader = (here, there) if n % 2 else (there, here)
        async with writer.visit(id) as visit:
            await visit.record([captured(n)], NOW)
        assert captured(n).entry in (await reader.incident(id)).entries


async def test_two_replicas_race_on_one_incident_and_lose_nothing(store: Store, replica: Store) -> None:
    id = await an_incident(store)

    async def write(where: Store, n: int) -> None:
        async with where.visit(id) as visit:
            assert captured(n).entry not in visit.incident.entries
            await visit.record([captured(n), mark(n)], NOW)
            await visit.put([call(f"log:{n}")], NOW)

    await asyncio.gather(*(write((store, replica)[n % 2], n) for n in range(60)))
    incident = await store.incident(id)
    assert incident.seq == 2 + 120
    assert len(incident.timeline()) == 60
    assert await replica.incident(id) == incident
    assert (await store.depth(NOW))["outbox_waiting"] == 60


async def test_of_two_replicas_that_hear_the_same_one_records_it(store: Store, replica: Store) -> None:
    id = await an_incident(store)

    async def hear(where: Store) -> int:
        async with where.visit(id) as visit:
            return len(await visit.record([captured(1)], NOW))

    assert sum(await asyncio.gather(*(hear(where) for where in (store, replica) * 8))) == 1


async def test_visits_that_lock_the_same_two_incidents_never_wait_for_each_other(store: Store, replica: Store) -> None:
    one, two = await an_incident(store), await an_incident(store, channel="C2")

    async def move(where: Store, n: int) -> None:
        here, there = (one, two) if n % 2 else (two, one)
        async with where.visit(here, also=[there]) as visit:
            assert visit.incident.id == here
            assert list(visit.others) == [there]
            await visit.record([captured(n)], NOW)
            await visit.record([captured(n, channel="C2")], NOW, into=visit.others[there])

    await asyncio.gather(*(move((store, replica)[n % 3 % 2], n) for n in range(30)))
    assert len((await store.incident(one)).entries) == len((await store.incident(two)).entries) == 30


async def everything_in(store: Store, id: int | None) -> Incident:
    """A visit that does all that can be done, and crashes at the end."""
    async with store.visit(id) as visit:
        if id is None:
            id = (await visit.new_incident(NOW)).id
        await visit.record([captured(7)], NOW)
        await visit.put([call("lost")], NOW)
        await visit.remember(message(7))
        await visit.count("COE-2026")
        await visit.take("COE-2026-001")
        await visit.answer("command:1", {"text": "done"})
        await visit.finish("command:1", NOW)
        await visit.erase("C1", ts(1))
        raise Crash
    return await store.incident(id)


async def test_a_crash_in_a_visit_leaves_nothing_of_it(store: Store) -> None:
    id = await an_incident(store, captured(1))
    await store.keep("command:1", "command", {}, NOW)
    await store.remember(message(1, "secret"))
    before = await store.incident(id)
    for place in (id, None):
        with pytest.raises(Crash):
            await everything_in(store, place)
    assert await store.incident(id) == before
    assert len(await store.incidents(limit=9)) == 1
    assert await store.lease_calls(NOW, 10, MINUTE) == []
    assert await store.message("C1", ts(7)) is None
    said = await store.message("C1", ts(1))
    assert said is not None
    assert said.text == "secret"
    [envelope] = await store.unfinished(NOW + HOUR, 10)
    assert envelope.answer is None
    async with store.visit(id) as visit:
        assert await visit.count("COE-2026") == 1
        assert await visit.take("COE-2026-001")
        assert len(await visit.record([captured(7)], NOW)) == 1


async def test_a_cancelled_visit_gives_its_lock_back(store: Store) -> None:
    id = await an_incident(store)
    locked = asyncio.Event()

    async def stay() -> None:
        async with store.visit(id) as visit:
            await visit.record([captured(1)], NOW)
            locked.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(stay())
    await locked.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with store.visit(id) as visit:
        assert visit.incident.entries == {}


async def test_the_envelope_is_finished_in_the_same_commit(store: Store) -> None:
    id = await an_incident(store)
    await store.keep("command:1", "command", {}, NOW)
    async with store.visit(id) as visit:
        await visit.record([captured(1)], NOW)
        await visit.finish("command:1", NOW)
    assert await store.unfinished(NOW + HOUR, 10) == []


async def test_a_counter_has_no_gaps_and_no_doubles(store: Store, replica: Store) -> None:
    async def number(where: Store, n: int) -> int:
        async with where.visit(None) as visit:
            value = await visit.count("COE-2026")
            if n % 4 == 0:
                raise Crash
        return value

    numbers = await asyncio.gather(*(number((store, replica)[n % 2], n) for n in range(20)), return_exceptions=True)
    assert sorted(n for n in numbers if isinstance(n, int)) == list(range(1, 16))
    async with store.visit(None) as visit:
        assert await visit.count("COE-2027") == 1


async def test_a_name_is_taken_once_and_leads_to_its_incident(store: Store, replica: Store) -> None:
    one, two = await an_incident(store, number="A"), await an_incident(store, number="B")

    async def take(where: Store, id: int) -> bool:
        async with where.visit(id) as visit:
            return await visit.take("COE-2026-001")

    taken = await asyncio.gather(take(store, one), take(replica, two))
    assert sorted(taken) == [False, True]
    assert await store.incident_numbered("COE-2026-001") == (one if taken[0] else two)


async def test_an_incident_nobody_has_is_refused(store: Store) -> None:
    id = await an_incident(store)
    with pytest.raises(UnknownIncident):
        await store.incident(99)
    with pytest.raises(UnknownIncident):
        async with store.visit(id, also=[99]):
            pass
    async with store.visit(None) as visit:
        with pytest.raises(LookupError):
            _ = visit.incident


async def test_more_incidents_than_memory_holds_are_folded_again(store: Store) -> None:
    first = await an_incident(store, captured(1))
    known = await store.incident(first)
    for n in range(folds.REMEMBERED // 1_000 + 1):
        store._folds.keep(folds.Fold(Incident(10_000 + n, seq=1_000), set(), 0))
    assert store._folds.known(first).incident.seq == 0, "it went"
    assert store._folds.known(10_001).incident.seq == 1_000, "the newer ones stay"
    assert await store.incident(first) == known


async def test_however_many_visit_each_can_still_read(store: Store) -> None:
    """On PostgreSQL both take a connection, and there are no more than so many."""

    async def visiting(id: int) -> None:
        async with store.visit(id):
            assert await store.incident_at(f"C{id}") is None

    async with asyncio.timeout(8):
        ids = [await an_incident(store, channel=f"C-{n}", number=f"INC-{n}") for n in range(30)]
        await asyncio.gather(*map(visiting, ids))
