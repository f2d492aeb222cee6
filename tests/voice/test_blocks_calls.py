"""Every notice becomes calls that Slack takes, each said once."""

from __future__ import annotations

import json

import pytest

from bot import decision as d
from bot.facts import Evidence
from bot.incident import Incident
from bot.policy import Policy
from bot.words import Kind, Milestone, Status, Wire
from templates.blocks import Planned, Unplaced, calls, card_digest, card_message, reply_message
from tests.slackd.limits import check_channel_name, check_message, check_reaction_name, check_topic
from tests.voice.scene import (
    CHANNEL,
    HUGE,
    LOOK,
    carded,
    commander,
    declared,
    incident,
    line,
    milestone,
    monstrous,
    status,
)

POLICY = Policy(broadcast_channel="C0STATUS")
PLACE = Evidence(CHANNEL, "1772.0001")
HUGE_TEXT = (d.Name("U1"), " said ", d.Quote(HUGE))
OFFERS = tuple(d.Offer(f"Choose {n} " + "x" * 100, "run", str(n), "primary") for n in range(30))
NOTICES: tuple[d.Notice, ...] = (
    d.OpenChannel("incident-20260308-1400-x", True),
    d.Invite(tuple(f"U{n}" for n in range(250))),
    d.Furnish(),
    d.ShowCard(),
    d.PinCard(PLACE),
    d.LogLine("log:K1", HUGE_TEXT),
    d.Confirm(PLACE),
    d.Confirm(PLACE, taken_back=True),
    d.Whisper("w", "U1", HUGE_TEXT, OFFERS, "1772.0001"),
    d.Announce("a", HUGE_TEXT, True, "log:K2"),
    d.Brief("b", "U1"),
    d.AskMilestones("q", "U1", tuple(Milestone)),
    d.OfferArchive("o", "U1"),
)


def planned(notice: d.Notice, of: Incident | None = None) -> list[Planned]:
    return calls(notice, of or incident(carded()), LOOK, POLICY)


def refused(call: Planned) -> object:
    """What Slack would say against the call's content."""
    if call.method.startswith("chat."):
        return check_message(call.args, update=call.method == "chat.update")
    if call.method.startswith("reactions."):
        return check_reaction_name(call.args["name"])
    checks = {
        "conversations.create": lambda: check_channel_name(call.args["name"]),
        "conversations.setTopic": lambda: check_topic(call.args["topic"]),
    }
    return checks.get(call.method, lambda: None)()


@pytest.mark.parametrize("notice", NOTICES, ids=lambda notice: type(notice).__name__)
@pytest.mark.parametrize("scene", [incident(carded()), monstrous()], ids=["small", "monstrous"])
def test_slack_takes_every_call(notice: d.Notice, scene: Incident) -> None:
    found = planned(notice, scene)
    assert found
    assert [refused(call) for call in found] == [None] * len(found)
    assert "<!channel>" not in json.dumps([call.args for call in found])


def test_the_same_notice_gives_the_same_calls_and_every_call_its_own_key() -> None:
    everything = [call for notice in NOTICES for call in planned(notice)]
    assert everything == [call for notice in NOTICES for call in planned(notice)]
    keys = [call.key for call in everything if call.method != "reactions.remove"]
    assert len(set(keys)) == len(keys)


def test_posts_carry_their_key_and_unfurl_nothing() -> None:
    for call in (planned(d.LogLine("log:K1", ("x",)))[0], planned(d.ShowCard(), incident())[0]):
        assert call.args["metadata"] == {"event_type": "scribe", "event_payload": {"key": call.key}}
        assert call.args["unfurl_links"] is call.args["unfurl_media"] is False


def test_the_card_is_posted_once_and_edited_ever_after() -> None:
    [first] = planned(d.ShowCard(), incident())
    assert (first.method, first.key, first.purpose, first.replaces) == ("chat.postMessage", "card:17", "card", None)
    [again] = planned(d.ShowCard(), incident(carded()))
    assert (again.method, again.replaces, again.purpose) == ("chat.update", "card:17", "")
    assert again.args["ts"] == "1772978000.000100"


def test_what_has_no_place_yet_says_what_it_waits_for() -> None:
    with pytest.raises(Unplaced) as waiting:
        planned(d.LogLine("log:K1", ("x",)), incident())
    assert waiting.value.needs == "card"
    with pytest.raises(Unplaced) as waiting:
        planned(d.ShowCard(), Incident(1))
    assert waiting.value.needs == "channel"


def test_the_log_stands_in_the_thread_of_the_card_and_becomes_evidence() -> None:
    [call] = planned(d.LogLine("log:K1", ("x",)))
    assert call.args["thread_ts"] == "1772978000.000100"
    assert (call.key, call.purpose) == ("log:17:K1", "log:K1")


