"""Commands, forms, buttons and shortcuts of an app work on the page."""

from __future__ import annotations

from dataclasses import replace

from playwright.async_api import expect

from tests.slackd_tests.page.room import Room


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


async def test_an_app_without_home_opens_on_its_messages(room: Room) -> None:
    room.slack.manifest = replace(room.slack.manifest, home_tab=False)
    await room.visit(room.alice)
    await room.page.locator("#sidebar .row", has_text="Scribe").click()
    await expect(room.composer).to_have_attribute("placeholder", "Message scribe")
    await expect(room.page.get_by_role("button", name="Home")).to_have_count(0)


async def test_what_was_typed_survives_an_update_and_a_form_on_top(room: Room) -> None:
    await room.visit(room.alice)
    form = await room.open_form()
    await form.get_by_role("textbox", name="Title").fill("Half a title")
    await form.get_by_role("button", name="Look again").click()
    await expect(form.locator(".alert")).to_have_text("Looked again, while Half a title")
    await expect(form.get_by_role("textbox", name="Title")).to_have_value("Half a title")
    await form.get_by_role("button", name="What is open?").click()
    await expect(form).to_contain_text("INC-6 is open")
    await form.get_by_role("button", name="Back").click()
    await expect(form.get_by_role("textbox", name="Title")).to_have_value("Half a title")
