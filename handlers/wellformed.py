"""The shape of what Slack sends, as far as anything here or in Bolt relies on it.

Slack never sends anything else, and delivering it again would not mend it: what has another shape is acknowledged,
said in the log and forgotten. Whatever is not named here may be anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, Json, ValidationError

Text = Annotated[str, Field(min_length=1)]
Stamp = Annotated[str, Field(pattern=r"^\d{1,10}\.\d{1,6}$")]
Address = Annotated[str, Field(pattern=r"^https?://\w")]
Name = Annotated[str, Field(max_length=255)]
"""An id, or what a bot calls itself."""
Parts = list[dict[str, Any]]
IDS_MOST: Final = 2**31 - 1
"""The greatest id that both databases have."""


def _of_the_calendar(day: str) -> str:
    date.fromisoformat(day)
    return day


Day = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$"), AfterValidator(_of_the_calendar)]


class Shape(BaseModel):
    model_config = ConfigDict(extra="allow", strict=True, hide_input_in_errors=True)


class Named(Shape):
    id: Text


class Channel(Named):
    name: Text
    creator: str | None = None


class Authorization(Shape):
    team_id: str | None = None
    enterprise_id: str | None = None
    enterprise: None = None
    team: None = None
    user_id: str | None = None
    authorizations: None = None


class Envelope(Shape):
    """What Bolt reads of every payload before anything of ours runs."""

    type: str = ""
    team_id: str | None = None
    team: Named | str | None = None
    enterprise_id: str | None = None
    enterprise: Named | str | None = None
    user_id: str | None = None
    channel_id: str | None = None
    authorizations: list[Authorization] | None = None
    is_enterprise_install: bool | str | None = None
    is_ext_shared_channel: bool | None = None
    response_urls: Parts = []
    view: dict[str, Any] | None = None
    message: dict[str, Any] | None = None
    container: dict[str, Any] | None = None
    item: dict[str, Any] | None = None


# ---- events


class Event(Shape):
    type: Text
    user: Named | str | None = None
    channel: Named | str | None = None
    team: str | None = None
    user_team: str | None = None
    message: dict[str, Any] | None = None
    thread_ts: Stamp | None = None


class Edited(Shape):
    ts: Stamp


class Spoken(Shape):
    """A message, in an event of its own or inside another."""

    ts: Stamp
    user: Name | None = None
    text: str | None = None
    subtype: str | None = None
    bot_id: Name | None = None
    bot_profile: dict[str, Any] | None = None
    username: Name | None = None
    thread_ts: Stamp | None = None
    edited: Edited | None = None
    files: Parts | None = None
    blocks: Parts | None = None
    attachments: Parts | None = None


class Before(Shape):
    """What a message was before it was changed or deleted; only its author and its thread are asked for."""

    user: str | None = None
    bot_id: str | None = None
    thread_ts: Stamp | None = None


class Said(Event, Spoken):
    channel: Text
    user: str | None = None


class Changed(Event):
    channel: Text
    event_ts: Stamp = ""
    message: Spoken  # type: ignore[assignment]
    previous_message: Before | None = None


class Deleted(Event):
    channel: Text
    deleted_ts: Stamp
    previous_message: Before | None = None


class Mentioned(Said):
    user: Text


class Item(Shape):
    type: str | None = None
    channel: Text
    ts: Stamp


class File(Shape):
    """Something other than a message was reacted to; it concerns nobody here."""

    type: Annotated[str, Field(pattern="^file")]


class Reacted(Event):
    user: Text
    reaction: Text
    item: Item | File
    event_ts: Stamp


class Joined(Event):
    user: Text
    channel: Text
    inviter: str | None = None


class Placed(Event):
    channel: Text


class ChannelChanged(Event):
    channel: Channel


class HomeOpened(Event):
    user: Text
    tab: str | None = None


class IdChanged(Event):
    old_channel_id: Text
    new_channel_id: Text


class Names(Shape):
    real_name: str | None = None
    display_name: str | None = None


class Profile(Named):
    name: str | None = None
    real_name: str | None = None
    tz: str | None = None
    team_id: str | None = None
    profile: Names | None = None


class UserChanged(Event):
    user: Profile


class Callback(Envelope):
    event_id: Text
    event: Event


_EVENTS: Final[Mapping[str, type[Event]]] = {
    "message": Said,
    "app_mention": Mentioned,
    "reaction_added": Reacted,
    "reaction_removed": Reacted,
    "member_joined_channel": Joined,
    **dict.fromkeys(("channel_archive", "channel_deleted", "channel_left"), Placed),
    **dict.fromkeys(("group_archive", "group_deleted", "group_left"), Placed),
    "channel_created": ChannelChanged,
    "channel_rename": ChannelChanged,
    "group_rename": ChannelChanged,
    "channel_id_changed": IdChanged,
    "user_change": UserChanged,
    "app_home_opened": HomeOpened,
}
_OF_A_MESSAGE: Final[Mapping[object, type[Event]]] = {"message_changed": Changed, "message_deleted": Deleted}
"""By subtype: these speak of a message rather than being one."""


# ---- what people type and press


class Typed(Envelope):
    command: Literal["/incident"]
    trigger_id: Text
    user_id: Text
    channel_id: Text
    response_url: Address
    text: str | None = None


class Leaf(Shape):
    """What stands in one input."""

    value: str | None = None
    selected_option: Option | None = None
    selected_options: list[Option] | None = None
    selected_date: Day | None = None
    selected_date_time: Annotated[int, Field(ge=0, lt=10**10)] | None = None
    selected_user: str | None = None


class State(Shape):
    values: dict[str, dict[str, Leaf]]


class Interaction(Envelope):
    trigger_id: Text
    user: Named
    channel: Named | None = None
    response_url: Address | Literal[""] | None = None


class Option(Shape):
    value: str


class Pressed(Shape):
    action_id: Text
    type: str | None = None
    value: str | None = None
    selected_option: Option | None = None


class Click(Interaction):
    actions: Annotated[list[Pressed], Field(min_length=1)]
    state: State | None = None


class Shortcut(Interaction):
    callback_id: Text


class MessageShortcut(Shortcut):
    channel: Named
    message: Spoken  # type: ignore[assignment]


class Element(Shape):
    initial_option: Option | None = None
    initial_options: list[Option] | None = None


class Block(Shape):
    type: Text
    block_id: Text
    element: Element | None = None


def _asking(blocks: list[Block]) -> list[Block]:
    if not any(block.type == "input" for block in blocks):
        raise ValueError("a form without an input")
    return blocks


class Ids(Shape):
    """What went out with a form of ours and comes back with it: the ids of the things it is about."""

    __pydantic_extra__: dict[str, str]
    incident: Annotated[int, Field(ge=1, le=IDS_MOST)] | None = None
    seen: Annotated[int, Field(ge=0, le=IDS_MOST)] | None = None
    ts: Stamp | None = None
    thread: Stamp | None = None
    message: Annotated[str, Field(pattern=r"^\w+ \d{1,10}\.\d{1,6}$")] | None = None


class View(Named):
    type: Literal["modal"]
    callback_id: Text
    hash: str | None = None
    private_metadata: Json[Ids] | Literal[""] | None = None
    state: State
    blocks: Annotated[list[Block], AfterValidator(_asking)]


class Submitted(Envelope):
    user: Named
    view: View  # type: ignore[assignment]


_KINDS: Final[Mapping[str, type[Envelope]]] = {
    "event_callback": Callback,
    "block_actions": Click,
    "shortcut": Shortcut,
    "message_action": MessageShortcut,
    "view_submission": Submitted,
}


def misshapen(body: Mapping[str, Any]) -> str | None:
    """Where the payload has a shape that Slack's cannot have, such as `event.ts`; None when it is as it should be.

    Nothing of its content is in the answer.
    """
    try:
        _check(body)
    except ValidationError as error:
        return "; ".join(".".join(map(str, fault["loc"])) + ": " + fault["msg"] for fault in error.errors()[:3])
    return None


def _check(body: Mapping[str, Any]) -> None:
    kind = _KINDS.get(str(body.get("type"))) or (Typed if "command" in body else Envelope)
    kind.model_validate(body)
    if kind is Callback:
        event = body["event"]
        of_a_message = _OF_A_MESSAGE.get(str(event.get("subtype"))) if event["type"] == "message" else None
        (of_a_message or _EVENTS.get(event["type"], Event)).model_validate(event)
