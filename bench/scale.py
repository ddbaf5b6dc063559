"""100,000 athletes with schedules: what a start and the memory cost, beside one job per athlete."""

import json
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from bench.machine import cpu, peak
from bench.population import bring_forward, fill
from bench.program import PATIENCE_S, running
from bench.sweep import measure_looks, measure_reminders
from bench.table import Part, ms
from bot.dispatch import due_work
from testkit.database import opened
from testkit.loopback import served

ATHLETES: Final = 100_000
STARTS: Final = 3
SETTLED_S: Final = 5.0
"""So long after its first sweep the memory is looked at: the drawing process has started too."""
LOOK_S: Final = 0.002


@dataclass(frozen=True, slots=True)
class Started:
    """One start of the real process: seconds to the first sweep, and bytes of memory at most.

    `cpu` are the seconds of them that it had a core: what is left when nothing else runs.
    """

    seconds: float
    cpu: float
    memory: int
    drawing: int


def _start(url: str, database: Path) -> Started:
    """Start on a database in which one reminder is due; the first sweep takes it."""
    start = time.perf_counter()
    with running(url, database) as process:
        _swept(database, process)
        seconds, used = time.perf_counter() - start, cpu(process.pid)
        time.sleep(SETTLED_S)
        drawing = sum(map(peak, _children(process.pid)))
        return Started(seconds, used, peak(process.pid), drawing)


def _swept(database: Path, process: "subprocess.Popen[str]") -> None:
    """Wait until nothing is due any more."""
    until = time.perf_counter() + PATIENCE_S
    query = "SELECT count(*) FROM occurrence WHERE due_at <= ?"
    with closing(sqlite3.connect(database)) as connection:
        while connection.execute(query, (str(datetime.now(UTC)),)).fetchone()[0]:
            if process.poll() is not None or time.perf_counter() > until:
                raise RuntimeError("the program did not act on what was due")
            time.sleep(LOOK_S)


def _children(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(child) for child in text.split()]


def _starts(folder: Path) -> Started:
    """Start a few times on the large database; the first start, which compiles, is another one."""
    small, large = folder / "small.db", folder / "large.db"
    now = datetime.now(UTC)
    for database, count in ((small, 1), (large, ATHLETES)):
        with opened(database, inline=False) as store:
            store.write_now(fill, count, now + timedelta(days=1))
    found = []
    with served() as api:
        for database in (small, *[large] * STARTS):
            with opened(database, inline=False) as store:
                store.write_now(bring_forward, 1, datetime.now(UTC) - timedelta(minutes=1))
            found.append(_start(api.url, database))
    return min(found[1:], key=lambda one: one.seconds)


def _cron() -> dict[str, float]:
    """Measure one cron job per athlete, in a process of its own."""
    command = [sys.executable, "-m", "bench.cron", str(ATHLETES)]
    done = subprocess.run(command, check=True, capture_output=True, timeout=900)  # noqa: S603 - our own
    found: dict[str, float] = json.loads(done.stdout)
    return found


def measure(folder: Path) -> Part:
    """Do all of it with one and with the other."""
    started = _starts(folder)
    cron = _cron()
    with opened(folder / "large.db", inline=False) as store:
        look = measure_looks(store, datetime.now(UTC))
        # Noon, whenever this runs: in quiet hours nobody is reminded.
        noon = datetime.now(UTC).replace(hour=12, minute=0)
        while store.write_now(due_work.act_due, noon)[0]:
            pass  # who was reminded by a start is nudged by noon
        due = measure_reminders(store, noon).seconds
    return Part(
        f"{ATHLETES:,} athletes with schedules",
        ("", "Holdfast", "to reach", "one APScheduler cron job per athlete"),
        (
            ("start to first sweep", ms(started.seconds), "2,000 ms", ms(cron["start"])),
            ("memory", _mb(started.memory), "200 MB", _mb(cron["memory"])),
            ("nothing due", ms(look), "5 ms", ms(cron["idle"])),
            ("1,000 due at once", ms(due), "300 ms", f"{ms(cron['due'])}, nothing stored"),
        ),
        f"Holdfast's start is that of `holdfast run`, from the call to the first row acted on, the "
        f"best of {STARTS}, {ms(started.cpu)} of it on a core; memory is the most its process had "
        f"resident. The process that draws pictures has {_mb(started.drawing)} beside it, whatever "
        "the number of athletes. The "
        "other column is APScheduler alone: no database, no bot; its jobs are lost with the "
        "process and are added anew at each start.",
    )


def _mb(size: float) -> str:
    return f"{size / 1e6:,.0f} MB"
