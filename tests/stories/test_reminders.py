"""Gentle reminders while an incident goes on: one quiet message, edited, that stops by itself (PRODUCT 1.5)."""

from __future__ import annotations

import json
from pathlib import Path

from tests.databases import fresh_sqlite
from tests.slackd.records import JSON, Channel, Message
from tests.stage import Stage, staged
from tests.stories.reading import top_level


def reminder(stage: Stage, channel: Channel) -> Message | None:
    """The one message; two would be one too many."""
    found = [post for post in stage.bot_posts(channel) if "reminders" in post.text.lower() or "utstanding" in post.text]
    posts = [post for post in found if not post.is_reply]
    assert len(posts) <= 1
    return posts[0] if posts else None


def words(post: Message | None) -> str:
    assert post is not None
    return json.dumps(post.blocks, ensure_ascii=False)


async def test_nobody_commands_and_nobody_is_told_so_one_message_says_it_and_follows(either_stage: Stage) -> None:
    stage = either_stage
    channel = await stage.declared("Checkout is failing sev2 --started 14:30 --detected 14:31 --acknowledged 14:32")
    await stage.minutes(14)
    assert reminder(stage, channel) is None
    await stage.minutes(2)
    assert "Nobody is commander since" in words(reminder(stage, channel))
    before = top_level(channel)
    await stage.minutes(50)
    assert "No update since" in words(reminder(stage, channel)) and top_level(channel) == before
    await stage.alice.types("/incident assign commander @bob", channel)
    await stage.settle()
    assert "commander" not in words(reminder(stage, channel)) and "No update" in words(reminder(stage, channel))
    await stage.alice.types("/incident update Rolled back, errors are falling", channel)
    await stage.settle()
    assert reminder(stage, channel) is not None and "Nothing is outstanding" in words(reminder(stage, channel))
    await stage.minutes(61)
    assert "No update since" in words(reminder(stage, channel))
    await stage.alice.types("/incident resolve", channel)
    await stage.minutes(300)
    assert "No more reminders" in words(reminder(stage, channel))


async def test_open_questions_come_after_their_time_and_go_with_their_answers(stage: Stage) -> None:
    channel = await stage.declared()
    await stage.minutes(121)
    assert "Not known yet, when it was: started, detected, acknowledged." in words(reminder(stage, channel))
    await stage.alice.types("/incident mark started 14:30, detected 14:31, ack 14:32", channel)
    await stage.settle()
    text = words(reminder(stage, channel))
    assert "Not known yet" not in text and "No number says yet how large the impact is." in text
    await stage.alice.types("/incident set users_affected ~5000", channel)
    await stage.settle()
    assert "impact" not in words(reminder(stage, channel))


async def test_each_button_of_it_asks_for_what_is_outstanding_and_takes_it_away(stage: Stage) -> None:
    channel = await stage.declared("Customer data leaked sev1 --family security --commander @alice --detected 14:40")
    await stage.minutes(121)

    async def fills_in(button: str, values: JSON) -> str:
        post = reminder(stage, channel)
        assert post is not None
        answer = await stage.bob.presses(post, text=button)
        assert answer.view is not None
        await stage.bob.fills(answer.view, values)
        assert (await stage.bob.submits(answer.view)).closed
        await stage.settle()
        return words(reminder(stage, channel))

    assert "No update since" not in await fills_in("Post an update", {"text": "Rolled back, errors are falling"})
    now = int(stage.slack.clock.now())
    text = await fills_in("Set milestones", {"started": now - 9000, "acknowledged": now - 6000})
    assert "Not known yet" not in text
    assert "No number" not in await fills_in("Tell the impact", {"users_affected": "5000"})
    assert "GDPR" not in await fills_in("What applies…", {"gdpr_applies": "No"})
    post = reminder(stage, channel)
    assert post is not None
    await stage.bob.presses(post, text="Turn off")
    await stage.settle()
    assert "The reminders are off." in words(reminder(stage, channel))


