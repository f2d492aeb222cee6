"""The transcript holds each message as it now stands, whatever the order in which it was heard."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import Message, Person, Store
from storage.transcript import _supersedes
from tests.memory.said import HOUR, NOW, an_incident, message, ts


async def test_a_message_comes_back_as_it_was_heard(store: Store) -> None:
    said = message(0, "李小龍 & <@U2>", files=("https://x/f1",), thread_ts=ts(-5), subtype="thread_broadcast")
    assert await store.remember(said) is None
    assert await store.message("C1", ts(0)) == said
    assert await store.message("C2", ts(0)) is None


async def test_what_no_database_keeps_becomes_a_replacement_character(store: Store) -> None:
    await store.remember(message(0, "a\x00b\ud800c\U0001f600"))
    kept = await store.message("C1", ts(0))
    assert kept is not None
    assert kept.text == "a\ufffdb\ufffdc\U0001f600"


async def test_an_edit_returns_what_stood_before_and_an_older_one_changes_nothing(store: Store) -> None:
    first = message(0, "first")
    second = message(0, "second", edited_ts=ts(10))
    third = message(0, "third", edited_ts=ts(20))
    await store.remember(first)
    assert await store.remember(third) == first
    assert await store.remember(second) == third
    assert await store.remember(first) == third
    assert await store.message("C1", ts(0)) == third


async def test_a_deleted_message_stays_deleted_and_has_no_text(store: Store) -> None:
    await store.remember(message(0, "secret", files=("https://x/secret",)))
    await store.remember(message(0, "secret", deleted=True, files=("https://x/secret",)))
    await store.remember(message(0, "secret", edited_ts=ts(99)))
    kept = await store.message("C1", ts(0))
    assert kept is not None
    assert (kept.deleted, kept.text, kept.files) == (True, "", ())


async def test_a_deletion_heard_before_its_message_leaves_no_text(store: Store) -> None:
    await store.remember(message(0, deleted=True))
    await store.remember(message(0, "secret"))
    kept = await store.message("C1", ts(0))
    assert kept is not None
    assert kept.text == ""


async def test_reading_back_what_is_known_writes_nothing(store: Store) -> None:
    page = [message(n) for n in range(5)]
    assert await store.remember_all(page) == [None] * 5
    later = [replace(m, seen_at=NOW + HOUR) for m in page]
    assert await store.remember_all(later) == page
    assert await store.messages("C1", ts(0), ts(9), 10) == page


async def test_one_page_may_tell_the_same_message_twice(store: Store) -> None:
    first, second = message(0, "first"), message(0, "second", edited_ts=ts(3))
    assert await store.remember_all([second, first]) == [None, second]
    assert await store.message("C1", ts(0)) == second


async def test_an_empty_page_is_fine(store: Store) -> None:
    assert await store.remember_all([]) == []


async def test_a_thread_is_its_opening_message_and_its_replies_in_order(store: Store) -> None:
    replies = [message(n, thread_ts=ts(0)) for n in (7, 3)]
    other = message(4)
    await store.remember_all([*replies, message(0), other, message(0, channel="C2")])
    assert [m.ts for m in await store.thread("C1", ts(0))] == [ts(0), ts(3), ts(7)]


async def test_messages_come_in_order_from_a_stretch_of_time(store: Store) -> None:
    await store.remember_all([message(n) for n in (4, 2, 8, 6)])
    assert [m.ts for m in await store.messages("C1", ts(2), ts(6), 10)] == [ts(2), ts(4), ts(6)]
    assert [m.ts for m in await store.messages("C1", ts(0), ts(9), 2)] == [ts(2), ts(4)]


async def test_the_last_one_heard_is_the_newest_by_ts(store: Store) -> None:
    assert await store.last_heard("C1") is None
    await store.remember_all([message(9), message(3), message(99, channel="C2")])
    assert await store.last_heard("C1") == ts(9)


versions = st.builds(
    lambda text, edit, gone: message(0, text, edited_ts=ts(edit) if edit else None, deleted=gone),
    st.sampled_from("ab"),
    st.integers(0, 3),
    st.booleans(),
)


@given(versions, versions)
def test_of_two_versions_at_least_one_gives_way_and_a_deletion_never_does(one: Message, other: Message) -> None:
    assert not (one.deleted and _supersedes(other, one))
    if one.edited_ts != other.edited_ts and not (one.deleted or other.deleted):
        assert _supersedes(one, other) != _supersedes(other, one)


def person(name: str, **changes: object) -> Person:
    met = Person("U1", name, name, "Europe/Zurich", False, False, False, False, NOW)
    return replace(met, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["Anne-Marie O'Neil", "李小龍", "Dr. <b>Who</b>"])
async def test_a_person_comes_back_as_met(store: Store, name: str) -> None:
    await store.meet(person(name))
    assert await store.person("U1") == person(name)
    assert await store.people(["U1", "U2"]) == {"U1": person(name)}
    assert await store.person("U2") is None


async def test_the_address_of_the_workspace_is_the_last_one_noted(store: Store) -> None:
    assert await store.team_url() == ""
    for address in ("https://old.slack.com/", "https://new.slack.com/"):
        await store.note_team_url(address)
    assert await store.team_url() == "https://new.slack.com/"


async def test_an_older_answer_about_a_person_changes_nothing(store: Store) -> None:
    newer = person("new", deleted=True, fetched_at=NOW + HOUR)
    await store.meet(newer)
    await store.meet(person("old"))
    assert await store.person("U1") == newer


async def test_replicas_that_remember_the_same_page_in_other_orders_do_not_wait_for_each_other(
    two_replicas: tuple[Store, Store],
) -> None:
    """History comes the newest first, what is said now the oldest first."""
    here, there = two_replicas
    for start in range(0, 3000, 1000):
        page = [message(n) for n in range(start, start + 1000)]
        await asyncio.gather(here.remember_all(page), there.remember_all(page[::-1]))
        assert await here.message("C1", ts(start + 999)) == page[-1]


async def test_what_is_said_is_remembered_with_its_envelope_only_where_the_channel_has_an_incident(
    store: Store,
) -> None:
    """Neither envelope is dispatched to anybody, and the same one coming again changes nothing."""
    await an_incident(store, channel="C1")
    for channel in ("C1", "C2"):
        said = replace(message(0), channel=channel)
        assert await store.keep(f"event:{channel}", "event_callback", {}, NOW, said)
        assert not await store.keep(f"event:{channel}", "event_callback", {}, NOW, replace(said, text="twice"))
    assert await store.message("C1", ts(0)) == message(0)
    assert await store.message("C2", ts(0)) is None
    assert await store.unfinished(NOW + HOUR, 10) == []
