"""Where an incident stands, who holds what, how it ends, and who may ask (PRODUCT 1.3, 1.4)."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.milestones import counting
from bot.words import Kind, Milestone, Role, Severity, Status
from handlers.reports import report_of
from tests.slackd.people import Answer, Person
from tests.slackd.records import Channel, Ephemeral, Message
from tests.slackd.server import Slackd
from tests.stage import MANIFEST, Stage, staged
from tests.stories.reading import draft, only_line, reached, shown, texts, top_level


def labels(place: Answer | Ephemeral | Message) -> list[str]:
    """What stands on the buttons."""
    rows = [block for block in place.blocks if block["type"] == "actions"]
    return [str(element["text"]["text"]) for row in rows for element in row["elements"]]


def questions(person: Person) -> list[Ephemeral]:
    """The quiet questions for milestones that this person was shown."""
    return [whisper for whisper in person.inbox if whisper.text.startswith("For the report: when was")]


async def marked(stage: Stage, channel: Channel, text: str, emoji: str) -> None:
    message = await stage.bob.says(channel, text)
    await stage.settle()
    await stage.bob.reacts(message, emoji)
    await stage.settle()


async def said(stage: Stage, who: Person, line: str, channel: Channel) -> str:
    """Everything that this person is told at once in answer to the line."""
    answer = await who.types(f"/incident {line}", channel)
    return "\n".join(whisper.text for whisper in answer.whispers)


async def private_incident(stage: Stage, line: str = "Token leak sev1 --private") -> Channel:
    """Declared by Alice, who alone is in its channel."""
    known = set(stage.slack.world.channels)
    await stage.alice.types(f"/incident declare {line}", stage.general)
    await stage.settle()
    (made,) = [c for key, c in stage.slack.world.channels.items() if key not in known and c.is_private]
    return made


# ---- status


@pytest.mark.parametrize("word", ["status identified", "identified", "status to Identified"])
async def test_a_status_is_changed_by_its_own_name(stage: Stage, word: str) -> None:
    channel = await stage.declared()
    await stage.minutes(4)
    assert "is now identified" in await said(stage, stage.bob, f"{word} It is the replica", channel)
    incident = await stage.incident(channel)
    assert incident.status is Status.IDENTIFIED
    assert reached(incident, Milestone.ROOT_CAUSE) == "13:54:00"
    assert "💡 Identified" in str(stage.card(channel).blocks)
    assert any(
        "changed the status to identified" in line and "It is the replica" in line for line in stage.log_lines(channel)
    )


async def test_the_status_alone_shows_where_things_stand(stage: Stage) -> None:
    channel = await stage.declared()
    answer = await stage.bob.types("/incident status", channel)
    assert "Investigating" in answer.text and "Checkout is failing" in answer.text


async def test_a_status_change_disturbs_nobody(stage: Stage) -> None:
    """The card is edited and the log gets its line; nothing new stands at the channel's top level."""
    channel = await stage.declared()
    before = top_level(channel)
    for line in ("status identified", "status monitoring", "mitigate", "comms @bob", "mark started 14:40"):
        await stage.alice.types(f"/incident {line}", channel)
    await stage.settle()
    assert top_level(channel) == before


async def test_resolving_without_a_time_takes_the_latest_marked(stage: Stage) -> None:
    """It says so and adds no assertion of its own; the partial recovery before it does not count."""
    channel = await stage.declared("Checkout is failing --started 14:45")
    await stage.minutes(5)
    await marked(stage, channel, "EU is green", "checkered_flag")
    await stage.minutes(5)
    await marked(stage, channel, "All green", "checkered_flag")
    await stage.minutes(20)
    assert "14:00 UTC> (as marked)." in await said(stage, stage.alice, "resolve", channel)
    incident = await stage.incident(channel)
    assert reached(incident, Milestone.RESOLVED) == "14:00:00"
    assert incident.turns[-1].asserts is None


async def test_resolving_without_a_time_takes_the_time_set_by_hand(stage: Stage) -> None:
    channel = await stage.declared("Checkout is failing --started 14:45")
    await stage.minutes(30)
    await marked(stage, channel, "All green", "checkered_flag")
    await stage.alice.types("/incident mark resolved 15:05", channel)
    assert "14:05 UTC> (as marked)." in await said(stage, stage.alice, "resolve", channel)


