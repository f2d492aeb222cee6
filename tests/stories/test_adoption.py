"""Adopting a channel: `--here`, the offer in channels named like incidents, and all that was said there before."""

from __future__ import annotations

import pytest

from bot.words import Kind, Milestone
from tests.slackd.people import Answer
from tests.slackd.records import Channel, Ephemeral, Message, View
from tests.stage import Stage
from tests.stories.reading import clock, confirmed, reached, remembered, texts


async def war_room(stage: Stage, name: str = "payments-war-room", *, private: bool = False) -> Channel:
    room = await stage.alice.creates_channel(name, private=private)
    for person in (stage.bob, stage.carol):
        stage.slack.world.join(room, person.id, inviter=stage.alice.id)
    return room


def offers(stage: Stage, channel: Channel | None = None) -> list[Ephemeral]:
    """The offers to adopt that Alice sees in channels."""
    return [w for w in stage.alice.inbox if "Adopt it" in str(w.blocks) and channel in (None, _in(stage, w))]


def _in(stage: Stage, whisper: Ephemeral) -> Channel:
    return stage.slack.world.channels[whisper.channel]


def offered_directly(stage: Stage) -> list[Message]:
    return [m for m in stage.alice.dm.messages.values() if "Adopt it" in str(m.blocks)]


def opened(answer: Answer) -> View:
    assert answer.view is not None, answer.text or answer.error
    return answer.view


# ---- what was there before


async def test_adoption_reads_messages_replies_files_and_reactions_back(stage: Stage) -> None:
    """Nothing is typed again: what was said and marked before stands at its own time, with author and witnesses."""
    room = await war_room(stage)
    first = await stage.bob.says(room, "Errors everywhere")
    await stage.minutes(2)
    reply = await stage.carol.says(room, "since the deploy", thread=first)
    await stage.minutes(2)
    alert = await stage.slack.alert_bot("grafana").alerts(room, "High error rate", "31 %")
    await stage.minutes(2)
    edited = await stage.bob.says(room, "rolled bcak")
    await stage.bob.edits(edited, "rolled back")
    gone = await stage.bob.says(room, "the zebra escaped")
    await stage.alice.reacts(gone, "pushpin")
    await stage.bob.deletes(gone)
    graph = await stage.bob.says(room, "see", files=[("graph.png", b"png")])
    for person, message, emoji in (
        (stage.alice, first, "boom"),
        (stage.carol, first, "boom"),
        (stage.alice, reply, "mag"),
        (stage.bob, alert, "rotating_light"),
        (stage.carol, edited, "hammer_and_wrench"),
        (stage.carol, graph, "pushpin"),
        (stage.carol, graph, "eyes"),
    ):
        await stage.minutes(1)
        await person.reacts(message, emoji)
    await stage.minutes(30)
    await stage.alice.invites(room)
    answer = await stage.alice.types("/incident declare Slow payments sev2 --here", room)
    assert "Declared" in answer.text
    incident = await stage.incident(room)
    assert [(clock(e.at), str(e.text), e.author) for e in incident.timeline()] == [
        ("13:50:00", "Errors everywhere", stage.bob.id),
        ("13:52:00", "since the deploy", stage.carol.id),
        ("13:54:00", "High error rate\n31 %", "grafana"),
        ("13:56:00", "rolled back", stage.bob.id),
        ("13:56:00", "see", stage.bob.id),
    ]
    assert sorted(incident.witnesses(incident.timeline()[0].id)) == [stage.alice.id, stage.carol.id]
    assert reached(incident, Milestone.STARTED) == "13:50:00" and reached(incident, Milestone.DETECTED) == "13:54:00"
    assert reached(incident, Milestone.MITIGATION_STARTED) == "13:56:00"
    assert len(incident.timeline()[-1].files) == 1
    await stage.settle()
    assert all(confirmed(stage, room, m.ts) for m in (first, reply, alert, edited, graph))
    assert "zebra" not in remembered(stage)


async def test_of_several_kinds_the_one_put_on_first_counts_also_when_read_back(stage: Stage) -> None:
    """History keeps the order in which the emoji came, though not their times."""
    room = await war_room(stage)
    message = await stage.bob.says(room, "Is it the cache?")
    for person, emoji in ((stage.carol, "mag"), (stage.alice, "no_entry_sign"), (stage.bob, "scales")):
        await person.reacts(message, emoji)
    await stage.alice.invites(room)
    await stage.alice.types("/incident declare Slow payments --here", room)
    incident = await stage.incident(room)
    assert incident.kind(incident.timeline()[0].id) is Kind.HYPOTHESIS


