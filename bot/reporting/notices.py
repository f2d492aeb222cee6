"""The notices that laws and standards ask for, each with its own trigger and the day by which it is due."""

from __future__ import annotations

from collections.abc import Mapping

from bot.family import Regime
from bot.milestones import assumed
from bot.reporting.model import NoticeView
from bot.reporting.progress import opening
from bot.reporting.reader import Reader
from bot.reporting.told import FieldView


def notices(reader: Reader, known: Mapping[str, FieldView]) -> tuple[NoticeView, ...]:
    """Without a stated trigger, `due` is the latest that it can be by what follows from the declaration."""
    return tuple(_notice(reader, regime, known[regime.field]) for regime in reader.family.regimes)


def _notice(reader: Reader, regime: Regime, applies: FieldView) -> NoticeView:
    since = opening(reader, (regime.since,))
    guess = None if since else assumed(reader.incident, regime.since)
    begin = since.at if since else guess.at if guess else None
    return NoticeView(
        key=regime.key,
        label=regime.label,
        term=regime.term,
        applies=applies,
        trigger=regime.since,
        within=regime.within,
        since=since,
        assumed_since=guess.at if guess else None,
        due=begin + regime.within if begin and regime.within is not None else None,
    )