async def test_resolving_without_anything_marked_is_now(stage: Stage) -> None:
    channel = await stage.declared()
    await stage.minutes(15)
    text = await said(stage, stage.alice, "resolve", channel)
    assert "14:05 UTC>." in text and "as marked" not in text
    assert reached(await stage.incident(channel), Milestone.RESOLVED) == "14:05:00"


async def test_mitigating_takes_only_what_was_marked_since_the_reopening(stage: Stage) -> None:
    channel = await stage.declared("Checkout is failing --started 14:45")
    await stage.minutes(5)
    await marked(stage, channel, "Rolled back", "adhesive_bandage")
    await stage.alice.types("/incident resolve", channel)
    await stage.minutes(10)
    await stage.alice.types("/incident reopen", channel)
    await stage.minutes(10)
    text = await said(stage, stage.alice, "mitigate", channel)
    assert "14:15 UTC>." in text and "as marked" not in text
    assert reached(await stage.incident(channel), Milestone.MITIGATED) == "14:15:00"


async def test_a_flag_never_changes_the_status(stage: Stage) -> None:
    channel = await stage.declared()
    await marked(stage, channel, "All green", "checkered_flag")
    assert (await stage.incident(channel)).status is Status.INVESTIGATING


async def test_what_is_over_is_not_quietly_set_back(stage: Stage) -> None:
    """From resolved back to investigating is a re-opening, and the refusal says how."""
    channel = await stage.declared()
    await stage.alice.types("/incident resolve", channel)
    answer = await stage.alice.types("/incident status investigating", channel)
    assert "re-open it first" in answer.text and "/incident reopen" in answer.text
    assert "is resolved already" in await said(stage, stage.bob, "resolve", channel)


async def test_a_reopening_unsets_what_was_set_and_asks_again_at_the_next_resolution(stage: Stage) -> None:
    channel = await stage.declared("Checkout is failing --started 14:45")
    await stage.alice.types("/incident mark mitigated 14:48, resolved 14:49", channel)
    await stage.alice.types("/incident resolve", channel)
    await stage.minutes(10)
    assert "is open again" in await said(stage, stage.bob, "reopen Errors are back", channel)
    incident = await stage.incident(channel)
    assert [counting(incident, m) for m in (Milestone.MITIGATED, Milestone.RESOLVED)] == [None, None]
    assert "Investigating" in str(stage.card(channel).blocks)
    assert any("re-opened the incident" in line and "Errors are back" in line for line in stage.log_lines(channel))
    assert "so it is open" in await said(stage, stage.bob, "reopen", channel)


# ---- the quiet question


async def test_the_commander_is_asked_once_at_mitigated_and_once_at_resolved(stage: Stage) -> None:
    """Only the commander sees it, it names only what is missing, and saving the pickers sets the times."""
    channel = await stage.declared("Checkout is failing --started 14:45 --detected 14:46")
    await stage.alice.types("/incident commander @bob", channel)
    await stage.minutes(10)
    await stage.alice.types("/incident mitigate", channel)
    await stage.alice.types("/incident mitigate --at 14:52", channel)
    await stage.settle()
    assert questions(stage.alice) == [] and len(questions(stage.bob)) == 1
    asked = questions(stage.bob)[0]
    assert "acknowledged, mitigation started?" in asked.text
    assert labels(asked) == ["Save", "Not now"]
    answer = await stage.bob.presses(asked, text="Save")
    assert "Pick at least one time first" in answer.text
    await stage.bob.fills(asked, {"Acknowledged": int(stage.slack.clock.now()) - 300})
    await stage.bob.presses(asked, text="Save")
    assert reached(await stage.incident(channel), Milestone.ACKNOWLEDGED) == "13:55:00"
    await stage.alice.types("/incident resolve", channel)
    await stage.alice.types("/incident resolve --at 14:58", channel)
    await stage.settle()
    (again,) = questions(stage.bob)  # the first one is answered, and gone
    assert again is not asked and "root cause identified" in again.text


