"""What was published is kept once, and only erasing takes it away."""

from __future__ import annotations

from datetime import timedelta

from storage import Kept, Store
from tests.memory.said import NOW, an_incident, captured, ts

ENTRY = captured(1).entry


def made(id: int, body: bytes, seq: int = 2) -> Kept:
    return Kept(id, "slo", "1.0", "md", seq, body)


async def test_the_first_bytes_kept_are_the_ones_that_stay(store: Store) -> None:
    id = await an_incident(store, captured(1, "hunter2"))
    past = await store.incident_as_of(id, 2)
    assert await store.keep_version(made(id, b"first"), past, NOW)
    assert await store.keep_version(made(id, b"second"), past, NOW + timedelta(days=1))
    assert await store.kept_version(id, "slo", "1.0", "md") == b"first"
    assert await store.kept_version(id, "slo", "1.0", "html") is None
    assert await store.kept_version(id, "coe", "1.0", "md") is None


async def test_bytes_written_from_what_was_erased_meanwhile_are_not_kept(store: Store) -> None:
    """Who reads before an erasure and keeps after it would bring the words back."""
    id = await an_incident(store, captured(1, "hunter2"))
    before = await store.incident_as_of(id, 2)
    async with store.visit(id) as visit:
        assert await visit.erase("C1", ts(1)) == []
    assert not await store.keep_version(made(id, b"hunter2"), before, NOW)
    assert await store.kept_version(id, "slo", "1.0", "md") is None
    assert await store.keep_version(made(id, b"clean"), await store.incident_as_of(id, 2), NOW)


async def test_erasing_takes_the_versions_that_may_say_it_and_no_older_ones(store: Store) -> None:
    id = await an_incident(store, captured(1, "hunter2"))
    past = await store.incident_as_of(id, 9)
    older = Kept(id, "slo", "1.0", "md", 1, b"made before the message was captured")
    newer = Kept(id, "slo", "2.0", "md", 5, b"hunter2")
    for kept in (older, newer):
        assert await store.keep_version(kept, past, NOW)
    async with store.visit(id) as visit:
        assert await visit.erase("C1", ts(1)) == [(id, "slo", "2.0")]
    assert await store.kept_version(id, "slo", "1.0", "md") == older.body
    assert await store.kept_version(id, "slo", "2.0", "md") is None
