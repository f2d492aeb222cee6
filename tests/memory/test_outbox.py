"""Calls go out once each, in order within their lane."""

from __future__ import annotations

import asyncio
import re
from random import Random

import pytest
from sqlalchemy import Connection

from storage import Call, Leased, Store
from storage.outbox import next_due
from tests.memory.said import HOUR, MINUTE, NOW, SECOND, an_incident, call, put


async def leased(store: Store, after: float = 0, limit: int = 100) -> list[str]:
    return [c.key for c in await store.lease_calls(NOW + after * SECOND, limit, MINUTE)]


async def lease_one(store: Store, after: float = 0) -> Leased:
    [one] = await store.lease_calls(NOW + after * SECOND, 1, MINUTE)
    return one


async def test_a_call_comes_back_whole(store: Store) -> None:
    incident = await an_incident(store)
    whole = Call("log:m:C1:1.2", "C1", "chat.postMessage", {"text": "\x00 <!here>"}, incident, "log:m:C1:1.2", "r", NOW)
    await put(store, whole)
    one = await lease_one(store)
    assert one == Leased(
        key=whole.key,
        lane="C1",
        method="chat.postMessage",
        args=whole.args,
        incident=incident,
        purpose="log:m:C1:1.2",
        replaces="r",
        not_before=NOW,
        id=one.id,
        attempt=1,
    )


async def test_a_call_with_a_known_key_is_ignored_also_after_it_was_sent(store: Store) -> None:
    await put(store, call("a"), call("a", method="chat.update"))
    one = await lease_one(store)
    assert one.method == "chat.postMessage"
    await store.delivered(one.id, {"ok": True}, NOW)
    await put(store, call("a"))
    assert await leased(store) == []


async def test_only_the_first_of_each_lane_goes_out_until_it_is_finished(store: Store) -> None:
    await put(store, call("a1", "A"), call("a2", "A"), call("b1", "B"), call("a3", "A"))
    first, other = await store.lease_calls(NOW, 10, MINUTE)
    assert (first.key, other.key) == ("a1", "b1")
    assert await leased(store) == []
    assert await store.delivered(first.id, {"ts": "1.2"}, NOW)
    assert await leased(store) == ["a2"]


async def test_what_was_leased_without_our_knowing_is_free_again_as_if_it_had_not_been(store: Store) -> None:
    await put(store, call("a1", "A"), call("a2", "A"), call("b1", "B"))
    in_hand, _ = await store.lease_calls(NOW, 10, MINUTE)
    await store.give_back_calls([in_hand.id])
    [again] = await store.lease_calls(NOW, 10, MINUTE)
    assert (again.key, again.attempt) == ("b1", 1)


async def test_nobody_gives_back_the_calls_of_another(two_replicas: tuple[Store, Store]) -> None:
    here, there = two_replicas
    await put(here, call("a1"))
    await here.lease_calls(NOW, 10, MINUTE)
    await there.give_back_calls([])
    assert await there.lease_calls(NOW, 10, MINUTE) == []


async def test_a_limit_takes_the_oldest(store: Store) -> None:
    await put(store, *(call(f"k{n}", f"lane{n}") for n in range(5)))
    assert await leased(store, limit=2) == ["k0", "k1"]


async def test_a_call_that_is_tried_again_holds_its_lane(store: Store) -> None:
    await put(store, call("a1"), call("a2"))
    one = await lease_one(store)
    assert await store.retry(one.id, "ratelimited", NOW + 30 * SECOND)
    assert await leased(store, after=29) == []
    again = await lease_one(store, after=30)
    assert (again.key, again.attempt) == ("a1", 2)


async def test_a_call_for_later_lets_the_others_pass_until_its_moment(store: Store) -> None:
    await put(store, call("later", not_before=NOW + HOUR), call("now"))
    one = await lease_one(store)
    assert one.key == "now"
    assert await leased(store, after=3599) == ["now"]  # its lease ran out
    await store.delivered(one.id, {}, NOW)
    assert await leased(store, after=3600) == ["later"]


