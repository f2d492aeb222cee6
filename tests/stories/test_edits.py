"""Edits, deletions and corrections: the text follows, the time stays, and what was deleted is gone everywhere."""

from __future__ import annotations

import re

import pytest

from bot.words import Kind, Milestone
from tests.slackd.records import Channel, Message
from tests.stage import Stage
from tests.stories.reading import clock, confirmed, draft, only_line, reached, remembered, shown, texts, wordings

SECRET = "the zebra escaped"


async def reacted(stage: Stage, channel: Channel, text: str, emoji: str = "pushpin") -> Message:
    """A message of Bob's, captured by Alice, with everything settled."""
    message = await stage.bob.says(channel, text)
    await stage.settle()
    await stage.alice.reacts(message, emoji)
    await stage.settle()
    return message


# ---- edited


async def test_scenario_17_a_message_edited_before_it_is_captured(stage: Stage) -> None:
    """The newest wording is captured, at the time of the message; nothing of before is told as an edit."""
    channel = await stage.declared()
    message = await stage.bob.says(channel, "Lag is 4 s")
    await stage.minutes(2)
    await stage.bob.edits(message, "Lag is 40 s")
    await stage.settle()
    await stage.alice.reacts(message, "pushpin")
    line = only_line(await stage.incident(channel))
    assert (str(line.text), clock(line.at), line.earlier) == ("Lag is 40 s", "13:50:00", ())


async def test_scenario_17_a_message_edited_after_it_was_captured(stage: Stage) -> None:
    """The text follows each edit, the time stays the message's, and the earlier wordings are kept."""
    channel = await stage.declared()
    message = await reacted(stage, channel, "Lag is 4 s", "rotating_light")
    for wording in ("Lag is 40 s", "Lag is 400 s"):
        await stage.minutes(2)
        await stage.bob.edits(message, wording)
        await stage.settle()
    incident = await stage.incident(channel)
    line = only_line(incident)
    assert (str(line.text), clock(line.at)) == ("Lag is 400 s", "13:50:00")
    assert [str(w.text) for w in line.earlier] == ["Lag is 4 s", "Lag is 40 s"]
    assert reached(incident, Milestone.DETECTED) == "13:50:00"


async def test_scenario_17_a_message_edited_after_the_draft_exists(stage: Stage) -> None:
    """The next draft has the new wording and discloses the edit."""
    channel = await stage.declared()
    message = await reacted(stage, channel, "Lag is 4 s")
    assert "Lag is 4 s" in await draft(stage, channel)
    await stage.bob.edits(message, "Lag is 40 s")
    await stage.settle()
    report = await draft(stage, channel)
    assert "Lag is 40 s" in report
    assert "edited" in report


async def test_scenario_17_a_thread_reply_and_an_alert_are_edited_too(stage: Stage) -> None:
    """Alert bots edit their own post when the alert clears."""
    channel = await stage.declared()
    parent = await stage.bob.says(channel, "What do we see?")
    reply = await stage.carol.says(channel, "nothng", thread=parent)
    alert = await stage.slack.alert_bot("grafana").posts(channel, "FIRING")
    await stage.settle()
    for message in (reply, alert):
        await stage.alice.reacts(message, "pushpin")
    await stage.settle()
    await stage.carol.edits(reply, "nothing")
    stage.slack.world.change_message(alert, "U0GRAFANA", text="RESOLVED")
    assert texts(await stage.incident(channel)) == ["nothing", "RESOLVED"]


async def test_an_unfurl_or_a_new_reply_is_no_edit(stage: Stage) -> None:
    """Slack sends `message_changed` for both, and nobody changed a word."""
    channel = await stage.declared()
    message = await reacted(stage, channel, "see https://example.com/graph")
    stage.slack.unfurl(message, "Graph", "https://example.com/graph")
    await stage.carol.says(channel, "thanks", thread=message)
    line = only_line(await stage.incident(channel))
    assert line.earlier == ()


