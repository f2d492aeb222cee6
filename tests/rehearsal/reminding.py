"""Reminders over a simulated month while the program is killed at random: each is sent once and none is lost.

`python -m tests.rehearsal.reminding` is the long form: three processes on one PostgreSQL, and one on SQLite.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from bot import facts as f
from bot.facts import Source
from bot.followups import Followup, body_of, plan
from bot.occasions import calendar, occasions, watched
from bot.policy import FollowUps, Policy
from bot.words import IncidentType, Severity, Wire
from storage import FollowupRow, Store
from tests.databases import fresh_postgres, fresh_sqlite
from tests.rehearsal.theatre import ROOT
from tests.slackd.people import Person
from tests.slackd.server import Slackd
from tests.stage import MANIFEST, environment

BEGIN: Final = datetime(2026, 3, 20, 0, 0, tzinfo=UTC)  # Europe changes its clocks nine days later
ZONES: Final = ("Europe/Zurich", "America/New_York", "Asia/Tokyo", "Asia/Kolkata")
CONFIG: Final = "catch_up_every = '90d'\n[follow_ups]\nescalate_after = 0\nchannel_after = 0\ndigest = false\n"
POLICY: Final = Policy(follow_ups=FollowUps(escalate_after=0, channel_after=0, digest=False))
ITEMS_EACH: Final = 50
READY_SECONDS: Final = 60


@dataclass
class Outcome:
    """What was to be told and what was; each is (person, day, incident, key)."""

    kills: int
    expected: set[tuple[str, str, int, str]]
    told: set[tuple[str, str, int, str]]
    messages: Counter[str]  # by the mark in their metadata

    @property
    def wrong(self) -> list[str]:
        """In sentences; empty when all is well."""
        wanted = {f"nudges:{to}:{day}" for to, day, _, _ in self.expected}
        return [
            *(f"lost: {nudge}" for nudge in sorted(self.expected - self.told)),
            *(f"too many: {nudge}" for nudge in sorted(self.told - self.expected)),
            *(f"no message: {key}" for key in sorted(wanted - self.messages.keys())),
            *(f"{count} messages: {key}" for key, count in sorted(self.messages.items()) if count > 1),
        ]


@dataclass
class _Replica:
    """`scribe run`, started again after each death."""

    variables: dict[str, str]
    process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        surroundings = {**os.environ, **self.variables, "PYTHONPATH": str(ROOT)}
        command = (sys.executable, "-m", "handlers.main", "run")
        self.process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=surroundings)

    async def die(self) -> None:
        if self.process is not None and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()


@dataclass
class _Month:
    slack: Slackd
    replicas: list[_Replica]
    kills: int
    random: random.Random
    killed: int = 0
    expected: set[tuple[str, str, int, str]] = field(default_factory=set)

    async def live(self, end: datetime) -> None:
        """From one moment at which something is due to the next, while a hand kills one program after another."""
        hand = asyncio.create_task(self._kill(end))
        try:
            while self.slack.clock.now() < end.timestamp():
                wake = await self.slack.settle()
                if wake is None:  # nobody is there to say; time stands still until somebody is
                    await asyncio.sleep(0.02)
                    continue
                await self.slack.clock.advance_to(min(wake, end.timestamp()))
            await self._last_words(hand)
        finally:
            hand.cancel()
            with suppress(asyncio.CancelledError):
                await hand

    async def _last_words(self, hand: asyncio.Task[None]) -> None:
        """The hand rests, and what is left of the last hour goes out; a dead program's leases end within minutes."""
        hand.cancel()
        for replica in self.replicas:
            if replica.process is None or replica.process.returncode is not None:
                await replica.start()
        end = self.slack.clock.now() + 600
        while self.slack.clock.now() < end:
            wake = await self.slack.settle()
            if wake is None:
                await asyncio.sleep(0.02)
            else:
                await self.slack.clock.advance_to(min(max(wake, self.slack.clock.now() + 1), end))

    async def _kill(self, end: datetime) -> None:
        """Around hours at which many are told, as then there is something to interrupt; the clock stands meanwhile."""
        for moment in sorted(self.random.choices(_mornings(end), k=self.kills)):
            await self.slack.clock.sleep(max(0.0, moment - self.slack.clock.now()))
            await asyncio.sleep(self.random.uniform(0, 1.5))
            victim = self.random.choice(self.replicas)
            await victim.die()
            self.killed += 1
            await victim.start()


def _mornings(end: datetime) -> list[float]:
    """When the day begins in each of the zones, until the day before the end (epoch seconds)."""
    hours = [calendar(zone, POLICY.follow_ups) for zone in ZONES]
    days = [BEGIN.date() + timedelta(days=n) for n in range((end - BEGIN).days)]
    return [each.opening(day).timestamp() for each in hours for day in days if each.works_on(day)]


