"""The slow tick of an open incident: a call in the outbox that comes due, kept over restarts, shared by replicas."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from bot.incident import Incident
from bot.stamps import stamp_of
from handlers.desk import Desk
from storage import Call

RECENT: Final = timedelta(hours=1)
"""How far a reading goes back of which nothing says that anybody was away."""
SILENCE: Final = timedelta(days=1)
"""After this long without a word of an incident hardly anything can have been lost there."""
WHILE_SILENT: Final = RECENT - timedelta(minutes=10)
"""Between two looks at a silent channel; what they read overlaps."""


def next_look(desk: Desk, incident: Incident, heard: datetime | None = None) -> Call:
    """The tick to come, one for each incident; `heard` is when something was last heard of it, None is just now."""
    now, every = desk.clock.now(), desk.policy.catch_up_every
    silent = heard is not None and now - heard > SILENCE
    at = now + (max(every, WHILE_SILENT) if silent else every)
    name = f"look:{incident.id}"
    return Call(f"{name}:{stamp_of(at)}", name, "scribe.look", {}, incident.id, "", replaces=name, not_before=at)
