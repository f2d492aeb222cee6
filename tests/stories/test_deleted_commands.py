"""What was said to @Scribe and is deleted or edited: the lines it typed lose their words, what it set stays."""

from __future__ import annotations

import pytest

from bot.words import Milestone
from tests.slackd.records import Channel, Message
from tests.stage import Stage
from tests.stories.reading import draft, reached, remembered, shown, texts

SECRET = "the zebra escaped"


async def told(stage: Stage, channel: Channel, text: str) -> Message:
    """A message of Bob's to @Scribe, with everything settled."""
    message = await stage.bob.mentions(channel, text)
    await stage.settle()
    return message


async def test_scenario_18_a_deleted_command_takes_every_line_it_typed_with_it(stage: Stage) -> None:
    """Several lines at once, one of them a milestone, one an action item: nothing of them is left anywhere."""
    channel = await stage.declared()
    lines = f"event 09:40 {SECRET}\n09:41 --as detected {SECRET} again\n09:42 --as action_item fix it as {SECRET}"
    message = await told(stage, channel, lines)
    incident = await stage.incident(channel)
    assert len(incident.entries) == 3 and SECRET in shown(stage, channel) and len(incident.action_items()) == 1
    await stage.bob.deletes(message)
    await stage.settle()
    incident = await stage.incident(channel)
    assert incident.timeline() == [] and all(line.erased for line in incident.entries.values())
    assert reached(incident, Milestone.DETECTED) is None and incident.action_items() == []
    assert SECRET not in remembered(stage)
    assert SECRET not in shown(stage, channel)
    assert SECRET not in await draft(stage, channel)


async def test_scenario_18_a_milestone_of_a_deleted_command_falls_back(stage: Stage) -> None:
    channel = await stage.declared()
    await told(stage, channel, "event --at 09:45 --as detected the pager fired")
    first = await told(stage, channel, f"event --at 09:40 --as detected {SECRET}")
    assert reached(await stage.incident(channel), Milestone.DETECTED) == "13:40:00"
    await stage.bob.deletes(first)
    await stage.settle()
    incident = await stage.incident(channel)
    assert reached(incident, Milestone.DETECTED) == "13:45:00" and texts(incident) == ["the pager fired"]


async def test_scenario_18_a_deleted_action_item_loses_its_words_and_is_followed_up_no_more(stage: Stage) -> None:
    channel = await stage.declared()
    message = await told(stage, channel, f'action add Alert when {SECRET} @bob verify "{SECRET} alerts"')
    assert [item.id for item in (await stage.incident(channel)).action_items()] == ["A1"]
    assert SECRET in await draft(stage, channel)
    await stage.bob.deletes(message)
    await stage.settle()
    assert (await stage.incident(channel)).action_items() == []
    assert SECRET not in remembered(stage) + shown(stage, channel)
    assert SECRET not in await draft(stage, channel)
    await told(stage, channel, "action add Alert on replica lag")
    assert [item.id for item in (await stage.incident(channel)).action_items()] == ["A2"], (
        "its number is not given again"
    )


async def test_scenario_18_an_update_is_unsaid_wherever_it_was_posted(stage: Stage) -> None:
    channel = await stage.declared()
    message = await told(stage, channel, f"update {SECRET}")
    assert SECRET in shown(stage, channel)
    await stage.bob.deletes(message)
    await stage.settle()
    assert texts(await stage.incident(channel)) == []
    assert SECRET not in remembered(stage) + shown(stage, channel)


async def test_scenario_18_the_log_line_under_way_while_its_command_is_deleted_is_unsaid(stage: Stage) -> None:
    """The post took effect, its answer is slow, and the deletion overtakes it."""
    channel = await stage.declared()
    await stage.settle()
    stage.slack.faults.slow("chat.postMessage", 20)
    message = await stage.bob.mentions(channel, f"event {SECRET}")
    await stage.incident(channel)
    await stage.bob.deletes(message)
    await stage.minutes(3)
    assert texts(await stage.incident(channel)) == []
    assert SECRET not in shown(stage, channel) + remembered(stage)


async def test_scenario_18_a_command_deleted_while_nobody_listened(stage: Stage) -> None:
    """Catch-up sees that the message is gone."""
    channel = await stage.declared()
    message = await told(stage, channel, f"event {SECRET}")
    await stage.minutes(5)
    await stage.leaves()
    await stage.minutes(10)
    await stage.bob.deletes(message)
    await stage.minutes(10)
    await stage.returns()
    assert texts(await stage.incident(channel)) == []
    assert SECRET not in remembered(stage) + shown(stage, channel)


async def test_what_a_deleted_command_set_in_the_report_stays_and_its_author_is_told(stage: Stage) -> None:
    """People tidy up after commands; an answer that the report rests on does not go by accident."""
    channel = await stage.declared()
    message = await told(stage, channel, "set users_affected 5000")
    await stage.bob.deletes(message)
    await stage.settle()
    said = (await stage.incident(channel)).value("users_affected")
    assert said is not None and said.value == 5000
    whisper = stage.last_whisper(stage.bob)
    assert "stays" in whisper.text and "users affected" in whisper.text.casefold()


@pytest.mark.parametrize("times", [1, 3])
async def test_an_edited_command_stands_as_typed_and_its_author_is_told_once(stage: Stage, times: int) -> None:
    channel = await stage.declared()
    message = await told(stage, channel, "event Lag is 4 s")
    whispers = len(stage.bob.inbox)
    for n in range(times):
        await stage.bob.edits(message, f"<@{stage.slack.world.bot_user_id}> event Lag is 4{n} s")
        await stage.settle()
    assert texts(await stage.incident(channel)) == ["Lag is 4 s"]
    told_ = stage.bob.inbox[whispers:]
    assert len(told_) == 1 and "/incident timeline" in told_[0].text