async def month(
    database: str, folder: Path, *, processes: int, items: int, days: int, kills: int, seed: int
) -> Outcome:
    """Live through so many days with so many open items, and say what became of the reminders."""
    (folder / "scribe.toml").write_text(CONFIG, encoding="utf-8")
    async with Slackd(MANIFEST, now=BEGIN) as slack:
        people = [slack.person(f"p{n}", tz=ZONES[n % 4]) for n in range(max(4, items // 200))]
        expected = await _seed(database, people, items, days)
        config = {"SCRIBE_CONFIG": str(folder / "scribe.toml"), "SCRIBE_LOG_LEVEL": "error"}
        replicas = [_Replica(environment(slack, database, **config)) for _ in range(processes)]
        for replica in replicas:
            slack.watch(f"http://{replica.variables['SCRIBE_PULSE']}/")
        async with _running(replicas):
            lived = _Month(slack, replicas, kills, random.Random(seed))
            await lived.live(BEGIN + timedelta(days=days))
        return Outcome(lived.killed, expected, await _told(database, people, days), _messages(slack, people))


@asynccontextmanager
async def _running(replicas: list[_Replica]) -> AsyncIterator[None]:
    for replica in replicas:
        await replica.start()
    try:
        yield
    finally:
        for replica in replicas:
            await replica.die()


async def _seed(database: str, people: list[Person], items: int, days: int) -> set[tuple[str, str, int, str]]:
    """Incidents with items that come due in the course of the month, and what that is to bring."""
    expected: set[tuple[str, str, int, str]] = set()
    async with Store.open(database, me="seed") as store:
        for start in range(0, items, ITEMS_EACH):
            async with store.visit(None) as visit:
                made = await visit.new_incident(BEGIN)
                await visit.record(_facts(made.id, people, start, days), BEGIN)
                rows: list[FollowupRow] = []
                for followup in plan(visit.incident, POLICY, None):
                    rows.append(_row(followup, made.id))
                    expected |= _expected(followup, made.id, people, days)
                await visit.follow(made.id, None, lambda _, rows=rows: (rows, ()))  # type: ignore[misc]
    return expected


def _facts(incident: int, people: list[Person], start: int, days: int) -> list[f.AnyFact]:
    source = Source("command", people[0].id)
    declared = f.Declared(
        key="declared", at=BEGIN, source=source, number=f"INC-{incident}", title=Wire("Checkout is failing"),
        severity=Severity.HIGH, type=IncidentType.OUTAGE, family="slo", channel_name="incident-x",
    )  # fmt: skip
    added = [
        f.ActionAdded(
            key=f"a{n}", at=BEGIN, source=source, action=f"A{n}", text=Wire(f"Item {start + n}"),
            owner=people[(start + n) % len(people)].id,
            due=(BEGIN + timedelta(days=(start + n) * 7 % (days + 3))).date(),
        )
        for n in range(ITEMS_EACH)
    ]  # fmt: skip
    return [declared, *added]


def _row(followup: Followup, incident: int) -> FollowupRow:
    watch = watched(followup, None, incident, BEGIN, None, POLICY.follow_ups)
    return FollowupRow(
        incident, followup.key, followup.topic, followup.person, body_of(followup), watch.after, watch.next_at
    )


def _expected(followup: Followup, incident: int, people: list[Person], days: int) -> set[tuple[str, str, int, str]]:
    zone = next(person.user.tz for person in people if person.id == followup.person)
    hours = calendar(zone, POLICY.follow_ups)
    found: set[tuple[str, str, int, str]] = set()
    for occasion in occasions(followup, POLICY.follow_ups, hours, date(2026, 3, 19)):
        if occasion.at > BEGIN + timedelta(days=days):
            return found
        if occasion.at > BEGIN:
            found.add((followup.person, occasion.day.isoformat(), incident, followup.key))
    return found


async def _told(database: str, people: list[Person], days: int) -> set[tuple[str, str, int, str]]:
    async with Store.open(database, me="reader", read_only=True) as store:
        dates = [(BEGIN + timedelta(days=n - 1)).date().isoformat() for n in range(days + 3)]
        rows = [row for person in people for day in dates for row in await store.nudges(person.id, day)]
    return {(row.to, row.day, row.incident, row.key) for row in rows}


def _messages(slack: Slackd, people: list[Person]) -> Counter[str]:
    posted = (m for person in people for m in person.dm.messages.values() if m.user == slack.world.bot_user_id)
    return Counter(str(((m.metadata or {}).get("event_payload") or {}).get("key")) for m in posted)


async def _long(items: int, days: int, kills: int, seed: int) -> int:
    with tempfile.TemporaryDirectory(prefix="scribe-reminding-") as name:
        folder, wrong = Path(name), 0
        for database, processes in ((fresh_postgres(), 3), (fresh_sqlite(folder), 1)):
            outcome = await month(database, folder, processes=processes, items=items, days=days, kills=kills, seed=seed)
            print(
                f"{processes} x {database.partition(':')[0]}: {outcome.kills} kills, {len(outcome.expected)} reminders "
                f"in {len(outcome.messages)} messages, {len(outcome.wrong)} wrong",
                *outcome.wrong[:20],
                sep="\n  ",
                flush=True,
            )
            wrong += len(outcome.wrong)
        return wrong


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.rehearsal.reminding", description=__doc__)
    for name, default in (("items", 10_000), ("days", 31), ("kills", 60), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    sys.exit(1 if asyncio.run(_long(**vars(parser.parse_args()))) else 0)


if __name__ == "__main__":
    main()
