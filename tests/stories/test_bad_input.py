"""What bad input gets: a sentence, an example that works, what was typed, and nothing lost (PRODUCT 5)."""

from __future__ import annotations

import asyncio
import json
import re
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Literal

import pytest

from bot.commands import Request
from bot.decision import Refused
from bot.moments import parse_moment
from bot.phrases import parse
from bot.phrases.verbs import VERBS
from bot.words import Milestone, Wire
from tests.databases import fresh_sqlite
from tests.slackd.desk import Answer
from tests.slackd.forms import elements
from tests.slackd.people import Person
from tests.slackd.records import Channel, Ephemeral
from tests.slackd.server import Slackd
from tests.stage import MANIFEST, MORNING, Stage, scribe_at_work, settings_for, staged
from tests.stories.reading import clock, only_line, reached, texts, top_level

WRONG = {
    "declare Checkout down --started 2031-01-01 10:00": "2031-01-01",
    "declare Checkout down --colour red": "--colour",
    "declare Checkout down --sev purple": "“purple”",
    "declare Checkout down --type catastrophe": "“catastrophe”",
    "declare Checkout down --family novel": "novel",
    "declare Checkout down --commander bob": "“bob”",
    "event --at 2031-01-01 10:00 too early": "2031-01-01",
    "event --at 31 June 10:00 no such day": "2026-06-31",
    "event --as nonsense words": "“nonsense”",
    "event --at": "--at",
    "search ?!": "which words",
    "metrics 2026-13": "no such day",
    "remind me tomorrow": "on, off or pause",
    "diff novel 1 2": "novel",
    "versions novel": "novel",
    "version ???": "which version",
    "sign novel": "novel",
    "event 13:00 fine\n13:01": "Line 2",
    "event three minutes later it broke": "“three minutes later”",
    "mark detcted 13:58": "“detcted”",
    "mark detected 25:99": "25:99",
    "mark detected": "detected",
    "mark detected 14:01 detected 14:02": "twice",
    "status sleeping": "“sleeping”",
    "status cancelled": "cancelled",
    "status investigating": "investigating already",
    "severity purple": "“purple”",
    "severity sev2": "already",
    "mitigate --at 2031-01-01 10:00": "2031-01-01",
    "resolve --at 2031-01-01 10:00": "2031-01-01",
    "reopen it is back": "open",
    "close --at 2031-01-01 10:00": "2031-01-01",
    "merge into nowhere": "nowhere",
    "merge into @bob": "names no incident",
    "move x": "link",
    "move nonsense to INC-1": "“nonsense”",
    "assign kommander @bob": "“kommander @bob",
    "assign commander bob": "“bob”",
    "set user_affected 5": "users_affected",
    "set users_affected many": "“many”",
    "set users_affected_share 34": "34%",
    "set nonsense": "“nonsense”",
    "unset nonsense": "“nonsense”",
    "unset": "take back",
    "action done A99": "A99",
    "action decline A1": "A1",
    "action frobnicate A1": "“frobnicate",
    "title": "“title”",
    "services": "“services”",
    "regions": "“regions”",
    "type catastrophe": "“catastrophe”",
    "family novel": "novel",
    "report novel": "novel",
    "postmortem novel": "novel",
    "review novel": "novel",
    "approve": "draft",
    "publish novel": "novel",
    "undo": "nothing",
    "archive": "investigating",
    "evnt db failover started": "“evnt”",
    "frobnicate the db": "“frobnicate”",
}
"""What is typed, and what the sentence must name of it."""

HARMLESS = {"cancel", "catchup", "update", "actions", "missing", "timeline", "milestones", "brief", "list", "help"}
"""Verbs that take any words, or need none."""


def example_in(answer: Answer | Ephemeral) -> str:
    _, found, example = _unescaped(answer.text).partition("For example: ")
    assert found, f"no example: {answer.text}"
    return example.strip().strip("`")


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def kept(answer: Answer | Ephemeral) -> str:
    """What is shown again of the line that was typed."""
    typed = [text for block in answer.blocks for text in _texts(block) if "You typed:" in text]
    assert typed, f"what was typed is not shown: {answer.blocks}"
    return _unescaped(typed[0].partition("You typed:")[2].strip().strip("`"))


def _texts(part: object) -> list[str]:
    if isinstance(part, list):
        return [text for each in part for text in _texts(each)]
    if isinstance(part, dict):
        own = [part["text"]] if isinstance(part.get("text"), str) else []
        return own + [text for each in part.values() for text in _texts(each)]
    return []


