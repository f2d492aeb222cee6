"""What is followed up, with whom, and on which days of theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.facts import ReportAdvanced, Source
from bot.followups import Followup, Topic, plan, touched
from bot.incident import Incident
from bot.occasions import Address, Nudge, Watch, calendar, following, judge, occasions, watched
from bot.policy import FollowUps, Policy
from bot.words import ActionStatus, DocumentStatus, Role
from templates.families import load_family
from tests.builders import Story

DAYS = FollowUps()
POLICY = Policy()
ZONES = ("Europe/Zurich", "America/New_York", "Asia/Tokyo", "Pacific/Auckland", "Australia/Lord_Howe")
SLO, SECURITY = load_family("slo"), load_family("security")


def item(due: str, *, snoozed: str | None = None, person: str = "U0BOB") -> Followup:
    put_off = date.fromisoformat(snoozed) if snoozed else None
    return Followup("item:A1", Topic.ITEM, person, ("U0ALICE",), date.fromisoformat(due), put_off)


def days(followup: Followup, count: int, policy: FollowUps = DAYS) -> list[str]:
    found = occasions(followup, policy, calendar("UTC", policy), date(2026, 3, 1))
    return [f"{occasion.day:%a %m-%d}" for occasion, _ in zip(found, range(count), strict=False)]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# ---- the days


def test_an_item_is_heard_of_two_days_before_on_its_day_and_while_overdue_on_mondays_and_thursdays() -> None:
    assert days(item("2026-03-11"), 5) == ["Mon 03-09", "Wed 03-11", "Mon 03-16", "Thu 03-19", "Mon 03-23"]


def test_what_falls_on_a_free_day_comes_before_it_and_what_repeats_after_it() -> None:
    assert days(item("2026-03-15"), 3) == ["Fri 03-13", "Thu 03-19", "Mon 03-23"]  # due on a Sunday


def test_holidays_are_free_days() -> None:
    policy = replace(DAYS, holidays=frozenset({date(2026, 3, 11), date(2026, 3, 16)}))
    assert days(item("2026-03-11"), 4, policy=policy) == ["Mon 03-09", "Tue 03-10", "Tue 03-17", "Thu 03-19"]


def test_things_overdue_since_different_days_come_together() -> None:
    others = [set(days(item(due), 9)[-4:]) for due in ("2026-03-10", "2026-03-11", "2026-03-13")]
    assert others[0] & others[1] & others[2] >= {"Thu 03-26", "Mon 03-30"}


def test_what_others_are_told_comes_once_a_week_and_in_the_channel_once() -> None:
    late = Followup("late:A1", Topic.LATE, "U0ALICE", (), date(2026, 3, 18))
    assert days(late, 3) == ["Mon 03-23", "Mon 03-30", "Mon 04-06"]
    assert days(replace(late, topic=Topic.TOLD), 3) == ["Mon 03-23"]


def test_what_was_put_off_comes_on_that_day_or_the_first_working_one_after_it() -> None:
    assert days(item("2026-03-11", snoozed="2026-03-28"), 2) == ["Mon 03-30", "Thu 04-02"]


def test_what_was_put_off_to_a_day_before_its_time_comes_at_its_time() -> None:
    assert days(item("2026-04-10", snoozed="2026-03-14"), 2) == ["Wed 04-08", "Fri 04-10"]


def test_what_its_owner_put_off_is_told_to_others_on_their_day_only() -> None:
    late = Followup("late:A1", Topic.LATE, "U0ALICE", (), date(2026, 3, 18), date(2026, 3, 27))
    assert days(late, 2) == ["Mon 03-30", "Mon 04-06"]


@pytest.mark.parametrize(
    ("day", "moment"),
    [("2026-03-27", "08:00"), ("2026-03-30", "07:00"), ("2026-10-23", "07:00"), ("2026-10-26", "08:00")],
)
def test_the_hour_is_that_of_the_persons_own_clock_on_both_sides_of_a_clock_change(day: str, moment: str) -> None:
    opening = calendar("Europe/Zurich", DAYS).opening(date.fromisoformat(day))
    assert opening == at(f"{day} {moment}")


def test_an_hour_that_a_clock_change_skips_or_repeats_comes_once() -> None:
    early = replace(DAYS, hour=time(2, 30), until=time(8, 0), workdays=frozenset(range(7)))
    hours = calendar("Europe/Zurich", early)
    assert hours.opening(date(2026, 3, 29)) == at("2026-03-29 01:30")  # there is no 02:30; it is 03:30 then
    assert hours.opening(date(2026, 10, 25)) == at("2026-10-25 00:30")  # the first of two
    followup = Followup("review:0", Topic.REVIEW, "U1", (), date(2026, 10, 25))
    told = _lived(followup, "Europe/Zurich", early, at("2026-10-24 00:00"), [timedelta(minutes=20)] * 144)
    assert [nudge.day for nudge in told] == [date(2026, 10, 25)]


# ---- the moment has come


def _lived(
    followup: Followup, zone: str, policy: FollowUps, begin: datetime, steps: Sequence[timedelta]
) -> list[Nudge]:
    """The nudges of a program that looks at the row after each of these steps, once it is due."""
    now, told = begin, list[Nudge]()
    watch = watched(followup, None, 1, begin, zone, policy)
    for step in steps:
        now += step
        if watch.next_at is not None and watch.next_at <= now:
            judged = judge(watch, now, Address(followup.person, zone), policy)
            watch = judged.watch
            told += [judged.nudge] if judged.nudge else []
    return told


def test_after_a_weeks_absence_one_thing_is_said_once_and_late() -> None:
    watch = Watch(1, item("2026-03-06"), at("2026-03-05 09:00"), at("2026-03-06 09:00"))
    judged = judge(watch, at("2026-03-13 11:00"), Address("U0BOB", "UTC"), DAYS)
    assert judged.nudge is not None and judged.nudge.late
    assert judged.nudge.meant == at("2026-03-12 09:00")  # of four that were missed the last
    assert judged.watch.next_at == at("2026-03-16 09:00")


def test_what_is_late_waits_for_working_hours() -> None:
    watch = Watch(1, item("2026-03-06"), at("2026-03-05 09:00"), at("2026-03-06 09:00"))
    judged = judge(watch, at("2026-03-06 21:00"), Address("U0BOB", "UTC"), DAYS)
    assert (judged.nudge, judged.watch.next_at) == (None, at("2026-03-09 09:00"))
    told = judge(judged.watch, at("2026-03-09 09:00"), Address("U0BOB", "UTC"), DAYS)
    assert told.nudge is not None


def test_in_the_first_hour_nothing_is_called_late() -> None:
    watch = Watch(1, item("2026-03-06"), at("2026-03-05 09:00"), at("2026-03-06 09:00"))
    judged = judge(watch, at("2026-03-06 09:59"), Address("U0BOB", "UTC"), DAYS)
    assert judged.nudge is not None and not judged.nudge.late


def test_where_somebody_is_is_asked_at_once_and_no_day_is_lost_by_not_knowing() -> None:
    watch = watched(item("2026-03-06"), None, 1, at("2026-03-06 13:00"), None, DAYS)
    assert watch.next_at == at("2026-03-06 13:00")
    judged = judge(watch, at("2026-03-06 13:00"), Address("U0BOB", "America/New_York"), DAYS)
    assert (judged.nudge, judged.watch.next_at) == (None, at("2026-03-06 14:00"))


def test_with_nobody_to_tell_it_is_looked_at_again_the_next_day() -> None:
    watch = Watch(1, item("2026-03-06"), at("2026-03-05 09:00"), at("2026-03-06 09:00"))
    judged = judge(watch, at("2026-03-06 09:00"), None, DAYS)
    assert (judged.nudge, judged.watch.next_at) == (None, at("2026-03-07 09:00"))


@given(
    due=st.dates(date(2026, 3, 1), date(2026, 11, 30)),
    zone=st.sampled_from(
        ["Europe/Zurich", "America/New_York", "Asia/Tokyo", "Pacific/Auckland", "Australia/Lord_Howe"]
    ),
    hour=st.integers(0, 15),
    steps=st.lists(st.integers(1, 5 * 24 * 60), min_size=1, max_size=60),
)
def test_however_irregularly_one_looks_each_day_says_a_thing_once_and_in_working_hours(
    due: date, zone: str, hour: int, steps: list[int]
) -> None:
    policy = replace(DAYS, hour=time(hour, 30), until=time(hour + 8, 0), overdue_on=frozenset(range(7)))
    begin = datetime.combine(due, time(0), UTC) - timedelta(days=4)
    told = _lived(item(due.isoformat()), zone, policy, begin, [timedelta(minutes=step) for step in steps])
    assert len({nudge.day for nudge in told}) == len(told)
    assert all(calendar(zone, policy).works_on(nudge.day) for nudge in told)
    assert all(nudge.meant > begin for nudge in told)
    assert len({nudge.meant for nudge in told}) == len(told)


@given(due=st.dates(date(2026, 1, 1), date(2026, 12, 31)), zone=st.sampled_from(["Europe/Zurich", "Asia/Tokyo"]))
def test_who_looks_every_hour_misses_no_occasion(due: date, zone: str) -> None:
    begin = datetime.combine(due, time(0), UTC) - timedelta(days=5)
    told = _lived(item(due.isoformat()), zone, DAYS, begin, [timedelta(hours=1)] * 24 * 20)
    end = begin + timedelta(days=20)
    hours = calendar(zone, DAYS)
    expected = []
    for occasion in occasions(item(due.isoformat()), DAYS, hours, hours.day(begin)):
        if occasion.at > end:
            break
        if occasion.at > begin:
            expected.append(occasion.day)
    assert [nudge.day for nudge in told] == expected


# ---- kept in step


def test_as_long_as_person_date_and_snooze_stay_what_was_said_stays_said() -> None:
    first = watched(item("2026-03-11"), None, 1, at("2026-03-01 00:00"), "UTC", DAYS)
    told = replace(first, after=at("2026-03-09 09:00"), next_at=at("2026-03-11 09:00"))
    same = replace(item("2026-03-11"), instead=("U0CAROL",))
    assert watched(same, told, 1, at("2026-03-10 00:00"), "UTC", DAYS).after == told.after
    moved = watched(item("2026-03-12"), told, 1, at("2026-03-10 00:00"), "UTC", DAYS)
    assert (moved.after, moved.next_at) == (at("2026-03-10 00:00"), at("2026-03-10 09:00"))


def test_what_is_already_overdue_when_it_is_added_is_heard_of_at_the_next_occasion() -> None:
    watch = watched(item("2026-03-02"), None, 1, at("2026-03-10 12:00"), "UTC", DAYS)
    assert watch.next_at == following(watch.followup, at("2026-03-10 12:00"), DAYS, calendar("UTC", DAYS))
    assert watch.next_at == at("2026-03-12 09:00")


# ---- what is followed up


def keys(incident: Incident, policy: Policy = POLICY) -> dict[str, Followup]:
    family = {"slo": SLO, "security": SECURITY}[incident.family]
    return {followup.key: followup for followup in plan(incident, policy, family)}


def told(**more: object) -> Story:
    return Story().declared(**more)  # type: ignore[arg-type]


def test_an_open_item_is_its_owners_then_the_commanders_then_the_channels() -> None:
    story = told().role("14:01", Role.COMMANDER, "U0CAROL")
    found = keys(story.action("14:05", "Add alert", owner="U0BOB", due="2026-03-20").incident())
    assert found["item:A1"].person == "U0BOB" and found["item:A1"].instead == ("U0CAROL", "C0INCIDENT")
    assert (found["late:A1"].person, found["late:A1"].due) == ("U0CAROL", date(2026, 3, 27))
    assert (found["told:A1"].person, found["told:A1"].due) == ("C0INCIDENT", date(2026, 4, 3))
    assert (found["digest"].person, found["digest"].due) == ("C0INCIDENT", date(2026, 3, 11))


@pytest.mark.parametrize("owner", [None, "S0ONCALL", "maria from the night shift"])
def test_an_item_that_no_person_owns_goes_to_the_commander_and_is_not_told_twice(owner: str | None) -> None:
    found = keys(told().action("14:05", "Add alert", owner=owner).incident())
    assert found["item:A1"].person == "U0ALICE"
    assert "late:A1" not in found


def test_without_a_date_the_familys_horizon_decides() -> None:
    assert keys(told().action("14:05", "Add alert", owner="U0BOB").incident())["item:A1"].due == date(2026, 4, 10)


@pytest.mark.parametrize("status", [ActionStatus.DONE, ActionStatus.DECLINED])
def test_a_finished_item_is_followed_up_no_more(status: ActionStatus) -> None:
    assert keys(told().action("14:05", "Add alert", owner="U0BOB", status=status).incident()) == {}


def test_nothing_of_a_cancelled_incident_or_a_drill_is_followed_up() -> None:
    assert keys(told(drill=True).action("14:05", "Add alert").incident()) == {}
    assert keys(told(drill=True).action("14:05", "Add alert").incident(), Policy(follow_ups=FollowUps(drills=True)))
    assert keys(told().action("14:05", "Add alert").cancelled("14:10").incident()) == {}


def test_nothing_of_a_private_incident_is_told_in_another_channel() -> None:
    policy = Policy(follow_ups=FollowUps(channel="C0STATUS"))
    private = keys(told(private=True).action("14:05", "Add alert", owner="U0BOB").incident(), policy)
    public = keys(told().action("14:05", "Add alert", owner="U0BOB").incident(), policy)
    assert {private[key].person for key in ("told:A1", "digest")} == {"C0INCIDENT"}
    assert {public[key].person for key in ("told:A1", "digest")} == {"C0STATUS"}


def test_a_resolved_incident_asks_for_its_report_its_meeting_its_figures_and_its_review() -> None:
    found = keys(told().resolved("15:00").incident())
    assert {key: f"{found[key].due}" for key in found} == {
        "draft": "2026-03-12",
        "meeting": "2026-03-17",
        "steps:distribution": "2026-03-24",
        "review:0": "2026-09-10",
        "metrics": "2026-04-09",
    }
    assert {followup.person for followup in found.values()} == {"U0ALICE"}


def test_in_review_the_sign_offs_that_are_missing_are_asked_of_those_named() -> None:
    story = told().resolved("15:00").knows("15:01", "technical_reviewer", "U0BOB")
    source = Source("command", "U0ALICE")
    begun = ReportAdvanced(
        key="review", at=story.at("15:02"), source=source, family="slo", status=DocumentStatus.IN_REVIEW
    )
    found = keys(story.tell(begun).incident())
    assert "draft" not in found
    assert found["sign_off:technical_reviewer"].person == "U0BOB"
    assert found["sign_off:author"].person == "U0ALICE"


def test_only_facts_that_concern_a_follow_up_touch_one() -> None:
    story = told().said("14:02", "db is slow").action("14:05", "Add alert", owner="U0BOB")
    incident = story.incident()
    facts = [recorded.fact for recorded in story.facts]
    assert touched(incident, [fact for fact in facts if type(fact).__name__ in ("Captured", "Marked")]) == frozenset()
    assert touched(incident, facts[-1:]) == frozenset({"item:A1", "late:A1", "told:A1", "digest"})
    assert touched(incident, facts[:1]) is None
