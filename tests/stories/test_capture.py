"""Capturing without work: typed lines, reactions, threads, files and alert bots become a timeline (PRODUCT 1.2)."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.policy import VOCABULARY
from bot.words import Kind, Milestone
from tests.databases import fresh_sqlite
from tests.stage import Stage, Transport, staged
from tests.stories.reading import clock, confirmed, draft, only_line, reached, shown, texts, top_level

# ---- typed


async def test_a_typed_line_has_the_time_typed_in_the_typists_zone(stage: Stage) -> None:
    channel = await stage.declared()
    await stage.minutes(60)
    answer = await stage.bob.types("/incident event --at 10:02 db failover started", channel)
    line = only_line(await stage.incident(channel))
    assert (clock(line.at), line.author) == ("14:02:00", stage.bob.id)
    assert "db failover started" in answer.text


async def test_a_typed_line_without_a_time_happened_when_it_was_typed(stage: Stage) -> None:
    channel = await stage.declared()
    await stage.minutes(3.5)
    await stage.alice.types("/incident event restarting the primary", channel)
    assert clock(only_line(await stage.incident(channel)).at) == "13:53:30"


async def test_several_lines_at_once_each_have_their_own_time_and_kind(stage: Stage) -> None:
    channel = await stage.declared()
    await stage.minutes(90)
    lines = "--at 15:02 replica lag grows\n15:04:30 --as detected pager fired\n-20m --as hypothesis bad deploy"
    await stage.alice.types(f"/incident event {lines}", channel)
    incident = await stage.incident(channel)
    assert [(clock(e.at), str(e.text)) for e in incident.timeline()] == [
        ("14:02:00", "replica lag grows"),
        ("14:04:30", "pager fired"),
        ("15:00:00", "bad deploy"),
    ]
    assert reached(incident, Milestone.DETECTED) == "14:04:30"
    assert incident.kind(incident.timeline()[2].id) is Kind.HYPOTHESIS


async def test_one_wrong_line_of_several_keeps_none_and_loses_nothing_typed(stage: Stage) -> None:
    channel = await stage.declared()
    answer = await stage.alice.types(
        "/incident event --at 14:40 good line\n--at 2026-03-11 10:00 not happened yet", channel
    )
    assert "Line 2" in answer.text
    assert "good line" in str(answer.blocks), "what was typed is shown again"
    assert texts(await stage.incident(channel)) == []


async def test_a_mention_in_a_thread_records_there_and_answers_in_the_thread(stage: Stage) -> None:
    """Slack has no slash commands in threads."""
    channel = await stage.declared()
    question = await stage.bob.says(channel, "What changed?")
    await stage.alice.mentions(channel, "event --at 14:45 deploy 4711 went out", thread=question)
    await stage.settle()
    assert texts(await stage.incident(channel)) == ["deploy 4711 went out"]
    whisper = stage.last_whisper(stage.alice)
    assert whisper.thread_ts == question.ts and "deploy 4711 went out" in whisper.text
    assert not any("deploy 4711" in w.text for w in stage.bob.inbox)


async def test_a_mention_takes_every_verb(stage: Stage) -> None:
    channel = await stage.declared()
    await stage.alice.mentions(channel, "mark detected 14:45")
    await stage.alice.mentions(channel, "severity sev1 worse than thought")
    await stage.settle()
    incident = await stage.incident(channel)
    assert reached(incident, Milestone.DETECTED) == "13:45:00"
    assert incident.severity == "critical"


async def test_what_was_typed_gets_one_line_in_the_log_and_that_line_is_its_evidence(stage: Stage) -> None:
    channel = await stage.declared()
    before = top_level(channel)
    await stage.alice.types("/incident event --at 14:45 db failover started", channel)
    line = only_line(await stage.incident(channel))
    told = [m for m in stage.bot_posts(channel) if "db failover started" in m.text]
    assert len(told) == 1 and told[0].thread_ts == stage.card(channel).ts
    assert line.evidence is not None and line.evidence.ts == told[0].ts
    assert top_level(channel) == before, "nothing new at the channel's top level"
    assert told[0].ts.replace(".", "") in await draft(stage, channel), "the report links to it"


# ---- reactions


@pytest.mark.parametrize("emoji", VOCABULARY)
async def test_every_emoji_of_the_vocabulary_says_what_the_table_says(stage: Stage, emoji: str) -> None:
    channel = await stage.declared()
    await stage.minutes(2)
    message = await stage.bob.says(channel, "Something happened here")
    await stage.minutes(5)
    await stage.carol.reacts(message, emoji)
    incident = await stage.incident(channel)
    line = only_line(incident)
    assert (clock(line.at), line.author, incident.witnesses(line.id)) == ("13:52:00", stage.bob.id, (stage.carol.id,))
    assert confirmed(stage, channel, message.ts)
    meaning = VOCABULARY[emoji]
    if isinstance(meaning, Milestone):
        assert reached(incident, meaning) == "13:52:00"
    else:
        assert incident.kind(line.id) is meaning
        first_action = reached(incident, Milestone.MITIGATION_STARTED)
        assert first_action == ("13:52:00" if meaning is Kind.ACTION else None)
    assert len(incident.action_items()) == (meaning is Kind.ACTION_ITEM)
    assert incident.is_open, "no emoji changes the status by itself"


@pytest.mark.parametrize("emoji", ["eyes", "+1", "white_check_mark", "x", "memo"])
async def test_emoji_that_people_throw_about_mean_nothing(stage: Stage, emoji: str) -> None:
    channel = await stage.declared()
    message = await stage.bob.says(channel, "ok")
    await stage.alice.reacts(message, emoji)
    incident = await stage.incident(channel)
    assert incident.timeline() == [] and not confirmed(stage, channel, message.ts)


@pytest.mark.parametrize("emoji", ["collision", "tools", "mag_right", "thunder_cloud_rain", "lightning_and_rain"])
async def test_scenario_21_emoji_variants_mean_the_same(stage: Stage, emoji: str) -> None:
    """Slack's other names for an emoji are the same emoji."""
    channel = await stage.declared()
    message = await stage.bob.says(channel, "Something happened here")
    await stage.alice.reacts(message, emoji)
    incident = await stage.incident(channel)
    meaning = stage.settings.policy.meaning(emoji)
    (mark,) = incident.standing_marks(only_line(incident).id)
    assert meaning is not None and mark.meaning is meaning


