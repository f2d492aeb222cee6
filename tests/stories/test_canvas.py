"""The report as a canvas of the incident's channel: one, up to date, within limits; what people write in it is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import facts as f
from bot.facts import Source
from bot.words import Kind, Wire
from storage import Call
from templates.canvas_notes import HEADING
from tests.databases import fresh_sqlite
from tests.slackd.limits import check_canvas_markdown
from tests.slackd.records import Canvas, Channel
from tests.stage import Stage, staged
from tests.stories.reading import draft
from tests.stories.test_state import said

SOON = 0.5
LATER = 3


def canvases(stage: Stage, channel: Channel) -> list[Canvas]:
    return [c for c in stage.slack.world.canvases.values() if channel.id in (c.channel, c.tab)]


def only(stage: Stage, channel: Channel) -> Canvas:
    (canvas,) = canvases(stage, channel)
    return canvas


def notes(canvas: Canvas) -> str:
    """What stands below our heading."""
    return canvas.markdown.split(f"## {HEADING}\n\n", 1)[1].split("\n\n", 1)[-1]


def edits(stage: Stage) -> int:
    return len(stage.slack.calls_of("canvases.edit"))


async def declared(stage: Stage, line: str = "Checkout is failing sev2") -> Channel:
    """Declare, and wait for the canvas."""
    channel = await stage.declared(line)
    await stage.minutes(SOON)
    return channel


async def event(stage: Stage, channel: Channel, text: str) -> None:
    """Capture a line, and wait for the canvas."""
    await stage.alice.types(f"/incident event {text}", channel)
    await stage.minutes(LATER)


async def adds(stage: Stage, canvas: Canvas, below: str, words: str) -> None:
    """Bob writes in the canvas, below the line that holds `below`."""
    lines = canvas.markdown.split("\n")
    at = next(n for n, line in enumerate(lines) if below in line)
    await stage.bob.writes_in(canvas, "\n".join([*lines[: at + 1], "", words, "", *lines[at + 1 :]]))


# ---- made and kept up to date


async def test_the_report_stands_as_a_tab_of_the_channel_from_the_first_minute(stage: Stage) -> None:
    channel = await declared(stage)
    canvas = only(stage, channel)
    incident = await stage.incident(channel)
    assert (canvas.tab, canvas.owner) == (channel.id, stage.slack.world.bot_user_id)
    assert canvas.title == f"{incident.number} · Checkout is failing"
    assert canvas.markdown.startswith(f"# Post-Mortem Report — Checkout is failing ({incident.number})")
    assert canvas.access == {channel.id: "write"}
    address = f"https://acme.slack.com/docs/{stage.slack.world.team_id}/{canvas.id}"
    assert f"<{address}|Report as a canvas>" in str(stage.card(channel).blocks)
    await draft(stage, channel)
    assert sum(address in str(post.blocks) for post in stage.bot_posts(channel)) == 2, "the card and the draft"


async def test_many_facts_make_one_edit_and_none_makes_none(stage: Stage) -> None:
    channel = await declared(stage)
    for number in range(5):
        await stage.alice.types(f"/incident event step {number}", channel)
    await stage.settle()
    assert edits(stage) == 0
    await stage.minutes(LATER)
    canvas = only(stage, channel)
    assert [n for n in range(5) if f"step {n}" not in canvas.markdown] == []
    made = edits(stage)
    assert made <= 2, "the lines of the log that are evidence may come in a second one"
    incident = await stage.incident(channel)
    again = Call("canvas:again", "canvas", "scribe.canvas", {}, incident.id, "canvas")
    async with stage.desk.store.visit(incident.id) as visit:
        await visit.put([again], stage.desk.clock.now())
    stage.desk.wake.set()
    await stage.minutes(10)
    assert edits(stage) == made
    assert all(len(call.args["changes"]) == 1 for call in stage.slack.calls_of("canvases.edit"))


async def test_a_deleted_message_vanishes_from_the_canvas_at_once(stage: Stage) -> None:
    channel = await declared(stage)
    message = await stage.bob.says(channel, "the password is on the wiki")
    await stage.bob.reacts(message, "pushpin")
    await stage.minutes(LATER)
    canvas = only(stage, channel)
    assert "the password is on the wiki" in canvas.markdown
    await stage.bob.deletes(message)
    await stage.settle()
    assert "password" not in canvas.markdown


async def test_a_new_title_renames_the_canvas(stage: Stage) -> None:
    channel = await declared(stage)
    await said(stage, stage.alice, "title Checkout *and* search are failing", channel)
    await stage.minutes(LATER)
    assert only(stage, channel).title.endswith(r"· Checkout \*and\* search are failing")
    assert "Checkout \\*and\\* search are failing" in only(stage, channel).markdown


async def test_a_team_may_do_without_canvases(tmp_path: Path) -> None:
    async with staged(fresh_sqlite(tmp_path), config="canvas = false", folder=tmp_path) as stage:
        channel = await declared(stage)
        await event(stage, channel, "db failover")
        assert not [call.method for call in stage.slack.calls if "canvas" in call.method]
        assert "canvas" not in " ".join(stage.log_lines(channel))


# ---- what people write in it


async def test_what_a_person_writes_in_it_is_kept_as_theirs_once_whatever_comes(stage: Stage) -> None:
    channel = await declared(stage)
    canvas = only(stage, channel)
    await adds(stage, canvas, "## 🔍 Root Cause Analysis", "I think it was the **cache**.")
    await stage.bob.writes_in(canvas, canvas.markdown + "\n\n- [ ] ask the vendor ![](@U0CAROL)")
    for number in range(3):
        await event(stage, channel, f"step {number}")
        assert canvas.markdown.count("I think it was the **cache**.") == 1
        assert f"step {number}" in canvas.markdown
    assert "ask the vendor @Carol Chen" in notes(canvas), "a name, and no second call"
    assert "**Under “🔍 Root Cause Analysis”:**\n\nI think it was the **cache**." in notes(canvas)
    assert check_canvas_markdown(canvas.markdown) is None


async def test_a_person_may_take_their_words_back(stage: Stage) -> None:
    channel = await declared(stage)
    canvas = only(stage, channel)
    await stage.bob.writes_in(canvas, canvas.markdown + "\n\nwrong\n\nright")
    await event(stage, channel, "one")
    await stage.bob.writes_in(canvas, canvas.markdown.replace("wrong", ""))
    await event(stage, channel, "two")
    assert notes(canvas) == "right"


async def test_words_that_slack_does_not_take_back_are_kept_as_plain_words(stage: Stage) -> None:
    channel = await declared(stage)
    canvas = only(stage, channel)
    await stage.bob.writes_in(canvas, canvas.markdown + "\n\n> - a list in a quote")
    await event(stage, channel, "one")
    assert notes(canvas) == r"\> - a list in a quote"
    assert "one" in canvas.markdown
    await event(stage, channel, "two")
    assert notes(canvas).count("a list in a quote") == 1


# ---- plans and refusals


async def test_on_a_free_plan_it_is_the_channel_s_own_canvas(stage: Stage) -> None:
    stage.slack.world.plan = "free"
    channel = await declared(stage)
    canvas = only(stage, channel)
    assert (canvas.channel, channel.canvas_id) == (channel.id, canvas.id)
    await event(stage, channel, "db failover")
    assert "db failover" in canvas.markdown


@pytest.mark.parametrize(
    "refused", ["free_teams_cannot_create_standalone_canvases", "free_teams_cannot_create_non_tabbed_canvases"]
)
async def test_where_no_standalone_canvas_is_to_be_had_the_channel_gets_its_own(stage: Stage, refused: str) -> None:
    stage.slack.faults.error("canvases.create", refused)
    channel = await declared(stage)
    canvas = only(stage, channel)
    assert (canvas.channel, canvas.tab) == (channel.id, None)
    assert canvas.title.endswith("· Checkout is failing")


async def test_what_stands_in_the_channel_s_canvas_already_is_kept(stage: Stage) -> None:
    """A channel of a free team whose people have written a canvas of their own, and declare there."""
    stage.slack.world.plan = "free"
    room = stage.slack.channel("checkout", stage.alice, stage.bob)
    stage.slack.invite_bot(room)
    theirs = Canvas("F0THEIRS", "Runbook", stage.alice.id, 0, room.id)
    stage.slack.world.canvases[theirs.id], room.canvas_id = theirs, theirs.id
    before = "# Runbook\n\n1. Call Bob\n2. Wait\n\n|who|what|\n|---|---|\n|me|all|"
    await stage.alice.writes_in(theirs, before)
    await stage.alice.types("/incident declare --here Checkout is failing", room)
    await stage.minutes(SOON)
    assert only(stage, room) is theirs
    assert notes(theirs) == before
    assert theirs.markdown.startswith("# Post-Mortem Report — Checkout is failing")
    await event(stage, room, "db failover")
    assert "db failover" in theirs.markdown and notes(theirs) == before
    assert theirs.title == "Runbook"


async def test_where_canvases_are_switched_off_it_is_said_once_and_the_file_comes(stage: Stage) -> None:
    stage.slack.world.canvases_disabled = True
    channel = await declared(stage)
    for text in ("one", "two"):
        await event(stage, channel, text)
    told = [line for line in stage.log_lines(channel) if "canvas" in line]
    assert len(told) == 1 and told[0].startswith("Slack takes no canvas for this incident")
    assert len(stage.slack.calls_of("canvases.create")) == 1
    assert "two" in await draft(stage, channel)
    assert "Report as a canvas" not in str(stage.card(channel).blocks)


async def test_an_edit_that_slack_refuses_now_and_then_is_tried_again(stage: Stage) -> None:
    channel = await declared(stage)
    stage.slack.faults.error("canvases.edit", "canvas_editing_failed", times=2)
    await event(stage, channel, "db failover")
    assert "db failover" in only(stage, channel).markdown
    assert not [line for line in stage.log_lines(channel) if "canvas" in line]


async def test_an_edit_that_slack_goes_on_refusing_is_said_once_and_the_canvas_stays(stage: Stage) -> None:
    channel = await declared(stage)
    canvas = only(stage, channel)
    await stage.bob.writes_in(canvas, canvas.markdown + "\n\nmine")
    trouble = stage.slack.faults.error("canvases.edit", "canvas_too_large", times=1000)
    for text in ("one", "two"):
        await event(stage, channel, text)
    told = [line for line in stage.log_lines(channel) if "canvas" in line]
    assert len(told) == 1 and told[0].startswith("Slack did not take the new content")
    assert "mine" in canvas.markdown
    trouble.times = 0
    await event(stage, channel, "three")
    assert "three" in canvas.markdown and notes(canvas) == "mine"


async def test_a_canvas_that_somebody_deleted_is_not_made_again(stage: Stage) -> None:
    channel = await declared(stage)
    await stage.alice.deletes_canvas(only(stage, channel))
    await event(stage, channel, "one")
    await event(stage, channel, "two")
    assert canvases(stage, channel) == []
    assert len([line for line in stage.log_lines(channel) if "canvas" in line]) == 1


# ---- answers that never come


@pytest.mark.parametrize("plan", ["paid", "free"])
async def test_an_answer_that_is_lost_makes_no_second_canvas(stage: Stage, plan: str) -> None:
    stage.slack.world.plan = "free" if plan == "free" else "paid"
    stage.slack.faults.answer_lost("canvases.create")
    channel = await declared(stage)
    canvas = only(stage, channel)
    assert (await stage.incident(channel)).canvas == canvas.id
    assert notes(canvas).startswith("_What stands above"), "nothing of ours is taken for theirs"
    assert f"{canvas.id}|Report as a canvas" in str(stage.card(channel).blocks)


@pytest.mark.parametrize("method", ["canvases.edit", "canvases.getContent"])
async def test_an_answer_that_is_lost_while_writing_doubles_nothing(stage: Stage, method: str) -> None:
    channel = await declared(stage)
    canvas = only(stage, channel)
    await adds(stage, canvas, "## 🔍 Root Cause Analysis", "I think it was the cache.")
    stage.slack.faults.answer_lost(method)
    await event(stage, channel, "one")
    await event(stage, channel, "two")
    assert notes(canvas) == "**Under “🔍 Root Cause Analysis”:**\n\nI think it was the cache."
    assert canvas.markdown.count("I think it was the cache.") == 1
    assert "two" in canvas.markdown


async def test_facts_that_came_while_the_outcome_was_unknown_are_not_taken_for_anybody_s_words(stage: Stage) -> None:
    """The canvas was written, the answer lost, and by the next try the report reads otherwise."""
    channel = await declared(stage)
    stage.slack.faults.answer_lost("canvases.edit")
    stage.slack.faults.server_error("canvases.getContent", times=12)
    await event(stage, channel, "one")
    await stage.alice.types("/incident event two", channel)
    await stage.minutes(10)
    canvas = only(stage, channel)
    assert "two" in canvas.markdown
    assert notes(canvas).startswith("_What stands above")


# ---- two incidents in one channel


async def declared_here(stage: Stage, room: Channel, title: str) -> None:
    await stage.alice.types(f"/incident declare --here {title}", room)
    await stage.minutes(SOON)


@pytest.fixture
async def room(stage: Stage) -> Channel:
    made = stage.slack.channel("checkout", stage.alice, stage.bob, stage.carol)
    stage.slack.invite_bot(made)
    return made


async def test_each_of_two_incidents_in_a_channel_has_its_canvas_even_if_an_answer_is_lost(
    stage: Stage, room: Channel
) -> None:
    await declared_here(stage, room, "Checkout is failing")
    await stage.alice.types("/incident resolve", room)
    await stage.minutes(LATER)
    stage.slack.faults.answer_lost("canvases.create")
    await declared_here(stage, room, "Checkout is failing again")
    first, second = canvases(stage, room)
    assert "Checkout is failing (" in first.markdown and "Checkout is failing again (" in second.markdown
    assert (await stage.incident(room)).canvas == second.id


async def test_where_the_channel_has_room_for_one_canvas_the_second_incident_does_without(
    stage: Stage, room: Channel
) -> None:
    stage.slack.world.plan = "free"
    await declared_here(stage, room, "Checkout is failing")
    await stage.alice.types("/incident resolve", room)
    await stage.minutes(LATER)
    await declared_here(stage, room, "Search is failing")
    await event(stage, room, "db failover")
    canvas = only(stage, room)
    assert "Checkout is failing (" in canvas.markdown and "Search is failing" not in canvas.markdown
    assert notes(canvas).startswith("_What stands above")
    assert (await stage.incident(room)).canvas is None
    assert sum("Slack takes no canvas for this incident" in post.text for post in stage.bot_posts(room)) == 1


# ---- limits


async def test_ten_thousand_events_and_hostile_words_stay_within_slack_s_limits(stage: Stage) -> None:
    channel = await declared(stage)
    incident = await stage.incident(channel)
    hostile = Wire("![](@U0ALICE) | <!channel> # x\n> - y &lt;b&gt;")
    facts: list[f.AnyFact] = []
    for number in range(10_000):
        at, source = stage.desk.clock.now(), Source("command", stage.alice.id)
        text = hostile if number % 100 == 0 else Wire(f"line number {number} of a long and busy incident")
        entry = f"c:many:{number}"
        facts.append(f.Captured(key=entry, at=at, source=source, entry=entry, text=text, author=stage.alice.id))
        mark = f.Marked(
            key=f"m{entry}", at=at, source=source, entry=entry, name="typed", meaning=Kind.EVENT, stamp=f"{number:06}"
        )
        facts.append(mark)
    async with stage.desk.store.visit(incident.id) as visit:
        await visit.record(facts, stage.desk.clock.now())
    await event(stage, channel, "the last one")
    canvas = only(stage, channel)
    assert check_canvas_markdown(canvas.markdown) is None
    assert "are left out here, because a canvas holds no more: `/incident postmortem" in canvas.markdown
    assert "the last one" in canvas.markdown
    assert "![](" not in canvas.markdown.replace(r"\!\[\](", "")
    await stage.bob.writes_in(canvas, canvas.markdown + "\n\nmine")
    await event(stage, channel, "one more")
    assert "one more" in canvas.markdown and notes(canvas) == "mine"
