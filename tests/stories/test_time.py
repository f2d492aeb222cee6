"""When things happened: late, relative, around midnight, over a clock change, absurd, to the second, all at once.

Scenarios 1 to 8. Alice's Slack is in Zurich, Bob's in New York, Carol's in Tokyo.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from bot.clocks import STANDARD, Inconsistent, Measured, measure
from bot.incident import Incident
from bot.milestones import assertions
from bot.words import Milestone
from handlers.reports import report_of
from tests.slackd.people import Answer
from tests.slackd.records import Channel
from tests.stage import Stage, Transport, staged
from tests.stories.reading import draft, reached, texts

OUTAGE = (
    "--at 13:31 UTC --as started Connection pool is exhausted",
    "--at 13:36 UTC --as detected Alert: error rate 31 %",
    "--at 13:38 UTC --as acknowledged On it",
    "--at 13:41 UTC Replica promoted",
    "--at 13:47 UTC --as mitigation_started Pool size raised",
    "--at 13:55 UTC --as mitigated Error rate below 1 %",
    "--at 14:02 UTC --as resolved All graphs are green",
)


def clocks(incident: Incident) -> dict[str, str]:
    """Each standard clock as its state and its value."""
    found = [measure(incident, definition) for definition in STANDARD]
    return {c.definition.key: str(c.elapsed) if isinstance(c, Measured) else f"{c.state}: {c.why}" for c in found}


def milestones(incident: Incident) -> dict[str, str | None]:
    return {str(milestone): reached(incident, milestone) for milestone in Milestone}


def labels(answer: Answer) -> list[str]:
    """What stands on the buttons of an answer."""
    rows = [block for block in answer.blocks if block["type"] == "actions"]
    return [str(element["text"]["text"]) for row in rows for element in row["elements"]]


async def times(stage: Stage, channel: Channel) -> list[str]:
    """The moments of the standing lines, in the order of the timeline, in UTC."""
    return [f"{entry.at:%m-%d %H:%M:%S}" for entry in (await stage.incident(channel)).timeline()]


async def typed(stage: Stage, channel: Channel, lines: Sequence[str]) -> Incident:
    for line in lines:
        answer = await stage.alice.types(f"/incident event {line}", channel)
        assert answer.text.startswith("Recorded"), answer.text
    return await stage.incident(channel)


async def test_scenario_01_late_and_out_of_order_events_give_the_same_milestones(stage: Stage) -> None:
    """Scenario 1: typed shuffled, each with its time, they give the milestones, clocks and draft order of those typed
    in order, and the draft marks what was recorded late."""
    await stage.minutes(60)
    in_order, shuffled = await stage.declared("One"), await stage.declared("Two")
    one = await typed(stage, in_order, OUTAGE)
    two = await typed(stage, shuffled, [OUTAGE[n] for n in (4, 0, 6, 2, 5, 1, 3)])
    assert milestones(one) == milestones(two)
    assert clocks(one) == clocks(two) == {"ttd": "0:05:00", "tta": "0:02:00", "ttm": "0:24:00", "ttr": "0:31:00"}
    assert texts(one) == texts(two)

    written = await draft(stage, shuffled)
    words = [line.rsplit(" ", 1)[0] for line in texts(two)]
    places = [written.index(line, written.index("Timeline")) for line in words]
    assert places == sorted(places)
    assert written.count("recorded later, at 2026-03-10 14:50") == len(OUTAGE)
    assert "7 lines were recorded more than 10 min after they happened" in written


async def test_scenario_02_relative_and_vague_times_are_resolved_or_asked_about(stage: Stage) -> None:
    """Scenario 2: what is vague is marked approximate, what is counted from something unsaid is asked about."""
    channel = await stage.declared()
    await stage.minutes(30)  # 15:20 for Alice
    await typed(stage, channel, ["about 15:10 Queue grows", "15:00-ish Slow queries", "3m ago Pool exhausted"])
    await typed(stage, channel, ["--at just now Failover started", "just now It is back"])
    incident = await stage.incident(channel)
    assert [(f"{e.at:%H:%M}", e.approximate, str(e.text)) for e in incident.timeline()] == [
        ("14:00", True, "Slow queries"),
        ("14:10", True, "Queue grows"),
        ("14:17", False, "Pool exhausted"),
        ("14:20", True, "Failover started"),
        ("14:20", True, "It is back"),
    ]
    assert "about 2026-03-10 14:10" in await draft(stage, channel) or "about 14:10" in await draft(stage, channel)

    for line in ("three minutes later the pool recovered", '--at "5 min later" the pool recovered'):
        answer = await stage.alice.types(f"/incident event {line}", channel)
        assert "does not say what it is counted from" in answer.text
        assert len((await stage.incident(channel)).timeline()) == 5


async def test_scenario_02_a_question_about_a_relative_time_is_answered_with_one_click(stage: Stage) -> None:
    """Scenario 2: nothing typed is lost: one click keeps the line as of now, marked approximate."""
    channel = await stage.declared()
    answer = await stage.alice.types("/incident event three minutes later the pool recovered", channel)
    assert labels(answer) == ["It happened just now"]
    await stage.alice.presses(answer.whispers[-1], text="It happened just now")
    (line,) = (await stage.incident(channel)).timeline()
    assert (line.text, line.approximate) == ("three minutes later the pool recovered", True)


async def test_scenario_03_midnight_puts_times_on_the_right_day(database: str, transport: Transport) -> None:
    """Scenario 3: 00:05 after 23:50 is the new day; 23:58 typed at 00:10 was yesterday."""
    async with staged(database, transport, now=datetime(2026, 3, 10, 22, 50, tzinfo=UTC)) as stage:  # 23:50 in Zurich
        channel = await stage.declared()
        await typed(stage, channel, ["23:50 Alert fired"])
        await stage.minutes(17)
        await typed(stage, channel, ["00:05 Failover started"])
        await stage.minutes(3)
        await typed(stage, channel, ["23:58 First customer called"])
        assert await times(stage, channel) == ["03-10 22:50:00", "03-10 22:58:00", "03-10 23:05:00"]
        written = await draft(stage, channel)
        assert written.index("Alert fired") < written.index("First customer called") < written.index("Failover started")


async def test_scenario_03_midnight_utc_shows_dates_in_the_draft(database: str, transport: Transport) -> None:
    """Scenario 3: an incident over midnight of the report's zone shows which day is meant."""
    async with staged(database, transport, now=datetime(2026, 3, 10, 23, 40, tzinfo=UTC)) as stage:
        channel = await stage.declared("Checkout is failing --started 00:35")
        await stage.minutes(40)
        await stage.alice.types("/incident resolve --at 01:15", channel)
        written = await draft(stage, channel)
        assert "2026-03-10 23:35" in written and "2026-03-11 00:15" in written and "40 min" in written


