"""A workspace with three people and a browser that looks at it."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.async_api import Locator, Page, expect

from tests.slackd.people import Person
from tests.slackd.records import Channel
from tests.slackd.server import Slackd


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
