"""Lines of the timeline and times of milestones: `event`, `mark`.

Several lines are several events only if each of them (blank ones aside) begins with a time or a flag; else all is one
event, so that a pasted log or stack trace stays in one piece. Flags stand before the text; a known one with a plain
value may also end it. A first word after `--` alone is text whatever it looks like.
"""

from __future__ import annotations

import re
from typing import Final

from bot.commands import AddEvents, Line, MarkMilestones, Moment, OpenForm, Understood
from bot.decision import Offer, Refused
from bot.incident import MOST_LINES
from bot.moments import leading_moment
from bot.phrases.asked import RUN, RUN_MOST, Asked
from bot.phrases.flags import Flags, moment, of, shown, word
from bot.phrases.verbs import example
from bot.phrases.vocabulary import MEANINGS, MILESTONES, longest, meaning, nearest
from bot.values import person_or_name
from bot.wire import mention, unescape
from bot.words import Kind, Meaning, Milestone, Wire

_FLAGS: Final = Flags(
    {"at": moment, "as": of(MEANINGS), "by": word},
    {"time": "at", "when": "at", "kind": "as", "milestone": "as", "author": "by", "from": "by"},
    example("event"),
)
_DASHED: Final = re.compile(r"(?:--|[-—–―])([A-Za-z][A-Za-z0-9_-]*)(?=[\s=]|$)")
_COUNTED: Final = re.compile(
    r"(?:about\s|some\s)?(?:[0-9]+|an?|one|two|three|four|five|ten|half\san|(?:a\s)?few|several|(?:a\s)?couple(?:\sof)?)\s?"
    r"(?:s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|days?|moments?)\s(?:later|earlier|after(?:wards)?|before)\b",
    re.IGNORECASE,
)
"""A time counted from something else that was said: `three minutes later`."""


def event(asked: Asked) -> Understood:
    lines = _lines(asked.rest)
    if len(lines) > MOST_LINES:
        raise Refused(f"These are {len(lines)} lines; at most {MOST_LINES} at once.", example("event"))
    if len(lines) == 1:
        return _one(asked, lines[0])
    return AddEvents(tuple(_numbered(asked, number, line) for number, line in enumerate(lines, 1)))


def _lines(text: str) -> list[str]:
    lines = [line for line in text.split("\n") if line.strip()]
    return lines if len(lines) > 1 and all(_opens(line) for line in lines) else [text]


def _opens(line: str) -> bool:
    flag = _DASHED.match(line.lstrip())
    return bool(leading_moment(line.lstrip())[1] or (flag and _FLAGS.name(flag[1])))


def _numbered(asked: Asked, number: int, line: str) -> Line:
    given, text = _parts(line)
    if not text:
        raise Refused(f"Line {number} has no words, so none of the lines was kept.", example("event"))
    try:
        return _line(asked, given, text)
    except Refused as refused:
        refused.sentence = f"Line {number}: {refused.sentence} None of the lines was kept."
        raise


def _one(asked: Asked, line: str) -> Understood:
    given, text = _parts(line)
    if text and "at" not in given and (counted := _COUNTED.match(text)):
        raise _counted_from(counted[0], line.strip())
    if text:
        return AddEvents((_line(asked, given, text),))
    kind = _meaning(asked, given["as"]) if "as" in given else Kind.EVENT
    if given and isinstance(kind, Milestone) and "at" in given:
        raise Refused(
            "That line has no words. To set the time alone, mark the milestone.", f"/incident mark {kind} {given['at']}"
        )
    when = asked.moment(given["at"]).at.isoformat() if "at" in given else ""
    known = {"kind": str(kind) if "as" in given else "", "when": when}
    return OpenForm("event", {name: value for name, value in known.items() if value})


def _parts(line: str) -> tuple[dict[str, str], str]:
    """What the flags and the leading time say, and the text."""
    given: dict[str, str] = {}
    rest = _FLAGS.head(line, given)
    written, end = ("", 0) if "at" in given else leading_moment(rest, asked=rest[:9].lower() == "just now ")
    if written:
        given["at"] = written
        _ask_about_yesterday(written, rest[end:])
        rest = _FLAGS.head(rest[end:], given)
    return given, _FLAGS.tail(rest.strip(), given, _plainly)


def _ask_about_yesterday(written: str, rest: str) -> None:
    if re.match(r"yesterday(?=[\s,:]|$)", rest, re.IGNORECASE):
        raise Refused(
            "It is not plain whether “yesterday” belongs to the time.", f"/incident event yesterday {written} …"
        )


def _counted_from(written: str, line: str) -> Refused:
    """Slack does not say which moment is meant, and none is guessed; the line can be kept as of now with one click."""
    offers = (Offer("It happened just now", RUN, f"event --at just now {line}"),)
    sentence = f"{shown(written)} does not say what it is counted from: write a time of day."
    return Refused(sentence, example("event"), offers if len(offers[0].value) <= RUN_MOST else ())


def _plainly(name: str, value: str) -> bool:
    if name == "at":
        return leading_moment(value, asked=True)[0] == value
    return longest(value, MEANINGS)[1] == len(value) if name == "as" else mention(value) is not None


def _line(asked: Asked, given: dict[str, str], text: str) -> Line:
    return Line(
        Wire(text),
        asked.moment(given["at"]) if "at" in given else None,
        _meaning(asked, given["as"]) if "as" in given else Kind.EVENT,
        person_or_name(Wire(given["by"]), asked.request) if "by" in given else None,
    )


def _meaning(asked: Asked, words: str) -> Meaning:
    found = meaning(words, asked.policy)
    if found is None:
        near = nearest(words, MEANINGS)
        hint = f"did you mean {' or '.join(near)}?" if near else f"milestones are {', '.join(_names())}."
        raise Refused(f"{shown(words)} is neither a kind of event nor a milestone: {hint}", example("event"))
    return found


def _names() -> list[str]:
    return [m.replace("_", " ") for m in Milestone]


def mark(asked: Asked) -> Understood:
    """One milestone with its time, or several with commas or line ends between; `clear` takes a time back."""
    rest, found = asked.rest.strip(), list[tuple[Milestone, Moment | None]]()
    if not rest:
        return OpenForm("milestones")
    while rest:
        milestone, end = longest(rest, MILESTONES)
        if milestone is None:
            raise _no_milestone(rest)
        at, rest = _marked(asked, milestone, rest[end:])
        if milestone in dict(found):
            raise Refused(f"“{milestone.replace('_', ' ')}” is given twice.", example("mark"))
        found.append((milestone, at))
    return MarkMilestones(tuple(found))


def _marked(asked: Asked, milestone: Milestone, text: str) -> tuple[Moment | None, str]:
    text = re.sub(r"^(?:(?:at|to|=|--at|[—–]at)\s)?\s*", "", text)
    cleared = re.match(r"(?:clear|unknown|none|nothing|-)(?=[\s,;]|$)[,;]?\s*", text, re.IGNORECASE)
    if cleared:
        return None, text[cleared.end() :]
    if not text:
        name = milestone.replace("_", " ")
        raise Refused(f"When was it {name}? Nothing is assumed.", f"/incident mark {name} now")
    written, end = leading_moment(text, asked=True)
    if end and longest(text[end:], MILESTONES)[0]:
        return asked.moment(written), text[end:].lstrip(",; \n")
    return asked.moment(text.rstrip(" ,;\n")), ""


def _no_milestone(text: str) -> Refused:
    first = unescape(text.split()[0])
    near = nearest(first, MILESTONES)
    hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(_names())}."
    return Refused(f"{shown(first)} is no milestone: {hint}", example("mark"))
