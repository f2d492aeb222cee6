"""A deleted message loses its text wherever it stands."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import create_engine, text

from bot.facts import ActionAdded, Amended, Reworded
from bot.words import Wire
from storage import Store
from storage.engine import read_url
from tests.memory.said import HOUR, MINUTE, NOW, TYPED, an_incident, call, captured, message, put, ts

SECRET = "hunter2"
ENTRY = captured(1).entry


def everything(url: str) -> str:
    """All that the database holds, as text."""
    engine = create_engine(read_url(url))
    tables = ("incidents", "facts", "inbox", "outbox", "messages", "versions")
    with engine.connect() as connection:
        rows = [str(row) for table in tables for row in connection.execute(text(f"SELECT * FROM {table}"))]  # noqa: S608
    engine.dispose()
    return "\n".join(rows)


def event(said: dict[str, Any]) -> dict[str, Any]:
    return {"type": "event_callback", "event": {"type": "message", "channel": "C1", **said}}


def spoken(n: int, words: str) -> dict[str, Any]:
    quoted = {"type": "rich_text", "elements": [{"type": "text", "text": words}]}
    return {"user": "U1", "ts": ts(n), "text": words, "blocks": [quoted], "files": [{"name": words}]}


async def erase(store: Store, id: int | None) -> None:
    async with store.visit(id) as visit:
        await visit.erase("C1", ts(1))


async def test_nothing_of_a_deleted_message_is_left_anywhere(store: Store, url: str) -> None:
    reworded = Reworded(key="e2", at=NOW, source=TYPED, entry=ENTRY, text=Wire(f"{SECRET} 2"), files=(SECRET,))
    amended = Amended(key="a", at=NOW, source=TYPED, entry=ENTRY, text=Wire(f"{SECRET} 3"))
    action = ActionAdded(key="i", at=NOW, source=TYPED, action="i", text=Wire(SECRET), owner="U3", entry=ENTRY)
    id = await an_incident(store, captured(1, SECRET), reworded, amended, action)
    await store.incident(id)
    await store.remember(message(1, SECRET, files=(SECRET,)))
    await store.keep("event:1", "event", event(spoken(1, SECRET)), NOW)
    await store.finish("event:1", NOW)
    said = spoken(1, SECRET)
    edit = {"subtype": "message_changed", "ts": ts(5), "message": said, "previous_message": said}
    await store.keep("event:2", "event", event(edit), NOW)
    gone = {"subtype": "message_deleted", "ts": ts(6), "deleted_ts": ts(1), "previous_message": said}
    await store.keep("event:3", "event", event(gone), NOW)
    args = {"text": SECRET}
    await put(store, call("log", purpose=f"log:{ENTRY}", args=args), call(f"dm:{ENTRY}", args=args))
    assert everything(url).count(SECRET) > 10

    await erase(store, id)

    assert SECRET not in everything(url)
    incident = await store.incident(id)
    assert SECRET not in str(incident)
    assert incident.actions["i"].owner == "U3"
    assert incident.entries[ENTRY].author == "U1"
    tombstone = await store.message("C1", ts(1))
    assert tombstone is not None
    assert tombstone.deleted
    assert await store.lease_calls(NOW, 10, MINUTE) == []
    assert [e.key for e in await store.unfinished(NOW + HOUR, 10)] == ["event:2", "event:3"]


async def test_an_unfinished_envelope_keeps_all_but_the_words(store: Store) -> None:
    gone = {"subtype": "message_deleted", "ts": ts(6), "deleted_ts": ts(1), "previous_message": spoken(1, SECRET)}
    await store.keep("event:1", "event", event(gone), NOW)
    await erase(store, None)
    [envelope] = await store.unfinished(NOW + HOUR, 10)
    assert envelope.body == event({"subtype": "message_deleted", "ts": ts(6), "deleted_ts": ts(1)})


async def test_a_shortcut_on_the_message_loses_the_words_and_keeps_the_place(store: Store) -> None:
    shortcut = {"type": "message_action", "channel": {"id": "C1"}, "message": spoken(1, SECRET), "trigger_id": "1.2"}
    await store.keep("message_action:1", "message_action", shortcut, NOW)
    await erase(store, None)
    [envelope] = await store.unfinished(NOW + HOUR, 10)
    assert envelope.body == {**shortcut, "message": {"user": "U1", "ts": ts(1)}}


@pytest.mark.parametrize("other", [("C2", 1), ("C1", 2)])
async def test_other_messages_keep_their_words(store: Store, url: str, other: tuple[str, int]) -> None:
    channel, n = other
    id = await an_incident(store, captured(n, "still said", channel))
    await store.remember(message(n, "still said", channel))
    await store.keep("event:1", "event", {"event": {**spoken(n, "still said"), "channel": channel}}, NOW)
    await put(store, call("log", purpose=f"log:m:{channel}:{ts(n)}", args={"text": "still said"}))
    before = everything(url)
    await erase(store, id)
    assert everything(url) == before


async def test_the_text_goes_from_every_incident_it_was_moved_to_and_every_replica(
    two_replicas: tuple[Store, Store],
) -> None:
    here, there = two_replicas
    one, two = await an_incident(here, captured(1, SECRET)), await an_incident(here, captured(1, SECRET))
    assert SECRET in str(await there.incident(two))
    await erase(here, one)
    for store in two_replicas:
        for id in (one, two):
            assert SECRET not in str(await store.incident(id))


async def test_facts_go_on_after_an_erasure(store: Store, replica: Store) -> None:
    id = await an_incident(store, captured(1, SECRET))
    async with store.visit(id) as visit:
        await visit.record([captured(2)], NOW)
        await visit.erase("C1", ts(1))
    async with replica.visit(id) as visit:
        [third] = await visit.record([captured(1), captured(2), captured(3)], NOW)
    assert third.seq == 5
    assert await store.incident(id) == await replica.incident(id)


async def test_what_was_answered_is_kept_no_longer_than_until_it_was_said(store: Store, url: str) -> None:
    await store.keep("command:1", "command", {"text": "timeline"}, NOW)
    async with store.visit(None) as visit:
        await visit.answer("command:1", {"text": SECRET})
    await store.finish("command:1", NOW)
    async with store.visit(None) as visit:
        await visit.answer("command:1", {"text": SECRET})
    assert SECRET not in everything(url)


async def test_an_erased_envelope_is_as_good_as_purged_but_its_key_stays_known(store: Store) -> None:
    await store.keep("event:1", "event", event(spoken(1, SECRET)), NOW)
    await store.finish("event:1", NOW)
    await erase(store, None)
    assert await store.envelope("event:1") is None
    assert not await store.keep("event:1", "event", event(spoken(1, SECRET)), NOW)


async def test_a_call_on_its_way_can_still_report_what_came_back(store: Store) -> None:
    await put(store, call("log", purpose=f"log:{ENTRY}"))
    [one] = await store.lease_calls(NOW, 1, MINUTE)
    await erase(store, None)
    assert await store.delivered(one.id, {"ts": "1.2"}, NOW)


async def test_what_was_sent_is_not_kept_a_second_time(store: Store, url: str) -> None:
    await put(store, call("log", args={"text": SECRET}))
    [one] = await store.lease_calls(NOW, 1, MINUTE)
    echo = {"ok": True, "channel": "C1", "ts": ts(9), "text": SECRET, "message": {"text": SECRET}}
    await store.delivered(one.id, echo, NOW)
    assert SECRET not in everything(url)
    assert ts(9) in everything(url)
