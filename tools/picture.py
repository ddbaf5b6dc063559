"""`make picture`: play the demo on its chat page and keep the pictures of the README and docs."""

import asyncio
import os
import re
import shutil
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from playwright.async_api import Page, ViewportSize, async_playwright

FLAGS: Final = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-sync",
]
SLOW_MS: Final = 60_000
DESK: Final[ViewportSize] = {"width": 1280, "height": 800}
PHONE: Final[ViewportSize] = {"width": 390, "height": 844}
LONG: Final[ViewportSize] = {"width": 390, "height": 1160}

Play = Callable[[Page], Awaitable[None]]


async def session(page: Page) -> None:
    """Show the coach their athletes; start the session and answer 2, then 5."""
    await writes(page, "coach", "/athletes")
    await page.locator('.pane[data-role="coach"]').get_by_text("most urgent first").wait_for()
    steps = (
        ("Start", "right now?"),
        ("1", "RELEASE · 1 of 5"),
        ("2", "RELEASE · 2 of 5"),
        ("5", "pain hold by hold"),
    )
    for label, then in steps:
        await taps(page, label, then)


async def by_sound(page: Page) -> None:
    """Try the sound, use it, and begin a session: the first clip has come."""
    await writes(page, "athlete", "/sound try")
    for label, then in (
        ("Use sound", "Cues: full"),
        ("Start", "right now?"),
        ("1", "Hold 1 of 5"),
    ):
        await taps(page, label, then)


async def how(page: Page) -> None:
    """Look at the reminder's exercise."""
    await taps(page, "How", "Drive the hip forward")


async def chooser(page: Page) -> None:
    """Let the coach look at the exercises on which one stands."""
    await page.get_by_role("tab").nth(1).click()
    await writes(page, "coach", "/exercises")
    coach = page.locator('.pane[data-role="coach"]')
    await coach.get_by_text("compression of the tendon").wait_for(timeout=SLOW_MS)
    await coach.get_by_role("button", name="Standing", exact=True).click(timeout=SLOW_MS)
    await coach.get_by_role("button", name="✓ Standing").wait_for(timeout=SLOW_MS)


async def exercise(page: Page) -> None:
    """Let the coach look at one of them."""
    await chooser(page)
    coach = page.locator('.pane[data-role="coach"]')
    await coach.get_by_role("button", name="C", exact=True).click(timeout=SLOW_MS)
    await coach.get_by_text("C Wall heel-press").wait_for(timeout=SLOW_MS)


async def writes(page: Page, role: str, text: str) -> None:
    """Let somebody write."""
    line = page.locator(f'.pane[data-role="{role}"] .write')
    await line.get_by_role("textbox").fill(text)
    await line.get_by_role("button", name="Send").click()


async def taps(page: Page, label: str, then: str) -> None:
    """Let the athlete press the newest button with this label, and wait for what follows."""
    athlete = page.locator('.pane[data-role="athlete"]')
    await athlete.get_by_role("button", name=label, exact=True).last.click(timeout=SLOW_MS)
    await athlete.get_by_text(then).last.wait_for(timeout=SLOW_MS)


PICTURES: Final[dict[str, tuple[ViewportSize, Play]]] = {
    "docs/chat-page.png": (DESK, session),
    "docs/sound.png": (PHONE, by_sound),
    "docs/how.png": (PHONE, how),
    "docs/chooser.png": (LONG, chooser),
    "docs/exercise.png": (PHONE, exercise),
}


async def main() -> None:
    """Make each picture, of a demo of its own."""
    for target, (size, play) in PICTURES.items():
        async with demo() as address, async_playwright() as playwright:
            path = shutil.which("chromium") or shutil.which("google-chrome")
            chromium = await playwright.chromium.launch(executable_path=path, args=FLAGS)
            page = await chromium.new_page(viewport=size)
            await page.goto(address)
            await play(page)
            await page.wait_for_timeout(4_000)  # the picture in the chat has to load
            await page.screenshot(path=Path(target))
            await chromium.close()


@asynccontextmanager
async def demo() -> AsyncIterator[str]:
    """Run the demo; its page's address."""
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "demo", "--port", "0",
        stdout=asyncio.subprocess.PIPE, env={**os.environ, "TZ": "Europe/Lisbon"},
    )  # fmt: skip
    assert program.stdout is not None
    try:
        first = (await program.stdout.readline()).decode()
        found = re.search(r"http://127\.0\.0\.1:\d+/", first)
        assert found is not None, first
        yield found[0]
    finally:
        program.terminate()
        await program.communicate()


if __name__ == "__main__":
    asyncio.run(main())