async def test_an_edit_that_arrives_twice_and_out_of_order_counts_once_and_in_order(stage: Stage) -> None:
    channel = await stage.declared()
    message = await reacted(stage, channel, "one")
    stage.slack.faults.reorder_events(2)
    await stage.bob.edits(message, "two")
    stage.slack.faults.duplicate_events(1)
    await stage.bob.edits(message, "three")
    line = only_line(await stage.incident(channel))
    assert str(line.text) == "three"
    assert [str(w.text) for w in line.earlier][:1] == ["one"]


async def test_two_edits_within_one_second_are_two_wordings(stage: Stage) -> None:
    """Slack stamps an edit to the whole second; there and back again within it is followed too."""
    channel = await stage.declared()
    message = await reacted(stage, channel, "one")
    for wording in ("two", "three", "two"):
        await stage.bob.edits(message, wording)
        await stage.settle()
    line = only_line(await stage.incident(channel))
    assert wordings(line) == ["one", "two", "three", "two"]


async def test_two_edits_within_one_second_that_arrive_out_of_order_end_in_the_last(stage: Stage) -> None:
    channel = await stage.declared()
    message = await reacted(stage, channel, "one")
    stage.slack.faults.reorder_events(2)
    await stage.bob.edits(message, "two")
    await stage.bob.edits(message, "three")
    line = only_line(await stage.incident(channel))
    assert wordings(line) == ["one", "three"]


async def test_a_secret_that_an_edit_brings_in_is_masked(stage: Stage) -> None:
    channel = await stage.declared()
    message = await reacted(stage, channel, "logging in")
    await stage.bob.edits(message, "logging in with password=hunter2hunter2")
    await stage.settle()
    assert "hunter2" not in texts(await stage.incident(channel))[0]
    assert "hunter2" not in await draft(stage, channel)


# ---- deleted


@pytest.mark.parametrize("emoji", ["pushpin", "dart", "loudspeaker", "rotating_light"])
async def test_scenario_18_a_deleted_message_leaves_no_trace_of_its_text(stage: Stage, emoji: str) -> None:
    """Not in the draft, the tables, the card, the log; the line is withdrawn and its milestone falls back."""
    channel = await stage.declared()
    message = await reacted(stage, channel, SECRET, emoji)
    await stage.bob.edits(message, f"{SECRET} again")
    await stage.settle()
    await stage.alice.types("/incident timeline", channel)
    await stage.bob.deletes(message)
    incident = await stage.incident(channel)
    (line,) = incident.entries.values()
    assert incident.timeline() == [] and line.erased and line.text == ""
    assert reached(incident, Milestone.DETECTED) is None and incident.action_items() == []
    await stage.settle()
    assert SECRET not in remembered(stage)
    assert SECRET not in shown(stage, channel) + str(channel.topic) + str(channel.bookmarks)
    assert SECRET not in await draft(stage, channel)


async def test_scenario_18_a_milestone_falls_back_to_the_next_assertion(stage: Stage) -> None:
    """The message that was first is gone; the second one counts."""
    channel = await stage.declared()
    first = await reacted(stage, channel, SECRET, "rotating_light")
    await stage.minutes(5)
    await reacted(stage, channel, "Pager fired", "rotating_light")
    assert reached(await stage.incident(channel), Milestone.DETECTED) == "13:50:00"
    await stage.bob.deletes(first)
    incident = await stage.incident(channel)
    assert reached(incident, Milestone.DETECTED) == "13:55:00" and texts(incident) == ["Pager fired"]


