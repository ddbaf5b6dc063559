"""A session by sound on the chat page: a clip is played, heard to its end, and answered."""

from datetime import timedelta

import pytest
from playwright.async_api import Locator, expect

from bot.protocol.dose.dose import Dose
from testkit.people import BERLIN, enrolled, hears, id_of
from tests.browser.panes import SLOW_MS, Pane
from tests.browser.test_three_people import WEDNESDAY, Running, address, program, stage

__all__ = ["address", "program", "stage"]
pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.timeout(240)]

DOSE = Dose(hold_s=5, holds=2, rest_s=5, lead_in_first_s=5, lead_in_s=5)
LASTS_S = 11.5
"""Five to get set, five to hold, and the last word."""
QUICK = 8
"""So many times as fast is it heard here: the athlete's own clock is the bot's."""


async def heard(clip: Locator) -> list[float]:
    """Press play and listen to the end; return the positions that were passed, in seconds."""
    sound = clip.locator("audio")
    await sound.evaluate(
        """async (sound, quick) => {
            sound.heard = [];
            sound.addEventListener("timeupdate", () => sound.heard.push(sound.currentTime));
            sound.playbackRate = quick;
            await sound.play();
            await new Promise((ended) => sound.addEventListener("ended", ended));
        }""",
        QUICK,
    )
    found: list[float] = await sound.evaluate("(sound) => sound.heard")
    return found


async def test_a_clip_is_heard_and_answered(
    program: Running,
    athlete: Pane,
) -> None:
    """It plays from get set to RELEASE; its answer takes it away and brings the next one."""
    runa = int(await athlete.whole.get_attribute("data-person") or 0)
    store = program.app.store
    await store.write(enrolled, runa, "Runa", DOSE, None, WEDNESDAY, BERLIN)
    await store.write(lambda db: hears(db, id_of(db, runa)))
    await athlete.writes("/session")
    await athlete.sees("Keep breathing.")
    await athlete.taps("1")
    first = await athlete.sees("Hold 1 of 2")
    positions = await heard(first)
    assert positions == sorted(positions)
    assert positions[-1] == pytest.approx(LASTS_S, abs=0.3)
    assert len(positions) > 2
    assert await athlete.count("Release: after") == 0  # what a HOLD by message says
    await program.passes(10)
    await athlete.taps("2")
    second = await athlete.sees("hold 2 of 2")
    await expect(athlete.whole.locator("audio")).to_have_count(1, timeout=SLOW_MS)
    await expect(second.locator("audio")).to_have_count(1)
    await program.passes(3)
    await athlete.taps("■ STOP")
    await athlete.sees("STOP. Relax and rest now.")
    await expect(athlete.whole.locator("audio")).to_have_count(0, timeout=SLOW_MS)
    assert program.clock.now() - WEDNESDAY < timedelta(minutes=10)