async def refused(stage: Stage, channel: Channel, line: str, person: Person | None = None) -> Ephemeral:
    """Type a line that is wrong: one whisper to the typist is all that happens."""
    person = person or stage.alice
    others = [p for p in (stage.alice, stage.bob, stage.carol) if p is not person]
    before = (len(channel.messages), [len(p.inbox) for p in others], (await stage.incident(channel)).seq)
    answer = await person.types(f"/incident {line}", channel)
    await stage.settle()
    assert not answer.error and answer.view is None, answer.error
    assert len(answer.whispers) == 1, [w.text for w in answer.whispers]
    after = (len(channel.messages), [len(p.inbox) for p in others], (await stage.incident(channel)).seq)
    assert before == after, (line, answer.text)
    return answer.whispers[0]


async def test_every_verb_refuses_wrong_input_in_a_sentence_to_the_typist_alone(stage: Stage) -> None:
    """The sentence names what is wrong, the example works as it stands, and what was typed is there to copy."""
    channel = await stage.declared()
    await stage.minutes(30)
    await stage.alice.types("/incident action add Add an alert", channel)
    wrong = []
    for line, named in WRONG.items():
        told = await refused(stage, channel, line)
        typed = f"/incident {line}".strip().replace("@bob", f"<@{stage.bob.id}|bob>")
        problems = [*(() if named in _unescaped(told.text) else (f"does not name {named}",))]
        problems += [*(() if kept(told) == typed else (f"keeps only {kept(told)}",)), *_failing(stage, told)]
        wrong += [(line, told.text, *problems)] if problems else []
    assert wrong == []
    missing = {verb.name for verb in VERBS} - {line.split()[0] for line in WRONG} - HARMLESS
    assert missing == set(), "verbs without a wrong line here"


def _failing(stage: Stage, told: Ephemeral) -> list[str]:
    """What is wrong with the example: a line must be understood as it stands, `@maria` being somebody's mention."""
    example = example_in(told)
    request = Request("k", stage.alice.id, "command", MORNING.replace(hour=22), "Europe/Zurich", "C1")
    line = re.sub(r"@maria\b", f"<@{stage.bob.id}|maria>", example.removeprefix("/incident").strip())
    try:
        if example.startswith("/incident"):
            parse(Wire(line), request, stage.settings.policy)
        else:
            _ = [parse_moment(written, request.now, request.zone) for written in re.split(", | or ", example)]
    except Refused as refused:
        return [f"the example is refused: {refused.sentence}"]
    return []


@pytest.mark.parametrize("verb", sorted(HARMLESS))
async def test_verbs_that_take_any_words_answer_the_typist_alone(stage: Stage, verb: str) -> None:
    channel = await stage.declared()
    before = len(stage.bob.inbox), top_level(channel)
    answer = await stage.alice.types(f"/incident {verb} ???", channel)
    assert not answer.error and (answer.text or answer.view)
    posted = verb == "update"
    assert (len(stage.bob.inbox), top_level(channel)) == (before[0], before[1] + posted)


async def test_an_unknown_verb_offers_the_nearest_with_the_words_typed(stage: Stage) -> None:
    """One click does what was meant, with nothing typed again."""
    channel = await stage.declared()
    told = await refused(stage, channel, "evnt db failover started")
    assert "event" in told.text
    await stage.alice.presses(told, "/incident event …")
    assert texts(await stage.incident(channel)) == ["db failover started"]


async def test_words_without_a_verb_can_become_a_line_with_one_click(stage: Stage) -> None:
    channel = await stage.declared()
    told = await refused(stage, channel, "xyzzy happened to the <db> & more")
    await stage.alice.presses(told, "/incident event …")
    assert texts(await stage.incident(channel)) == ["xyzzy happened to the <db> & more"]


async def test_an_ambiguous_hour_is_asked_about_and_the_choice_completes_the_line(tmp_path: Path) -> None:
    """In the autumn night 01:30 comes twice in New York."""
    night = MORNING.replace(month=11, day=1, hour=9, minute=0)
    async with staged(fresh_sqlite(tmp_path), now=night) as stage:
        channel = await stage.declared()
        told = await refused(stage, channel, "event --at 01:30 db failover", stage.bob)
        offers = [e.label for e in elements(told.blocks)]
        assert len(offers) == 2
        await stage.bob.presses(told, offers[1])
        line = only_line(await stage.incident(channel))
        assert (clock(line.at), str(line.text)) == ("06:30:00", "db failover")


