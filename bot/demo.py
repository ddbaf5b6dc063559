"""`holdfast demo`: the whole job on this machine, with a chat page in place of Telegram."""

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import tzlocal
from sqlmodel import Session as Db

from bot import app, demo_past, serving
from bot.clock.clock import SystemClock
from bot.expected import Code, ExpectedError
from bot.protocol.calendar.local_time import local
from bot.protocol.calendar.zones import ZoneError, normalise_zone
from bot.protocol.dose.dose import Dose, Side
from bot.protocol.session.state import Outcome
from bot.settings import Embedded
from bot.startup import StopError
from bot.store import agreed, outbox, outbox_claims, people, sessions
from bot.store.tables import AssignmentRow, AthleteRow, CoachRow, OccurrenceRow, Role
from telegram_sandbox import Entry, Person, Sandbox, SandboxError, Server, serve, transcript

TOKEN: Final = "1:DEMO"  # noqa: S105 - the sandbox's, on this machine only
ATHLETE, COACH, ADMIN = 1001, 1002, 1003
RUNA, KIM, ADA = "Runa Holm", "Kim Berg", "Ada Lund"
DOSE: Final = Dose(hold_s=10, holds=5, rest_s=10, side=Side.LEFT)
REMINDER_IN: Final = timedelta(seconds=4)
LAST_WORDS_S: Final = 12.0
LAST_HOUR: Final = 23
STEP_S: Final = 120.0
"""Longest wait for one message of a script."""


class UnexpectedError(ExpectedError):
    """A played session did not end as its script says."""

    code = Code.NOT_AS_EXPECTED


class DemoClock(SystemClock):
    """The machine's time; it can jump ahead, as if the program had waited."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def now(self) -> datetime:
        """Return the instant, aware UTC."""
        return super().now() + self._ahead

    def skip(self, time: timedelta) -> None:
        """Let `time` pass at once."""
        self._ahead += time


@dataclass(slots=True)
class Stage:
    """What a script plays on."""

    sandbox: Sandbox
    athlete: Person
    clock: DemoClock
    seen: int = 0

    async def hears(self, text: str) -> None:
        """Wait for the next message to the athlete that contains `text`."""

        def fits(entry: Entry) -> bool:
            to_athlete = entry.chat_id == ATHLETE and entry.who.startswith("Bot")
            return to_athlete and text in entry.text

        entry = await self.sandbox.log.wait_for(fits, after=self.seen, timeout=STEP_S)
        self.seen = entry.seq

    async def taps(self, label: str) -> None:
        """Take a second to find the button, then press it."""
        await self.clock.wait(asyncio.Event(), 1.0)
        self.athlete.tap(label)

    def passes(self, minutes: int) -> None:
        """Let minutes pass at once, and say so."""
        print(f"\n    … {minutes} minutes pass …\n", flush=True)  # noqa: T201 - the demo's own screen
        self.clock.skip(timedelta(minutes=minutes))


Script = Callable[[Stage], Awaitable[None]]


async def _holds(stage: Stage, *pains: int) -> None:
    await stage.hears("Start")
    await stage.taps("Start")
    await stage.hears("right now?")
    await stage.taps("1")
    for pain in pains:
        await stage.hears("RELEASE")
        await stage.taps(str(pain))


async def _good(stage: Stage) -> None:
    await _holds(stage, 3, 3, 2, 2, 1)


async def _stop(stage: Stage) -> None:
    await _holds(stage, 2, 2, 4)


async def _silent(stage: Stage) -> None:
    await _holds(stage)
    await stage.hears("RELEASE")
    stage.passes(3)
    await stage.hears("during that hold?")
    stage.passes(12)


SCRIPTS: Final[dict[str, tuple[Script, Outcome, int]]] = {
    "good": (_good, Outcome.LESSENING, 5),
    "stop": (_stop, Outcome.STOPPED_PAIN, 3),
    "silent": (_silent, Outcome.PARTIAL, 1),
}
"""Each script, the outcome it must lead to, and how many holds there are then."""


async def show(play: str | None, port: int) -> None:
    """Run the demo until Ctrl+C, or until the script has been played.

    Raises `UnexpectedError` when a played session does not end as the script says.
    """
    clock, stop = DemoClock(), asyncio.Event()
    serving.heed_signals(stop)
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="holdfast-demo-"))
        sandbox = Sandbox(TOKEN, "holdfast_demo_bot", clock.now, name="Holdfast")
        server = await _serve(sandbox, port)
        stack.push_async_callback(server.close)
        built = await app.build(_settings(server, Path(folder)), stack, clock)
        athlete = await _people(sandbox, built, clock)
        _mirror(sandbox, _zone_by_day(clock.now()))
        _welcome(server, play)
        await built.store.write(past, clock.now())
        running = asyncio.create_task(built.run(stop))
        try:
            if play is not None:
                await _play(Stage(sandbox, athlete, clock), built, play, running)
        finally:
            if play is not None:
                stop.set()
            await running


async def _serve(sandbox: Sandbox, port: int) -> Server:
    try:
        return await serve(sandbox, port)
    except SandboxError:
        pass  # the port is taken: any other will do
    try:
        return await serve(sandbox, 0)
    except SandboxError as error:
        raise StopError(str(error)) from None


def _settings(server: Server, folder: Path) -> Embedded:
    return Embedded.model_validate(
        {
            "telegram": {"token": TOKEN, "api_base_url": server.url},
            "database": {"url": f"sqlite:///{folder / 'demo.db'}"},
            "access": {"admins": (ADMIN,)},
            "operator": {"name": "you, on this machine"},
            "backup": {"nightly": "off"},
        }
    )


async def _people(sandbox: Sandbox, built: app.App, clock: DemoClock) -> Person:
    """Make everybody, in the sandbox and in the database: who trains now has the first pane."""
    athlete = sandbox.person(RUNA, id=ATHLETE, role="athlete", started=True)
    staff = [
        sandbox.person(KIM, id=COACH, role="coach", started=True),
        sandbox.person(ADA, id=ADMIN, role="admin", started=True),
    ]
    for one in demo_past.BOTH:
        sandbox.person(one.name, id=one.telegram_id, role="athlete", started=True)
    await built.store.write(seed, clock.now())
    for person in staff:
        person.say("/start")
    return athlete


def seed(db: Db, now: datetime) -> None:
    """Enrol an athlete with a short dose, a coach they consented to, and a reminder at once.

    Whenever the demo is played, it is not night for them, and their day does not end meanwhile.
    """
    zone = _zone_by_day(now)
    athlete = people.join(db, ATHLETE, RUNA, Role.ATHLETE, now)
    coach = people.join(db, COACH, KIM, Role.COACH, now)
    people.join(db, ADMIN, ADA, Role.ADMIN, now).zone = zone
    athlete.zone = coach.zone = zone
    assert athlete.id is not None
    assert coach.id is not None
    at = local(now, zone)
    night, morning = (f"{at + timedelta(hours=hours):%H:%M}" for hours in (12, 13))
    row = AthleteRow(
        person_id=athlete.id,
        consent_version=agreed.USE,
        consented_at=now,
        times=at.strftime("%H:%M"),
        quiet_start=night,
        quiet_end=morning,
    )
    db.add(row)
    db.add(sessions.plan_row(athlete.id, 1, DOSE, now))
    db.flush()
    db.add(
        AssignmentRow(
            athlete_id=athlete.id,
            coach_id=coach.id,
            consented_at=now,
            consent_version=agreed.SHARING,
        )
    )
    db.add(CoachRow(person_id=coach.id, quiet_start=night, quiet_end=morning))
    due = now + REMINDER_IN
    first = OccurrenceRow(
        athlete_id=athlete.id, local_date=at.date(), slot=0, planned_at=due, due_at=due
    )
    db.add(first)


def past(db: Db, now: datetime) -> None:
    """Give the coach two more athletes, with eight weeks behind them; `seed` came before."""
    coach = people.by_telegram(db, COACH)
    assert coach is not None
    assert coach.id is not None
    demo_past.play(db, coach.id, coach.zone, now)


def _zone_by_day(now: datetime) -> str:
    """Return this machine's zone, or another one in the last hour of its day."""
    zones = (_zone(), "UTC", "Asia/Tokyo")
    return next(zone for zone in zones if local(now, zone).hour < LAST_HOUR)


