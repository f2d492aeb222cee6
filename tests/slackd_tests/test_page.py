"""The page in a real browser: what people see is what the world says, and what they click happens."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
from playwright.async_api import Browser, Locator, Page, async_playwright, expect

from tests.slackd.people import Person
from tests.slackd.records import Channel
from tests.slackd.server import Slackd
from tests.slackd_tests.tiny_app import MANIFEST, running, showcase

CHROMIUM = Path("/usr/bin/chromium-headless-shell")
pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="no chromium-headless-shell on this machine")
HOSTILE = '<img src=x onerror="window.hacked=1"> <script>window.hacked=1</script> <!channel> `x` javascript:alert(1)'


@dataclass
class Room:
    """A workspace with three people, an incident channel, and a browser that looks at it."""

    slack: Slackd
    page: Page
    alice: Person
    bob: Person
    carol: Person
    ops: Channel

    async def visit(self, who: Person, place: str | None = None) -> None:
        await self.page.goto("about:blank")
        await self.page.goto(f"{self.slack.address}#/{who.id}/{place or self.ops.id}")
        await self.page.wait_for_selector("body[data-ready]")

    def message(self, text: str) -> Locator:
        return self.page.locator("#main .message").filter(has_text=text)

    @property
    def composer(self) -> Locator:
        return self.page.locator("#main .composer textarea")

    async def type(self, line: str) -> None:
        await self.composer.fill(line)
        await self.composer.press("Enter")

    async def choose(self, message: Locator, entry: str) -> None:
        await message.hover()
        await message.get_by_role("button", name="More actions").click()
        await self.page.get_by_role("menuitem", name=entry).click()

    async def open_form(self) -> Locator:
        await self.type("/incident declare")
        form = self.page.locator("form.modal")
        await expect(form).to_be_visible()
        return form


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield launched
        await launched.close()


@pytest.fixture
async def room(browser: Browser) -> AsyncIterator[Room]:
    problems: list[str] = []
    async with Slackd(MANIFEST) as slack, running(slack):
        alice = slack.person("alice", name="Alice Meyer", tz="Europe/Zurich")
        bob = slack.person("bob", name="Bob O'Neil", tz="America/New_York")
        carol = slack.person("carol", name="Carol", tz="Asia/Tokyo")
        slack.channel("general", alice, bob, carol)
        ops = slack.channel("incident-checkout", alice, bob)
        slack.invite_bot(ops)
        page = await browser.new_page(viewport={"width": 1360, "height": 860})
        page.set_default_timeout(8000)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda line: problems.append(line.text) if line.type == "error" else None)
        yield Room(slack, page, alice, bob, carol, ops)
        await page.close()
    unexpected = [problem for problem in problems if "status of 400" not in problem]
    assert unexpected == []


# ---- reading


async def test_each_person_sees_their_own_channels_and_their_own_time(room: Room) -> None:
    room.slack.channel("exec-private", room.alice, private=True)
    await room.bob.says(room.ops, "it is nine in London")
    await room.visit(room.alice)
    await expect(room.page.locator("#sidebar")).to_contain_text("exec-private")
    await expect(room.message("nine in London").locator("time")).to_have_text("10:00")
    await room.page.locator(".whoami").click()
    await room.page.get_by_role("menuitem", name="Bob O'Neil").click()
    await expect(room.page.locator(".whoami")).to_contain_text("You are Bob O'Neil")
    await expect(room.page.locator("#sidebar")).not_to_contain_text("exec-private")
    await expect(room.message("nine in London").locator("time")).to_have_text("04:00")


async def test_what_others_do_appears_without_reloading(room: Room) -> None:
    await room.visit(room.alice)
    message = await room.bob.says(room.ops, "errors at *34%* :boom:")
    shown = room.message("errors at 34%")
    await expect(shown.locator("strong")).to_have_text("34%")
    await expect(shown.locator(".emoji").first).to_have_text("💥")
    await room.bob.edits(message, "errors at 35%")
    await expect(room.message("errors at 35%")).to_contain_text("(edited)")
    await room.bob.reacts(message, "pushpin")
    await expect(room.message("errors at 35%").locator(".reaction").first).to_contain_text("1")
    await room.bob.says(room.ops, "rolled back", thread=message)
    await expect(room.message("errors at 35%").locator(".thread-summary")).to_contain_text("1 reply")
    await room.bob.deletes(message)
    await expect(room.page.locator("#main")).to_contain_text("This message was deleted.")


async def test_unread_channels_and_mentions_stand_out_until_they_are_opened(room: Room) -> None:
    await room.visit(room.alice)
    general = room.slack.channel("general")
    await room.bob.says(general, "anyone?")
    row = room.page.locator("#sidebar .row", has_text="general")
    await expect(row).to_have_class(re.compile("unread"))
    await room.bob.says(general, "@alice please")
    await expect(row.locator(".count")).to_have_text("1")
    await row.click()
    await expect(room.message("please")).to_be_visible()
    await expect(row).not_to_have_class(re.compile("unread"))


async def test_hostile_text_stays_text_wherever_it_stands(room: Room) -> None:
    await room.bob.says(room.ops, HOSTILE)
    await room.bob.becomes(real_name=HOSTILE)
    bot = room.slack.alert_bot(HOSTILE)
    await bot.posts(room.ops, attachments=[{"title": HOSTILE, "title_link": "javascript:window.hacked=1", "text": "x"}])
    await room.bob.sets_topic(room.ops, HOSTILE)
    link = {"type": "mrkdwn", "text": f"<javascript:window.hacked=1|click> {HOSTILE}"}
    await bot.posts(room.ops, blocks=[{"type": "section", "text": link}])
    await room.bob.says(room.ops, "f", files=[("x.svg", b'<svg onload="parent.hacked=1"/>'), ("x.html", b"<b>no</b>")])
    await room.visit(room.alice)
    await expect(room.message("click")).to_be_visible()
    assert await room.page.evaluate("window.hacked") is None
    assert await room.page.locator('a[href^="javascript"]').count() == 0
    await expect(room.page.locator("#main")).to_contain_text("<script>window.hacked=1</script>")


async def test_every_block_an_app_would_use_is_shown(room: Room) -> None:
    await room.visit(room.alice)
    await room.type("/incident show")
    card = room.message("INC-7 Checkout is failing")
    await expect(card.locator("h2").first).to_contain_text("INC-7 Checkout is failing")
    await expect(card).to_contain_text("Today at 09:50")
    await expect(card).to_contain_text("@Alice Meyer")
    await expect(card.locator(".markdown td").nth(3)).to_have_text("errors | alerts")
    await expect(card.locator(".markdown input[type=checkbox]")).to_have_count(2)
    await expect(card.locator("td.align-right")).to_have_text("12")
    await expect(card.locator("li").first).to_have_text("<script>alert(1)</script>")
    assert await card.locator("[data-block] .unknown, .unknown").count() == 0
    kinds = {block["type"] for block in showcase()}
    assert await card.locator(".blocks > *").count() == len(showcase()) >= len(kinds)


async def test_files_open_in_a_viewer_and_pictures_are_shown(room: Room) -> None:
    png = bytes.fromhex(
        "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63f8cfc0f01f00050001ff"
        "89993d1d0000000049454e44ae426082"
    )
    await room.bob.says(room.ops, "the draft", files=[("draft.md", b"# Draft\n\n<b>raw</b>\n"), ("dot.png", png)])
    await room.visit(room.alice)
    picture = room.page.locator(".picture-file img")
    await expect(picture).to_be_visible()
    await room.page.wait_for_function("document.querySelector('.picture-file img').naturalWidth === 1")
    await room.page.get_by_role("button", name="Open draft.md").click()
    viewer = room.page.get_by_role("dialog", name="draft.md")
    await expect(viewer.locator("pre")).to_contain_text("<b>raw</b>")
    await viewer.get_by_role("button", name="Formatted").click()
    await expect(viewer.locator("h1")).to_have_text("Draft")
    await room.page.keyboard.press("Escape")
    await expect(viewer).to_have_count(0)


async def test_header_shows_topic_pins_bookmarks_and_the_canvas(room: Room) -> None:
    message = await room.bob.says(room.ops, "keep this")
    await room.bob.pins(message)
    await room.bob.sets_topic(room.ops, "SEV-2")
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {room.slack.bot_token}"}) as session:
        content = {"type": "markdown", "markdown": "# Summary\n\n![](@U0ALICE) commanded"}
        canvas = {"channel_id": room.ops.id, "title": "Post-mortem", "document_content": content}
        await session.post(f"{room.slack.url}conversations.canvases.create", json=canvas)
        mark = {"channel_id": room.ops.id, "title": "Report", "type": "link", "link": "https://example.com/r"}
        await session.post(f"{room.slack.url}bookmarks.add", params=mark)
    await room.visit(room.alice)
    head = room.page.locator(".channel-head")
    await expect(head.locator(".topic")).to_have_text("SEV-2")
    await expect(head.get_by_role("link", name="Report")).to_have_attribute("href", "https://example.com/r")
    await head.get_by_role("button", name="1 pinned").click()
    await expect(room.page.get_by_role("dialog", name="Pinned messages")).to_contain_text("keep this")
    await room.page.keyboard.press("Escape")
    await head.get_by_role("button", name="Post-mortem").click()
    await expect(room.page.locator(".paper")).to_contain_text("@Alice Meyer commanded")
    await head.get_by_role("button", name="Messages").click()
    await expect(room.message("keep this")).to_be_visible()


# ---- speaking


async def test_enter_sends_and_shift_enter_breaks_the_line(room: Room) -> None:
    await room.visit(room.alice)
    await room.composer.press_sequentially("one")
    await room.composer.press("Shift+Enter")
    await room.composer.press_sequentially("two @bob")
    await room.composer.press("Escape")
    await room.composer.press("Enter")
    await expect(room.message("one")).to_contain_text("two")
    assert room.slack.messages(room.ops)[-1].text == "one\ntwo <@U0BOB>"
    await expect(room.composer).to_have_value("")


async def test_reactions_are_picked_and_toggled(room: Room) -> None:
    message = await room.bob.says(room.ops, "deploy at 08:50")
    await room.visit(room.alice)
    shown = room.message("deploy at 08:50")
    await shown.hover()
    await shown.locator(".tools").get_by_role("button", name="Add a reaction").click()
    await room.page.get_by_role("dialog", name="Pick an emoji").get_by_role("button", name="rotating_light").click()
    chip = shown.locator(".reaction.mine")
    await expect(chip).to_contain_text("🚨")
    assert message.reactions == {"rotating_light": [room.alice.id]}
    await chip.click()
    await expect(chip).to_have_count(0)
    assert message.reactions == {}


async def test_a_message_is_edited_deleted_and_pinned_from_its_menu(room: Room) -> None:
    await room.visit(room.alice)
    await room.type("fisrt <words> & @bob")
    await room.choose(room.message("fisrt"), "Edit message")
    editor = room.page.get_by_role("textbox", name="Edit message")
    await expect(editor).to_have_value("fisrt <words> & @bob")
    await editor.fill("first")
    await editor.press("Enter")
    await expect(room.message("first")).to_contain_text("(edited)")
    await room.choose(room.message("first"), "Pin to channel")
    await expect(room.page.get_by_role("button", name="1 pinned")).to_be_visible()
    await room.choose(room.message("first"), "Delete message")
    await room.page.get_by_role("button", name="Delete", exact=True).click()
    await expect(room.message("first")).to_have_count(0)


async def test_other_peoples_messages_cannot_be_edited(room: Room) -> None:
    await room.bob.says(room.ops, "mine")
    await room.visit(room.alice)
    shown = room.message("mine")
    await shown.hover()
    await shown.get_by_role("button", name="More actions").click()
    menu = room.page.get_by_role("menu")
    await expect(menu).to_contain_text("Copy link")
    await expect(menu).not_to_contain_text("Edit message")


async def test_a_thread_opens_beside_the_channel_and_takes_replies(room: Room) -> None:
    parent = await room.bob.says(room.ops, "who is on it?")
    await room.visit(room.alice)
    await room.choose(room.message("who is on it?"), "Reply in thread")
    pane = room.page.locator("#thread")
    reply = pane.get_by_role("textbox", name="Reply…")
    await reply.fill("I am")
    await reply.press("Enter")
    await expect(pane.locator(".message", has_text="I am")).to_be_visible()
    assert room.slack.messages(room.ops)[-1].thread_ts == parent.ts
    await reply.fill("/incident event x")
    await reply.press("Enter")
    await expect(room.page.locator(".toast")).to_contain_text("do not work in threads")
    await pane.get_by_role("button", name="Close the thread").click()
    await expect(pane).to_be_hidden()


async def test_channels_are_created_joined_and_browsed(room: Room) -> None:
    await room.visit(room.carol, room.slack.channel("general").id)
    await room.page.get_by_role("button", name="Create a channel").click()
    await room.page.get_by_role("textbox", name="Name").fill("Incident Ü")
    await room.page.get_by_role("button", name="Create", exact=True).click()
    await expect(room.page.get_by_role("alert")).to_contain_text("invalid_name_specials")
    await room.page.get_by_role("textbox", name="Name").fill("incident-new")
    await room.page.get_by_role("button", name="Create", exact=True).click()
    await expect(room.page.locator(".channel-head h1")).to_have_text("incident-new")
    await room.page.get_by_role("button", name="Browse channels").click()
    await room.page.get_by_role("button", name="incident-checkout").click()
    await room.page.get_by_role("button", name="Join", exact=True).click()
    await expect(room.composer).to_be_visible()
    assert room.carol.id in room.ops.members


# ---- the app


async def test_a_slash_is_completed_and_the_answer_is_only_visible_to_you(room: Room) -> None:
    await room.visit(room.alice)
    await room.composer.press_sequentially("/inc")
    await expect(room.page.get_by_role("option")).to_contain_text("declare | event <text>")
    await room.composer.press("Tab")
    await expect(room.composer).to_have_value("/incident ")
    await room.composer.press_sequentially("hm")
    await room.composer.press("Enter")
    whisper = room.message("Only visible to you")
    await expect(whisper).to_contain_text("You said: hm")
    await whisper.get_by_role("button", name="Forget it").click()
    await expect(whisper).to_contain_text("Forgotten.")
    await whisper.hover()
    await whisper.get_by_role("button", name="Dismiss").click()
    await expect(whisper).to_have_count(0)


async def test_an_unknown_command_is_said_to_the_typist(room: Room) -> None:
    await room.visit(room.alice)
    await room.type("/nonsense")
    await expect(room.page.get_by_role("alert")).to_contain_text('/nonsense failed with the error "invalid_command"')
    await expect(room.composer).to_have_value("/nonsense")


async def test_a_form_is_filled_corrected_and_submitted(room: Room) -> None:
    await room.visit(room.alice)
    form = await room.open_form()
    await form.get_by_role("button", name="Declare", exact=True).click()
    await expect(form.locator(".error")).to_have_count(2)
    await form.get_by_role("textbox", name="Title").fill("Is it down?")
    await form.get_by_role("combobox", name="Severity").select_option("sev2")
    await expect(form.locator(".error")).to_have_count(0)
    await form.get_by_role("button", name="Declare", exact=True).click()
    await expect(form.locator(".error")).to_have_text("A title, not a question")
    await form.get_by_role("textbox", name="Title").fill("Checkout is down")
    await form.get_by_role("button", name="Declare", exact=True).click()
    await expect(form).to_have_count(0)
    assert room.slack.messages(room.alice.dm)[-1].text == "Declared Checkout is down as sev2"
    await expect(room.page.locator("#sidebar .row", has_text="Scribe").locator(".count")).to_have_text("1")


async def test_every_input_reaches_the_app_as_slack_sends_it(room: Room) -> None:
    await room.visit(room.alice)
    form = await room.open_form()
    await form.get_by_role("textbox", name="Title").fill("Down")
    await form.get_by_role("combobox", name="Severity").select_option("sev1")
    await form.get_by_role("combobox", name="Add to Services").select_option("api")
    await form.get_by_role("combobox", name="Add to Services").select_option("database")
    await form.get_by_role("combobox", name="Commander").select_option(room.bob.id)
    await form.get_by_role("combobox", name="Add to Responders").select_option(room.carol.id)
    await form.get_by_role("combobox", name="Report to").select_option(room.ops.id)
    await form.get_by_label("Started at").fill("2026-03-29T03:30")
    await form.get_by_label("Day").fill("2026-03-03")
    await form.get_by_label("Hour").fill("23:59")
    await form.get_by_role("textbox", name="Users affected").fill("5000")
    await form.get_by_role("textbox", name="Impact").fill("two\nlines")
    await form.get_by_role("textbox", name="Notes").fill("rich")
    await form.get_by_role("radio", name="Degradation").check()
    await form.get_by_role("checkbox", name="Drill").check()
    await form.get_by_role("searchbox", name="Similar to").press_sequentially("db")
    await room.page.get_by_role("option", name="INC-2 db").click()
    await form.get_by_label("Screenshot").set_input_files({"name": "a.txt", "mimeType": "text/plain", "buffer": b"a"})
    await expect(form.get_by_text("a.txt")).to_be_visible()
    await form.get_by_role("button", name="Declare", exact=True).click()
    await expect(form).to_have_count(0)
    sent = [e.payload for e in room.slack.envelopes if e.payload.get("type") == "view_submission"][-1]
    values = {block: leaves["x"] for block, leaves in sent["view"]["state"]["values"].items()}
    assert [option["value"] for option in values["services"]["selected_options"]] == ["api", "database"]
    assert values["commander"] == {"type": "users_select", "selected_user": room.bob.id}
    assert values["team"]["selected_users"] == [room.carol.id]
    assert values["room"]["selected_conversation"] == room.ops.id
    assert values["where"]["selected_channel"] is None
    assert values["started"]["selected_date_time"] == 1_774_747_800  # 03:30 in Zurich on the day clocks change
    assert values["day"]["selected_date"] == "2026-03-03"
    assert values["hour"]["selected_time"] == "23:59"
    assert values["users"]["value"] == "5000"
    assert values["mail"]["value"] is None
    assert values["impact"]["value"] == "two\nlines"
    assert values["notes"]["rich_text_value"]["elements"][0]["elements"] == [{"type": "text", "text": "rich"}]
    assert values["kind"]["selected_option"]["value"] == "deg"
    assert [option["value"] for option in values["flags"]["selected_options"]] == ["drill"]
    assert values["similar"]["selected_option"]["value"] == "INC-2"
    assert [file["name"] for file in values["proof"]["files"]] == ["a.txt"]


async def test_escape_closes_the_form(room: Room) -> None:
    await room.visit(room.alice)
    form = await room.open_form()
    await room.page.keyboard.press("Escape")
    await expect(form).to_have_count(0)
    assert room.alice.modal is None


async def test_buttons_menus_and_confirmations_in_a_message_work(room: Room) -> None:
    await room.visit(room.alice)
    await room.type("/incident show")
    card = room.message("INC-7 Checkout is failing")
    await card.get_by_role("button", name="Resolve").click()
    await expect(card.locator(".thread-summary")).to_contain_text("1 reply")
    await card.get_by_role("combobox", name="Severity").select_option("sev3")
    await expect(card.locator(".thread-summary")).to_contain_text("2 replies")
    await card.locator("input[type=date]").fill("2026-03-10")
    await expect(card.locator(".thread-summary")).to_contain_text("3 replies")
    await card.locator(".section").get_by_role("button", name="More actions").click()
    await room.page.get_by_role("menuitem", name="Edit").click()
    await expect(card.locator(".thread-summary")).to_contain_text("4 replies")
    await card.get_by_role("button", name="False alarm").click()
    await room.page.get_by_role("button", name="No", exact=True).click()
    replies = [message.text for message in room.slack.messages(room.ops) if message.is_reply]
    assert replies == ["resolve → INC-7", "level → sev3", "due → 2026-03-10", "more → edit"]


async def test_shortcuts_are_offered_on_messages_and_by_the_composer(room: Room) -> None:
    await room.bob.says(room.ops, "errors since the deploy")
    await room.visit(room.alice)
    await room.choose(room.message("errors since the deploy"), "Add to timeline")
    await expect(room.message("Only visible to you")).to_contain_text("Kept: errors since the deploy")
    await room.page.get_by_role("button", name="Shortcuts").click()
    await room.page.get_by_role("menuitem", name="Declare incident").click()
    await expect(room.page.locator("form.modal")).to_be_visible()


async def test_the_apps_home_is_shown_and_its_buttons_work(room: Room) -> None:
    await room.visit(room.alice)
    await room.page.locator("#sidebar .row", has_text="Scribe").click()
    await room.page.locator(".home").get_by_role("button", name="Open").click()
    await expect(room.page.locator("form.modal h2")).to_have_text("Opened from Home")
    await room.page.keyboard.press("Escape")
    await room.page.locator(".channel-head").get_by_role("button", name="Messages").click()
    await expect(room.composer).to_have_attribute("placeholder", "Message scribe")


async def test_the_clock_is_moved_from_the_page(room: Room) -> None:
    await room.visit(room.alice)
    face = room.page.locator(".clock-face")
    await expect(face).to_contain_text("10:00:00")
    await room.page.get_by_role("button", name="+10 min").click()
    await expect(face).to_contain_text("10:10:00")
    await room.page.get_by_role("button", name="+1 day").click()
    await expect(face).to_contain_text("Tue 3 Mar")
    await room.page.get_by_role("button", name="Let the clock run").click()
    await expect(room.page.get_by_role("button", name="Stop the clock")).to_be_visible()
    assert room.slack.clock.rate == 1


# ---- the door


async def test_the_page_loads_nothing_from_elsewhere_and_says_so(room: Room) -> None:
    asked: list[str] = []
    room.page.on("request", lambda request: asked.append(request.url))
    await room.bob.says(room.ops, "see https://example.com/x.png")
    await room.visit(room.alice)
    await expect(room.message("see https")).to_be_visible()
    assert [url for url in asked if not url.startswith((room.slack.address, "about:"))] == []
    async with aiohttp.ClientSession() as session, session.get(room.slack.address) as answer:
        policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


async def test_a_private_channel_and_its_files_are_closed_to_others(room: Room) -> None:
    secret = room.slack.channel("exec-private", room.alice, private=True)
    message = await room.alice.says(secret, "hush", files=[("plan.txt", b"hush")])
    root, bob = room.slack.address, {"as": room.bob.id}
    async with aiohttp.ClientSession() as session:
        for path in (f"channel/{secret.id}", f"thread/{secret.id}/{message.ts}", f"file/{message.files[0]}"):
            async with session.get(f"{root}page/{path}", params=bob) as answer:
                assert answer.status == 400
                assert "hush" not in await answer.text()
        async with session.get(f"{root}page/file/{message.files[0]}", params={"as": room.alice.id}) as answer:
            assert await answer.text() == "hush"
            assert answer.headers["Content-Type"].startswith("text/plain")


async def test_an_act_must_be_json_so_that_another_site_cannot_send_it(room: Room) -> None:
    address = f"{room.slack.address}page/act/say"
    async with aiohttp.ClientSession() as session:
        async with session.post(address, data={"text": "x", "channel": room.ops.id}) as answer:
            assert answer.status == 404
        async with session.post(address, json={"text": "x"}) as answer:
            assert (answer.status, (await answer.json())["ok"]) == (400, False)
