"""Private messages make room: a question answered or put off goes away, a page turned replaces the one before."""

from __future__ import annotations

import json

from tests.slackd.records import Channel, Ephemeral
from tests.stage import Stage


def private(stage: Stage, channel: Channel) -> list[Ephemeral]:
    """What Alice alone sees in the channel."""
    return [whisper for whisper in stage.alice.inbox if whisper.channel == channel.id]


def shown(whisper: Ephemeral) -> str:
    return json.dumps(whisper.blocks, ensure_ascii=False)


async def asked(stage: Stage) -> tuple[Channel, Ephemeral]:
    """Mitigated, with milestones missing: the quiet question stands in Alice's channel."""
    channel = await stage.declared()
    await stage.alice.types("/incident mitigate", channel)
    await stage.settle()
    (question,) = [whisper for whisper in private(stage, channel) if "Not now" in shown(whisper)]
    return channel, question


async def test_not_now_takes_the_question_away(stage: Stage) -> None:
    channel, question = await asked(stage)
    await stage.alice.presses(question, text="Not now")
    await stage.settle()
    assert question not in private(stage, channel)


async def test_the_times_picked_take_the_place_of_the_question(stage: Stage) -> None:
    channel, question = await asked(stage)
    before = len(private(stage, channel))
    await stage.alice.fills(question, {"started": int(stage.slack.clock.now()) - 600})
    await stage.alice.presses(question, text="Save")
    await stage.settle()
    assert question.text.startswith("Set: started at") and len(private(stage, channel)) == before


async def test_keep_takes_the_offer_to_archive_away(stage: Stage) -> None:
    channel = await stage.declared()
    await stage.alice.types("/incident close", channel)
    await stage.settle()
    (offer,) = [whisper for whisper in private(stage, channel) if "Archive its channel?" in whisper.text]
    await stage.alice.presses(offer, text="Keep")
    await stage.settle()
    assert offer not in private(stage, channel) and not channel.is_archived


async def test_a_page_of_the_timeline_takes_the_place_of_the_one_before(stage: Stage) -> None:
    channel = await stage.declared()
    await stage.alice.types("/incident event " + "\n".join(f"14:{n + 10} line {n}" for n in range(30)), channel)
    await stage.alice.types("/incident timeline", channel)
    before = private(stage, channel)
    page = before[-1]
    assert "page 2 of 2" in page.text + shown(page) and "line 29" in shown(page)
    await stage.alice.presses(page, text="Earlier")
    await stage.settle()
    assert "page 1 of 2" in shown(page) and "line 29" not in shown(page)
    assert private(stage, channel) == before


async def test_a_choice_takes_the_place_of_the_question(stage: Stage) -> None:
    channel = await stage.declared()
    answer = await stage.alice.types("/incident evnt db failover", channel)
    (question,) = answer.whispers
    before = private(stage, channel)
    await stage.alice.presses(question, text="/incident event …")
    await stage.settle()
    assert question.text.startswith("Recorded") and private(stage, channel) == before


async def test_the_card_is_never_replaced_by_an_answer(stage: Stage) -> None:
    channel = await stage.declared()
    await stage.alice.presses(stage.card(channel), text="Timeline")
    await stage.settle()
    assert "Checkout is failing" in shown_card(stage, channel)
    assert private(stage, channel)[-1].text.startswith("*Timeline of")


def shown_card(stage: Stage, channel: Channel) -> str:
    return json.dumps(stage.card(channel).blocks)
