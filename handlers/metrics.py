"""What a Prometheus server may ask of this process: numbers only, and nothing that names an incident or a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from time import perf_counter
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

CONTENT_TYPE: Final = CONTENT_TYPE_LATEST

_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 3.0)
"""Slack waits three seconds for an acknowledgement; what is slower stands in the last bucket."""

disable_created_metrics()  # type: ignore[no-untyped-call] # a second series for each counter, which nobody asks for


class Metrics:
    """The numbers of one process, in a registry of its own; depths are read from the database when they are asked for.

    Every label has few values: the kind of an envelope, the method of a call, the outcome.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._kept = Histogram(
            "scribe_ack_seconds",
            "From reading an envelope to its commit, after which it is acknowledged.",
            ("kind",),
            registry=self.registry,
            buckets=_SECONDS,
        )
        self._envelopes = Counter(
            "scribe_envelopes_total",
            "Envelopes heard: new, known already (delivered again), replayed from the inbox, or refused (not kept).",
            ("kind", "outcome"),
            registry=self.registry,
        )
        self._deliveries = Counter(
            "scribe_deliveries_total",
            "Tries to deliver a call to Slack: delivered, retried later, set aside, or dropped (its message is gone).",
            ("method", "outcome"),
            registry=self.registry,
        )
        self._errors = Counter(
            "scribe_errors_total",
            "Unexpected errors while an envelope was handled; each has an id in the log.",
            registry=self.registry,
        )
        self._pages = Counter(
            "scribe_readback_pages_total",
            "Pages of Slack's history that were read back and compared with what is known.",
            registry=self.registry,
        )
        self._missed = Counter(
            "scribe_readback_found_total",
            "What was found in them that nobody had heard of: messages, edits, deletions, reactions, mentions.",
            ("kind",),
            registry=self.registry,
        )
        self._nudges = Counter(
            "scribe_nudges_total",
            "Reminders: posted, edited, or needless (everything was done before they went out).",
            ("outcome",),
            registry=self.registry,
        )
        self._depths = {name: Gauge(f"scribe_{name}", said, registry=self.registry) for name, said in _DEPTHS.items()}
        self._database = Gauge("scribe_database_up", "1 while the database answers.", registry=self.registry)
        self._sockets = Gauge("scribe_sockets_connected", "Open connections of Socket Mode.", registry=self.registry)

    @contextmanager
    def keeping(self, kind: str) -> Iterator[None]:
        """Measure how long an envelope waits until it may be acknowledged; one that could not be kept is refused."""
        began = perf_counter()
        try:
            yield
        except BaseException:
            self.heard(kind, "refused")
            raise
        self._kept.labels(kind).observe(perf_counter() - began)

    def heard(self, kind: str, outcome: str) -> None:
        self._envelopes.labels(kind, outcome).inc()

    def tried(self, method: str, outcome: str) -> None:
        self._deliveries.labels(method, outcome).inc()

    def read_back(self, found: Mapping[str, int]) -> None:
        """One page, with how much was found of each kind."""
        self._pages.inc()
        for kind, count in found.items():
            self._missed.labels(kind).inc(count)

    def nudged(self, outcome: str) -> None:
        self._nudges.labels(outcome).inc()

    def failed(self) -> None:
        self._errors.inc()

    def exposition(self, depth: Mapping[str, int | float] | None, sockets: int | None) -> bytes:
        """The text a Prometheus server reads. `depth` is None while the database does not answer."""
        self._database.set(0 if depth is None else 1)
        for name, gauge in self._depths.items():
            gauge.set(float("nan") if depth is None else depth[name])
        if sockets is not None:
            self._sockets.set(sockets)
        return generate_latest(self.registry)


_DEPTHS: Final = {
    "inbox_waiting": "Envelopes that nobody has finished yet, in the whole database.",
    "inbox_aside": "Envelopes given up after several tries; `scribe check` lists them.",
    "inbox_oldest_seconds": "Age of the oldest envelope that waits.",
    "outbox_waiting": "Calls to Slack that wait to be delivered, in the whole database.",
    "outbox_aside": "Calls to Slack that were given up; `scribe check` lists them.",
    "outbox_oldest_seconds": "Age of the oldest call that waits.",
}
