"""`make picture`: docs/draft.png, the channel of a rehearsed incident beside the report that came of it."""

from __future__ import annotations

import asyncio
import base64
import tempfile
from pathlib import Path
from typing import Final

from playwright.async_api import Browser, ViewportSize

from handlers.desk import Desk
from handlers.reports import report_of
from storage import migrate
from templates import render
from tests.browsing import chromium
from tests.rehearsal.play import Play
from tests.rehearsal.script import read
from tests.rehearsal.theatre import ROOT, Resident
from tests.slackd.people import Person
from tests.slackd.records import Channel
from tests.slackd.server import Slackd
from tests.stage import MANIFEST, scribe_at_work, settings_for

INCIDENT: Final = ROOT / "tests/rehearsal/incidents/checkout-coupons-2026-02-17.json"
PICTURE: Final = ROOT / "docs/draft.png"
MOST_BYTES: Final = 300_000
CHANNEL: Final = ViewportSize(width=540, height=800)
REPORT: Final = ViewportSize(width=800, height=800)
SHARPNESS: Final = 1.25  # whole pixels at every edge of the board, or the letters blur
FIRST_LINE: Final = "On-call takes the page"
ALONE: Final = "body { display: block } #main { height: 100vh } #sidebar, .composer, .topic { display: none }"
BOARD: Final = """<style>
  body { margin: 0; padding: 24px; display: inline-flex; gap: 24px; background: #dfe7e4; }
  img { height: 800px; border-radius: 8px; }
</style>"""


async def picture() -> bytes:
    script = read(INCIDENT)
    with tempfile.TemporaryDirectory(prefix="scribe-picture-") as folder:
        database = f"sqlite:///{folder}/scribe.db"
        await asyncio.to_thread(migrate, database)
        async with (
            chromium() as browser,
            Slackd(MANIFEST, now=script.declared_at) as slack,
            scribe_at_work(slack, settings_for(slack, database), "picture") as desk,
        ):
            play = Play(slack, Resident(slack), script, lambda line: None)
            await play.perform()
            reader = slack.person("reader", name="Sam Reader", tz="Etc/UTC")
            await reader.joins(play.there)
            left = await _channel(browser, slack, play.there, reader)
            right = await _report(browser, desk, play.there)
            return await _beside(browser, left, right)


async def _channel(browser: Browser, slack: Slackd, channel: Channel, reader: Person) -> bytes:
    page = await browser.new_page(viewport=CHANNEL, device_scale_factor=SHARPNESS, bypass_csp=True)
    await page.goto(f"{slack.address}#/{reader.id}/{channel.id}")
    await page.wait_for_selector("body[data-ready]")
    await page.add_style_tag(content=ALONE)
    await page.locator("#main .message", has_text=FIRST_LINE).first.evaluate("node => node.scrollIntoView()")
    return await page.screenshot()


async def _report(browser: Browser, desk: Desk, channel: Channel) -> bytes:
    incident = await desk.store.incident_at(channel.id)
    assert incident is not None
    page = await browser.new_page(viewport=REPORT, device_scale_factor=SHARPNESS)
    await page.set_content(render(await report_of(desk, await desk.store.incident(incident)), "html"))
    await page.locator("h2", has_text="Timeline").evaluate("node => node.scrollIntoView()")
    return await page.screenshot()


async def _beside(browser: Browser, *sheets: bytes) -> bytes:
    page = await browser.new_page(device_scale_factor=SHARPNESS)
    images = (f'<img src="data:image/png;base64,{base64.b64encode(sheet).decode()}">' for sheet in sheets)
    await page.set_content(BOARD + "".join(images))
    return await page.locator("body").screenshot()


def main() -> None:
    made = asyncio.run(picture())
    if len(made) > MOST_BYTES:
        raise SystemExit(f"the picture has {len(made)} bytes, which is more than {MOST_BYTES}")
    PICTURE.write_bytes(made)
    print(f"{Path(PICTURE).relative_to(ROOT)}: {len(made)} bytes")


if __name__ == "__main__":
    main()
