"""Shortcuts and forms: prefilled with what is known, corrected in place, and doing what the line would have done."""

from __future__ import annotations

from bot.words import Kind, Milestone, Role, Severity
from tests.slackd.people import Answer
from tests.slackd.records import Channel, View
from tests.stage import Stage
from tests.stories.reading import clock, confirmed, draft, only_line, reached, texts, top_level


def opened(answer: Answer) -> View:
    """The form that came up."""
    assert answer.view is not None, answer.text or answer.error
    return answer.view


def value(view: View, block: str) -> object:
    """What stands in an input before anybody touches it."""
    (found,) = [b["element"] for b in view.blocks if b.get("block_id") == block]
    option = found.get("initial_option")
    return option["value"] if option else found.get("initial_value", found.get("initial_date_time"))


async def new_incident(stage: Stage, known: set[str]) -> Channel:
    await stage.settle()
    (made,) = [
        c for key, c in stage.slack.world.channels.items() if key not in known and c.kind in ("channel", "group")
    ]
    return made


# ---- Add to incident timeline


async def test_the_timeline_shortcut_opens_a_form_prefilled_with_text_time_and_kind(stage: Stage) -> None:
    channel = await stage.declared()
    message = await stage.bob.says(channel, "Replica lag *40 s* & rising, see @alice")
    await stage.minutes(7)
    form = opened(await stage.carol.uses_shortcut("add_to_timeline", message))
    assert value(form, "text") == "Replica lag *40 s* & rising, see @Alice Adams"
    assert value(form, "when") == int(message.ts.split(".")[0]) and value(form, "kind") == "event"


async def test_the_timeline_shortcut_left_alone_captures_the_message_as_it_is(stage: Stage) -> None:
    """Its wording, its time, its author, and who captured it; confirmed on the message, told in the log."""
    channel = await stage.declared()
    message = await stage.bob.says(channel, "Replica lag *40 s* & rising, see @alice")
    await stage.minutes(7)
    before = top_level(channel)
    result = await stage.carol.submits(opened(await stage.carol.uses_shortcut("add_to_timeline", message)))
    assert result.closed and "Recorded" in result.text
    incident = await stage.incident(channel)
    line = only_line(incident)
    assert (str(line.text), clock(line.at), line.author) == (message.text, "13:50:00", stage.bob.id)
    assert incident.witnesses(line.id) == (stage.carol.id,) and line.earlier == ()
    await stage.settle()
    assert confirmed(stage, channel, message.ts) and top_level(channel) == before


async def test_the_timeline_shortcut_takes_another_wording_time_and_kind(stage: Stage) -> None:
    """The original wording is kept beside it, and the author's message is not touched."""
    channel = await stage.declared()
    message = await stage.bob.says(channel, "it's the cache i think")
    await stage.minutes(7)
    form = opened(await stage.carol.uses_shortcut("add_to_timeline", message))
    await stage.carol.fills(form, {"text": "The cache evicts everything", "when": 1773150000, "kind": "hypothesis"})
    assert (await stage.carol.submits(form)).closed
    incident = await stage.incident(channel)
    line = only_line(incident)
    assert (str(line.text), clock(line.at)) == ("The cache evicts everything", "13:40:00")
    assert incident.kind(line.id) is Kind.HYPOTHESIS
    assert [str(w.text) for w in line.earlier] == ["it's the cache i think"]
    assert message.text == "it's the cache i think"


async def test_the_timeline_shortcut_on_a_message_marked_already_adds_a_witness(stage: Stage) -> None:
    channel = await stage.declared()
    message = await stage.bob.says(channel, "Pager fired")
    await stage.alice.reacts(message, "rotating_light")
    await stage.settle()
    await stage.minutes(1)
    form = opened(await stage.carol.uses_shortcut("add_to_timeline", message))
    await stage.carol.fills(form, {"kind": "acknowledged"})
    await stage.carol.submits(form)
    incident = await stage.incident(channel)
    assert incident.witnesses(only_line(incident).id) == (stage.alice.id, stage.carol.id)
    assert reached(incident, Milestone.DETECTED) == reached(incident, Milestone.ACKNOWLEDGED) == "13:50:00"
    await stage.alice.unreacts(message, "rotating_light")
    assert len((await stage.incident(channel)).timeline()) == 1
    await stage.carol.types("/incident undo", channel)
    assert (await stage.incident(channel)).timeline() == []


