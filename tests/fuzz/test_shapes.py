"""What the fuzz found that Slack cannot mean: it is told from what Slack sends, and nothing of it is quoted."""

from __future__ import annotations

from typing import Any

import pytest

from handlers.wellformed import misshapen

Body = dict[str, Any]
INPUT = {"type": "input", "block_id": "text", "element": {"type": "plain_text_input", "action_id": "value"}}
FILLED = {"values": {"text": {"value": {"type": "plain_text_input", "value": "db failover"}}}}


def form(**changed: Any) -> Body:
    view = {
        "id": "V1",
        "type": "modal",
        "callback_id": "event",
        "private_metadata": '{"incident":1}',
        "state": FILLED,
        "blocks": [INPUT],
    }
    return {"type": "view_submission", "user": {"id": "U1"}, "view": view | changed}


def leaf(**picked: Any) -> Body:
    return form(state={"values": {"when": {"value": picked}}})


def press(**changed: Any) -> Body:
    pressed = {"action_id": "timeline", "value": "1"}
    return {"type": "block_actions", "trigger_id": "t", "user": {"id": "U1"}, "actions": [pressed], **changed}


def shortcut(**said: Any) -> Body:
    message = {"ts": "1773150600.000100", "text": "db is slow", **said}
    return press() | {"type": "message_action", "callback_id": "x", "channel": {"id": "C1"}, "message": message}


def home(**event: Any) -> Body:
    return {"type": "event_callback", "event_id": "Ev1", "event": {"type": "app_home_opened", **event}}


def renamed(**profile: Any) -> Body:
    return home() | {"event": {"type": "user_change", "user": {"id": "U1", "profile": profile}}}


@pytest.mark.parametrize(
    "body",
    [
        form(),
        form(private_metadata=""),
        form() | {"response_urls": []},
        form(private_metadata='{"incident":1,"channel":"C1","ts":"1.2","thread":"1.1","author":"U2"}'),
        leaf(selected_date="2026-02-28"),
        leaf(selected_date=None),
        press(),
        shortcut(username="Alert Manager"),
        press(response_url="https://hooks.slack.com/actions/T1/1/x"),
        press(state=FILLED),
        home(user="U1", tab="home"),
        renamed(display_name="bob", image_24="https://a.b/c.png"),
    ],
)
def test_what_slack_sends_is_read(body: Body) -> None:
    assert misshapen(body) is None


@pytest.mark.parametrize(
    ("body", "where"),
    [
        (form(callback_id=""), "view.callback_id"),
        (form(type=None), "view.type"),
        (shortcut(user="secret" * 50), "message.user"),
        (shortcut(username="secret" * 50), "message.username"),
        (form(private_metadata="{incident"), "view.private_metadata"),
        (form(private_metadata='{"incident":"secret"}'), "view.private_metadata"),
        (form(private_metadata='{"incident":1,"entry":["secret"]}'), "view.private_metadata"),
        (form(private_metadata='{"incident":1,"ts":"secret"}'), "view.private_metadata"),
        (form(blocks=[]), "view.blocks"),
        (form(blocks=[{"type": "input"}]), "view.blocks.0.block_id"),
        (leaf(selected_date="2026-02-30"), "selected_date"),
        (press(response_url="secret"), "response_url"),
        (form() | {"response_urls": [["secret"]]}, "response_urls"),
        (form() | {"response_urls": None}, "response_urls"),
        (press(state={}), "state.values"),
        (home(), "user"),
        (renamed(display_name={"a": "secret"}), "user.profile.display_name"),
        (renamed(real_name=["secret"]), "user.profile.real_name"),
    ],
)
def test_what_slack_cannot_mean_is_told_by_where_it_is_wrong(body: Body, where: str) -> None:
    fault = misshapen(body)
    assert fault is not None and where in fault and "secret" not in fault
