"""What an operator does to the memory from the command line: what was set aside is taken up again."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.offline import NotFound
from handlers.settings import Settings
from storage import Store


async def retry(settings: Settings, keys: Sequence[str]) -> str:
    """Take up again what was set aside, and say how much; no keys mean all of it.

    Raises:
        NotFound: one of the keys is not set aside.
        StorageRefused: the database is not ready, or a running Scribe has the SQLite file.
    """
    async with Store.open(settings.database_url.get_secret_value(), me="retry") as store:
        again = await store.try_again(keys)
    if unknown := sorted(set(keys) - set(again)):
        raise NotFound(f"Nothing is set aside as {', '.join(unknown)}; `scribe check` names what is.")
    return f"{len(again)} taken up again." if again else "Nothing was set aside."