async def test_a_call_set_aside_lets_its_lane_go_on(store: Store) -> None:
    await put(store, call("a1"), call("a2"))
    one = await lease_one(store)
    assert await store.set_aside(one.id, "channel_not_found", NOW)
    assert await leased(store) == ["a2"]
    depth = await store.depth(NOW + 5 * SECOND)
    assert (depth["outbox_aside"], depth["outbox_waiting"], depth["outbox_oldest_seconds"]) == (1, 1, 5.0)


async def test_a_lease_that_ran_out_goes_to_another_and_the_first_can_no_longer_finish_it(
    two_replicas: tuple[Store, Store],
) -> None:
    here, there = two_replicas
    await put(here, call("a"))
    mine = await lease_one(here)
    assert await leased(there, after=59) == []
    theirs = await lease_one(there, after=60)
    assert (theirs.id, theirs.attempt) == (mine.id, 2)
    assert not await here.delivered(mine.id, {}, NOW)
    assert not await here.retry(mine.id, "late", NOW)
    assert not await here.set_aside(mine.id, "late", NOW)
    assert await there.delivered(mine.id, {}, NOW)
    assert not await there.delivered(mine.id, {}, NOW)


async def test_two_replicas_never_hold_the_same_call_or_lane(two_replicas: tuple[Store, Store]) -> None:
    here, there = two_replicas
    await put(here, *(call(f"{lane}-{n}", str(lane)) for n in range(4) for lane in range(10)))
    sent: list[str] = []

    async def deliver(store: Store) -> None:
        while claim := await store.lease_calls(NOW, 3, MINUTE):
            assert len({c.lane for c in claim}) == len(claim)
            for one in claim:
                sent.append(one.key)
                assert await store.delivered(one.id, {}, NOW)

    while (await here.depth(NOW))["outbox_waiting"]:
        await asyncio.gather(deliver(here), deliver(there), deliver(here), deliver(there))
    assert len(sent) == len(set(sent)) == 40
    for lane in range(10):
        assert [k for k in sent if k.startswith(f"{lane}-")] == [f"{lane}-{n}" for n in range(4)]


async def test_a_newer_card_takes_the_place_of_the_one_that_waits(store: Store) -> None:
    await put(store, call("card:1", replaces="card"), call("line"), call("card:2", replaces="card", purpose="card"))
    one = await lease_one(store)
    assert (one.key, one.args["text"], one.purpose) == ("card:2", "card:2", "card")
    await store.delivered(one.id, {}, NOW)
    assert await leased(store) == ["line"]


async def test_a_card_on_its_way_is_not_replaced(store: Store) -> None:
    await put(store, call("card:1", replaces="card"))
    one = await lease_one(store)
    await put(store, call("card:2", replaces="card"))
    await store.retry(one.id, "timeout", NOW)
    await put(store, call("card:3", replaces="card"))
    again = await lease_one(store)
    assert (again.key, again.attempt) == ("card:1", 2)
    await store.delivered(again.id, {}, NOW)
    assert await leased(store) == ["card:3"]


async def test_a_card_said_before_does_not_replace(store: Store) -> None:
    await put(store, call("card:1", replaces="card"))
    await store.delivered((await lease_one(store)).id, {}, NOW)
    await put(store, call("card:2", replaces="card"), call("card:1", replaces="card"))
    assert await leased(store) == ["card:2"]


async def test_a_busy_card_is_not_put_off_for_ever(store: Store) -> None:
    for n in range(5):
        await put(store, call(f"card:{n}", replaces="card", not_before=NOW + (n + 2) * SECOND))
    assert await leased(store, after=1) == []
    assert await leased(store, after=2) == ["card:4"]


async def test_a_card_wanted_now_does_not_wait_for_the_one_it_replaces(store: Store) -> None:
    await put(store, call("card:1", replaces="card", not_before=NOW + HOUR), call("card:2", replaces="card"))
    assert await leased(store) == ["card:2"]