async def test_a_long_channel_is_read_back_page_by_page_through_a_rate_limit(stage: Stage) -> None:
    room = await war_room(stage)
    marked = []
    for number in range(450):
        message = await stage.bob.says(room, f"line {number}")
        if number % 50 == 0:
            marked.append(message)
            await stage.alice.reacts(message, "pushpin")
    stage.slack.faults.rate_limit("conversations.history", retry_after=1, times=1)
    await stage.alice.invites(room)
    await stage.alice.types("/incident declare Slow payments --here", room)
    await stage.minutes(2)
    assert texts(await stage.incident(room)) == [f"line {number}" for number in range(0, 450, 50)]


async def test_reactions_go_on_after_the_adoption_where_they_stopped(stage: Stage) -> None:
    """One taken back later withdraws what was read back."""
    room = await war_room(stage)
    message = await stage.bob.says(room, "Errors everywhere")
    await stage.alice.reacts(message, "boom")
    await stage.alice.invites(room)
    await stage.minutes(1)
    await stage.alice.types("/incident declare Slow payments --here", room)
    assert texts(await stage.incident(room)) == ["Errors everywhere"]
    await stage.minutes(1)
    await stage.alice.unreacts(message, "boom")
    assert texts(await stage.incident(room)) == []
    await stage.minutes(1)
    await stage.carol.reacts(message, "boom")
    assert texts(await stage.incident(room)) == ["Errors everywhere"]


async def test_reading_back_again_changes_nothing_that_is_right_already(stage: Stage) -> None:
    """What somebody took off the timeline stays off; archiving reads the channel back once more."""
    room = await war_room(stage)
    kept = await stage.bob.says(room, "Errors everywhere")
    wrong = await stage.bob.says(room, "lunch?")
    for message in (kept, wrong):
        await stage.alice.reacts(message, "pushpin")
    await stage.alice.invites(room)
    await stage.alice.types("/incident declare Slow payments --here", room)
    await stage.settle()
    await stage.minutes(1)
    await stage.alice.types("/incident undo", room)
    off = [text for text in ("Errors everywhere", "lunch?") if text not in texts(await stage.incident(room))]
    assert len(off) == 1
    for line in ("resolve", "close"):
        await stage.minutes(1)
        await stage.alice.types(f"/incident {line}", room)
    await stage.settle()
    incident = await stage.incident(room)
    before = {key: incident.marks[key] for key in incident.entries}
    archive = next(w for w in reversed(stage.alice.inbox) if "archive" in str(w.blocks))
    await stage.alice.presses(archive, "archive")
    await stage.minutes(2)
    assert room.is_archived
    incident = await stage.incident(room)
    assert {key: incident.marks[key] for key in incident.entries} == before
    assert not set(off) & set(texts(incident))


# ---- here


async def test_here_enters_a_public_channel_by_itself_and_makes_no_other(stage: Stage) -> None:
    room = await war_room(stage)
    known = set(stage.slack.world.channels)
    await stage.alice.types("/incident declare Slow payments sev2 --here", room)
    incident = await stage.incident(room)
    assert incident.channel == room.id and incident.channel_name == "payments-war-room"
    await stage.settle()
    assert set(stage.slack.world.channels) - known <= {stage.alice.dm.id}
    card = stage.card(room)
    assert card.pinned and incident.number in room.topic.value


async def test_here_in_a_private_channel_asks_for_an_invitation_first(stage: Stage) -> None:
    """Scribe cannot enter by itself; invited, the incident is private, as its channel is."""
    room = await war_room(stage, private=True)
    answer = await stage.alice.types("/incident declare Zebra breach --here", room)
    assert "invite" in answer.text and "Zebra breach" in str(answer.blocks)
    await stage.alice.invites(room)
    await stage.alice.types("/incident declare Zebra breach --here", room)
    assert (await stage.incident(room)).private


async def test_here_in_an_incident_channel_is_refused(stage: Stage) -> None:
    channel = await stage.declared()
    number = (await stage.incident(channel)).number
    answer = await stage.bob.types("/incident declare Another one --here", channel)
    assert number in answer.text and "already" in answer.text