async def test_undo_takes_back_what_the_shortcut_said_where_others_vouch_for_the_line(stage: Stage) -> None:
    channel = await stage.declared()
    message = await stage.bob.says(channel, "Pager fired")
    form = opened(await stage.carol.uses_shortcut("add_to_timeline", message))
    await stage.carol.fills(form, {"kind": "detected"})
    await stage.carol.submits(form)
    await stage.settle()
    await stage.alice.reacts(message, "pushpin")
    await stage.settle()
    await stage.carol.types("/incident undo", channel)
    incident = await stage.incident(channel)
    assert incident.witnesses(only_line(incident).id) == (stage.alice.id,)
    assert reached(incident, Milestone.DETECTED) is None


async def test_the_timeline_form_refuses_a_time_that_has_not_come_and_keeps_what_was_typed(stage: Stage) -> None:
    channel = await stage.declared()
    message = await stage.bob.says(channel, "Pager fired")
    form = opened(await stage.carol.uses_shortcut("add_to_timeline", message))
    await stage.carol.fills(form, {"text": "The pager fired", "when": 1773250000})
    result = await stage.carol.submits(form)
    assert "has not happened yet" in result.errors["when"] and stage.carol.modal is form
    assert (await stage.incident(channel)).timeline() == []
    await stage.carol.fills(form, {"when": int(message.ts.split(".")[0])})
    assert (await stage.carol.submits(form)).closed
    assert texts(await stage.incident(channel)) == ["The pager fired"]


async def test_a_message_deleted_while_its_form_was_open_is_not_captured(stage: Stage) -> None:
    channel = await stage.declared()
    message = await stage.bob.says(channel, "the zebra escaped")
    form = opened(await stage.carol.uses_shortcut("add_to_timeline", message))
    await stage.bob.deletes(message)
    await stage.settle()
    result = await stage.carol.submits(form)
    assert "not there any more" in str(result.errors)
    assert (await stage.incident(channel)).timeline() == []


async def test_a_form_sent_twice_captures_once(stage: Stage) -> None:
    channel = await stage.declared()
    message = await stage.bob.says(channel, "Pager fired")
    form = opened(await stage.carol.uses_shortcut("add_to_timeline", message))
    await stage.carol.submits(form)
    await stage.settle()
    sent = [e for e in stage.slack.envelopes if e.payload.get("type") == "view_submission"][-1]
    await stage.slack.courier.request("interactive", sent.payload)
    incident = await stage.incident(channel)
    assert len(incident.standing_marks(only_line(incident).id)) == 1
    assert len([line for line in stage.log_lines(channel) if "Pager fired" in line]) == 1


async def test_scribes_own_messages_are_never_captured_by_shortcut(stage: Stage) -> None:
    channel = await stage.declared()
    answer = await stage.bob.uses_shortcut("add_to_timeline", stage.card(channel))
    assert answer.view is None and "own messages" in answer.text


async def test_the_timeline_shortcut_elsewhere_asks_which_incident_and_goes_on(stage: Stage) -> None:
    """An alert in #general belongs to an incident; no word of it is typed again."""
    channel = await stage.declared("Checkout is failing")
    message = await stage.bob.says(stage.general, "Customers report a blank page")
    answer = await stage.bob.uses_shortcut("add_to_timeline", message)
    assert answer.view is None and "Which one" in answer.text
    await stage.minutes(2)
    number = (await stage.incident(channel)).number
    form = opened(await stage.bob.presses(answer.whispers[-1], f"{number} Checkout is failing"))
    assert value(form, "text") == "Customers report a blank page"
    await stage.bob.fills(form, {"kind": "detected"})
    assert (await stage.bob.submits(form)).closed
    incident = await stage.incident(channel)
    line = only_line(incident)
    assert (clock(line.at), reached(incident, Milestone.DETECTED)) == ("13:50:00", "13:50:00")
    assert line.evidence is not None and line.evidence.channel == stage.general.id


# ---- Create action item


async def test_the_action_shortcut_opens_a_form_with_the_message_as_text(stage: Stage) -> None:
    channel = await stage.declared()
    message = await stage.bob.says(channel, "We need an alert on replica lag")
    form = opened(await stage.alice.uses_shortcut("create_action_item", message))
    assert value(form, "text") == "We need an alert on replica lag"
    await stage.alice.fills(form, {"text": "Add an alert on replica lag", "owner": stage.carol, "priority": "high"})
    assert (await stage.alice.submits(form)).closed
    (item,) = (await stage.incident(channel)).action_items()
    assert (str(item.text), item.owner, item.priority) == ("Add an alert on replica lag", stage.carol.id, "high")
    await stage.settle()
    assert "Add an alert on replica lag" in await draft(stage, channel)


