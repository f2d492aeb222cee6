"""The spine: declare, capture, resolve, read the draft."""

from __future__ import annotations

from bot.milestones import counting
from bot.words import Milestone, Status
from tests.stage import Stage


async def test_an_incident_from_declare_to_draft(either_stage: Stage) -> None:
    """One line declares; typed and marked lines are captured; resolving posts the draft."""
    stage = either_stage
    channel = await stage.declared("Checkout is failing sev2 --started 14:40")
    assert channel.name == "incident-20260310-1350-checkout-is-failing"
    assert stage.alice.id in channel.members
    card = stage.card(channel)
    assert "Checkout is failing" in str(card.blocks)
    assert card.pinned

    await stage.minutes(3)
    answer = await stage.alice.types("/incident event --at 14:45 db failover started", channel)
    assert "db failover started" in answer.text
    seen = await stage.bob.says(channel, "Error rate is 31 %")
    await stage.settle()
    await stage.bob.reacts(seen, "rotating_light")
    await stage.minutes(20)
    better = await stage.bob.says(channel, "Rolled back, all green")
    await stage.settle()
    await stage.alice.reacts(better, "adhesive_bandage")
    await stage.settle()
    answer = await stage.alice.types("/incident resolve", channel)
    assert any("is now resolved" in whisper.text for whisper in answer.whispers)
    await stage.settle()

    incident = await stage.incident(channel)
    assert incident.status is Status.RESOLVED
    assert [str(e.text) for e in incident.timeline()] == [
        "db failover started",
        "Error rate is 31 %",
        "Rolled back, all green",
    ]
    detected = counting(incident, Milestone.DETECTED)
    assert detected is not None
    assert f"{detected.at:%H:%M}" == "13:53"
    files = [f for m in channel.messages.values() for f in m.files]
    assert len(files) == 1, [(m.text, m.files, m.subtype) for m in channel.messages.values()]
    draft = stage.slack.world.files[files[0]].content.decode()
    assert "db failover started" in draft
    assert "Rolled back, all green" in draft