async def test_it_is_paused_turned_off_and_on_by_line_and_by_button(stage: Stage) -> None:
    channel = await stage.declared()
    await stage.minutes(16)
    post = reminder(stage, channel)
    assert post is not None
    await stage.bob.presses(post, text="Pause 1 h")
    await stage.settle()
    assert "paused until" in words(reminder(stage, channel)) and "commander" not in words(reminder(stage, channel))
    await stage.minutes(61)
    assert "Nobody is commander" in words(reminder(stage, channel))
    answer = await stage.bob.types("/incident remind off", channel)
    assert "The reminders of this incident are off." in answer.text
    await stage.minutes(300)
    assert "The reminders are off." in words(reminder(stage, channel))
    post = reminder(stage, channel)
    assert post is not None
    await stage.bob.presses(post, text="Turn on")
    await stage.settle()
    assert "Nobody is commander" in words(reminder(stage, channel))
    assert "The reminders are on." in (await stage.bob.types("/incident remind on", channel)).text
    assert "Nobody is commander" in json.dumps((await stage.bob.types("/incident remind", channel)).blocks)
    await stage.bob.types("/incident remind pause 2h", channel)
    await stage.settle()
    assert "2026-03-10 18:" in words(reminder(stage, channel)) or "paused until" in words(reminder(stage, channel))


async def test_turned_off_before_it_began_it_never_says_anything(stage: Stage) -> None:
    channel = await stage.declared()
    await stage.alice.types("/incident remind off", channel)
    await stage.minutes(600)
    assert reminder(stage, channel) is None


async def test_each_laws_clock_runs_from_awareness_until_it_is_dealt_with(stage: Stage) -> None:
    channel = await stage.declared("Customer data leaked sev1 --type data leak --family security --detected 14:40")
    await stage.settle()
    text = words(reminder(stage, channel))
    assert "GDPR (if it applies: nobody has said yet): notify by" in text and "2026-03-13 13:40 UTC" in text
    assert "HIPAA" in text and "2026-05-09 13:40 UTC" in text and "PCI DSS (if it applies" in text
    assert "notify immediately" in text
    await stage.alice.types("/incident set hipaa_applies no", channel)
    await stage.alice.types("/incident set gdpr_applies yes", channel)
    await stage.settle()
    text = words(reminder(stage, channel))
    assert "HIPAA" not in text and "GDPR: notify by" in text
    await stage.alice.types("/incident mark aware 14:45", channel)
    await stage.alice.types("/incident resolve", channel)
    await stage.settle()
    assert "2026-03-13 13:45 UTC" in words(reminder(stage, channel))  # the law's clock outlives the resolution
    await stage.minutes(49 * 60)
    assert "⏰ GDPR" in words(reminder(stage, channel))
    await stage.minutes(24 * 60)
    assert "⏰ GDPR: the time to notify ended" in words(reminder(stage, channel))
    post = reminder(stage, channel)
    assert post is not None
    await stage.alice.presses(post, text="Notified: GDPR")
    await stage.settle()
    assert "GDPR" not in words(reminder(stage, channel))
    await stage.alice.types("/incident close", channel)
    await stage.settle()
    assert "No more reminders" in words(reminder(stage, channel))


async def test_a_false_alarm_ends_them(stage: Stage) -> None:
    channel = await stage.declared()
    await stage.minutes(16)
    await stage.alice.types("/incident cancel the probe was wrong", channel)
    await stage.minutes(600)
    assert "No more reminders" in words(reminder(stage, channel))


async def test_one_whose_answer_was_lost_is_posted_once(stage: Stage) -> None:
    channel = await stage.declared()
    await stage.minutes(14)
    stage.slack.faults.answer_lost("chat.postMessage", channel=channel.id)
    await stage.minutes(10)
    assert "Nobody is commander" in words(reminder(stage, channel))


async def test_the_times_are_the_teams_own(tmp_path: Path) -> None:
    config = (
        '[reminders]\ncommander_after = ""\nupdate_after = "10m"\nquestions_after = ""\n[reminders.terms]\npci = "2h"'
    )
    async with staged(fresh_sqlite(tmp_path), config=config, folder=tmp_path) as stage:
        channel = await stage.declared()
        await stage.minutes(11)
        text = words(reminder(stage, channel))
        assert "No update since" in text and "commander" not in text
        leak = await stage.declared("Cards leaked sev1 --family security --detected 15:00")
        await stage.settle()
        assert "PCI DSS (if it applies: nobody has said yet): notify by" in words(reminder(stage, leak))