async def test_scenario_04_clock_change_in_spring_measures_real_time(database: str, transport: Transport) -> None:
    """Scenario 4a: from 01:20 to 03:35 over the spring gap is 1 h 15 min, and 02:30 never was."""
    async with staged(database, transport, now=datetime(2026, 3, 29, 0, 30, tzinfo=UTC)) as stage:
        channel = await stage.declared("Checkout is failing --started 01:20")
        await stage.minutes(70)
        answer = await stage.alice.types("/incident event --at 02:30 Failover started", channel)
        assert "was skipped in Europe/Zurich, because the clocks changed" in answer.text
        assert (await stage.incident(channel)).timeline() == []
        await stage.alice.types("/incident resolve --at 03:35", channel)
        assert clocks(await stage.incident(channel))["ttr"] == "1:15:00"
        assert "1 h 15 min" in await draft(stage, channel)


async def test_scenario_04_clock_change_in_autumn_asks_which_hour_is_meant(database: str, transport: Transport) -> None:
    """Scenario 4a: 02:05 occurs twice; the person is asked, and one click says which."""
    async with staged(database, transport, now=datetime(2026, 10, 25, 1, 10, tzinfo=UTC)) as stage:  # 02:10 once more
        channel = await stage.declared("Checkout is failing --started 01:45")
        answer = await stage.alice.types("/incident event --at 02:05 Failover started", channel)
        assert "was shown twice in Europe/Zurich" in answer.text
        assert labels(answer) == ["02:05 CEST", "02:05 CET"]
        assert (await stage.incident(channel)).timeline() == []
        await stage.alice.presses(answer.whispers[-1], text="02:05 CEST")
        assert await times(stage, channel) == ["10-25 00:05:00"]
        await stage.alice.types("/incident resolve", channel)
        assert clocks(await stage.incident(channel))["ttr"] == "1:25:00"


async def test_scenario_04_reporters_in_three_zones_mean_one_moment(stage: Stage) -> None:
    """Scenario 4b: each types their own clock; the draft shows one time and names its zone."""
    channel = await stage.declared()
    await stage.minutes(10)
    for person, clock in ((stage.alice, "14:55"), (stage.bob, "09:55"), (stage.carol, "22:55")):
        await person.types(f"/incident event {clock} Seen by {person.user.name}", channel)
    assert await times(stage, channel) == ["03-10 13:55:00"] * 3
    written = await draft(stage, channel)
    assert "13:55" in written and "UTC" in written and "22:55" not in written


async def test_scenario_05_a_wrong_zone_label_is_asked_about_and_never_shifted(
    database: str, transport: Transport
) -> None:
    """Scenario 5: PST in July has two readings; nothing is recorded until somebody says which."""
    async with staged(database, transport, now=datetime(2026, 7, 14, 21, 0, tzinfo=UTC)) as stage:
        channel = await stage.declared()
        answer = await stage.bob.types("/incident event --at 12:30 PST Deploy finished", channel)
        assert "PST is not in force on 2026-07-14" in answer.text
        assert labels(answer) == ["12:30 PDT", "13:30 PDT"]
        assert (await stage.incident(channel)).timeline() == []
        await stage.bob.presses(answer.whispers[-1], text="12:30 PDT")
        assert await times(stage, channel) == ["07-14 19:30:00"]


