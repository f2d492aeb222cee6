"""Every block and element: what Slack documents passes where it may stand, everything else is refused."""

from __future__ import annotations

import pytest

from tests.slackd.limits import check_blocks, check_view
from tests.slackd.limits.blocks import SURFACES, Surface
from tests.slackd_tests.kit import (
    Json,
    actions,
    button,
    entry,
    modal,
    mrkdwn,
    option,
    plain,
    raw,
    rich,
    section,
    select,
    table,
    typed_in,
)

CONFIRM: Json = {"title": plain("Sure?"), "text": mrkdwn("*Really*"), "confirm": plain("Yes"), "deny": plain("No")}
IMAGE: Json = {"type": "image", "image_url": "https://example.com/x.png", "alt_text": "A chart"}
LIST: Json = {
    "type": "rich_text_list",
    "style": "bullet",
    "indent": 1,
    "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "a"}]}],
}

GOOD: dict[str, tuple[Json, tuple[Surface, ...]]] = {
    "header": ({"type": "header", "text": plain("T" * 150), "level": 2}, ("message", "modal", "home")),
    "section with everything": (
        section("t" * 3000, fields=[mrkdwn("f" * 900)] * 10, accessory=button(value="v" * 2000), expand=True),
        ("message", "modal", "home"),
    ),
    "divider": ({"type": "divider", "block_id": "b" * 255}, ("message", "modal", "home")),
    "context": ({"type": "context", "elements": [mrkdwn("x"), IMAGE, plain("y")]}, ("message", "modal", "home")),
    "actions": (
        actions(
            button(url="https://example.com", style="danger", confirm=CONFIRM),
            select(initial_option=option(), placeholder=plain("Pick")),
            {"type": "overflow", "action_id": "o", "options": [option(url="https://example.com")]},
            {"type": "datetimepicker", "action_id": "dt", "initial_date_time": 1_755_000_000},
            {"type": "users_select", "action_id": "u", "initial_user": "U1"},
        ),
        ("message", "modal", "home"),
    ),
    "image": ({**IMAGE, "title": plain("t")}, ("message", "modal", "home")),
    "slack file": (
        {"type": "image", "slack_file": {"id": "F1"}, "alt_text": "timeline"},
        ("message", "modal", "home"),
    ),
    "markdown": ({"type": "markdown", "text": "m" * 12_000}, ("message",)),
    "alert": ({"type": "alert", "text": mrkdwn("late"), "level": "warning"}, ("modal",)),
    "table": (
        table(
            [[raw("h"), raw("n")], [rich({"type": "text", "text": "x"}), {"type": "raw_number", "value": 3}]],
            column_settings=[{"align": "right", "is_wrapped": True}, None],
        ),
        ("message", "home"),
    ),
    "data table": (
        {"type": "data_table", "caption": "c", "rows": [[raw("h")], [raw("v")]], "page_size": 5},
        ("message", "home"),
    ),
    "rich text": (
        {
            "type": "rich_text",
            "elements": [
                {
                    "type": "rich_text_section",
                    "elements": [
                        {"type": "text", "text": "bold", "style": {"bold": True}},
                        {"type": "link", "url": "https://example.com", "text": "l"},
                        {"type": "user", "user_id": "U1"},
                        {"type": "channel", "channel_id": "C1"},
                        {"type": "emoji", "name": "boom"},
                        {"type": "broadcast", "range": "here"},
                        {"type": "date", "timestamp": 1_755_000_000, "format": "{time}", "fallback": "then"},
                    ],
                },
                LIST,
                {"type": "rich_text_quote", "elements": [{"type": "text", "text": "q"}]},
                {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "c"}], "border": 0},
            ],
        },
        ("message", "modal", "home"),
    ),
    "task card": ({"type": "task_card", "task_id": "1", "title": "t", "status": "complete"}, ("message",)),
    "carousel": (
        {"type": "carousel", "elements": [{"type": "card", "title": mrkdwn("c"), "actions": [button()]}]},
        ("message", "home"),
    ),
    "container": ({"type": "container", "title": plain("c"), "child_blocks": [section()]}, ("message",)),
    "chart": (
        {
            "type": "data_visualization",
            "title": "t",
            "chart": {"type": "bar", "series": [{"name": "s", "data": [{"label": "a", "value": 1}]}]},
        },
        ("message",),
    ),
}

