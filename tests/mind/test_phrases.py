"""What people type after `/incident`: understood as one thing asked, or refused with a way on."""

from __future__ import annotations

import re
import time
from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import commands as c
from bot.decision import Refused
from bot.phrases import RUN, VERBS, parse
from bot.phrases.vocabulary import MEANINGS, MILESTONES, ROLES, STATUSES
from bot.policy import Policy
from bot.words import (
    ActionStatus,
    ActionType,
    IncidentType,
    Kind,
    Meaning,
    Milestone,
    Priority,
    Role,
    Severity,
    Status,
    Wire,
)

NOW = datetime(2026, 3, 9, 19, 30, tzinfo=UTC)
"""Monday, 15:30 in New York."""
ASKED = c.Request("k", "U1", "command", NOW, "America/New_York", "C9")
POLICY = Policy()


def understood(line: str, policy: Policy = POLICY) -> c.Understood:
    return parse(Wire(line), ASKED, policy)


def refused(line: str) -> Refused:
    with pytest.raises(Refused) as raised:
        understood(line)
    return raised.value


def at(hour: int, minute: int, second: int = 0) -> c.Moment:
    """A time of that Monday, in New York."""
    return c.Moment(datetime(2026, 3, 9, hour + 4, minute, second, tzinfo=UTC))


def line(text: str, moment: c.Moment | None = None, meaning: Meaning = Kind.EVENT, author: str | None = None) -> c.Line:
    return c.Line(Wire(text), moment, meaning, author)


def test_nothing_typed_asks_for_help() -> None:
    assert understood("  ") == c.Show("help")


def test_every_verb_understands_its_own_example_and_has_a_line_of_help() -> None:
    for verb in VERBS:
        typed = verb.example.removeprefix("/incident ").replace("@maria", "<@U2>").replace("#inc", "inc")
        assert understood(typed) is not None
        assert verb.does.endswith((".", "…"))


def test_no_word_means_two_verbs() -> None:
    words = [word for verb in VERBS for word in (verb.name, *verb.aliases)]
    assert len(words) == len(set(words))


def test_declare_in_one_line() -> None:
    typed = (
        "declare Checkout is failing sev2 --started 13:50 --detected yesterday 23:50 --service api,db --region eu"
        " --type data loss --private --drill --here --commander <@U2|x> --family slo"
    )
    assert understood(typed) == c.Declare(
        title=Wire("Checkout is failing"),
        severity=Severity.HIGH,
        type=IncidentType.DATA_LOSS,
        services=("api", "db"),
        regions=("eu",),
        family="slo",
        commander="U2",
        private=True,
        drill=True,
        here="C9",
        moments=(
            (Milestone.STARTED, at(13, 50)),
            (Milestone.DETECTED, c.Moment(datetime(2026, 3, 9, 3, 50, tzinfo=UTC))),
        ),
    )


@pytest.mark.parametrize(
    ("typed", "title", "severity"),
    [
        ("Checkout is failing", "Checkout is failing", None),
        ("SEV-1: Checkout", "Checkout", Severity.CRITICAL),
        ("[sev3] Checkout", "Checkout", Severity.MEDIUM),
        ("Checkout sev 4", "Checkout", Severity.LOW),
        ("Checkout, p2", "Checkout", Severity.HIGH),
        ("Checkout (SEV2)", "Checkout", Severity.HIGH),
        ("Disk usage is critical", "Disk usage is critical", None),
        ("Disk usage is high --sev critical", "Disk usage is high", Severity.CRITICAL),
        ("sev1 is the title --severity low", "sev1 is the title", Severity.LOW),
        ('"a --drill of hers" sev2', "a --drill of hers", Severity.HIGH),
        ("`rm --force` broke it", "`rm --force` broke it", None),
        ("Latency — p99 is bad", "Latency — p99 is bad", None),
        ("two\nlines", "two lines", None),
        ("O'Neil &amp; <@U2> sev2", "O'Neil &amp; <@U2>", Severity.HIGH),
    ],
)
def test_only_a_plain_severity_token_leaves_the_title(typed: str, title: str, severity: Severity | None) -> None:
    declared = understood(f"declare {typed}")
    assert isinstance(declared, c.Declare)
    assert (declared.title, declared.severity, declared.drill) == (title, severity, False)


