"""At a declaration the channel is told what past incidents have to say, once, and why (PRODUCT 1.1)."""

from __future__ import annotations

import json

from tests.slackd.records import Channel, Message
from tests.stage import Stage


def told(stage: Stage, channel: Channel) -> list[Message]:
    return [post for post in stage.bot_posts(channel) if post.text.startswith("*From before*")]


def words(post: Message) -> str:
    return json.dumps(post.blocks, ensure_ascii=False)


async def over(stage: Stage, line: str) -> Channel:
    channel = await stage.declared(line)
    await stage.alice.types("/incident resolve", channel)
    await stage.settle()
    return channel


async def test_the_first_incident_has_nothing_from_before(either_stage: Stage) -> None:
    assert told(either_stage, await either_stage.declared()) == []


async def test_alike_incidents_are_told_with_the_reason_and_their_cause(either_stage: Stage) -> None:
    stage = either_stage
    before = await over(stage, "Checkout rejects coupons sev2 --type outage --service pricing")
    await stage.alice.types("/incident set root_cause A stale price list", before)
    await over(stage, "Mail is late sev3 --service mail")
    channel = await stage.declared("Coupons rejected at checkout sev1 --type outage --service Pricing")
    (post,) = told(stage, channel)
    assert post.thread_ts is None and "1 similar incident" in post.text
    assert "The same service (pricing); the same type (outage); both titles say “coupons”, “checkout”" in words(post)
    assert "Root cause: A stale price list" in words(post) and "Mail is late" not in words(post)


async def test_open_action_items_of_the_service_are_told_and_finished_ones_not(stage: Stage) -> None:
    before = await over(stage, "Database is slow sev2 --service db")
    await stage.alice.types("/incident action add Add alert on replica lag due 2026-12-24", before)
    await stage.alice.types("/incident action add Already there", before)
    await stage.alice.types("/incident action done A2", before)
    said = await stage.bob.says(before, "somebody should raise the swordfish limit")
    await stage.bob.reacts(said, "dart")
    await stage.settle()
    channel = await stage.declared("Writes hang sev2 --service db")
    (post,) = told(stage, channel)
    assert "2 open action items on the same service" in post.text
    assert "Add alert on replica lag" in words(post) and "due 2026-12-24" in words(post)
    assert "Already there" not in words(post)
    assert "swordfish" not in words(post)  # the message has the words; when it is deleted they are gone
    assert f"/archives/{before.id}/p{said.ts.replace('.', '')}" in words(post)


async def test_private_incidents_drills_and_false_alarms_say_nothing(stage: Stage) -> None:
    for line in ("Token leak at vault sev1 --private --service vault", "Token leak at vault --drill --service vault"):
        await stage.alice.types(f"/incident declare {line}", stage.general)
        await stage.settle()
    for channel in [c for c in stage.slack.world.channels.values() if "token-leak" in c.name]:
        await stage.alice.types("/incident action add Rotate the swordfish", channel)
    gone = await stage.declared("Token leak at vault sev1 --service vault")
    await stage.alice.types("/incident cancel nothing leaked", gone)
    await stage.settle()
    assert told(stage, await stage.declared("Token leak at vault sev1 --service vault")) == []


async def test_a_private_incident_is_told_of_public_ones_only(stage: Stage) -> None:
    await over(stage, "Token leak at vault sev1 --service vault")
    known = set(stage.slack.world.channels)
    await stage.alice.types("/incident declare Token leak at vault again sev1 --private --service vault", stage.general)
    await stage.settle()
    (made,) = [c for key, c in stage.slack.world.channels.items() if key not in known]
    (post,) = told(stage, made)
    assert "1 similar incident" in post.text


async def test_one_that_is_still_open_may_be_the_same(stage: Stage) -> None:
    first = await stage.declared("Checkout is failing for coupons")
    number = (await stage.incident(first)).number
    (post,) = told(stage, await stage.declared("Coupons fail in checkout"))
    assert f"It is still open. If this is the same: `/incident merge into {number}`" in words(post)


async def test_an_adopted_channel_is_told_as_well_and_once(stage: Stage) -> None:
    await over(stage, "Search is slow sev2 --service search")
    channel = stage.slack.channel("war-room", stage.alice)
    stage.slack.invite_bot(channel)
    stage.slack.faults.answer_lost("chat.postMessage", channel=channel.id, times=2)
    await stage.alice.types("/incident declare Search is down sev1 --service search --here", channel)
    await stage.minutes(5)
    assert len(told(stage, channel)) == 1