async def test_nobody_is_asked_for_what_is_known(stage: Stage) -> None:
    channel = await stage.declared("Checkout is failing --started 14:40 --detected 14:41 --acknowledged 14:42")
    await stage.alice.types("/incident mark root cause 14:43, mitigation started 14:44, mitigated 14:45", channel)
    await stage.alice.types("/incident resolve", channel)
    await stage.settle()
    assert questions(stage.alice) == []


# ---- milestones by hand


async def test_several_milestones_are_set_in_one_line(stage: Stage) -> None:
    channel = await stage.declared()
    text = await said(stage, stage.alice, "mark started 14:31, detected about 14:36, ack 14:38", channel)
    assert text.count("2026-03-10") == 3 and "about" in text
    incident = await stage.incident(channel)
    assert [reached(incident, m) for m in (Milestone.STARTED, Milestone.DETECTED, Milestone.ACKNOWLEDGED)] == [
        "13:31:00",
        "13:36:00",
        "13:38:00",
    ]
    assert "about *5 min*" in str(stage.card(channel).blocks)


async def test_a_line_corrected_in_the_timeline_form_sets_the_milestone(stage: Stage) -> None:
    """What it was marked as before counts no longer; withdrawing the line takes the milestone with it."""
    channel = await stage.declared("Checkout is failing --started 14:40")
    await stage.minutes(10)
    await stage.alice.types("/incident event --at 14:55 --as resolved Rolled back", channel)
    entry = only_line(await stage.incident(channel)).id

    async def corrected(**values: object) -> None:
        shown_lines = await stage.alice.types("/incident timeline", channel)
        form = (await stage.alice.presses(shown_lines.whispers[-1], action_id="line_menu", value="Edit…")).view
        assert form is not None
        await stage.alice.fills(form, dict(values))
        assert (await stage.alice.submits(form)).closed

    await corrected(kind="mitigated")
    incident = await stage.incident(channel)
    assert (reached(incident, Milestone.RESOLVED), reached(incident, Milestone.MITIGATED)) == (None, "13:55:00")
    await corrected(when=int(incident.entries[entry].at.timestamp()) - 120)
    incident = await stage.incident(channel)
    assert reached(incident, Milestone.MITIGATED) == "13:53:00"
    assert [str(m) for m in (await report_of(stage.desk, incident)).milestones if m is Milestone.RESOLVED] == [
        "resolved"
    ]
    await corrected(kind="event")
    assert reached(await stage.incident(channel), Milestone.MITIGATED) is None
    await corrected(kind="mitigated")
    await stage.alice.types("/incident undo", channel)
    assert reached(await stage.incident(channel), Milestone.MITIGATED) is None


# ---- severity, roles, updates


async def test_a_severity_keeps_its_history_with_the_reason(stage: Stage) -> None:
    channel = await stage.declared("Checkout is failing sev3")
    assert "from SEV3 to SEV1" in await said(stage, stage.bob, "severity sev1 All regions are down", channel)
    assert "already" in await said(stage, stage.bob, "sev1", channel)
    incident = await stage.incident(channel)
    assert [(g.severity, str(g.reason)) for g in incident.grades] == [
        (Severity.MEDIUM, ""),
        (Severity.CRITICAL, "All regions are down"),
    ]
    assert any("All regions are down" in line for line in stage.log_lines(channel))


async def test_handing_over_a_role_leaves_a_brief_for_the_new_holder_alone(stage: Stage) -> None:
    channel = await stage.declared()
    await stage.alice.types("/incident event --at 14:40 Replica lag is rising", channel)
    await stage.alice.types("/incident assign commander @alice", channel)
    await stage.minutes(30)
    assert "Bob Brown is commander now" in await said(stage, stage.alice, "commander @bob", channel)
    await stage.settle()
    brief = stage.bob.inbox[-1]
    assert "Checkout is failing" in brief.text and "Replica lag is rising" in str(brief.blocks)
    assert not any("Replica lag is rising" in str(whisper.blocks) for whisper in stage.carol.inbox)
    incident = await stage.incident(channel)
    assert incident.holder(Role.COMMANDER) == stage.bob.id
    assert [h.user for h in incident.holdings] == [stage.alice.id, stage.bob.id]
    assert "commander Bob Brown" in channel.topic.value
    roles = (await report_of(stage.desk, incident)).standing.roles
    assert [(role.role, role.holder) for role in roles] == [("commander", "Alice Adams"), ("commander", "Bob Brown")]


