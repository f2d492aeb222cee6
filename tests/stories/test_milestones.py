"""Which moment counts: re-opened, corrected, contested, impossible, missing, partial, regraded, reported late.

Scenarios 9 to 16. The stage stands at 13:50 UTC, 14:50 for Alice in Zurich.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta

from bot.clocks import degraded
from bot.incident import Incident
from bot.milestones import assumed, counting
from bot.reporting.model import Report
from bot.reporting.told import Contradiction, Measurement, NoMeasurement
from bot.words import Milestone, Severity, Status
from handlers.reports import report_of
from tests.slackd.people import Person
from tests.slackd.records import Channel, Message
from tests.stage import Stage
from tests.stories.reading import draft, reached, shown, texts


async def report(stage: Stage, channel: Channel) -> Report:
    return await report_of(stage.desk, await stage.incident(channel))


async def says_and_marks(stage: Stage, channel: Channel, who: Person, text: str, emoji: str) -> Message:
    message = await who.says(channel, text)
    await stage.settle()
    await who.reacts(message, emoji)
    await stage.settle()
    return message


def claims(made: Report, milestone: Milestone) -> list[tuple[str, str, bool, str]]:
    """The history of a milestone: when, said by whom, whether it counts, and why or why not."""
    return [(f"{c.at:%H:%M}", c.cite.by, c.counts, c.why) for c in made.milestones[milestone].history]


def clock(made: Report, key: str) -> Measurement | NoMeasurement | Contradiction:
    return next(c for c in made.clocks if c.definition.key == key)


def elapsed(made: Report, key: str) -> timedelta:
    found = clock(made, key)
    assert isinstance(found, Measurement), found
    return found.elapsed


def rows(made: Report, word: str) -> list[str]:
    """When rows of this kind stand on the report's timeline."""
    return [f"{row.at:%H:%M}" for row in made.timeline if row.kind == word]


async def test_scenario_09_resolved_reopened_resolved(stage: Stage) -> None:
    """Scenario 9: TTR ends with the last resolution, degraded time leaves out the healthy window."""
    channel = await stage.declared("Checkout is failing --started 14:45")
    await stage.minutes(15)
    await stage.alice.types("/incident resolve", channel)  # 14:05 UTC
    await stage.minutes(25)
    answer = await stage.bob.types("/incident reopen Errors are back", channel)  # 14:30
    assert "is open again" in answer.text
    open_again = await stage.incident(channel)
    assert (open_again.status, counting(open_again, Milestone.RESOLVED)) == (Status.INVESTIGATING, None)
    assert "re-opened and not resolved again" in (await report(stage, channel)).milestones[Milestone.RESOLVED].why

    await stage.minutes(20)
    await stage.alice.types("/incident resolve", channel)  # 14:50
    incident, made = await stage.incident(channel), await report(stage, channel)
    assert reached(incident, Milestone.RESOLVED) == "14:50:00"
    assert elapsed(made, "ttr") == timedelta(minutes=65)
    assert degraded(incident) == timedelta(minutes=40)
    assert rows(made, "resolved") == ["14:05", "14:50"]
    written = await draft(stage, channel)
    assert "1 h 05 min" in written and "40 min" in written and "Errors are back" in written


async def test_scenario_09_a_typed_resolution_that_did_not_hold_stays_in_the_timeline(stage: Stage) -> None:
    """Scenario 9: a re-opening ends what was set; the time that was typed stays in the timeline and in the history."""
    channel = await stage.declared("Checkout is failing --started 14:00")
    await stage.alice.types("/incident resolve --at 14:30", channel)
    await stage.minutes(10)
    await stage.alice.types("/incident reopen --at 14:55 Errors are back", channel)
    await stage.minutes(10)
    answer = await stage.alice.types("/incident resolve", channel)
    assert "as marked" not in answer.text
    made = await report(stage, channel)
    assert rows(made, "resolved") == ["13:30", "14:10"]
    assert claims(made, Milestone.RESOLVED) == [
        ("13:30", "Alice Adams", False, "ended by the re-opening"),
        ("14:10", "Alice Adams", True, "the latest that stands"),
    ]


