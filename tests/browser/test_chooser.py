"""The chooser on the chat page: the sheet, its filters, a picture, and the athlete who sees it."""

import pytest
from playwright.async_api import Locator, expect

from bot.protocol.dose.dose import Dose
from testkit.people import BERLIN, enrolled
from tests.browser.panes import SLOW_MS, Pane
from tests.browser.test_three_people import WEDNESDAY, Running, address, program, stage

__all__ = ["address", "program", "stage"]
pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.timeout(240)]


async def shape(message: Locator) -> tuple[int, int]:
    """Return the width and height of a message's picture, once it is loaded."""
    image = message.locator("img")
    found: list[int] = await image.evaluate(
        """async (image) => {
            if (!image.complete) await new Promise((loaded) => image.onload = loaded);
            return [image.naturalWidth, image.naturalHeight];
        }"""
    )
    width, height = found
    return width, height


async def test_an_exercise_is_chosen_by_its_picture(
    program: Running,
    admin: Pane,
    athlete: Pane,
) -> None:
    """One message all the way: sheet, filter, picture; then the athlete taps How and sees it."""
    runa = int(await athlete.whole.get_attribute("data-person") or 0)
    await program.app.store.write(enrolled, runa, "Runa", Dose(), None, WEDNESDAY, BERLIN)
    await athlete.writes("/how")
    assert await shape(await athlete.sees("Drive the hip forward")) == (960, 720)
    await admin.writes("/exercises Runa")
    sheet = await admin.sees("Exercises for Runa")
    assert await shape(sheet) == (1080, 828)
    await admin.taps("Upper")
    await expect(sheet).not_to_contain_text("glute squeeze", timeout=SLOW_MS)
    await admin.taps("C")
    one = await admin.sees("C Wall heel-press, standing")
    await expect(sheet).to_have_count(0, timeout=SLOW_MS)
    assert await shape(one) == (960, 720)
    await admin.taps("Use for Runa")
    await admin.sees("Changed for Runa")
    await athlete.sees("changed your plan")
    await athlete.taps("How")
    picture = await athlete.sees("Press the heel back into the wall")
    assert await shape(picture) == (960, 720)