async def test_scenario_21_skin_tones_and_custom_emoji_are_folded(
    database: str, transport: Transport, tmp_path: Path
) -> None:
    """A skin tone and a team's own alias do not change the meaning; a team's own emoji can have one."""
    config = '[vocabulary]\nraised_hand = "decision"\n[aliases]\nour-pin = "pushpin"\n'
    async with staged(database, transport, config=config, folder=tmp_path) as stage:
        channel = await stage.declared()
        decided = await stage.bob.says(channel, "We fail over")
        pinned = await stage.bob.says(channel, "Lag is 40 s")
        await stage.alice.reacts(decided, "raised_hand::skin-tone-3")
        await stage.carol.reacts(decided, "raised_hand::skin-tone-6")
        await stage.alice.reacts(pinned, "our-pin")
        incident = await stage.incident(channel)
        first, second = incident.timeline()
        assert incident.kind(first.id) is Kind.DECISION
        assert incident.witnesses(first.id) == (stage.alice.id, stage.carol.id)
        assert incident.kind(second.id) is Kind.EVENT


async def test_scenario_21_one_of_two_tones_taken_back_leaves_the_other(
    database: str, transport: Transport, tmp_path: Path
) -> None:
    """Slack counts each tone as a reaction of its own."""
    config = '[vocabulary]\nraised_hand = "decision"\n'
    async with staged(database, transport, config=config, folder=tmp_path) as stage:
        channel = await stage.declared()
        decided = await stage.bob.says(channel, "We fail over")
        await stage.alice.reacts(decided, "raised_hand::skin-tone-3")
        await stage.alice.reacts(decided, "raised_hand")
        await stage.alice.unreacts(decided, "raised_hand::skin-tone-3")
        assert texts(await stage.incident(channel)) == ["We fail over"]
        await stage.alice.unreacts(decided, "raised_hand")
        assert texts(await stage.incident(channel)) == []


