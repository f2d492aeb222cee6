"""What is looked up across incidents keeps step with their facts, and is made anew for another version."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import text

from bot.facts import ActionAdded, ActionChanged, FieldSet, MilestoneSet, StatusChanged
from bot.lookup import wanted
from bot.words import ActionStatus, Milestone, Status, Wire
from storage import Sight, Store
from storage.engine import blocking_engine, read_url
from tests.memory.said import NOW, TYPED, an_incident

EVERYTHING = Sight(public=True, channels=frozenset({"C1"}))
PUBLIC = Sight(public=True, channels=frozenset())
GUEST = Sight(public=False, channels=frozenset({"C1"}))


async def ids(store: Store, words: str, sight: Sight = EVERYTHING) -> list[int]:
    found, total = await store.found(wanted(words), sight, limit=9)
    assert total == len(found)
    return [one.row.id for one in found]


async def test_sight_decides_what_is_listed_and_found(store: Store) -> None:
    secret = await an_incident(store, private=True)
    assert await ids(store, "checkout") == [secret]
    assert await ids(store, "checkout", PUBLIC) == []
    assert await ids(store, "checkout", GUEST) == [secret]
    assert [row.id for row in (await store.listed(GUEST, statuses=None, limit=9))[0]] == [secret]
    assert await store.listed(PUBLIC, statuses=None, limit=9) == ([], 0)
    assert await store.private_channels() == await store.incident_channels() == {"C1"}
    assert await store.past(but=0, limit=9) == []


async def test_an_answer_taken_back_and_an_item_finished_are_looked_up_no_more(store: Store) -> None:
    id = await an_incident(store)
    answer = FieldSet(key="f1", at=NOW, source=TYPED, field="root_cause", value="A stale certificate")
    item = ActionAdded(
        key="a1", at=NOW, source=TYPED, action="A1", text=Wire("Renew it"), owner="U1", due=date(2026, 4, 1)
    )
    async with store.visit(id) as visit:
        await visit.record([answer, item], NOW)
    assert await ids(store, "certificate") == await ids(store, "renew") == [id]
    assert [one.due for one in await store.unfinished_items(PUBLIC, owners=["U1"])] == ["2026-04-01"]
    async with store.visit(id) as visit:
        gone = FieldSet(key="f2", at=NOW, source=TYPED, field="root_cause", value=None)
        done = ActionChanged(key="a2", at=NOW, source=TYPED, action="A1", status=ActionStatus.DONE)
        await visit.record([gone, done], NOW)
    assert await ids(store, "certificate") == []
    assert await store.unfinished_items(PUBLIC, owners=["U1"]) == []
    assert await ids(store, "renew") == [id]
    assert [one.status for one in await store.items_measured([id])] == [ActionStatus.DONE]


async def test_the_clocks_stand_in_the_incidents_row(store: Store) -> None:
    id = await an_incident(store)
    moments = {Milestone.STARTED: NOW - timedelta(minutes=11), Milestone.RESOLVED: NOW}
    async with store.visit(id) as visit:
        await visit.record(
            [
                *(MilestoneSet(key=m, at=NOW, source=TYPED, milestone=m, moment=at) for m, at in moments.items()),
                StatusChanged(key="over", at=NOW, source=TYPED, status=Status.RESOLVED),
            ],
            NOW,
        )
    told = await store.measured(PUBLIC, None, None)
    clocks = told[id].clocks
    assert told[id].began_at == NOW - timedelta(minutes=11)
    assert (clocks["ttr"].state, clocks["ttr"].elapsed) == ("measured", timedelta(minutes=11))
    assert clocks["ttd"].state == "assumed"  # declared, so detected at the latest then: that is no measurement
    assert clocks["ttm"].state == "unknown"
    assert await store.measured(PUBLIC, NOW, None) == {}


async def test_what_another_version_looked_up_otherwise_is_made_anew_at_the_start(url: str) -> None:
    async with Store.open(url, me="old") as store:
        id = await an_incident(store)
    engine = blocking_engine(read_url(url))
    with engine.begin() as connection:
        connection.execute(text("UPDATE incidents SET projected = 0, clocks = NULL, began_at = NULL"))
        connection.execute(text("UPDATE search SET words = ' nonsense'"))
    engine.dispose()
    async with Store.open(url, me="new") as store:
        assert await ids(store, "nonsense") == []
        assert await ids(store, "checkout") == [id]
        assert list(await store.measured(PUBLIC, None, None)) == [id]
