"""What an incident is: `declare`, and the corrections of its title, services, regions, type and family.

A severity written as SEV1 or P1 counts at the head or the end of a declaration; an ordinary word such as `critical`
only after `--sev`, because `Disk usage is critical` is a title.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from bot.commands import ChangeSeverity, Declare, Describe, Moment, OpenForm, Understood
from bot.decision import Refused
from bot.phrases.asked import Asked
from bot.phrases.flags import Flags, moment, of, shown, switch, unquoted, word, words
from bot.phrases.verbs import example
from bot.phrases.vocabulary import LEVEL_TOKEN, TYPES, key, nearest, severity
from bot.wire import mention, one_line, plain
from bot.words import IncidentType, Milestone, Severity, Wire

_MILESTONES: Final = {m.replace("_", "-"): m for m in Milestone}
_FLAGS: Final = Flags(
    {
        **dict.fromkeys(_MILESTONES, moment),
        "severity": word,
        "type": of(TYPES),
        "service": words,
        "region": words,
        "family": word,
        "commander": word,
        "private": switch,
        "drill": switch,
        "here": switch,
    },
    {
        "sev": "severity",
        "services": "service",
        "regions": "region",
        "ic": "commander",
        "ack": "acknowledged",
        "root-cause": "root-cause-identified",
        "start": "started",
        "report": "family",
        "at": "started",
    },
    example("declare"),
)
_LEADING: Final = re.compile(rf"\s*[\[(]?({LEVEL_TOKEN})[\])]?(?:\s*[:,;–—-])?(?=\s|$)\s*", re.IGNORECASE)
_TRAILING: Final = re.compile(rf"(?<!\S)(?:[–—-]\s+)?[\[(]?({LEVEL_TOKEN})[\])]?\s*$", re.IGNORECASE)
_TAIL: Final = 24
"""Characters; no severity with its brackets is longer."""


def declare(asked: Asked) -> Understood:
    if not asked.rest.strip():
        return OpenForm("declare")
    given: dict[str, str] = {}
    text = _FLAGS.anywhere(asked.rest, given)
    family = given.get("family", asked.policy.family).lower()
    level, title = _level(asked, given, text, family)
    moments = {milestone: asked.moment(given[name]) for name, milestone in _MILESTONES.items() if name in given}
    if not title:
        return OpenForm("declare", {**_form(asked, given, level), **_started(moments)})
    return Declare(
        title=Wire(title),
        severity=level,
        type=_type(given["type"]) if "type" in given else None,
        services=_listed(given.get("service", "")),
        regions=_listed(given.get("region", "")),
        family=family if "family" in given else None,
        commander=asked.person(given["commander"], example("declare")) if "commander" in given else None,
        private="private" in given,
        drill="drill" in given,
        here=(asked.request.channel or "") if "here" in given else None,
        moments=tuple(moments.items()),
    )


def _level(asked: Asked, given: dict[str, str], text: str, family: str) -> tuple[Severity | None, str]:
    """The severity, from its flag or from a token at either end, and the title without that token."""
    if "severity" in given:
        return _severity(given["severity"], family), one_line(unquoted(text))
    found = _LEADING.match(text)
    if found:
        return severity(found[1], family), one_line(unquoted(text[found.end() :]))
    start = max(len(text) - _TAIL, 0)
    found = _TRAILING.search(text[start:])
    if not found:
        return None, one_line(unquoted(text))
    return severity(found[1], family), one_line(unquoted(_unended(text[: start + found.start()])))


def _unended(text: str) -> str:
    """Without the comma that led to a severity; the semicolon of Slack's `&gt;` is no punctuation."""
    bare = text.rstrip()
    return bare if re.search(r"&(?:amp|lt|gt);$", bare) else bare.rstrip(" ,;:")


def _severity(written: str, family: str) -> Severity:
    found = severity(written, family)
    if found is None:
        raise Refused(
            f"{shown(written)} is no severity: write SEV1 to SEV4, or critical, high, medium or low.",
            example("severity"),
        )
    return found


def _type(written: str) -> IncidentType:
    found = TYPES.get(key(written))
    if found is None:
        near = nearest(written, TYPES) or [t.replace("_", " ") for t in IncidentType]
        raise Refused(f"{shown(written)} is no type of incident; there is {', '.join(near)}.", example("type"))
    return found


def _listed(written: str) -> tuple[str, ...]:
    """Names between commas, readable, each once."""
    names = (one_line(plain(name, {})) for name in re.split(r"[,\n]", written))
    return tuple(dict.fromkeys(name for name in names if name))


def _form(asked: Asked, given: dict[str, str], level: Severity | None) -> dict[str, str]:
    """What the line said already, for the form that asks for the title."""
    known = {
        "severity": str(level or ""),
        "type": str(_type(given["type"])) if "type" in given else "",
        "services": ", ".join(_listed(given.get("service", ""))),
        "regions": ", ".join(_listed(given.get("region", ""))),
        "family": given.get("family", "").lower(),
        "commander": mention(given.get("commander", "")) or "",
        "private": "yes" if "private" in given else "",
        "drill": "yes" if "drill" in given else "",
        "here": (asked.request.channel or "") if "here" in given else "",
    }
    return {name: value for name, value in known.items() if value}


def _started(moments: Mapping[Milestone, Moment]) -> dict[str, str]:
    """The one time that the form has a place for, to the minute.

    Raises:
        Refused: the form would lose another time, or that this one is approximate.
    """
    if any(milestone is not Milestone.STARTED or at.approximate for milestone, at in moments.items()):
        raise Refused("An incident needs a title.", example("declare"))
    return {str(milestone): at.at.isoformat() for milestone, at in moments.items()}


def change_severity(asked: Asked) -> Understood:
    """`sev1 reason`, `severity high reason`, `severity to sev1: reason`."""
    text = re.sub(r"^(?:to|is)\s+", "", asked.rest.strip(), flags=re.IGNORECASE)
    if not text:
        return OpenForm("severity")
    found = re.match(rf"({LEVEL_TOKEN}|[^\s:,;]+)[:,;]?(?=\s|$)\s*", text, re.IGNORECASE)
    written = found[1] if found else text
    level = _severity(f"sev{written}" if re.fullmatch("[0-5]", written) else written, asked.policy.family)
    return ChangeSeverity(level, Wire(text[found.end() :] if found else ""))


def title(asked: Asked) -> Understood:
    return Describe(title=Wire(one_line(unquoted(_said(asked)))))


def services(asked: Asked) -> Understood:
    return Describe(services=_listed(_said(asked)))


def regions(asked: Asked) -> Understood:
    return Describe(regions=_listed(_said(asked)))


def incident_type(asked: Asked) -> Understood:
    return Describe(type=_type(unquoted(_said(asked))))


def family(asked: Asked) -> Understood:
    return Describe(family=one_line(_said(asked)).lower())


def _said(asked: Asked) -> str:
    if not unquoted(asked.rest):
        raise Refused(f"“{asked.verb}” needs to be told what.", example(asked.verb))
    return asked.rest