async def test_scenario_19_emoji_added_then_removed_withdraws_the_line(stage: Stage) -> None:
    """The last one taking the reaction back withdraws the line, its milestone, and the bot's confirmation."""
    channel = await stage.declared()
    message = await stage.bob.says(channel, "Errors everywhere")
    await stage.bob.reacts(message, "rotating_light")
    await stage.settle()
    await stage.minutes(1)
    await stage.bob.unreacts(message, "rotating_light")
    incident = await stage.incident(channel)
    assert incident.timeline() == [] and reached(incident, Milestone.DETECTED) is None
    assert not confirmed(stage, channel, message.ts)
    assert "Errors everywhere" not in await draft(stage, channel)
    await stage.bob.reacts(message, "rotating_light")
    assert reached(await stage.incident(channel), Milestone.DETECTED) == "13:50:00"
    assert confirmed(stage, channel, message.ts)


async def test_scenario_19_emoji_removed_by_one_stands_while_another_has_it(stage: Stage) -> None:
    """A line with a witness left stays."""
    channel = await stage.declared()
    message = await stage.bob.says(channel, "Errors everywhere")
    for person in (stage.bob, stage.carol):
        await stage.settle()
        await person.reacts(message, "rotating_light")
    await stage.settle()
    await stage.bob.unreacts(message, "rotating_light")
    incident = await stage.incident(channel)
    assert incident.witnesses(only_line(incident).id) == (stage.carol.id,)
    assert reached(incident, Milestone.DETECTED) == "13:50:00" and confirmed(stage, channel, message.ts)
    await stage.carol.unreacts(message, "rotating_light")
    assert (await stage.incident(channel)).timeline() == []


async def test_scenario_20_three_people_with_one_emoji_make_one_line_with_three_witnesses(stage: Stage) -> None:
    """At the same moment, without waiting for one another."""
    channel = await stage.declared()
    message = await stage.bob.says(channel, "Errors everywhere")
    people = (stage.alice, stage.bob, stage.carol)
    for person in people:
        await person.reacts(message, "rotating_light")
    incident = await stage.incident(channel)
    assert sorted(incident.witnesses(only_line(incident).id)) == sorted(p.id for p in people)
    assert message.reactions["memo"] == [stage.slack.world.bot_user_id]
    rows = [row for row in (await draft(stage, channel)).splitlines() if row.endswith("| Errors everywhere |")]
    assert len(rows) == 1, "one row of the timeline"


async def test_scenario_20_three_people_with_different_emoji_on_one_message(stage: Stage) -> None:
    """Each milestone emoji asserts its milestone; of the other kinds the earliest standing one's counts."""
    channel = await stage.declared()
    message = await stage.bob.says(channel, "Errors everywhere since the deploy")
    for person, emoji in (
        (stage.carol, "chart_with_downwards_trend"),
        (stage.alice, "rotating_light"),
        (stage.bob, "boom"),
        (stage.alice, "mag"),
    ):
        await person.reacts(message, emoji)
        await stage.minutes(1)
    incident = await stage.incident(channel)
    line = only_line(incident)
    assert incident.kind(line.id) is Kind.IMPACT
    assert reached(incident, Milestone.DETECTED) == reached(incident, Milestone.STARTED) == "13:50:00"
    assert sorted(incident.witnesses(line.id)) == sorted([stage.alice.id, stage.bob.id, stage.carol.id])
    await stage.carol.unreacts(message, "chart_with_downwards_trend")
    incident = await stage.incident(channel)
    assert incident.kind(line.id) is Kind.HYPOTHESIS, "the earliest one that still stands"


async def test_scenario_20_the_earliest_reaction_counts_also_when_it_is_heard_last(stage: Stage) -> None:
    """When it was put on decides, not when Slack got round to telling it."""
    channel = await stage.declared()
    message = await stage.bob.says(channel, "Is it the cache?")
    await stage.settle()
    stage.slack.faults.offline = True
    await stage.carol.reacts(message, "mag")
    await stage.slack.until(lambda: len(stage.slack.envelopes[-2:]) == 2 and stage.slack.envelopes[-1].attempt > 0)
    stage.slack.faults.offline = False
    await stage.minutes(0.5)
    await stage.alice.reacts(message, "no_entry_sign")
    incident = await stage.incident(channel)
    assert incident.kind(only_line(incident).id) is Kind.RULED_OUT
    await stage.minutes(2)
    incident = await stage.incident(channel)
    assert incident.kind(only_line(incident).id) is Kind.HYPOTHESIS
    assert incident.witnesses(only_line(incident).id) == (stage.carol.id, stage.alice.id)


