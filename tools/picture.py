"""`make picture`: play the demo on its chat page and keep the picture that the README shows."""

import asyncio
import os
import re
import shutil
import sys
from pathlib import Path

from playwright.async_api import Page, async_playwright

TARGET = Path("docs/chat-page.png")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
SLOW_MS = 60_000


async def play(page: Page) -> None:
    """Show the coach their athletes; start the session and answer 2, then 5."""
    coach = page.locator('.pane[data-role="coach"]')
    await coach.locator(".write").get_by_role("textbox").fill("/athletes")
    await coach.locator(".write").get_by_role("button", name="Send").click()
    await coach.get_by_text("most urgent first").wait_for(timeout=SLOW_MS)
    athlete = page.locator('.pane[data-role="athlete"]')
    for label, then in (
        ("Start", "right now?"),
        ("1", "RELEASE · 1 of 5"),
        ("2", "RELEASE · 2 of 5"),
        ("5", "pain hold by hold"),
    ):
        await athlete.get_by_role("button", name=label, exact=True).last.click(timeout=SLOW_MS)
        await athlete.get_by_text(then).last.wait_for(timeout=SLOW_MS)


async def main() -> None:
    """Run the demo, play it, and save the picture."""
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "demo", "--port", "0",
        stdout=asyncio.subprocess.PIPE, env={**os.environ, "TZ": "Europe/Lisbon"},
    )  # fmt: skip
    assert program.stdout is not None
    try:
        first = (await program.stdout.readline()).decode()
        found = re.search(r"http://127\.0\.0\.1:\d+/", first)
        assert found is not None, first
        path = shutil.which("chromium") or shutil.which("google-chrome")
        async with async_playwright() as playwright:
            chromium = await playwright.chromium.launch(executable_path=path, args=FLAGS)
            page = await chromium.new_page(viewport={"width": 1280, "height": 800})
            await page.goto(found[0])
            await play(page)
            await page.wait_for_timeout(2_000)  # the picture in the chat has to load
            await page.screenshot(path=TARGET)
            await chromium.close()
    finally:
        program.terminate()
        await program.communicate()


if __name__ == "__main__":
    asyncio.run(main())
