"""Blocks: which fields each has, where it may stand, and what holds for all of one payload (SLACK.md 5.1)."""

from collections.abc import Iterator
from typing import Literal

from tests.slackd.limits.elements import ASIDE, CLICKABLE, ELEMENTS, ENTERED, IMAGE, IMAGE_FIELDS
from tests.slackd.limits.refusal import ShapeError
from tests.slackd.limits.rich import CELL, HEADER_CELL, RICH_TEXT, plain, words
from tests.slackd.limits.shapes import (
    LINK,
    WEB,
    Check,
    choice,
    fields_of,
    flag,
    items,
    number,
    objects_in,
    one_of,
    pick,
    record,
    some_of,
    string,
    typed,
    url,
    whole,
)

Surface = Literal["message", "modal", "home"]
BLOCKS_MOST: dict[Surface, int] = {"message": 50, "modal": 100, "home": 100}
ID_FIELD: dict[str, Check] = {"block_id": string(255)}
TABLES = ("table", "data_table")
HTTPS = url("https")


def file_is_not_dispatched(value: object, pointer: str) -> None:
    fields = fields_of(value, pointer)
    if fields_of(fields["element"], pointer).get("type") == "file_input" and "dispatch_action" in fields:
        raise ShapeError("dispatch_action is not allowed with file_input", pointer)


def even_table(most_characters: int, *, header_is_raw: bool = False) -> Check:
    """A rule: every row has as many cells as the first, and all cells together fit."""

    def check(value: object, pointer: str) -> None:
        rows = fields_of(value, pointer)["rows"]
        assert isinstance(rows, list)
        if len({len(row) for row in rows}) > 1:
            raise ShapeError("all rows must have the same number of cells", f"{pointer}/rows")
        if text_length(rows) > most_characters:
            raise ShapeError(f"must be less than {most_characters + 1} characters", f"{pointer}/rows")
        if header_is_raw:
            items(HEADER_CELL, 20)(rows[0], f"{pointer}/rows/0")

    return check


def column(value: object, pointer: str) -> None:
    """A column keeps its defaults where its settings are null."""
    if value is not None:
        record({}, {"align": choice("left", "center", "right"), "is_wrapped": flag})(value, pointer)


POINTS = items(record({"label": string(20), "value": number}), 20)
SERIES = record(
    {"series": items(record({"name": string(20), "data": POINTS}), 6)},
    {"axis_config": record({}, {"categories": items(string(20), 20), "x_label": string(20), "y_label": string(20)})},
)
CHART = typed(
    {
        "pie": record({"segments": items(record({"label": string(20), "value": number}), 6)}),
        "bar": SERIES,
        "line": SERIES,
        "area": SERIES,
    }
)
RICH = typed({"rich_text": RICH_TEXT})
PICTURE = typed({"image": IMAGE})
TASK_CARD = record(
    {
        "task_id": string(255),
        "title": string(3000),
        "status": choice("pending", "in_progress", "complete", "error"),
    },
    {
        **ID_FIELD,
        "details": RICH,
        "output": RICH,
        "sources": items(typed({"url": record({"url": LINK, "text": string(3000)})}), 100),
    },
)
CARD = record(
    {},
    {
        **ID_FIELD,
        "title": words(150),
        "subtitle": words(150),
        "body": words(200),
        "subtext": words(200),
        "actions": items(pick(ELEMENTS, "button"), 3),
        "icon": PICTURE,
        "slack_icon": record({"name": string(255)}, {"type": string(255)}),
        "hero_image": PICTURE,
    },
    some_of("hero_image", "title", "actions", "body"),
)

BLOCKS: dict[str, Check] = {
    "header": record({"text": plain(150)}, {**ID_FIELD, "level": whole(1, 4)}),
    "section": record(
        {},
        {
            **ID_FIELD,
            "text": words(3000),
            "fields": items(words(2000), 10),
            "accessory": pick(ELEMENTS, *ASIDE),
            "expand": flag,
        },
        some_of("text", "fields"),
    ),
    "divider": record({}, ID_FIELD),
    "context": record(
        {
            "elements": items(
                typed(
                    {
                        "image": IMAGE,
                        "plain_text": record({"text": string(3000)}, {"emoji": flag}),
                        "mrkdwn": record({"text": string(3000)}, {"verbatim": flag}),
                    }
                ),
                10,
            )
        },
        ID_FIELD,
    ),
    "actions": record({"elements": items(pick(ELEMENTS, *CLICKABLE), 25)}, ID_FIELD),
    "image": record(
        {"alt_text": string(2000)},
        {**ID_FIELD, **IMAGE_FIELDS, "title": plain(2000)},
        one_of("image_url", "slack_file"),
    ),
    "input": record(
        {"label": plain(2000), "element": pick(ELEMENTS, *ENTERED)},
        {**ID_FIELD, "hint": plain(2000), "optional": flag, "dispatch_action": flag},
        file_is_not_dispatched,
    ),
    "rich_text": RICH_TEXT,
    "markdown": record({"text": string(12_000)}, ID_FIELD),
    "table": record(
        {"rows": items(items(CELL, 20), 100)},
        {
            **ID_FIELD,
            "column_settings": items(column, 20, least=0),
        },
        even_table(10_000),
    ),
    "data_table": record(
        {"caption": string(3000), "rows": items(items(CELL, 20), 201, least=2)},
        {**ID_FIELD, "page_size": whole(1, 100), "row_header_column_index": whole(0, 19)},
        even_table(20_000, header_is_raw=True),
    ),
    "data_visualization": record({"title": string(50), "chart": CHART}, ID_FIELD),
    "video": record(
        {"alt_text": string(2000), "video_url": HTTPS, "thumbnail_url": WEB, "title": plain(200)},
        {
            **ID_FIELD,
            "title_url": HTTPS,
            "description": plain(200),
            "author_name": string(50),
            "provider_name": string(255),
            "provider_icon_url": WEB,
        },
    ),
    "context_actions": record({"elements": items(pick(ELEMENTS, "feedback_buttons", "icon_button"), 5)}, ID_FIELD),
    "task_card": TASK_CARD,
    "plan": record({"title": string(3000)}, {**ID_FIELD, "tasks": items(typed({"task_card": TASK_CARD}), 50)}),
    "alert": record(
        {"text": words(200)}, {**ID_FIELD, "level": choice("default", "info", "warning", "error", "success")}
    ),
    "card": CARD,
    "carousel": record({"elements": items(typed({"card": CARD}), 10)}, ID_FIELD),
}