@pytest.mark.parametrize(
    ("line", "role"),
    [
        ("tech lead @carol", Role.TECHNICAL_LEAD),
        ("comms me", Role.COMMUNICATIONS),
        ("assign @carol as scribe", Role.SCRIBE),
    ],
)
async def test_each_role_can_be_given(stage: Stage, line: str, role: Role) -> None:
    channel = await stage.declared()
    await stage.carol.types(f"/incident {line}", channel)
    assert (await stage.incident(channel)).holder(role) == stage.carol.id


async def test_a_role_can_be_left_open(stage: Stage) -> None:
    channel = await stage.declared()
    await stage.alice.types("/incident commander @bob", channel)
    assert "Nobody is commander now" in await said(stage, stage.alice, "commander nobody", channel)
    assert "_nobody yet_" in str(stage.card(channel).blocks)


async def test_an_update_is_posted_logged_as_communication_and_broadcast(database: str, tmp_path: Path) -> None:
    """The post is its evidence; the configured channel hears of a public incident, never of a private one."""
    async with Slackd(MANIFEST) as before:
        news_id = before.channel("status", before.person("alice")).id
    config = f'broadcast_channel = "{news_id}"\n'
    async with staged(database, config=config, folder=tmp_path) as stage:
        news = stage.slack.channel("status", stage.alice)
        assert news.id == news_id
        stage.slack.invite_bot(news)
        channel = await stage.declared()
        assert await said(stage, stage.alice, "update Rolled back, error rate is falling", channel) == "Posted."
        await stage.settle()
        line = only_line(await stage.incident(channel))
        assert (str(line.text), (await stage.incident(channel)).kind(line.id)) == (
            "Rolled back, error rate is falling",
            Kind.COMMUNICATION,
        )
        assert line.evidence is not None and "Rolled back" in channel.messages[line.evidence.ts].text
        assert "Last update" in str(stage.card(channel).blocks)
        assert "Rolled back" in shown(stage, news)
        secret = await private_incident(stage)
        await stage.alice.types("/incident update Keys are rotated", secret)
        await stage.settle()
        assert "Keys are rotated" in shown(stage, secret) and "Keys are rotated" not in shown(stage, news)


# ---- endings


async def test_closing_offers_to_archive_after_everything_was_read_back(stage: Stage) -> None:
    channel = await stage.declared()
    await stage.alice.types("/incident resolve", channel)
    await stage.alice.types("/incident close", channel)
    await stage.settle()
    offer = next(whisper for whisper in stage.alice.inbox if "Archive its channel?" in whisper.text)
    assert labels(offer) == ["Archive", "Keep"]
    assert not channel.is_archived
    late = await stage.bob.says(channel, "One more thing")
    await stage.alice.presses(offer, text="Archive")
    await stage.settle()
    assert channel.is_archived
    assert await stage.desk.store.message(channel.id, late.ts) is not None
    assert "One more thing" not in await draft_of_archived(stage, channel)


async def draft_of_archived(stage: Stage, channel: Channel) -> str:
    """The report is still made from what is stored."""
    return str((await report_of(stage.desk, await stage.incident(channel))).timeline)


async def test_an_open_channel_is_not_archived(stage: Stage) -> None:
    channel = await stage.declared()
    text = await said(stage, stage.alice, "archive", channel)
    assert not channel.is_archived and "resolve and close it first" in text


async def test_closing_what_was_never_resolved_says_what_is_unknown_and_posts_the_draft(stage: Stage) -> None:
    channel = await stage.declared()
    text = await said(stage, stage.alice, "close", channel)
    assert "When was it resolved?" in text and "/incident mark resolved" in text
    await stage.settle()
    assert len(stage.slack.world.files) == 1
    assert reached(await stage.incident(channel), Milestone.RESOLVED) is None


