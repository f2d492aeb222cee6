"""How Scribe speaks in Slack: plain dicts of Block Kit within Slack's limits, and nothing that notifies anybody."""

from templates.blocks.brief import brief_message
from templates.blocks.calls import Planned, Unplaced, calls, post, whisper
from templates.blocks.card import card_digest, card_message
from templates.blocks.offers import adoption_offer, archive_message, milestone_question
from templates.blocks.replies import refusal_message, reply_message
from templates.blocks.text import Look, mrkdwn, plain
from templates.blocks.timeline import timeline_message, withdrawn_message

__all__ = [
    "Look",
    "Planned",
    "Unplaced",
    "adoption_offer",
    "archive_message",
    "brief_message",
    "calls",
    "card_digest",
    "card_message",
    "milestone_question",
    "mrkdwn",
    "plain",
    "post",
    "refusal_message",
    "reply_message",
    "timeline_message",
    "whisper",
    "withdrawn_message",
]
