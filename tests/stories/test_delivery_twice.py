"""Nothing lost, nothing doubled: what Slack sends twice, late or out of order, and what Scribe sends into the dark."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, text

from bot.words import Milestone
from storage import Store
from storage.engine import read_url
from tests.databases import fresh_postgres
from tests.slackd.people import Person
from tests.slackd.records import Channel, Message
from tests.slackd.server import Slackd
from tests.stage import MANIFEST, MORNING, Stage, scribe_at_work, settings_for, staged
from tests.stories.reading import clock, confirmed, draft, only_line, reached, texts

READING = ("conversations.history", "conversations.replies", "conversations.info", "users.info", "reactions.get")


def posted(stage: Stage, channel: Channel, words: str) -> int:
    """How many messages of Scribe's in this channel say these words."""
    return sum(words in message.text for message in stage.bot_posts(channel))


# ---- a reaction needs no call to Slack


async def test_a_reaction_is_committed_before_slack_is_called_at_all(stage: Stage) -> None:
    """The message is in the transcript: with every call to Slack failing the fact stands all the same."""
    channel = await stage.declared()
    message = await stage.bob.says(channel, "Errors everywhere")
    await stage.settle()
    trouble = stage.slack.faults.server_error(times=1000)
    calls = len(stage.slack.calls)
    await stage.carol.reacts(message, "rotating_light")
    incident = await stage.incident(channel)
    assert reached(incident, Milestone.DETECTED) == "13:50:00"
    made = [call.method for call in stage.slack.calls[calls:]]
    assert not set(made) & set(READING), "nothing is asked"
    assert set(made) <= {"reactions.add", "chat.update"} and not any(call.ok for call in stage.slack.calls[calls:])
    trouble.times = trouble.met
    await stage.minutes(10)
    assert confirmed(stage, channel, message.ts), "and it is told when Slack is back"


async def test_what_comes_while_another_replica_has_the_incident_is_recorded_in_one_turn_afterwards() -> None:
    """Or several replicas would spend their time waiting for each other, a few reactions at a time."""
    database = fresh_postgres()
    async with staged(database) as stage:
        channel = await stage.declared()
        messages = [await stage.bob.says(channel, f"line {n}") for n in range(8)]
        await stage.settle()
        engine = create_engine(read_url(database))
        with engine.connect() as other:
            other.execute(text("SELECT id FROM incidents FOR UPDATE"))
            for message in messages:
                await stage.carol.reacts(message, "pushpin")
                await stage.slack.courier.quiet(5)
        assert len((await stage.incident(channel)).timeline()) == len(messages)
        with engine.connect() as connection:
            turns = "SELECT count(DISTINCT xmin::text) FROM facts WHERE kind = 'marked'"
            assert connection.scalar(text(turns)) == 1
        engine.dispose()


async def test_with_slack_well_the_first_call_after_a_reaction_is_the_confirmation(stage: Stage) -> None:
    """Seen from Slack: at the first call the fact is committed already."""
    channel = await stage.declared()
    message = await stage.bob.says(channel, "Errors everywhere")
    await stage.settle()
    calls = len(stage.slack.calls)
    await stage.carol.reacts(message, "pushpin")
    await stage.settle()
    assert {call.method for call in stage.slack.calls[calls:]} == {"reactions.add", "chat.update"}


# ---- deliveries


async def test_scenario_22_the_same_delivery_twice_and_three_times(stage: Stage) -> None:
    """A redelivered envelope is acknowledged and changes nothing."""
    channel = await stage.declared()
    message = await stage.bob.says(channel, "Errors everywhere")
    await stage.settle()
    stage.slack.faults.duplicate_events(2)
    await stage.carol.reacts(message, "rotating_light")
    await stage.settle()
    (first, *_) = [e for e in stage.slack.envelopes if e.payload.get("event", {}).get("type") == "reaction_added"]
    seq = (await stage.incident(channel)).seq
    for _ in range(2):
        stage.slack.courier.event(first.payload)
    incident = await stage.incident(channel)
    assert incident.seq == seq and incident.witnesses(only_line(incident).id) == (stage.carol.id,)
    assert len(stage.slack.calls_of("reactions.add")) == 1


async def test_scenario_22_three_people_and_every_event_twice_make_one_fact(stage: Stage) -> None:
    """Message, reactions and edit, each delivered twice."""
    channel = await stage.declared()
    stage.slack.faults.duplicate_events(20)
    message = await stage.bob.says(channel, "Errors everywhere")
    people = (stage.alice, stage.bob, stage.carol)
    for person in people:
        await person.reacts(message, "rotating_light")
    await stage.bob.edits(message, "Errors in checkout")
    incident = await stage.incident(channel)
    line = only_line(incident)
    assert str(line.text) == "Errors in checkout" and len(line.earlier) <= 1
    assert sorted(incident.witnesses(line.id)) == sorted(p.id for p in people)
    assert len(incident.entries) == 1