INPUTS: list[Json] = [
    typed_in(multiline=True, min_length=1, max_length=3000, initial_value="x", placeholder=plain("p" * 150)),
    {"type": "number_input", "action_id": "n", "is_decimal_allowed": False, "min_value": "0", "initial_value": "5"},
    {"type": "email_text_input", "action_id": "e"},
    {"type": "url_text_input", "action_id": "u"},
    {"type": "rich_text_input", "action_id": "r", "initial_value": rich({"type": "text", "text": "x"})},
    {"type": "file_input", "action_id": "f", "filetypes": ["png"], "max_files": 10},
    {"type": "datepicker", "action_id": "d", "initial_date": "2026-11-21"},
    {"type": "timepicker", "action_id": "t", "initial_time": "23:59", "timezone": "Europe/Zurich"},
    {"type": "datetimepicker", "action_id": "dt", "initial_date_time": 1_755_000_000},
    {"type": "checkboxes", "action_id": "c", "options": [{"text": mrkdwn("*a*"), "value": "a"}]},
    {"type": "radio_buttons", "action_id": "r", "options": [option()], "initial_option": option()},
    select(option_groups=[{"label": plain("g"), "options": [option()]}]) | {"focus_on_load": True},
    {"type": "multi_static_select", "action_id": "m", "options": [option()] * 100, "max_selected_items": 2},
    {"type": "external_select", "action_id": "x", "min_query_length": 0},
    {"type": "multi_users_select", "action_id": "mu", "initial_users": ["U1"]},
    {"type": "conversations_select", "action_id": "cs", "response_url_enabled": True, "filter": {"include": ["im"]}},
]
INPUTS[11].pop("options")

