"""Objectives beside what was measured, and the error budget: what was promised comes from people, never from here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from bot import clocks
from bot.durations import duration
from bot.policy import Objective
from bot.reporting.model import NoBudget, ObjectiveView, RequestBudget, SloView, TimeBudget
from bot.reporting.progress import clock_view
from bot.reporting.reader import Reader
from bot.reporting.shown import about, number, percent
from bot.reporting.told import Answer, FieldView, Measurement
from bot.slo import OBJECTIVES, StatedObjective, read_objectives, request_based, time_based

TTR: Final = next(definition for definition in clocks.STANDARD if definition.key == "ttr")
CONFIGURED: Final = "as configured"
STATED: Final = "as stated for this incident"
_KINDS: Final = {
    "availability": "avail|uptime",
    "error_rate": "error",
    "latency": "latency|p9",
    "data_freshness": "fresh|stale",
}


@dataclass(frozen=True, slots=True)
class Promise:
    """One objective, whoever stated it. `good` is the fraction of good time or requests, where it is one."""

    name: str
    text: str
    source: str
    good: float | None = None
    window: timedelta | None = None
    milliseconds: float | None = None
    percentile: str = ""


def slo_view(reader: Reader, known: Mapping[str, FieldView]) -> SloView:
    promises = _promises(reader, known)
    time_budget = _time_budget(reader, known, promises.get("availability"))
    request_budget = _request_budget(known, promises)
    return SloView(
        objectives={
            name: _objective(name, promises[name], known, time_budget) for name in OBJECTIVES if name in promises
        },
        time_budget=time_budget,
        request_budget=request_budget,
        downtime=clock_view(reader, TTR),
        degraded=None if reader.incident.cancelled is not None else clocks.degraded(reader.incident),
    )


def _promises(reader: Reader, known: Mapping[str, FieldView]) -> dict[str, Promise]:
    """The configured objectives of the services concerned; what a person stated for this incident goes before them."""
    found: dict[str, Promise] = {}
    services = {answer.text.casefold() for answer in known["services"].answers}
    for objective in reader.view.policy.objectives:
        name = _kind(objective.name)
        if name and (objective.service is None or objective.service.casefold() in services):
            found.setdefault(name, _configured(name, objective))
    stated = known["slo"].first
    for one in read_objectives(stated.text) if stated else ():
        found[one.name] = _stated(one)
    return found


def _kind(name: str) -> str | None:
    return next((key for key, words in _KINDS.items() if re.search(words, name.lower())), None)


def _configured(name: str, objective: Objective) -> Promise:
    if objective.unit:
        return Promise(
            name,
            f"<{number(objective.target)} {objective.unit}",
            CONFIGURED,
            window=objective.window,
            milliseconds=objective.target if objective.unit == "ms" else None,
            percentile=_percentile(objective.name),
        )
    bad = f"<{percent(1 - objective.target)}" if name == "error_rate" else percent(objective.target)
    return Promise(name, bad, CONFIGURED, objective.target, objective.window)


def _stated(one: StatedObjective) -> Promise:
    good = one.target
    if one.name == "error_rate" and good is not None and good < 0.5:
        good = 1 - good  # "errors below 0.1%" names the bad share
    return Promise(one.name, one.text, STATED, good, one.window, one.milliseconds, _percentile(one.text))


def _percentile(text: str) -> str:
    found = re.search(r"\b(?:p|)(95|99)(?:\b|th)", text.lower())
    return f"p{found[1]}" if found else ""


def _objective(
    name: str, promise: Promise, known: Mapping[str, FieldView], budget: TimeBudget | NoBudget
) -> ObjectiveView:
    actual, breach = _MEASURED[name](promise, known, budget)
    return ObjectiveView(name, promise.text, actual, breach, promise.source, _measured_by(name, promise, known))


def _measured_by(name: str, promise: Promise, known: Mapping[str, FieldView]) -> str:
    """The field that holds the measure, if one does."""
    keys = {
        "error_rate": "error_rate_peak",
        "latency": f"latency_{promise.percentile}",
        "data_freshness": "data_staleness",
    }
    key = keys.get(name, name)
    return key if key in known and known[key].known else ""


def _value(view: FieldView) -> float | None:
    value = view.first.value if view.first else None
    return float(value) if isinstance(value, int | float) else None


def _availability(
    promise: Promise, known: Mapping[str, FieldView], budget: TimeBudget | NoBudget
) -> tuple[str | None, bool | None]:
    """As measured by a person, else from the degraded time over the objective's window."""
    measured = _value(known["availability"])
    if measured is not None and promise.good is not None:
        return percent(measured), measured < promise.good
    if isinstance(budget, NoBudget):
        return None, None
    up = 1 - budget.used / budget.window
    shown = about(percent(round(up, 6)), budget.approximate)
    return f"{shown} over {budget.window.days} days, by degraded time", budget.share > 1