async def test_scenario_18_the_log_forgets_what_it_quoted_of_a_deleted_message(stage: Stage) -> None:
    """Captured by the shortcut, corrected and withdrawn: each left a line in the log that quotes it."""
    channel = await stage.declared()
    message = await stage.bob.says(channel, SECRET)
    await stage.settle()
    form = (await stage.alice.uses_shortcut("add_to_timeline", message)).view
    assert form is not None
    await stage.alice.submits(form)
    screen = await stage.alice.types("/incident timeline", channel)
    line = only_line(await stage.incident(channel))
    await stage.alice.presses(screen.whispers[-1], "line_menu", "Withdraw")
    await stage.settle()
    assert shown(stage, channel).count(SECRET) >= 2, "the log quotes it"
    await stage.bob.deletes(message)
    await stage.settle()
    assert (await stage.incident(channel)).entries[line.id].erased
    assert SECRET not in shown(stage, channel)
    assert SECRET not in remembered(stage)


async def test_scenario_18_a_deleted_thread_parent_leaves_a_tombstone_and_its_replies(stage: Stage) -> None:
    """Slack tells it as a change; the reply stays."""
    channel = await stage.declared()
    parent = await reacted(stage, channel, SECRET)
    reply = await stage.carol.says(channel, "5xx on checkout", thread=parent)
    await stage.settle()
    await stage.alice.reacts(reply, "pushpin")
    await stage.bob.deletes(parent)
    assert texts(await stage.incident(channel)) == ["5xx on checkout"]
    await stage.settle()
    assert SECRET not in remembered(stage)


async def test_scenario_18_a_message_nobody_captured_is_forgotten_too(stage: Stage) -> None:
    channel = await stage.declared()
    message = await stage.bob.says(channel, SECRET)
    await stage.settle()
    assert SECRET in remembered(stage), "the transcript keeps it"
    await stage.bob.deletes(message)
    await stage.settle()
    assert SECRET not in remembered(stage)
    await stage.minutes(1)
    assert (await stage.incident(channel)).entries == {}


async def test_scenario_18_deletion_before_the_message_itself_arrives(stage: Stage) -> None:
    """Out of order the deletion still wins, and a reaction that comes late captures nothing."""
    channel = await stage.declared()
    stage.slack.faults.reorder_events(3)
    message = await stage.bob.says(channel, SECRET)
    await stage.alice.reacts(message, "pushpin")
    await stage.bob.deletes(message)
    incident = await stage.incident(channel)
    assert incident.timeline() == []
    assert SECRET not in remembered(stage)


async def test_scenario_18_a_line_moved_to_another_incident_is_deleted_there(stage: Stage) -> None:
    """Its message lives in the first channel; its text must not survive in the second."""
    first = await stage.declared("Checkout is failing")
    await stage.minutes(1)
    second = await stage.declared("Search is slow")
    message = await reacted(stage, first, SECRET)
    number = (await stage.incident(second)).number
    screen = await stage.alice.types("/incident timeline", first)
    form = (await stage.alice.presses(screen.whispers[-1], "line_menu", "Move…")).view
    assert form is not None
    await stage.alice.fills(form, {"other": number})
    await stage.alice.submits(form)
    await stage.settle()
    assert texts(await stage.incident(first)) == [] and texts(await stage.incident(second)) == [SECRET]
    await stage.bob.edits(message, f"{SECRET} twice")
    assert texts(await stage.incident(second)) == [f"{SECRET} twice"], "it follows the edit"
    await stage.settle()
    await stage.bob.deletes(message)
    assert texts(await stage.incident(second)) == []
    await stage.settle()
    assert SECRET not in remembered(stage)
    assert SECRET not in shown(stage, first) + shown(stage, second)


async def test_scenario_18_a_log_line_that_was_not_sent_yet_is_never_sent(stage: Stage) -> None:
    """Slack was busy; by the time it is not, the words are gone."""
    channel = await stage.declared()
    message = await stage.bob.says(channel, SECRET)
    await stage.settle()
    stage.slack.faults.rate_limit("chat.postMessage", retry_after=60)
    await _captured_by_shortcut(stage, message)
    await stage.bob.deletes(message)
    await stage.minutes(3)
    assert SECRET not in shown(stage, channel) + remembered(stage)
    assert not any(SECRET in str(call.args) and call.ok for call in stage.slack.calls_of("chat.postMessage"))


