"""A person's side of commands, buttons and forms: what the app is sent, and what is shown of its answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.slackd import forms, typed
from tests.slackd.api.views import checked_view
from tests.slackd.courier import Ack, Kind
from tests.slackd.interactions import Trigger
from tests.slackd.records import JSON, Change, Channel, Ephemeral, Message, SlackError, View

if TYPE_CHECKING:
    from tests.slackd.server import Slackd

PATIENCE = 2.0  # real seconds to wait for a first sign of an answer, when the program's pulse is not watched
_SHOWN = ("ephemeral_posted", "ephemeral_changed", "view_opened", "message_posted", "message_changed")


@dataclass
class Answer:
    """What the person saw happen. `error` is Slack's word when the app failed them."""

    error: str = ""
    whispers: list[Ephemeral] = field(default_factory=list)
    posts: list[Message] = field(default_factory=list)
    view: View | None = None

    @property
    def shown(self) -> Ephemeral | Message | None:
        """The last thing said to the person, else said in the channel through the response URL."""
        said: list[Ephemeral | Message] = [*self.posts, *self.whispers]
        return said[-1] if said else None

    @property
    def text(self) -> str:
        return self.shown.text if self.shown else ""

    @property
    def blocks(self) -> list[JSON]:
        return self.shown.blocks if self.shown else []


@dataclass
class Submission(Answer):
    """What became of a submitted form: `errors` by block_id, `closed`, or another `view` in front."""

    errors: dict[str, str] = field(default_factory=dict)
    closed: bool = False


