"""From the first link to Monday's summary: an admin, a coach and an athlete on one page."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.async_api import expect
from sqlmodel import Session as Db

from bot import app
from bot.demo import DemoClock
from bot.dispatch import due_work
from bot.settings import Embedded
from bot.store import outbox, outbox_claims
from telegram_sandbox import Sandbox, serve
from tests.browser.panes import Pane

WEDNESDAY = datetime(2031, 6, 4, 5, 20, tzinfo=UTC)
"""07:20 in Berlin, ten minutes before the athlete's reminder."""
MONDAY = datetime(2031, 6, 9, 5, 0, tzinfo=UTC)
"""07:00 in Berlin."""
ADMIN = 1003
TOKEN = "1:THREE"
STEP_S = 60
HOLD_S = REST_S = LEAD_IN_S = 5

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.timeout(240)]


@dataclass
class Running:
    """The running program, wired as it wires itself, and its time, which goes on by itself too."""

    app: app.App
    clock: DemoClock

    async def passes_until(self, at: datetime) -> None:
        """Let time pass at once, but for stops at all that is due on the way."""
        while (due := await self.app.store.read(due_work.earliest)) is not None and due <= at:
            await self._jump(due)
        await self._jump(at)

    async def passes(self, seconds: int) -> None:
        """Let seconds pass at once."""
        await self.passes_until(self.clock.now() + timedelta(seconds=seconds))

    async def _jump(self, at: datetime) -> None:
        self.clock.skip(max(at - self.clock.now(), timedelta(0)))
        self.app.committed()
        async with asyncio.timeout(STEP_S):
            while not await self.app.store.read(_at_rest, self.clock.now()):
                await self.clock.wait(asyncio.Event(), 0.02)


def _at_rest(db: Db, now: datetime) -> bool:
    due = due_work.earliest(db)
    return (
        (due is None or due > now) and not outbox.depth(db) and not outbox_claims.found_sending(db)
    )


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[tuple[Running, str]]:
    """Run the program with an admin whom the settings name, and two strangers."""
    clock, stop = DemoClock(), asyncio.Event()
    clock.skip(WEDNESDAY - clock.now())
    async with AsyncExitStack() as stack:
        sandbox = Sandbox(TOKEN, "holdfast_bot", clock.now)
        server = await serve(sandbox)
        stack.push_async_callback(server.close)
        settings = Embedded.model_validate(
            {
                "telegram": {"token": TOKEN, "api_base_url": server.url},
                "database": {"url": f"sqlite:///{tmp_path / 'three.db'}"},
                "access": {"admins": (ADMIN,)},
                "backup": {"nightly": "off"},
            }
        )
        built = await app.build(settings, stack, clock)
        sandbox.person("Ada", id=ADMIN, role="admin")
        sandbox.person("Kim", role="coach")
        sandbox.person("Runa", role="athlete")
        running = asyncio.create_task(built.run(stop))
        yield Running(built, clock), server.url
        stop.set()
        await running
        assert sandbox.refusals == []


@pytest.fixture
def program(stage: tuple[Running, str]) -> Running:
    """Return the running program."""
    return stage[0]


@pytest.fixture
def address(stage: tuple[Running, str]) -> str:
    """Return the page's address."""
    return stage[1]


async def invited(admin: Pane, guest: Pane, role: str, name: str) -> None:
    """The admin makes a link for a guest, who opens it."""
    await admin.writes(f"/invite {role} {name}")
    made = await admin.sees(f"{name}, Ada invites you to Holdfast")
    await guest.opens(made.get_by_role("link"))


async def joins_as_coach(admin: Pane, coach: Pane) -> None:
    """A stranger opens a coach's link, and says where they live."""
    await invited(admin, coach, "coach", "Kim")
    await coach.sees("Welcome, Kim. You are now a coach here.")
    await coach.writes("Berlin")
    for label in ("Yes",):
        await coach.taps(label)
    await coach.sees("Your clock is Europe/Berlin now")


async def joins_as_athlete(admin: Pane, athlete: Pane) -> None:
    """A stranger opens an athlete's link, consents, and answers all there is to answer."""
    await invited(admin, athlete, "athlete", "Runa")
    await athlete.sees("Do you agree that this is stored")
    for label in ("Agree", "Yes, 18 or older", "None of these", "Left"):
        await athlete.taps(label)
    await athlete.sees("Where do you live?")
    await athlete.writes("Berlin")
    for label in ("Yes", "Every day", "07:30", "Finish"):
        await athlete.taps(label)
    await athlete.sees("You are in, Runa. Next session: today 07:30 (Europe/Berlin).")