async def test_a_cancelled_incident_takes_no_more_and_says_how_to_go_on(stage: Stage) -> None:
    channel = await stage.declared()
    assert "false alarm" in await said(stage, stage.alice, "cancel The probe was wrong", channel)
    for line in ("event Something", "resolve", "sev1", "update Something", "cancel"):
        text = await said(stage, stage.alice, line, channel)
        assert "cancelled" in text and "/incident reopen" in text, (line, text)
    assert "Cancelled" in str(stage.card(channel).blocks)
    assert stage.slack.world.files == {}


async def test_declared_after_the_fact_says_the_times_and_posts_its_draft(stage: Stage) -> None:
    """What was typed to declare is said back as understood; nobody has to resolve what is over."""
    text = await said(stage, stage.alice, "declare Old outage --started 11:00 --resolved 11:30", stage.general)
    assert "Started" in text and "10:00 UTC>" in text and "resolved" in text and "10:30 UTC>" in text
    await stage.settle()
    channel = next(c for c in stage.slack.world.channels.values() if c.name.endswith("old-outage"))
    assert (await stage.incident(channel)).status is Status.RESOLVED
    (made,) = stage.slack.world.files.values()
    assert "30 min" in made.content.decode()
    assert len(questions(stage.alice)) == 1


async def test_declared_with_an_impossible_order_is_flagged(stage: Stage) -> None:
    text = await said(stage, stage.alice, "declare Old outage --started 11:30 --resolved 11:00", stage.general)
    assert "resolved now lies before started" in text


async def test_a_drill_behaves_the_same_and_says_that_it_is_one(stage: Stage) -> None:
    channel = await stage.declared("Game day sev3 --drill --started 14:45")
    await stage.minutes(5)
    await stage.alice.types("/incident resolve", channel)
    await stage.settle()
    assert "DRILL" in str(stage.card(channel).blocks) and "DRILL" in channel.topic.value
    assert "This was a drill; it counts in no statistic." in await draft(stage, channel)
    assert "drill" in str((await stage.bob.types("/incident list all", stage.general)).blocks)


# ---- what only people know


async def test_a_field_is_set_corrected_and_taken_back_in_one_line(stage: Stage) -> None:
    channel = await stage.declared()
    before = await said(stage, stage.alice, "missing", channel)
    assert "about 5,000" in await said(stage, stage.alice, "set users affected about 5000", channel)
    assert "Users affected" in str((await stage.alice.types("/incident report", channel)).blocks)
    after = await said(stage, stage.alice, "missing", channel)
    assert before != after
    assert "6,000" in await said(stage, stage.bob, "set users_affected 6000", channel)
    value = (await stage.incident(channel)).value("users_affected")
    assert value is not None and (value.value, value.approximate, value.source.by) == (6000, False, stage.bob.id)
    await stage.bob.types("/incident unset users_affected", channel)
    assert (await stage.incident(channel)).value("users_affected") is None


async def test_a_field_of_the_wrong_kind_is_refused_with_an_example(stage: Stage) -> None:
    channel = await stage.declared()
    answer = await stage.alice.types("/incident set users_affected many", channel)
    assert "many" in answer.text and "For example" in answer.text
    answer = await stage.alice.types("/incident set user_affected 5", channel)
    assert "did you mean users_affected" in answer.text


async def test_missing_names_the_most_important_first_and_whom_to_ask(stage: Stage) -> None:
    channel = await stage.declared()
    answer = await stage.alice.types("/incident missing", channel)
    body = str(answer.blocks)
    assert body.index("When it started") < body.index("Root cause")
    assert "ask the commander" in body and "/incident mark started 14:02" in body
    assert labels(answer)[0] == "Set milestones"


# ---- lists, elsewhere, who may


async def test_the_list_shows_open_incidents_and_with_all_the_ended_ones(stage: Stage) -> None:
    first, second = await stage.declared("Checkout is failing"), await stage.declared("Payments are slow")
    await stage.alice.types("/incident resolve", first)
    body = str((await stage.bob.types("/incident list", stage.general)).blocks)
    assert "Payments are slow" in body and "Checkout is failing" not in body and f"<#{second.id}>" in body
    assert "Checkout is failing" in str((await stage.bob.types("/incident list all", stage.general)).blocks)


