"""The browser that looks at the pretend Slack's page, for tests and for pictures."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import pytest
from playwright.async_api import Browser, async_playwright, expect

CHROMIUM: Final = Path("/usr/bin/chromium-headless-shell")
PATIENCE: Final = 15_000
"""Milliseconds that a busy machine may need until the page shows what happened."""
_ARGUMENTS: Final = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """The system's own, as `.ci/run` installs it."""
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=CHROMIUM, args=_ARGUMENTS)
        yield launched
        await launched.close()


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip(f"no {CHROMIUM} on this machine")
    expect.set_options(timeout=PATIENCE)
    async with chromium() as launched:
        yield launched