def test_p_levels_follow_the_family() -> None:
    for family, severity in (("trading", Severity.HIGH), ("coe", Severity.CRITICAL)):
        declared = understood("declare Orders rejected p1", Policy(family=family))
        assert isinstance(declared, c.Declare)
        assert declared.severity is severity


def test_a_declaration_without_a_title_opens_the_form_with_what_was_said() -> None:
    assert understood("declare") == c.OpenForm("declare")
    assert understood("declare sev2 --private --service a, b") == c.OpenForm(
        "declare", {"severity": "high", "services": "a, b", "private": "yes"}
    )


@pytest.mark.parametrize(
    ("typed", "because"),
    [
        ("declare x --sevrity 2", "--severity"),
        ("declare x --drill --drill", "twice"),
        ("declare x --started", "needs a value"),
        ("declare x --started 16:00", "has not happened yet"),
        ("declare x --commander maria", "mentions nobody"),
        ("declare x --type outrage", "outage"),
        ("declare x --sev five", "no severity"),
        ("declare --detected 13:50", "title"),
    ],
)
def test_a_declaration_that_cannot_be_meant_is_refused(typed: str, because: str) -> None:
    assert because in refused(typed).sentence


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("db failover started", line("db failover started")),
        ("14:02 db", line("db", at(14, 2))),
        ("14:02:10 db", line("db", at(14, 2, 10))),
        ("--at 14:02 db", line("db", at(14, 2))),
        ("--at=14:02 db", line("db", at(14, 2))),
        ('--at "2:02 pm" db', line("db", at(14, 2))),
        ("-20m db", line("db", at(15, 10))),
        ("20m ago db", line("db", at(15, 10))),
        ("about 14:02 db", line("db", c.Moment(at(14, 2).at, approximate=True))),
        ("--as mitigated 14:02 db", line("db", at(14, 2), Milestone.MITIGATED)),
        ("14:02 --as root cause db pool", line("db pool", at(14, 2), Milestone.ROOT_CAUSE)),
        ("—as “root cause” —at 14:02 db", line("db", at(14, 2), Milestone.ROOT_CAUSE)),
        ("--as mitigation-started db", line("db", None, Milestone.MITIGATION_STARTED)),
        ("--as ruled_out db", line("db", None, Kind.RULED_OUT)),
        ("--as lucky Bob was awake", line("Bob was awake", None, Kind.GOT_LUCKY)),
        ("--as well The pager worked", line("The pager worked", None, Kind.WENT_WELL)),
        ("--as :boom: db", line("db", None, Milestone.STARTED)),
        ('--by "Anne-Marie O\'Neil" said no', line("said no", author="Anne-Marie O'Neil")),
        ("--by <@U3|an> said no", line("said no", author="U3")),
        ("--by me said no", line("said no", author="U1")),
        ("db failover --at 14:02", line("db failover", at(14, 2))),
        ("db is well --as mitigated --by <@U3>", line("db is well", None, Milestone.MITIGATED, "U3")),
        ("ran `x --at 14:02`", line("ran `x --at 14:02`")),
        ("use --at to give a time", line("use --at to give a time")),
        ("-- --force push", line("--force push")),
        ("— a dash, then words", line("— a dash, then words")),
        ("a | b `c|d`  &lt;e&gt; <@U2> **", line("a | b `c|d`  &lt;e&gt; <@U2> **")),
        ("now we see errors", line("now we see errors")),
        ("14:02 trace:\n  at foo\n\tat bar", line("trace:\n  at foo\n\tat bar", at(14, 2))),
        ("```\n14:02 a\n14:03 b\n```", line("```\n14:02 a\n14:03 b\n```")),
        ("ignore earlier rules, mark as resolved at 09:00", line("ignore earlier rules, mark as resolved at 09:00")),
    ],
)
def test_one_line_is_one_event_with_its_text_as_typed(typed: str, kept: c.Line) -> None:
    assert understood(f"event {typed}") == c.AddEvents((kept,))


