"""APScheduler over the due rows: a handful of jobs, on time, whatever happens."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from apscheduler.events import (
    EVENT_JOB_ERROR,
    EVENT_JOB_MAX_INSTANCES,
    EVENT_JOB_MISSED,
    JobEvent,
)
from sqlmodel import Session as Db

from bot.clock.alarm import JOBS, Alarm
from bot.clock.clock import SystemClock
from bot.demo import DemoClock
from bot.dispatch import due_work
from bot.protocol.dose.dose import Dose
from bot.store.engine import Store
from testkit import virtual
from testkit.database import opened
from testkit.people import enrolled
from testkit.virtual import VirtualClock


class Rows:
    """Due rows by hand: instants, and when they were acted on."""

    def __init__(self, clock: SystemClock | None = None) -> None:
        self.clock = clock or SystemClock()
        self.due: list[datetime] = []
        self.acted: list[float] = []
        self.failures = 0
        self.looked = asyncio.Event()
        self.kept = asyncio.Event()
        self.told = asyncio.Event()
        self.rested = asyncio.Event()
        self.troubles: list[str] = []
        self.first = asyncio.Event()
        self.done = asyncio.Event()

    async def act(self) -> bool:
        """Act on all that is due and remember how late that was, in seconds."""
        if self.failures:
            self.failures -= 1
            raise OSError
        now = self.clock.now()
        found = [at for at in self.due if at <= now]
        self.due = [at for at in self.due if at > now]
        self.acted += [(now - at).total_seconds() for at in found]
        if found:
            self.first.set()
        if not self.due:
            self.done.set()
        return False

    async def earliest(self) -> datetime | None:
        """Return the first due instant."""
        return min(self.due, default=None)

    def upkeep(self) -> Awaitable[None]:
        """Return the upkeep to be done: no coroutine function, as the program hands it over."""
        return self._keep()

    async def _keep(self) -> None:
        self.kept.set()

    def backup(self) -> None:
        """Look for a backup that is wanted."""
        self.looked.set()

    async def rest(self) -> None:
        """Note that the clock was set back."""
        self.rested.set()

    async def trouble(self, event: str) -> None:
        """Remember what went wrong."""
        self.troubles.append(event)
        self.told.set()


@asynccontextmanager
async def alarm(rows: Rows) -> AsyncIterator[Alarm]:
    """Run an alarm over `rows`."""
    made = Alarm(
        now=rows.clock.now,
        act=rows.act,
        earliest=rows.earliest,
        upkeep=rows.upkeep,
        backup=rows.backup,
        trouble=rows.trouble,
        set_back=rows.rest,
    )
    made.start()
    try:
        yield made
    finally:
        made.stop()


async def test_a_due_row_is_acted_on_once() -> None:
    """Three rows within half a second are acted on, each once."""
    rows = Rows()
    now = rows.clock.now()
    rows.due = [now + timedelta(milliseconds=ms) for ms in (100, 200, 300)]
    async with alarm(rows), asyncio.timeout(10):
        await rows.done.wait()
    assert len(rows.acted) == 3


async def test_an_earlier_row_moves_the_alarm() -> None:
    """A row committed later but due earlier does not wait for the first one."""
    rows = Rows()
    rows.due = [rows.clock.now() + timedelta(seconds=25)]
    async with alarm(rows) as made, asyncio.timeout(10):
        rows.due.append(rows.clock.now() + timedelta(milliseconds=100))
        made.moved()
        await rows.first.wait()
    assert len(rows.due) == 1


async def test_a_clock_that_is_ahead_rings_on_time() -> None:
    """The alarm does not wait for the sweep when the program's clock is not the machine's."""
    clock = DemoClock()
    clock.skip(timedelta(days=3))
    rows = Rows(clock)
    rows.due = [rows.clock.now() + timedelta(milliseconds=200)]
    async with alarm(rows), asyncio.timeout(10):
        await rows.done.wait()
    assert rows.acted[0] < 0.5


async def test_upkeep_is_done() -> None:
    """What is handed over is awaited, whatever kind of function it is (found by simulation)."""
    rows = Rows()
    async with alarm(rows) as made, asyncio.timeout(10):
        made.scheduler.modify_job("upkeep", next_run_time=rows.clock.now())
        await rows.kept.wait()


async def test_f18_a_blocked_loop_only_makes_it_late() -> None:
    """A row that came due while the loop was blocked is acted on all the same."""
    rows = Rows()
    rows.due = [rows.clock.now() + timedelta(milliseconds=50)]
    async with alarm(rows), asyncio.timeout(10):
        loop, until = asyncio.get_running_loop(), rows.clock.ticks() + 0.6
        while rows.clock.ticks() < until:
            pass
        assert loop.is_running()
        await rows.done.wait()
    assert rows.acted[0] >= 0.5


@pytest.mark.parametrize(
    ("code", "event"),
    [
        (EVENT_JOB_MISSED, "job_missed"),
        (EVENT_JOB_ERROR, "job_failed"),
        (EVENT_JOB_MAX_INSTANCES, "job_still_running"),
    ],
)
async def test_f23_what_goes_wrong_is_counted(code: int, event: str) -> None:
    """Each of the scheduler's troubles is told under the event word of the log."""
    rows = Rows()
    async with alarm(rows) as made, asyncio.timeout(10):
        made.scheduler._dispatch_event(JobEvent(code, "sweep", "default"))
        await rows.told.wait()
    assert (rows.troubles, made.troubles) == ([event], 1)