async def test_scenario_09_reopening_before_the_resolution_is_refused(stage: Stage) -> None:
    """Scenario 9: nobody can re-open what is not resolved yet; the refusal says what to correct."""
    channel = await stage.declared("Checkout is failing --started 14:00")
    await stage.alice.types("/incident resolve --at 14:30", channel)
    answer = await stage.alice.types("/incident reopen --at 14:10", channel)
    assert "2026-03-10 14:10 CET is before it was resolved, at 14:30 CET" in answer.text
    assert (await stage.incident(channel)).status is Status.RESOLVED


async def test_scenario_10_a_milestone_corrected_twice_counts_as_set_last(stage: Stage) -> None:
    """Scenario 10: 14:20, then 14:10, then 14:15: the last wins; the history says who and when; the draft shows one."""
    channel = await stage.declared()
    await stage.minutes(40)
    for who, at in ((stage.alice, "14:20"), (stage.bob, "14:10"), (stage.carol, "14:15")):
        await who.types(f"/incident mark detected {at} UTC", channel)
        await stage.minutes(1)
    made = await report(stage, channel)
    assert claims(made, Milestone.DETECTED) == [
        ("14:20", "Alice Adams", False, "a newer time set by hand counts"),
        ("14:10", "Bob Brown", False, "a newer time set by hand counts"),
        ("14:15", "Carol Chen", True, "the newest time set by hand"),
    ]
    assert rows(made, "detected") == ["14:15"]
    answer = await stage.alice.types("/incident milestones", channel)
    screen = str(answer.blocks)
    assert "said by Alice Adams (command)" in screen and "14:30 UTC" in screen and "14:31 UTC" in screen


async def test_scenario_10_correcting_a_resolution_posts_no_second_draft(stage: Stage) -> None:
    """Scenario 10: a corrected time is said back, and the channel hears nothing of it at its top level."""
    channel = await stage.declared("Checkout is failing --started 14:00")
    for at in ("14:40", "14:30", "14:35"):
        answer = await stage.alice.types(f"/incident resolve --at {at}", channel)
    assert answer.text.startswith("Set: resolved at")
    assert reached(await stage.incident(channel), Milestone.RESOLVED) == "13:35:00"
    assert len(stage.slack.world.files) == 1
    assert rows(await report(stage, channel), "resolved") == ["13:35"]


async def test_scenario_10_a_resolution_corrected_after_it_came_with_the_status_stands_once(stage: Stage) -> None:
    """Scenario 10: the draft shows the corrected time and not the click beside it, also once it was re-opened."""
    channel = await stage.declared("Checkout is failing --started 14:00")
    await stage.alice.types("/incident resolve", channel)
    await stage.alice.types("/incident resolve --at 14:45", channel)
    assert rows(await report(stage, channel), "resolved") == ["13:45"]
    await stage.minutes(10)
    await stage.alice.types("/incident reopen", channel)
    assert rows(await report(stage, channel), "resolved") == ["13:45"]


async def test_scenario_10_a_cleared_time_falls_back_to_what_was_marked(stage: Stage) -> None:
    """Scenario 10: taking a set time back leaves the assertions; the history keeps it as taken back."""
    channel = await stage.declared()
    await says_and_marks(stage, channel, stage.bob, "Alert: 5xx", "rotating_light")
    await stage.minutes(5)
    await stage.alice.types("/incident mark detected 14:30", channel)
    assert reached(await stage.incident(channel), Milestone.DETECTED) == "13:30:00"
    answer = await stage.alice.types("/incident mark detected clear", channel)
    assert answer.text.startswith("Set: detected to ") and "13:50 UTC>, as marked." in answer.text
    made = await report(stage, channel)
    assert claims(made, Milestone.DETECTED) == [
        ("13:50", "Bob Brown", True, "the earliest that stands"),
        ("13:30", "Alice Adams", False, "taken back"),
    ]


