"""Small checks that are put together into tables: each takes a value and its JSON pointer, and raises ShapeError."""

import re
from collections.abc import Callable, Iterator, Mapping

from tests.slackd.limits.refusal import ShapeError

Check = Callable[[object, str], None]
NOTHING: Mapping[str, Check] = {}


def string(most: int, *, least: int = 1, pattern: str | None = None) -> Check:
    """A string of `least` to `most` characters, counted as sent (escaped)."""

    def check(value: object, pointer: str) -> None:
        if not isinstance(value, str):
            raise ShapeError("must provide a string", pointer)
        if len(value) < least:
            raise ShapeError(f"must be more than {least - 1} characters", pointer)
        if len(value) > most:
            raise ShapeError(f"must be less than {most + 1} characters", pointer)
        if pattern is not None and not re.fullmatch(pattern, value):
            raise ShapeError(f"must match {pattern}", pointer)

    return check


def whole(low: int, high: int) -> Check:
    def check(value: object, pointer: str) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            raise ShapeError("must provide an integer", pointer)
        if not low <= value <= high:
            raise ShapeError(f"must be between {low} and {high}", pointer)

    return check


def number(value: object, pointer: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ShapeError("must provide a number", pointer)


def flag(value: object, pointer: str) -> None:
    if not isinstance(value, bool):
        raise ShapeError("must provide a boolean", pointer)


def choice(*allowed: str) -> Check:
    def check(value: object, pointer: str) -> None:
        if value not in allowed:
            raise ShapeError(f"must be one of {', '.join(allowed)}", pointer)

    return check


def url(*schemes: str) -> Check:
    """An absolute address of at most 3,000 characters with one of the `schemes`."""
    return string(3000, pattern=rf"(?:{'|'.join(schemes)}):\S+")


WEB = url("https?")
LINK = url("https?", "mailto", "slack", "tel")


def items(check_item: Check, most: int, *, least: int = 1) -> Check:
    def check(value: object, pointer: str) -> None:
        if not isinstance(value, list):
            raise ShapeError("must provide an array", pointer)
        if len(value) < least:
            raise ShapeError(f"no fewer than {least} items allowed", pointer)
        if len(value) > most:
            raise ShapeError(f"no more than {most} items allowed", pointer)
        for index, item in enumerate(value):
            check_item(item, f"{pointer}/{index}")

    return check


def fields_of(value: object, pointer: str) -> dict[str, object]:
    """The value as an object, or ShapeError."""
    if not isinstance(value, dict):
        raise ShapeError("must provide an object", pointer)
    return value


def record(required: Mapping[str, Check], optional: Mapping[str, Check] = NOTHING, *rules: Check) -> Check:
    """An object with just these fields; `rules` look at the whole object once its fields are sound."""
    known = {**required, **optional}

    def check(value: object, pointer: str) -> None:
        fields = fields_of(value, pointer)
        for name in required:
            if name not in fields:
                raise ShapeError(f"missing required field: {name}", pointer)
        for name, field in fields.items():
            if name not in known:
                raise ShapeError(f"invalid additional property: {name}", pointer)
            known[name](field, f"{pointer}/{name}")
        for rule in rules:
            rule(fields, pointer)

    return check


def typed(kinds: Mapping[str, Check]) -> Check:
    """An object whose `type` picks the check for its other fields."""

    def check(value: object, pointer: str) -> None:
        fields = fields_of(value, pointer)
        kind = fields.get("type")
        if not isinstance(kind, str) or kind not in kinds:
            raise ShapeError(f"unsupported type: {kind}", f"{pointer}/type")
        kinds[kind]({name: field for name, field in fields.items() if name != "type"}, pointer)

    return check


def pick(kinds: Mapping[str, Check], *names: str) -> Check:
    """`typed`, with only the named kinds of a table."""
    return typed({name: kinds[name] for name in names})


def one_of(*names: str) -> Check:
    """A rule: exactly one of the fields is there."""

    def check(value: object, pointer: str) -> None:
        if sum(name in fields_of(value, pointer) for name in names) != 1:
            raise ShapeError(f"must provide exactly one of {', '.join(names)}", pointer)

    return check


def some_of(*names: str) -> Check:
    """A rule: at least one of the fields is there."""

    def check(value: object, pointer: str) -> None:
        if not any(name in fields_of(value, pointer) for name in names):
            raise ShapeError(f"must provide one of {', '.join(names)}", pointer)

    return check


def objects_in(value: object) -> Iterator[dict[str, object]]:
    """Every object inside a value, outermost first."""
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from objects_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from objects_in(inner)
