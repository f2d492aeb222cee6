"""Which part of what people typed is an address: what stands around it, and what was cut, is none."""

from __future__ import annotations

import pytest

from templates.links import pieces


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("see https://e.org/a?b=1&c=2#d.", ["https://e.org/a?b=1&c=2#d"]),
        ("(https://e.org/a) and https://e.org/a_(b)", ["https://e.org/a", "https://e.org/a_(b)"]),
        ("HTTP://E.ORG, http://e.org!", ["HTTP://E.ORG", "http://e.org"]),
        ("“https://e.org/a” or «https://e.org/b» or „https://e.org/c“", [f"https://e.org/{x}" for x in "abc"]),
        ("Hindsight in “see https://e.org/ve…”: say what made sense", []),
        ("see https://e.org/ve…", []),
        ("ftp://e.org javascript:alert(1) mailto:a@e.org", []),
    ],
)
def test_addresses_end_where_the_sentence_goes_on(text: str, addresses: list[str]) -> None:
    found = list(pieces(text))
    assert [url for _, url in found if url] == addresses
    assert "".join(words + url for words, url in found) == text