async def test_scenario_22_a_removal_that_arrives_before_its_addition(stage: Stage) -> None:
    """The later stamp wins, so the line does not stand; put on again it does."""
    channel = await stage.declared()
    message = await stage.bob.says(channel, "Errors everywhere")
    await stage.settle()
    stage.slack.faults.reorder_events(2)
    await stage.carol.reacts(message, "rotating_light")
    await stage.carol.unreacts(message, "rotating_light")
    incident = await stage.incident(channel)
    assert incident.timeline() == [] and reached(incident, Milestone.DETECTED) is None
    assert not confirmed(stage, channel, message.ts)
    await stage.carol.reacts(message, "rotating_light")
    assert reached(await stage.incident(channel), Milestone.DETECTED) == "13:50:00"
    await stage.settle()
    assert confirmed(stage, channel, message.ts)


async def test_scenario_22_a_reaction_that_arrives_before_its_message(stage: Stage) -> None:
    """The message is read from Slack then, and its own event changes nothing."""
    channel = await stage.declared()
    stage.slack.faults.reorder_events(2)
    message = await stage.bob.says(channel, "Errors everywhere")
    await stage.carol.reacts(message, "rotating_light")
    assert texts(await stage.incident(channel)) == ["Errors everywhere"]
    await stage.settle()
    assert confirmed(stage, channel, message.ts)


async def test_added_removed_and_added_again_in_any_order_stands_once(stage: Stage) -> None:
    channel = await stage.declared()
    message = await stage.bob.says(channel, "Errors everywhere")
    await stage.settle()
    stage.slack.faults.reorder_events(3)
    await stage.carol.reacts(message, "rotating_light")
    await stage.carol.unreacts(message, "rotating_light")
    await stage.carol.reacts(message, "rotating_light")
    incident = await stage.incident(channel)
    assert incident.witnesses(only_line(incident).id) == (stage.carol.id,)
    await stage.settle()
    assert confirmed(stage, channel, message.ts)


async def test_a_command_delivered_twice_records_one_line(stage: Stage) -> None:
    """Slack promises one delivery of a command; reports of two exist."""
    channel = await stage.declared()
    await stage.alice.types("/incident event db failover started", channel)
    await stage.settle()
    typed = [e for e in stage.slack.envelopes if "failover" in str(e.payload.get("text"))]
    await stage.slack.courier.request("slash_commands", typed[0].payload)
    assert texts(await stage.incident(channel)) == ["db failover started"]
    assert posted(stage, channel, "db failover started") == 1


async def test_a_mention_reaches_scribe_as_two_events_and_is_one_line(stage: Stage) -> None:
    channel = await stage.declared()
    await stage.alice.mentions(channel, "event db failover started")
    await stage.settle()
    assert texts(await stage.incident(channel)) == ["db failover started"]
    assert sum("db failover started" in w.text for w in stage.alice.inbox) == 1


@pytest.mark.parametrize("attempt", range(5))
async def test_an_edit_and_a_deletion_heard_together_with_the_reaction_are_not_lost(stage: Stage, attempt: int) -> None:
    """All at the same moment, so that each may be handled first; the outcome is the same."""
    channel = await stage.declared()
    edited = await stage.bob.says(channel, "one")
    deleted = await stage.bob.says(channel, "two")
    await stage.settle()
    for message in (edited, deleted):
        await stage.carol.reacts(message, "pushpin")
    await stage.bob.edits(edited, "one, edited")
    await stage.bob.edits(edited, "one, edited twice")
    await stage.bob.deletes(deleted)
    assert texts(await stage.incident(channel)) == ["one, edited twice"]


# ---- a replayed inbox


async def test_a_replayed_inbox_makes_one_fact_of_three_peoples_reactions(database: str) -> None:
    """Kept and acknowledged, then the process died; the next one finishes it, and Slack's redelivery adds nothing."""
    async with Slackd(MANIFEST, now=MORNING) as slack:
        people = [slack.person(name, name=name.title()) for name in ("alice", "bob", "carol")]
        stage, channel, message = await _until_the_death(slack, database, *people)
        await _reactions_kept_by_the_dying(stage, message, database)
        async with scribe_at_work(slack, settings_for(slack, database), "next") as desk:
            stage.desk = desk
            await stage.minutes(10)
            incident = await stage.incident(channel)
            line = only_line(incident)
            assert sorted(incident.witnesses(line.id)) == sorted(p.id for p in people)
            assert clock(line.at) == "13:50:00" and len(incident.entries) == 1
            assert message.reactions["memo"] == [slack.world.bot_user_id]
            assert texts(incident) == ["Errors everywhere"]