async def test_what_slack_returned_stands_with_what_follows_from_it_or_not_at_all(store: Store) -> None:
    await put(store, call("a"))
    one = await lease_one(store)
    async with store.visit(None) as visit:
        assert await visit.delivered(one.id, {"ts": "1.2"}, NOW)
        await visit.put([call("b")], NOW)
    assert await leased(store) == ["b"]


@pytest.mark.parametrize("seed", range(3))
async def test_a_call_can_be_leased_exactly_when_the_next_moment_has_come(store: Store, seed: int) -> None:
    """The rehearsal jumps from one such moment to the next: a wrong one would hang it or skip a call."""
    chance, now, sent = Random(seed), NOW, 0
    for n in range(60):
        delay = chance.choice([None, None, chance.randrange(20) * SECOND])
        await put(store, call(f"k{n}", chance.choice("AB"), not_before=now + delay if delay else None))
        moment = await store.next_due()
        claim = await store.lease_calls(now, 2, MINUTE)
        assert bool(claim) == (moment is not None and moment <= now)
        for one in claim:
            fate = chance.random()
            if fate < 0.5:
                sent += await store.delivered(one.id, {}, now)
            elif fate < 0.8:
                await store.retry(one.id, "ratelimited", now + chance.randrange(40) * SECOND)
        now += chance.randrange(15) * SECOND
    while (moment := await store.next_due()) is not None:
        now = max(now, moment)
        claim = await store.lease_calls(now, 9, MINUTE)
        assert claim, "the moment has come"
        sent += sum([await store.delivered(one.id, {}, now) for one in claim])
    assert sent == 60


async def test_what_is_due_is_found_in_one_pass_over_what_waits(store: Store) -> None:
    """Whatever the database knows of the table: it has nothing to compare the calls with."""

    def plan(connection: Connection) -> str:
        explain = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
        query = next_due().compile(connection, compile_kwargs={"literal_binds": True})
        rows = connection.exec_driver_sql(f"{explain} {query}")
        return "\n".join(str(row[-1]) for row in rows)

    told = await store._db.read(plan)
    assert len(re.findall(r"\b(?:SCAN|SEARCH|on) outbox\b", told)) == 1, told


async def test_nothing_waits_in_an_empty_memory(store: Store) -> None:
    assert await store.next_due() is None
    assert await store.idle(NOW)


async def test_the_next_moment_is_when_a_call_that_stands_first_becomes_due(store: Store) -> None:
    await put(store, call("first"), call("second", not_before=NOW + SECOND), call("other", "D", not_before=NOW + HOUR))
    assert await store.next_due() == NOW
    one = await lease_one(store)
    assert await store.next_due() == NOW + MINUTE
    await store.retry(one.id, "ratelimited", NOW + 2 * HOUR)
    assert await store.next_due() == NOW + HOUR, "the second stands behind the first"
    assert await store.lease_calls(NOW + HOUR - SECOND, 10, MINUTE) == []
    assert await leased(store, after=3600) == ["other"]


async def test_it_is_idle_when_nothing_is_due_and_nothing_in_hand(store: Store) -> None:
    await store.keep("event:Ev1", "event", {}, NOW)
    assert not await store.idle(NOW), "an envelope is in my hands"
    await store.failed("event:Ev1", "boom", NOW)
    assert await store.idle(NOW), "it waits for later"
    await put(store, call("a"))
    assert not await store.idle(NOW), "a call is due"
    one = await lease_one(store)
    assert not await store.idle(NOW), "a call is in my hands"
    await store.retry(one.id, "ratelimited", NOW + HOUR)
    assert await store.idle(NOW)
    assert not await store.idle(NOW + HOUR)


async def test_what_another_replica_holds_does_not_keep_this_one_busy(two_replicas: tuple[Store, Store]) -> None:
    here, there = two_replicas
    await there.keep("event:Ev1", "event", {}, NOW)
    assert await here.idle(NOW)
    assert not await there.idle(NOW)
    assert not await here.idle(NOW + HOUR)