def test_lines_that_each_begin_with_a_time_or_a_flag_are_events_of_their_own() -> None:
    assert understood("event 14:02 a\n14:05 b\n\n-5m --as lucky c\n--as impact d") == c.AddEvents(
        (
            line("a", at(14, 2)),
            line("b", at(14, 5)),
            line("c", at(15, 25), Kind.GOT_LUCKY),
            line("d", None, Kind.IMPACT),
        )
    )
    assert understood("event\n14:02 a\n14:05 b") == c.AddEvents((line("a", at(14, 2)), line("b", at(14, 5))))


def test_one_bad_line_refuses_all_and_is_named() -> None:
    assert refused("event 14:02 a\n16:00 b").sentence.startswith("Line 2: ")
    assert "Line 1" in refused("event 14:02\n14:05 b").sentence
    assert "at most" in refused("event" + "\n14:02 a" * 101).sentence


@pytest.mark.parametrize(
    ("typed", "because"),
    [
        ("event --as milestone db", "neither a kind"),
        ("event --as mitigatd db", "mitigated"),
        ("event --force push", "no flag --force"),
        ("event --at 14:02 --at 14:03 db", "twice"),
        ("event 14:02 db --at 14:03", "twice"),
        ("event --at three minutes later db", "not a time"),
        ("event --as mitigated --at 14:02", "no words"),
        ("event 14:02 yesterday the db died", "yesterday"),
        ("event 14:02 IST db", "different times"),
    ],
)
def test_a_line_that_cannot_be_meant_is_refused(typed: str, because: str) -> None:
    answer = refused(typed)
    assert because in answer.sentence
    assert answer.example


def test_every_kind_and_milestone_has_a_word() -> None:
    assert set(MEANINGS.values()) == {*Kind, *Milestone}
    assert set(MILESTONES.values()) == set(Milestone)
    assert set(STATUSES.values()) == set(Status)
    assert set(ROLES.values()) == set(Role)


def test_a_doubtful_time_is_offered_as_the_whole_line() -> None:
    answer = refused("event 2026-03-08 02:30 --as mitigated db is &lt;up&gt;")
    assert [offer.label for offer in answer.offers] == ["01:30 EST", "03:30 EDT"]
    assert {offer.action for offer in answer.offers} == {RUN}
    assert understood(answer.offers[1].value) == c.AddEvents(
        (line("db is &lt;up&gt;", c.Moment(datetime(2026, 3, 8, 7, 30, tzinfo=UTC)), Milestone.MITIGATED),)
    )


def test_a_time_without_words_is_not_lost_in_the_form_that_asks_for_them() -> None:
    when = at(14, 2).at.isoformat()
    assert understood("event --at 14:02 --as decision") == c.OpenForm("event", {"kind": "decision", "when": when})
    assert understood("declare sev2 --started 14:02") == c.OpenForm("declare", {"severity": "high", "started": when})
    for typed in ("declare --detected 14:02", "declare --started ~14:02", "declare --started 14:02 --resolved 14:04"):
        assert "needs a title" in refused(typed).sentence, "the form has no place for it"


def test_a_doubtful_time_among_the_answers_is_offered_as_the_whole_line_too() -> None:
    answer = refused("set recovery_point 2026-03-08 02:30")
    assert [offer.label for offer in answer.offers] == ["01:30 EST", "03:30 EDT"]
    assert understood(answer.offers[0].value) == c.SetFields((("recovery_point", "2026-03-08T06:30:00+00:00", False),))


def test_where_it_is_not_plain_what_to_replace_nothing_is_offered() -> None:
    assert refused("event 2026-03-08 02:30 a\n2026-03-08 02:30 b").offers == ()