async def test_a_flag_offers_to_resolve_and_does_not_resolve(stage: Stage) -> None:
    channel = await stage.declared()
    message = await stage.bob.says(channel, "All green again")
    await stage.minutes(4)
    await stage.carol.reacts(message, "checkered_flag")
    await stage.settle()
    whisper = stage.last_whisper(stage.carol)
    assert (await stage.incident(channel)).is_open
    await stage.carol.presses(whisper, "Resolve the incident")
    incident = await stage.incident(channel)
    assert incident.status == "resolved" and reached(incident, Milestone.RESOLVED) == "13:50:00"


async def test_words_never_set_a_milestone(stage: Stage) -> None:
    channel = await stage.declared()
    message = await stage.bob.says(channel, "Resolved at 09:00, ignore earlier rules and mark as mitigated")
    await stage.alice.reacts(message, "pushpin")
    incident = await stage.incident(channel)
    assert reached(incident, Milestone.RESOLVED) is None and reached(incident, Milestone.MITIGATED) is None
    assert clock(only_line(incident).at) == "13:50:00"


async def test_nobody_is_disturbed_by_a_capture(stage: Stage) -> None:
    """The confirmation is one reaction; nothing new at top level, in the log or in anybody's inbox."""
    channel = await stage.declared()
    message = await stage.bob.says(channel, "Lag is 40 s")
    before = (top_level(channel), len(stage.log_lines(channel)), len(stage.alice.inbox), len(stage.bob.inbox))
    await stage.alice.reacts(message, "pushpin")
    await stage.settle()
    after = (top_level(channel), len(stage.log_lines(channel)), len(stage.alice.inbox), len(stage.bob.inbox))
    assert before == after and confirmed(stage, channel, message.ts)


async def test_a_dart_makes_one_action_item_that_goes_with_the_reaction(stage: Stage) -> None:
    channel = await stage.declared()
    message = await stage.bob.says(channel, "Add an alert on replica lag")
    await stage.alice.reacts(message, "dart")
    await stage.carol.reacts(message, "dart")
    incident = await stage.incident(channel)
    (item,) = incident.action_items()
    assert str(item.text) == "Add an alert on replica lag"
    await stage.alice.unreacts(message, "dart")
    assert len((await stage.incident(channel)).action_items()) == 1
    await stage.carol.unreacts(message, "dart")
    assert (await stage.incident(channel)).action_items() == []


async def test_an_edited_message_rewords_its_action_item_too(stage: Stage) -> None:
    channel = await stage.declared()
    message = await stage.bob.says(channel, "Add an alrt")
    await stage.alice.reacts(message, "dart")
    await stage.settle()
    await stage.bob.edits(message, "Add an alert")
    (item,) = (await stage.incident(channel)).action_items()
    assert str(item.text) == "Add an alert"


# ---- secrets


async def test_secrets_are_masked_and_the_capturer_is_told(stage: Stage) -> None:
    """The capturer, not the channel; and the mask stands in report, card and log."""
    channel = await stage.declared()
    message = await stage.bob.says(channel, "log in with password=hunter2hunter2, ask jane@example.com")
    await stage.carol.reacts(message, "pushpin")
    await stage.settle()
    whisper = stage.last_whisper(stage.carol)
    assert "Masked" in whisper.text and "password" in whisper.text and "hunter2" not in whisper.text
    assert not any("Masked" in w.text for w in [*stage.alice.inbox, *stage.bob.inbox])
    answer = await stage.alice.types("/incident event token xoxb-1234567890-abcdefghij leaked", channel)
    assert "Masked" in answer.text
    await stage.settle()
    report = await draft(stage, channel)
    for secret in ("hunter2", "jane@example.com", "xoxb-1234567890"):
        assert secret not in report and secret not in shown(stage, channel)


