"""What Slack's error codes mean to us, said once."""

from __future__ import annotations

from typing import Final

from slack_sdk.errors import SlackApiError

OUTSIDE: Final = frozenset({"not_in_channel", "channel_not_found", "is_archived"})
"""Scribe can neither read nor write in that channel: it was put out, or the channel is archived, hidden or gone."""
ABSENT: Final = OUTSIDE | {"user_not_in_channel"}
"""Scribe, or whoever the message is for, is not there."""
GONE: Final = frozenset({"thread_not_found", "message_not_found"})
"""The message is not there any more."""
DEPARTED: Final = frozenset({"user_disabled", "user_not_found", "cannot_dm_bot", "users_not_found"})
"""Nobody by this id can be written to."""
UNREACHABLE: Final = ABSENT | DEPARTED | {"messages_tab_disabled"}
"""There is nowhere to show a person something; trying again changes nothing."""


def code_of(error: SlackApiError) -> str:
    """Slack's error code; an answer without one (an HTML page of a proxy) counts as unavailable."""
    status = getattr(error.response, "status_code", 200)
    if status == 429:
        return "ratelimited"
    data = error.response if isinstance(error.response, dict) else getattr(error.response, "data", None)
    code = data.get("error") if isinstance(data, dict) else None
    return str(code) if code else "service_unavailable"