CONTAINED = ("actions", "context", "divider", "header", "image", "input", "rich_text", "section", "table", "video")
BLOCKS["container"] = record(
    {"child_blocks": items(pick(BLOCKS, *CONTAINED), 10)},
    {
        **ID_FIELD,
        "title": plain(150),
        "rich_text_title": RICH,
        "subtitle": words(150),
        "icon": PICTURE,
        "width": choice("narrow", "standard", "wide", "full"),
        "is_collapsible": flag,
        "default_collapsed": flag,
        "has_header_divider": flag,
    },
    some_of("title", "rich_text_title"),
)

EVERYWHERE: tuple[Surface, ...] = ("message", "modal", "home")
SURFACES: dict[str, tuple[Surface, ...]] = {
    "markdown": ("message",),
    "table": ("message", "home"),
    "data_table": ("message", "home"),
    "data_visualization": ("message",),
    "context_actions": ("message",),
    "plan": ("message",),
    "task_card": ("message",),
    "alert": ("modal",),
    "carousel": ("message", "home"),
    "container": ("message",),
}


def check_block_list(blocks: object, surface: Surface, pointer: str = "/blocks") -> None:
    """Every rule that needs no more than the blocks of one payload and the surface they are for.

    Raises:
        ShapeError: at the first rule broken.
    """
    items(typed(BLOCKS), BLOCKS_MOST[surface], least=0)(blocks, pointer)
    assert isinstance(blocks, list)
    for index, block in enumerate(blocks):
        stands_on(surface, block, f"{pointer}/{index}")
        action_ids_are_unique(block, f"{pointer}/{index}")
    block_ids_are_unique(blocks, pointer)


def stands_on(surface: Surface, block: dict[str, object], pointer: str) -> None:
    if surface not in SURFACES.get(str(block["type"]), EVERYWHERE):
        raise ShapeError(f"block type {block['type']} is not supported in a {surface}", pointer)
    if surface == "modal" and block["type"] == "input":
        return
    for inner in objects_in(block):
        if inner.get("type") == "file_input" and surface != "modal":
            raise ShapeError("file_input is only supported in a modal", pointer)
        if "response_url_enabled" in inner:
            raise ShapeError("response_url_enabled is only supported in an input block of a modal", pointer)


def action_ids_are_unique(block: dict[str, object], pointer: str) -> None:
    for part in [block, *list_of_objects(block.get("child_blocks"))]:
        repeated = first_repeated(inner["action_id"] for inner in objects_in(own(part)) if "action_id" in inner)
        if repeated is not None:
            raise ShapeError(f"action_id {repeated} already exists in this block", pointer)


def own(block: dict[str, object]) -> dict[str, object]:
    """The block without the blocks inside it."""
    return {name: field for name, field in block.items() if name != "child_blocks"}


def block_ids_are_unique(blocks: list[dict[str, object]], pointer: str) -> None:
    repeated = first_repeated(inner["block_id"] for inner in objects_in(blocks) if "block_id" in inner)
    if repeated is not None:
        raise ShapeError(f"block_id {repeated} already exists", pointer)


def first_repeated(values: Iterator[object]) -> object | None:
    seen: set[object] = set()
    for value in values:
        if value in seen:
            return value
        seen.add(value)
    return None


def list_of_objects(value: object) -> list[dict[str, object]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def text_length(value: object) -> int:
    """The characters of all texts inside a value, as sent."""
    return sum(len(text) for inner in objects_in(value) if isinstance(text := inner.get("text"), str))


def of_type(value: object, *kinds: str) -> list[dict[str, object]]:
    return [inner for inner in objects_in(value) if inner.get("type") in kinds]