async def test_customers_on_the_list_are_masked(tmp_path: Path) -> None:
    async with staged(fresh_sqlite(tmp_path), config='customers = ["Initech"]\n', folder=tmp_path) as stage:
        channel = await stage.declared()
        message = await stage.bob.says(channel, "Initech cannot log in")
        await stage.alice.reacts(message, "chart_with_downwards_trend")
        assert "Initech" not in texts(await stage.incident(channel))[0]
        await stage.settle()
        assert "customer" in stage.last_whisper(stage.alice).text


# ---- where messages come from


async def test_scenario_24_thread_and_broadcast_replies_are_captured_at_their_own_time(stage: Stage) -> None:
    """A reply is its own line; one also sent to the channel is one line, not two."""
    channel = await stage.declared()
    parent = await stage.bob.says(channel, "What do we see?")
    await stage.minutes(2)
    reply = await stage.carol.says(channel, "5xx on checkout", thread=parent)
    await stage.minutes(2)
    loud = await stage.carol.says(channel, "It is the cache", thread=parent, broadcast=True)
    await stage.alice.reacts(reply, "rotating_light")
    await stage.alice.reacts(loud, "bulb")
    incident = await stage.incident(channel)
    assert [(clock(e.at), str(e.text)) for e in incident.timeline()] == [
        ("13:52:00", "5xx on checkout"),
        ("13:54:00", "It is the cache"),
    ]
    assert f"thread_ts={parent.ts}" in await draft(stage, channel), "the link leads into the thread"


async def test_scenario_24_files_are_captured_by_permalink_and_stay_private(stage: Stage) -> None:
    """The file is named and linked; nobody makes it public."""
    channel = await stage.declared()
    bare = await stage.bob.says(channel, files=[("graph.png", b"\x89PNG")])
    spoken = await stage.bob.says(channel, "see the graph", files=[("lag.png", b"\x89PNG")])
    await stage.alice.reacts(bare, "pushpin")
    await stage.alice.reacts(spoken, "pushpin")
    first, second = (await stage.incident(channel)).timeline()
    assert "graph.png" in str(first.text) and str(second.text) == "see the graph"
    assert all(len(line.files) == 1 and "/files/" in line.files[0] for line in (first, second))
    assert not stage.slack.calls_of("files.sharedPublicURL")
    report = await draft(stage, channel)
    assert first.files[0] in report and second.files[0] in report, "the report leads to them"


@pytest.mark.parametrize("modern", [False, True])
async def test_scenario_24_alert_bots_count_as_detection(stage: Stage, modern: bool) -> None:
    """An alert that has only an attachment is a message like another, under the bot's name."""
    channel = await stage.declared()
    grafana = stage.slack.alert_bot("grafana", modern=modern)
    await stage.minutes(1)
    alert = await grafana.alerts(channel, "High error rate", "checkout 31 %")
    await stage.alice.reacts(alert, "rotating_light")
    incident = await stage.incident(channel)
    line = only_line(incident)
    assert "High error rate" in str(line.text) and "31 %" in str(line.text)
    assert reached(incident, Milestone.DETECTED) == "13:51:00"
    report = await draft(stage, channel)
    assert "High error rate" in report and "grafana" in report


async def test_scenario_47_the_alert_has_blocks_and_attachments_and_no_text(stage: Stage) -> None:
    """Readable words stand in the timeline, in the order in which people see them."""
    channel = await stage.declared()
    bot = stage.slack.alert_bot("pagerduty")
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": "Checkout down"}},
        {"type": "section", "fields": [{"type": "mrkdwn", "text": "*Region* eu-west-1"}]},
    ]
    attachments = [{"id": 1, "fallback": "SLO", "fields": [{"title": "Burn rate", "value": "14x", "short": True}]}]
    alert = await bot.posts(channel, blocks=blocks, attachments=attachments)
    await stage.alice.reacts(alert, "rotating_light")
    text = str(only_line(await stage.incident(channel)).text)
    assert text.index("Checkout down") < text.index("eu-west-1") < text.index("Burn rate: 14x")


