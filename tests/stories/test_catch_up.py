"""Nobody listened for a while: what was said, marked, edited and deleted meanwhile is made good, and told once."""

from __future__ import annotations

from bot.words import Milestone, Status
from tests.slackd.records import Channel, Message
from tests.stage import Stage
from tests.stories.reading import clock, confirmed, draft, facts_stated, only_line, reached, remembered, texts, wordings

AWAY = "Scribe was away from"


def notices(stage: Stage, channel: Channel) -> list[Message]:
    """What the channel was told of absences."""
    return [post for post in stage.bot_posts(channel) if AWAY in post.text]


async def marked(stage: Stage, channel: Channel, text: str, emoji: str = "pushpin") -> Message:
    message = await stage.bob.says(channel, text)
    await stage.settle()
    await stage.alice.reacts(message, emoji)
    await stage.settle()
    return message


async def test_scenario_25_forty_minutes_offline_in_the_middle(either_stage: Stage) -> None:
    """New messages and replies, edits, deletions, reactions put on and taken back: all of it is made good."""
    stage = either_stage
    channel = await stage.declared()
    kept = await marked(stage, channel, "errors everywhere", "boom")
    edited = await marked(stage, channel, "rolled bcak", "hammer_and_wrench")
    deleted = await marked(stage, channel, "the zebra escaped")
    withdrawn = await marked(stage, channel, "lunch?")
    await stage.minutes(5)
    await stage.leaves()
    await stage.minutes(10)
    await stage.bob.edits(edited, "rolled back")
    await stage.bob.deletes(deleted)
    await stage.alice.unreacts(withdrawn, "pushpin")
    await stage.carol.reacts(kept, "boom")
    said = await stage.bob.says(channel, "error rate is back to normal")
    reply = await stage.carol.says(channel, "confirmed from the outside", thread=kept)
    await stage.minutes(10)
    await stage.alice.reacts(said, "adhesive_bandage")
    await stage.bob.reacts(reply, "pushpin")
    await stage.minutes(20)
    await stage.returns()
    incident = await stage.incident(channel)
    assert [(clock(e.at), str(e.text)) for e in incident.timeline()] == [
        ("13:50:00", "errors everywhere"),
        ("13:50:00", "rolled back"),
        ("14:05:00", "error rate is back to normal"),
        ("14:05:00", "confirmed from the outside"),
    ]
    assert sorted(incident.witnesses(f"m:{channel.id}:{kept.ts}")) == sorted([stage.alice.id, stage.carol.id])
    assert reached(incident, Milestone.MITIGATED) == "14:05:00"
    assert "zebra" not in remembered(stage)
    assert confirmed(stage, channel, said.ts) and not confirmed(stage, channel, withdrawn.ts)


async def test_the_channel_is_told_once_what_was_recovered_and_over_which_gap(stage: Stage) -> None:
    channel = await stage.declared()
    await stage.minutes(5)
    await stage.leaves()
    message = await stage.bob.says(channel, "errors everywhere")
    await stage.minutes(40)
    await stage.alice.reacts(message, "boom")
    await stage.returns()
    (told,) = notices(stage, channel)
    assert "13:55" in told.text and "14:35" in told.text and "40 min" in told.text
    assert "1 message, 1 reaction" in told.text and "do it again" in told.text
    await stage.minutes(60)
    await stage.alice.types("/incident catchup", channel)
    await stage.settle()
    assert len(notices(stage, channel)) == 1


async def test_the_report_discloses_the_gap(stage: Stage) -> None:
    channel = await stage.declared()
    await stage.leaves()
    await stage.minutes(40)
    await stage.returns()
    (away,) = (await stage.incident(channel)).absences
    assert (clock(away.since), clock(away.until)) == ("13:50:00", "14:30:00")
    assert "Nobody listened from 2026-03-10 13:50 to 2026-03-10 14:30 (40 min)" in await draft(stage, channel)


async def test_a_short_restart_is_no_absence(stage: Stage) -> None:
    """Slack delivers again what nobody acknowledged; nobody has to be told."""
    channel = await stage.declared()
    await stage.leaves()
    await stage.minutes(1)
    await stage.returns()
    assert notices(stage, channel) == [] and not (await stage.incident(channel)).absences


async def test_what_was_typed_to_scribe_in_the_gap_is_carried_out_once_as_of_when_it_was_said(stage: Stage) -> None:
    """`@Scribe …` is a message in history; /incident is not, so whoever typed it is told to do it again."""
    channel = await stage.declared()
    await stage.leaves()
    await stage.minutes(10)
    await stage.bob.mentions(channel, "event db failover")
    await stage.minutes(10)
    await stage.bob.mentions(channel, "resolve rolled back")
    await stage.minutes(20)
    await stage.returns()
    await stage.minutes(10)
    incident = await stage.incident(channel)
    assert [(clock(e.at), str(e.text)) for e in incident.timeline()] == [("14:00:00", "db failover")]
    assert incident.status is Status.RESOLVED and reached(incident, Milestone.RESOLVED) == "14:10:00"
    assert "2 commands said to @Scribe" in notices(stage, channel)[0].text
    await stage.leaves()
    await stage.minutes(40)
    await stage.returns()
    assert texts(await stage.incident(channel)) == ["db failover"]


