"""A private incident is told of to its members alone: every door there is, tried by somebody who is not one."""

from __future__ import annotations

import dataclasses
import json
import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.phrases import VERBS
from tests.slackd.forms import complete, elements, leaf
from tests.slackd.people import Person
from tests.slackd.records import JSON, Channel, Ephemeral, Message, View
from tests.stage import Stage, staged
from tests.stories.reminders import QUIET

SECRET = "kestrel"
"""In the title and in every line of the private incident, and nowhere else."""


@pytest.fixture
async def stage(database: str, tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(database, config=QUIET, folder=tmp_path) as made:
        yield made


async def secret_incident(stage: Stage) -> Channel:
    """Alice's alone, with something of everything in it."""
    known = set(stage.slack.world.channels)
    await stage.alice.types("/incident declare Kestrel keys leaked sev1 --private --service vault", stage.general)
    await stage.settle()
    (made,) = [c for key, c in stage.slack.world.channels.items() if key not in known and c.is_private and c.name]
    said = await stage.alice.says(made, "the kestrel cage stands open")
    for emoji in ("pushpin", "boom", "rotating_light"):
        await stage.alice.reacts(said, emoji)
    for line in (
        "event kestrel is out",
        "update kestrel is being looked for",
        "set users_affected 12",
        "set root_cause the kestrel key was in the repository",
        f"action add Rotate the kestrel key {stage.alice.mention} due tomorrow",
        "action add Buy the kestrel a new cage",
        "resolve kestrel is back",
        "report slo",
        "postmortem coe",
        "timeline",
        "actions",
        "missing",
    ):
        await stage.alice.types(f"/incident {line}", made)
        await stage.settle()
    await stage.alice.opens_home()
    await stage.minutes(2)
    return made


def shown_to(stage: Stage, person: Person) -> Iterator[str]:
    """Everything this person can see in Slack."""
    world = stage.slack.world
    for channel in world.channels.values():
        if person.id in channel.members or channel.kind == "channel":
            yield json.dumps([channel.name, channel.topic.to_json(), channel.purpose.to_json()])
            yield from (_text(post) for post in channel.messages.values())
            yield from (_text(bookmark) for bookmark in channel.bookmarks)
            yield from (_text(whisper) for whisper in channel.ephemerals if whisper.user == person.id)
            for file in world.files.values():
                if channel.id in file.shares:
                    yield file.title + file.content.decode("utf-8", "replace")
            yield from (_text(c) for c in world.canvases.values() if channel.id in (c.channel, c.tab, *c.access))
    yield from (_text(view) for view in [*world.modals.get(person.id, []), person.home] if view)


def _text(record: Any) -> str:
    return json.dumps(dataclasses.asdict(record), default=str, ensure_ascii=False)


def leaks(stage: Stage, person: Person) -> list[str]:
    return [text for text in shown_to(stage, person) if SECRET in text.lower()]


async def test_every_verb_keeps_a_private_incident_from_who_is_not_in_it(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    secret = await secret_incident(stage)
    assert leaks(stage, stage.alice), "there must be something to leak"
    number = (await stage.incident(secret)).number
    inside = next(m for m in secret.messages.values() if m.text == "the kestrel cage stands open")
    link = stage.slack.permalink(inside)
    public = await stage.declared("Vault is slow sev2 --service vault", by=stage.bob)
    mine = (await stage.incident(public)).number
    for verb in VERBS:
        example = verb.example.removeprefix(f"/incident {verb.name}").strip()
        tried = [(rest, stage.general) for rest in (number, "vault", "keys", "mine", example)]
        tried += [(rest, public) for rest in (f"into {number}", f"{link} to {mine}", "")]
        for rest, place in tried:
            place.is_archived = False  # whoever archives it may open it again
            await stage.bob.types(f"/incident {verb.name} {rest}", place)
    await stage.settle()
    await stage.bob.opens_home()
    await stage.bob.types("/incident resolve", public)
    await stage.minutes(14 * 24 * 60)
    assert not leaks(stage, stage.bob)
    assert not leaks(stage, stage.carol)
    assert SECRET not in caplog.text.lower()


async def test_no_button_or_form_lets_somebody_in_who_is_not_in_it(stage: Stage) -> None:
    """As if somebody could send what only members are shown: whoever presses or submits it is looked at again."""
    secret = await secret_incident(stage)
    pressable = list(_pressable(stage, secret))
    assert len(pressable) > 20
    views = [view for action in pressable if (view := await _press(stage, stage.alice, action)) is not None]
    assert len(views) > 3
    await stage.settle()
    before = await stage.incident(secret)
    for action in pressable:
        await _press(stage, stage.bob, action)
    for view in views:
        await _submit(stage, stage.bob, view)
    after = await stage.incident(secret)
    assert not leaks(stage, stage.bob)
    assert after.statements == before.statements


async def test_nobody_is_let_in_where_slack_does_not_tell_who_is_in_the_channel(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    """Scribe was put out of it, so that it cannot look."""
    secret = await secret_incident(stage)
    number = (await stage.incident(secret)).number
    public = await stage.declared("Vault is slow", by=stage.bob)
    await stage.alice.removes(secret)
    await stage.settle()
    answer = await stage.alice.types(f"/incident merge into {number}", public)
    assert f"There is no incident {number} that you can see" in answer.text
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


def _pressable(stage: Stage, secret: Channel) -> Iterator[JSON]:
    """Every button and menu choice that members of the channel have been shown, as it comes when it is used."""
    posts: list[Message | Ephemeral] = [*secret.messages.values(), *secret.ephemerals]
    posts += stage.alice.dm.messages.values()
    home = stage.alice.home
    for blocks in [*(post.blocks for post in posts), home.blocks if home else []]:
        for element in elements(blocks):
            named = {"action_id": element.action_id, "block_id": element.block_id}
            if element.kind == "button":
                yield leaf(element, None) | named
            for option in element.definition.get("options", ()):
                yield leaf(element, option["value"]) | named


async def _press(stage: Stage, person: Person, action: JSON) -> View | None:
    """Press it on some message in #general; the form that opens, if one does."""
    decoy = await stage.carol.says(stage.general, "nothing here")
    trigger = stage.slack.interactions.trigger(person.id)
    payload = stage.slack.interactions.action(trigger, decoy, action, {})
    await stage.slack.courier.request("interactive", payload)
    await stage.settle()
    opened = stage.slack.world.modals.pop(person.id, [])
    return opened[-1] if opened else None


async def _submit(stage: Stage, person: Person, view: View) -> None:
    state = complete(view.blocks, {})
    mine = dataclasses.replace(view, user=person.id, state=state)
    payload = stage.slack.interactions.submission(stage.slack.interactions.trigger(person.id), mine)
    await stage.slack.courier.request("interactive", payload)
    await stage.settle()
