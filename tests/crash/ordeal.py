"""One bot that is killed again and again while people train with it."""

import asyncio
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final

from telegram_sandbox import Entry
from testkit.database import made
from testkit.people import enrolled, hears
from tests.crash.athlete import Athlete
from tests.crash.history import History, Kill, killed, read
from tests.process.running import DOSE, Place, Program, noon, remind

AT_ONCE: Final = 5
"""People who train at the same time."""
ENDING_S: Final = 90.0
"""How long people may take to finish once nothing is killed any more."""
LOOK_S: Final = 0.25
BY_SOUND: Final = 3
"""Of so many athletes one has cues by sound."""
FAILURES: Final = ("update_failed", "inbox_stalled", "letter_broken", "due_row_failed")
HOWS: Final = {
    "while it starts": 2,
    "at any time": 5,
    "in a hold": 5,
    "as a message arrives": 4,
    "after an act": 4,
}
"""How the instant of a kill is chosen, and how often of 20 times."""


@dataclass
class Ordeal:
    """A place with a bot, its people, and what is remembered of both.

    No `World`: the bot is a process here, and time is the machine's.
    """

    place: Place
    rng: Random
    killed: Callable[[Kill], None] = lambda _kill: None
    kills: list[Kill] = field(default_factory=list)
    updates: dict[int, dict[str, Any]] = field(default_factory=dict)
    athletes: list[Athlete] = field(default_factory=list)
    finishing: asyncio.Event = field(default_factory=asyncio.Event)
    _tasks: dict[int, asyncio.Task[None]] = field(default_factory=dict)

    # ---- the run -----------------------------------------------------------------------

    async def survives(self, kills: int, until: datetime) -> History:
        """Kill the bot so often, but not later than `until`; let everybody finish; return all."""
        made(self.place.database)
        self.place.sandbox.updates.on_arrival(self._note_update)
        try:
            while len(self.kills) < kills and datetime.now(UTC) < until:
                self._refill()
                await self._run_and_kill()
            await self._end()
        finally:
            await self._people_leave()
        return self._history()

    async def _run_and_kill(self) -> None:
        how = self.rng.choices(list(HOWS), list(HOWS.values()))[0]
        bot = await self.place.starts("run")
        if how == "while it starts":
            await asyncio.sleep(self.rng.uniform(0.5, 4))
        else:
            await bot.logs("started")
            await self._moment(how, bot)
        with suppress(ProcessLookupError):
            os.killpg(bot.process.pid, signal.SIGKILL)  # with what draws for it
        assert await bot.ended() == -signal.SIGKILL
        self._note_kill(how)

    async def _moment(self, how: str, bot: Program) -> None:
        """Return at the instant of the kill."""
        if how == "in a hold":
            with self._at(lambda entry: entry.text.startswith("HOLD "), None) as seen:
                await self._within(seen, 12)
            await asyncio.sleep(self.rng.uniform(0, DOSE.hold_s))
            return
        await asyncio.sleep(self.rng.uniform(0.2, 7))
        if how == "as a message arrives":  # killed before it can know that it was sent
            with self._at(lambda entry: entry.method == "sendMessage", bot) as seen:
                await self._within(seen, 5)
        elif how == "after an act":
            with self._at(lambda entry: entry.kind == "act", None) as seen:
                await self._within(seen, 5)
            await asyncio.sleep(self.rng.uniform(0, 0.06))

    @contextmanager
    def _at(self, fits: Callable[[Entry], bool], bot: Program | None) -> Iterator[asyncio.Event]:
        """Set an event at the first fitting entry of the log, and kill `bot` within that call."""
        seen = asyncio.Event()

        def look(entry: Entry) -> None:
            if seen.is_set() or over or not fits(entry):
                return
            seen.set()
            if bot is not None:
                bot.process.kill()

        over: list[bool] = []
        self.place.sandbox.log.listen(look)
        try:
            yield seen
        finally:
            over.append(True)

    async def _within(self, seen: asyncio.Event, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(seen.wait(), seconds)

    async def _end(self) -> None:
        """Let everybody finish with a bot that lives, and end it in good order."""
        self.finishing.set()
        bot = await self.place.runs()
        await self._until_finished()
        await self._people_leave()
        await self._until_finished()
        assert await bot.terminated(15) == 0

    async def _until_finished(self) -> None:
        """Wait until nothing is open any more; what still is after a while, the checks tell."""
        for _look in range(round(ENDING_S / LOOK_S)):
            if not self._unfinished():
                return
            await asyncio.sleep(LOOK_S)

    async def _people_leave(self) -> None:
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    # ---- people ------------------------------------------------------------------------

    def _refill(self) -> None:
        """Whoever is done makes room for somebody new."""
        rows = read(self.place.folder / "holdfast.db")
        ended = {row["chat"] for row in rows["session"] if row["phase"] == "closed"}
        for athlete in self.athletes:
            task = self._tasks.get(athlete.person.id)
            if task is not None and athlete.person.id in ended:
                self._tasks.pop(athlete.person.id).cancel()
        while len(self._tasks) < AT_ONCE:
            self._add()

    def _add(self) -> None:
        name, now = f"Athlete {len(self.athletes) + 1}", datetime.now(UTC)
        person = self.place.sandbox.person(name, role="athlete", started=True)
        zone = noon(now)
        wall = f"{(now + timedelta(hours=2)).hour:02d}:00"
        athlete_id = self.place.write(enrolled, person.id, name, DOSE, None, now, zone, wall)
        if len(self.athletes) % BY_SOUND == 1:
            self.place.write(hears, athlete_id)
        athlete = Athlete(person, Random(self.rng.random()), self.finishing)
        self.athletes.append(athlete)
        self.place.sandbox.log.listen(athlete.hear)
        if self.rng.random() < 0.6:
            self.place.write(remind, person.id, now + timedelta(seconds=self.rng.uniform(-2, 6)))
        else:
            person.say("/session")
        self._tasks[person.id] = asyncio.create_task(athlete.train())

    def _unfinished(self) -> bool:
        rows = read(self.place.folder / "holdfast.db")
        now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
        waits = any(row["state"] == "pending" and row["send_at"] <= now for row in rows["outbox"])
        sending = any(row["state"] == "sending" for row in rows["outbox"])
        live = any(row["phase"] != "closed" for row in rows["session"])
        unread = any(row["handled_at"] is None for row in rows["inbox"])
        return waits or sending or live or unread or bool(self.place.sandbox.updates.pending)

    # ---- what is remembered ------------------------------------------------------------

    def _note_update(self) -> None:
        pending = self.place.sandbox.updates.pending
        if pending:
            self.updates[pending[-1]["update_id"]] = pending[-1]

    def _note_kill(self, how: str) -> None:
        waiting = {update["update_id"] for update in self.place.sandbox.updates.pending}
        confirmed = [number for number in self.updates if number not in waiting]
        path = self.place.folder / "holdfast.db"
        self.kills.append(killed(path, how, datetime.now(UTC), confirmed))
        self.killed(self.kills[-1])

    def _history(self) -> History:
        printed = [line for program in self.place.programs for line in program.err]
        troubles = [line for line in printed if any(f"event={one}" in line for one in FAILURES)]
        rows = read(Path(self.place.folder / "holdfast.db"))
        entries = list(self.place.sandbox.log)
        return History(list(self.updates.values()), entries, self.kills, rows, troubles)
