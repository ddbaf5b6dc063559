"""A restart with many live sessions: until each has its time again."""

import asyncio
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import func, select
from sqlmodel import Session as Db
from sqlmodel import col

from bench.population import MORNING, NOON, fill, tomorrow
from bench.program import running, started
from bench.table import Part, ms
from bot.clock.clock import SystemClock
from bot.delivery import recovery
from bot.dispatch import delivery_events, due_work
from bot.protocol.session.events import Due, Pain
from bot.protocol.session.state import Phase
from bot.store.engine import Store
from bot.store.migrate import migrate
from bot.store.sessions import Stored
from bot.store.tables import SessionRow
from bot.training.session import apply_event
from testkit.database import made, opened
from testkit.loopback import served

LIVE: Final = 500
ROUNDS: Final = 3
TARGET_S: Final = 2.0
LEAD_IN: Final = timedelta(seconds=10)


def _begin(db: Db, hold_at: datetime) -> None:
    """Open a session of each athlete; two of three are in a hold, the others are asked."""
    for athlete in range(1, LIVE + 1):
        stored = apply_event.open_session(db, athlete, None, hold_at - LEAD_IN)
        if athlete % 3:
            for event in (Pain(1), Due()):
                result = apply_event.happen(db, stored, event, stored.value.due_at or hold_at)
                if not isinstance(result, Stored):
                    raise TypeError(result)
                stored = result


async def _start(url: str) -> tuple[float, float]:
    """Do what a start does; return the seconds to open the database, and those to recover."""
    start = time.perf_counter()
    migrate(url)
    with Store(url) as store:
        opened_at = time.perf_counter()
        await store.write(recovery.recover, NOON, delivery_events)
        found = await store.write(due_work.recover, NOON)
        await store.read(due_work.earliest)
        recovered_at = time.perf_counter()
    if found != LIVE:
        raise RuntimeError(f"{found} sessions were live, not {LIVE}")
    return opened_at - start, recovered_at - opened_at


# ---- the process itself ---------------------------------------------------------------


def _unarmed(db: Db, now: datetime) -> int:
    """Return how many live sessions have no time ahead at which something happens by itself."""
    live, due = col(SessionRow.phase) != Phase.CLOSED, col(SessionRow.due_at)
    query = select(func.count()).where(live, due.is_(None) | (due <= now))
    return int(db.connection().execute(query).scalar_one())


def _killed(database: Path) -> float:
    """Kill the bot in the middle of all sessions; return how long a new one takes to have them."""
    clock = SystemClock()
    with served() as api, opened(database, inline=False) as store:
        store.write_now(fill, LIVE, tomorrow(clock.now()))
        with running(api.url, database) as former:
            started(former, 0)
            store.write_now(_begin, clock.now())
            former.kill()
        start = time.perf_counter()
        with running(api.url, database) as process:
            started(process, LIVE)
            took = time.perf_counter() - start
            unarmed = store.read_now(_unarmed, clock.now())
            process.kill()
    if unarmed:
        raise RuntimeError(f"{unarmed} sessions were not re-armed")
    return took


def measure(folder: Path) -> Part:
    """Start on a database with 500 live sessions."""
    url = made(folder / "restart.db")
    with Store(url) as store:
        store.write_now(fill, LIVE, tomorrow(MORNING))
        store.write_now(_begin, NOON)
    opening, recovering = asyncio.run(_start(url))
    killed = min(_killed(folder / f"killed{number}.db") for number in range(ROUNDS))
    return Part(
        f"A restart with {LIVE} live sessions",
        ("", "took"),
        (
            ("database opened", ms(opening)),
            ("all sessions found, told and re-armed", ms(recovering)),
            ("each", ms(recovering / LIVE)),
            ("the process: killed with SIGKILL, started again, all re-armed", ms(killed)),
            ("to reach", ms(TARGET_S)),
        ),
        "Two of three were in a hold and are told that it was cut; the others are asked again. The "
        f"process is `holdfast run`, the best of {ROUNDS}, from its start by the shell: Python, "
        "its libraries and the first two calls of the Bot API are in it.",
    )