def _zone() -> str:
    try:
        return normalise_zone(tzlocal.get_localzone_name() or "UTC")
    except (ZoneError, LookupError, OSError):
        return "UTC"


def _mirror(sandbox: Sandbox, zone: str) -> None:
    """Show the athlete's chat as text in the terminal, with times on their clock."""
    clock = ZoneInfo(zone)

    def line(entry: Entry) -> None:
        if entry.chat_id == ATHLETE and entry.who:
            print(transcript.render([entry], zone=clock), flush=True)  # noqa: T201 - the demo's own screen

    sandbox.on_activity(line)


def _welcome(server: Server, play: str | None) -> None:
    lines = [
        f"Holdfast demo. Open {server.url}/ to see an athlete, Runa, her coach and the admin.",
        "Nothing leaves this machine. Runa's reminder comes in a few seconds:",
        "press Start in her chat. Her coach has two more athletes: write /athletes there."
        if play is None
        else f'the script "{play}" plays it.',
    ]
    if play is None:
        lines.append("Ctrl+C ends the demo.")
    print("\n".join([*lines, ""]), flush=True)  # noqa: T201 - the demo's own screen


async def _play(stage: Stage, built: app.App, play: str, running: "asyncio.Task[None]") -> None:
    script, outcome, holds = SCRIPTS[play]
    playing = asyncio.ensure_future(_to_the_end(script, stage, built))
    await asyncio.wait({playing, running}, return_when=asyncio.FIRST_COMPLETED)
    if not playing.done():
        playing.cancel()
        return
    try:
        found = await playing
    except (AssertionError, SandboxError, TimeoutError) as error:
        raise UnexpectedError(f'the script "{play}" could not go on: {error}') from error
    if found != (outcome, holds):
        raise UnexpectedError(
            f'the script "{play}" should end {outcome} after {holds} holds, not as {found}.'
        )
    print(f"\nPlayed: {play}. The session ended as expected: {outcome}.")  # noqa: T201 - the demo's own screen
    sys.stdout.flush()


async def _to_the_end(script: Script, stage: Stage, built: app.App) -> tuple[Outcome | None, int]:
    """Play, wait for the session to close and its picture to come, and return how it ended."""
    await script(stage)
    found: tuple[Outcome | None, int] = (None, 0)
    for _ in range(int(LAST_WORDS_S * 10)):
        found = await built.store.read(_ended)
        if found[0] is not None and await built.store.read(_all_sent):
            break
        await stage.clock.wait(asyncio.Event(), 0.1)
    return found


def _ended(db: Db) -> tuple[Outcome | None, int]:
    athlete = people.by_telegram(db, ATHLETE)
    assert athlete is not None
    assert athlete.id is not None
    stored = sessions.newest(db, athlete.id)
    return (None, 0) if stored is None else (stored.value.outcome, len(stored.value.holds))


def _all_sent(db: Db) -> bool:
    return outbox.depth(db) == 0 and not outbox_claims.found_sending(db)
