"""What every family's report keeps, and the families coe and pir read from top to bottom."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from bot.facts import Value
from bot.family import Span
from bot.fields import FIELDS, asked_by
from bot.report import build_report
from bot.reporting.model import Report
from bot.words import ActionType, Kind, Milestone, Role, Severity
from templates import render
from templates.families import available, load_family
from tests.builders import Story
from tests.shakespeare import VIEW, shakespeare
from tests.stories_told import out_of_order, reopened
from tests.voice.golden import HERE, same_as

READ = ("coe", "pir")


def report(story: Story, family: str) -> Report:
    return build_report(story.incident(), load_family(family), VIEW)


def written(story: Story, family: str) -> str:
    return render(report(story, family))


def headings(text: str) -> list[str]:
    return re.findall(r"^#{1,6} .*$", text, re.MULTILINE)


def part(text: str, heading: str) -> str:
    """What stands under a heading, up to the next of its level or above."""
    level = heading.split(" ")[0]
    after = text.split(f"\n{heading}\n", 1)[1]
    return re.split(rf"\n#{{1,{len(level)}}} ", after, maxsplit=1)[0]


def normal(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", re.sub(r"\([^)]*\)", " ", text.lower().replace("(s)", "s"))).strip()


@pytest.mark.parametrize("family", READ)
def test_the_book_example_reads_as_it_did(family: str) -> None:
    same_as(f"shakespeare-{family}.md", written(shakespeare(), family))


@pytest.mark.parametrize("family", READ)
def test_a_bare_declaration_reads_as_it_did(family: str) -> None:
    same_as(f"bare-{family}.md", written(Story().declared(), family))


def _labels() -> list[tuple[str, str]]:
    return [
        (family, line)
        for family in READ
        for line in (HERE / f"{family}-labels.txt").read_text(encoding="utf-8").splitlines()
    ]


@pytest.mark.parametrize(("family", "line"), _labels())
def test_every_label_of_the_seed_stands_in_the_report_of_a_bare_declaration(family: str, line: str) -> None:
    role, words = line.split(" > ", 1)[1].split(": ", 1)
    document = written(Story().declared(), family)
    if role == "heading":
        assert words in {normal(re.sub(r"^#+ (?:[A-Z]\. )?", "", heading)) for heading in headings(document)}
    else:
        assert f" {words} " in f" {normal(document)} "


@pytest.mark.parametrize("family", available())
def test_the_headings_are_the_same_whatever_is_known(family: str) -> None:
    optional = {
        f"{'#' * level} {words}"
        for level in (3, 4)
        for words in (
            "Also Recorded",
            "Quality Checks",
            "Still Missing",
            "Not Yet Sorted",
            "Lessons",
            "Priority: Not Yet Given",
        )
    }
    optional |= {f"{'#' * level} {load_family(family).lead_up}" for level in (3, 4)}
    bare, full = (set(headings(written(story, family))[1:]) for story in (Story().declared(), shakespeare()))
    assert bare - optional == full - optional


TYPED: dict[str, Value] = {
    "integer": 4711,
    "number": 4711.5,
    "percentage": 0.4711,
    "money": "4711 USD",
    "duration": 4711,
    "person": "Somebody Named",
    "text": "a text of its own",
    "moment": "2026-04-11",
}
SHOWN = {
    "integer": "4,711",
    "number": "4,711.5",
    "percentage": "47.11%",
    "money": "4,711 USD",
    "duration": "1 h 18 min 31 s",
    "person": "Somebody Named",
    "text": "a text of its own",
    "moment": "2026-04-11",
    "list": "an item of its own",
}


@pytest.mark.parametrize(
    ("family", "key"), [(family, field.key) for family in available() for field in asked_by(family)]
)
def test_whatever_the_family_asks_for_stands_in_its_report_once_it_is_answered(family: str, key: str) -> None:
    field = FIELDS[key]
    story = Story().declared(severity=Severity.CRITICAL)
    before = written(story, family)
    if field.type == "list":
        story.lists("15:00", key, "an item of its own")
    else:
        story.knows("15:00", key, field.choices[-1] if field.choices else TYPED.get(field.type, True))
    after = written(story, family)
    if field.type in SHOWN:
        assert SHOWN[field.type] in after
    else:
        assert after.replace("3 recorded facts", "") != before.replace("2 recorded facts", "")
    assert "### Also Recorded" not in after


@pytest.mark.parametrize("family", available())
def test_every_line_stands_whole_in_the_report_of_every_family(family: str) -> None:
    meanings = [meaning for meaning in (*Kind, *Milestone) if meaning is not Kind.ACTION_ITEM]
    story = Story().declared("14:00")
    for number, meaning in enumerate(meanings):
        story.said(f"14:{number:02}", f"line number {number} of the story", meaning)
    document = written(story, family)
    assert [n for n in range(len(meanings)) if f"line number {n} of the story" not in document] == []


@pytest.mark.parametrize("family", available())
@pytest.mark.parametrize("story", [shakespeare, reopened, out_of_order])
def test_no_negative_duration_and_no_broken_table(family: str, story: object) -> None:
    assert callable(story)
    document = written(story(), family)
    assert not re.search(r"(?<![\w.:\\-])[-−]\d+ ?(?:min|h|s)\b", document)
    bare = re.sub(r"^ *(`{3,})text\n.*?^ *\1$", "", document, flags=re.MULTILINE | re.DOTALL)
    for table in re.findall(r"(?:^\|.*\n)+", bare, re.MULTILINE):
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}) == 1, table


@pytest.mark.parametrize(
    ("severity", "signs"), [(Severity.CRITICAL, True), (Severity.HIGH, False), (Severity.LOW, False)]
)
def test_the_vice_president_signs_the_gravest_alone(severity: Severity, signs: bool) -> None:
    story = Story().declared(severity=severity)
    assert ("| VP Engineering (P1 only) |" in written(story, "coe")) is signs
    asked = {gap.key for gap in report(story, "coe").document.missing}
    assert ("vp_engineering" in asked) is signs


@pytest.mark.parametrize(
    ("severity", "told"), [(Severity.CRITICAL, True), (Severity.HIGH, True), (Severity.MEDIUM, False)]
)
def test_the_executives_are_told_of_the_two_gravest_alone(severity: Severity, told: bool) -> None:
    document = written(Story().declared(severity=severity), "slo")
    assert ("- [ ] Executive Team (if SEV1-SEV2)" in document) is told


def test_what_was_said_of_a_row_for_graver_incidents_stands_in_the_report_all_the_same() -> None:
    story = Story().declared(severity=Severity.LOW)
    story.knows("14:30", "sent_to_executives", True).knows("14:31", "vp_engineering", "U0BROWN")
    assert "- [x] Executive Team (if SEV1-SEV2)" in written(story, "slo")
    assert "VP Engineering (P1 only)" in written(story, "coe")


@pytest.mark.parametrize("family", available())
def test_a_report_of_nothing_holds_no_value_but_the_declaration_s(family: str) -> None:
    """Two incidents of which only the declaration is known differ in what was declared, and in nothing else."""
    first = Story().declared("14:00", "First").incident()
    second = Story(day="2027-05-06").declared("09:17", "Second").incident()
    documents = [render(build_report(one, load_family(family), VIEW)) for one in (first, second)]
    shapes = [re.sub(r"First|Second|\d+", "#", re.sub(r"\(https://\S+\)", "(link)", text)) for text in documents]
    assert shapes[0] == shapes[1]
    laid_down = r"&lt; \d|within \d|\| \d+ (?:min|h) \|"  # by the family, for every incident: targets and windows
    rest = "\n".join(line for line in documents[0].splitlines() if not re.search(laid_down, line))
    assert not re.search(r"\d (?:h|min|s|users|requests|ms)\b|\d%|USD", rest)


def test_an_incident_that_once_was_of_the_gravest_is_signed_as_such() -> None:
    story = Story().declared("14:00", severity=Severity.CRITICAL).severity("14:10", Severity.MEDIUM)
    assert "| VP Engineering (P1 only) |" in written(story, "coe")


def test_a_severity_the_scale_lacks_is_said_to_be_the_nearest() -> None:
    document = written(Story().declared(severity=Severity.LOW), "coe")
    assert "| **Severity Level** | P3 - Medium (recorded as low; this scale has no such level" in document


def test_the_correction_of_errors_names_the_analysis_beside_it() -> None:
    document = part(written(Story().declared(), "coe"), "## General Information")
    assert "| **COE ID** | COE-2026-001 |" in document
    assert "| **Incident ID** | INCIDENT-20260310-1400 |" in document
    assert "| **Related RCA** | RCA-2026-001 |" in document


def test_a_key_moment_nobody_stated_asks_for_it_and_an_assumed_one_says_so() -> None:
    document = part(written(Story().declared(), "coe"), "### Key Timestamps")
    assert (
        "| _Unknown_ | **Incident Start** | _nobody said when it started: `/incident mark started 14:02`_ |" in document
    )
    assert "| _assumed 2026-03-10 14:00_ | **Detection** | declared then, so detected at the latest then |" in document


def test_key_moments_stand_in_the_order_in_which_they_came() -> None:
    rows = re.findall(
        r"^\| \[[^\]]* (\d\d:\d\d)", part(written(shakespeare(), "coe"), "### Key Timestamps"), re.MULTILINE
    )
    assert rows == sorted(rows)


def test_an_item_stands_in_its_window_and_beside_the_measure_it_is() -> None:
    story = Story().declared("14:00").action("15:00", "Add an alert", due="2026-03-12", type=ActionType.DETECT)
    document = written(story, "coe")
    assert "Add an alert" in part(document, "### Immediate Actions (P1 - Complete within 24-48 hours)")
    assert re.search(
        r"\| \*\*Detection\*\* \| .*Add an alert \| 2026-03-12 \|", part(document, "### Prevention Measures")
    )
    assert "Add an alert" in part(written(story, "pir"), "### Monitoring Improvements")


def test_the_family_s_own_targets_hold_where_the_team_set_none() -> None:
    rows = part(written(shakespeare(), "pir"), "### Response Metrics")
    assert "| Time to Detect | &lt; 5 min | 1 min | Yes |" in rows
    assert "| Time to Mitigate | &lt; 30 min | 42 min | No |" in rows
    assert "| Time to Resolve | &lt; the RTO (_none set_) | 1 h 06 min | — |" in rows


def test_a_clock_that_measured_nothing_is_neither_met_nor_missed() -> None:
    rows = part(written(Story().declared(), "pir"), "### Response Metrics")
    assert "| Time to Detect | &lt; 5 min | _Unknown — no started milestone_ | — |" in rows


def test_each_definition_is_printed_under_its_table() -> None:
    for family in READ:
        document = written(Story().declared(), family)
        for clock in load_family(family).clocks:
            assert re.search(
                rf"{re.escape(clock.label)}\*\*(?:: | \| .*\()[^|]*from {clock.start}".replace("_", " "), document
            )


def test_who_holds_a_role_approves_and_nobody_else_is_asked_for_a_date() -> None:
    story = Story().declared("14:00").role("14:01", Role.COMMANDER, "U0JENN")
    rows = part(written(story, "pir"), "### Approvals")
    assert re.search(r"\| Incident Commander \| jennifer \(.*\) \| Not yet \| _Unknown", rows)
    assert (
        "| Technical Lead | _Unknown — anyone can answer with `/incident assign technical lead @…`_ | Not yet | — |"
        in rows
    )


def test_what_belongs_to_an_item_is_set_apart_by_a_bar_and_asked_for_once_where_it_lacks() -> None:
    story = Story().declared("14:00").lists("15:00", "contributing_factors", "no shedding | it spread", "stale figures")
    factors = part(written(story, "pir"), "### Contributing Factors")
    assert re.search(r"^1\. \*\*Description\*\*: no shedding \(.*\)\n   - Impact: it spread$", factors, re.MULTILINE)
    assert re.search(r"^2\. \*\*Description\*\*: stale figures", factors, re.MULTILINE)
    assert factors.count("Impact: _Unknown for 1 of 2") == 1


def test_the_next_review_is_the_first_still_to_come() -> None:
    story = Story().declared("14:00").knows("2026-03-20 10:00", "what_happened", "x")
    found = report(story, "pir")
    assert [(view.label, str(view.due)) for view in found.reviews] == [
        ("Week 1", "2026-03-17"),
        ("Week 2", "2026-03-24"),
        ("Month 1", "2026-04-10"),
        ("Month 3", "2026-06-10"),
    ]
    assert str(found.document.next_review) == "2026-03-24"
    assert report(story, "coe").document.next_review is None


def test_a_tick_names_who_gave_it() -> None:
    story = Story().declared("14:00").knows("15:00", "documentation_updated", True)
    sharing = part(written(story, "pir"), "### Knowledge Sharing")
    assert re.search(r"^- \[x\] Documentation updated \(\[source\]", sharing, re.MULTILINE)
    assert "- [ ] Post-mortem published internally" in sharing


def test_each_measure_stands_in_one_row_with_its_own_date() -> None:
    """A line of one cell beside a line of another would drift apart as soon as one of them is broken in two."""
    story = Story().declared("14:00").action("15:00", "Add a guard", type=ActionType.PREVENT, due="2026-03-20")
    story.action("15:01", "Add a second guard", type=ActionType.PREVENT, due="2026-04-02")
    rows = part(written(story, "coe"), "### Prevention Measures")
    assert re.search(r"^\| \*\*Prevention\*\* \| \[A1\].* Add a guard \| 2026-03-20 \|$", rows, re.MULTILINE)
    assert re.search(r"^\| \*\*Prevention\*\* \| \[A2\].* Add a second guard \| 2026-04-02 \|$", rows, re.MULTILINE)


def test_the_next_review_says_how_long_after_the_incident_as_the_family_has_it() -> None:
    slo, story = load_family("slo"), Story().declared("14:00")
    sooner = replace(slo, reviews=(replace(slo.reviews[0], after=Span(months=3)),))
    for family, line in ((slo, "2026-09-10 (6 months from incident)"), (sooner, "2026-06-10 (3 months from incident)")):
        assert f"**Next Review Date**: {line}" in render(build_report(story.incident(), family, VIEW))
