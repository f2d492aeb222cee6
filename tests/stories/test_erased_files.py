"""Report files that stand in Slack when words in them are deleted: taken out, and posted anew without those words."""

from __future__ import annotations

import pytest

from tests.slackd.records import Channel, Message
from tests.stage import Stage
from tests.stories.reading import draft
from tests.stories.test_versions import printed, published

SECRET = "the zebra escaped"


async def said_and_marked(stage: Stage, channel: Channel) -> Message:
    """The message with the words that are deleted later."""
    message = await stage.bob.says(channel, SECRET)
    await stage.alice.reacts(message, "pushpin")
    await stage.settle()
    return message


def files(stage: Stage, channel: Channel) -> list[str]:
    """What the files in the channel say that anybody can still open."""
    found = stage.slack.world.files.values()
    return [file.content.decode() for file in found if file.done and not file.deleted and channel.id in file.shares]


@pytest.mark.parametrize("lost", ["", "files.completeUploadExternal", "files.delete"])
async def test_scenario_18_a_draft_file_is_posted_anew_without_the_words(stage: Stage, lost: str) -> None:
    """Once, also where the answer to one of the calls is lost."""
    channel = await stage.declared()
    message = await said_and_marked(stage, channel)
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


async def test_scenario_18_every_version_posted_before_goes_also_a_published_one_and_a_comparison(stage: Stage) -> None:
    """What comes in its place is the version as it reads from now on, which says that words were erased."""
    channel = await stage.declared()
    before = await draft(stage, channel, family="slo")
    message = await said_and_marked(stage, channel)
    await published(stage, channel)
    await stage.alice.types("/incident version 1.0 html slo", channel)
    shown = await stage.bob.types("/incident diff 0.1 1.0 slo", channel)
    await stage.bob.presses(shown.whispers[-1], text="All of it as a file")
    await stage.settle()
    told = [file for file in files(stage, channel) if SECRET in file]
    assert len(told) == 4, "under review, published, as a page, compared"
    await stage.bob.deletes(message)
    await stage.minutes(3)
    left = files(stage, channel)
    assert before in left and len(left) == 5 and not [file for file in left if SECRET in file]
    for form in ("md", "html"):
        body = (await printed(stage, channel, "1.0", form)).decode()
        assert body in left and "1 line was deleted in Slack" in body
    await stage.minutes(30)
    assert files(stage, channel) == left and len(stage.slack.world.files) == 9


async def test_scenario_18_a_file_on_its_way_when_the_words_are_deleted_is_replaced_too(stage: Stage) -> None:
    channel = await stage.declared()
    message = await said_and_marked(stage, channel)
    stage.slack.faults.slow("files.completeUploadExternal", 20)
    await stage.alice.types("/incident postmortem", channel)
    await stage.slack.run_for(10)
    assert SECRET in "".join(files(stage, channel))
    await stage.bob.deletes(message)
    await stage.minutes(3)
    (left,) = files(stage, channel)
    assert SECRET not in left


async def test_scenario_18_a_stop_between_the_deletion_and_the_new_file_changes_nothing(stage: Stage) -> None:
    channel = await stage.declared()
    message = await said_and_marked(stage, channel)
    await draft(stage, channel)
    stage.slack.faults.rate_limit("files.delete", retry_after=60)
    await stage.bob.deletes(message)
    await stage.leaves()
    assert SECRET in "".join(files(stage, channel)), "not even deleted yet"
    await stage.returns()
    await stage.minutes(5)
    (left,) = files(stage, channel)
    assert SECRET not in left and len(stage.slack.world.files) == 2


async def test_scenario_25_words_deleted_while_nobody_listened_leave_the_files_too(stage: Stage) -> None:
    channel = await stage.declared()
    message = await said_and_marked(stage, channel)
    await draft(stage, channel)
    await stage.leaves()
    await stage.bob.deletes(message)
    await stage.minutes(10)
    await stage.returns()
    await stage.minutes(3)
    (left,) = files(stage, channel)
    assert SECRET not in left
