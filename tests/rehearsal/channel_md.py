"""What the channel showed, as Markdown for a person to read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime

from tests.slackd.records import Channel, Message
from tests.slackd.world import World


def channel_md(world: World, channel: Channel) -> str:
    """Each message with time, author, words and reactions; replies stand under their parent."""
    lines = [f"# #{channel.name}", "", f"Topic: {channel.topic.value}", ""]
    messages = sorted(channel.messages.values(), key=lambda m: m.ts)
    for message in messages:
        if not message.is_reply:
            lines += _shown(world, message, "")
            for reply in messages:
                if reply.is_reply and reply.thread_ts == message.ts:
                    lines += _shown(world, reply, "  ")
    return "\n".join(lines) + "\n"


def _shown(world: World, message: Message, indent: str) -> Iterator[str]:
    at = datetime.fromtimestamp(int(message.ts.split(".")[0]), UTC)
    user = world.users.get(message.user or "")
    who = (user.display_name or user.real_name or user.name) if user else message.username or "Slack"
    text = (message.text or json.dumps(message.attachments)).replace("\n", f"\n{indent}  ")
    marks = " ".join(
        f":{name}:" + (f"×{len(users)}" if len(users) > 1 else "") for name, users in message.reactions.items()
    )
    files = "".join(f" [file {world.files[f].name}]" for f in message.files)
    yield f"{indent}- **{at:%Y-%m-%d %H:%M:%S}** {who}: {text}{files}{f'  {marks}' if marks else ''}"
