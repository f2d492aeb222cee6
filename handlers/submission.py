"""What a person entered in a form, block by block; every mistake is noted under its block, all of them at once."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

from bot.commands import Moment, Request
from bot.decision import Refused
from bot.moments import SKEW
from bot.wire import escape
from bot.words import Wire

Read = TypeVar("Read")
_LEAVES = ("value", "selected_date_time", "selected_date", "selected_user")
NOT_OFFERED: Final = "That choice is not offered any more; please open the form again."
_INITIALS = ("initial_value", "initial_date_time", "initial_date", "initial_user")


def ids_of(view: Mapping[str, Any]) -> dict[str, Any]:
    """What went with the form: the ids of the things it is about (`handlers.wellformed.Ids`)."""
    return dict(json.loads(view.get("private_metadata") or "{}"))


def too_old() -> Refused:
    """Another version of Scribe made the form, and asked or named other things in it than this one does."""
    return Refused("This form is too old to be understood; please open it again.", "/incident help")


class Submission:
    """One submitted view. A block's only element holds its value, so the block's id names the field."""

    def __init__(self, view: Mapping[str, Any], request: Request) -> None:
        self._leaves = {block: _only(leaf) for block, leaf in view["state"]["values"].items()}
        self._elements = {block.get("block_id"): block.get("element", {}) for block in view.get("blocks", ())}
        self.request = request
        self.ids = ids_of(view)
        self.errors: dict[str, str] = {}

    def id(self, name: str, read: Callable[[str], Read]) -> Read:
        """One of the ids that every form of its kind has.

        Raises:
            Refused: this one has none by that name, or none that can be read.
        """
        try:
            return read(self.ids[name])
        except (KeyError, ValueError):
            raise too_old() from None

    def __contains__(self, block: str) -> bool:
        return block in self._leaves

    def wrong(self, block: str, sentence: str) -> None:
        """Note a mistake; the first one of a block stays."""
        self.errors.setdefault(block, sentence)

    def raw(self, block: str) -> Any:
        """What stands in the block: text, id, date or seconds; None where nothing does."""
        leaf = self._leaves.get(block) or {}
        option = leaf.get("selected_option")
        return option["value"] if option else next((leaf[name] for name in _LEAVES if leaf.get(name)), None)

    def initial(self, block: str) -> Any:
        """What stood in it when the form was opened, in the same terms."""
        element = self._elements.get(block) or {}
        option = element.get("initial_option")
        return option["value"] if option else next((element[name] for name in _INITIALS if element.get(name)), None)

    def changed(self, block: str) -> bool:
        """Did the person touch it? A picker knows no seconds, so within the same minute nothing was changed."""
        before, after = self.initial(block), self.raw(block)
        if isinstance(before, int) and isinstance(after, int):
            return before // 60 != after // 60
        return bool(_settled(before) != _settled(after))

    def plain(self, block: str) -> str:
        """Typed text without its outer white space."""
        return str(self.raw(block) or "").strip()

    def text(self, block: str, required: str = "") -> Wire:
        """Typed text in wire form; `required` is what to say when there is none."""
        words = self.plain(block)
        if required and not words:
            self.wrong(block, required)
        return escape(words)

    def chosen(self, block: str) -> tuple[str, ...]:
        """What was ticked or picked where several can be, or typed with commas between."""
        leaf = self._leaves.get(block) or {}
        if "selected_options" in leaf:
            return tuple(option["value"] for option in leaf["selected_options"] or ())
        names = (name.strip() for name in self.plain(block).replace("\n", ",").split(","))
        return tuple(dict.fromkeys(name for name in names if name))

    def choice(self, block: str, read: Callable[[str], Read]) -> Read | None:
        """One chosen value, or None; an older form may offer what there is no more."""
        value = self.raw(block)
        try:
            return read(value) if value else None
        except ValueError:
            self.wrong(block, NOT_OFFERED)
            return None

    def must(self, block: str, read: Callable[[str], Read]) -> Read:
        """A choice that the form is about.

        Raises:
            Refused: nothing was chosen, or what there is no more.
        """
        try:
            return read(str(self.raw(block)))
        except ValueError:
            raise Refused(NOT_OFFERED, "/incident help") from None

    def day(self, block: str) -> date | None:
        value = (self._leaves.get(block) or {}).get("selected_date")
        return date.fromisoformat(value) if value else None

    def moment(self, block: str) -> Moment | None:
        """A picked time; one that has not happened yet is a mistake."""
        value = (self._leaves.get(block) or {}).get("selected_date_time")
        if value is None:
            return None
        at = datetime.fromtimestamp(int(value), UTC)
        if at > self.request.now + SKEW:
            self.wrong(block, f"{self._clock(at)} has not happened yet; it is {self._clock(self.request.now)} now.")
        return Moment(min(at, self.request.now))

    def _clock(self, at: datetime) -> str:
        zone = ZoneInfo(self.request.zone)
        local, now = at.astimezone(zone), self.request.now.astimezone(zone)
        return f"{local:%H:%M}" if local.date() == now.date() else f"{local:%Y-%m-%d %H:%M}"

    def parsed(self, block: str, read: Callable[[Wire], Read]) -> Read | None:
        """Typed text as `read` understands it; what it refuses is noted, with its example."""
        try:
            return read(escape(self.plain(block)))
        except Refused as refused:
            example = f" For example: {refused.example}" if refused.example else ""
            self.wrong(block, f"{refused.sentence}{example}")
            return None


def _only(leaf: Mapping[str, Any]) -> Mapping[str, Any]:
    """The one element of a block."""
    return next(iter(leaf.values()), {})


def _settled(value: Any) -> Any:
    """White space around a text, and nothing at all, are the same as nothing."""
    return (value.strip() if isinstance(value, str) else value) or None