async def _until_the_death(
    slack: Slackd, database: str, alice: Person, bob: Person, carol: Person
) -> tuple[Stage, Channel, Message]:
    settings = settings_for(slack, database)
    async with scribe_at_work(slack, settings, "first") as desk:
        stage = Stage(slack, settings, desk, alice, bob, carol, slack.channel("general", alice, bob, carol))
        channel = await stage.declared()
        message = await bob.says(channel, "Errors everywhere")
        await stage.settle()
    slack.unwatch(f"http://{settings.pulse}/")
    return stage, channel, message


async def _reactions_kept_by_the_dying(stage: Stage, message: Message, database: str) -> None:
    """Keep what comes as a process does that dies right after; Slack, without the ack, will deliver it again."""
    sent = len(stage.slack.envelopes)
    stage.slack.faults.offline = True
    for person in (stage.alice, stage.bob, stage.carol):
        await person.reacts(message, "rotating_light")
    async with Store.open(database, me="doomed") as store:
        for envelope in stage.slack.envelopes[sent : sent + 3]:
            key = f"event:{envelope.payload['event_id']}"
            assert await store.keep(key, "event_callback", envelope.payload, MORNING)
    stage.slack.faults.offline = False


# ---- the outbox


@pytest.mark.parametrize("trouble", ["rate_limit", "server_error", "answer_lost", "internal_error"])
async def test_a_log_line_in_trouble_is_posted_once(stage: Stage, trouble: str) -> None:
    """429 with a pause, 5xx before anything happened, an answer lost after success, an error of Slack's own."""
    channel = await stage.declared()
    faults = stage.slack.faults
    if trouble == "internal_error":
        fault = faults.error("chat.postMessage", trouble, times=3)
    else:
        fault = getattr(faults, trouble)("chat.postMessage", times=3)
    answer = await stage.alice.types("/incident event db failover started", channel)
    assert "db failover started" in answer.text, "the typist is answered at once"
    await stage.minutes(10)
    assert posted(stage, channel, "db failover started") == 1
    assert fault.met == (1 if trouble == "answer_lost" else 3), "found again, it is not sent again"
    line = only_line(await stage.incident(channel))
    assert line.evidence is not None, "and it is the evidence"


async def test_a_rate_limit_is_waited_out_for_as_long_as_slack_says(stage: Stage) -> None:
    channel = await stage.declared()
    stage.slack.faults.rate_limit("chat.postMessage", retry_after=90)
    await stage.alice.types("/incident event db failover started", channel)
    await stage.minutes(1)
    assert posted(stage, channel, "db failover started") == 0
    await stage.minutes(1)
    assert posted(stage, channel, "db failover started") == 1
    first, second = stage.slack.calls_of("chat.postMessage")[-2:]
    assert second.at - first.at >= 90


async def test_lines_typed_during_trouble_keep_their_order(stage: Stage) -> None:
    channel = await stage.declared()
    stage.slack.faults.server_error("chat.postMessage", times=2)
    for number in range(4):
        await stage.alice.types(f"/incident event step {number}", channel)
    await stage.minutes(5)
    told = [line for line in stage.log_lines(channel) if "step" in line]
    assert [line[-1] for line in told] == ["0", "1", "2", "3"]


@pytest.mark.parametrize("method", ["conversations.create", "chat.postMessage", "pins.add", "bookmarks.add"])
async def test_an_answer_lost_while_declaring_doubles_nothing(stage: Stage, method: str) -> None:
    """One channel, one card, one pin, one bookmark."""
    stage.slack.faults.answer_lost(method)
    await stage.alice.types("/incident declare Checkout is failing sev2", stage.general)
    await stage.minutes(5)
    (channel,) = [c for c in stage.slack.world.channels.values() if c.name.startswith("incident-")]
    cards = [m for m in stage.bot_posts(channel) if not m.is_reply]
    assert len(cards) == 1 and [m.ts for m in stage.slack.world.pins(channel)] == [cards[0].ts]
    assert len(channel.bookmarks) == 1
    assert len(stage.log_lines(channel)) == 1


