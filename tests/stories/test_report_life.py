"""A report's way from draft to archive: steps that are allowed, who took them, and what people and papers say of it."""

from __future__ import annotations

import re
from copy import deepcopy

import pytest

from bot.incident import Incident, items_of
from bot.wire import plain
from bot.words import DocumentStatus, Wire
from tests.slackd.people import Person
from tests.slackd.records import Channel, Message, View
from tests.stage import Stage
from tests.stories.reading import draft
from tests.stories.rendered import json_of
from tests.stories.test_state import labels, said


def summary(stage: Stage, channel: Channel) -> Message:
    """The newest summary of a report in the channel."""
    found = [post for post in stage.bot_posts(channel) if "Milestones" in str(post.blocks) and not post.is_reply]
    return found[-1]


def heading(post: Message) -> str:
    return str(post.blocks[0]["text"]["text"])


def newest_file(stage: Stage) -> str:
    return list(stage.slack.world.files.values())[-1].content.decode()


async def status(stage: Stage, channel: Channel, family: str = "slo") -> DocumentStatus:
    return (await stage.incident(channel)).document_status(family)


async def test_a_report_goes_from_draft_to_archive_by_typed_lines(stage: Stage) -> None:
    """What the paper prints as its status comes from the last step; each step says who took it."""
    channel = await stage.declared()
    assert "**Document Status**: DRAFT" in await draft(stage, channel, family="slo")
    for line, printed in (("review slo", "UNDER REVIEW"), ("publish slo", ""), ("approve slo", "")):
        answer = await said(stage, stage.bob, line, channel)
        await stage.settle()
        if printed:
            assert f"**Document Status**: {printed}" in newest_file(stage)
        assert ("cannot be published" in answer) is (line == "publish slo"), answer
    await said(stage, stage.carol, "publish slo", channel)
    await stage.settle()
    assert "**Document Status**: PUBLISHED" in newest_file(stage)
    await said(stage, stage.carol, "archive report slo", channel)
    assert await status(stage, channel) is DocumentStatus.ARCHIVED
    steps = (await stage.incident(channel)).steps["slo"]
    bob, carol = stage.bob.id, stage.carol.id
    assert [step.source.by for step in steps] == [bob, bob, carol, carol]


async def test_the_buttons_of_the_summary_take_the_same_steps(stage: Stage) -> None:
    channel = await stage.declared()
    await draft(stage, channel)
    family = (await stage.incident(channel)).family
    assert heading(summary(stage, channel)).startswith("Draft: ")
    for button, title in (
        ("Ask for review", "Draft in review: "),
        ("Approve", "Approved report: "),
        ("Publish", "Published report: "),
        ("Archive the report", "Archived report: "),
    ):
        await stage.bob.presses(summary(stage, channel), text=button)
        await stage.settle()
        assert heading(summary(stage, channel)).startswith(title)
    assert await status(stage, channel, family) is DocumentStatus.ARCHIVED
    history = (await json_of(stage, channel))["document"]["status_history"]
    assert len(history) == 4 and {step["source"]["kind"] for step in history} == {"button"}


async def test_a_button_pressed_too_late_is_refused_in_a_sentence(stage: Stage) -> None:
    """The summary of before still offers the step that somebody took meanwhile."""
    channel = await stage.declared()
    await draft(stage, channel)
    family = (await stage.incident(channel)).family
    before = deepcopy(summary(stage, channel))
    await said(stage, stage.bob, "review", channel)
    answer = await stage.alice.presses(before, text="Ask for review")
    await stage.settle()
    assert f"The {family} report is in review; it cannot be in review from there." in answer.text
    assert f"/incident approve {family}" in answer.text
    assert len((await stage.incident(channel)).steps[family]) == 1


async def test_each_family_has_a_life_of_its_own_and_none_touches_the_incident(stage: Stage) -> None:
    channel = await stage.declared()
    before = await stage.incident(channel)
    await said(stage, stage.bob, "review coe", channel)
    await stage.settle()
    after = await stage.incident(channel)
    assert after.document_status("coe") is DocumentStatus.IN_REVIEW
    assert after.document_status("slo") is DocumentStatus.DRAFT
    assert (after.status, after.statements) == (before.status, before.statements)
    assert "novel" in await said(stage, stage.bob, "review novel", channel)