async def test_scenario_06_future_and_absurd_times_are_refused_and_harm_no_metric(stage: Stage) -> None:
    """Scenario 6: each is refused in a sentence with an example, and the clocks stay what they were."""
    channel = await stage.declared("Checkout is failing --started 14:40")
    await stage.minutes(5)
    await stage.alice.types("/incident mark detected 14:45", channel)
    before = clocks(await stage.incident(channel))
    absurd = {
        "2026-05-10 14:00": "has not happened yet",
        "22025-03-10 14:00": "has not come yet",
        "2026-06-31 12:00": "There is no 2026-06-31",
        "31 June 12:00": "There is no 2026-06-31",
        "25:10": "no time of day",
        "13:70": "no time of day",
        "00:26pm": "mixes the two clocks",
        "14:26pm": "mixes the two clocks",
        "15:30": "has not happened yet",
        "in 5 minutes": "has not happened yet",
        "1970-01-01 00:00": "too long ago",
    }
    for written, why in absurd.items():
        for line in (f"mark detected {written}", f'event --at "{written}" --as detected Alert'):
            answer = await stage.alice.types(f"/incident {line}", channel)
            assert why in answer.text, (line, answer.text)
            assert "For example" in answer.text
    incident = await stage.incident(channel)
    assert clocks(incident) == before
    assert incident.timeline() == []


async def test_scenario_06_noon_for_midnight_is_kept_and_flagged(database: str, transport: Transport) -> None:
    """Scenario 6: 12:26PM typed for 00:26 lies half a day back; it is kept, and the typist is told at once."""
    async with staged(database, transport, now=datetime(2026, 3, 10, 23, 20, tzinfo=UTC)) as stage:  # 00:20 in Zurich
        channel = await stage.declared("Checkout is failing --started 00:15")
        await stage.minutes(10)
        answer = await stage.alice.types("/incident event --at 12:26PM --as mitigated Rolled back", channel)
        assert "is 11 h 49 min before the incident started" in answer.text
        assert "mitigated now lies before started" in answer.text
        assert isinstance(measure(await stage.incident(channel), STANDARD[2]), Inconsistent)


async def test_scenario_07_seconds_are_kept_and_nothing_is_rounded_up(database: str, transport: Transport) -> None:
    """Scenario 7: an outage from 22:00:10 to 22:11:30 lasted 11 min 20 s, never 12 minutes."""
    async with staged(database, transport, now=datetime(2026, 4, 9, 21, 0, tzinfo=UTC)) as stage:
        channel = await stage.declared("EU1 does not ingest --started 22:00:10")
        await stage.alice.types("/incident resolve --at 22:11:30", channel)
        assert clocks(await stage.incident(channel))["ttr"] == "0:11:20"
        written = await draft(stage, channel)
        assert "11 min 20 s" in written
        assert "12 min" not in written
        assert "20:00:10" in written and "20:11:30" in written
        assert "no duration is rounded" in written


async def test_scenario_08_many_events_in_one_minute_keep_the_order_of_their_messages(stage: Stage) -> None:
    """Scenario 8: thirty messages in one second, marked in another order, stand as they were said, every time."""
    channel = await stage.declared()
    said = [await stage.bob.says(channel, f"Message {n}") for n in range(30)]
    await stage.settle()
    for n in sorted(range(30), key=lambda n: (n * 7) % 30):
        await stage.alice.reacts(said[n], "pushpin")
    await stage.alice.types("/incident event Typed in the same second", channel)
    incident = await stage.incident(channel)
    assert len({entry.at for entry in incident.timeline()}) == 1
    assert texts(incident) == [*(f"Message {n}" for n in range(30)), "Typed in the same second"]
    drafts = [await draft(stage, channel) for _ in range(2)]
    first, second = ([line for line in written.splitlines() if "Message " in line] for written in drafts)
    assert first == second and len(first) == 30


async def test_scenario_08_clock_skew_gives_no_negative_figure(stage: Stage) -> None:
    """Scenario 8: detected a few seconds before the start is flagged as inconsistent, and shown as no duration."""
    channel = await stage.declared()
    alert = await stage.bob.says(channel, "Alert: 5xx")
    await stage.settle()
    await stage.bob.reacts(alert, "rotating_light")
    await stage.slack.run_for(4)
    answer = await stage.alice.types("/incident mark started now", channel)
    assert "detected now lies before started" in answer.text
    incident = await stage.incident(channel)
    assert clocks(incident)["ttd"] == "inconsistent: detected is stated before started"
    report = await report_of(stage.desk, incident)
    assert any(lint.id == "impossible-order" for lint in report.lints)
    written = await draft(stage, channel)
    assert "inconsistent" in written.lower() and "−4 s" not in written and "-4 s" not in written


async def test_scenario_08_a_typist_whose_clock_is_ahead_means_now(stage: Stage) -> None:
    """Scenario 8: a time less than a minute ahead is now, and never in the future."""
    channel = await stage.declared()
    await typed(stage, channel, ["--at 14:50:40 Alert fired"])
    (line,) = (await stage.incident(channel)).timeline()
    assert line.at <= line.heard_at
    assert len(assertions(await stage.incident(channel), Milestone.DECLARED)) == 1
