"""Any file of the published form can be lived through, and the report says what the file says."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.durations import duration
from tests.rehearsal import entering
from tests.rehearsal.plays import Plays
from tests.rehearsal.rehearse import Performance, rehearse
from tests.rehearsal.script import script_of
from tests.rehearsal.theatre import ROOT

OWN = ROOT / "tests" / "rehearsal" / "incidents"
PUBLISHED = ROOT.parent / "shared" / "incidents"
"""Beside the checkout where the project is developed; not part of it."""
FILES = sorted([*OWN.glob("*.json"), *PUBLISHED.glob("*.json")])
CLOCKS = {
    "ttd": ("ttd_start_to_detected", "start", "detected"),
    "tta": ("tta_detected_to_acknowledged", "detected", "acknowledged"),
    "ttm": ("ttm_start_to_mitigated", "start", "mitigated"),
    "ttr": ("ttr_start_to_resolved", "start", "resolved"),
}
COUNTED = {"start": min, "detected": min, "acknowledged": min, "mitigated": max, "resolved": max}
"""The file's own rule: the first of the beginnings, the last of the endings."""
Json = Mapping[str, Any]


def content(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text(encoding="utf-8")))


def milestones(incident: Json) -> dict[str, datetime | None]:
    said: dict[str, list[datetime]] = {kind: [] for kind in COUNTED}
    for event in incident["events"]:
        if event["kind_hint"] in COUNTED:
            said[event["kind_hint"]].append(datetime.fromisoformat(event["at"].replace("Z", "+00:00")))
    return {kind: pick(said[kind]) if said[kind] else None for kind, pick in COUNTED.items()}


def clocks_agree(report: Json, wanted: Mapping[str, float | None]) -> None:
    """Each clock in the form of shared/incidents/README.md: seconds, or unknown or inconsistent with the reason."""
    for clock, (key, *_) in CLOCKS.items():
        measured, minutes = report["clocks"][clock], wanted[key]
        assert measured["seconds"] == (None if minutes is None else minutes * 60), clock
        state = "unknown" if minutes is None else "inconsistent" if minutes < 0 else "measured"
        assert measured["state"] == state, clock
        assert state == "measured" or measured["why"], clock


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def path(request: pytest.FixtureRequest) -> Path:
    """Each incident file there is."""
    return Path(request.param)


@pytest.fixture
async def left(path: Path, plays: Plays) -> Performance:
    """What the file's rehearsal left."""
    return await plays.of(script_of(content(path)))


@pytest.fixture
def report(left: Performance) -> dict[str, Any]:
    return dict(json.loads(left.files["report.json"]))


def test_every_file_states_the_metrics_of_its_own_events(path: Path) -> None:
    incident = content(path)
    at = milestones(incident)
    for key, start, end in CLOCKS.values():
        begun, ended = at[start], at[end]
        minutes = (ended - begun) / timedelta(minutes=1) if begun and ended else None
        assert incident["check"]["metrics_from_events"][key] == minutes


async def test_the_clocks_are_those_of_the_files_own_arithmetic(path: Path, report: Json) -> None:
    clocks_agree(report, content(path)["check"]["metrics_from_events"])


async def test_every_event_text_stands_whole_in_the_timeline_as_often_as_it_was_said(path: Path, report: Json) -> None:
    said = [str(event["text"] or "").strip() for event in content(path)["events"]]
    shown = [row["text"] for row in report["timeline"]]
    for text in filter(None, said):
        assert shown.count(text) >= said.count(text), text


async def test_every_event_has_its_own_time_and_actor_in_the_timeline(path: Path, report: Json) -> None:
    rows = {(row["at"], row["text"], row["actor"]) for row in report["timeline"]}
    for event in content(path)["events"]:
        if event["text"] and event["actor"]:
            assert (event["at"], event["text"].strip(), event["actor"]) in rows


async def test_every_typed_fact_stands_in_its_section_word_for_word(path: Path, report: Json) -> None:
    incident = content(path)
    fields = {key: [value["text"] for value in field["values"]] for key, field in report["fields"].items()}
    for key in ("root_cause", "trigger"):
        assert fields.get(key, []) == ([incident[key]] if incident[key] else [])
    for key, name in entering.LISTS.items():
        assert fields.get(name, []) == list(incident[key] or [])
    published = incident["published"] or {}
    assert fields.get("customer_impact", [""])[0] == (published.get("users_affected_text") or "")
    for key in ("requests_failed", "error_rate_peak"):
        value = report["fields"].get(key, {"values": [{"value": None}]})["values"][0]["value"]
        assert value == published.get(key)


async def test_every_action_item_stands_with_its_owner_day_type_and_ticket(path: Path, report: Json) -> None:
    incident = content(path)
    wanted = [item for item in incident["action_items"] or [] if item and item["text"].strip()]
    assert len(report["action_items"]) == len(wanted)
    for item, shown in zip(wanted, report["action_items"], strict=True):
        due = item.get("due") if re.fullmatch(r"\d{4}-\d{2}-\d{2}", item.get("due") or "") else None
        text = " ".join((item["text"] if due == item.get("due") else f"{item['text']} (due: {item['due']})").split())
        assert (shown["text"], shown["owner"], shown["due"]) == (text, item.get("owner"), due)
        assert shown["type"] == (item["type"] if item["type"] in entering.ACTION_TYPES else "other")
        assert (shown["ticket"], shown["status"]) == (item.get("ref"), item.get("status") or "open")