async def test_what_was_typed_to_scribe_at_the_moment_of_its_return_does_not_wait_for_our_clock(stage: Stage) -> None:
    """Slack's stamps of one moment follow each other by microseconds, and so lie ahead of a clock that stands still."""
    channel = await stage.declared()
    await stage.leaves()
    await stage.minutes(10)
    for number in range(3):
        await stage.bob.mentions(channel, f"event line {number}")
    await stage.returns()
    assert texts(await stage.incident(channel)) == ["line 0", "line 1", "line 2"]


async def test_a_mention_slack_delivers_late_after_it_was_read_back_is_not_carried_out_again(stage: Stage) -> None:
    """Slack goes on trying for some minutes; the return falls between its second and its third try."""
    channel = await stage.declared()
    await stage.leaves()
    await stage.minutes(2)
    await stage.bob.mentions(channel, "event db failover")
    await stage.minutes(3)
    await stage.returns()
    assert len((await stage.incident(channel)).timeline()) == 1
    await stage.minutes(10)
    assert not stage.slack.courier.lost
    assert only_line(await stage.incident(channel)).text == "db failover"


async def test_reactions_slack_delivers_late_after_they_were_read_back_are_the_facts_there_are(stage: Stage) -> None:
    """Put on and taken off while nobody listened; what is done to them afterwards counts as ever."""
    channel = await stage.declared()
    taken_off = await marked(stage, channel, "lunch?")
    message = await stage.bob.says(channel, "db failover")
    await stage.minutes(2)
    await stage.leaves()
    await stage.minutes(2)
    await stage.carol.reacts(message, "boom")
    await stage.alice.unreacts(taken_off, "pushpin")
    await stage.minutes(3)
    await stage.returns()
    incident = await stage.incident(channel)
    assert texts(incident) == ["db failover"]
    await stage.minutes(9)
    assert not stage.slack.courier.lost
    assert (facts_stated(stage)["marked"], facts_stated(stage)["unmarked"]) == (2, 1)
    await stage.carol.unreacts(message, "boom")
    await stage.alice.reacts(taken_off, "pushpin")
    assert texts(await stage.incident(channel)) == ["lunch?"]
    assert (facts_stated(stage)["marked"], facts_stated(stage)["unmarked"]) == (3, 2)


async def test_an_edit_heard_live_and_read_back_is_one_fact(stage: Stage) -> None:
    """History says of an edit only the second it was in."""
    channel = await stage.declared()
    message = await marked(stage, channel, "db failover")
    await stage.bob.edits(message, "failover of db")
    await stage.bob.edits(message, "failover of db-2")
    await stage.settle()
    for _ in range(2):
        await stage.minutes(5)
        await stage.leaves()
        await stage.minutes(5)
        await stage.returns()
    assert wordings(only_line(await stage.incident(channel))) == ["db failover", "failover of db", "failover of db-2"]


async def test_a_second_edit_in_the_second_of_the_first_is_read_back(stage: Stage) -> None:
    """The first was heard, then nobody listened."""
    channel = await stage.declared()
    message = await marked(stage, channel, "db failover")
    await stage.bob.edits(message, "failover of db")
    await stage.leaves()
    await stage.bob.edits(message, "failover of db-2")
    await stage.minutes(5)
    await stage.returns()
    assert wordings(only_line(await stage.incident(channel))) == ["db failover", "failover of db", "failover of db-2"]


async def test_an_edit_between_two_known_wordings_keeps_the_first_one(stage: Stage) -> None:
    channel = await stage.declared()
    message = await marked(stage, channel, "failover")
    await stage.leaves()
    await stage.minutes(10)
    await stage.bob.edits(message, "failover of db")
    await stage.bob.edits(message, "failover of db-2")
    await stage.minutes(30)
    await stage.returns()
    assert wordings(only_line(await stage.incident(channel))) == ["failover", "failover of db-2"]


async def test_a_correction_by_hand_survives_every_reading(stage: Stage) -> None:
    """The author's message was edited long before; only a newer edit speaks again."""
    channel = await stage.declared()
    message = await stage.bob.says(channel, "failovr")
    await stage.bob.edits(message, "failover")
    await stage.settle()
    await stage.alice.reacts(message, "pushpin")
    await stage.settle()
    timeline = await stage.alice.types("/incident timeline", channel)
    form = (await stage.alice.presses(timeline.whispers[-1], "line_menu", "Edit…")).view
    assert form is not None
    await stage.alice.fills(form, {"text": "failover of db-2"})
    await stage.alice.submits(form)
    await stage.leaves()
    await stage.minutes(40)
    await stage.returns()
    await stage.minutes(30)
    assert texts(await stage.incident(channel)) == ["failover of db-2"]


