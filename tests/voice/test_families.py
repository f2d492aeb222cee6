"""A family's data is read whole or refused with the file and the key."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from importlib.resources import files

import pytest

from bot.family import Span
from bot.numbering import Numbering, nth
from bot.words import IncidentType, Milestone, Severity
from templates.families import FamilyError, available, load_family, read_family

SLO = (files("templates.families") / "slo.toml").read_text(encoding="utf-8")


def test_the_families_at_hand_all_load() -> None:
    assert "slo" in available()
    assert [load_family(key).key for key in available()] == list(available())


def test_a_family_nobody_wrote_is_refused_with_those_there_are() -> None:
    with pytest.raises(FamilyError, match=r"no report family is called 'nope'; there are .*slo"):
        load_family("nope")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('title = "Post-Mortem Report"', "", r"slo\.toml: the key 'title' is missing"),
        ('title = "Post-Mortem Report"', "title = 3", r"slo\.toml\.title: a str is needed, not 3"),
        ('title = "Post', 'tilte = "x"\ntitle = "Post', r"slo\.toml: unknown key 'tilte'"),
        ('start = "started"', 'start = "begun"', r"slo\.toml\.clocks\[0\]\.start: 'begun' is none of started"),
        ('critical = "SEV1"', 'critcal = "SEV1"', r"slo\.toml\.severities: 'critcal' is none of critical"),
        ('merged = "MERGED"', "", r"slo\.toml\.statuses: the key merged is missing"),
        ("to_earliest = true", "to_earliest = 1", r"slo\.toml\.clocks\[2\]\.to_earliest: a bool is needed"),
        ("days = 7", "days = true", r"slo\.toml\.horizons\[0\]\.within\.days: a int is needed"),
        ('person = "author"', 'person = "autor"', r"slo\.toml\.signers\[0\]\.person: no field is called 'autor'"),
        ("after = { months = 6 }", "after = 6", r"slo\.toml\.reviews\[0\]\.after: a dict is needed"),
        ("[severities]", "[severities", r"slo\.toml: "),
    ],
)
def test_a_mistake_is_named_with_its_place(old: str, new: str, message: str) -> None:
    assert old in SLO
    with pytest.raises(FamilyError, match=message):
        read_family("slo", SLO.replace(old, new, 1))


@pytest.mark.parametrize(
    ("key", "n", "number"),
    [
        ("slo", 1, "INCIDENT-20261121-0312"),
        ("slo", 2, "INCIDENT-20261121-0312-2"),
    ],
)
def test_numbers_follow_the_declaration_in_utc(key: str, n: int, number: str) -> None:
    bogota = timezone(timedelta(hours=-5))
    blank = load_family(key).number.blank(datetime(2026, 11, 20, 22, 12, tzinfo=bogota), IncidentType.OUTAGE)
    assert nth(blank, n) == number


def test_a_counter_is_named_by_what_is_filled_in_already_so_that_a_year_or_a_day_begins_anew() -> None:
    yearly = Numbering("COE-%Y-{count:03d}")
    blanks = [yearly.blank(datetime(year, 12, 31, 23, tzinfo=UTC), IncidentType.OTHER) for year in (2026, 2027)]
    assert blanks == ["COE-2026-{count:03d}", "COE-2027-{count:03d}"]
    assert [nth(blanks[0], n) for n in (1, 2, 1000)] == ["COE-2026-001", "COE-2026-002", "COE-2026-1000"]


def test_a_type_has_its_code_in_the_number() -> None:
    codes = dict.fromkeys(IncidentType, "OTH") | {IncidentType.OUTAGE: "OUT"}
    typed = Numbering("INC-{type}-%Y%m%d-%H%M", codes)
    assert typed.blank(datetime(2026, 11, 21, 3, 12, tzinfo=UTC), IncidentType.OUTAGE) == "INC-OUT-20261121-0312"


@pytest.mark.parametrize("pattern", ["X-{type}", "X-{what}", "X-{count:z}", "X-{", "X-{}"])
def test_a_pattern_that_cannot_be_filled_is_refused_with_its_place(pattern: str) -> None:
    old = 'number = "INCIDENT-%Y%m%d-%H%M"'
    with pytest.raises(FamilyError, match=r"slo\.toml\.number: "):
        read_family("slo", SLO.replace(old, f'number = "{pattern}"', 1))


def test_phases_are_opened_by_milestones() -> None:
    assert [phase.opens[0] for phase in load_family("slo").phases] == [
        Milestone.STARTED,
        Milestone.ESCALATED,
        Milestone.MITIGATED,
    ]


def test_every_severity_has_a_name() -> None:
    assert [load_family("slo").severity(level).name for level in Severity] == ["SEV1", "SEV2", "SEV3", "SEV4"]


@pytest.mark.parametrize(
    ("span", "day", "after"),
    [
        (Span(days=7), date(2026, 12, 28), date(2027, 1, 4)),
        (Span(months=1), date(2026, 1, 31), date(2026, 2, 28)),
        (Span(months=1), date(2028, 1, 31), date(2028, 2, 29)),
        (Span(months=6), date(2026, 8, 31), date(2027, 2, 28)),
        (Span(months=12), date(2026, 12, 31), date(2027, 12, 31)),
        (Span(months=1, days=1), date(2026, 12, 31), date(2027, 2, 1)),
    ],
)
def test_a_span_of_months_ends_on_the_same_day_or_the_last_there_is(span: Span, day: date, after: date) -> None:
    assert span.after(day) == after


def test_a_span_reads_as_people_say_it() -> None:
    assert [str(Span(6)), str(Span(1, 2)), str(Span(days=1)), str(Span())] == [
        "6 months",
        "1 month 2 days",
        "1 day",
        "0 days",
    ]
