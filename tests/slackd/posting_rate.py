"""Slack's own limit on posting: one message a second in a channel, short bursts tolerated (SLACK.md 4.2)."""

from __future__ import annotations

from tests.slackd.clock import VirtualClock

PER_SECOND = 1.0


class PostingRate:
    """Off until `burst` is set: then each channel has a bucket of that many posts, refilled by one a second."""

    def __init__(self, clock: VirtualClock) -> None:
        self.burst: int | None = None
        self._clock = clock
        self._buckets: dict[str, tuple[float, float]] = {}  # channel -> posts left, as of when

    def exceeded(self, channel: str) -> bool:
        """Count one post; says whether it is too much."""
        if self.burst is None:
            return False
        now = self._clock.now()
        left, since = self._buckets.get(channel, (float(self.burst), now))
        left = min(float(self.burst), left + (now - since) * PER_SECOND)
        self._buckets[channel] = (max(0.0, left - 1 if left >= 1 else left), now)
        return left < 1
