"""One run: a town lives so many days with the bot, from a seed, and is watched all along."""

import asyncio
import gc
import random
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache, partial
from typing import Any, Final
from unittest.mock import patch

from bot import outside
from bot.clock.alarm import SWEEP_S
from bot.store import engine
from bot.store.engine import Store
from telegram_sandbox import Sandbox
from telegram_sandbox.log import Entry
from testkit import database
from testkit.virtual import VirtualLoop
from testkit.world import NAME, TOKEN
from tests.simulation import machine, verdicts
from tests.simulation.clockwork import SimClock, travelling
from tests.simulation.forecast import Fault, forecast
from tests.simulation.ledger import Ledger
from tests.simulation.logbook import Logbook
from tests.simulation.minds import DAY_S, AthleteMind, Mind
from tests.simulation.network import Network
from tests.simulation.place import Place, empty_place
from tests.simulation.runner import Runner
from tests.simulation.staff import StaffMind
from tests.simulation.temper import USUAL, Temper
from tests.simulation.town import Town, introduce, settle, start_of
from tests.simulation.weather import Weather
from tests.simulation.witness import Witness

SELDOM: Final = (50_000, 20, 100)
"""How seldom a process that only simulates looks for what nobody holds any more."""
CALM_S: Final = 1.2 * DAY_S
"""How long a run goes on after the people fell silent and the faults ended."""
_LONG_S: Final = 1.0
"""Jumps from here on put off what comes every second."""
_COMES_S: Final = {"sweep": 3_600.0, "upkeep": 6 * 3_600.0}
"""So long what comes again and again may be put off while nothing is overdue."""


Faults = list[Fault] | Callable[[Town, int], list[Fault]] | None
"""Which faults strike: these, or what is drawn for a town and its days, or the seed's own."""


@dataclass(frozen=True, slots=True)
class Plot:
    """What a run is about."""

    seed: int
    days: int
    athletes: int
    temper: Temper
    start: datetime | None = None


@dataclass(slots=True)
class Report:
    """What became of a run. `broken` are the rules that were broken, in words.

    `counts` is what was done, `struck` how often each kind of fault came.
    """

    seed: int
    faults: list[Fault]
    broken: list[str] = field(default_factory=list)
    transcript: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    struck: Counter[str] = field(default_factory=Counter)
    cpu_s: float = 0.0


def simulate(
    seed: int,
    *,
    days: int = 10,
    athletes: int = 10,
    faults: Faults = None,
    temper: Temper = USUAL,
    keep: bool = True,
) -> Report:
    """Live through a seed; with `faults` these strike in place of the seed's own.

    The run ends early at the first rule that is broken.
    """
    began = time.process_time()
    outside.settle_ptb()
    with ExitStack() as stack:
        place = empty_place()
        # What SQLAlchemy has compiled is known to its engine: lives and runs share one.
        stack.enter_context(patch.object(engine, "open_engine", open_once))
        runner = stack.enter_context(asyncio.Runner(loop_factory=VirtualLoop))
        run = Run(runner.get_loop(), place, Plot(seed, days, athletes, temper), keep=keep)
        report: Report = runner.run(run.go(faults))
    report.cpu_s = time.process_time() - began
    return report


def alone(seed: int, days: int, athletes: int, calm: bool, keep: bool) -> Report:  # noqa: FBT001 - handed to a process
    """Run one seed in a process of its own."""
    gc.collect()  # what an earlier run has left is not kept for ever
    gc.freeze()  # as the program does: what is loaded is not looked through again and again
    gc.set_threshold(*SELDOM)
    return simulate(seed, days=days, athletes=athletes, faults=[] if calm else None, keep=keep)


_opened = cache(engine.open_engine)


def open_once(
    url: str, *, judge: Callable[[BaseException], None] | None = None, **more: Any
) -> Any:
    """Return an engine of the store's own that knows what was ever compiled for its address."""
    return _opened(url, **more).execution_options(judge=judge)


