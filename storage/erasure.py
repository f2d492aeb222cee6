"""The one exception to "nothing is updated in place": a deleted message loses its text wherever it stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Text, bindparam, case, delete, or_, select, type_coerce, update

from bot.facts import Evidence
from bot.incident import entries_of, mention_key, message_entry
from storage.rows import without_text
from storage.tables import facts, inbox, incidents, messages, outbox, search

_SAYING: Final = ("captured", "reworded", "amended", "action_added")
"""The kinds of fact that repeat what a message said."""

_SHOWN: Final = frozenset({"text", "blocks", "attachments", "files", "file", "previous_message"})
"""What carries the words of a message in Slack's payloads."""

_SKEW: Final = timedelta(days=1)
"""How far our clock may be behind Slack's; no envelope from before a message speaks of it."""


def erase(connection: Connection, channel: str, ts: str) -> dict[int, int]:
    """Blank the message in this transaction, and the lines it typed where it was said to @Scribe; return the incidents
    whose facts changed, with the first such seq.
    """
    place = Evidence(channel, ts)
    entries = entries_of(place)
    connection.execute(
        update(messages).where(messages.c.channel == channel, messages.c.ts == ts),
        {"text": "", "files": [], "deleted": True},
    )
    _blank_envelopes(connection, channel, ts)
    _cancel_calls(connection, message_entry(place), f"c:{mention_key(channel, ts)}:")
    connection.execute(delete(search).where(search.c.entry.in_(entries)))
    return _blank_facts(connection, entries)


def _blank_facts(connection: Connection, entries: Sequence[str]) -> dict[int, int]:
    said = select(facts.c.incident, facts.c.seq, facts.c.body).where(
        facts.c.entry.in_(entries), facts.c.kind.in_(_SAYING)
    )
    said = said.order_by(facts.c.seq)
    rows = connection.execute(said).all()
    if not rows:
        return {}
    touched = {row.incident: row.seq for row in reversed(rows)}
    blank = update(facts).where(facts.c.incident == bindparam("of"), facts.c.seq == bindparam("nth"))
    connection.execute(blank, [{"of": row.incident, "nth": row.seq, "body": without_text(row.body)} for row in rows])
    connection.execute(update(incidents).where(incidents.c.id.in_(touched)).values(rewrites=incidents.c.rewrites + 1))
    return touched


def _blank_envelopes(connection: Connection, channel: str, ts: str) -> None:
    """A finished envelope needs its body no more; one that is not keeps all but the words."""
    said_at = datetime.fromtimestamp(int(ts.partition(".")[0]), UTC)
    body = type_coerce(inbox.c.body, Text)
    mentioning = select(inbox.c.id, inbox.c.body, inbox.c.done_at).where(
        inbox.c.received_at >= said_at - _SKEW,
        body.contains(ts, autoescape=True),
        body.contains(channel, autoescape=True),
    )
    for row in connection.execute(mentioning).all():
        left = _blanked(row.body, ts) if row.done_at is None else {}
        connection.execute(update(inbox).where(inbox.c.id == row.id), {"body": left})


def _blanked(payload: Any, ts: str) -> Any:
    """The payload without what the message `ts` said, however deep it is quoted."""
    if isinstance(payload, list):
        return [_blanked(item, ts) for item in payload]
    if not isinstance(payload, dict):
        return payload
    inner = {name: _blanked(value, ts) for name, value in payload.items()}
    if ts not in (inner.get("ts"), inner.get("deleted_ts")):
        return inner
    return {name: value for name, value in inner.items() if name not in _SHOWN}


def _cancel_calls(connection: Connection, *names: str) -> None:
    """A call that nobody is delivering would say it still: it counts as done, so that its key stays taken."""
    derived = or_(*(c.contains(name, autoescape=True) for name in names for c in (outbox.c.purpose, outbox.c.key)))
    connection.execute(
        update(outbox)
        .where(derived, outbox.c.done_at.is_(None), outbox.c.lease_by.is_(None))
        .values(args={}, done_at=case((outbox.c.aside_at.is_(None), outbox.c.queued_at)))
    )
