"""What Slack refuses is refused here too, with Slack's own error codes."""

from tests.slackd.limits.canvas import check_canvas_markdown
from tests.slackd.limits.messages import TEXT_KEPT, check_message, check_metadata
from tests.slackd.limits.names import check_channel_name, check_reaction_name, check_topic
from tests.slackd.limits.refusal import Refusal
from tests.slackd.limits.views import check_blocks, check_options, check_view

__all__ = [
    "TEXT_KEPT",
    "Refusal",
    "check_blocks",
    "check_canvas_markdown",
    "check_channel_name",
    "check_message",
    "check_metadata",
    "check_options",
    "check_reaction_name",
    "check_topic",
    "check_view",
]
