"""Messages, views, metadata, names and canvases: everything Slack would refuse is refused."""

from __future__ import annotations

import pytest

from tests.slackd.limits import (
    check_canvas_markdown,
    check_channel_name,
    check_message,
    check_metadata,
    check_options,
    check_reaction_name,
    check_topic,
    check_view,
)
from tests.slackd_tests.kit import (
    Json,
    actions,
    entry,
    modal,
    mrkdwn,
    option,
    plain,
    raw,
    section,
    select,
    table,
    typed_in,
)

ALERT: Json = {"type": "alert", "text": mrkdwn("late"), "level": "warning"}
SERIES: Json = {"name": "s", "data": [{"label": "a", "value": 1}]}
CHART: Json = {"type": "data_visualization", "title": "t", "chart": {"type": "bar", "series": [SERIES]}}

BAD_MESSAGES: list[tuple[str, Json, str, str]] = [
    ("nothing", {"channel": "C1"}, "no_text", ""),
    ("only blanks", {"text": " \n"}, "no_text", ""),
    ("nothing in lists", {"text": "", "blocks": [], "attachments": []}, "no_text", ""),
    ("blocks that are no list", {"text": "x", "blocks": "[]"}, "invalid_blocks_format", "array"),
    ("markdown_text with text", {"text": "x", "markdown_text": "y"}, "markdown_text_conflict", ""),
    ("markdown_text with blocks", {"blocks": [section()], "markdown_text": "y"}, "markdown_text_conflict", ""),
    ("markdown_text too long", {"markdown_text": "y" * 12_001}, "msg_too_long", ""),
    ("two tables", {"blocks": [table([[raw("x")]])] * 2}, "invalid_attachments", "only_one_table_allowed"),
    (
        "a table in an attachment too",
        {"blocks": [table([[raw("x")]])], "attachments": [{"blocks": [table([[raw("x")]])]}]},
        "invalid_attachments",
        "only_one_table_allowed",
    ),
    (
        "markdown over 12,000 together",
        {"blocks": [{"type": "markdown", "text": "m" * 6001}] * 2},
        "msg_blocks_too_long",
        "together",
    ),
    ("13,201 characters in blocks", {"blocks": [section("x" * 2641)] * 5}, "msg_blocks_too_long", "13205"),
    ("three charts", {"blocks": [CHART] * 3}, "invalid_blocks", "no more than 2"),
    ("a wrong attachment", {"attachments": ["x"]}, "invalid_attachments", "object"),
    (
        "a wrong block in an attachment",
        {"attachments": [{"blocks": [section("")]}]},
        "invalid_attachments",
        "/attachments/0/blocks/0/text/text",
    ),
    ("101 attachments", {"attachments": [{"text": "x"}] * 101}, "too_many_attachments", ""),
    ("a modal's block", {"blocks": [ALERT]}, "invalid_blocks", "not supported in a message"),
    ("metadata without payload", {"text": "x", "metadata": {"event_type": "e"}}, "invalid_metadata_schema", ""),
]


@pytest.mark.parametrize(("args", "code", "detail"), [pytest.param(*rest, id=n) for n, *rest in BAD_MESSAGES])
def test_a_wrong_message_is_refused_with_slacks_code(args: Json, code: str, detail: str) -> None:
    refusal = check_message(args)
    assert refusal is not None
    assert refusal.code == code
    assert detail in refusal.detail


def test_a_message_may_fill_its_blocks_to_the_brim() -> None:
    assert check_message({"text": "x", "blocks": [section("x" * 2640)] * 5}) is None


def test_an_update_takes_4000_characters_of_text_where_a_post_is_cut_silently() -> None:
    assert check_message({"text": "x" * 4000}, update=True) is None
    assert check_message({"text": "x" * 4001}) is None
    refusal = check_message({"text": "x" * 4001}, update=True)
    assert refusal is not None
    assert refusal.code == "msg_too_long"


def test_an_update_may_carry_nothing_but_files() -> None:
    assert check_message({"file_ids": ["F1"]}, update=True) is None
    assert check_message({"file_ids": ["F1"]}) is not None


@pytest.mark.parametrize(
    ("metadata", "code"),
    [
        (None, None),
        ({}, None),
        ({"event_type": "incident_card", "event_payload": {"v": 1}}, None),
        ("card", "invalid_metadata_format"),
        ({"event_type": "", "event_payload": {}}, "invalid_metadata_schema"),
        ({"event_type": "a b", "event_payload": {}}, "invalid_metadata_schema"),
        ({"event_type": "e", "event_payload": []}, "invalid_metadata_schema"),
        ({"event_type": "e", "event_payload": {}, "more": 1}, "invalid_metadata_schema"),
        ({"event_type": "e", "event_payload": {"x": "y" * 8000}}, "metadata_too_large"),
    ],
)
def test_metadata_has_a_type_a_payload_and_a_size(metadata: object, code: str | None) -> None:
    refusal = check_metadata(metadata)
    assert (refusal.code if refusal else None) == code


