"""Versions of a report: what was published stays as it was, what changed since is said, deleted words go from it."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from handlers.offline import NotFound, diff, report
from tests.slackd.desk import Answer
from tests.slackd.records import Channel
from tests.stage import Stage, staged
from tests.stories.reading import draft, remembered
from tests.stories.reminders import QUIET
from tests.stories.test_report_life import newest_file, summary
from tests.stories.test_state import labels, said

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
    alice = await stage.desk.store.person(stage.alice.id)
    assert alice is not None
    later = replace(alice, name="Alicia Altered", fetched_at=alice.fetched_at + timedelta(days=1))
    await stage.desk.store.meet(later)
    elsewhere = replace(stage.settings.policy, late_after=stage.settings.policy.late_after * 2)
    settings = stage.settings.model_copy(update={"policy": elsewhere})
    number = await number_of(stage, channel)
    assert {form: await report(settings, number, "slo", form, "1.0") for form in FORMS} == before
    now = await report(settings, number, "slo", "md")
    assert b"something quite new" in now and b"Alicia Altered" in now and b"Alicia Altered" not in before["md"]


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


async def test_words_deleted_in_slack_go_from_what_was_published_which_says_when(database: str, tmp_path: Path) -> None:
    async with staged(database, config=QUIET, folder=tmp_path) as stage:
        channel = await stage.declared("Checkout is failing sev2 --family coe")
        message = await stage.bob.says(channel, "the password is hunter2")
        await stage.alice.reacts(message, "pushpin")
        kept = await stage.bob.says(channel, "the database is back")
        await stage.alice.reacts(kept, "pushpin")
        await published(stage, channel, "coe")
        assert b"hunter2" in await printed(stage, channel, "1.0", "md", "coe")
        await stage.misses(days=1)
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


async def test_what_was_published_says_since_when_a_person_is_taken_out_and_not_whom(stage: Stage) -> None:
    channel = await stage.declared("Checkout is failing sev2 --family coe")
    message = await stage.bob.says(channel, "the password is hunter2")
    await stage.alice.reacts(message, "pushpin")
    await published(stage, channel, "coe")
    assert b"hunter2" in await printed(stage, channel, "1.0", "md", "coe")
    await stage.desk.store.purge_person(stage.bob.id, stage.desk.clock.now())
    for form in ("md", "html", "json"):
        text = (await printed(stage, channel, "1.0", form, "coe")).decode()
        assert "a person who was taken out are erased from it since 2026-03-10" in text
        assert "hunter2" not in text and "Bob" not in text


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


# ---- in Slack


def screen(answer: Answer) -> str:
    return str(answer.whispers[-1].blocks)


async def test_a_published_report_is_marked_stale_and_a_new_version_is_offered_once(stage: Stage) -> None:
    """In the summary's message, to who asks for the report, in JSON and at the head of the paper; the old one stays."""
    channel = await stage.declared("Checkout is failing sev2 --family coe")
    await published(stage, channel, "coe")
    posted = summary(stage, channel)
    assert "out of date" not in str(posted.blocks) and "Make a new version" not in labels(posted)
    await said(stage, stage.bob, "severity sev1 All regions are hit", channel)
    await stage.settle()
    posted = summary(stage, channel)
    assert "Version 1.0, published" in str(posted.blocks) and "Changed since: Severity" in str(posted.blocks)
    assert "out of date" in screen(await stage.alice.types("/incident report coe", channel))
    paper = json.loads(await report(stage.settings, await number_of(stage, channel), "coe", "json"))["document"]
    assert (paper["stale"]["published"], paper["stale"]["changes"]) == ("1.0", ["Severity"])
    assert b"_Version 1.0 was published on" in await report(
        stage.settings, await number_of(stage, channel), "coe", "md"
    )
    before = deepcopy(posted)
    await stage.bob.presses(before, text="Make a new version")
    await stage.settle()
    late = await stage.alice.presses(before, text="Make a new version")
    await stage.settle()
    assert "Version 1.1 was begun meanwhile" in late.text and "/incident postmortem coe" in late.text
    assert [v.number for v in (await stage.incident(channel)).versions["coe"]] == ["0.1", "0.2", "1.0", "1.1"]
    assert "Make a new version" not in labels(summary(stage, channel))
    assert b"Severity" in newest_file(stage).encode()


