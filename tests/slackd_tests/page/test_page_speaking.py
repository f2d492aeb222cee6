"""What people type and click on the page happens in the world."""

from __future__ import annotations

from playwright.async_api import expect

from tests.slackd_tests.page.room import Room


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
