"""What an incident cost: amounts as people said them, added only where all are of one currency."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from bot.family import Family
from bot.reporting.model import CostsView
from bot.reporting.shown import about, money
from bot.reporting.told import Answer, FieldView


def costs(family: Family, known: Mapping[str, FieldView]) -> CostsView:
    views = [known[key] for key in family.costs]
    said = [view for view in views if view.known]
    total, why = _total([answer for view in said for answer in view.answers])
    return CostsView(tuple(said), tuple(view for view in views if not view.known), total, why)


def _total(answers: list[Answer]) -> tuple[str, str]:
    """(sum, why there is none)."""
    if not answers:
        return "", ""
    parts = [str(answer.value).partition(" ") for answer in answers]
    currencies = sorted({currency for _, _, currency in parts})
    if len(currencies) > 1:
        return "", f"Not added: {_apart(currencies)}"
    try:
        total = sum((Decimal(amount) for amount, _, _ in parts), Decimal(0))
    except InvalidOperation:
        return "", "Not added: one of them is no amount"
    return about(money(f"{total} {currencies[0]}".strip()), any(answer.approximate for answer in answers)), ""


def _apart(currencies: list[str]) -> str:
    named = [currency for currency in currencies if currency]
    if len(named) == 1:
        return f"some amounts are in {named[0]}, others name no currency"
    return f"the amounts are in {', '.join(named[:-1])} and {named[-1]}" + (
        "; others name no currency" if "" in currencies else ""
    )
