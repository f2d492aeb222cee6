"""The page of all fields is the one that the catalogue gives."""

from __future__ import annotations

from tests.house.fields_page import PAGE, page


def test_the_page_of_fields_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run `make docs`"
