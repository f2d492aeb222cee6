"""Slack's stamps, `seconds.micros` as text: they name messages and order what people do, and are never floats."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def moment_of(ts: str) -> datetime:
    """When a message was written, cut to the second (PRODUCT 1.2)."""
    return datetime.fromtimestamp(int(ts.split(".", 1)[0]), UTC)


def instant_of(stamp: str) -> datetime:
    """The exact moment of a stamp, such as a reaction's `event_ts`."""
    fraction = stamp.partition(".")[2]
    return moment_of(stamp) + timedelta(microseconds=int(fraction[:6].ljust(6, "0")))


def stamp_of(at: datetime) -> str:
    """Orders what was done at this moment among Slack's own stamps (same form, same width)."""
    return f"{int(at.timestamp())}.{at.microsecond:06d}"
