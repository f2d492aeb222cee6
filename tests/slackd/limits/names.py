"""Names and short texts outside Block Kit: channels, topics, reactions (SLACK.md 4.2)."""

import re

from tests.slackd.limits.refusal import Refusal

CHANNEL_NAME_MOST = 80
TOPIC_MOST = 250


def check_channel_name(name: object) -> Refusal | None:
    """The reason for which `conversations.create` and `conversations.rename` would refuse a name."""
    if not isinstance(name, str) or not name:
        return Refusal("invalid_name_required", "[ERROR] a channel needs a name")
    if len(name) > CHANNEL_NAME_MOST:
        return Refusal("invalid_name_maxlength", f"[ERROR] the name is longer than {CHANNEL_NAME_MOST} characters")
    if re.search(r"[^a-z0-9_-]", name):
        return Refusal("invalid_name_specials", "[ERROR] only a-z, 0-9, hyphens and underscores are allowed")
    if not re.search(r"[a-z0-9]", name):
        return Refusal("invalid_name_punctuation", "[ERROR] the name is nothing but punctuation")
    return None


def check_topic(topic: object) -> Refusal | None:
    """The reason for which `conversations.setTopic` and `setPurpose` would refuse a text."""
    if not isinstance(topic, str):
        return Refusal("invalid_arguments", "[ERROR] must provide a string")
    if len(topic) > TOPIC_MOST:
        return Refusal("too_long", f"[ERROR] longer than {TOPIC_MOST} characters")
    return None


def check_reaction_name(name: object) -> Refusal | None:
    """The reason for which `reactions.add` would refuse a name: no colons, a skin tone at most as suffix."""
    if isinstance(name, str) and re.fullmatch(r"[a-z0-9_+'-]{1,100}(::skin-tone-[2-6])?", name):
        return None
    return Refusal("invalid_name", f"[ERROR] no such emoji: {name}")