async def test_a_draft_posted_after_publication_begins_a_new_version(stage: Stage) -> None:
    channel = await stage.declared()
    for line in ("review slo", "approve slo", "publish slo"):
        await said(stage, stage.alice, line, channel)
    await stage.settle()
    await said(stage, stage.alice, "severity sev1 all regions", channel)
    assert "**Document Status**: DRAFT" in await draft(stage, channel, family="slo")
    assert "Ask for review" in labels(summary(stage, channel))


# ---- signatures


async def test_who_is_named_signs_with_a_button_and_everybody_else_is_told_who_may(stage: Stage) -> None:
    channel = await stage.declared()
    await said(stage, stage.alice, "set author @bob", channel)
    await draft(stage, channel, family="slo")
    refused = await stage.carol.presses(summary(stage, channel), text="Sign off")
    assert "Those who sign: Author: " in refused.text and "Final Approval: nobody yet" in refused.text
    assert "Not signed yet" in str(summary(stage, channel).blocks)
    signed = await stage.bob.presses(summary(stage, channel), text="Sign off")
    await stage.settle()
    assert "signed the slo report: Author" in signed.text
    again = await stage.bob.presses(summary(stage, channel), text="Sign off")
    assert "signed this report already" in again.text
    (fact,) = (await stage.incident(channel)).signed.values()
    assert (fact.family, fact.signer, fact.source.by) == ("slo", "author", stage.bob.id)


@pytest.mark.parametrize(
    ("family", "named"),
    [
        ("coe", "set team_lead"),
        ("slo", "set technical_reviewer"),
        ("pir", "assign commander"),
        ("security", "assign commander"),
        ("trading", "set technical_reviewer"),
    ],
)
async def test_every_family_prints_who_signed_and_when(stage: Stage, family: str, named: str) -> None:
    """The person and the day stand in the sign-off section; another family's report is not signed by that."""
    channel = await stage.declared()
    await said(stage, stage.alice, f"{named} @bob", channel)
    before = (await draft(stage, channel, family=family)).splitlines()
    await stage.bob.presses(summary(stage, channel), text="Sign off")
    await stage.settle()
    after = (await draft(stage, channel, family=family)).splitlines()
    changed = [line for line in after if line not in before and "Bob" in line]
    assert len(changed) == 1 and re.search(r"\d{4}-\d\d-\d\d", changed[0]), changed
    other = "pir" if family != "pir" else "security"
    assert changed[0] not in await draft(stage, channel, family=other)


async def test_missing_names_the_outstanding_signatures(stage: Stage) -> None:
    channel = await stage.declared("Checkout is failing sev2 --family coe")
    await said(stage, stage.alice, "set author @bob", channel)
    shown = str((await stage.alice.types("/incident missing", channel)).whispers[-1].blocks)
    assert "*Not signed yet*: Author (Bob" in shown and "Team Lead (nobody named yet)" in shown
    await draft(stage, channel)
    await stage.bob.presses(summary(stage, channel), text="Sign off")
    await stage.settle()
    shown = str((await stage.alice.types("/incident missing", channel)).whispers[-1].blocks)
    assert "Author (Bob" not in shown and "*Not signed yet*: Team Lead" in shown


async def test_a_signature_counts_no_more_once_somebody_else_is_named(stage: Stage) -> None:
    channel = await stage.declared()
    await said(stage, stage.alice, "set author @bob", channel)
    await draft(stage, channel, family="slo")
    await stage.bob.presses(summary(stage, channel), text="Sign off")
    await stage.settle()
    await said(stage, stage.alice, "set author @carol", channel)
    paper = await draft(stage, channel, family="slo")
    (line,) = [line for line in paper.splitlines() if line.startswith("- **Author**: ")]
    assert "Carol" in line and not re.search(r"\d{4}-\d\d-\d\d", line)


# ---- words of people


async def open_form(person: Person, channel: Channel, field: str = "summary") -> View:
    opened = await person.types(f"/incident set {field}", channel)
    assert opened.view is not None, opened.text
    return opened.view


