"""Files into Slack, by its three-step upload."""

from __future__ import annotations

from handlers.desk import Desk


async def uploaded(
    desk: Desk,
    name: str,
    content: bytes,
    channel: str | None = None,
    thread_ts: str | None = None,
    comment: str | None = None,
) -> str:
    """Upload a file, share it in the channel and thread if they are named (with the comment), and return its id.

    Raises:
        SlackApiError: Slack refused one of the steps.
        aiohttp.ClientError: its address for the bytes did not answer well.
    """
    ticket = await desk.courier.files_getUploadURLExternal(filename=name, length=len(content))
    async with desk.session.post(str(ticket["upload_url"]), data=content) as answer:
        answer.raise_for_status()
    await desk.courier.files_completeUploadExternal(
        files=[{"id": ticket["file_id"], "title": name}],
        channel_id=channel,
        thread_ts=thread_ts,
        initial_comment=comment,
    )
    return str(ticket["file_id"])
