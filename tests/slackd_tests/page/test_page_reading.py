"""What people see on the page is what the world says."""

from __future__ import annotations

import re

import aiohttp
from playwright.async_api import expect

from tests.slackd_tests.page.room import Room
from tests.slackd_tests.page.tiny_app import showcase

HOSTILE = '<img src=x onerror="window.hacked=1"> <script>window.hacked=1</script> <!channel> `x` javascript:alert(1)'


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
    await expect(viewer.locator("h1")).to_have_text("Draft")
    await viewer.get_by_role("button", name="Source").click()
    await expect(viewer.locator("pre")).to_contain_text("<b>raw</b>")
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


async def test_who_has_scrolled_up_is_told_of_new_messages(room: Room) -> None:
    for number in range(60):
        await room.bob.says(room.ops, f"line {number}")
    await room.visit(room.alice)
    await expect(room.message("line 59")).to_be_in_viewport()
    await room.page.locator("#main .messages").evaluate("list => { list.scrollTop = 0; }")
    await room.bob.says(room.ops, "news")
    await room.page.get_by_role("button", name="New messages").click()
    await expect(room.message("news")).to_be_in_viewport()
    await expect(room.page.get_by_role("button", name="New messages")).to_have_count(0)


async def test_earlier_messages_are_fetched_on_request(room: Room) -> None:
    for number in range(150):
        await room.bob.says(room.ops, f"line {number}.")
    await room.visit(room.alice)
    await expect(room.message("line 149.")).to_be_visible()
    await expect(room.message("line 3.")).to_have_count(0)
    await room.page.get_by_role("button", name="Show earlier messages").click()
    await expect(room.message("line 3.").first).to_be_attached()


async def test_a_pinned_message_far_back_is_found(room: Room) -> None:
    await room.bob.pins(await room.bob.says(room.ops, "the card"))
    for number in range(150):
        await room.bob.says(room.ops, f"line {number}.")
    await room.visit(room.alice)
    await room.page.get_by_role("button", name="1 pinned").click()
    await room.page.get_by_role("dialog", name="Pinned messages").get_by_role("button").click()
    await expect(room.message("the card")).to_be_in_viewport()


async def test_endless_markup_does_not_hold_the_page_up(room: Room) -> None:
    for token in ("*_~`", "**a ", "[x](", "<@", ":a:", "```\n", "> ", "![](", "|-|\n", "- [ ] "):
        nasty = token * (30_000 // len(token))
        bot = room.slack.alert_bot(f"bot {token}")
        await bot.posts(room.ops, blocks=[{"type": "markdown", "text": nasty[:12_000]}])
        await room.bob.says(room.ops, nasty)
    await room.bob.says(room.ops, "the end")
    await room.visit(room.alice)
    await expect(room.message("the end")).to_be_visible()


async def test_messages_are_walked_and_used_by_keyboard(room: Room) -> None:
    first = await room.bob.says(room.ops, "first")
    await room.bob.says(room.ops, "second")
    await room.visit(room.alice)
    await room.page.locator("#main .messages").focus()
    await room.page.keyboard.press("ArrowUp")
    await expect(room.message("second")).to_be_focused()
    await room.page.keyboard.press("ArrowUp")
    await room.page.keyboard.press("Tab")
    await room.page.keyboard.press("Enter")
    await expect(room.message("first").locator(".reaction.mine")).to_contain_text("📌")
    assert first.reactions == {"pushpin": [room.alice.id]}
