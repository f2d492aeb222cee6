"""Everything a command says in words is masked before any rule sees it; messages are left to the rules they are for."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any, Final, TypeVar

from bot.commands import Command, Line
from bot.decide._common import mask_warning
from bot.decision import Decision
from bot.masking import mask
from bot.policy import Policy

_WORDS: Final = frozenset(
    {"text", "title", "reason", "verification", "ticket", "owner", "author", "services", "regions", "values", "lines"}
)
_Said = TypeVar("_Said")


def without_secrets(command: Command, policy: Policy) -> tuple[Command, tuple[str, ...]]:
    """The command with its words masked, and the kinds of what was found."""
    found: dict[str, None] = {}
    return _masked_parts(command, policy, found), tuple(found)


def _masked_parts(said: _Said, policy: Policy, found: dict[str, None]) -> _Said:
    parts = {part.name for part in fields(said)} & _WORDS  # type: ignore[arg-type]
    masked = {name: _masked(getattr(said, name), policy, found) for name in sorted(parts)}
    return replace(said, **masked) if masked else said  # type: ignore[type-var]


def _masked(value: Any, policy: Policy, found: dict[str, None]) -> Any:
    if isinstance(value, str):
        result = mask(value, policy.customers)
        found.update(dict.fromkeys(result.found))
        return result.text
    if isinstance(value, tuple):
        return tuple(_masked(each, policy, found) for each in value)
    return _masked_parts(value, policy, found) if isinstance(value, Line) else value


def told(decision: Decision, found: tuple[str, ...]) -> Decision:
    """The decision with a word to the asker on what was masked."""
    if decision.reply is None or not found:
        return decision
    return replace(decision, reply=replace(decision.reply, text=(*decision.reply.text, *mask_warning(found))))
