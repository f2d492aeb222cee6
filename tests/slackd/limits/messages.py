"""What every method, ack and response_url that takes a message refuses of its content (SLACK.md 4.2, 4.3, 5)."""

import json

from tests.slackd.limits.blocks import TABLES, check_block_list, of_type, text_length
from tests.slackd.limits.refusal import Refusal, RefusedError, ShapeError
from tests.slackd.limits.shapes import fields_of, items, record, string

TEXT_KEPT = 40_000  # chat.postMessage cuts a longer text and says nothing
UPDATE_TEXT_MOST = 4_000
MARKDOWN_MOST = 12_000
BLOCK_TEXT_MOST = 13_200  # measured, slackapi/bolt-js #2509: below what the single blocks would allow
CHARTS_MOST = 2
ATTACHMENTS_MOST = 100
METADATA_BYTES_MOST = 8_000


def an_object(value: object, pointer: str) -> None:
    """Attachments and payloads have no schema of Slack's: any field goes."""
    fields_of(value, pointer)


METADATA = record({"event_type": string(255, pattern=r"\w+"), "event_payload": an_object})


def check_message(args: dict[str, object], *, update: bool = False) -> Refusal | None:
    """The first reason for which Slack would refuse a message's content; `args` are the decoded arguments.

    Only content is looked at (`text`, `markdown_text`, `blocks`, `attachments`, `metadata`), so the arguments of every
    method that takes a message may be passed as they are.
    """
    try:
        message_has_content(args, update=update)
        message_texts_fit(args, update=update)
        blocks_are_sound(args.get("blocks"), "invalid_blocks_format", "invalid_blocks")
        attachments_are_sound(args.get("attachments"))
        blocks_fit_together([args.get("blocks"), args.get("attachments")])
    except RefusedError as refused:
        return refused.refusal
    return check_metadata(args.get("metadata"))


def message_has_content(args: dict[str, object], *, update: bool) -> None:
    content = ["text", "blocks", "attachments", "markdown_text", *(["file_ids"] if update else [])]
    if not any(str(args.get(name) or "").strip() for name in content):
        raise RefusedError("no_text", "[ERROR] no text, blocks or attachments")


def message_texts_fit(args: dict[str, object], *, update: bool) -> None:
    text, markdown = args.get("text"), args.get("markdown_text")
    if text is not None and not isinstance(text, str):
        raise RefusedError("invalid_arguments", "[ERROR] text must be a string")
    if update and len(text or "") > UPDATE_TEXT_MOST:
        raise RefusedError("msg_too_long", f"[ERROR] text is longer than {UPDATE_TEXT_MOST} characters")
    if markdown and (text or args.get("blocks")):
        raise RefusedError("markdown_text_conflict", "[ERROR] markdown_text cannot stand beside text or blocks")
    if len(str(markdown or "")) > MARKDOWN_MOST:
        raise RefusedError("msg_too_long", f"[ERROR] markdown_text is longer than {MARKDOWN_MOST} characters")


def blocks_are_sound(blocks: object, not_a_list: str, wrong: str, pointer: str = "/blocks") -> None:
    if blocks is None:
        return
    if not isinstance(blocks, list):
        raise RefusedError(not_a_list, f"[ERROR] must provide an array [json-pointer:{pointer}]")
    try:
        check_block_list(blocks, "message", pointer)
    except ShapeError as error:
        raise RefusedError(wrong, str(error)) from error


def attachments_are_sound(attachments: object) -> None:
    if attachments is None:
        return
    if isinstance(attachments, list) and len(attachments) > ATTACHMENTS_MOST:
        raise RefusedError("too_many_attachments", f"[ERROR] more than {ATTACHMENTS_MOST} attachments")
    try:
        items(an_object, ATTACHMENTS_MOST, least=0)(attachments, "/attachments")
    except ShapeError as error:
        raise RefusedError("invalid_attachments", str(error)) from error
    assert isinstance(attachments, list)
    for index, attachment in enumerate(attachments):
        pointer = f"/attachments/{index}/blocks"
        blocks_are_sound(attachment.get("blocks"), "invalid_attachments", "invalid_attachments", pointer)


def blocks_fit_together(parts: list[object]) -> None:
    """What holds for all blocks of one message, those inside attachments and containers included."""
    if len(of_type(parts, *TABLES)) > 1:
        raise RefusedError("invalid_attachments", "only_one_table_allowed")
    if len(of_type(parts, "data_visualization")) > CHARTS_MOST:
        raise RefusedError("invalid_blocks", f"[ERROR] no more than {CHARTS_MOST} data_visualization blocks allowed")
    if text_length(of_type(parts, "markdown")) > MARKDOWN_MOST:
        detail = f"[ERROR] markdown blocks hold more than {MARKDOWN_MOST} characters together"
        raise RefusedError("msg_blocks_too_long", detail)
    if (length := text_length(parts[0])) > BLOCK_TEXT_MOST:
        detail = f"[ERROR] blocks hold {length} characters together, more than {BLOCK_TEXT_MOST}"
        raise RefusedError("msg_blocks_too_long", detail)


def check_metadata(metadata: object) -> Refusal | None:
    """The reason for which Slack would refuse a message's metadata; none and `{}` (which removes it) are welcome."""
    if not metadata and metadata in (None, {}):
        return None
    if not isinstance(metadata, dict):
        return Refusal("invalid_metadata_format", "[ERROR] metadata must be an object [json-pointer:/metadata]")
    try:
        METADATA(metadata, "/metadata")
    except ShapeError as error:
        return Refusal("invalid_metadata_schema", str(error))
    if len(json.dumps(metadata).encode()) > METADATA_BYTES_MOST:
        return Refusal("metadata_too_large", f"[ERROR] metadata is larger than {METADATA_BYTES_MOST} bytes")
    return None