BAD_VIEWS: list[tuple[str, object, str]] = [
    ("no object", [], "must provide an object"),
    ("an unknown type", {"type": "drawer", "blocks": []}, "unsupported type: drawer"),
    ("no title", {"type": "modal", "blocks": []}, "required field: title"),
    ("no blocks", {"type": "modal", "title": plain("x")}, "required field: blocks"),
    ("a title of 25", modal(title=plain("t" * 25)), "less than 25"),
    ("a title in mrkdwn", modal(title=mrkdwn("t")), "unsupported type: mrkdwn"),
    ("a submit of 25", modal(submit=plain("t" * 25)), "less than 25"),
    ("a close of 25", modal(close=plain("t" * 25)), "less than 25"),
    ("an input without submit", modal(entry(typed_in())), "submit is required"),
    ("3001 of metadata", modal(private_metadata="m" * 3001), "less than 3001"),
    ("metadata that is no string", modal(private_metadata={"a": 1}), "must provide a string"),
    ("a callback_id of 256", modal(callback_id="c" * 256), "less than 256"),
    ("an external_id of 256", modal(external_id="c" * 256), "less than 256"),
    ("a view sent back as received", modal(id="V1"), "additional property: id"),
    ("two in focus", modal(*[actions(select(focus_on_load=True))] * 2), "only one element"),
    ("a table in a modal", modal(table([[raw("x")]])), "not supported in a modal"),
    ("markdown in a modal", modal({"type": "markdown", "text": "x"}), "not supported in a modal"),
    ("a Home with a title", {"type": "home", "title": plain("x"), "blocks": []}, "additional property: title"),
    ("an alert in Home", {"type": "home", "blocks": [ALERT]}, "not supported in a home"),
    ("101 blocks", modal(*[section()] * 101), "no more than 100"),
    (
        "a response_url outside an input",
        modal(actions({"type": "conversations_select", "response_url_enabled": True})),
        "input block of a modal",
    ),
]


@pytest.mark.parametrize(("view", "problem"), [pytest.param(v, p, id=n) for n, v, p in BAD_VIEWS])
def test_a_wrong_view_is_refused_with_the_reason(view: object, problem: str) -> None:
    refusal = check_view(view)
    assert refusal is not None
    assert refusal.code == "invalid_arguments"
    assert problem in refusal.detail


def test_a_full_modal_and_a_home_pass() -> None:
    full = modal(
        *[entry(typed_in(), block_id=f"b{index}") for index in range(100)],
        submit=plain("s" * 24),
        close=plain("c" * 24),
        private_metadata="m" * 3000,
        callback_id="c",
        external_id="e",
        notify_on_close=True,
        clear_on_close=True,
    )
    assert check_view(full) is None
    assert check_view({"type": "home", "blocks": [section()], "private_metadata": ""}) is None


def test_a_view_over_250_kilobytes_is_too_large() -> None:
    refusal = check_view(modal(*[section("ü" * 3000)] * 50))
    assert refusal is not None
    assert refusal.code == "view_too_large"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("incident-20261121-0900-checkout", None),
        ("", "invalid_name_required"),
        (None, "invalid_name_required"),
        ("a" * 81, "invalid_name_maxlength"),
        ("Incident", "invalid_name_specials"),
        ("in cident", "invalid_name_specials"),
        ("zürich", "invalid_name_specials"),
        ("--__", "invalid_name_punctuation"),
    ],
)
def test_a_channel_name_is_refused_with_its_own_code(name: object, code: str | None) -> None:
    refusal = check_channel_name(name)
    assert (refusal.code if refusal else None) == code


def test_topics_reactions_and_suggestions_have_their_limits() -> None:
    assert check_topic("t" * 250) is None
    assert "too_long" in str(check_topic("t" * 251))
    assert check_reaction_name("thumbsup::skin-tone-3") is None
    assert "invalid_name" in str(check_reaction_name(":boom:"))
    assert check_options({"options": []}) is None
    assert check_options({"option_groups": [{"label": plain("g"), "options": [option()]}]}) is None
    assert "no more than 100" in str(check_options({"options": [option()] * 101}))


GOOD_CANVAS = """# Post-mortem

### Timeline
> quoted *words*

- [x] done
1. first

| When | What |
|---|---|
| 14:02 | `a | b` ![](@U1) <br> next |
| 14:03 | 5 \\| 6 <https://example.com> |

```
#### not a heading <b>, | not | a | table |
```
a < b and \\<b\\>
"""

BAD_CANVAS: list[tuple[str, str]] = [
    ("#### Four", "heading level"),
    ("fine\n\n> - listed", "(List) within block quote"),
    ("> 1. listed", "(List) within block quote"),
    ("> | a | b |", "(Table) within block quote"),
    ("a <b>bold</b> move", "raw HTML"),
    ("<!-- hidden -->", "raw HTML"),
    ("a<br>b", "raw HTML"),
    ("[^1]: a footnote", "Footnote"),
    ("| a | b |\n|---|---|\n| c |", "rows differ"),
    ("| a | b |\n|---|\n", "rows differ"),
    ("| a | b | c |\n|---|---|---|\n" + "| x | y | z |\n" * 100, "more than 300 cells"),
    ("x" * 1_048_577, "more than 1048576 characters"),
]


def test_a_canvas_takes_the_markdown_slack_documents() -> None:
    assert check_canvas_markdown(GOOD_CANVAS) is None
    assert check_canvas_markdown("| a | b | c |\n|---|---|---|\n" + "| x | y | z |\n" * 99) is None


@pytest.mark.parametrize(("markdown", "problem"), BAD_CANVAS, ids=[problem for _, problem in BAD_CANVAS])
def test_a_canvas_refuses_what_it_cannot_hold(markdown: str, problem: str) -> None:
    refusal = check_canvas_markdown(markdown, "canvas_editing_failed")
    assert refusal is not None
    assert refusal.code == "canvas_editing_failed"
    assert problem in refusal.detail
