"""APScheduler over the due rows: a handful of jobs, whatever the number of athletes.

The *alarm* stands at the earliest due row and is moved whenever a commit makes something due
earlier; the *sweep* looks every second, for clock steps and suspended machines; *upkeep* jobs run
by the hour. Rows are the truth; jobs live in memory alone and are made anew at each start.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import structlog
from apscheduler.events import (
    EVENT_JOB_ERROR,
    EVENT_JOB_MAX_INSTANCES,
    EVENT_JOB_MISSED,
    JobEvent,
)
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.clock.clock import SystemClock

log = structlog.get_logger()

SWEEP_S: Final = 1
FAR: Final = timedelta(seconds=30)
"""The alarm is not set further ahead than this: the sweep would come first anyway."""
SET_BACK_S: Final = 2.0
"""An alarm that has not rung so long after its time: the wall clock was set back."""
GATHER_S: Final = 0.02
"""After a look: whatever else is committed meanwhile is one more look."""
JOBS: Final = ("alarm", "sweep", "upkeep")

_EVENTS: Final = {
    EVENT_JOB_MISSED: "job_missed",
    EVENT_JOB_ERROR: "job_failed",
    EVENT_JOB_MAX_INSTANCES: "job_still_running",
}


class Alarm:
    """Wakes `act` when a row is due. `act` returns whether others may be due as well.

    `now` may be ahead of the machine's clock, which the scheduler goes by. `backup` is rung by the
    sweep, to look whether a backup is wanted; `trouble` is told the event word of everything that
    goes wrong; `set_back` is called when the wall clock was set back while something was ahead.
    """

    def __init__(
        self,
        *,
        now: Callable[[], datetime],
        act: Callable[[], Awaitable[bool]],
        earliest: Callable[[], Awaitable[datetime | None]],
        upkeep: Callable[[], Awaitable[None]],
        backup: Callable[[], None],
        trouble: Callable[[str], Awaitable[None]],
        set_back: Callable[[], Awaitable[object]],
    ) -> None:
        self._now = now
        self._machine = SystemClock()
        self._act = act
        self._earliest = earliest
        self._upkeep = upkeep
        self._backup = backup
        self._tell_trouble = trouble
        self._set_back = set_back
        self._watching: asyncio.TimerHandle | None = None
        self._set_for: datetime | None = None
        self._rung = asyncio.Event()
        self._working: asyncio.Task[None] | None = None
        self._looking: asyncio.Task[None] | None = None
        self._look_again = False
        self._telling: set[asyncio.Task[None]] = set()
        self.troubles = 0
        self.scheduler = AsyncIOScheduler(
            timezone=UTC,
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )

    def start(self) -> None:
        """Start the scheduler with its jobs."""
        self.scheduler.add_listener(self._trouble, sum(_EVENTS))
        self._begin_jobs()
        self.scheduler.start()
        self._working = asyncio.get_running_loop().create_task(self._work())
        log.info("clock_started", jobs=self.jobs)
        self.moved()

    def _begin_jobs(self) -> None:
        """Begin what comes again and again, counted from now."""
        self._add("sweep", self._sweep, trigger="interval", seconds=SWEEP_S)
        self._add("upkeep", self._tidy, trigger="interval", hours=1)

    def stop(self) -> None:
        """Stop waking anyone."""
        if self._watching is not None:
            self._watching.cancel()
        if self.scheduler.running:
            log.info("clock_stopped", jobs=self.jobs, troubles=self.troubles)
            self.scheduler.shutdown(wait=False)
        for task in (self._working, self._looking):
            if task is not None:
                task.cancel()

    @property
    def jobs(self) -> int:
        """How many jobs the scheduler holds: a handful, whatever the number of athletes."""
        return len(self.scheduler.get_jobs())

    def moved(self) -> None:
        """Something was committed: the earliest due row may be another one now."""
        if not self.scheduler.running:  # what is committed at the end wakes nobody
            return
        if self._looking is not None and not self._looking.done():
            self._look_again = True
            return
        self._looking = asyncio.get_running_loop().create_task(self._look())

    async def _look(self) -> None:
        self._look_again = True
        while self._look_again:
            self._look_again = False
            try:
                await self._set(await self._earliest())
            except Exception:  # the sweep finds what is due
                log.exception("alarm_not_set")
            await self._machine.wait(asyncio.Event(), GATHER_S)

    async def _set(self, at: datetime | None) -> None:
        if at is None:
            return
        ahead = at - self._now()
        if ahead <= timedelta(0):
            self._rung.set()
            return
        if ahead > FAR or at == self._set_for:
            return
        self._set_for, rings_at = at, self._machine.now() + ahead
        self._add("alarm", self._ring, trigger="date", run_date=rings_at)
        self._watch(rings_at, ahead.total_seconds())

    def _watch(self, rings_at: datetime, seconds: float) -> None:
        """Look, by the clock that only goes forward, whether the alarm has rung."""
        if self._watching is not None:
            self._watching.cancel()
        loop = asyncio.get_running_loop()
        self._watching = loop.call_later(seconds + SET_BACK_S, self._overslept, rings_at)

    def _overslept(self, rings_at: datetime) -> None:
        """The alarm's time has passed. If the wall clock is still before it, that was set back.

        All that is due waits for the old time then, the scheduler too: its jobs begin anew, and
        whoever has a cue ahead is to rest.
        """
        if rings_at - self._machine.now() < timedelta(seconds=SET_BACK_S) / 2:
            return
        log.warning("clock_set_back")
        self._set_for = None
        self._begin_jobs()
        self._keep(self._set_back())

    def _keep(self, work: Awaitable[object]) -> None:
        """Let something small be done, whatever becomes of it."""

        async def done() -> None:
            with contextlib.suppress(Exception):
                await work

        task = asyncio.get_running_loop().create_task(done())
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    def _add(self, name: str, job: Callable[[], Awaitable[None]], **trigger: Any) -> None:
        self.scheduler.add_job(job, id=name, name=name, replace_existing=True, **trigger)

    async def _ring(self) -> None:
        """Ring: a job never does the work itself, so no later one is skipped because of it."""
        self._rung.set()

    async def _sweep(self) -> None:
        """Look whether something is due, whatever the alarm stands at, or a backup is wanted."""
        self.moved()
        self._backup()

    async def _tidy(self) -> None:
        """Do the upkeep. A coroutine itself: of a function APScheduler drops what it returns."""
        await self._upkeep()

    async def _work(self) -> None:
        """At every ring act as long as more may be due; what came due meanwhile rings again."""
        while True:
            await self._rung.wait()
            self._rung.clear()
            self._set_for = None
            try:
                while await self._act():
                    pass
            except Exception:  # the next ring tries again
                log.exception("acting_failed")
                self._count("acting_failed")
            self.moved()

    def _trouble(self, event: JobEvent) -> None:
        name, error = _EVENTS[event.code], getattr(event, "exception", None)
        log.error(name, job=event.job_id, error=type(error).__name__)
        self._count(name)

    def _count(self, event: str) -> None:
        """Count what went wrong, and have it stored; a database that fails is in the log alone."""
        self.troubles += 1
        self._keep(self._tell_trouble(event))
