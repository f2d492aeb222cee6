"""At a declaration: what past incidents have to say, gathered when the channel is there. Private ones say nothing."""

from __future__ import annotations

from typing import Final

from bot.incident import ActionItem, Incident
from bot.similar import most_similar, same_service
from bot.wire import mentions
from handlers.act import Message
from handlers.desk import Desk
from storage import Sight
from templates.blocks.past import past_message

LOOKED_AT: Final = 2_000
"""Past incidents compared, the newest."""
ALIKE: Final = 3


async def from_before(desk: Desk, incident_id: int) -> Message | None:
    """The message for the incident's channel; None where there is nothing to say."""
    incident = await desk.store.incident(incident_id)
    past = await desk.store.past(but=incident_id, limit=LOOKED_AT)
    rows = {row.id: row for row in past}
    found = most_similar(incident.title, incident.services, incident.type.value, past, ALIKE)
    alike = [(one, rows[one.id], await desk.store.incident(one.id)) for one in found]
    items = await _items(desk, same_service(incident.services, past))
    named = {item.owner or "" for _, item in items} | {who for _, row, _ in alike for who in mentions(row.title)}
    await desk.directory.recall(named | {who for _, item in items for who in mentions(item.text)})
    return past_message(alike, items, desk.look)


async def _items(desk: Desk, of: list[int]) -> list[tuple[Incident, ActionItem]]:
    """What is still to be done for these public incidents."""
    owned = await desk.store.unfinished_items(Sight(public=True, channels=frozenset()), of=of) if of else []
    incidents = {id: await desk.store.incident(id) for id in {one.incident for one in owned}}
    return [(incidents[one.incident], incidents[one.incident].actions[one.action]) for one in owned]
