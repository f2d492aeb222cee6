"""What people and auditors read after a story: lines, drafts, and every word the database holds."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from sqlalchemy import Engine, MetaData, create_engine, select

from bot.incident import Entry, Incident
from bot.milestones import counting
from bot.wire import plain
from bot.words import Milestone
from storage.engine import read_url
from storage.tables import facts
from tests.slackd.people import Person
from tests.slackd.records import Channel
from tests.stage import Stage


def texts(incident: Incident) -> list[str]:
    """The words of the standing lines, in the order of the timeline."""
    return [plain(entry.text, {}) for entry in incident.timeline()]


def only_line(incident: Incident) -> Entry:
    """The one line on the timeline."""
    (line,) = incident.timeline()
    return line


def wordings(line: Entry) -> list[str]:
    """What the line has said, the first wording first and what it says now last."""
    return [*(str(worded.text) for worded in line.earlier), str(line.text)]


def clock(at: datetime | None) -> str | None:
    return f"{at:%H:%M:%S}" if at else None


def reached(incident: Incident, milestone: Milestone) -> str | None:
    """When the milestone counts as reached, as a time of day in UTC; None: unknown."""
    found = counting(incident, milestone)
    return clock(found.at) if found else None


async def draft(stage: Stage, channel: Channel, by: Person | None = None, family: str = "") -> str:
    """The Markdown of a freshly posted post-mortem."""
    await stage.settle()
    known = set(stage.slack.world.files)
    await (by or stage.alice).types(f"/incident postmortem {family}".strip(), channel)
    await stage.settle()
    (made,) = [file for key, file in stage.slack.world.files.items() if key not in known]
    return made.content.decode()


def facts_stated(stage: Stage) -> Counter[str]:
    """How many facts of each kind the database holds."""
    engine = _engine(stage)
    with engine.connect() as connection:
        kinds = Counter(connection.scalars(select(facts.c.kind)))
    engine.dispose()
    return kinds


def _engine(stage: Stage) -> Engine:
    return create_engine(read_url(stage.settings.database_url.get_secret_value()))


def remembered(stage: Stage) -> str:
    """Everything that stands in any table of the database, as one text."""
    engine = _engine(stage)
    tables = MetaData()
    tables.reflect(engine)
    with engine.connect() as connection:
        rows = [str(row) for table in tables.sorted_tables for row in connection.execute(select(table))]
    engine.dispose()
    return "\n".join(rows)


def shown(stage: Stage, channel: Channel) -> str:
    """Every word of Scribe's own that stands in the channel: card, log, posts."""
    return "\n".join(f"{post.text} {post.blocks}" for post in stage.bot_posts(channel))


def confirmed(stage: Stage, channel: Channel, ts: str) -> bool:
    """Does the bot's own reaction stand on this message?"""
    return stage.slack.world.bot_user_id in channel.messages[ts].reactions.get("memo", [])


def top_level(channel: Channel) -> int:
    """How many messages stand in the channel outside of threads."""
    return sum(not message.is_reply for message in channel.messages.values())
