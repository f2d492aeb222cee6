"""What people type after `/incident` or after the bot's name, understood as one thing asked; or refused in a sentence.

Nothing is guessed: a word that names no verb is answered with the nearest verbs, and the words typed stay at hand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Final

from bot.commands import AdvanceReport, Draft, Request, SendVersion, Show, Sign, Understood, Undo
from bot.decision import Offer, Refused
from bot.phrases import declaring, items, state, timeline
from bot.phrases.asked import RUN, RUN_MOST, Asked, Doubtful, offered_again
from bot.phrases.flags import shown
from bot.phrases.verbs import BY_WORD, VERBS, Verb, example
from bot.phrases.vocabulary import LEVEL_TOKEN, ROLES, STATUSES, key, longest, nearest, severity
from bot.policy import Policy
from bot.wire import one_line, plain
from bot.words import DocumentStatus, Wire

__all__ = ["RUN", "VERBS", "Verb", "parse"]


def parse(text: Wire, request: Request, policy: Policy) -> Understood:
    """What the line asks; nothing typed asks for help.

    Raises:
        Refused: not understood, or a time that cannot be meant. An offer whose action is `RUN` holds a whole line.
    """
    line = text.strip()
    if not line:
        return Show("help")
    try:
        return _read(line, request, policy)
    except Doubtful as refused:
        raise offered_again(refused, line) from None


def _read(line: str, request: Request, policy: Policy) -> Understood:
    first, rest = _first_word(line)
    verb = BY_WORD.get(first.lower().rstrip(":"))
    if verb is not None:
        return _VERBS[verb.name](Asked(verb.name, rest, request, policy))
    if key(first) in STATUSES:
        return state.status(Asked("status", line, request, policy))
    _, role_end = longest(line, ROLES)
    if role_end:
        return state.role(Asked(line[:role_end].strip(), line[role_end:], request, policy))
    if severity(first, policy.family) and re.fullmatch(LEVEL_TOKEN, first, re.IGNORECASE):
        return declaring.change_severity(Asked("severity", line, request, policy))
    raise _unknown(line, first, rest)


def _first_word(line: str) -> tuple[str, str]:
    """The verb and all that follows it as typed, without the one white space between them."""
    parts = line.split(maxsplit=1)
    return parts[0], line[len(parts[0]) :].lstrip(" \t")


def _unknown(line: str, first: str, rest: str) -> Refused:
    near = list(dict.fromkeys(BY_WORD[word].name for word in nearest(first, BY_WORD)))
    if near:
        hint = f"did you mean {' or '.join(near)}?"
        lines = [f"{name} {rest}".strip() for name in near]
    else:
        hint = "to put these words on the timeline, begin with event."
        lines = [f"event {line}"]
    offers = tuple(Offer(_label(each), RUN, each) for each in lines if len(each) <= RUN_MOST)
    return Refused(f"{shown(first)} is nothing that I can do; {hint}", example(near[0] if near else "event"), offers)


def _label(line: str) -> str:
    return "/incident " + one_line(plain(line, {})).split(" ", 1)[0] + " …"


def _show(what: str, asked: Asked) -> Understood:
    return Show(what, one_line(asked.rest))


def _report(asked: Asked) -> Understood:
    return Show("report", one_line(asked.rest).lower())


def _postmortem(asked: Asked) -> Understood:
    return Draft(one_line(asked.rest).lower() or None)


def _advance(status: DocumentStatus, asked: Asked) -> Understood:
    return AdvanceReport(status, one_line(asked.rest).lower() or None)


def _version(asked: Asked) -> Understood:
    """`version 1.0`, with the form and the family in whichever order."""
    words = one_line(asked.rest).lower().split()
    numbers = [word for word in words if re.fullmatch(r"\d+\.\d+", word)]
    forms = [word for word in words if word in FORMS] or ["md"]
    families = [word for word in words if word not in (*numbers, *FORMS)]
    if len(numbers) != 1 or len(forms) > 1 or len(families) > 1:
        raise Refused("Say which version, and in which form: " + ", ".join(FORMS) + ".", example("version"))
    return SendVersion(numbers[0], _ENDINGS.get(forms[0], forms[0]), families[0] if families else None)


FORMS: Final = ("md", "markdown", "html", "pdf", "json", "svg", "png", "canvas")
"""In which a version can be had as a file."""

_ENDINGS: Final = {"markdown": "md"}


def _sign(asked: Asked) -> Understood:
    return Sign(re.sub(r"^as (?:the )?", "", one_line(asked.rest).lower()))


def _archive(asked: Asked) -> Understood:
    word, _, family = one_line(asked.rest).lower().partition(" ")
    if word != "report":
        return _show("archive", asked)
    return AdvanceReport(DocumentStatus.ARCHIVED, family or None)


def _actions(asked: Asked) -> Understood:
    """The incident's own, or one's own of every incident."""
    return Show("mine") if one_line(asked.rest).lower() in ("mine", "my", "me") else _show("actions", asked)


def _undo(asked: Asked) -> Understood:
    return Undo()


_VERBS: Final[Mapping[str, Callable[[Asked], Understood]]] = MappingProxyType(
    {
        "declare": declaring.declare,
        "event": timeline.event,
        "mark": timeline.mark,
        "status": state.status,
        "severity": declaring.change_severity,
        "mitigate": state.mitigate,
        "resolve": state.resolve,
        "reopen": state.reopen,
        "close": state.close,
        "cancel": state.cancel,
        "merge": state.merge,
        "move": state.move,
        "update": state.update,
        "assign": state.assign,
        "set": state.set_field,
        "unset": state.unset,
        "action": items.action,
        "title": declaring.title,
        "services": declaring.services,
        "regions": declaring.regions,
        "type": declaring.incident_type,
        "family": declaring.family,
        "report": _report,
        "postmortem": _postmortem,
        "review": partial(_advance, DocumentStatus.IN_REVIEW),
        "approve": partial(_advance, DocumentStatus.APPROVED),
        "publish": partial(_advance, DocumentStatus.PUBLISHED),
        "version": _version,
        "sign": _sign,
        "archive": _archive,
        "undo": _undo,
        "actions": _actions,
        "remind": state.remind,
        **{
            what: partial(_show, what)
            for what in (
                "catchup",
                "missing",
                "timeline",
                "milestones",
                "versions",
                "diff",
                "brief",
                "list",
                "search",
                "metrics",
                "help",
            )
        },
    }
)
