"""One line of the benchmark: what was measured, against what, and what it is meant to be."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """`goal` is what the ratio should be; empty where the figure is only printed."""

    name: str
    ours: float
    baseline: float | None
    unit: str
    goal: str = ""

    @property
    def ratio(self) -> float | None:
        return self.ours / self.baseline if self.baseline else None

    def __str__(self) -> str:
        against = f"{self.baseline:>10.2f} {self.unit:<3}{self.ratio:>9.2f}" if self.baseline else " " * 23
        return f"{self.name:58}{self.ours:>10.2f} {self.unit:<3}{against}  {self.goal}".rstrip()


def percentile(values: Sequence[float], share: float) -> float:
    return statistics.quantiles(values, n=1000, method="inclusive")[round(share * 1000) - 1]
