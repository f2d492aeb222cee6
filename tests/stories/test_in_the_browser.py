"""One walk through the pretend Slack's page, as a newcomer takes it in the demo, against the real program."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from tests.browsing import PATIENCE, browser
from tests.databases import fresh_sqlite
from tests.stage import Stage, staged
from tests.stories.reminders import QUIET

__all__ = ["browser"]


@dataclass
class Newcomer:
    """Alice at the page. After each act the stage comes to rest, so the page only has to catch up."""

    stage: Stage
    page: Page

    async def types(self, line: str) -> None:
        composer = self.page.locator("#main .composer textarea")
        await composer.fill(line)
        await composer.press("Enter")
        await expect(composer).to_have_value("")
        await self.stage.settle()

    async def presses(self, where: Locator, name: str) -> None:
        """Press a button; what waits for Slack's posting rate is given its seconds."""
        await where.get_by_role("button", name=name, exact=True).click()
        await self.stage.minutes(0.5)

    async def submits(self, label: str, text: str, button: str) -> None:
        """Fill one input of the form in and submit it."""
        await self.form.get_by_label(label).fill(text)
        await self.presses(self.form, button)

    async def reacts(self, message: Locator, emoji: str) -> None:
        await message.hover()
        await message.locator(".tools").get_by_role("button", name="Add a reaction").click()
        search = self.page.get_by_placeholder("Search emoji")
        await search.fill(emoji)
        await search.press("Enter")
        await expect(message.locator(f'.reaction[aria-label*="{emoji}"]')).to_be_visible()
        await self.stage.settle()

    def message(self, text: str) -> Locator:
        return self.page.locator("#main .message").filter(has_text=text)

    @property
    def form(self) -> Locator:
        return self.page.locator(".modal")

    @property
    def card(self) -> Locator:
        return self.message("Milestones").first


@pytest.fixture
async def newcomer(browser: Browser, tmp_path: Path) -> AsyncIterator[Newcomer]:
    problems: list[str] = []
    async with staged(fresh_sqlite(tmp_path), config=QUIET, folder=tmp_path) as stage:
        page = await browser.new_page(viewport={"width": 1360, "height": 900})
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: problems.append(str(error)))
        await page.goto(f"{stage.slack.address}#/{stage.alice.id}/{stage.general.id}")
        await page.wait_for_selector("body[data-ready]")
        yield Newcomer(stage, page)
        await page.close()
    assert problems == []


async def test_a_newcomer_declares_marks_resolves_and_reads_the_draft(newcomer: Newcomer) -> None:
    page, stage = newcomer.page, newcomer.stage

    await newcomer.types("/incident declare Checkout is failing sev2")
    await expect(newcomer.message("Only visible to you")).to_contain_text("(SEV2): Checkout is failing")
    await stage.minutes(0.5)
    await page.locator("#sidebar .row", has_text="checkout-is-failing").click()
    await expect(newcomer.card).to_contain_text("SEV2")
    await expect(newcomer.card).to_contain_text("Investigating")
    await expect(page.locator(".channel-head")).to_contain_text("SEV2 · INCIDENT-20260310-1350 · Checkout is failing")

    await newcomer.types("/incident event --at 14:40 db failover")
    await expect(newcomer.message("Recorded")).to_contain_text("14:40 — db failover")
    await newcomer.types("Down to 2 %, the rollback did it")
    said = newcomer.message("Down to 2 %")
    await newcomer.reacts(said, "rotating_light")
    await newcomer.reacts(said, "adhesive_bandage")
    await expect(said.locator('.reaction[aria-label*="memo"]')).to_be_visible()
    await expect(newcomer.card).to_contain_text("Mitigated: Today 14:50")

    await newcomer.presses(newcomer.card, "Mitigated")
    await newcomer.presses(newcomer.card, "Resolve")
    await expect(newcomer.card).to_contain_text("Resolved")
    draft = newcomer.message("Draft: 🟠 Checkout is failing")
    await expect(draft).to_contain_text("Down to 2 %, the rollback did it")
    await expect(draft).to_contain_text("Root cause\nunknown", use_inner_text=True)

    await draft.locator(".thread-summary").click()
    await page.get_by_role("button", name=re.compile(r"^Open INCIDENT-.*\.md$")).click()
    report = page.get_by_role("dialog")
    await expect(report.locator("h1")).to_contain_text("Checkout is failing")
    await expect(report.locator("tr", has_text="db failover")).to_contain_text("2026-03-10 13:40")
    await expect(report.locator("tr", has_text="Detection + Mitigated")).to_contain_text("Down to 2 %")