async def test_a_private_incident_leaks_nowhere(stage: Stage) -> None:
    """Not in lists, choices, merges or moves, not by number, for anybody who is not in its channel."""
    public, secret = await stage.declared(), await private_incident(stage)
    number, title = (await stage.incident(secret)).number, "Token leak"
    for line in ("list", "list all", "event Something", "timeline", "report"):
        for place in (stage.general, public):
            answer = await stage.bob.types(f"/incident {line}", place)
            assert title not in str(answer), line
            assert number not in str(answer), line
    assert title in str((await stage.alice.types("/incident list", stage.general)).blocks)
    for line in (f"merge {number}", f"merge #{secret.name}", f"move c:x:0 to {number}"):
        text = await said(stage, stage.bob, line, public)
        assert "that you can see" in text and title not in text, line
    refused = await said(stage, stage.alice, f"merge {number}", public)
    assert "is private" in refused
    assert (await stage.incident(public)).status is Status.INVESTIGATING
    everything = "\n".join(shown(stage, c) for c in (public, stage.general))
    assert title not in everything and number not in everything


async def test_a_line_moved_into_a_private_incident_does_not_name_it(stage: Stage) -> None:
    public, secret = await stage.declared(), await private_incident(stage)
    number = (await stage.incident(secret)).number
    await marked(stage, public, "The token is in the log", "pushpin")
    line = only_line(await stage.incident(public))
    assert await said(stage, stage.alice, f"move {line.id} to {number}", public)
    await stage.settle()
    assert texts(await stage.incident(secret)) == ["The token is in the log"]
    assert number not in shown(stage, public)
    assert "moved to a private incident" in "\n".join(stage.log_lines(public))


async def test_a_command_outside_an_incident_channel_asks_which_and_then_does_it(stage: Stage) -> None:
    """What was typed is kept, and its time is the time at which it was typed."""
    first, second = await stage.declared("Checkout is failing"), await stage.declared("Payments are slow")
    answer = await stage.bob.types("/incident event Payments provider confirms", stage.general)
    assert "Which one do you mean?" in answer.text
    assert [label.split(" ", 1)[1] for label in labels(answer)] == ["Payments are slow", "Checkout is failing"]
    await stage.minutes(5)
    await stage.bob.presses(answer.whispers[-1], text=labels(answer)[0])
    assert texts(await stage.incident(first)) == []
    line = only_line(await stage.incident(second))
    assert (str(line.text), f"{line.at:%H:%M}") == ("Payments provider confirms", "13:50")


async def test_without_any_incident_the_answer_is_how_to_declare(stage: Stage) -> None:
    answer = await stage.bob.types("/incident event Something", stage.general)
    assert "No incident is open" in answer.text and "/incident declare" in answer.text


@pytest.mark.parametrize("outsider", ["guest", "stranger"])
async def test_guests_and_people_of_other_workspaces_may_be_captured_and_not_command(
    stage: Stage, outsider: str
) -> None:
    channel = await stage.declared()
    who = stage.slack.guest("gus") if outsider == "guest" else stage.slack.stranger("sam")
    stage.slack.world.join(channel, who.id)
    await who.mentions(channel, "resolve")
    await stage.settle()
    assert "takes no commands from you" in who.inbox[-1].text
    message = await who.says(channel, "Our side is down too")
    await stage.settle()
    await stage.alice.reacts(message, "pushpin")
    incident = await stage.incident(channel)
    assert incident.status is Status.INVESTIGATING
    assert (str(only_line(incident).text), only_line(incident).author) == ("Our side is down too", who.id)


async def test_an_unknown_verb_is_answered_with_the_nearest_and_loses_nothing(stage: Stage) -> None:
    channel = await stage.declared()
    answer = await stage.alice.types("/incident mitigat Rolled back", channel)
    assert "did you mean mitigate" in answer.text
    assert "/incident mitigat Rolled back" in str(answer.blocks)
    answer = await stage.alice.types("/incident db is on fire", channel)
    assert "begin with event" in answer.text
    await stage.alice.presses(answer.whispers[-1], text=labels(answer)[0])
    assert texts(await stage.incident(channel)) == ["db is on fire"]