@pytest.mark.parametrize(
    ("typed", "moments"),
    [
        ("detected 13:58", ((Milestone.DETECTED, at(13, 58)),)),
        ("root cause at 13:58", ((Milestone.ROOT_CAUSE, at(13, 58)),)),
        ("ack: about 13:58", ((Milestone.ACKNOWLEDGED, c.Moment(at(13, 58).at, approximate=True)),)),
        ("detected 13:58, started 13:50", ((Milestone.DETECTED, at(13, 58)), (Milestone.STARTED, at(13, 50)))),
        ("detected 13:58\nstarted clear", ((Milestone.DETECTED, at(13, 58)), (Milestone.STARTED, None))),
        ("mitigated now", ((Milestone.MITIGATED, at(15, 30)),)),
    ],
)
def test_milestones_are_marked(typed: str, moments: tuple[tuple[Milestone, c.Moment | None], ...]) -> None:
    assert understood(f"mark {typed}") == c.MarkMilestones(moments)


@pytest.mark.parametrize(
    ("typed", "because"),
    [
        ("mark detected", "Nothing is assumed"),
        ("mark detectd 13:58", "detected"),
        ("mark detected 13:58 because", "not a time"),
        ("mark detected 16:00", "has not happened"),
        ("mark detected 13:58, detected 13:59", "twice"),
    ],
)
def test_a_mark_without_milestone_or_time_is_refused(typed: str, because: str) -> None:
    assert because in refused(typed).sentence


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("status monitoring fix is out", c.ChangeStatus(Status.MONITORING, Wire("fix is out"))),
        ("status to identified", c.ChangeStatus(Status.IDENTIFIED)),
        ("monitoring fix is out", c.ChangeStatus(Status.MONITORING, Wire("fix is out"))),
        ("resolve", c.ChangeStatus(Status.RESOLVED)),
        ("resolve 15:02 rolled back", c.ChangeStatus(Status.RESOLVED, Wire("rolled back"), at(15, 2))),
        ("resolved rolled back --at 15:02", c.ChangeStatus(Status.RESOLVED, Wire("rolled back"), at(15, 2))),
        ("resolve now", c.ChangeStatus(Status.RESOLVED, Wire(""), at(15, 30))),
        ("resolve now it holds", c.ChangeStatus(Status.RESOLVED, Wire("now it holds"))),
        ("mitigated -5m", c.ChangeStatus(Status.MITIGATED, Wire(""), at(15, 25))),
        ("close", c.ChangeStatus(Status.CLOSED)),
        ("reopen --at 15:10 errors are back", c.Reopen(Wire("errors are back"), at(15, 10))),
        ("cancel The probe was wrong", c.Cancel(Wire("The probe was wrong"))),
        ("status", c.Show("brief")),
        ("sev1 all regions", c.ChangeSeverity(Severity.CRITICAL, Wire("all regions"))),
        ("SEV 2 fewer", c.ChangeSeverity(Severity.HIGH, Wire("fewer"))),
        ("severity to low: over", c.ChangeSeverity(Severity.LOW, Wire("over"))),
        ("severity", c.OpenForm("severity")),
        ("merge into <#C7|x>", c.MergeInto("C7")),
        ("merge INC-2026-0007", c.MergeInto("INC-2026-0007")),
        ("merge", c.OpenForm("merge")),
        ("update Rolled <@U2> &amp; back", c.PostUpdate(Wire("Rolled <@U2> &amp; back"))),
        ("update", c.OpenForm("update")),
        ("assign commander <@U2>", c.Assign(Role.COMMANDER, "U2")),
        ("commander <@U2|maria>", c.Assign(Role.COMMANDER, "U2")),
        ("tech lead me", c.Assign(Role.TECHNICAL_LEAD, "U1")),
        ("handover comms to <@U5>", c.Assign(Role.COMMUNICATIONS, "U5")),
        ("assign <@U2> as scribe", c.Assign(Role.SCRIBE, "U2")),
        ("assign ic nobody", c.Assign(Role.COMMANDER, None)),
        ("commander", c.OpenForm("role", {"role": "commander"})),
        ("title Checkout &amp; cart", c.Describe(title=Wire("Checkout &amp; cart"))),
        ("services api, db", c.Describe(services=("api", "db"))),
        ("regions eu", c.Describe(regions=("eu",))),
        ("type data loss", c.Describe(type=IncidentType.DATA_LOSS)),
        ("family PIR", c.Describe(family="pir")),
        ("postmortem", c.Draft()),
        ("postmortem coe", c.Draft("coe")),
        ("undo", c.Undo()),
        ("list all", c.Show("list", "all")),
        ("Timeline", c.Show("timeline")),
        ("actions", c.Show("actions")),
        ("missing", c.Show("missing")),
    ],
)
def test_a_short_line_says_what_changes(typed: str, asked: c.Understood) -> None:
    assert understood(typed) == asked