async def sets_up(admin: Pane, coach: Pane, athlete: Pane) -> None:
    """The admin sets the plan and the days, and asks the athlete to share, who says yes."""
    await admin.writes(f"/plan Runa hold={HOLD_S} rest={REST_S} holds=3 lead_in_first={LEAD_IN_S}")
    await admin.sees("3 holds of 5 s, LEFT side")
    await athlete.sees("Ada changed your plan, from your next session on")
    await admin.writes("/schedule Runa mon,wed,fri")
    await admin.sees("Days: every day → Mon, Wed, Fri")
    await athlete.sees("Ada changed your reminders")
    await admin.writes("/assign Runa Kim")
    await admin.sees("Until then Kim sees nothing.")
    assert await coach.count("Runa") == 0
    await athlete.taps("Yes, share with Kim")
    await coach.sees("Runa now shares with you")
    await admin.sees("Runa said yes and shares with Kim.")


async def stops_at_four(program: Running, coach: Pane, athlete: Pane) -> None:
    """A session that a 4 ends: no third hold, and the coach hears of it."""
    await athlete.taps("Start")
    await athlete.taps("2")
    await athlete.sees("Get set · 1 of 3")
    await program.passes(HOLD_S + LEAD_IN_S)
    await athlete.sees("RELEASE · 1 of 3")
    await athlete.taps("2")
    await athlete.sees("HOLD 2 of 3 at")
    await program.passes(HOLD_S + LEAD_IN_S + REST_S)
    await athlete.sees("RELEASE · 2 of 3")
    await athlete.taps("4")
    await athlete.sees("STOP. Relax and rest now.")
    await coach.sees("Runa stopped at pain 4 on hold 2 of 3, left; limit 3")
    await athlete.sees("Your coach Kim was told about this.")
    picture = await athlete.sees("pain hold by hold: 2, 4")
    await picture.get_by_role("img", name="pain hold by hold").wait_for()
    assert await athlete.count("HOLD 3 of 3") == 0


async def is_locked_and_unlocked(coach: Pane, athlete: Pane) -> None:
    """A red flag locks the sessions until the coach says why it is settled."""
    await athlete.writes("/flag")
    await athlete.taps("3 · Numb or tingling leg")
    await coach.sees("Runa reported a red flag")
    await coach.sees("Sessions are locked until you unlock them.")
    await athlete.writes("/session")
    await athlete.sees("Sessions are locked after a warning sign")
    for label in ("Unlock", "Seen by a doctor: cleared"):
        await coach.taps(label)
    await coach.sees("Who has cleared Runa, and when?")
    await coach.writes("Dr Berg on Tuesday")
    await coach.taps("Yes, lift it")
    await coach.sees("Noted: cleared by Dr Berg on Tuesday")
    await athlete.sees("Kim has unlocked your sessions; the next one is Fri 6 Jun 07:30")


async def hears_of_the_week(program: Running, coach: Pane) -> None:
    """Not a minute early: on Monday at seven comes the week, on one screen, and all by taps.

    The decision opens beside it and has a tick; the days unfold; pictures and files come on tap.
    """
    await program.passes_until(MONDAY - timedelta(minutes=1))
    assert await coach.count("Week 23") == 0
    await program.passes_until(MONDAY)
    words = await coach.sees("Week 23: Mon 2 – Sun 8 Jun 2031")
    text = await words.inner_text()
    assert "1 athlete, 1 needs a decision." in text
    assert "1. Runa – stopped by pain Wed (4): is the dose right?" in text
    folded = words.locator("blockquote.folded")
    assert "1 of 2 as planned · 1 stopped by pain · 1 missed" in await folded.inner_text()
    await folded.click()
    await expect(words.locator("blockquote.folded")).to_have_count(0)
    await coach.taps("1 Plan of Runa")
    await coach.sees("Plan of Runa")
    await coach.sees("✓ Runa – stopped by pain Wed (4)")
    await coach.sees("1 athlete. All is decided.")
    for label, name in (("PDF of all", "pdf"), ("Excel of all", "xlsx"), ("CSV of all", "csv")):
        await coach.taps(label)
        await coach.sees(f"holdfast-week-2031-W23.{name}")
    await coach.taps("Pictures")
    picture = await coach.sees("Sessions: 1 stopped by pain, 1 missed.")
    await picture.get_by_role("img", name="Runa").wait_for()


async def test_from_the_first_link_to_mondays_summary(
    program: Running, admin: Pane, coach: Pane, athlete: Pane
) -> None:
    """Three people do all that they do with each other, by what stands on the page."""
    await admin.taps("START")
    await admin.sees("Welcome, Ada. You are now an admin here.")
    await joins_as_coach(admin, coach)
    await joins_as_athlete(admin, athlete)
    await sets_up(admin, coach, athlete)
    await program.passes_until(WEDNESDAY + timedelta(minutes=10))
    await stops_at_four(program, coach, athlete)
    await is_locked_and_unlocked(coach, athlete)
    await hears_of_the_week(program, coach)
