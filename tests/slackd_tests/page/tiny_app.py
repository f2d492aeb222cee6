"""A small Bolt app that answers with everything the page must show; it has nothing to do with Scribe."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from tests.slackd.server import Slackd
from tests.slackd_tests.kit import Json, mrkdwn, option, plain

MANIFEST: Json = {
    "display_information": {"name": "Scribe"},
    "features": {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "bot_user": {"display_name": "scribe"},
        "shortcuts": [
            {"name": "Add to timeline", "type": "message", "callback_id": "add", "description": "Keep this message"},
            {"name": "Declare incident", "type": "global", "callback_id": "declare", "description": "Open the form"},
        ],
        "slash_commands": [
            {
                "command": "/incident",
                "description": "Declare and manage incidents",
                "usage_hint": "declare | event <text> | report | help",
                "should_escape": True,
            }
        ],
    },
    "oauth_config": {"scopes": {"bot": ["chat:write", "commands", "files:write", "canvases:write", "bookmarks:write"]}},
    "settings": {
        "interactivity": {"is_enabled": True},
        "event_subscriptions": {"bot_events": ["app_home_opened"]},
    },
}


def button(action_id: str, text: str, **more: Any) -> Json:
    return {"type": "button", "action_id": action_id, "text": plain(text), **more}


LEVELS = [option("SEV-1 Critical", "sev1"), option("SEV-2 High", "sev2"), option("SEV-3 Medium", "sev3")]
SERVICES = [option(name, name) for name in ("api", "checkout", "database", "ingress")]


def entry(block_id: str, label: str, element: Json, **more: Any) -> Json:
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(label),
        "element": element | {"action_id": "x"},
        **more,
    }


def form(title: str = "Declare an incident", warning: str = "There is *one* open incident already.") -> Json:
    """Every input element of a modal."""
    texts = {"type": "plain_text_input", "placeholder": plain("What do customers see?")}
    return {
        "type": "modal",
        "callback_id": "declare",
        "title": plain(title),
        "submit": plain("Declare"),
        "close": plain("Not now"),
        "blocks": [
            {"type": "alert", "text": mrkdwn(warning), "level": "warning"},
            {
                "type": "actions",
                "block_id": "help",
                "elements": [button("again", "Look again"), button("deeper", "What is open?")],
            },
            entry("title", "Title", texts | {"focus_on_load": True}, hint=plain("Short, for people who just woke up")),
            entry("severity", "Severity", {"type": "static_select", "options": LEVELS}, hint=plain("A guess will do")),
            entry("services", "Services", {"type": "multi_static_select", "options": SERVICES}, optional=True),
            entry("commander", "Commander", {"type": "users_select"}, optional=True),
            entry("team", "Responders", {"type": "multi_users_select"}, optional=True),
            entry("room", "Report to", {"type": "conversations_select"}, optional=True),
            entry("where", "Channel", {"type": "channels_select"}, optional=True),
            entry(
                "started", "Started at", {"type": "datetimepicker", "initial_date_time": 1_772_441_400}, optional=True
            ),
            entry("day", "Day", {"type": "datepicker", "initial_date": "2026-03-02"}, optional=True),
            entry("hour", "Hour", {"type": "timepicker", "initial_time": "09:50"}, optional=True),
            entry("users", "Users affected", {"type": "number_input", "is_decimal_allowed": False}, optional=True),
            entry("mail", "Contact", {"type": "email_text_input"}, optional=True),
            entry("link", "Dashboard", {"type": "url_text_input"}, optional=True),
            entry("impact", "Impact", {"type": "plain_text_input", "multiline": True}, optional=True),
            entry("notes", "Notes", {"type": "rich_text_input"}, optional=True),
            entry(
                "kind",
                "Kind",
                {"type": "radio_buttons", "options": [option("Outage", "out"), option("Degradation", "deg")]},
                optional=True,
            ),
            entry(
                "flags",
                "Flags",
                {"type": "checkboxes", "options": [option("Private", "private"), option("Drill", "drill")]},
                optional=True,
            ),
            entry("similar", "Similar to", {"type": "external_select", "min_query_length": 1}, optional=True),
            entry("proof", "Screenshot", {"type": "file_input", "max_files": 2}, optional=True),
        ],
    }


def showcase() -> list[Json]:
    """Every block a message may have that an app would reasonably use."""
    return [
        {"type": "header", "text": plain("INC-7 Checkout is failing :boom:")},
        {
            "type": "section",
            "block_id": "facts",
            "text": mrkdwn("*Severity* SEV-2 · _investigating_ · `checkout` · <https://example.com/d|dashboard>"),
            "fields": [
                mrkdwn("*Started*\n<!date^1772441400^{date_short_pretty} at {time}^https://example.com|then>"),
                mrkdwn("*Commander*\n<@U0ALICE>"),
                mrkdwn("*Users*\n~10~ 5 000"),
                mrkdwn("*Room*\n<#nowhere|ops>"),
            ],
            "accessory": {"type": "overflow", "action_id": "more", "options": [option("Edit", "edit")]},
        },
        {"type": "divider"},
        {"type": "context", "elements": [mrkdwn("Kept by Scribe :pushpin: only what was said"), plain("v3")]},
        {
            "type": "actions",
            "block_id": "doing",
            "elements": [
                button("resolve", "Resolve", style="primary", value="INC-7"),
                button(
                    "cancel",
                    "False alarm",
                    style="danger",
                    confirm={
                        "title": plain("False alarm?"),
                        "text": mrkdwn("No clocks will be kept."),
                        "confirm": plain("Yes, cancel"),
                        "deny": plain("No"),
                    },
                ),
                {
                    "type": "static_select",
                    "action_id": "level",
                    "placeholder": plain("Severity"),
                    "options": LEVELS,
                },
                {"type": "datepicker", "action_id": "due", "initial_date": "2026-03-09"},
            ],
        },
        {
            "type": "rich_text",
            "elements": [
                {
                    "type": "rich_text_section",
                    "elements": [
                        {"type": "text", "text": "What we "},
                        {"type": "text", "text": "know", "style": {"bold": True}},
                        {"type": "text", "text": " from "},
                        {"type": "user", "user_id": "U0BOB"},
                        {"type": "emoji", "name": "mag"},
                    ],
                },
                {
                    "type": "rich_text_list",
                    "style": "bullet",
                    "elements": [
                        {
                            "type": "rich_text_section",
                            "elements": [{"type": "text", "text": "<script>alert(1)</script>"}],
                        }
                    ],
                },
                {"type": "rich_text_quote", "elements": [{"type": "text", "text": "errors since the deploy"}]},
                {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "SELECT 1;"}]},
            ],
        },
        {
            "type": "markdown",
            "text": "## Timeline\n\n"
            "| When | What |\n|---|---|\n| 08:50 | **deploy** of `a1b2` |\n| 09:02 | errors \\| alerts |\n\n"
            "- [x] page the owner\n- [ ] roll back\n\n1. first\n2. second\n\n> said *once*",
        },
        {
            "type": "table",
            "rows": [
                [{"type": "raw_text", "text": "Clock"}, {"type": "raw_text", "text": "Minutes"}],
                [{"type": "raw_text", "text": "TTD"}, {"type": "raw_number", "value": 12}],
            ],
            "column_settings": [{"align": "left"}, {"align": "right"}],
        },
        {"type": "image", "image_url": "https://example.com/far.png", "alt_text": "A chart far away"},
    ]


def home() -> Json:
    return {
        "type": "home",
        "blocks": [
            {"type": "header", "text": plain("Your incidents")},
            {"type": "section", "text": mrkdwn("*INC-7* Checkout is failing"), "accessory": button("open", "Open")},
        ],
    }


def build(slack: Slackd, client: AsyncWebClient) -> AsyncApp:
    world = slack.world

    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=None,
            team_id=world.team_id,
            bot_token=slack.bot_token,
            bot_id=world.bot_id,
            bot_user_id=world.bot_user_id,
        )

    app = AsyncApp(client=client, authorize=authorize)
    register_command(app)
    register_presses(app)
    register_forms(app)
    return app


def register_command(app: AsyncApp) -> None:
    @app.command("/incident")
    async def incident(ack: Any, body: Json, respond: Any, client: AsyncWebClient) -> None:
        await ack()
        match body["text"]:
            case "declare":
                await client.views_open(trigger_id=body["trigger_id"], view=form())
            case "show":
                await client.chat_postMessage(channel=body["channel_id"], text="INC-7", blocks=showcase())
            case text:
                await respond(text=f"You said: {text}", blocks=whisper(text))

    @app.event("app_home_opened")
    async def opened(event: Json, client: AsyncWebClient) -> None:
        await client.views_publish(user_id=event["user"], view=home())


def whisper(text: str) -> list[Json]:
    return [
        {"type": "section", "text": mrkdwn(f"Did you mean *declare*? You said: {text or 'nothing'}")},
        {"type": "actions", "block_id": "w", "elements": [button("yes", "Yes, declare"), button("no", "Forget it")]},
    ]


def register_presses(app: AsyncApp) -> None:
    @app.action("yes")
    async def yes(ack: Any, body: Json, client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=form())

    @app.action("no")
    async def no(ack: Any, respond: Any) -> None:
        await ack()
        await respond(text="Forgotten.", replace_original=True)

    @app.action("open")
    async def open_(ack: Any, body: Json, client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=form("Opened from Home"))

    async def tell(ack: Any, action: Json, body: Json, client: AsyncWebClient) -> None:
        await ack()
        chosen = action.get("value") or action.get("selected_date") or action["selected_option"]["value"]
        channel, ts = body["channel"]["id"], body["message"]["ts"]
        await client.chat_postMessage(channel=channel, thread_ts=ts, text=f"{action['action_id']} → {chosen}")

    for action_id in ("resolve", "level", "due", "more", "cancel"):
        app.action(action_id)(tell)

    @app.shortcut("add")
    async def add(ack: Any, body: Json, client: AsyncWebClient) -> None:
        await ack()
        place = {"channel": body["channel"]["id"], "user": body["user"]["id"]}
        await client.chat_postEphemeral(**place, text=f"Kept: {body['message']['text']}")

    @app.shortcut("declare")
    async def declare(ack: Any, body: Json, client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=form())


def register_forms(app: AsyncApp) -> None:
    @app.action("again")
    async def again(ack: Any, body: Json, client: AsyncWebClient) -> None:
        await ack()
        view = form(warning=f"Looked again, while {body['view']['state']['values']['title']['x']['value']}")
        await client.views_update(view_id=body["view"]["id"], view=view)

    @app.action("deeper")
    async def deeper(ack: Any, body: Json, client: AsyncWebClient) -> None:
        await ack()
        blocks = [{"type": "section", "text": mrkdwn("INC-6 is open")}]
        await client.views_push(
            trigger_id=body["trigger_id"], view={"type": "modal", "title": plain("Open"), "blocks": blocks}
        )

    @app.options("x")
    async def similar(ack: Any, body: Json) -> None:
        await ack(options=[option(f"INC-{n} {body['value']}", f"INC-{n}") for n in (1, 2)])

    @app.view("declare")
    async def submitted(ack: Any, body: Json, client: AsyncWebClient) -> None:
        values = {block: leaves["x"] for block, leaves in body["view"]["state"]["values"].items()}
        title = values["title"]["value"]
        if "?" in title:
            await ack(response_action="errors", errors={"title": "A title, not a question"})
            return
        await ack()
        level = values["severity"]["selected_option"]["value"]
        await client.chat_postMessage(channel=body["user"]["id"], text=f"Declared {title} as {level}")


@asynccontextmanager
async def running(slack: Slackd) -> AsyncIterator[AsyncApp]:
    """The app, connected to `slack` by Socket Mode."""
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.url, session=session)
        app = build(slack, client)
        handler = AsyncSocketModeHandler(app, slack.app_token, web_client=client)
        await handler.connect_async()  # type: ignore[no-untyped-call]
        try:
            yield app
        finally:
            await handler.close_async()  # type: ignore[no-untyped-call]