async def test_scenario_11_two_people_set_a_milestone_at_once(stage: Stage) -> None:
    """Scenario 11: both are kept, the one recorded last counts, and the history says by which rule."""
    channel = await stage.declared()
    await stage.minutes(10)
    await asyncio.gather(
        stage.alice.types("/incident mark started 13:45 UTC", channel),
        stage.bob.types("/incident mark started 13:40 UTC", channel),
    )
    incident, made = await stage.incident(channel), await report(stage, channel)
    history = claims(made, Milestone.STARTED)
    assert {(at, by) for at, by, _, _ in history} == {("13:45", "Alice Adams"), ("13:40", "Bob Brown")}
    assert [why for _, _, counts, why in history if counts] == ["the newest time set by hand"]
    assert [why for _, _, counts, why in history if not counts] == ["a newer time set by hand counts"]
    newest = incident.moments[-1].moment
    assert newest is not None and reached(incident, Milestone.STARTED) == f"{newest:%H:%M:%S}"


async def test_scenario_11_two_people_resolve_at_once(stage: Stage) -> None:
    """Scenario 11: one resolution, one draft; the other person is told that it is resolved already."""
    channel = await stage.declared()
    await stage.minutes(10)
    answers = await asyncio.gather(
        stage.alice.types("/incident resolve", channel), stage.bob.types("/incident resolve", channel)
    )
    said = sorted("already" in " ".join(whisper.text for whisper in answer.whispers) for answer in answers)
    assert said == [False, True]
    assert len([turn for turn in (await stage.incident(channel)).turns if turn.status is Status.RESOLVED]) == 1
    assert len(stage.slack.world.files) == 1


async def test_scenario_12_an_impossible_order_is_flagged_and_gives_no_figure(stage: Stage) -> None:
    """Scenario 12: resolved before detected, detected before the start: kept, said, and shown as inconsistent."""
    channel = await stage.declared()
    await stage.minutes(30)
    await stage.alice.types("/incident mark started 14:40", channel)
    answer = await stage.alice.types("/incident mark detected 14:30", channel)
    assert "detected now lies before started" in answer.text
    answer = await stage.alice.types("/incident resolve --at 14:20", channel)
    assert "resolved now lies before detected" in answer.whispers[0].text
    made = await report(stage, channel)
    for key in ("ttd", "ttr"):
        assert isinstance(clock(made, key), Contradiction)
    assert degraded(await stage.incident(channel)) is None
    flagged = {lint.about for lint in made.lints if lint.id == "impossible-order"}
    assert flagged == {"started:detected", "started:resolved", "detected:resolved"}
    card = str(stage.card(channel).blocks)
    assert "inconsistent: detected is stated before started" in card
    assert "*0 min*" not in card and "−" not in card

    answer = await stage.alice.types("/incident mark started 14:10", channel)
    assert "resolved now lies before detected" not in answer.text  # that pair was not touched
    answer = await stage.alice.types("/incident mark detected 14:15", channel)
    assert "Note" not in answer.text
    assert elapsed(await report(stage, channel), "ttr") == timedelta(minutes=10)


async def test_scenario_13_missing_milestones_are_unknown_with_the_reason(stage: Stage) -> None:
    """Scenario 13: without a start there is no TTR, whatever else is known; the declaration is no stand-in."""
    channel = await stage.declared()
    await stage.minutes(30)
    await stage.alice.types("/incident resolve", channel)
    incident, made = await stage.incident(channel), await report(stage, channel)
    reasons = {c.definition.key: c.why for c in made.clocks if isinstance(c, NoMeasurement)}
    assert reasons == {
        "ttd": "no started milestone",
        "tta": "no detected milestone (assumed only: declared then, so detected at the latest then)",
        "ttm": "no started milestone",
        "ttr": "no started milestone",
    }
    guess = assumed(incident, Milestone.DETECTED)
    assert guess is not None and guess.at == incident.declared_at
    card = str(stage.card(channel).blocks)
    assert "Started: _unknown_" in card and "_unknown; assumed_" in card
    assert "unknown: no started milestone" in card
    written = await draft(stage, channel)
    assert "30 min" not in written
    assert "/incident mark started" in written