# ---- outside an incident's channel


async def test_a_command_outside_a_channel_asks_which_and_is_done_as_of_when_it_was_typed(stage: Stage) -> None:
    """The question goes to the typist alone; the button does it at the moment of typing, in the incident chosen."""
    one = await stage.declared("Checkout is failing sev2")
    two = await stage.declared("Search is slow sev3")
    await stage.minutes(10)
    answer = await stage.alice.types("/incident event db failover started", stage.general)
    (told,) = answer.whispers
    offers = [e.label for e in elements(told.blocks)]
    assert len(offers) == 2 and any("Search is slow" in label for label in offers)
    assert "db failover started" in kept(told)
    await stage.minutes(7)
    chosen = next(label for label in offers if "Search" in label)
    await asyncio.gather(stage.alice.presses(told, chosen), stage.alice.presses(told, chosen))
    assert texts(await stage.incident(one)) == []
    line = only_line(await stage.incident(two))
    assert (clock(line.at), line.author) == ("14:00:00", stage.alice.id), "pressed twice, done once"
    assert sum("db failover" in line for line in stage.log_lines(two)) == 1


async def test_a_relative_time_typed_outside_counts_from_when_it_was_typed(stage: Stage) -> None:
    channel = await stage.declared()
    await stage.minutes(60)
    told = (await stage.alice.types("/incident event -20m db failover started", stage.general)).whispers[0]
    await stage.minutes(15)
    await stage.alice.presses(told, elements_of(told)[0])
    assert clock(only_line(await stage.incident(channel)).at) == "14:30:00"


def elements_of(told: Ephemeral) -> list[str]:
    return [element.label for element in elements(told.blocks)]


async def test_a_form_asked_for_outside_opens_once_the_incident_is_chosen(stage: Stage) -> None:
    channel = await stage.declared()
    told = (await stage.alice.types("/incident event", stage.general)).whispers[0]
    answer = await stage.alice.presses(told, elements_of(told)[0])
    assert answer.view is not None
    await stage.alice.submits(await stage.alice.fills(answer.view, {"What happened?": "entered"}))
    assert texts(await stage.incident(channel)) == ["entered"]


async def test_private_incidents_are_not_offered_to_who_is_not_a_member(stage: Stage) -> None:
    """Nor are ended ones; with none left the sentence says so."""
    known = set(stage.slack.world.channels)
    await stage.alice.types("/incident declare Leak of keys sev1 --private", stage.general)
    await stage.settle()
    (made,) = [c for key, c in stage.slack.world.channels.items() if key not in known and c.is_private]
    told = (await stage.bob.types("/incident event db failover", stage.general)).whispers[0]
    assert elements_of(told) == [] and "Leak" not in json.dumps(told.blocks) and "No incident is open" in told.text
    assert "db failover" in kept(told)
    mine = (await stage.alice.types("/incident event rotated", stage.general)).whispers[0]
    await stage.alice.presses(mine, elements_of(mine)[0])
    assert texts(await stage.incident(made)) == ["rotated"]


async def test_a_mention_outside_asks_in_its_thread(stage: Stage) -> None:
    channel = await stage.declared()
    stage.slack.invite_bot(stage.general)
    parent = await stage.bob.says(stage.general, "what now?")
    await stage.alice.mentions(stage.general, "event --at 14:45 deploy 4711", thread=parent)
    await stage.settle()
    told = stage.last_whisper(stage.alice)
    assert told.thread_ts == parent.ts and "deploy 4711" in kept(told)
    await stage.alice.presses(told, elements_of(told)[0])
    assert texts(await stage.incident(channel)) == ["deploy 4711"]


# ---- forms that come too late, or fail


@pytest.mark.parametrize("code", ["expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id"])
async def test_an_expired_trigger_is_said_with_what_was_typed(stage: Stage, code: str) -> None:
    """A form cannot be opened after three seconds; the line is shown again to be sent once more."""
    channel = await stage.declared()
    stage.slack.faults.error("views.open", code)
    line = "declare --service api,db --region eu-west-1"
    told = await refused(stage, channel, line)
    assert "could not be opened" in told.text and kept(told) == f"/incident {line}"
    again = await stage.alice.types(f"/incident {line}", channel)
    assert again.view is not None