async def test_every_version_can_be_had_as_a_file_by_command_and_by_button(stage: Stage) -> None:
    channel = await stage.declared()
    assert "none yet" in screen(await stage.alice.types("/incident versions slo", channel))
    await published(stage, channel)
    shown = await stage.alice.types("/incident versions slo", channel)
    assert "*1.0* · Published" in screen(shown) and "*0.1* · In review" in screen(shown)
    for line, form in (("version 1.0 slo html", "html"), ("version 1.0 pdf slo", "pdf"), ("version 0.1 slo", "md")):
        answer = await said(stage, stage.bob, line, channel)
        await stage.settle()
        number = line.split()[1]
        made = list(stage.slack.world.files.values())[-1]
        assert "on its way" in answer and made.name.endswith(f"-slo-{number}.{form}")
        assert made.content == await printed(stage, channel, number, form)
    newest = next(block for block in shown.whispers[-1].blocks if "accessory" in block)
    await stage.bob.presses(shown.whispers[-1], newest["block_id"], "As JSON")
    await stage.settle()
    made = list(stage.slack.world.files.values())[-1]
    assert made.content == await printed(stage, channel, "1.0", "json")
    assert "There is no version 7.0" in await said(stage, stage.bob, "version 7.0 slo", channel)
    assert "in which form" in await said(stage, stage.bob, "version pdf", channel)


async def test_two_versions_are_compared_by_section_in_slack_in_a_file_and_on_the_command_line(stage: Stage) -> None:
    channel = await stage.declared()
    await said(stage, stage.alice, "set root_cause The cache was cold", channel)
    await draft(stage, channel, family="slo")
    await said(stage, stage.alice, "set root_cause The cache was quite cold", channel)
    await said(stage, stage.alice, "event <b>db</b> failover & more", channel)
    await draft(stage, channel, family="slo")
    shown = await stage.bob.types("/incident diff 0.1 0.2 slo", channel)
    told = screen(shown)
    assert "The cache was cold" in told and "The cache was quite cold" in told and "✏️" in told
    assert "➕" in told and "failover &amp; more" in told
    await stage.bob.presses(shown.whispers[-1], text="All of it as a file")
    await stage.settle()
    made = list(stage.slack.world.files.values())[-1]
    printed_diff = await diff(stage.settings, await number_of(stage, channel), "slo", "0.1", "0.2")
    assert made.content.decode() == printed_diff and made.name.endswith("slo-0.1-to-0.2.txt")
    assert "~ " in printed_diff and "    → " in printed_diff and "  + " in printed_diff
    assert "Nothing differs" in await diff(stage.settings, await number_of(stage, channel), "slo", "0.2", "0.2")
    await said(stage, stage.alice, "event said after both", channel)
    against_now = await stage.bob.types("/incident diff 0.2 slo", channel)
    assert "said after both" in screen(against_now)
    assert "All of it as a file" not in str(against_now.whispers[-1].blocks), "there is no version of how it stands now"
    assert "Say which two versions" in await said(stage, stage.bob, "diff slo", channel)
    assert "There is no version 4.2" in await said(stage, stage.bob, "diff 0.1 4.2 slo", channel)


async def test_signing_by_a_typed_line_signs_the_part_named_or_all(stage: Stage) -> None:
    channel = await stage.declared()
    await said(stage, stage.alice, "assign commander @bob", channel)
    await said(stage, stage.alice, "set author @bob", channel)
    assert "signed the pir report: Incident Commander" in await said(stage, stage.bob, "sign as ic pir", channel)
    assert "signed the slo report: Author" in await said(stage, stage.bob, "sign slo", channel)
    assert "signed this report already" in await said(stage, stage.bob, "sign as author slo", channel)
    assert "You are not named" in await said(stage, stage.carol, "sign as the author slo", channel)
    assert "there are: " in await said(stage, stage.bob, "sign as emperor slo", channel)


async def test_a_report_of_a_cancelled_incident_and_an_archived_one_keep_their_versions(stage: Stage) -> None:
    channel = await stage.declared()
    await published(stage, channel)
    await said(stage, stage.alice, "archive report slo", channel)
    await said(stage, stage.alice, "cancel The probe was wrong", channel)
    await stage.settle()
    assert "out of date" in screen(await stage.bob.types("/incident versions slo", channel))
    await said(stage, stage.bob, "postmortem slo", channel)
    await stage.settle()
    incident = await stage.incident(channel)
    assert [v.number for v in incident.versions["slo"]][-1] == "1.1" and incident.document_status("slo") == "draft"
    assert b"PUBLISHED" in await printed(stage, channel, "1.0")


async def test_publishing_is_left_to_the_roles_that_the_configuration_names(database: str, tmp_path: Path) -> None:
    """By command and by button; whoever takes the role may."""
    config = '[roles_needed]\npublish = ["commander"]\n'
    async with staged(database, config=config, folder=tmp_path) as stage:
        channel = await stage.declared()
        for line in ("review slo", "approve slo"):
            await said(stage, stage.bob, line, channel)
        assert "Only the commander may publish here" in await said(stage, stage.bob, "publish slo", channel)
        refused = await stage.bob.presses(summary(stage, channel), text="Publish")
        assert "Only the commander may publish here" in refused.text
        await said(stage, stage.bob, "assign commander @bob", channel)
        assert "as version 1.0" in await said(stage, stage.bob, "publish slo", channel)