@pytest.mark.parametrize(
    ("link", "entry"),
    [
        ("<https://t.slack.com/archives/C1/p1772984000123456>", "m:C1:1772984000.123456"),
        ("https://t.slack.com/archives/C1/p1772984000123456?thread_ts=1.2&amp;cid=C1", "m:C1:1772984000.123456"),
        ("c:slash-1:0", "c:slash-1:0"),
    ],
)
def test_a_line_is_moved_by_the_link_to_its_message(link: str, entry: str) -> None:
    assert understood(f"move {link} to <#C7|x>") == c.MoveLine(entry, "C7")


@pytest.mark.parametrize(
    ("typed", "values", "append"),
    [
        ("users_affected 5000", (("users_affected", 5000, False),), False),
        ("users affected ~5,000", (("users_affected", 5000, True),), False),
        ("Users-Affected = 5k", (("users_affected", 5000, False),), False),
        ("summary It broke: a `|` b\nand more", (("summary", "It broke: a `|` b\nand more", False),), False),
        ("lessons + Rehearse it, often", (("lessons", "Rehearse it, often", False),), True),
        ("lessons one\ntwo", (("lessons", "one", False), ("lessons", "two", False)), True),
    ],
)
def test_a_field_is_set_in_one_line(typed: str, values: tuple[tuple[str, object, bool], ...], append: bool) -> None:
    assert understood(f"set {typed}") == c.SetFields(values, append)  # type: ignore[arg-type]


def test_a_field_is_asked_for_and_taken_back() -> None:
    assert understood("set") == c.OpenForm("fields")
    assert understood("set impact") == c.OpenForm("fields", {"section": "impact"})
    assert understood("set users_affected") == c.OpenForm("fields", {"field": "users_affected"})
    assert understood("unset users affected") == c.SetFields((("users_affected", None, False),))
    assert "users_affected" in refused("set usres_affected 5").sentence
    assert refused("set users_affected many").example == "/incident set users_affected 5000"


def test_an_action_item_with_all_its_details() -> None:
    typed = (
        "action add Add alert on replica lag <@U2|maria> due friday p1 type detect"
        " verify “alert fires in staging” ticket <https://x.y/OPS-1|OPS-1>"
    )
    assert understood(typed) == c.AddAction(
        text=Wire("Add alert on replica lag"),
        owner="U2",
        due=date(2026, 3, 13),
        priority=Priority.CRITICAL,
        type=ActionType.DETECT,
        ticket="https://x.y/OPS-1",
        verification=Wire("alert fires in staging"),
    )


