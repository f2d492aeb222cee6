"""A refusal is a value the server turns into `{"ok": false}`; inside the checks it travels as an exception."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """Slack's error code, and the sentence that belongs in `response_metadata.messages`."""

    code: str
    detail: str


class ShapeError(Exception):
    """A value does not have the shape Slack documents; `pointer` is its JSON pointer."""

    def __init__(self, problem: str, pointer: str) -> None:
        super().__init__(f"[ERROR] {problem} [json-pointer:{pointer}]")


class RefusedError(Exception):
    """A whole payload is refused with a code of its own."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.refusal = Refusal(code, detail)
