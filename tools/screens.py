"""`make picture`: messages as they stand on a phone's screen, for docs/screens.md.

What is shown is given as values, rendered by the bot's own words, and sent to the sandbox's page.
"""

import asyncio
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.async_api import Browser, async_playwright

from bot.accounts.invites.messages import Invitation, LinkMade
from bot.coaching.messages import ListedAthlete, Relayed, Summary
from bot.conversation.message import Message, Say
from bot.conversation.offer_messages import Reader
from bot.protocol.report.athlete_week import (
    AthleteWeek,
    Decision,
    PainOf,
    StoppedSession,
    WeekFigures,
)
from bot.telegram.renderer import _message, look
from bot.training.messages import Stopped
from telegram_sandbox import Sandbox, serving

DOCS: Final = Path("docs")
FLAGS: Final = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
_EDGE: Final = 8
NOW: Final = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
MONDAY, SUNDAY = date(2026, 11, 16), date(2026, 11, 22)
BERLIN: Final = "Europe/Berlin"
_NONE: Final = WeekFigures(**dict.fromkeys(WeekFigures.__slots__, 0))
_WEEK: Final = replace(_NONE, planned=7, done=7, tension_s=560, planned_s=560)
QUIET: Final = AthleteWeek(
    athlete_id=9,
    name="Ida Berg",
    zone=BERLIN,
    first_day=MONDAY,
    last_day=SUNDAY,
    decision=Decision.NOTHING,
    figures=_WEEK,
    before=_WEEK,
    reasons=(),
    pains=(PainOf(SUNDAY, 2, 1),),
    trend=None,
    worst=2,
    worst_day=MONDAY,
    stops=(),
    mornings=(2, 1, 1),
    late=0,
    paused_until=None,
    unreachable_since=None,
    step_up=None,
    plan_id=7,
    step_down="5 × 10 s",
)


def needs(number: int, name: str, decision: Decision, **more: object) -> AthleteWeek:
    """Return the week of somebody who needs the coach."""
    one = replace(QUIET, athlete_id=number, name=name, decision=decision)
    return replace(one, **more)  # type: ignore[arg-type]


STOPPED: Final = replace(_WEEK, done=6, stopped=1)
MISSED: Final = replace(_WEEK, done=4, missed=3)
TEN: Final = (
    needs(1, "Ada Lind", Decision.RED_FLAG, figures=replace(_WEEK, done=6, flagged=1)),
    needs(2, "Bo Falk", Decision.LOCKED, stops=(StoppedSession(SUNDAY, "stopped_hard", 3, 7),)),
    needs(
        3,
        "Cleo Vega",
        Decision.STOPPED,
        figures=STOPPED,
        stops=(StoppedSession(SUNDAY, "stopped_pain", 2, 5),),
        pains=(PainOf(SUNDAY, 2, 5),),
    ),
    needs(4, "Dan Roth", Decision.RISING, pains=(PainOf(SUNDAY, 1, 3),)),
    needs(5, "Eli Sand", Decision.MORNINGS, mornings=(3, 3, 4)),
    needs(6, "Fia Holm", Decision.UNREACHABLE, unreachable_since=SUNDAY - timedelta(days=2)),
    needs(7, "Gus Lund", Decision.MISSED, figures=MISSED),
    needs(8, "Hal Moen", Decision.STEP_UP, step_up="10 × 10 s"),
    QUIET,
    replace(QUIET, athlete_id=10, name="Jo Nair"),
)
SUMMARY: Final = Summary(
    week="2026-W47",
    first_day=MONDAY,
    last_day=SUNDAY,
    zone=BERLIN,
    athletes=TEN,
    listed=tuple(
        ListedAthlete(one.athlete_id, MONDAY, SUNDAY, one.decision, done=one.step_up is not None)
        for one in TEN
    ),
)
LINK: Final = "https://t.me/holdfast_bot?start=Ol0SF0VFexample"
UNTIL: Final = NOW + timedelta(days=7)
SCREENS: Final[dict[str, tuple[str, tuple[Message, ...]]]] = {
    "monday": ("coach", (SUMMARY,)),
    "invitation": (
        "coach",
        (
            Say(
                LinkMade(
                    LINK, 3, "Runa", "athlete", UNTIL, BERLIN, by="Kim", coach="Kim", chooses=False
                )
            ),
            Say(Invitation(LINK, "Runa", "athlete", "Kim", "Kim", UNTIL, BERLIN)),
        ),
    ),
    "write": (
        "athlete",
        (
            Stopped(
                session=1,
                outcome="stopped_pain",
                asks_reason=False,
                value=4,
                limit=3,
                has_coach=True,
                next_at=NOW + timedelta(days=1, minutes=30),
                zone=BERLIN,
                readers=(Reader(2, "Kim"),),
            ),
            Relayed(1, 2, "Kim", "How is it when you sit?", to_athlete=True),
        ),
    ),
}
"""What is shown, by the file's name: in whose chat, and the messages."""


async def draw(browser: Browser, name: str, role: str, messages: tuple[Message, ...]) -> None:
    """Send the messages to a chat, and keep how they look 390 pixels wide."""
    sandbox = Sandbox(now=lambda: NOW)
    person = sandbox.person("Kim" if role == "coach" else "Runa", role=role, started=True)
    for one in messages:
        method, told = _message(person.id, look(one, NOW), None)
        assert method == "send_message"
        sandbox.call("sendMessage", {key: value for key, value in told.items() if value})
    async with serving(sandbox) as server:
        page = await browser.new_page(
            viewport={"width": 390, "height": 900}, timezone_id=BERLIN, device_scale_factor=2
        )
        await page.goto(f"{server.url}/")
        shown = page.locator(".message.theirs")
        await shown.last.wait_for()
        await page.set_viewport_size({"width": 390, "height": 2000})
        await page.evaluate("document.fonts.ready")
        boxes = [await one.bounding_box() for one in await shown.all()]
        bottom = max(box["y"] + box["height"] for box in boxes if box)
        top = min(box["y"] for box in boxes if box) - _EDGE
        keys = [await one.bounding_box() for one in await page.locator(".key").all()]
        bottom = max([bottom, *(box["y"] + box["height"] for box in keys if box)]) + _EDGE
        content = await page.screenshot(
            clip={"x": 0.0, "y": top, "width": 390.0, "height": bottom - top}
        )
        Image.open(BytesIO(content)).quantize(128).save(DOCS / f"screen-{name}.png", optimize=True)
        await page.close()


async def main() -> None:
    """Draw every screen."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        for name, (role, messages) in SCREENS.items():
            await draw(browser, name, role, messages)
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
