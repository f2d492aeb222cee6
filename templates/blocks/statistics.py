"""The statistics over incidents as a private message: every number with its n, and what was left out and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Final

from bot.durations import duration
from bot.metrics import ClockMetric, ItemMetric, Metrics, Spread
from templates.blocks.parts import Block, Message, context, fields, message, picture, section, within
from templates.blocks.text import Look, data
from templates.blocks.words import SEVERITY_MARKS, counted, label

SERVICES_MOST: Final = 10
NAME_MOST: Final = 80
_METHOD: Final = (
    "Median: the middle value, or half way between the two in the middle. p90: nearest rank, the smallest value that "
    "90 % do not exceed. An incident counts by when it started (UTC), or was declared where nobody said; one of "
    "several services counts under each. Only stated times are measured."
)
_REASONS: Final = {"drill": "drill", "cancelled": "cancelled incident", "merged": "merged incident"}


def metrics_message(
    metrics: Metrics, title: str, look: Look, family: str, chart: str | None, private: int = 0, note: str = ""
) -> Message:
    """`chart` is the picture's file; `private` counts the private incidents among those counted; `note` is ours."""
    head = f"*Metrics*: {data(title, NAME_MOST * 2)} · {counted(metrics.counted, 'incident')}"
    blocks: list[Block] = [section(f"{head}{_stretch(metrics)}")]
    if metrics.counted:
        blocks.append(fields([_severities(metrics, look, family), _services(metrics)]))
        blocks.append(section("\n".join(("*Clocks*", *map(_clock, metrics.clocks)))))
    blocks.append(section("\n".join(("*Action items*", *_items(metrics.items)))))
    blocks.append(context(_left_out(metrics), *([_private(private)] if private else []), _METHOD))
    end = [picture(chart, _alt(metrics, title))] if chart else []
    return message(head, within(blocks, [*end, *([context(note)] if note else [])]))


def _stretch(metrics: Metrics) -> str:
    if metrics.first is None or metrics.last is None:
        return ""
    first, last = f"{metrics.first:%Y-%m-%d}", f"{metrics.last:%Y-%m-%d}"
    still = f", {metrics.still_open} still open" if metrics.still_open else ""
    return f" ({first if first == last else f'{first} to {last}'}{still})"


def _severities(metrics: Metrics, look: Look, family: str) -> str:
    lines = (
        f"{SEVERITY_MARKS[level]} {data(look.severity(level, family))}: {count}"
        for level, count in metrics.severities.items()
    )
    return "\n".join(("*By severity*", *lines))


def _services(metrics: Metrics) -> str:
    named = list(metrics.services.items())
    lines = [f"{data(name, NAME_MOST) if name else '_none named_'}: {count}" for name, count in named[:SERVICES_MOST]]
    if len(named) > SERVICES_MOST:
        lines.append(f"… and {len(named) - SERVICES_MOST} more")
    return "\n".join(("*By service*", *lines))


def _clock(metric: ClockMetric) -> str:
    definition = metric.definition
    name = f"{data(definition.label)} ({label(definition.start).lower()} → {label(definition.end).lower()})"
    told = _spread(metric.spread, duration)
    beside = [
        f"{count} {why}"
        for count, why in (
            (metric.unknown, "unknown"),
            (metric.assumed, "only assumed"),
            (metric.inconsistent, "inconsistent"),
        )
        if count
    ]
    about = [f"{metric.approximate} of the values approximate"] if metric.approximate else []
    left = [f"left out: {', '.join(beside)}"] if beside else []
    return f"{name}: {told}" + (f" _({'; '.join([*about, *left])})_" if about or left else "")


def _spread(spread: Spread, say: Callable[[timedelta], str]) -> str:
    if spread.median is None or spread.p90 is None:
        return "no value, n = 0"
    return f"median *{say(spread.median)}*, p90 *{say(spread.p90)}*, n = {spread.n}"


def _items(items: ItemMetric) -> Iterator[str]:
    if not items.total:
        yield "_none_"
        return
    share = f"{100 * items.done / items.total:.0f} %"
    declined = f", {items.declined} declined" if items.declined else ""
    yield f"{items.done} of {items.total} done ({share}){declined}, {items.unfinished} unfinished"
    if items.unfinished:
        yield f"{items.overdue} overdue; age of the unfinished: {_spread(items.age, _age)}"


def _age(length: timedelta) -> str:
    return f"{length.days} days" if length >= timedelta(days=2) else duration(length)


def _left_out(metrics: Metrics) -> str:
    told = [counted(count, _REASONS[reason]) for reason, count in metrics.left_out.items()]
    return f"Left out: {', '.join(told)}." if told else "No drill, cancelled or merged incident was left out."


def _private(count: int) -> str:
    return f"🔒 Counted with {counted(count, 'private incident')} whose member you are."


def _alt(metrics: Metrics, title: str) -> str:
    """What the picture shows, for who does not see it."""
    clocks = (f"{one.definition.label}: {_plain(one.spread)}" for one in metrics.clocks)
    return f"Chart of {counted(metrics.counted, 'incident')}, {title}. {'; '.join(clocks)}"


def _plain(spread: Spread) -> str:
    return _spread(spread, duration).replace("*", "")
