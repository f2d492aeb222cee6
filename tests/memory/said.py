"""Things people said, for tests that care little about what."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from bot.facts import AnyFact, Captured, ChannelAttached, Declared, Evidence, Source
from bot.words import IncidentType, Severity, Wire
from storage import Call, Message, Store

NOW = datetime(2026, 3, 9, 14, 2, 30, 123456, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
TYPED = Source(via="command", by="U1", ref="r1")


def ts(n: int) -> str:
    """The ts of the nth message after NOW."""
    return f"{int(NOW.timestamp()) + n}.000100"


def declared(**changes: Any) -> Declared:
    said: dict[str, Any] = {
        "key": "declared",
        "at": NOW,
        "source": TYPED,
        "number": "INC-2026-0001",
        "title": Wire("Checkout is failing"),
        "severity": Severity.HIGH,
        "type": IncidentType.OUTAGE,
        "services": ("checkout", "db"),
        "family": "pir",
        "channel_name": "incident-20260309-1402-checkout",
    }
    return Declared(**{**said, **changes})


def captured(n: int, text: str = "db failover started", channel: str = "C1") -> Captured:
    entry = f"m:{channel}:{ts(n)}"
    place = Evidence(channel, ts(n))
    return Captured(
        key=f"captured:{entry}",
        at=NOW + n * SECOND,
        source=Source("reaction", "U2", place),
        entry=entry,
        text=Wire(text),
        author="U1",
        files=("https://example.slack.com/files/secret-plan.png",),
        evidence=place,
    )


def call(key: str, lane: str = "C1", **changes: Any) -> Call:
    said: dict[str, Any] = {
        "method": "chat.postMessage",
        "args": {"channel": lane, "text": key},
        "incident": None,
        "purpose": "",
    }
    return Call(key=key, lane=lane, **{**said, **changes})


def message(n: int, text: str = "it is slow", channel: str = "C1", **changes: Any) -> Message:
    said: dict[str, Any] = {
        "thread_ts": None,
        "author": "U1",
        "author_kind": "person",
        "text": text,
        "files": (),
        "edited_ts": None,
        "deleted": False,
        "seen_at": NOW,
        "subtype": None,
    }
    return Message(channel=channel, ts=ts(n), **{**said, **changes})


async def an_incident(store: Store, *facts: AnyFact, channel: str = "C1", **changes: Any) -> int:
    """A declared incident with its channel and these facts; returns its id."""
    attached = ChannelAttached(key=f"channel:{channel}", at=NOW, source=TYPED, channel=channel, name="incident-x")
    async with store.visit(None) as visit:
        incident = await visit.new_incident(NOW)
        await visit.record([declared(**changes), attached, *facts], NOW)
    return incident.id


async def put(store: Store, *calls: Call) -> None:
    async with store.visit(None) as visit:
        await visit.put(calls, NOW)
