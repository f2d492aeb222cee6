"""How Scribe remembers: envelopes, facts, messages, people and the calls still to make."""

from storage.backup import backup
from storage.engine import StorageFails, StorageRefused, is_sqlite
from storage.folds import UnknownIncident
from storage.inbox import LeaseInDoubt
from storage.schema import SchemaState, migrate, schema_state
from storage.store import Store
from storage.values import (
    Absence,
    Aside,
    Attempt,
    Call,
    Deed,
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
    Written,
)
from storage.visit import Visit

__all__ = [
    "Absence",
    "Aside",
    "Attempt",
    "Call",
    "Deed",
    "Envelope",
    "FollowupRow",
    "Found",
    "Hit",
    "Kept",
    "LeaseInDoubt",
    "Leased",
    "Message",
    "NudgeRow",
    "Owned",
    "Past",
    "Person",
    "Row",
    "SchemaState",
    "Sight",
    "StorageFails",
    "StorageRefused",
    "Store",
    "UnknownIncident",
    "Visit",
    "Written",
    "backup",
    "is_sqlite",
    "migrate",
    "schema_state",
]
