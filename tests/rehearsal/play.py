"""Play a script on the stage: every act at its instant, each once the program is quiet."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from tests.rehearsal.acts import (
    Act,
    Deletes,
    Fills,
    Mentions,
    Outage,
    Presses,
    Reacts,
    Retells,
    Rewords,
    Says,
    Somebody,
    TakesBack,
    Types,
    told,
)
from tests.rehearsal.outage import again
from tests.rehearsal.script import Script
from tests.rehearsal.theatre import Program
from tests.slackd.desk import Answer, Submission
from tests.slackd.people import Person
from tests.slackd.records import Channel, Message, View
from tests.slackd.server import Slackd

Progress = Callable[[str], None]
TRIES: Final = 20
"""Deaths in a row that a form is asked for again after; more, and the program refuses it."""


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
    calm: bool = True  # outages do not happen
    _cast: dict[str, Person] = field(default_factory=dict)
    _said: dict[str, Message] = field(default_factory=dict)
    _failed: list[tuple[datetime, Act]] | None = None  # while nobody listens

    async def perform(self) -> None:
        """From the declaration to the draft.

        Raises:
            Stuck: the program refused something, or no channel was made.
        """
        general = self.slack.channel("general", *(self._person(actor) for actor in self.script.actors))
        acts = [(scene, act) for scene in self.script.scenes for act in scene.acts]
        self.program.reached(1 / (len(acts) + 1))
        await self._declare(general)
        for n, (scene, act) in enumerate(acts, 1):
            await self.program.until(scene.at)
            self.progress(f"{n}/{len(acts)} {scene.at:%Y-%m-%d %H:%M:%S} {told(act)}")
            self.program.reached((n + 1) / (len(acts) + 1))
            if self._failed is not None and isinstance(act, Types | Fills | Retells):
                self._failed.append((scene.at, act))
            else:
                await self._do(act)
        await self.program.settled()

    def _person(self, actor: str) -> Person:
        """Everybody who acts or owns something, under the name the file gives them."""
        if actor not in self._cast:
            handle = re.sub(r"[^a-z0-9]+", "", actor.lower())[:15] or "someone"
            self._cast[actor] = self.slack.person(f"{handle}{len(self._cast) + 1}", name=actor, display_name=actor)
        return self._cast[actor]

    async def _declare(self, general: Channel) -> None:
        declarer = self._person(self.script.declarer)
        self.progress(f"declared: {_shown(self.script.title)}")
        known = set(self.slack.world.channels)
        await self._fill(declarer, "/incident declare", general, self.script.declaration)
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
        await self._done(act)
        await self.program.settled()

    async def _done(self, act: Act) -> None:
        match act:
            case Types():
                await self._type(act)
            case Says():
                await self._say(act)
            case Retells():
                await self._retell(act)
            case Rewords():
                await self._person(act.who).edits(self._said[act.name], act.text)
            case Deletes():
                await self._person(act.who).deletes(self._said[act.name])
            case Reacts():
                await self._person(act.who).reacts(self._said[act.name], act.emoji)
            case TakesBack():
                await self._person(act.who).unreacts(self._said[act.name], act.emoji)
            case Mentions():
                await self._person(act.who).mentions(self.there, act.line)
            case Presses():
                await self._press(act)
            case Outage():
                await self._outage(begins=act.begins)
            case Fills():
                await self._fill(self._person(act.who), act.command, self.there, act.values)

    async def _outage(self, *, begins: bool) -> None:
        """Afterwards people do again what failed."""
        if self.calm:
            return
        if begins:
            await self.program.leaves()
            self._failed = []
            return
        await self.program.returns()
        failed, self._failed = self._failed or [], None
        for at, act in failed:
            self.progress(f"again: {told(act)}")
            await self._do(again(act, at))

    @property
    def there(self) -> Channel:
        """The incident's channel."""
        if self.channel is None:
            raise Stuck("there is no incident channel yet")
        return self.channel

    async def _type(self, act: Types) -> None:
        person = self._person(act.who)
        line = f"{act.line} {self._person(act.mentions).mention}" if act.mentions else act.line
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
        thread = self._said[act.to] if act.to else None
        message = await person.says(self.there, act.text, thread=thread)
        self._said[act.name] = message
        await self.program.settled()
        await person.reacts(message, act.emoji)
        await self.program.settled()

    async def _press(self, act: Presses) -> None:
        """One that is gone from the card was pressed with effect, whatever the person was told."""

        def card() -> Message:
            bot = self.slack.world.bot_user_id
            return next(m for m in self.there.messages.values() if m.user == bot and m.blocks)

        def stands() -> bool:
            buttons = [e for b in card().blocks if b["type"] == "actions" for e in b["elements"]]
            return act.button in [button["text"]["text"] for button in buttons]

        async def once() -> Answer:
            return await self._person(act.who).presses(card(), text=act.button)

        await self.program.surviving(once, lambda answer: not answer.error or not stands())

    async def _retell(self, act: Retells) -> None:
        person = self._person(act.who)
        message = await person.says(self.there, act.text)
        await self.program.settled()
        view = await self._opened(person, lambda: person.uses_shortcut("add_to_timeline", message))
        await self._send(person, view, {"when": act.at, "kind": act.kind})

    async def _fill(self, person: Person, command: str, channel: Channel, values: Mapping[str, Any]) -> None:
        view = await self._opened(person, lambda: person.types(command, channel))
        await self._send(person, view, values)

    async def _opened(self, person: Person, ask: Callable[[], Awaitable[Answer]]) -> View:
        """The form asked for; one lost in a death is asked for again, as its trigger has died too."""
        for _ in range(TRIES):
            answer = await self.program.surviving(ask, lambda answer: True)
            if view := answer.view or person.modal:
                return view
            self.answers.append(answer.text)
        raise Stuck(f"no form was opened: {self.answers[-1:]}")

    async def _send(self, person: Person, view: View, values: Mapping[str, Any]) -> None:
        """Fill it in and send it; one that got no answer stays open, and is sent again as it is."""
        filled = {name: self._value(value) for name, value in values.items() if value is not None}
        await person.fills(view, filled)
        sent: Submission = await self.program.surviving(lambda: person.submits(view), lambda sent: not sent.error)
        if not sent.closed:
            raise Stuck(f"the form was refused: {sent.errors}")

    def _value(self, value: Any) -> Any:
        return self._person(value.name) if isinstance(value, Somebody) else value


def _shown(text: str) -> str:
    return text if len(text) <= 120 else f"{text[:119]}…"