async def test_title_and_status_are_those_of_the_file(path: Path, report: Json) -> None:
    incident = content(path)
    ends = [event["kind_hint"] for event in sorted(incident["events"], key=lambda event: event["at"])]
    ends = [kind for kind in ends if kind in ("resolved", "closed")]
    assert report["incident"]["title"] == (incident["title"] or "Untitled incident").strip()
    assert report["incident"]["status"] == (ends[-1] if "resolved" in ends else "investigating")


async def test_each_printed_clock_is_the_one_in_the_json(left: Performance, report: Json) -> None:
    printed = left.files["slo.md"]
    for clock in report["families"]["slo"]["clocks"].values():
        (line,) = re.findall(rf"^- \*\*{clock['label']}\*\*: (.*)$", printed, re.MULTILINE)
        if clock["state"] == "measured":
            assert line.startswith(f"{duration(timedelta(seconds=clock['seconds']))} (from")
        else:
            assert line.startswith(f"_{clock['state'].capitalize()} — {clock['why']}_")


async def test_no_id_of_ours_stands_in_the_json(left: Performance) -> None:
    """They hold the moment of posting; a line is named by its link."""
    assert not re.search(r'"[cm]:[^"]*:[^"]*"', left.files["report.json"])


async def test_no_post_of_ours_repeats_a_call_to_everybody(left: Performance) -> None:
    for author, _, text in left.posts:
        assert "SCRIBE" not in author or not re.search(r"<!(?:channel|here|everyone)", text)


@pytest.mark.parametrize("path", FILES[::4], ids=[path.stem for path in FILES[::4]])
async def test_the_same_file_leaves_the_same_bytes(path: Path, left: Performance) -> None:
    """Some of them: each is lived through once more."""
    again = await rehearse(script_of(content(path)), in_process=True)
    assert again.files == left.files


def without_one_milestone(paths: Iterable[Path]) -> Iterator[tuple[Path, int]]:
    """One milestone of each file, of another kind in the next: to live through all of them would take too long."""
    for number, path in enumerate(paths):
        found = [n for n, event in enumerate(content(path)["events"]) if event["kind_hint"] in COUNTED]
        if found:
            yield path, found[number % len(found)]


REMOVALS = list(without_one_milestone(FILES))


def test_every_kind_of_milestone_is_taken_from_some_file() -> None:
    assert {content(path)["events"][n]["kind_hint"] for path, n in REMOVALS} == set(COUNTED)


@pytest.mark.parametrize(("path", "n"), REMOVALS, ids=[f"{path.stem}-{n}" for path, n in REMOVALS])
async def test_a_milestone_that_nobody_marked_is_unknown_with_the_reason(path: Path, n: int) -> None:
    """One milestone at a time is taken from the file; what is left counts by the same rule."""
    incident = content(path)
    kind = incident["events"][n]["kind_hint"]
    incident["events"][n]["kind_hint"] = "note"
    incident |= dict.fromkeys(("published", "action_items", *entering.LISTS))  # the clocks are the point
    report = json.loads((await rehearse(script_of(incident), in_process=True)).files["report.json"])
    at = milestones(incident)
    wanted = {
        key: (at[end] - at[start]) / timedelta(minutes=1) if at[start] and at[end] else None  # type: ignore[operator]
        for key, start, end in CLOCKS.values()
    }
    clocks_agree(report, wanted)
    for clock, (key, start, end) in CLOCKS.items():
        if wanted[key] is None and at[kind] is None and kind in (start, end):
            missing = kind if (at[start] is None and kind == start) or at[start] else start
            assert {"start": "started"}.get(missing, missing) in report["clocks"][clock]["why"]


@pytest.mark.parametrize("name", ["hostile-texts"])
def test_the_command_leaves_what_the_program_in_its_own_process_made(name: str, tmp_path: Path) -> None:
    """Exit status 0, every file there, and the same bytes whichever process the program runs in."""
    done = command(OWN / f"{name}.json", tmp_path)
    assert done.returncode == 0, done.stderr
    assert {"slo.md", "report.json", "channel.md"} <= {path.name for path in tmp_path.iterdir()}
    clocks_agree(
        json.loads((tmp_path / "report.json").read_text(encoding="utf-8")),
        content(OWN / f"{name}.json")["check"]["metrics_from_events"],
    )


async def test_it_makes_no_difference_in_which_process_the_program_runs(plays: Plays) -> None:
    script = script_of(content(OWN / "mail-queue-no-ack.json"))
    assert (await rehearse(script)).files == (await plays.of(script)).files


def test_a_file_without_events_is_refused_in_a_sentence(tmp_path: Path) -> None:
    empty = tmp_path / "empty.json"
    empty.write_text('{"title": "Nothing", "events": []}', encoding="utf-8")
    done = command(empty, tmp_path / "out")
    assert (done.returncode, done.stderr) == (1, "an incident without events cannot be rehearsed\n")


def command(incident: Path, out: Path) -> subprocess.CompletedProcess[str]:
    """What `make rehearse` does."""
    return subprocess.run(
        [sys.executable, "-m", "tests.rehearsal", str(incident), str(out)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
