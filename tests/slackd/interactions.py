"""What the app is sent when a person types a command, presses or submits: payloads, triggers, response URLs."""

from __future__ import annotations

from dataclasses import dataclass

from tests.slackd import shapes
from tests.slackd.records import JSON, Channel, Ephemeral, Message, SlackError, View
from tests.slackd.world import World

TRIGGER_LIVES = 3.0  # seconds; SLACK.md 0.9
RESPONSE_URL_LIVES = 30 * 60.0
RESPONSE_URL_USES = 5


@dataclass
class Trigger:
    """A `trigger_id`: opens one view for its user, within three seconds."""

    id: str
    user: str
    expires: float
    used: bool = False


@dataclass
class ResponseUrl:
    """Where an app may answer an interaction; `target` is the message whose button was pressed."""

    path: str
    user: str
    channel: str
    origin: str
    expires: float
    target: Message | Ephemeral | None = None
    uses: int = 0


class Interactions:
    """Builds the payloads of SLACK.md 1.1 and 3.5 and remembers what they promise to the app."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.triggers: dict[str, Trigger] = {}
        self.response_urls: dict[str, ResponseUrl] = {}

    # ---- promises

    def trigger(self, user: str) -> Trigger:
        number = self._world.count(f"trigger {user}")
        trigger = Trigger(f"{number}.{self._world.team_id}.{user}", user, self._world.now() + TRIGGER_LIVES)
        self.triggers[trigger.id] = trigger
        return trigger

    def use_trigger(self, trigger_id: str) -> Trigger:
        """Exchange a trigger for the right to open one view; refused as Slack refuses it."""
        trigger = self.triggers.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        if self._world.now() > trigger.expires:
            raise SlackError("expired_trigger_id")
        trigger.used = True
        return trigger

    def _response_url(
        self, kind: str, trigger: Trigger, channel: str, target: Message | Ephemeral | None = None
    ) -> str:
        path = f"{kind}/{self._world.team_id}/{trigger.user}/{trigger.id.partition('.')[0]}"
        expires = self._world.now() + RESPONSE_URL_LIVES
        self.response_urls[path] = ResponseUrl(path, trigger.user, channel, trigger.id, expires, target)
        return self._world.base_url + path

    # ---- payloads

    def command(self, trigger: Trigger, command: str, text: str, channel: Channel) -> JSON:
        world = self._world
        names = {"im": "directmessage", "group": "privategroup", "mpim": "privategroup"}
        return {
            "token": "deprecated",
            "team_id": world.team_id,
            "team_domain": world.team_domain,
            "channel_id": channel.id,
            "channel_name": names.get(channel.kind, channel.name),
            "user_id": trigger.user,
            "user_name": world.users[trigger.user].name,
            "command": command,
            "text": text,
            "api_app_id": world.app_id,
            "is_enterprise_install": "false",
            "response_url": self._response_url("commands", trigger, channel.id),
            "trigger_id": trigger.id,
        }

    def _common(self, kind: str, trigger: Trigger) -> JSON:
        world, person = self._world, self._world.users[trigger.user]
        who = {"id": person.id, "username": person.name, "name": person.name, "team_id": person.team_id}
        return {
            "type": kind,
            "team": {"id": world.team_id, "domain": world.team_domain},
            "enterprise": None,
            "is_enterprise_install": False,
            "user": who,
            "api_app_id": world.app_id,
            "token": "deprecated",
            "trigger_id": trigger.id,
        }

    def message_shortcut(self, trigger: Trigger, callback_id: str, message: Message) -> JSON:
        channel = self._world.channels[message.channel]
        return self._common("message_action", trigger) | {
            "callback_id": callback_id,
            "action_ts": _action_ts(self._world),
            "message_ts": message.ts,
            "channel": {"id": channel.id, "name": channel.name},
            "message": shapes.message(self._world, message),
            "response_url": self._response_url("app", trigger, channel.id),
        }

    def global_shortcut(self, trigger: Trigger, callback_id: str) -> JSON:
        return self._common("shortcut", trigger) | {"callback_id": callback_id, "action_ts": _action_ts(self._world)}

    def action(self, trigger: Trigger, place: Message | Ephemeral | View, action: JSON, state: JSON) -> JSON:
        """A press on something outside input blocks, or inside one that dispatches."""
        body = self._common("block_actions", trigger)
        body["actions"] = [action | {"action_ts": _action_ts(self._world)}]
        if isinstance(place, View):
            container = {"type": "view", "view_id": place.id}
            return body | {"container": container, "view": shapes.view(self._world, place)}
        return body | {"state": {"values": state}} | self._on_message(trigger, place)

    def _on_message(self, trigger: Trigger, place: Message | Ephemeral) -> JSON:
        channel = self._world.channels[place.channel]
        fleeting = isinstance(place, Ephemeral)
        container = {"type": "message", "message_ts": place.ts, "channel_id": channel.id, "is_ephemeral": fleeting}
        container |= {"thread_ts": place.thread_ts} if place.thread_ts else {}
        body: JSON = {"container": container, "channel": {"id": channel.id, "name": channel.name}}
        body |= {} if isinstance(place, Ephemeral) else {"message": shapes.message(self._world, place)}
        return body | {"response_url": self._response_url("actions", trigger, channel.id, place)}

    def submission(self, trigger: Trigger, view: View) -> JSON:
        body = self._common("view_submission", trigger)
        return body | {"view": shapes.view(self._world, view), "response_urls": []}

    def closed(self, view: View, *, is_cleared: bool) -> JSON:
        body = self._common("view_closed", Trigger("", view.user, 0.0))
        del body["trigger_id"]
        return body | {"view": shapes.view(self._world, view), "is_cleared": is_cleared}

    def suggestion(self, user: str, place: Message | View, block_id: str, action_id: str, typed: str) -> JSON:
        body = self._common("block_suggestion", Trigger("", user, 0.0))
        del body["trigger_id"]
        body |= {"action_id": action_id, "block_id": block_id, "value": typed}
        if isinstance(place, View):
            container = {"type": "view", "view_id": place.id}
            return body | {"container": container, "view": shapes.view(self._world, place)}
        channel = {"id": place.channel, "name": self._world.channels[place.channel].name}
        container = {"type": "message", "message_ts": place.ts, "channel_id": place.channel}
        return body | {"container": container, "channel": channel, "message": shapes.message(self._world, place)}


def _action_ts(world: World) -> str:
    return f"{world.now():.6f}"
