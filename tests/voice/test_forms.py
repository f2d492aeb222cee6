"""A form that Slack takes, filled in by a person, becomes the command it means, or says what is wrong and where."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from bot import commands as c
from bot.decision import Refused
from bot.facts import ActionAdded, Evidence, FieldSet, Value
from bot.fields import FIELDS, SECTIONS
from bot.incident import Entry, Incident, Said
from bot.policy import Policy
from bot.words import (
    UNSAID,
    ActionStatus,
    ActionType,
    IncidentType,
    Kind,
    Milestone,
    Priority,
    Role,
    Severity,
    Status,
    Wire,
)
from handlers.forms import FieldErrors, incident_of, read, refusal
from templates.blocks import forms, milestone_question
from templates.blocks.actions import MILESTONE_TIMES
from templates.blocks.forms.knowledge import editable
from tests.slackd.limits import check_view
from tests.voice.scene import HUGE, LOOK, SAID, T0, at, carded, declared, incident, line, milestone, monstrous

NOW = at(60)
REQUEST = c.Request("K9", "U1", "form", NOW, "Europe/Zurich")
LEAVES = {
    "plain_text_input": "value",
    "datetimepicker": "selected_date_time",
    "datepicker": "selected_date",
    "users_select": "selected_user",
}
View = dict[str, Any]


def submitted(view: View, **entered: object) -> View:
    """The view as Slack sends it back: what stood in each input, unless a person entered something else."""
    values = {
        block["block_id"]: {"value": _leaf(block["element"], entered, block["block_id"])}
        for block in view["blocks"]
        if block["type"] == "input"
    }
    assert set(entered) <= set(values)
    return {**view, "state": {"values": values}}


def _leaf(element: View, entered: Mapping[str, object], block: str) -> View:
    kind = element["type"]
    given = block in entered
    if kind in ("checkboxes", "multi_static_select"):
        chosen = [{"value": v} for v in entered[block]] if given else element.get("initial_options", [])  # type: ignore[attr-defined]
        return {"type": kind, "selected_options": chosen}
    if kind == "static_select":
        return {"type": kind, "selected_option": {"value": entered[block]} if given else element.get("initial_option")}
    initial = next((value for name, value in element.items() if name.startswith("initial_")), None)
    return {"type": kind, LEAVES[kind]: entered[block] if given else initial}


def seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def understood(view: View, **entered: object) -> object:
    return read(submitted(view, **entered), REQUEST, Policy())


def errors(view: View, **entered: object) -> Mapping[str, str]:
    found = understood(view, **entered)
    assert isinstance(found, FieldErrors)
    return found.errors


def small() -> Incident:
    item = ActionAdded(key="a", at=at(20), source=SAID, action="A1", text=Wire("Add alert"), owner="U2")
    told = FieldSet(key="f", at=at(20), source=SAID, field="root_cause", value="A &lt;b&gt; bug", approximate=False)
    return incident(
        carded(), line(1, Kind.HYPOTHESIS, "<@U1> says a &lt; b"), milestone(Milestone.STARTED, 0), item, told
    )


def entry_of(of: Incident) -> Entry:
    return of.timeline()[0]


def every_view(of: Incident) -> dict[str, View]:
    entry, item = entry_of(of), next(iter(of.actions.values()))
    given = {"title": "x" * 500, "text": "y" * 5000, "reason": "z" * 4000, "services": "a,b", "user": "U1"}
    names = ("event", "milestones", "update", "status", "resolve", "mitigate", "close", "reopen", "severity", "role")
    named = {
        name: forms.build(c.OpenForm(name, given), of, LOOK, Policy())
        for name in (*names, "cancel", "merge", "action", "fields", "declare")
    }
    sections = {key: forms.fields_form(of, key, LOOK) for key in SECTIONS}
    services = tuple(f"service-{n}" for n in range(100))
    return {
        **named,
        **sections,
        "edit": forms.edit_form(of, entry, LOOK),
        "move": forms.move_form(of, entry, LOOK),
        "capture": forms.capture_form(of, Evidence("C1", "1772978000.000200", "1772978000.000100"), "U2", HUGE, LOOK),
        "item": forms.item_form(of, item, LOOK, ActionStatus.DONE),
        "declare services": forms.declare_form(
            Policy(services=services, family="ours"), LOOK, {"services": "service-3"}
        ),
        "empty capture": forms.capture_form(of, Evidence("C1", "1772978000.000200"), "U2", UNSAID, LOOK),
    }


@pytest.mark.parametrize("scene", [small(), monstrous()], ids=["small", "monstrous"])
def test_slack_takes_every_form(scene: Incident) -> None:
    refused = {name: check_view(view) for name, view in every_view(scene).items()}
    assert {name: why for name, why in refused.items() if why is not None} == {}


@pytest.mark.parametrize("name", ["edit", "milestones", "item", *SECTIONS])
def test_a_form_left_alone_changes_nothing(name: str) -> None:
    for scene in (small(), monstrous()):
        view = every_view(scene)[name]
        if name == "item":
            view = forms.item_form(scene, next(iter(scene.actions.values())), LOOK)
        assert understood(view) is None


def test_declaring_needs_a_title_and_nothing_else() -> None:
    view = forms.declare_form(Policy(), LOOK, {}, "C1")
    assert list(errors(view, title="  ")) == ["title"]
    assert understood(view, title="Checkout <fails> & burns") == c.Declare(
        title=Wire("Checkout &lt;fails&gt; &amp; burns"), severity=Severity.HIGH, family="slo"
    )


def test_everything_in_the_declaration_is_read() -> None:
    view = forms.declare_form(Policy(services=("api", "db")), LOOK, {"here": "C7"})
    assert understood(
        view,
        title="x",
        severity="critical",
        type="security",
        services=["api", "db"],
        regions="eu-west-1, us, eu-west-1 ,",
        started=seconds(T0),
        commander="U2",
        options=["private", "drill"],
        family="coe",
    ) == c.Declare(
        title=Wire("x"),
        severity=Severity.CRITICAL,
        type=IncidentType.SECURITY,
        services=("api", "db"),
        regions=("eu-west-1", "us"),
        family="coe",
        commander="U2",
        private=True,
        drill=True,
        here="C7",
        moments=((Milestone.STARTED, c.Moment(T0)),),
    )


def test_what_was_typed_before_stands_in_the_form() -> None:
    given = {"title": "Checkout", "severity": "low", "services": "api, db", "drill": "yes", "started": T0.isoformat()}
    view = forms.build(c.OpenForm("declare", given), None, LOOK, Policy(), "C1")
    found = understood(view)
    assert isinstance(found, c.Declare)
    assert (found.title, found.severity, found.services, found.drill) == ("Checkout", Severity.LOW, ("api", "db"), True)
    assert found.moments == ((Milestone.STARTED, c.Moment(T0)),)
    event = forms.build(c.OpenForm("event", {"when": T0.isoformat(), "kind": "decision"}), small(), LOOK, Policy())
    assert understood(event, text="x") == c.AddEvents((c.Line(Wire("x"), c.Moment(T0), Kind.DECISION),))
    item = forms.build(
        c.OpenForm("action", {"text": "Add", "due": "2026-04-01", "owner": "U2"}), small(), LOOK, Policy()
    )
    assert understood(item) == c.AddAction(Wire("Add"), "U2", date(2026, 4, 1))


def test_a_time_to_come_is_refused_at_its_own_block_in_the_persons_zone() -> None:
    view = forms.event_form(small(), {})
    assert errors(view, text="x", when=seconds(NOW + timedelta(minutes=5))) == {
        "when": "15:55 has not happened yet; it is 15:50 now."
    }
    tomorrow = errors(view, text="x", when=seconds(NOW + timedelta(days=1)))
    assert tomorrow["when"].startswith("2026-03-09 15:50 has not happened yet")


def test_all_mistakes_are_said_at_once() -> None:
    found = errors(forms.event_form(small(), {}), text=" ", when=seconds(NOW + timedelta(hours=2)))
    assert set(found) == {"text", "when"}


def test_a_clock_a_little_ahead_means_now() -> None:
    found = understood(forms.event_form(small(), {}), text="x", when=seconds(NOW + timedelta(seconds=30)))
    assert found == c.AddEvents((c.Line(Wire("x"), c.Moment(NOW)),))


def test_an_event_may_be_a_milestone() -> None:
    found = understood(forms.event_form(small(), {}), text="<!channel>", when=seconds(T0), kind="mitigated")
    assert found == c.AddEvents((c.Line(Wire("&lt;!channel&gt;"), c.Moment(T0), Milestone.MITIGATED),))


def test_only_what_was_corrected_is_amended() -> None:
    scene = small()
    entry = entry_of(scene)
    view = forms.edit_form(scene, entry, LOOK)
    assert understood(view, kind="ruled_out") == c.Amend(entry.id, meaning=Kind.RULED_OUT)
    assert understood(view, text="new words") == c.Amend(entry.id, text=Wire("new words"))
    assert understood(view, when=seconds(T0)) == c.Amend(entry.id, moment=c.Moment(T0))


def test_seconds_survive_a_picker_that_knows_none() -> None:
    exact = T0.replace(second=10)
    view = forms.milestones_form(incident(milestone(Milestone.STARTED, 10 / 60)))
    assert understood(view, started=seconds(exact.replace(second=0))) is None


def test_a_line_cannot_lose_its_words_or_its_time_in_a_form() -> None:
    scene = small()
    view = forms.edit_form(scene, entry_of(scene), LOOK)
    assert set(errors(view, text=" ", when=None)) == {"text", "when"}


def test_a_captured_message_left_alone_keeps_its_own_words_and_time() -> None:
    place = Evidence("C1", "1772978000.000200", "1772978000.000100")
    view = forms.capture_form(small(), place, "U2", HUGE, LOOK)
    message = c.SeenMessage(place, "U2", UNSAID)
    assert understood(view, kind="decision") == c.Capture(message, UNSAID, None, Kind.DECISION)
    assert understood(view, text="shorter") == c.Capture(message, Wire("shorter"), None, Kind.EVENT)


def test_milestones_that_were_changed_are_set_and_emptied_ones_are_cleared() -> None:
    view = forms.milestones_form(small())
    found = understood(view, started=None, detected=seconds(at(5)))
    assert found == c.MarkMilestones(((Milestone.STARTED, None), (Milestone.DETECTED, c.Moment(at(5)))))


def test_the_pickers_of_the_quiet_question_are_read_like_the_form() -> None:
    message = milestone_question(small(), (Milestone.DETECTED, Milestone.ACKNOWLEDGED))
    state = submitted({"blocks": message["blocks"]}, detected=seconds(at(5)))["state"]
    found = read({"callback_id": MILESTONE_TIMES, "state": state}, REQUEST, Policy())
    assert found == c.MarkMilestones(((Milestone.DETECTED, c.Moment(at(5))),))


def test_the_state_of_an_incident_is_changed_in_forms() -> None:
    scene = small()
    resolve = forms.build(c.OpenForm("resolve", {}), scene, LOOK, Policy())
    assert understood(resolve, reason="All green") == c.ChangeStatus(Status.RESOLVED, Wire("All green"))
    assert understood(forms.severity_form(scene, {}, LOOK), severity="low") == c.ChangeSeverity(Severity.LOW)
    assert understood(forms.role_form(scene, {}), user="U3") == c.Assign(Role.COMMANDER, "U3")
    assert understood(forms.role_form(scene, {"role": "scribe"})) == c.Assign(Role.SCRIBE, None)
    assert understood(forms.cancel_form(scene, {}), reason="a test") == c.Cancel(Wire("a test"))
    assert understood(forms.reopen_form(scene, {}), when=seconds(at(55))) == c.Reopen(UNSAID, c.Moment(at(55)))
    assert understood(forms.update_form(scene, {"text": "Fine"})) == c.PostUpdate(Wire("Fine"))
    assert list(errors(forms.update_form(scene, {}))) == ["text"]


@pytest.mark.parametrize(
    ("typed", "other"),
    [
        (" INCIDENT-20260308-1400 ", "INCIDENT-20260308-1400"),
        ("https://acme.slack.com/archives/C0OTHER/p1772?x=1", "C0OTHER"),
        ("#incident-2", "incident-2"),
    ],
)
def test_another_incident_is_named_by_number_or_link(typed: str, other: str) -> None:
    scene = small()
    assert understood(forms.merge_form(scene, {}), other=typed) == c.MergeInto(other)
    entry = entry_of(scene)
    assert understood(forms.move_form(scene, entry, LOOK), other=typed) == c.MoveLine(entry.id, other)
    assert list(errors(forms.merge_form(scene, {}), other=" ")) == ["other"]


def test_an_action_item_is_read_whole() -> None:
    found = understood(
        forms.action_form(small(), {}, LOOK),
        text="Add an alert",
        owner="U2",
        due="2026-04-01",
        priority="high",
        type="detect",
        ticket="OPS-1",
        verification="alert fires",
    )
    assert found == c.AddAction(
        Wire("Add an alert"), "U2", date(2026, 4, 1), Priority.HIGH, ActionType.DETECT, "OPS-1", Wire("alert fires")
    )


def test_done_is_proposed_and_saved_with_its_verification() -> None:
    scene = small()
    view = forms.item_form(scene, scene.actions["A1"], LOOK, ActionStatus.DONE)
    assert understood(view, verification="it fired") == c.ChangeAction(
        "A1", status=ActionStatus.DONE, verification=Wire("it fired")
    )


def test_declining_needs_its_reason() -> None:
    scene = small()
    view = forms.item_form(scene, scene.actions["A1"], LOOK, ActionStatus.DECLINED)
    assert list(errors(view)) == ["reason"]
    assert understood(view, reason="moot") == c.ChangeAction("A1", status=ActionStatus.DECLINED, reason=Wire("moot"))


def test_the_question_about_what_leads_to_the_form_of_its_section() -> None:
    view = forms.build(c.OpenForm("fields", {}), small(), LOOK, Policy())
    following = understood(view, section="impact")
    assert following == c.OpenForm("fields", {"section": "impact"})
    assert forms.build(c.OpenForm("fields", {"field": "users_affected"}), small(), LOOK, Policy())["title"]["text"] == (
        "Impact"
    )


def test_lists_are_one_item_per_line() -> None:
    view = forms.fields_form(small(), "factors", LOOK)
    found = understood(view, contributing_factors="No canary \n\n a < b\n")
    assert found == c.SetFields((("contributing_factors", ("No canary", "a &lt; b"), False),), seen=small().seq)


@pytest.mark.parametrize(
    ("key", "typed", "value", "about"),
    [
        ("users_affected", "~5k", 5000, True),
        ("error_rate_peak", "34%", 0.34, False),
        ("revenue_impact", "1,200.50 EUR", "1200.50 EUR", False),
        ("data_staleness", "1h30", 5400, False),
        ("root_cause", "a < b", "a &lt; b", False),
        ("detection_method", "customer report", "customer report", False),
        ("rollback", "yes", True, False),
    ],
)
def test_a_value_is_read_as_its_field_wants_it_and_shown_so_that_it_reads_the_same(
    key: str, typed: str, value: Value, about: bool
) -> None:
    section = FIELDS[key].section
    empty = incident(declare=declared(family=min(FIELDS[key].families)))
    command = c.SetFields(((key, value, about),), seen=empty.seq)
    assert understood(forms.fields_form(empty, section, LOOK), **{key: typed}) == command
    said = Said(value, about, at(1), SAID)
    shown = editable(FIELDS[key], (said,), LOOK)
    assert understood(forms.fields_form(empty, section, LOOK), **{key: shown}) == command


def test_a_typo_in_a_number_is_said_under_it_and_an_emptied_value_is_unknown_again() -> None:
    told = FieldSet(key="f", at=at(1), source=SAID, field="users_affected", value=5000)
    view = forms.fields_form(incident(told), "impact", LOOK)
    found = errors(view, users_affected="many", requests_failed="12,34,5")
    assert set(found) == {"users_affected", "requests_failed"}
    assert "/incident set users_affected" in found["users_affected"]
    assert understood(view, users_affected=None) == c.SetFields(
        (("users_affected", None, False),), seen=incident(told).seq
    )


def test_a_form_knows_its_incident_and_shows_a_refusal_of_the_rules() -> None:
    view = forms.severity_form(small(), {}, LOOK)
    assert incident_of(view) == 17
    assert incident_of(forms.declare_form(Policy(), LOOK, {})) is None
    shown = refusal(view, Refused("That is its severity already.", "/incident severity sev1"))
    assert shown.errors == {"severity": "That is its severity already. For example: /incident severity sev1"}