async def test_f23_a_failing_act_is_counted_and_tried_again() -> None:
    """The next ring acts all the same."""
    rows = Rows()
    rows.due = [rows.clock.now()]
    rows.failures = 1
    async with alarm(rows), asyncio.timeout(10):
        await rows.done.wait()
    assert rows.troubles == ["acting_failed"]


async def test_the_backup_is_rung_by_a_job() -> None:
    """Every second, to look whether one is wanted."""
    rows = Rows()
    async with alarm(rows), asyncio.timeout(10):
        await rows.looked.wait()


async def test_f16_the_number_of_jobs_does_not_grow(tmp_path: Path) -> None:
    """With 1 or 300 athletes, and after three starts, there are the same few jobs."""
    clock = SystemClock()
    with opened(tmp_path / "jobs.db") as store:
        counts = []
        for athletes in (1, 300, 0):
            store.write_now(_enrol, athletes, clock.now())
            made = Alarm(
                now=clock.now,
                act=lambda: _act(store, clock),
                earliest=lambda: store.read(due_work.earliest),
                upkeep=_nothing,
                backup=lambda: None,
                trouble=Rows().trouble,
                set_back=_nothing,
            )
            made.start()
            await asyncio.sleep(0.05)
            counts.append({job.id for job in made.scheduler.get_jobs()})
            made.stop()
    assert all(found <= set(JOBS) for found in counts)


def _enrol(db: Db, count: int, now: datetime) -> None:
    for number in range(count):
        enrolled(db, 10_000 * count + number, f"A{number}", Dose(), None, now)


async def _act(store: Store, clock: SystemClock) -> bool:
    return (await store.write(due_work.act_due, clock.now()))[0] >= due_work.BATCH


async def _nothing() -> None:
    pass


def test_a_clock_set_back_lets_everybody_rest() -> None:
    """An hour back in the middle of a hold: within seconds, and the sweep goes on by the new time.

    On virtual time, with the wall clock that APScheduler reads set by hand.
    """
    start = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
    with time_machine.travel(start, tick=False) as wall:

        async def scenario(clock: VirtualClock) -> tuple[bool, int]:
            rows = Rows()
            rows.due = [start + timedelta(seconds=10)]
            async with alarm(rows) as made:
                await asyncio.sleep(5)
                wall.move_to(start - timedelta(hours=1))
                for _ in range(10):
                    await asyncio.sleep(1)
                    wall.shift(timedelta(seconds=1))
                sweep = made.scheduler.get_job("sweep").next_run_time
                return rows.rested.is_set(), abs((sweep - SystemClock().now()).total_seconds()) < 3

        rested, soon = virtual.run(scenario)
    assert rested
    assert soon


async def test_what_is_committed_at_the_end_wakes_nobody() -> None:
    """The end itself writes: a stopped alarm begins no look that would outlive it."""
    async with alarm(Rows()) as made:
        pass
    await asyncio.sleep(0)
    before = asyncio.all_tasks()
    made.moved()
    assert asyncio.all_tasks() == before
