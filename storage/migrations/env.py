"""What Alembic runs: on the connection it is handed, inside the transaction that is open on it."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import TypeDecorator

from storage.tables import metadata


def _plain_type(kind: str, item: Any, _context: object) -> str | Literal[False]:
    """A migration must not change with our types, so it names what they are made of."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{type(item.impl_instance).__name__}()"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",  # SQLite alters a table by making it anew
    compare_server_default=True,
    render_item=_plain_type,
)
with context.begin_transaction():
    context.run_migrations()
