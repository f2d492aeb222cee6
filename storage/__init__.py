"""How Scribe remembers: envelopes, facts, messages, people and the calls still to make."""

from storage.engine import StorageRefused
from storage.folds import UnknownIncident
from storage.schema import SchemaState, migrate, schema_state
from storage.store import Store
from storage.values import (
    Call,
    Envelope,
    FollowupRow,
    Found,
    Hit,
    Kept,
    Leased,
    Message,
    NudgeRow,
    Owned,
    Past,
    Person,
    Row,
    Sight,
)
from storage.visit import Visit

__all__ = [
    "Call",
    "Envelope",
    "FollowupRow",
    "Found",
    "Hit",
    "Kept",
    "Leased",
    "Message",
    "NudgeRow",
    "Owned",
    "Past",
    "Person",
    "Row",
    "SchemaState",
    "Sight",
    "StorageRefused",
    "Store",
    "UnknownIncident",
    "Visit",
    "migrate",
    "schema_state",
]