async def test_the_action_shortcut_elsewhere_asks_which_incident_and_goes_on(stage: Stage) -> None:
    channel = await stage.declared("Checkout is failing")
    message = await stage.bob.says(stage.general, "Add an alert on replica lag")
    answer = await stage.bob.uses_shortcut("create_action_item", message)
    number = (await stage.incident(channel)).number
    form = opened(await stage.bob.presses(answer.whispers[-1], f"{number} Checkout is failing"))
    assert (await stage.bob.submits(form)).closed
    (item,) = (await stage.incident(channel)).action_items()
    assert str(item.text) == "Add an alert on replica lag"


# ---- declaring


async def test_declare_alone_opens_a_form_and_a_title_is_enough(stage: Stage) -> None:
    known = set(stage.slack.world.channels)
    form = opened(await stage.alice.types("/incident declare", stage.general))
    await stage.alice.fills(form, {"title": "Checkout is failing"})
    assert (await stage.alice.submits(form)).closed
    channel = await new_incident(stage, known)
    incident = await stage.incident(channel)
    assert channel.name == "incident-20260310-1350-checkout-is-failing"
    assert (str(incident.title), incident.severity, incident.drill) == ("Checkout is failing", Severity.HIGH, False)
    assert stage.alice.id in channel.members and stage.card(channel).pinned
    assert reached(incident, Milestone.STARTED) is None, "nothing is invented"


async def test_every_field_of_the_form_reaches_the_incident(stage: Stage) -> None:
    known = set(stage.slack.world.channels)
    form = opened(await stage.alice.types("/incident declare", stage.general))
    family = next(b["element"]["options"][-1]["value"] for b in form.blocks if b.get("block_id") == "family")
    filled = {
        "title": "Checkout is failing",
        "severity": "critical",
        "type": "outage",
        "services": "api, db",
        "regions": "eu-west-1",
        "started": 1773150000,
        "commander": stage.bob,
        "options": ["private", "drill"],
        "family": family,
    }
    await stage.alice.fills(form, filled)
    assert (await stage.alice.submits(form)).closed
    channel = await new_incident(stage, known)
    incident = await stage.incident(channel)
    assert (incident.severity, incident.type, incident.family) == ("critical", "outage", family)
    assert (incident.services, incident.regions) == (("api", "db"), ("eu-west-1",))
    assert reached(incident, Milestone.STARTED) == "13:40:00" and incident.holder(Role.COMMANDER) == stage.bob.id
    assert channel.is_private and incident.private and incident.drill
    assert stage.bob.id in channel.members, "the commander is invited"


async def test_the_answer_to_the_form_comes_where_it_was_asked_for(stage: Stage) -> None:
    stage.slack.invite_bot(stage.general)
    form = opened(await stage.alice.types("/incident declare", stage.general))
    await stage.alice.fills(form, {"title": "Checkout is failing"})
    await stage.alice.submits(form)
    await stage.settle()
    assert "Declared" in stage.last_whisper(stage.alice).text
    assert stage.last_whisper(stage.alice).channel == stage.general.id


async def test_where_the_bot_is_not_the_answer_to_the_form_comes_directly(stage: Stage) -> None:
    form = opened(await stage.alice.types("/incident declare", stage.general))
    await stage.alice.fills(form, {"title": "Checkout is failing"})
    await stage.alice.submits(form)
    await stage.settle()
    assert [m for m in stage.alice.dm.messages.values() if "Declared" in m.text]


async def test_a_start_in_the_future_is_refused_in_the_form_and_nothing_is_declared(stage: Stage) -> None:
    known = set(stage.slack.world.channels)
    form = opened(await stage.alice.types("/incident declare", stage.general))
    await stage.alice.fills(form, {"title": "Checkout is failing", "started": 1773250000})
    result = await stage.alice.submits(form)
    assert "has not happened yet" in result.errors["started"]
    await stage.alice.fills(form, {"started": None})
    assert (await stage.alice.submits(form)).closed
    await new_incident(stage, known)


async def test_the_global_shortcut_declares_from_anywhere(stage: Stage) -> None:
    known = set(stage.slack.world.channels)
    form = opened(await stage.carol.uses_global_shortcut("declare_incident"))
    await stage.carol.fills(form, {"title": "Checkout is failing"})
    assert (await stage.carol.submits(form)).closed
    channel = await new_incident(stage, known)
    assert (await stage.incident(channel)).declared_by == stage.carol.id and stage.carol.id in channel.members


