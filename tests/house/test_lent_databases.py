"""A run of a thousand stories needs the disk of a few: what a test was lent is dropped when it ends."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import OperationalError

from tests.databases import drop_lent, empty_postgres, execute, fresh_postgres


def test_a_lent_database_is_gone_when_its_test_ends() -> None:
    for url in (empty_postgres(), fresh_postgres()):
        execute(url, "SELECT 1")
        drop_lent()
        with pytest.raises(OperationalError, match="does not exist"):
            execute(url, "SELECT 1")
