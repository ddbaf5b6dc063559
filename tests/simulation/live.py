"""One athlete, one coach and the whole bot, driven from outside and watched by the same witness.

The bot is the real one, wired as the program wires it: updates as Telegram's JSON go in, calls come
out. Time is the run's own and passes only when `passes` says so.
"""

import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from types import TracebackType
from typing import Any, Final, Self
from unittest.mock import patch

from sqlmodel import Session as Db

from bot import outside
from bot.protocol.calendar.local_time import local
from bot.protocol.dose.dose import Dose
from bot.protocol.progression.morning import OPEN_FOR
from bot.store import engine
from bot.store.engine import Store
from bot.store.tables import MorningRow
from telegram_sandbox import Call, Person
from testkit.people import BERLIN, enrolled
from testkit.virtual import VirtualLoop
from tests.simulation.forecast import Fault
from tests.simulation.law import Shown
from tests.simulation.network import PLAIN, Trouble
from tests.simulation.place import empty_place
from tests.simulation.run import Faults, Plot, Run, open_once
from tests.simulation.temper import USUAL
from tests.simulation.town import Athlete, Town, staff
from tests.simulation.weather import Weather

DOSE: Final = Dose(hold_s=5, holds=4, rest_s=5, lead_in_first_s=5, pain_limit=3, hard_stop=6)
TIMES: Final = "12:00"
EVERY_DAY: Final = "0,1,2,3,4,5,6"
STEP_S: Final = 0.5
HEALED_S: Final = 2 * 3_600.0
"""How long everything works before the end is judged."""


class Live(Run):
    """A run in which nobody acts by themselves."""

    def _settle(self, store: Store) -> Town:
        town = Town(self.clock.now())
        town.admins.append(self.sandbox.person("Admin0", role="admin", started=True))
        town.coaches.append(self.sandbox.person("Coach0", role="coach", started=True))
        store.write_now(staff, town, lambda: BERLIN)
        person = self.sandbox.person("Zq00runa", role="athlete", started=True)
        coach = town.coaches[0].id
        person_id = store.write_now(
            enrolled, person.id, person.name, DOSE, coach, town.start, BERLIN, TIMES, EVERY_DAY
        )
        town.athletes.append(
            Athlete(person_id, person, person.name, BERLIN, TIMES, EVERY_DAY, DOSE, (coach,))
        )
        store.write_now(_morning_is_asked, person_id, town.start)
        return town

    def _plan(self, faults: Faults) -> None:
        del faults
        self.weather = Weather(self, [])

    @property
    def over(self) -> bool:
        """Whether a rule was broken, or the end was said."""
        return self._over.is_set()

    def finish(self) -> None:
        """Let the run end and be judged."""
        self._over.set()


def _morning_is_asked(db: Db, athlete_id: int, now: datetime) -> None:
    """Let this morning's question be open."""
    db.add(
        MorningRow(
            athlete_id=athlete_id,
            local_date=local(now, BERLIN).date(),
            asked_at=now,
            due_at=now + OPEN_FOR,
        )
    )


class Stage:
    """Where a test says who does what, and for how long nothing is done."""

    def __init__(self, start: datetime) -> None:
        outside.settle_ptb()
        self._stack = ExitStack()
        self._stack.enter_context(patch.object(engine, "open_engine", open_once))
        runner = self._stack.enter_context(asyncio.Runner(loop_factory=VirtualLoop))
        self.loop: Any = runner.get_loop()
        plot = Plot(1, 1, 1, USUAL, start)
        self.run = Live(self.loop, empty_place(), plot, keep=True)
        self._task = self.loop.create_task(self.run.go([]))
        self.passes(3)

    def __enter__(self) -> Self:
        """Return the stage; leaving ends the run, whatever has become of it."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take everything down."""
        self.close()

    def close(self) -> None:
        """Take everything down."""
        if not self._task.done():
            self.run.finish()
            self.loop.run_until_complete(self._task)
        self._stack.close()

    # ---- time --------------------------------------------------------------------------

    def passes(self, seconds: float) -> None:
        """Let time pass, or less of it if a rule is broken."""
        if not self.run.over:
            self.loop.run_until_complete(self._pass(seconds))

    async def _pass(self, seconds: float) -> None:
        self.run.agenda.expect(self.loop.time() + seconds)
        pause = asyncio.ensure_future(asyncio.sleep(seconds))
        await asyncio.wait({pause, self._task}, return_when=asyncio.FIRST_COMPLETED)
        pause.cancel()
        if self._task.done():
            self._task.result()

    def until_shown(self, verb: str, seconds: float) -> None:
        """Let time pass until a new message with such a button comes, or so many seconds."""
        count = len(self.shown(verb))
        self.until(lambda: len(self.shown(verb)) > count, seconds)

    def until(self, true: Callable[[], bool], seconds: float) -> None:
        """Let time pass until something is true, or so many seconds."""
        for _ in range(int(seconds / STEP_S)):
            if self.run.over or true():
                return
            self.passes(STEP_S)

    def ends(self) -> None:
        """Let everything work for a while, end in good order, and judge."""
        self.run.network.meddle = lambda _call: PLAIN
        self.run.weather.end()
        for _ in range(4):
            self.passes(HEALED_S / 4)
            self.looks()
        self.close()

    def looks(self) -> None:
        """Look at what stands in the chat now."""
        if not self.run.over:
            self.run.witness.look_at_cues()

    # ---- people ------------------------------------------------------------------------

    @property
    def athlete(self) -> Person:
        """The one who trains."""
        return self.run.town.athletes[0].person

    def shown(self, verb: str) -> list[Shown]:
        """Return the messages that came to the athlete with such a button, oldest first."""
        return [one for one in self.run.witness.chats[self.athlete.id].shown if one.asks(verb)]

    def press(self, on: Shown, *data: object) -> None:
        """Press a button, even one that is not there any more."""
        self.athlete.press(":".join(["1", *map(str, data)]), on.message)

    def again(self, update: dict[str, Any], *, new: bool) -> None:
        """Let Telegram deliver an update once more, as it was or under a new number."""
        kind = next(name for name in update if name != "update_id")
        updates = self.run.sandbox.updates
        if new:
            updates.push(kind, update[kind])
        else:
            updates._again.append(update)
            updates.wake()

    # ---- what goes wrong ---------------------------------------------------------------

    def trouble(self, trouble: Trouble, begins: str, times: int = 1) -> None:
        """Let the next calls whose text begins so meet with trouble; "" is any."""
        left = times

        def meddle(call: Call) -> Trouble:
            nonlocal left
            fits = call.method != "getUpdates" and begins in str(call.params.get("text", ""))[:20]
            if not left or not (fits if begins else call.method != "getUpdates"):
                return PLAIN
            left -= 1
            return trouble

        self.run.network.meddle = meddle

    def fault(self, kind: str, span: float, **more: Any) -> None:
        """Let something go wrong: an outage, a lock, a full disk, a kill, a restart."""
        self.run.weather.strike(Fault(self.loop.time(), kind, span, **more))
