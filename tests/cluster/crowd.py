"""Athletes who train in turns: whoever is done makes room for the next one."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final

import psycopg
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session as Db

from bot.protocol.dose.dose import Dose
from bot.store.engine import Store
from bot.store.faults import StoreError
from telegram_sandbox import Person, Sandbox
from testkit.people import enrolled
from tests.cluster.lookout import Lookout
from tests.crash.athlete import Athlete
from tests.process.running import noon, remind

DOSE: Final = Dose(hold_s=5, holds=6, rest_s=5, lead_in_first_s=5, lead_in_s=5)
"""Short holds and many of them: somebody always holds."""
LOOK_S: Final = 0.5
FEW: Final = 3
"""Accounts made at a time while nodes run: nobody waits for that."""
AWAY: Final = (psycopg.Error, SQLAlchemyError, StoreError, OSError, TimeoutError)
"""What tells that the database cannot be asked just now."""
_CLOSED: Final = """
SELECT telegram_id FROM session JOIN person ON person.id = athlete_id WHERE phase = 'closed'
"""
_PHASES: Final = "SELECT phase, count(*) FROM session WHERE phase <> 'closed' GROUP BY phase"


@dataclass
class Crowd:
    """`known` people have an account, `at_once` train; whoever is done makes room for others."""

    sandbox: Sandbox
    lookout: Lookout
    rng: Random
    known: int
    at_once: int
    finishing: asyncio.Event = field(default_factory=asyncio.Event)
    athletes: list[Athlete] = field(default_factory=list)
    _waiting: list[Athlete] = field(default_factory=list)
    _tasks: dict[int, asyncio.Task[None]] = field(default_factory=dict)

    async def run(self) -> None:
        """Let people come and go until cancelled."""
        while True:
            with suppress(*AWAY):
                await self._look()
            await asyncio.sleep(LOOK_S)

    async def _look(self) -> None:
        if len(self._waiting) < self.known - self.at_once and not self.finishing.is_set():
            await self.enrol(FEW)
        done = {row[0] for row in await self.lookout.ask(_CLOSED)}
        for chat in done & self._tasks.keys():
            self._tasks.pop(chat).cancel()
        while len(self._tasks) < self.at_once and not self.finishing.is_set():
            if not self._waiting:
                return
            await self._come(self._waiting.pop())
            await asyncio.sleep(self.rng.uniform(0.02, 0.2))

    async def enrol(self, count: int) -> None:
        """Give so many people an account."""
        zone = noon(now := datetime.now(UTC))
        people: list[Person] = []
        for _ in range(count):
            name = f"Athlete {len(self.athletes) + len(people) + 1}"
            people.append(self.sandbox.person(name, role="athlete", started=True))

        def all_of(db: Db) -> None:
            wall = f"{(now + timedelta(hours=2)).hour:02d}:00"
            for one in people:
                enrolled(db, one.id, one.name, DOSE, None, now, zone, wall)

        await asyncio.to_thread(self._write, all_of)
        made = [Athlete(one, Random(self.rng.random()), self.finishing) for one in people]
        self.athletes += made
        self._waiting = made + self._waiting

    def _write(self, flow: object, *values: object) -> None:
        with Store(self.lookout.address(), inline=True) as store:
            store.write_now(flow, *values)  # type: ignore[arg-type]

    async def _come(self, athlete: Athlete) -> None:
        """Begin after a reminder, or by command."""
        person = athlete.person
        self.sandbox.log.listen(athlete.hear)
        self._tasks[person.id] = asyncio.create_task(athlete.train())
        if self.rng.random() < 0.5:
            at = datetime.now(UTC) + timedelta(seconds=self.rng.uniform(-2, 4))
            with suppress(*AWAY):
                await asyncio.to_thread(self._write, remind, person.id, at)
                return
        person.say("/session")

    async def phases(self) -> dict[str, int]:
        """Return phase → how many sessions are in it; nothing while there is no database."""
        with suppress(*AWAY):
            return dict(await self.lookout.ask(_PHASES))
        return {}

    async def leave(self) -> None:
        """Nobody says anything any more."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
