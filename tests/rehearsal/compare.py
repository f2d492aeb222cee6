"""Two performances of one script: the same but for when things were heard or posted."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from templates.canvas_notes import HEADING
from tests.rehearsal.rehearse import Performance

HEARD = frozenset({"absences", "as_of", "heard_at", "late", "recorded_at", "updated_at"})
"""When something was heard, recorded or posted, or follows from that: what a process held when it died is taken up when
its lease has run out.
"""


GAP: Final = "Nobody listened"
"""How the report discloses that nobody did."""
TOLD: Final = "Scribe was away"
"""How the channel is told; a death right after the clock was moved ahead looks like an absence up to then."""
LATER: Final = frozenset({"version", "versions"})
"""What shows when something was recorded, where somebody was away."""
TELLING = re.compile(r"Written by Scribe from|line.* recorded more than|^recorded later")
"""Sentences that say so."""


def differences(calm: Performance, disturbed: Performance, *, offline: bool = False) -> list[str]:
    """What differs, a line each: in the report, or in the messages of the channel; a disclosed gap is none.

    `offline`: somebody was away. What was heard later says so, people did some things again later, and a wording
    between two edits nobody could see, so one fact less may be recorded.
    """
    if offline:
        return [*_unequal("", _without_telling(_settled(calm)), _without_telling(_settled(disturbed)))]
    return [*_reports(calm, disturbed), *_posts(calm, disturbed), *_canvases(calm, disturbed)]


def _without_telling(value: Any) -> Any:
    if isinstance(value, dict):
        turns = [{**turn, "at": ""} for turn in value.get("status_history", ())]  # the milestone says when it was so
        kept = {k: _without_telling(v) for k, v in value.items() if k not in LATER}
        return kept | ({"status_history": turns} if turns else {})
    if isinstance(value, list):
        return [_without_telling(item) for item in value if not (isinstance(item, str) and TELLING.search(item))]
    return value


def _reports(calm: Performance, disturbed: Performance) -> Iterator[str]:
    yield from _unequal("", _settled(calm), _settled(disturbed))


def _settled(performance: Performance) -> Any:
    """The report with each permalink replaced by what it leads to."""
    return _read(json.loads(performance.files["report.json"]), performance.texts)


def _read(value: Any, texts: Any) -> Any:
    if isinstance(value, dict):
        is_source = "permalink" in value and "kind" in value and "by" in value
        skipped = HEARD | ({"at"} if is_source else set())
        return {k: _read(v, texts) for k, v in value.items() if k not in skipped}
    if isinstance(value, list):
        return [_read(item, texts) for item in value if not (isinstance(item, str) and item.startswith(GAP))]
    if isinstance(value, str) and "/archives/" in value:
        return texts.get(value, f"nowhere: {value}" if "/p" in value.rsplit("/", 1)[-1] else value)
    return value


def _unequal(path: str, calm: Any, disturbed: Any) -> Iterator[str]:
    if isinstance(calm, dict) and isinstance(disturbed, dict):
        for key in calm.keys() | disturbed.keys():
            yield from _unequal(f"{path}.{key}", calm.get(key), disturbed.get(key))
    elif isinstance(calm, list) and isinstance(disturbed, list) and len(calm) == len(disturbed):
        for n, (left, right) in enumerate(zip(calm, disturbed, strict=True)):
            yield from _unequal(f"{path}[{n}]", left, right)
    elif calm != disturbed:
        yield f"report.json{path}: {str(calm)[:200]!r} became {str(disturbed)[:200]!r}"


def _canvases(calm: Performance, disturbed: Performance) -> Iterator[str]:
    """As many, and nothing of ours taken for people's words."""
    before, after = (
        [text.partition(f"## {HEADING}")[2] for text in performance.canvases] for performance in (calm, disturbed)
    )
    if before != after:
        yield f"canvas: {before} became {after}"


def stated_otherwise(calm: Performance, disturbed: Performance) -> Iterator[str]:
    """Facts of people that were lost or doubled, by kind and what tells them from the others."""
    before, after = Counter(calm.facts), Counter(disturbed.facts)
    for fact, count in (before - after).items():
        yield f"facts: {count} of {fact} lost"
    for fact, count in (after - before).items():
        yield f"facts: {count} of {fact} too many"


def _posts(calm: Performance, disturbed: Performance) -> Iterator[str]:
    before, after = (Counter(p for p in each.posts if not p[2].startswith(TOLD)) for each in (calm, disturbed))
    for post, count in (before - after).items():
        yield f"channel: {count} of {post} lost"
    for post, count in (after - before).items():
        yield f"channel: {count} of {post} too many"