BAD_BLOCKS: list[tuple[str, Json, str]] = [
    ("an unknown block", {"type": "shout"}, "unsupported type"),
    ("a block without a type", {"text": plain("x")}, "unsupported type"),
    ("a retrieval-only block", {"type": "file", "external_id": "x", "source": "remote"}, "unsupported type"),
    ("an unknown key", {"type": "divider", "color": "red"}, "additional property: color"),
    ("a block_id too long", {"type": "divider", "block_id": "b" * 256}, "less than 256"),
    ("a header of 151", {"type": "header", "text": plain("T" * 151)}, "less than 151"),
    ("a header in mrkdwn", {"type": "header", "text": mrkdwn("x")}, "unsupported type: mrkdwn"),
    ("a header of level 5", {"type": "header", "text": plain("x"), "level": 5}, "between 1 and 4"),
    ("an empty text", section(""), "more than 0"),
    ("a section of 3001", section("x" * 3001), "less than 3001"),
    ("a section counted escaped", section("&amp;" * 601), "less than 3001"),
    ("a section with nothing", {"type": "section"}, "one of text, fields"),
    ("a bare string as text", {"type": "section", "text": "x"}, "must provide an object"),
    ("eleven fields", {"type": "section", "fields": [mrkdwn("x")] * 11}, "no more than 10"),
    ("a field of 2001", {"type": "section", "fields": [mrkdwn("x" * 2001)]}, "less than 2001"),
    ("an input as accessory", section(accessory=typed_in()), "unsupported type: plain_text_input"),
    ("verbatim on plain text", {"type": "header", "text": plain("x") | {"verbatim": True}}, "property: verbatim"),
    ("emoji on mrkdwn", {"type": "section", "text": mrkdwn("x") | {"emoji": True}}, "property: emoji"),
    ("a null field", section(accessory=None), "must provide an object"),
    ("an empty context", {"type": "context", "elements": []}, "no fewer than 1"),
    ("eleven in a context", {"type": "context", "elements": [mrkdwn("x")] * 11}, "no more than 10"),
    ("a button in a context", {"type": "context", "elements": [button()]}, "unsupported type: button"),
    ("no actions", actions(), "no fewer than 1"),
    ("26 actions", actions(*[button(action_id=str(i)) for i in range(26)]), "no more than 25"),
    ("a repeated action_id", actions(button(), button()), "action_id go already exists"),
    ("an input among actions", actions(typed_in()), "unsupported type"),
    ("an image without alt_text", {"type": "image", "image_url": "https://x.y/z.png"}, "required field: alt_text"),
    ("an image twice", {**IMAGE, "slack_file": {"id": "F1"}}, "exactly one of image_url, slack_file"),
    ("an image of no source", {"type": "image", "alt_text": "x"}, "exactly one of"),
    ("an image from a file", {**IMAGE, "image_url": "file:///etc/passwd"}, "must match"),
    (
        "a slack_file twice",
        {"type": "image", "alt_text": "x", "slack_file": {"id": "F1", "url": "https://x"}},
        "one of",
    ),
    ("markdown of 12001", {"type": "markdown", "text": "m" * 12_001}, "less than 12001"),
    ("a button without text", actions({"type": "button", "action_id": "a"}), "required field: text"),
    ("a button text of 76", actions(button(text=plain("x" * 76))), "less than 76"),
    ("a button in mrkdwn", actions(button(text=mrkdwn("x"))), "unsupported type: mrkdwn"),
    ("a button value of 2001", actions(button(value="v" * 2001)), "less than 2001"),
    ("a button value that is no string", actions(button(value=3)), "must provide a string"),
    ("a button of odd style", actions(button(style="default")), "one of primary, danger"),
    ("a javascript url", actions(button(url="javascript:alert(1)")), "must match"),
    ("an action_id too long", actions(button(action_id="a" * 256)), "less than 256"),
    ("a confirm title of 101", actions(button(confirm=CONFIRM | {"title": plain("x" * 101)})), "less than 101"),
    ("a confirm text of 301", actions(button(confirm=CONFIRM | {"text": plain("x" * 301)})), "less than 301"),
    ("a confirm button of 31", actions(button(confirm=CONFIRM | {"confirm": plain("x" * 31)})), "less than 31"),
    ("six overflow options", actions({"type": "overflow", "options": [option()] * 6}), "no more than 5"),
    ("a select of nothing", actions(select(options=[])), "no fewer than 1"),
    ("101 options", actions(select(options=[option()] * 101)), "no more than 100"),
    ("options and groups", actions(select(option_groups=[])), "no fewer than 1"),
    ("an option text of 76", actions(select(options=[option("x" * 76)])), "less than 76"),
    ("an option value of 151", actions(select(options=[option(value="v" * 151)])), "less than 151"),
    ("an option in mrkdwn", actions(select(options=[{"text": mrkdwn("x"), "value": "1"}])), "unsupported type"),
    ("an option described at 76", actions(select(options=[option(description=plain("d" * 76))])), "less than 76"),
    ("a url in a select", actions(select(options=[option(url="https://x.y")])), "additional property: url"),
    ("an initial option not offered", actions(select(initial_option=option("Two", "2"))), "must match one"),
    ("a placeholder of 151", actions(select(placeholder=plain("p" * 151))), "less than 151"),
    (
        "11 checkboxes",
        actions({"type": "checkboxes", "options": [option(value=str(i)) for i in range(11)]}),
        "no more than 10",
    ),
    ("a date as people write", actions({"type": "datepicker", "initial_date": "21.11.2026"}), "must match"),
    ("25 o'clock", actions({"type": "timepicker", "initial_time": "25:00"}), "must match"),
    ("a zone that is none", actions({"type": "timepicker", "timezone": "Mars/Base"}), "IANA"),
    ("milliseconds", actions({"type": "datetimepicker", "initial_date_time": 1_755_000_000_000}), "between"),
    ("a float date", actions({"type": "datetimepicker", "initial_date_time": 1_755_000_000.0}), "integer"),
    ("an odd conversation filter", actions({"type": "conversations_select", "filter": {"include": ["dm"]}}), "one of"),
    ("a response_url in a message", actions({"type": "conversations_select", "response_url_enabled": True}), "modal"),
    ("a label of 2001", {"type": "input", "label": plain("l" * 2001), "element": typed_in()}, "less than 2001"),
    ("a label in mrkdwn", {"type": "input", "label": mrkdwn("l"), "element": typed_in()}, "unsupported type"),
    ("a hint of 2001", entry(typed_in(), hint=plain("h" * 2001)), "less than 2001"),
    ("a button as input", entry(button()), "unsupported type: button"),
    ("a max_length of 3001", entry(typed_in(max_length=3001)), "between 1 and 3000"),
    ("min over max", entry(typed_in(min_length=9, max_length=3)), "min_length"),
    ("an initial value of 3001", entry(typed_in(initial_value="x" * 3001)), "less than 3001"),
    ("a number that may be what", entry({"type": "number_input", "action_id": "n"}), "is_decimal_allowed"),
    (
        "a number as number",
        entry({"type": "number_input", "is_decimal_allowed": True, "min_value": 0}),
        "must provide a string",
    ),
    ("a file input in a message", entry({"type": "file_input", "action_id": "f"}), "only supported in a modal"),
    ("a dispatched file input", entry({"type": "file_input"}, dispatch_action=True), "dispatch_action"),
    ("101 rows", table([[raw("x")]] * 101), "no more than 100"),
    ("21 cells", table([[raw("x")] * 21]), "no more than 20"),
    ("an empty cell", table([[raw("")]]), "more than 0"),
    ("uneven rows", table([[raw("a"), raw("b")], [raw("c")]]), "same number of cells"),
    ("10,001 characters in a table", table([[raw("x" * 5000)], [raw("y" * 5001)]]), "less than 10001"),
    ("columns beside rows", table([[raw("x")]], columns=[]), "additional property: columns"),
    ("an odd alignment", table([[raw("x")]], column_settings=[{"align": "middle"}]), "one of left, center, right"),
    ("a data table of one row", {"type": "data_table", "caption": "c", "rows": [[raw("h")]]}, "no fewer than 2"),
    (
        "a rich header cell",
        {"type": "data_table", "caption": "c", "rows": [[rich({"type": "text", "text": "x"})], [raw("v")]]},
        "unsupported type: rich_text",
    ),
    ("an empty rich text", rich({"type": "text", "text": ""}), "more than 0"),
    ("rich text of nothing", {"type": "rich_text", "elements": []}, "no fewer than 1"),
    ("an unknown piece", rich({"type": "marquee", "text": "x"}), "unsupported type: marquee"),
    ("an unknown style", rich({"type": "text", "text": "x", "style": {"blink": True}}), "property: blink"),
    ("a rich link to script", rich({"type": "link", "url": "javascript:alert(1)"}), "must match"),
    ("a list without style", {"type": "rich_text", "elements": [{**LIST, "style": "dash"}]}, "bullet, ordered"),
    ("an indent of 9", {"type": "rich_text", "elements": [{**LIST, "indent": 9}]}, "between 0 and 8"),
    ("a list in a list", {"type": "rich_text", "elements": [{**LIST, "elements": [LIST]}]}, "unsupported type"),
    (
        "a mention in code",
        {
            "type": "rich_text",
            "elements": [{"type": "rich_text_preformatted", "elements": [{"type": "user", "user_id": "U1"}]}],
        },
        "unsupported type: user",
    ),
    ("eleven cards", {"type": "carousel", "elements": [{"type": "card", "title": plain("c")}] * 11}, "more than 10"),
    ("a card of nothing", {"type": "carousel", "elements": [{"type": "card"}]}, "one of hero_image"),
    ("eleven contained", {"type": "container", "title": plain("c"), "child_blocks": [section()] * 11}, "more than 10"),
    ("no container in it", {"type": "container", "title": plain("c"), "child_blocks": [{"type": "container"}]}, "type"),
    ("a task of odd status", {"type": "task_card", "task_id": "1", "title": "t", "status": "done"}, "pending"),
]