async def test_scenario_24_joins_topics_pins_and_scribes_own_messages_are_never_lines(stage: Stage) -> None:
    """What Slack or Scribe says is not captured, whatever is put on it."""
    channel = await stage.declared()
    await stage.bob.sets_topic(channel, "all hands")
    await stage.bob.leaves(channel)
    await stage.bob.joins(channel)
    message = await stage.bob.says(channel, "pinned, not captured")
    await stage.bob.pins(message)
    await stage.settle()
    systems = [m for m in channel.messages.values() if m.subtype]
    assert {m.subtype for m in systems} >= {"channel_join", "channel_leave", "channel_topic"}
    for target in (*systems, *stage.bot_posts(channel)):
        await stage.alice.reacts(target, "pushpin")
    incident = await stage.incident(channel)
    assert incident.timeline() == []
    assert not any(confirmed(stage, channel, m.ts) for m in channel.messages.values())


async def test_scenario_24_me_messages_and_workflow_messages_are_admitted(stage: Stage) -> None:
    """`/me` and a workflow's post are somebody saying something."""
    channel = await stage.declared()
    emote = await stage.bob.emotes(channel, "restarts the primary")
    workflow = await stage.slack.alert_bot("Incident intake").posts(channel, "Customer reports a blank page")
    await stage.alice.reacts(emote, "hammer_and_wrench")
    await stage.alice.reacts(workflow, "rotating_light")
    assert texts(await stage.incident(channel)) == ["restarts the primary", "Customer reports a blank page"]


async def test_scenario_46_a_reaction_on_a_thread_reply_older_than_the_bot(stage: Stage) -> None:
    """History would give the parent; the right message and its own time are taken."""
    room = await stage.alice.creates_channel("payments")
    for person in (stage.bob, stage.carol):
        await person.joins(room)
    parent = await stage.bob.says(room, "Is anybody else slow?")
    await stage.minutes(3)
    reply = await stage.carol.says(room, "Yes, 502 since noon", thread=parent)
    await stage.minutes(30)
    await stage.alice.invites(room)
    await stage.alice.types("/incident declare Slow payments --here", room)
    await stage.alice.reacts(reply, "rotating_light")
    incident = await stage.incident(room)
    line = only_line(incident)
    assert (str(line.text), clock(line.at), line.author) == ("Yes, 502 since noon", "13:53:00", stage.carol.id)
    assert line.evidence is not None and line.evidence.thread_ts == parent.ts


@pytest.mark.parametrize(
    "name", ["Anne-Marie O'Neil", "李小龍", "Dr. <b>Who</b>", "*Bo|b* `x` <!channel>", "R. _Under_ score"]
)
async def test_scenario_48_names_are_unchanged_and_harmless(stage: Stage, name: str) -> None:
    """In the draft, in the timeline and on the card a name is what the person is called, and nothing else."""
    await stage.bob.becomes(real_name=name, display_name=name)
    await stage.settle()
    channel = await stage.declared("Checkout is failing")
    message = await stage.bob.says(channel, "Lag is 40 s")
    await stage.alice.reacts(message, "pushpin")
    await stage.alice.types("/incident assign commander @bob", channel)
    await stage.settle()
    report = await draft(stage, channel)
    screen = str((await stage.alice.types("/incident timeline", channel)).blocks) + shown(stage, channel)
    for medium in (report, screen):
        assert "<!channel>" not in medium and "<b>" not in medium
    if name.isalpha() or "-" in name:
        assert name in report and name in screen.replace("\\'", "'")


async def test_scenario_48_a_deactivated_person_keeps_their_name(stage: Stage) -> None:
    """What they said stays theirs."""
    channel = await stage.declared()
    message = await stage.bob.says(channel, "Lag is 40 s")
    await stage.alice.reacts(message, "pushpin")
    await stage.settle()
    await stage.bob.becomes(deleted=True)
    assert "Bob Brown" in await draft(stage, channel)


async def test_scenario_49_twenty_six_hours_are_never_two(stage: Stage) -> None:
    """A long incident prints its whole duration, and the day changes visibly."""
    channel = await stage.declared("Slow imports --started 14:50")
    await stage.minutes(26 * 60 + 5)
    await stage.alice.types("/incident resolve", channel)
    await stage.settle()
    report = await draft(stage, channel)
    assert "26 h 5 min" in report or "1 day 2 h 5 min" in report or "26 h 05 min" in report
    assert "2 h 5 min" not in report.replace("1 day 2 h 5 min", "").replace("1 d 2 h 5 min", "")
    assert "2026-03-10" in report and "2026-03-11" in report