class Desk:
    """One person's hands on the app."""

    def __init__(self, slack: Slackd, user_id: str) -> None:
        self._slack = slack
        self._me = user_id
        self._chosen: dict[str, forms.State] = {}  # what was chosen in a message's selects, by message ts

    # ---- commands and shortcuts

    async def command(self, line: str, channel: Channel) -> Answer:
        command, _, text = line.partition(" ")
        if command not in self._slack.manifest.commands or self._is_foreign:
            return Answer(error="invalid_command")
        if channel.is_archived or (channel.is_private and self._me not in channel.members):
            raise SlackError("not_in_channel")
        escape = self._slack.manifest.commands[command]
        sent = typed.typed_text(self._slack.world, text, "command") if escape else typed.escape(text)
        trigger = self._trigger()
        payload = self._slack.interactions.command(trigger, command, sent.strip(), channel)
        return await self._ask("slash_commands", payload, trigger)

    async def message_shortcut(self, callback_id: str, message: Message) -> Answer:
        if callback_id not in self._slack.manifest.message_shortcuts or self._is_foreign:
            raise SlackError("no_such_shortcut")
        trigger = self._trigger()
        return await self._ask(
            "interactive", self._slack.interactions.message_shortcut(trigger, callback_id, message), trigger
        )

    async def global_shortcut(self, callback_id: str) -> Answer:
        if callback_id not in self._slack.manifest.global_shortcuts or self._is_foreign:
            raise SlackError("no_such_shortcut")
        trigger = self._trigger()
        payload = self._slack.interactions.global_shortcut(trigger, callback_id)
        return await self._ask("interactive", payload, trigger)

    @property
    def _is_foreign(self) -> bool:
        return self._slack.world.users[self._me].team_id != self._slack.world.team_id

    def _trigger(self) -> Trigger:
        return self._slack.interactions.trigger(self._me)

    # ---- buttons and menus

    async def press(self, place: Message | Ephemeral | View, name: str, value: Any) -> Answer:
        element = forms.find(place, name)
        if not element.dispatches:
            raise SlackError("this element stands in a form: fill it in")
        suggested = await self._suggested(place, element, value)
        return await self._dispatch(place, element, forms.leaf(element, value, suggested))

    async def _dispatch(self, place: Message | Ephemeral | View, element: forms.Element, leaf: JSON) -> Answer:
        filled = place.state if isinstance(place, View) else self._chosen.setdefault(place.ts, {})
        if element.kind not in ("button", "overflow"):
            filled.setdefault(element.block_id, {})[element.action_id] = leaf
        state = forms.complete(forms.blocks_of(place), filled)
        if isinstance(place, View):
            place.state = state
        action = leaf | {"action_id": element.action_id, "block_id": element.block_id}
        trigger = self._trigger()
        payload = self._slack.interactions.action(trigger, place, action, state)
        return await self._ask("interactive", payload, trigger)

    async def _suggested(self, place: Any, element: forms.Element, value: Any) -> list[JSON] | None:
        """An external select asks the app for its options with what was typed."""
        if not element.kind.endswith("external_select") or value is None:
            return None
        words = value if isinstance(value, list) else [value]
        found: list[JSON] = []
        for word in words:
            ask = self._slack.interactions.suggestion(self._me, place, element.block_id, element.action_id, word)
            ack = await self._slack.courier.request("interactive", ask)
            found += _options(ack)
        return found

    # ---- forms

    async def fill(self, place: View | Message | Ephemeral, values: dict[str, Any]) -> None:
        """In a message what is filled in goes with the next press of one of its buttons."""
        for name, value in values.items():
            element = forms.find(place, name)
            leaf = forms.leaf(element, value, await self._suggested(place, element, value))
            filled = place.state if isinstance(place, View) else self._chosen.setdefault(place.ts, {})
            filled.setdefault(element.block_id, {})[element.action_id] = leaf
            if element.dispatches:
                await self._dispatch(place, element, leaf)

    async def submit(self, view: View) -> Submission:
        self._be_in_front(view)
        view.state = forms.complete(view.blocks, view.state)
        if problems := forms.refused_by_client(view, view.state):
            return Submission(errors=problems, view=view)
        trigger, since = self._trigger(), len(self._slack.world.changes)
        ack = await self._slack.courier.request("interactive", self._slack.interactions.submission(trigger, view))
        result = self._obeyed(view, ack, trigger)
        if self._slack.pulse.urls:
            await self._slack.settle()
        self._collect(result, since, trigger)
        return result

    def _be_in_front(self, view: View) -> None:
        if view not in self._slack.world.modals.get(self._me, [])[-1:]:
            raise SlackError("this form is not open in front of the person")

    def _obeyed(self, view: View, ack: Ack, trigger: Trigger) -> Submission:
        """Do to the form what the app's answer says."""
        if ack.error:
            return Submission(error=_word(ack), view=view)
        body = ack.body if isinstance(ack.body, dict) else {}
        try:
            return self._response_action(view, body, trigger)
        except SlackError as refused:
            return Submission(error=f"{refused.code} {refused.extra}", view=view)

    def _response_action(self, view: View, body: JSON, trigger: Trigger) -> Submission:
        world = self._slack.world
        match body.get("response_action"):
            case "errors":
                return Submission(errors=_known_blocks(view, body["errors"]), view=view)
            case "update":
                world.change_view(view, checked_view(body["view"], "modal", world))
                return Submission(view=view)
            case "push":
                content = checked_view(body["view"], "modal", world)
                return Submission(view=world.open_view(self._me, content, trigger_id=trigger.id, push=True))
            case None | "clear":
                world.close_view(view, all_of_them="response_action" in body)
                below = world.modals.get(self._me)
                return Submission(closed=True, view=below[-1] if below else None)
        raise SlackError("invalid_response_action")

    async def close(self, view: View) -> None:
        self._be_in_front(view)
        cleared = bool(view.content.get("clear_on_close"))
        self._slack.world.close_view(view, all_of_them=cleared)
        if view.content.get("notify_on_close"):
            payload = self._slack.interactions.closed(view, is_cleared=cleared)
            await self._slack.courier.request("interactive", payload)

    async def open_home(self, tab: str) -> View | None:
        world, since = self._slack.world, len(self._slack.world.changes)
        dm = world.direct_message(self._me, world.bot_user_id)
        world.record("home_opened", None, dm.id, self._me, tab=tab)
        await self._rest(lambda: any(c.kind == "home_published" and c.actor == self._me for c in world.changes[since:]))
        return world.homes.get(self._me)

    # ---- answers

    async def _ask(self, kind: Kind, payload: JSON, trigger: Trigger) -> Answer:
        if kind == "interactive" and not self._slack.manifest.interactivity:
            raise SlackError("interactivity_is_off")
        since = len(self._slack.world.changes)
        ack = await self._slack.courier.request(kind, payload)
        if ack.error:
            return Answer(error=_word(ack))
        if isinstance(ack.body, dict) and ack.body and kind == "slash_commands":
            try:
                self._slack.replies.show(self._url(trigger), ack.body)
            except SlackError as refused:
                return Answer(error=f"invalid_command_response: {refused.code}")
        await self._rest(lambda: any(self._concerns(change, trigger) for change in self._slack.world.changes[since:]))
        answer = Answer()
        self._collect(answer, since, trigger)
        return answer

    def _url(self, trigger: Trigger) -> Any:
        urls = self._slack.interactions.response_urls.values()
        return next(url for url in urls if url.origin == trigger.id)

    async def _rest(self, answered: Callable[[], bool]) -> None:
        """Wait until the program is quiet when that can be asked, else for a first sign of an answer."""
        if self._slack.pulse.urls:
            await self._slack.settle()
        else:
            await self._slack.until(answered, patience=PATIENCE)

    def _concerns(self, change: Change, trigger: Trigger) -> bool:
        """Whether this is something the person sees as an answer to what they did."""
        if change.kind not in _SHOWN:
            return False
        if isinstance(change.subject, View):
            return change.subject.trigger_id == trigger.id
        if isinstance(change.subject, Ephemeral):
            return change.subject.user == self._me and change.subject.origin in ("", trigger.id)
        return bool(change.subject.bot_id == self._slack.world.bot_id)

    def _collect(self, answer: Answer, since: int, trigger: Trigger) -> None:
        for change in self._slack.world.changes[since:]:
            if not self._concerns(change, trigger):
                continue
            match change.subject:
                case View() as view:
                    answer.view = view
                case Ephemeral() as whisper if whisper not in answer.whispers:
                    answer.whispers.append(whisper)
                case Message(subtype="bot_message") as post if change.kind == "message_posted":
                    answer.posts.append(post)


def _word(ack: Ack) -> str:
    return "operation_timeout" if ack.error == "timeout" else "dispatch_failed"


def _options(ack: Ack) -> list[JSON]:
    body = ack.body if isinstance(ack.body, dict) else {}
    grouped = [option for group in body.get("option_groups") or [] for option in group["options"]]
    return [*(body.get("options") or []), *grouped]


def _known_blocks(view: View, errors: dict[str, str]) -> dict[str, str]:
    inputs = {block.get("block_id") for block in view.blocks if block["type"] == "input"}
    if unknown := sorted(set(errors) - inputs):
        raise SlackError("invalid_errors", blocks=unknown)
    return errors
