"""Versions of a report: what was published stays as it was, what changed since is said, deleted words go from it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from handlers.offline import NotFound, report
from tests.slackd.records import Channel
from tests.stage import Stage
from tests.stories.reading import draft, remembered
from tests.stories.test_report_life import newest_file
from tests.stories.test_state import said

FORMS = ("md", "html", "json", "pdf", "svg", "png", "canvas")


async def number_of(stage: Stage, channel: Channel) -> str:
    return (await stage.incident(channel)).number


async def printed(stage: Stage, channel: Channel, version: str, form: str = "md", family: str = "slo") -> bytes:
    """What `scribe report --version` writes."""
    return await report(stage.settings, await number_of(stage, channel), family, form, version)


async def published(stage: Stage, channel: Channel, family: str = "slo") -> None:
    for line in ("review", "approve", "publish"):
        await said(stage, stage.alice, f"{line} {family}", channel)
        await stage.settle()


@pytest.mark.parametrize("family", ["coe", "trading"])
async def test_the_document_history_shows_each_version_with_its_author_and_what_changed(
    stage: Stage, family: str
) -> None:
    channel = await stage.declared()
    await draft(stage, channel, family=family)
    await said(stage, stage.bob, "set root_cause The cache was cold", channel)
    await said(stage, stage.bob, f"review {family}", channel)
    await stage.settle()
    rows = [line.split(" | ") for line in newest_file(stage).splitlines() if line.startswith("| 0.")]
    assert [(row[0], row[2]) for row in rows] == [("| 0.1", "Alice Adams"), ("| 0.2", "Bob Brown")]
    assert "changed since version 0.1: Root cause" in rows[1][3]
    made = json.loads(await printed(stage, channel, "0.2", "json", family))["document"]["versions"]
    assert [(one["number"], one["status"], one["author"]) for one in made] == [
        ("0.1", "draft", "Alice Adams"),
        ("0.2", "in_review", "Bob Brown"),
    ]
    assert made[1]["changes"] == ["Root cause"] and made[1]["source"]["permalink"]


async def test_a_draft_file_holds_its_version_although_more_is_heard_before_it_is_sent(stage: Stage) -> None:
    """Two drafts asked for one after the other come as two files, each as of its own version."""
    channel = await stage.declared()
    known = len(stage.slack.world.files)
    await stage.alice.types("/incident postmortem slo", channel)
    await stage.bob.types("/incident event heard after the first", channel)
    await stage.alice.types("/incident postmortem slo", channel)
    await stage.settle()
    first, second = list(stage.slack.world.files.values())[known:]
    assert (first.name.endswith("slo-0.1.md"), second.name.endswith("slo-0.2.md")) == (True, True)
    assert b"heard after the first" not in first.content and b"heard after the first" in second.content
    assert await printed(stage, channel, "0.1") == first.content


async def test_what_was_published_keeps_its_bytes_whatever_changes_later(stage: Stage) -> None:
    """Facts, people's names, configuration: none of it reaches the version that was published, in any form."""
    channel = await stage.declared()
    await said(stage, stage.alice, "event db failover", channel)
    await published(stage, channel)
    before = {form: await printed(stage, channel, "1.0", form) for form in FORMS}
    assert b"db failover" in before["md"] and b"**Version**: 1.0" in before["md"]
    assert b"**Document Status**: PUBLISHED" in before["md"] and before["pdf"].startswith(b"%PDF")
    assert newest_file(stage).encode() == before["md"]
    await said(stage, stage.bob, "event something quite new", channel)
    await said(stage, stage.bob, "title Quite another title", channel)
    stage.slack.world.users[stage.alice.id].name = "Alicia"
    elsewhere = replace(stage.settings.policy, late_after=stage.settings.policy.late_after * 2)
    settings = stage.settings.model_copy(update={"policy": elsewhere})
    number = await number_of(stage, channel)
    assert {form: await report(settings, number, "slo", form, "1.0") for form in FORMS} == before
    assert b"something quite new" in await report(settings, number, "slo", "md")


async def test_a_second_report_is_version_two_and_the_first_stays(stage: Stage) -> None:
    channel = await stage.declared()
    await published(stage, channel)
    first = await printed(stage, channel, "1.0")
    await said(stage, stage.bob, "event found out later", channel)
    await draft(stage, channel, family="slo")
    await published(stage, channel)
    assert b"found out later" in await printed(stage, channel, "2.0")
    assert await printed(stage, channel, "1.0") == first
    made = json.loads(await printed(stage, channel, "2.0", "json"))["document"]["versions"]
    assert [one["number"] for one in made] == ["0.1", "0.2", "1.0", "1.1", "1.2", "1.3", "2.0"]


async def test_words_deleted_in_slack_go_from_what_was_published_which_says_when(stage: Stage) -> None:
    channel = await stage.declared("Checkout is failing sev2 --family coe")
    message = await stage.bob.says(channel, "the password is hunter2")
    await stage.alice.reacts(message, "pushpin")
    kept = await stage.bob.says(channel, "the database is back")
    await stage.alice.reacts(kept, "pushpin")
    await published(stage, channel, "coe")
    assert b"hunter2" in await printed(stage, channel, "1.0", "md", "coe")
    await stage.minutes(60 * 24)
    await stage.bob.deletes(message)
    await stage.settle()
    assert "hunter2" not in remembered(stage)
    for form in ("md", "html", "json"):
        text = (await printed(stage, channel, "1.0", form, "coe")).decode()
        assert "hunter2" not in text and "the database is back" in text
        assert "erased from it since 2026-03-11" in text
    again = await printed(stage, channel, "1.0", "md", "coe")
    await said(stage, stage.bob, "event later still", channel)
    assert await printed(stage, channel, "1.0", "md", "coe") == again, "written again once, and kept"


async def test_what_is_deleted_after_publication_and_was_not_in_it_leaves_it_alone(stage: Stage) -> None:
    channel = await stage.declared()
    await published(stage, channel)
    before = await printed(stage, channel, "1.0", "pdf")
    message = await stage.bob.says(channel, "the password is hunter2")
    await stage.alice.reacts(message, "pushpin")
    await stage.settle()
    await stage.bob.deletes(message)
    await stage.settle()
    assert await printed(stage, channel, "1.0", "pdf") == before


async def test_a_version_that_was_never_made_is_named_with_those_that_were(stage: Stage) -> None:
    channel = await stage.declared()
    with pytest.raises(NotFound, match="No version of the slo report"):
        await printed(stage, channel, "1.0")
    await draft(stage, channel, family="slo")
    with pytest.raises(NotFound, match=r"no version 1\.0 .* there are: 0\.1"):
        await printed(stage, channel, "1.0")
