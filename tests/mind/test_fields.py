"""The catalogue: plain keys, one place for each, nothing asked twice."""

from __future__ import annotations

import re
from typing import get_args

from bot.field import EVERY, Type
from bot.fields import FIELDS, SECTIONS, asked_by, in_section


def test_a_key_is_plain_words_and_names_its_field() -> None:
    assert all(re.fullmatch(r"[a-z]+(?:_[a-z0-9]+)*", key) and field.key == key for key, field in FIELDS.items())


def test_the_keys_that_a_rehearsal_types_are_there() -> None:
    assert {"users_affected", "requests_failed", "error_rate_peak", "slo", "root_cause", "trigger"} <= set(FIELDS)


def test_labels_are_told_apart_without_their_section() -> None:
    labels = [field.label for field in FIELDS.values()]
    assert len(labels) == len(set(labels))


def test_every_field_stands_in_a_section_that_is_not_empty() -> None:
    assert {field.section for field in FIELDS.values()} == set(SECTIONS)


def test_fields_of_a_section_stand_together_in_the_order_of_the_sections() -> None:
    seen = list(dict.fromkeys(field.section for field in FIELDS.values()))
    assert [section for section in SECTIONS if section in seen] == list(SECTIONS)


def test_every_field_says_whom_to_ask_and_helps_them() -> None:
    assert all(field.help and field.who and field.families <= EVERY and field.families for field in FIELDS.values())


def test_a_choice_has_choices_and_nothing_else_has() -> None:
    assert all(bool(field.choices) is (field.type == "choice") for field in FIELDS.values())


def test_every_type_is_used_or_read() -> None:
    assert {field.type for field in FIELDS.values()} <= set(get_args(Type))


def test_a_family_asks_for_its_own_alone() -> None:
    assert "support_tickets" not in {field.key for field in asked_by("slo")}
    assert "sent_to_engineering" not in {field.key for field in asked_by("coe")}
    assert [field.key for field in in_section("root_cause", "slo")] == ["root_cause", "trigger"]
