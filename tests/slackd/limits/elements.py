"""Buttons, menus, pickers and inputs (SLACK.md 5.2)."""

from zoneinfo import ZoneInfo

from tests.slackd.limits.refusal import ShapeError
from tests.slackd.limits.rich import ID, RICH_TEXT, plain, words
from tests.slackd.limits.shapes import (
    LINK,
    WEB,
    Check,
    choice,
    fields_of,
    flag,
    items,
    one_of,
    record,
    string,
    typed,
    whole,
)

CONFIRM = record(
    {"title": plain(100), "text": words(300), "confirm": plain(30), "deny": plain(30)},
    {"style": choice("primary", "danger")},
)
COMMON: dict[str, Check] = {"action_id": string(255)}
FOCUS: dict[str, Check] = {**COMMON, "focus_on_load": flag}
MENU: dict[str, Check] = {**FOCUS, "confirm": CONFIRM, "placeholder": plain(150)}
MULTI: dict[str, Check] = {**MENU, "max_selected_items": whole(1, 100)}
TYPED_IN: dict[str, Check] = {
    **FOCUS,
    "placeholder": plain(150),
    "dispatch_action_config": record(
        {"trigger_actions_on": items(choice("on_enter_pressed", "on_character_entered"), 2)}
    ),
}
DATE = string(10, pattern=r"\d{4}-\d{2}-\d{2}")
TIME = string(5, pattern=r"([01]\d|2[0-3]):[0-5]\d")

OPTION = record({"text": plain(75), "value": string(150)}, {"description": plain(75)})
OVERFLOW_OPTION = record({"text": plain(75), "value": string(150)}, {"description": plain(75), "url": LINK})
BOX_OPTION = record({"text": words(75), "value": string(150)}, {"description": words(75)})
OPTIONS = items(OPTION, 100)
GROUPS = items(record({"label": plain(75), "options": OPTIONS}), 100)
STATIC: dict[str, Check] = {"options": OPTIONS, "option_groups": GROUPS}
FILTER = record(
    {},
    {
        "include": items(choice("im", "mpim", "private", "public"), 4),
        "exclude_external_shared_channels": flag,
        "exclude_bot_users": flag,
    },
)


def zone(value: object, pointer: str) -> None:
    string(255)(value, pointer)
    try:
        ZoneInfo(str(value))
    except (KeyError, ValueError) as unknown:
        raise ShapeError("must be an IANA time zone", pointer) from unknown


def initial_is_offered(value: object, pointer: str) -> None:
    """A rule: what is chosen at first stands among the options, word for word."""
    fields = fields_of(value, pointer)
    offered = list_of(fields.get("options"))
    for group in list_of(fields.get("option_groups")):
        offered += list_of(fields_of(group, pointer).get("options"))
    for option in [fields.get("initial_option"), *list_of(fields.get("initial_options"))]:
        if option is not None and option not in offered:
            raise ShapeError("initial option must match one of the options", pointer)