async def test_scenario_14_partial_and_failed_mitigations_are_all_listed(stage: Stage) -> None:
    """Scenario 14: the latest standing mitigation counts, each is listed, and a withdrawn one falls back."""
    channel = await stage.declared("Checkout is failing --started 14:45")
    await stage.minutes(5)
    await says_and_marks(stage, channel, stage.bob, "Scaled the pool up", "hammer_and_wrench")
    await stage.minutes(5)
    await says_and_marks(stage, channel, stage.bob, "EU is back, US still failing", "adhesive_bandage")
    await stage.minutes(5)
    failed = await says_and_marks(
        stage, channel, stage.carol, "Flushed the cache, that should be it", "adhesive_bandage"
    )
    await stage.minutes(5)
    await says_and_marks(stage, channel, stage.alice, "US recovered as well", "adhesive_bandage")

    made = await report(stage, channel)
    assert elapsed(made, "ttm") == timedelta(minutes=25)
    assert rows(made, "mitigated") == ["14:00", "14:05", "14:10"]
    assert [why for *_, why in claims(made, Milestone.MITIGATED)] == ["the latest counts"] * 2 + [
        "the latest that stands"
    ]
    assert reached(await stage.incident(channel), Milestone.MITIGATION_STARTED) == "13:55:00"

    newest = list(channel.messages.values())[-1]
    await stage.alice.types("/incident undo", channel)
    assert reached(await stage.incident(channel), Milestone.MITIGATED) == "14:05:00", newest.text
    await stage.carol.unreacts(failed, "adhesive_bandage")
    assert reached(await stage.incident(channel), Milestone.MITIGATED) == "14:00:00"
    assert texts(await stage.incident(channel)) == ["Scaled the pool up", "EU is back, US still failing"]


async def test_scenario_15_severity_up_and_down_keeps_the_highest_and_the_last(stage: Stage) -> None:
    """Scenario 15: each step with who, when and why; the draft shows the highest and the final one."""
    channel = await stage.declared("Checkout is failing sev3")
    await stage.minutes(5)
    await stage.alice.types("/incident severity sev1 All regions are down", channel)
    await stage.minutes(5)
    await stage.bob.types("/incident sev2 EU recovered", channel)
    standing = (await report(stage, channel)).standing
    assert (standing.highest, standing.severity) == (Severity.CRITICAL, Severity.HIGH)
    assert [(g.level, g.reason, g.cite.by) for g in standing.grades] == [
        (Severity.MEDIUM, "", "Alice Adams"),
        (Severity.CRITICAL, "All regions are down", "Alice Adams"),
        (Severity.HIGH, "EU recovered", "Bob Brown"),
    ]
    written = await draft(stage, channel)
    assert "SEV1 at its highest, SEV2 at the end" in written
    assert "All regions are down" in written and "EU recovered" in written


async def test_scenario_15_merged_incidents_keep_the_origin_of_each_line(stage: Stage) -> None:
    """Scenario 15: lines, set times, fields and items go over with their origin; the merged channel goes on there."""
    kept, double = await stage.declared("Checkout is failing"), await stage.declared("Payments are slow", stage.bob)
    await stage.alice.types("/incident event --at 14:40 Checkout alert fired", kept)
    await stage.bob.types("/incident event --at 14:35 UTC+1 Payments alert fired", double)
    await stage.bob.types("/incident mark started 13:30 UTC", double)
    await stage.bob.types("/incident set users_affected 5000", double)
    await stage.bob.types("/incident action add Add an alert on pool size", double)
    number = (await stage.incident(kept)).number
    other = (await stage.incident(double)).number
    answer = await stage.bob.types(f"/incident merge {number}", double)
    assert answer.text == f"{other} is merged into {number}."

    incident = await stage.incident(kept)
    assert [(str(e.text), e.origin) for e in incident.timeline()] == [
        (f"Started, as set in {other}", other),
        ("Payments alert fired", other),
        ("Checkout alert fired", None),
    ]
    assert reached(incident, Milestone.STARTED) == "13:30:00"
    assert [str(item.text) for item in incident.action_items()] == ["Add an alert on pool size"]
    assert "This incident goes on in" in shown(stage, double)
    written = await draft(stage, kept)
    assert f"from {other}" in written and "5,000" in written
    assert f"Incident {other} was merged into this one" in written

    answer = await stage.bob.types("/incident event --at 14:48 UTC+1 Said in the old channel", double)
    assert "Said in the old channel" in texts(await stage.incident(kept)), answer.text
    merged = await stage.incident(double)
    assert (merged.status, merged.merged_into) == (Status.MERGED, number)