async def test_an_answer_lost_for_the_confirmation_leaves_one_reaction(stage: Stage) -> None:
    channel = await stage.declared()
    message = await stage.bob.says(channel, "Errors everywhere")
    await stage.settle()
    stage.slack.faults.answer_lost("reactions.add")
    await stage.carol.reacts(message, "pushpin")
    await stage.minutes(2)
    assert message.reactions["memo"] == [stage.slack.world.bot_user_id]


async def test_an_answer_lost_while_the_draft_goes_out_posts_it_once(stage: Stage) -> None:
    """Summary and file."""
    channel = await stage.declared("Checkout is failing --started 14:40")
    stage.slack.faults.answer_lost("chat.postMessage")
    stage.slack.faults.answer_lost("files.completeUploadExternal")
    await stage.alice.types("/incident resolve", channel)
    await stage.minutes(5)
    assert len([f for m in channel.messages.values() for f in m.files]) == 1
    assert len([m for m in stage.bot_posts(channel) if not m.is_reply and not m.pinned]) == 1


# ---- two incidents


async def test_scenario_23_two_incidents_at_once_never_mix(stage: Stage) -> None:
    """Same minute, same people, same words: each line stays where it was said or typed."""
    first = await stage.declared("Checkout is failing")
    second = await stage.declared("Checkout is failing")
    assert first.name != second.name
    here = await stage.bob.says(first, "Errors everywhere")
    there = await stage.bob.says(second, "Errors everywhere")
    await stage.alice.reacts(here, "rotating_light")
    await stage.alice.reacts(there, "boom")
    await stage.carol.types("/incident event only in the first", first)
    await stage.carol.types("/incident event only in the second", second)
    one, two = await stage.incident(first), await stage.incident(second)
    assert texts(one) == ["Errors everywhere", "only in the first"]
    assert texts(two) == ["Errors everywhere", "only in the second"]
    assert reached(one, Milestone.STARTED) is None and reached(two, Milestone.DETECTED) is None
    assert one.number != two.number
    assert "only in the second" not in await draft(stage, first)


async def test_scenario_23_a_thread_copied_into_the_other_channel_is_the_others_own(stage: Stage) -> None:
    """The copy is a message of its own, at its own time."""
    first, second = await stage.declared("Checkout is failing"), await stage.declared("Search is slow")
    parent = await stage.bob.says(first, "What do we see?")
    reply = await stage.carol.says(first, "5xx on checkout", thread=parent)
    await stage.minutes(5)
    copied = await stage.bob.says(second, "5xx on checkout")
    await stage.alice.reacts(reply, "rotating_light")
    await stage.alice.reacts(copied, "pushpin")
    one, two = await stage.incident(first), await stage.incident(second)
    assert (clock(only_line(one).at), clock(only_line(two).at)) == ("13:50:00", "13:55:00")
    assert reached(two, Milestone.DETECTED) is None


async def test_scenario_23_a_command_in_the_wrong_channel_asks_which_incident(stage: Stage) -> None:
    """Nothing typed is lost: the choice does it, as of when it was typed."""
    first, second = await stage.declared("Checkout is failing"), await stage.declared("Search is slow")
    answer = await stage.bob.types("/incident event --at 09:45 db failover started", stage.general)
    assert "Which one" in answer.text
    await stage.minutes(3)
    number = (await stage.incident(second)).number
    await stage.bob.presses(answer.whispers[-1], f"{number} Search is slow")
    assert texts(await stage.incident(first)) == []
    line = only_line(await stage.incident(second))
    assert (clock(line.at), str(line.text), line.author) == ("13:45:00", "db failover started", stage.bob.id)


async def test_scenario_23_two_incidents_in_one_channel_after_another(stage: Stage) -> None:
    """A standing channel that is adopted again takes what is said to the incident that is open."""
    room = await stage.alice.creates_channel("payments-war-room")
    await stage.alice.invites(room)
    await stage.alice.types("/incident declare Slow payments --here", room)
    refused = await stage.alice.types("/incident declare Slow again --here", room)
    assert "already" in refused.text
    await stage.alice.types("/incident resolve", room)
    await stage.alice.types("/incident close", room)
    await stage.settle()
    old = await stage.desk.store.incident_at(room.id)
    await stage.minutes(30)
    await stage.alice.types("/incident declare Payments fail --here", room)
    message = await stage.alice.says(room, "It is back")
    await stage.alice.reacts(message, "boom")
    incident = await stage.incident(room)
    assert incident.id != old and texts(incident) == ["It is back"]
    assert old is not None and (await stage.desk.store.incident(old)).timeline() == []