def list_of(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else []


def lengths_in_order(value: object, pointer: str) -> None:
    fields = fields_of(value, pointer)
    low, high = fields.get("min_length"), fields.get("max_length")
    if isinstance(low, int) and isinstance(high, int) and low > high:
        raise ShapeError("min_length must not exceed max_length", pointer)


IMAGE_FIELDS: dict[str, Check] = {
    "image_url": WEB,
    "slack_file": record({}, {"id": ID, "url": WEB}, one_of("id", "url")),
}
IMAGE = record({"alt_text": string(2000)}, IMAGE_FIELDS, one_of("image_url", "slack_file"))
NUMERAL = string(64, pattern=r"-?\d+(\.\d+)?")
FEEDBACK = record({"text": plain(75), "value": string(2000)}, {"accessibility_label": string(75)})

ELEMENTS: dict[str, Check] = {
    "button": record(
        {"text": plain(75)},
        {
            **COMMON,
            "value": string(2000, least=0),
            "url": LINK,
            "style": choice("primary", "danger"),
            "confirm": CONFIRM,
            "accessibility_label": string(75),
            "visible_to_user_ids": items(ID, 100),
        },
    ),
    "overflow": record({"options": items(OVERFLOW_OPTION, 5)}, {**COMMON, "confirm": CONFIRM}),
    "static_select": record(
        {}, {**MENU, **STATIC, "initial_option": OPTION}, one_of("options", "option_groups"), initial_is_offered
    ),
    "multi_static_select": record(
        {}, {**MULTI, **STATIC, "initial_options": OPTIONS}, one_of("options", "option_groups"), initial_is_offered
    ),
    "external_select": record({}, {**MENU, "initial_option": OPTION, "min_query_length": whole(0, 3000)}),
    "multi_external_select": record({}, {**MULTI, "initial_options": OPTIONS, "min_query_length": whole(0, 3000)}),
    "users_select": record({}, {**MENU, "initial_user": ID}),
    "multi_users_select": record({}, {**MULTI, "initial_users": items(ID, 100)}),
    "channels_select": record({}, {**MENU, "initial_channel": ID, "response_url_enabled": flag}),
    "multi_channels_select": record({}, {**MULTI, "initial_channels": items(ID, 100)}),
    "conversations_select": record(
        {},
        {
            **MENU,
            "initial_conversation": ID,
            "default_to_current_conversation": flag,
            "response_url_enabled": flag,
            "filter": FILTER,
        },
    ),
    "multi_conversations_select": record(
        {},
        {
            **MULTI,
            "initial_conversations": items(ID, 100),
            "default_to_current_conversation": flag,
            "filter": FILTER,
        },
    ),
    "datepicker": record({}, {**MENU, "initial_date": DATE}),
    "timepicker": record({}, {**MENU, "initial_time": TIME, "timezone": zone}),
    # ten digits: Slack refuses milliseconds and dates before 2001
    "datetimepicker": record({}, {**FOCUS, "confirm": CONFIRM, "initial_date_time": whole(10**9, 10**10 - 1)}),
    "checkboxes": record(
        {"options": items(BOX_OPTION, 10)},
        {**FOCUS, "confirm": CONFIRM, "initial_options": items(BOX_OPTION, 10)},
        initial_is_offered,
    ),
    "radio_buttons": record(
        {"options": items(BOX_OPTION, 10)},
        {**FOCUS, "confirm": CONFIRM, "initial_option": BOX_OPTION},
        initial_is_offered,
    ),
    "plain_text_input": record(
        {},
        {
            **TYPED_IN,
            "multiline": flag,
            "min_length": whole(0, 3000),
            "max_length": whole(1, 3000),
            "initial_value": string(3000, least=0),
        },
        lengths_in_order,
    ),
    "number_input": record(
        {"is_decimal_allowed": flag},
        {**TYPED_IN, "initial_value": NUMERAL, "min_value": NUMERAL, "max_value": NUMERAL},
    ),
    "email_text_input": record({}, {**TYPED_IN, "initial_value": string(3000)}),
    "url_text_input": record({}, {**TYPED_IN, "initial_value": string(3000)}),
    "rich_text_input": record(
        {},
        {
            **TYPED_IN,
            "initial_value": typed({"rich_text": RICH_TEXT}),
            "min_lines": whole(1, 100),
            "max_lines": whole(1, 100),
        },
    ),
    "file_input": record({}, {**COMMON, "filetypes": items(string(32), 100), "max_files": whole(1, 10)}),
    "image": IMAGE,
    "feedback_buttons": record({"positive_button": FEEDBACK, "negative_button": FEEDBACK}, COMMON),
    "icon_button": record(
        {"icon": choice("trash"), "text": plain(75)},
        {
            **COMMON,
            "value": string(2000, least=0),
            "confirm": CONFIRM,
            "accessibility_label": string(75),
            "visible_to_user_ids": items(ID, 100),
        },
    ),
}
SELECTS = (
    "static_select",
    "external_select",
    "users_select",
    "channels_select",
    "conversations_select",
    "multi_static_select",
    "multi_external_select",
    "multi_users_select",
    "multi_channels_select",
    "multi_conversations_select",
)
ASIDE = ("button", "overflow", "datepicker", "timepicker", "checkboxes", "radio_buttons", "image", *SELECTS)
CLICKABLE = (
    "button",
    "overflow",
    "datepicker",
    "timepicker",
    "datetimepicker",
    "checkboxes",
    "radio_buttons",
    *SELECTS,
)
ENTERED = (
    "plain_text_input",
    "number_input",
    "email_text_input",
    "url_text_input",
    "rich_text_input",
    "file_input",
    "datepicker",
    "timepicker",
    "datetimepicker",
    "checkboxes",
    "radio_buttons",
    *SELECTS,
)