async def test_scenario_15_a_line_is_moved_to_the_incident_it_belongs_to(stage: Stage) -> None:
    """Scenario 15: a split: the line leaves one timeline, stands on the other with its origin and its meaning."""
    here, there = await stage.declared("Checkout is failing"), await stage.declared("Payments are slow")
    line = await says_and_marks(stage, here, stage.bob, "Payments pool is back", "adhesive_bandage")
    number, other = (await stage.incident(here)).number, (await stage.incident(there)).number
    answer = await stage.alice.types(f"/incident move {stage.slack.permalink(line)} to {other}", here)
    assert answer.text.startswith(f"Moved to {other}")
    left, arrived = await stage.incident(here), await stage.incident(there)
    assert (texts(left), reached(left, Milestone.MITIGATED)) == ([], None)
    assert [(str(e.text), e.origin) for e in arrived.timeline()] == [("Payments pool is back", number)]
    assert reached(arrived, Milestone.MITIGATED) == "13:50:00"
    assert "1 line was moved to another incident" in await draft(stage, here)


async def test_scenario_15_a_false_alarm_has_no_metrics_until_it_is_reopened(stage: Stage) -> None:
    """Scenario 15: a cancelled incident measures nothing and asks nothing; re-opened it measures again."""
    channel = await stage.declared("Checkout is failing --started 14:40 --detected 14:45")
    answer = await stage.alice.types("/incident cancel The probe was misconfigured", channel)
    assert "false alarm" in answer.text
    made = await report(stage, channel)
    assert {c.why for c in made.clocks if isinstance(c, NoMeasurement)} == {"cancelled as a false alarm"}
    assert all(isinstance(c, NoMeasurement) for c in (*made.clocks, *made.family_clocks))
    assert made.lints == ()
    assert "The probe was misconfigured" in await draft(stage, channel)
    assert "false alarm" in (await stage.alice.types("/incident event Something", channel)).text

    await stage.alice.types("/incident reopen It is real after all", channel)
    assert elapsed(await report(stage, channel), "ttd") == timedelta(minutes=5)


async def test_scenario_16_more_impact_after_close_is_appended_and_marks_the_old_draft(stage: Stage) -> None:
    """Scenario 16: what comes after the close is kept, the posted draft says that it is older, it can be re-opened."""
    channel = await stage.declared("Checkout is failing --started 14:45")
    await stage.minutes(10)
    await stage.alice.types("/incident resolve", channel)
    await stage.alice.types("/incident close", channel)
    first = next(m for m in stage.bot_posts(channel) if "draft of" in m.text)
    assert "More has been recorded" not in str(first.blocks)

    await stage.minutes(60)
    await stage.bob.types("/incident set users_affected 5000", channel)
    await stage.bob.types("/incident event A customer reports missing orders", channel)
    incident = await stage.incident(channel)
    assert incident.status is Status.CLOSED
    assert texts(incident) == ["A customer reports missing orders"]
    await stage.settle()
    assert "More has been recorded" in str(channel.messages[first.ts].blocks)

    written = await draft(stage, channel)
    assert "5,000" in written and "A customer reports missing orders" in written
    newest = [m for m in stage.bot_posts(channel) if "draft of" in m.text][-1]
    assert "More has been recorded" not in str(newest.blocks)

    await stage.bob.types("/incident reopen Orders are still missing", channel)
    reopened: Incident = await stage.incident(channel)
    assert reopened.status is Status.INVESTIGATING
    assert (counting(reopened, Milestone.RESOLVED), counting(reopened, Milestone.CLOSED)) == (None, None)
