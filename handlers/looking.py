"""The slow tick of an open incident: a call in the outbox that comes due, kept over restarts, shared by replicas."""

from __future__ import annotations

from bot.incident import Incident
from bot.stamps import stamp_of
from handlers.desk import Desk
from storage import Call


def next_look(desk: Desk, incident: Incident) -> Call:
    """The tick to come, one for each incident."""
    at = desk.clock.now() + desk.policy.catch_up_every
    name = f"look:{incident.id}"
    return Call(f"{name}:{stamp_of(at)}", name, "scribe.look", {}, incident.id, "", replaces=name, not_before=at)
