"""Any story at all: people, Slack and the machine do what they like, and a small model says what must be known."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.milestones import counting
from bot.policy import VOCABULARY
from bot.stamps import instant_of
from bot.words import ENDINGS, Kind, Meaning, Milestone
from tests.databases import fresh_postgres, fresh_sqlite
from tests.slackd.people import Person
from tests.slackd.records import Message
from tests.slackd.server import Slackd
from tests.stage import MANIFEST, MORNING, scribe_at_work, settings_for

T = TypeVar("T")

WORDS = (
    "db failover",
    "resolved at 09:00 <!channel>",
    "| a | b |\n```",
    "李小龍 🧯",
    "not resolved yet",
    "*x* _y_ `z`",
)
TYPED = ("pool is empty", "rolled back <!here>", "--- | ---")
EMOJI = (*sorted(VOCABULARY), "eyes", "tada")
METHODS = ("chat.postMessage", "chat.update", "reactions.add", "reactions.remove", "chat.postEphemeral")
PATIENCE = 110.0  # real seconds for one step, so that a story that hangs says where
people = st.integers(0, 2)


@dataclass
class Spoken:
    """One message and what should be known of it."""

    message: Message
    deleted: bool = False
    captured: bool = False
    said: list[tuple[str, int]] = field(default_factory=list)  # (emoji, person), the earliest first

    @property
    def meanings(self) -> list[Meaning]:
        return [VOCABULARY[emoji] for emoji, _ in self.said if emoji in VOCABULARY]

    @property
    def stands(self) -> bool:
        return bool(self.meanings) and not self.deleted

    @property
    def kind(self) -> Kind:
        return next((m for m in self.meanings if isinstance(m, Kind)), Kind.EVENT)

    @property
    def at(self) -> datetime:
        return instant_of(self.message.ts).replace(microsecond=0)


class AnyStory(RuleBasedStateMachine):
    """Whatever order people, deliveries, failures and restarts come in, what is known is what was said."""

    database: ClassVar[str] = ""
    messages = Bundle("messages")

    @initialize()
    def begin(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.folder = TemporaryDirectory()
        self.spoken: list[Spoken] = []
        self.typed: list[str] = []
        self.marked: dict[Milestone, datetime] = {}
        self.run(self._begin())

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(asyncio.wait_for(work, PATIENCE))

    async def _begin(self) -> None:
        self.address = fresh_sqlite(Path(self.folder.name)) if self.database == "sqlite" else fresh_postgres()
        self.slack = await Slackd(MANIFEST, now=MORNING).__aenter__()
        self.people = [self.slack.person(handle) for handle in ("alice", "bob", "carol")]
        general = self.slack.channel("general", *self.people)
        await self._start()
        await self.people[0].types("/incident declare Checkout is failing sev2", general)
        await self.slack.settle()
        self.channel = next(c for c in self.slack.world.channels.values() if c.name.startswith("incident-"))
        for person in self.people[1:]:
            self.slack.world.join(self.channel, person.id)
        await self.slack.settle()

    async def _start(self) -> None:
        self.at_work = AsyncExitStack()
        self.settings = settings_for(self.slack, self.address)
        self.desk = await self.at_work.enter_async_context(scribe_at_work(self.slack, self.settings))

    async def _stop(self) -> None:
        self.slack.unwatch(f"http://{self.settings.pulse}/")
        await self.at_work.aclose()

    def teardown(self) -> None:
        if not hasattr(self, "slack"):
            return
        try:
            self.run(self._all_is_well())
        finally:
            self.run(self._end())
            self.loop.close()
            self.folder.cleanup()

    async def _end(self) -> None:
        await self._stop()
        await self.slack.__aexit__()

    # ---- what people do

    @rule(target=messages, person=people, text=st.sampled_from(WORDS))
    def say(self, person: int, text: str) -> Spoken:
        spoken = Spoken(self.run(self.people[person].says(self.channel, text)))
        self.spoken.append(spoken)
        return spoken

    @rule(spoken=messages, person=people, emoji=st.sampled_from(EMOJI))
    def react(self, spoken: Spoken, person: int, emoji: str) -> None:
        if not spoken.deleted and (emoji, person) not in spoken.said:
            self.run(self.people[person].reacts(spoken.message, emoji))
            spoken.said.append((emoji, person))
            spoken.captured |= emoji in VOCABULARY

    @rule(spoken=messages, which=st.integers(0, 5))
    def take_back(self, spoken: Spoken, which: int) -> None:
        if which < len(spoken.said) and not spoken.deleted:
            emoji, person = spoken.said.pop(which)
            self.run(self.people[person].unreacts(spoken.message, emoji))

    @rule(spoken=messages, text=st.sampled_from(WORDS))
    def edit(self, spoken: Spoken, text: str) -> None:
        if not spoken.deleted and text != spoken.message.text:
            self.run(self._author(spoken).edits(spoken.message, text))

    @rule(spoken=messages)
    def delete(self, spoken: Spoken) -> None:
        if not spoken.deleted:
            self.run(self._author(spoken).deletes(spoken.message))
            spoken.deleted = True

    @rule(person=people, text=st.sampled_from(TYPED))
    def type_event(self, person: int, text: str) -> None:
        self.run(self.people[person].types(f"/incident event {text}", self.channel))
        self.typed.append(text)

    @rule(person=people, text=st.sampled_from(TYPED))
    def mention(self, person: int, text: str) -> None:
        self.run(self.people[person].mentions(self.channel, f"event {text}"))
        self.typed.append(text)

    @rule(person=people, minute=st.integers(0, 49), milestone=st.sampled_from([Milestone.STARTED, Milestone.DETECTED]))
    def mark(self, person: int, minute: int, milestone: Milestone) -> None:
        moment = MORNING.replace(minute=minute)
        self.run(self.people[person].types(f"/incident mark {milestone} {moment:%H:%M} UTC", self.channel))
        self.marked[milestone] = moment

    def _author(self, spoken: Spoken) -> Person:
        return next(person for person in self.people if person.id == spoken.message.user)

    # ---- what Slack and the machine do

    @rule(seconds=st.sampled_from([1, 20, 90]))
    def time_passes(self, seconds: int) -> None:
        self.run(self.slack.run_for(seconds))

    @rule(count=st.integers(1, 3))
    def deliver_twice(self, count: int) -> None:
        self.slack.faults.duplicate_events(count)

    @rule(count=st.integers(2, 4))
    def deliver_out_of_order(self, count: int) -> None:
        self.slack.release_held_events()
        self.slack.faults.reorder_events(count)

    @rule(back=st.integers(1, 12))
    def deliver_again(self, back: int) -> None:
        events = [e.payload for e in self.slack.envelopes if e.kind == "events_api"]
        if len(events) >= back:
            self.slack.courier.event(events[-back])

    @rule(method=st.sampled_from(METHODS), how=st.sampled_from(["server_error", "answer_lost", "rate_limit"]))
    def fail(self, method: str, how: str) -> None:
        getattr(self.slack.faults, how)(method)

    @precondition(lambda self: self.spoken)
    @rule()
    def restart(self) -> None:
        self.run(self._restart())

    async def _restart(self) -> None:
        await self._stop()
        await self._start()

    # ---- what must be so

    @invariant()
    def nothing_unexpected_happened(self) -> None:
        if hasattr(self, "desk"):
            depth = self.run(self.desk.store.depth(self.desk.clock.now()))
            assert not depth["inbox_aside"], depth
            assert not depth["outbox_aside"], depth

    async def _all_is_well(self) -> None:
        self.slack.release_held_events()
        await self.slack.run_for(1800)
        found = await self.desk.store.incident_at(self.channel.id)
        assert found is not None
        incident = await self.desk.store.incident(found)
        marked = {key: entry for key, entry in incident.entries.items() if key.startswith("m:")}
        assert marked.keys() >= {self._line(s) for s in self.spoken if s.stands}
        assert marked.keys() <= {self._line(s) for s in self.spoken if s.captured}
        for spoken in self.spoken:
            line = self._line(spoken)
            assert incident.stands(line) == spoken.stands
            if spoken.stands:
                entry = incident.entries[line]
                assert (entry.text, entry.at) == (spoken.message.text, spoken.at)
                assert incident.kind(line) is spoken.kind
                assert set(incident.witnesses(line)) == {self.people[p].id for e, p in spoken.said if e in VOCABULARY}
            elif spoken.deleted and line in incident.entries:
                assert not incident.entries[line].text
        for milestone in (Milestone.STARTED, Milestone.DETECTED, Milestone.MITIGATED, Milestone.RESOLVED):
            counts = counting(incident, milestone)
            assert (counts and counts.at) == self._expected(milestone), milestone
        typed = [
            incident.entries[key].text for key in incident.entries if key.startswith("c:") and incident.stands(key)
        ]
        assert sorted(typed) == sorted(self._wire())
        posts = [
            m for m in self.channel.messages.values() if m.user == self.slack.world.bot_user_id and m.subtype is None
        ]
        card = incident.anchors["card"].place.ts
        lines = [m.ts for m in posts if m.thread_ts == card and m.ts != card]
        assert sorted(lines) == sorted(a.place.ts for what, a in incident.anchors.items() if what.startswith("log:"))
        reminder = [a.place.ts for what, a in incident.anchors.items() if what == "remind"]
        assert [m.ts for m in posts if m.ts not in lines] == [card, *reminder]

    def _line(self, spoken: Spoken) -> str:
        return f"m:{spoken.message.channel}:{spoken.message.ts}"

    def _expected(self, milestone: Milestone) -> datetime | None:
        if milestone in self.marked:
            return self.marked[milestone]
        asserted = [s.at for s in self.spoken if s.stands and milestone in s.meanings]
        if not asserted:
            return None
        return max(asserted) if milestone in ENDINGS else min(asserted)

    def _wire(self) -> Iterator[str]:
        escaped = {"rolled back <!here>": "rolled back &lt;!here&gt;"}
        for text in self.typed:
            yield escaped.get(text, text)


SETTINGS = settings(max_examples=10, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck))


class OnSqlite(AnyStory):
    database = "sqlite"


class OnPostgres(AnyStory):
    database = "postgres"


TestOnSqlite = OnSqlite.TestCase
TestOnPostgres = OnPostgres.TestCase
TestOnSqlite.settings = TestOnPostgres.settings = SETTINGS