async def test_scenario_18_a_log_line_under_way_while_its_message_is_deleted_is_unsaid(stage: Stage) -> None:
    """The post took effect, its answer is slow, and the deletion overtakes it."""
    channel = await stage.declared()
    message = await stage.bob.says(channel, SECRET)
    await stage.settle()
    stage.slack.faults.slow("chat.postMessage", 20)
    await _captured_by_shortcut(stage, message)
    await stage.bob.deletes(message)
    await stage.minutes(3)
    assert (await stage.incident(channel)).timeline() == []
    assert SECRET not in shown(stage, channel) + remembered(stage)


async def _captured_by_shortcut(stage: Stage, message: Message) -> None:
    form = (await stage.alice.uses_shortcut("add_to_timeline", message)).view
    assert form is not None
    await stage.alice.submits(form)


async def test_scenario_18_a_message_captured_from_another_channel_is_followed_there(stage: Stage) -> None:
    """Declared from an alert in #general: its edit is followed, and its deletion erases it."""
    stage.slack.invite_bot(stage.general)
    message = await stage.bob.says(stage.general, SECRET)
    known = set(stage.slack.world.channels)
    form = (await stage.alice.uses_shortcut("declare_from_message", message)).view
    assert form is not None
    await stage.alice.fills(form, {"title": "Something broke"})
    assert (await stage.alice.submits(form)).closed
    await stage.settle()
    (channel,) = [c for key, c in stage.slack.world.channels.items() if key not in known and c.kind == "channel"]
    assert texts(await stage.incident(channel)) == [SECRET]
    await stage.bob.edits(message, f"{SECRET} twice")
    assert texts(await stage.incident(channel)) == [f"{SECRET} twice"]
    await stage.settle()
    await stage.bob.deletes(message)
    assert texts(await stage.incident(channel)) == []
    await stage.settle()
    assert SECRET not in remembered(stage) + shown(stage, channel)


# ---- corrected, withdrawn, put back, undone


async def test_the_timeline_shows_each_line_with_edit_and_withdraw(stage: Stage) -> None:
    channel = await stage.declared()
    message = await reacted(stage, channel, "Lag is 4 s", "mag")
    screen = await stage.alice.types("/incident timeline", channel)
    assert len(screen.whispers) == 1 and "Lag is 4 s" in str(screen.blocks)
    before = len(channel.messages)
    form = (await stage.alice.presses(screen.whispers[-1], "line_menu", "Edit…")).view
    assert form is not None
    await stage.alice.fills(form, {"What happened?": "Lag was 40 s", "kind": "decision"})
    assert (await stage.alice.submits(form)).closed
    incident = await stage.incident(channel)
    line = only_line(incident)
    assert str(line.text) == "Lag was 40 s" and incident.kind(line.id) is Kind.DECISION
    assert clock(line.at) == "13:50:00" and [str(w.text) for w in line.earlier] == ["Lag is 4 s"]
    assert message.text == "Lag is 4 s", "the message itself is its author's"
    assert len(channel.messages) == before + 1, "one line in the log"


async def test_a_time_corrected_in_the_timeline_form_sets_the_milestone_chosen(stage: Stage) -> None:
    channel = await stage.declared()
    await reacted(stage, channel, "Pager fired")
    await stage.minutes(30)
    screen = await stage.alice.types("/incident timeline", channel)
    form = (await stage.alice.presses(screen.whispers[-1], "line_menu", "Edit…")).view
    assert form is not None
    await stage.alice.fills(form, {"When": 1773150000, "kind": "detected"})
    assert (await stage.alice.submits(form)).closed
    incident = await stage.incident(channel)
    assert clock(only_line(incident).at) == reached(incident, Milestone.DETECTED) == "13:40:00"


