"""The demo as a person plays it: the real program, the chat page, a finger on the buttons."""

import asyncio
import re
import shutil
import signal
import sys
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Locator, Page, async_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SLOW_MS = 60_000

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.timeout(240)]


@pytest.fixture
async def address() -> AsyncIterator[str]:
    """Run `holdfast demo` and return the address that it prints."""
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "demo", "--port", "0",
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    assert program.stdout is not None
    try:
        async with asyncio.timeout(60):
            first = (await program.stdout.readline()).decode()
        found = re.search(r"http://127\.0\.0\.1:\d+/", first)
        assert found is not None, first
        reading = asyncio.create_task(program.stdout.read())
        yield found[0]
        program.send_signal(signal.SIGINT)
        async with asyncio.timeout(30):
            assert await program.wait() == 0
            assert b"Traceback" not in await reading
    finally:
        if program.returncode is None:
            program.kill()
            await program.wait()


@pytest.fixture
async def page(address: str) -> AsyncIterator[Page]:
    """Open the chat page in the machine's Chromium."""
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next((found for name in names if (found := shutil.which(name))), None)
    if path is None:
        pytest.fail("The browser tests need Chromium: apt-get install chromium.")
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        opened = await chromium.new_page(viewport={"width": 1280, "height": 800})
        await opened.goto(address)
        yield opened
        await chromium.close()


def pane(page: Page, role: str) -> Locator:
    """Return one person's pane."""
    return page.locator(f'.pane[data-role="{role}"]')


async def tap(page: Page, label: str) -> None:
    """Press the newest button with this label in the athlete's chat."""
    buttons = pane(page, "athlete").get_by_role("button", name=label, exact=True)
    await buttons.last.click(timeout=SLOW_MS)


async def test_a_session_with_a_stop_at_four(page: Page) -> None:
    """Start, set up, a hold with its countdown, a 4: STOP, the coach is told, no further hold."""
    athlete = pane(page, "athlete")
    await tap(page, "Start")
    await athlete.get_by_text("Keep breathing.").wait_for(timeout=SLOW_MS)
    await tap(page, "1")
    await athlete.get_by_text("HOLD 1 of 5").last.wait_for(timeout=SLOW_MS)
    await athlete.get_by_text("5 s left").wait_for(timeout=SLOW_MS)
    await athlete.get_by_text("RELEASE · 1 of 5").wait_for(timeout=SLOW_MS)
    await tap(page, "4")
    await athlete.get_by_text("STOP. Relax and rest now.").wait_for(timeout=SLOW_MS)
    await athlete.get_by_text("was told about this").wait_for(timeout=SLOW_MS)
    await pane(page, "coach").get_by_text("stopped at pain 4").wait_for(timeout=SLOW_MS)
    await athlete.get_by_text("pain hold by hold").wait_for(timeout=SLOW_MS)
    assert await athlete.get_by_text("HOLD 2 of 5").count() == 0
