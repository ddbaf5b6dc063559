"""A Chromium on the chat page; each test module has the program behind it as `address`."""

import shutil
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, async_playwright

from tests.browser.panes import Pane

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture
async def page(address: str) -> AsyncIterator[Page]:
    """Open the chat page in the machine's Chromium."""
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next((found for name in names if (found := shutil.which(name))), None)
    if path is None:
        pytest.fail("The browser tests need Chromium: apt-get install chromium.")
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        opened = await chromium.new_page(
            viewport={"width": 1280, "height": 800}, locale="en-GB", timezone_id="Europe/Berlin"
        )
        await opened.goto(address)
        yield opened
        await chromium.close()


@pytest.fixture
def athlete(page: Page) -> Pane:
    """Return the athlete's pane."""
    return Pane(page, "athlete")


@pytest.fixture
def coach(page: Page) -> Pane:
    """Return the coach's pane."""
    return Pane(page, "coach")


@pytest.fixture
def admin(page: Page) -> Pane:
    """Return the admin's pane."""
    return Pane(page, "admin")