def _error_rate(
    promise: Promise, known: Mapping[str, FieldView], budget: TimeBudget | NoBudget
) -> tuple[str | None, bool | None]:
    peak = _value(known["error_rate_peak"])
    if peak is None:
        return None, None
    return f"{percent(peak)} at its peak", None if promise.good is None else peak > 1 - promise.good


def _latency(
    promise: Promise, known: Mapping[str, FieldView], budget: TimeBudget | NoBudget
) -> tuple[str | None, bool | None]:
    key = f"latency_{promise.percentile}"
    measured = _value(known[key]) if key in known else None
    if measured is None or promise.milliseconds is None:
        return None, None
    return f"{promise.percentile} {number(measured)} ms", measured > promise.milliseconds


def _freshness(
    promise: Promise, known: Mapping[str, FieldView], budget: TimeBudget | NoBudget
) -> tuple[str | None, bool | None]:
    measured = _value(known["data_staleness"])
    return (None if measured is None else duration(timedelta(seconds=measured))), None


_MEASURED: Final = {
    "availability": _availability,
    "error_rate": _error_rate,
    "latency": _latency,
    "data_freshness": _freshness,
}


def _time_budget(reader: Reader, known: Mapping[str, FieldView], promise: Promise | None) -> TimeBudget | NoBudget:
    if promise is None or promise.good is None:
        return NoBudget("time-based", "no availability objective is stated", "slo")
    downtime, used = clock_view(reader, TTR), clocks.degraded(reader.incident)
    if not isinstance(downtime, Measurement):
        return NoBudget("time-based", f"the downtime is unknown: {downtime.why}")
    if used is None:
        return NoBudget("time-based", "one of the degraded windows has no known beginning or end")
    window, assumed = _window(reader, known, promise)
    try:
        spent = time_based(promise.good, window, used)
    except ValueError as error:
        return NoBudget("time-based", str(error))
    return TimeBudget(
        objective=promise.text,
        target=promise.good,
        window=window,
        window_assumed=assumed,
        allowed=timedelta(seconds=round(spent.allowed, 3)),
        used=used,
        left=timedelta(seconds=round(spent.left, 3)),
        share=spent.share,
        start=downtime.start,
        end=downtime.end,
        source=promise.source,
    )


def _window(reader: Reader, known: Mapping[str, FieldView], promise: Promise) -> tuple[timedelta, bool]:
    """As set by a person, as the objective says, else the family's month: that one is marked as assumed."""
    said = _value(known["slo_window"])
    if said:
        return timedelta(seconds=said), False
    return (promise.window, False) if promise.window else (reader.family.budget_window, True)


def _request_budget(known: Mapping[str, FieldView], promises: Mapping[str, Promise]) -> RequestBudget | NoBudget:
    promise = next((p for key in ("error_rate", "availability") if (p := promises.get(key)) and p.good), None)
    failed, total = known["requests_failed"].first, known["requests_total"].first
    if promise is None or promise.good is None:
        return NoBudget("request-based", "no objective is stated for errors or availability", "slo")
    if failed is None or total is None:
        lacking = [key for key in ("requests_failed", "requests_total") if not known[key].known]
        names = " and ".join(known[key].field.label.lower() for key in lacking)
        return NoBudget("request-based", f"nobody stated {names}", lacking[0])
    return _counted_budget(promise, promise.good, failed, total)


def _counted_budget(promise: Promise, good: float, failed: Answer, total: Answer) -> RequestBudget | NoBudget:
    try:
        spent = request_based(good, int(str(total.value)), int(str(failed.value)))
    except ValueError as error:
        return NoBudget("request-based", str(error))
    return RequestBudget(promise.text, good, round(spent.allowed, 3), failed, total, spent.share, promise.source)
