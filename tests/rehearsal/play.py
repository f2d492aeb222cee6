"""Play a script on the stage: every act at its instant, each once the program is quiet."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.rehearsal.script import Act, Fills, Says, Scene, Script, Types
from tests.rehearsal.theatre import Program
from tests.slackd.desk import Answer, Submission
from tests.slackd.people import Person
from tests.slackd.records import Channel, Message, View
from tests.slackd.server import Slackd

Progress = Callable[[str], None]


class Stuck(Exception):
    """The program answered something else than the script expects."""


@dataclass
class Play:
    """One performance. `channel` is there once the incident is declared."""

    slack: Slackd
    program: Program
    script: Script
    progress: Progress
    channel: Channel | None = None
    answers: list[str] = field(default_factory=list)
    _cast: dict[str, Person] = field(default_factory=dict)

    async def perform(self) -> None:
        """From the declaration to the draft.

        Raises:
            Stuck: the program refused something, or no channel was made.
        """
        general = self.slack.channel("general", *(self._person(actor) for actor in self.script.actors))
        await self._declare(general)
        for n, scene in enumerate(self.script.scenes, 1):
            await self._until(scene)
            for act in scene.acts:
                self.progress(f"{n}/{len(self.script.scenes)} {scene.at:%Y-%m-%d %H:%M:%S} {_told(act)}")
                await self._do(act)
        await self.program.settled()

    async def _until(self, scene: Scene) -> None:
        await self.program.settled()
        while self.slack.clock.now() < scene.at.timestamp():
            await self.slack.run_until(scene.at)
            await self.program.settled()

    def _person(self, actor: str) -> Person:
        """Everybody who acts or owns something, under the name the file gives them."""
        if actor not in self._cast:
            handle = re.sub(r"[^a-z0-9]+", "", actor.lower())[:15] or "someone"
            self._cast[actor] = self.slack.person(f"{handle}{len(self._cast) + 1}", name=actor, display_name=actor)
        return self._cast[actor]

    async def _declare(self, general: Channel) -> None:
        declarer = self._person(self.script.declarer)
        self.progress(f"declared: {self.script.title}")
        given = self.script.declaration
        values = {
            "title": self.script.title,
            "severity": given["severity"],
            "services": ", ".join(given["services"]) or None,
            "regions": ", ".join(given["regions"]) or None,
        }
        known = set(self.slack.world.channels)
        await self._fill(
            declarer, "/incident declare", general, values, lambda: set(self.slack.world.channels) != known
        )
        made = [
            c for key, c in self.slack.world.channels.items() if key not in known and c.name.startswith("incident-")
        ]
        if len(made) != 1:
            raise Stuck(f"declaring made {len(made)} channels; last heard: {self.answers[-1:]}")
        self.channel = made[0]
        for person in self._cast.values():
            if person.id not in self.channel.members:
                self.slack.world.join(self.channel, person.id)
        await self.program.settled()

    async def _do(self, act: Act) -> None:
        if isinstance(act, Types):
            await self._type(act)
        elif isinstance(act, Says):
            await self._say(act)
        else:
            await self._fill(self._person(act.who), act.command, self.there, dict(act.values), lambda: False)

    @property
    def there(self) -> Channel:
        """The incident's channel."""
        if self.channel is None:
            raise Stuck("there is no incident channel yet")
        return self.channel

    async def _type(self, act: Types) -> None:
        person = self._person(act.who)
        line = act.line.format(*(self._person(p).mention for p in act.people)) if act.people else act.line
        known = {whisper.origin for whisper in person.inbox}

        async def once() -> Answer:
            return await person.types(line, self.there)

        def answers() -> list[str]:
            return [w.text for w in person.inbox if w.origin and w.origin not in known]

        await self.program.surviving(once, lambda answer: bool(answers()))
        self._expect(line, answers()[-1])

    def _expect(self, line: str, answer: str) -> None:
        self.answers.append(answer)
        if "For example:" in answer or "went wrong here" in answer:
            raise Stuck(f"{line}\n  was answered: {answer}")

    async def _say(self, act: Says) -> None:
        person = self._person(act.who)
        message = await person.says(self.there, act.text)
        await self.program.settled()
        await person.reacts(message, act.emoji)
        await self.program.settled()

    async def _fill(
        self, person: Person, command: str, channel: Channel, values: dict[str, Any], done: Callable[[], bool]
    ) -> None:
        """Open the form, fill it in and send it; a form lost in a death is asked for again."""
        while not done():
            opened = await self.program.surviving(lambda: person.types(command, channel), lambda a: True)
            view = opened.view or person.modal
            if view is None:
                self.answers.append(opened.text)
                continue
            if await self._sent(person, view, values):
                return

    async def _sent(self, person: Person, view: View, values: dict[str, Any]) -> bool:
        await person.fills(view, {name: value for name, value in values.items() if value is not None})
        sent: Submission = await self.program.surviving(lambda: person.submits(view), lambda s: True)
        if sent.errors:
            raise Stuck(f"the form was refused: {sent.errors}")
        return sent.closed


def _told(act: Act) -> str:
    if isinstance(act, Says):
        return f"{act.who}: {act.text} :{act.emoji}:"
    return act.line if isinstance(act, Types) else act.command


def in_order(channel: Channel) -> list[Message]:
    return sorted(channel.messages.values(), key=lambda m: m.ts)


__all__ = ["Fills", "Play", "Stuck", "in_order"]