async def test_a_line_corrected_to_an_action_item_becomes_one(stage: Stage) -> None:
    """It leaves the timeline and stands among the action items; nothing of it is lost."""
    channel = await stage.declared()
    await reacted(stage, channel, "Add an alert on replica lag")
    screen = await stage.alice.types("/incident timeline", channel)
    form = (await stage.alice.presses(screen.whispers[-1], "line_menu", "Edit…")).view
    assert form is not None
    await stage.alice.fills(form, {"kind": "action_item"})
    assert (await stage.alice.submits(form)).closed
    items = (await stage.incident(channel)).action_items()
    assert [(item.id, str(item.text)) for item in items] == [("A1", "Add an alert on replica lag")]
    assert re.search(r"^\| \[A1\]\(.*\) Add an alert on replica lag", await draft(stage, channel), re.MULTILINE)


async def test_a_line_is_withdrawn_and_put_back(stage: Stage) -> None:
    """By buttons, with the bot's confirmation following."""
    channel = await stage.declared()
    message = await reacted(stage, channel, "Lag is 4 s", "rotating_light")
    screen = await stage.bob.types("/incident timeline", channel)
    answer = await stage.bob.presses(screen.whispers[-1], "line_menu", "Withdraw")
    await stage.settle()
    incident = await stage.incident(channel)
    assert incident.timeline() == [] and reached(incident, Milestone.DETECTED) is None
    assert not confirmed(stage, channel, message.ts)
    await stage.bob.presses(answer.whispers[-1], "Put it back")
    await stage.settle()
    incident = await stage.incident(channel)
    assert texts(incident) == ["Lag is 4 s"] and reached(incident, Milestone.DETECTED) == "13:50:00"
    assert confirmed(stage, channel, message.ts)


async def test_withdrawn_lines_have_a_screen_of_their_own(stage: Stage) -> None:
    channel = await stage.declared()
    await stage.alice.types("/incident event wrong channel, sorry", channel)
    await stage.alice.types("/incident undo", channel)
    screen = await stage.carol.types("/incident timeline", channel)
    assert "wrong channel" not in str(screen.blocks)
    await stage.carol.presses(screen.whispers[-1], "Withdrawn lines")
    withdrawn = stage.last_whisper(stage.carol)  # in the place of the screen before
    assert "wrong channel" in str(withdrawn.blocks)
    await stage.carol.presses(withdrawn, "Put it back")
    assert texts(await stage.incident(channel)) == ["wrong channel, sorry"]


async def test_undo_takes_back_my_last_capture_and_nobody_elses(stage: Stage) -> None:
    channel = await stage.declared()
    await stage.alice.types("/incident event mine", channel)
    await stage.minutes(1)
    await stage.bob.types("/incident event bobs", channel)
    answer = await stage.alice.types("/incident undo", channel)
    assert "mine" in answer.text
    assert texts(await stage.incident(channel)) == ["bobs"]
    answer = await stage.alice.types("/incident undo", channel)
    assert "nothing" in answer.text and texts(await stage.incident(channel)) == ["bobs"]


async def test_undo_of_a_reaction_others_share_leaves_their_word(stage: Stage) -> None:
    channel = await stage.declared()
    message = await reacted(stage, channel, "Lag is 4 s")
    await stage.carol.reacts(message, "pushpin")
    await stage.settle()
    await stage.alice.types("/incident undo", channel)
    incident = await stage.incident(channel)
    assert incident.witnesses(only_line(incident).id) == (stage.carol.id,)
    assert confirmed(stage, channel, message.ts)


async def test_a_line_undone_comes_back_when_somebody_marks_it_afresh(stage: Stage) -> None:
    channel = await stage.declared()
    message = await reacted(stage, channel, "Lag is 4 s")
    await stage.alice.types("/incident undo", channel)
    await stage.settle()
    assert not confirmed(stage, channel, message.ts)
    await stage.minutes(1)
    await stage.carol.reacts(message, "pushpin")
    await stage.settle()
    assert texts(await stage.incident(channel)) == ["Lag is 4 s"] and confirmed(stage, channel, message.ts)