def test_invitations_go_out_in_batches_of_a_hundred() -> None:
    assert [len(call.args["users"]) for call in planned(NOTICES[1])] == [100, 100, 50]


def test_an_update_is_broadcast_but_never_a_private_one() -> None:
    here, elsewhere = planned(d.Announce("a", ("x",), broadcast=True))
    assert (here.lane, elsewhere.lane) == (CHANNEL, "C0STATUS")
    assert "INCIDENT-20260308-1400" in elsewhere.args["text"]
    private = incident(carded(), declare=declared(private=True))
    assert [call.lane for call in planned(d.Announce("a", ("x",), broadcast=True), private)] == [CHANNEL]


def test_a_whisper_and_the_reaction_that_confirms_do_not_wait_for_each_other() -> None:
    assert planned(d.Confirm(PLACE))[0].lane != planned(d.Whisper("w", "U1", ("x",)))[0].lane
    assert planned(d.Confirm(PLACE))[0].args["name"] == "memo"


def test_the_question_for_milestones_has_a_picker_for_each() -> None:
    [call] = planned(d.AskMilestones("q", "U1", (Milestone.STARTED, Milestone.DETECTED)))
    pickers = [b for b in call.args["blocks"] if b["type"] == "input"]
    assert [picker["block_id"] for picker in pickers] == ["started", "detected"]
    assert {picker["element"]["type"] for picker in pickers} == {"datetimepicker"}


def words(of: Incident) -> str:
    return json.dumps(card_message(of, LOOK), ensure_ascii=False)


def labels(of: Incident) -> list[str]:
    rows = [block["elements"] for block in card_message(of, LOOK)["blocks"] if block["type"] == "actions"]
    return [button["text"]["text"] for row in rows for button in row]


def test_the_card_says_at_once_what_matters() -> None:
    shown = words(incident(carded(), commander(), milestone(Milestone.STARTED, 0), milestone(Milestone.DETECTED, 5)))
    for word in ("Checkout is failing", "Investigating", "SEV2", "Anne-Marie O'Neil", "api, db", "Time to detect"):
        assert word in shown
    assert "*5 min*" in shown
    assert "Acknowledged: _unknown_" in shown


def test_nobody_in_command_and_an_assumed_milestone_are_said_to_be_so() -> None:
    shown = words(incident())
    assert "_nobody yet_" in shown
    assert "Detected: _unknown; assumed_ <!date^" in shown


def test_zero_and_unknown_look_different() -> None:
    both = (milestone(Milestone.STARTED, 0), milestone(Milestone.DETECTED, 0))
    shown = words(incident(*both, status(Status.RESOLVED)))
    assert "Time to detect: *0 min*" in shown
    assert "Time to resolve: _unknown: no resolved milestone_" in shown


@pytest.mark.parametrize(
    ("facts", "step"),
    [
        ([], "Mitigated"),
        ([status(Status.MITIGATED)], "Resolve"),
        ([status(Status.RESOLVED)], "Re-open"),
        ([status(Status.CLOSED)], "Re-open"),
    ],
)
def test_the_card_offers_the_step_that_comes_next(facts: list[object], step: str) -> None:
    shown = labels(incident(*facts))  # type: ignore[arg-type]
    assert step in shown
    assert len(shown) <= 5
    assert {"Mitigated", "Resolve", "Re-open"} & set(shown) == {step}


def test_a_drill_and_a_private_incident_are_marked() -> None:
    shown = words(incident(declare=declared(drill=True, private=True)))
    assert "DRILL" in shown
    assert "Private" in shown


def test_the_digest_changes_only_with_what_the_card_shows() -> None:
    small = incident(carded())
    assert card_digest(small, LOOK) == card_digest(incident(carded()), LOOK)
    assert card_digest(small, LOOK) != card_digest(incident(carded(), line(1, Kind.EVENT, "x")), LOOK)


def test_the_newest_update_stands_on_the_card() -> None:
    told = [line(1, Kind.COMMUNICATION, "First", 12), line(2, Kind.COMMUNICATION, "Rolling <!channel> back", 20)]
    assert "Rolling @\u2060channel back" in words(incident(*told))


def test_a_reply_with_equal_offers_gives_each_button_its_own_name() -> None:
    message = reply_message(d.Reply(("Which one?",), OFFERS), LOOK)
    assert check_message(message) is None
    rows = [block for block in message["blocks"] if block["type"] == "actions"]
    assert sum(len(row["elements"]) for row in rows) == 30


def test_long_words_are_told_in_several_parts_before_anything_is_left_out() -> None:
    [call] = planned(d.LogLine("log:K1", (d.Quote(Wire("word " * 1500)),)))
    assert sum(block["text"]["text"].count("word") for block in call.args["blocks"]) == 1500
