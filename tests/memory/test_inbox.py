"""What was heard is kept once, and dispatched until somebody finishes it."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from datetime import datetime

import pytest

from storage import Store
from storage.inbox import ATTEMPTS
from storage.store import LEASE
from tests.memory.said import HOUR, MINUTE, NOW, SECOND

LATER = NOW + LEASE + SECOND


async def test_an_envelope_is_kept_the_first_time_and_known_the_second(store: Store) -> None:
    assert await store.keep("event:Ev1", "event", {"event": {"type": "message"}}, NOW)
    assert not await store.keep("event:Ev1", "event", {"event": {"type": "other"}}, LATER)
    [envelope] = await store.unfinished(LATER, 10)
    assert envelope.body == {"event": {"type": "message"}}
    assert envelope.received_at == NOW
    assert envelope.kind == "event"


async def test_of_many_deliveries_at_once_one_is_kept(store: Store, replica: Store) -> None:
    kept = await asyncio.gather(*(s.keep("event:Ev1", "event", {}, NOW) for s in (store, replica) * 10))
    assert sum(kept) == 1


async def test_text_no_database_likes_comes_back_as_it_was(store: Store) -> None:
    hostile = {"text": "nul \x00, half a pair \ud800, <!channel>, 李小龍, \u202e", "n": 1.5, "deep": [{"a": None}]}
    await store.keep("event:Ev1", "event", hostile, NOW)
    [envelope] = await store.unfinished(LATER, 10)
    assert envelope.body == hostile


async def test_what_is_being_worked_on_is_left_alone_until_its_lease_runs_out(store: Store, replica: Store) -> None:
    await store.keep("event:Ev1", "event", {}, NOW)
    assert await replica.unfinished(NOW + LEASE - SECOND, 10) == []
    [envelope] = await replica.unfinished(NOW + LEASE, 10)
    assert (envelope.key, envelope.attempt) == ("event:Ev1", 2)
    assert await store.unfinished(NOW + LEASE + SECOND, 10) == []


async def test_unfinished_envelopes_come_in_the_order_in_which_they_were_kept(store: Store) -> None:
    keys = [f"event:Ev{n}" for n in (3, 1, 2)]
    for key in keys:
        await store.keep(key, "event", {}, NOW)
    assert [e.key for e in await store.unfinished(LATER, 2)] == keys[:2]
    assert [e.key for e in await store.unfinished(LATER, 2)] == keys[2:]


async def test_each_unfinished_envelope_goes_to_one_of_two_replicas(two_replicas: tuple[Store, Store]) -> None:
    here, there = two_replicas
    for n in range(40):
        await here.keep(f"event:Ev{n}", "event", {}, NOW)
    claims = await asyncio.gather(*(s.unfinished(LATER, 3) for s in (here, there) * 10))
    keys = [envelope.key for claim in claims for envelope in claim]
    assert len(keys) == len(set(keys))
    keys += [envelope.key for envelope in await here.unfinished(LATER, 100)]
    assert sorted(keys) == sorted(f"event:Ev{n}" for n in range(40))


async def test_what_is_finished_is_not_dispatched_again_and_still_known(store: Store) -> None:
    await store.keep("event:Ev1", "event", {}, NOW)
    await store.finish("event:Ev1", NOW)
    assert await store.unfinished(LATER, 10) == []
    assert not await store.keep("event:Ev1", "event", {}, LATER)


async def test_a_failure_is_tried_again_after_pauses_that_grow_and_then_set_aside(store: Store) -> None:
    await store.keep("event:Ev1", "event", {"kept": "whole"}, NOW)
    now, pauses = NOW, []
    for attempt in range(2, ATTEMPTS + 1):
        assert not await store.failed("event:Ev1", f"boom {attempt - 1}", now)
        again = await store.next_due()
        assert again is not None
        assert await store.unfinished(again - SECOND, 10) == []
        [envelope] = await store.unfinished(again, 10)
        assert envelope.attempt == attempt
        pauses.append(again - now)
        now = again
    assert pauses == sorted(pauses)
    assert 5 * MINUTE < now - NOW < HOUR
    assert await store.failed("event:Ev1", "boom", now)
    assert await store.unfinished(now + 24 * HOUR, 10) == []
    kept = await store.envelope("event:Ev1")
    assert kept is not None
    assert kept.body == {"kept": "whole"}
    assert (await store.depth(now))["inbox_aside"] == 1


async def test_an_envelope_that_takes_the_process_down_each_time_is_set_aside(store: Store) -> None:
    await store.keep("event:Ev1", "event", {}, NOW)
    now = NOW
    for _ in range(ATTEMPTS - 1):
        now += LEASE
        assert len(await store.unfinished(now, 10)) == 1
    assert await store.unfinished(now + LEASE, 10) == []
    assert (await store.depth(now))["inbox_aside"] == 1


async def test_what_was_broken_off_is_dispatched_at_once_and_after_a_pause_when_it_is_again(store: Store) -> None:
    await store.keep("event:Ev1", "event", {}, NOW)
    await store.give_back(["event:Ev1", "event:never-kept"], NOW)
    [envelope] = await store.unfinished(NOW, 10)
    assert envelope.attempt == 2
    await store.give_back(["event:Ev1"], NOW)
    assert await store.unfinished(NOW, 10) == []
    again = await store.next_due()
    assert again is not None
    assert NOW < again < NOW + LEASE


async def test_nobody_gives_back_what_another_is_at_work_on_or_what_is_finished(
    two_replicas: tuple[Store, Store],
) -> None:
    here, there = two_replicas
    for key in ("event:Ev1", "event:Ev2"):
        await here.keep(key, "event", {}, NOW)
    await here.finish("event:Ev2", NOW)
    await there.give_back(["event:Ev1"], NOW)
    await here.give_back(["event:Ev2"], NOW)
    assert await there.unfinished(NOW, 10) == []


async def test_failing_after_finishing_changes_nothing(store: Store) -> None:
    await store.keep("event:Ev1", "event", {}, NOW)
    await store.finish("event:Ev1", NOW)
    assert not await store.failed("event:Ev1", "too late", NOW)
    assert await store.unfinished(LATER, 10) == []


async def test_a_replay_finds_what_was_answered(store: Store) -> None:
    await store.keep("command:1", "command", {}, NOW)
    async with store.visit(None) as visit:
        await visit.answer("command:1", {"text": "Declared INC-2026-0001"})
    [envelope] = await store.unfinished(LATER, 10)
    assert envelope.answer == {"text": "Declared INC-2026-0001"}


async def test_what_was_forgotten_may_be_said_again_but_not_what_was_finished(store: Store) -> None:
    for key in ("view:1", "view:2"):
        await store.keep(key, "view_submission", {}, NOW)
    await store.finish("view:2", NOW)
    for key in ("view:1", "view:2"):
        await store.forget(key)
    assert await store.keep("view:1", "view_submission", {}, NOW)
    assert not await store.keep("view:2", "view_submission", {}, NOW)


async def test_a_naive_moment_is_refused(store: Store) -> None:
    with pytest.raises(Exception, match="without a zone"):
        await store.keep("event:Ev1", "event", {}, datetime(2026, 3, 9))  # noqa: DTZ001


async def test_what_was_kept_is_worked_on_although_more_keeps_coming(store: Store) -> None:
    async def stream() -> None:
        for n in itertools.count():
            await store.keep(f"event:Ev{n}", "event", {}, NOW)

    coming = asyncio.create_task(stream())
    async with asyncio.timeout(20):
        await store.nothing_to_keep()
    coming.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await coming