async def test_here_without_a_title_opens_the_form_and_adopts(stage: Stage) -> None:
    room = await war_room(stage)
    form = opened(await stage.alice.types("/incident declare --here", room))
    await stage.alice.fills(form, {"title": "Slow payments"})
    assert (await stage.alice.submits(form)).closed
    assert str((await stage.incident(room)).title) == "Slow payments"


async def test_adopting_by_a_line_makes_no_offer_to_adopt(stage: Stage) -> None:
    """Scribe joins a channel named like an incident because it was told to; it does not ask as well."""
    room = await war_room(stage, "random-outage")
    await stage.alice.renames(room, "incident-payments")
    await stage.settle()
    before = len(offers(stage)) + len(offered_directly(stage))
    await stage.alice.types("/incident declare Slow payments --here", room)
    await stage.minutes(1)
    assert len(offers(stage)) + len(offered_directly(stage)) == before


async def test_scribes_own_channels_get_no_offer(stage: Stage) -> None:
    await stage.declared()
    await stage.minutes(1)
    assert offers(stage) == [] and offered_directly(stage) == []


# ---- offers


@pytest.mark.parametrize("private", [False, True])
async def test_inviting_scribe_into_a_channel_named_like_an_incident_gets_an_offer(stage: Stage, private: bool) -> None:
    """One quiet message to whoever invited; pressing it opens the form, and the channel is adopted."""
    room = await war_room(stage, "outage-7", private=private)
    message = await stage.bob.says(room, "Errors everywhere")
    await stage.alice.reacts(message, "boom")
    room.name = "incident-7"
    await stage.alice.invites(room)
    await stage.settle()
    (offer,) = offers(stage, room)
    assert not stage.bot_posts(room), "quiet"
    form = opened(await stage.alice.presses(offer, "Adopt it"))
    await stage.alice.fills(form, {"title": "Slow payments"})
    assert (await stage.alice.submits(form)).closed
    incident = await stage.incident(room)
    assert texts(incident) == ["Errors everywhere"] and incident.private is private


async def test_creating_a_channel_named_like_an_incident_gets_an_offer(stage: Stage) -> None:
    """Scribe is not in it, so its creator is asked directly, and adopting it brings Scribe in."""
    room = await stage.alice.creates_channel("incident-payments")
    await stage.settle()
    (offer,) = offered_directly(stage)
    form = opened(await stage.alice.presses(offer, "Adopt it"))
    await stage.alice.fills(form, {"title": "Slow payments"})
    assert (await stage.alice.submits(form)).closed
    assert (await stage.incident(room)).channel == room.id
    assert stage.slack.world.bot_user_id in room.members


async def test_renaming_a_channel_like_an_incident_gets_an_offer(stage: Stage) -> None:
    room = await war_room(stage, "random-outage")
    await stage.alice.invites(room)
    await stage.settle()
    assert offers(stage) == []
    await stage.alice.renames(room, "incident-payments")
    await stage.settle()
    assert len(offers(stage, room)) == 1


async def test_an_offer_is_made_once_and_a_no_is_a_no(stage: Stage) -> None:
    """Deliveries come twice; the channel is left and entered again."""
    room = await war_room(stage, "random-outage")
    await stage.alice.renames(room, "incident-payments")
    await stage.settle()
    before = len(offers(stage)) + len(offered_directly(stage))
    assert before == 1
    stage.slack.faults.duplicate_events(10)
    await stage.alice.invites(room)
    await stage.settle()
    await stage.alice.removes(room)
    await stage.alice.invites(room)
    await stage.settle()
    assert len(offers(stage)) + len(offered_directly(stage)) <= 1


async def test_other_channels_get_no_offer(stage: Stage) -> None:
    room = await war_room(stage)
    await stage.alice.invites(room)
    await stage.alice.creates_channel("lunch")
    await stage.alice.renames(room, "payments")
    await stage.settle()
    assert offers(stage) == [] and offered_directly(stage) == []


async def test_an_incidents_channel_keeps_its_incident_under_another_name(stage: Stage) -> None:
    channel = await stage.declared()
    await stage.alice.renames(channel, "incident-checkout-eu")
    await stage.settle()
    assert (await stage.incident(channel)).channel_name == "incident-checkout-eu"
    assert offers(stage) == []