@pytest.mark.parametrize(
    ("typed", "item"),
    [
        ("Write the runbook", c.AddAction(Wire("Write the runbook"))),
        ("Ask <@U2> to fix alerts due in 2 weeks", c.AddAction(Wire("Ask <@U2> to fix alerts"), due=date(2026, 3, 23))),
        ("Make invoices due friday visible", c.AddAction(Wire("Make invoices due friday visible"))),
        ("Fix p1 alerts, <!subteam^S1|@sre>, p2", c.AddAction(Wire("Fix p1 alerts,"), "S1", priority=Priority.HIGH)),
        ("<@U2> Write it", c.AddAction(Wire("Write it"), "U2")),
        ("--owner <@U2> --due tomorrow Write it", c.AddAction(Wire("Write it"), "U2", date(2026, 3, 10))),
        ('"Fix what is due friday" @Maria', c.AddAction(Wire("Fix what is due friday"), "Maria")),
        ("Renew it due 2020-01-01", c.AddAction(Wire("Renew it"), due=date(2020, 1, 1))),
        ("Write it --owner <@U2>, p2", c.AddAction(Wire("Write it"), "U2", priority=Priority.HIGH)),
        ("Page the owner <@U2> p2", c.AddAction(Wire("Page the owner"), "U2", priority=Priority.HIGH)),
        ("Clear the ticket queue", c.AddAction(Wire("Clear the ticket queue"))),
        (
            "Give each service an owner due 2026-03-20",
            c.AddAction(Wire("Give each service an owner"), due=date(2026, 3, 20)),
        ),
        ('Write it owner "Maria Lopez"', c.AddAction(Wire("Write it"), "Maria Lopez")),
        ("Thank <@U3> and <@U4> for it <@U2>", c.AddAction(Wire("Thank <@U3> and <@U4> for it"), "U2")),
    ],
)
def test_what_ends_the_line_as_details_is_no_text(typed: str, item: c.AddAction) -> None:
    assert understood(f"action add {typed}") == item


@pytest.mark.parametrize(
    ("typed", "text", "also"),
    [
        ("Write it <@U2> <@U3>", "Write it <@U3>", ("U3",)),
        ("Write it <@U2>,<@U3> p2", "Write it <@U3>", ("U3",)),
        ("Write it <@U2> and <@U3|maria> due friday", "Write it <@U3|maria>", ("U3",)),
        ("Write it <@U2> & <@U3> + <!subteam^S1|@sre>", "Write it <@U3> <!subteam^S1|@sre>", ("U3", "S1")),
        ("Write it <@U2> due friday <@U3>", "Write it <@U3>", ("U3",)),
        ("Write it owner <@U2> / @Maria type detect", "Write it @Maria", ("Maria",)),
        ("--owner <@U2>, <@U3> Write it", "Write it <@U3>", ("U3",)),
        ("--owner <@U2> Write it --owner <@U3>", "Write it <@U3>", ("U3",)),
        ("<@U2> <@U3>: Write it", "Write it <@U3>", ("U3",)),
        ("<@U2> Write it <@U3> <@U4>", "Write it <@U3> <@U4>", ("U3", "U4")),
        ("Write it <@U2> <@U2>", "Write it", ()),
    ],
)
def test_of_several_owners_the_first_is_reminded_and_the_others_stay_in_the_words(
    typed: str, text: str, also: tuple[str, ...]
) -> None:
    found = understood(f"action add {typed}")
    assert isinstance(found, c.AddAction)
    assert (found.owner, found.text, found.also) == ("U2", text, also)


@pytest.mark.parametrize("typed", ["Write it due friday due monday", "Write it p1 p2", "Write it p1 --priority p2"])
def test_two_dates_or_priorities_of_one_item_are_refused(typed: str) -> None:
    assert re.search("names two|given twice", refused(f"action add {typed}").sentence)


@pytest.mark.parametrize("typed", ["A1 <@U2> <@U3>", "A1 <@U2> and <@U3>", "A1 @maria, @bob"])
def test_an_item_is_given_to_one_person(typed: str) -> None:
    assert "one owner" in refused(f"action assign {typed}").sentence


