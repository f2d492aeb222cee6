"""Times typed by people: understood as one moment, or refused in a sentence with the real choices."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands import Moment
from bot.decision import Refused
from bot.moments import clock, duration, leading_moment, parse_due, parse_duration, parse_moment
from bot.zones import Ambiguous, named

NEW_YORK = "America/New_York"


def at(text: str, zone: str = NEW_YORK) -> datetime:
    """A moment for a test: an ISO local time of the zone."""
    return datetime.fromisoformat(text).replace(tzinfo=named(zone)).astimezone(UTC)


MONDAY = at("2026-03-09T15:30")
"""The day after the clocks of New York went forward."""


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("14:02", "2026-03-09T14:02"),
        ("14:02:10", "2026-03-09T14:02:10"),
        ("2:02pm", "2026-03-09T14:02"),
        ("2:02 p.m.", "2026-03-09T14:02"),
        ("2pm", "2026-03-09T14:00"),
        ("12:26PM", "2026-03-09T12:26"),
        ("12:26am", "2026-03-09T00:26"),
        ("00:26", "2026-03-09T00:26"),
        ("at 14:02", "2026-03-09T14:02"),
        ("１４：０２", "2026-03-09T14:02"),
        ("-20m", "2026-03-09T15:10"),
        ("−20m", "2026-03-09T15:10"),
        ("-1h30m", "2026-03-09T14:00"),
        ("-1h30", "2026-03-09T14:00"),
        ("20m ago", "2026-03-09T15:10"),
        ("20 minutes ago", "2026-03-09T15:10"),
        ("1h30m ago", "2026-03-09T14:00"),
        ("1 hour and 30 minutes ago", "2026-03-09T14:00"),
        ("an hour ago", "2026-03-09T14:30"),
        ("now", "2026-03-09T15:30"),
        ("today 14:02", "2026-03-09T14:02"),
        ("yesterday 23:50", "2026-03-08T23:50"),
        ("14:02 yesterday", "2026-03-08T14:02"),
        ("friday 14:02", "2026-03-06T14:02"),
        ("monday 14:02", "2026-03-09T14:02"),
        ("last monday 14:02", "2026-03-02T14:02"),
        ("23:50", "2026-03-08T23:50"),
        ("02:30 America/New_York", "2026-03-09T02:30"),
        ("14:02 america/new_york", "2026-03-09T14:02"),
        ("14:02 UTC", "2026-03-09T10:02"),
        ("14:02Z", "2026-03-09T10:02"),
        ("14:02 +02:00", "2026-03-09T08:02"),
        ("14:02 UTC+2", "2026-03-09T08:02"),
        ("14:02 EDT", "2026-03-09T14:02"),
        ("14:02 CET", "2026-03-09T09:02"),
        ("2026-03-08 01:30", "2026-03-08T01:30"),
        ("2026-03-08T06:30Z", "2026-03-08T01:30"),
        ("2026-03-08T06:30:11.25+02:00", "2026-03-07T23:30:11"),
        ("2026-03-08 02:30 UTC", "2026-03-07T21:30"),
        ("24 dec 14:00", "2025-12-24T14:00"),
        ("dec 24, 2025 14:00", "2025-12-24T14:00"),
        ("8th March 14:00", "2026-03-08T14:00"),
    ],
)
def test_a_time_typed_on_monday_afternoon_in_new_york_means_one_moment(typed: str, meant: str) -> None:
    moment = parse_moment(typed, MONDAY, NEW_YORK)
    assert moment.at == at(meant)
    assert moment.at.tzinfo is UTC
    assert not moment.approximate


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("about 14:10", "2026-03-09T14:10"),
        ("~14:10", "2026-03-09T14:10"),
        ("around 2pm", "2026-03-09T14:00"),
        ("23:00-ish", "2026-03-08T23:00"),
        ("23:00ish", "2026-03-08T23:00"),
        ("about 20m ago", "2026-03-09T15:10"),
        ("just now", "2026-03-09T15:30"),
    ],
)
def test_a_vague_time_is_kept_as_approximate(typed: str, meant: str) -> None:
    moment = parse_moment(typed, MONDAY, NEW_YORK)
    assert (moment.at, moment.approximate) == (at(meant), True)


@pytest.mark.parametrize(
    ("typed", "because"),
    [
        ("15:33", "has not happened yet"),
        ("16:45", "has not happened yet"),
        ("today 23:00", "has not happened yet"),
        ("monday 15:40", "has not happened yet"),
        ("2026-05-09 14:00", "has not happened yet"),
        ("10 mar 14:00", "has not happened yet"),
        ("+20m", "has not happened yet"),
        ("tomorrow 10:00", "has not happened yet"),
        ("22025-01-01 10:00", "year 22025"),
        ("31 june 14:02", "no 2026-06-31"),
        ("2026-02-29 14:02", "no 2026-02-29"),
        ("1999-12-31 10:00", "too long ago"),
        ("-999999d", "too long ago"),
        ("24:00", "no time of day"),
        ("14:60", "no time of day"),
        ("00:26pm", "mixes the two clocks"),
        ("14:02pm", "mixes the two clocks"),
        ("1400", "with a colon"),
        ("1", "no unit"),
        ("-20", "no unit"),
        ("may", "not a time"),
        ("", "not a time"),
        ("yesterday", "no time of day"),
        ("three minutes later", "counted from"),
        ("03/08/2026 14:00", "two orders"),
        ("friday 14:02 yesterday", "two days"),
        ("14:02 IST", "different times"),
        ("14:02 CST", "different times"),
        ("14:02 Europe/Nowhere", "no time zone"),
        ("14:02 +15:00", "no offset"),
    ],
)
def test_what_is_no_past_moment_is_refused_with_an_example(typed: str, because: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_moment(typed, MONDAY, NEW_YORK)
    assert because in refused.value.sentence
    assert refused.value.example


@pytest.mark.parametrize(
    ("now", "typed", "meant"),
    [
        ("2026-03-10T00:10", "23:58", "2026-03-09T23:58"),
        ("2026-03-10T00:10", "23:50", "2026-03-09T23:50"),
        ("2026-03-10T00:07", "00:05", "2026-03-10T00:05"),
        ("2027-01-01T00:10", "23:58", "2026-12-31T23:58"),
        ("2026-03-09T15:30", "18:31", "2026-03-08T18:31"),
    ],
)
def test_a_bare_time_is_the_last_one_the_clock_showed(now: str, typed: str, meant: str) -> None:
    assert parse_moment(typed, at(now), NEW_YORK).at == at(meant)


def test_a_time_of_the_next_three_hours_is_refused_and_says_the_rule() -> None:
    for now, typed in (("2026-03-09T14:30", "14:45"), ("2026-03-09T23:58", "00:30"), ("2026-03-09T14:30", "17:30")):
        with pytest.raises(Refused, match="next three hours") as refused:
            parse_moment(typed, at(now), NEW_YORK)
        assert parse_moment(refused.value.example, at(now), NEW_YORK).at < at(now)


def test_a_clock_a_minute_ahead_counts_as_now() -> None:
    assert parse_moment("15:31", MONDAY, NEW_YORK).at == MONDAY
    assert parse_moment("00:00", at("2026-03-09T23:59:30"), NEW_YORK).at == at("2026-03-09T23:59:30")


def choices(typed: str, now: str, zone: str = NEW_YORK) -> list[tuple[str, datetime]]:
    """The readings offered, each understood again."""
    with pytest.raises(Ambiguous) as refused:
        parse_moment(typed, at(now, zone), zone)
    return [(r.label, parse_moment(r.text, at(now, zone), zone).at) for r in refused.value.readings]


def test_a_time_that_the_clocks_skipped_is_refused_with_both_neighbours() -> None:
    early, late = datetime(2026, 3, 8, 6, 30, tzinfo=UTC), datetime(2026, 3, 8, 7, 30, tzinfo=UTC)
    assert choices("02:30", "2026-03-08T12:00") == [("01:30 EST", early), ("03:30 EDT", late)]
    assert choices("2026-03-08 02:30", "2026-03-09T15:30") == [("01:30 EST", early), ("03:30 EDT", late)]


def test_a_time_that_the_clocks_showed_twice_is_asked_about() -> None:
    first, second = datetime(2026, 11, 1, 5, 30, tzinfo=UTC), datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
    assert choices("01:30", "2026-11-01T12:00") == [("01:30 EDT", first), ("01:30 EST", second)]
    assert parse_moment("01:30 EDT", at("2026-11-01T12:00"), NEW_YORK).at == first
    assert parse_moment("01:30 EST", at("2026-11-01T12:00"), NEW_YORK).at == second


def test_between_the_two_showings_only_the_first_has_happened() -> None:
    first = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    assert parse_moment("01:30", first + timedelta(minutes=10), NEW_YORK).at == first


def test_a_zone_name_out_of_season_is_refused_with_both_readings() -> None:
    early, late = datetime(2026, 7, 9, 17, 2, tzinfo=UTC), datetime(2026, 7, 9, 18, 2, tzinfo=UTC)
    assert choices("10:02 PST", "2026-07-09T15:30") == [("10:02 PDT", early), ("11:02 PDT", late)]
    assert len(choices("14:02 CEST", "2026-03-09T15:30")) == 2
    assert len(choices("12:02 GMT", "2026-07-09T15:30", "Europe/London")) == 2


def test_the_own_zone_settles_a_name_that_means_several() -> None:
    assert parse_moment("14:02 IST", MONDAY, "Asia/Kolkata").at == at("2026-03-09T14:02", "Asia/Kolkata")
    assert parse_moment("14:02 CST", MONDAY, "Asia/Shanghai").at == at("2026-03-09T14:02", "Asia/Shanghai")


def test_yesterday_in_a_zone_with_another_date_is_asked_about() -> None:
    assert len(choices("yesterday 23:50 UTC", "2026-03-09T22:00")) == 2


def test_a_zone_that_slack_knows_and_we_do_not_is_said() -> None:
    with pytest.raises(Refused, match="unknown here"):
        parse_moment("14:02", MONDAY, "Mars/Olympus")
    assert parse_moment("14:02 UTC", MONDAY, "Mars/Olympus").at == datetime(2026, 3, 9, 14, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "moment", "rest"),
    [
        ("14:02 db failed", "14:02", "db failed"),
        ("-20m db", "-20m", "db"),
        ("20m ago the db", "20m ago", "the db"),
        ("yesterday 23:50 db", "yesterday 23:50", "db"),
        ("about 18:10 the db", "about 18:10", "the db"),
        ("14:02 UTC db", "14:02 UTC", "db"),
        ("2026-03-08T02:30Z db", "2026-03-08T02:30Z", "db"),
        ("14:02: db", "14:02", "db"),
        ("14:02 - db", "14:02", "db"),
        ("14:02 – db", "14:02", "db"),
        ("14:02", "14:02", ""),
        ("14:02 +2 replicas", "14:02", "+2 replicas"),
        ("14:02 west region down", "14:02", "west region down"),
        ("14:02 am Server", "14:02", "am Server"),
        ("now we see it", "", "now we see it"),
        ("5m rows lost", "", "5m rows lost"),
        ("-20 replicas", "", "-20 replicas"),
        ("mayday", "", "mayday"),
        ("10:1 ratio", "", "10:1 ratio"),
    ],
)
def test_only_a_time_is_taken_from_the_head_of_a_line(line: str, moment: str, rest: str) -> None:
    found, end = leading_moment(line)
    assert (found, line[end:]) == (moment, rest)


ZONES = st.sampled_from([NEW_YORK, "Europe/London", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia", "UTC"])
PRESENTS = st.integers(1_735_689_600, 1_830_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
"""Any second of three years from 2025 on."""
_WORDS = """14:02 2:30 01:30 2pm 12 am - + 20m 1h ago now today yesterday last monday march 8 2026-03-08 29 feb 2025 T
Z UTC PST CEST GMT IST +02:00 America/New_York about ~ ish , at on 99:99 3000 31"""
WORDS = st.sampled_from(_WORDS.split())


def attempt(text: str, now: datetime, zone: str) -> Moment | Refused:
    try:
        return parse_moment(text, now, zone)
    except Refused as refused:
        return refused


@given(st.text(max_size=120) | st.lists(WORDS, max_size=6).map(" ".join), PRESENTS, ZONES)
def test_any_text_is_a_past_moment_or_refused_with_readable_choices(text: str, now: datetime, zone: str) -> None:
    outcome = attempt(text, now, zone)
    if isinstance(outcome, Refused):
        assert outcome.sentence
        assert outcome.example
        readings = outcome.readings if isinstance(outcome, Ambiguous) else ()
        assert all(parse_moment(reading.text, now, zone).at <= now for reading in readings)
    else:
        assert outcome.at <= now


@given(PRESENTS, st.integers(0, 20 * 3600), ZONES)
def test_a_clock_time_of_the_last_twenty_hours_comes_back_or_is_asked_about(now: datetime, ago: int, zone: str) -> None:
    """Twenty, not twenty-one: on a day of 23 hours the next showing comes an hour sooner."""
    then = now - timedelta(seconds=ago)
    outcome = attempt(f"{then.astimezone(named(zone)):%H:%M:%S}", now, zone)
    if isinstance(outcome, Refused):
        assert isinstance(outcome, Ambiguous), outcome.sentence
        assert then in [parse_moment(reading.text, now, zone).at for reading in outcome.readings]
    else:
        assert outcome.at == then


@pytest.mark.parametrize(
    "text", ["9" * 50_000, "1h" * 50_000, "-" * 50_000, " 1 d" * 20_000, "at " * 20_000, "a/" * 30_000]
)
def test_a_huge_line_takes_no_time(text: str) -> None:
    began = time.perf_counter()
    with pytest.raises(Refused):
        parse_moment(text, MONDAY, NEW_YORK)
    leading_moment(text)
    assert time.perf_counter() - began < 0.5


@pytest.mark.parametrize(
    ("typed", "length"),
    [
        ("90m", timedelta(minutes=90)),
        ("1h30m", timedelta(minutes=90)),
        ("1h30", timedelta(minutes=90)),
        ("2 d", timedelta(days=2)),
        ("1.5 hours", timedelta(minutes=90)),
        ("1 hour, 5 min and 10 s", timedelta(hours=1, minutes=5, seconds=10)),
        ("250ms", timedelta(milliseconds=250)),
        ("0s", timedelta(0)),
    ],
)
def test_a_length_of_time_is_understood(typed: str, length: timedelta) -> None:
    assert parse_duration(typed) == length


@pytest.mark.parametrize("typed", ["", "5", "1:30", "-5m", "5 mangos", "h", "1h 30x"])
def test_a_length_without_its_unit_is_refused(typed: str) -> None:
    with pytest.raises(Refused):
        parse_duration(typed)


@pytest.mark.parametrize(
    ("length", "shown"),
    [
        (timedelta(0), "0 min"),
        (timedelta(seconds=20), "20 s"),
        (timedelta(minutes=7), "7 min"),
        (timedelta(minutes=11, seconds=20), "11 min 20 s"),
        (timedelta(hours=1, minutes=7), "1 h 07 min"),
        (timedelta(hours=2), "2 h"),
        (timedelta(hours=2, seconds=5), "2 h 00 min 05 s"),
        (timedelta(hours=26, minutes=5), "26 h 05 min"),
        (timedelta(milliseconds=-90_500), "−1 min 30 s"),
    ],
)
def test_a_length_is_written_whole(length: timedelta, shown: str) -> None:
    assert duration(length) == shown


def test_a_time_is_written_with_its_zone() -> None:
    moment = datetime(2026, 3, 8, 7, 30, 10, tzinfo=UTC)
    assert clock(moment, NEW_YORK) == "03:30:10 EDT"
    assert clock(moment.replace(second=0), "America/Bogota", day=True) == "2026-03-08 02:30 UTC-05:00"
    assert clock(moment.replace(second=0), "Mars/Olympus") == "07:30 UTC"


THURSDAY = date(2026, 12, 24)


@pytest.mark.parametrize(
    ("typed", "due"),
    [
        ("2027-01-15", date(2027, 1, 15)),
        ("2020-01-15", date(2020, 1, 15)),
        ("today", THURSDAY),
        ("EOD", THURSDAY),
        ("tomorrow", date(2026, 12, 25)),
        ("eow", date(2026, 12, 25)),
        ("eom", date(2026, 12, 31)),
        ("friday", date(2026, 12, 25)),
        ("thursday", date(2026, 12, 31)),
        ("by monday", date(2026, 12, 28)),
        ("next friday", date(2027, 1, 1)),
        ("this friday", date(2026, 12, 25)),
        ("+3d", date(2026, 12, 27)),
        ("in 2 weeks", date(2027, 1, 7)),
        ("in a week", date(2026, 12, 31)),
        ("in 2 months", date(2027, 2, 24)),
        ("5 business days", date(2026, 12, 31)),
        ("in 1 working day", date(2026, 12, 25)),
        ("24 dec", THURSDAY),
        ("dec 24th", THURSDAY),
        ("23 Dec", date(2027, 12, 23)),
        ("jan 5, 2027", date(2027, 1, 5)),
    ],
)
def test_a_due_date_typed_on_christmas_eve(typed: str, due: date) -> None:
    assert parse_due(typed, THURSDAY) == due


def test_business_days_leave_out_holidays() -> None:
    assert parse_due("1 business day", THURSDAY, {date(2026, 12, 25)}) == date(2026, 12, 28)


def test_a_month_on_from_its_last_day_is_the_last_day() -> None:
    assert parse_due("in 1 month", date(2027, 1, 31)) == date(2027, 2, 28)


@pytest.mark.parametrize(
    "typed", ["", "soon", "31 june", "29 feb 2027", "22025-01-01", "99999 d", "24/12/2026", "next week"]
)
def test_what_is_no_day_is_refused(typed: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_due(typed, THURSDAY)
    assert refused.value.example


DUE_WORDS = st.sampled_from(["next", "in", "+", "5", "99999", "d", "w", "mo", "bd", "fri", "dec", "31", "0000-1-1"])


@given(st.text(max_size=80) | st.lists(DUE_WORDS).map(" ".join))
def test_any_text_is_a_due_date_within_ten_years_or_refused(text: str) -> None:
    with suppress(Refused):
        assert parse_due(text, THURSDAY).year <= 2036
