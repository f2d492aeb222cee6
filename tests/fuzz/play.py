"""Send what was bent, and look whether anything unexpected happened or anything was invented."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from random import Random
from typing import Any

from slack_bolt.request.internals import extract_team_id
from slack_sdk.errors import SlackApiError
from sqlalchemy import select

from bot.commands import Command, Request
from bot.decide import decide
from bot.decision import Refused
from bot.facts import AnyFact
from bot.incident import Incident
from bot.phrases import parse
from bot.policy import Policy
from bot.words import Wire
from handlers.wellformed import misshapen
from storage.rows import from_row
from storage.tables import facts
from tests.builders import Story
from tests.fuzz import envelopes, lines
from tests.fuzz.envelopes import Seed
from tests.fuzz.oracle import Oracle
from tests.slackd.courier import Kind
from tests.stage import Stage

NOW = datetime(2026, 3, 9, 19, 30, tzinfo=UTC)
AT_ONCE = 20
"""Envelopes on their way side by side, as when everybody types."""


def play_lines(count: int, random: Random) -> int:
    """Read `count` lines, and decide what they ask in an incident; return how many were understood.

    Raises:
        Exception: anything but a refusal in a sentence; a note says which line.
    """
    incident, policy, understood = Story().declared("13:50", "Checkout is failing").incident(), Policy(), 0
    for number in range(count):
        typed = lines.line(random)
        asked = Request(f"k{number}", "U1", "command", NOW, "America/New_York", "C9")
        try:
            with suppress(Refused):
                command = parse(Wire(typed), asked, policy)
                understood += 1
                _decide(incident, command, asked, policy)
        except Exception as error:
            error.add_note(f"line {number}: {typed!r}")
            raise
    return understood


def _decide(incident: Incident, command: Any, asked: Request, policy: Policy) -> None:
    if isinstance(command, Command):
        decide(incident.copy(), command, asked, policy)


async def play_envelopes(stage: Stage, count: int, random: Random) -> dict[str, int]:
    """Send `count` bent envelopes over the wire, and judge what came of them; return how often what happened.

    Raises:
        AssertionError: something unexpected reached the log, or a fact stands that nobody asserted.
    """
    seeds = [*await envelopes.lively(stage), *envelopes.samples(stage)]
    sorts = envelopes.sorts(seeds)
    sent: list[dict[str, Any]] = [body for _, body in seeds]
    with _heard_at_the_door() as mishaps:
        for start in range(0, count, AT_ONCE):
            bent = [_bent(stage, sorts, random) for _ in range(start, min(start + AT_ONCE, count))]
            sent += [body for _, body in bent]
            await asyncio.gather(*(_send(stage, kind, body) for kind, body in bent))
            await stage.settle()
            assert not mishaps, mishaps
        await stage.minutes(30)
    assert not mishaps, mishaps
    facts = await _facts(stage)
    judge(stage, sent, facts)
    depth = await stage.desk.store.depth(stage.desk.clock.now())
    return {"envelopes": count, "facts": len(facts), "set aside": int(depth["inbox_aside"])}


def judge(stage: Stage, sent: list[dict[str, Any]], facts: list[AnyFact]) -> None:
    """Raises AssertionError for a fact that nobody asserted."""
    oracle = Oracle(sent, frozenset({stage.desk.me.user_id, stage.desk.me.bot_id, "scribe"}))
    for fact in facts:
        oracle.vouch_for(fact)


def _bent(stage: Stage, seeds: list[list[Seed]], random: Random) -> Seed:
    kind, body = envelopes.mutated(seeds, random)
    while _is_foreign(stage, body):  # refused, and waited for in vain
        kind, body = envelopes.mutated(seeds, random)
    return kind, body


def _is_foreign(stage: Stage, body: dict[str, Any]) -> bool:
    return misshapen(body) is None and extract_team_id(body) not in (None, stage.slack.world.team_id)


async def _send(stage: Stage, kind: Kind, body: dict[str, Any]) -> None:
    if kind == "events_api":
        stage.slack.courier.event(body)
    else:
        await stage.slack.courier.request(kind, body)


@contextmanager
def _heard_at_the_door() -> Iterator[list[str]]:
    """The exceptions that are logged while inside, but for what Slack refused to do in places that do not exist."""
    mishaps: list[str] = []

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            refused = record.name == "scribe.delivery" and isinstance((record.exc_info or (0, 0))[1], SlackApiError)
            if record.exc_info and not refused:
                mishaps.append(self.format(record))

    ear = Ear(logging.ERROR)
    logging.getLogger().addHandler(ear)
    try:
        yield mishaps
    finally:
        logging.getLogger().removeHandler(ear)


async def _facts(stage: Stage) -> list[AnyFact]:
    """Every fact of every incident, as the database has it."""
    columns = [facts.c[name] for name in ("seq", "key", "kind", "at", "heard_at", "body")]
    rows = await stage.desk.store._db.read(lambda connection: connection.execute(select(*columns)).all())
    return [from_row(*row).fact for row in rows]
