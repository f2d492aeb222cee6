"""The manifest: what Slack accepts, and exactly the scopes, events and shortcuts that the code uses."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator
from slack_sdk.web.async_client import AsyncWebClient

from handlers.scopes import SCOPES as CHECKED
from tests.house.source import ROOT, words

MANIFEST: dict[str, Any] = yaml.safe_load((ROOT / "manifest.yml").read_text(encoding="utf-8"))
SCOPES = set(MANIFEST["oauth_config"]["scopes"]["bot"])
EVENTS = set(MANIFEST["settings"]["event_subscriptions"]["bot_events"])
SCHEMAS = sorted((Path(__file__).parent / "schema").glob("*.json"))

READS = {"channels:read", "groups:read"}
MANAGES = {"channels:manage", "groups:write"}
HISTORY = {"channels:history", "groups:history"}
DIRECT = {"im:history"}  # the mark of a reminder is looked for in somebody's own conversation with Scribe
METHOD_SCOPES: Mapping[str, set[str]] = {
    "apps.connections.open": set(),  # connections:write, which the app-level token has and no manifest names
    "auth.test": set(),
    "bookmarks.add": {"bookmarks:write"},
    "bookmarks.list": {"bookmarks:read"},
    "canvases.create": {"canvases:write"},
    "canvases.edit": {"canvases:write"},
    "canvases.getContent": {"canvases:read"},
    "chat.getPermalink": set(),
    "chat.postEphemeral": {"chat:write"},
    "chat.postMessage": {"chat:write"},
    "chat.update": {"chat:write"},
    "conversations.archive": MANAGES,
    "conversations.canvases.create": {"canvases:write"},
    "conversations.create": MANAGES,
    "conversations.history": HISTORY | DIRECT,
    "conversations.info": READS,
    "conversations.invite": MANAGES,
    "conversations.join": {"channels:join"},
    "conversations.list": READS,
    "conversations.members": READS,
    "conversations.open": {"im:write"},
    "conversations.replies": HISTORY,
    "conversations.setTopic": MANAGES,
    "files.completeUploadExternal": {"files:write"},
    "files.delete": {"files:write"},
    "files.getUploadURLExternal": {"files:write"},
    "files.info": {"files:read"},
    "files.list": {"files:read"},
    "pins.add": {"pins:write"},
    "pins.list": {"pins:read"},
    "reactions.add": {"reactions:write"},
    "reactions.get": {"reactions:read"},
    "reactions.remove": {"reactions:write"},
    "usergroups.list": {"usergroups:read"},
    "usergroups.users.list": {"usergroups:read"},
    "users.conversations": READS,
    "users.info": {"users:read"},
    "users.list": {"users:read"},
    "views.open": set(),
    "views.publish": set(),
    "views.push": set(),
    "views.update": set(),
}
"""What Scribe, in public and in private channels, needs for a method. Add one when you use one."""

ARGUMENT_SCOPES: Mapping[str, set[str]] = {"include_all_metadata": {"metadata.message:read"}}
"""What an argument needs beyond its method."""

EVENT_SCOPES: Mapping[str, set[str]] = {
    "app_home_opened": set(),
    "app_mention": {"app_mentions:read"},
    "app_uninstalled": set(),
    "channel_archive": {"channels:read"},
    "channel_created": {"channels:read"},
    "channel_deleted": {"channels:read"},
    "channel_id_changed": READS,
    "channel_left": {"channels:read"},
    "channel_rename": {"channels:read"},
    "channel_unarchive": {"channels:read"},
    "group_archive": {"groups:read"},
    "group_deleted": {"groups:read"},
    "group_left": {"groups:read"},
    "group_rename": {"groups:read"},
    "group_unarchive": {"groups:read"},
    "member_joined_channel": READS,
    "member_left_channel": READS,
    "message.channels": {"channels:history"},
    "message.groups": {"groups:history"},
    "message.im": {"im:history"},
    "reaction_added": {"reactions:read"},
    "reaction_removed": {"reactions:read"},
    "tokens_revoked": set(),
    "user_change": {"users:read"},
}
HEARD_AS = {"message.channels": "message", "message.groups": "message", "message.im": "im"}
"""The word by which the code knows an event, where it is not the event's own name."""

