"""Statistics over incidents: arithmetic one can do by hand, and nothing counted that is not known (PRODUCT 3.3)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from storage import migrate
from tests.rehearsal.play import Play
from tests.rehearsal.script import script_of
from tests.rehearsal.theatre import ROOT, Resident
from tests.slackd.faults import RESPONSE_URL
from tests.slackd.people import Answer, Person
from tests.slackd.records import Ephemeral
from tests.slackd.server import Slackd
from tests.stage import MANIFEST, Stage, scribe_at_work, settings_for

OWN = ROOT / "tests" / "rehearsal" / "incidents"
PUBLISHED = ROOT.parent / "shared" / "incidents"
"""Beside the checkout where the project is developed; not part of it."""

_CHECKOUT = "checkout-coupons-2026-02-17.json"


def said(answer: Answer | Ephemeral) -> str:
    return json.dumps(answer.blocks, ensure_ascii=False)


async def metrics(stage: Stage, argument: str = "", by: Person | None = None) -> str:
    answer = await (by or stage.alice).types(f"/incident metrics {argument}".strip(), stage.general)
    return said(answer).replace("*", "")


async def incident(stage: Stage, line: str, resolved: str = "") -> None:
    channel = await stage.declared(line)
    if resolved:
        await stage.alice.types(f"/incident resolve {resolved}", channel)
        await stage.settle()


async def told_of(paths: Sequence[Path], database: str) -> str:
    """The metrics after living through these files one after the other, as they fall in time; nobody is at work in the
    years between them.
    """
    scripts = sorted((script_of(json.loads(path.read_text())) for path in paths), key=lambda s: s.declared_at)
    async with Slackd(MANIFEST, now=scripts[0].declared_at) as slack:
        for script in scripts:
            await slack.clock.advance_to(script.declared_at.timestamp())
            async with scribe_at_work(slack, settings_for(slack, database), "lives"):
                await Play(slack, Resident(slack), script, lambda line: None).perform()
                await slack.settle()
            slack.pulse.urls.clear()
        async with scribe_at_work(slack, settings_for(slack, database), "reads"):
            reader = slack.person("reader", name="Rita Reader")
            there = slack.channel("reading", reader)
            return said(await reader.types("/incident metrics", there)).replace("*", "")


BY_HAND: dict[tuple[Path, ...], tuple[str, ...]] = {
    # TTD 9 and 4:30 (one ends before it begins), TTA 3 and 5 (the same one), TTM 45 and 5 h (the same one), TTR 30 and
    # 90 (one was never resolved): half way between two, and of two the second is the 90th percentile.
    tuple(OWN / name for name in ("backup-closed-unresolved.json", "billing-out-of-order.json", _CHECKOUT)): (
        "3 incidents (2026-02-02 to 2026-02-17, 1 still open)",
        "Time to detect (started → detected): median 2 h 19 min 30 s, p90 4 h 30 min, n = 2"
        " _(left out: 1 inconsistent)_",
        "Time to acknowledge (detected → acknowledged): median 4 min, p90 5 min, n = 2 _(left out: 1 inconsistent)_",
        "Time to mitigate (started → mitigated): median 2 h 52 min 30 s, p90 5 h, n = 2 _(left out: 1 inconsistent)_",
        "Time to resolve (started → resolved): median 1 h, p90 1 h 30 min, n = 2 _(left out: 1 unknown)_",
        "1 of 4 done (25 %), 3 unfinished",
    ),
}
if PUBLISHED.is_dir():
    # TTD 14:54 to 14:55 is 1, 12:17 to 12:28 is 11, 06:11 to 07:56 is 105: the middle is 11, the third of three 105.
    # TTA 14:55 to 14:58 is 3, 12:28 to 12:28 is 0, and none: half way between 0 and 3, and the second of two.
    # TTM 14:54 to 15:36 is 42, 12:17 to 12:30 is 13, 06:11 to 08:43 is 152.
    # TTR 14:54 to 16:00 is 66, 12:17 to 14:10 is 113, 06:11 to 13:39 is 448.
    BY_HAND[tuple(sorted(PUBLISHED.glob("*.json")))] = (
        "3 incidents (2015-10-21 to 2026-03-30)",
        "Time to detect (started → detected): median 11 min, p90 1 h 45 min, n = 3",
        "Time to acknowledge (detected → acknowledged): median 1 min 30 s, p90 3 min, n = 2 _(left out: 1 unknown)_",
        "Time to mitigate (started → mitigated): median 42 min, p90 2 h 32 min, n = 3",
        "Time to resolve (started → resolved): median 1 h 53 min, p90 7 h 28 min, n = 3",
        "3 of 15 done (20 %), 12 unfinished",
        "Shakespeare search: 1",
    )


@pytest.mark.parametrize("paths", BY_HAND, ids=lambda paths: paths[0].stem)
async def test_the_metrics_of_rehearsed_incidents_are_those_of_arithmetic_by_hand(
    paths: tuple[Path, ...], tmp_path: Path
) -> None:
    database = f"sqlite:///{tmp_path}/scribe.db"
    await asyncio.to_thread(migrate, database)
    text = await told_of(paths, database)
    assert [line for line in BY_HAND[paths] if line not in text] == [], text


async def test_a_period_and_a_service_narrow_what_is_counted(stage: Stage) -> None:
    await incident(stage, "Checkout is failing sev2 --started 14:30 --service checkout-api", "--at 14:40")
    await stage.misses(days=40)
    await incident(stage, "Search is slow sev1 --service search")
    assert "2 incidents (2026-03-10 to 2026-04-19, 1 still open)" in await metrics(stage)
    assert "1 incident (2026-04-19" in await metrics(stage, "30d")
    assert "1 incident (2026-03-10)" in await metrics(stage, "2026-03")
    assert "1 incident (2026-03-10)" in await metrics(stage, "last month")
    assert "0 incidents" in await metrics(stage, "2025")
    march = await metrics(stage, "2026-03 Checkout-API")
    assert "2026-03, checkout-api · 1 incident" in march and "median 10 min, p90 10 min, n = 1" in march
    assert "checkout-api · 1 incident" in await metrics(stage, "checkout")
    assert "0 incidents" in await metrics(stage, "search 2026-03")
    wrong = await metrics(stage, "chekout")
    assert "neither a period nor a service" in wrong and "checkout-api, search" in wrong


async def test_drills_false_alarms_and_assumptions_are_left_out_and_counted_as_such(stage: Stage) -> None:
    await incident(stage, "Real sev2 --started 14:31", "--at 14:41")
    await incident(stage, "Practice sev1 --drill --started 14:00", "--at 14:45")
    gone = await stage.declared("False alarm sev1")
    await stage.alice.types("/incident cancel the probe was wrong", gone)
    kept, lost = (
        await stage.declared("Same one sev2 --started about 14:40"),
        await stage.declared("Same one again sev2"),
    )
    await stage.alice.types(f"/incident merge into #{kept.name}", lost)
    await stage.alice.types("/incident action add Practise more", gone)
    text = await metrics(stage)
    assert "2 incidents" in text and "Left out: 1 drill, 1 cancelled incident, 1 merged incident." in text
    assert "Time to detect (started → detected): no value, n = 0 _(left out: 2 only assumed)_" in text
    assert "Time to resolve (started → resolved): median 10 min, p90 10 min, n = 1 _(left out: 1 unknown)_" in text
    assert "nearest rank" in text
    await stage.alice.types("/incident mark detected 14:45", kept)
    again = await metrics(stage)
    assert "median 5 min, p90 5 min, n = 1 _(1 of the values approximate; left out: 1 only assumed)_" in again


async def test_action_items_are_counted_with_their_age(stage: Stage) -> None:
    channel = await stage.declared()
    await stage.alice.types("/incident action add Add an alert due tomorrow", channel)
    await stage.alice.types("/incident action add Write a runbook due 2026-12-24", channel)
    await stage.alice.types("/incident action add Argue about it", channel)
    await stage.misses(days=5)
    await stage.alice.types("/incident action add Fix the probe due 2026-12-24", channel)
    await stage.alice.types("/incident action decline A3 not worth it", channel)
    await stage.alice.types("/incident action done A4", channel)
    text = await metrics(stage)
    assert "1 of 4 done (25 %), 1 declined, 2 unfinished" in text
    assert "1 overdue; age of the unfinished: median 5 days, p90 5 days, n = 2" in text


async def test_private_incidents_count_for_their_members_alone(stage: Stage) -> None:
    await stage.declared("Public one sev2")
    await stage.alice.types("/incident declare Token leak sev1 --private --service vault", stage.general)
    await stage.settle()
    hers, his = await metrics(stage), await metrics(stage, by=stage.bob)
    assert "2 incidents" in hers and "1 private incident whose member you are" in hers and "vault: 1" in hers
    assert "1 incident" in his and "private" not in his and "vault" not in his
    assert "neither a period nor a service" in await metrics(stage, "vault", by=stage.bob)


async def test_the_answer_has_a_picture_that_says_what_it_shows(either_stage: Stage) -> None:
    stage = either_stage
    assert "image" not in await metrics(stage)  # of nothing there is none
    await incident(stage, "Checkout is failing sev2 --started 14:30", "--at 14:40")
    answer = await stage.bob.types("/incident metrics", stage.general)
    (picture,) = [block for block in answer.blocks if block["type"] == "image"]
    assert "median 10 min" in picture["alt_text"]
    file = stage.slack.world.files[picture["slack_file"]["id"]]
    assert file.content.startswith(b"\x89PNG") and not file.shares  # in nobody's channel


async def test_without_the_picture_the_numbers_are_told_all_the_same(stage: Stage) -> None:
    await stage.declared()
    stage.slack.faults.error("files.getUploadURLExternal", "storage_limit_reached")
    assert "Slack did not take the chart just now" in await metrics(stage)
    stage.slack.faults.refuse(RESPONSE_URL, "invalid_blocks")  # as while Slack still looks at a new file
    answer = await stage.bob.types("/incident metrics", stage.general)
    assert "1 incident" in answer.text and "image" not in [block["type"] for block in answer.blocks]
    shown = await stage.bob.presses(answer.whispers[-1], text="Show the picture")
    assert [block["type"] for block in shown.blocks] == ["image"]