class Run:
    """Everything that belongs to one run."""

    def __init__(self, loop: Any, place: Place, plot: Plot, *, keep: bool) -> None:
        self.loop: VirtualLoop = loop
        self.seed = seed = plot.seed
        self.days = plot.days
        self._plot, self._place, self._keep = plot, place, keep
        self.clock = SimClock(self.loop, plot.start or start_of(seed))
        self.agenda = self.clock.agenda
        self.sandbox = Sandbox(TOKEN, NAME, now=self.clock.now)
        self.network = Network(self.sandbox, random.Random(f"{seed}/network"))
        self.report = Report(seed, [])
        self._over = asyncio.Event()
        self._came = dict.fromkeys(_COMES_S, 0.0)
        """The second at which each of these came last."""
        self._day = date.min
        """The date on which handled updates were kept in mind last."""
        self._minds: dict[int, Mind] = {}
        self._runners: dict[int, Runner] = {}

    async def go(self, faults: Faults) -> Report:
        """Live through the days, then through the calm after them, and judge."""
        with ExitStack() as stack:
            # Databases wait in real time; the weather waits in the run's (`Weather.wait_for_lock`).
            stack.enter_context(self._place.kept.impatient())
            self._prepare()
            stack.callback(self.ledger.close)
            moved = stack.enter_context(travelling(self.clock))
            turned = partial(self.machine.passing, "turn")
            self.loop.watch(turned=turned, idle=self._idle, moved=moved)
            stack.callback(self.loop.watch, turned=_nothing, idle=_now, moved=_nothing)
            self.logbook = stack.enter_context(Logbook(self))
            self._plan(faults)
            operator = asyncio.create_task(self.weather.operate())
            operator.add_done_callback(self._operated)
            try:
                await self._over.wait()
            finally:
                operator.cancel()
                await asyncio.gather(operator, return_exceptions=True)
                await self._end()
        return self.report

    def _prepare(self) -> None:
        with Store(self._place.kept.url, inline=True) as store:
            self.town = self._settle(store)
        admins = [one.id for one in self.town.admins]
        self.machine = machine.Machine(self._place, self.network, self.clock, admins)
        self.ledger = Ledger(self._place.kept)
        self.witness = Witness(self.town, self.ledger, self.network, self.clock, self.broken)
        self.network.leaving = self._leaving
        self.network.wired = self.witness.wired
        self.network.lost, self.network.heard = self.witness.lost, self.witness.heard
        self.machine.died = self.witness.died
        self.network.expecting = lambda seconds: self.agenda.expect(self.loop.time() + seconds)
        self.network.gone = lambda: self.machine.store is None or self.machine.store.dead
        self.sandbox.updates.on_arrival(self._arrived)
        self.sandbox.on_activity(self._seen)

    def _settle(self, store: Store) -> Town:
        introduce(self.sandbox, self.seed)
        return settle(self.sandbox, store, self.seed, self._plot.athletes)

    def _plan(self, faults: Faults) -> None:
        end = self.days * DAY_S
        for one in self.town.athletes:
            night = self.town.midnight(one)
            self._minds[one.person.id] = AthleteMind(
                one.person, self.agenda, self.seed, self._plot.temper, night
            )
            if self._plot.temper.runs:
                runner = Runner(one.person, self.agenda, self.seed, self.town.start)
                self._runners[one.person.id] = runner
                runner.live(self.days)
        for person in self.town.coaches:
            self._minds[person.id] = StaffMind(
                person, self.agenda, self.seed, self.town, admin=False
            )
        for person in self.town.admins:
            self._minds[person.id] = StaffMind(
                person, self.agenda, self.seed, self.town, admin=True
            )
        for mind in self._minds.values():
            mind.live(self.days)
        draw = (lambda _town, _days: faults) if isinstance(faults, list) else faults
        planned = (draw or self._forecast)(self.town, self.days)
        self.report.faults = planned
        self.weather = Weather(self, planned)
        self.weather.plan()
        self.agenda.at(end, self._calm)
        self.agenda.at(end + CALM_S, self._over.set)

    def _forecast(self, town: Town, days: int) -> list[Fault]:
        return forecast(self.seed, town, days, server=not database.is_file())

    def _calm(self) -> None:
        self.note("everybody falls silent")
        for mind in (*self._minds.values(), *self._runners.values()):
            mind.silent = True
        self.weather.end()

    def _operated(self, operator: asyncio.Task[None]) -> None:
        if not operator.cancelled() and operator.exception() is not None:
            self.broken(f"the simulation itself failed: {operator.exception()!r}")

    async def _end(self) -> None:
        """Stop the bot in good order and judge what it left."""
        if self.report.broken:
            await self.machine.kill()
        else:
            await self.machine.end()
        self.weather.end()
        if not self.report.broken:
            self.witness.look_at_cues()
        if not self.report.broken:
            for text in verdicts.judge(self):
                self.broken(text)
        self._count()

    # ---- what is told while it runs ----------------------------------------------------

    def broken(self, text: str) -> None:
        """A rule was broken: note it, and let the run end."""
        self.note(f"BROKEN {text}")
        self.report.broken.append(text)
        self._over.set()

    def note(self, text: str) -> None:
        """Add a line to the transcript."""
        if self._keep:
            self.report.transcript.append(f"{self.clock.now():%m-%d %H:%M:%S.%f} {text}")

    def _seen(self, entry: Entry) -> None:
        if self._keep:
            error = f" ! {entry.error}" if entry.error else ""
            self.note(f"{entry.chat_id} {entry.method} {entry.who} {entry.text!r}{error}")
        self.witness.see(entry)
        mind = self._minds.get(entry.chat_id or 0)
        runner = self._runners.get(entry.chat_id or 0)
        for one in (mind, runner):
            if one is not None:
                one.see(entry)

    def _arrived(self) -> None:
        pending = self.sandbox.updates.pending
        if pending:
            self.witness.arrived(pending[-1])

    def _leaving(self, sent: Any) -> None:
        self.witness.leaving(sent)
        self.machine.passing("call")

    # ---- time --------------------------------------------------------------------------

    def _idle(self, until: float) -> float:
        """Skip to the next thing that anybody waits for; only sweeps fall into the time between."""
        if not self.machine.alive or self.weather.busy:
            return until
        if self.network.flying and until - self.loop.time() < SWEEP_S / 2:
            return until
        due, sending = self.ledger.next()
        now = self.clock.now()
        if due is not None and due <= now:
            self._let_come("sweep", SWEEP_S, later=False)
            return until
        if sending is not None and sending <= now:
            return until
        found = [self.clock.second(at) for at in (due, sending) if at is not None]
        planned = self.agenda.next()
        target = min(found if planned is None else [*found, planned])
        if target - self.loop.time() > _LONG_S:
            self._put_off(target, due)
        return target

    def _put_off(self, target: float, due: datetime | None) -> None:
        """Let jobs that come again and again come when they find something to do.

        APScheduler would otherwise count every second of the hours between, one by one.
        """
        if self.clock.now().date() != self._day:
            self._day = self.clock.now().date()
            self.ledger.keep_in_mind(self.witness.pushed)
        ahead = target - self.loop.time()
        for name, seconds in _COMES_S.items():
            wait = self._came[name] + seconds - self.loop.time()
            if name == "sweep" and due is not None and not self._rings_by(due):
                wait = min(wait, (due - self.clock.now()).total_seconds())
            if wait <= ahead:
                self._came[name] = target
            self._let_come(name, max(wait, ahead))

    def _rings_by(self, due: datetime) -> bool:
        """Whether the alarm is set for what is due next: no sweep has to find it."""
        if self.machine.app is None:
            return False
        job = self.machine.app.alarm.scheduler.get_job("alarm")
        return job is not None and job.next_run_time <= due

    def _let_come(self, name: str, wait: float, *, later: bool = True) -> None:
        """Let a job come so many seconds from now; not `later` than it would, if that is said."""
        if self.machine.app is None or not self.machine.app.alarm.scheduler.running:
            return
        job = self.machine.app.alarm.scheduler.get_job(name)
        at = self.clock.now() + timedelta(seconds=wait)
        if job is not None and (job.next_run_time > at or (later and job.next_run_time < at)):
            job.modify(next_run_time=at)

    def _count(self) -> None:
        counts = self.report.counts
        self.report.struck = self.network.struck + self.weather.struck
        counts["calls"] = sum(self.witness.seen.values())
        counts["HOLD cues"] = self.witness.seen["HOLD"]
        counts["clips"] = self.witness.seen["clip"]
        counts["updates"] = len(self.witness.pushed)
        counts["athlete-days"] = self.days * len(self.town.athletes)
        counts.update(verdicts.tally(self.ledger))


def _nothing() -> None:
    return


def _now(until: float) -> float:
    return until
