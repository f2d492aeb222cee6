"""Many things at once: kept first, worked off together, and what fails fails alone."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event

from handlers.delivery import AT_ONCE
from storage import Call
from tests.slackd.records import Channel, Message
from tests.stage import Stage
from tests.stories.reading import confirmed

MANY = 120


async def said(stage: Stage, channel: Channel, count: int = MANY) -> list[Message]:
    return [await stage.bob.says(channel, f"Error rate is {n} %") for n in range(count)]


def events_of(stage: Stage, kind: str) -> list[dict[str, Any]]:
    return [e.payload for e in stage.slack.envelopes if e.payload.get("event", {}).get("type") == kind]


async def test_a_burst_of_messages_and_marks_becomes_one_line_each_and_a_card_that_is_edited_a_few_times(
    stage: Stage,
) -> None:
    channel = await stage.declared()
    messages = await said(stage, channel)
    for message in messages:
        await stage.carol.reacts(message, "pushpin")
    incident = await stage.incident(channel)
    assert [str(line.text) for line in incident.timeline()] == [f"Error rate is {n} %" for n in range(MANY)]
    assert all(incident.witnesses(line.id) == (stage.carol.id,) for line in incident.timeline())
    await stage.settle()
    assert all(confirmed(stage, channel, message.ts) for message in messages)
    assert f"{MANY} timeline lines" in str(stage.card(channel).blocks)
    assert len(stage.slack.calls_of("chat.update")) < MANY / 2


async def test_one_that_cannot_be_understood_takes_nobody_else_down_with_it(stage: Stage) -> None:
    channel = await stage.declared()
    first, *others = await said(stage, channel, 20)
    await stage.carol.reacts(first, "pushpin")
    await stage.settle()
    broken = copy.deepcopy(events_of(stage, "reaction_added")[0])
    broken["event"] |= {"event_ts": "yesterday", "user": stage.alice.id}
    broken["event_id"] = "EvBROKEN"
    for message in others[:10]:
        await stage.carol.reacts(message, "pushpin")
    stage.slack.courier.event(broken)
    for message in others[10:]:
        await stage.carol.reacts(message, "pushpin")
    await stage.minutes(30)
    incident = await stage.incident(channel)
    assert len(incident.timeline()) == 20
    assert all(incident.witnesses(line.id) == (stage.carol.id,) for line in incident.timeline())
    depth = await stage.desk.store.depth(stage.desk.clock.now())
    assert (depth["inbox_aside"], depth["inbox_waiting"]) == (0, 0), "acknowledged and not read: it has no known shape"


async def test_what_is_merely_said_is_in_the_transcript_when_slack_is_told_that_it_was_heard(stage: Stage) -> None:
    """Nothing of it is left to be done, so nothing of it can be lost."""
    channel = await stage.declared()
    [message] = await said(stage, channel, 1)
    await stage.slack.courier.quiet(10)
    remembered = await stage.desk.store.message(channel.id, message.ts)
    assert remembered is not None
    assert remembered.text == "Error rate is 0 %"
    assert (await stage.desk.store.depth(stage.desk.clock.now()))["inbox_waiting"] == 0


async def test_what_an_earlier_version_kept_and_did_not_work_off_is_remembered_too(stage: Stage) -> None:
    channel = await stage.declared()
    await said(stage, channel, 1)
    await stage.settle()
    kept = copy.deepcopy(events_of(stage, "message")[-1])
    kept["event"] |= {"ts": f"{kept['event']['ts'][:-6]}999999", "text": "The pager is silent", "blocks": []}
    await stage.desk.store.keep("event:EvEARLIER", "event_callback", kept, stage.desk.clock.now())
    await stage.desk.store.give_back(["event:EvEARLIER"], stage.desk.clock.now())
    stage.desk.wake.set()
    await stage.settle()
    remembered = await stage.desk.store.message(channel.id, kept["event"]["ts"])
    assert remembered is not None
    assert remembered.text == "The pager is silent"


async def test_what_another_workspace_should_have_had_is_neither_kept_nor_acknowledged(stage: Stage) -> None:
    channel = await stage.declared()
    await said(stage, channel, 1)
    await stage.settle()
    foreign = copy.deepcopy(events_of(stage, "message")[-1])
    foreign |= {"team_id": "T0ELSEWHERE", "event_id": "EvFOREIGN"}
    foreign["authorizations"][0]["team_id"] = "T0ELSEWHERE"
    stage.slack.courier.event(foreign)
    await stage.minutes(10)
    assert stage.slack.courier.lost == [foreign]
    assert await stage.desk.store.envelope("event:EvFOREIGN") is None


async def test_what_scribe_did_itself_comes_back_from_slack_and_is_not_kept(stage: Stage) -> None:
    channel = await stage.declared()
    await said(stage, channel, 1)
    await stage.settle()
    kept = {True: 0, False: 0}
    for payload in events_of(stage, "message"):
        event = payload["event"]
        ours = event.get("message", event).get("user") == stage.slack.world.bot_user_id
        known = await stage.desk.store.envelope(f"event:{payload['event_id']}")
        kept[ours] += known is not None and event.get("subtype") != "channel_join"
    assert kept == {True: 0, False: 1}


async def test_while_as_many_calls_are_under_way_as_may_be_nobody_asks_for_the_next(stage: Stage) -> None:
    """Slack is slow, and more is due than may go out at a time: what is due is asked when one of them has ended."""
    channel = await stage.declared()
    before = len(stage.slack.calls_of("chat.postMessage"))
    slow = stage.slack.faults.slow("chat.postMessage", 60, times=AT_ONCE)
    args = {"channel": channel.id, "text": "hello"}
    async with stage.desk.store.visit(None) as visit:
        calls = [Call(f"k{n}", f"lane{n}", "chat.postMessage", args, None, "") for n in range(2 * AT_ONCE)]
        await visit.put(calls, stage.desk.clock.now())
    stage.desk.wake.set()
    async with asyncio.timeout(20):
        while slow.met < AT_ONCE:  # noqa: ASYNC110 - they come by the wire
            await asyncio.sleep(0.02)
    with statements() as asked:
        await asyncio.sleep(0.3)  # time to ask a hundred times
    assert len(asked) < 10
    await stage.minutes(2)
    assert len(stage.slack.calls_of("chat.postMessage")) == before + 2 * AT_ONCE


@contextmanager
def statements() -> Iterator[list[str]]:
    """What any database is told meanwhile."""
    said: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        said.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(Engine, "before_cursor_execute", note)