USED = words("handlers", "templates")


def api_methods() -> dict[str, str]:
    """Every method of the Web API that the SDK can call, by the name of its function there."""
    source = inspect.getsource(AsyncWebClient)
    calls = re.findall(r"async def (\w+)\((?:(?!async def).)*?self\.api_call\(\s*\"([\w.]+)\"", source, re.DOTALL)
    return {function: method for function, method in calls if "." in method}


API = api_methods()
ARGUMENT_NEEDS = [scopes for argument, scopes in ARGUMENT_SCOPES.items() if argument in USED]
CALLED = {method for function, method in API.items() if {function, method} & USED}


def test_the_sdks_methods_were_read_from_its_source() -> None:
    assert len(API) > 200
    assert API["usergroups_users_list"] == "usergroups.users.list"
    assert "chat.postMessage" in CALLED


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda path: path.name)
def test_slack_accepts_the_manifest(schema: Path) -> None:
    validator = Draft7Validator(json.loads(schema.read_text(encoding="utf-8")))
    assert [f"{list(error.path)}: {error.message}" for error in validator.iter_errors(MANIFEST)] == []


def test_both_schemas_are_asked_and_refuse_a_misspelt_key() -> None:
    wrong = MANIFEST | {"feetures": {}}
    assert len(SCHEMAS) == 2
    assert not any(Draft7Validator(json.loads(path.read_text())).is_valid(wrong) for path in SCHEMAS)


def test_the_scopes_of_each_method_in_use_are_known() -> None:
    assert CALLED - METHOD_SCOPES.keys() == set()


@pytest.mark.parametrize("method", sorted(CALLED & METHOD_SCOPES.keys()))
def test_a_method_in_use_has_its_scopes(method: str) -> None:
    assert METHOD_SCOPES[method] - SCOPES == set()


def test_an_argument_in_use_has_its_scopes() -> None:
    assert ARGUMENT_NEEDS
    assert set().union(*ARGUMENT_NEEDS) - SCOPES == set()


@pytest.mark.parametrize("event", sorted(EVENTS))
def test_an_event_that_is_subscribed_has_its_scopes_and_a_listener(event: str) -> None:
    assert EVENT_SCOPES[event] - SCOPES == set()
    assert HEARD_AS.get(event, event) in USED


def test_an_event_that_is_listened_to_is_subscribed() -> None:
    assert {event for event in EVENT_SCOPES if HEARD_AS.get(event, event) in USED} - EVENTS == set()


def test_no_scope_is_asked_for_nothing() -> None:
    methods = [METHOD_SCOPES.get(method, set()) for method in CALLED]
    needed = [*methods, *ARGUMENT_NEEDS, *(EVENT_SCOPES[event] for event in EVENTS)]
    assert SCOPES - set().union({"commands"}, *needed) == set()


def test_scribe_check_compares_with_the_same_scopes() -> None:
    assert CHECKED == SCOPES


def test_the_command_the_shortcuts_and_the_forms_are_those_of_the_code() -> None:
    features = MANIFEST["features"]
    (command,) = features["slash_commands"]
    assert command["command"] in USED
    assert command["should_escape"] is True
    assert {shortcut["callback_id"] for shortcut in features["shortcuts"]} - USED == set()
    assert MANIFEST["settings"]["interactivity"]["is_enabled"] is True
    assert features["app_home"]["home_tab_enabled"] is ("views.publish" in CALLED)


def test_nothing_needs_an_address_of_ours() -> None:
    assert MANIFEST["settings"]["socket_mode_enabled"] is True
    assert not re.search(r'"(url|request_url)"', json.dumps(MANIFEST))
