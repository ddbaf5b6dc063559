"""The chat page as people use it: one pane each, its messages, buttons and writing line."""

import re
from dataclasses import dataclass

from playwright.async_api import Locator, Page

SLOW_MS = 60_000


@dataclass(frozen=True, slots=True)
class Pane:
    """One person's pane on the page."""

    page: Page
    role: str

    @property
    def whole(self) -> Locator:
        """The pane."""
        return self.page.locator(f'.pane[data-role="{self.role}"]')

    async def sees(self, text: str) -> Locator:
        """Wait for a message of the bot that contains `text`; return the newest."""
        found = self.whole.locator(".message.theirs").filter(has_text=text).last
        await found.wait_for(timeout=SLOW_MS)
        return found

    async def count(self, text: str) -> int:
        """Return how many of the bot's messages contain `text` now."""
        return await self.whole.locator(".message.theirs").filter(has_text=text).count()

    async def taps(self, label: str) -> None:
        """Press the newest button with this label; after a comma more may follow."""
        name = re.compile(rf"^{re.escape(label)}(,.*)?$")
        buttons = self.whole.get_by_role("button", name=name)
        await buttons.last.click(timeout=SLOW_MS)

    async def opens(self, link: Locator) -> None:
        """Open a start link that somebody passed on."""
        await link.click(timeout=SLOW_MS)
        name = await self.whole.locator(".who strong").inner_text()
        opening = self.page.get_by_role("dialog", name="Who opens this link?")
        await opening.get_by_role("button", name=name).click(timeout=SLOW_MS)

    async def writes(self, text: str) -> None:
        """Type a message and send it."""
        line = self.whole.locator(".write")
        await line.get_by_role("textbox").fill(text)
        await line.get_by_role("button", name="Send").click()