async def test_the_message_shortcut_declares_with_the_message_as_title_and_as_the_first_line(stage: Stage) -> None:
    """The incident begins with that message; it is on the timeline with its own time, and linked."""
    known = set(stage.slack.world.channels)
    message = await stage.bob.says(stage.general, "Checkout returns 502\nfor everybody in the EU")
    await stage.minutes(4)
    form = opened(await stage.alice.uses_shortcut("declare_from_message", message))
    assert value(form, "title") == "Checkout returns 502"
    assert (await stage.alice.submits(form)).closed
    channel = await new_incident(stage, known)
    incident = await stage.incident(channel)
    line = only_line(incident)
    assert (clock(line.at), line.author) == ("13:50:00", stage.bob.id)
    assert "for everybody in the EU" in str(line.text)
    assert line.evidence is not None and (line.evidence.channel, line.evidence.ts) == (stage.general.id, message.ts)
    assert reached(incident, Milestone.STARTED) is None and reached(incident, Milestone.DETECTED) is None


async def test_a_report_family_nobody_has_is_refused_in_a_sentence(stage: Stage) -> None:
    answer = await stage.alice.types("/incident declare Checkout is failing --family nonsense", stage.general)
    assert "no report family nonsense" in answer.text and "slo" in answer.text
    assert not [c for c in stage.slack.world.channels.values() if c.name.startswith("incident-")]


# ---- declaring in one line


async def test_declare_in_one_line_with_everything_named(stage: Stage) -> None:
    line = "Checkout is failing sev1 --started 14:20 --service api,db --type outage --commander @bob --drill"
    channel = await stage.declared(line)
    incident = await stage.incident(channel)
    assert (str(incident.title), incident.severity, incident.type) == ("Checkout is failing", "critical", "outage")
    assert incident.services == ("api", "db") and incident.drill and incident.holder(Role.COMMANDER) == stage.bob.id
    assert reached(incident, Milestone.STARTED) == "13:20:00"
    assert "DRILL" in str(stage.card(channel).blocks) and "DRILL" in channel.topic.value


async def test_declared_after_the_fact_it_is_over_and_has_its_clocks(stage: Stage) -> None:
    """The times typed to declare are set, and nothing else is said of the milestones."""
    line = "Checkout was down sev2 --started 12:00 --detected 12:05 --resolved 12:40"
    channel = await stage.declared(line)
    incident = await stage.incident(channel)
    assert incident.status == "resolved"
    moments = (Milestone.STARTED, Milestone.DETECTED, Milestone.RESOLVED, Milestone.ACKNOWLEDGED)
    assert [reached(incident, m) for m in moments] == ["11:00:00", "11:05:00", "11:40:00", None]
    assert "40 min" in await draft(stage, channel)


async def test_a_private_incident_has_a_private_channel_and_stays_out_of_sight(stage: Stage) -> None:
    known = set(stage.slack.world.channels)
    await stage.alice.types("/incident declare Zebra breach --private", stage.general)
    channel = await new_incident(stage, known)
    assert channel.is_private and stage.alice.id in channel.members and stage.bob.id not in channel.members
    number = (await stage.incident(channel)).number
    listed = await stage.bob.types("/incident list all", stage.general)
    asked = await stage.bob.types("/incident event something", stage.general)
    for answer in (listed, asked):
        assert number not in str(answer.blocks) and "Zebra" not in str(answer.blocks)
    assert number in str((await stage.alice.types("/incident list", stage.general)).blocks)


async def test_the_channel_is_furnished(stage: Stage) -> None:
    """Topic, bookmark and the pinned card, one message edited in place."""
    channel = await stage.declared("Checkout is failing sev2")
    number = (await stage.incident(channel)).number
    card = stage.card(channel)
    assert number in channel.topic.value and len(channel.bookmarks) == 1
    assert card.ts.replace(".", "") in channel.bookmarks[0].link and card.pinned
    await stage.alice.types("/incident event --at 14:45 db failover started", channel)
    await stage.settle()
    assert stage.card(channel).ts == card.ts and "1 timeline line" in str(stage.card(channel).blocks)


async def test_the_event_form_of_the_card_adds_a_line(stage: Stage) -> None:
    channel = await stage.declared()
    form = opened(await stage.bob.presses(stage.card(channel), "event_form"))
    await stage.bob.fills(form, {"text": "Restarted the primary", "kind": "action"})
    assert (await stage.bob.submits(form)).closed
    incident = await stage.incident(channel)
    assert texts(incident) == ["Restarted the primary"] and reached(incident, Milestone.MITIGATION_STARTED) is not None
