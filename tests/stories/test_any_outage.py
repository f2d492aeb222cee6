"""Whatever people do in a channel, and whenever nobody listens: what is known in the end is what was there to know."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.incident import Incident
from bot.milestones import counting
from bot.words import Milestone
from tests.databases import fresh_postgres, fresh_sqlite
from tests.slackd.people import Person
from tests.slackd.records import Channel, Message, SlackError
from tests.stage import Stage, staged

EMOJI = ("pushpin", "boom", "mag", "adhesive_bandage", "checkered_flag", "scales", "dart", "eyes")
WORDS = ("db failover", "rolled back <!here>", "李小龍 🧯", "| a | b |", "not resolved yet")
WINDOWS = (20, 70, 120, 400, 2400)
"""Seconds of absence: some shorter than what Slack makes good by itself, some longer than all its tries."""

COMMANDS = ("event pool is empty", "event --as mitigated better")

people, which = st.integers(0, 2), st.integers(0, 30)


def deed(name: str, what: tuple[str, ...]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.tuples(st.just(name), people, st.sampled_from(what), which)


deeds = st.one_of(
    *[deed(name, WORDS) for name in ("says", "says", "replies", "edits", "deletes", "takes back")],
    *[deed("reacts", EMOJI) for _ in range(3)],
    deed("tells", COMMANDS),
    st.tuples(st.just("nobody listens"), st.sampled_from(WINDOWS)),
)
stories = st.lists(st.tuples(st.sampled_from((0, 1, 30, 90)), deeds), min_size=8, max_size=40)
Story = list[tuple[int, tuple[Any, ...]]]


@dataclass
class Telling:
    """One telling of a story. Where it is not `calm`, absences take place."""

    stage: Stage
    channel: Channel
    calm: bool
    messages: list[Message] = field(default_factory=list)
    returns_in: float | None = None

    async def tell(self, story: Story) -> dict[str, Any]:
        for seconds, (name, *rest) in story:
            await self._pass(seconds)
            await self._do(name, rest)
        await self._pass(60 * 60)
        return known(await self.stage.incident(self.channel))

    async def _pass(self, seconds: float) -> None:
        """Time passes, and in its midst Scribe may return."""
        if self.returns_in is not None and seconds >= self.returns_in:
            seconds -= self.returns_in
            await self.stage.slack.run_for(self.returns_in)
            self.returns_in = None
            await self.stage.returns()
        elif self.returns_in is not None:
            self.returns_in -= seconds
        await self.stage.slack.run_for(seconds)

    async def _do(self, deed: str, rest: list[Any]) -> None:
        if deed == "nobody listens":
            if not self.calm and self.returns_in is None:
                await self.stage.leaves()
                self.returns_in = rest[0]
            return
        with suppress(SlackError):  # what Slack's own client would not let them do
            await self._act(deed, *rest)
        await self.stage.settle()

    async def _act(self, deed: str, number: int, what: str, where: int) -> None:
        """Whoever wrote a message edits or deletes it, and whoever put a reaction on takes it back."""
        person = self._people[number]
        standing = [m for m in self.messages if m.ts in self.channel.messages and m.subtype != "tombstone"]
        message = standing[where % len(standing)] if standing else None
        if deed == "tells":
            await person.mentions(self.channel, what)
        elif deed == "says":
            self.messages.append(await person.says(self.channel, what))
        elif message is None:
            return
        elif deed == "replies":
            self.messages.append(await person.says(self.channel, what, thread=message))
        elif deed == "reacts":
            await person.reacts(message, what)
        elif deed == "takes back":
            put_on = [(emoji, user) for emoji, users in message.reactions.items() for user in users]
            theirs = [(emoji, p) for emoji, user in put_on for p in self._people if p.id == user]
            if theirs:
                await theirs[number % len(theirs)][1].unreacts(message, theirs[number % len(theirs)][0])
        else:
            author = next(p for p in self._people if p.id == message.user)
            await (author.edits(message, what) if deed == "edits" else author.deletes(message))

    @property
    def _people(self) -> tuple[Person, Person, Person]:
        return self.stage.alice, self.stage.bob, self.stage.carol


def known(incident: Incident) -> dict[str, Any]:
    """What stands. Of several kinds on one line Slack's history does not say which was put on first."""
    lines = [
        (
            entry.at,
            str(entry.text),
            entry.author,
            sorted(incident.witnesses(entry.id)),
            sorted(str(mark.meaning) for mark in incident.standing_marks(entry.id)),
        )
        for entry in incident.timeline()
    ]
    moments = {str(m): found.at for m in Milestone if (found := counting(incident, m)) is not None}
    items = sorted(str(item.text) for item in incident.action_items())
    return {"lines": sorted(lines), "moments": moments, "items": items}


async def told(story: Story, database: str, *, calm: bool) -> dict[str, Any]:
    async with staged(database) as stage:
        channel = await stage.declared()
        return await Telling(stage, channel, calm).tell(story)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_scenario_25_any_outages_in_any_story_leave_what_the_undisturbed_story_leaves(kind: str) -> None:
    @settings(max_examples=3, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(stories)
    def holds(story: Story) -> None:
        with TemporaryDirectory() as one, TemporaryDirectory() as two:
            folders = [Path(one), Path(two)]
            left, right = [fresh_postgres(), fresh_postgres()] if kind == "postgres" else map(fresh_sqlite, folders)
            calm = asyncio.run(told(story, left, calm=True))
            assert asyncio.run(told(story, right, calm=False)) == calm

    holds()
