"""A run of a thousand stories needs the disk of a few: what a test was lent is dropped when it ends."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import OperationalError

from tests.databases import drop_lent, empty_postgres, execute, fresh_postgres


def test_lent_databases_are_gone_when_their_test_ends() -> None:
    lent = (empty_postgres(), fresh_postgres())
    for url in lent:
        execute(url, "SELECT 1")
    drop_lent()
    for url in lent:
        with pytest.raises(OperationalError, match="does not exist"):
            execute(url, "SELECT 1")
