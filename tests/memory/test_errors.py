"""An error of the database may stand in a log; what people wrote may not."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from storage.engine import connect, read_url


@pytest.mark.parametrize("way", ["write", "once", "read"])
async def test_a_failed_statement_does_not_repeat_the_words_it_carried(url: str, way: str) -> None:
    async with connect(read_url(url), read_only=False) as database:
        failing, said = text("SELECT :said FROM no_such_table"), {"said": "the customer is Initech"}
        with pytest.raises(DBAPIError) as caught:
            await getattr(database, way)(lambda connection: connection.execute(failing, said))
    assert "no_such_table" in str(caught.value)
    assert "Initech" not in str(caught.value)
