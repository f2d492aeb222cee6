"""The Home tab and `/incident actions mine`: what is mine, what waits for me, what is live (PRODUCT 3.1)."""

from __future__ import annotations

import json
from datetime import date

from tests.slackd.forms import elements
from tests.slackd.people import Person
from tests.slackd.records import Channel, View
from tests.stage import Stage
from tests.stories.reminders import given


def words(view: View | None) -> str:
    assert view is not None
    return json.dumps(view.blocks, ensure_ascii=False)


async def home(stage: Stage, who: Person) -> str:
    view = await who.opens_home()
    await stage.settle()
    return words(view)


def seen(who: Person) -> str:
    """What the Home tab shows without being opened again."""
    return words(who.home)


def first(view: View | None, label: str) -> str:
    """The address of the first element with this label: each item has its own."""
    assert view is not None
    return next(element.address for element in elements(view.blocks) if element.label == label)


async def with_item(stage: Stage, text: str = "Add alert on replica lag", due: str = "2026-03-20") -> Channel:
    channel = await stage.declared("Checkout is failing sev2 --service api")
    await stage.alice.types(f"/incident action add {text} @bob due {due}", channel)
    await stage.settle()
    return channel


async def private_incident(stage: Stage) -> Channel:
    known = set(stage.slack.world.channels)
    await stage.alice.types("/incident declare Token leak sev1 --private", stage.general)
    await stage.settle()
    (made,) = [c for key, c in stage.slack.world.channels.items() if key not in known]
    return made


async def test_before_the_first_incident_it_says_that_there_is_nothing(either_stage: Stage) -> None:
    text = await home(either_stage, either_stage.bob)
    assert "Your action items · 0" in text and "Nothing is yours to do" in text
    assert "Live incidents · 0" in text and "None that you can see" in text and "Waiting for you" not in text


async def test_it_shows_what_is_mine_and_follows_when_that_changes(either_stage: Stage) -> None:
    stage = either_stage
    channel = await with_item(stage)
    assert "Add alert on replica lag" in await home(stage, stage.bob)
    assert "Your action items · 0" in await home(stage, stage.carol)
    await stage.alice.types("/incident action due A1 2026-03-25", channel)
    await stage.settle()
    assert "due 2026-03-25" in seen(stage.bob)
    await stage.alice.types("/incident action assign A1 @carol", channel)
    await stage.settle()
    assert "Your action items · 0" in seen(stage.bob) and "Your action items · 1" in seen(stage.carol)
    await stage.alice.types("/incident action done A1", channel)
    await stage.settle()
    assert "Your action items · 0" in seen(stage.carol)


async def test_whoever_never_opened_it_has_none_made(stage: Stage) -> None:
    await with_item(stage)
    assert stage.bob.home is None
    await stage.bob.opens_home("messages")
    await stage.settle()
    assert stage.bob.home is None


async def test_each_button_does_what_it_says_and_the_answer_stands_on_top(stage: Stage) -> None:
    channel = await with_item(stage)
    await stage.alice.types("/incident action add Write the runbook @bob due 2026-03-21", channel)
    await stage.alice.types("/incident action add Tidy up @bob due 2026-03-22", channel)
    await home(stage, stage.bob)
    assert stage.bob.home is not None
    answer = await stage.bob.presses(stage.bob.home, first(stage.bob.home, "Done…"))
    assert answer.view is not None
    await stage.bob.fills(answer.view, {"verification": "It fired in staging"})
    assert (await stage.bob.submits(answer.view)).closed
    await stage.settle()
    assert (await stage.incident(channel)).actions["A1"].status == "done"
    assert "Add alert" not in seen(stage.bob) and "Your action items · 2" in seen(stage.bob)
    await stage.bob.presses(stage.bob.home, first(stage.bob.home, "Snooze"), "In a week")
    await stage.settle()
    assert "put off until 2026-03-17" in seen(stage.bob)
    answer = await stage.bob.presses(stage.bob.home, first(stage.bob.home, "Decline…"))
    assert answer.view is not None
    await stage.bob.fills(answer.view, {"reason": "superseded"})
    assert (await stage.bob.submits(answer.view)).closed
    answer = await stage.bob.presses(stage.bob.home, first(stage.bob.home, "Reassign…"))
    assert answer.view is not None
    await stage.bob.fills(answer.view, {"owner": stage.carol})
    assert (await stage.bob.submits(answer.view)).closed
    await stage.settle()
    assert "Your action items · 0" in seen(stage.bob)


async def test_a_stale_button_says_so_and_shows_how_things_stand(stage: Stage) -> None:
    channel = await with_item(stage)
    await home(stage, stage.bob)
    assert stage.bob.home is not None
    old = View(**{name: getattr(stage.bob.home, name) for name in View.__dataclass_fields__})
    await stage.alice.types("/incident action done A1", channel)
    await stage.settle()
    await stage.bob.presses(old, text="Done…")
    await stage.settle()
    assert "Nothing was changed" in seen(stage.bob) and "Your action items · 0" in seen(stage.bob)


