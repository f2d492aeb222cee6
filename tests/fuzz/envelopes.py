"""Envelopes bent out of shape: those of a lively story, and where they are at hand Slack's own samples."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from random import Random
from typing import Any, Final, get_args

from tests.fuzz.lines import TEXTS, bitten
from tests.slackd.courier import Kind
from tests.slackd.forms import Element, blocks_of, elements
from tests.slackd.people import Person
from tests.slackd.records import Channel, Ephemeral, Message, View
from tests.stage import Stage

SAMPLES: Final = Path(__file__).parents[2].parent / "shared" / "slack-samples"
VALUES: Final[tuple[Any, ...]] = (
    None, "", 0, -1, 1.5, True, False, [], {}, [None], {"a": {}},
    "x" * 5_000, "1772000000.000100", "U0NOBODY", "C0NOBODY",
)  # fmt: skip
SHOWING: Final = ("timeline", "missing", "postmortem slo", "versions slo", "actions mine")
"""Lines whose answers have buttons."""
Seed = tuple[Kind, dict[str, Any]]
Path_ = tuple[str | int, ...]
_numbers = count(1)


async def lively(stage: Stage) -> list[Seed]:
    """Live through a bit of everything, and return the envelopes that told the program of it."""
    channel = await stage.declared()
    said = await stage.alice.says(channel, "db is slow")
    reply = await stage.bob.says(channel, "so it is", thread=said, files=[("graph.png", b"x")])
    await stage.bob.reacts(said, "pushpin")
    await stage.carol.reacts(reply, "adhesive_bandage")
    await stage.carol.unreacts(reply, "adhesive_bandage")
    await stage.alice.edits(said, "db is very slow")
    await stage.alice.types("/incident event --at 13:40 alert fired", channel)
    await stage.bob.mentions(channel, "event rolled back", thread=said)
    await stage.alice.types("/incident action add Alert on lag due friday", channel)
    await stage.alice.types("/incident set users_affected 5000", channel)
    await stage.alice.types("/incident declare", channel)
    if stage.alice.modal is not None:
        await stage.alice.fills(stage.alice.modal, {"What is happening?": "Another"})
        await stage.alice.submits(stage.alice.modal)
    await stage.carol.uses_shortcut("add_to_timeline", said)
    if stage.carol.modal is not None:
        await stage.carol.submits(stage.carol.modal)
    await _presses(stage, channel)
    await stage.bob.renames(channel, "incident-20260310-1350-renamed")
    await stage.bob.deletes(reply)
    await stage.settle()
    told: list[Seed] = [(envelope.kind, envelope.payload) for envelope in stage.slack.envelopes]
    return [*told, *_by_scribe(stage, told)]


def _by_scribe(stage: Stage, told: list[Seed]) -> Iterator[Seed]:
    """What people said and marked, as if Scribe itself had; Slack tells a program of its own doings too."""
    ours = {"user": stage.desk.me.user_id, "bot_id": stage.desk.me.bot_id}
    for number, (kind, body) in enumerate(told):
        event = body.get("event", {})
        if event.get("user", ours["user"]) != ours["user"]:
            anew = {"ts": f"1773150600.9{number:05}"} if "ts" in event else {}
            yield kind, body | {"event": event | ours | anew, "event_id": f"by-scribe-{number}"}


async def _presses(stage: Stage, channel: Channel) -> None:
    """Press whatever stands on the card and in what is shown, and send each form that opens, as it opens."""
    await stage.settle()
    shown: list[Message | Ephemeral | View] = [stage.card(channel)]
    for line in SHOWING:
        shown += (await stage.alice.types(f"/incident {line}", channel)).whispers
    shown += filter(None, [await stage.alice.opens_home()])
    for place in shown:
        for element in [*elements(blocks_of(place))]:
            stands = element.address in {each.address for each in elements(blocks_of(place))}  # it may be edited by now
            if stands and element.dispatches and "url" not in element.definition:
                await _press(stage.alice, place, element)


async def _press(person: Person, place: Message | Ephemeral | View, element: Element) -> None:
    await person.presses(place, element.address, _chosen(element))
    if person.modal is not None:
        await person.submits(person.modal)
    while person.modal is not None:
        await person.closes(person.modal)


def _chosen(element: Element) -> Any:
    """Something that can be chosen in it; None for a button."""
    options = element.definition.get("options")
    return options[-1]["value"] if options else 1_773_150_000 if element.kind == "datetimepicker" else None


def samples(stage: Stage) -> Iterator[Seed]:
    """Slack's own samples; their blanked ids are this workspace's."""
    kinds: dict[str, Kind] = {"events": "events_api", "slash-commands": "slash_commands"}
    for path in sorted(SAMPLES.glob("**/*Payload.json")):
        body = _filled(json.loads(path.read_text(encoding="utf-8")), _blanks(stage))
        known = {"type": "event_callback"} if "event" in body else {}
        yield kinds.get(path.parent.name, "interactive"), body | known | {"team_id": stage.slack.world.team_id}


def _blanks(stage: Stage) -> dict[str, str]:
    """What a blanked value of that name may be."""
    channel = next(key for key, c in stage.slack.world.channels.items() if c.name.startswith("incident-"))
    people = dict.fromkeys(("user", "user_id", "inviter", "creator"), stage.alice.id)
    stamps = dict.fromkeys(("ts", "event_ts", "deleted_ts", "thread_ts", "message_ts"), "1773150600.000100")
    return (
        people
        | stamps
        | {
            "channel": channel,
            "channel_id": channel,
            "team_id": stage.slack.world.team_id,
            "command": "/incident",
            "response_url": f"{stage.slack.address}commands/over",
        }
    )


def _filled(value: Any, blanks: dict[str, str], name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _filled(each, blanks, key) for key, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, blanks, name) for each in value]
    return blanks.get(name, f"a {name}") if value in ("", "0000000000.000000") else value


def sorts(seeds: list[Seed]) -> list[list[Seed]]:
    """Those that mean the same to a listener together, so that a rare one is bent as often as a message."""
    found: dict[tuple[str, ...], list[Seed]] = {}
    for kind, body in seeds:
        places = (body, body.get("event") or {}, body.get("view") or {}, *(body.get("actions") or ()))
        names = (place.get(name, "") for place in places for name in ("type", "subtype", "callback_id", "action_id"))
        found.setdefault((kind, *names), []).append((kind, body))
    return [*found.values()]


def mutated(seeds: list[list[Seed]], random: Random) -> Seed:
    """One of them with one to four things changed; most have ids nobody saw before, some are said again."""
    kind, seed = random.choice(random.choice(seeds))
    body = copy.deepcopy(seed)
    for _ in range(random.randrange(1, 5)):
        _change(body, random.choice(random.choice(seeds))[1], random)
    if random.random() < 0.9:
        body |= {name: f"{name}-{next(_numbers)}" for name in ("event_id", "trigger_id") if name in seed}
    if random.random() < 0.95 and "team_id" in seed:
        body["team_id"] = seed["team_id"]
    if "response_url" in seed:
        body["response_url"] = seed["response_url"]  # elsewhere nobody would hear the answer
    if random.random() < 0.02:
        kind = random.choice(get_args(Kind))
    return kind, body


def _change(body: dict[str, Any], other: dict[str, Any], random: Random) -> None:
    *above, last = random.choice(list(_paths(body)) or [("type",)])
    place: Any = body
    for step in above:
        place = place[step]
    roll = random.random()
    if roll < 0.3:
        del place[last]
    elif roll < 0.6:
        place[last] = copy.deepcopy(random.choice(VALUES))
    elif roll < 0.8:
        place[last] = _within(other, random.choice(list(_paths(other))))
    elif isinstance(place[last], str):
        place[last] = bitten(place[last], random) if random.random() < 0.5 else random.choice(TEXTS)
    else:
        place[last] = [place[last], copy.deepcopy(place[last])]


def _paths(value: Any, above: Path_ = ()) -> Iterator[Path_]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, each in inside:
        yield (*above, step)
        yield from _paths(each, (*above, step))


def _within(value: Any, path: Path_) -> Any:
    for step in path:
        value = value[step]
    return copy.deepcopy(value)
