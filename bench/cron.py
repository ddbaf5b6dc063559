"""One APScheduler cron job per athlete, in a process of its own: `python -m bench.cron 100000`."""

import asyncio
import json
import sys
import time
from datetime import UTC, datetime
from statistics import median
from typing import Final

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger

from bench.machine import peak

DUE: Final = 1_000
LOOKS: Final = 100


class _Reminded:
    """Counts what fired."""

    def __init__(self) -> None:
        self.count = 0
        self.all = asyncio.Event()

    async def remind(self) -> None:
        """Do nothing more than count."""
        self.count += 1
        if self.count == DUE:
            self.all.set()


async def _measure(count: int) -> dict[str, float]:
    start = time.perf_counter()
    reminded = _Reminded()
    scheduler = AsyncIOScheduler(timezone=UTC, job_defaults={"misfire_grace_time": None})
    scheduler.start()
    far = CronTrigger(month=1, day=1, hour=7, minute=30, timezone="Europe/Berlin")
    for number in range(count):
        trigger = CronTrigger(hour=7, minute=30, timezone="Europe/Berlin") if number >= DUE else far
        scheduler.add_job(reminded.remind, trigger, id=str(number))
    scheduler._process_jobs()  # noqa: SLF001 - what its timer calls
    started = time.perf_counter() - start
    idle = [_look(scheduler) for _ in range(LOOKS)]
    for number in range(DUE):
        scheduler.modify_job(str(number), next_run_time=datetime.now(UTC))
    begun = time.perf_counter()
    scheduler._process_jobs()  # noqa: SLF001 - the same
    await reminded.all.wait()
    due = time.perf_counter() - begun
    scheduler.shutdown(wait=False)
    return {"start": started, "memory": peak("self"), "idle": median(idle), "due": due}


def _look(scheduler: AsyncIOScheduler) -> float:
    start = time.perf_counter()
    scheduler._process_jobs()  # noqa: SLF001 - the same
    return time.perf_counter() - start


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(_measure(int(sys.argv[1])))))
