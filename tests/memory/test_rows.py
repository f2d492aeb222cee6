"""A fact that was stored is the fact that is read, whatever people put into it."""

from __future__ import annotations

import json
from dataclasses import MISSING, dataclass, fields
from datetime import UTC, date, datetime
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.facts import ActionAdded, AnyFact, Evidence, Fact, FieldSet, Recorded, Source, Value
from bot.words import Wire
from storage import StorageRefused
from storage.rows import KIND_OF, _decoders, from_row, to_row
from tests.memory.said import NOW, TYPED, captured

KINDS: tuple[type[AnyFact], ...] = get_args(AnyFact)
moments = st.datetimes(timezones=st.just(UTC)).map(lambda moment: moment.replace(fold=0))  # UTC has no fold
values = st.one_of(st.text(), st.integers(), st.floats(allow_nan=False), st.booleans(), st.tuples(st.text(), st.text()))


def any_of(hint: Any) -> st.SearchStrategy[Any]:
    """Values of a field, aware datetimes among them."""
    if hint == Value | None:
        return st.none() | values
    if datetime in (hint, *get_args(hint)):
        return moments if hint is datetime else st.none() | moments
    return st.from_type(hint)


def any_fact(kind: type[AnyFact]) -> st.SearchStrategy[AnyFact]:
    return st.builds(kind, **{name: any_of(hint) for name, hint in get_type_hints(kind).items()})


def through_the_database(row: dict[str, Any], **later: Any) -> Recorded:
    body = json.loads(json.dumps({**row["body"], **later}))
    return from_row(row["seq"], row["key"], row["kind"], row["at"], row["heard_at"], body)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_fact_comes_back_as_it_went_in(kind: type[AnyFact]) -> None:
    @settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine
    @given(st.builds(Recorded, seq=st.integers(1), heard_at=moments, fact=any_fact(kind)))
    def comes_back(recorded: Recorded) -> None:
        back = through_the_database(to_row(7, recorded))
        assert back == recorded
        assert repr(back) == repr(recorded), "also True is not 1, and 1 is not 1.0"

    comes_back()


def test_what_a_later_version_adds_is_skipped() -> None:
    recorded = Recorded(1, NOW, captured(1))
    assert through_the_database(to_row(1, recorded), mood="calm", weather={"wind": 3}) == recorded
    row = to_row(1, recorded)
    row["body"]["source"]["client"] = "mobile"
    row["body"]["evidence"]["team"] = "T1"
    assert through_the_database(row) == recorded


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_what_an_earlier_version_did_not_write_takes_its_default(kind: type[AnyFact]) -> None:
    @settings(max_examples=10)
    @given(any_fact(kind))
    def reads(fact: AnyFact) -> None:
        row = to_row(1, Recorded(1, NOW, fact))
        defaults = {f.name: f.default for f in fields(kind) if f.default is not MISSING}
        row["body"] = {name: value for name, value in row["body"].items() if name not in defaults}
        back = through_the_database(row).fact
        assert all(getattr(back, name) == default for name, default in defaults.items())

    reads()


def test_a_kind_only_a_newer_version_knows_is_refused_in_a_sentence() -> None:
    with pytest.raises(StorageRefused, match="newer version of Scribe wrote a fact of kind 'dreamt'"):
        from_row(1, "k", "dreamt", NOW, NOW, {})


def test_the_stored_names_of_the_kinds_never_change() -> None:
    """Renaming a class orphans what was stored: add a kind to this list, never change one."""
    stored = """absorbed action_added action_changed amended anchored cancelled captured channel_attached declared
        described erased field_set marked merged milestone_set questioned reinstated reopened reworded role_assigned
        severity_changed status_changed unmarked withdrawn"""
    assert set(stored.split()) <= set(KIND_OF.values())
    assert len(set(KIND_OF.values())) == len(KINDS)


def test_only_plain_json_is_stored() -> None:
    fact = FieldSet(key="f", at=NOW, source=Source("form", "U1", Evidence("C1", "1.2")), field="costs", value=12.5)
    assert to_row(3, Recorded(9, NOW, fact)) == {
        "incident": 3,
        "seq": 9,
        "key": "f",
        "kind": "field_set",
        "at": NOW,
        "heard_at": NOW,
        "entry": None,
        "body": {
            "source": {
                "via": "form",
                "by": "U1",
                "evidence": {"channel": "C1", "ts": "1.2", "thread_ts": None},
                "ref": "",
            },
            "field": "costs",
            "value": 12.5,
            "approximate": False,
            "appended": False,
        },
    }


def test_a_fact_that_cannot_be_read_back_is_refused_when_the_program_starts() -> None:
    @dataclass(frozen=True)
    class Strange(Fact):
        how: complex

    with pytest.raises(TypeError, match="cannot hold"):
        _decoders(Strange)


def test_a_due_date_is_a_date_and_not_a_moment() -> None:
    added = ActionAdded(key="a", at=NOW, source=TYPED, action="a", text=Wire("x"), due=date(2026, 3, 8))
    row = to_row(1, Recorded(1, NOW, added))
    assert row["body"]["due"] == "2026-03-08"
    assert through_the_database(row).fact == added
