"""`views.*`: modals and Home tabs."""

from __future__ import annotations

import json
from typing import Any

from tests.slackd import shapes
from tests.slackd.api.call import Call, method, refuse
from tests.slackd.limits import check_view
from tests.slackd.records import JSON, SlackError, View
from tests.slackd.world import World

MOST_BYTES = 250_000  # SLACK.md 4.2


@method("views.open", required="trigger_id view", trigger_id="text", view="json", interactivity_pointer="text")
def open_view(call: Call) -> JSON:
    return _show(call, push=False)


@method("views.push", required="trigger_id view", trigger_id="text", view="json", interactivity_pointer="text")
def push(call: Call) -> JSON:
    return _show(call, push=True)


def _show(call: Call, *, push: bool) -> JSON:
    content = _checked(call, "modal")
    trigger = call.slackd.interactions.use_trigger(str(call.args["trigger_id"]))
    view = call.world.open_view(trigger.user, content, trigger_id=trigger.id, push=push)
    return {"view": shapes.view(call.world, view)}


@method("views.update", required="view", view="json", view_id="text", external_id="text", hash="text")
def update(call: Call) -> JSON:
    view = _named(call.world, call.args)
    content = _checked(call, str(view.content["type"]))
    if call.args.get("hash") not in (None, "", view.hash):
        raise SlackError("hash_conflict")
    call.world.change_view(view, content)
    return {"view": shapes.view(call.world, view)}


def _named(world: World, args: JSON) -> View:
    open_views = [view for stack in world.modals.values() for view in stack] + list(world.homes.values())
    for view in open_views:
        if view.id == args.get("view_id") or view.content.get("external_id", "") == args.get("external_id"):
            return view
    raise SlackError("not_found")


@method("views.publish", required="user_id view", user_id="text", view="json", hash="text")
def publish(call: Call) -> JSON:
    if not call.slackd.manifest.home_tab:
        raise SlackError("not_enabled")
    content = _checked(call, "home")
    person = call.world.user(str(call.args["user_id"]))
    current = call.world.homes.get(person.id)
    if current and call.args.get("hash") not in (None, "", current.hash):
        raise SlackError("hash_conflict")
    return {"view": shapes.view(call.world, call.world.publish_home(person.id, content))}


def _checked(call: Call, kind: str) -> JSON:
    return checked_view(call.args["view"], kind, call.world)


def checked_view(content: Any, kind: str, world: World) -> JSON:
    """The view as Slack keeps it: within its limits, every block and element with an id. Raises SlackError."""
    if len(json.dumps(content)) > MOST_BYTES:
        raise SlackError("view_too_large")
    refuse(check_view(content))
    if content["type"] != kind:
        raise SlackError("invalid_arguments", response_metadata={"messages": [f"[ERROR] a {kind} view is needed"]})
    return {**content, "blocks": [_identified(world, block) for block in content["blocks"]]}


def _identified(world: World, block: JSON) -> JSON:
    block = world.identified(block)
    element = block.get("element")
    if isinstance(element, dict) and not element.get("action_id"):
        block = block | {"element": element | {"action_id": f"slackd{world.count('action')}"}}
    return block