async def test_of_two_who_write_one_field_the_second_is_shown_both_texts_and_chooses(stage: Stage) -> None:
    channel = await stage.declared()
    of_alice, of_bob = await open_form(stage.alice, channel), await open_form(stage.bob, channel)
    await stage.alice.submits(await stage.alice.fills(of_alice, {"summary": "The cache was cold"}))
    await stage.settle()
    sent = await stage.bob.submits(await stage.bob.fills(of_bob, {"summary": "The disk was full"}))
    assert sent.view is not None and not sent.closed
    assert "The cache was cold" in str(sent.view.content) and "Alice" in str(sent.view.content)
    assert "The disk was full" in str(sent.view.content)
    said_now = (await stage.incident(channel)).value("summary")
    assert said_now is not None and said_now.value == "The cache was cold"
    again = await stage.bob.submits(sent.view)
    await stage.settle()
    assert again.closed, again.errors
    said_now = (await stage.incident(channel)).value("summary")
    assert said_now is not None and said_now.value == "The disk was full"


async def test_two_who_write_different_fields_of_one_section_do_not_meet(stage: Stage) -> None:
    channel = await stage.declared()
    of_alice = await open_form(stage.alice, channel, "users_affected")
    of_bob = await open_form(stage.bob, channel, "users_affected")
    await stage.alice.submits(await stage.alice.fills(of_alice, {"users_affected": "5000"}))
    sent = await stage.bob.submits(await stage.bob.fills(of_bob, {"requests_failed": "70"}))
    await stage.settle()
    assert sent.closed, sent.errors
    incident = await stage.incident(channel)
    assert {key: incident.fields[key][-1].value for key in ("users_affected", "requests_failed")} == {
        "users_affected": 5000,
        "requests_failed": 70,
    }


# ---- lists in forms


def items(incident: Incident, field: str) -> list[str]:
    return [plain(Wire(item), {}) for item in items_of(incident, field)]


async def test_a_list_is_edited_reordered_and_shortened_in_a_form(stage: Stage) -> None:
    channel = await stage.declared()
    for lesson in ("Rehearse the failover", "Alert sooner <!here> & page", "Tell support"):
        await said(stage, stage.alice, f"set lessons {lesson}", channel)
    view = await open_form(stage.bob, channel, "lessons")
    text = "Tell support first\nAlert sooner <!here> & page\nKeep a runbook"
    sent = await stage.bob.submits(await stage.bob.fills(view, {"lessons": text}))
    await stage.settle()
    assert sent.closed, sent.errors
    incident = await stage.incident(channel)
    assert [line.replace("\u2060", "") for line in items(incident, "lessons")] == text.split("\n")
    assert [one.source.by for one in incident.fields["lessons"]] == [stage.bob.id, stage.alice.id, stage.bob.id]


async def test_a_line_added_to_a_list_while_a_form_was_open_is_kept_and_said(stage: Stage) -> None:
    """Two forms and a typed line at once: each one's lines stand, and what was taken away stays away."""
    channel = await stage.declared()
    await said(stage, stage.alice, "set lessons Rehearse the failover", channel)
    of_alice, of_bob = await open_form(stage.alice, channel, "lessons"), await open_form(stage.bob, channel, "lessons")
    await said(stage, stage.carol, "set lessons Ask @carol first", channel)
    await stage.alice.submits(await stage.alice.fills(of_alice, {"lessons": "Rehearse the failover\nAlert sooner"}))
    await stage.settle()
    sent = await stage.bob.submits(await stage.bob.fills(of_bob, {"lessons": "Rehearse the failover monthly"}))
    await stage.settle()
    assert sent.closed, sent.errors
    incident = await stage.incident(channel)
    kept = items(incident, "lessons")
    assert kept == ["Ask @carol first", "Alert sooner", "Rehearse the failover monthly"]
    assert "Alert sooner" in stage.last_whisper(stage.bob).text


async def test_what_a_form_cannot_show_of_a_long_list_stays(stage: Stage) -> None:
    channel = await stage.declared()
    lessons = [f"Lesson {n} {'of many words ' * 20}".strip() for n in range(30)]
    for lesson in lessons:
        await said(stage, stage.alice, f"set lessons {lesson}", channel)
    view = await open_form(stage.bob, channel, "lessons")
    assert "more items than a form can show; they stay" in str(view.content)
    await stage.bob.submits(await stage.bob.fills(view, {"lessons": "Only this"}))
    await stage.settle()
    left = items(await stage.incident(channel), "lessons")
    assert left[0] == "Only this" or left[-1] == "Only this"
    assert lessons[-1] in left and lessons[0] not in left and len(left) > 10
