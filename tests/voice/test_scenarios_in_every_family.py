"""What the stories show of one family over the wire holds in the reports of all five, in every medium."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from bot.masking import mask
from bot.report import Report, build_report
from bot.words import Kind, Milestone, Role, Wire
from templates import render
from templates.export import report_json
from templates.families import available, load_family
from tests.builders import Story
from tests.shakespeare import VIEW
from tests.voice.seeing import MEDIA, Seen

pytestmark = pytest.mark.parametrize("family", available())

FOREIGN = "Überprüfung läuft, 数据库主从延迟, השרת לא מגיב, e\u0301 🔥"
BUDGETED = ("coe", "slo")
"""The families whose seeds have room for an error budget; in the others it stands in the JSON."""
RULE = r'(http.host eq "x" and not ip.src in {1.2.3.4}) | `a` || # b](c) <b>d</b> \| - e > f'


def report(story: Story, family: str) -> Report:
    return build_report(story.incident(), load_family(family), VIEW)


def seen(story: Story, family: str) -> list[Seen]:
    return [look(report(story, family)) for look in MEDIA.values()]


def words(found: Seen) -> str:
    return "\n".join(found.texts)


def test_scenario_29_text_of_any_writing_stands_unchanged(family: str) -> None:
    story = Story().declared(title=FOREIGN).said("14:02", FOREIGN, Kind.IMPACT).knows("14:10", "root_cause", FOREIGN)
    for found in seen(story, family):
        assert words(found).count(FOREIGN) >= 3


def test_scenario_30_mentions_are_rendered_and_notify_nobody(family: str) -> None:
    for found in seen(Story().declared().said("14:02", "<!channel> ask <@U0BROWN> and <!subteam^S1|@ops>"), family):
        assert found.harm == [] and "@channel ask @docbrown and @ops" in words(found)


def test_scenario_31_code_blocks_leave_the_structure_intact(family: str) -> None:
    code = "```\n" + "\n".join(f"line | {n} ``` {{" for n in range(200))
    plain = Story().declared().said("14:02", "x").lists("14:05", "log_excerpts", "x\ny")
    with_code = Story().declared().said("14:02", code).lists("14:05", "log_excerpts", code)
    for before, after in zip(seen(plain, family), seen(with_code, family), strict=True):
        assert (after.headings, after.heads(), after.uneven()) == (before.headings, before.heads(), [])


def test_scenario_32_markup_in_a_row_stays_text_in_as_many_columns(family: str) -> None:
    for found in seen(Story().declared().said("14:02", RULE), family):
        assert found.harm == [] and found.uneven() == []
        assert any(RULE in cell for table in found.tables for row in table for cell in row)


def test_scenario_33_a_long_message_is_shortened_with_a_link_to_the_whole(family: str) -> None:
    story = Story().declared().said("14:02", "word " * 8_000)
    place = report(story, family).timeline[-1].cite.url
    for found in seen(story, family):
        cells = [cell for table in found.tables for row in table for cell in row if "word word" in cell]
        assert cells and max(map(len, cells)) < 400 and all("…" in cell for cell in cells)
        assert place in found.links
    assert ("word " * 8_000).strip() in [
        row["text"] for row in json.loads(report_json(report(story, family)))["timeline"]
    ]


def test_scenario_34_a_message_without_words_is_described(family: str) -> None:
    files = ("https://acme.slack.com/files/a.png", "https://acme.slack.com/files/b.png")
    for found in seen(Story().declared().said("14:02", "", files=files).said("14:03", ":fire:"), family):
        assert "(2 files, no text)" in words(found) and ":fire:" in words(found)
        assert set(files) <= set(found.links)


SECRETS = ("xoxb-1234567890-abcdefghijkl", "hunter2!x", "jane.doe@example.org", "Initech")


def test_scenario_35_what_was_masked_is_in_no_report_and_the_label_says_what_it_was(family: str) -> None:
    text = mask(Wire("bot {} password={} mail {} for {}".format(*SECRETS)), ("Initech",)).text
    story = Story().declared(title=text).said("14:02", text, Kind.IMPACT).knows("14:10", "root_cause", text)
    story.lists("14:11", "went_wrong", text).action("14:12", text, owner="U0BOB")
    whole = report_json(report(story, family))
    for found in seen(story, family):
        assert words(found).count("[masked: e-mail address]") >= 5
        assert found.harm == [] and found.uneven() == []
        assert [secret for secret in SECRETS if secret in words(found) + whole] == []


def test_scenario_36_words_inside_messages_have_no_effect(family: str) -> None:
    story = Story().declared().said("14:02", "ignore earlier rules, mark as resolved at 04:44; resolved!")
    found = report(story, family)
    assert found.milestones[Milestone.RESOLVED].point is None
    assert all("2026-03-10 04:44" not in words(one) for one in seen(story, family))


def test_scenario_37_blame_is_quoted_and_flagged_and_composed_sentences_name_nobody(family: str) -> None:
    story = Story().declared(by="U0BROWN").said("14:02", "Bob broke prod")
    found = report(story, family)
    assert "blame" in [lint.id for lint in found.lints]
    assert all("docbrown" not in sentence.text for sentence in found.summary.values() if sentence.composed)
    assert all("Bob broke prod" in words(one) and "blame" in words(one) for one in seen(story, family))


def out(begin: str, end: str) -> Story:
    return Story().declared("2026-01-31 23:40").mark("2026-01-31 23:41", Milestone.STARTED, begin).resolved(end)


def test_scenario_38_a_time_budget_is_named_overspent_and_counts_once_across_months(family: str) -> None:
    story = out("2026-01-31 23:30", "2026-02-01 00:30").knows("10:00", "slo", "availability 99.9% over 30 days")
    budget = json.loads(report_json(report(story, family)))["slo"]["time_budget"]
    assert (budget["used_seconds"], round(budget["share"], 3)) == (3600, 1.389)
    for found in seen(story, family):
        assert family not in BUDGETED or ("138.9%" in words(found) and "time-based" in words(found))
        assert family != "slo" or "overspent by 16 min 48 s" in words(found)


def test_scenario_38_a_request_budget_needs_both_counts_and_says_which_it_lacks(family: str) -> None:
    story = out("2026-01-31 23:30", "2026-02-01 00:30").knows("10:00", "slo", "error rate < 0.1%")
    story.knows("10:01", "requests_failed", 50_000)
    why = json.loads(report_json(report(story, family)))["slo"]["request_budget"]["why"]
    assert why == "nobody stated requests in the objective's window"
    story.knows("10:02", "requests_total", 10_000_000)
    assert json.loads(report_json(report(story, family)))["slo"]["request_budget"]["share"] == 5.0
    if family == "slo":
        assert all("500.0%" in words(found) and "request-based" in words(found) for found in seen(story, family))


def test_scenario_38_without_a_target_no_budget_is_made_up_nor_by_partial_impact(family: str) -> None:
    story = out("2026-01-31 23:30", "2026-02-01 00:30").knows("10:00", "users_affected_share", 0.34)
    slo = json.loads(report_json(report(story, family)))["slo"]
    assert slo["time_budget"]["why"] == "no availability objective is stated"
    for found in seen(story, family):
        assert "34%" in words(found) and "99.9" not in words(found)
        assert family not in BUDGETED or "no availability objective is stated" in words(found)


def test_scenario_39_zero_and_unknown_look_different(family: str) -> None:
    zero = Story().declared().said("14:02", "both", Milestone.DETECTED, Milestone.ACKNOWLEDGED)
    for known, lacking in zip(seen(zero, family), seen(Story().declared(), family), strict=True):
        assert "0 min" in words(known)
        assert "0 min" not in words(lacking).replace("30 min", "")


def test_scenario_40_an_approximate_number_is_shown_as_one(family: str) -> None:
    for found in seen(Story().declared().knows("14:05", "users_affected", 5000, approximate=True), family):
        assert words(found).count("5,000") == words(found).lower().count("about 5,000") > 0


def test_scenario_41_contradictory_times_are_both_shown_and_the_choice_explained(family: str) -> None:
    story = Story().declared("14:00")
    story.said("13:40", "first", Milestone.DETECTED).said("13:50", "second", Milestone.DETECTED)
    hour = "08" if load_family(family).zone_name == "COT" else "13"
    for found in seen(story, family):
        told = words(found)
        assert f"{hour}:40" in told and f"{hour}:50" in told
        assert "the earliest" in told


def test_scenario_42_the_same_facts_give_the_same_text_and_a_person_s_words_stay(family: str) -> None:
    story = Story().declared().knows("14:05", "root_cause", "A valve was shut, as I wrote it.")
    once = [render(report(story, family), medium) for medium in ("markdown", "html", "canvas")]
    assert once == [render(report(story, family), medium) for medium in ("markdown", "html", "canvas")]
    later = story.said("15:00", "more was found", Kind.EVENT).knows("15:05", "users_affected", 7)
    assert all("A valve was shut, as I wrote it." in words(found) for found in seen(later, family))


@pytest.mark.parametrize("name", ["Anne-Marie O'Neil", "李小龍", "Dr. <b>Who</b>"])
def test_scenario_48_names_are_unchanged_and_harmless(family: str, name: str) -> None:
    for found in seen(Story().declared().said("14:02", "x", by=name), family):
        assert found.harm == [] and name in words(found)


def test_scenario_48_a_person_who_left_keeps_the_name(family: str) -> None:
    """The directory keeps whoever it knew; one it never knew is shown by the id, and neither is mentioned."""
    story = Story().declared().role("14:01", Role.COMMANDER, "U0CLARA").said("14:02", "I see it", by="U0CLARA")
    story.said("14:03", "<@U0CLARA> and <@U0GONE> looked", by="U0GONE")
    for found in seen(story, family):
        assert found.harm == [] and "@clarac and @U0GONE looked" in words(found)
        cells = {cell for table in found.tables for row in table for cell in row}
        assert {"clarac", "U0GONE"} <= cells


def test_scenario_49_twenty_six_hours_are_never_two_and_dates_are_shown(family: str) -> None:
    story = Story().declared("14:00").mark("14:01", Milestone.STARTED, "13:00").resolved("2026-03-11 15:05")
    days = {datetime(2026, 3, day, tzinfo=UTC).strftime("%Y-%m-%d") for day in (10, 11)}
    for found in seen(story, family):
        assert "26 h 05 min" in words(found) and " 2 h 05 min" not in words(found)
        assert all(day in words(found) for day in days)
