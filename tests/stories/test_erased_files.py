"""Report files that stand in Slack when words in them are deleted: taken out, and posted anew without those words."""

from __future__ import annotations

import pytest

from tests.slackd.records import Channel
from tests.stage import Stage
from tests.stories.reading import draft

SECRET = "the zebra escaped"


def files(stage: Stage, channel: Channel) -> list[str]:
    """What the files in the channel say that anybody can still open."""
    found = stage.slack.world.files.values()
    return [file.content.decode() for file in found if file.done and not file.deleted and channel.id in file.shares]


@pytest.mark.parametrize("lost", ["", "files.completeUploadExternal", "files.delete"])
async def test_scenario_18_a_draft_file_is_posted_anew_without_the_words(stage: Stage, lost: str) -> None:
    """Once, also where the answer to one of the calls is lost."""
    channel = await stage.declared()
    message = await stage.bob.says(channel, SECRET)
    await stage.alice.reacts(message, "pushpin")
    await stage.settle()
    assert SECRET in await draft(stage, channel)
    if lost:
        stage.slack.faults.answer_lost(lost)
    await stage.bob.deletes(message)
    await stage.minutes(3)
    (left,) = files(stage, channel)
    assert SECRET not in left
    assert len([m for m in channel.messages.values() if "Here again" in m.text]) == 1
    await stage.minutes(30)
    assert len(stage.slack.world.files) == 2, "and that was that"