@pytest.mark.parametrize("name", GOOD)
def test_a_documented_block_passes_where_slack_allows_it_and_only_there(name: str) -> None:
    block, surfaces = GOOD[name]
    every: tuple[Surface, ...] = ("message", "modal", "home")
    for surface in every:
        refusal = check_blocks([block], surface)
        assert (refusal is None) == (surface in surfaces), (surface, refusal)


@pytest.mark.parametrize("element", INPUTS, ids=lambda element: str(element["type"]))
def test_every_input_element_passes_in_a_modal(element: Json) -> None:
    assert check_view(modal(entry(element, hint=plain("h"), optional=True), submit=plain("Save"))) is None


@pytest.mark.parametrize(("block", "problem"), [pytest.param(b, p, id=n) for n, b, p in BAD_BLOCKS])
def test_a_wrong_block_is_refused_with_the_reason(block: Json, problem: str) -> None:
    refusal = check_blocks([block], "message")
    assert refusal is not None
    assert refusal.code == "invalid_blocks"
    assert problem in refusal.detail


def test_the_detail_points_at_the_wrong_field() -> None:
    refusal = check_blocks([section(), section(fields=[mrkdwn("a"), mrkdwn("")])], "home")
    assert refusal is not None
    assert refusal.code == "invalid_arguments"
    assert refusal.detail == "[ERROR] must be more than 0 characters [json-pointer:/blocks/1/fields/1/text]"


@pytest.mark.parametrize(("surface", "most"), [("message", 50), ("modal", 100), ("home", 100)])
def test_a_surface_takes_so_many_blocks_and_no_more(surface: Surface, most: int) -> None:
    assert check_blocks([section()] * most, surface) is None
    assert "no more than" in str(check_blocks([section()] * (most + 1), surface))


def test_block_ids_are_unique_in_a_payload_and_action_ids_in_a_block() -> None:
    assert check_blocks([actions(button()), actions(button())], "message") is None
    twice = check_blocks([section(block_id="b"), section(block_id="b")], "message")
    assert "block_id b already exists" in str(twice)
    inside: Json = {"type": "container", "title": plain("c"), "child_blocks": [section(block_id="b")]}
    assert "block_id b already exists" in str(check_blocks([section(block_id="b"), inside], "message"))


def test_every_block_with_a_surface_rule_has_an_example() -> None:
    seen = {str(block["type"]) for block, _ in GOOD.values()}
    assert set(SURFACES) - seen == {"context_actions", "plan"}
