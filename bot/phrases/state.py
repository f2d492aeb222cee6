"""What changes where an incident stands: status, roles, updates, fields, joining and moving."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

from bot import commands as c
from bot.decision import Refused
from bot.durations import parse_duration
from bot.facts import Evidence
from bot.fields import FIELDS, SECTIONS, Field
from bot.incident import message_entry
from bot.phrases.asked import Asked, Doubtful, other_incident, timed
from bot.phrases.flags import shown
from bot.phrases.verbs import example
from bot.phrases.vocabulary import ROLES, STATUSES, key, longest, nearest
from bot.values import example as example_of
from bot.values import parse_value
from bot.wire import address, unescape
from bot.words import OVER, Role, Status, Wire
from bot.zones import Ambiguous

_LONGEST_PAUSE: Final = timedelta(days=30)
_NOBODY: Final = frozenset({"nobody", "none", "no one", "noone", "-"})
_PERMALINK: Final = re.compile(r"/archives/([CGD][A-Z0-9]+)/p([0-9]{10})([0-9]{6})(?:\?thread_ts=([0-9.]+))?")
_KEYS: Final = {key(field.label): field for field in FIELDS.values()} | {key(k): f for k, f in FIELDS.items()}
_SECTIONS: Final = {key(name): name for name in SECTIONS}


def to(status: Status, asked: Asked) -> c.Understood:
    """`resolve`, `resolve 14:02`, `resolve --at 14:02 rolled back`. Without a time, the rules find it."""
    moment, reason = timed(asked, asked.rest)
    return c.ChangeStatus(status, reason, moment)


def mitigate(asked: Asked) -> c.Understood:
    return to(Status.MITIGATED, asked)


def resolve(asked: Asked) -> c.Understood:
    return to(Status.RESOLVED, asked)


def close(asked: Asked) -> c.Understood:
    return to(Status.CLOSED, asked)


def status(asked: Asked) -> c.Understood:
    text = re.sub(r"^to\s+", "", asked.rest.strip(), flags=re.IGNORECASE)
    if not text:
        return c.Show("brief")
    found, end = longest(text, STATUSES)
    if found is None:
        first = text.split()[0]
        near = nearest(first, STATUSES) or [str(s) for s in Status if s not in OVER]
        raise Refused(f"{shown(first)} is no status; there is {', '.join(near)}.", example("status"))
    if found in OVER:
        how = "cancel" if found is Status.CANCELLED else "merge"
        raise Refused(f"An incident becomes {found} by its own command.", example(how))
    moment, reason = timed(asked, text[end:])
    return c.ChangeStatus(found, reason, moment)


def reopen(asked: Asked) -> c.Understood:
    moment, reason = timed(asked, asked.rest)
    return c.Reopen(reason, moment)


def cancel(asked: Asked) -> c.Understood:
    return c.Cancel(Wire(asked.rest.strip()))


def merge(asked: Asked) -> c.Understood:
    text = re.sub(r"^(?:in)?to\s+", "", asked.rest.strip(), flags=re.IGNORECASE)
    return c.MergeInto(other_incident(text, example("merge"))) if text else c.OpenForm("merge")


def move(asked: Asked) -> c.Understood:
    """`move <link to the message, or the line's id> to <number or channel>`."""
    found = re.fullmatch(r"(<[^<>]*>|\S+)\s+(?:(?:in)?to\s+)?(\S.*)", asked.rest.strip(), re.IGNORECASE | re.DOTALL)
    if not found:
        raise Refused("To move a line, give the link to its message and the other incident.", example("move"))
    return c.MoveLine(_line(found[1]), other_incident(found[2], example("move")))


def _line(written: str) -> str:
    place = _PERMALINK.search(address(written) or "")
    if place:
        return message_entry(Evidence(place[1], f"{place[2]}.{place[3]}", place[4]))
    if re.fullmatch(r"[cm]:\S{1,200}", written):
        return unescape(written)
    raise Refused(f"{shown(written)} is no line: copy the link to its message.", example("move"))


def update(asked: Asked) -> c.Understood:
    text = asked.rest.strip()
    return c.PostUpdate(Wire(text)) if text else c.OpenForm("update")


def assign(asked: Asked) -> c.Understood:
    """A role and a person, in whichever order; `nobody` empties the role."""
    text = re.sub(r"^(?:the\s)?", "", asked.rest.strip(), flags=re.IGNORECASE)
    role, end = longest(text, ROLES)
    if role is not None:
        return _given(asked, role, text[end:])
    found = re.match(r"(<[^<>]*>|@?me)\s+(?:(?:as|to)\s+)?(?:the\s+)?", text, re.IGNORECASE)
    role = ROLES.get(key(text[found.end() :])) if found else None
    if found and role:
        return _given(asked, role, found[1])
    raise Refused(
        f"{shown(text)} names no role: there are {', '.join(r.replace('_', ' ') for r in Role)}.", example("assign")
    )


def role(asked: Asked) -> c.Understood:
    """The role itself is the verb: `commander @maria`, `tech lead @maria`."""
    return assign(Asked("assign", f"{asked.verb} {asked.rest}", asked.request, asked.policy))


def _given(asked: Asked, role: Role, text: str) -> c.Understood:
    who = re.sub(r"^(?:(?:to|is|=|:)\s+)", "", text.strip(), flags=re.IGNORECASE).strip()
    if not who:
        return c.OpenForm("role", {"role": str(role)})
    if who.lower() in _NOBODY:
        return c.Assign(role, None)
    return c.Assign(role, asked.person(who, example("assign")))


def set_field(asked: Asked) -> c.Understood:
    """`set users_affected 5000`, `set lessons Rehearse the failover`; a section or a field alone opens its form."""
    text = asked.rest.strip()
    if not text:
        return c.OpenForm("fields")
    section = _SECTIONS.get(key(text)) if key(text) not in _KEYS else None
    if section:
        return c.OpenForm("fields", {"section": section})
    field, end = longest(text, _KEYS, most=8)
    if field is None:
        raise _no_field(text, "set")
    value = text[end:].lstrip()
    if not text[:end].rstrip().endswith(("=", ":")):  # after a sign, `to` is the answer's own word
        value = re.sub(r"^(?:[=:]|to\s)\s*", "", value)
    if not value.strip():
        return c.OpenForm("fields", {"field": field.key})
    return _set(asked, field, value)


def _set(asked: Asked, field: Field, text: str) -> c.Understood:
    """A list grows by what is typed, so that nobody's line replaces another's; `unset` empties it."""
    grows = field.type == "list"
    try:
        value, approximate = parse_value(field, Wire(text.removeprefix("+") if grows else text), asked.request)
    except Ambiguous as refused:
        raise Doubtful(refused, text) from None
    if not grows:
        return c.SetFields(((field.key, value, approximate),))
    items = value if isinstance(value, tuple) else (value,)
    return c.SetFields(tuple((field.key, item, approximate) for item in items), append=True)


def unset(asked: Asked) -> c.Understood:
    if not asked.rest.strip():
        raise Refused("Say which answer to take back.", example("unset"))
    field = _KEYS.get(key(asked.rest))
    if field is None:
        raise _no_field(asked.rest.strip(), "unset")
    return c.SetFields(((field.key, None, False),))


def _no_field(text: str, verb: str) -> Refused:
    first = unescape(text.split(maxsplit=1)[0]) if text else ""
    near = nearest(first.replace("-", "_"), FIELDS)
    if not near:
        return Refused(f"{shown(first)} is no question of the report; /incident missing lists them.", example(verb))
    return Refused(
        f"{shown(first)} is no question of the report; did you mean {' or '.join(near)}?", example_of(FIELDS[near[0]])
    )


def remind(asked: Asked) -> c.Understood:
    """`remind off`, `remind on`, `remind pause 1h`; alone it asks what is outstanding."""
    words = asked.rest.strip().lower()
    first, _, length = words.partition(" ")
    if not words:
        return c.Show("reminders")
    if words in ("on", "off", "resume", "start", "stop"):
        return c.Remind(words in ("on", "resume", "start"))
    if first in ("pause", "snooze", "mute"):
        pause = parse_duration(length.removeprefix("for ").strip() or "1h")
        if not timedelta(0) < pause <= _LONGEST_PAUSE:
            raise Refused("A pause is at least a moment and at most 30 days; longer is off.", example("remind"))
        return c.Remind(False, pause)
    raise Refused(f"{shown(asked.rest)} is nothing to do with reminders: on, off or pause 1h.", example("remind"))
