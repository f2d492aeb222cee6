"""A channel is renamed, archived, made private or lost, also while nobody listens; the incident and others go on."""

from __future__ import annotations

import pytest

from tests.slackd.records import Channel, Message
from tests.stage import Stage
from tests.stories.reading import draft, texts
from tests.stories.test_adoption import offered_directly, offers


def told_directly(stage: Stage, of: str = "cannot read") -> list[Message]:
    """What Alice, who declared, was told about a lost channel."""
    return [m for m in stage.alice.dm.messages.values() if of in m.text]


async def one_captured(stage: Stage) -> Channel:
    channel = await stage.declared()
    message = await stage.bob.says(channel, "errors everywhere")
    await stage.settle()
    await stage.alice.reacts(message, "boom")
    await stage.minutes(5)
    return channel


@pytest.mark.parametrize("away", [False, True])
async def test_scenario_27_an_archived_channel_is_said_once_and_the_draft_is_made_from_what_is_stored(
    stage: Stage, away: bool
) -> None:
    channel = await one_captured(stage)
    if away:
        await stage.leaves()
        await stage.minutes(10)
    await stage.bob.archives(channel)
    if away:
        await stage.minutes(30)
        await stage.returns()
    await stage.minutes(30)
    assert len(told_directly(stage)) == 1 and "it is archived" in told_directly(stage)[0].text
    incident = await stage.incident(channel)
    assert incident.unreachable == "is_archived" and texts(incident) == ["errors everywhere"]
    assert [gap.unread for gap in incident.absences] == (["is_archived"] if away else [])
    report = await stage.alice.types(f"/incident report {incident.number}", stage.general)
    assert "incident" in report.text.lower()


@pytest.mark.parametrize("away", [False, True])
async def test_scenario_27_scribe_is_put_out_and_what_was_missed_is_read_back_when_it_is_invited_again(
    stage: Stage, away: bool
) -> None:
    channel = await one_captured(stage)
    if away:
        await stage.leaves()
        await stage.minutes(10)
    await stage.bob.removes(channel)
    if away:
        await stage.minutes(30)
        await stage.returns()
    await stage.settle()
    assert "invite it again" in told_directly(stage)[0].text.lower()
    message = await stage.bob.says(channel, "back to normal")
    await stage.alice.reacts(message, "adhesive_bandage")
    await stage.minutes(5)
    assert texts(await stage.incident(channel)) == ["errors everywhere"]
    await stage.alice.invites(channel)
    await stage.minutes(5)
    incident = await stage.incident(channel)
    assert texts(incident) == ["errors everywhere", "back to normal"] and incident.unreachable == ""
    assert len(told_directly(stage)) == 1


async def test_scenario_27_one_lost_channel_does_not_keep_another_from_being_read_back(stage: Stage) -> None:
    lost = await one_captured(stage)
    kept = await stage.declared("Search is slow sev3")
    await stage.leaves()
    await stage.bob.deletes_channel(lost)
    message = await stage.bob.says(kept, "index rebuilt")
    await stage.alice.reacts(message, "pushpin")
    await stage.minutes(40)
    await stage.returns()
    assert texts(await stage.incident(kept)) == ["index rebuilt"]
    assert "it is gone" in told_directly(stage)[0].text
    assert "errors everywhere" in await draft(stage, kept) or texts(await stage.incident(kept))


async def test_scenario_27_a_channel_renamed_while_away_keeps_its_incident_under_the_new_name(stage: Stage) -> None:
    channel = await one_captured(stage)
    await stage.leaves()
    await stage.alice.renames(channel, "incident-checkout-eu")
    await stage.minutes(40)
    await stage.returns()
    assert (await stage.incident(channel)).channel_name == "incident-checkout-eu"
    assert offers(stage) == []


@pytest.mark.parametrize("away", [False, True])
async def test_scenario_27_a_channel_made_private_makes_its_incident_private(stage: Stage, away: bool) -> None:
    """Whoever is not in it hears of it no more."""
    channel = await one_captured(stage)
    dave = stage.slack.person("dave")
    stage.slack.world.join(stage.general, dave.id)
    if away:
        await stage.leaves()
        await stage.minutes(40)
    await stage.alice.makes_private(channel)
    if away:
        await stage.returns()
    assert (await stage.incident(channel)).private
    listed = await dave.types("/incident list", stage.general)
    assert "Checkout is failing" not in str(listed.whispers[-1].blocks)


async def test_scenario_25_offline_when_the_incident_begins(stage: Stage) -> None:
    """People make their channel themselves; once Scribe is back it offers to adopt it, and reads all of it."""
    await stage.declared()
    await stage.leaves()
    await stage.minutes(10)
    room = await stage.alice.creates_channel("incident-payments")
    stage.slack.world.join(room, stage.bob.id)
    message = await stage.bob.says(room, "errors everywhere")
    await stage.bob.reacts(message, "boom")
    await stage.minutes(30)
    await stage.returns()
    (offer,) = offered_directly(stage)
    form = (await stage.alice.presses(offer, "Adopt it")).view
    assert form is not None
    await stage.alice.fills(form, {"title": "Slow payments"})
    assert (await stage.alice.submits(form)).closed
    assert texts(await stage.incident(room)) == ["errors everywhere"]


async def test_a_channel_that_invited_scribe_or_took_its_name_while_away_is_offered_once(stage: Stage) -> None:
    invited = await stage.alice.creates_channel("payments-room")
    renamed = await stage.alice.creates_channel("search-room")
    old = await stage.alice.creates_channel("old-room")
    for room in (renamed, old):
        await stage.alice.invites(room)
    await stage.minutes(1)
    old.name = "incident-old"  # long ago
    await stage.leaves()
    await stage.minutes(10)
    invited.name = "incident-payments"
    await stage.alice.invites(invited)
    await stage.alice.renames(renamed, "incident-search")
    await stage.minutes(30)
    await stage.returns()
    assert len(offers(stage, invited)) == 1 and len(offers(stage, renamed)) == 1 and offers(stage, old) == []
    await stage.leaves()
    await stage.minutes(40)
    await stage.returns()
    assert len(offers(stage)) == 2