async def test_a_form_that_slack_fails_to_open_is_told_and_never_opened_late(stage: Stage) -> None:
    """An outage at views.open: an error id now, and at the repetition the sentence that asks to send it again."""
    channel = await stage.declared()
    stage.slack.faults.error("views.open", "fatal_error")
    answer = await stage.alice.types("/incident event", channel)
    assert re.search(r"error [0-9a-f]{8}", answer.text)
    await stage.minutes(1)
    assert "could not be opened" in stage.last_whisper(stage.alice).text
    assert stage.alice.modal is None


async def test_mistakes_in_a_form_stand_under_their_inputs_and_what_was_entered_stays(stage: Stage) -> None:
    """All at once, each with what would work; corrected, it is done once."""
    channel = await stage.declared()
    answer = await stage.alice.types("/incident event", channel)
    assert answer.view is not None
    late = int(MORNING.timestamp()) + 86_400
    view = await stage.alice.fills(answer.view, {"What happened?": "db failover", "When": late})
    sent = await stage.alice.submits(view)
    assert list(sent.errors) == ["when"] and "has not happened yet" in sent.errors["when"]
    assert stage.alice.modal is view, "still open, with everything in it"
    sent = await stage.alice.submits(await stage.alice.fills(view, {"When": late - 86_400}))
    assert sent.closed and texts(await stage.incident(channel)) == ["db failover"]


# ---- the unexpected


async def test_an_unexpected_error_is_told_with_its_id_and_tried_again(stage: Stage) -> None:
    """Slack answers users.info with 500 and HTML: one sentence, and soon the answer, dated as typed."""
    channel = await stage.declared()
    dave = stage.slack.person("dave", name="Dave Doe", tz="Europe/Berlin")
    stage.slack.world.join(channel, dave.id)
    await stage.settle()
    stage.slack.faults.server_error("users.info", status=500, times=3)
    answer = await dave.types("/incident event --at 14:45 db failover started", channel)
    assert len(answer.whispers) == 1
    assert re.search(r"kept.*tried again.*\(error [0-9a-f]{8}\)", answer.text)
    assert "html" not in answer.text.lower() and "Traceback" not in answer.text
    await stage.minutes(1)
    assert [bool(re.search("Recorded", whisper.text)) for whisper in dave.inbox] == [False, True]
    line = only_line(await stage.incident(channel))
    assert (clock(line.at), line.author) == ("13:45:00", dave.id)


async def test_what_fails_for_good_is_told_once_more_with_what_was_typed(stage: Stage) -> None:
    """After the last try the typist hears that it was given up, and has the line to send again."""
    channel = await stage.declared()
    dave = stage.slack.person("dave", name="Dave Doe", tz="Europe/Berlin")
    stage.slack.world.join(channel, dave.id)
    await stage.settle()
    stage.slack.faults.error("users.info", "fatal_error", times=1000)
    await dave.types("/incident event db failover started", channel)
    await stage.minutes(25)
    first, last = dave.inbox
    assert "tried again" in first.text and "given up" in last.text and re.search(r"error [0-9a-f]{8}", last.text)
    assert kept(last) == "/incident event db failover started"
    assert texts(await stage.incident(channel)) == []


async def test_a_form_that_meets_an_error_inside_is_kept_and_done_later(stage: Stage) -> None:
    """Slack says to the person that it had trouble; what was entered is done all the same, once."""
    channel = await stage.declared()
    erin = stage.slack.person("erin", name="Erin Ende", tz="Europe/Berlin")
    answer = await stage.alice.types("/incident action add", channel)
    assert answer.view is not None
    owner = next(e for e in elements(answer.view.blocks) if e.kind == "users_select")
    text = next(e for e in elements(answer.view.blocks) if e.kind == "plain_text_input")
    view = await stage.alice.fills(answer.view, {owner.block_id: erin, text.block_id: "Add an alert"})
    stage.slack.faults.error("users.info", "fatal_error")
    await stage.alice.submits(view)
    await stage.minutes(1)
    (item,) = (await stage.incident(channel)).action_items()
    assert (str(item.text), item.owner) == ("Add an alert", erin.id)
    assert any(re.search(r"error [0-9a-f]{8}", whisper.text) for whisper in stage.alice.inbox)


