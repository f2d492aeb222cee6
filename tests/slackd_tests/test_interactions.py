"""Commands, buttons, menus, forms, shortcuts, Home, and what may be answered to them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.slackd import Channel, Person, Slackd, View
from tests.slackd_tests.app import TrialApp

JSON = dict[str, Any]


def plain(text: str) -> JSON:
    return {"type": "plain_text", "text": text}


def button(text: str, action_id: str) -> JSON:
    return {"type": "button", "text": plain(text), "action_id": action_id, "value": "v1"}


def options(*names: str) -> list[JSON]:
    return [{"text": plain(name), "value": name.lower()} for name in names]


def text_input(block_id: str, label: str, **block: Any) -> JSON:
    element = {"type": "plain_text_input", "action_id": "text", "max_length": 20}
    return {"type": "input", "block_id": block_id, "label": plain(label), "element": element} | block


def form(*blocks: JSON, **content: Any) -> JSON:
    frame = {"type": "modal", "callback_id": "form", "title": plain("Form"), "submit": plain("Send")}
    return frame | {"blocks": list(blocks)} | content


@pytest.fixture
def alice(slack: Slackd) -> Person:
    return slack.person("alice")


@pytest.fixture
def room(slack: Slackd, alice: Person) -> Channel:
    channel = slack.channel("ops", alice)
    slack.invite_bot(channel)
    return channel


async def opened(app: TrialApp, alice: Person, room: Channel, view: JSON, command: str = "/try") -> View:
    """The form a command opens."""

    async def listener(ack: Any, body: JSON, client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=view)

    app.bolt.command(command)(listener)
    shown = (await alice.types(command, room)).view
    assert shown is not None
    return shown


# ---- commands


async def test_a_command_without_escaping_keeps_handles(app: TrialApp, alice: Person, room: Channel) -> None:
    async def listener(ack: Any, command: JSON) -> None:
        await ack(command["text"])

    app.bolt.command("/raw")(listener)
    assert (await alice.types("/raw @alice <b>", room)).text == "@alice &lt;b&gt;"


async def test_a_command_may_be_answered_later_through_its_response_url(
    slack: Slackd, app: TrialApp, alice: Person, room: Channel
) -> None:
    async def listener(ack: Any, respond: Any) -> None:
        await ack()
        await respond(text="later")
        await respond(text="for all", response_type="in_channel")

    app.bolt.command("/try")(listener)
    answer = await alice.types("/try", slack.channel("elsewhere", alice))
    assert answer.text == "later"
    assert await slack.until(
        lambda: "for all" in [m.text for c in slack.world.channels.values() for m in slack.messages(c)]
    )


async def test_an_unknown_command_never_reaches_the_app(app: TrialApp, alice: Person, room: Channel) -> None:
    assert (await alice.types("/nope", room)).error == "invalid_command"
    assert app.bodies == []


async def test_an_ack_that_is_no_message_is_an_invalid_response(app: TrialApp, alice: Person, room: Channel) -> None:
    async def listener(ack: Any) -> None:
        await ack(text="x", blocks=[{"type": "header", "text": plain("x" * 151)}])

    app.bolt.command("/try")(listener)
    assert (await alice.types("/try", room)).error == "invalid_command_response: invalid_blocks"


# ---- response URLs


async def response_url(app: TrialApp, alice: Person, room: Channel) -> str:
    async def listener(ack: Any) -> None:
        await ack("ok")

    app.bolt.command("/try")(listener)
    await alice.types("/try", room)
    return str(app.bodies[-1]["response_url"])


async def test_a_response_url_works_five_times(
    app: TrialApp, alice: Person, room: Channel, session: aiohttp.ClientSession
) -> None:
    url = await response_url(app, alice, room)
    statuses = [(await session.post(url, json={"text": f"{n}"})).status for n in range(6)]
    assert statuses == [200] * 5 + [404]
    assert [whisper.text for whisper in alice.inbox] == ["ok", "0", "1", "2", "3", "4"]


async def test_a_response_url_lives_half_an_hour(
    slack: Slackd, app: TrialApp, alice: Person, room: Channel, session: aiohttp.ClientSession
) -> None:
    url = await response_url(app, alice, room)
    await slack.clock.jump(1800)
    assert (await session.post(url, json={"text": "just in time"})).status == 200
    await slack.clock.jump(1)
    late = await session.post(url, json={"text": "too late"})
    assert (late.status, (await late.json())["error"]) == (404, "expired_url")


async def test_a_response_url_refuses_what_is_no_message(
    app: TrialApp, alice: Person, room: Channel, session: aiohttp.ClientSession
) -> None:
    url = await response_url(app, alice, room)
    assert (await (await session.post(url, json={})).json())["error"] == "no_text"
    assert (await (await session.post(url, data=b"[")).json())["error"] == "invalid_payload"


# ---- buttons


async def test_a_button_replaces_the_ephemeral_it_stands_in(
    app: TrialApp, client: AsyncWebClient, alice: Person, room: Channel
) -> None:
    async def listener(ack: Any, respond: Any, action: JSON) -> None:
        await ack()
        await respond(text=f"pressed {action['value']}", replace_original=True)

    app.bolt.action("go")(listener)
    blocks = [{"type": "actions", "block_id": "b", "elements": [button("Go", "go"), button("Stop", "stop")]}]
    await client.chat_postEphemeral(channel=room.id, user=alice.id, text="choose", blocks=blocks)
    answer = await alice.presses(alice.inbox[-1], text="Go")
    assert (answer.text, len(alice.inbox)) == ("pressed v1", 1)
    body = app.bodies[-1]
    assert body["container"]["is_ephemeral"] is True
    assert "message" not in body


async def test_two_blocks_of_an_answer_are_told_apart_by_the_ids_that_slack_gave_them(
    app: TrialApp, alice: Person, room: Channel, session: aiohttp.ClientSession
) -> None:
    url = await response_url(app, alice, room)
    blocks = [{"type": "actions", "elements": [button("Go", "go")]} for _ in range(2)]
    assert (await session.post(url, json={"text": "choose", "blocks": blocks})).status == 200
    ids = [block["block_id"] for block in alice.inbox[-1].blocks]
    assert len(set(ids)) == 2
    await alice.presses(alice.inbox[-1], f"{ids[1]}/go")
    assert app.bodies[-1]["actions"][0]["block_id"] == ids[1]


async def test_a_message_with_menus_sends_the_state_of_all_of_them(
    slack: Slackd, app: TrialApp, client: AsyncWebClient, alice: Person, room: Channel
) -> None:
    async def listener(ack: Any, respond: Any) -> None:
        await ack()
        await respond("noted")

    app.bolt.action("pick")(listener)
    app.bolt.action("go")(listener)
    menu = {"type": "static_select", "action_id": "pick", "options": options("Red", "Blue")}
    blocks = [{"type": "actions", "block_id": "b", "elements": [menu, button("Go", "go")]}]
    posted = await client.chat_postMessage(channel=room.id, text="choose", blocks=blocks)
    message = room.messages[str(posted["ts"])]
    await alice.presses(message, "pick", "Blue")
    await alice.presses(message, action_id="go")
    assert app.bodies[-1]["state"]["values"]["b"]["pick"]["selected_option"]["value"] == "blue"
    assert app.bodies[-1]["message"]["ts"] == message.ts


async def test_a_button_that_is_not_there_is_named(client: AsyncWebClient, alice: Person, room: Channel) -> None:
    message = await alice.says(room, "nothing to press")
    with pytest.raises(LookupError, match="no element 'Go'"):
        await alice.presses(message, text="Go")


# ---- forms


async def test_a_form_is_filled_by_label_and_submitted(app: TrialApp, alice: Person, room: Channel) -> None:
    received: list[JSON] = []

    async def submitted(ack: Any, view: JSON) -> None:
        received.append(view)
        await ack()

    app.bolt.view("form")(submitted)
    when = {"type": "datetimepicker", "action_id": "at", "initial_date_time": 1772442000}
    who = {"type": "users_select", "action_id": "who"}
    blocks = [
        text_input("title", "Title"),
        {"type": "input", "block_id": "when", "label": plain("When"), "element": when},
        {"type": "input", "block_id": "who", "label": plain("Who"), "element": who, "optional": True},
    ]
    view = await opened(app, alice, room, form(*blocks, private_metadata="m"))
    assert (await alice.submits(view)).errors == {"title": "Please complete this required field."}
    await alice.fills(view, {"Title": "db down", "Who": alice})
    result = await alice.submits(view)
    values = received[0]["state"]["values"]
    assert (result.closed, alice.modal) == (True, None)
    assert values["title"]["text"] == {"type": "plain_text_input", "value": "db down"}
    assert values["when"]["at"]["selected_date_time"] == 1772442000
    assert values["who"]["who"]["selected_user"] == alice.id
    assert received[0]["private_metadata"] == "m"


async def test_a_form_can_be_refused_changed_and_stacked(app: TrialApp, alice: Person, room: Channel) -> None:
    answers: list[JSON] = [
        {"response_action": "errors", "errors": {"title": "too vague"}},
        {
            "response_action": "update",
            "view": form(text_input("title", "Title"), text_input("more", "More", optional=True)),
        },
        {"response_action": "push", "view": form(text_input("second", "Second", optional=True))},
        {"response_action": "clear"},
    ]

    async def submitted(ack: Any) -> None:
        await ack(**answers.pop(0))

    app.bolt.view("form")(submitted)
    view = await opened(app, alice, room, form(text_input("title", "Title")))
    await alice.fills(view, {"title": "hm"})
    old_hash = view.hash
    assert (await alice.submits(view)).errors == {"title": "too vague"}
    changed = await alice.submits(view)
    assert changed.view is view
    assert (view.hash != old_hash, view.state["title"]["text"]["value"], len(view.blocks)) == (True, "hm", 2)
    pushed = (await alice.submits(view)).view
    assert pushed is not None
    assert pushed is alice.modal
    assert pushed.previous_id == view.id
    assert (await alice.submits(pushed)).closed is True
    assert alice.modal is None


async def test_errors_must_name_inputs(app: TrialApp, alice: Person, room: Channel) -> None:
    async def submitted(ack: Any) -> None:
        await ack(response_action="errors", errors={"nowhere": "?"})

    app.bolt.view("form")(submitted)
    view = await opened(app, alice, room, form(text_input("title", "Title", optional=True)))
    assert (await alice.submits(view)).error.startswith("invalid_errors")


async def test_closing_is_told_only_when_asked_for(slack: Slackd, app: TrialApp, alice: Person, room: Channel) -> None:
    async def closed(ack: Any) -> None:
        await ack()

    app.bolt.view_closed("form")(closed)
    view = await opened(app, alice, room, form(text_input("title", "Title"), notify_on_close=True))
    await alice.closes(view)
    assert (app.bodies[-1]["type"], app.bodies[-1]["is_cleared"]) == ("view_closed", False)
    quiet = await opened(app, alice, room, form(text_input("title", "Title")), "/raw")
    await alice.closes(quiet)
    assert app.bodies[-1]["command"] == "/raw"


async def test_an_external_menu_asks_the_app(app: TrialApp, alice: Person, room: Channel) -> None:
    async def suggest(ack: Any, body: JSON) -> None:
        await ack(options=options(f"{body['value']}ment", "Other"))

    async def submitted(ack: Any) -> None:
        await ack()

    app.bolt.options("svc")(suggest)
    app.bolt.view("form")(submitted)
    menu = {"type": "external_select", "action_id": "svc", "min_query_length": 1}
    view = await opened(
        app, alice, room, form({"type": "input", "block_id": "s", "label": plain("S"), "element": menu})
    )
    with pytest.raises(LookupError, match="no option 'pay'"):
        await alice.fills(view, {"S": "pay"})
    await alice.fills(view, {"S": "Other"})
    assert view.state["s"]["svc"]["selected_option"]["value"] == "other"


async def test_a_trigger_opens_one_view_within_three_seconds(
    slack: Slackd, app: TrialApp, client: AsyncWebClient, alice: Person, room: Channel
) -> None:
    await opened(app, alice, room, form(text_input("a", "A")))
    used = slack.interactions.triggers[str(app.bodies[-1]["trigger_id"])]
    fresh = slack.interactions.trigger(alice.id)
    await slack.clock.jump(3.001)
    for trigger_id, code in (
        (used.id, "exchanged_trigger_id"),
        (fresh.id, "expired_trigger_id"),
        ("x", "invalid_trigger_id"),
    ):
        with pytest.raises(SlackApiError) as caught:
            await client.views_open(trigger_id=trigger_id, view=form(text_input("a", "A")))
        assert caught.value.response["error"] == code


async def test_an_update_with_an_old_hash_is_refused(
    app: TrialApp, client: AsyncWebClient, alice: Person, room: Channel
) -> None:
    view = await opened(app, alice, room, form(text_input("a", "A")))
    content, first = form(text_input("b", "B")), view.hash
    await client.views_update(view_id=view.id, view=content, hash=first)
    with pytest.raises(SlackApiError) as caught:
        await client.views_update(view_id=view.id, view=content, hash=first)
    assert caught.value.response["error"] == "hash_conflict"


# ---- shortcuts and Home


async def test_shortcuts_bring_their_message_or_nothing(app: TrialApp, alice: Person, room: Channel) -> None:
    async def message_shortcut(ack: Any, respond: Any, shortcut: JSON) -> None:
        await ack()
        await respond(text=f"kept {shortcut['message']['text']}")

    async def global_shortcut(ack: Any, client: AsyncWebClient, shortcut: JSON) -> None:
        await ack()
        await client.views_open(trigger_id=shortcut["trigger_id"], view=form(text_input("a", "A")))

    app.bolt.message_shortcut("keep")(message_shortcut)
    app.bolt.global_shortcut("open")(global_shortcut)
    message = await alice.says(room, "remember me")
    assert (await alice.uses_shortcut("keep", message)).text == "kept remember me"
    answer = await alice.uses_global_shortcut("open")
    assert answer.view is alice.modal


async def test_home_is_published_when_opened(
    slack: Slackd, app: TrialApp, client: AsyncWebClient, alice: Person
) -> None:
    async def open_home(event: JSON) -> None:
        blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": event["tab"]}}]
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})

    app.bolt._async_listeners.clear()
    app.bolt.event("app_home_opened")(open_home)
    home = await alice.opens_home()
    assert home is not None
    assert home.blocks[0]["text"]["text"] == "home"
    await alice.opens_home()
    assert app.events[-1]["event"]["view"]["id"] == home.id


async def test_times_may_be_given_as_datetimes(app: TrialApp, alice: Person, room: Channel) -> None:
    picker = {"type": "datetimepicker", "action_id": "at"}
    view = await opened(
        app, alice, room, form({"type": "input", "block_id": "w", "label": plain("When"), "element": picker})
    )
    await alice.fills(view, {"When": dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)})
    assert view.state["w"]["at"]["selected_date_time"] == 1772442000
