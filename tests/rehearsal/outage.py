"""Nobody listens for a while in the middle of a rehearsal, and people go on: edit, delete, take back and resolve."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from tests.rehearsal.acts import Act, Deletes, Mentions, Outage, Rewords, Says, Scene, TakesBack, Types
from tests.rehearsal.script import Script

TIMED: Final = ("reopen", "close", "mitigate")
"""Commands that are typed again with their true time; a resolution stands in the channel, marked."""
TURNS: Final = {"resolve": "over", "close": "over", "reopen": "open"}


def with_outage(script: Script, minutes: float, fraction: float) -> Script:
    """The script with an outage that begins after this fraction of the incident, and what people do meanwhile."""
    lived = [scene.at for scene in script.scenes if any(isinstance(act, Says) for act in scene.acts)]
    since = script.declared_at + (max(lived, default=script.declared_at) - script.declared_at) * fraction
    since = since.replace(microsecond=0)
    until = since + timedelta(minutes=minutes)
    added = list(_meanwhile(script, since, until))
    scenes = sorted([*added, *script.scenes], key=lambda scene: (scene.at, scene not in added))
    return replace(script, scenes=tuple(scenes))


def _meanwhile(script: Script, since: datetime, until: datetime) -> Iterator[Scene]:
    who, part = script.declarer, (until - since) / 8
    before = ("to be edited", "to be deleted", "to be taken back")
    yield Scene(since, (*(Says(who, f"{text} later", "pushpin", name=text) for text in before), Outage(True)))
    yield Scene(since + part, (Rewords(who, before[0], "edited once"), Rewords(who, before[0], "edited twice")))
    yield Scene(since + 2 * part, (Deletes(who, before[1]), TakesBack(who, before[2], "pushpin")))
    yield Scene(since + 3 * part, tuple(_said(who, before[0])))
    yield Scene(since + 4 * part, (Mentions(who, "event said to Scribe while it was away"),))
    resolving = since + 5 * part
    if _is_open(script, resolving) and not any(_turn(act) for act in _acts(script, resolving, until)):
        yield Scene(resolving, (Mentions(who, "resolve it looks well"),))
        yield Scene(until + timedelta(seconds=1), (Types(who, "/incident reopen"),))
    yield Scene(until, (Outage(False),))


def _said(who: str, thread: str) -> Iterator[Act]:
    yield Says(who, "said and marked while nobody listened", "mag")
    yield Says(who, "replied and marked while nobody listened", "pushpin", to=thread)


def _acts(script: Script, since: datetime, until: datetime) -> Iterator[Act]:
    for scene in script.scenes:
        if since <= scene.at <= until:
            yield from scene.acts


def _turn(act: Act) -> str:
    said = re.match(r"/incident (\w+)", act.line) if isinstance(act, Types) else None
    return TURNS.get(said.group(1), "") if said else ""


def _is_open(script: Script, at: datetime) -> bool:
    turns = [turn for act in _acts(script, script.declared_at, at) if (turn := _turn(act))]
    return not turns or turns[-1] == "open"


def again(act: Act, at: datetime) -> Act:
    """What failed is done again afterwards; a command whose moment counts, with the moment."""
    if isinstance(act, Types) and (said := re.match(r"/incident (\w+)(.*)", act.line, re.DOTALL)):
        verb, rest = said.groups()
        if verb in TIMED and "--at" not in rest:
            return replace(act, line=f"/incident {verb} --at {at:%Y-%m-%dT%H:%M:%SZ}{rest}")
    return act