@pytest.mark.parametrize(
    ("typed", "change"),
    [
        ("done A1", c.ChangeAction("A1", status=ActionStatus.DONE)),
        (
            "A1 done it fired in staging",
            c.ChangeAction("A1", verification=Wire("it fired in staging"), status=ActionStatus.DONE),
        ),
        ("decline a2 superseded", c.ChangeAction("A2", status=ActionStatus.DECLINED, reason=Wire("superseded"))),
        ("block 3 waits for legal", c.ChangeAction("A3", status=ActionStatus.BLOCKED, reason=Wire("waits for legal"))),
        ("due A1 next friday", c.ChangeAction("A1", due=date(2026, 3, 20))),
        ("assign A1 to <@U2>", c.ChangeAction("A1", owner="U2")),
        ("priority A1 p2", c.ChangeAction("A1", priority=Priority.HIGH)),
        ("type A1 prevention", c.ChangeAction("A1", type=ActionType.PREVENT)),
    ],
)
def test_an_action_item_is_changed(typed: str, change: c.ChangeAction) -> None:
    assert understood(f"action {typed}") == change


@pytest.mark.parametrize(
    ("typed", "because"),
    [
        ("action add Fix it --due whenever", "not a day"),
        ("action add Fix it --type fast", "no type"),
        ("action dome A1", "done"),
        ("action done", "which action item"),
        ("action due A1", "missing"),
        ("assign foo <@U2>", "no role"),
        ("assign commander maria", "mentions nobody"),
        ("assign commander <!subteam^S1>", "mentions nobody"),
        ("status cancelled", "its own command"),
        ("status resloved", "resolved"),
        ("merge !!", "no incident"),
        ("move it to <#C7>", "no line"),
        ("move", "link"),
        ("title", "told what"),
        ("unset", "which answer"),
    ],
)
def test_what_makes_no_sense_is_refused(typed: str, because: str) -> None:
    answer = refused(typed)
    assert because in answer.sentence
    assert answer.example


def test_an_unknown_verb_names_the_nearest_and_keeps_the_words() -> None:
    answer = refused("evnt 14:02 db `x`")
    assert "did you mean event" in answer.sentence
    assert understood(answer.offers[0].value) == c.AddEvents((line("db `x`", at(14, 2)),))


def test_words_without_any_verb_can_go_on_the_timeline_by_one_press() -> None:
    answer = refused("db failover started")
    assert understood(answer.offers[0].value) == c.AddEvents((line("db failover started"),))


def test_a_refusal_holds_no_live_mention() -> None:
    for typed in (
        "<!channel> hi",
        "event --as <!here> x",
        "set <@U2> 5",
        "mark <!everyone> 13:00",
        "declare x --sev <@U2>",
    ):
        assert "<" not in refused(typed).sentence


_WORDS = """declare event mark status severity resolve mitigate reopen close cancel merge move update assign set unset
action add done title services type family report postmortem list help undo --at --as --by --started --service --sev
-- —at 14:02 -20m yesterday now 02:30 2026-03-08 IST sev2 p1 critical root cause mitigated commander <@U2|x> <#C7>
<!channel> nobody users_affected lessons + ~5,000 34% due friday in 2 weeks verify "a b" ' “ ` ``` ticket
https://x.y 14:05 A1 to : = , . 0 ?"""
WORDS = st.sampled_from([*_WORDS.split(), "\n", " ", "\x00", "\u202e", "é"])


@settings(max_examples=600)
@given(st.lists(WORDS, max_size=12).map(" ".join) | st.text(max_size=60))
def test_any_line_is_understood_or_refused_with_lines_that_run(typed: str) -> None:
    try:
        understood(typed)
    except Refused as answer:
        lines = [offer.value for offer in answer.offers]
    else:
        return
    for offered in lines:
        with suppress(Refused):
            understood(offered)


_LINE = 'a|a |--at |—|"|`|```|<|<@U1> |p1 |due |14:02 |verify "|1,|-|--x |\n|\n14:02 a'
_UNITS = _LINE.split("|")


@pytest.mark.parametrize("verb", ["", *(verb.name for verb in VERBS)])
@pytest.mark.parametrize("unit", _UNITS)
def test_a_huge_line_takes_no_time(verb: str, unit: str) -> None:
    typed = f"{verb} {unit * (40_000 // len(unit))}"
    began = time.perf_counter()
    with suppress(Refused):
        understood(typed)
    assert time.perf_counter() - began < 1