async def test_private_incidents_are_seen_by_their_members_only_and_only_while_they_are(stage: Stage) -> None:
    channel = await private_incident(stage)
    stage.slack.world.join(channel, stage.bob.id)
    await stage.alice.types("/incident action add Rotate the swordfish @bob due 2026-03-20", channel)
    await stage.settle()
    assert "swordfish" in await home(stage, stage.bob) and "Token leak" in seen(stage.bob)
    assert "Token leak" not in await home(stage, stage.carol)
    await stage.alice.removes(channel, stage.bob)
    text = await home(stage, stage.bob)
    assert "swordfish" not in text and "Token leak" not in text


async def test_a_draft_and_a_signature_wait_for_those_whom_they_wait_for(stage: Stage) -> None:
    channel = await stage.declared("Checkout is failing sev1 --family coe --commander @bob")
    await home(stage, stage.bob)
    await stage.alice.types("/incident resolve", channel)
    await stage.settle()
    assert "The report is still a draft: ask for its review" in seen(stage.bob)
    assert stage.bob.home is not None
    await stage.bob.presses(stage.bob.home, text="Ask for review")
    await stage.settle()
    assert "still a draft" not in seen(stage.bob)
    assert seen(stage.bob).count("The report waits for your sign-off") == 1  # nobody is named yet, so Bob answers
    await stage.bob.presses(stage.bob.home, text="Sign off")
    await stage.settle()
    assert "You are not named to sign this report" in seen(stage.bob)
    await stage.alice.types("/incident set author @bob", channel)
    await stage.settle()
    await stage.bob.presses(stage.bob.home, text="Sign off")
    await stage.settle()
    assert (await stage.incident(channel)).signed


async def test_each_button_of_what_waits_works_there_too(stage: Stage) -> None:
    channel = await stage.declared("Checkout is failing sev2 --commander @bob")
    await stage.alice.types("/incident resolve rolled back", channel)
    await stage.settle()
    assert "Hold the review meeting" in await home(stage, stage.bob)

    async def presses(label: str) -> View | None:
        assert stage.bob.home is not None
        answer = await stage.bob.presses(stage.bob.home, first(stage.bob.home, label))
        await stage.settle()
        return answer.view

    await presses("See the report")
    assert "Report so far: 🟠 Checkout is failing" in seen(stage.bob)
    form = await presses("Set its date…")
    assert form is not None
    await stage.bob.fills(form, {"meeting_date": "2026-03-13"})
    assert (await stage.bob.submits(form)).closed
    await stage.settle()
    assert "Hold the review meeting\\ndue 2026-03-13" in seen(stage.bob)
    await presses("Held")
    assert "Hold the review meeting" not in seen(stage.bob)
    assert await presses("Tick what is done…") is not None
    await presses("Not needed")
    assert "Checklist" not in seen(stage.bob)


async def test_two_hundred_items_come_page_by_page_within_slacks_blocks(stage: Stage) -> None:
    channel = await stage.declared("Everything at once sev1")
    await given(stage, channel, stage.bob, {n: date(2026, 4, (n - 1) % 28 + 1) for n in range(1, 201)})
    for n in range(16):
        await stage.declared(f"Live one {n}")
    text = await home(stage, stage.bob)
    assert "Your action items · 200" in text and "Item number 001" in text and "Live incidents · 17" in text
    assert stage.bob.home is not None and len(stage.bob.home.blocks) <= 100
    await stage.bob.presses(stage.bob.home, text="More")
    await stage.settle()
    assert "Item number 001" not in seen(stage.bob) and "Item number 003" in seen(stage.bob)
    answer = await stage.bob.types("/incident actions mine", stage.general)
    assert "200 items · page 1 of 25" in answer.text


async def test_actions_mine_lists_them_with_their_buttons_wherever_it_is_typed(stage: Stage) -> None:
    assert "0 items" in (await stage.bob.types("/incident actions mine", stage.general)).text
    channel = await with_item(stage)
    answer = await stage.bob.types("/incident actions mine", stage.general)
    assert "1 item" in answer.text and "Add alert on replica lag" in json.dumps(answer.blocks)
    form = (await stage.bob.presses(answer.whispers[-1], text="Change date…")).view
    assert form is not None
    await stage.bob.fills(form, {"due": "2026-04-01"})
    assert (await stage.bob.submits(form)).closed
    assert str((await stage.incident(channel)).actions["A1"].due) == "2026-04-01"


async def test_a_guest_sees_the_incidents_of_their_own_channels(stage: Stage) -> None:
    guest = stage.slack.guest("gustav", name="Gustav Guest")
    channel = await with_item(stage)
    assert "Live incidents · 0" in await home(stage, guest)
    stage.slack.world.join(channel, guest.id)
    assert "Live incidents · 1" in await home(stage, guest)
    assert guest.home is not None
    await guest.presses(guest.home, text="Declare an incident")
    await stage.settle()
    assert "takes no commands from you" in seen(guest)
