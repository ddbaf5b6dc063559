"""The room that a button's label has, measured in a real browser at a phone's width."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, expect

from bot.conversation.screen import ROOM
from telegram_sandbox import Person, Sandbox, serving

pytestmark = [pytest.mark.xdist_group("browser")]

SAMPLE = "Stop sharing with Coach Kim today please"


@pytest.fixture
def sandbox() -> Sandbox:
    """Return a sandbox."""
    return Sandbox()


@pytest.fixture
def runa(sandbox: Sandbox) -> Person:
    """Return an athlete who has written to the bot."""
    return sandbox.person("Runa", role="athlete", started=True)


@pytest.fixture
async def address(sandbox: Sandbox, runa: Person) -> AsyncIterator[str]:
    """Serve the page."""
    async with serving(sandbox) as server:
        yield f"{server.url}/"


async def test_what_has_room_is_read_whole(page: Page, sandbox: Sandbox, runa: Person) -> None:
    """As many letters as `labels.ROOM` says are not cut, for one to eight buttons in a row."""
    await page.set_viewport_size({"width": 390, "height": 800})
    for of, room in ROOM.items():
        row = [{"text": SAMPLE[:room].strip(), "callback_data": "x"}] * of
        keyboard = {"inline_keyboard": [row]}
        told = {"chat_id": runa.id, "text": f"Row of {of}", "reply_markup": keyboard}
        sandbox.call("sendMessage", told)
    keys = page.locator(".key")
    await expect(keys).to_have_count(sum(ROOM))
    cut = await keys.evaluate_all("all => all.map(key => key.scrollWidth > key.clientWidth)")
    assert cut == [False] * sum(ROOM)
