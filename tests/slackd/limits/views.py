"""What `views.open`, `views.push`, `views.update`, `views.publish` and view acks refuse (SLACK.md 4.9, 5)."""

import json
from collections.abc import Callable

from tests.slackd.limits.blocks import Surface, check_block_list, of_type
from tests.slackd.limits.elements import GROUPS, OPTIONS
from tests.slackd.limits.messages import blocks_are_sound, blocks_fit_together
from tests.slackd.limits.refusal import Refusal, RefusedError, ShapeError
from tests.slackd.limits.rich import plain
from tests.slackd.limits.shapes import Check, fields_of, flag, objects_in, one_of, record, string, typed

VIEW_BYTES_MOST = 250_000
COMMON: dict[str, Check] = {
    "callback_id": string(255, least=0),
    "private_metadata": string(3000, least=0),
    "external_id": string(255, least=0),
}


def blocks_for(surface: Surface) -> Check:
    return lambda blocks, pointer: check_block_list(blocks, surface, pointer)


VIEWS = typed(
    {
        "modal": record(
            {"title": plain(24), "blocks": blocks_for("modal")},
            {**COMMON, "submit": plain(24), "close": plain(24), "clear_on_close": flag, "notify_on_close": flag},
        ),
        "home": record({"blocks": blocks_for("home")}, COMMON),
    }
)


def check_view(view: object) -> Refusal | None:
    """The first reason for which Slack would refuse a modal or Home view (as the app sends it, without ids)."""
    if len(json.dumps(view, ensure_ascii=False).encode()) > VIEW_BYTES_MOST:
        return Refusal("view_too_large", f"[ERROR] the view is larger than {VIEW_BYTES_MOST} bytes")
    return shape_refusal(lambda: view_is_sound(view))


def view_is_sound(view: object) -> None:
    VIEWS(view, "/view")
    fields = fields_of(view, "/view")
    if fields["type"] == "modal" and of_type(fields["blocks"], "input") and "submit" not in fields:
        raise ShapeError("submit is required when a view has an input block", "/view")
    if sum(inner.get("focus_on_load") is True for inner in objects_in(view)) > 1:
        raise ShapeError("only one element may have focus_on_load", "/view/blocks")
    if len(of_type(fields["blocks"], "table", "data_table")) > 1:
        raise ShapeError("only_one_table_allowed", "/view/blocks")


def check_blocks(blocks: object, surface: Surface) -> Refusal | None:
    """The first reason for which Slack would refuse these blocks on this surface."""
    if surface != "message":
        return shape_refusal(lambda: check_block_list(blocks, surface))
    try:
        blocks_are_sound(blocks, "invalid_blocks_format", "invalid_blocks")
        blocks_fit_together([blocks])
    except RefusedError as refused:
        return refused.refusal
    return None


def check_options(answer: object) -> Refusal | None:
    """The reason for which Slack would refuse the answer to a `block_suggestion`: at most 100 options, or groups."""
    check = record({}, {"options": options_or_none, "option_groups": GROUPS}, one_of("options", "option_groups"))
    return shape_refusal(lambda: check(answer, ""))


def options_or_none(value: object, pointer: str) -> None:
    """Nothing found is an answer too."""
    if value != []:
        OPTIONS(value, pointer)


def shape_refusal(check: Callable[[], None]) -> Refusal | None:
    try:
        check()
    except ShapeError as error:
        return Refusal("invalid_arguments", str(error))
    return None