async def test_the_last_message_of_the_channel_deleted_in_the_gap_is_erased_too(stage: Stage) -> None:
    channel = await stage.declared()
    await marked(stage, channel, "errors everywhere")
    last = await marked(stage, channel, "the zebra escaped")
    await stage.minutes(5)
    await stage.leaves()
    await stage.minutes(5)
    await stage.bob.deletes(last)
    await stage.minutes(30)
    await stage.returns()
    assert texts(await stage.incident(channel)) == ["errors everywhere"]
    assert "zebra" not in remembered(stage)


async def test_a_thread_deleted_in_the_gap_reply_by_reply_and_one_under_a_tombstone(stage: Stage) -> None:
    channel = await stage.declared()
    first, second = await marked(stage, channel, "first"), await marked(stage, channel, "second")
    zebra = await stage.carol.says(channel, "the zebra escaped", thread=first)
    await stage.carol.says(channel, "kept reply", thread=second)
    await stage.settle()
    await stage.alice.reacts(zebra, "pushpin")
    await stage.minutes(5)
    await stage.leaves()
    await stage.carol.deletes(zebra)
    await stage.bob.deletes(second)
    await stage.minutes(40)
    await stage.returns()
    assert texts(await stage.incident(channel)) == ["first"]
    assert "zebra" not in remembered(stage) and "kept reply" in remembered(stage)


async def test_a_silent_socket_is_an_absence_that_is_made_good(socket_stage: Stage) -> None:
    """Scenario 52 goes on: what Slack gave up on while the sockets swallowed everything is read back."""
    channel = await socket_stage.declared()
    socket_stage.slack.faults.offline = True
    message = await socket_stage.bob.says(channel, "errors everywhere")
    await socket_stage.alice.reacts(message, "boom")
    await socket_stage.minutes(40)
    assert socket_stage.slack.courier.lost
    socket_stage.slack.faults.offline = False
    await socket_stage.slack.socket.refresh()
    await socket_stage.slack.socket.connected(2, opened=3)
    await socket_stage.minutes(1)
    assert texts(await socket_stage.incident(channel)) == ["errors everywhere"]


async def test_what_slack_lost_without_an_absence_is_found_by_the_slow_tick(stage: Stage) -> None:
    """Nobody was away, so the channel is told of none; the line is simply there."""
    channel = await stage.declared()
    stage.slack.faults.offline = True
    message = await stage.bob.says(channel, "errors everywhere")
    await stage.alice.reacts(message, "boom")
    await stage.minutes(6)
    assert stage.slack.courier.lost
    stage.slack.faults.offline = False
    await stage.minutes(5)
    assert texts(await stage.incident(channel)) == ["errors everywhere"]
    assert notices(stage, channel) == []


async def test_a_channel_in_which_nothing_was_said_for_a_day_is_looked_at_less_often(stage: Stage) -> None:
    """Nothing there changes, so hardly anything can have been lost; what was is still found within the hour."""
    channel = await stage.declared()
    await stage.minutes(25 * 60)
    looked = len(stage.slack.calls_of("conversations.history"))
    stage.slack.faults.offline = True
    message = await stage.bob.says(channel, "errors everywhere")
    await stage.alice.reacts(message, "boom")
    await stage.minutes(6)
    stage.slack.faults.offline = False
    await stage.minutes(54)
    assert texts(await stage.incident(channel)) == ["errors everywhere"]
    assert len(stage.slack.calls_of("conversations.history")) - looked <= 3
    looked = len(stage.slack.calls_of("conversations.history"))
    await stage.minutes(60)
    assert len(stage.slack.calls_of("conversations.history")) - looked >= 5, "something was said; so it is looked at"


async def test_whoever_asks_is_told_what_nobody_had_heard(stage: Stage) -> None:
    channel = await stage.declared()
    await stage.minutes(1)
    stage.slack.faults.offline = True
    message = await stage.bob.says(channel, "errors everywhere")
    await stage.alice.reacts(message, "boom")
    await stage.minutes(7)
    stage.slack.faults.offline = False
    answer = await stage.alice.types("/incident catchup", channel)
    assert "being read back" in answer.whispers[0].text
    await stage.settle()
    assert "1 message, 1 reaction" in stage.last_whisper(stage.alice).text
    await stage.alice.types("/incident catchup", channel)
    await stage.settle()
    assert "nothing" in stage.last_whisper(stage.alice).text