async def test_an_answer_that_cannot_be_given_does_not_undo_what_was_done(stage: Stage) -> None:
    """The response URL fails: the line stands once, and the answer comes at the next try."""
    channel = await stage.declared()
    stage.slack.faults.server_error("response_url", times=2)
    await stage.alice.types("/incident event db failover started", channel)
    await stage.minutes(1)
    assert texts(await stage.incident(channel)) == ["db failover started"]
    assert sum("db failover" in line for line in stage.log_lines(channel)) == 1
    assert "Recorded" in stage.last_whisper(stage.alice).text


# ---- who may not


async def test_a_guest_may_be_captured_and_may_not_command(stage: Stage) -> None:
    """The sentence says why, to the guest alone, and keeps what was typed."""
    channel = await stage.declared()
    guest = stage.slack.guest("gina", name="Gina Guest")
    stage.slack.world.join(channel, guest.id)
    told = await refused(stage, channel, "event db failover", guest)
    assert "guest" in told.text and "db failover" in kept(told)
    message = await guest.says(channel, "checkout shows 500")
    await stage.settle()
    await stage.alice.reacts(message, "pushpin")
    assert texts(await stage.incident(channel)) == ["checkout shows 500"]


async def test_a_stranger_may_be_captured_and_may_not_command(stage: Stage) -> None:
    """A person of another workspace, by mention: slash commands do not reach us from there."""
    channel = await stage.declared()
    stranger = stage.slack.stranger("vera", name="Vera Vendor")
    stage.slack.world.join(channel, stranger.id)
    await stranger.mentions(channel, "event db failover")
    await stage.settle()
    assert "another workspace" in stage.last_whisper(stranger).text
    message = await stranger.says(channel, "our side is fine")
    await stage.settle()
    await stage.alice.reacts(message, "pushpin")
    assert texts(await stage.incident(channel)) == ["our side is fine"]


async def test_configured_guests_may_command(tmp_path: Path) -> None:
    async with staged(fresh_sqlite(tmp_path), config="guests_may_command = true\n", folder=tmp_path) as stage:
        channel = await stage.declared()
        guest = stage.slack.guest("gina", name="Gina Guest")
        stage.slack.world.join(channel, guest.id)
        await guest.types("/incident event db failover", channel)
        assert texts(await stage.incident(channel)) == ["db failover"]


# ---- 50


@pytest.mark.parametrize("transport", ["socket", "http"])
async def test_scenario_50_auth_test_fails_at_the_start_and_nothing_is_dropped(
    database: str, transport: Literal["socket", "http"]
) -> None:
    """While auth.test answers 502 with HTML, nothing is acknowledged; afterwards Slack's redelivery brings it all."""
    async with Slackd(MANIFEST, now=MORNING) as slack:
        alice = slack.person("alice", name="Alice Adams")
        general = slack.channel("general", alice)
        settings = settings_for(slack, database, transport)
        async with scribe_at_work(slack, settings):
            await alice.types("/incident declare Checkout is failing", general)
            await slack.settle()
        slack.unwatch(f"http://{settings.pulse}/")
        channel = next(c for c in slack.world.channels.values() if c.name.startswith("incident-"))
        fault = slack.faults.server_error("auth.test", status=502, times=2)
        async with AsyncExitStack() as stack:
            again = scribe_at_work(slack, settings_for(slack, database, transport), name="second")
            starting = asyncio.create_task(stack.enter_async_context(again))
            assert await slack.until(lambda: fault.met > 0)
            heard = len(slack.envelopes)
            message = await alice.says(channel, "rolled back")
            await alice.reacts(message, "adhesive_bandage")
            assert not any(envelope.ack and not envelope.ack.error for envelope in slack.envelopes[heard:])
            desk = await starting
            assert fault.met == 2
            await slack.run_for(400)
            incident = await desk.store.incident(await desk.store.incident_at(channel.id) or 0)
            assert reached(incident, Milestone.MITIGATED) == "13:50:00" and texts(incident) == ["rolled back"]
            assert slack.courier.lost == []


async def test_scenario_50_auth_test_failing_later_drops_nothing(either_stage: Stage) -> None:
    """Who we are is asked once; a request does not ask again."""
    stage = either_stage
    channel = await stage.declared()
    stage.slack.faults.server_error("auth.test", times=1000)
    await stage.alice.types("/incident event db failover started", channel)
    message = await stage.bob.says(channel, "error rate 31 %")
    await stage.settle()
    await stage.bob.reacts(message, "rotating_light")
    assert sorted(texts(await stage.incident(channel))) == ["db failover started", "error rate 31 %"]
    assert len(stage.slack.calls_of("auth.test")) == 1