async def test_a_newcomer_reads_the_canvas_and_writes_in_it(newcomer: Newcomer) -> None:
    page, stage = newcomer.page, newcomer.stage
    await newcomer.types("/incident declare Checkout is failing sev2")
    await stage.minutes(0.5)
    await page.locator("#sidebar .row", has_text="checkout-is-failing").click()
    await newcomer.card.get_by_role("link", name="Report as a canvas").click()
    paper = page.locator(".paper")
    await expect(paper.locator("h1").first).to_contain_text("· Checkout is failing")
    await expect(paper.locator("h2", has_text="Executive Summary")).to_be_visible()

    await paper.get_by_role("button", name="Edit").click()
    area = page.get_by_label("Content of the canvas")
    await area.fill(f"{await area.input_value()}\n\nThe vendor **calls back** at four.\n")
    await page.get_by_role("button", name="Save").click()
    await expect(paper.locator("strong", has_text="calls back")).to_be_visible()

    await page.locator(".tab", has_text="Messages").click()
    await newcomer.types("/incident event db failover")
    await stage.minutes(3)
    await page.locator(".tab", has_text="Checkout is failing").click()
    await expect(paper.locator("tr", has_text="db failover")).to_be_visible()
    await expect(paper.locator("h2", has_text="Notes From People")).to_be_visible()
    await expect(paper.locator("strong", has_text="calls back")).to_have_count(1)


async def test_the_home_tab_is_used_on_the_page(newcomer: Newcomer) -> None:
    """What is mine stands there, a form opens from its button, and what was done is gone without a reload."""
    stage, page = newcomer.stage, newcomer.page
    channel = await stage.declared("Checkout is failing sev2")
    await stage.alice.types("/incident action add Add alert on replica lag @alice due 2026-03-20", channel)
    await stage.alice.types("/incident action add Write the runbook @alice due 2026-03-21", channel)
    await stage.settle()
    await page.goto(f"{stage.slack.address}#/{stage.alice.id}/home")
    home = page.locator("#main .home")
    await expect(home).to_contain_text("Your action items · 2")
    await expect(home).to_contain_text("Live incidents · 1")
    await newcomer.presses(home.locator(".actions").first, "Done…")
    form = page.locator(".modal")
    await form.get_by_label("How was it verified?").fill("It fired in staging")
    await form.get_by_role("button", name="Done", exact=True).click()
    await stage.settle()
    await expect(home).to_contain_text("Your action items · 1")
    await expect(home).not_to_contain_text("Add alert on replica lag")
    await home.get_by_label("Snooze").select_option(label="In a week")
    await stage.settle()
    await expect(home).to_contain_text("put off until 2026-03-17")
    await newcomer.presses(home, "Declare an incident")
    await expect(form).to_contain_text("Declare")


async def test_a_reminder_comes_as_time_is_moved_on_and_is_answered_on_the_page(newcomer: Newcomer) -> None:
    """Done with how it was verified, put off, changed, given away, declined; and one whose message is behind says what
    stands now.
    """
    stage, page = newcomer.stage, newcomer.page
    channel = await stage.declared("Checkout is failing sev2")
    for text in (
        "Add alert on replica lag",
        "Write the runbook",
        "Drop the index",
        "Check the probe",
        "Buy a bigger disk",
        "Rename the pool",
    ):
        await stage.alice.types(f"/incident action add {text} @alice due 2026-03-13", channel)
    await page.get_by_role("group", name="The workspace's clock").get_by_role("button", name="+1 day").click()
    await page.get_by_role("button", name="Scribe, 1 unread").click()
    await expect(page.get_by_role("button", name="Scribe", exact=True)).to_be_visible()  # it is being read
    message = newcomer.message("Add alert on replica lag").first
    await expect(message).to_contain_text("6 things wait for you")

    await newcomer.presses(message.locator(".actions").nth(0), "Done…")
    await newcomer.submits("How was it verified?", "It fired in staging", "Done")
    await expect(message.locator("s", has_text="Add alert on replica lag")).to_be_visible()

    await message.get_by_label("Snooze", exact=True).first.select_option(label="In a week")
    await stage.minutes(0.5)
    await expect(message).to_contain_text("put off until Wed 2026-03-18")

    await newcomer.presses(message.locator(".actions").nth(0), "Change date…")
    await newcomer.submits("Due", "2026-03-27", "Change")
    await expect(message).to_contain_text("due Fri 2026-03-27 now")

    await newcomer.presses(message.locator(".actions").nth(0), "Reassign…")
    await newcomer.form.get_by_label("Owner").select_option(label="Bob Brown")
    await newcomer.presses(newcomer.form, "Reassign")
    await expect(message).to_contain_text("now with Bob Brown")

    await newcomer.presses(message.locator(".actions").nth(0), "Decline…")
    await newcomer.submits("Why will it not be done?", "The old one was cleaned up", "Decline")
    await expect(message).to_contain_text("declined: The old one was cleaned up")

    stage.slack.faults.rate_limit("chat.update", retry_after=30)
    await stage.bob.types("/incident action done A6", channel)
    await newcomer.presses(message.locator(".actions").nth(0), "Done…")
    await expect(newcomer.message("Only visible to you").last).to_contain_text("Nothing was changed: A6: done.")
    await stage.minutes(1)
    await expect(message.locator("s", has_text="Rename the pool")).to_be_visible()
    await expect(message).to_contain_text("Nothing of this is left to do.")
